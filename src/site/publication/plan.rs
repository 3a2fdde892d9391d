//! The difference between a site and what stands at a target, as steps in their order.

use super::ledger::Ledger;
use super::{Class, Object};
use std::collections::{BTreeMap, BTreeSet};

/// What becomes of one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// It is new.
    Added,
    /// Its bytes change.
    Changed,
    /// Its bytes stay; its content type or caching changes.
    Headers,
    /// It goes.
    Removed,
}

impl Change {
    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Headers => "headers",
            Self::Removed => "removed",
        }
    }
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What is done.
    pub change: Change,
    /// To which object.
    pub path: String,
    /// What it is; for a removal, what it was.
    pub object: Object,
}

/// What is known of a target before anything is done.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// What guidegen put there; none at first contact, or when the ledger is lost.
    pub ledger: Option<Ledger>,
    /// Whether there is a ledger that cannot be read.
    pub is_damaged: bool,
    /// Every object that is there, the ledger apart.
    pub present: BTreeSet<String>,
    /// Every folder that is there with nothing in it.
    pub empty_folders: BTreeSet<String>,
    /// Whether a file and a folder of one name exclude each other there.
    pub has_folders: bool,
}

/// What the publisher allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For how many more releases hashed assets are kept.
    pub keep: u32,
    /// How much of the site may go at once, in percent.
    pub max_removals: u32,
    /// More may go.
    pub force: bool,
    /// What is there and not ours may be written over.
    pub adopt: bool,
}

/// Why a plan must not be carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Objection {
    /// The target holds what no ledger lists: so many objects, some of them.
    Foreign(usize, Vec<String>),
    /// Objects that are not ours stand where ours would go: so many, some of them.
    InTheWay(usize, Vec<String>),
    /// Files that are not ours stand where folders of ours would be, or below where files of ours would be: so many, some of
    /// them. They cannot be written over without taking away more than their names say.
    Blocking(usize, Vec<String>),
    /// Empty folders stand where files of ours would be: so many, some of them. A file cannot take the place of a folder.
    EmptyFolders(usize, Vec<String>),
    /// More would go than is allowed: so many of so many.
    TooManyRemovals(usize, usize),
}

/// What is to be done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// The steps: uploads by class, then removals.
    pub steps: Vec<Step>,
    /// How many objects stay as they are.
    pub unchanged: usize,
    /// How many objects of earlier releases are kept for pages that are still open somewhere.
    pub kept: usize,
    /// What the target holds of ours when all is done.
    pub objects: BTreeMap<String, Object>,
    /// The last run did not come to its end.
    pub resumes: bool,
    /// Nothing is known of what is there: all goes up, nothing is removed.
    pub is_blind: bool,
    /// What runs before this one may have changed without coming to their end, and what this one changes: all that caches
    /// may have in another state.
    pub unsettled: BTreeSet<String>,
}

impl Plan {
    /// What has to be done for a target where `found` stands to hold `site`.
    #[must_use]
    pub fn new(site: &BTreeMap<String, Object>, found: &Found, limits: Limits) -> Self {
        let none = BTreeMap::new();
        let old = found.ledger.as_ref().map_or(&none, |ledger| &ledger.objects);
        let is_blind = found.ledger.is_none() && (found.is_damaged || !found.present.is_empty());
        let resumes = found.ledger.as_ref().is_some_and(|ledger| !ledger.complete);
        let mut plan = Self { resumes, is_blind, objects: site.clone(), ..Self::default() };
        for (path, object) in site {
            match change(object, old.get(path), found.present.contains(path)) {
                Some(change) => plan.steps.push(Step { change, path: path.clone(), object: object.clone() }),
                None => plan.unchanged += 1,
            }
        }
        plan.retire(site, old, limits.keep, resumes);
        plan.steps.sort_by(|a, b| order(a).cmp(&order(b)));
        plan.unsettled = found.ledger.as_ref().map(|ledger| ledger.unsettled.clone()).unwrap_or_default();
        plan.unsettled.extend(plan.steps.iter().map(|step| step.path.clone()));
        plan
    }

    /// What is ours and no longer part of the site goes, hashed assets some releases later.
    fn retire(&mut self, site: &BTreeMap<String, Object>, old: &BTreeMap<String, Object>, keep: u32, resumes: bool) {
        let gone = || old.iter().filter(|(path, _)| !site.contains_key(*path));
        let leaves = |object: &Object| object.class != Class::Hashed || keep == 0;
        // When nothing else changes, this is no new release, and nothing grows older.
        let is_release =
            resumes || !self.steps.is_empty() || gone().any(|(_, object)| leaves(object) || object.retired == 0);
        for (path, object) in gone() {
            let retired = object.retired.saturating_add(u32::from(is_release));
            if leaves(object) || retired > keep {
                self.steps.push(Step { change: Change::Removed, path: path.clone(), object: object.clone() });
            } else {
                self.kept += 1;
                self.objects.insert(path.clone(), Object { retired, ..object.clone() });
            }
        }
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && !self.resumes
    }

    /// How many steps make this change.
    #[must_use]
    pub fn count(&self, change: Change) -> usize {
        self.steps.iter().filter(|step| step.change == change).count()
    }

