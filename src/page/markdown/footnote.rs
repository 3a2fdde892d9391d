//! Footnotes: numbered by their first use, gathered at the end of the text.

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
    /// Labels in the order of their first use.
    used: Vec<String>,
    /// How often each is used.
    uses: BTreeMap<String, usize>,
    /// The content of each definition.
    definitions: BTreeMap<String, String>,
    /// Definitions that are being written: their labels and the output they interrupted.
    open: Vec<(String, String)>,
}

impl Footnotes {
    /// Takes in which labels have a definition.
    pub fn define<'e>(&mut self, events: impl Iterator<Item = &'e Event<'e>>) {
        self.defined.extend(events.filter_map(|event| match event {
            Event::Start(Tag::FootnoteDefinition(label)) => Some(label.to_string()),
            _ => None,
        }));
    }
}

impl Renderer<'_> {
    pub(super) fn footnote_reference(&mut self, label: &str) {
        // Labels are told apart by case, which the parser does not do.
        if !self.footnotes.defined.contains(label) {
            self.out.push_str("[^");
            html::escape_text_into(&mut self.out, label);
            self.out.push(']');
            return;
        }
        let number = match self.footnotes.used.iter().position(|used| used == label) {
            Some(index) => index + 1,
            None => {
                self.footnotes.used.push(label.to_owned());
                self.footnotes.used.len()
            }
        };
        let uses = self.footnotes.uses.entry(label.to_owned()).or_default();
        let id = reference_id(number, *uses);
        *uses += 1;
        let _ = write!(
            self.out,
            "<sup id=\"{id}\"><a href=\"#fn:{number}\" class=\"footnote-ref\" role=\"doc-noteref\">{number}</a></sup>"
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
        if self.footnotes.used.is_empty() {
            return;
        }
        let footnotes = std::mem::take(&mut self.footnotes);
        self.out.push_str("<div class=\"footnotes\" role=\"doc-endnotes\">\n<hr>\n<ol>\n");
        for (index, label) in footnotes.used.iter().enumerate() {
            let number = index + 1;
            let content = footnotes.definitions.get(label).map_or("", |content| content.trim_end());
            let mut back = String::new();
            for use_index in 0..footnotes.uses.get(label).copied().unwrap_or(1) {
                let id = reference_id(number, use_index);
                let _ = write!(
                    back,
                    "&#160;<a href=\"#{id}\" class=\"footnote-backref\" role=\"doc-backlink\" aria-label=\"{}\">&#x21a9;&#xfe0e;</a>",
                    html::escape(&format!("Back to reference {number}"))
                );
            }
            let _ = write!(self.out, "<li id=\"fn:{number}\">\n");
            match content.strip_suffix("</p>") {
                Some(content) => {
                    let _ = write!(self.out, "{content}{back}</p>\n");
                }
                None => {
                    let _ = write!(self.out, "{content}{back}\n");
                }
            }
            self.out.push_str("</li>\n");
        }
        self.out.push_str("</ol>\n</div>\n");
    }
}

fn reference_id(number: usize, use_index: usize) -> String {
    if use_index == 0 { format!("fnref:{number}") } else { format!("fnref{use_index}:{number}") }
}
