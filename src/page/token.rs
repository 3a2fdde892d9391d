//! Classes of tokens: what a piece of code is, for the colours of a theme, and how the scopes of syntect's grammars
//! map to them.
//!
//! Grammars name what they find by scopes (`entity.name.tag.yaml`), several thousand of them. A reader needs fewer than
//! twenty colours, and a page that says less is smaller: operators, punctuation and plain names get no class at all.
//! [`RULES`] is the whole mapping; `static/code.css` has the colours.

use std::ops::Range;
use syntect::parsing::Scope;

macro_rules! classes {
    ($($variant:ident $css:literal $meaning:literal;)*) => {
        /// What a piece of code is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum TokenClass { $(#[doc = $meaning] $variant,)* }

        impl TokenClass {
            /// Every class there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The class of its `<span>`.
            #[must_use]
            pub const fn css(self) -> &'static str {
                match self { $(Self::$variant => $css,)* }
            }
        }
    };
}

classes! {
    Comment "tok-comment" "A comment, its marks included.";
    String "tok-string" "A string, its quotes included; an unquoted scalar of YAML.";
    Escape "tok-escape" "An escape, a placeholder or the edge of an interpolation inside of a string.";
    Number "tok-number" "A number, a date, a colour.";
    Constant "tok-constant" "A constant of the language (`true`, `null`), a symbol, an entity.";
    Keyword "tok-keyword" "A word of the language; a directive of a configuration.";
    Function "tok-function" "The name of a function or command, where it is declared or called.";
    Type "tok-type" "The name of a type, class, module or the like.";
    Variable "tok-variable" "A variable of a language that marks its variables, or a parameter.";
    Key "tok-key" "A key of YAML, JSON, TOML, INI, an environment file; a property of CSS.";
    Tag "tok-tag" "A tag of HTML or XML, its brackets included; a selector of CSS.";
    Attribute "tok-attribute" "The name of an attribute; an option of a command.";
    Inserted "tok-inserted" "An added line of a diff.";
    Deleted "tok-deleted" "A removed line of a diff.";
    Heading "tok-heading" "A heading; the section of an INI file; a header of a diff.";
    Prompt "prompt" "The prompt of a terminal: neither selected nor copied.";
    Output "output" "What a command printed: not copied.";
}

/// A piece of code with its class. What no token covers is plain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub class: TokenClass,
    /// Where in the text it stands, in bytes on character boundaries.
    pub range: Range<usize>,
}

/// What a scope says about the text in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    /// It is of this class, whatever is around it.
    Is(TokenClass),
    /// It is plain, whatever is around it: code embedded in a string, for one.
    Plain,
    /// A string in it is a key.
    KeyHolder,
    /// Nothing: the scope around it decides.
    Nothing,
}

/// Languages that mark their variables, so that a colour for them helps instead of painting every word.
const MARKED: &[&str] =
    &["shell", "bash", "php", "perl", "powershell", "nginx", "makefile", "dosbatch", "fish", "apacheconf"];

