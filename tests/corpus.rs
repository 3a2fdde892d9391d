//! A real site of your own, named by `GUIDEGEN_CORPUS` (a folder with `guidegen.yaml` and `content/`): it builds without
//! an error, the same with one thread and with two, and every finding points into one of its files.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may")]

mod golden;

use guidegen::base::Severity;
use std::path::PathBuf;

#[test]
fn a_real_site_builds() {
    let Some(root) = std::env::var_os("GUIDEGEN_CORPUS").map(PathBuf::from) else {
        eprintln!("GUIDEGEN_CORPUS is not set: no real site was built");
        return;
    };
    let files = golden::files_below(&root);
    let build = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| golden::build(&files))
    };
    let (one, two) = (build(1), build(2));
    assert!(one.facts.pages > 100, "{} pages", one.facts.pages);
    let errors: Vec<_> = one.diagnostics.iter().filter(|found| found.severity == Severity::Error).cloned().collect();
    assert_eq!(golden::findings(&errors), "");
    for found in &one.diagnostics {
        let place = found.place.as_ref().unwrap_or_else(|| panic!("no place: {}", found.message));
        let text = String::from_utf8_lossy(&files[&*place.file]);
        let range = place.range.unwrap();
        let line = text.lines().nth(range.line as usize - 1).unwrap();
        assert!(range.column as usize <= line.chars().count() + 1, "{}:{}", place.file, range.line);
    }
    assert_eq!(one.diagnostics, two.diagnostics);
    for (a, b) in one.artifacts.iter().zip(&two.artifacts) {
        assert_eq!((&a.path, a.digest), (&b.path, b.digest));
    }
    assert_eq!(one.artifacts.len(), two.artifacts.len());
}
