//! What is built, in which order, and in parallel: from the files of a site to its bundle.
//!
//! [`build`] is a pure function of its [`Inputs`]: no disk, no clock, and the same bundle however many threads there are.

mod fingerprint;
mod load;
mod patch;
mod policy;
mod recall;
pub mod record;
mod session;
mod shelf;
mod stream;

use fingerprint::{Given, digest, digests, fingerprint};
pub use policy::{Beside, Command, Policy};
pub use session::{Log, Session, logged};
pub use shelf::{Memory, Roll, Shelf};

use crate::base::digest::{Digest, Fingerprint};
use crate::base::{Diagnostic, Source};
use crate::input::config::{BaseUrl, Config};
use crate::input::date::Date;
use crate::input::files::{Content, SiteFiles};
use crate::page::highlight::Highlighter;
use crate::page::rendered::{self, Rendered};
use crate::page::watch::Watch;
use crate::page::world::{PageId, World};
use crate::site::artifact::{Artifact, Bundle, Facts, Kind};
use crate::site::checks::Checks;
use crate::site::checks::links::Pages;
use crate::site::compose::{self, Composed};
use crate::site::failure;
use crate::site::search::{self, Record, Records};
use crate::site::whole::{Changes, Reader, Site};
use crate::site::{extras, llms};
use rayon::prelude::*;
use recall::{Asked, Before, Questions, Remembered};
use std::sync::Arc;

/// Everything that a build depends on.
pub struct Inputs<'a> {
    /// The site's files.
    pub files: &'a SiteFiles,
    /// What was found while they were read.
    pub found: Vec<Diagnostic>,
    /// The time, for drafts and guides of the future.
    pub now: Date,
    /// In place of the configuration's `base_url`.
    pub base_url: Option<BaseUrl>,
    /// Whether drafts are published.
    pub drafts: bool,
    /// Whether guides of the future are published.
    pub future: bool,
    /// Values to bake in, by name.
    pub baked: Vec<(String, serde_json::Value)>,
    /// Whether there is to be a search, where the configuration does not forbid it.
    pub search: bool,
    /// What the command makes of findings.
    pub command: Command,
    /// The highlighter; one that was used before knows much already.
    pub highlighter: Arc<Highlighter>,
    /// Reads a file for `include`.
    pub reader: Reader,
    /// When each guide last changed.
    pub changes: Changes,
    /// Who wants to know how long single guides and shortcodes take.
    pub watch: Option<Arc<dyn Watch>>,
    /// Told the name of each stage when it is done.
    pub lap: &'a (dyn Fn(&str) + Sync),
}

/// How many pages a thread takes at once. Pages differ in size: left alone, rayon gives a quarter of them to a thread in one
/// piece, which another one then waits for.
const FEW: usize = 4;

/// Why nothing can be built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong with the configuration, or a value that was to be baked in.
    pub diagnostics: Vec<Diagnostic>,
}

/// The site before any of its pages is rendered, for those who measure the stages one by one.
///
/// # Errors
/// As [`build`].
pub fn site(inputs: Inputs<'_>) -> Result<(Arc<Site>, Vec<Diagnostic>), Refusal> {
    load::load(inputs).map(|(site, found)| (Arc::new(site), found))
}

/// Builds a site in memory.
///
/// # Errors
/// When the configuration is wrong, or a value that cannot be baked in was given.
pub fn build(inputs: Inputs<'_>) -> Result<Bundle, Refusal> {
    deep(|| built_onto(inputs, &Memory).map(|(bundle, _)| bundle))
}

/// Builds a site whose pages wait on `shelf` until all is done.
///
/// # Errors
/// As [`build`]; nothing is on the shelf then.
pub fn build_onto(inputs: Inputs<'_>, shelf: &dyn Shelf) -> Result<Bundle, Refusal> {
    deep(|| {
        let (bundle, built) = built_onto(inputs, shelf)?;
        // Who builds onto a shelf ends soon, and taking a whole site apart piece by piece takes a while.
        std::mem::forget(built);
        Ok(bundle)
    })
}

