//! `guidegen build`: reads the site, builds it, writes it, and tells what was found.

use super::Status;
use super::options::Build;
use crate::base::Diagnostic;
use crate::edge::Failure;
use crate::edge::clock::{Stopwatch, spoken};
use crate::edge::disk::{Reading, Root};
use crate::edge::git::LastChanges;
use crate::edge::output::{Target, WriteReport};
use crate::edge::terminal::{self, Style};
use crate::engine::{self, Command, Inputs, Refusal};
use crate::input::files::{Content, File, SiteFiles};
use crate::page::highlight::Highlighter;
use crate::site::artifact::Bundle;
use std::sync::Arc;

/// Builds the site into its output folder.
pub(super) fn run(options: Build) -> Result<Status, Failure> {
    let stopwatch = Stopwatch::start();
    let target = Target::claim(&options.output, options.root.path())?;
    let reading = options.root.read_site(options.config.as_deref())?;
    stopwatch.lap("reading");
    tell_what_is_read(&options, &reading);
    let changes = Arc::new(LastChanges::start(options.root.path(), guides(&reading.files)));

    let mut bundle = match build(&options, &reading, &changes, &stopwatch) {
        Ok(bundle) => bundle,
        Err(refusal) => {
            tell(&options, &reading.files, &refusal.diagnostics);
            return Err(Failure::new("nothing was built, and the last site stands as it was"));
        }
    };
    let written = target.write(&bundle);
    stopwatch.lap("writing");
    if let Ok(report) = &written {
        bundle.diagnostics.extend(report.diagnostics.iter().cloned());
    }
    tell(&options, &reading.files, &bundle.diagnostics);
    let report = written?;
    if let Some(warning) = changes.get().warning.as_deref().filter(|_| !options.voice.quiet) {
        terminal::eprint(&format!("note: {warning}\n"));
    }
    stopwatch.lap("telling");
    if options.timings {
        terminal::eprint(&stopwatch.table());
    }
    if !options.voice.quiet {
        terminal::eprint(&summary(&options, &bundle, &report, &stopwatch));
    }
    Ok(status(&bundle.diagnostics, options.strict))
}

/// The site from its files.
fn build(
    options: &Build,
    reading: &Reading,
    changes: &Arc<LastChanges>,
    stopwatch: &Stopwatch,
) -> Result<Bundle, Refusal> {
    let root = options.root.clone();
    let changes = Arc::clone(changes);
    engine::build(Inputs {
        files: &reading.files,
        found: reading.diagnostics.clone(),
        now: options.now,
        base_url: options.base_url.clone(),
        drafts: options.drafts,
        future: options.future,
        baked: options.baked.clone(),
        command: Command::Build,
        highlighter: Arc::new(Highlighter::new()),
        reader: Arc::new(move |path| root.read_text(path)),
        changes: Arc::new(move || Arc::clone(&changes.get().dates)),
        lap: &|stage| stopwatch.lap(stage),
    })
}

fn status(diagnostics: &[Diagnostic], strict: bool) -> Status {
    match terminal::count(diagnostics) {
        (0, 0) => Status::Done,
        (0, _) if !strict => Status::Done,
        _ => Status::Faulty,
    }
}

fn guides(files: &SiteFiles) -> Vec<String> {
    let guides = files.content.iter().filter(|file| file.path.ends_with(".md"));
    guides.map(|file| file.path.clone()).collect()
}

fn text(file: &File) -> String {
    match &file.content {
        Content::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Content::OnDisk { .. } => String::new(),
    }
}

/// Tells the findings on the stream of their format.
fn tell(options: &Build, files: &SiteFiles, diagnostics: &[Diagnostic]) {
    let excerpt = |name: &str| excerpt(&options.root, files, name);
    let style =
        Style { format: options.format, colours: options.voice.colours, prefix: &options.prefix, text: &excerpt };
    let text = terminal::render(diagnostics, &style);
    if options.format.is_for_machines() { terminal::print(&text) } else { terminal::eprint(&text) }
}

/// The text of a file as it was built, by the name that places give it.
fn excerpt(root: &Root, files: &SiteFiles, name: &str) -> Option<Arc<str>> {
    let folders = [
        ("content/", &files.content),
        ("data/", &files.data),
        ("templates/", &files.templates),
        ("static/", &files.statics),
        ("schemas/", &files.schemas),
    ];
    let in_folder = folders.into_iter().find_map(|(folder, list)| {
        let path = name.strip_prefix(folder)?;
        list.binary_search_by(|file| file.path.as_str().cmp(path)).ok().and_then(|at| list.get(at))
    });
    let known = in_folder.or_else(|| files.config.as_ref().filter(|config| config.path == name));
    match known {
        Some(file) => Some(text(file).into()),
        None => root.read(name).ok().map(|bytes| String::from_utf8_lossy(&bytes).into()),
    }
}

fn tell_what_is_read(options: &Build, reading: &Reading) {
    if !options.voice.verbose {
        return;
    }
    let files = &reading.files;
    let config = files.config.as_ref().map_or("none", |file| file.path.as_str());
    let lists = [&files.content, &files.data, &files.templates, &files.statics, &files.schemas];
    let count: usize = lists.iter().map(|list| list.len()).sum();
    let lines = format!(
        "site: {}\nconfiguration: {config}\noutput: {}\ntime: {}\nread: {count} files, {} of them in content/\n",
        options.root.path().display(),
        options.output.display(),
        options.now.rfc3339(),
        files.content.len(),
    );
    terminal::eprint(&terminal::tame(&lines, true));
}

/// One line about the whole build.
fn summary(options: &Build, bundle: &Bundle, report: &WriteReport, stopwatch: &Stopwatch) -> String {
    let pages = counted(bundle.facts.pages, "page");
    let output = terminal::tame(&options.output.display().to_string(), false);
    let files = format!(
        "{} written, {} unchanged, {} removed",
        counted(report.written, "file"),
        report.unchanged,
        report.removed
    );
    let (errors, warnings) = terminal::count(&bundle.diagnostics);
    let found = match (errors, warnings) {
        (0, 0) => "nothing to report".to_owned(),
        _ => format!("{}, {}", counted(errors, "error"), counted(warnings, "warning")),
    };
    format!("Built {pages} into {output} in {}: {files}; {found}\n", spoken(stopwatch.total()))
}

fn counted(count: usize, noun: &str) -> String {
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
