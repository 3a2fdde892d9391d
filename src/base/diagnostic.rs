//! The one diagnostic type: what is wrong, where, and how to mend it. Every stage carries diagnostics as values.

use super::source::{Place, Span};
use std::fmt;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Told, and nothing else (with `--strict` it fails).
    Warning,
    /// The site has it wrong: exit status 1.
    Error,
}

impl Severity {
    /// The word for people and machines: `warning` or `error`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// What `build` and `serve`, and what `check` make of a code that nobody has configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Cannot be rendered as meant: an error everywhere.
    Broken,
    /// Rendered but not true: an error in `check`, a warning in `build` and `serve`.
    Untrue,
    /// A warning everywhere.
    Doubtful,
    /// Found by `check` alone, an error there.
    CheckOnly,
    /// Off until the configuration asks for it; then a warning.
    Optional,
}

macro_rules! codes {
    ($($variant:ident $text:literal $class:ident $meaning:literal;)*) => {
        /// The stable name of a kind of finding (DESIGN 2.9).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $(#[doc = $meaning] $variant,)* }

        impl Code {
            /// Every code there is, in the order of the manual.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable name, as configuration, output and manual write it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// What it is when nobody configured it.
            #[must_use]
            pub const fn class(self) -> Class {
                match self { $(Self::$variant => Class::$class,)* }
            }

            /// What it means, in half a sentence.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }

            /// The code of this name.
            #[must_use]
            pub fn parse(name: &str) -> Option<Self> {
                match name { $($text => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

codes! {
    Config "config" Broken "The configuration cannot be read or says something that cannot be.";
    Encoding "encoding" Broken "A file is not UTF-8 text, or holds a NUL byte.";
    Unreadable "unreadable" Broken "A file or folder cannot be read.";
    FrontMatter "front-matter" Broken "The front matter cannot be read, or a key has a value of the wrong type.";
    Data "data" Broken "A data file cannot be read.";
    Include "include" Broken "An included file is not there, or is outside of the site.";
    Template "template" Broken "A template does not parse, or fails when it is rendered.";
    ShortcodeUnknown "shortcode-unknown" Broken "A guide uses a shortcode that does not exist.";
    ShortcodeSyntax "shortcode-syntax" Broken "A shortcode is written wrongly: unclosed, closed twice, badly quoted.";
    ShortcodeParam "shortcode-param" Broken "A shortcode lacks a parameter, or has one that it does not know.";
    Nesting "nesting" Broken "Something is nested deeper, or is larger, than guidegen renders.";
    AddressConflict "address-conflict" Broken "Two things want the same address, or an address cannot be.";
    VariableUnknown "variable-unknown" Broken "A guide uses a variable that is not declared.";
    LinkBroken "link-broken" Untrue "A link leads to a page or file of this site that is not there.";
    LinkAnchor "link-anchor" Untrue "A link leads to a heading that its page does not have.";
    ImageMissing "image-missing" Untrue "An image of this site is not there.";
    AliasConflict "alias-conflict" Untrue "An alias is the address of a page, or two pages claim the same one.";
    BlockSyntax "block-syntax" Untrue "A YAML, JSON or TOML block does not parse.";
    SectionMissing "section-missing" Untrue "A guide lacks a section that its kind requires.";
    SupportLevel "support-level" Untrue "A guide states a support level that does not exist.";
    BlockDigest "block-digest" CheckOnly "A digest does not belong to the plain text that is stated beside it.";
    LinkExternal "link-external" CheckOnly "A link to another site does not answer.";
    ContentEmpty "content-empty" Doubtful "There is no guide to publish.";
    FrontMatterKey "front-matter-key" Doubtful "A key of the front matter looks like a slip of a known one.";
    VariableFallback "variable-fallback" Doubtful "A fallback disagrees with the default of its variable.";
    VariableLiteral "variable-literal" Doubtful "A variable's default is written out where the variable was meant.";
    VariableUnused "variable-unused" Doubtful "A variable is declared and never used.";
    VariableButton "variable-button" Doubtful "A page shows variables, and its layout has no button that opens the dialog for them.";
    IdDuplicate "id-duplicate" Doubtful "Two elements of a page have the same id.";
    BlockSchema "block-schema" Doubtful "A configuration block does not fit its schema.";
    CodeLanguage "code-language" Doubtful "The language of a code block is not known.";
    LinkAbsolute "link-absolute" Doubtful "A link writes out this site's own address.";
    LinkRedirected "link-redirected" Doubtful "A link leads through an alias.";
    SecretLike "secret-like" Doubtful "Something looks like a real secret.";
    CspBlocked "csp-blocked" Doubtful "A guide's own inline script or style is blocked by the Content-Security-Policy.";
    SlotCharacter "slot-character" Doubtful "A source or a file's name holds a character that guidegen keeps for itself.";
    ExceptionUnused "exception-unused" Doubtful "An exception of the configuration matches nothing any more.";
    ExampleDomain "example-domain" Optional "A domain is used that is not reserved for examples.";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A second place that belongs to a finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Related {
    /// Where.
    pub place: Place,
    /// What is there, in half a sentence.
    pub message: String,
}

/// The one right way to mend a finding: what to write in place of a stretch of the file that its place names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What is replaced.
    pub span: Span,
    /// By what.
    pub text: String,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of finding.
    pub code: Code,
    /// How bad; [`Diagnostic::new`] takes the milder of what `build` and `check` make of the code, and the site's
    /// policy decides at the end.
    pub severity: Severity,
    /// What is wrong: a sentence without its full stop, in lower case but for names.
    pub message: String,
    /// Where; none speaks of the site as a whole.
    pub place: Option<Place>,
    /// What to do about it.
    pub help: Option<Box<str>>,
    /// Other places that belong to it.
    pub related: Vec<Related>,
    /// A `variable-unknown` whose use brings its own fallback: only a warning in `build` and `serve`.
    pub has_fallback: bool,
    /// What stands at the place may be a secret, and is not repeated anywhere: a job's log may be public.
    pub is_confidential: bool,
    /// How it is mended without asking; none where an author has to decide.
    pub fix: Option<Box<Fix>>,
}

impl Diagnostic {
    /// A finding of `code` with its severity in `build`, without a place.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        let severity = match code.class() {
            Class::Broken | Class::CheckOnly => Severity::Error,
            Class::Untrue | Class::Doubtful | Class::Optional => Severity::Warning,
        };
        Self {
            code,
            severity,
            message: message.into(),
            place: None,
            help: None,
            related: Vec::new(),
            has_fallback: false,
            is_confidential: false,
            fix: None,
        }
    }

    /// The same finding at a place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// The same finding with what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into().into_boxed_str());
        self
    }

    /// The same finding about what may be a secret.
    #[must_use]
    pub fn confidential(mut self) -> Self {
        self.is_confidential = true;
        self
    }

    /// The same finding with the one right way to mend it.
    #[must_use]
    pub fn fix(mut self, fix: Option<Fix>) -> Self {
        self.fix = fix.map(Box::new);
        self
    }

    /// The same finding with one more place that belongs to it.
    #[must_use]
    pub fn related(mut self, place: Place, message: impl Into<String>) -> Self {
        self.related.push(Related { place, message: message.into() });
        self
    }
}
