//! Grammars in a form that needs no reading before it is used: contexts and patterns are taken out one by one.
//!
//! syntect unpacks and reads a whole grammar, and the list of all of them before the first, which took longer than some sites
//! take to build. `build.rs` packs what syntect read (`write.rs`) into four sections: names, texts, contexts, patterns. They
//! begin with how many records each section has and where each record begins (and the last one ends), as numbers of four
//! bytes, the lowest first. In records numbers take seven bits a byte, lists begin with their length, and what refers to a
//! text, a context or a pattern is its number in its section; where there may be none, that is 0 and all others are one more.
//!
//! | record | is |
//! |---|---|
//! | name | the context in which the grammar begins, its name; sorted by name |
//! | text | a regular expression or a scope |
//! | context | whether it refers back; perhaps its prototype; what it clears: nothing, all, one more than so many; list of its scopes; of those of its content; of its patterns, included ones in their places. Empty: it is not there |
//! | pattern | its expression; whether that refers back; list of its scopes; perhaps a list of groups, each with the list of its scopes; what it does: nothing, pop, push, set, or refer to a context that is not there; list of the contexts; perhaps the prototype that it brings along |

use std::cmp::Ordering;

/// The grammars.
static GRAMMARS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/grammars.bin"));

/// The sections, in their order.
#[derive(Debug, Clone, Copy)]
enum Section {
    Names,
    Texts,
    Contexts,
    Patterns,
}

/// A context as it is packed; texts, contexts and patterns are their numbers.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Context {
    pub(super) uses_backrefs: bool,
    pub(super) prototype: Option<usize>,
    pub(super) clears: Clears,
    pub(super) meta_scope: Vec<usize>,
    pub(super) meta_content_scope: Vec<usize>,
    pub(super) patterns: Vec<usize>,
}

/// What a context takes away of the scopes around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clears {
    Nothing,
    All,
    Innermost(usize),
}

/// A pattern as it is packed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    pub(super) expression: usize,
    pub(super) has_captures: bool,
    pub(super) scope: Vec<usize>,
    pub(super) captures: Option<Vec<(usize, Vec<usize>)>>,
    pub(super) operation: Operation,
    pub(super) with_prototype: Option<usize>,
}

/// What a match does, with the contexts that it opens.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Operation {
    None,
    Pop,
    Push(Vec<usize>),
    Set(Vec<usize>),
    Broken,
}

/// The context in which code of the grammar `name` begins.
pub(super) fn main(name: &str) -> Option<usize> {
    let (mut low, mut high) = (0, count(Section::Names)?);
    while low < high {
        let middle = usize::midpoint(low, high);
        let mut record = record(Section::Names, middle)?;
        let main = record.number()?;
        match record.0.cmp(name.as_bytes()) {
            Ordering::Equal => return Some(main),
            Ordering::Less => low = middle + 1,
            Ordering::Greater => high = middle,
        }
    }
    None
}

/// The names of all grammars.
#[cfg(test)]
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    (0..count(Section::Names).unwrap_or_default()).filter_map(|number| {
        let mut record = record(Section::Names, number)?;
        record.number()?;
        std::str::from_utf8(record.0).ok()
    })
}

/// A text.
pub(super) fn text(number: usize) -> Option<&'static str> {
    std::str::from_utf8(record(Section::Texts, number)?.0).ok()
}

/// A context; none that is not there.
pub(super) fn context(number: usize) -> Option<Context> {
    let mut record = record(Section::Contexts, number)?;
    Some(Context {
        uses_backrefs: record.number()? != 0,
        prototype: record.number()?.checked_sub(1),
        clears: match record.number()? {
            0 => Clears::Nothing,
            1 => Clears::All,
            count => Clears::Innermost(count - 2),
        },
        meta_scope: record.list()?,
        meta_content_scope: record.list()?,
        patterns: record.list()?,
    })
}

/// A pattern.
pub(super) fn pattern(number: usize) -> Option<Pattern> {
    let mut record = record(Section::Patterns, number)?;
    let (expression, has_captures, scope) = (record.number()?, record.number()? != 0, record.list()?);
    let captures = match record.number()?.checked_sub(1) {
        Some(count) => Some((0..count).map(|_| Some((record.number()?, record.list()?))).collect::<Option<_>>()?),
        None => None,
    };
    let (kind, contexts) = (record.number()?, record.list()?);
    let operation = match kind {
        0 => Operation::None,
        1 => Operation::Pop,
        2 => Operation::Push(contexts),
        3 => Operation::Set(contexts),
        _ => Operation::Broken,
    };
    let with_prototype = record.number()?.checked_sub(1);
    Some(Pattern { expression, has_captures, scope, captures, operation, with_prototype })
}

/// How many records a section has.
fn count(section: Section) -> Option<usize> {
    word(section as usize)
}

fn record(section: Section, number: usize) -> Option<Record> {
    use Section::{Contexts, Names, Patterns, Texts};
    if number >= count(section)? {
        return None;
    }
    let sections = [Names, Texts, Contexts, Patterns];
    let mut place = sections.len() + number;
    for before in sections.into_iter().take(section as usize) {
        place += count(before)? + 1;
    }
    GRAMMARS.get(word(place)?..word(place + 1)?).map(Record)
}

/// The `place`th number of four bytes.
fn word(place: usize) -> Option<usize> {
    let bytes = GRAMMARS.get(4 * place..)?.first_chunk::<4>()?;
    usize::try_from(u32::from_le_bytes(*bytes)).ok()
}

/// What is left of a record.
struct Record(&'static [u8]);

impl Record {
    fn number(&mut self) -> Option<usize> {
        let mut number = 0;
        for shift in (0..usize::BITS).step_by(7) {
            let (first, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= usize::from(first & 0x7f) << shift;
            if first & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn list(&mut self) -> Option<Vec<usize>> {
        let count = self.number()?;
        (0..count).map(|_| self.number()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_grammar_is_there_whole() {
        let set = two_face::syntax::extra_newlines();
        let mut names: Vec<&str> = set.syntaxes().iter().map(|syntax| syntax.name.as_str()).collect();
        names.sort_unstable();
        assert!(super::names().eq(names.iter().copied()));
        for name in names {
            assert!(main(name).is_some_and(|main| context(main).is_some()), "{name}");
        }
        assert_eq!((main(""), main("yaml"), main("\u{10ffff}")), (None, None, None));
        for number in 0..count(Section::Patterns).unwrap() {
            let pattern = pattern(number).unwrap();
            let groups = pattern.captures.iter().flatten().flat_map(|(_, scopes)| scopes);
            assert!([pattern.expression].iter().chain(&pattern.scope).chain(groups).all(|at| text(*at).is_some()));
        }
        assert_eq!((pattern(usize::MAX), context(usize::MAX), text(usize::MAX)), (None, None, None));
    }
}
