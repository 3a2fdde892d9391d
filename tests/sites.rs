//! Golden sites: each folder of `tests/sites` is a whole site (`site/`) and the files it becomes (`expected/`), with
//! what is told in `findings.txt`. A new case is a new folder with a `site/`: `GUIDEGEN_BLESS=1 cargo test --test sites`
//! writes the rest. Files that are expected and not made fail, and files that are made and not expected.
//!
//! Hashed assets stand in no expectation: a change of the theme is none of the site.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may")]

mod golden;

use guidegen::input::files::Content;
use std::collections::BTreeMap;

#[test]
fn sites_become_what_is_expected() {
    let mut failures = Vec::new();
    for case in golden::cases("sites") {
        let bundle = golden::build(&golden::files_below(&case.join("site")));
        let mut got = BTreeMap::new();
        for artifact in bundle.artifacts.iter().filter(|artifact| !artifact.path.starts_with("assets/")) {
            if let Content::Bytes(bytes) = &artifact.content {
                got.insert(artifact.path.clone(), bytes.to_vec());
            }
        }
        golden::compare(&case, &case.join("expected"), &got, &mut failures);
        let findings = golden::findings(&bundle.diagnostics);
        let told = case.join("findings.txt");
        let want = std::fs::read_to_string(&told).unwrap_or_default();
        if golden::blesses() {
            if findings.is_empty() {
                let _ = std::fs::remove_file(&told);
            } else {
                std::fs::write(&told, &findings).unwrap();
            }
        } else if want != findings {
            failures.push(format!("{}: other findings\n--- expected\n{want}--- got\n{findings}", case.display()));
        }
    }
    golden::report(&failures);
}

/// The same files make the same bytes, however many threads there are.
#[test]
fn threads_do_not_matter() {
    let project = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = BTreeMap::new();
    for folder in ["content", "templates", "static", "data"] {
        let below = project.join(folder);
        if below.exists() {
            files.extend(
                golden::files_below(&below).into_iter().map(|(path, bytes)| (format!("{folder}/{path}"), bytes)),
            );
        }
    }
    files.insert("guidegen.yaml".to_owned(), std::fs::read(project.join("guidegen.yaml")).unwrap());
    let build = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| golden::build_at(&files, 4_000_000_000))
    };
    let (one, two) = (build(1), build(2));
    assert!(one.artifacts.len() > 20);
    assert_eq!(one.diagnostics, two.diagnostics);
    assert_eq!(one.facts, two.facts);
    let digests = |bundle: &guidegen::site::artifact::Bundle| {
        bundle.artifacts.iter().map(|artifact| (artifact.path.clone(), artifact.digest)).collect::<Vec<_>>()
    };
    assert_eq!(digests(&one), digests(&two));
}
