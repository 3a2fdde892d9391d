//! Blocks that an earlier run has highlighted: their tokens, by the digest of their language and text, as bytes that the
//! caller keeps wherever it likes.
//!
//! Only places and classes of tokens are kept, never text or markup, and they are looked at before they are used: whoever
//! changes the bytes can change colours, and nothing else.

use super::token::{Token, TokenClass};
use crate::base::digest::Fingerprint;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// How much is kept: what this run did not use goes first.
const LIMIT: usize = 32 << 20;
/// What stands before the tokens of a block: its key, and how many bytes follow.
const HEAD: usize = 16 + 4;

/// The name of a block.
pub(super) type Key = [u8; 16];

/// The blocks that are known.
#[derive(Debug, Default)]
pub(super) struct Known {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
    by_key: HashMap<Key, usize>,
    learned: Mutex<BTreeMap<Key, Vec<u8>>>,
}

#[derive(Debug)]
struct Entry {
    key: Key,
    range: Range<usize>,
    is_used: AtomicBool,
}

impl Known {
    /// What `bytes` say, up to the first thing in them that is no entry.
    pub(super) fn read(bytes: Vec<u8>) -> Self {
        let mut known = Self::default();
        let mut at = 0;
        while let Some((key, len)) = head(bytes.get(at..).unwrap_or_default()) {
            let range = at + HEAD..at + HEAD + len;
            if range.end > bytes.len() {
                break;
            }
            at = range.end;
            known.by_key.insert(key, known.entries.len());
            known.entries.push(Entry { key, range, is_used: AtomicBool::new(false) });
        }
        known.bytes = bytes;
        known
    }

    /// Whether nothing was known at the beginning.
    pub(super) const fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The name of `text` in `language`.
    pub(super) fn key(language: &str, text: &str) -> Key {
        let digest = Fingerprint::default().add(language.to_ascii_lowercase()).add(text).finish();
        digest.half()
    }

    /// The tokens of the block `key`, whose text is `text`.
    pub(super) fn get(&self, key: &Key, text: &str) -> Option<Vec<Token>> {
        let entry = self.entries.get(*self.by_key.get(key)?)?;
        let tokens = decode(self.bytes.get(entry.range.clone())?, text)?;
        entry.is_used.store(true, Ordering::Relaxed);
        Some(tokens)
    }

    /// Keeps the tokens of the block `key`.
    pub(super) fn insert(&self, key: Key, tokens: &[Token]) {
        let encoded = encode(tokens);
        self.learned.lock().unwrap_or_else(PoisonError::into_inner).insert(key, encoded);
    }

    /// All that is worth keeping, when it is more than what was read: new blocks, those that were used, the others.
    pub(super) fn write(&self) -> Option<Vec<u8>> {
        let learned = self.learned.lock().unwrap_or_else(PoisonError::into_inner);
        if learned.is_empty() {
            return None;
        }
        let mut out = Vec::with_capacity(self.bytes.len());
        let new = learned.iter().map(|(key, tokens)| (key, tokens.as_slice()));
        let old = |used: bool| {
            self.entries.iter().filter(move |entry| entry.is_used.load(Ordering::Relaxed) == used).filter_map(|entry| {
                Some((&entry.key, self.bytes.get(entry.range.clone())?)).filter(|(key, _)| !learned.contains_key(*key))
            })
        };
        for (key, tokens) in new.chain(old(true)).chain(old(false)) {
            let Ok(len) = u32::try_from(tokens.len()) else { continue };
            if out.len() + HEAD + tokens.len() > LIMIT {
                break;
            }
            out.extend_from_slice(key);
            out.extend_from_slice(&len.to_le_bytes());
            out.extend_from_slice(tokens);
        }
        Some(out)
    }
}

fn head(bytes: &[u8]) -> Option<(Key, usize)> {
    let (key, rest) = bytes.split_first_chunk::<16>()?;
    let (len, _) = rest.split_first_chunk::<4>()?;
    Some((*key, usize::try_from(u32::from_le_bytes(*len)).ok()?))
}

/// Each token as how far behind the last one it begins, how long it is, and which class it has.
fn encode(tokens: &[Token]) -> Vec<u8> {
    let mut out = Vec::with_capacity(tokens.len() * 3);
    let mut behind = 0;
    for token in tokens {
        number(token.range.start - behind, &mut out);
        number(token.range.len(), &mut out);
        let class = TokenClass::ALL.iter().position(|class| *class == token.class);
        out.push(class.and_then(|class| u8::try_from(class).ok()).unwrap_or(u8::MAX));
        behind = token.range.end;
    }
    out
}

/// None when the tokens are not such as `text` can have.
fn decode(mut bytes: &[u8], text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::with_capacity(bytes.len() / 3);
    let mut behind = 0_usize;
    while !bytes.is_empty() {
        let start = behind.checked_add(read_number(&mut bytes)?)?;
        let end = start.checked_add(read_number(&mut bytes)?)?;
        let (class, rest) = bytes.split_first()?;
        text.get(start..end)?;
        tokens.push(Token { class: *TokenClass::ALL.get(usize::from(*class))?, range: start..end });
        (bytes, behind) = (rest, end);
    }
    Some(tokens)
}

/// Seven bits a byte, the lowest first; the highest bit says that more follow.
fn number(mut number: usize, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn read_number(bytes: &mut &[u8]) -> Option<usize> {
    let mut number = 0;
    for shift in (0..35).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tokens(spans: &[(usize, usize)]) -> Vec<Token> {
        let mut behind = 0;
        let token = |(at, (gap, len)): (usize, &(usize, usize))| {
            let start = behind + gap;
            behind = start + len;
            Token { class: TokenClass::ALL[at % TokenClass::ALL.len()], range: start..behind }
        };
        spans.iter().enumerate().map(token).collect()
    }

    proptest! {
        #[test]
        fn what_is_kept_comes_back(spans in prop::collection::vec((0_usize..40_000, 1_usize..300), 0..20)) {
            let tokens = tokens(&spans);
            let text = "x".repeat(tokens.last().map_or(0, |token| token.range.end));
            let known = Known::default();
            let key = Known::key("YAML", &text);
            known.insert(key, &tokens);
            let again = Known::read(known.write().unwrap());
            prop_assert_eq!(again.get(&Known::key("yaml", &text), &text), Some(tokens));
            prop_assert_eq!(again.write(), None, "nothing new");
        }

        #[test]
        fn whatever_the_bytes_are_tokens_fit_the_text(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let text = "aé\n漢字b";
            for token in decode(&bytes, text).unwrap_or_default() {
                prop_assert!(text.get(token.range).is_some());
            }
            drop(Known::read(bytes));
        }
    }

    #[test]
    fn what_was_used_is_kept_before_what_was_not() {
        let known = Known::default();
        known.insert([1; 16], &tokens(&[(0, 1)]));
        known.insert([2; 16], &tokens(&[(0, 2)]));
        let known = Known::read(known.write().unwrap());
        assert!(known.get(&[2; 16], "ab").is_some());
        assert!(known.get(&[2; 16], "a").is_none(), "another text");
        known.insert([3; 16], &[]);
        let order: Vec<Key> = Known::read(known.write().unwrap()).entries.iter().map(|entry| entry.key).collect();
        assert_eq!(order, [[3; 16], [2; 16], [1; 16]]);
    }
}
