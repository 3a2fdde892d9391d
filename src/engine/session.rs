//! Building again and again: what the last build knows is used where it is still true.
//!
//! The author's loop is an edit in the body of a guide. Its page is all that can look different then, apart from the
//! files that are put together from all pages: titles, addresses, order and everything else that pages show of each
//! other come from front matter. A static file is shown by the pages that ask for its hashed name. So a change of bodies
//! and static files alone renders those pages again. After any other change pages are composed anew, and the content of
//! those alone is rendered which would get other answers from the site ([`super::recall`]); after one of the
//! configuration or the options, everything is. Which of these it is follows from comparing the inputs themselves; nobody
//! has to say what changed.

use super::patch::Effect;
use super::recall::{Before, Remembered};
use super::{Built, Command, Given, Inputs, Refusal, load, text_of};
use crate::base::digest::Digest;
use crate::base::{Diagnostic, Source};
use crate::input::config::BaseUrl;
use crate::input::date::Date;
use crate::input::files::{Content, File, SiteFiles};
use crate::input::guide::Guide;
use crate::input::tested;
use crate::page::html::{self, Piece};
use crate::page::world::PageId;
use crate::site::artifact::Bundle;
use crate::site::compose::{self, Composed};
use crate::site::extras;
use crate::site::images;
use crate::site::search;
use crate::site::whole::{Changes, Reader};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// Builds one site, each time it changed.
#[derive(Default)]
pub struct Session {
    last: Option<Last>,
}

/// The last build, and what it depended on.
pub(super) struct Last {
    inputs: Kept,
    /// The digest of each file.
    pub(super) digests: Vec<Digest>,
    read: Log,
    pub(super) built: Built,
    /// What was made of it, but for what the search finds.
    pub(super) bundle: Bundle,
    /// The paths of the assets in it.
    pub(super) assets: Vec<String>,
}

/// The files that guides included, with the digest of what was read, or of why it could not be.
pub type Log = Arc<Mutex<BTreeMap<String, Digest>>>;

/// The inputs of a build, to compare the next ones with.
struct Kept {
    files: SiteFiles,
    found: Vec<Diagnostic>,
    now: Date,
    base_url: Option<BaseUrl>,
    drafts: bool,
    future: bool,
    baked: Vec<(String, serde_json::Value)>,
    search: bool,
    command: Command,
    changes: Changes,
}

impl Session {
    /// A session that has built nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Builds the site: the same bundle as [`super::build`] makes of the same inputs. The last changes of guides count
    /// as the same while they are told by the same function.
    ///
    /// # Errors
    /// As [`super::build`].
    pub fn build(&mut self, inputs: Inputs<'_>) -> Result<Bundle, Refusal> {
        super::deep(|| self.built(inputs))
    }

    fn built(&mut self, mut inputs: Inputs<'_>) -> Result<Bundle, Refusal> {
        // What a failure leaves behind is not built upon.
        let mut last = self.last.take();
        if let Some(edited) = last.as_mut()
            && let Some(edits) = edited.edits(&inputs)
        {
            let effect = edited.apply(&inputs, edits);
            if let (Some(effect), Some(mut edited)) = (effect, last.take()) {
                if !edited.patch(&inputs, &effect) {
                    let bundle = edited.built.bundle(inputs.files, Given::of(&inputs), &edited.digests, inputs.lap);
                    edited.take_bundle(bundle);
                }
                let bundle = edited.shown();
                self.last = Some(edited);
                return Ok(bundle);
            }
            last = None;
        }
        let before = last.and_then(|last| last.before(&inputs));
        let kept = Kept::of(&inputs);
        let read = Log::default();
        inputs.reader = logged(inputs.reader, Arc::clone(&read));
        let (files, lap, given) = (inputs.files, inputs.lap, Given::of(&inputs));
        let (built, digests) =
            rayon::join(|| Built::whole(inputs, super::Next::Build(before)), || super::digests(files));
        let built = built?;
        let bundle = built.bundle(files, given, &digests, lap);
        let mut last = Last { inputs: kept, digests, read, built, bundle: Bundle::default(), assets: Vec::new() };
        last.take_bundle(bundle);
        let bundle = last.shown();
        self.last = Some(last);
        Ok(bundle)
    }
}

/// The ids of a page.
#[derive(PartialEq, Eq)]
struct Targets {
    /// Those that the guide itself makes: they are proposed where a link misses one.
    own: BTreeSet<String>,
    /// Those of the whole page, which links find.
    all: BTreeSet<String>,
}

/// A page whose body changed.
struct Edit {
    page: PageId,
    /// The number of its file in `content/`.
    file: usize,
    guide: Guide,
}

