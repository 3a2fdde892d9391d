//! A real site in the theme, page by page: `GUIDEGEN_CORPUS` names it, and without it these tests say that they test nothing.
//! They open a part of its pages, spread over the site; `GUIDEGEN_ALL_PAGES=1` lets them open all.

use super::{accessibility, chromium, golden, server};
use serde_json::json;
use std::path::Path;
use std::sync::OnceLock;

/// The site with the theme's templates in place of its own; its shortcodes stay.
fn site() -> Option<&'static server::Files> {
    static BUILT: OnceLock<Option<server::Files>> = OnceLock::new();
    let built = BUILT.get_or_init(|| {
        let corpus = std::env::var_os("GUIDEGEN_CORPUS")?;
        let mut files = golden::files_below(Path::new(&corpus));
        let folders = ["content/", "templates/shortcodes/", "data/", "static/"];
        files.retain(|path, _| path == "guidegen.yaml" || folders.iter().any(|folder| path.starts_with(folder)));
        Some(server::files(&golden::build(&files)))
    });
    if built.is_none() {
        eprintln!("GUIDEGEN_CORPUS is not set: THIS TEST TESTS NOTHING.");
    }
    built.as_ref()
}

/// The pages of the site that are no redirects, by their paths.
fn pages(files: &server::Files) -> Vec<(&String, String)> {
    let pages = files.iter().filter(|(path, _)| path.ends_with("index.html"));
    let pages = pages.map(|(path, bytes)| (path, String::from_utf8_lossy(bytes).into_owned()));
    pages.filter(|(_, html)| html.contains("id=\"gg-content\"")).collect()
}

/// One of so many pages is opened.
fn of_each(many: usize) -> usize {
    if std::env::var_os("GUIDEGEN_ALL_PAGES").is_some() { 1 } else { many }
}

#[test]
fn a_real_site_takes_values_on_every_page() {
    let Some(files) = site() else { return };
    let Some(browser) = chromium::browser() else { return };
    let pages: Vec<_> = pages(files).into_iter().filter(|(_, html)| html.contains("data-sitevar=\"domain\"")).collect();
    assert!(pages.len() > 20, "{} pages use `domain`", pages.len());
    let address = server::serve(files.clone());
    let page = browser.page();
    page.open(&address);
    let id = page.text("document.querySelector('script[data-id]').dataset.id");
    page.eval(&format!("localStorage.setItem('guidegen:{id}', JSON.stringify({{ version: 1, values: {{ domain: 'auth.corp.test' }} }}))"));
    for (path, _) in pages.into_iter().step_by(of_each(10)) {
        page.open(&format!("{address}/{path}"));
        let left = "[...document.querySelectorAll('[data-sitevar=domain]')].filter((e) => e.textContent.includes('example') || !e.textContent).map((e) => e.textContent)";
        assert_eq!(page.eval(left), json!([]), "{path}");
        assert_eq!(page.eval("seen.errors"), json!([]), "{path}");
        // A guide's own inline style may be blocked; a script of ours never is.
        assert_eq!(page.eval("seen.violations.filter((v) => /script|eval/.test(v))"), json!([]), "{path}");
    }
}

#[test]
fn no_page_of_a_real_site_is_wider_than_a_narrow_screen() {
    let Some(files) = site() else { return };
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(files.clone());
    let page = browser.page();
    page.narrow();
    let pages = pages(files);
    assert!(pages.len() > 100, "{} pages", pages.len());
    // What is wider scrolls within itself; what hangs over the edge and cannot be scrolled to is lost.
    let lost = "[...document.querySelectorAll('main *')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && e.checkVisibility() && !e.closest('pre, table, .table, .guides, .tab-list, .filetree, math, svg')).map((e) => e.outerHTML.slice(0, 120)).slice(0, 3)";
    for (path, _) in pages.into_iter().step_by(of_each(12)) {
        page.open(&format!("{address}/{path}"));
        assert_eq!(page.text("document.documentElement.scrollWidth <= innerWidth"), "true", "{path}");
        assert_eq!(page.eval(lost), json!([]), "{path}");
    }
}

#[test]
fn axe_finds_nothing_in_the_largest_pages_of_a_real_site() {
    let Some(files) = site() else { return };
    let Some(browser) = chromium::browser() else { return };
    let axe = accessibility::axe();
    let address = server::serve(files.clone());
    let page = browser.page();
    // The largest first: they have most of what there is.
    let mut pages = pages(files);
    pages.sort_by_key(|(path, html)| (std::cmp::Reverse(html.len()), (*path).clone()));
    let (guides, others): (Vec<_>, Vec<_>) =
        pages.into_iter().partition(|(_, html)| html.contains("data-kind=\"page\""));
    let is_all = of_each(2) == 1;
    let some = |pages: Vec<_>, largest: usize| pages.into_iter().take(if is_all { usize::MAX } else { largest });
    let chosen = some(guides, 4).chain(some(others, 2));
    let mut all = Vec::new();
    for (at, (path, _)) in chosen.enumerate() {
        let mode = if at % 2 == 0 { "light" } else { "dark" };
        page.open(&format!("{address}/{path}"));
        page.eval(&format!("document.documentElement.dataset.theme = '{mode}'"));
        page.eval(&format!("{axe};0"));
        // Which level a heading has is its author's.
        let found = page.eval("axe.run(document, { resultTypes: ['violations'], rules: { 'heading-order': { enabled: false } } }).then((r) => r.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.html).slice(0, 3).join(' ')))");
        all.extend(found.as_array().into_iter().flatten().map(|found| format!("{path}, {mode}: {found}")));
    }
    let nothing: [String; 0] = [];
    assert_eq!(all, nothing);
}
