//! Attributes of blocks: a line `{.class #id}` directly behind a paragraph, list, quote or table is not text but what
//! that block carries, as in Hugo. With less indentation it belongs to what is around.

use super::Step;
use super::attribute::Attributes;
use pulldown_cmark::{Event, Tag, TagEnd};
use std::collections::BTreeMap;
use std::ops::Range;

/// Takes such lines out of the steps, and gives the attributes by the index of the step that starts the block.
pub fn take<'a>(source: &'a str, steps: Vec<Step<'a>>) -> (Vec<Step<'a>>, BTreeMap<usize, Attributes>) {
    if !may_have(source) {
        return (steps, BTreeMap::new());
    }
    let mut taker =
        Taker { source, out: Vec::with_capacity(steps.len()), open: Vec::new(), last: None, given: BTreeMap::new() };
    let mut at = 0;
    while let Some(step) = steps.get(at) {
        let passed = taker.line(&steps[at..]);
        if passed > 0 {
            at += passed;
            continue;
        }
        taker.step(step.clone());
        at += 1;
    }
    (taker.out, taker.given)
}

/// Whether a line begins with a brace that closes in it, be it in a quotation or a table.
fn may_have(source: &str) -> bool {
    let bytes = source.as_bytes();
    memchr::memchr_iter(b'{', bytes).any(|at| {
        let (before, behind) = bytes.split_at(at);
        let begins = before.iter().rev().find(|byte| !matches!(byte, b' ' | b'\t' | b'>' | b'|'));
        let closes = memchr::memchr2(b'}', b'\n', behind).and_then(|end| behind.get(end));
        matches!(begins, None | Some(b'\n')) && closes == Some(&b'}')
    })
}

/// A block that is open.
struct Open {
    /// Its first step in the output.
    index: usize,
    is_paragraph: bool,
    is_container: bool,
    /// Whether it can carry attributes.
    is_carrier: bool,
    /// Where its content starts: the column.
    column: Option<usize>,
    /// The block before the one that comes next in it.
    last: Option<Closed>,
}

/// A block that is closed: its first step in the output, and where it ends.
#[derive(Clone, Copy)]
struct Closed {
    index: usize,
    end: usize,
    is_carrier: bool,
}

struct Taker<'a> {
    source: &'a str,
    out: Vec<Step<'a>>,
    open: Vec<Open>,
    /// The last block of the text itself.
    last: Option<Closed>,
    given: BTreeMap<usize, Attributes>,
}

impl<'a> Taker<'a> {
    fn step(&mut self, step: Step<'a>) {
        let index = self.out.len();
        if let Some(around) = self.open.last_mut().filter(|open| open.is_container && open.column.is_none())
            && !matches!(step.0, Event::End(_))
        {
            around.column = Some(column(self.source, step.1.start));
        }
        match &step.0 {
            Event::Start(tag) => self.open.push(Open {
                index,
                is_paragraph: *tag == Tag::Paragraph,
                is_container: matches!(
                    tag,
                    Tag::Item | Tag::BlockQuote(_) | Tag::DefinitionListDefinition | Tag::FootnoteDefinition(_)
                ),
                is_carrier: is_carrier(tag),
                column: None,
                last: None,
            }),
            Event::End(_) => {
                if let Some(closed) = self.open.pop() {
                    self.close(Closed { index: closed.index, end: step.1.end, is_carrier: closed.is_carrier });
                }
            }
            Event::Rule => self.close(Closed { index, end: step.1.end, is_carrier: true }),
            _ => {}
        }
        self.out.push(step);
    }

    fn close(&mut self, closed: Closed) {
        match self.open.last_mut() {
            Some(around) => around.last = Some(closed),
            None => self.last = Some(closed),
        }
    }