/// The longest prefix that fits a scope decides; with languages, only for scopes that end in one of them.
const RULES: &[(&str, &[&str], Effect)] = {
    use Effect::{Is, KeyHolder, Nothing, Plain};
    use TokenClass::{
        Attribute, Comment, Constant, Deleted, Escape, Function, Heading, Inserted, Key, Keyword, Number, String, Tag,
        Type, Variable,
    };
    &[
        ("comment", &[], Is(Comment)),
        ("constant", &[], Is(Constant)),
        ("constant.character", &[], Is(Escape)),
        ("constant.numeric", &[], Is(Number)),
        ("constant.other.color", &[], Is(Number)),
        ("constant.other.placeholder", &[], Is(Escape)),
        ("constant.other.timestamp", &[], Is(Number)),
        ("entity.name", &[], Is(Type)),
        ("entity.name.constant", &[], Is(Constant)),
        ("entity.name.context.location", &[], Is(String)),
        ("entity.name.function", &[], Is(Function)),
        ("entity.name.key", &[], Is(Key)),
        ("entity.name.label", &[], Is(Constant)),
        ("entity.name.section", &[], Is(Heading)),
        ("entity.name.table", &[], Is(Heading)),
        ("entity.name.tag", &[], Is(Tag)),
        ("entity.name.tag", &["yaml", "toml"], Is(Key)),
        ("entity.other.attribute-name", &[], Is(Attribute)),
        ("entity.other.inherited-class", &[], Is(Type)),
        ("entity.section", &[], Is(Heading)),
        ("entity.tag", &[], Is(Tag)),
        ("keyword", &[], Is(Keyword)),
        ("keyword.name.ini", &[], Is(Key)),
        ("keyword.operator", &[], Plain),
        ("keyword.operator.logical", &["python"], Is(Keyword)),
        ("keyword.operator.new", &[], Is(Keyword)),
        ("keyword.operator.word", &[], Is(Keyword)),
        ("keyword.other.http-header", &[], Is(Key)),
        ("markup.deleted", &[], Is(Deleted)),
        ("markup.error", &[], Is(Deleted)),
        ("markup.heading", &[], Is(Heading)),
        ("markup.inserted", &[], Is(Inserted)),
        ("markup.quote", &[], Is(Comment)),
        ("markup.raw", &[], Is(String)),
        ("markup.underline.link", &[], Is(String)),
        ("meta.diff.header", &[], Is(Heading)),
        ("meta.diff.index", &[], Is(Heading)),
        ("meta.diff.range", &[], Is(Heading)),
        ("meta.embedded", &[], Plain),
        ("meta.group.expansion", &[], Plain),
        ("meta.interpolation", &[], Plain),
        ("meta.mapping.key.json", &[], KeyHolder),
        ("meta.template.expression", &[], Plain),
        ("punctuation.definition.string", &[], Nothing),
        ("punctuation.definition.tag", &[], Is(Tag)),
        ("punctuation.definition.template-expression", &[], Is(Escape)),
        ("punctuation.definition.variable", MARKED, Is(Variable)),
        ("punctuation.section.embedded", &[], Is(Escape)),
        ("punctuation.section.expansion.parameter", &[], Is(Variable)),
        ("punctuation.section.interpolation", &[], Is(Escape)),
        ("source", &[], Plain),
        ("storage", &[], Is(Keyword)),
        ("string", &[], Is(String)),
        ("support", &[], Is(Type)),
        ("support.constant", &[], Is(Constant)),
        ("support.function", &[], Is(Function)),
        ("support.type.property-name", &[], Is(Key)),
        ("text", &[], Plain),
        ("variable", MARKED, Is(Variable)),
        ("variable.annotation", &[], Is(Attribute)),
        ("variable.function", &[], Is(Function)),
        ("variable.language", &[], Is(Constant)),
        ("variable.other.env", &[], Is(Key)),
        ("variable.other.readwrite", &["terraform", "config"], Is(Key)),
        ("variable.parameter", &[], Is(Variable)),
        ("variable.parameter.option", &[], Is(Attribute)),
    ]
};

/// One rule with its words looked up.
#[derive(Debug)]
struct Rule {
    prefix: Scope,
    /// The numbers of the atoms that a scope must end in one of; empty for any.
    last: Vec<u16>,
    effect: Effect,
}

/// The rules, ready to be asked: a handful of comparisons of numbers a scope, and no lock.
#[derive(Debug)]
pub(super) struct Classifier {
    /// Rules by their first atom, the most special first.
    by_first: Vec<(u16, Vec<Rule>)>,
}

impl Classifier {
    /// The classifier for [`RULES`].
    pub(super) fn new() -> Self {
        let mut by_first: Vec<(u16, Vec<Rule>)> = Vec::new();
        for (prefix, languages, effect) in RULES {
            let Ok(prefix) = Scope::new(prefix) else { continue };
            let last = languages.iter().filter_map(|word| Some(Scope::new(word).ok()?.atom_at(0))).collect();
            let rule = Rule { prefix, last, effect: *effect };
            let first = prefix.atom_at(0);
            match by_first.iter_mut().find(|(atom, _)| *atom == first) {
                Some((_, rules)) => rules.push(rule),
                None => by_first.push((first, vec![rule])),
            }
        }
        for (_, rules) in &mut by_first {
            rules.sort_by_key(|rule| std::cmp::Reverse((rule.prefix.len(), !rule.last.is_empty())));
        }
        Self { by_first }
    }

    fn effect(&self, scope: Scope) -> Effect {
        let first = scope.atom_at(0);
        let Some((_, rules)) = self.by_first.iter().find(|(atom, _)| *atom == first) else { return Effect::Nothing };
        let last = scope.atom_at(scope.len().saturating_sub(1) as usize);
        rules
            .iter()
            .find(|rule| rule.prefix.is_prefix_of(scope) && (rule.last.is_empty() || rule.last.contains(&last)))
            .map_or(Effect::Nothing, |rule| rule.effect)
    }

