//! A real site in the theme, page by page: `GUIDEGEN_CORPUS` names it, and without it these tests say that they test nothing.

use super::{accessibility, chromium, golden, server};
use serde_json::json;
use std::path::Path;
use std::sync::OnceLock;

/// So many pages are shown to axe-core: the largest of each kind.
const INSPECTED: usize = 30;

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
    for (path, _) in pages {
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
    for (path, _) in pages {
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
    let mut pages = pages(files);
    // Sections first: there are few, and they are of another kind.
    pages.sort_by_key(|(path, html)| {
        (html.contains("data-kind=\"page\""), std::cmp::Reverse(html.len()), (*path).clone())
    });
    let (guides, others): (Vec<_>, Vec<_>) =
        pages.into_iter().partition(|(_, html)| html.contains("data-kind=\"page\""));
    let chosen = guides.into_iter().take(INSPECTED * 2 / 3).chain(others.into_iter().take(INSPECTED / 3));
    for (at, (path, _)) in chosen.enumerate() {
        let mode = if at % 2 == 0 { "light" } else { "dark" };
        page.open(&format!("{address}/{path}"));
        page.eval(&format!("document.documentElement.dataset.theme = '{mode}'"));
        page.eval(&format!("{axe};0"));
        let found = page.eval("axe.run(document, { resultTypes: ['violations'] }).then((r) => r.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.html).slice(0, 3).join(' ')))");
        assert_eq!(found, json!([]), "{path}, {mode}");
    }
}