    /// How many of the steps are a line of attributes, which is taken.
    fn line(&mut self, steps: &[Step<'a>]) -> usize {
        if let Some(passed) = self.table_row(steps) {
            return passed;
        }
        let Some((Event::Text(_), range)) = steps.first() else { return 0 };
        let Some(around) = self.open.last().filter(|open| open.is_paragraph || open.is_container) else { return 0 };
        let is_first = match self.out.last() {
            Some((Event::SoftBreak | Event::HardBreak, _)) => false,
            _ if self.out.len() == around.index + 1 => true,
            _ => return 0,
        };
        let Some((attributes, end)) = whole_line(self.source, range.start) else { return 0 };
        let Some(passed) =
            steps.iter().position(|(event, range)| !matches!(event, Event::Text(_)) || range.start >= end)
        else {
            return 0;
        };
        let next = &steps[passed].0;
        let ends = matches!(next, Event::End(_));
        if !ends && !matches!(next, Event::SoftBreak | Event::HardBreak) {
            return 0;
        }
        // The break before the next line goes too.
        let passed = if ends { passed } else { passed + 1 };
        let column = column(self.source, range.start);
        if is_first {
            self.behind_block(attributes, range.start, end);
            if ends && self.open.last().is_some_and(|open| open.is_paragraph) {
                self.open.pop();
                self.out.pop();
                return passed + 1;
            }
            return passed;
        }
        self.behind_text(attributes, column);
        let is_paragraph = self.open.last().is_some_and(|open| open.is_paragraph);
        if ends || is_paragraph {
            self.out.pop();
        }
        if !ends && is_paragraph {
            // What follows is a paragraph of its own.
            self.step((Event::End(TagEnd::Paragraph), range.start..range.start));
            self.step((Event::Start(Tag::Paragraph), end..end));
        }
        passed
    }

    /// The line from `at` to `end` stands at the start of a paragraph: it belongs to the block right before that. One
    /// that follows may belong to it too.
    fn behind_block(&mut self, attributes: Attributes, at: usize, end: usize) {
        let source = self.source;
        let before = match self.open.as_mut_slice() {
            [.., around, open] if open.is_paragraph => &mut around.last,
            [open] if open.is_paragraph => &mut self.last,
            [.., open] => &mut open.last,
            [] => return,
        };
        let Some(block) = before.as_mut().filter(|block| block.is_carrier) else { return };
        let between = source.get(block.end..at).unwrap_or_default();
        let ended = usize::from(!source[..block.end].ends_with('\n'));
        if between.matches('\n').count() > ended {
            *before = None;
            return;
        }
        block.end = end;
        let index = block.index;
        self.give(index, attributes);
    }

    /// The line ends a paragraph's text, or that of an item: with its indentation the text's own, else of what is
    /// around that begins where the line does.
    fn behind_text(&mut self, attributes: Attributes, column: usize) {
        let mut depth = self.open.len();
        let mut target = None;
        while let Some(open) = depth.checked_sub(1).and_then(|depth| self.open.get(depth)) {
            depth -= 1;
            if open.is_container && open.column.is_some_and(|start| column < start) {
                // The list is what carries them, not its item.
                let list = self.open.get(depth.wrapping_sub(1)).filter(|list| list.is_carrier && !open.is_carrier);
                target = Some(list.map_or((open.index, open.is_carrier), |list| (list.index, true)));
            } else if target.is_none() && open.is_paragraph {
                target = Some((open.index, true));
            }
        }
        if let Some((index, true)) = target {
            self.give(index, attributes);
        }
    }

    fn give(&mut self, index: usize, attributes: Attributes) {
        if !attributes.is_empty() {
            self.given.insert(index, attributes);
        }
    }

    /// A row of a table that is one such line.
    fn table_row(&mut self, steps: &[Step<'a>]) -> Option<usize> {
        let [(Event::Start(Tag::TableRow), row), (Event::Start(Tag::TableCell), _), (Event::Text(_), text), ..] = steps
        else {
            return None;
        };
        let (attributes, _) = whole_line(self.source, text.start).filter(|_| row.start == text.start)?;
        let table = self.open.last()?.index;
        let passed = steps.iter().position(|(event, _)| matches!(event, Event::End(TagEnd::TableRow)))? + 1;
        self.give(table, attributes);
        Some(passed)
    }
}

const fn is_carrier(tag: &Tag<'_>) -> bool {
    matches!(
        tag,
        Tag::Paragraph | Tag::List(_) | Tag::BlockQuote(_) | Tag::Table(_) | Tag::DefinitionList | Tag::Heading { .. }
    )
}

/// The attributes that are all of the line from `at` on, and where it ends.
fn whole_line(source: &str, at: usize) -> Option<(Attributes, usize)> {
    let line = source.get(at..)?;
    if !line.starts_with('{') {
        return None;
    }
    let line = line.lines().next()?;
    let (attributes, length) = Attributes::parse(line)?;
    (!attributes.is_empty() && line[length..].trim().is_empty()).then_some((attributes, at + line.len()))
}

/// How many bytes stand before `at` on its line.
fn column(source: &str, at: usize) -> usize {
    let line: Range<usize> = source[..at].rfind('\n').map_or(0, |newline| newline + 1)..at;
    line.len()
}
