//! A build that lets go of its files as they are made. A page is rendered, composed, checked by itself and put on the
//! shelf before the next one is begun; what is kept of it is what other pages, lists and checks ask for later. So a build
//! needs memory for what was read and for a few pages, however many there are.
//!
//! Pages are taken in the order in which their texts stand in `llms-full.txt`, which is written as they come.

use super::shelf::{Roll, Shelf};
use super::{Built, FEW, Inputs, Refusal, load, markdown, render};
use crate::base::Diagnostic;
use crate::input::files::SiteFiles;
use crate::page::rendered::Rendered;
use crate::page::world::PageId;
use crate::site::artifact::Artifact;
use crate::site::checks::Checks;
use crate::site::checks::links::{self, Pages};
use crate::site::compose::{self, Composed};
use crate::site::search::{self, Record};
use crate::site::whole::Site;
use crate::site::{extras, llms};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// So many rendered pages wait for what their composition needs before anybody waits with them.
const WAITING: usize = 256;

/// The site with its files on `shelf`, and the text of all guides.
pub(super) fn built(inputs: Inputs<'_>, shelf: &dyn Shelf) -> Result<(Built, Artifact), Refusal> {
    let (lap, files, changes) = (inputs.lap, inputs.files, Arc::clone(&inputs.changes));
    let (site, mut found) = load::load(inputs)?;
    let site = Arc::new(site);
    lap("front matter");
    let listed = llms::order(&site.index);
    let line = Line {
        site: &site,
        files,
        shelf,
        checks: OnceLock::new(),
        is_dated: AtomicBool::new(false),
        waiting: Mutex::default(),
        text: Mutex::new(FullText::new(&site, &listed, shelf)),
    };
    let mut made = std::thread::scope(|threads| {
        // The history is read beside all this, and nobody of those who work waits for it.
        let wait = || {
            changes();
            line.is_dated.store(true, Ordering::Release);
        };
        if std::thread::Builder::new().spawn_scoped(threads, wait).is_err() {
            // Without a thread to wait, whoever composes the first page does.
            line.is_dated.store(true, Ordering::Release);
        }
        line.all(listed)
    });
    made.sort_unstable_by_key(|(id, _)| *id);
    lap("pages");
    let (checks, problems) = line.checks.into_inner().unwrap_or_else(|| Checks::new(&site, files));
    found.extend(problems);
    let full_text = line.text.into_inner().unwrap_or_else(PoisonError::into_inner).roll.finish();
    let mut built = Built {
        found,
        rendered: Vec::with_capacity(made.len()),
        asked: Vec::new(),
        composed: Vec::with_capacity(made.len()),
        markdown: Vec::with_capacity(made.len()),
        texts: Vec::new(),
        not_found: Composed::default(),
        standing: Vec::new(),
        records: Vec::with_capacity(made.len()),
        checks,
        untrue: Vec::with_capacity(made.len()),
        site: Arc::clone(&site),
    };
    for (_, page) in made {
        built.rendered.push(page.rendered);
        built.composed.push(page.composed);
        built.markdown.push(page.markdown);
        built.records.push(page.record);
        built.untrue.push(page.untrue);
    }
    let beside = || (compose::not_found(&site), extras::standing(&site, files));
    let (of_links, (not_found, standing)) = rayon::join(|| check_links(&built, shelf), beside);
    (built.not_found, built.standing) = (not_found, standing);
    for (own, links) in of_links.into_iter().enumerate() {
        if let Some(room) = built.untrue.get_mut(own) {
            room.extend(links);
        }
    }
    lap("checks");
    Ok((built, full_text))
}

/// The findings about the links of each page.
fn check_links(built: &Built, shelf: &dyn Shelf) -> Vec<Vec<Diagnostic>> {
    let texts = built.composed.iter().map(|_| OnceLock::new()).collect();
    let pages = OnShelf { built, shelf, texts };
    let ids: Vec<PageId> = (0..built.composed.len()).collect();
    ids.par_iter().with_max_len(FEW).map(|id| built.checks.links(&built.site, *id, &pages)).collect()
}

/// All pages, those on the shelf read when somebody asks for more than their links and ids.
struct OnShelf<'a> {
    built: &'a Built,
    shelf: &'a dyn Shelf,
    texts: Vec<OnceLock<Option<String>>>,
}

impl Pages for OnShelf<'_> {
    fn rendered(&self, id: PageId) -> Option<&Rendered> {
        self.built.rendered.get(id)?.as_ref()
    }

    fn page(&self, id: PageId) -> Option<&str> {
        let read = || Some(links::named(&self.shelf.text(self.built.composed.get(id)?.artifact.as_ref()?)?));
        self.texts.get(id)?.get_or_init(read).as_deref()
    }
}

