//! Where a link target leads (DESIGN 2.7), and what is written for it.

use super::entry::PageId;
use super::index::SiteIndex;

/// What becomes of a link target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution {
    /// What is written: root-relative without the base path where a guide or file was found, else the target as it was.
    pub href: String,
    /// Where that leads.
    pub to: Destination,
    /// The target wrote out this site's own base URL.
    pub absolute: bool,
}

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// A page, and the decoded fragment in it when one is named (never empty).
    Page {
        /// The page.
        id: PageId,
        /// The fragment.
        fragment: Option<String>,
    },
    /// A file, by its path below the output folder.
    File(String),
    /// A redirect, by its number.
    Alias(usize),
    /// Another site, or something that is no page at all (`mailto:`).
    External,
    /// A place in the page itself: the decoded fragment; empty for the page's top.
    Fragment(String),
    /// Nowhere; with addresses that may have been meant, the likeliest first.
    Broken(Vec<String>),
}

impl SiteIndex {
    /// What becomes of the link or image target `target` on the page `from`.
    #[must_use]
    pub fn resolve(&self, from: PageId, target: &str) -> Resolution {
        let _ = from;
        Resolution { href: target.to_owned(), to: Destination::External, absolute: false }
    }
}
