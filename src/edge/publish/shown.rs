//! A plan as people and as machines read it.

use crate::edge::terminal::tame;
use crate::site::publication::ledger::Ledger;
use crate::site::publication::plan::{Change, Plan};
use serde_json::json;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// So many objects of each change are listed; the others are counted.
const LISTED: usize = 20;

/// The plan for people; with `all` every object is listed.
#[must_use]
pub fn describe(plan: &Plan, all: bool) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    if plan.is_blind {
        text.push_str(
            "note: no manifest says what guidegen put there: everything is uploaded, and nothing is removed\n",
        );
    } else if plan.resumes {
        text.push_str("note: the last run did not come to its end; this one goes on with it\n");
    }
    for change in [Change::Added, Change::Changed, Change::Headers, Change::Removed] {
        let steps: Vec<_> = plan.steps.iter().filter(|step| step.change == change).collect();
        let shown = if all { steps.len() } else { LISTED };
        for step in steps.iter().take(shown) {
            let _ = writeln!(text, "{:>8}  {}", change.name(), tame(&step.path, false));
        }
        if steps.len() > shown {
            let _ = writeln!(text, "{:>8}  … and {} more (--verbose lists them)", change.name(), steps.len() - shown);
        }
    }
    let _ = writeln!(
        text,
        "{} added, {} changed, {} headers only, {} removed, {} unchanged, {} kept of earlier releases; {} to upload{}",
        plan.count(Change::Added),
        plan.count(Change::Changed),
        plan.count(Change::Headers),
        plan.count(Change::Removed),
        plan.unchanged,
        plan.kept,
        size(plan.bytes()),
        match plan.unmeasured() {
            0 => String::new(),
            count => format!(", and {count} compressed files, which are made then"),
        },
    );
    text
}

/// What was done, in a few words: `sent` bytes went up with it.
#[must_use]
pub fn done(plan: &Plan, sent: u64) -> String {
    let changes = [Change::Added, Change::Changed, Change::Headers, Change::Removed].into_iter();
    let said = changes.filter_map(|change| {
        let name = if change == Change::Headers { "with other headers" } else { change.name() };
        Some(format!("{} {name}", Some(plan.count(change)).filter(|count| *count > 0)?))
    });
    let sent = format!("{} sent", size(sent));
    let said: Vec<String> = said.chain([sent]).collect();
    said.join(", ")
}

/// The plan for machines: an object a line, then their sum.
#[must_use]
pub fn json(plan: &Plan, target: &str) -> String {
    let mut text = String::new();
    for step in &plan.steps {
        let line = json!({
            "change": step.change.name(),
            "path": step.path,
            "bytes": step.object.bytes,
            "type": step.object.media,
            "cache": step.object.cache,
        });
        let _ = writeln!(text, "{line}");
    }
    let sum = json!({
        "target": target,
        "added": plan.count(Change::Added),
        "changed": plan.count(Change::Changed),
        "headers": plan.count(Change::Headers),
        "removed": plan.count(Change::Removed),
        "unchanged": plan.unchanged,
        "kept": plan.kept,
        "bytes": plan.bytes(),
        "unmeasured": plan.unmeasured(),
        "resumes": plan.resumes,
        "blind": plan.is_blind,
    });
    let _ = writeln!(text, "{sum}");
    text
}

/// What stands at a target, for machines: one object.
#[must_use]
pub fn status_json(target: &str, ledger: Option<&Ledger>, is_damaged: bool, present: &BTreeSet<String>) -> String {
    let objects = ledger.map(|ledger| &ledger.objects);
    let is_ours = |path: &String| objects.is_some_and(|objects| objects.contains_key(path));
    let ours = || objects.into_iter().flatten();
    let live = ours().filter(|(_, object)| object.retired == 0).count();
    let state = match ledger {
        Some(ledger) if ledger.complete => "published",
        Some(_) => "interrupted",
        None if is_damaged => "damaged",
        None if present.is_empty() => "empty",
        None => "foreign",
    };
    let line = json!({
        "target": target,
        "state": state,
        "base_url": ledger.map(|ledger| &ledger.base_url),
        "time": ledger.map(|ledger| &ledger.time),
        "commit": ledger.and_then(|ledger| ledger.commit.as_ref()),
        "files": live,
        "kept": ours().count() - live,
        "missing": ours().filter(|(path, _)| !present.contains(*path)).count(),
        "foreign": present.iter().filter(|path| !is_ours(path)).count(),
    });
    format!("{line}\n")
}

/// A number of bytes as people say it.
#[must_use]
pub fn size(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "one place behind the point is shown")]
    let value = bytes as f64;
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.1} kB", value / 1e3),
        _ => format!("{:.1} MB", value / 1e6),
    }
}
