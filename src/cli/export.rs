//! `guidegen export`: parts of the site in the words of other programs.

use super::options::Site;
use super::{Status, site};
use crate::edge::Failure;
use crate::edge::clock::Stopwatch;
use crate::edge::git::{History, LastChanges};
use crate::edge::publish::Upgoing;
use crate::edge::terminal;
use crate::engine::Command;
use crate::site::publication::nginx;
use std::sync::Arc;

/// Prints the site's redirects as maps for nginx.
pub(super) fn redirects(options: &Site) -> Result<Status, Failure> {
    let reading = options.root.read_site(options.config.as_deref())?;
    let changes = Arc::new(LastChanges::known(History::default()));
    let built = site::build(options, &reading, &changes, Command::Build, &Stopwatch::start());
    let bundle = built.map_err(|refusal| {
        site::tell(options, &reading.files, &refusal.diagnostics);
        Failure::new("nothing was exported: the configuration is wrong")
    })?;
    let redirects = Upgoing::of(&bundle)?.text("_redirects");
    let (maps, left_out) = nginx::maps(&redirects);
    for line in left_out {
        terminal::eprint(&format!("note: line {line} of _redirects has no counterpart in nginx, and is left out\n"));
    }
    terminal::print(&maps);
    Ok(Status::Done)
}