fn built_onto(inputs: Inputs<'_>, shelf: &dyn Shelf) -> Result<(Bundle, Built), Refusal> {
    let (lap, files) = (inputs.lap, inputs.files);
    let given = Given::of(&inputs);
    let (built, digests) = rayon::join(|| stream::built(inputs, shelf), || digests(files));
    let (built, full_text) = built?;
    let bundle = with_full_text(built.others(files, given, &digests), full_text);
    lap("other files");
    Ok((bundle, built))
}

/// Builds a site as [`build`] does, with the findings of `beside` among the others: those that take more than the site
/// itself, such as the answers of other sites or what was computed in an earlier run.
///
/// # Errors
/// As [`build`].
pub fn check(inputs: Inputs<'_>, beside: Outside<'_>) -> Result<Bundle, Refusal> {
    deep(|| {
        let (lap, files) = (inputs.lap, inputs.files);
        let given = Given::of(&inputs);
        let (built, digests) = rayon::join(|| Built::whole(inputs, Next::Nothing), || digests(files));
        let mut built = built?;
        let found = beside(&built.site, &built.rendered);
        built.found.extend(found);
        Ok(built.bundle(files, given, &digests, lap))
    })
}

/// Findings about a rendered site that come from outside of it.
pub type Outside<'a> = &'a (dyn Fn(&Site, &[Option<Rendered>]) -> Vec<Diagnostic> + Sync);

/// The digest of what a build depends on, but for the time, the last changes and files that guides include.
#[must_use]
pub fn sources(inputs: &Inputs<'_>) -> String {
    let found = format!("{:?}", inputs.found);
    let mut all = Fingerprint::default();
    let options = Given::of(inputs).options;
    all.add(fingerprint(inputs.files, &digests(inputs.files), &options)).add(found);
    all.add(format!("{:?}", inputs.command)).finish().hex()
}

/// The name of threads that have the room.
const DEEP: &str = "guidegen";

/// Does `work` on threads with room for shortcodes inside of each other, each of which renders Markdown: that takes more
/// than the two megabytes of a thread. Whoever does more in parallel than to build does that inside as well: threads of
/// its own would cost memory.
pub fn deep<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    const STACK: usize = 32 << 20;
    if std::thread::current().name() == Some(DEEP) {
        return work();
    }
    match rayon::ThreadPoolBuilder::new().stack_size(STACK).thread_name(|_| DEEP.to_owned()).build() {
        Ok(threads) => threads.install(work),
        // A system that has no more threads to give still has those that are there.
        Err(_) => work(),
    }
}

/// Everything that a build makes of single pages, before it becomes files.
struct Built {
    site: Arc<Site>,
    /// What was found before pages were rendered.
    found: Vec<Diagnostic>,
    rendered: Vec<Option<Rendered>>,
    /// What each page asked while it was rendered.
    asked: Vec<Questions>,
    composed: Vec<Composed>,
    /// The Markdown of each page.
    markdown: Vec<Option<Artifact>>,
    /// What stands of each page in the text of all guides; nobody asks where that is written as pages come.
    texts: Vec<Option<Arc<str>>>,
    not_found: Composed,
    /// What no body of a guide is part of.
    standing: Vec<Artifact>,
    /// What the search finds on each page.
    records: Vec<Option<Arc<Record>>>,
    checks: Checks,
    /// What the checks found about each page.
    untrue: Vec<Vec<Diagnostic>>,
}

