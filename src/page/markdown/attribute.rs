//! Attributes in braces, `{#id .class key=value}`: their reading, and headings that end in them.
//!
//! pulldown-cmark takes whatever stands in braces at the end of a heading for attributes, so that a heading
//! `Write {name}` loses its last word. Here a brace is one when all in it is an attribute, as in Hugo.

use super::Step;
use crate::page::html;
use pulldown_cmark::{CowStr, Event, Tag, TagEnd};
use std::fmt::Write as _;
use std::ops::Range;

/// The attributes of a block.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attributes {
    /// `#id` or `id=…`.
    pub id: Option<String>,
    /// `.class`.
    pub classes: Vec<String>,
    /// All others.
    pub others: Vec<(String, String)>,
}

impl Attributes {
    /// Those at the start of `text`, and how long they are there.
    pub fn parse(text: &str) -> Option<(Self, usize)> {
        let mut reader = Reader { text, at: 1 };
        let mut attributes = Self::default();
        if !text.starts_with('{') {
            return None;
        }
        loop {
            reader.skip(|c| matches!(c, ' ' | '\t' | ','));
            match reader.peek()? {
                '}' => return Some((attributes, reader.at + 1)),
                // `{#}` and `id=""` name nothing, and an empty id is none in HTML.
                '#' => attributes.id = named(reader.word()?),
                '.' => attributes.classes.extend(named(reader.word()?)),
                _ => {
                    let (name, value) = reader.named()?;
                    match name {
                        "id" => attributes.id = named(&value),
                        "class" => attributes.classes.extend(value.split_ascii_whitespace().map(str::to_owned)),
                        _ => attributes.set(name, value),
                    }
                }
            }
        }
    }

    /// Of two with one name the last counts, as in Hugo.
    fn set(&mut self, name: &str, value: String) {
        match self.others.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = value,
            None => self.others.push((name.to_owned(), value)),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// As they are written into a tag, behind its name: only those that cannot run anything.
    pub fn html(&self) -> String {
        let mut out = String::new();
        if let Some(id) = &self.id {
            let _ = write!(out, " id=\"{}\"", html::escape(id));
        }
        if !self.classes.is_empty() {
            let _ = write!(out, " class=\"{}\"", html::escape(&self.classes.join(" ")));
        }
        for (name, value) in &self.others {
            if is_harmless(name) {
                let _ = write!(out, " {}=\"{}\"", html::escape(name), html::escape(value));
            }
        }
        out
    }
}

/// Whether an author may write the attribute: it cannot run anything, and the page's script does not listen to it.
pub(super) fn is_harmless(name: &str) -> bool {
    let is_data = name.starts_with("data-") && !name.starts_with("data-sitevar");
    is_data || name.starts_with("aria-") || matches!(name, "lang" | "dir" | "title")
}

fn named(word: &str) -> Option<String> {
    (!word.is_empty()).then(|| word.to_owned())
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn skip(&mut self, skipped: impl Fn(char) -> bool) -> &'t str {
        let rest = &self.text[self.at..];
        let length = rest.find(|c| !skipped(c)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    /// What follows a `#` or `.`.
    fn word(&mut self) -> Option<&'t str> {
        self.at += 1;
        let word =
            self.skip(|c| !c.is_whitespace() && (!c.is_ascii_punctuation() || matches!(c, '_' | '-' | ':' | '.')));
        matches!(self.peek()?, ' ' | '\t' | ',' | '}' | '#').then_some(word)
    }

    fn named(&mut self) -> Option<(&'t str, String)> {
        let name = self.skip(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '.' | '-'));
        if !name.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '_' | ':')) {
            return None;
        }
        self.skip(|c| c == ' ');
        if self.peek()? != '=' {
            return None;
        }
        self.at += 1;
        self.skip(|c| c == ' ');
        if self.peek()? != '"' {
            let value = self.skip(|c| !c.is_whitespace() && !matches!(c, '}' | '{' | '"' | '\'' | ','));
            return (!value.is_empty()).then(|| (name, value.to_owned()));
        }
        let mut value = String::new();
        let mut chars = self.text[self.at + 1..].char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.at += at + 2;
                    return Some((name, value));
                }
                '\\' => value.extend(chars.next().map(|(_, c)| c)),
                '\n' => return None,
                c => value.push(c),
            }
        }
        None
    }
}

