//! Sets of bytes: what a match of a pattern may begin with, what stands in a line.

/// A set of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bytes([u64; 4]);

impl Bytes {
    /// No byte.
    pub(super) const NONE: Self = Self([0; 4]);
    /// Every byte.
    pub(super) const ALL: Self = Self([u64::MAX; 4]);
    /// The bytes of characters beyond ASCII.
    pub(super) const HIGH: Self = Self([0, 0, u64::MAX, u64::MAX]);

    /// The bytes that are in `bytes`.
    pub(super) fn of(bytes: &[u8]) -> Self {
        bytes.iter().fold(Self::NONE, |set, byte| set.with(*byte))
    }

    /// The bytes from `first` to `last`, both included.
    pub(super) fn range(first: u8, last: u8) -> Self {
        (first..=last).fold(Self::NONE, Self::with)
    }

    /// The set and `byte`.
    #[must_use]
    pub(super) fn with(mut self, byte: u8) -> Self {
        if let Some(word) = self.0.get_mut(usize::from(byte >> 6)) {
            *word |= 1 << (byte & 63);
        }
        self
    }

    /// Whether `byte` is in it.
    pub(super) fn has(&self, byte: u8) -> bool {
        self.0.get(usize::from(byte >> 6)).is_some_and(|word| word >> (byte & 63) & 1 == 1)
    }

    /// What is in either.
    #[must_use]
    pub(super) fn or(self, other: Self) -> Self {
        let ([a, b, c, d], [e, f, g, h]) = (self.0, other.0);
        Self([a | e, b | f, c | g, d | h])
    }

    /// What is not in it.
    #[must_use]
    pub(super) fn inverse(self) -> Self {
        Self(self.0.map(|word| !word))
    }

    /// Whether they have a byte in common.
    pub(super) fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(other.0).any(|(word, other)| word & other != 0)
    }

    /// The set with both cases of each ASCII letter in it, and what beyond ASCII is one of them in another case.
    #[must_use]
    pub(super) fn in_any_case(self) -> Self {
        // `ſ` is an `s` and the sign for kelvin a `k`, one character may be two (`ß`), and all of that the other way round.
        if self.meets(&Self::HIGH) {
            return Self::ALL;
        }
        let letters = (b'a'..=b'z').filter(|lower| self.has(*lower) || self.has(lower.to_ascii_uppercase()));
        let both = letters.fold(Self::NONE, |set, lower| set.with(lower).with(lower.to_ascii_uppercase()));
        if both == Self::NONE { self } else { self.or(both).or(Self::HIGH) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_hold_what_they_were_given() {
        let set = Bytes::of(b"a\x7f\xff").or(Bytes::range(b'0', b'3'));
        let held: Vec<u8> = (0..=255).filter(|byte| set.has(*byte)).collect();
        assert_eq!(held, b"0123a\x7f\xff");
        assert!((0..=255).all(|byte| set.has(byte) != set.inverse().has(byte)));
        assert!(set.meets(&Bytes::HIGH) && !Bytes::of(b"xyz").meets(&set));
    }

    #[test]
    fn letters_have_two_cases() {
        assert_eq!(Bytes::of(b"k1").in_any_case(), Bytes::of(b"kK1").or(Bytes::HIGH));
        assert_eq!(Bytes::of(b"1-").in_any_case(), Bytes::of(b"1-"));
        assert_eq!(Bytes::of("é".as_bytes()).in_any_case(), Bytes::ALL);
    }
}
