//! Dialogs of other shapes: with many values, with names that look like ids, in another language, asked for early.

use super::hostile::import;
use super::{chromium, sample, server};
use serde_json::json;
use std::fmt::Write as _;

/// A site with `count` values beside `more`, and a guide that uses `more`.
fn site(language: &str, count: usize, more: &str, guide: &str) -> server::Files {
    let mut config = format!("id: many\ntitle: Many\nlanguage: {language}\nvariables:\n{more}");
    for number in 0..count {
        let _ = writeln!(config, "  v{number}: {{ type: port, default: {}, group: Numbers }}", 1000 + number);
    }
    sample::build(&config, &[("_index.md", "---\ntitle: Home\n---\nHome.\n"), ("guide.md", guide)])
}

const DOMAIN: &str =
    "  domain: { type: domain, default: example.com, label: Domain, help: Where everything is reached. }\n";

#[test]
fn many_values_can_be_filtered() {
    let Some(browser) = chromium::browser() else { return };
    let guide = "---\ntitle: Guide\n---\n{{< sitevar name=\"domain\" >}}\n";
    let address = server::serve(site("en", 20, DOMAIN, guide));
    let page = browser.page();
    page.open(&format!("{address}/guide/"));
    page.click("header [data-sitevar-open]");
    let shown = "[...document.querySelectorAll('.sitevar-field')].filter((f) => f.checkVisibility()).map((f) => f.querySelector('label').textContent).join(' ')";
    let legends = "[...document.querySelectorAll('dialog legend')].filter((f) => f.checkVisibility()).map((f) => f.textContent).join(', ')";
    page.fill(".sitevar-filter", "REACHED");
    assert_eq!((page.text(shown), page.text(legends)), ("Domain".to_owned(), "On this page".to_owned()), "by its help");
    page.fill(".sitevar-filter", "v1");
    assert_eq!(page.text(shown), "v1 v10 v11 v12 v13 v14 v15 v16 v17 v18 v19");
    assert_eq!(page.text(legends), "Numbers");
    page.fill(".sitevar-filter", "undefined");
    assert_eq!(page.text(shown), "");
    assert_eq!(
        page.text("document.querySelector('dialog [role=status]').textContent"),
        "No value has that in its name."
    );
    // Enter in the filter saves nothing.
    page.key("Enter");
    assert_eq!(page.text("document.querySelector('dialog').open"), "true");
    // What is wrong is shown even where it was filtered away.
    page.fill(".sitevar-filter", "");
    page.fill("#Sitevar-v3", "no port");
    page.fill(".sitevar-filter", "domain");
    page.fill("#Sitevar-domain", "a.test");
    page.key("Enter");
    assert_eq!(page.text("document.activeElement.id"), "Sitevar-v3");
    assert_eq!(page.text("document.activeElement.checkVisibility()"), "true");
    page.fill("#Sitevar-v3", "2000");
    page.key("Enter");
    page.wait("!document.querySelector('dialog')");
    assert_eq!(
        page.text("JSON.stringify(JSON.parse(localStorage['guidegen:many']).values)"),
        r#"{"domain":"a.test","v3":"2000"}"#
    );
    page.assert_clean("a filter");
}

#[test]
fn few_values_need_no_filter() {
    let Some(browser) = chromium::browser() else { return };
    let guide = "---\ntitle: Guide\n---\n{{< sitevar name=\"domain\" >}}\n";
    let address = server::serve(site("en", 3, DOMAIN, guide));
    let page = browser.page();
    page.open(&format!("{address}/guide/"));
    page.click("header [data-sitevar-open]");
    assert_eq!(page.eval("document.querySelector('.sitevar-filter')"), json!(null));
}

