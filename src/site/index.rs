//! The index of the site: every page with its address, its place in the tree, and the look-ups.
//!
//! It is made in one go by [`super::survey`] from the guides and files, and not changed afterwards, but for the
//! names of files that a build adds ([`SiteIndex::admit`]).

use super::entry::{Alias, Page, PageId, Resource};
use super::lookup;
use crate::base::Diagnostic;
use crate::base::address::Address;
use crate::input::config::{BaseUrl, Config};
use crate::input::date::Date;
use crate::input::files::File;
use crate::input::front_matter::FrontMatter;
use crate::input::guide::Guide;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};
use unicode_normalization::UnicodeNormalization;

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
#[derive(Debug, Default)]
pub struct SiteIndex {
    /// Every page; a page's id is its place here. The home page is the first one, then guides and sections in the
    /// order of their paths, then the pages that were made for taxonomies.
    pub pages: Vec<Page>,
    /// Every redirect, sorted by address.
    pub aliases: Vec<Alias>,
    /// Every published file of `content/`, sorted by path.
    pub resources: Vec<Resource>,
    /// Static files that cannot be written, because something else has their path; sorted.
    pub refused: Vec<String>,
    /// When other guides are published than now, if nothing else changes.
    pub until: Option<Date>,
    pub(super) empty: FrontMatter,
    pub(super) base_url: Option<BaseUrl>,
    pub(super) by_address: HashMap<Address, PageId>,
    pub(super) by_key: HashMap<String, PageId>,
    pub(super) by_alias: HashMap<Address, usize>,
    pub(super) by_file: HashMap<String, usize>,
    /// Files that are neither pages nor redirects, below the output folder.
    pub(super) outputs: HashSet<String>,
    /// The only page of each name of a guide; none where there are several. Made when it is first asked for.
    pub(super) by_name: OnceLock<HashMap<String, Option<PageId>>>,
    /// Pages by the last segment of their address, for suggestions: made when the first link is broken.
    pub(super) names: OnceLock<HashMap<String, Vec<PageId>>>,
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
        super::survey::survey(config, guides, files, statics, selection)
    }

    /// Tells of files that the build adds to the output, so that links to them lead somewhere: `feed.xml`.
    pub fn admit(&mut self, outputs: impl IntoIterator<Item = String>) {
        self.outputs.extend(outputs);
    }

    /// The page of an id that this index gave.
    #[must_use]
    pub fn page(&self, id: PageId) -> Option<&Page> {
        self.pages.get(id)
    }

    /// The home page.
    #[must_use]
    pub fn home(&self) -> Option<&Page> {
        self.pages.first()
    }

    /// The front matter of a page, with cascades; an empty one when it has no guide.
    #[must_use]
    pub fn front<'a>(&'a self, page: &'a Page) -> &'a FrontMatter {
        page.guide.as_ref().map_or(&self.empty, |guide| &guide.front)
    }

    /// The page at an address: `/a/b/`.
    #[must_use]
    pub fn at(&self, address: &Address) -> Option<PageId> {
        self.by_address.get(address).copied()
    }

    /// The page of a content path, with or without its ending: `a/b.md`, `a/b/`, `/a/b`.
    #[must_use]
    pub fn by_path(&self, path: &str) -> Option<PageId> {
        self.by_key.get(&lookup::key(path)).copied()
    }

    /// The only guide whose file or bundle has this name, with or without its ending.
    #[must_use]
    pub fn only_named(&self, name: &str) -> Option<&Page> {
        let by_name = self.by_name.get_or_init(|| {
            let mut by_name: HashMap<String, Option<PageId>> = HashMap::new();
            for page in self.pages.iter().filter(|page| page.guide.is_some() && !page.path.is_empty()) {
                let name = lookup::key(lookup::name(&page.path));
                by_name.entry(name).and_modify(|only| *only = None).or_insert(Some(page.id));
            }
            by_name
        });
        let name = lookup::key(name);
        by_name.get(&name).copied().flatten().filter(|_| !name.is_empty()).and_then(|id| self.page(id))
    }

    /// The file of `content/` at a path below it.
    #[must_use]
    pub fn resource(&self, path: &str) -> Option<&Resource> {
        let found = match self.by_file.get(path) {
            Some(found) => found,
            None if path.is_ascii() => return None,
            None => self.by_file.get(&path.nfc().collect::<String>())?,
        };
        self.resources.get(*found)
    }

    /// Whether the output has a file at this path that is neither a page nor a redirect.
    #[must_use]
    pub fn has_file(&self, output: &str) -> bool {
        self.outputs.contains(output)
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

    /// The section that a page belongs to: itself, when it is one.
    #[must_use]
    pub fn section(&self, id: PageId) -> Option<PageId> {
        let page = self.page(id)?;
        if page.kind == super::entry::PageKind::Page { page.parent } else { Some(id) }
    }
}