/// What is kept of a page.
#[derive(Default)]
struct Page {
    rendered: Option<Rendered>,
    composed: Composed,
    markdown: Option<Artifact>,
    record: Option<Arc<Record>>,
    /// What the checks found that take no other page.
    untrue: Vec<Diagnostic>,
}

/// The line on which pages are made.
struct Line<'a> {
    site: &'a Arc<Site>,
    files: &'a SiteFiles,
    shelf: &'a dyn Shelf,
    /// Large schemas take their time to compile, which one thread does while others render.
    checks: OnceLock<(Checks, Vec<Diagnostic>)>,
    /// Whether the last changes of guides are known, which pages show.
    is_dated: AtomicBool,
    /// Pages that are rendered, and wait for the two.
    waiting: Mutex<Vec<(PageId, Page)>>,
    text: Mutex<FullText<'a>>,
}

impl Line<'_> {
    /// Makes all pages, those of `first` before the others.
    fn all(&self, first: Vec<PageId>) -> Vec<(PageId, Page)> {
        let mut is_first = vec![false; self.site.index.pages.len()];
        for id in &first {
            if let Some(is_first) = is_first.get_mut(*id) {
                *is_first = true;
            }
        }
        let others: Vec<PageId> = is_first.iter().enumerate().filter(|(_, first)| !**first).map(|(id, _)| id).collect();
        // In their order, one at a time to whoever is free: pages differ in size.
        let pages = || first.into_iter().chain(others).par_bridge().filter_map(|id| self.page(id)).collect();
        let (mut made, ()) = rayon::join::<_, _, Vec<(PageId, Page)>, ()>(pages, || _ = self.checks());
        let waiting = std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        let late: Vec<(PageId, Page)> =
            waiting.into_par_iter().with_max_len(1).map(|(id, page)| (id, self.complete(id, page))).collect();
        made.extend(late);
        made
    }

    /// A page, whole; none when it has to wait.
    fn page(&self, id: PageId) -> Option<(PageId, Page)> {
        let page = self.rendered(id);
        if self.checks.get().is_some() && self.is_dated.load(Ordering::Acquire) {
            return Some((id, self.complete(id, page)));
        }
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() < WAITING {
            waiting.push((id, page));
            return None;
        }
        drop(waiting);
        Some((id, self.complete(id, page)))
    }

    /// A page with its content, and what needs no more than that.
    fn rendered(&self, id: PageId) -> Page {
        let site = self.site;
        let rendered = site.timed("markdown and code", || super::watched(site, id, || render(site, id, false).0));
        site.timed("texts", || {
            let markdown = markdown(site, id, rendered.as_ref()).map(|artifact| self.shelf.put(artifact));
            let record = search::record(site, id, rendered.as_ref()).map(Arc::new);
            self.text.lock().unwrap_or_else(PoisonError::into_inner).take(site, id, rendered.as_ref());
            Page { rendered, markdown, record, ..Page::default() }
        })
    }

    /// The page in its template and checked, with what is asked of it later.
    fn complete(&self, id: PageId, page: Page) -> Page {
        let (site, rendered) = (self.site, page.rendered);
        let mut composed =
            site.timed("templates", || super::watched(site, id, || compose::page(site, id, rendered.as_ref())));
        let untrue = site.timed("checks of pages", || {
            rendered.as_ref().map(|rendered| self.checks().own(site, id, rendered)).unwrap_or_default()
        });
        composed.artifact =
            site.timed("files of pages", || composed.artifact.take().map(|artifact| self.shelf.put(artifact)));
        Page { rendered: rendered.map(Rendered::known), composed, untrue, ..page }
    }

    fn checks(&self) -> &Checks {
        &self.checks.get_or_init(|| Checks::new(self.site, self.files)).0
    }
}

/// `llms-full.txt` on its way: its parts in their order, however they come.
struct FullText<'a> {
    roll: Box<dyn Roll + 'a>,
    /// Which part a page's is.
    places: BTreeMap<PageId, usize>,
    /// The part that is written next.
    next: usize,
    /// Parts that came before their time.
    early: BTreeMap<usize, String>,
}

impl<'a> FullText<'a> {
    fn new(site: &Site, listed: &[PageId], shelf: &'a dyn Shelf) -> Self {
        let mut roll = shelf.roll(llms::FULL, llms::KIND);
        roll.push(&llms::heading(&site.config));
        let places = listed.iter().enumerate().map(|(place, id)| (*id, place)).collect();
        Self { roll, places, next: 0, early: BTreeMap::new() }
    }

    fn take(&mut self, site: &Site, id: PageId, rendered: Option<&Rendered>) {
        let Some(place) = self.places.get(&id) else { return };
        self.early.insert(*place, extras::part_of_full_text(site, id, rendered).unwrap_or_default());
        while let Some(part) = self.early.remove(&self.next) {
            self.roll.push(&part);
            self.next += 1;
        }
    }
}
