//! Typography: straight quotes, dashes and dots become what Hugo makes of them, each by what stands beside it in the
//! source. pulldown-cmark has a typography of its own, with other rules, which is off.
//!
//! A double quote opens where only a word follows and closes one that was opened; any other stays straight, as in
//! `12"`. A single quote is an apostrophe beside letters, else it opens or closes likewise. Quotes are counted through
//! the whole text, so that one may close in a later paragraph. Slots are letters here, as Hugo's placeholders for
//! shortcodes are.

use super::Step;
use crate::page::slot;
use pulldown_cmark::{Event, Tag, TagEnd};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

const LEFT_SINGLE: &str = "‘";
const RIGHT_SINGLE: &str = "’";
const LEFT_DOUBLE: &str = "“";
const RIGHT_DOUBLE: &str = "”";

/// Whether typography may replace what starts with this byte.
pub const fn is_mark(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'-' | b'.')
}

/// The quotes of one text, which is read from its start to its end.
#[derive(Debug, Default)]
pub struct Typography {
    /// Where the content of each block stands.
    blocks: Vec<Range<usize>>,
    /// Which of them is read.
    block: usize,
    /// How many single quotes are open.
    singles: usize,
    /// How many double quotes are open.
    doubles: usize,
    /// The last quotes of one kind in a row, which need not be gone through again for each of them.
    row: Range<usize>,
}

