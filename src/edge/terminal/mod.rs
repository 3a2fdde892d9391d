//! Findings as people and machines read them, and the two streams that they go to.
//!
//! Names and texts come from files that anybody may have written. Nothing of them reaches a terminal as a control
//! character.

mod github;
mod human;
mod lines;
pub mod progress;
mod sarif;

use super::Failure;
use crate::base::{Diagnostic, Severity};
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::sync::Arc;

/// How findings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// With an excerpt of the file, for people.
    #[default]
    Human,
    /// One line each: `file:line:column: severity[code]: message`.
    Short,
    /// One JSON object a line.
    Json,
    /// Workflow commands, which GitHub shows beside the changed lines.
    Github,
    /// One SARIF 2.1.0 document.
    Sarif,
}

impl Format {
    /// Whether it goes to standard output, and nothing else does then.
    #[must_use]
    pub const fn is_for_machines(self) -> bool {
        matches!(self, Self::Json | Self::Github | Self::Sarif)
    }
}

/// How findings are shown.
#[derive(Clone, Copy)]
pub struct Style<'a> {
    /// The format.
    pub format: Format,
    /// Whether colours are used, where the format has any.
    pub colours: bool,
    /// The site's folder below that of the repository, with `/` behind it; for GitHub.
    pub prefix: &'a str,
    /// The text of a file, by the name that places give it.
    pub text: &'a dyn Fn(&str) -> Option<Arc<str>>,
}

/// The findings as text, ready for the stream of their format.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], style: &Style<'_>) -> String {
    match style.format {
        Format::Human => human::render(diagnostics, style),
        Format::Short => diagnostics.iter().map(lines::short).collect(),
        Format::Json => diagnostics.iter().map(lines::json).collect(),
        Format::Github => diagnostics.iter().map(|diagnostic| github::command(diagnostic, style.prefix)).collect(),
        Format::Sarif => sarif::document(diagnostics, style.prefix),
    }
}

/// A failure as text for standard error.
#[must_use]
pub fn render_failure(failure: &Failure, colours: bool) -> String {
    human::failure(failure, colours)
}

/// Writes to standard output. That nobody reads any more is no fault.
pub fn print(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Writes to standard error. That nobody reads any more is no fault.
pub fn eprint(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// How many errors and how many warnings there are.
#[must_use]
pub fn count(diagnostics: &[Diagnostic]) -> (usize, usize) {
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count();
    (errors, diagnostics.len() - errors)
}

/// A text without control characters: line breaks and tabs stay if `multiline`, the rest is written out.
#[must_use]
pub fn tame(text: &str, multiline: bool) -> String {
    let mut tamed = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' if multiline => tamed.push(c),
            '\n' | '\t' => tamed.push(' '),
            '\r' => {}
            c if is_wild(c) => {
                // Writing to a string cannot fail.
                let _ = write!(tamed, "\\u{{{:x}}}", u32::from(c));
            }
            c => tamed.push(c),
        }
    }
    tamed
}

/// Whether a terminal would obey a character, or write what follows it backwards, instead of showing it.
const fn is_wild(c: char) -> bool {
    c.is_ascii_control()
        || matches!(c, '\u{80}'..='\u{9f}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(c, '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_written_out() {
        assert_eq!(tame("a\u{1b}[31mb\u{9b}c\u{202e}\r\nd", false), "a\\u{1b}[31mb\\u{9b}c\\u{202e} d");
        assert_eq!(tame("a\n\tb\u{7f}é", true), "a\n\tb\\u{7f}é");
    }
}
