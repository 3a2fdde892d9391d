//! Strikethrough inside of words: `H~2~O` and `a~~b~~c` are struck through as in Hugo and on GitHub, where
//! pulldown-cmark keeps a single `~` in a word as text.

use super::Step;
use super::link;
use pulldown_cmark::{CowStr, Event, Tag, TagEnd};
use std::ops::Range;

/// Pairs the tildes that are still text.
pub fn pair<'a>(source: &'a str, steps: Vec<Step<'a>>) -> Vec<Step<'a>> {
    if memchr::memchr(b'~', source.as_bytes()).is_none()
        || !steps.iter().any(|(event, _)| matches!(event, Event::Text(text) if text.contains('~')))
    {
        return steps;
    }
    let mut pairing =
        Pairing { source, out: Vec::with_capacity(steps.len() + 8), levels: vec![Vec::new()], is_code: false };
    for (event, range) in steps {
        match event {
            Event::Text(text)
                if !pairing.is_code && source.get(range.clone()) == Some(&*text) && text.contains('~') =>
            {
                pairing.text(range);
                continue;
            }
            Event::Start(ref tag) => {
                pairing.is_code = matches!(tag, Tag::CodeBlock(_));
                pairing.levels.push(Vec::new());
            }
            Event::End(_) => {
                pairing.is_code = false;
                pairing.levels.pop();
            }
            _ => {}
        }
        pairing.out.push((event, range));
    }
    pairing.out
}

struct Pairing<'a> {
    source: &'a str,
    out: Vec<Step<'a>>,
    /// On each level of nesting the tildes that may open: where they are in the output, and how many.
    levels: Vec<Vec<(usize, usize)>>,
    is_code: bool,
}

impl<'a> Pairing<'a> {
    /// A text of the source that has tildes in it.
    fn text(&mut self, range: Range<usize>) {
        let source = self.source;
        let mut from = range.start;
        let mut at = range.start;
        while let Some(found) = source[at..range.end].find('~') {
            let start = at + found;
            let length = source[start..range.end].len() - source[start..range.end].trim_start_matches('~').len();
            at = start + length;
            let sides = Sides::of(source, start..at);
            if length > 2 || !(sides.opens || sides.closes) || is_in_address(source, start) {
                continue;
            }
            self.push_text(from..start);
            from = at;
            self.tildes(start..at, &sides);
        }
        self.push_text(from..range.end);
    }

    fn push_text(&mut self, range: Range<usize>) {
        if !range.is_empty() {
            self.out.push((Event::Text(CowStr::from(&self.source[range.clone()])), range));
        }
    }

    fn tildes(&mut self, range: Range<usize>, sides: &Sides) {
        let length = range.len();
        let Some(openers) = self.levels.last_mut() else { return };
        if sides.closes
            && let Some(opener) = openers.iter().rposition(|(_, other)| *other == length)
        {
            let (index, _) = openers[opener];
            openers.truncate(opener);
            let opening = self.out[index].1.clone();
            self.out[index] = (Event::Start(Tag::Strikethrough), opening.start..range.end);
            self.out.push((Event::End(TagEnd::Strikethrough), opening.start..range.end));
            return;
        }
        if sides.opens {
            openers.push((self.out.len(), length));
            // What waits far behind closes nothing that was meant, and is looked through for every tilde.
            if openers.len() > 64 {
                openers.remove(0);
            }
        }
        self.push_text(range);
    }
}

/// Whether a run of tildes can open and close, by what stands on its sides (CommonMark's flanking).
struct Sides {
    opens: bool,
    closes: bool,
}

impl Sides {
    fn of(source: &str, range: Range<usize>) -> Self {
        let before = source[..range.start].chars().next_back().unwrap_or(' ');
        let after = source[range.end..].chars().next().unwrap_or(' ');
        if matches!(before, '~' | '\\') || after == '~' {
            return Self { opens: false, closes: false };
        }
        let is_mark = |c: char| c.is_ascii_punctuation();
        Self {
            opens: !after.is_whitespace() && (!is_mark(after) || before.is_whitespace() || is_mark(before)),
            closes: !before.is_whitespace() && (!is_mark(before) || after.is_whitespace() || is_mark(after)),
        }
    }
}

/// Whether the character at `at` belongs to an address without brackets, as in `https://example.com/~user`.
pub fn is_in_address(source: &str, at: usize) -> bool {
    /// Longer words are no addresses that a person wrote.
    const LONGEST: usize = 500;
    let bytes = &source.as_bytes()[at.saturating_sub(LONGEST)..at];
    let length = bytes.iter().rev().position(u8::is_ascii_whitespace).unwrap_or(bytes.len());
    let mut start = at - length;
    while !source.is_char_boundary(start) {
        start += 1;
    }
    let word = &source[start..];
    let before = &word[..at - start];
    if !(before.contains("://") || before.contains("www.")) {
        return false;
    }
    let end = word.find(char::is_whitespace).unwrap_or(word.len()).min(LONGEST);
    let word = word.get(..end).unwrap_or_default();
    link::bare_links(word).iter().any(|link| link.range.contains(&(at - start)))
}
