//! Makes the index: which pages there are, where they stand, how they hang together.
//!
//! Every step goes over all the pages once: guides get addresses and claim them, folders and terms get the pages that
//! nobody wrote, files and redirects claim what is left, then the tree is tied and put in order.

mod terms;

use super::aliases;
use super::claims::{Claims, Holder, Origin};
use super::entry::{Page, PageId, PageKind};
use super::index::{Selection, SiteIndex};
use super::lookup;
use super::permalink::Permalinks;
use super::resource;
use super::select::{self, Selected};
use super::tree;
use crate::base::address::{self, Address};
use crate::base::{Code, Diagnostic, Place};
use crate::input::config::{Config, Repository};
use crate::input::files::File;
use crate::input::guide::Guide;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use unicode_normalization::UnicodeNormalization;

/// The index of these guides and files, and what is wrong with it.
#[must_use]
pub fn survey(
    config: &Config,
    guides: Vec<Arc<Guide>>,
    files: Vec<File>,
    statics: &[File],
    selection: Selection,
) -> (SiteIndex, Vec<Diagnostic>) {
    let selected = select::select(guides, &selection);
    let (permalinks, findings) = Permalinks::new(config, &selected.guides);
    let mut survey = Survey { config, permalinks, claims: Claims::default(), pages: Vec::new(), findings };
    survey.take_guides(&selected);
    survey.make_sections(&selected);
    survey.number();
    survey.make_taxonomies();
    tree::tie(&mut survey.pages);
    tree::date_sections(&mut survey.pages);
    tree::put_in_order(&mut survey.pages);
    let mut index = SiteIndex { base_url: config.base_url.clone(), ..SiteIndex::default() };
    index.resources = survey.take_files(files, &selected);
    index.until = selected.until;
    index.refused = survey.take_statics(statics, &mut index.outputs);
    index.aliases = aliases::claim(&mut survey.pages, &mut survey.claims, &mut survey.findings);
    let Survey { pages, findings, .. } = survey;
    index.pages = pages;
    fill_look_ups(&mut index);
    (index, findings)
}

struct Survey<'a> {
    config: &'a Config,
    permalinks: Permalinks<'a>,
    claims: Claims,
    pages: Vec<Page>,
    findings: Vec<Diagnostic>,
}

