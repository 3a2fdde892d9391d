//! Tight and loose lists: a blank line before a table, a definition list or the definition of a footnote inside of an
//! item makes a list loose for pulldown-cmark, and does not for Hugo.

use super::Step;
use pulldown_cmark::{Event, Tag, TagEnd};
use std::ops::Range;

/// Takes the paragraphs of items away where such a block is all that made their list loose.
pub fn tighten<'a>(source: &str, steps: Vec<Step<'a>>) -> Vec<Step<'a>> {
    let is_special = |event: &Event<'_>| {
        matches!(event, Event::Start(Tag::Table(_) | Tag::DefinitionList | Tag::FootnoteDefinition(_)))
    };
    let has_list = steps.iter().any(|(event, _)| matches!(event, Event::Start(Tag::List(_))));
    if !has_list || !steps.iter().any(|(event, _)| is_special(event)) {
        return steps;
    }
    let lists = Lists::of(source, &steps);
    let mut dropped = vec![false; steps.len()];
    for list in lists.done.iter().filter(|list| list.has_special && !list.is_loose) {
        for index in &list.paragraphs {
            dropped[*index] = true;
        }
    }
    steps.into_iter().zip(dropped).filter(|(_, is_dropped)| !is_dropped).map(|(step, _)| step).collect()
}

#[derive(Default)]
struct List {
    /// The steps that start and end the paragraphs directly in its items.
    paragraphs: Vec<usize>,
    /// Whether a blank line that counts stands in it.
    is_loose: bool,
    /// Whether a blank line stands before a block before which it does not count.
    has_special: bool,
    /// Where the last item ends.
    end: Option<usize>,
}

/// What stands open around a step: a list, an item with the end of its last child, or anything else.
enum Around {
    List(List),
    Item(Option<usize>),
    Other,
}

#[derive(Default)]
struct Lists {
    open: Vec<Around>,
    done: Vec<List>,
}

impl Lists {
    fn of(source: &str, steps: &[Step<'_>]) -> Self {
        let mut lists = Self::default();
        for (index, (event, range)) in steps.iter().enumerate() {
            match event {
                Event::Start(tag) => {
                    lists.child(source, tag, range, index);
                    lists.open.push(match tag {
                        Tag::List(_) => Around::List(List::default()),
                        Tag::Item => Around::Item(None),
                        _ => Around::Other,
                    });
                }
                Event::End(tag) => lists.end(source, *tag, range, index),
                _ => {
                    if let Some(Around::Item(end)) = lists.open.last_mut() {
                        *end = Some(range.end);
                    }
                }
            }
        }
        lists
    }

    /// A block starts: is it behind a blank line?
    fn child(&mut self, source: &str, tag: &Tag<'_>, range: &Range<usize>, index: usize) {
        let count = self.open.len();
        match self.open.last_mut() {
            Some(Around::List(list)) => {
                list.is_loose |= list.end.is_some_and(|end| is_blank_between(source, end, range.start));
            }
            Some(Around::Item(end)) => {
                let is_behind_blank = end.is_some_and(|end| is_blank_between(source, end, range.start));
                let Some(Around::List(list)) = count.checked_sub(2).and_then(|list| self.open.get_mut(list)) else {
                    return;
                };
                match tag {
                    Tag::Table(_) | Tag::DefinitionList | Tag::FootnoteDefinition(_) => {
                        list.has_special |= is_behind_blank;
                    }
                    _ => list.is_loose |= is_behind_blank,
                }
                if *tag == Tag::Paragraph {
                    list.paragraphs.push(index);
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, source: &str, tag: TagEnd, range: &Range<usize>, index: usize) {
        let end = content_end(source, range.end);
        match self.open.pop() {
            Some(Around::List(list)) => self.done.push(list),
            Some(Around::Item(_)) => {
                if let Some(Around::List(list)) = self.open.last_mut() {
                    list.end = Some(end);
                }
                return;
            }
            _ => {}
        }
        let count = self.open.len();
        if let Some(Around::Item(last)) = self.open.last_mut() {
            *last = Some(end);
            if tag == TagEnd::Paragraph
                && let Some(Around::List(list)) = count.checked_sub(2).and_then(|list| self.open.get_mut(list))
            {
                list.paragraphs.push(index);
            }
        }
    }
}

/// `end` without the line breaks before it.
fn content_end(source: &str, end: usize) -> usize {
    source[..end].trim_end().len()
}

/// Whether a blank line stands between the two.
fn is_blank_between(source: &str, end: usize, start: usize) -> bool {
    let between = source.get(content_end(source, end)..start).unwrap_or_default();
    between
        .split('\n')
        .skip(1)
        .any(|line| line.trim_matches([' ', '\t', '\r', '>']).is_empty() && line.len() < between.len())
        && between.matches('\n').count() > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_are_seen_behind_the_marks_of_quotes() {
        assert!(is_blank_between("a\n\nb", 1, 3));
        assert!(is_blank_between("a\n> \n> b", 1, 7));
        assert!(!is_blank_between("a\n  b", 1, 4));
    }
}
