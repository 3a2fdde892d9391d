//! A whole site from its bytes to its files, with a configuration, data and templates that may all be wrong.
//!
//! The bytes are a list of files: a line `=== PATH` begins one, and its text goes to the next. What stands before the first is
//! a guide.

use super::guide::inputs;
use super::{html, places};
use guidegen::base::Place;
use guidegen::base::digest::Digest;
use guidegen::engine;
use guidegen::input::files::{Content, File, SiteFiles};
use guidegen::page::read;
use guidegen::site::artifact::Bundle;
use std::collections::BTreeMap;

/// So large a site is tried.
const LARGEST: usize = 64 * 1024;

/// Builds `data` as a site.
pub fn check(data: &[u8]) {
    if data.len() > LARGEST {
        return;
    }
    let named = named(data);
    let files = files(&named);
    let texts = texts(&named);
    let text_of = |file: &str| texts.get(file).map(String::as_str);
    let bundle = match engine::build(inputs(&files)) {
        Ok(bundle) => bundle,
        Err(refusal) => {
            assert!(!refusal.diagnostics.is_empty(), "why nothing is built is told");
            return places::assert_findings(&refusal.diagnostics, text_of);
        }
    };
    check_artifacts(&bundle, &named);
    // What stands in the theme's own files is nobody's to mend here.
    let is_own = |place: &Place| texts.contains_key(&*place.file);
    let own = bundle.diagnostics.iter().filter(|found| found.place.as_ref().is_none_or(is_own));
    places::assert_findings(&own.cloned().collect::<Vec<_>>(), text_of);
    if Digest::of(data).hex().starts_with('0') {
        let again = engine::build(inputs(&files)).expect("what was built is built again");
        assert_eq!(written(&bundle), written(&again), "the same site is the same bytes");
        assert_eq!(bundle.diagnostics, again.diagnostics);
    }
}

fn check_artifacts(bundle: &Bundle, named: &BTreeMap<String, Vec<u8>>) {
    assert!(bundle.artifacts.windows(2).all(|pair| pair[0].path < pair[1].path), "sorted, each path once");
    for artifact in &bundle.artifacts {
        let path = &artifact.path;
        let is_below = path.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
        assert!(is_below && !path.contains('\0'), "`{path}` is no path below the output folder");
        let Content::Bytes(bytes) = &artifact.content else { panic!("`{path}` was never on a disk") };
        // An author's own file is copied as it is.
        if named.values().any(|own| own[..] == bytes[..]) {
            continue;
        }
        if path.ends_with(".html") || path.ends_with(".md") || path.ends_with(".xml") || path.ends_with(".txt") {
            html::assert_filled(&String::from_utf8_lossy(bytes));
        }
    }
}

fn written(bundle: &Bundle) -> Vec<(&str, Option<Digest>)> {
    bundle.artifacts.iter().map(|artifact| (artifact.path.as_str(), artifact.digest)).collect()
}

/// The files by their paths below the site's root; of two with one name the last.
fn named(data: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut named: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut path = "content/guide.md".to_owned();
    for line in data.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_prefix(b"=== ") {
            Some(name) => {
                path = String::from_utf8_lossy(name).trim().to_owned();
                named.insert(path.clone(), Vec::new());
            }
            None => named.entry(path.clone()).or_default().extend_from_slice(line),
        }
    }
    // A disk has no other names.
    named.retain(|path, _| path.split('/').all(|part| !matches!(part, "" | "." | "..")) && !path.contains('\0'));
    named
}

fn files(named: &BTreeMap<String, Vec<u8>>) -> SiteFiles {
    let below = |folder: &str| {
        let file = |(path, bytes): (&String, &Vec<u8>)| {
            let path = path.strip_prefix(folder)?.strip_prefix('/')?.to_owned();
            let content = match folder {
                "content" => Content::of(&path, bytes.clone()),
                _ => Content::Bytes(bytes.as_slice().into()),
            };
            Some(File { path, content })
        };
        named.iter().filter_map(file).collect::<Vec<_>>()
    };
    let config = named.get("guidegen.yaml");
    SiteFiles {
        config: config
            .map(|bytes| File { path: "guidegen.yaml".to_owned(), content: Content::Bytes(bytes.as_slice().into()) }),
        content: below("content"),
        data: below("data"),
        templates: below("templates"),
        statics: below("static"),
        schemas: below("schemas"),
    }
}

/// The texts that places are counted in.
fn texts(named: &BTreeMap<String, Vec<u8>>) -> BTreeMap<String, String> {
    named.iter().map(|(path, bytes)| (path.clone(), read::text(path, bytes).0.text().to_string())).collect()
}
