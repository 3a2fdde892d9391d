//! The commands that bring a site to where readers are: `publish` and `export`.

use super::Site;
use clap::{Args as Group, Subcommand, ValueEnum, ValueHint};
use std::path::PathBuf;

#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  guidegen publish --dry-run           what would change; touches nothing; exit status 3 if anything would
  guidegen publish                     asks, then publishes to the only target
  guidegen publish live --yes          in a job, to the target `live`
  guidegen publish --from public       a site that `guidegen build` wrote
  guidegen publish --status            what is published there

Targets stand in guidegen.yaml: publish: { live: { to: directory | git | s3, … } }. Files go up in the
order assets, pages, home page; only then is anything removed, and only what guidegen put there.")]
pub(in crate::cli) struct Publish {
    /// The target [default: the only one of the configuration]
    pub(in crate::cli) target: Option<String>,
    /// Publish this built folder instead of building
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath,
          conflicts_with_all = ["drafts", "future", "set", "values", "cache"])]
    pub(in crate::cli) from: Option<PathBuf>,
    /// Say what would be done, and do nothing; exit status 3 if anything would
    #[arg(long, conflicts_with = "yes")]
    pub(in crate::cli) dry_run: bool,
    /// Do not ask
    #[arg(long)]
    pub(in crate::cli) yes: bool,
    /// Remove more than `max_removals` allows
    #[arg(long)]
    pub(in crate::cli) force: bool,
    /// Publish where files of others stand; those with the site's names are replaced
    #[arg(long)]
    pub(in crate::cli) adopt: bool,
    /// Take away the lock of a run that was killed
    #[arg(long)]
    pub(in crate::cli) break_lock: bool,
    /// Say what is published there, and do nothing
    #[arg(long, conflicts_with_all = ["dry_run", "yes", "from"])]
    pub(in crate::cli) status: bool,
    #[command(flatten)]
    pub(in crate::cli) site: Site,
}

#[derive(Debug, Group)]
#[command(after_help = "Examples:\n  guidegen export redirects --for nginx > redirects.conf")]
pub(in crate::cli) struct Export {
    #[command(subcommand)]
    pub(in crate::cli) what: Exported,
}

/// What is exported.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Exported {
    /// The redirects of aliases and of `static/_redirects`
    Redirects(Redirects),
}

#[derive(Debug, Group)]
pub(in crate::cli) struct Redirects {
    /// The program that reads them
    #[arg(long = "for", value_enum)]
    pub(in crate::cli) _server: Server,
    #[command(flatten)]
    pub(in crate::cli) site: Site,
}

/// A web server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Server {
    /// Maps, to be included inside of `http`
    Nginx,
}
