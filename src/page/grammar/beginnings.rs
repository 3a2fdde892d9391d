//! What a match of a pattern may begin with, read off the pattern.
//!
//! Most patterns of a grammar match nothing in most lines: a line without a `&` has no anchor. To know that from a set of
//! bytes costs a few instructions; to let the regular expressions find out costs their compilation and a search. Patterns
//! are read in the syntax of Oniguruma (its `doc/RE`), as far as grammars use it; of what is beyond that nothing is claimed.

use super::bytes::Bytes;
use super::class::{self, Class};
use std::iter::Peekable;
use std::str::Chars;

/// How deep groups may lie in each other.
const DEPTH: usize = 100;

/// The bytes of which a match of `pattern` begins with one. None when it may be empty, or when that cannot be told.
pub(super) fn of(pattern: &str) -> Option<Bytes> {
    let mut reader = Reader { rest: pattern.chars().peekable(), depth: 0 };
    let beginning = reader.alternatives(Flags::default())?;
    (reader.rest.next().is_none() && !beginning.may_be_empty).then_some(beginning.bytes)
}

/// How a piece of a pattern begins.
#[derive(Debug, Clone, Copy)]
struct Beginning {
    bytes: Bytes,
    may_be_empty: bool,
}

impl Beginning {
    const EMPTY: Self = Self { bytes: Bytes::NONE, may_be_empty: true };

    const fn with(bytes: Bytes) -> Self {
        Self { bytes, may_be_empty: false }
    }

    /// This piece and then `next`.
    fn then(self, next: Self) -> Self {
        if !self.may_be_empty {
            return self;
        }
        Self { bytes: self.bytes.or(next.bytes), may_be_empty: next.may_be_empty }
    }

    /// This piece or `other`.
    fn or(self, other: Self) -> Self {
        Self { bytes: self.bytes.or(other.bytes), may_be_empty: self.may_be_empty || other.may_be_empty }
    }
}

/// The options of a stretch of a pattern.
#[derive(Debug, Clone, Copy, Default)]
struct Flags {
    ignore_case: bool,
    extended: bool,
}

/// Reads a pattern. Whatever it does not know makes all of it unknown.
pub(super) struct Reader<'p> {
    pub(super) rest: Peekable<Chars<'p>>,
    depth: usize,
}

impl Reader<'_> {
    /// Everything up to the end of the group, which stays.
    fn alternatives(&mut self, flags: Flags) -> Option<Beginning> {
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        let mut all = self.sequence(flags)?;
        while self.skip('|') {
            all = all.or(self.sequence(flags)?);
        }
        self.depth -= 1;
        Some(all)
    }

    fn sequence(&mut self, flags: Flags) -> Option<Beginning> {
        let mut whole = Beginning::EMPTY;
        loop {
            self.pass_over_blanks(flags);
            match self.rest.peek() {
                None | Some('|' | ')') => return Some(whole),
                Some(_) => {}
            }
            let piece = match self.piece(flags)? {
                Piece::Beginning(beginning) => self.repeated(beginning, flags)?,
                // Options without a colon hold up to the end of the group, over its alternatives.
                Piece::Options(flags) => return Some(whole.then(self.alternatives(flags)?)),
            };
            whole = whole.then(piece);
        }
    }

    fn piece(&mut self, flags: Flags) -> Option<Piece> {
        let bytes = match self.rest.next()? {
            '(' => return self.group(flags),
            '^' | '$' => return Some(Piece::Beginning(Beginning::EMPTY)),
            '.' => Bytes::ALL,
            '[' => self.class(flags)?,
            '\\' => return self.escape(flags).map(Piece::Beginning),
            '*' | '+' | '?' => return None,
            c => character(c, flags),
        };
        Some(Piece::Beginning(Beginning::with(bytes)))
    }

    fn class(&mut self, flags: Flags) -> Option<Bytes> {
        let Class { at_most, .. } = class::read(&mut self.rest, 0)?;
        Some(if flags.ignore_case { at_most.in_any_case() } else { at_most })
    }

    fn escape(&mut self, flags: Flags) -> Option<Beginning> {
        match self.rest.peek()? {
            'A' | 'Z' | 'z' | 'b' | 'B' => {
                self.rest.next();
                Some(Beginning::EMPTY)
            }
            'R' | 'N' | 'O' | 'X' => {
                self.rest.next();
                Some(Beginning::with(Bytes::ALL))
            }
            _ => {
                let Class { at_most, .. } = class::escape(&mut self.rest)?;
                Some(Beginning::with(if flags.ignore_case { at_most.in_any_case() } else { at_most }))
            }
        }
    }

    /// A group behind its parenthesis.
    fn group(&mut self, mut flags: Flags) -> Option<Piece> {
        if !self.skip('?') {
            // `(*…)` calls something.
            return if self.rest.peek() == Some(&'*') { None } else { self.inside(flags) };
        }
        match self.rest.next()? {
            // What is asked for ahead is what the match begins with, or lies behind what it begins with.
            ':' | '>' | '=' => self.inside(flags),
            '!' => self.looked_at(flags),
            '#' => {
                self.rest.find(|c| *c == ')')?;
                Some(Piece::Beginning(Beginning::EMPTY))
            }
            '<' if self.skip('=') || self.skip('!') => self.looked_at(flags),
            '<' => {
                self.rest.find(|c| *c == '>')?;
                self.inside(flags)
            }
            mut c => {
                let mut on = true;
                loop {
                    match c {
                        '-' => on = false,
                        'i' => flags.ignore_case = on,
                        'x' => flags.extended = on,
                        // Whether `.` is the end of a line as well: it is every byte here.
                        'm' => {}
                        ':' => return self.inside(flags),
                        ')' => return Some(Piece::Options(flags)),
                        _ => return None,
                    }
                    c = self.rest.next()?;
                }
            }
        }
    }

    fn inside(&mut self, flags: Flags) -> Option<Piece> {
        let beginning = self.alternatives(flags)?;
        self.skip(')').then_some(Piece::Beginning(beginning))
    }

    /// A group that says what must not be there, or what was there before: nothing of the match itself.
    fn looked_at(&mut self, flags: Flags) -> Option<Piece> {
        self.inside(flags)?;
        Some(Piece::Beginning(Beginning::EMPTY))
    }

    /// The piece with the repetitions that stand behind it.
    fn repeated(&mut self, mut piece: Beginning, flags: Flags) -> Option<Beginning> {
        loop {
            self.pass_over_blanks(flags);
            match self.rest.peek() {
                Some('*') => piece.may_be_empty = true,
                Some('+') => {}
                // Behind an interval or another repetition it may be a milder one: that claims less.
                Some('?') => piece.may_be_empty = true,
                Some('{') => match interval(self.rest.clone()) {
                    Some(Interval { least, length }) => {
                        piece.may_be_empty |= least == 0;
                        self.rest.nth(length)?;
                        continue;
                    }
                    None => return Some(piece),
                },
                _ => return Some(piece),
            }
            self.rest.next();
        }
    }

    /// Passes over blanks and comments where those mean nothing.
    fn pass_over_blanks(&mut self, flags: Flags) {
        while flags.extended
            && let Some(c) = self.rest.next_if(|c| *c == '#' || c.is_ascii_whitespace() || *c == '\x0b')
        {
            if c == '#' {
                self.rest.find(|c| *c == '\n');
            }
        }
    }

    fn skip(&mut self, c: char) -> bool {
        self.rest.next_if_eq(&c).is_some()
    }
}

