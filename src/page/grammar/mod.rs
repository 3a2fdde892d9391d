//! Reads code by syntect's grammars, line by line, with the result that syntect's own parser has.
//!
//! The parser here does what [`syntect::parsing::ParseState`] does, pattern by pattern, in the same order, and leaves out
//! searches that cannot change the outcome: a pattern is not tried where nothing stands that its match could begin with
//! ([`beginnings`]), or where it could begin only behind a match that was found already. Its states can be compared and sent
//! to other threads. Tests hold it against syntect's.

mod beginnings;
mod bytes;
mod class;
mod contexts;
mod expression;
mod packed;
mod parser;
mod search;
mod state;

pub(super) use parser::Parser;
pub(super) use state::State;

use super::token::Classifier;
use contexts::Contexts;
use search::Scratch;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// The grammars, and what was learned of them. Threads share one.
#[derive(Debug)]
pub(super) struct Grammars {
    /// What tells the class of scopes.
    pub(super) classifier: Classifier,
    contexts: Contexts,
    /// What parsers that are done leave to others.
    scratches: Mutex<Vec<Scratch>>,
    /// The state of YAML with nothing open, once somebody asked for it.
    yaml_at_rest: OnceLock<Option<Arc<State>>>,
}

/// The grammar whose lines are read by their shape.
pub(super) const YAML: &str = "YAML";

impl Grammars {
    /// All grammars; what is in each is unpacked when it is first used.
    pub(super) fn new() -> Self {
        Self {
            classifier: Classifier::new(),
            contexts: Contexts::default(),
            scratches: Mutex::default(),
            yaml_at_rest: OnceLock::new(),
        }
    }

    /// The state at the beginning of a block in the grammar `name`.
    pub(super) fn start(&self, name: &str) -> Option<Arc<State>> {
        Some(Arc::new(State::new(self.contexts.main(name)?)))
    }

    /// The state of YAML with nothing open.
    pub(super) fn yaml_at_rest(&self) -> Option<Arc<State>> {
        let rest = self.yaml_at_rest.get_or_init(|| {
            let start = self.start(YAML)?;
            Some(Parser::new(self).line(&start, "k: k\n").0)
        });
        rest.clone()
    }

    fn scratch(&self) -> Scratch {
        self.scratches.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    fn give_back(&self, scratch: Scratch) {
        self.scratches.lock().unwrap_or_else(PoisonError::into_inner).push(scratch);
    }
}