impl Last {
    /// The bodies that are new, when nothing else is but static files; none when anything else is.
    fn edits(&self, inputs: &Inputs<'_>) -> Option<Vec<Edit>> {
        if !self.inputs.agree(inputs) || !self.includes_agree(&inputs.reader) {
            return None;
        }
        let (before, now) = (&self.inputs.files.content, &inputs.files.content);
        let mut changed = Vec::new();
        for (file, (before, now)) in before.iter().zip(now).enumerate() {
            if before.path != now.path {
                return None;
            }
            if before.content != now.content {
                changed.push((file, guide_with_new_body(before, now)?));
            }
        }
        if changed.is_empty() {
            return Some(Vec::new());
        }
        let pages = &self.built.site.index.pages;
        let page_of = |source: &Source| {
            let is_it = |guide: &Arc<Guide>| guide.source.path() == source.path();
            pages.iter().find(|page| page.guide.as_ref().is_some_and(is_it)).map(|page| page.id)
        };
        // A guide without a page is a draft, or of the future; whoever looks at it may find more than its page.
        changed.into_iter().map(|(file, guide)| Some(Edit { page: page_of(&guide.source)?, file, guide })).collect()
    }

    /// Renders the edited pages; none where that could not be done.
    fn apply(&mut self, inputs: &Inputs<'_>, edits: Vec<Edit>) -> Option<Effect> {
        let mut effect = Effect::default();
        let tree = self.built.site.navigation_failure();
        let site = Arc::get_mut(&mut self.built.site)?;
        let mut pages: BTreeSet<PageId> = edits.iter().map(|edit| edit.page).collect();
        for edit in &edits {
            let now = inputs.files.content.get(edit.file);
            if let (Some(kept), Some(now)) = (self.inputs.files.content.get_mut(edit.file), now) {
                kept.content = now.content.clone();
                let before = usize::from(inputs.files.config.is_some());
                if let Some(digest) = self.digests.get_mut(before + edit.file) {
                    *digest = super::digest(now);
                }
            }
        }
        site.replace_bodies(edits.into_iter().map(|edit| (edit.page, edit.guide)).collect());
        let mut has_same_rules = true;
        if self.inputs.files.statics != inputs.files.statics {
            has_same_rules = !self.built.checks.take_rules(inputs.files);
            pages.extend(site.replace_statics(&inputs.files.statics));
            self.take_statics(inputs.files);
            effect.is_wide = true;
        }
        if pages.remove(&usize::MAX) {
            self.built.not_found = compose::not_found(&self.built.site);
        }
        let pages: Vec<PageId> = pages.into_iter().collect();
        let targets: Vec<Targets> = pages.iter().map(|id| self.targets(*id)).collect();
        let site = &self.built.site;
        let again: Vec<(PageId, Remembered, Composed)> = pages
            .par_iter()
            .map(|id| {
                let remembered = super::render(site, *id, true);
                let composed = compose::page(site, *id, remembered.0.as_ref());
                (*id, remembered, composed)
            })
            .collect();
        for (id, (rendered, asked), composed) in again {
            effect.before.push(self.built.composed.get(id).and_then(|page| page.artifact.clone()));
            effect.before.push(self.built.markdown.get(id).and_then(Option::clone));
            effect.pages.push(id);
            effect.is_wide |= !self.tells_the_same(id, rendered.as_ref(), &composed);
            if let Some(room) = self.built.asked.get_mut(id) {
                *room = asked;
            }
            if let Some(room) = self.built.markdown.get_mut(id) {
                *room = super::markdown(&self.built.site, id, rendered.as_ref());
            }
            if let Some(room) = self.built.texts.get_mut(id) {
                *room = super::text(&self.built.site, id, Some(&rendered));
            }
            if let Some(room) = self.built.records.get_mut(id) {
                *room = search::record(&self.built.site, id, rendered.as_ref()).map(Arc::new);
            }
            if let Some(room) = self.built.rendered.get_mut(id) {
                *room = rendered;
            }
            if let Some(room) = self.built.composed.get_mut(id) {
                *room = composed;
            }
        }
        (inputs.lap)("pages");
        // Links from other pages are as good as they were while there is the same to link to.
        let is_same = has_same_rules && pages.iter().zip(&targets).all(|(id, before)| self.targets(*id) == *before);
        let checked = if is_same { pages } else { (0..self.built.composed.len()).collect() };
        for (id, found) in checked.iter().zip(self.built.check(&checked)) {
            if let Some(room) = self.built.untrue.get_mut(*id) {
                effect.is_wide |= *room != found;
                *room = found;
            }
        }
        // The tree of guides is drawn when the first page asks for it.
        effect.is_wide |= self.built.site.navigation_failure() != tree;
        (inputs.lap)("checks");
        Some(effect)
    }

    /// Takes in static files with other bytes.
    fn take_statics(&mut self, files: &SiteFiles) {
        let before =
            usize::from(files.config.is_some()) + files.content.len() + files.data.len() + files.templates.len();
        for (digest, (kept, now)) in
            self.digests.iter_mut().skip(before).zip(self.inputs.files.statics.iter().zip(&files.statics))
        {
            if kept.content != now.content {
                *digest = super::digest(now);
            }
        }
        self.inputs.files.statics.clone_from(&files.statics);
        self.built.standing = extras::standing(&self.built.site, files);
    }

