//! Reads one line in a state: its tokens, and the state behind it.
//!
//! How contexts, their patterns and the scopes that they give follow each other is syntect's `ParseState::parse_line`, step
//! by step.

use super::Grammars;
use super::contexts::{Context, Number, Operation, Pattern};
use super::search::{Best, Line, Searcher};
use super::state::{Captured, Level, State};
use crate::page::memo::LineTokens;
use std::sync::Arc;
use syntect::parsing::ScopeStackOp as Change;

/// How many contexts may be open.
const DEEPEST: usize = 100;

/// Reads lines.
pub(crate) struct Parser<'g> {
    grammars: &'g Grammars,
    /// The contexts that were met, at their numbers.
    contexts: Vec<Option<Arc<Context>>>,
    searcher: Searcher,
    /// Changes of the scopes in the line that is read.
    changes: Vec<(usize, Change)>,
}

/// A line while it is read.
struct Run<'l> {
    line: Line<'l>,
    levels: Vec<Level>,
    prototype_starts: Vec<usize>,
    /// Where something was opened that took no character, and how deep that was: closing it at once again would never end.
    idle_push: (usize, usize),
}

/// Whether other patterns have to be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    Further,
    /// Nothing can be better.
    Enough,
    /// Nothing can be opened any more: the line ends here.
    TooDeep,
}

impl<'g> Parser<'g> {
    pub(in super::super) fn new(grammars: &'g Grammars) -> Self {
        let searcher = Searcher::new(grammars.scratch());
        Self { grammars, contexts: Vec::new(), searcher, changes: Vec::new() }
    }

    /// Reads `line` (with its end) in the state `before`. After an error (a grammar that refers to one that is not there, an
    /// expression that tries too much) the line is plain and the state stays.
    pub(in super::super) fn line(&mut self, before: &Arc<State>, line: &str) -> (Arc<State>, LineTokens) {
        let Some(run) = self.read(before, line) else { return (before.clone(), LineTokens::default()) };
        let mut tokens = LineTokens::default();
        let mut scopes = before.scopes.clone();
        let classifier = &self.grammars.classifier;
        let end = line.trim_end_matches(['\n', '\r']).len();
        let mut at = 0;
        for (offset, change) in &self.changes {
            if *offset > at {
                tokens.push(classifier.class(scopes.as_slice()), at, (*offset).min(end));
                at = *offset;
            }
            if scopes.apply(change).is_err() {
                break;
            }
        }
        tokens.push(classifier.class(scopes.as_slice()), at, end);
        let after = State::of(run.levels, false, run.prototype_starts, scopes);
        (if after == **before { before.clone() } else { Arc::new(after) }, tokens)
    }