#[test]
fn no_name_collides_with_a_heading_or_another_name() {
    let Some(browser) = chromium::browser() else { return };
    let names = "  a: { type: string, default: x, label: First, help: About a }\n  a-help: { type: string, default: y, label: Second, help: About a-help }\n  a-error: { type: string, default: z, label: Third }\n  title: { type: string, default: t, label: Fourth }\n";
    let guide = "---\ntitle: Guide\n---\n## Sitevar a\n\n## Sitevar title\n\n## Sitevar-a-help\n\n{{< sitevar name=\"a\" >}} {{< sitevar name=\"a-help\" >}} {{< sitevar name=\"a-error\" >}} {{< sitevar name=\"title\" >}}\n";
    let address = server::serve(site("en", 0, names, guide));
    let page = browser.page();
    page.open(&format!("{address}/guide/"));
    page.click("header [data-sitevar-open]");
    assert_eq!(
        page.eval("((ids) => ids.filter((id, i) => ids.indexOf(id) !== i))([...document.querySelectorAll('[id]')].map((e) => e.id))"),
        json!([]),
        "ids that two elements have"
    );
    let fields = page.eval("[...document.querySelectorAll('.sitevar-field')].map((f) => { const i = f.querySelector('input'); return [i.labels[0].textContent, document.getElementById(i.getAttribute('aria-describedby').split(' ')[0]).textContent]; })");
    assert_eq!(fields, json!([["First", "About a"], ["Second", "About a-help"], ["Third", ""], ["Fourth", ""]]));
    page.fill("#Sitevar-a-help", "mine");
    page.key("Enter");
    page.wait("!document.querySelector('dialog')");
    assert_eq!(page.text(&sample::shown("a")), "x");
    assert_eq!(page.text(&sample::shown("a-help")), "mine (set)");
    page.assert_clean("names");
}

#[test]
fn the_dialog_speaks_the_language_of_the_site() {
    let Some(browser) = chromium::browser() else { return };
    let more = format!(
        "{DOMAIN}  secret: {{ type: secret, default: hush }}\n  tls: {{ type: boolean, default: true }}\n  name: {{ type: string, default: app, pattern: '[a-z]+' }}\n"
    );
    let guide = "---\ntitle: Guide\n---\n{{< sitevar name=\"domain\" >}} {{< sitevar name=\"tls\" >}}\n\n```yaml\na: {{< sitevar name=\"domain\" >}}\n```\n";
    for (language, words) in [
        (
            "de",
            [
                "Ihre Werte",
                "Auf dieser Seite",
                "Nötig ist eine Domain wie example.com",
                "Der Wert muss zu [a-z]+ passen",
                "1 Wert geändert.",
                "Beispiel: true",
            ],
        ),
        (
            "fr",
            [
                "Vos valeurs",
                "Sur cette page",
                "Il faut un domaine tel que example.com",
                "La valeur doit correspondre à [a-z]+",
                "1 valeur modifiée.",
                "Exemple : true",
            ],
        ),
    ] {
        let address = server::serve(site(language, 0, &more, guide));
        let page = browser.page();
        page.open(&format!("{address}/guide/"));
        page.click("header [data-sitevar-open]");
        assert_eq!(page.text("document.querySelector('dialog h2').textContent"), words[0]);
        assert_eq!(page.text("document.querySelector('dialog legend').textContent"), words[1]);
        page.fill("#Sitevar-domain", "x");
        assert_eq!(page.text("document.querySelector('#Sitevar-domain\\\\:error').textContent"), words[2]);
        page.fill("#Sitevar-name", "X");
        assert_eq!(page.text("document.querySelector('#Sitevar-name\\\\:error').textContent"), words[3]);
        assert_eq!(page.text("document.querySelector('#Sitevar-tls').options[0].textContent"), words[5]);
        let english = page.eval("document.querySelector('dialog').textContent.match(/Your|Close|Save|Reset|Copy|Export |Import |Generate|never|must/)");
        assert_eq!(english, json!(null), "{language}");
        page.fill("#Sitevar-name", "");
        page.fill("#Sitevar-domain", "a.test");
        page.key("Enter");
        page.wait("!document.querySelector('dialog')");
        assert_eq!(page.text("document.querySelector('.sitevar-status').textContent"), words[4]);
        page.assert_clean(language);
    }
}

