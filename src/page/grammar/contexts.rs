//! The contexts of grammars as a parser wants them: all patterns of each in a row, the included ones in their places, and
//! what they refer to by number.

use super::beginnings;
use super::bytes::Bytes;
use super::expression::Expression;
use super::packed::{self, Clears};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use syntect::parsing::syntax_definition::CaptureMapping;
use syntect::parsing::{ClearAmount, Scope};

/// A context by its number, which is the order in which contexts were first met.
pub(in super::super) type Number = usize;

/// One context.
#[derive(Debug)]
pub(super) struct Context {
    pub(super) meta_scope: Vec<Scope>,
    pub(super) meta_content_scope: Vec<Scope>,
    pub(super) clear_scopes: Option<ClearAmount>,
    /// The context whose patterns come before its own.
    pub(super) prototype: Option<Number>,
    pub(super) uses_backrefs: bool,
    pub(super) patterns: Vec<Arc<Pattern>>,
    /// Bits of the patterns whose match may begin with a byte: a row for each byte of ASCII, and one for all others.
    firsts: OnceLock<Box<[u64]>>,
}

impl Context {
    /// The patterns whose match may begin with `byte`, by their index.
    pub(super) fn beginning_with(&self, byte: u8) -> impl Iterator<Item = usize> {
        let width = self.patterns.len().div_ceil(64);
        let row = width * usize::from(byte.min(ROWS - 1));
        let words = self.firsts.get_or_init(|| self.firsts()).get(row..row + width).unwrap_or_default();
        words.iter().enumerate().flat_map(|(at, word)| {
            let rest = |word: &u64| Some(word & (word - 1)).filter(|rest| *rest != 0);
            let each = std::iter::successors(Some(*word).filter(|word| *word != 0), rest);
            each.map(move |word| 64 * at + word.trailing_zeros() as usize)
        })
    }

    fn firsts(&self) -> Box<[u64]> {
        let width = self.patterns.len().div_ceil(64);
        let mut all = vec![0; width * usize::from(ROWS)];
        for (index, pattern) in self.patterns.iter().enumerate() {
            // What stands in for pieces of another match may be anything.
            let beginnings = pattern.beginnings().filter(|_| !pattern.has_captures);
            let may_be = |row: u8| {
                beginnings.is_none_or(|bytes| if row < ROWS - 1 { bytes.has(row) } else { bytes.meets(&Bytes::HIGH) })
            };
            for row in (0..ROWS).filter(|row| may_be(*row)) {
                if let Some(word) = all.get_mut(usize::from(row) * width + index / 64) {
                    *word |= 1 << (index % 64);
                }
            }
        }
        all.into()
    }
}

/// How many rows there are of patterns by their first byte.
const ROWS: u8 = 129;

/// One pattern.
#[derive(Debug)]
pub(super) struct Pattern {
    /// Its number: a pattern that is included in several contexts has one.
    pub(super) number: usize,
    /// Whether it holds pieces of the match that opened its context.
    pub(super) has_captures: bool,
    /// Whether it asks where its search began: `\G`.
    pub(super) minds_start: bool,
    /// Patterns of one text share it.
    pub(super) expression: Arc<Expression>,
    beginnings: OnceLock<Option<Bytes>>,
    pub(super) scope: Vec<Scope>,
    pub(super) captures: Option<CaptureMapping>,
    /// How many groups of its match have to be known.
    pub(super) groups: usize,
    pub(super) operation: Operation,
    pub(super) with_prototype: Option<Number>,
}

impl Pattern {
    /// The bytes that its match may begin with; none where it may be any, or nothing.
    pub(super) fn beginnings(&self) -> Option<&Bytes> {
        self.beginnings.get_or_init(|| beginnings::of(self.expression.text())).as_ref()
    }
}

/// What happens to the stack of contexts after a match.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Operation {
    None,
    Pop,
    Push(Vec<Number>),
    Set(Vec<Number>),
    /// It refers to a context that is not there.
    Broken,
}

/// How many groups a context may refer back to: `\0` to `\9`.
pub(super) const BACKREFS: usize = 10;

/// The contexts that somebody asked for.
#[derive(Debug, Default)]
pub(super) struct Contexts(RwLock<Table>);

/// What was unpacked, by its number in the pack, and the contexts by the order in which they were first met.
#[derive(Debug, Default)]
struct Table {
    numbers: HashMap<usize, Number>,
    contexts: Vec<(usize, Option<Arc<Context>>)>,
    patterns: HashMap<usize, Arc<Pattern>>,
    expressions: HashMap<usize, Arc<Expression>>,
    scopes: HashMap<usize, Scope>,
}

impl Contexts {
    /// The context in which code of the grammar `name` begins.
    pub(super) fn main(&self, name: &str) -> Option<Number> {
        let main = packed::main(name)?;
        Some(self.0.write().unwrap_or_else(PoisonError::into_inner).number(main))
    }

