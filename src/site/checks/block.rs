//! Code blocks as configuration: which documents a YAML, JSON or TOML block holds, and whether it parses.
//!
//! Guides show excerpts. Lines that only say that something was left out (`...`), and what belongs to another template
//! language, are taken out before the block is read; the length stays, so that places stay.

use super::placeholder;
use crate::base::source::Source;
use crate::base::{Code, Span};
use crate::input::yaml::Document;
use serde_json::Value;
use std::ops::Range;

/// A language of configuration that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// YAML, in one document or several.
    Yaml,
    /// JSON.
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

/// A text without what is not of its language.
#[derive(Debug)]
pub struct Masked {
    /// The text, as long as it was.
    pub text: String,
    /// Where something was taken out or replaced.
    pub holes: Vec<Range<usize>>,
    /// Whether a line says that something was left out.
    pub has_ellipsis: bool,
}

/// One document of a block.
#[derive(Debug)]
pub struct Part {
    /// What it says.
    pub value: Value,
    /// For places; none where they are not known.
    pub document: Option<Document>,
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

/// Reads a block: its documents, or the first thing that keeps it from being read.
pub fn read(language: Language, masked: &Masked) -> Result<Vec<Part>, Fault> {
    let read = |masked: &Masked| match language {
        Language::Yaml => yaml(masked),
        Language::Json => json(masked, false),
        Language::Jsonc => json(masked, true),
        Language::Toml => toml(masked),
    };
    // In YAML a placeholder is text like any other. What a filled one says is held against no schema.
    match read(masked) {
        Err(fault) if language != Language::Yaml => {
            let is_filled = placeholder::filled(masked).is_some_and(|filled| read(&filled).is_ok());
            if is_filled { Ok(Vec::new()) } else { Err(fault) }
        }
        read => read,
    }
}

/// Takes out of `text` what is not of `language`: ellipses, and the tags of template languages.
#[must_use]
pub fn mask(text: &str) -> Masked {
    let mut masked = Masked { text: text.to_owned(), holes: Vec::new(), has_ellipsis: false };
    let has_tags = ["{{", "{%", "<%", "{#"].iter().any(|open| text.contains(open));
    let has_dots = text.contains("...") || text.contains('…');
    if !has_tags && !has_dots {
        return masked;
    }
    let mut bytes = text.as_bytes().to_vec();
    if has_tags {
        for tag in tags(text) {
            let alone = stands_alone(text, &tag);
            fill(&mut bytes, tag.clone(), if alone { b' ' } else { b'1' });
            masked.holes.push(tag);
        }
    }
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let words = line.trim().trim_start_matches("- ");
        let bare =
            words.trim_matches(|c| matches!(c, '#' | '/' | ' ' | '[' | ']' | '{' | '}' | '<' | '>' | '(' | ')' | ','));
        let is_comment = words.starts_with(['#', '/']);
        if !bare.is_empty() && !is_comment && bare.chars().all(|c| matches!(c, '.' | '…')) {
            let is_ellipsis = bare.contains("...") || bare.contains('…');
            if is_ellipsis {
                let start = at + line.len() - line.trim_start().len();
                let range = start..start + line.trim().len();
                fill(&mut bytes, range.clone(), b' ');
                masked.holes.push(range);
                masked.has_ellipsis = true;
            }
        } else if bare.contains("...") || bare.contains('…') {
            masked.has_ellipsis = true;
        }
        at += line.len();
    }
    // Whole characters were replaced by ASCII.
    if let Ok(text) = String::from_utf8(bytes) {
        masked.text = text;
    }
    masked
}

/// Replaces a range by `with`; line ends stay. A number is never too long to be one.
pub(super) fn fill(bytes: &mut [u8], range: Range<usize>, with: u8) {
    for (place, byte) in bytes.get_mut(range).unwrap_or_default().iter_mut().enumerate() {
        if !matches!(byte, b'\n' | b'\r') {
            *byte = if place < 9 { with } else { b' ' };
        }
    }
}

/// The tags of template languages: `{{ … }}`, `{% … %}`, `{# … #}`, `<% … %>`.
fn tags(text: &str) -> Vec<Range<usize>> {
    let mut tags = Vec::new();
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find(['{', '<'])) {
        let start = at + found;
        let rest = text.get(start..).unwrap_or_default();
        let pairs = [("{{", "}}"), ("{%", "%}"), ("{#", "#}"), ("<%", "%>")];
        let pair = pairs.iter().find(|(open, _)| rest.starts_with(open));
        let end = pair.and_then(|(_, close)| rest.get(2..)?.find(close).map(|length| start + 2 + length + 2));
        match end {
            Some(end) => {
                tags.push(start..end);
                at = end;
            }
            None => at = start + 1,
        }
    }
    tags
}

