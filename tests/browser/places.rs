//! Sites in other places: below a path of their host, and with values baked in.

use super::{chromium, sample, server};
use serde_json::json;

#[test]
fn a_site_below_a_path_has_its_values_links_and_scripts() {
    let Some(browser) = chromium::browser() else { return };
    let config = format!("{}base_url: https://docs.example.org/docs/\n", sample::CONFIG.replace("LINKS", "root"));
    let guide = "---\ntitle: Guide\nvariables:\n  app: { type: string, default: grafana }\n---\n{{< sitevar name=\"domain\" >}} {{< sitevar name=\"app\" >}} <a id=\"rooted\" href=\"/{{< sitevar name=\"name\" >}}/\">rooted</a> <a id=\"away\" href=\"https://{{< sitevar name=\"domain\" >}}/\">away</a>\n";
    let mut files = server::Files::new();
    for (path, bytes) in sample::build(&config, &[("_index.md", "---\ntitle: Home\n---\nHome.\n"), ("guide.md", guide)])
    {
        files.insert(if path == "_headers" { path } else { format!("docs/{path}") }, bytes);
    }
    let address = server::serve(files);
    let page = browser.page();
    page.open(&format!("{address}/docs/guide/"));
    page.click("header [data-sitevar-open]");
    page.fill("#Sitevar-domain", "a.test");
    page.fill("#Sitevar-name", "web");
    page.fill("#Sitevar-app", "gitea");
    page.key("Enter");
    page.wait("!document.querySelector('dialog')");
    page.reload();
    assert_eq!(page.text(&sample::shown("domain")), "a.test (set)");
    assert_eq!(page.text(&sample::shown("app")), "gitea (set)");
    assert_eq!(page.text("document.querySelector('#rooted').getAttribute('href')"), "/docs/web/");
    assert_eq!(page.text("document.querySelector('#away').href"), "https://a.test/");
    // The guide's own is kept by its address, and what is missing is nothing.
    assert_eq!(
        page.text("Object.keys(JSON.parse(localStorage['guidegen:sample']).values).sort().join(' ')"),
        "/guide/#app domain name"
    );
    assert_eq!(
        page.eval("performance.getEntriesByType('resource').filter((e) => e.responseStatus >= 400).map((e) => e.name)"),
        json!([])
    );
    page.assert_clean("a path");
}

#[test]
fn what_is_baked_in_is_plain_text_and_not_in_the_dialog() {
    let Some(browser) = chromium::browser() else { return };
    let guide = "---\ntitle: Guide\n---\n{{< sitevar name=\"domain\" >}} {{< sitevar name=\"port\" >}} {{< sitevar name=\"url\" >}} {{< sitevar name=\"size\" >}}\n\n<a id=\"away\" href=\"https://{{< sitevar name=\"sub\" >}}.{{< sitevar name=\"domain\" >}}/\">away</a>\n\n```yaml\na: '{{< sitevar name=\"note\" >}}'\n```\n";
    let baked = vec![
        ("domain".to_owned(), json!("baked.test")),
        ("tls".to_owned(), json!(false)),
        ("note".to_owned(), json!("it's")),
    ];
    let address =
        server::serve(sample::build_baked(&sample::CONFIG.replace("LINKS", "root"), &[("guide.md", guide)], baked));
    let page = browser.page();
    page.open(&address);
    page.eval(&sample::kept("{ domain: 'stale.test', tls: 'true', note: 'stale', sub: 'login' }"));
    page.open(&format!("{address}/guide/"));
    assert_eq!(
        page.text("document.querySelector('.prose p').textContent"),
        "baked.test 9091 http://login.baked.test/ s",
        "what is baked in is not the reader's, what is made of it and of the reader's follows"
    );
    assert_eq!(page.text("document.querySelector('code').textContent"), "a: 'it''s'\n");
    assert_eq!(page.text("document.querySelector('#away').href"), "https://login.baked.test/");
    assert_eq!(
        page.eval("document.querySelectorAll('[data-sitevar=domain], [data-sitevar=tls], [data-sitevar=note]').length"),
        json!(0)
    );
    page.click("header [data-sitevar-open]");
    let fields = page.text("[...document.querySelectorAll('dialog label')].map((l) => l.textContent).join(', ')");
    assert_eq!(fields, "Port, Subdomain, Size, Heading, Name, Client secret, Elsewhere");
    // A link cannot bring one of them back.
    page.open(&format!("{address}/guide/#sitevar?domain=evil.test&sub=sso"));
    page.wait("document.querySelector('dialog[open]')");
    page.click("dialog .sitevar-primary");
    page.wait("!document.querySelector('dialog')");
    assert_eq!(page.text("document.querySelector('#away').href"), "https://sso.baked.test/");
    page.assert_clean("baked");
}
