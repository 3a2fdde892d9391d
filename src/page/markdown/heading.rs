//! Headings: their ids by GitHub's rules as Hugo has them, their anchors, and the table of contents.

use super::Part;
use super::renderer::Renderer;
use crate::base::Span;
use crate::page::html;
use crate::page::scope::{Heading, IdUse};
use crate::page::slot::may_hold_reserved;
use pulldown_cmark::{CowStr, HeadingLevel};
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::LazyLock;

/// A heading whose content is being written.
pub struct HeadingState {
    level: u8,
    id: Option<String>,
    attributes: String,
    /// Where its content starts in the output.
    content: usize,
    /// What its id is made of.
    text: String,
    /// The marks that are open in it, and whether each gave to the id already.
    marks: Vec<bool>,
    span: Span,
}

impl HeadingState {
    /// A mark, link or image starts.
    pub fn open(&mut self) {
        self.marks.push(false);
    }

    /// It ends: what is around it has had a node now.
    pub fn close(&mut self) {
        self.marks.pop();
        self.pass();
    }

    /// A node that gives nothing to the id.
    pub fn pass(&mut self) {
        if let Some(taken) = self.marks.last_mut() {
            *taken = true;
        }
    }

    /// A node of this text. Of what is inside of a mark Hugo takes the first node alone, and people link to such ids.
    pub fn take(&mut self, text: &str) {
        if !self.marks.contains(&true) {
            self.text.push_str(text);
        }
        self.pass();
    }

    /// Whether a mark is open.
    pub fn is_in_mark(&self) -> bool {
        !self.marks.is_empty()
    }

    /// A line of several ends: the id is made of the last.
    pub fn break_line(&mut self) {
        self.text.clear();
        self.pass();
    }
}

/// The ids of one text.
#[derive(Default)]
pub struct Ids {
    taken: BTreeSet<String>,
    /// The last number that was tried behind a base.
    numbers: BTreeMap<String, usize>,
}

impl Ids {
    /// Takes an id that the author gave.
    fn claim(&mut self, id: &str) {
        self.taken.insert(id.to_owned());
    }

    /// An id for a heading of this text; none when there is no text.
    fn generate(&mut self, text: &str) -> Option<String> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let mut base = anchor(text);
        if base.is_empty() {
            base.push_str("heading");
        }
        if self.taken.insert(base.clone()) {
            return Some(base);
        }
        let number = self.numbers.entry(base.clone()).or_default();
        loop {
            *number += 1;
            let id = format!("{base}-{number}");
            if self.taken.insert(id.clone()) {
                return Some(id);
            }
        }
    }
}

/// The id that GitHub gives to a heading of this text: letters, digits and `_` in lower case, spaces and `-` as `-`.
#[must_use]
pub fn anchor(text: &str) -> String {
    let mut id = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ' ' | '-' => id.push('-'),
            '_' => id.push('_'),
            c if is_letter_or_digit(c) => match c {
                // One character becomes one, as where the rule comes from.
                'İ' => id.push('i'),
                c => id.extend(c.to_lowercase()),
            },
            _ => {}
        }
    }
    id
}

#[expect(clippy::unwrap_used, reason = "the pattern is a constant, compiled by a test")]
static LETTER_OR_DIGIT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^[\p{L}\p{Nd}]$").unwrap());

fn is_letter_or_digit(c: char) -> bool {
    c.is_ascii_alphanumeric() || !c.is_ascii() && LETTER_OR_DIGIT.is_match(c.encode_utf8(&mut [0; 4]))
}

impl Renderer<'_> {
    pub(super) fn start_heading(
        &mut self,
        level: HeadingLevel,
        id: Option<CowStr<'_>>,
        classes: &[CowStr<'_>],
        others: &[(CowStr<'_>, Option<CowStr<'_>>)],
        range: &Range<usize>,
    ) {
        let mut attributes = String::new();
        if !classes.is_empty() {
            let _ = write!(attributes, " class=\"{}\"", html::escape(&classes.join(" ")));
        }
        for (name, value) in others {
            if super::attribute::is_harmless(name) {
                let value = value.as_deref().unwrap_or_default();
                let _ = write!(attributes, " {}=\"{}\"", html::escape(name), html::escape(value));
            }
        }
        self.heading = Some(HeadingState {
            level: level as u8,
            id: id.map(|id| id.to_string()),
            attributes,
            content: self.out.len(),
            text: String::new(),
            marks: Vec::new(),
            span: self.span(range),
        });
    }

    pub(super) fn end_heading(&mut self) {
        let Some(heading) = self.heading.take() else { return };
        let content = self.out.split_off(heading.content);
        let id = match heading.id {
            // Links lead to it, so that it does not change with the reader's values.
            Some(id) if may_hold_reserved(&id) => {
                let id = self.scope.state().slots.plain(&id);
                self.ids.claim(&id);
                Some(id).filter(|id| !id.is_empty())
            }
            Some(id) => {
                self.ids.claim(&id);
                Some(id)
            }
            None => {
                let text = self.scope.state().slots.plain(&heading.text);
                self.ids.generate(&text)
            }
        };
        let level = heading.level;
        let _ = write!(self.out, "<h{level}");
        if let Some(id) = &id {
            let _ = write!(self.out, " id=\"{}\"", html::escape(id));
        }
        self.out.push_str(&heading.attributes);
        self.out.push('>');
        self.out.push_str(content.trim_end());
        let mut state = self.scope.state();
        if let Some(id) = &id {
            let title = html::escape(&html::text_of(&state.slots.plain(&content)));
            let _ = write!(
                self.out,
                " <a class=\"anchor\" href=\"#{}\" aria-label=\"{}\"></a>",
                html::escape(id),
                title.trim()
            );
            state.ids.push(IdUse { id: id.clone(), span: heading.span });
        }
        drop(state);
        let _ = writeln!(self.out, "</h{level}>");
        if self.part == Part::Page {
            let html = self.shown_elsewhere(content.trim());
            self.scope.state().headings.push(Heading { level, id, html });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_those_of_github() {
        assert_eq!(anchor("A & B  c_D-É (1)!"), "a--b--c_d-é-1");
        assert_eq!(anchor("İ ẞ ①"), "i-ß-");
        let mut ids = Ids::default();
        ids.claim("foo");
        let made: Vec<_> = ["a", "a", "a-1", "a", "foo", "!!!", ""].map(|text| ids.generate(text)).to_vec();
        let made: Vec<_> = made.iter().map(|id| id.as_deref().unwrap_or("none")).collect();
        assert_eq!(made, ["a", "a-1", "a-1-1", "a-2", "foo-1", "heading", "none"]);
    }
}
