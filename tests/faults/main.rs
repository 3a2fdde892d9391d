//! Faults, all of them in one place: what the real program is given or what happens to it, and what it promises then. Each
//! file says its promise first. What stands for all: no panic, no wait without an end, nothing half-written, and a finding
//! or a message that says what is wrong.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[path = "../publishing/mod.rs"]
mod publishing;
#[path = "../serving/mod.rs"]
mod serving;

mod branches;
mod builds_at_once;
mod caches;
mod data;
mod disks;
mod front_matter;
mod full_targets;
mod guides;
mod hostile_targets;
mod killed_builds;
mod killed_publishing;
mod locks;
mod names;
mod output_folders;
mod requests;
mod shortcodes;
mod stores;
mod templates;
mod versions;

use assert_cmd::Command;
use std::fs;
use std::time::Duration;
use tempfile::TempDir;

/// A site with a guide that is right, and `files` beside it.
fn site(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in [("content/right.md", "---\ntitle: Right\n---\nAll is well.\n".as_bytes())].iter().chain(files)
    {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

/// Builds, in time and without a panic, and gives `FILE[CODE]` of each finding; the guide that is right is built.
fn faults(site: &TempDir) -> Vec<String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guidegen"));
    let command = command.current_dir(site.path()).args(["build", "--format", "json"]);
    let output = command.timeout(Duration::from_secs(300)).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    let status = output.status.code();
    assert!(matches!(status, Some(0 | 1)), "{status:?}: {told}");
    assert!(!told.contains("panicked"), "{told}");
    let page = fs::read_to_string(site.path().join("public/right/index.html")).unwrap();
    assert!(page.contains("All is well."), "{page}");
    let found = String::from_utf8(output.stdout).unwrap();
    let found = found.lines().map(|line| {
        let finding: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
        assert!(!text("message").is_empty());
        format!("{}[{}]", text("file"), text("code"))
    });
    let mut found: Vec<String> = found.collect();
    found.sort();
    found.dedup();
    found
}

/// The faults of a site whose only guide beside the right one is this.
fn of_guide(text: &str) -> Vec<String> {
    faults(&site(&[("content/wrong.md", text.as_bytes())]))
}

fn of_body(body: &str) -> Vec<String> {
    of_guide(&format!("---\ntitle: Wrong\n---\n{body}"))
}