    /// The class of what stands in these scopes, the outermost first.
    pub(super) fn class(&self, scopes: &[Scope]) -> Option<TokenClass> {
        let mut inward = scopes.iter().rev();
        let class = inward.by_ref().find_map(|scope| match self.effect(*scope) {
            Effect::Is(class) => Some(Some(class)),
            Effect::Plain => Some(None),
            Effect::KeyHolder | Effect::Nothing => None,
        })??;
        // Only what is around the string itself counts; a value never stands inside of a key.
        if class == TokenClass::String && inward.any(|scope| self.effect(*scope) == Effect::KeyHolder) {
            return Some(TokenClass::Key);
        }
        Some(class)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(scopes: &str) -> Option<TokenClass> {
        let scopes: Vec<Scope> = scopes.split(' ').map(|scope| Scope::new(scope).unwrap()).collect();
        Classifier::new().class(&scopes)
    }

    #[test]
    fn the_innermost_scope_that_says_something_decides() {
        assert_eq!(class("source.yaml string.unquoted.plain.out.yaml entity.name.tag.yaml"), Some(TokenClass::Key));
        assert_eq!(
            class("source.yaml string.quoted.single.yaml punctuation.definition.string.begin.yaml"),
            Some(TokenClass::String)
        );
        assert_eq!(
            class("text.html.basic meta.tag.inline.a.html entity.name.tag.inline.a.html"),
            Some(TokenClass::Tag)
        );
        assert_eq!(class("source.yaml punctuation.separator.key-value.mapping.yaml"), None);
        assert_eq!(class("source.shell.bash keyword.operator.assignment.shell"), None);
    }

    #[test]
    fn json_keys_are_keys_and_values_are_strings() {
        let key = "source.json meta.mapping.json meta.mapping.key.json string.quoted.double.json";
        assert_eq!(class(key), Some(TokenClass::Key));
        assert_eq!(class(&key.replace(".key.", ".value.")), Some(TokenClass::String));
        assert_eq!(class(&format!("{key} constant.character.escape.json")), Some(TokenClass::Escape));
    }

    #[test]
    fn variables_are_told_only_where_they_are_marked() {
        assert_eq!(class("source.js variable.other.readwrite.js"), None);
        assert_eq!(class("source.shell.bash variable.other.readwrite.shell"), Some(TokenClass::Variable));
        // This grammar wraps the whole rest of the line in it.
        assert_eq!(class("source.nginx punctuation.definition.variable"), None);
    }

    #[test]
    fn code_inside_of_a_string_is_code() {
        assert_eq!(
            class("source.shell.bash string.quoted.double.shell meta.group.expansion.command.parens.shell"),
            None
        );
    }

    #[test]
    fn every_class_has_its_own_name() {
        let mut names: Vec<&str> = TokenClass::ALL.iter().map(|class| class.css()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), TokenClass::ALL.len());
    }
}

/// The colours of `static/code.css`: there for every class, and legible.
#[cfg(test)]
mod colours {
    use super::TokenClass;
    use std::collections::BTreeMap;

    const CSS: &str = include_str!("../../static/code.css");

    /// The custom properties that are a pair of colours: for light, for dark.
    fn colours() -> BTreeMap<&'static str, [[f64; 3]; 2]> {
        CSS.lines()
            .filter_map(|line| {
                let (name, value) = line.trim().strip_prefix("--")?.split_once(": light-dark(")?;
                let (light, dark) = value.trim_end_matches(");").split_once(", ")?;
                Some((name, [rgb(light), rgb(dark)]))
            })
            .collect()
    }

    fn rgb(hex: &str) -> [f64; 3] {
        assert_eq!(hex.len(), 7, "{hex}");
        [1, 3, 5].map(|at| f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0)
    }

    fn luminance(colour: [f64; 3]) -> f64 {
        let linear = colour.map(|c| if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) });
        linear[0].mul_add(0.2126, linear[1].mul_add(0.7152, linear[2] * 0.0722))
    }

    fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn contrast_is_measured_as_wcag_does() {
        assert!((contrast(rgb("#000000"), rgb("#ffffff")) - 21.0).abs() < 0.01);
        assert!((contrast(rgb("#777777"), rgb("#ffffff")) - 4.48).abs() < 0.01);
    }

    #[test]
    fn every_token_is_legible_on_every_ground_in_both_modes() {
        let colours = colours();
        let mut checked = 0;
        for (token, foreground) in colours.iter().filter(|(name, _)| name.starts_with("tok-")) {
            for ground in ["code-bg", "code-title-bg", "code-hl", "code-ins", "code-del"] {
                for mode in 0..2 {
                    let ratio = contrast(foreground[mode], colours[ground][mode]);
                    assert!(ratio >= 4.5, "--{token} on --{ground}, mode {mode}: {ratio:.2}");
                    checked += 1;
                }
            }
        }
        assert!(checked > TokenClass::ALL.len() * 10, "{checked}");
    }

    #[test]
    fn the_edges_of_marked_lines_are_seen() {
        let colours = colours();
        for name in ["code-hl", "code-ins", "code-del"] {
            let edge = colours[format!("{name}-edge").as_str()];
            for mode in 0..2 {
                let ratio = contrast(edge[mode], colours["code-bg"][mode]);
                assert!(ratio >= 3.0, "{name}, mode {mode}: {ratio:.2}");
            }
        }
    }

    #[test]
    fn every_class_has_a_colour_and_a_rule() {
        let colours = colours();
        for class in TokenClass::ALL {
            let name = class.css();
            let property = format!("tok-{}", name.trim_start_matches("tok-"));
            assert!(colours.contains_key(property.as_str()), "--{property}");
            assert!(CSS.contains(&format!(".{name} {{")), ".{name}");
        }
    }
}