/// Whether nothing but tags and space stands on the lines of a tag.
fn stands_alone(text: &str, tag: &Range<usize>) -> bool {
    let before = text.get(..tag.start).unwrap_or_default();
    let behind = text.get(tag.end..).unwrap_or_default();
    let before = before.rsplit('\n').next().unwrap_or_default().trim();
    let behind = behind.split('\n').next().unwrap_or_default().trim();
    let are_tags = |text: &str| {
        text.is_empty()
            || (text.starts_with("{{") || text.starts_with("{%") || text.starts_with("<%"))
                && (text.ends_with("}}") || text.ends_with("%}") || text.ends_with("%>"))
    };
    are_tags(before) && are_tags(behind)
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
            parts.push(Part { value: document.value().clone(), document: Some(document) });
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

fn json(masked: &Masked, has_comments: bool) -> Result<Vec<Part>, Fault> {
    let text = if has_comments { without_comments(&masked.text) } else { masked.text.clone() };
    let fault = match json_values(&text) {
        Ok(parts) => return Ok(parts),
        Err(fault) => fault,
    };
    if masked.has_ellipsis || !masked.holes.is_empty() || is_excerpt(&text) {
        return Ok(Vec::new());
    }
    Err(fault)
}

/// Every value of a text that holds JSON values one behind the other.
fn json_values(text: &str) -> Result<Vec<Part>, Fault> {
    let source = Source::new("block", text);
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let mut parts = Vec::new();
    let mut start = 0;
    while let Some(value) = values.next() {
        let value = value.map_err(|error| json_fault(text, &error))?;
        let end = values.byte_offset();
        // JSON is YAML, as far as places go.
        let (document, _) = Document::read(&source, Span::new(start, end), Code::BlockSyntax);
        start = end;
        parts.push(Part { value, document });
    }
    Ok(parts)
}

fn json_fault(text: &str, error: &serde_json::Error) -> Fault {
    let line: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let mut at = (line + error.column().saturating_sub(1)).min(text.trim_end().len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let end = text.get(at..).and_then(|rest| rest.chars().next()).map_or(at, |c| at + c.len_utf8());
    let said = error.to_string();
    let message = said.split(" at line ").next().unwrap_or(&said).to_owned();
    let has_comment = text.lines().any(|line| line.trim_start().starts_with("//"));
    let help = if has_comment {
        "JSON has no comments: take them out, or name the language `jsonc`"
    } else {
        "mend it, or write `verify=off` behind the language if it is meant so"
    };
    Fault { span: Span::new(at, end), message, help: Some(help.to_owned()) }
}

/// Whether a text is the inside of an object: `"key": value`, maybe with a comma behind it.
fn is_excerpt(text: &str) -> bool {
    let inside = text.trim().trim_end_matches(',');
    let wrapped = if inside.starts_with('"') { format!("{{{inside}}}") } else { format!("[{inside}]") };
    serde_json::from_str::<serde::de::IgnoredAny>(&wrapped).is_ok()
}

/// JSON without comments and without commas before closing brackets, as long as it was.
fn without_comments(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let mut at = 0;
    let mut comma: Option<usize> = None;
    while let Some(byte) = bytes.get(at).copied() {
        let next = bytes.get(at + 1).copied();
        match byte {
            b'"' => {
                comma = None;
                at += 1;
                while let Some(byte) = bytes.get(at) {
                    match byte {
                        b'\\' => at += 1,
                        b'"' => break,
                        _ => {}
                    }
                    at += 1;
                }
            }
            b'/' if next == Some(b'/') || next == Some(b'*') => {
                let rest = text.get(at..).unwrap_or_default();
                let length = match next {
                    Some(b'/') => rest.find('\n').unwrap_or(rest.len()),
                    _ => rest.find("*/").map_or(rest.len(), |end| end + 2),
                };
                for byte in bytes.get_mut(at..at + length).unwrap_or_default() {
                    if !matches!(byte, b'\n' | b'\r') {
                        *byte = b' ';
                    }
                }
                at += length;
                continue;
            }
            b',' => comma = Some(at),
            b'}' | b']' => {
                if let Some(byte) = comma.take().and_then(|at| bytes.get_mut(at)) {
                    *byte = b' ';
                }
            }
            byte if byte.is_ascii_whitespace() => {}
            _ => comma = None,
        }
        at += 1;
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

fn toml(masked: &Masked) -> Result<Vec<Part>, Fault> {
    match toml::from_str::<Value>(&masked.text) {
        Ok(value) => Ok(vec![Part { value, document: None }]),
        Err(_) if masked.has_ellipsis || !masked.holes.is_empty() => Ok(Vec::new()),
        Err(error) => {
            let span = error.span().unwrap_or(0..0);
            let message = error.message().lines().next().unwrap_or("it cannot be read").to_owned();
            Err(Fault { span: Span::new(span.start, span.end), message, help: None })
        }
    }
}

#[cfg(test)]
mod tests {
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
        ] {
            assert_eq!(fault(Language::Json, text), None, "{text}");
        }
        assert_eq!(fault(Language::Jsonc, "{ // c\n \"a\": \"//\", /* d, */ \"b\": [1,], }"), None);
        assert_eq!(fault(Language::Toml, "a = ${A:-1}\nb = <your secret>\n"), None);
        assert_eq!(fault(Language::Json, "{ \"a\": \"${X}\",, }"), Some((1, 15)));
        assert_eq!(fault(Language::Toml, "[a]\n...\nb = {{ x }}\n"), None);
    }

    #[test]
    fn a_masked_text_keeps_its_length() {
        for text in ["é: {{ ü }}\n  …\n", "a: {{\n b }}\n", "{{{{", "{{ a }} {{ b }}\n", "- ...\n"] {
            assert_eq!(mask(text).text.len(), text.len(), "{text}");
        }
    }
}
