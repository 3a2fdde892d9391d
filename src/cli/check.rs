//! `guidegen check`: builds the site in memory, and tells what is not true of it. Nothing is written, but for what
//! `--fix` mends.

use super::options::{Check, Site};
use super::{Status, fix, site};
use crate::base::Diagnostic;
use crate::edge::clock::{Stopwatch, spoken};
use crate::edge::disk::Reading;
use crate::edge::environment::Environment;
use crate::edge::git::LastChanges;
use crate::edge::terminal::progress::Progress;
use crate::edge::{Failure, external, terminal};
use crate::engine::{self, Command};
use crate::input::files::SiteFiles;
use crate::page::rendered::Rendered;
use crate::site::artifact::Bundle;
use crate::site::checks;
use crate::site::checks::external::{Answer, Target};
use crate::site::whole::Site as Whole;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

/// The name under which computed digests are remembered.
const DIGESTS: &str = "digests";

/// Checks the site.
pub(super) fn run(options: Check, environment: &Environment) -> Result<Status, Failure> {
    let site = &options.site;
    let progress = Progress::start(site.is_watched, None);
    let stopwatch = Stopwatch::with(progress.line());
    let reading = site.root.read_site(site.config.as_deref())?;
    stopwatch.lap("reading");
    let guides = site::guides(&reading.files);
    progress.guides(guides.len());
    let changes = Arc::new(LastChanges::start(site.root.path(), guides));
    let asked = Mutex::default();
    let checker = Checker { options: &options, environment, reading: &reading, changes, progress: &progress, asked };
    let lap = |stage: &str| stopwatch.lap(stage);
    let mut bundle = checker.bundle(&reading.files, &lap)?;
    progress.end();
    let mut files = None;
    if let Some(codes) = &options.fix {
        let mended = fix::mend(&options, codes, &reading.files, &bundle.diagnostics, &|files| {
            checker.bundle(files, &|_| {}).map(|bundle| bundle.diagnostics)
        })?;
        if let Some((now, diagnostics)) = mended {
            bundle.diagnostics = diagnostics;
            files = Some(now);
        }
    }
    site::tell(site, files.as_ref().unwrap_or(&reading.files), &bundle.diagnostics);
    stopwatch.lap("telling");
    if options.timings {
        terminal::eprint(&stopwatch.table());
    }
    if !site.voice.quiet {
        terminal::eprint(&by_code(&bundle.diagnostics));
        let unsure = checker.unsure();
        if unsure > 0 {
            let links = site::counted(unsure, "link");
            terminal::eprint(&format!(
                "{links} to other sites could not be judged: they want a password or no machines\n"
            ));
        }
        let (pages, found) = (site::counted(bundle.facts.pages, "page"), site::found(&bundle.diagnostics));
        terminal::eprint(&format!("Checked {pages} in {}: {found}\n", spoken(stopwatch.total())));
    }
    Ok(site::status(&bundle.diagnostics, site.strict))
}

/// Checks a site, and may check it again as it would be.
struct Checker<'a> {
    options: &'a Check,
    environment: &'a Environment,
    reading: &'a Reading,
    changes: Arc<LastChanges>,
    progress: &'a Progress,
    /// What other sites said, so that they are asked once.
    asked: Mutex<Option<Result<BTreeMap<Target, Answer>, Failure>>>,
}

impl Checker<'_> {
    fn bundle(&self, files: &SiteFiles, lap: &(dyn Fn(&str) + Sync)) -> Result<Bundle, Failure> {
        let options: &Site = &self.options.site;
        let wanted = self.options.beside;
        let mut inputs = site::inputs(options, self.reading, files, &self.changes, Command::Check(wanted), lap);
        inputs.watch = self.progress.watch();
        let beside = |site: &Whole, rendered: &[Option<Rendered>]| {
            let mut found = Vec::new();
            if wanted.digests {
                found.extend(self.digests(site, rendered));
                lap("digests");
            }
            if wanted.external {
                found.extend(self.external(site, rendered));
                lap("other sites");
            }
            found
        };
        let bundle = engine::check(inputs, &beside).map_err(|refusal| {
            self.progress.aside(|| site::tell(options, files, &refusal.diagnostics));
            Failure::new("nothing was checked: the configuration is wrong")
        })?;
        match self.asked.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            Some(Err(failure)) => Err(failure.clone()),
            _ => Ok(bundle),
        }
    }

    fn digests(&self, site: &Whole, rendered: &[Option<Rendered>]) -> Vec<Diagnostic> {
        let mut known = self.environment.cache.read(DIGESTS);
        let before = known.len();
        let found = checks::digest::check(site, rendered, &mut known);
        if known.len() > before {
            self.environment.cache.write(DIGESTS, &known);
        }
        found
    }

    fn external(&self, site: &Whole, rendered: &[Option<Rendered>]) -> Vec<Diagnostic> {
        let targets = checks::external::targets(site, rendered);
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let answers = asked.get_or_insert_with(|| {
            let all: Vec<Target> = targets.keys().cloned().collect();
            external::ask(&all, &self.environment.cache, self.environment.clock.unix())
        });
        match answers {
            Ok(answers) => checks::external::findings(&targets, answers),
            Err(_) => Vec::new(),
        }
    }

    /// How many targets nobody can say anything about.
    fn unsure(&self) -> usize {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let answers = asked.as_ref().and_then(|asked| asked.as_ref().ok());
        answers.map_or(0, |answers| answers.values().filter(|answer| **answer == Answer::Unsure).count())
    }
}

/// How many findings there are of each code, the most first.
fn by_code(diagnostics: &[Diagnostic]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for diagnostic in diagnostics {
        *counts.entry(diagnostic.code.as_str()).or_default() += 1;
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let mut table = String::new();
    for (code, count) in counts {
        // Writing to a string cannot fail.
        let _ = writeln!(table, "{count:>6}  {code}");
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Code;

    #[test]
    fn codes_are_counted_the_most_first() {
        let found = [Code::Data, Code::LinkBroken, Code::LinkBroken, Code::Config];
        let found = found.map(|code| Diagnostic::new(code, "x"));
        assert_eq!(by_code(&found), "     2  link-broken\n     1  config\n     1  data\n");
        assert_eq!(by_code(&[]), "");
    }
}
