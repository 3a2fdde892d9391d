//! The walls of the house, as the crate's documentation draws them: read from the sources, so that they stay true.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may")]

use std::fs;
use std::path::Path;

/// A module imports from itself and from those before it.
const MODULES: [&str; 7] = ["base", "input", "page", "site", "engine", "edge", "cli"];

/// What only some modules may touch: a word of a path, and the modules.
const ONLY_IN: [(&str, &[&str]); 19] = [
    ("std::fs", &["edge"]),
    ("std::env", &["edge"]),
    ("std::net::Tcp", &["edge"]),
    ("std::process::Command", &["edge"]),
    ("SystemTime", &["edge"]),
    ("Instant::now", &["edge"]),
    ("walkdir", &["edge"]),
    ("hyper::", &["edge"]),
    ("notify::", &["edge"]),
    ("pagefind::", &["edge"]),
    ("tokio::", &["edge"]),
    ("object_store::", &["edge"]),
    ("ini::", &["edge"]),
    ("annotate_snippets", &["edge"]),
    ("clap::", &["cli"]),
    ("pulldown_cmark", &["page"]),
    ("syntect", &["page"]),
    ("saphyr_parser", &["input"]),
    ("include_dir!", &["input"]),
];

/// Every source file: its path below `src/`, and its text without its tests.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found: Vec<(String, String)> = walkdir::WalkDir::new(&root)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.path().extension().is_some_and(|extension| extension == "rs"))
        .map(|entry| {
            let path = entry.path().strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
            (path, fs::read_to_string(entry.path()).unwrap())
        })
        .collect();
    found.sort();
    assert!(found.len() > 50);
    found
}

/// The text before the tests, without comments; of a file of tests nothing.
fn code(path: &str, text: &str) -> String {
    if let Some(parent) = path.strip_suffix("/tests.rs") {
        let source = |name: String| fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(name));
        let parent = source(format!("{parent}.rs")).or_else(|_| source(format!("{parent}/mod.rs"))).unwrap();
        assert!(parent.contains("#[cfg(test)]\nmod tests;"), "{path} is no file of tests");
        return String::new();
    }
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).map(|line| format!("{line}\n")).collect()
}

fn module(path: &str) -> Option<usize> {
    let name = path.split('/').next()?.trim_end_matches(".rs");
    MODULES.iter().position(|module| *module == name)
}

#[test]
fn data_goes_one_way() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let Some(own) = module(&path) else { continue };
        let code = code(&path, &text);
        for (rank, name) in MODULES.iter().enumerate().skip(own + 1) {
            if code.contains(&format!("crate::{name}::")) || code.contains(&format!("crate::{name};")) {
                wrong.push(format!("{path} imports {name} ({rank} is above {own})"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_world_is_touched_at_the_edge_alone() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let Some(own) = module(&path) else { continue };
        let code = code(&path, &text);
        for (word, allowed) in ONLY_IN {
            if code.contains(word) && !allowed.contains(&MODULES[own]) {
                wrong.push(format!("{path} uses {word}, which belongs to {}", allowed.join(", ")));
            }
        }
        if code.contains("process::exit") || code.contains("static mut") || code.contains("thread_local!") {
            wrong.push(format!("{path} ends the process or has a global"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_says_what_it_owns_and_stays_readable() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        if !text.starts_with("//!") {
            wrong.push(format!("{path} does not open with what it owns"));
        }
        let lines = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default().lines().count();
        if lines > 420 {
            wrong.push(format!("{path} has {lines} lines"));
        }
        let name = path.rsplit('/').next().unwrap_or_default();
        if ["utils.rs", "util.rs", "helpers.rs", "common.rs", "misc.rs"].contains(&name) {
            wrong.push(format!("{path} has a name that says nothing"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
