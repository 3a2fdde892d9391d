//! Values that mean harm, in storage, in a fragment, in a file and by hand: nothing runs, and nothing breaks.

use super::{chromium, sample, server};
use serde_json::json;

const HOSTILE: &[&str] = &[
    "<img src=x onerror=alert(1)>",
    "$&$1$`",
    "javascript:alert(1)",
    "\"onmouseover=\"alert(1)",
    "' + alert(1) + '",
    "__proto__",
    "constructor",
    "{domain}{{}}",
    "</script><script>alert(1)</script>",
    "//evil.test/x",
    "/evil.test/x",
    "\\evil.test",
    "evil.test/#",
    "user@evil.test:80\\",
    "data:text/html,<script>alert(1)</script>",
    "../../..",
];

/// The value is shown as text, and no link or image left the place that it was written for.
fn assert_harmless(page: &chromium::Page<'_>, value: &str, way: &str) {
    assert_eq!(page.text("document.querySelector('main p > [data-sitevar=note]').textContent"), value, "{way}");
    assert_eq!(
        page.eval("document.querySelectorAll('main [data-sitevar] *, dialog img, dialog script').length"),
        json!(0),
        "{way}: {value}"
    );
    let bad = page.eval(
        "[...document.querySelectorAll('main a[href], main img')].map((e) => new URL(e.href || e.src, location.href))
           .filter((u) => !/^https?:$/.test(u.protocol) || u.username || ![location.hostname, 'example.org', 'auth.example.com', 'nothing.example.net'].includes(u.hostname))
           .map(String)",
    );
    let own_host = page.text("new URL(document.querySelector('#host').href).hostname");
    assert!(own_host.ends_with(".example.net"), "{way}: {value}: {own_host}");
    // A link that the guide roots in this site stays there, and a host that is computed keeps its end.
    assert_eq!(
        page.text("new URL(document.querySelector('#rooted').href).origin === location.origin"),
        "true",
        "{way}: {value}"
    );
    let odd = page.text("new URL(document.querySelector('#odd').href).hostname");
    assert!(odd.ends_with(".example.net"), "{way}: {value}: {odd}");
    let bad: Vec<String> = serde_json::from_value(bad).unwrap();
    let bad: Vec<_> = bad.into_iter().filter(|url| !url.contains(".example.net")).collect();
    // A link that is the value and nothing else may lead to another host, but only as http or https.
    let loose = page.text("document.querySelector('#loose').href");
    assert!(loose.starts_with("http"), "{way}: {value}: {loose}");
    assert!(bad.iter().all(|url| *url == loose), "{way}: {value}: {bad:?}");
    assert_eq!(page.text("({}).polluted === undefined && Object.prototype.domain === undefined"), "true");
    page.assert_clean(&format!("{way}: {value}"));
}

#[test]
fn hostile_values_in_storage_do_nothing() {
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(sample::site("root"));
    let page = browser.page();
    page.open(&address);
    for value in HOSTILE {
        page.eval(&sample::kept(
            &json!({ "note": value, "domain": value, "port": value, "size": value, "name": value }).to_string(),
        ));
        page.open(&format!("{address}/guide/"));
        assert_harmless(&page, value, "storage");
        assert_eq!(page.text(&sample::shown("port")), "9091", "{value} is no port");
        page.click("header [data-sitevar-open]");
        assert_harmless(&page, value, "dialog");
    }
}

#[test]
fn hostile_values_by_hand_do_nothing() {
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(sample::site("root"));
    let page = browser.page();
    page.open(&address);
    for value in HOSTILE {
        page.eval("localStorage.clear()");
        page.open(&format!("{address}/guide/"));
        page.click("header [data-sitevar-open]");
        page.fill("#Sitevar-note", value);
        page.fill("#Sitevar-port", value);
        assert_eq!(
            page.text("document.querySelector('#Sitevar-port').getAttribute('aria-invalid')"),
            "true",
            "{value}"
        );
        page.fill("#Sitevar-port", "");
        page.key("Enter");
        page.wait("!document.querySelector('dialog')");
        assert_harmless(&page, value, "by hand");
    }
}

