//! What golden tests share: a case's folder as a site, the build of it, and the comparison that a switch blesses.

#![allow(dead_code, reason = "no test uses all of it")]

use guidegen::base::{Diagnostic, Place};
use guidegen::engine::{self, Command, Inputs};
use guidegen::input::date::Date;
use guidegen::input::files::{Content, File, SiteFiles};
use guidegen::page::highlight::Highlighter;
use guidegen::site::artifact::Bundle;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The time of every golden build: 2026-01-01.
pub const NOW: i64 = 1_767_225_600;

/// The folders of the cases below `tests/FOLDER`, sorted.
pub fn cases(folder: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let mut cases: Vec<PathBuf> =
        fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    cases.sort();
    assert!(!cases.is_empty(), "{} holds no case", root.display());
    cases
}

/// Every file below `root` by its path with `/`, sorted.
pub fn files_below(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in walkdir::WalkDir::new(root).into_iter().map(Result::unwrap) {
        if entry.file_type().is_file() {
            let path = entry.path().strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            files.insert(path, fs::read(entry.path()).unwrap());
        }
    }
    files
}

/// Files by path as a site.
pub fn site(files: &BTreeMap<String, Vec<u8>>) -> SiteFiles {
    let below = |folder: &str| -> Vec<File> {
        let files = files.iter().filter_map(|(path, bytes)| {
            let path = path.strip_prefix(folder)?.to_owned();
            Some(File { path, content: Content::Bytes(bytes.clone().into()) })
        });
        files.collect()
    };
    let config = files
        .get("guidegen.yaml")
        .map(|bytes| File { path: "guidegen.yaml".to_owned(), content: Content::Bytes(bytes.clone().into()) });
    SiteFiles {
        config,
        content: below("content/"),
        data: below("data/"),
        templates: below("templates/"),
        statics: below("static/"),
        schemas: below("schemas/"),
    }
}

/// Builds a site in memory, as of [`NOW`].
pub fn build(files: &BTreeMap<String, Vec<u8>>) -> Bundle {
    build_at(files, NOW)
}

/// Builds a site in memory, as of `now`.
pub fn build_at(files: &BTreeMap<String, Vec<u8>>, now: i64) -> Bundle {
    build_with(files, now, false, Vec::new())
}

/// Builds a site in memory, as of [`NOW`], with values baked in.
pub fn build_baked(files: &BTreeMap<String, Vec<u8>>, baked: Vec<(String, serde_json::Value)>) -> Bundle {
    build_with(files, NOW, false, baked)
}

/// Builds a site in memory, with what its pages say of the search, and without the index.
pub fn build_before_search(files: &BTreeMap<String, Vec<u8>>) -> Bundle {
    build_with(files, NOW, true, Vec::new())
}

/// Builds a site in memory, with its search.
pub fn build_with_search(files: &BTreeMap<String, Vec<u8>>) -> Bundle {
    let mut bundle = build_with(files, NOW, true, Vec::new());
    guidegen::edge::search::complete(&mut bundle).unwrap();
    bundle
}

fn build_with(
    files: &BTreeMap<String, Vec<u8>>,
    now: i64,
    search: bool,
    baked: Vec<(String, serde_json::Value)>,
) -> Bundle {
    let all = files.clone();
    let inputs = Inputs {
        files: &site(files),
        found: Vec::new(),
        now: Date::from_unix(now),
        base_url: None,
        drafts: false,
        future: false,
        baked,
        search,
        command: Command::Build,
        highlighter: Arc::new(Highlighter::new()),
        reader: Arc::new(move |path: &str| {
            let bytes = all.get(path).ok_or("there is no such file")?;
            Ok(String::from_utf8_lossy(bytes).into_owned())
        }),
        changes: Arc::new(|| Arc::new(BTreeMap::new())),
        watch: None,
        lap: &|_| {},
    };
    match engine::build(inputs) {
        Ok(bundle) => bundle,
        Err(refusal) => Bundle { diagnostics: refusal.diagnostics, ..Bundle::default() },
    }
}

/// Findings, a line each, helps and related places below them.
pub fn findings(diagnostics: &[Diagnostic]) -> String {
    let mut text = String::new();
    for found in diagnostics {
        let place = found.place.as_ref().map_or_else(|| "-".to_owned(), place);
        let _ = writeln!(text, "{place}: {}[{}] {}", found.severity.as_str(), found.code, found.message);
        for related in &found.related {
            let _ = writeln!(text, "  {}: {}", self::place(&related.place), related.message);
        }
        if let Some(help) = &found.help {
            let _ = writeln!(text, "  help: {help}");
        }
    }
    text
}

fn place(place: &Place) -> String {
    match place.range {
        Some(range) => {
            format!("{}:{}:{}-{}:{}", place.file, range.line, range.column, range.end_line, range.end_column)
        }
        None => place.file.to_string(),
    }
}

/// Whether expectations are written anew: `GUIDEGEN_BLESS=1`.
pub fn blesses() -> bool {
    std::env::var_os("GUIDEGEN_BLESS").is_some_and(|value| value == "1")
}

/// Compares what came out with the files below `expected`, or writes them anew. Missing and unused files fail.
pub fn compare(case: &Path, expected: &Path, got: &BTreeMap<String, Vec<u8>>, failures: &mut Vec<String>) {
    let want = if expected.exists() { files_below(expected) } else { BTreeMap::new() };
    if blesses() {
        for path in want.keys().filter(|path| !got.contains_key(*path)) {
            fs::remove_file(expected.join(path)).unwrap();
        }
        for (path, bytes) in got {
            let file = expected.join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            if want.get(path) != Some(bytes) {
                fs::write(file, bytes).unwrap();
            }
        }
        return;
    }
    let name = case.file_name().unwrap().to_string_lossy();
    for path in want.keys().filter(|path| !got.contains_key(*path)) {
        failures.push(format!("{name}: {path} is expected and was not made"));
    }
    for (path, bytes) in got {
        match want.get(path) {
            None => failures.push(format!("{name}: {path} was made and is not expected")),
            Some(want) if want != bytes => {
                let (want, got) = (String::from_utf8_lossy(want), String::from_utf8_lossy(bytes));
                let diff = similar::TextDiff::from_lines(&*want, &*got);
                failures.push(format!("{name}: {path} differs\n{}", diff.unified_diff().header("expected", "got")));
            }
            Some(_) => {}
        }
    }
}

/// Fails with everything that differs.
pub fn report(failures: &[String]) {
    assert!(
        failures.is_empty(),
        "{}\n\n{} differences. When they are meant, run the tests again with GUIDEGEN_BLESS=1 and read the diff.",
        failures.join("\n"),
        failures.len()
    );
}
