//! Puts a site to a target: looks at what stands there, plans, and acts in an order that leaves the site whole at every
//! moment. What a target is stands in one file each ([`directory`], [`git`], [`s3`]), behind the trait [`Target`].

mod compress;
mod directory;
mod git;
mod hook;
mod place;
mod release;
mod s3;
mod shown;
mod site;

pub(crate) use git::source_commit;
pub use hook::run as run_hook;
pub use shown::{describe, done, json, status_json};
pub use site::{Upgoing, Upload};

use super::Failure;
use crate::input::config::{Destination, PublishTarget};
use crate::input::date::Date;
use crate::site::publication::Class;
use crate::site::publication::ledger::Ledger;
use crate::site::publication::plan::{self, Change, Found, Limits, Objection, Plan};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A place that a site is published to.
pub trait Target {
    /// What stands there. Changes nothing.
    ///
    /// # Errors
    /// When it cannot be reached or read.
    fn look(&mut self) -> Result<Found, Failure>;

    /// Begins to change it: nobody else may from now on.
    ///
    /// # Errors
    /// When somebody else is changing it.
    fn begin(&mut self) -> Result<(), Failure>;

    /// Puts objects there, in any order; says how many bytes they were.
    ///
    /// # Errors
    /// When one of them could not be put.
    fn put(&mut self, uploads: &[Upload<'_>]) -> Result<u64, Failure>;

    /// Writes the ledger.
    ///
    /// # Errors
    /// When it could not be written.
    fn record(&mut self, ledger: &Ledger) -> Result<(), Failure>;

    /// Removes objects of ours.
    ///
    /// # Errors
    /// When one of them could not be removed.
    fn remove(&mut self, paths: &[String]) -> Result<(), Failure>;

    /// All is there: readers may see it.
    ///
    /// # Errors
    /// When that fails; readers see the last site then.
    fn finish(&mut self) -> Result<(), Failure>;

    /// Lets others change it again. Called after a failure, too.
    fn end(&mut self);
}

/// What the surroundings of a run tell a target.
#[derive(Debug, Clone)]
pub struct Around<'a> {
    /// The site's folder.
    pub root: &'a Path,
    /// The address of the site.
    pub base_url: &'a str,
    /// The commit of the sources.
    pub commit: Option<String>,
    /// The site itself says which name its host has, so that what stands there of that is no contradiction.
    pub brings_name: bool,
    /// A lock of another run is taken away.
    pub break_lock: bool,
}

/// The target of the configuration.
///
/// # Errors
/// When it cannot be used as it is configured.
pub fn open(target: &PublishTarget, around: &Around<'_>) -> Result<Box<dyn Target>, Failure> {
    Ok(match &target.to {
        Destination::Directory { path, .. } => {
            // A slash at the end would lead to what a link leads to.
            let path: PathBuf = around.root.join(path).components().collect();
            if directory::is_in_place(&path)? {
                Box::new(directory::InPlace::open(&path, around.root)?)
            } else {
                Box::new(release::Releases::open(&path, around.root, target.keep)?)
            }
        }
        Destination::Git { remote, branch, folder } => Box::new(git::Branch::open(around, remote, branch, folder)?),
        Destination::S3(bucket) => Box::new(s3::Store::open(bucket, around.break_lock)?),
    })
}

/// What is about to be done, and against what it was planned.
#[derive(Debug)]
pub struct Planned {
    /// The plan.
    pub plan: Plan,
    found: Found,
}

impl Planned {
    /// The ledger that stands at the target.
    #[must_use]
    pub const fn ledger(&self) -> Option<&Ledger> {
        self.found.ledger.as_ref()
    }
}

/// Plans what has to be done for `target` to hold `site`. Touches nothing.
///
/// # Errors
/// When the target cannot be read.
pub fn plan(target: &mut dyn Target, site: &Upgoing, limits: Limits) -> Result<Planned, Failure> {
    let found = target.look()?;
    let plan = Plan::new(&site.objects, &found, limits);
    Ok(Planned { plan, found })
}

/// What stands at a target.
///
/// # Errors
/// When the target cannot be read.
pub fn status(target: &mut dyn Target) -> Result<Found, Failure> {
    target.look()
}

/// Whether the plan needs a word of the publisher first.
///
/// # Errors
/// When it does: with all that stands against it.
pub fn check(planned: &Planned, limits: Limits) -> Result<(), Failure> {
    let objections = planned.plan.objections(&planned.found, limits);
    let Some(first) = objections.first() else { return Ok(()) };
    let listed = |paths: &[String]| {
        let shown: Vec<String> = paths.iter().map(|path| format!("`{path}`")).collect();
        super::terminal::tame(&shown.join(", "), false)
    };
    Err(match first {
        Objection::Foreign(count, paths) => Failure::new(format!(
            "the target holds {count} files that no manifest of guidegen lists, among them {}",
            listed(paths)
        ))
        .help("name another target, or say --adopt: everything of the site is put there then, and nothing is removed"),
        Objection::InTheWay(count, paths) => Failure::new(format!(
            "the site has {count} files where somebody else's stand at the target: {}",
            listed(paths)
        ))
        .help("move them, or let them be replaced with --adopt"),
        Objection::Blocking(count, paths) => Failure::new(format!(
            "files of others stand where the site has folders, or in folders where the site has files ({count}): {}",
            listed(paths)
        ))
        .help("move them, or give the pages other addresses: guidegen does not remove them, not with --adopt either"),
        Objection::EmptyFolders(count, paths) => Failure::new(format!(
            "empty folders stand where the site has files, or below there ({count}): {}",
            listed(paths)
        ))
        .help("remove them: a file cannot take the place of a folder, and guidegen does not remove those of others"),
        Objection::TooManyRemovals(removed, live) => {
            Failure::new(format!("{removed} of the {live} files at the target would be removed"))
                .help("look at them with --dry-run, and say --force if that is meant (or raise `max_removals`)")
        }
    })
}

/// What has arrived is put on record on the way when there is more of it than this for each object of the site. The ledger
/// has a few hundred bytes for each, so it is sent seldom enough to be a small part of what is sent, and often enough that
/// a run that ends early leaves little to be sent again.
const BYTES_PER_OBJECT: u64 = 2_000;

/// Refuses to go on where somebody else was at the target between two looks: with its ledger, or where the objects of `puts`
/// and `removals` are.
fn check_again(before: &Found, now: &Found, puts: &BTreeSet<&str>, removals: &BTreeSet<&str>) -> Result<(), Failure> {
    let again = "run it again: it plans anew from what is there";
    if now.ledger != before.ledger || now.is_damaged != before.is_damaged {
        return Err(Failure::new("somebody else published to this target just now").help(again));
    }
    let newcomers = plan::newcomers(before, now, puts, removals);
    if newcomers.is_empty() {
        return Ok(());
    }
    let shown: Vec<String> = newcomers.iter().take(5).map(|path| format!("`{path}`")).collect();
    let shown = super::terminal::tame(&shown.join(", "), false);
    let count = newcomers.len();
    Err(Failure::new(format!("somebody else put something just now where the site has files ({count}): {shown}"))
        .help(again))
}

/// Does what was planned, and says how many bytes that sent. `told` hears of every object that is done.
///
/// # Errors
/// When the target refuses; the site there is whole, and the next run goes on.
pub fn act(
    target: &mut dyn Target,
    planned: &Planned,
    site: &Upgoing,
    ledger: Ledger,
    told: &dyn Fn(usize),
) -> Result<u64, Failure> {
    let outcome = target.begin().and_then(|()| carry_out(target, planned, site, ledger, told));
    target.end();
    outcome
}

fn carry_out(
    target: &mut dyn Target,
    planned: &Planned,
    site: &Upgoing,
    ledger: Ledger,
    told: &dyn Fn(usize),
) -> Result<u64, Failure> {
    let Planned { plan, found } = planned;
    let now = target.look()?;
    let removals = plan.removals();
    check_again(found, &now, &plan.puts(), &removals.iter().map(String::as_str).collect())?;
    // Whoever goes on with a run that ends here knows by the ledger what may be there: all that is about to change is
    // announced before any of it does.
    let announce = |target: &mut dyn Target, done: &[Class]| {
        let objects = plan.meanwhile(found, done);
        let unsettled = plan.unsettled.clone();
        target.record(&Ledger { complete: false, objects, unsettled, ..ledger.clone() })
    };
    let is_much = |bytes: u64| bytes / BYTES_PER_OBJECT > plan.objects.len() as u64;
    announce(target, &[])?;
    // What cannot be there together changes places; all other removals come last.
    let clashes = plan.clashes(found);
    if !clashes.is_empty() {
        target.remove(&clashes)?;
    }
    let (mut done, mut unrecorded, mut sent) = (Vec::new(), 0, 0);
    for class in Class::ALL {
        let steps = plan.steps.iter().filter(|step| step.change != Change::Removed && step.object.class == class);
        let uploads: Vec<Upload<'_>> = steps.filter_map(|step| site.upload(&step.path)).collect();
        if !uploads.is_empty() {
            if is_much(unrecorded) {
                announce(target, &done)?;
                unrecorded = 0;
            }
            sent += target.put(&uploads)?;
            told(uploads.len());
            unrecorded += uploads.iter().filter_map(|upload| upload.object.bytes).sum::<u64>();
        }
        done.push(class);
    }
    let removals: Vec<String> = removals.into_iter().filter(|path| !clashes.contains(path)).collect();
    if !removals.is_empty() {
        target.remove(&removals)?;
        told(removals.len());
    }
    target.record(&Ledger { complete: true, objects: plan.objects.clone(), ..ledger })?;
    target.finish().map(|()| sent)
}

/// The ledger's head for a site that is published now.
#[must_use]
pub fn ledger_head(base_url: &str, sources: &str, commit: Option<String>, now: &Date) -> Ledger {
    Ledger {
        base_url: base_url.to_owned(),
        sources: sources.to_owned(),
        commit,
        time: now.rfc3339(),
        ..Ledger::default()
    }
}

/// Whether a path of a ledger may be one of ours.
fn is_ours(path: &str) -> bool {
    super::manifest::is_inside(path)
}