impl Survey<'_> {
    /// Every guide that gets an address of its own.
    fn take_guides(&mut self, selected: &Selected) {
        for guide in &selected.guides {
            let (address, finding) = self.permalinks.of(guide);
            self.findings.extend(finding);
            let Some(address) = address else { continue };
            let kind = self.kind(guide);
            let origin = match &guide.front {
                front if front.url.is_some() => Origin::Key(Arc::clone(guide), "url", None),
                front if front.slug.is_some() => Origin::Key(Arc::clone(guide), "slug", None),
                _ => Origin::File(Place::file(guide.source.path().clone())),
            };
            let holder = Holder { output: address.output(), what: "a page", origin };
            let page = self.page(kind, guide.path.clone(), address, Some(guide.clone()));
            // Where a page is not written, something else may be.
            if !page.is_written() || self.claim(Code::AddressConflict, holder) {
                self.pages.push(page);
            }
        }
    }

    fn kind(&self, guide: &Guide) -> PageKind {
        let key = lookup::key(&guide.path);
        let mut names = key.split('/');
        let first = names.next().unwrap_or("");
        match () {
            () if key.is_empty() => PageKind::Home,
            () if lookup::is_named(&guide.path, "_index") => match self.is_taxonomy(first) {
                true if names.next().is_none() => PageKind::Taxonomy,
                true => PageKind::Term,
                false => PageKind::Section,
            },
            () => PageKind::Page,
        }
    }

    fn is_taxonomy(&self, folder: &str) -> bool {
        self.config.taxonomies.iter().any(|taxonomy| lookup::key(taxonomy) == folder)
    }

    /// Pages for what has no guide: the root, and folders of the first level that hold guides.
    fn make_sections(&mut self, selected: &Selected) {
        if !self.pages.iter().any(|page| page.kind == PageKind::Home) {
            self.make(PageKind::Home, "_index.md".to_owned(), Address::root());
        }
        let folders = self.pages.iter().map(|page| lookup::holder(&page.path)).filter(|folder| !folder.is_empty());
        let tops: BTreeSet<String> =
            folders.map(|folder| folder.split('/').next().unwrap_or(folder).to_owned()).collect();
        for folder in tops {
            if !selected.branches.contains(&folder) && !self.is_taxonomy(&lookup::key(&folder)) {
                let address = self.permalinks.folder(&folder);
                self.make(PageKind::Section, format!("{folder}/_index.md"), address);
            }
        }
    }

    /// A page without a guide, unless a guide has its address.
    fn make(&mut self, kind: PageKind, path: String, address: Address) -> Option<usize> {
        let place = Place::file(format!("content/{}", lookup::folder(&path)).trim_end_matches('/'));
        if !self.claims.is_free(&address.output()) {
            return None;
        }
        let holder = Holder { output: address.output(), what: "a page", origin: Origin::File(place) };
        self.claims.claim(Code::AddressConflict, holder).ok()?;
        let page = self.page(kind, path, address, None);
        self.pages.push(page);
        Some(self.pages.len() - 1)
    }

    fn page(&self, kind: PageKind, path: String, address: Address, guide: Option<Arc<Guide>>) -> Page {
        let front = guide.as_ref().map(|guide| &guide.front);
        let named = || match kind {
            PageKind::Home => self.config.title.clone(),
            _ => lookup::name(&path).to_owned(),
        };
        let title = front.and_then(|front| front.title.clone()).unwrap_or_else(named);
        Page {
            id: 0,
            kind,
            output: address.output(),
            link_title: front.and_then(|front| front.link_title.clone()).unwrap_or_else(|| title.clone()),
            title,
            description: front.and_then(|front| front.description.clone()),
            date: front.and_then(|front| front.date),
            lastmod: front.and_then(|front| front.lastmod),
            weight: front.map_or(0, |front| front.weight),
            edit_url: guide.as_ref().zip(self.config.repository.as_ref()).map(|(guide, at)| edit_url(at, guide)),
            address,
            path,
            guide,
            parent: None,
            children: Vec::new(),
            previous: None,
            next: None,
            aliases: Vec::new(),
            terms: Vec::new(),
        }
    }

    /// Gives every page its number: the home page first, then by path.
    fn number(&mut self) {
        self.pages.sort_by(|a, b| (a.kind != PageKind::Home, &a.path).cmp(&(b.kind != PageKind::Home, &b.path)));
        self.renumber();
    }

    fn renumber(&mut self) {
        for (id, page) in self.pages.iter_mut().enumerate() {
            page.id = id;
        }
    }

    /// The files of `content/` that are written.
    fn take_files(&mut self, files: Vec<File>, selected: &Selected) -> Vec<super::entry::Resource> {
        let owns = |page: &&Page| {
            page.guide.is_some() && (page.kind != PageKind::Page || lookup::is_named(&page.path, "index"))
        };
        let owners: HashMap<&str, (PageId, &Address)> =
            self.pages.iter().filter(owns).map(|page| (lookup::folder(&page.path), (page.id, &page.address))).collect();
        let mut resources = resource::published(files, selected, &self.permalinks, &owners);
        resources.retain(|resource| {
            let place = Place::file(format!("content/{}", resource.path));
            let holder = Holder { output: resource.address.output(), what: "a file", origin: Origin::File(place) };
            self.claim(Code::AddressConflict, holder)
        });
        resources
    }

    /// Takes in the static files that can be written, and returns the others.
    fn take_statics(&mut self, statics: &[File], outputs: &mut std::collections::HashSet<String>) -> Vec<String> {
        let mut refused = Vec::new();
        for file in statics {
            let place = Place::file(format!("static/{}", file.path));
            let holder = Holder { output: file.path.clone(), what: "a static file", origin: Origin::File(place) };
            if self.claim(Code::AddressConflict, holder) {
                outputs.insert(file.path.clone());
            } else {
                refused.push(file.path.clone());
            }
        }
        refused.sort();
        refused
    }

    fn claim(&mut self, code: Code, holder: Holder) -> bool {
        match self.claims.claim(code, holder) {
            Ok(()) => true,
            Err(finding) => {
                self.findings.push(*finding);
                false
            }
        }
    }
}

/// Where a guide is edited. The hosts differ in how they say it.
fn edit_url(at: &Repository, guide: &Guide) -> String {
    let url = at.url.trim_end_matches('/');
    let host = url.split("://").nth(1).unwrap_or(url).split('/').next().unwrap_or("").to_ascii_lowercase();
    let verb = match () {
        () if host.contains("gitlab") => "/-/edit/",
        () if ["codeberg", "forgejo", "gitea"].iter().any(|name| host.contains(name)) => "/_edit/",
        () if host.contains("bitbucket") => "/src/",
        () => "/edit/",
    };
    let folder = at.path.trim_matches('/');
    let slash = if folder.is_empty() { "" } else { "/" };
    let path = format!("{}/{folder}{slash}{}", at.branch, guide.source.path());
    format!("{url}{verb}{}{}", address::encode(&path), if host.contains("bitbucket") { "?mode=edit" } else { "" })
}

fn fill_look_ups(index: &mut SiteIndex) {
    let (written, others): (Vec<&Page>, Vec<&Page>) = index.pages.iter().partition(|page| page.is_written());
    for page in written.into_iter().chain(others) {
        index.by_address.entry(page.address.clone()).or_insert(page.id);
        index.by_key.entry(lookup::key(&page.path)).or_insert(page.id);
    }
    for (number, alias) in index.aliases.iter().enumerate() {
        index.by_alias.insert(alias.address.clone(), number);
    }
    for (number, resource) in index.resources.iter().enumerate() {
        index.by_file.insert(resource.path.nfc().collect(), number);
        index.outputs.insert(resource.address.output());
    }
}

#[cfg(test)]
mod tests;
