//! Makes the index: which pages there are, where they stand, how they hang together.
//!
//! Every step goes over all the pages once: guides get addresses and claim them, folders and terms get the pages that
//! nobody wrote, files and redirects claim what is left, then the tree is tied and put in order.

use super::aliases;
use super::claims::{Claims, Holder};
use super::entry::{Page, PageId, PageKind};
use super::index::{Selection, SiteIndex};
use super::lookup;
use super::permalink::{self, Permalinks};
use super::resource;
use super::select::{self, Selected};
use super::taxonomy;
use super::tree;
use crate::base::address::{self, Address};
use crate::base::{Code, Diagnostic, Place};
use crate::input::config::{Config, Repository};
use crate::input::files::File;
use crate::input::front_matter::Listing;
use crate::input::guide::Guide;
use std::collections::{BTreeMap, BTreeSet, HashMap};
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
            let place = match &guide.front {
                front if front.url.is_some() => permalink::place(guide, &["url"]),
                front if front.slug.is_some() => permalink::place(guide, &["slug"]),
                _ => Place::file(guide.source.path().clone()),
            };
            let holder = Holder { output: address.output(), what: "a page", place };
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
        let holder = Holder { output: address.output(), what: "a page", place };
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

    /// The pages of taxonomies and their terms, and which pages have them.
    fn make_taxonomies(&mut self) {
        let written: BTreeMap<String, PageId> = self
            .pages
            .iter()
            .filter(|page| matches!(page.kind, PageKind::Taxonomy | PageKind::Term))
            .map(|page| (lookup::key(&page.path), page.id))
            .collect();
        let guides = self.pages.len();
        for taxonomy in &self.config.taxonomies {
            let Some(name) = taxonomy::name(taxonomy) else { continue };
            let is_listed = |page: &&Page| page.kind != PageKind::Term && page.listing() != Listing::Never;
            let fronts = self.pages.iter().take(guides).filter(is_listed);
            let fronts = fronts.filter_map(|page| Some((page.id, &page.guide.as_ref()?.front)));
            let terms = taxonomy::terms(taxonomy, fronts);
            let address = Address::folder(&name);
            let Some(top) = self.page_of_term(&written, &lookup::key(taxonomy), PageKind::Taxonomy, taxonomy, address)
            else {
                continue;
            };
            let prefix = format!("{}/", lookup::key(taxonomy));
            let mut children: BTreeSet<PageId> = written
                .range(prefix.clone()..)
                .take_while(|(key, _)| key.starts_with(&prefix))
                .map(|(_, id)| *id)
                .collect();
            for (term, found) in terms {
                let key = format!("{prefix}{term}");
                let address = Address::folder(&format!("{name}/{term}"));
                let Some(id) = self.page_of_term(&written, &key, PageKind::Term, &found.title, address) else {
                    continue;
                };
                children.insert(id);
                for page in &found.pages {
                    self.give_term(*page, taxonomy, id);
                }
                if let Some(page) = self.pages.get_mut(id) {
                    page.children = found.pages;
                }
            }
            for child in &children {
                if let Some(child) = self.pages.get_mut(*child) {
                    child.parent = Some(top);
                }
            }
            if let Some(page) = self.pages.get_mut(top) {
                page.children = children.into_iter().collect();
            }
        }
        self.renumber();
    }

    /// The page of a taxonomy or term that a guide wrote, or a new one.
    fn page_of_term(
        &mut self,
        written: &BTreeMap<String, PageId>,
        key: &str,
        kind: PageKind,
        title: &str,
        address: Address,
    ) -> Option<PageId> {
        if let Some(id) = written.get(key) {
            return Some(*id);
        }
        let shown = address.clone();
        let Some(id) = self.make(kind, format!("{key}/_index.md"), address) else {
            let message = format!("the page of `{title}` is not written: something else has its address `{shown}`");
            self.findings
                .push(Diagnostic::new(Code::AddressConflict, message).help("give the other page another address"));
            return None;
        };
        if let Some(page) = self.pages.get_mut(id) {
            page.id = id;
            title.clone_into(&mut page.title);
            title.clone_into(&mut page.link_title);
        }
        Some(id)
    }

    fn give_term(&mut self, page: PageId, taxonomy: &str, term: PageId) {
        let Some(page) = self.pages.get_mut(page) else { return };
        match page.terms.iter_mut().find(|(name, _)| name == taxonomy) {
            Some((_, terms)) => terms.push(term),
            None => page.terms.push((taxonomy.to_owned(), vec![term])),
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
            let holder = Holder { output: resource.address.output(), what: "a file", place };
            self.claim(Code::AddressConflict, holder)
        });
        resources
    }

    /// Takes in the static files that can be written, and returns the others.
    fn take_statics(&mut self, statics: &[File], outputs: &mut std::collections::HashSet<String>) -> Vec<String> {
        let mut refused = Vec::new();
        for file in statics {
            let place = Place::file(format!("static/{}", file.path));
            let holder = Holder { output: file.path.clone(), what: "a static file", place };
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
mod tests {
    use super::super::testing::{Site, date};
    use super::*;

    #[test]
    fn an_empty_site_has_a_home_page() {
        let index = Site::new().index();
        assert_eq!(index.pages.len(), 1);
        assert_eq!(index.pages[0].output, "index.html");
        assert_eq!(index.pages[0].title, "Ref");
    }

    #[test]
    fn drafts_future_and_expired_guides_are_left_out_as_hugo_does() {
        let surveyed = Site::new()
            .guide("fut/a.md", |f| f.date = date("2099-01-01"))
            .guide("fut/b.md", |f| (f.date, f.publish_date) = (date("2099-01-01"), date("2020-01-01")))
            .guide("fut/c.md", |f| f.publish_date = date("2099-01-01"))
            .guide("fut/d.md", |f| f.expiry_date = date("2020-01-01"))
            .guide("fut/e.md", |_| {})
            .guide("draft/_index.md", |f| f.draft = true)
            .guide("draft/e.md", |_| {})
            .guide("withheld/a/index.md", |f| f.draft = true)
            .files(&["withheld/a/x.png", "fut/y.png"])
            .survey();
        let all: Vec<_> = surveyed.index.pages.iter().map(|page| page.address.as_str()).collect();
        assert_eq!(all, ["/", "/draft/e/", "/fut/", "/fut/b/", "/fut/e/"]);
        assert_eq!(surveyed.index.pages[1].parent, Some(0));
        assert_eq!(surveyed.index.resources.len(), 1, "nothing of a draft is published");
    }

    #[test]
    fn files_stand_with_their_page_or_folder() {
        let index = Site::new()
            .guide("sec/Bund Le/index.md", |f| f.slug = Some("sluggy".into()))
            .guide("urls/_index.md", |f| f.url = Some("/other/place.html".into()))
            .guides(&[
                "sec/_index.md",
                "sec/No Sec/z.md",
                "sec/bundle/index.md",
                "sec/bundle/res.md",
                "sec/bundle/deep/index.md",
            ])
            .files(&[
                "sec/Bund Le/A a.png",
                "urls/A.png",
                "sec/No Sec/loose X.png",
                "sec/Img Dir/In Ner/Y y.png",
                "sec/bundle/inner/I.txt",
                "sec/bundle/deep/J.txt",
                "Only/b.png",
                "root.txt",
                "sec/.hidden",
            ])
            .index();
        let stand: Vec<_> = index.resources.iter().map(|file| file.address.as_str()).collect();
        assert_eq!(
            stand,
            [
                "/Only/b.png",
                "/root.txt",
                "/sec/sluggy/A a.png",
                "/sec/Img Dir/In Ner/Y y.png",
                "/sec/no-sec/loose X.png",
                "/sec/bundle/deep/J.txt",
                "/sec/bundle/inner/I.txt",
                "/other/A.png",
            ]
        );
        assert!(!index.pages.iter().any(|page| page.path.contains("bundle/res") || page.path.contains("bundle/deep")));
        assert_eq!(index.resources[2].page, Some(index.id("/sec/sluggy/")));
    }

    #[test]
    fn what_wants_one_address_is_told_at_both_places() {
        let surveyed = Site::new()
            .guides(&["dup/a.md", "dup/a/index.md", "case/B.md", "case/b.md", "both/_index.md", "both/index.md"])
            .guide("c/one.md", |f| f.url = Some("/Up/".into()))
            .guide("c/two.md", |f| f.url = Some("/up/".into()))
            .files(&["case/index.html", "case/x.png", "case/X.png"])
            .statics(&["dup/a/index.html", "fine.png", "case/x.png"])
            .survey();
        let told = surveyed.told();
        assert_eq!(told.len(), 8, "{told:#?}");
        assert!(told.iter().all(|told| told.starts_with("address-conflict: ")));
        let first = &surveyed.findings[0];
        let places = (first.place.as_ref().unwrap().file.as_ref(), first.related[0].place.file.as_ref());
        assert_eq!(places, ("content/both/index.md", "content/both/_index.md"));
        assert_eq!(surveyed.index.refused, ["case/x.png", "dup/a/index.html"]);
        assert!(surveyed.index.has_file("fine.png"));
        assert!(surveyed.index.by_path("dup/a.md").is_some_and(|id| surveyed.index.pages[id].path == "dup/a.md"));
    }

    #[test]
    fn taxonomies_and_terms_have_pages() {
        let mut site = Site::new();
        site.config.taxonomies = vec!["tags".into(), "categories".into()];
        let index = site
            .guide("a/x.md", |f| f.tags = vec!["Go Lang".into(), "C#".into(), "Über".into(), "a/b".into()])
            .guide("a/y.md", |f| (f.tags, f.weight) = (vec!["go lang".into()], 1))
            .guide("tags/_index.md", |f| f.title = Some("All tags".into()))
            .guide("tags/go-lang/_index.md", |f| f.title = Some("The Go language".into()))
            .index();
        assert_eq!(index.children("/tags/"), ["/tags/a/b/", "/tags/c#/", "/tags/go-lang/", "/tags/über/"]);
        assert_eq!(index.children("/tags/go-lang/"), ["/a/y/", "/a/x/"]);
        assert_eq!(index.children("/categories/"), [""; 0]);
        assert_eq!(index.children("/"), ["/a/"]);
        let tags = &index.pages[index.id("/tags/")];
        assert_eq!((tags.kind, tags.title.as_str()), (PageKind::Taxonomy, "All tags"));
        let term = &index.pages[index.id("/tags/c#/")];
        assert_eq!(
            (term.kind, term.title.as_str(), term.address.href().as_str()),
            (PageKind::Term, "C#", "/tags/c%23/")
        );
        assert_eq!(index.addresses(&index.ancestors(term.id)), ["/", "/tags/"]);
        let x = &index.pages[index.id("/a/x/")];
        assert_eq!(x.terms[0].0, "tags");
        assert_eq!(index.addresses(&x.terms[0].1), ["/tags/a/b/", "/tags/c#/", "/tags/go-lang/", "/tags/über/"]);
    }

    #[test]
    fn aliases_stand_where_hugo_puts_them() {
        let index = Site::new()
            .guide("al/_index.md", |f| f.aliases = vec!["secrel".into(), "/secabs".into()])
            .guide("al/one.md", |f| {
                f.aliases = [
                    "rel",
                    "./dotrel",
                    "../up",
                    "/abs",
                    "/abs2/",
                    "/abs3.html",
                    "rel4.html",
                    "With Space",
                    "/a.b/",
                    "/UP/Case",
                ]
                .map(str::to_owned)
                .into();
            })
            .guide("al/b/index.md", |f| f.aliases = vec!["brel".into(), "../bup".into()])
            .guide("al/url.md", |f| (f.url, f.aliases) = (Some("/q/w/e.html".into()), vec!["rel2".into()]))
            .index();
        let stand: Vec<_> = index.aliases.iter().map(|alias| alias.address.as_str()).collect();
        assert_eq!(
            stand,
            [
                "/UP/Case/",
                "/a.b/",
                "/abs/",
                "/abs2/",
                "/abs3.html",
                "/al/With Space/",
                "/al/brel/",
                "/al/dotrel/",
                "/al/rel/",
                "/al/rel4.html",
                "/bup/",
                "/q/w/rel2/",
                "/secabs/",
                "/secrel/",
                "/up/",
            ]
        );
        let one = &index.pages[index.id("/al/one/")];
        assert_eq!(one.aliases.len(), 10);
        assert!(one.aliases.iter().all(|alias| index.aliases[*alias].page == one.id));
    }

    #[test]
    fn bad_aliases_are_told() {
        let surveyed = Site::new()
            .guide("a.md", |f| {
                f.aliases = [
                    "/b/",
                    "../../x",
                    "/a/../../x",
                    "https://x.test/y",
                    "/q?x=1",
                    "/c#d",
                    "",
                    "/pic.png.html",
                    "/same",
                    "/SAME/",
                ]
                .map(str::to_owned)
                .into();
            })
            .guide("b.md", |f| f.aliases = vec!["/same/".into()])
            .statics(&["pic.png.html"])
            .survey();
        let codes: Vec<_> = surveyed.findings.iter().map(|finding| finding.code.as_str()).collect();
        assert_eq!(codes.iter().filter(|code| **code == "address-conflict").count(), 6, "{:#?}", surveyed.told());
        assert_eq!(codes.iter().filter(|code| **code == "alias-conflict").count(), 4, "{:#?}", surveyed.told());
        assert_eq!(surveyed.index.aliases.len(), 1);
        assert_eq!(surveyed.index.pages[surveyed.index.aliases[0].page].path, "b.md", "the last by path, as in Hugo");
        assert!(surveyed.index.has_file("pic.png.html"));
    }

    #[test]
    fn edit_links_speak_the_language_of_the_host() {
        for (url, want) in [
            ("https://github.com/o/r", "https://github.com/o/r/edit/main/docs/content/a%20b.md"),
            ("https://gitlab.com/o/r/", "https://gitlab.com/o/r/-/edit/main/docs/content/a%20b.md"),
            ("https://codeberg.org/o/r", "https://codeberg.org/o/r/_edit/main/docs/content/a%20b.md"),
        ] {
            let mut site = Site::new();
            site.config.repository = Some(Repository { url: url.into(), branch: "main".into(), path: "/docs/".into() });
            let index = site.guides(&["a b.md"]).index();
            assert_eq!(index.pages[1].edit_url.as_deref(), Some(want));
        }
    }

    #[test]
    fn large_sites_take_no_longer_a_page_than_small_ones() {
        let mut site = Site::new();
        for number in 0..5_000 {
            site = site.guide(&format!("s{}/p{number}/index.md", number % 3), |f| {
                f.aliases = vec![format!("/old/{number}/")];
                f.title = Some("one title".into());
            });
        }
        let index = site.index();
        assert_eq!(index.pages.len(), 5_004);
        assert_eq!(index.aliases.len(), 5_000);
    }
}
