//! Searches a line for matches of patterns, as seldom as can be.

use super::bytes::Bytes;
use super::contexts::{Number, Operation, Pattern};
use super::expression::Expression;
use super::state::Captured;
use onig::Region;
use std::collections::HashMap;

/// A line, and how far it is read.
pub(super) struct Line<'l> {
    text: &'l str,
    is_ascii: bool,
    bytes: Bytes,
    /// Up to here it is read.
    pub(super) at: usize,
}

impl<'l> Line<'l> {
    pub(super) fn new(text: &'l str) -> Self {
        Self { text, is_ascii: text.is_ascii(), bytes: Bytes::of(text.as_bytes()), at: 0 }
    }

    /// The byte that is read next, where a match may begin nowhere else before `until`.
    pub(super) fn only_byte(&self, until: usize) -> Option<u8> {
        let is_one = until == self.at + 1;
        self.text.as_bytes().get(self.at).copied().filter(|_| is_one)
    }

    /// Goes on by one character; whether there is another one behind it.
    pub(super) fn pass_over_one(&mut self) -> bool {
        let next = self.text.get(self.at..).and_then(|rest| rest.char_indices().nth(1));
        self.at += next.map_or(0, |(length, _)| length);
        next.is_some()
    }

    /// Where from `from` on one of `bytes` stands.
    fn first(&self, bytes: &Bytes, from: usize) -> Option<usize> {
        self.text.as_bytes().get(from..)?.iter().position(|byte| bytes.has(*byte)).map(|offset| from + offset)
    }

    /// The stretches in which the beginning of a match is looked for, one after the other, by their ends: most matches begin
    /// where the last one ended, and of others most behind the space there. The last one has the end of the line in it.
    pub(super) fn stretches(&self) -> impl Iterator<Item = usize> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let next = rest.chars().next().map_or(0, char::len_utf8);
        let space = rest.bytes().position(|byte| !matches!(byte, b' ' | b'\t')).filter(|space| *space > 0);
        let behind = space.and_then(|space| Some(space + rest.get(space..)?.chars().next()?.len_utf8()));
        [Some(self.at + next), behind.map(|behind| self.at + behind), Some(self.text.len() + 1)].into_iter().flatten()
    }

    /// Where the next match may begin behind `at`.
    fn next(&self, beginnings: Option<&Bytes>, at: usize) -> Option<usize> {
        let length = self.text.get(at..)?.chars().next()?.len_utf8();
        match beginnings {
            Some(beginnings) => Some(self.text.floor_char_boundary(self.first(beginnings, at + length)?)),
            None => Some(at + length),
        }
    }
}

/// The best match so far, of those that begin before `until`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Best {
    pub(super) start: usize,
    pub(super) end: usize,
    /// The context that has its pattern, and at which index.
    pub(super) context: Number,
    pub(super) index: usize,
    pub(super) from_with_prototype: bool,
    /// It closes without a character what was opened without one: anything else at its place is better.
    pub(super) would_loop: bool,
    /// Whether a match that closes without a character would loop.
    pub(super) no_pop: bool,
    pub(super) until: usize,
}

impl Best {
    pub(super) const fn none(no_pop: bool, until: usize) -> Self {
        Self {
            start: usize::MAX,
            end: 0,
            context: 0,
            index: 0,
            from_with_prototype: false,
            would_loop: false,
            no_pop,
            until,
        }
    }

    /// The match, when there is one.
    pub(super) fn found(self) -> Option<Self> {
        (self.start < usize::MAX).then_some(self)
    }

    /// Before this a match has to begin to be better.
    fn bound(&self) -> usize {
        self.until.min(self.start.saturating_add(usize::from(self.would_loop)))
    }
}

/// In so many places an expression is tried one by one.
const FEW: usize = 4;

/// A stretch of a line, or a group that matched nothing.
type Group = Option<(usize, usize)>;

/// What was found for each pattern, at its number.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    hits: Vec<Hit>,
    /// The number of the line.
    line: u64,
}

/// What is known of the matches of a pattern in a line.
#[derive(Debug, Default, Clone)]
struct Hit {
    /// The line that it is about.
    line: u64,
    /// The last match that was found, and its groups.
    found: Group,
    groups: Vec<Group>,
    /// Before this no match begins, but for that one.
    clear_to: usize,
    /// From here on the first match does nothing.
    idle_at: Option<usize>,
}

/// Searches line after line.
pub(super) struct Searcher {
    scratch: Scratch,
    region: Region,
    /// The groups of the best match.
    groups: Vec<Group>,
    /// Patterns with what a here-document's end is called in them.
    substituted: HashMap<String, Expression>,
    /// Whether a search in this line was given up.
    pub(super) has_given_up: bool,
}

impl Searcher {
    pub(super) fn new(scratch: Scratch) -> Self {
        Self { scratch, region: Region::new(), groups: Vec::new(), substituted: HashMap::new(), has_given_up: false }
    }

