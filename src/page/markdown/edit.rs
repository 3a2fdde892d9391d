//! Small edits of a text before it is parsed, with the places of the source kept.

use crate::base::Span;
use crate::page::origin::{OriginMap, Traced};
use std::ops::Range;

/// Edits of one text: what stands at a range becomes something else.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Edits {
    edits: Vec<(Range<usize>, String)>,
}

impl Edits {
    /// `text` before what stands at `at`.
    pub fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.edits.push((at..at, text.into()));
    }

    /// `text` instead of what stands at `range`.
    pub fn replace(&mut self, range: Range<usize>, text: impl Into<String>) {
        self.edits.push((range, text.into()));
    }

    /// `input` with all of them; none when there are none. Of two that overlap the first one wins.
    pub fn apply(mut self, input: &Traced) -> Option<Traced> {
        if self.edits.is_empty() {
            return None;
        }
        self.edits.sort_by_key(|(range, _)| (range.start, range.end));
        let mut text = String::with_capacity(input.text.len() + self.edits.len() * 2);
        let mut origins = OriginMap::default();
        let mut from = 0;
        let keep = |text: &mut String, origins: &mut OriginMap, range: Range<usize>| {
            origins.append(text.len(), &input.origins, Span::new(range.start, range.end));
            text.push_str(input.text.get(range).unwrap_or_default());
        };
        for (range, replacement) in self.edits {
            if range.start < from || range.end > input.text.len() {
                continue;
            }
            keep(&mut text, &mut origins, from..range.start);
            origins.generated(text.len(), input.origins.locate(Span::new(range.start, range.end)));
            text.push_str(&replacement);
            from = range.end;
        }
        keep(&mut text, &mut origins, from..input.text.len());
        Some(Traced { text, origins })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_stay_those_of_the_source() {
        let input = Traced { text: "ab\ncd\n".to_owned(), origins: OriginMap::verbatim(10) };
        let mut edits = Edits::default();
        edits.replace(4..5, "xyz");
        edits.insert(3, "|");
        let edited = edits.apply(&input).unwrap();
        assert_eq!(edited.text, "ab\n|cxyz\n");
        assert_eq!(edited.origins.locate(Span::new(0, 2)), Span::new(10, 12));
        assert_eq!(edited.origins.locate(Span::new(4, 5)), Span::new(13, 14));
        assert_eq!(edited.origins.locate(Span::new(5, 8)), Span::new(14, 15));
        assert_eq!(edited.origins.locate(Span::new(8, 9)), Span::new(15, 16));
        assert_eq!(Edits::default().apply(&input), None);
    }
}
