//! Reads the lines of one block by a grammar of syntect's, through the memo.
//!
//! The states of syntect cannot leave their thread (they hold memory of the regular expression library), so the memo
//! knows them by name alone, and a reader has those of its own block. Behind lines that the memo knew, a reader may lack the
//! state that a new line needs: it then reads the known lines once more, from the last state that it has.
//!
//! A state's name is the digest of what its `Debug` shows. A state that holds a match of an earlier line (the name that
//! ends a here-document) shows addresses of memory there: its name is made of the name before and the line, unless the
//! line changed nothing.

use super::memo::{Line, LineTokens, Memo, StateId};
use super::token::{Classifier, Token};
use super::yaml_shape;
use crate::base::digest::Fingerprint;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use syntect::parsing::{ParseState, ScopeStack, SyntaxReference, SyntaxSet};

/// What is read with.
#[derive(Debug)]
pub(super) struct Grammars {
    /// The grammars as syntect has them.
    pub(super) set: SyntaxSet,
    /// What tells the class of scopes.
    pub(super) classifier: Classifier,
    /// The state of YAML with nothing open, once somebody asked for it.
    yaml_at_rest: OnceLock<StateId>,
}

impl Grammars {
    /// All grammars; what is in each is read when it is first used.
    pub(super) fn new() -> Self {
        Self { set: two_face::syntax::extra_newlines(), classifier: Classifier::new(), yaml_at_rest: OnceLock::new() }
    }

    fn yaml_at_rest(&self) -> StateId {
        *self.yaml_at_rest.get_or_init(|| {
            let start = self.set.find_syntax_by_name(YAML).map(State::at_start_of);
            start.map_or(0, |start| digest(&[b"state", show(&parse(self, &start, "k: k\n").0).as_bytes()]))
        })
    }
}

/// The grammar whose lines are read by their shape.
const YAML: &str = "YAML";

/// What syntect keeps between two lines.
struct State {
    parser: ParseState,
    scopes: ScopeStack,
}

impl State {
    fn at_start_of(syntax: &SyntaxReference) -> Self {
        Self { parser: ParseState::new(syntax), scopes: ScopeStack::new() }
    }
}

/// Reads line after line of one block.
pub(super) struct LineReader<'a, 't> {
    grammars: &'a Grammars,
    memo: &'a Memo,
    name: &'a str,
    start: StateId,
    /// For YAML, its state with nothing open.
    at_rest: Option<StateId>,
    /// The state before the next line.
    now: StateId,
    /// The states of this block that are at hand.
    states: HashMap<StateId, State>,
    /// Lines that the memo knew, each with the state before it, since a state was at hand.
    trail: Vec<(StateId, Cow<'t, str>)>,
}

impl<'a, 't> LineReader<'a, 't> {
    /// A reader at the beginning of a block in the grammar `name`.
    pub(super) fn new(grammars: &'a Grammars, memo: &'a Memo, name: &'a str) -> Self {
        let start = digest(&[b"start", name.as_bytes()]);
        let at_rest = (name == YAML).then(|| grammars.yaml_at_rest());
        Self { grammars, memo, name, start, at_rest, now: start, states: HashMap::new(), trail: Vec::new() }
    }

    /// Reads one line (with its end), which stands at byte `at` of the block, and adds its tokens.
    pub(super) fn next(&mut self, line: &'t str, at: usize, tokens: &mut Vec<Token>) {
        // The grammars are written for lines that end.
        let line = if line.ends_with('\n') { Cow::Borrowed(line) } else { Cow::Owned(format!("{line}\n")) };
        let shape = self.at_rest.and_then(|rest| yaml_shape::of(&line, self.now == rest));
        let Some(shape) = shape else {
            let Some(read) = self.read(line) else { return };
            tokens.extend(read.tokens().map(|(class, range)| Token { class, range: range.start + at..range.end + at }));
            return;
        };
        let Some(read) = self.read(Cow::Owned(shape.text.clone())) else { return };
        tokens.extend(read.tokens().map(|(class, range)| {
            let [start, end] = [range.start, range.end].map(|offset| shape.original(offset) + at);
            Token { class, range: start..end }
        }));
    }

    /// Reads a line or its shape.
    fn read(&mut self, line: Cow<'t, str>) -> Option<Arc<Line>> {
        let read = match self.memo.get(self.now, &line) {
            Some(read) => {
                self.trail.push((self.now, line));
                read
            }
            None => self.read_anew(&line)?,
        };
        self.now = read.after();
        Some(read)
    }

    /// Reads a line that the memo does not know.
    fn read_anew(&mut self, line: &str) -> Option<Arc<Line>> {
        self.catch_up();
        let before = self.states.get(&self.now)?;
        let (state, tokens) = parse(self.grammars, before, line);
        let after = self.identify(before, line, &state);
        self.states.entry(after).or_insert(state);
        let read = Arc::new(Line::new(self.now, line, tokens, after));
        self.memo.insert(&read);
        Some(read)
    }