/// Moves attributes at the end of a heading from its text into its tag.
pub fn of_headings<'a>(source: &'a str, steps: Vec<Step<'a>>) -> Vec<Step<'a>> {
    let may_have = |(event, range): &Step<'_>| {
        matches!(event, Event::Start(Tag::Heading { .. })) && source[range.clone()].contains('{')
    };
    if !steps.iter().any(may_have) {
        return steps;
    }
    let mut out: Vec<Step<'a>> = Vec::with_capacity(steps.len());
    let mut open: Option<usize> = None;
    for step in steps {
        match &step.0 {
            Event::Start(Tag::Heading { .. }) => open = Some(out.len()),
            Event::End(TagEnd::Heading(_)) => {
                if let Some(start) = open.take() {
                    take_attributes(source, &mut out, start);
                }
            }
            _ => {}
        }
        out.push(step);
    }
    out
}

/// The attributes of the heading that starts at `start` and whose text ends `out`.
fn take_attributes<'a>(source: &'a str, out: &mut Vec<Step<'a>>, start: usize) {
    let range = out[start].1.clone();
    let Some(braces) = braces(source, &range) else { return };
    let Some((attributes, length)) = Attributes::parse(&source[braces.clone()]) else { return };
    if length < braces.len() {
        return;
    }
    let first = out[start + 1..].iter().position(|(_, range)| range.end > braces.start);
    let Some(first) = first.map(|first| start + 1 + first) else { return };
    if out[first..].iter().any(|(event, _)| !matches!(event, Event::Text(_))) {
        return;
    }
    let kept = text_before(&out[first], braces.start);
    let text_start = out[first].1.start;
    let is_atx = source[range.clone()].trim_start().starts_with('#');
    out.truncate(first);
    if let Some(kept) = kept {
        let kept = kept.trim_end();
        // `## A ## {#a}`: the heading is closed before its attributes.
        let unclosed = kept.trim_end_matches('#');
        let is_closed = is_atx && unclosed.len() < kept.len() && unclosed.ends_with([' ', '\t']);
        let kept = if is_closed { unclosed.trim_end() } else { kept };
        if !kept.is_empty() {
            out.push((Event::Text(CowStr::from(kept.to_owned())), text_start..braces.start));
        }
    }
    if let Event::Start(Tag::Heading { id, classes, attrs, .. }) = &mut out[start].0 {
        *id = attributes.id.map(CowStr::from);
        *classes = attributes.classes.into_iter().map(CowStr::from).collect();
        *attrs = attributes.others.into_iter().map(|(name, value)| (name.into(), Some(value.into()))).collect();
    }
}

/// Where braces stand at the end of a heading's text.
fn braces(source: &str, range: &Range<usize>) -> Option<Range<usize>> {
    let text = source.get(range.clone())?.trim_end();
    let content = match text.rsplit_once(['\n', '\r']) {
        Some((content, underline)) if underline.trim_start_matches([' ', '\t', '>']).starts_with(['=', '-']) => {
            content.trim_end()
        }
        _ => text,
    };
    let open = content.strip_suffix('}')?.rfind('{')?;
    let slashes = content[..open].len() - content[..open].trim_end_matches('\\').len();
    (slashes % 2 == 0).then(|| range.start + open..range.start + content.len())
}

/// What of a text stands before `at`.
fn text_before(step: &Step<'_>, at: usize) -> Option<String> {
    let (Event::Text(text), range) = step else { return None };
    let length = at.checked_sub(range.start)?;
    // What typography or an entity made is as a whole on one side.
    text.get(..length).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_hold_attributes_or_text() {
        let (found, length) = Attributes::parse("{#a-b .c .d k=v, title=\"x \\\" }\"} more").unwrap();
        assert_eq!(found.id.as_deref(), Some("a-b"));
        assert_eq!(found.classes, ["c", "d"]);
        assert_eq!(found.others, [("k".to_owned(), "v".to_owned()), ("title".to_owned(), "x \" }".to_owned())]);
        assert_eq!(length, 32);
        for text in ["{x}", "{#a b}", "{ \"json\": 1 }", "{{ x }}", "{.c", "{k=}", "{k=\"v}", "x{.c}", "{.a!}"] {
            assert_eq!(Attributes::parse(text), None, "{text}");
        }
        assert!(Attributes::parse("{}").unwrap().0.is_empty());
    }

    #[test]
    fn no_attribute_runs_anything() {
        let (found, _) = Attributes::parse("{.c onclick=\"x()\" style=\"x\" data-a=\"<\" lang=de}").unwrap();
        assert_eq!(found.html(), " class=\"c\" data-a=\"&lt;\" lang=\"de\"");
        let (found, _) = Attributes::parse("{data-a=1 data-sitevar=b lang=de data-a=2 Title=a title=b}").unwrap();
        assert_eq!(found.html(), " data-a=\"2\" lang=\"de\" title=\"b\"");
    }
}