impl Built {
    /// Renders every page, but for those that are what they were before.
    fn whole(inputs: Inputs<'_>, next: Next) -> Result<Self, Refusal> {
        let (lap, files) = (inputs.lap, inputs.files);
        let (site, mut found) = load::load(inputs)?;
        let site = Arc::new(site);
        lap("front matter");
        let pages: Vec<PageId> = (0..site.index.pages.len()).collect();
        let notes = !matches!(next, Next::Nothing);
        let mut kept = match next {
            Next::Build(Some(before)) => before.keep(&site),
            Next::Build(None) | Next::Nothing => Vec::new(),
        };
        kept.resize_with(pages.len(), || None);
        let again = |(id, kept): (PageId, Option<Remembered>)| {
            kept.unwrap_or_else(|| watched(&site, id, || render(&site, id, notes)))
        };
        // Large schemas take their time to compile, which one thread does beside the rendering.
        let ((rendered, asked), (checks, problems)) = rayon::join(
            || {
                kept.into_par_iter()
                    .with_max_len(1)
                    .enumerate()
                    .map(again)
                    .unzip::<_, _, Vec<Option<Rendered>>, Vec<Questions>>()
            },
            || Checks::new(&site, files),
        );
        found.extend(problems);
        let compose =
            |id: &PageId| watched(&site, *id, || compose::page(&site, *id, rendered.get(*id).and_then(Option::as_ref)));
        let composed: Vec<Composed> = pages.par_iter().with_max_len(FEW).map(compose).collect();
        let not_found = compose::not_found(&site);
        lap("pages");
        let texts = pages.par_iter().with_max_len(FEW).map(|id| text(&site, *id, rendered.get(*id))).collect();
        let (markdown, records) = pages
            .par_iter()
            .with_max_len(FEW)
            .map(|id| {
                let rendered = rendered.get(*id).and_then(Option::as_ref);
                (markdown(&site, *id, rendered), search::record(&site, *id, rendered).map(Arc::new))
            })
            .unzip();
        let standing = extras::standing(&site, files);
        let untrue = Vec::new();
        let mut built = Self {
            site,
            found,
            rendered,
            asked,
            composed,
            markdown,
            texts,
            not_found,
            standing,
            records,
            checks,
            untrue,
        };
        built.untrue = built.check(&pages);
        lap("checks");
        Ok(built)
    }

    /// The findings of the checks about `pages`.
    fn check(&self, pages: &[PageId]) -> Vec<Vec<Diagnostic>> {
        pages.par_iter().with_max_len(FEW).map(|id| self.checks.page(&self.site, *id, self)).collect()
    }

    /// The whole site as files.
    fn bundle(&self, files: &SiteFiles, given: Given, digests: &[Digest], lap: &(dyn Fn(&str) + Sync)) -> Bundle {
        let bundle = with_full_text(self.others(files, given, digests), self.full_text());
        lap("other files");
        bundle
    }

    /// The text of all guides, by far the largest file of most sites: in pieces, as nobody may ask for it.
    fn full_text(&self) -> Artifact {
        let texts = llms::order(&self.site.index).into_iter().filter_map(|id| self.texts.get(id)?.clone());
        let pieces = std::iter::once(llms::heading(&self.site.config).into()).chain(texts).collect();
        Artifact { path: llms::FULL.to_owned(), content: Content::Pieces(pieces), kind: llms::KIND, digest: None }
    }

    /// All files but the text of all guides.
    fn others(&self, files: &SiteFiles, given: Given, digests: &[Digest]) -> Bundle {
        let site = &self.site;
        // Where two have one path, the first stays: the author's own files are the first of all.
        let mut artifacts = self.standing.clone();
        artifacts.extend(self.markdown.iter().flatten().cloned());
        let mut found = self.found.clone();
        found.extend(self.rendered.iter().flatten().flat_map(|page| page.diagnostics.iter().cloned()));
        found.extend(self.untrue.iter().flatten().cloned());
        found.extend(Checks::whole(site, files, &self.rendered));
        let without_button = self.composed.iter().filter_map(|page| page.without_button.as_ref());
        found.extend(compose::missing_buttons(without_button));
        for page in self.composed.iter().chain([&self.not_found]) {
            found.extend(page.diagnostics.iter().cloned());
            artifacts.extend(page.artifact.clone());
        }
        let pages = self.composed.iter().chain([&self.not_found]);
        found.extend(failure::tell(pages.filter_map(|page| page.failure.as_ref())));
        found.extend(site.navigation_failure());
        let assets = assets(site);
        artifacts.push(extras::host_headers(site, files, &assets));
        artifacts.extend(assets);
        let artifacts = unique(artifacts);
        let policy = Policy::new(given.command, &site.config);
        let diagnostics = policy.apply(found);
        let count = |severity| diagnostics.iter().filter(|found| found.severity == severity).count();
        let strict = Policy::new(Command::Check(Beside::default()), &site.config);
        let facts = Facts {
            base_url: site.config.base_url.as_ref().map(BaseUrl::href),
            errors: count(crate::base::Severity::Error),
            unfit: diagnostics.iter().filter(|found| strict.is_error(found)).count(),
            warnings: count(crate::base::Severity::Warning),
            drafts: given.drafts,
            baked: given.baked,
            pages: site.index.pages.len(),
            sources: fingerprint(files, digests, &given.options),
        };
        Bundle { artifacts, diagnostics, facts, search: self.search(), until: site.index.until }
    }

