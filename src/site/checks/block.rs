//! Code blocks as configuration: which documents a YAML, JSON or TOML block holds, and whether it parses.
//!
//! Guides show excerpts: what is left out is [masked](super::mask) before, and placeholders are filled where a block
//! cannot be read otherwise.

use super::mask::Masked;
use super::{json_block, placeholder, toml_block};
use crate::base::source::Source;
use crate::base::{Code, Span};
use crate::input::yaml::{Document, plain};
use serde_json::Value;

/// A language of configuration that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// YAML, in one document or several.
    Yaml,
    /// JSON; comments say that it is for a program which takes them.
    Json,
    /// JSON with comments and commas before closing brackets.
    Jsonc,
    /// TOML.
    Toml,
}

impl Language {
    /// The language that people call `name`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "yaml" | "yml" | "docker-compose" | "compose" | "k8s" | "kubernetes" | "kube" | "ansible" | "openapi" => {
                Some(Self::Yaml)
            }
            "json" | "geojson" | "jsonld" | "json-ld" | "webmanifest" => Some(Self::Json),
            "jsonc" => Some(Self::Jsonc),
            "toml" => Some(Self::Toml),
            _ => None,
        }
    }

    /// Its name for people.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Yaml => "YAML",
            Self::Json | Self::Jsonc => "JSON",
            Self::Toml => "TOML",
        }
    }
}

/// One document of a block.
#[derive(Debug)]
pub struct Part {
    /// What it says.
    pub value: Value,
    /// Where it says that.
    pub places: Places,
}

/// Where the keys and values of a document stand.
#[derive(Debug)]
pub enum Places {
    /// Of YAML, which JSON is as well.
    Tree(Document),
    /// Of TOML.
    Table(Vec<toml_block::Entry>),
    /// Nobody knows.
    Unknown,
}

impl Part {
    /// Where the key or the value at `path` stands, or else its nearest parent.
    #[must_use]
    pub fn span(&self, path: &[&str], is_key: bool) -> Option<Span> {
        match &self.places {
            Places::Tree(document) if is_key => Some(document.key_span(path)),
            Places::Tree(document) => Some(document.span(path)),
            Places::Table(entries) => toml_block::span(entries, path, is_key),
            Places::Unknown => None,
        }
    }
}

/// Why a block does not parse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where, in the block's text.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// What keeps a block from being read, for those who do not ask what it says.
#[must_use]
pub fn fault(language: Language, masked: &Masked) -> Option<Fault> {
    if language == Language::Yaml && plain::is_sound(&masked.text) {
        return None;
    }
    read(language, masked).err()
}

/// Reads a block: its documents, or the first thing that keeps it from being read.
pub fn read(language: Language, masked: &Masked) -> Result<Vec<Part>, Fault> {
    let read = |masked: &Masked| match language {
        Language::Yaml => yaml(masked),
        Language::Json => json_block::read(masked, false),
        Language::Jsonc => json_block::read(masked, true),
        Language::Toml => toml_block::read(masked),
    };
    // What a filled placeholder says is held against no schema. A fault that is left then is the author's own.
    read(masked).or_else(|fault| match placeholder::filled(language, masked) {
        Some(filled) => read(&filled).map(|_| Vec::new()),
        None => Err(fault),
    })
}

/// The documents of a YAML text: parted by `---` and `...` lines.
fn documents(text: &str) -> Vec<Span> {
    let is_mark = |line: &str, mark: &str| {
        line.strip_prefix(mark).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
    };
    let mut spans = Vec::new();
    let (mut start, mut at) = (0, 0);
    for line in text.split_inclusive('\n') {
        if is_mark(line, "---") {
            spans.push(Span::new(start, at));
            start = at;
        } else if is_mark(line, "...") {
            spans.push(Span::new(start, at));
            start = at + line.len();
        }
        at += line.len();
    }
    spans.push(Span::new(start, at));
    let says_something = |span: &Span| {
        let text = text.get(span.range()).unwrap_or_default();
        text.lines().any(|line| {
            let line = line.strip_prefix("---").unwrap_or(line).trim();
            !line.is_empty() && !line.starts_with(['#', '%'])
        })
    };
    spans.retain(says_something);
    spans
}

fn yaml(masked: &Masked) -> Result<Vec<Part>, Fault> {
    let source = Source::new("block", masked.text.as_str());
    let mut parts = Vec::new();
    for span in documents(&masked.text) {
        let (document, problems) = Document::read(&source, span, Code::BlockSyntax);
        // A tag is read by whoever reads the file, and so is an alias whose anchor an excerpt leaves out; branches of
        // a template may name a key twice.
        let is_of_excerpts = |message: &str| message.starts_with("this alias");
        let may_repeat = masked.has_ellipsis || !masked.holes.is_empty();
        let problem = problems.into_iter().find(|problem| match &document {
            Some(_) => !may_repeat && !problem.related.is_empty(),
            None => !is_of_excerpts(&problem.message),
        });
        if let Some(problem) = problem {
            let span = problem.place.and_then(|place| place.range).map_or(span, |range| {
                let at = |line, column| offset(&masked.text, line, column);
                Span::new(at(range.line, range.column), at(range.end_line, range.end_column))
            });
            return Err(Fault { span, message: problem.message, help: problem.help.map(Into::into) });
        }
        if let Some(document) = document {
            parts.push(Part { value: document.value().clone(), places: Places::Tree(document) });
        }
    }
    Ok(parts)
}