    /// What of this build the next one may keep; nothing when its configuration or options are others.
    fn before(self, inputs: &Inputs<'_>) -> Option<Before> {
        let (before, now) = (&self.inputs.files, inputs.files);
        self.inputs.options_agree(inputs).then(|| Before {
            same_templates: before.templates == now.templates,
            same_data: before.data == now.data,
            site: self.built.site,
            rendered: self.built.rendered,
            asked: self.built.asked,
        })
    }

    /// What there is on a page for links to lead to.
    fn targets(&self, id: PageId) -> Targets {
        let rendered = self.built.rendered.get(id).and_then(Option::as_ref);
        let own = rendered.into_iter().flat_map(|page| page.ids.iter().map(|used| used.id.clone())).collect();
        let mut all = BTreeSet::new();
        let artifact = self.built.composed.get(id).and_then(|page| page.artifact.as_ref());
        for piece in artifact.and_then(text_of).map(html::pieces).into_iter().flatten() {
            let Piece::Tag(tag) = piece else { continue };
            let named = tag.attributes().filter(|attribute| {
                attribute.name.eq_ignore_ascii_case("id") || attribute.name.eq_ignore_ascii_case("name")
            });
            all.extend(named.map(|attribute| attribute.value.to_owned()));
        }
        Targets { own, all }
    }

    /// Whether everything that guides included reads as it did.
    fn includes_agree(&self, reader: &Reader) -> bool {
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner).clone();
        reads_as(&read, reader)
    }
}

impl Kept {
    fn of(inputs: &Inputs<'_>) -> Self {
        Self {
            files: inputs.files.clone(),
            found: inputs.found.clone(),
            now: inputs.now,
            base_url: inputs.base_url.clone(),
            drafts: inputs.drafts,
            future: inputs.future,
            baked: inputs.baked.clone(),
            search: inputs.search,
            command: inputs.command,
            changes: Arc::clone(&inputs.changes),
        }
    }

    /// Whether all but `content/` is the same, and the bytes of static files.
    fn agree(&self, inputs: &Inputs<'_>) -> bool {
        let (before, now) = (&self.files, inputs.files);
        self.options_agree(inputs)
            && before.data == now.data
            && before.templates == now.templates
            && look_the_same(&before.statics, &now.statics)
            && before.schemas == now.schemas
            && before.content.len() == now.content.len()
            && self.found == inputs.found
            && Arc::ptr_eq(&self.changes, &inputs.changes)
    }

    /// Whether the configuration is the same, and what was said on the command line.
    fn options_agree(&self, inputs: &Inputs<'_>) -> bool {
        self.files.config == inputs.files.config
            && self.now == inputs.now
            && self.base_url == inputs.base_url
            && (self.drafts, self.future, self.search) == (inputs.drafts, inputs.future, inputs.search)
            && self.command == inputs.command
            && self.baked == inputs.baked
    }
}

/// Whether these are the same files, whatever is in them: a large one, which has no hashed name, stays a large one, and an
/// image keeps its size, which any page may show.
fn look_the_same(before: &[File], now: &[File]) -> bool {
    let is_in_memory = |file: &File| matches!(file.content, Content::Bytes(_));
    let size = |file: &File| images::size_of(&file.path, &file.content);
    before.len() == now.len()
        && before.iter().zip(now).all(|(before, now)| {
            before.path == now.path
                && is_in_memory(before) == is_in_memory(now)
                && (before.content == now.content || size(before) == size(now))
        })
}

/// The guide in `now`, when it differs from the one in `before` in its body alone, and nothing new was found in it.
fn guide_with_new_body(before: &File, now: &File) -> Option<Guide> {
    let ((before, found), (guide, still)) = (load::guide(before)?, load::guide(now)?);
    let head = |source: &Source, end: usize| source.text().get(..end).map(str::to_owned);
    let is_same = before.body.start == guide.body.start
        && head(&before.source, before.body.start) == head(&guide.source, guide.body.start)
        && found == still
        // Other pages show these.
        && tested::of_body(text_of_body(&before)) == tested::of_body(text_of_body(&guide));
    is_same.then_some(guide)
}

fn text_of_body(guide: &Guide) -> &str {
    guide.source.text().get(guide.body.range()).unwrap_or_default()
}

/// Whether files read as they did when they were logged.
pub(super) fn reads_as(log: &BTreeMap<String, Digest>, reader: &Reader) -> bool {
    log.iter().all(|(path, digest)| digest_of(&reader(path)) == *digest)
}

/// The same reader, which writes down in `log` what it was asked for.
#[must_use]
pub fn logged(reader: Reader, log: Log) -> Reader {
    Arc::new(move |path| {
        let read = reader(path);
        log.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), digest_of(&read));
        read
    })
}

pub(super) fn digest_of(read: &Result<String, String>) -> Digest {
    match read {
        Ok(text) => Digest::of(text.as_bytes()),
        // No text begins with a NUL: that would be a finding of its own.
        Err(why) => Digest::of(format!("\0{why}").as_bytes()),
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("has_built", &self.last.is_some()).finish()
    }
}
