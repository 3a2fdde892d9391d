//! The search: asked for, loaded, used with the keyboard alone, and left; the index of guides with and without script.

use super::{accessibility, chromium, golden, server};
use serde_json::json;
use std::collections::BTreeMap;

const CONFIG: &str = "id: found\ntitle: Found\nbase_url: https://docs.test/docs/\nlanguage: en\ntaxonomies: [tags]\nvariables:\n  domain: { type: domain, default: example.com }\n";

const GRAFANA: &str = "---\ntitle: Grafana\ntags: [monitoring]\nsupport: { level: community, versions: true }\n---\n## Tested Versions\n\n* [Grafana]\n  * [v11.2.0](https://a.test/)\n\n## Setup\n\nSign in with OpenID Connect at {{< sitevar name=\"domain\" >}}.\n\n```ini {title=\"grafana.ini\"}\nauth_method='client_secret_post'\n```\n\n## Upgrades\n\nNeeds authelia:v4.38.10 <b>or</b> &lt;mark&gt;newer&lt;/mark&gt;.\n";
const GITEA: &str = "---\ntitle: Gitea\ntags: [git]\nsupport: { level: official, versions: { Gitea: v1.22 } }\n---\nSign in at the forge.\n";
const PROXY: &str = "---\ntitle: Traefik\n---\nA proxy where people sign in. So says gra.\n";
const HIDDEN: &str = "---\ntitle: Hidden\nseo: { noindex: true }\n---\nxylophone\n";
const INDEX: &str = "---\ntitle: Clients\n---\n{{< guides >}}\n";

fn sources() -> BTreeMap<String, Vec<u8>> {
    let files = [
        ("guidegen.yaml", CONFIG),
        ("content/_index.md", "---\ntitle: Home\n---\nWelcome.\n"),
        ("content/clients/_index.md", INDEX),
        ("content/clients/grafana.md", GRAFANA),
        ("content/clients/gitea.md", GITEA),
        ("content/proxies/traefik.md", PROXY),
        ("content/hidden.md", HIDDEN),
    ];
    files.into_iter().map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec())).collect()
}

/// The site below its base path.
fn site() -> server::Files {
    let bundle = golden::build_with_search(&sources());
    let mut files = server::Files::new();
    for (path, bytes) in server::files(&bundle) {
        files.insert(if path == "_headers" { path } else { format!("docs/{path}") }, bytes);
    }
    files
}

const TITLES: &str =
    "[...document.querySelectorAll('.search-results > li > a > .search-title')].map((e) => e.textContent).join(', ')";
const LOADED: &str = "performance.getEntriesByType('resource').filter((e) => /pagefind|search/.test(e.name)).length";

fn look_for(page: &chromium::Page<'_>, text: &str, expected: &str) {
    // What the last question found is gone before the next is asked.
    page.fill("#gg-search-input", "zzzzqq");
    page.wait(&format!("{TITLES} === '' && document.querySelector('.search-status').textContent.includes('zzzzqq')"));
    page.fill("#gg-search-input", text);
    page.wait(&format!("{TITLES} === {}", json!(expected)));
}

#[test]
fn a_reader_finds_a_guide_with_the_keyboard_alone() {
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(site());
    let page = browser.page();
    page.open(&format!("{address}/docs/proxies/traefik/"));
    assert_eq!(page.eval(LOADED), json!(0), "nothing is loaded before it is used");
    page.eval("document.querySelector('.site-title').focus()");
    page.key("/");
    page.wait("document.querySelector('dialog.search[open]') && document.activeElement.id === 'gg-search-input'");
    for exact in
        ["client_secret_post", "client_secret", "v4.38.10", "4.38.10", "authelia:v4.38.10", "OpenID", "example.com"]
    {
        look_for(&page, exact, "Grafana");
    }
    look_for(&page, "newer", "Grafana");
    assert!(
        page.text("document.querySelector('.search-results').textContent")
            .contains("authelia:v4.38.10 or <mark>newer</mark>.")
    );
    assert_eq!(
        page.text("document.querySelector('.search-results ul a').getAttribute('href')"),
        "/docs/clients/grafana/#upgrades"
    );
    page.key("ArrowDown");
    assert_eq!(page.text("document.activeElement.getAttribute('href')"), "/docs/clients/grafana/");
    page.key("ArrowUp");
    assert_eq!(page.text("document.activeElement.id"), "gg-search-input");
    page.key("Escape");
    page.wait("!document.querySelector('dialog.search').open");
    assert_eq!(page.text("document.activeElement.className"), "site-title", "the focus is back");
    page.key("/");
    page.wait("document.querySelector('dialog.search').open");
    page.key("Enter");
    page.wait("location.pathname === '/docs/clients/grafana/'");
    page.assert_clean("search");
}