impl Typography {
    /// That of a text that was parsed as `steps`.
    pub fn new(source: &str, steps: &[Step<'_>]) -> Self {
        let mut blocks: Vec<Range<usize>> = Vec::new();
        let mut is_open = false;
        for (event, range) in steps {
            let is_inline = is_inline(event);
            match blocks.last_mut().filter(|_| is_inline && is_open) {
                Some(block) => block.end = block.end.max(range.end),
                None if is_inline => blocks.push(range.clone()),
                None => {}
            }
            is_open = is_inline;
        }
        for block in &mut blocks {
            let content = source.get(block.clone()).unwrap_or_default();
            block.end = block.start + content.trim_ascii_end().len();
        }
        Self { blocks, ..Self::default() }
    }

    /// What is read next stands at `at`.
    pub fn enter(&mut self, at: usize) {
        self.block = self.blocks.partition_point(|block| block.start <= at).saturating_sub(1);
    }

    /// What becomes of the mark at `at`, which starts `text` and is not escaped: how many bytes are replaced, and by what.
    pub fn read(&mut self, source: &str, at: usize, text: &str) -> Option<(usize, &'static str)> {
        let quote = match text.as_bytes() {
            [b'-', b'-', b'-', ..] => return Some((3, "—")),
            [b'-', b'-', ..] => return Some((2, "–")),
            [b'.', b'.', b'.', ..] => return Some((3, "…")),
            [quote @ (b'"' | b'\''), ..] => *quote,
            _ => return None,
        };
        let block = self.blocks.get(self.block).filter(|block| block.contains(&at))?.clone();
        let sides = Sides::of(source, at, &block, self.row_end(source.as_bytes(), at, quote, block.end));
        let replacement = if quote == b'"' { self.double(&sides) } else { self.single(&sides) };
        replacement.map(|replacement| (1, replacement))
    }

    /// Where the quotes end that stand in a row from `at` on.
    fn row_end(&mut self, source: &[u8], at: usize, quote: u8, end: usize) -> usize {
        if !self.row.contains(&at) {
            let length = source[at..end].iter().position(|byte| *byte != quote).unwrap_or(end - at);
            self.row = at..at + length;
        }
        self.row.end
    }

    fn double(&mut self, sides: &Sides<'_>) -> Option<&'static str> {
        if sides.opens && !sides.closes {
            self.doubles += 1;
            return Some(LEFT_DOUBLE);
        }
        // In `"a 21""` the first of the two are inches.
        let is_inch = sides.line.get(1) == Some(&b'"') && is_digit(sides.before);
        if self.doubles == 0 || !sides.may_close() || is_inch {
            return None;
        }
        self.doubles -= 1;
        Some(RIGHT_DOUBLE)
    }

    fn single(&mut self, sides: &Sides<'_>) -> Option<&'static str> {
        if sides.is_apostrophe() {
            return Some(RIGHT_SINGLE);
        }
        if sides.opens && !sides.closes {
            if sides.is_contraction() {
                return Some(RIGHT_SINGLE);
            }
            self.singles += 1;
            return Some(LEFT_SINGLE);
        }
        // With more behind it, it closes whether one is open or not: the plural's possessive.
        if sides.line.len() > 2 && !sides.next.is_some_and(is_digit) {
            return Some(RIGHT_SINGLE);
        }
        if self.singles == 0 || !sides.may_close() {
            return None;
        }
        self.singles -= 1;
        Some(RIGHT_SINGLE)
    }
}

/// What stands beside a quote.
struct Sides<'s> {
    before: char,
    /// The character behind the quote, if it is on its line.
    next: Option<char>,
    /// The first bytes of the rest of the line, from the quote to its line break.
    line: &'s [u8],
    /// Whether it can open a quotation, and close one: CommonMark's flanking, by what stands around its row.
    opens: bool,
    closes: bool,
}

impl<'s> Sides<'s> {
    /// Those of the quote at `at` in a block; its row ends at `row_end`.
    fn of(source: &'s str, at: usize, block: &Range<usize>, row_end: usize) -> Self {
        /// As many bytes as any rule looks at.
        const LOOKED_AT: usize = 8;
        let before = match source.get(block.start..at) {
            Some("") | None => '\n',
            Some(_) => source[..at].chars().next_back().unwrap_or('\n'),
        };
        let character = |from: usize| source.get(from..block.end).and_then(|rest| rest.chars().next());
        let line = &source.as_bytes()[at..block.end.min(at + LOOKED_AT)];
        let end = line.iter().position(|byte| *byte == b'\n').map_or(line.len(), |newline| newline + 1);
        let after = character(row_end).unwrap_or(' ');
        let is_plain = |c: char| !c.is_whitespace() && !is_sign(c);
        Self {
            before,
            next: character(at + 1),
            line: &line[..end],
            opens: is_plain(after) || !after.is_whitespace() && !is_plain(before),
            closes: is_plain(before) || !before.is_whitespace() && !is_plain(after),
        }
    }

    /// Whether the quote only closes, or stands between two marks as in `a"),`.
    fn may_close(&self) -> bool {
        let is_before_marks = || {
            self.next.is_some_and(is_punctuation)
                && self.line.get(2).is_none_or(|byte| byte.is_ascii_punctuation() || is_space(*byte))
        };
        self.closes && (!self.opens || is_before_marks())
    }

    /// Whether a single quote is one whatever is open: in `'90s`, in front of words as in `'twas`, `'em` and `'n'`, and
    /// between letters.
    fn is_apostrophe(&self) -> bool {
        let is_decade = self.opens
            && !self.closes
            && matches!(self.line, [_, b'0'..=b'9', b'0'..=b'9', b's', ..])
            && self.behind(4).is_none_or(|c| c.is_whitespace() || is_sign(c));
        let is_elision = (is_punctuation(self.before) || self.before.is_whitespace())
            && matches!(self.line, [_, b't' | b'e' | b'n' | b'l', ..]);
        let is_in_word = (is_letter(self.before) || is_digit(self.before)) && self.next.is_some_and(is_letter);
        is_decade || is_elision || is_in_word
    }

    /// Whether the end of a contraction follows: `'s`, `'m`, `'t`, `'d`, `'ve`, `'ll`, `'re`.
    fn is_contraction(&self) -> bool {
        let ends = |at: usize| self.line.get(at).is_none_or(|byte| byte.is_ascii_punctuation() || is_space(*byte));
        match self.line {
            [_, b's' | b'm' | b't' | b'd', ..] if ends(2) => true,
            [_, b'v' | b'r', b'e', ..] | [_, b'l', b'l', ..] => ends(3),
            _ => false,
        }
    }

    /// The character at an offset of the line, which is one where only ASCII stands before it.
    fn behind(&self, at: usize) -> Option<char> {
        let chunk = self.line.get(at..)?.utf8_chunks().next()?;
        chunk.valid().chars().next()
    }
}

/// Whether an event is a part of a block's content.
const fn is_inline(event: &Event<'_>) -> bool {
    match event {
        Event::Start(tag) => matches!(
            tag,
            Tag::Emphasis
                | Tag::Strong
                | Tag::Strikethrough
                | Tag::Superscript
                | Tag::Subscript
                | Tag::Link { .. }
                | Tag::Image { .. }
        ),
        Event::End(tag) => matches!(
            tag,
            TagEnd::Emphasis
                | TagEnd::Strong
                | TagEnd::Strikethrough
                | TagEnd::Superscript
                | TagEnd::Subscript
                | TagEnd::Link
                | TagEnd::Image
        ),
        Event::Html(_) | Event::Rule => false,
        _ => true,
    }
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

#[expect(clippy::unwrap_used, reason = "the patterns are constants, compiled by a test")]
static LETTER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\p{L}$").unwrap());
#[expect(clippy::unwrap_used, reason = "the patterns are constants, compiled by a test")]
static DIGIT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\p{Nd}$").unwrap());
#[expect(clippy::unwrap_used, reason = "the patterns are constants, compiled by a test")]
static PUNCTUATION: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\p{P}$").unwrap());
#[expect(clippy::unwrap_used, reason = "the patterns are constants, compiled by a test")]
static SYMBOL: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\p{S}$").unwrap());

fn is_of(class: &Regex, c: char) -> bool {
    class.is_match(c.encode_utf8(&mut [0; 4]))
}

fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || !c.is_ascii() && (slot::is_reserved(c) || is_of(&LETTER, c))
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || !c.is_ascii() && is_of(&DIGIT, c)
}

/// Whether `c` is punctuation in the narrow sense of Unicode, without symbols as `$` and `<`.
fn is_punctuation(c: char) -> bool {
    match c {
        '$' | '+' | '<' | '=' | '>' | '^' | '`' | '|' | '~' => false,
        _ if c.is_ascii() => c.is_ascii_punctuation(),
        _ => is_of(&PUNCTUATION, c),
    }
}

/// Whether `c` is punctuation or a symbol.
fn is_sign(c: char) -> bool {
    /// Before it no symbol counts as alphabetic; behind it are letters in circles, which are both.
    const FIRST_MIXED: char = '\u{2000}';
    match c {
        _ if c.is_ascii() => c.is_ascii_punctuation(),
        _ if slot::is_reserved(c) || c < FIRST_MIXED && c.is_alphanumeric() => false,
        _ => is_of(&PUNCTUATION, c) || is_of(&SYMBOL, c),
    }
}

#[cfg(test)]
mod tests {
    use crate::page::testing::html;

    /// Whether each text becomes this one paragraph.
    fn check(cases: &[(&str, &str)]) {
        for (text, expected) in cases {
            assert_eq!(html(text).trim_end(), format!("<p>{expected}</p>"), "{text}");
        }
    }

    #[test]
    fn double_quotes_open_and_close_in_pairs() {
        check(&[
            ("12\" and x\"y\"z \"", "12\" and x\"y\"z \""),
            ("a \"21\"\" b", "a “21\"” b"),
            ("(\"a\"), \"b\": \"c", "(“a”), “b”: “c"),
            ("\"`a`\" \"*b*\" *\"c\"* \"[d](e)\"", "“<code>a</code>” “<em>b</em>” <em>“c”</em> “<a href=\"e\">d</a>”"),
            ("\\\"a\\\" \"b\\\"\" \\\\\"c\\\\\"", "\"a\" “b\"” \\“c\\”"),
            ("\"ä\" „ü\" \"€5\" a\u{a0}\"b\"", "“ä” „ü\" “€5” a\u{a0}“b”"),
            ("a \"b\nc\" \"d  \n\"e", "a “b\nc” “d<br>\n“e"),
            ("\"\"\"a\"\"\"", "“““a”””"),
        ]);
    }

    #[test]
    fn single_quotes_are_apostrophes_beside_letters() {
        check(&[
            ("it's 'a' the Smiths' dogs' 5'6\"", "it’s ‘a’ the Smiths’ dogs’ 5'6\""),
            ("rock 'n' roll in the '90s, '90", "rock ’n’ roll in the ’90s, ‘90"),
            ("'twas 'em 'quoted' `a`'s *b*'s", "’twas ’em ‘quoted’ <code>a</code>’s <em>b</em>’s"),
            ("' a ' b'", "’ a ’ b'"),
            ("\\'a\\'", "'a'"),
        ]);
    }

    #[test]
    fn dashes_and_dots_are_taken_from_the_left() {
        check(&[
            ("a -- b --- c ---- d ----- e-f", "a – b — c —- d —– e-f"),
            ("a... .... .. ......", "a… …. .. ……"),
            ("\\-- -\\- \\... `--` <!-- -- -->", "-- -- ... <code>--</code> <!-- -- -->"),
        ]);
    }

    #[test]
    fn quotes_are_counted_through_the_whole_text() {
        assert_eq!(html("\"a\n\nb-\"\n\n5-\""), "<p>“a</p>\n<p>b-”</p>\n<p>5-\"</p>\n");
        assert_eq!(html("- \"a\n- b\"\n- c\"\n"), "<ul>\n<li>“a</li>\n<li>b”</li>\n<li>c\"</li>\n</ul>\n");
        assert!(html("| b\" | \"a |\n|---|---|\n").contains("<th scope=\"col\">b\"</th>\n<th scope=\"col\">“a</th>"));
    }

    #[test]
    fn quotes_in_bare_addresses_are_not_counted() {
        check(&[
            ("\"a https://b.c/\"x\" d\"", "“a <a href=\"https://b.c/%22x%22\">https://b.c/\"x\"</a> d”"),
            (
                "\"https://b.c\" --https://b.c",
                "“<a href=\"https://b.c\">https://b.c</a>” –<a href=\"https://b.c\">https://b.c</a>",
            ),
        ]);
    }
}