/// The byte at a line and column, as people count them.
fn offset(text: &str, line: u32, column: u32) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1) as usize).map(str::len).sum();
    let rest = text.get(start..).unwrap_or_default();
    start + rest.char_indices().nth(column.saturating_sub(1) as usize).map_or(rest.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::super::mask::mask;
    use super::*;

    fn fault(language: Language, text: &str) -> Option<(u32, u32)> {
        let fault = read(language, &mask(text)).err()?;
        Some(Source::new("x", text).line_and_column(fault.span.start))
    }

    #[test]
    fn faults_are_found_where_they_are() {
        assert_eq!(fault(Language::Yaml, "a: 1\nb: [1, 2\nc: 3\n"), Some((2, 4)));
        assert_eq!(fault(Language::Yaml, "a: 1\n---\nb: 'x\n"), Some((3, 4)));
        assert_eq!(fault(Language::Yaml, "a: 1\na: 2\n"), Some((2, 1)));
        assert_eq!(fault(Language::Json, "{\n  \"a\": 1,\n}\n"), Some((3, 1)));
        assert_eq!(fault(Language::Json, "{\n  \"a\": tru\n}\n"), Some((2, 8)));
        assert_eq!(fault(Language::Json, "{\n  \"a\": {\n}\n\n"), Some((3, 1)), "it ends too early");
        assert_eq!(fault(Language::Json, "\n\"a\": 1,\n\"b\": x\n"), Some((3, 6)), "inside of an object");
        assert_eq!(fault(Language::Json, "{\"a\": \"x\ny\"}\n"), Some((1, 9)), "the end of the line");
        assert_eq!(fault(Language::Yaml, "  a: 1\n# c\n\nb: 2\n"), Some((4, 1)), "less indented than the first");
        assert_eq!(fault(Language::Toml, "a = 1\nb = \n").map(|(line, _)| line), Some(2));
    }

    #[test]
    fn excerpts_and_other_languages_do_not_alarm() {
        for text in [
            "a: 1\n---\nb: 2\n...\n---\nc: 3\n",
            "a:\n  ...\n  b: 1\n",
            "a: 1\n...\na: 2\n",
            "a: {{ x }}\nb: '{{ y }}'\n{{- if z }}\nc: 1\n{{- else }}\nc: 2\n{{- end }}\n",
            "{% for x in y %}\n- {{ x }}\n{% endfor %}\n",
            "- <<: *default\n  x: !vault |\n    abc\n",
            "# only a comment\n",
            "a:\n  b: 1\n  [...]\n  c: 1\n  <...>\n  (...)\nd: 1\n",
            "%YAML 1.2\n---\na: 1\n",
            "a: {b: {c: d}}\n",
            "a: %PORT%\nb: @HOST@\nc: {scheme}://{host}\nd: [your-domain].example\n",
            "a: 1\n[snip]\nb: 2\n-- omitted --\nc: 3\n<snip>\n",
        ] {
            assert_eq!(fault(Language::Yaml, text), None, "{text}");
        }
        for text in [
            "{ \"a\": ${PORT}, \"b\": <a number>, \"c\": \"${X}\" }",
            "\"a\": 1,\n\"b\": {}\n",
            "{\"a\": ...}",
            "{\"a\": {{ x }}}",
            "{\"a\":1}\n{\"a\":2}\n",
            "{\n  …\n}",
            "{ // why\n  \"a\": 1, /* and */\n}",
            "{ \"a\": $PORT, \"b\": %HOST% }",
            "{\"a\": 1}, {\"b\": 2},\n",
        ] {
            assert_eq!(fault(Language::Json, text), None, "{text}");
        }
        assert_eq!(fault(Language::Jsonc, "{ // c\n \"a\": \"//\", /* d, */ \"b\": [1,], }"), None);
        assert_eq!(fault(Language::Toml, "a = ${A:-1}\nb = <your secret>\n"), None);
        assert_eq!(fault(Language::Json, "{ \"a\": \"${X}\",, }"), Some((1, 15)));
        assert_eq!(fault(Language::Json, "{ \"key\": \"MII...\", }"), Some((1, 20)), "only a text is shortened");
        assert_eq!(fault(Language::Toml, "[a]\n...\nb = {{ x }}\n"), None);
    }
}