#[test]
fn hostile_values_in_a_link_do_nothing() {
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(sample::site("root"));
    let page = browser.page();
    page.open(&address);
    for value in HOSTILE {
        page.eval("localStorage.clear()");
        let fragment = page.text(&format!(
            "String(new URLSearchParams({{ note: {0}, domain: {0}, __proto__: {0}, [{0}]: 'x' }}))",
            json!(value)
        ));
        page.open(&format!("{address}/guide/#sitevar?{fragment}"));
        page.wait("document.querySelector('dialog[open]')");
        page.click("dialog .sitevar-primary");
        page.wait("!document.querySelector('dialog')");
        assert_harmless(&page, value, "link");
    }
}

#[test]
fn hostile_values_in_a_file_do_nothing() {
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(sample::site("root"));
    let page = browser.page();
    page.open(&address);
    for value in HOSTILE {
        page.eval("localStorage.clear()");
        page.open(&format!("{address}/guide/"));
        page.click("header [data-sitevar-open]");
        let file = json!({ "version": 1, "values": { "note": value, "tls": value, "__proto__": { "polluted": 1 }, "/own/#app": value } })
            .to_string();
        import(&page, &file);
        page.click("dialog .sitevar-primary");
        page.wait("!document.querySelector('dialog')");
        assert_harmless(&page, value, "file");
    }
    // What was taken for another guide is judged there, and written there as text as well.
    page.open(&format!("{address}/own/"));
    assert_eq!(page.text("document.querySelector('main [data-sitevar=app]').textContent"), *HOSTILE.last().unwrap());
    page.assert_clean("another guide");
}

/// Gives the dialog's file field a file of this text, and waits for what it is asked.
pub fn import(page: &chromium::Page<'_>, text: &str) {
    give(page, text);
    page.wait("document.querySelector('dialog h2').textContent === 'Use these values?'");
}

/// Gives the dialog's file field a file of this text, and waits to be told that it holds no values.
pub fn import_nothing(page: &chromium::Page<'_>, text: &str) {
    give(page, text);
    page.wait("document.querySelector('dialog [role=status]').textContent === 'Not a file with values.'");
}

fn give(page: &chromium::Page<'_>, text: &str) {
    page.eval(&format!(
        "(() => {{ const field = document.querySelector('dialog input[type=file]'), all = new DataTransfer(); all.items.add(new File([{}], 'values.json')); field.files = all.files; field.dispatchEvent(new Event('change')); }})()",
        json!(text)
    ));
}

#[test]
fn a_megabyte_is_refused_in_every_way() {
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(sample::site("root"));
    let page = browser.page();
    page.open(&address);
    page.eval(&sample::kept("{ note: 'x'.repeat(1e6), domain: 'a.'.repeat(5e5) + 'test', port: '9'.repeat(1e6) }"));
    page.open(&format!("{address}/guide/"));
    assert_eq!(page.text("document.querySelectorAll('[data-sitevar-set]').length"), "0");
    page.eval("localStorage.clear()");
    page.open(&format!("{address}/guide/"));
    page.eval("location.hash = 'sitevar?note=' + 'x'.repeat(1e6) + '&' + 'y'.repeat(1e5) + '=1'");
    page.wait("document.querySelector('dialog[open]')");
    assert_eq!(page.text("document.querySelector('dialog .sitevar-primary').textContent"), "Close");
    page.key("Escape");
    page.wait("!document.querySelector('dialog')");
    page.click("header [data-sitevar-open]");
    page.eval("(() => { const e = document.querySelector('#Sitevar-note'); e.value = 'x'.repeat(1e6); e.dispatchEvent(new Event('input')); })()");
    assert_eq!(
        page.text("document.querySelector('#Sitevar-note\\\\:error').textContent"),
        "It must have at most 2048 characters"
    );
    import_nothing(&page, &format!("{{\"values\":{{\"note\":\"{}\"}}}}", "x".repeat(1_000_000)));
    page.assert_clean("a megabyte");
}
