//! From a pattern to its table: steps, sets of steps, and the smallest table that does the same.

use super::parse::{Class, LAST, Node};
use std::collections::{BTreeMap, VecDeque};

const MOST_NODES: usize = 4000;
const MOST_STATES: usize = 400;
const MOST_CELLS: usize = 6000;

enum Step {
    Accept,
    Split(Vec<usize>),
    Take(usize, usize),
}

/// The expression as steps, each written before the one it goes on to.
pub(super) struct Machine {
    nodes: Vec<Step>,
    classes: Vec<Class>,
}

impl Machine {
    /// The step that accepts.
    pub(super) const END: usize = 0;

    pub(super) fn new() -> Self {
        Self { nodes: vec![Step::Accept], classes: Vec::new() }
    }

    pub(super) fn classes(&self) -> &[Class] {
        &self.classes
    }

    fn push(&mut self, step: Step) -> Option<usize> {
        if self.nodes.len() >= MOST_NODES {
            return None;
        }
        self.nodes.push(step);
        Some(self.nodes.len() - 1)
    }

    /// The step where `node` begins when it goes on to `next`; none when there are too many.
    pub(super) fn compile(&mut self, node: &Node, next: usize) -> Option<usize> {
        match node {
            Node::Class(class) => {
                let index = self.classes.iter().position(|known| known == class).unwrap_or_else(|| {
                    self.classes.push(class.clone());
                    self.classes.len() - 1
                });
                self.push(Step::Take(index, next))
            }
            Node::Sequence(nodes) => nodes.iter().rev().try_fold(next, |next, node| self.compile(node, next)),
            Node::Choice(branches) if branches.len() == 1 => {
                branches.iter().try_fold(next, |next, only| self.compile(only, next))
            }
            Node::Choice(branches) => {
                let starts = branches.iter().map(|branch| self.compile(branch, next)).collect::<Option<Vec<_>>>()?;
                self.push(Step::Split(starts))
            }
            Node::Repeat { node, least, most } => self.compile_repeat(node, *least, *most, next),
        }
    }

    fn compile_repeat(&mut self, node: &Node, least: u32, most: Option<u32>, next: usize) -> Option<usize> {
        let mut start = next;
        let mut copies = least;
        if let Some(most) = most {
            for _ in least..most {
                let body = self.compile(node, start)?;
                start = self.push(Step::Split(vec![body, next]))?;
            }
        } else {
            let again = self.push(Step::Split(Vec::new()))?;
            let body = self.compile(node, again)?;
            if let Some(step) = self.nodes.get_mut(again) {
                *step = Step::Split(vec![body, next]);
            }
            // The body of the loop is the last of the copies that must be there.
            start = if least == 0 { again } else { body };
            copies = least.saturating_sub(1);
        }
        for _ in 0..copies {
            let before = self.nodes.len();
            start = self.compile(node, start)?;
            if self.nodes.len() == before {
                break;
            }
        }
        Some(start)
    }

    /// The steps that take a character, or accept, and are reached from `starts` without one.
    fn reach(&self, starts: impl Iterator<Item = usize>) -> Vec<usize> {
        let mut seen = vec![false; self.nodes.len()];
        let mut waiting: Vec<usize> = starts.collect();
        let mut reached = Vec::new();
        while let Some(at) = waiting.pop() {
            match seen.get_mut(at) {
                Some(seen) if !*seen => *seen = true,
                _ => continue,
            }
            match self.nodes.get(at) {
                Some(Step::Split(targets)) => waiting.extend(targets),
                Some(_) => reached.push(at),
                None => {}
            }
        }
        reached.sort_unstable();
        reached
    }

    pub(super) fn table(&self, start: usize, alphabet: &Alphabet) -> Option<Table> {
        let mut table = Table { next: Vec::new(), accept: Vec::new() };
        let first = self.reach(std::iter::once(start));
        let mut known = BTreeMap::from([(first.clone(), 0_usize)]);
        let mut waiting = VecDeque::from([first]);
        while let Some(set) = waiting.pop_front() {
            table.accept.push(set.iter().any(|at| matches!(self.nodes.get(*at), Some(Step::Accept))));
            for column in 0..alphabet.width {
                let targets = set.iter().filter_map(|at| match self.nodes.get(*at) {
                    Some(Step::Take(class, next)) if alphabet.takes(*class, column) => Some(*next),
                    _ => None,
                });
                let target = self.reach(targets);
                if target.is_empty() {
                    table.next.push(None);
                    continue;
                }
                let count = known.len();
                let index = *known.entry(target).or_insert_with_key(|target| {
                    waiting.push_back(target.clone());
                    count
                });
                if index >= MOST_STATES || index * alphabet.width >= MOST_CELLS {
                    return None;
                }
                table.next.push(Some(index));
            }
        }
        Some(table)
    }
}

