//! The characters that guidegen keeps for itself, the last private plane of Unicode: while a page is made they stand for other
//! things. No text and no name that comes from outside may bring one along; U+FFFD takes its place.

use super::{Code, Diagnostic};

/// The first of them.
pub const FIRST: char = '\u{100000}';

/// Whether guidegen keeps `c` for itself.
#[must_use]
pub const fn is_reserved(c: char) -> bool {
    c as u32 >= FIRST as u32
}

/// The byte with which all of them start in UTF-8, and no other character.
const LEAD: u8 = 0xf4;

/// Whether `text` holds a reserved character.
#[must_use]
pub fn may_hold_reserved(text: &str) -> bool {
    memchr::memchr(LEAD, text.as_bytes()).is_some()
}

/// The first reserved character of `text`, and where it stands.
#[must_use]
pub fn first_reserved(text: &str) -> Option<(usize, char)> {
    let at = memchr::memchr(LEAD, text.as_bytes())?;
    Some((at, text.get(at..)?.chars().next()?))
}

/// `text` with U+FFFD for reserved characters; none when it has none.
#[must_use]
pub fn without_reserved(text: &str) -> Option<String> {
    first_reserved(text)?;
    Some(text.chars().map(|c| if is_reserved(c) { '\u{fffd}' } else { c }).collect())
}

/// What there is to say of one in a text; whoever knows where it stands and how it came there adds that.
#[must_use]
pub fn told(c: char) -> Diagnostic {
    Diagnostic::new(Code::SlotCharacter, format!("the character U+{:X} is one that guidegen uses itself", c as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_plane_is_kept() {
        assert_eq!(without_reserved("a\u{100000}b\u{10ffff}").as_deref(), Some("a\u{fffd}b\u{fffd}"));
        assert_eq!(without_reserved("a\u{fffff}"), None);
        assert_eq!(first_reserved("ä\u{100001}"), Some((2, '\u{100001}')));
        let leads = |c: &char| c.encode_utf8(&mut [0; 4]).as_bytes()[0] == LEAD;
        assert!(('\0'..=char::MAX).all(|c| is_reserved(c) == leads(&c)));
    }
}