#[test]
fn a_click_that_comes_before_the_dialog_is_kept_for_it() {
    let Some(browser) = chromium::browser() else { return };
    let guide = "---\ntitle: Guide\n---\n{{< sitevar name=\"v1\" >}} {{< sitevar name=\"domain\" >}}\n";
    let address = server::serve(site("en", 3, DOMAIN, guide));
    let page = browser.page();
    // As soon as the value is there, which is before any script that is not waited for.
    page.before("new MutationObserver((_, observer) => { const value = document.querySelector('main [data-sitevar=domain]'); if (value && document.readyState === 'loading') { observer.disconnect(); queueMicrotask(() => { value.click(); seen.early = !document.querySelector('dialog'); }); } }).observe(document, { childList: true, subtree: true })");
    page.open(&format!("{address}/guide/"));
    assert_eq!(page.text("seen.early"), "true");
    page.wait("document.querySelector('dialog[open]')");
    assert_eq!(page.text("document.activeElement.id"), "Sitevar-domain");
    page.assert_clean("an early click");
}

#[test]
fn a_page_that_was_loaded_needs_no_network() {
    let Some(browser) = chromium::browser() else { return };
    let guide = "---\ntitle: Guide\n---\n{{< sitevar name=\"domain\" >}}\n";
    let address = server::serve(site("en", 3, DOMAIN, guide));
    let page = browser.page();
    page.open(&format!("{address}/guide/"));
    page.call("Network.enable", json!({}));
    let offline = json!({ "offline": true, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
    page.call("Network.emulateNetworkConditions", offline);
    page.click("header [data-sitevar-open]");
    page.fill("#Sitevar-domain", "a.test");
    page.key("Enter");
    page.wait("!document.querySelector('dialog')");
    assert_eq!(page.text(&sample::shown("domain")), "a.test (set)");
    page.assert_clean("no network");
}

#[test]
fn a_file_carries_what_the_whole_site_keeps() {
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(sample::site("root"));
    let page = browser.page();
    page.before("URL.createObjectURL = (blob) => { window.saved = blob; return 'blob:x'; }; HTMLAnchorElement.prototype.click = function () { }");
    page.open(&address);
    page.eval(&sample::kept(
        "{ domain: 'a.test', '/own/#app': 'gitea', '/second/#app': 'forgejo', port: 'none', gone: 'x' }",
    ));
    page.open(&format!("{address}/own/"));
    page.click("header [data-sitevar-open]");
    page.eval("[...document.querySelectorAll('dialog button')].find((b) => b.textContent === 'Export').click()");
    let file = page.text("saved.text()");
    assert_eq!(
        file, r#"{"version":1,"values":{"domain":"a.test","/own/#app":"gitea","/second/#app":"forgejo"}}"#,
        "of every guide, but nothing that is not legal or not there any more"
    );
    page.eval("localStorage.clear()");
    page.open(&format!("{address}/guide/"));
    page.click("header [data-sitevar-open]");
    import(&page, &file);
    assert_eq!(
        page.eval("[...document.querySelectorAll('dialog tbody tr')].map((r) => [...r.children].map((c) => c.textContent).join(' | ')).filter((row) => row.includes('#app'))"),
        json!(["/own/#app | … | gitea", "/second/#app | … | forgejo"])
    );
    page.click("dialog .sitevar-primary");
    page.wait("!document.querySelector('dialog')");
    page.open(&format!("{address}/second/"));
    assert_eq!(page.text(&sample::shown("app")), "forgejo (set)");
    // Each guide judges its own: what is not legal there falls back.
    page.eval(&sample::kept("{ '/second/#app': 'a\\u0000b' }"));
    page.reload();
    assert_eq!(page.text(&sample::shown("app")), "grafana");
    page.assert_clean("a file");
}
