//! A YAML document as a value, with the places of its keys and values on demand.
//!
//! The value is read at once, by a quick reader where the text is [`plain`]; places are needed when something is wrong, which is rare, and cost as much again: they
//! are found by a second reading ([`tree`]) when the first of them is asked for.

mod depth;
pub mod plain;
mod problem;
mod tree;
mod value;

use crate::base::{Code, Diagnostic, Place, Source, Span, reserved};
use serde_json::Value;
use std::sync::{Arc, OnceLock};
use tree::Tree;
use value::Read;

/// A YAML document: its value, and where it stands.
#[derive(Debug, Clone)]
pub struct Document {
    source: Source,
    span: Span,
    value: Value,
    has_reserved: bool,
    tree: Arc<OnceLock<Tree>>,
}

impl Document {
    /// The document at `span` of `source`; nothing but space and comments is null. Whatever is wrong with it is an
    /// error: [`Document::read`] keeps what can be kept.
    pub fn parse(source: &Source, span: Span, code: Code) -> Result<Self, Diagnostic> {
        let (document, diagnostics) = Self::read(source, span, code);
        match (diagnostics.into_iter().next(), document) {
            (Some(diagnostic), _) => Err(diagnostic),
            (None, Some(document)) => Ok(document),
            (None, None) => Err(Diagnostic::new(code, "the YAML cannot be read").at(source.place(span))),
        }
    }

    /// The document at `span` of `source` as far as it can be read, and what is wrong. The first of two values of one
    /// key is kept, and so is a value without its tag.
    #[must_use]
    pub fn read(source: &Source, span: Span, code: Code) -> (Option<Self>, Vec<Diagnostic>) {
        let Some(text) = source.text().get(span.range()) else { return (None, Vec::new()) };
        let read = match plain::read(text).map(Read::of).map_or_else(|| value::read(text), Ok) {
            Ok(read) => read,
            Err(failure) => return (None, vec![problem::diagnostic(source, span, code, &failure)]),
        };
        let Read { value, duplicates, tag, has_reserved } = read;
        let document = Self { source: source.clone(), span, value, has_reserved, tree: Arc::new(OnceLock::new()) };
        let mut diagnostics = Vec::new();
        document.tell_duplicates(&duplicates, code, &mut diagnostics);
        if let Some(tag) = tag {
            let at = document.tree().tags.first().map_or(span, |tag| *tag);
            diagnostics.push(
                Diagnostic::new(code, format!("the tag `{tag}` means nothing here"))
                    .at(source.place(at))
                    .help("remove it; a value that starts with `!` needs quotation marks"),
            );
        }
        (Some(document), diagnostics)
    }

    /// What there is to say about a character that guidegen keeps for itself. As such it was replaced in the source; this
    /// one was written as an escape (`"\U00100000"`), and is replaced in the value.
    #[must_use]
    pub fn reserved(&self) -> Option<Diagnostic> {
        let (c, at) = self.has_reserved.then(|| self.tree().reserved).flatten()?;
        Some(reserved::told(c).at(self.source.place(at)).help("take its escape out; it is shown as \u{fffd}"))
    }

    /// What it says.
    #[must_use]
    pub const fn value(&self) -> &Value {
        &self.value
    }

    /// The text that it stands in.
    #[must_use]
    pub const fn source(&self) -> &Source {
        &self.source
    }

    /// Where the value at `path` stands (list indices as decimal numbers), or else its nearest parent.
    #[must_use]
    pub fn span(&self, path: &[&str]) -> Span {
        self.tree().value_span(path).unwrap_or(self.span)
    }

    /// Where the key at `path` stands, or else its nearest parent; of a list entry, its value.
    #[must_use]
    pub fn key_span(&self, path: &[&str]) -> Span {
        self.tree().key_span(path).unwrap_or(self.span)
    }

    /// [`Document::span`] as a place for people.
    #[must_use]
    pub fn place(&self, path: &[&str]) -> Place {
        self.source.place(self.span(path))
    }

    /// [`Document::key_span`] as a place for people.
    #[must_use]
    pub fn key_place(&self, path: &[&str]) -> Place {
        self.source.place(self.key_span(path))
    }

    /// The text of the value at `path` as it is written, quotation marks and all.
    #[must_use]
    pub fn written(&self, path: &[&str]) -> Option<&str> {
        self.source.text().get(self.tree().value_span_exact(path)?.range())
    }

    fn tree(&self) -> &Tree {
        self.tree.get_or_init(|| {
            let text = self.source.text().get(self.span.range()).unwrap_or("");
            Tree::read(text, self.span.start)
        })
    }

    fn tell_duplicates(&self, keys: &[String], code: Code, diagnostics: &mut Vec<Diagnostic>) {
        if keys.is_empty() {
            return;
        }
        let found = self.tree().duplicates.iter().filter(|duplicate| keys.contains(&duplicate.key));
        for duplicate in found.take(keys.len()) {
            diagnostics.push(
                Diagnostic::new(code, format!("the key `{}` is given twice", duplicate.key))
                    .at(self.source.place(duplicate.again))
                    .related(self.source.place(duplicate.first), "first given here")
                    .help("keep one of the two"),
            );
        }
        if let Some(key) = keys.first().filter(|_| diagnostics.is_empty()) {
            let message = format!("the key `{key}` is given twice");
            diagnostics
                .push(Diagnostic::new(code, message).at(self.source.place(self.span)).help("keep one of the two"));
        }
    }
}

#[cfg(test)]
mod tests;
