//! The HTML of the built-in theme is valid, on the project's own site and on a real one: html-validate reads every page.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Rules of the standard; nothing of taste.
const RULES: &str =
    r#"{ "root": true, "extends": ["html-validate:standard"], "rules": { "no-trailing-whitespace": "off" } }"#;

/// The validator, as `.ci/test` fetches it; none when it was said that there is to be none.
fn validator() -> Option<PathBuf> {
    let named = std::env::var_os("GUIDEGEN_HTML_VALIDATE").map(PathBuf::from);
    if named.as_deref() == Some(Path::new("off")) {
        eprintln!("GUIDEGEN_HTML_VALIDATE=off: THIS TEST TESTS NOTHING.");
        return None;
    }
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = named.unwrap_or_else(|| project.join("target/html-validate/node_modules/.bin/html-validate"));
    assert!(
        path.exists(),
        "html-validate is missing ({}). Fetch it with `npm install --prefix target/html-validate html-validate`, name it \
         with GUIDEGEN_HTML_VALIDATE=PATH, or leave this test out with GUIDEGEN_HTML_VALIDATE=off",
        path.display()
    );
    Some(path)
}

/// Builds the site at `root` and returns what is wrong with its pages, a line each.
fn wrong(validator: &Path, root: &Path) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("public");
    let built = Command::new(env!("CARGO_BIN_EXE_guidegen"))
        .args(["build", "--quiet", "--base-url", "https://docs.example.test/", "--root"])
        .arg(root)
        .arg("--output")
        .arg(&output)
        .output()
        .unwrap();
    assert!(output.join("index.html").is_file(), "{}", String::from_utf8_lossy(&built.stderr));
    let pages: Vec<PathBuf> = walkdir::WalkDir::new(&output)
        .sort_by_file_name()
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "html"))
        .collect();
    assert!(pages.len() > 20, "only {} pages", pages.len());
    let rules = folder.path().join("rules.json");
    fs::write(&rules, RULES).unwrap();
    let told = folder.path().join("told.json");
    let run = Command::new(validator)
        // Into a file: the validator ends before a pipe has taken all that it says.
        .arg(format!("--formatter=json={}", told.display()))
        .arg("--config")
        .arg(&rules)
        .args(&pages)
        .current_dir(folder.path())
        .output()
        .unwrap();
    let text = fs::read_to_string(&told).unwrap_or_default();
    let files: serde_json::Value = serde_json::from_str(&text)
        .unwrap_or_else(|why| panic!("{why}: {text}{}", String::from_utf8_lossy(&run.stderr)));
    let messages = |file: &serde_json::Value| {
        let page = file["filePath"].as_str().unwrap_or_default();
        let page = page.rsplit_once("/public/").map_or(page, |(_, page)| page).to_owned();
        let of = file["messages"].as_array().cloned().unwrap_or_default();
        of.into_iter()
            .map(move |message| format!("{page}:{}: {}", message["line"], message["message"]))
            .collect::<Vec<_>>()
    };
    files.as_array().unwrap().iter().flat_map(messages).collect()
}

#[test]
fn our_own_pages_are_valid() {
    let Some(validator) = validator() else { return };
    let nothing: [String; 0] = [];
    assert_eq!(wrong(&validator, Path::new(env!("CARGO_MANIFEST_DIR"))), nothing);
}

/// The real site with the theme's templates in place of its own; its shortcodes stay. Three end tags without a start stand
/// in its guides as raw HTML.
#[test]
fn pages_of_a_real_site_are_valid() {
    let Some(validator) = validator() else { return };
    let Some(corpus) = std::env::var_os("GUIDEGEN_CORPUS").map(PathBuf::from) else {
        eprintln!("GUIDEGEN_CORPUS is not set: THIS TEST TESTS NOTHING.");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    for entry in walkdir::WalkDir::new(&corpus) {
        let entry = entry.unwrap();
        let below = entry.path().strip_prefix(&corpus).unwrap();
        let is_template = below.parent() == Some(Path::new("templates"));
        if entry.file_type().is_dir() {
            fs::create_dir_all(folder.path().join(below)).unwrap();
        } else if !is_template {
            fs::copy(entry.path(), folder.path().join(below)).unwrap();
        }
    }
    let found = wrong(&validator, folder.path());
    let authored = found.iter().filter(|line| line.ends_with("\"Stray end tag '</p>'\"")).count();
    assert!(authored <= 3 && found.len() == authored, "{found:#?}");
}
