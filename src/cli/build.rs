//! `guidegen build`: reads the site, builds it, writes it, and tells what was found.

use super::options::Build;
use super::recall::{Known, Recall};
use super::site::Notes;
use super::{Status, site};
use crate::base::Diagnostic;
use crate::edge::Failure;
use crate::edge::clock::{Stopwatch, spoken};
use crate::edge::disk::Reading;
use crate::edge::git::LastChanges;
use crate::edge::kept_site::KeptSite;
use crate::edge::output::{Target, WriteReport};
use crate::edge::profile::Profile;
use crate::edge::search;
use crate::edge::terminal;
use crate::edge::terminal::progress::Progress;
use crate::engine::record::Record;
use crate::engine::{self, Command, Log, Shelf};
use std::sync::Arc;

/// Builds the site into its output folder.
pub(super) fn run(options: Build) -> Result<Status, Failure> {
    engine::deep(|| built(options))
}

fn built(options: Build) -> Result<Status, Failure> {
    let profile = options.timings.then(|| Arc::new(Profile::start()));
    let progress = Progress::start(options.site.is_watched, profile.clone());
    let stopwatch = Stopwatch::with(progress.line());
    let target = Target::claim(&options.output, options.site.root.path())?;
    let reading = options.site.root.read_site(options.site.config.as_deref())?;
    stopwatch.lap("reading");
    progress.aside(|| tell_what_is_read(&options, &reading));
    let guides = site::guides(&reading.files);
    progress.guides(guides.len());
    let changes = Arc::new(LastChanges::prepare(options.site.root.path(), guides));
    let mut recall = Recall::of(&options, &target);
    if let Some(known) = recall.as_mut().and_then(|recall| recall.known(&options, &reading, &changes, &target)) {
        stopwatch.lap("comparing");
        let restored = match known {
            Known::Current(record) => {
                let report = WriteReport { unchanged: target.files(), ..WriteReport::default() };
                Some((record, report))
            }
            Known::Kept(record, kept) => restored(kept, &target)?.map(|report| (record, report)),
        };
        if let Some((record, report)) = restored {
            stopwatch.lap("writing");
            progress.end();
            return Ok(tell_again(&options, &reading, record, &report, &stopwatch));
        }
    }
    changes.go();

    let log = Log::default();
    let writer = target.open();
    let notes = Notes { log: Arc::clone(&log), watch: progress.watch() };
    let keeping = recall.as_ref().map(|recall| recall.keeping(&reading.files));
    let kept = keeping.as_ref().map(|keeping| keeping.on(&writer));
    let shelf: &dyn Shelf = kept.as_ref().map_or(&writer, |kept| kept);
    let built = site::build_onto(shelf, &options.site, &reading, &changes, Command::Build, notes, &stopwatch);
    let mut bundle = match built {
        Ok(bundle) => bundle,
        Err(refusal) => {
            progress.end();
            site::tell(&options.site, &reading.files, &refusal.diagnostics);
            return Err(Failure::new("nothing was built, and the last site stands as it was"));
        }
    };
    search::complete(&mut bundle)?;
    stopwatch.lap("search index");
    let tell = |found: &[Diagnostic]| site::told(&options.site, &reading.files, found);
    let beside = || {
        if let Some(recall) = &mut recall {
            recall.note_sources(&options, &reading, &changes);
        }
        tell(&bundle.diagnostics)
    };
    let (written, mut told) = rayon::join(|| writer.write(&bundle), beside);
    stopwatch.lap("writing");
    progress.end();
    if let Ok(report) = &written
        && !report.diagnostics.is_empty()
    {
        bundle.diagnostics.extend(report.diagnostics.iter().cloned());
        told = tell(&bundle.diagnostics);
    }
    site::say(&options.site, &told);
    let report = written?;
    if let Some((recall, keeping)) = recall.zip(keeping)
        && report.diagnostics.is_empty()
        && changes.get().warning.is_none()
    {
        recall.keep(&options, &target, &bundle, &log, keeping);
    }
    if let Some(warning) = changes.get().warning.as_deref().filter(|_| !options.site.voice.quiet) {
        terminal::eprint(&format!("note: {warning}\n"));
    }
    stopwatch.lap("telling");
    if let Some(profile) = profile {
        terminal::eprint(&(stopwatch.table() + &profile.table()));
    }
    if !options.site.voice.quiet {
        terminal::eprint(&summary(&options, bundle.facts.pages, &bundle.diagnostics, &report, &stopwatch));
    }
    Ok(site::status(&bundle.diagnostics, options.site.strict))
}

fn tell_what_is_read(options: &Build, reading: &Reading) {
    if !options.site.voice.verbose {
        return;
    }
    let files = &reading.files;
    let config = files.config.as_ref().map_or("none", |file| file.path.as_str());
    let count: usize = files.folders().iter().map(|(_, list)| list.len()).sum();
    let lines = format!(
        "site: {}\nconfiguration: {config}\noutput: {}\ntime: {}\nread: {count} files, {} of them in content/\n",
        options.site.root.path().display(),
        options.output.display(),
        options.site.now.rfc3339(),
        files.content.len(),
    );
    terminal::eprint(&terminal::tame(&lines, true));
}

/// Fills the output from what was kept; none when that is not whole.
fn restored(kept: KeptSite, target: &Target) -> Result<Option<WriteReport>, Failure> {
    let writer = target.open();
    kept.onto(&writer).map(|bundle| writer.write(&bundle)).transpose()
}

/// Tells of a site that stands as a build would make it.
fn tell_again(
    options: &Build,
    reading: &Reading,
    mut record: Record,
    report: &WriteReport,
    stopwatch: &Stopwatch,
) -> Status {
    record.diagnostics.extend(report.diagnostics.iter().cloned());
    site::tell(&options.site, &reading.files, &record.diagnostics);
    stopwatch.lap("telling");
    if options.timings {
        terminal::eprint(&stopwatch.table());
    }
    if !options.site.voice.quiet {
        terminal::eprint(&summary(options, record.pages, &record.diagnostics, report, stopwatch));
    }
    site::status(&record.diagnostics, options.site.strict)
}

/// One line about the whole build.
fn summary(
    options: &Build,
    pages: usize,
    diagnostics: &[Diagnostic],
    report: &WriteReport,
    stopwatch: &Stopwatch,
) -> String {
    let pages = site::counted(pages, "page");
    let output = terminal::tame(&options.output.display().to_string(), false);
    let files = format!(
        "{} written, {} unchanged, {} removed",
        site::counted(report.written, "file"),
        report.unchanged,
        report.removed
    );
    let found = site::found(diagnostics);
    format!("Built {pages} into {output} in {}: {files}; {found}\n", spoken(stopwatch.total()))
}
