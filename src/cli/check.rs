//! `guidegen check`: builds the site in memory, and tells what is not true of it. Nothing is written.

use super::options::Site;
use super::{Status, site};
use crate::base::Diagnostic;
use crate::edge::Failure;
use crate::edge::clock::{Stopwatch, spoken};
use crate::edge::git::LastChanges;
use crate::edge::terminal;
use crate::engine::Command;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

/// Checks the site.
pub(super) fn run(options: &Site, timings: bool) -> Result<Status, Failure> {
    let stopwatch = Stopwatch::start();
    let reading = options.root.read_site(options.config.as_deref())?;
    stopwatch.lap("reading");
    let changes = Arc::new(LastChanges::start(options.root.path(), site::guides(&reading.files)));
    let bundle = match site::build(options, &reading, &changes, Command::Check, &stopwatch) {
        Ok(bundle) => bundle,
        Err(refusal) => {
            site::tell(options, &reading.files, &refusal.diagnostics);
            return Err(Failure::new("nothing was checked: the configuration is wrong"));
        }
    };
    site::tell(options, &reading.files, &bundle.diagnostics);
    stopwatch.lap("telling");
    if timings {
        terminal::eprint(&stopwatch.table());
    }
    if !options.voice.quiet {
        let pages = site::counted(bundle.facts.pages, "page");
        let found = site::found(&bundle.diagnostics);
        terminal::eprint(&by_code(&bundle.diagnostics));
        terminal::eprint(&format!("Checked {pages} in {}: {found}\n", spoken(stopwatch.total())));
    }
    Ok(site::status(&bundle.diagnostics, options.strict))
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