    /// What the search finds.
    fn search(&self) -> Option<Records> {
        self.site.config.search.then(|| Records {
            language: self.site.config.language.to_lowercase(),
            pages: self.records.iter().flatten().cloned().collect(),
        })
    }
}

impl Pages for Built {
    fn rendered(&self, id: PageId) -> Option<&Rendered> {
        self.rendered.get(id)?.as_ref()
    }

    fn page(&self, id: PageId) -> Option<&str> {
        text_of(self.composed.get(id)?.artifact.as_ref()?)
    }
}

/// The bundle with the text of all guides, where no file of the author's has its name.
fn with_full_text(mut bundle: Bundle, full_text: Artifact) -> Bundle {
    let place = bundle.artifacts.binary_search_by(|artifact| artifact.path.cmp(&full_text.path));
    if let Err(at) = place {
        bundle.artifacts.insert(at, full_text);
    }
    bundle
}

/// What comes after a build.
enum Next {
    /// Another one, which begins with what was built; so may this one.
    Build(Option<Before>),
    Nothing,
}

/// Does `work` on a page, and tells whoever wants to know how long it took.
fn watched<T>(site: &Site, id: PageId, work: impl FnOnce() -> T) -> T {
    let Some(watch) = site.watch() else { return work() };
    let began = watch.now();
    let done = work();
    if let Some(guide) = site.index.page(id).and_then(|page| page.guide.as_ref()) {
        watch.guide(&guide.path, watch.now().saturating_sub(began));
    }
    done
}

/// A page, and what it asked if that is to be noted.
fn render(site: &Arc<Site>, id: PageId, notes: bool) -> Remembered {
    let page = site.index.page(id).filter(|page| page.is_written());
    let Some(guide) = page.and_then(|page| page.guide.as_ref()) else { return Remembered::default() };
    let render =
        |world: Arc<dyn World>| Some(rendered::render(world, &site.scopes, id, guide.source.clone(), guide.body));
    if !notes {
        return (render(Arc::<Site>::clone(site)), Questions::default());
    }
    let asked = Arc::new(Asked::new(Arc::clone(site), id));
    (render(Arc::<Asked>::clone(&asked)), asked.questions())
}

fn markdown(site: &Site, id: PageId, rendered: Option<&Rendered>) -> Option<Artifact> {
    Some(crate::site::markdown_file::artifact(site, site.index.page(id)?, rendered?))
}

fn text(site: &Site, id: PageId, rendered: Option<&Option<Rendered>>) -> Option<Arc<str>> {
    extras::part_of_full_text(site, id, rendered?.as_ref()).map(Arc::from)
}

fn text_of(artifact: &Artifact) -> Option<&str> {
    artifact.content.text()
}

/// The files whose names change with their content.
fn assets(site: &Site) -> Vec<Artifact> {
    let assets = site.used_assets();
    assets.into_iter().map(|(path, bytes)| Artifact::new(path, Kind::HashedAsset, bytes.to_vec())).collect()
}

/// Sorted by path; of two with one path the first. The index has told of every such pair that an author can mend.
fn unique(mut artifacts: Vec<Artifact>) -> Vec<Artifact> {
    artifacts.sort_by(|a, b| a.path.cmp(&b.path));
    artifacts.dedup_by(|later, first| later.path == first.path);
    artifacts
}

/// The text of a file and its name from the root, for those that are no guides.
fn source(folder: &str, path: &str, text: &str) -> Source {
    Source::new(if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") }, text)
}

impl std::fmt::Debug for Inputs<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inputs").field("now", &self.now).field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

/// The configuration alone, for those who need no more of a site.
#[must_use]
pub fn configuration(files: &SiteFiles) -> (Config, Vec<Diagnostic>) {
    load::configuration(files)
}