#[test]
fn filters_narrow_and_what_is_not_found_is_said_with_a_way_on() {
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(site());
    let page = browser.page();
    page.open(&format!("{address}/docs/"));
    page.click("[data-search]");
    page.wait("document.querySelectorAll('.search-filters select').length === 2");
    page.fill("#gg-search-input", "sign in");
    page.wait("document.querySelectorAll('.search-results > li').length === 3");
    let choose = |number: usize, value: &str| {
        page.eval(&format!("(() => {{ const s = document.querySelectorAll('.search-filters select')[{number}]; s.value = '{value}'; s.dispatchEvent(new Event('change')); }})()"));
    };
    choose(0, "Clients");
    page.wait("document.querySelectorAll('.search-results > li').length === 2");
    choose(1, "official");
    page.wait(&format!("{TITLES} === 'Gitea'"));
    page.fill("#gg-search-input", "grafanna xylophone");
    page.wait("document.querySelector('.search-status').textContent.startsWith('Nothing found')");
    assert_eq!(
        page.eval("[...document.querySelectorAll('.search-hints button')].map((b) => b.textContent)"),
        json!(["Search without the filters", "grafanna", "xylophone"])
    );
    page.eval("document.querySelectorAll('.search-filters select').forEach((s) => { s.value = ''; s.dispatchEvent(new Event('change')); })");
    // What begins as the word does is found, and is not what was meant.
    page.fill("#gg-search-input", "Grafanq");
    page.wait("document.querySelector('.search-hints a')?.textContent === 'Grafana'");
    page.wait(&format!("{TITLES} === 'Traefik'"));
    page.fill("#gg-search-input", "Grafan");
    page.wait(&format!("{TITLES}.includes('Grafana') && !document.querySelector('.search-hints a')"));
    page.fill("#gg-search-input", "xylophone");
    page.wait("document.querySelector('.search-status').textContent.includes('xylophone')");
    page.assert_clean("filters");
}

#[test]
fn axe_finds_nothing_in_the_search() {
    let Some(browser) = chromium::browser() else { return };
    let axe = accessibility::axe();
    let address = server::serve(site());
    let page = browser.page();
    for mode in ["light", "dark"] {
        page.open(&address);
        page.eval(&format!("localStorage.setItem('guidegen:mode', '{mode}')"));
        page.open(&format!("{address}/docs/clients/"));
        page.wait("document.querySelector('[data-guides][data-ready]')");
        page.click("[data-search]");
        page.wait("document.querySelector('dialog.search[open]')");
        page.fill("#gg-search-input", "sign in");
        page.wait("document.querySelectorAll('.search-results > li').length === 3");
        page.eval(&format!("{axe};0"));
        let found = page.eval("axe.run(document, { resultTypes: ['violations'] }).then((r) => r.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.html).slice(0, 3).join(' ')))");
        assert_eq!(found, json!([]), "{mode}");
    }
}

#[test]
fn an_index_of_guides_is_a_table_and_more_with_script() {
    let Some(browser) = chromium::browser() else { return };
    let files = site();
    let html = String::from_utf8_lossy(&files["docs/clients/index.html"]).into_owned();
    for cell in ["Grafana v11.2.0", "Gitea v1.22", "monitoring", "Official"] {
        assert!(html.contains(cell), "{cell}: {html}");
    }
    let address = server::serve(files);
    let page = browser.page();
    page.open(&format!("{address}/docs/clients/"));
    page.wait("document.querySelector('[data-guides][data-ready]')");
    let rows = "[...document.querySelectorAll('[data-guides] tbody tr')].filter((r) => !r.hidden).map((r) => r.cells[0].textContent).join(', ')";
    assert_eq!(page.text(rows), "Gitea, Grafana");
    page.click("th .guides-sort");
    page.click("th .guides-sort");
    assert_eq!(
        (page.text(rows), page.text("document.querySelector('th').getAttribute('aria-sort')")),
        ("Grafana, Gitea".to_owned(), "descending".to_owned())
    );
    page.eval("(() => { const s = document.querySelector('.guides-filter select'); s.value = 'official'; s.dispatchEvent(new Event('change')); })()");
    assert_eq!(
        (page.text(rows), page.text("document.querySelector('.guides-status').textContent")),
        ("Gitea".to_owned(), "1 of 2 guides".to_owned())
    );
    page.assert_clean("index");
}

#[test]
fn a_site_without_search_has_no_trace_of_it() {
    let mut sources = sources();
    sources.insert("guidegen.yaml".to_owned(), format!("{CONFIG}search: false\n").into_bytes());
    let files = server::files(&golden::build_with_search(&sources));
    for (path, bytes) in &files {
        let text = String::from_utf8_lossy(bytes);
        assert!(!path.contains("pagefind") && !path.contains("search") && !text.contains("wasm"), "{path}");
        assert!(!path.ends_with(".html") || !text.contains("data-search"), "{path}");
    }
}
