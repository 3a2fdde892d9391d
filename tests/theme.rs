//! What the built-in theme promises whatever its templates say: nothing inline that the Content-Security-Policy forbids,
//! nothing from another host, and a weight that stays small.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may")]

use std::fs;
use std::path::{Path, PathBuf};

fn files(folder: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found: Vec<PathBuf> = walkdir::WalkDir::new(root)
        .into_iter()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .collect();
    found.sort();
    assert!(!found.is_empty(), "{folder} is empty");
    found
}

/// The text of a template without its comments, and without JSON-LD, which is data and never run.
fn template(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let left_out = r#"(?s)\{#.*?#\}|<script type="application/ld\+json">.*?</script>"#;
    regex::Regex::new(left_out).unwrap().replace_all(&text, "").into_owned()
}

#[test]
fn no_template_has_inline_script_or_style() {
    let forbidden =
        regex::Regex::new(r#"(?i)<style|\sstyle=|\son[a-z]+="|javascript:|<script(?:>|\s[^>]*>\s*[^<\s])"#).unwrap();
    for path in files("templates") {
        let text = template(&path);
        let found = forbidden.find(&text).map(|found| found.as_str().to_owned());
        assert_eq!(found, None, "{}", path.display());
    }
}

#[test]
fn ids_of_the_theme_are_none_that_headings_have() {
    let id = regex::Regex::new(r#"\sid="([^"{]+)""#).unwrap();
    for path in files("templates") {
        for found in id.captures_iter(&template(&path)) {
            assert!(found[1].starts_with("gg-"), "{}: {}", path.display(), &found[1]);
        }
    }
}

#[test]
fn every_script_has_a_source() {
    let tag = regex::Regex::new(r"<script([^>]*)>").unwrap();
    for path in files("templates") {
        let text = template(&path).replace("}}\"", "\"");
        for found in tag.captures_iter(&text) {
            assert!(found[1].contains("src="), "{}: {}", path.display(), &found[0]);
        }
    }
}

#[test]
fn nothing_comes_from_another_host() {
    for path in files("static").iter().filter(|path| path.extension().is_some_and(|end| end == "css" || end == "js")) {
        let text = fs::read_to_string(path).unwrap();
        for word in ["http://", "https://", "@import", "url(", "eval(", "new Function"] {
            assert!(!text.contains(word), "{}: {word}", path.display());
        }
    }
}

#[test]
fn script_sets_no_style_and_no_markup() {
    for path in files("static").iter().filter(|path| path.extension().is_some_and(|end| end == "js")) {
        let text = fs::read_to_string(path).unwrap();
        for word in [".style.", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write"] {
            assert!(!text.contains(word), "{}: {word}", path.display());
        }
    }
}

#[test]
fn every_shortcode_says_what_it_does_and_which_parameters_it_takes() {
    for path in files("templates/shortcodes") {
        let text = fs::read_to_string(&path).unwrap();
        let comment = text.strip_prefix("{#-").and_then(|rest| rest.split_once("#}")).map(|(comment, _)| comment);
        let comment = comment.unwrap_or_else(|| panic!("{} does not begin with a comment", path.display()));
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert!(comment.contains("Parameters"), "{}", path.display());
        assert!(comment.contains(name), "{}: no example", path.display());
    }
}

#[test]
fn the_theme_is_light() {
    // Before compression, which brings them to about a quarter.
    for (name, limit) in [("theme.css", 40_000), ("theme.js", 24_000), ("theme-mode.js", 1_000)] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("static").join(name);
        let size = fs::metadata(&path).unwrap().len();
        assert!(size <= limit, "{name} has {size} bytes");
    }
}