/// What stands in a sequence.
enum Piece {
    Beginning(Beginning),
    /// `(?i)`: options for what follows.
    Options(Flags),
}

struct Interval {
    least: usize,
    /// How many characters it has behind its `{`.
    length: usize,
}

/// The interval at the `{` that comes next, when it is one: else the brace is itself.
fn interval(rest: Peekable<Chars<'_>>) -> Option<Interval> {
    let text: String = rest.skip(1).take(20).take_while(|c| *c != '}').collect();
    let (least, most) = text.split_once(',').unwrap_or((&text, &text));
    let is_number = |text: &str| text.len() < 10 && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_one = is_number(least) && is_number(most) && !(least.is_empty() && most.is_empty());
    // Without a smallest number it is 0.
    is_one.then(|| Interval { least: least.parse().unwrap_or(0), length: text.len() + 1 })
}

fn character(c: char, flags: Flags) -> Bytes {
    let mut utf8 = [0; 4];
    let first = c.encode_utf8(&mut utf8).as_bytes().first().copied().unwrap_or_default();
    let byte = Bytes::NONE.with(first);
    if flags.ignore_case { byte.in_any_case() } else { byte }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(pattern: &str, bytes: &[u8]) {
        assert_eq!(of(pattern), Some(Bytes::of(bytes)), "{pattern}");
    }

    #[test]
    fn patterns_begin_with_what_they_say() {
        is("abc", b"a");
        is("a?b*c+d", b"abc");
        is("(?:if|else|\\{)(?!x)", b"ie{");
        is("\\b(?=[&*])(?<=x)y", b"&*");
        is("(?x: \\s* # blanks\n [-+] )\\d", b"\t\n\x0b\x0c\r -+\xc2\xe1\xe2\xe3");
        is("(?<name>a{2,3}|b{0}c)", b"abc");
        is("a{,3}b", b"ab");
        is("{a", b"{");
        is("\\x41|\\x{42}|\\t", b"AB\t");
        is("[^\\x00-\\x60\\x7b-\\x{10ffff}]", (b'a'..=b'z').chain(128..=255).collect::<Vec<u8>>().as_slice());
    }

    #[test]
    fn what_may_be_empty_or_is_not_known_claims_nothing() {
        for pattern in [
            "", "a*", "(?=a)?", "^", "$", "(?!a)", "(a|)", "a|$", "\\Ga", "\\1a", "(?~a)", "a\\Kb", "(*FAIL)a", "+a",
            "(a", "a)", "\\p{L}*", "(?<=a)", "[a", "\\g<a>b", "a{0,2}",
        ] {
            let beginnings = of(pattern);
            assert!(beginnings.is_none_or(|bytes| bytes == Bytes::ALL), "{pattern}: {beginnings:?}");
        }
        assert_eq!(of(&"(".repeat(10_000)), None);
    }

    #[test]
    fn letters_without_case_have_both() {
        let both = Bytes::of(b"kK").or(Bytes::HIGH);
        assert_eq!(of("(?i)k"), Some(both));
        assert_eq!(of("(?i:k)x"), Some(both));
        assert_eq!(of("(?:(?i)k|l)x"), Some(both.or(Bytes::of(b"lL"))), "up to the end of the group");
        assert_eq!(of("(?i)[k]"), Some(both));
        assert_eq!(of("(?i-i:k)"), Some(Bytes::of(b"k")));
    }
}
