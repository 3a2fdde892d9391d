//! The inside of a code block's `code`: one pass over text, tokens, variables and lines together.

use super::code_block::{Atom, escape};
use super::fence::Fence;
use super::token::{Token, TokenClass};
use std::fmt::Write as _;

/// Writes `text` with its tokens, and with its atoms in their places.
pub(super) fn write(out: &mut String, fence: &Fence, text: &str, tokens: &[Token], atoms: &[Atom]) {
    let line = Lines::new(fence);
    Body { out, fence, text, tokens, atoms, at: 0, class: None, line, cursors: [0; 3] }.write();
}

/// The lines as elements, if they are.
struct Lines {
    are_wrapped: bool,
    open: bool,
    /// Counted from 1.
    number: u32,
}

impl Lines {
    fn new(fence: &Fence) -> Self {
        let are_wrapped = fence.line_numbers
            || fence.diff
            || [&fence.highlighted, &fence.inserted, &fence.deleted].iter().any(|lines| !lines.is_empty());
        Self { are_wrapped, open: false, number: 0 }
    }
}

/// What is to be written, and how far it is.
struct Body<'a> {
    out: &'a mut String,
    fence: &'a Fence,
    text: &'a str,
    tokens: &'a [Token],
    atoms: &'a [Atom],
    /// What is written up to here.
    at: usize,
    /// The token that is open.
    class: Option<TokenClass>,
    line: Lines,
    /// How far the sets of lines are passed: highlighted, inserted, deleted.
    cursors: [usize; 3],
}

impl Body<'_> {
    fn write(&mut self) {
        loop {
            if self.line.are_wrapped && !self.line.open && self.at < self.text.len() {
                self.open_line();
            }
            self.drop_what_is_passed();
            if self.atoms.first().is_some_and(|atom| atom.range.start == self.at) {
                self.atom();
            } else if self.at < self.text.len() {
                self.piece();
            } else {
                break;
            }
        }
        self.close_line();
    }

    fn drop_what_is_passed(&mut self) {
        while let [token, rest @ ..] = self.tokens
            && token.range.end <= self.at
        {
            self.tokens = rest;
        }
        while let [atom, rest @ ..] = self.atoms
            && (atom.range.start < self.at || self.text.get(atom.range.clone()).is_none())
        {
            self.atoms = rest;
        }
    }

    /// The atom that stands here.
    fn atom(&mut self) {
        let [atom, rest @ ..] = self.atoms else { return };
        self.atoms = rest;
        let around =
            self.tokens.first().filter(|token| token.range.start <= self.at && atom.range.end <= token.range.end);
        self.set_class(around.map(|token| token.class));
        self.out.push_str(&atom.html);
        self.at = atom.range.end;
    }

    /// The text from here to where something changes.
    fn piece(&mut self) {
        let mut end = self.text.len();
        let mut class = None;
        if let Some(token) = self.tokens.first() {
            if token.range.start <= self.at {
                class = Some(token.class);
                end = end.min(token.range.end);
            } else {
                end = end.min(token.range.start);
            }
        }
        if let Some(atom) = self.atoms.first() {
            end = end.min(atom.range.start);
        }
        let mut ends_line = false;
        if self.line.are_wrapped {
            let rest = self.text.get(self.at..end).unwrap_or_default();
            if let Some(newline) = rest.find('\n') {
                end = self.at + newline + 1;
                ends_line = true;
            }
        }
        self.set_class(class);
        escape(self.out, self.text.get(self.at..end).unwrap_or_default());
        self.at = end.max(self.at + 1);
        if ends_line {
            self.close_line();
        }
    }

    fn set_class(&mut self, class: Option<TokenClass>) {
        if self.class == class {
            return;
        }
        if self.class.is_some() {
            self.out.push_str("</span>");
        }
        if let Some(class) = class {
            self.out.push_str("<span class=\"");
            self.out.push_str(class.css());
            self.out.push_str("\">");
        }
        self.class = class;
    }

    fn open_line(&mut self) {
        self.line.number += 1;
        let sets = [&self.fence.highlighted, &self.fence.inserted, &self.fence.deleted];
        let [highlighted, mut inserted, mut deleted] = [0, 1, 2].map(|which| {
            let (Some(set), Some(cursor)) = (sets.get(which), self.cursors.get_mut(which)) else { return false };
            holds(set, cursor, self.line.number)
        });
        let sign = self.text.as_bytes().get(self.at).copied().filter(|_| self.fence.diff);
        inserted |= sign == Some(b'+');
        deleted |= sign == Some(b'-');
        self.out.push_str("<span class=\"line");
        for (set, class) in [(highlighted, " hl"), (inserted, " ins"), (deleted, " del")] {
            if set {
                self.out.push_str(class);
            }
        }
        self.out.push('"');
        if self.fence.line_numbers {
            let number = u64::from(self.fence.first_line) + u64::from(self.line.number) - 1;
            let _ = write!(self.out, " data-line=\"{number}\"");
        }
        self.out.push('>');
        self.line.open = true;
        if let Some(sign @ (b'+' | b'-' | b' ')) = sign
            && self.atoms.first().is_none_or(|atom| atom.range.start > self.at)
        {
            let _ = write!(self.out, "<span class=\"mark\">{}</span>", char::from(sign));
            self.at += 1;
        }
    }

    fn close_line(&mut self) {
        self.set_class(None);
        if self.line.open {
            self.out.push_str("</span>");
            self.line.open = false;
        }
    }
}

/// Whether the sorted ranges hold `number`, which never gets smaller from call to call.
fn holds(ranges: &[(u32, u32)], cursor: &mut usize, number: u32) -> bool {
    while ranges.get(*cursor).is_some_and(|range| range.1 < number) {
        *cursor += 1;
    }
    ranges.get(*cursor).is_some_and(|range| range.0 <= number)
}
