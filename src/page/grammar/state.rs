//! What a grammar keeps between two lines.

use super::contexts::{BACKREFS, Number};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use syntect::parsing::ScopeStack;

/// What a grammar keeps between two lines. Equal states read equal lines equally.
#[derive(Debug, Clone)]
pub(crate) struct State {
    pub(super) levels: Vec<Level>,
    pub(super) is_first_line: bool,
    /// How many levels there were when a context was opened by a `with_prototype`: those below it say nothing in it.
    pub(super) prototype_starts: Vec<usize>,
    pub(super) scopes: ScopeStack,
    hash: u64,
}

/// A context that is open.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Level {
    pub(super) context: Number,
    /// Contexts whose patterns come first in this one and in those above it.
    pub(super) prototypes: Vec<Number>,
    pub(super) captured: Option<Arc<Captured>>,
}

/// The groups of the match that opened a context: what `\1` stands for in it.
pub(super) type Captured = [Option<Box<str>>; BACKREFS];

impl State {
    /// The state before the first line, in the context `main`.
    pub(in super::super) fn new(main: Number) -> Self {
        let level = Level { context: main, prototypes: Vec::new(), captured: None };
        Self::of(vec![level], true, Vec::new(), ScopeStack::new())
    }

    /// The state with these parts.
    pub(super) fn of(
        levels: Vec<Level>,
        is_first_line: bool,
        prototype_starts: Vec<usize>,
        scopes: ScopeStack,
    ) -> Self {
        let mut hasher = DefaultHasher::new();
        (&levels, is_first_line, &prototype_starts, scopes.as_slice()).hash(&mut hasher);
        Self { levels, is_first_line, prototype_starts, scopes, hash: hasher.finish() }
    }

    /// A number that equal states have in common.
    pub(in super::super) const fn hash(&self) -> u64 {
        self.hash
    }
}

impl PartialEq for State {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash
            && self.is_first_line == other.is_first_line
            && self.levels == other.levels
            && self.prototype_starts == other.prototype_starts
            && self.scopes == other.scopes
    }
}

impl Eq for State {}
