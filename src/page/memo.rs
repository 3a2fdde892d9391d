//! The memo of the highlighter: what a line is, read in a state of its grammar. More than half of the lines of real
//! documentation come again, and a block that comes again is found line by line.
//!
//! Threads share it: it lies in shards, each behind its own lock, which readers do not wait for. It is bounded, and
//! forgets a shard as a whole when that is full; what is found never depends on what is remembered.

use super::grammar::State;
use super::token::TokenClass;
use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hasher};
use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock};

const SHARDS: usize = 32;
/// Lines a shard remembers: with all shards some ten megabytes of usual lines.
const LINES_A_SHARD: usize = 2_000;

/// A token of a line that is short enough for small numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LineToken {
    class: TokenClass,
    start: u16,
    end: u16,
}

/// Collects the tokens of a line: those that touch and are of one class become one.
#[derive(Default)]
pub(super) struct LineTokens(Vec<LineToken>);

impl LineTokens {
    /// Adds what stands from `start` to `end`.
    pub(super) fn push(&mut self, class: Option<TokenClass>, start: usize, end: usize) {
        let (Some(class), Ok(start), Ok(end)) = (class, u16::try_from(start), u16::try_from(end)) else { return };
        if start >= end {
            return;
        }
        match self.0.last_mut() {
            Some(last) if last.class == class && last.end == start => last.end = end,
            _ => self.0.push(LineToken { class, start, end }),
        }
    }
}

/// A line that was read, and the state behind it.
#[derive(Debug)]
pub(super) struct Line {
    before: Arc<State>,
    text: Box<str>,
    tokens: Box<[LineToken]>,
    after: Arc<State>,
}

impl Line {
    /// What `text`, read in the state `before`, turned out to be.
    pub(super) fn new(before: &Arc<State>, text: &str, tokens: LineTokens, after: Arc<State>) -> Self {
        Self { before: before.clone(), text: text.into(), tokens: tokens.0.into(), after }
    }

    /// The state behind it.
    pub(super) const fn after(&self) -> &Arc<State> {
        &self.after
    }

    /// Its tokens, in order.
    pub(super) fn tokens(&self) -> impl Iterator<Item = (TokenClass, Range<usize>)> + '_ {
        self.tokens.iter().map(|token| (token.class, usize::from(token.start)..usize::from(token.end)))
    }
}

/// The memo. Locks that a panic left behind are used on: what they guard is whole between any two statements.
#[derive(Debug, Default)]
pub(super) struct Memo {
    shards: [RwLock<ByHash>; SHARDS],
}

type ByHash = HashMap<u64, Arc<Line>, BuildHasherDefault<Same>>;

impl Memo {
    /// The line `text` in the state `before`, if it is remembered.
    pub(super) fn get(&self, before: &State, text: &str) -> Option<Arc<Line>> {
        let hash = hash_of(before, text);
        let shard = self.shard(hash)?.read().unwrap_or_else(PoisonError::into_inner);
        shard.get(&hash).filter(|line| *line.text == *text && *line.before == *before).cloned()
    }

    /// Remembers a line. Of two with the same hash the later one stays.
    pub(super) fn insert(&self, line: &Arc<Line>) {
        let hash = hash_of(&line.before, &line.text);
        let Some(shard) = self.shard(hash) else { return };
        let mut shard = shard.write().unwrap_or_else(PoisonError::into_inner);
        if shard.len() >= LINES_A_SHARD {
            shard.clear();
        }
        shard.insert(hash, line.clone());
    }

    fn shard(&self, hash: u64) -> Option<&RwLock<ByHash>> {
        // Tables look at the lowest and the highest bits.
        self.shards.get((hash >> 32) as usize % SHARDS)
    }
}

fn hash_of(before: &State, text: &str) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one((before.hash(), text))
}

/// Hashes what is a hash already.
#[derive(Default)]
struct Same(u64);

impl Hasher for Same {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_that_touch_become_one() {
        let mut tokens = LineTokens::default();
        tokens.push(Some(TokenClass::String), 0, 1);
        tokens.push(Some(TokenClass::String), 1, 4);
        tokens.push(None, 4, 5);
        tokens.push(Some(TokenClass::String), 5, 6);
        tokens.push(Some(TokenClass::Comment), 6, 6);
        let ranges: Vec<_> = tokens.0.iter().map(|token| (token.start, token.end)).collect();
        assert_eq!(ranges, [(0, 4), (5, 6)]);
    }

    #[test]
    fn it_forgets_rather_than_grows() {
        let memo = Memo::default();
        let states = [0, 1].map(|main| Arc::new(State::new(main)));
        for number in 0..200_000 {
            let line = Line::new(&states[0], &number.to_string(), LineTokens::default(), states[1].clone());
            memo.insert(&Arc::new(line));
        }
        let lines: usize = memo.shards.iter().map(|shard| shard.read().unwrap().len()).sum();
        assert!((1_000..=SHARDS * LINES_A_SHARD).contains(&lines), "{lines}");
        assert!(memo.get(&states[0], "199999").is_some());
        assert!(memo.get(&states[1], "199999").is_none(), "another state");
    }
}