    /// Goes over the line; what it did to the scopes is in `changes` then.
    fn read<'l>(&mut self, before: &State, line: &'l str) -> Option<Run<'l>> {
        self.changes.clear();
        self.searcher.begin();
        let mut run = Run {
            line: Line::new(line),
            levels: before.levels.clone(),
            prototype_starts: before.prototype_starts.clone(),
            idle_push: (0, 0),
        };
        if before.is_first_line {
            let first = self.context(run.levels.last()?.context)?.meta_content_scope.first().copied();
            self.changes.extend(first.map(|scope| (0, Change::Push(scope))));
        }
        while self.step(&mut run)? {}
        Some(run)
    }

    /// Finds the next match and does what it says; whether there was one.
    fn step(&mut self, run: &mut Run<'_>) -> Option<bool> {
        while run.prototype_starts.last().is_some_and(|start| *start >= run.levels.len()) {
            run.prototype_starts.pop();
        }
        let no_pop = run.idle_push == (run.line.at, run.levels.len());
        let Some(best) = self.find(run, no_pop)? else { return Some(false) };
        if best.would_loop {
            return Some(run.line.pass_over_one());
        }
        let pattern = self.context(best.context)?.patterns.get(best.index)?.clone();
        if best.end <= run.line.at && matches!(pattern.operation, Operation::Push(_)) {
            run.idle_push = (best.end, run.levels.len() + 1);
        }
        run.line.at = best.end;
        if best.from_with_prototype {
            run.prototype_starts.push(run.levels.len());
        }
        self.obey(run, &pattern, best.start, best.end)?;
        Some(true)
    }

    /// The first match from here on; of several at one place the one whose pattern comes first.
    fn find(&mut self, run: &Run<'_>, no_pop: bool) -> Option<Option<Best>> {
        for until in run.line.stretches() {
            let mut best = Best::none(no_pop, until);
            let whole = self.look(run, &mut best)?;
            if whole == Look::TooDeep || best.found().is_some() {
                return Some(best.found());
            }
        }
        Some(None)
    }

    /// Goes over the patterns that count now.
    fn look(&mut self, run: &Run<'_>, best: &mut Best) -> Option<Look> {
        let current = run.levels.last()?;
        let start = run.prototype_starts.last().copied().unwrap_or(0);
        for level in run.levels.get(start..)? {
            for context in &level.prototypes {
                let look = self.visit(run, best, *context, true, level.captured.as_deref())?;
                if look != Look::Further {
                    return Some(look);
                }
            }
        }
        if let Some(prototype) = self.context(current.context)?.prototype {
            let look = self.visit(run, best, prototype, false, None)?;
            if look != Look::Further {
                return Some(look);
            }
        }
        self.visit(run, best, current.context, false, current.captured.as_deref())
    }

    /// Tries the patterns of a context.
    fn visit(
        &mut self,
        run: &Run<'_>,
        best: &mut Best,
        number: Number,
        from_with_prototype: bool,
        captured: Option<&Captured>,
    ) -> Option<Look> {
        self.context(number)?;
        let context = self.contexts.get(number)?.as_deref()?;
        let (some, all) = match run.line.only_byte(best.until) {
            Some(byte) => (Some(context.beginning_with(byte)), 0..0),
            None => (None, 0..context.patterns.len()),
        };
        for index in some.into_iter().flatten().chain(all) {
            let Some(pattern) = context.patterns.get(index) else { continue };
            let is_deep = run.levels.len() >= DEEPEST;
            let Some((start, end)) = self.searcher.search(&run.line, pattern, captured, best, is_deep) else {
                if self.searcher.has_given_up {
                    return None;
                }
                continue;
            };
            if start < best.start || (start == best.start && best.would_loop) {
                if is_deep && matches!(pattern.operation, Operation::Push(_)) {
                    *best = Best::none(best.no_pop, best.until);
                    return Some(Look::TooDeep);
                }
                let would_loop = best.no_pop && end <= run.line.at && pattern.operation == Operation::Pop;
                *best = Best { start, end, context: number, index, from_with_prototype, would_loop, ..*best };
                self.searcher.keep_groups(pattern);
                if start == run.line.at && !would_loop {
                    return Some(Look::Enough);
                }
            }
        }
        Some(Look::Further)
    }

    /// Does what a match says: to the scopes, then to the contexts.
    fn obey(&mut self, run: &mut Run<'_>, pattern: &Pattern, start: usize, end: usize) -> Option<()> {
        if let Operation::Push(contexts) | Operation::Set(contexts) = &pattern.operation {
            contexts.iter().try_for_each(|number| self.context(*number).map(drop))?;
        }
        let current = run.levels.last()?.context;
        // Where the line before was read by others, and a prototype's pattern came first, nobody asked for it yet.
        self.context(current)?;
        self.open_scopes(current, &pattern.operation, start)?;
        self.changes.extend(pattern.scope.iter().map(|scope| (start, Change::Push(*scope))));
        self.captures(pattern);
        if !pattern.scope.is_empty() {
            self.changes.push((end, Change::Pop(pattern.scope.len())));
        }
        self.settle_scopes(current, &pattern.operation, end)?;
        self.move_contexts(run, pattern)
    }

    /// The scopes of groups, each around those inside of it.
    fn captures(&mut self, pattern: &Pattern) {
        let mut changes: Vec<((usize, i64), Change)> = Vec::new();
        for (group, scopes) in pattern.captures.iter().flatten() {
            let Some((start, end)) = self.searcher.group(*group).filter(|(start, end)| start != end) else { continue };
            let length = i64::try_from(end - start).unwrap_or(i64::MAX);
            changes.extend(scopes.iter().map(|scope| ((start, -length), Change::Push(*scope))));
            changes.push(((end, i64::MIN), Change::Pop(scopes.len())));
        }
        changes.sort_by_key(|(place, _)| *place);
        self.changes.extend(changes.into_iter().map(|((at, _), change)| (at, change)));
    }

    /// The scopes that contexts bring or take, before what was matched.
    fn open_scopes(&mut self, current: Number, operation: &Operation, at: usize) -> Option<()> {
        let (known, changes) = (&self.contexts, &mut self.changes);
        let current = known.get(current)?.as_deref()?;
        match operation {
            Operation::None => {}
            Operation::Broken => return None,
            Operation::Pop => {
                if !current.meta_content_scope.is_empty() {
                    changes.push((at, Change::Pop(current.meta_content_scope.len())));
                }
            }
            Operation::Push(contexts) | Operation::Set(contexts) => {
                let is_set = matches!(operation, Operation::Set(_));
                if is_set && current.clear_scopes.is_some() {
                    changes.push((at, Change::Restore));
                }
                for number in contexts {
                    let context = known.get(*number)?.as_deref()?;
                    if let Some(amount) = context.clear_scopes.filter(|_| !is_set) {
                        changes.push((at, Change::Clear(amount)));
                    }
                    changes.extend(context.meta_scope.iter().map(|scope| (at, Change::Push(*scope))));
                }
            }
        }
        Some(())
    }

    /// The scopes that contexts bring or take, behind what was matched.
    fn settle_scopes(&mut self, current: Number, operation: &Operation, at: usize) -> Option<()> {
        let (known, changes) = (&self.contexts, &mut self.changes);
        let current = known.get(current)?.as_deref()?;
        let (contexts, is_set) = match operation {
            Operation::None => return Some(()),
            Operation::Broken => return None,
            Operation::Pop => {
                if !current.meta_scope.is_empty() {
                    changes.push((at, Change::Pop(current.meta_scope.len())));
                }
                if current.clear_scopes.is_some() {
                    changes.push((at, Change::Restore));
                }
                return Some(());
            }
            Operation::Push(contexts) => (contexts, false),
            Operation::Set(contexts) => (contexts, true),
        };
        let opened: Vec<&Context> =
            contexts.iter().map(|number| known.get(*number)?.as_deref()).collect::<Option<_>>()?;
        let left = current.meta_scope.len() + current.meta_content_scope.len();
        let says_more =
            |context: &&Context| !context.meta_content_scope.is_empty() || (context.clear_scopes.is_some() && is_set);
        if !(is_set && left > 0 || opened.iter().any(says_more)) {
            return Some(());
        }
        // All are taken off and put on again, so that each context's own scopes lie around those of its content.
        let on: usize = opened.iter().map(|context| context.meta_scope.len()).sum();
        let off = if is_set { on + left } else { on };
        if off > 0 {
            changes.push((at, Change::Pop(off)));
        }
        for context in opened {
            if let Some(amount) = context.clear_scopes.filter(|_| is_set) {
                changes.push((at, Change::Clear(amount)));
            }
            let scopes = context.meta_scope.iter().chain(&context.meta_content_scope);
            changes.extend(scopes.map(|scope| (at, Change::Push(*scope))));
        }
        Some(())
    }

    /// Opens and closes contexts.
    fn move_contexts(&mut self, run: &mut Run<'_>, pattern: &Pattern) -> Option<()> {
        // The prototypes of a context stay with the first one that is set in its place.
        let (contexts, mut inherited) = match &pattern.operation {
            Operation::None => return Some(()),
            Operation::Broken => return None,
            Operation::Pop => {
                run.levels.pop();
                return Some(());
            }
            Operation::Push(contexts) => (contexts, Vec::new()),
            Operation::Set(contexts) => (contexts, run.levels.pop().map(|level| level.prototypes).unwrap_or_default()),
        };
        for (index, number) in contexts.iter().enumerate() {
            let mut prototypes = std::mem::take(&mut inherited);
            if index + 1 == contexts.len() {
                prototypes.extend(pattern.with_prototype);
            }
            let mut refers_back = self.context(*number)?.uses_backrefs;
            for prototype in &prototypes {
                refers_back |= self.context(*prototype)?.uses_backrefs;
            }
            let captured = refers_back.then(|| Arc::new(self.searcher.captured(&run.line)));
            run.levels.push(Level { context: *number, prototypes, captured });
        }
        Some(())
    }

    fn context(&mut self, number: Number) -> Option<&Context> {
        if self.contexts.len() <= number {
            self.contexts.resize(number + 1, None);
        }
        let place = self.contexts.get_mut(number)?;
        if place.is_none() {
            *place = self.grammars.contexts.get(number);
        }
        place.as_deref()
    }
}

impl Drop for Parser<'_> {
    fn drop(&mut self) {
        self.grammars.give_back(self.searcher.scratch());
    }
}
