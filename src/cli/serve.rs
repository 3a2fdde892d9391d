//! `guidegen serve`: builds in memory, shows the site, and builds again whenever a file changes.

use super::Status;
use super::options::Serve;
use super::site::{counted, excerpt, guides, highlighter, keep};
use crate::base::{Diagnostic, Severity};
use crate::edge::Failure;
use crate::edge::browser;
use crate::edge::clock::{Stopwatch, spoken};
use crate::edge::git::{self, LastChanges};
use crate::edge::output::Target;
use crate::edge::search;
use crate::edge::serve::{self, Change, Changed, Files, Hosts, Index, Listener, Problem, Seen, Stage, Watch};
use crate::edge::terminal::{self, Format, Style};
use crate::engine::{self, Command, Inputs, Refusal, Session};
use crate::input::config::BaseUrl;
use crate::page::highlight::Highlighter;
use crate::site::artifact::Bundle;
use crate::site::whole::Changes;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// Serves the site until it is told to end.
pub(super) fn run(options: Serve) -> Result<Status, Failure> {
    let mut server = serve::Server::new()?;
    let site = &options.site;
    let target = options.output.as_deref().map(|output| Target::claim(output, site.root.path())).transpose()?;
    let (mut watch, note) = Watch::start(&site.root, site.config.as_deref(), options.poll);
    let files = Files::read(&site.root, site.config.as_deref())?;
    let listener = Listener::bind(options.bind, options.port)?;
    let hosts = Hosts::new(&options.hosts);
    let stage = Stage::new(site.root.path());
    for note in note.iter().filter(|_| !site.voice.quiet) {
        terminal::eprint(&format!("note: {note}\n"));
    }
    let quiet = site.voice.quiet;
    let is_open = listener.is_open();
    let opens = options.opens;
    let origin = listener.origin();
    let mut author = Author::new(options, files, target, stage.clone(), origin.clone());
    let first = server.unless_ended(move || (author.first(&mut watch), author, watch))?;
    let Some((first, author, mut watch)) = first else { return Ok(Status::Done) };
    first?;
    let address = format!("{origin}{}/", stage.now().base_path());
    if !quiet {
        terminal::eprint(&format!("Serving {address} (Ctrl-C ends it)\n"));
        if is_open {
            terminal::eprint("note: other machines can read this site while it is served\n");
        }
    }
    std::thread::Builder::new()
        .name("author".to_owned())
        .spawn(move || author.follow(&mut watch))
        .map_err(|error| Failure::new(format!("cannot start a thread: {error}")))?;
    if opens && let Err(why) = browser::open(&address) {
        terminal::eprint(&format!("note: cannot open a browser: {why}\n"));
    }
    server.serve(listener, &stage, hosts)?;
    Ok(Status::Done)
}

/// Builds the site, again and again.
struct Author {
    options: Serve,
    files: Files,
    target: Option<Target>,
    stage: Stage,
    origin: String,
    highlighter: Arc<Highlighter>,
    session: Session,
    index: Index,
    /// When guides last changed; asked for again when files of `content/` came or went.
    changes: Option<Changes>,
    /// What git's history depends on.
    commit: Option<git::Commit>,
    /// Files that guides include, by name below the root; beside guides they can be anywhere in the site.
    included: Arc<Mutex<BTreeSet<String>>>,
    /// Where links of the site lead to.
    links: BTreeSet<PathBuf>,
    /// What was told of the last build.
    told: Vec<Diagnostic>,
    /// Why the site could not be read when it was last looked at.
    unreadable: Option<String>,
}

impl Author {
    fn new(options: Serve, files: Files, target: Option<Target>, stage: Stage, origin: String) -> Self {
        let voice = options.site.voice;
        let index = Index::start(stage.clone(), move |why| {
            let failure = Failure::new(why);
            terminal::eprint(&terminal::render_failure(&failure, voice.colours));
        });
        let (highlighter, links) = (Arc::new(highlighter(&options.site)), files.links());
        Self {
            options,
            files,
            target,
            stage,
            origin,
            highlighter,
            session: Session::new(),
            index,
            changes: None,
            commit: None,
            included: Arc::default(),
            links,
            told: Vec::new(),
            unreadable: None,
        }
    }

    /// The first build. One that fails is shown, so that it can be mended; a wrong command line ends the command.
    fn first(&mut self, watch: &mut Watch) -> Result<(), Failure> {
        let stopwatch = Stopwatch::start();
        let built = self.build();
        keep(&self.options.site, &self.highlighter);
        match built {
            Ok((mut bundle, base_path)) => {
                self.show(&mut bundle, &base_path, &BTreeSet::new());
                self.tell(&bundle.diagnostics);
                self.say(&format!(
                    "Built {} in {}{}\n",
                    counted(bundle.facts.pages, "page"),
                    spoken(stopwatch.total()),
                    findings(&bundle.diagnostics)
                ));
                self.write(&bundle);
            }
            Err(Fault::Refused(refusal)) if refusal.diagnostics.iter().all(|found| found.place.is_none()) => {
                self.tell(&refusal.diagnostics);
                return Err(Failure::new("there is nothing to serve"));
            }
            Err(fault) => self.fail(fault),
        }
        self.watch_included(watch);
        Ok(())
    }

