//! Classes of characters in patterns: `[a-z\d]`, `\w`.
//!
//! Of each, two sets of first bytes are known: those that a character of the class has at most, and ASCII characters that
//! are in it for certain, which is what its inverse leaves out.

use super::bytes::Bytes;
use std::iter::Peekable;
use std::str::Chars;

/// How deep classes may lie in each other.
const DEPTH: usize = 20;

/// What is known of a class.
#[derive(Debug, Clone, Copy)]
pub(super) struct Class {
    /// First bytes of its characters, and perhaps more.
    pub(super) at_most: Bytes,
    /// ASCII characters that are in it, and perhaps not all.
    pub(super) at_least: Bytes,
}

impl Class {
    const NONE: Self = Self { at_most: Bytes::NONE, at_least: Bytes::NONE };
    const UNKNOWN: Self = Self { at_most: Bytes::ALL, at_least: Bytes::NONE };

    /// These ASCII characters alone.
    const fn ascii(bytes: Bytes) -> Self {
        Self { at_most: bytes, at_least: bytes }
    }

    /// These ASCII characters, and some beyond.
    fn and_beyond(bytes: Bytes) -> Self {
        Self { at_most: bytes.or(Bytes::HIGH), at_least: bytes }
    }

    fn or(self, other: Self) -> Self {
        Self { at_most: self.at_most.or(other.at_most), at_least: self.at_least.or(other.at_least) }
    }

    /// What is not in it.
    fn inverse(self) -> Self {
        let beyond = |bytes: Bytes| bytes.inverse().or(Bytes::HIGH);
        Self { at_most: beyond(self.at_least), at_least: self.at_most.or(Bytes::HIGH).inverse() }
    }

    fn inverse_if(self, inverse: bool) -> Self {
        if inverse { self.inverse() } else { self }
    }
}

/// The class behind its `[`, up to its `]`. None for what is not known.
pub(super) fn read(rest: &mut Peekable<Chars<'_>>, depth: usize) -> Option<Class> {
    if depth > DEPTH {
        return None;
    }
    let is_inverse = rest.next_if_eq(&'^').is_some();
    let mut class = Class::NONE;
    // A bracket that closes at the very beginning is itself.
    if rest.next_if_eq(&']').is_some() {
        class = Class::ascii(Bytes::of(b"]"));
    }
    loop {
        let item = match rest.next()? {
            ']' => return Some(class.inverse_if(is_inverse)),
            '[' if rest.peek() == Some(&':') => named(rest)?,
            '[' => read(rest, depth + 1)?,
            '&' if rest.next_if_eq(&'&').is_some() => {
                // What is in both is in each: no more than was said, and nothing for certain.
                let other = intersected(rest, depth)?;
                let both = Class { at_most: class.at_most.or(other.at_most), at_least: Bytes::NONE };
                return Some(both.inverse_if(is_inverse));
            }
            '\\' => match point(rest)? {
                Some(first) => ranged(first, rest)?,
                None => escape(rest)?,
            },
            first => ranged(first, rest)?,
        };
        class = class.or(item);
    }
}

/// The rest of a class behind `&&`, its end included.
fn intersected(rest: &mut Peekable<Chars<'_>>, depth: usize) -> Option<Class> {
    let is_inverse = rest.peek() == Some(&'^');
    // `^` here would turn the rest alone: nobody writes that.
    if is_inverse { None } else { read(rest, depth + 1) }
}

/// The character or the range that begins with `first`.
fn ranged(first: char, rest: &mut Peekable<Chars<'_>>) -> Option<Class> {
    let mut ahead = rest.clone();
    if ahead.next() != Some('-') || matches!(ahead.peek(), None | Some(']' | '[' | '&')) {
        return Some(characters(first, first));
    }
    rest.next();
    let last = match rest.next()? {
        '\\' => point(rest)??,
        last => last,
    };
    (first <= last).then(|| characters(first, last))
}

fn characters(first: char, last: char) -> Class {
    let ascii = |c: char| u8::try_from(c).ok().filter(u8::is_ascii);
    match (ascii(first), ascii(last)) {
        (Some(first), Some(last)) => Class::ascii(Bytes::range(first, last)),
        (Some(first), None) => Class::and_beyond(Bytes::range(first, 0x7f)),
        _ => Class::and_beyond(Bytes::NONE),
    }
}

/// The one character that an escape is, behind its backslash; nothing read when it is a class.
#[expect(clippy::option_option, reason = "unknown, or known to be none")]
fn point(rest: &mut Peekable<Chars<'_>>) -> Option<Option<char>> {
    let c = *rest.peek()?;
    let control = match c {
        't' => '\t',
        'n' => '\n',
        'r' => '\r',
        'f' => '\x0c',
        'v' => '\x0b',
        'a' => '\x07',
        'e' => '\x1b',
        'x' => {
            rest.next();
            return Some(Some(hexadecimal(rest)?));
        }
        c if c.is_ascii_alphanumeric() => return Some(None),
        c => c,
    };
    rest.next();
    Some(Some(control))
}

