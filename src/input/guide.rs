//! One guide as it was read: its source, front matter and the place of its body. It has no HTML and no address yet.

use super::front_matter::FrontMatter;
use crate::base::{Source, Span};

/// What the names of guides end with.
const ENDINGS: [&str; 3] = [".md", ".markdown", ".MD"];

/// Whether a file of `content/` is a guide, by its name.
#[must_use]
pub fn is_guide(path: &str) -> bool {
    ENDINGS.iter().any(|ending| path.ends_with(ending))
}

/// A path without the ending of a guide.
#[must_use]
pub fn without_ending(path: &str) -> &str {
    ENDINGS.iter().find_map(|ending| path.strip_suffix(ending)).unwrap_or(path)
}

/// What a file of `content/` is for the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The page of the site's root, `content/_index.md`.
    Home,
    /// The page of a folder, `_index.md`.
    Section,
    /// Any other guide.
    Page,
}

/// A guide, read.
#[derive(Debug, Clone)]
pub struct Guide {
    /// The file: its path is relative to the site's root (`content/a/b.md`).
    pub source: Source,
    /// The path below `content/`: `a/b.md`, `a/index.md`, `a/_index.md`.
    pub path: String,
    /// Which kind of page it makes.
    pub kind: Kind,
    /// Its front matter, with defaults for what it does not say.
    pub front: FrontMatter,
    /// Where the Markdown stands in the source.
    pub body: Span,
}
