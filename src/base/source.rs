//! Source texts and places in them: byte spans inside, lines and columns outside.

use std::sync::{Arc, OnceLock};

/// How far apart the places are where the characters of a text are counted for good.
const STEP: usize = 4096;

/// A half-open range of bytes in one source text, on character boundaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte behind the last one.
    pub end: usize,
}

impl Span {
    /// The span from `start` to `end`; `end` is never before `start`.
    #[must_use]
    pub const fn new(start: usize, end: usize) -> Self {
        let end = if end < start { start } else { end };
        Self { start, end }
    }

    /// The same span, `offset` bytes further on.
    #[must_use]
    pub const fn shifted(self, offset: usize) -> Self {
        Self { start: self.start + offset, end: self.end + offset }
    }

    /// Its length in bytes.
    #[must_use]
    pub const fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether it holds nothing.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.end == self.start
    }

    /// As a range, to index a text with.
    #[must_use]
    pub const fn range(self) -> std::ops::Range<usize> {
        self.start..self.end
    }
}

/// A value and where it stands in its source.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// `value`, which stands at `span`.
    pub const fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// Lines and columns, from 1; columns count characters. The end is behind the last character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names say it all")]
pub struct Range {
    pub line: u32,
    pub column: u32,
    pub end_line: u32,
    pub end_column: u32,
}

/// A place for people: a file relative to the site's root, and where in it if that is known.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The file, relative to the root, with `/` between its parts.
    pub file: Arc<str>,
    /// Where in the file; none speaks of the file as a whole.
    pub range: Option<Range>,
}

impl Place {
    /// The file as a whole.
    #[must_use]
    pub fn file(file: impl Into<Arc<str>>) -> Self {
        Self { file: file.into(), range: None }
    }
}

/// One text with its name and the starts of its lines.
#[derive(Debug, Clone)]
pub struct Source {
    path: Arc<str>,
    text: Arc<str>,
    line_starts: Arc<[usize]>,
    /// How many characters stand before each multiple of [`STEP`], counted when a long line first asks: thousands of
    /// findings in one line of a megabyte would each walk it otherwise.
    counts: Arc<OnceLock<Vec<usize>>>,
}

impl Source {
    /// The text of the file `path`, which is relative to the root with `/` between its parts.
    #[must_use]
    pub fn new(path: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        let text = text.into();
        let mut line_starts = vec![0];
        line_starts.extend(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1));
        Self { path: path.into(), text, line_starts: line_starts.into(), counts: Arc::default() }
    }

    /// The file's path, relative to the root.
    #[must_use]
    pub const fn path(&self) -> &Arc<str> {
        &self.path
    }

    /// The whole text, as it was read.
    #[must_use]
    pub const fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// The place of `span`. A span that is off the text or off a character boundary is moved to the nearest one before.
    #[must_use]
    pub fn place(&self, span: Span) -> Place {
        let (line, column) = self.line_and_column(span.start);
        let (end_line, end_column) = self.line_and_column(span.end.max(span.start));
        Place { file: self.path.clone(), range: Some(Range { line, column, end_line, end_column }) }
    }

    /// Line and column of a byte, both from 1, the column in characters. A leading BOM is no column.
    #[must_use]
    pub fn line_and_column(&self, offset: usize) -> (u32, u32) {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let start = self.line_starts[line - 1];
        let has_mark = start == 0 && offset > 0 && self.text.starts_with('\u{feff}');
        let column = self.characters(start, offset) - usize::from(has_mark);
        (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column + 1).unwrap_or(u32::MAX))
    }

    /// How many characters begin from `start` to `end`.
    fn characters(&self, start: usize, end: usize) -> usize {
        let bytes = self.text.as_bytes();
        if end - start <= STEP {
            return begun(&bytes[start..end]);
        }
        let counts = self.counts.get_or_init(|| {
            let steps = bytes.chunks(STEP).scan(0, |total, chunk| {
                *total += begun(chunk);
                Some(*total)
            });
            std::iter::once(0).chain(steps).collect()
        });
        let before = |at: usize| counts[at / STEP] + begun(&bytes[at / STEP * STEP..at]);
        before(end) - before(start)
    }
}

/// How many characters begin in these bytes of a text.
fn begun(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_characters_from_one() {
        let source = Source::new("content/a.md", "\u{feff}äb\r\nc");
        assert_eq!(source.line_and_column(0), (1, 1));
        assert_eq!(source.line_and_column("\u{feff}ä".len()), (1, 2));
        assert_eq!(source.line_and_column("\u{feff}äb\r\n".len()), (2, 1));
        assert_eq!(source.line_and_column(4), (1, 1), "inside a character: its start");
        assert_eq!(source.line_and_column(999), (2, 2), "behind the end: the end");
    }

    #[test]
    fn columns_of_long_lines_are_those_of_short_ones() {
        let text = format!("x\n{}", "aä€😀".repeat(3000));
        let source = Source::new("content/a.md", text.as_str());
        for at in [0, 2, 2 + 10, 2 + 4090, 2 + 4100, 8192, 20_000, text.len()] {
            let at = (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap();
            let line = if at < 2 { 1 } else { 2 };
            let start = if at < 2 { 0 } else { 2 };
            let column = u32::try_from(text[start..at].chars().count() + 1).unwrap();
            assert_eq!(source.line_and_column(at), (line, column), "{at}");
        }
    }

    #[test]
    fn many_places_in_one_long_line_are_found_at_once() {
        let source = Source::new("content/a.md", "ä".repeat(2_000_000));
        let begun = std::time::Instant::now();
        let sum: u64 = (0..4_000_000).step_by(100).map(|at| u64::from(source.line_and_column(at).1)).sum();
        assert!(sum > 0);
        assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
    }
}