/// `41` or `{1f600}`.
fn hexadecimal(rest: &mut Peekable<Chars<'_>>) -> Option<char> {
    let digits: String = if rest.next_if_eq(&'{').is_some() {
        rest.by_ref().take(9).take_while(|c| *c != '}').collect()
    } else {
        let two = [rest.next_if(char::is_ascii_hexdigit), rest.next_if(char::is_ascii_hexdigit)];
        let digits: String = two.into_iter().flatten().collect();
        // A byte beyond ASCII is a part of a character.
        if u8::from_str_radix(&digits, 16).is_ok_and(|byte| !byte.is_ascii()) {
            return None;
        }
        digits
    };
    char::from_u32(u32::from_str_radix(&digits, 16).ok()?)
}

/// What an escape is, behind its backslash.
pub(super) fn escape(rest: &mut Peekable<Chars<'_>>) -> Option<Class> {
    if let Some(c) = point(rest)? {
        return Some(characters(c, c));
    }
    let c = rest.next()?;
    let class = match c.to_ascii_lowercase() {
        'd' => Class::and_beyond(Bytes::range(b'0', b'9')),
        'w' => Class::and_beyond(word()),
        's' => blanks(),
        'h' => Class::ascii(Bytes::range(b'0', b'9').or(Bytes::range(b'a', b'f')).or(Bytes::range(b'A', b'F'))),
        'p' => {
            rest.next_if_eq(&'{')?;
            rest.find(|c| *c == '}')?;
            return Some(Class::UNKNOWN);
        }
        _ => return None,
    };
    Some(class.inverse_if(c.is_ascii_uppercase()))
}

fn word() -> Bytes {
    letters().or(Bytes::range(b'0', b'9')).with(b'_')
}

fn letters() -> Bytes {
    Bytes::range(b'a', b'z').or(Bytes::range(b'A', b'Z'))
}

/// Blanks: of those beyond ASCII, the first bytes are known to be these four.
fn blanks() -> Class {
    let ascii = Bytes::of(b"\t\n\x0b\x0c\r ");
    Class { at_most: ascii.or(Bytes::of(&[0xc2, 0xe1, 0xe2, 0xe3])), at_least: ascii }
}

/// `[:alpha:]`, behind its first bracket.
fn named(rest: &mut Peekable<Chars<'_>>) -> Option<Class> {
    rest.next_if_eq(&':')?;
    let is_inverse = rest.next_if_eq(&'^').is_some();
    let name: String = rest.by_ref().take(12).take_while(|c| *c != ':').collect();
    rest.next_if_eq(&']')?;
    let class = match name.as_str() {
        "alpha" => Class::and_beyond(letters()),
        "digit" => Class::and_beyond(Bytes::range(b'0', b'9')),
        "alnum" => Class::and_beyond(letters().or(Bytes::range(b'0', b'9'))),
        "word" => Class::and_beyond(word()),
        "space" => blanks(),
        _ => Class::UNKNOWN,
    };
    Some(class.inverse_if(is_inverse))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(text: &str) -> Option<Class> {
        let mut rest = text.chars().peekable();
        let class = read(&mut rest, 0)?;
        assert_eq!(rest.next(), None, "{text}");
        Some(class)
    }

    #[test]
    fn classes_are_read() {
        assert_eq!(class("a-c_\\-]").unwrap().at_most, Bytes::of(b"abc_-"));
        assert_eq!(class("]a]").unwrap().at_most, Bytes::of(b"]a"));
        assert_eq!(class("^]a]").unwrap().at_most, Bytes::of(b"]a").inverse());
        assert_eq!(class("\\w-]").unwrap().at_most, word().with(b'-').or(Bytes::HIGH));
        assert_eq!(class("a-]").unwrap().at_most, Bytes::of(b"a-"));
        assert_eq!(class("^\\s]").unwrap().at_most, Bytes::of(b"\t\n\x0b\x0c\r ").inverse());
        assert_eq!(class("[:digit:]x[y]]").unwrap().at_most, Bytes::of(b"0123456789xy").or(Bytes::HIGH));
        assert_eq!(class("é]").unwrap().at_most, Bytes::HIGH);
        assert_eq!(class("^é]").unwrap().at_most, Bytes::ALL);
        assert_eq!(class("a-z&&[^b]]").unwrap().at_most, Bytes::ALL);
        assert_eq!(class("^a-z&&[b]]").unwrap().at_most, Bytes::ALL);
        assert_eq!(class("^\\p{L}]").unwrap().at_most, Bytes::ALL);
        assert_eq!(class("^[^a]]").unwrap().at_most, Bytes::of(b"a").or(Bytes::HIGH));
        for unknown in ["a", "\\q]", "\\xff]", "z-a]", "a&&^b]"] {
            assert!(class(unknown).is_none(), "{unknown}");
        }
    }
}
