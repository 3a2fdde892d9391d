//! Highlighting: code into tokens by syntect's grammars.
//!
//! What is found equals what plain syntect finds, line by line, within limits that keep hostile input from holding a build
//! up: a line that is longer than [`LONGEST_LINE`], or repeats a few characters for more than [`LONGEST_REPEAT`], is plain and
//! changes nothing for the lines behind it, and a block is plain behind its first [`LARGEST_BLOCK`] bytes.

use super::grammar::Grammars;
use super::known::Known;
use super::language::{self, Grammar};
use super::line_grammar;
use super::line_reader::LineReader;
use super::memo::Memo;
use super::session;
use super::token::Token;
use std::sync::OnceLock;

/// The longest line that is highlighted, in bytes. Grammars are regular expressions with backtracking, whose time may
/// grow with the cube of a line's length; nobody reads colours in a longer line.
pub const LONGEST_LINE: usize = 1_000;

/// The longest stretch of a line, in bytes, that repeats up to four bytes over and over: what backtracking suffers from
/// most, and what only rulers are made of.
pub const LONGEST_REPEAT: usize = 160;

/// How much of a block is highlighted, in bytes.
pub const LARGEST_BLOCK: usize = 256 * 1024;

/// Turns code into tokens. It is cheap to make: grammars are read when they are first used. Threads share one.
#[derive(Debug, Default)]
pub struct Highlighter {
    grammars: OnceLock<Grammars>,
    memo: Memo,
    known: Option<Known>,
}

impl Highlighter {
    /// A highlighter that has read nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A highlighter that knows what `bytes` of an earlier one say ([`Highlighter::learned`]); none are a good beginning.
    #[must_use]
    pub fn knowing(bytes: Vec<u8>) -> Self {
        Self { known: Some(Known::read(bytes)), ..Self::default() }
    }

    /// Reads the list of grammars now, beside other things that have to be done, and not when the first code is met; not where
    /// all code may well be known.
    pub fn prepare(&self) {
        if self.known.as_ref().is_none_or(Known::is_empty) {
            self.grammars.get_or_init(Grammars::new);
        }
    }

    /// What a later highlighter may begin with, when this one was made by [`Highlighter::knowing`] and has learned since.
    #[must_use]
    pub fn learned(&self) -> Option<Vec<u8>> {
        self.known.as_ref()?.write()
    }

    /// Whether code of this language can be highlighted, or is known to be plain text; letter case is ignored.
    #[must_use]
    pub fn knows(&self, language: &str) -> bool {
        language::find(language).is_some()
    }

    /// The tokens of `text`, in order, none over another, each within one line (but for the output of a terminal,
    /// which holds the ends of its lines). None for a language that is not known.
    #[must_use]
    pub fn tokens(&self, language: &str, text: &str) -> Vec<Token> {
        let text = text.get(..whole_lines_within(text, LARGEST_BLOCK)).unwrap_or_default();
        let Some(grammar) = language::find(language).filter(|grammar| !matches!(grammar, Grammar::Plain)) else {
            return Vec::new();
        };
        let Some(known) = &self.known else { return self.read(grammar, text) };
        let key = Known::key(language, text);
        known.get(&key, text).unwrap_or_else(|| {
            let tokens = self.read(grammar, text);
            known.insert(key, &tokens);
            tokens
        })
    }

    fn read(&self, grammar: Grammar, text: &str) -> Vec<Token> {
        let mut tokens = Vec::new();
        match grammar {
            Grammar::Plain => {}
            Grammar::Session => session::tokens(self, text, &mut tokens),
            Grammar::Caddyfile => line_grammar::caddyfile(text, &mut tokens),
            Grammar::Ldif => line_grammar::ldif(text, &mut tokens),
            Grammar::Syntect(name) => {
                let mut lines = self.lines(variant(name, text));
                let mut at = 0;
                for line in text.split_inclusive('\n') {
                    lines.next(line, at, &mut tokens);
                    at += line.len();
                }
            }
        }
        tokens
    }

    /// A reader of lines by the grammar `name`, at its beginning.
    pub(super) fn lines<'a>(&'a self, name: &str) -> Lines<'a> {
        Lines(LineReader::new(self.grammars.get_or_init(Grammars::new), &self.memo, name))
    }
}

/// PHP stands in guides with its opening tag and without; there is a grammar for each.
fn variant<'a>(name: &'a str, text: &str) -> &'a str {
    if name == "PHP Source" && text.contains("<?") { "PHP" } else { name }
}

/// How many bytes of `text` are whole lines within the first `limit`; all of a shorter text.
fn whole_lines_within(text: &str, limit: usize) -> usize {
    if text.len() <= limit {
        return text.len();
    }
    text.as_bytes().get(..limit).and_then(|head| head.iter().rposition(|byte| *byte == b'\n')).map_or(0, |at| at + 1)
}

/// Reads line after line, those that are too long left out.
pub(super) struct Lines<'a>(LineReader<'a>);

impl Lines<'_> {
    /// Reads one line (with its end), which stands at byte `at` of the block, and adds its tokens.
    pub(super) fn next(&mut self, line: &str, at: usize, tokens: &mut Vec<Token>) {
        if is_readable(line) {
            self.0.next(line, at, tokens);
        }
    }
}

/// Whether a line is within the limits.
fn is_readable(line: &str) -> bool {
    if line.len() <= LONGEST_REPEAT {
        return true;
    }
    let repeats = |period: usize| {
        let mut length = 0;
        line.bytes().zip(line.bytes().skip(period)).any(|(byte, later)| {
            length = if byte == later { length + 1 } else { 0 };
            length > LONGEST_REPEAT
        })
    };
    line.len() <= LONGEST_LINE && !(1..=4).any(repeats)
}

#[cfg(test)]
mod tests;
