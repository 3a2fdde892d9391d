//! The index of the site: every page with its address, its place in the tree, and the look-ups.

use super::entry::{Alias, Page, PageId, Resource};
use crate::base::Diagnostic;
use crate::base::address::Address;
use crate::input::config::Config;
use crate::input::date::Date;
use crate::input::files::File;
use crate::input::front_matter::FrontMatter;
use crate::input::guide::Guide;
use std::sync::Arc;

/// Which guides are published.
#[derive(Debug, Clone, Copy)]
pub struct Selection {
    /// The time of the build.
    pub now: Date,
    /// Drafts are published too.
    pub drafts: bool,
    /// Guides of the future are published too.
    pub future: bool,
}

/// Every page of the site, and how to find it.
#[derive(Debug, Clone, Default)]
pub struct SiteIndex {
    /// Every page; a page's id is its place here. The home page is the first one.
    pub pages: Vec<Page>,
    /// Every redirect, sorted by address.
    pub aliases: Vec<Alias>,
    /// Every published file of `content/`, sorted by path.
    pub resources: Vec<Resource>,
    empty: FrontMatter,
}

impl SiteIndex {
    /// The index of these guides and of the other files of `content/`, and what is wrong with it. `statics` are the
    /// files of `static/` and of the theme that are copied as they are.
    #[must_use]
    pub fn new(
        config: &Config,
        guides: Vec<Arc<Guide>>,
        files: Vec<File>,
        statics: &[File],
        selection: Selection,
    ) -> (Self, Vec<Diagnostic>) {
        let _ = (config, guides, files, statics, selection);
        (Self::default(), Vec::new())
    }

    /// Tells of files that the build adds to the output, so that links to them lead somewhere: `feed.xml`.
    pub fn admit(&mut self, outputs: impl IntoIterator<Item = String>) {
        let _ = outputs;
    }

    /// The page of an id that this index gave.
    #[must_use]
    pub fn page(&self, id: PageId) -> Option<&Page> {
        self.pages.get(id)
    }

    /// The front matter of a page, with cascades; an empty one when it has no guide.
    #[must_use]
    pub fn front(&self, page: &Page) -> &FrontMatter {
        let _ = page;
        &self.empty
    }

    /// The page at an address: `/a/b/`.
    #[must_use]
    pub fn at(&self, address: &Address) -> Option<PageId> {
        let _ = address;
        None
    }

    /// The page of a content path, with or without its ending: `a/b.md`, `a/b/`, `/a/b`.
    #[must_use]
    pub fn by_path(&self, path: &str) -> Option<PageId> {
        let _ = path;
        None
    }

    /// The pages above `id`, the home page first, its parent last.
    #[must_use]
    pub fn ancestors(&self, id: PageId) -> Vec<PageId> {
        let mut above = Vec::new();
        let mut at = self.page(id).and_then(|page| page.parent);
        while let Some(parent) = at {
            above.push(parent);
            at = self.page(parent).and_then(|page| page.parent);
        }
        above.reverse();
        above
    }
}