    /// Sees to it that the state of now is at hand.
    fn catch_up(&mut self) {
        let trail = std::mem::take(&mut self.trail);
        if self.states.contains_key(&self.now) {
            return;
        }
        if self.states.is_empty()
            && let Some(syntax) = self.grammars.set.find_syntax_by_name(self.name)
        {
            self.states.insert(self.start, State::at_start_of(syntax));
        }
        let from = trail.iter().rposition(|(before, _)| self.states.contains_key(before)).unwrap_or(0);
        let afters = trail.iter().skip(from + 1).map(|(before, _)| *before).chain([self.now]);
        for ((before, line), after) in trail.iter().skip(from).zip(afters) {
            let Some(before) = self.states.get(before) else { return };
            let (state, _) = parse(self.grammars, before, line);
            self.states.insert(after, state);
        }
    }

    fn identify(&self, before: &State, line: &str, state: &State) -> StateId {
        if before.parser == state.parser && before.scopes == state.scopes {
            return self.now;
        }
        let shown = show(state);
        if !shown.contains("captures: Some") {
            return digest(&[b"state", shown.as_bytes()]);
        }
        // A match that the line itself made would show the line. Without one, equal stacks are the very same.
        let shown = without_addresses(&shown);
        let is_of_this_line = shown.contains(&without_addresses(&format!("{line:?}")));
        if !is_of_this_line && shown == without_addresses(&show(before)) {
            return self.now;
        }
        digest(&[b"behind", &self.now.to_le_bytes(), line.as_bytes()])
    }
}

/// Reads one line: the state behind it, and its tokens. After an error (a grammar that refers to one that is not there)
/// the line is plain and the state stays.
fn parse(grammars: &Grammars, before: &State, line: &str) -> (State, LineTokens) {
    let mut tokens = LineTokens::default();
    let mut state = State { parser: before.parser.clone(), scopes: before.scopes.clone() };
    let Ok(operations) = state.parser.parse_line(line, &grammars.set) else {
        return (State { parser: before.parser.clone(), scopes: before.scopes.clone() }, tokens);
    };
    let end = line.trim_end_matches(['\n', '\r']).len();
    let mut at = 0;
    for (offset, operation) in operations {
        if offset > at {
            tokens.push(grammars.classifier.class(state.scopes.as_slice()), at, offset.min(end));
            at = offset;
        }
        if state.scopes.apply(&operation).is_err() {
            break;
        }
    }
    tokens.push(grammars.classifier.class(state.scopes.as_slice()), at, end);
    (state, tokens)
}

fn show(state: &State) -> String {
    format!("{:?} {:?}", state.parser, state.scopes)
}

/// The text with the digits behind each `0x` left out.
fn without_addresses(text: &str) -> String {
    let mut pieces = text.split("0x");
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        out.push_str("0x");
        out.push_str(piece.trim_start_matches(|c: char| c.is_ascii_hexdigit()));
    }
    out
}

fn digest(pieces: &[&[u8]]) -> StateId {
    let mut fingerprint = Fingerprint::default();
    for piece in pieces {
        fingerprint.add(piece);
    }
    let hex = fingerprint.finish().hex();
    hex.get(..32).and_then(|half| u128::from_str_radix(half, 16).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The states' names along `text`, and how many lines had to be read anew.
    fn names(grammars: &Grammars, memo: &Memo, name: &str, text: &str) -> Vec<StateId> {
        let mut reader = LineReader::new(grammars, memo, name);
        let mut names = Vec::new();
        for line in text.split_inclusive('\n') {
            reader.next(line, 0, &mut Vec::new());
            names.push(reader.now);
        }
        names
    }

    #[test]
    fn equal_states_have_equal_names_in_every_block() {
        let (grammars, memo) = (Grammars::new(), Memo::default());
        let first = names(&grammars, &memo, "YAML", "a: b\nc: 'd\n  e'\nf: g\n");
        assert_eq!(first[0], first[2]);
        assert_eq!(first[0], first[3]);
        assert_ne!(first[0], first[1]);
        assert_eq!(names(&grammars, &Memo::default(), "YAML", "x: y\n")[0], first[0], "whatever is remembered");
    }

    #[test]
    fn the_body_of_a_here_document_is_one_state() {
        let (grammars, memo) = (Grammars::new(), Memo::default());
        let shell = "Bourne Again Shell (bash)";
        let names = names(&grammars, &memo, shell, "cat <<E\na\nb\nE\ncat <<F\na\nF\n");
        assert_eq!(names[0], names[2], "the body changes nothing");
        assert_eq!(names[3], names[6], "behind it all is as before");
        assert_ne!(names[0], names[4], "another end");
    }

    #[test]
    fn addresses_are_left_out() {
        assert_eq!(without_addresses("beg: 0x7f00, end: 0xAB }"), "beg: 0x, end: 0x }");
    }
}
