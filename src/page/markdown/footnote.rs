//! Footnotes: numbered by their first use, gathered at the end of the text. A page may hold several texts, as callouts
//! are: the first has the ids `fn:1`, in the second they are `fn:2-1`.

use super::renderer::Renderer;
use crate::page::html;
use pulldown_cmark::{Event, Tag};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The footnotes of one text.
#[derive(Default)]
pub struct Footnotes {
    /// Labels that have a definition.
    defined: BTreeSet<String>,
    /// The number of each label that is used.
    numbers: BTreeMap<String, usize>,
    /// By number: the label, and how often it is used.
    used: Vec<(String, usize)>,
    /// The content of each definition.
    definitions: BTreeMap<String, String>,
    /// Definitions that are being written: their labels and the output they interrupted.
    open: Vec<(String, String)>,
    /// What stands before each number in an id.
    prefix: String,
}

impl Footnotes {
    /// Takes in which labels have a definition.
    pub fn define<'e>(&mut self, events: impl Iterator<Item = &'e Event<'e>>) {
        self.defined.extend(events.filter_map(|event| match event {
            Event::Start(Tag::FootnoteDefinition(label)) => Some(label.to_string()),
            _ => None,
        }));
    }

    /// Notes a use of a label: its number, and the id of this use.
    fn use_of(&mut self, label: &str) -> (usize, String) {
        let number = match self.numbers.get(label) {
            Some(number) => *number,
            None => {
                self.used.push((label.to_owned(), 0));
                self.numbers.insert(label.to_owned(), self.used.len());
                self.used.len()
            }
        };
        let id = self.reference_id(number, self.used.get(number - 1).map_or(0, |(_, uses)| *uses));
        if let Some((_, uses)) = self.used.get_mut(number - 1) {
            *uses += 1;
        }
        (number, id)
    }

    fn reference_id(&self, number: usize, use_index: usize) -> String {
        let again = if use_index == 0 { String::new() } else { use_index.to_string() };
        format!("fnref{again}:{}{number}", self.prefix)
    }
}

impl Renderer<'_> {
    /// Gives the text ids of its own, when it has footnotes.
    pub(super) fn start_footnotes<'e>(&mut self, events: impl Iterator<Item = &'e Event<'e>>) {
        self.footnotes.define(events);
        if !self.footnotes.defined.is_empty() {
            let mut state = self.scope.state();
            state.texts_with_footnotes += 1;
            if state.texts_with_footnotes > 1 {
                self.footnotes.prefix = format!("{}-", state.texts_with_footnotes);
            }
        }
    }

    pub(super) fn footnote_reference(&mut self, label: &str) {
        // Labels are told apart by case, which the parser does not do.
        if !self.footnotes.defined.contains(label) {
            self.out.push_str("[^");
            html::escape_text_into(&mut self.out, label);
            self.out.push(']');
            return;
        }
        let (number, id) = self.footnotes.use_of(label);
        let prefix = &self.footnotes.prefix;
        let _ = write!(
            self.out,
            "<sup id=\"{id}\"><a href=\"#fn:{prefix}{number}\" class=\"footnote-ref\" role=\"doc-noteref\">{number}</a></sup>"
        );
    }

    pub(super) fn start_footnote(&mut self, label: &str) {
        let interrupted = std::mem::take(&mut self.out);
        self.footnotes.open.push((label.to_owned(), interrupted));
    }

    pub(super) fn end_footnote(&mut self) {
        let Some((label, interrupted)) = self.footnotes.open.pop() else { return };
        let content = std::mem::replace(&mut self.out, interrupted);
        self.footnotes.definitions.entry(label).or_insert(content);
    }

    /// The list of all footnotes that are used.
    pub(super) fn finish_footnotes(&mut self) {
        let footnotes = std::mem::take(&mut self.footnotes);
        if footnotes.used.is_empty() {
            return;
        }
        let name = self.scope.world.strings().text("content", "footnote_back");
        self.out.push_str("<div class=\"footnotes\" role=\"doc-endnotes\">\n<hr>\n<ol>\n");
        for (index, (label, uses)) in footnotes.used.iter().enumerate() {
            let number = index + 1;
            let content = footnotes.definitions.get(label).map_or("", |content| content.trim_end());
            let mut back = String::new();
            let name = crate::page::html::escape(&name.replace("{number}", &number.to_string()));
            for use_index in 0..*uses {
                let id = footnotes.reference_id(number, use_index);
                let _ = write!(
                    back,
                    "&#160;<a href=\"#{id}\" class=\"footnote-backref\" role=\"doc-backlink\" aria-label=\"{name}\">&#x21a9;&#xfe0e;</a>",
                );
            }
            let _ = writeln!(self.out, "<li id=\"fn:{}{number}\">", footnotes.prefix);
            let _ = match content.strip_suffix("</p>") {
                Some(content) => writeln!(self.out, "{content}{back}</p>"),
                None => writeln!(self.out, "{content}{back}"),
            };
            self.out.push_str("</li>\n");
        }
        self.out.push_str("</ol>\n</div>\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_the_first_use() {
        let mut notes = Footnotes::default();
        let found: Vec<_> = ["b", "a", "b"].map(|label| notes.use_of(label)).to_vec();
        assert_eq!(found, [(1, "fnref:1".to_owned()), (2, "fnref:2".to_owned()), (1, "fnref1:1".to_owned())]);
        notes.prefix = "2-".to_owned();
        assert_eq!(notes.use_of("a"), (2, "fnref1:2-2".to_owned()));
    }
}
