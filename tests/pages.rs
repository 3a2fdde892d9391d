//! Golden pages: each folder of `tests/pages` is one guide and what it becomes.
//!
//! `input.md` is the guide; beside it may stand whatever else a site has (`guidegen.yaml`, `templates/`, `data/`,
//! `content/`, `static/`). `expected/content.html` is the page's content, `expected/findings.txt` what is told.
//! A new case is a new folder with an `input.md`: `GUIDEGEN_BLESS=1 cargo test --test pages` writes the rest.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may")]

mod golden;

use guidegen::input::files::Content;
use std::collections::BTreeMap;

/// Every page as its content alone.
const TEMPLATE: &str = "{{ page.content | safe }}";

#[test]
fn guides_become_what_is_expected() {
    let mut failures = Vec::new();
    for case in golden::cases("pages") {
        let mut files = golden::files_below(&case);
        files.retain(|path, _| !path.starts_with("expected/"));
        let input = files.remove("input.md").unwrap_or_else(|| panic!("{} has no input.md", case.display()));
        files.insert("content/page.md".to_owned(), input);
        for template in ["page.html", "section.html", "index.html", "404.html"] {
            files.entry(format!("templates/{template}")).or_insert_with(|| TEMPLATE.into());
        }
        let bundle = golden::build(&files);
        let mut got = BTreeMap::new();
        if let Some(page) = bundle.artifacts.iter().find(|artifact| artifact.path == "page/index.html")
            && let Content::Bytes(bytes) = &page.content
        {
            got.insert("content.html".to_owned(), bytes.to_vec());
        }
        let findings = golden::findings(&bundle.diagnostics);
        if !findings.is_empty() {
            got.insert("findings.txt".to_owned(), findings.into_bytes());
        }
        golden::compare(&case, &case.join("expected"), &got, &mut failures);
    }
    golden::report(&failures);
}