    /// How many bytes go up, those of the [unmeasured](Self::unmeasured) apart.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.going_up().filter_map(|step| step.object.bytes).sum()
    }

    /// How many objects go up whose size shows only when they are made: compressed files.
    #[must_use]
    pub fn unmeasured(&self) -> usize {
        self.going_up().filter(|step| step.object.bytes.is_none()).count()
    }

    fn going_up(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.change != Change::Removed)
    }

    /// The paths that go.
    #[must_use]
    pub fn removals(&self) -> Vec<String> {
        let removed = self.steps.iter().filter(|step| step.change == Change::Removed);
        removed.map(|step| step.path.clone()).collect()
    }

    /// The paths that have to go before what takes their place can be put: a file where a folder will be, or a folder's files
    /// where a file will be.
    #[must_use]
    pub fn clashes(&self, found: &Found) -> Vec<String> {
        if !found.has_folders {
            return Vec::new();
        }
        let puts = self.puts();
        let removals = self.steps.iter().filter(|step| step.change == Change::Removed).map(|step| step.path.as_str());
        removals.filter(|path| clashes(path, &puts)).map(str::to_owned).collect()
    }

    /// The paths that are put.
    #[must_use]
    pub fn puts(&self) -> BTreeSet<&str> {
        self.going_up().map(|step| step.path.as_str()).collect()
    }

    /// What the ledger says while the objects of `classes` are on their way and those before them are there: of what is
    /// under way nobody knows which bytes are there, and what is to go is still there.
    #[must_use]
    pub fn meanwhile(&self, found: &Found, done: &[Class]) -> BTreeMap<String, Object> {
        let mut objects = found.ledger.as_ref().map(|ledger| ledger.objects.clone()).unwrap_or_default();
        for step in self.going_up() {
            let digest = step.object.digest.filter(|_| done.contains(&step.object.class));
            objects.insert(step.path.clone(), Object { digest, ..step.object.clone() });
        }
        objects
    }

    /// Why this must not be done without the publisher saying so.
    #[must_use]
    pub fn objections(&self, found: &Found, limits: Limits) -> Vec<Objection> {
        let mut objections = Vec::new();
        let some = |paths: &[&String]| paths.iter().take(5).map(|path| (*path).clone()).collect();
        if found.has_folders {
            let puts = self.puts();
            let is_ours = |path: &str| found.ledger.as_ref().is_some_and(|ledger| ledger.objects.contains_key(path));
            let blocking: Vec<&String> =
                found.present.iter().filter(|path| !is_ours(path) && clashes(path, &puts)).collect();
            if !blocking.is_empty() {
                objections.push(Objection::Blocking(blocking.len(), some(&blocking)));
            }
            let folders: Vec<&String> = found.empty_folders.iter().filter(|path| is_within(path, &puts)).collect();
            if !folders.is_empty() {
                objections.push(Objection::EmptyFolders(folders.len(), some(&folders)));
            }
        }
        if found.ledger.is_none() && !found.is_damaged && !found.present.is_empty() && !limits.adopt {
            let all: Vec<&String> = found.present.iter().collect();
            objections.push(Objection::Foreign(all.len(), some(&all)));
        }
        if let Some(ledger) = found.ledger.as_ref().filter(|_| !limits.adopt) {
            let is_foreign = |path: &&String| found.present.contains(*path) && !ledger.objects.contains_key(*path);
            let puts = self.going_up().map(|step| &step.path);
            let in_the_way: Vec<&String> = puts.filter(is_foreign).collect();
            if !in_the_way.is_empty() {
                objections.push(Objection::InTheWay(in_the_way.len(), some(&in_the_way)));
            }
        }
        if let Some(ledger) = &found.ledger {
            let live = ledger.objects.values().filter(|object| object.retired == 0).count();
            let going = |step: &&Step| {
                step.change == Change::Removed && step.object.retired == 0 && step.object.class != Class::Hashed
            };
            let removed = self.steps.iter().filter(going).count();
            if removed * 100 > live * limits.max_removals as usize && !limits.force {
                objections.push(Objection::TooManyRemovals(removed, live));
            }
        }
        objections
    }
}

/// What came to a target between two looks at it, to where the objects of `puts` and `removals` are or will be: somebody else's,
/// of which the plan knows nothing.
#[must_use]
pub fn newcomers(before: &Found, now: &Found, puts: &BTreeSet<&str>, removals: &BTreeSet<&str>) -> Vec<String> {
    let is_met =
        |path: &str| puts.contains(path) || removals.contains(path) || (now.has_folders && clashes(path, puts));
    let files = now.present.difference(&before.present).filter(|path| is_met(path));
    let folders = now.empty_folders.difference(&before.empty_folders).filter(|path| is_within(path, puts));
    files.chain(folders).cloned().collect()
}

/// Whether a file at `path` and one of `others` cannot both be there: one would be a folder of the other.
fn clashes(path: &str, others: &BTreeSet<&str>) -> bool {
    let below = format!("{path}/");
    let is_above = others.range(below.as_str()..).next().is_some_and(|other| other.starts_with(&below));
    is_above || is_below(path, others)
}

/// Whether what is at `path` is one of `others`, or stands below one as if that were a folder.
fn is_within(path: &str, others: &BTreeSet<&str>) -> bool {
    others.contains(path) || is_below(path, others)
}

fn is_below(path: &str, others: &BTreeSet<&str>) -> bool {
    path.match_indices('/').any(|(at, _)| path.get(..at).is_some_and(|above| others.contains(above)))
}

/// What has to be done with an object of the site.
fn change(object: &Object, old: Option<&Object>, is_present: bool) -> Option<Change> {
    let Some(old) = old else { return Some(if is_present { Change::Changed } else { Change::Added }) };
    if !is_present {
        // Somebody took it away, or it never arrived.
        return Some(Change::Added);
    }
    if old.digest != object.digest {
        return Some(Change::Changed);
    }
    (old.media != object.media || old.cache != object.cache).then_some(Change::Headers)
}

/// Uploads by class, removals last.
fn order(step: &Step) -> (bool, Class, &str) {
    (step.change == Change::Removed, step.object.class, &step.path)
}

#[cfg(test)]
mod tests;
