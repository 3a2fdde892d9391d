//! Sites in memory, for the tests of this part.

use super::artifact::Artifact;
use super::entry::PageId;
use super::index::{Selection, SiteIndex};
use super::lookup;
use crate::base::{Diagnostic, Source, Span};
use crate::input::config::{BaseUrl, Config};
use crate::input::date::Date;
use crate::input::files::{Content, File};
use crate::input::front_matter::FrontMatter;
use crate::input::guide::{Guide, Kind};
use std::sync::Arc;

/// A site that is put together piece by piece.
#[derive(Default)]
pub struct Site {
    pub config: Config,
    guides: Vec<Arc<Guide>>,
    files: Vec<File>,
    statics: Vec<File>,
}

/// The site, surveyed.
pub struct Surveyed {
    pub index: SiteIndex,
    pub findings: Vec<Diagnostic>,
}

pub fn date(text: &str) -> Option<Date> {
    Date::parse(&format!("{text}T00:00:00Z"))
}

pub fn file(path: &str) -> File {
    File { path: path.to_owned(), content: Content::Bytes(Arc::from(&b"x"[..])) }
}

impl Site {
    pub fn new() -> Self {
        let mut config = Config::default();
        config.base_url = BaseUrl::parse("https://x.test/").ok();
        config.title = "Ref".to_owned();
        Self { config, ..Self::default() }
    }

    /// One more guide; `change` says what its front matter says.
    pub fn guide(mut self, path: &str, change: impl FnOnce(&mut FrontMatter)) -> Self {
        let mut front = FrontMatter::default();
        change(&mut front);
        let kind = match path {
            "_index.md" => Kind::Home,
            _ if lookup::is_named(path, "_index") => Kind::Section,
            _ => Kind::Page,
        };
        let source = Source::new(format!("content/{path}"), "");
        self.guides.push(Arc::new(Guide { source, path: path.to_owned(), kind, front, body: Span::new(0, 0) }));
        self
    }

    /// Guides whose titles are their paths.
    pub fn guides(self, paths: &[&str]) -> Self {
        paths.iter().fold(self, |site, path| site.guide(path, |front| front.title = Some((*path).to_owned())))
    }

    pub fn files(mut self, paths: &[&str]) -> Self {
        self.files.extend(paths.iter().map(|path| file(path)));
        self
    }

    pub fn statics(mut self, paths: &[&str]) -> Self {
        self.statics.extend(paths.iter().map(|path| file(path)));
        self
    }

    pub fn survey(self) -> Surveyed {
        let now = Date::parse("2026-11-23T00:00:00Z").unwrap();
        let selection = Selection { now, drafts: false, future: false };
        let (index, findings) = SiteIndex::new(&self.config, self.guides, self.files, &self.statics, selection);
        Surveyed { index, findings }
    }

    /// The survey of a site that has nothing wrong.
    pub fn index(self) -> SiteIndex {
        let surveyed = self.survey();
        assert!(surveyed.findings.is_empty(), "{:?}", surveyed.findings);
        surveyed.index
    }
}

impl Surveyed {
    /// `code: message` of every finding.
    pub fn told(&self) -> Vec<String> {
        self.findings.iter().map(|finding| format!("{}: {}", finding.code, finding.message)).collect()
    }
}

impl SiteIndex {
    /// The number of the page at an address.
    pub fn id(&self, address: &str) -> PageId {
        self.pages
            .iter()
            .find(|page| page.address.as_str() == address)
            .unwrap_or_else(|| panic!("no page at {address}"))
            .id
    }

    /// The addresses of pages.
    pub fn addresses(&self, ids: &[PageId]) -> Vec<&str> {
        ids.iter().map(|id| self.pages[*id].address.as_str()).collect()
    }

    /// The addresses of a page's children.
    pub fn children(&self, address: &str) -> Vec<&str> {
        self.addresses(&self.pages[self.id(address)].children)
    }
}

/// The text of an artifact.
pub fn text(artifact: &Artifact) -> String {
    String::from_utf8(artifact.content.bytes().unwrap().into_owned()).unwrap()
}