    /// What others may go on with.
    pub(super) fn scratch(&mut self) -> Scratch {
        std::mem::take(&mut self.scratch)
    }

    /// Forgets the line before.
    pub(super) fn begin(&mut self) {
        self.scratch.line += 1;
        self.has_given_up = false;
    }

    /// The next match of `pattern`; none as well when it could not be better than `best`. Matches that do nothing are none:
    /// `is_deep` says that no more contexts may be opened.
    pub(super) fn search(
        &mut self,
        line: &Line<'_>,
        pattern: &Pattern,
        captured: Option<&Captured>,
        best: &Best,
        is_deep: bool,
    ) -> Group {
        let captured = captured.filter(|_| pattern.has_captures);
        let beginnings = pattern.beginnings().filter(|_| captured.is_none());
        if beginnings.is_some_and(|beginnings| !line.bytes.meets(beginnings)) {
            return None;
        }
        if self.scratch.hits.len() <= pattern.number {
            self.scratch.hits.resize_with(pattern.number + 1, Hit::default);
        }
        let hit = self.scratch.hits.get_mut(pattern.number)?;
        if hit.line != self.scratch.line {
            (hit.line, hit.found, hit.clear_to, hit.idle_at) = (self.scratch.line, None, 0, None);
        }
        if hit.idle_at == Some(line.at) {
            return None;
        }
        if let Some((start, _)) = hit.found.filter(|(start, _)| *start >= line.at) {
            return hit.found.filter(|_| start < best.until);
        }
        let mut from = line.at.max(hit.clear_to);
        let expression: &Expression = if let Some(captured) = captured {
            // What depends on the context is searched for in each anew.
            from = line.at;
            hit.line = 0;
            let text = substitute(pattern.expression.text(), captured);
            self.substituted.entry(text).or_insert_with_key(|text| Expression::new(text.clone().into()))
        } else {
            if let Some(beginnings) = beginnings {
                // A byte may be one in the middle of a character.
                from = line.first(beginnings, from).map_or(usize::MAX, |at| line.text.floor_char_boundary(at));
                hit.clear_to = from;
            }
            &pattern.expression
        };
        let bound = best.bound();
        if from >= bound {
            return None;
        }
        let is_far = bound - from > FEW || pattern.minds_start;
        let found = if is_far {
            expression.search(line.text, line.is_ascii, from, &mut self.region)
        } else {
            // Oniguruma hides what is behind the places in which it may begin from what looks ahead.
            let places = std::iter::successors(Some(from), |at| line.next(beginnings, *at));
            let mut places = places.take_while(|at| *at < bound);
            let matched = |at| expression.match_at(line.text, line.is_ascii, at, &mut self.region).transpose();
            places.find_map(matched).transpose()
        };
        self.has_given_up |= found.is_err();
        let Some((start, end)) = found.unwrap_or(None) else {
            hit.clear_to = if is_far { usize::MAX } else { bound };
            return None;
        };
        match pattern.operation {
            Operation::None if start == end => {
                hit.idle_at = Some(line.at);
                return None;
            }
            Operation::Push(_) if is_deep => return None,
            _ => {}
        }
        hit.found = Some((start, end));
        hit.groups.clear();
        hit.groups.extend((0..pattern.groups).map(|group| self.region.pos(group)));
        hit.found.filter(|_| start < best.until)
    }

    /// Keeps the groups of the match of `pattern` that was found last.
    pub(super) fn keep_groups(&mut self, pattern: &Pattern) {
        if let Some(hit) = self.scratch.hits.get(pattern.number) {
            self.groups.clone_from(&hit.groups);
        }
    }

    /// A group of the best match.
    pub(super) fn group(&self, group: usize) -> Group {
        self.groups.get(group).copied().flatten()
    }

    /// What the groups of the best match say.
    pub(super) fn captured(&self, line: &Line<'_>) -> Captured {
        std::array::from_fn(|group| self.group(group).and_then(|(start, end)| line.text.get(start..end)).map(Box::from))
    }
}

/// The pattern with the groups of another match in the place of `\1`, as syntect puts them there.
fn substitute(pattern: &str, captured: &Captured) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut rest = pattern.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        let escaped = rest.next();
        match escaped.and_then(|c| c.to_digit(10)).and_then(|digit| usize::try_from(digit).ok()) {
            Some(group) => {
                out.extend(captured.get(group).and_then(Option::as_deref).map(regex::escape));
            }
            None => {
                out.push('\\');
                out.extend(escaped);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_put_in_as_texts() {
        let captured = std::array::from_fn(|group| (group == 1).then(|| "a.b".into()));
        assert_eq!(substitute("^\\1(\\s*)\\\\1\\2$\\", &captured), "^a\\.b(\\s*)\\\\1$\\");
    }
}
