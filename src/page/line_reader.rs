//! Reads the lines of one block by a grammar, through the memo.

use super::grammar::{Grammars, Parser, State, YAML};
use super::memo::{Line, Memo};
use super::token::Token;
use super::yaml_shape;
use std::borrow::Cow;
use std::sync::Arc;

/// Reads line after line of one block.
pub(super) struct LineReader<'a> {
    grammars: &'a Grammars,
    memo: &'a Memo,
    /// The state before the next line; none where there is no such grammar.
    now: Option<Arc<State>>,
    /// For YAML, its state with nothing open.
    at_rest: Option<Arc<State>>,
    /// What reads lines that the memo does not know.
    parser: Option<Parser<'a>>,
}

impl<'a> LineReader<'a> {
    /// A reader at the beginning of a block in the grammar `name`.
    pub(super) fn new(grammars: &'a Grammars, memo: &'a Memo, name: &str) -> Self {
        let at_rest = if name == YAML { grammars.yaml_at_rest() } else { None };
        Self { grammars, memo, now: grammars.start(name), at_rest, parser: None }
    }

    /// Reads one line (with its end), which stands at byte `at` of the block, and adds its tokens.
    pub(super) fn next(&mut self, line: &str, at: usize, tokens: &mut Vec<Token>) {
        let Some(now) = &self.now else { return };
        // The grammars are written for lines that end.
        let line = if line.ends_with('\n') { Cow::Borrowed(line) } else { Cow::Owned(format!("{line}\n")) };
        let shape = self.at_rest.as_ref().and_then(|rest| yaml_shape::of(&line, Arc::ptr_eq(now, rest) || now == rest));
        let Some(shape) = shape else {
            let Some(read) = self.read(&line) else { return };
            tokens.extend(read.tokens().map(|(class, range)| Token { class, range: range.start + at..range.end + at }));
            return;
        };
        let Some(read) = self.read(&shape.text) else { return };
        tokens.extend(read.tokens().map(|(class, range)| {
            let [start, end] = [range.start, range.end].map(|offset| shape.original(offset) + at);
            Token { class, range: start..end }
        }));
    }

    /// Reads a line or its shape.
    fn read(&mut self, line: &str) -> Option<Arc<Line>> {
        let now = self.now.as_ref()?;
        let read = self.memo.get(now, line).unwrap_or_else(|| {
            let (after, tokens) = self.parser.get_or_insert_with(|| Parser::new(self.grammars)).line(now, line);
            let read = Arc::new(Line::new(now, line, tokens, after));
            self.memo.insert(&read);
            read
        });
        self.now = Some(read.after().clone());
        Some(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The states behind the lines of `text`.
    fn states(grammars: &Grammars, memo: &Memo, name: &str, text: &str) -> Vec<Arc<State>> {
        let mut reader = LineReader::new(grammars, memo, name);
        let mut states = Vec::new();
        for line in text.split_inclusive('\n') {
            reader.next(line, 0, &mut Vec::new());
            states.push(reader.now.clone().unwrap());
        }
        states
    }

    #[test]
    fn states_are_equal_in_every_block() {
        let (grammars, memo) = (Grammars::new(), Memo::default());
        let first = states(&grammars, &memo, "YAML", "a: b\nc: 'd\n  e'\nf: g\n");
        assert_eq!(first[0], first[2]);
        assert_eq!(first[0], first[3]);
        assert_ne!(first[0], first[1]);
        assert_eq!(states(&grammars, &Memo::default(), "YAML", "x: y\n")[0], first[0], "whatever is remembered");
    }

    #[test]
    fn the_body_of_a_here_document_is_one_state() {
        let (grammars, memo) = (Grammars::new(), Memo::default());
        let shell = "Bourne Again Shell (bash)";
        let states = states(&grammars, &memo, shell, "cat <<E\na\nb\nE\ncat <<F\na\nF\necho; cat <<E\n");
        assert_eq!(states[0], states[2], "the body changes nothing");
        assert_eq!(states[3], states[6], "behind it all is as before");
        assert_ne!(states[0], states[4], "another end");
        assert_eq!(states[0], states[7], "the same end, after another command");
    }
}
