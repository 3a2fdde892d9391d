//! Classes of tokens: what a piece of code is, for the colours of a theme.

use std::ops::Range;

/// What a piece of code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TokenClass {
    /// A comment.
    Comment,
}

impl TokenClass {
    /// The class of its `<span>`.
    #[must_use]
    pub const fn css(self) -> &'static str {
        match self {
            Self::Comment => "tok-comment",
        }
    }
}

/// A piece of code with its class. What no token covers is plain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub class: TokenClass,
    /// Where in the text it stands, in bytes on character boundaries.
    pub range: Range<usize>,
}