    /// Builds whenever something changes.
    fn follow(mut self, watch: &mut Watch) {
        while let Some(change) = watch.wait() {
            let stopwatch = Stopwatch::start();
            let _pause = self.index.pause();
            let seen = match self.files.look(&change) {
                Ok(seen) => seen,
                Err(failure) => {
                    // A folder that went is looked for a second time, and at every turn of polling.
                    let why = Some(terminal::render_failure(&failure, false));
                    if self.unreadable != why {
                        self.unreadable = why;
                        self.fail(Fault::Unreadable(failure));
                    }
                    continue;
                }
            };
            self.unreadable = None;
            if !seen.is_new && !self.is_included(&change) {
                continue;
            }
            if seen.is_wide {
                self.changes = None;
                self.links = self.files.links();
            }
            self.rebuild(&seen, &stopwatch);
            self.watch_included(watch);
        }
    }

    fn rebuild(&mut self, seen: &Seen, stopwatch: &Stopwatch) {
        match self.build() {
            Ok((mut bundle, base_path)) => {
                let changed = self.show(&mut bundle, &base_path, &seen.touched);
                let took = spoken(stopwatch.total());
                self.tell(&bundle.diagnostics);
                self.say(&format!("{} in {took}{}\n", what(&changed), findings(&bundle.diagnostics)));
                self.write(&bundle);
            }
            Err(fault) => self.fail(fault),
        }
    }

    /// The site as it is now, and what stands before its addresses.
    fn build(&mut self) -> Result<(Bundle, String), Fault> {
        let site = &self.options.site;
        let reading = self.files.reading();
        let base_url = match &site.base_url {
            Some(base_url) => base_url.clone(),
            None => {
                let path = engine::configuration(&reading.files).0.base_url.map(|base| base.path);
                BaseUrl { origin: self.origin.clone(), path: path.unwrap_or_default() }
            }
        };
        let base_path = base_url.path.clone();
        let baked = site.baked_now().map_err(Fault::Unreadable)?;
        let commit = git::commit(site.root.path());
        if self.commit != commit {
            (self.commit, self.changes) = (commit, None);
        }
        let changes = self.changes.get_or_insert_with(|| {
            let changes = LastChanges::start(site.root.path(), guides(&reading.files));
            Arc::new(move || Arc::clone(&changes.get().dates))
        });
        let root = site.root.clone();
        let included = Arc::clone(&self.included);
        let inputs = Inputs {
            files: &reading.files,
            found: reading.diagnostics.clone(),
            now: site.now,
            base_url: Some(base_url),
            drafts: site.drafts,
            future: site.future,
            baked,
            search: site.search,
            command: Command::Build,
            highlighter: Arc::clone(&self.highlighter),
            reader: Arc::new(move |path| {
                included.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned());
                root.read_text(path)
            }),
            changes: Arc::clone(changes),
            watch: None,
            lap: &|_| {},
        };
        // What goes wrong inside of one build must not leave the browser with an old site for ever.
        let built = catch_unwind(AssertUnwindSafe(|| self.session.build(inputs)));
        match built {
            Ok(Ok(bundle)) => Ok((bundle, base_path)),
            Ok(Err(refusal)) => Err(Fault::Refused(refusal)),
            Err(_) => Err(Fault::Broken),
        }
    }

    /// Shows the site; its files stay in `bundle` where they are to be written.
    fn show(&self, bundle: &mut Bundle, base_path: &str, touched: &BTreeSet<PathBuf>) -> Changed {
        let counts = |found: &&Diagnostic| self.options.site.strict || found.severity == Severity::Error;
        let bad: Vec<Diagnostic> = bundle.diagnostics.iter().filter(counts).cloned().collect();
        let problem = (!bad.is_empty()).then(|| Problem { title: summary(&bad), text: self.text(&bad) });
        let shown = if self.target.is_some() {
            bundle.clone()
        } else {
            let artifacts = std::mem::take(&mut bundle.artifacts);
            Bundle { artifacts, search: bundle.search.take(), ..Bundle::default() }
        };
        self.index.with(shown, |bundle| {
            let (next, changed) = self.stage.now().next(bundle.artifacts, base_path, problem, touched);
            self.stage.show(next);
            changed
        })
    }

    /// Shows that nothing could be built.
    fn fail(&mut self, fault: Fault) {
        let (title, text) = match fault {
            Fault::Refused(refusal) => {
                let text = self.text(&refusal.diagnostics);
                self.tell(&refusal.diagnostics);
                ("The site cannot be built", text)
            }
            Fault::Unreadable(failure) => {
                let text = terminal::render_failure(&failure, false);
                terminal::eprint(&terminal::render_failure(&failure, self.options.site.voice.colours));
                ("The site cannot be read", text)
            }
            Fault::Broken => ("guidegen failed", "This is a fault of guidegen; please report it.\n".to_owned()),
        };
        self.say("The last good site is shown until this is mended\n");
        let problem = Problem { title: title.to_owned(), text };
        self.stage.change(|shown| shown.broken(problem));
    }

    /// Tells the findings that were not there before.
    fn tell(&mut self, diagnostics: &[Diagnostic]) {
        let new = news(&self.told, diagnostics);
        // Each finding is there once: as many, and none that is new, are the same.
        if !new.is_empty() || self.told.len() != diagnostics.len() {
            self.told = diagnostics.to_vec();
        }
        let site = &self.options.site;
        let text = self.rendered(&new, site.format, site.voice.colours);
        if site.format.is_for_machines() { terminal::print(&text) } else { terminal::eprint(&text) }
    }

    fn text(&self, diagnostics: &[Diagnostic]) -> String {
        self.rendered(diagnostics, Format::Human, false)
    }

    fn rendered(&self, diagnostics: &[Diagnostic], format: Format, colours: bool) -> String {
        let site = &self.options.site;
        let text = |name: &str| excerpt(&site.root, &self.files.reading().files, name);
        terminal::render(diagnostics, &Style { format, colours, prefix: &site.prefix, text: &text })
    }

    fn say(&self, line: &str) {
        if !self.options.site.voice.quiet {
            terminal::eprint(&terminal::tame(line, true));
        }
    }

    /// Writes the site, where that is asked for.
    fn write(&self, bundle: &Bundle) {
        let Some(target) = &self.target else { return };
        let mut bundle = bundle.clone();
        let written = search::complete(&mut bundle).and_then(|()| target.write(&bundle));
        if let Err(failure) = written {
            terminal::eprint(&terminal::render_failure(&failure, self.options.site.voice.colours));
        }
    }

    fn included(&self) -> BTreeSet<PathBuf> {
        let root = self.options.site.root.path();
        let included = self.included.lock().unwrap_or_else(PoisonError::into_inner);
        // Values to bake in are as good as included.
        let values = self.options.site.values.iter().filter_map(|path| std::path::absolute(path).ok());
        included.iter().map(|path| root.join(path)).chain(values).collect()
    }

    fn watch_included(&self, watch: &mut Watch) {
        watch.also(&self.included().union(&self.links).cloned().collect());
    }

    fn is_included(&self, change: &Change) -> bool {
        match change {
            Change::Unknown => false,
            Change::Paths(paths) => self.included().iter().any(|path| {
                // It may be a link, and a folder on the way to it may have come or gone.
                let target = path.canonicalize().ok();
                let is_it = |path: &PathBuf| paths.iter().any(|changed| path.starts_with(changed));
                is_it(path) || target.as_ref().is_some_and(is_it)
            }),
        }
    }
}

