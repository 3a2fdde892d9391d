//! The info string of a code fence: the language, and the attributes of Hugo, Docusaurus and Starlight.

use crate::base::{Span, Spanned};

/// Whether a block is read as configuration and checked (`verify=`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Verify {
    /// Checked for all there is to check: what nobody says.
    #[default]
    On,
    /// Checked for its syntax alone, not against a schema.
    Syntax,
    /// Not checked.
    Off,
}

/// What the info string of a fence says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    /// The language as the author wrote it; empty without one.
    pub language: Spanned<String>,
    /// The title, usually the name of a file. It may hold slot characters.
    pub title: Option<Spanned<String>>,
    /// Lines to highlight: ranges of line numbers from 1, both ends included, sorted and disjoint.
    pub highlighted: Vec<(u32, u32)>,
    /// Whether lines are numbered.
    pub line_numbers: bool,
    /// The number of the first line.
    pub first_line: u32,
    /// What is checked of it.
    pub verify: Spanned<Verify>,
    /// Whether long lines are wrapped from the start.
    pub wrap: bool,
    /// Whether lines that start with `+` or `-` are marked as added and removed, the language kept.
    pub diff: bool,
    /// The `id` of the figure.
    pub id: Option<Spanned<String>>,
    /// Classes of the figure, beside `code`.
    pub classes: Vec<Spanned<String>>,
    /// Attributes that mean nothing here, by name in lower case, in the order they are written.
    pub others: Vec<(Spanned<String>, String)>,
}

impl Default for Fence {
    fn default() -> Self {
        Self {
            language: Spanned::default(),
            title: None,
            highlighted: Vec::new(),
            line_numbers: false,
            first_line: 1,
            verify: Spanned::default(),
            wrap: false,
            diff: false,
            id: None,
            classes: Vec::new(),
            others: Vec::new(),
        }
    }
}

/// Something in an info string that cannot be read; the fence is rendered without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FenceProblem {
    /// Where in the info string.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

impl Fence {
    /// Reads an info string (what follows the backticks). Spans are relative to it.
    #[must_use]
    pub fn parse(info: &str) -> (Self, Vec<FenceProblem>) {
        let end = info.find(|c: char| c.is_whitespace() || c == '{').unwrap_or(info.len());
        let language = Spanned::new(info[..end].to_owned(), Span::new(0, end));
        (Self { language, ..Self::default() }, Vec::new())
    }
}