    /// The context of this number.
    pub(super) fn get(&self, number: Number) -> Option<Arc<Context>> {
        let (packed, known) = {
            let table = self.0.read().unwrap_or_else(PoisonError::into_inner);
            table.contexts.get(number).cloned()?
        };
        if known.is_some() {
            return known;
        }
        let packed = packed::context(packed)?;
        let mut table = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let context = Arc::new(Context {
            meta_scope: table.scopes(packed.meta_scope)?,
            meta_content_scope: table.scopes(packed.meta_content_scope)?,
            clear_scopes: match packed.clears {
                Clears::Nothing => None,
                Clears::All => Some(ClearAmount::All),
                Clears::Innermost(count) => Some(ClearAmount::TopN(count)),
            },
            prototype: packed.prototype.map(|context| table.number(context)),
            uses_backrefs: packed.uses_backrefs,
            patterns: packed.patterns.into_iter().map(|pattern| table.pattern(pattern)).collect::<Option<_>>()?,
            firsts: OnceLock::new(),
        });
        if let Some((_, place)) = table.contexts.get_mut(number) {
            *place = Some(context.clone());
        }
        Some(context)
    }
}

impl Table {
    fn number(&mut self, context: usize) -> Number {
        match self.numbers.entry(context) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(place) => {
                self.contexts.push((context, None));
                *place.insert(self.contexts.len() - 1)
            }
        }
    }

    fn pattern(&mut self, number: usize) -> Option<Arc<Pattern>> {
        if let Some(known) = self.patterns.get(&number) {
            return Some(known.clone());
        }
        let packed = packed::pattern(number)?;
        let text = packed::text(packed.expression)?;
        let new = || Arc::new(Expression::new(text.into()));
        let expression = self.expressions.entry(packed.expression).or_insert_with(new).clone();
        let operation = match packed.operation {
            packed::Operation::None => Operation::None,
            packed::Operation::Pop => Operation::Pop,
            packed::Operation::Push(contexts) => Operation::Push(self.numbers(contexts)),
            packed::Operation::Set(contexts) => Operation::Set(self.numbers(contexts)),
            packed::Operation::Broken => Operation::Broken,
        };
        let captured = packed.captures.iter().flatten().map(|(group, _)| group + 1).max().unwrap_or(0);
        let groups = packed.captures.map(|groups| {
            groups.into_iter().map(|(group, scopes)| Some((group, self.scopes(scopes)?))).collect::<Option<_>>()
        });
        let pattern = Arc::new(Pattern {
            number: self.patterns.len(),
            has_captures: packed.has_captures,
            minds_start: text.contains("\\G"),
            expression,
            beginnings: OnceLock::new(),
            scope: self.scopes(packed.scope)?,
            captures: match groups {
                Some(groups) => Some(groups?),
                None => None,
            },
            groups: if opens(&operation) { captured.max(BACKREFS) } else { captured },
            operation,
            with_prototype: packed.with_prototype.map(|context| self.number(context)),
        });
        self.patterns.insert(number, pattern.clone());
        Some(pattern)
    }

    fn numbers(&mut self, contexts: Vec<usize>) -> Vec<Number> {
        contexts.into_iter().map(|context| self.number(context)).collect()
    }

    fn scopes(&mut self, texts: Vec<usize>) -> Option<Vec<Scope>> {
        let mut scope = |text: usize| match self.scopes.entry(text) {
            Entry::Occupied(known) => Some(*known.get()),
            Entry::Vacant(place) => Some(*place.insert(Scope::new(packed::text(text)?).ok()?)),
        };
        texts.into_iter().map(&mut scope).collect()
    }
}

const fn opens(operation: &Operation) -> bool {
    matches!(operation, Operation::Push(_) | Operation::Set(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contexts_are_found_with_all_their_patterns() {
        let contexts = Contexts::default();
        for name in packed::names() {
            let main = contexts.main(name).unwrap();
            let context = contexts.get(main).unwrap();
            assert!(Arc::ptr_eq(&context, &contexts.get(main).unwrap()), "read once");
            assert!(!context.patterns.is_empty() || name == "Plain Text", "{name}");
            for byte in 0..=255 {
                let may_be = |pattern: &Arc<Pattern>| match pattern.beginnings().filter(|_| !pattern.has_captures) {
                    Some(bytes) if byte < 128 => bytes.has(byte),
                    Some(bytes) => bytes.meets(&Bytes::HIGH),
                    None => true,
                };
                let all = context.patterns.iter().enumerate().filter(|(_, pattern)| may_be(pattern));
                assert!(context.beginning_with(byte).eq(all.map(|(index, _)| index)), "{name}: {byte}");
            }
        }
    }
}