/// The characters, in columns that no class of the pattern tells apart.
pub(super) struct Alphabet {
    pub(super) bounds: Vec<u32>,
    pub(super) columns: Vec<Option<usize>>,
    pub(super) width: usize,
    /// By column: which classes hold it.
    members: Vec<Vec<bool>>,
}

impl Alphabet {
    pub(super) fn of(classes: &[Class]) -> Self {
        let mut bounds: Vec<u32> = classes
            .iter()
            .flatten()
            .flat_map(|(low, high)| [*low, high + 1])
            .filter(|bound| (1..=LAST).contains(bound))
            .collect();
        bounds.sort_unstable();
        bounds.dedup();
        let mut known: BTreeMap<Vec<bool>, usize> = BTreeMap::new();
        let mut members = Vec::new();
        let mut columns = Vec::with_capacity(bounds.len() + 1);
        for start in std::iter::once(0).chain(bounds.iter().copied()) {
            let holders: Vec<bool> =
                classes.iter().map(|class| class.iter().any(|(low, high)| (*low..=*high).contains(&start))).collect();
            if !holders.contains(&true) {
                columns.push(None);
                continue;
            }
            let column = *known.entry(holders).or_insert_with_key(|holders| {
                members.push(holders.clone());
                members.len() - 1
            });
            columns.push(Some(column));
        }
        Self { bounds, columns, width: members.len(), members }
    }

    fn takes(&self, class: usize, column: usize) -> bool {
        self.members.get(column).and_then(|holders| holders.get(class)).copied().unwrap_or(false)
    }
}

/// States and where they go on to, row by row.
pub(super) struct Table {
    pub(super) next: Vec<Option<usize>>,
    pub(super) accept: Vec<bool>,
}

impl Table {
    /// The same table with states that do the same made one, and those that lead to no match left out; state 0 stays first.
    /// None when nothing matches.
    pub(super) fn minimal(&self, width: usize) -> Option<Self> {
        let count = self.accept.len();
        let row = |state: usize| (0..width).map(move |column| self.next.get(state * width + column).copied().flatten());
        let mut block: Vec<usize> = self.accept.iter().map(|accepts| usize::from(*accepts)).collect();
        let mut blocks = 0;
        loop {
            let mut known: BTreeMap<(usize, Vec<Option<usize>>), usize> = BTreeMap::new();
            let mut refined = Vec::with_capacity(count);
            for state in 0..count {
                let to = row(state).map(|next| next.and_then(|next| block.get(next).copied())).collect();
                let fresh = known.len();
                refined.push(*known.entry((block.get(state).copied().unwrap_or(0), to)).or_insert(fresh));
            }
            block = refined;
            if known.len() == blocks {
                break;
            }
            blocks = known.len();
        }
        let live = self.live(width);
        if live.first() != Some(&true) {
            return None;
        }
        // Blocks are numbered by their first state, so that of state 0 is block 0; the dead ones are dropped from the rest.
        let mut first_of = vec![None; blocks];
        for (state, block) in block.iter().enumerate() {
            if let Some(first) = first_of.get_mut(*block).filter(|first| first.is_none()) {
                *first = Some(state);
            }
        }
        let is_live = |state: &usize| live.get(*state).copied().unwrap_or(false);
        let kept: Vec<usize> = first_of.into_iter().flatten().filter(is_live).collect();
        let number: BTreeMap<usize, usize> =
            kept.iter().enumerate().filter_map(|(number, state)| Some((*block.get(*state)?, number))).collect();
        let renamed = |next: Option<usize>| next.filter(is_live).and_then(|next| number.get(block.get(next)?).copied());
        Some(Self {
            next: kept.iter().flat_map(|state| row(*state)).map(renamed).collect(),
            accept: kept.iter().map(|state| self.accept.get(*state).copied().unwrap_or(false)).collect(),
        })
    }

    /// Which states lead to a match.
    fn live(&self, width: usize) -> Vec<bool> {
        let mut live = self.accept.clone();
        loop {
            let mut changed = false;
            for state in 0..live.len() {
                let leads = (0..width)
                    .filter_map(|column| self.next.get(state * width + column).copied().flatten())
                    .any(|next| live.get(next).copied().unwrap_or(false));
                if let Some(live) = live.get_mut(state).filter(|live| leads && !**live) {
                    *live = true;
                    changed = true;
                }
            }
            if !changed {
                return live;
            }
        }
    }
}