/// The findings of `now` that are not in `before`; both are sorted by place, code and message.
fn news(before: &[Diagnostic], now: &[Diagnostic]) -> Vec<Diagnostic> {
    let key = |found: &Diagnostic| (found.place.clone(), found.code, found.message.clone());
    let mut news = Vec::new();
    let mut rest = before;
    for found in now {
        // Nearly all are what they were, one after the other.
        if let Some((first, others)) = rest.split_first()
            && first == found
        {
            rest = others;
            continue;
        }
        while let Some((_, others)) = rest.split_first().filter(|(first, _)| key(first) < key(found)) {
            rest = others;
        }
        let same_key = rest.iter().take_while(|other| key(other) == key(found));
        if !same_key.into_iter().any(|other| other == found) {
            news.push(found.clone());
        }
    }
    news
}

/// Why there is no new site.
enum Fault {
    Refused(Refusal),
    Unreadable(Failure),
    Broken,
}

/// What a build changed, in a few words.
fn what(changed: &Changed) -> String {
    match (changed.pages.as_slice(), changed.files) {
        ([], 0) => "Rebuilt without a difference".to_owned(),
        ([], files) => format!("Rebuilt {}", counted(files, "file")),
        ([page], _) => format!("Rebuilt {page}"),
        (pages, _) => format!("Rebuilt {}", counted(pages.len(), "page")),
    }
}

/// What there is to say of all findings, behind what was built.
fn findings(diagnostics: &[Diagnostic]) -> String {
    if diagnostics.is_empty() { String::new() } else { format!("; {}", summary(diagnostics)) }
}

fn summary(diagnostics: &[Diagnostic]) -> String {
    let (errors, warnings) = terminal::count(diagnostics);
    let counts = [(errors, "error"), (warnings, "warning")];
    let told: Vec<String> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, noun)| counted(*count, noun)).collect();
    told.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Code;

    #[test]
    fn one_line_says_what_was_done() {
        let pages = |names: &[&str]| Changed { pages: names.iter().map(|name| (*name).to_owned()).collect(), files: 2 };
        assert_eq!(what(&pages(&["a/index.html"])), "Rebuilt a/index.html");
        assert_eq!(what(&pages(&["a", "b"])), "Rebuilt 2 pages");
        assert_eq!(what(&pages(&[])), "Rebuilt 2 files");
        assert_eq!(what(&Changed::default()), "Rebuilt without a difference");
        assert_eq!(findings(&[]), "");
        assert_eq!(findings(&[Diagnostic::new(Code::Data, "x")]), "; 1 error");
    }
}
