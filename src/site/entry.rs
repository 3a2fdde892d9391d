//! What the index knows of a page, a resource, an alias.

use crate::base::address::Address;
use crate::input::date::Date;
use crate::input::files::Content;
use crate::input::front_matter::{Listing, Rendering};
use crate::input::guide::Guide;
use std::sync::Arc;

/// A page's number in its index: its place in [`super::index::SiteIndex::pages`], in the order of addresses' sources.
pub type PageId = usize;

/// What kind of page it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PageKind {
    /// The page of the root.
    Home,
    /// The page of a folder.
    Section,
    /// Any other guide.
    Page,
    /// The list of the terms of a taxonomy: `/tags/`.
    Taxonomy,
    /// The list of the pages with a term: `/tags/NAME/`.
    Term,
}

impl PageKind {
    /// The word for templates.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Section => "section",
            Self::Page => "page",
            Self::Taxonomy => "taxonomy",
            Self::Term => "term",
        }
    }
}

/// A page: where it stands and how it is connected. What it says is in its guide.
#[derive(Debug, Clone)]
pub struct Page {
    /// Its number.
    pub id: PageId,
    /// Its kind.
    pub kind: PageKind,
    /// Its address, without the base path.
    pub address: Address,
    /// Where it is written below the output folder: `a/b/index.html`.
    pub output: String,
    /// The path below `content/` of its guide, or that its guide would have (`a/_index.md`).
    pub path: String,
    /// Its guide, with what sections above cascade to it; none when the page was made for a folder or a term.
    pub guide: Option<Arc<Guide>>,
    /// Its title: never empty but for a home page of an untitled site.
    pub title: String,
    /// Its title in navigation.
    pub link_title: String,
    /// Its description.
    pub description: Option<String>,
    /// Its date; of a section that has none, that of its newest page.
    pub date: Option<Date>,
    /// `lastmod`; git's last change is not looked at here.
    pub lastmod: Option<Date>,
    /// Its weight; zero is none.
    pub weight: i64,
    /// The page that holds it; none of the home page alone.
    pub parent: Option<PageId>,
    /// Pages and sections directly in it, in order; of a taxonomy its terms, of a term its pages.
    pub children: Vec<PageId>,
    /// The page before it in its section.
    pub previous: Option<PageId>,
    /// The page behind it in its section.
    pub next: Option<PageId>,
    /// Numbers of its redirects in [`super::index::SiteIndex::aliases`].
    pub aliases: Vec<usize>,
    /// Taxonomies that it has terms of, in the order of the configuration, each with its terms' pages as written.
    pub terms: Vec<(String, Vec<PageId>)>,
    /// Where its guide can be edited.
    pub edit_url: Option<String>,
}

impl Page {
    /// The lists that it is in.
    #[must_use]
    pub fn listing(&self) -> Listing {
        self.guide.as_ref().map_or(Listing::Always, |guide| guide.front.build.list)
    }

    /// Whether it is in lists of the whole site: navigation, sitemap, feeds, search.
    #[must_use]
    pub fn is_listed(&self) -> bool {
        self.listing() == Listing::Always
    }

    /// Whether there is a file for it: else its address alone is known, and something else stands there.
    #[must_use]
    pub fn is_written(&self) -> bool {
        self.guide.as_ref().is_none_or(|guide| guide.front.build.render == Rendering::Always)
    }

    /// The file below the output folder that its guide is written to as Markdown: `a/b/index.md`, `a/b.md` of
    /// `/a/b.html`.
    #[must_use]
    pub fn markdown(&self) -> String {
        let stem = self.output.strip_suffix(".html").or_else(|| self.output.strip_suffix(".htm"));
        format!("{}.md", stem.unwrap_or(&self.output))
    }
}

/// A redirect.
#[derive(Debug, Clone)]
pub struct Alias {
    /// Where it stands.
    pub address: Address,
    /// The file that redirects.
    pub output: String,
    /// Where it leads.
    pub page: PageId,
}

/// A file of `content/` that is published.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Its path below `content/`.
    pub path: String,
    /// Where it stands.
    pub address: Address,
    /// The page that it belongs to; none in a folder without a page.
    pub page: Option<PageId>,
    /// What is in it.
    pub content: Content,
}
