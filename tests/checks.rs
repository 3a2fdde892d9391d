//! Seeded faults, a folder for each code in `tests/checks/` (`CODE--more` for another of the same): the site in `wrong/` has one, the site in `right/` has it mended.
//!
//! `expected.txt` says where it is: `file:line:column`. Each must be found there, once, and be the only thing found; the
//! mended site must be silent. A new folder is a new test.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may")]

use serde_json::Value;
use std::path::{Path, PathBuf};

/// What `guidegen check` finds in a site: code and place.
fn check(root: &Path) -> Vec<(String, String)> {
    // What an earlier run remembers of digests must not answer for this one.
    let cache = tempfile::tempdir().unwrap();
    let output = assert_cmd::Command::cargo_bin("guidegen")
        .unwrap()
        .args(["check", "--format", "json", "--root"])
        .arg(root)
        .env("XDG_CACHE_HOME", cache.path())
        .env("SOURCE_DATE_EPOCH", "1700000000")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let found = text.lines().map(|line| {
        let found: Value = serde_json::from_str(line).unwrap();
        let place = format!("{}:{}:{}", found["file"].as_str().unwrap_or("-"), found["line"], found["column"]);
        (found["code"].as_str().unwrap().to_owned(), place)
    });
    found.collect()
}

fn folders() -> Vec<PathBuf> {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/checks");
    let mut folders: Vec<PathBuf> = std::fs::read_dir(all).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders
}

#[test]
fn every_fault_is_found_in_its_place_and_once() {
    let mut wrong = Vec::new();
    for folder in folders() {
        let name = folder.file_name().unwrap().to_str().unwrap();
        let code = name.split("--").next().unwrap().to_owned();
        let expected = std::fs::read_to_string(folder.join("expected.txt")).unwrap();
        let expected: Vec<(String, String)> = expected.lines().map(|place| (code.clone(), place.to_owned())).collect();
        let found = check(&folder.join("wrong"));
        if found != expected {
            wrong.push(format!("{name}: found {found:?}, expected {expected:?}"));
        }
        let found = check(&folder.join("right"));
        if !found.is_empty() {
            wrong.push(format!("{name}, mended: found {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Codes that no folder can hold: another site that does not answer (`tests/external.rs`), and a link out of the site
/// (below).
const ELSEWHERE: &[&str] = &["link-external", "unreadable"];

#[test]
fn every_code_has_a_fault() {
    let output = assert_cmd::Command::cargo_bin("guidegen").unwrap().arg("explain").output().unwrap();
    let list = String::from_utf8(output.stdout).unwrap();
    let folders: Vec<String> =
        folders().iter().map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    let of = |code: &str| folders.iter().any(|folder| folder.split("--").next() == Some(code));
    let codes: Vec<&str> = list.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(codes.len() > 30, "{list}");
    let without: Vec<&&str> = codes.iter().filter(|code| !of(code) && !ELSEWHERE.contains(code)).collect();
    assert!(without.is_empty(), "{without:?}");
}

#[cfg(unix)]
#[test]
fn what_leads_out_of_the_site_is_told_once() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("site/content")).unwrap();
    std::fs::write(folder.path().join("outside.md"), "# Outside\n").unwrap();
    std::fs::write(folder.path().join("site/content/a.md"), "---\ntitle: A\n---\n").unwrap();
    let link = folder.path().join("site/content/b.md");
    std::os::unix::fs::symlink("../../outside.md", &link).unwrap();
    let site = folder.path().join("site");
    assert_eq!(check(&site), [("unreadable".to_owned(), "content/b.md:null:null".to_owned())]);
    std::fs::remove_file(link).unwrap();
    assert_eq!(check(&site), []);
}
