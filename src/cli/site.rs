//! What the commands share that build a site: from options to the bundle, and telling what was found.

use super::Status;
use super::options::Site;
use crate::base::Diagnostic;
use crate::edge::clock::Stopwatch;
use crate::edge::disk::{Reading, Root};
use crate::edge::git::LastChanges;
use crate::edge::terminal::{self, Style};
use crate::engine::{self, Command, Inputs, Log, Refusal, Shelf};
use crate::input::files::{Content, File, SiteFiles};
use crate::page::highlight::Highlighter;
use crate::page::watch::Watch;
use crate::site::artifact::Bundle;
use std::sync::Arc;

/// The site from its files.
pub(super) fn build(
    options: &Site,
    reading: &Reading,
    changes: &Arc<LastChanges>,
    command: Command,
    stopwatch: &Stopwatch,
) -> Result<Bundle, Refusal> {
    engine::build(inputs(options, reading, &reading.files, changes, command, &|stage| stopwatch.lap(stage)))
}

/// What is taken down during a build: what guides include, and how long they take.
#[derive(Default)]
pub(super) struct Notes {
    pub(super) log: Log,
    pub(super) watch: Option<Arc<dyn Watch>>,
}

/// The site from its files with what earlier runs kept, its pages on `shelf`.
pub(super) fn build_onto(
    shelf: &dyn Shelf,
    options: &Site,
    reading: &Reading,
    changes: &Arc<LastChanges>,
    command: Command,
    notes: Notes,
    stopwatch: &Stopwatch,
) -> Result<Bundle, Refusal> {
    let highlighter = Arc::new(highlighter(options));
    let lap = |stage: &str| stopwatch.lap(stage);
    let mut inputs = inputs(options, reading, &reading.files, changes, command, &lap);
    inputs.highlighter = Arc::clone(&highlighter);
    inputs.reader = engine::logged(inputs.reader, notes.log);
    inputs.watch = notes.watch;
    let bundle = engine::build_onto(inputs, shelf);
    keep(options, &highlighter);
    bundle
}

/// The name under which highlighted blocks are kept.
const BLOCKS: &str = "blocks";

/// A highlighter, with what earlier runs kept when that may be used.
pub(super) fn highlighter(options: &Site) -> Highlighter {
    match &options.cache {
        Some(cache) => Highlighter::knowing(cache.read(BLOCKS).unwrap_or_default()),
        None => Highlighter::new(),
    }
}

/// Keeps what the highlighter has learned.
pub(super) fn keep(options: &Site, highlighter: &Highlighter) {
    if let Some(cache) = &options.cache
        && let Some(learned) = highlighter.learned()
    {
        cache.write(BLOCKS, &learned);
    }
}

/// What a build of `files` depends on, which are those that were read, or what they would be.
pub(super) fn inputs<'a>(
    options: &Site,
    reading: &Reading,
    files: &'a SiteFiles,
    changes: &Arc<LastChanges>,
    command: Command,
    lap: &'a (dyn Fn(&str) + Sync),
) -> Inputs<'a> {
    let root = options.root.clone();
    let changes = Arc::clone(changes);
    Inputs {
        files,
        found: reading.diagnostics.clone(),
        now: options.now,
        base_url: options.base_url.clone(),
        drafts: options.drafts,
        future: options.future,
        baked: options.baked.clone(),
        search: options.search,
        command,
        highlighter: Arc::new(Highlighter::new()),
        reader: Arc::new(move |path| root.read_text(path)),
        changes: Arc::new(move || Arc::clone(&changes.get().dates)),
        watch: None,
        lap,
    }
}

/// The exit status that findings make.
pub(super) fn status(diagnostics: &[Diagnostic], strict: bool) -> Status {
    match terminal::count(diagnostics) {
        (0, 0) => Status::Done,
        (0, _) if !strict => Status::Done,
        _ => Status::Faulty,
    }
}

/// The paths of guides, whose last changes git is asked for.
pub(super) fn guides(files: &SiteFiles) -> Vec<String> {
    let guides = files.content.iter().filter(|file| file.path.ends_with(".md"));
    guides.map(|file| file.path.clone()).collect()
}

fn text(file: &File) -> Arc<str> {
    match &file.content {
        Content::Text(text) => Arc::clone(text),
        content => String::from_utf8_lossy(content.whole().unwrap_or_default()).into(),
    }
}

/// Tells the findings on the stream of their format.
pub(super) fn tell(options: &Site, files: &SiteFiles, diagnostics: &[Diagnostic]) {
    say(options, &told(options, files, diagnostics));
}

/// The findings in their format.
pub(super) fn told(options: &Site, files: &SiteFiles, diagnostics: &[Diagnostic]) -> String {
    let excerpt = |name: &str| excerpt(&options.root, files, name);
    let style =
        Style { format: options.format, colours: options.voice.colours, prefix: &options.prefix, text: &excerpt };
    terminal::render(diagnostics, &style)
}

/// Shows them on the stream of their format.
pub(super) fn say(options: &Site, told: &str) {
    if options.format.is_for_machines() { terminal::print(told) } else { terminal::eprint(told) }
}

/// The text of a file as it was built, by the name that places give it.
pub(super) fn excerpt(root: &Root, files: &SiteFiles, name: &str) -> Option<Arc<str>> {
    let in_folder = files.folders().into_iter().find_map(|(folder, list)| {
        let path = name.strip_prefix(folder)?.strip_prefix('/')?;
        list.binary_search_by(|file| file.path.as_str().cmp(path)).ok().and_then(|at| list.get(at))
    });
    let known = in_folder.or_else(|| files.config.as_ref().filter(|config| config.path == name));
    match known {
        Some(file) => Some(text(file)),
        None => root.read(name).ok().map(|bytes| String::from_utf8_lossy(&bytes).into()),
    }
}

/// How many errors and warnings there are, in words.
pub(super) fn found(diagnostics: &[Diagnostic]) -> String {
    match terminal::count(diagnostics) {
        (0, 0) => "nothing to report".to_owned(),
        (errors, warnings) => format!("{}, {}", counted(errors, "error"), counted(warnings, "warning")),
    }
}

/// `1 page`, `2 pages`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Code;

    #[test]
    fn warnings_fail_when_they_are_told_to() {
        let warning = [Diagnostic::new(Code::LinkBroken, "x")];
        let error = [Diagnostic::new(Code::Data, "x")];
        assert_eq!(status(&[], true), Status::Done);
        assert_eq!((status(&warning, false), status(&warning, true)), (Status::Done, Status::Faulty));
        assert_eq!(status(&error, false), Status::Faulty);
    }

    #[test]
    fn one_is_not_many() {
        assert_eq!((counted(1, "page").as_str(), counted(0, "page").as_str()), ("1 page", "0 pages"));
    }
}
