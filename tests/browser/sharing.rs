//! Values out and in again: a link that asks first, a file, and the way back.

use super::hostile::{import, import_nothing};
use super::{chromium, sample, server};
use serde_json::json;

const PRESS: &str = "((text) => [...document.querySelectorAll('dialog button, .sitevar-status button')].find((b) => b.textContent === text).click())";

#[test]
fn a_link_with_values_asks_first_and_can_be_undone() {
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(sample::site("root"));
    let page = browser.page();
    page.before("Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (text) => { window.copied = text; } } })");
    page.open(&format!("{address}/guide/"));
    page.click("header [data-sitevar-open]");
    page.fill("#Sitevar-domain", "a.test");
    page.fill("#Sitevar-secret", "hush");
    page.fill("#Sitevar-note", "a & b = ü #?");
    page.key("Enter");
    page.wait("!document.querySelector('dialog')");
    page.click("header [data-sitevar-open]");
    page.eval(&format!("{PRESS}('Copy link')"));
    page.wait("window.copied");
    let link = page.text("copied");
    assert!(link.starts_with(&format!("{address}/guide/#sitevar?")) && !link.contains("hush"), "{link}");

    // Somebody else, with a value of their own.
    page.eval("localStorage.clear()");
    page.eval(&sample::kept("{ domain: 'mine.test', port: '8443' }"));
    page.open(&link);
    page.wait("document.querySelector('dialog[open]')");
    assert_eq!(
        page.eval("[...document.querySelectorAll('dialog tbody tr')].map((r) => [...r.children].map((c) => c.textContent).join(' | '))"),
        json!(["Domain | mine.test | a.test", "Note | nothing | a & b = ü #?", "url | https://auth.mine.test/ | https://auth.a.test/", "odd | https://nothing.example.net/ | https://a & b = ü #?.example.net/"])
    );
    assert_eq!(
        page.text("document.querySelector('main [data-sitevar=domain]').textContent"),
        "mine.test",
        "nothing is applied before"
    );
    assert_eq!(page.text(sample::VALUES), r#"{"domain":"mine.test","port":"8443"}"#);
    page.eval(&format!("{PRESS}('Keep mine')"));
    page.wait("!document.querySelector('dialog') && !location.hash");
    assert_eq!(page.text(sample::VALUES), r#"{"domain":"mine.test","port":"8443"}"#);

    page.open(&link);
    page.wait("document.querySelector('dialog[open]')");
    page.key("Escape");
    page.wait("!document.querySelector('dialog') && !location.hash");
    assert_eq!(page.text(sample::VALUES), r#"{"domain":"mine.test","port":"8443"}"#, "to leave is to refuse");

    page.open(&link);
    page.click("dialog .sitevar-primary");
    page.wait("!document.querySelector('dialog') && !location.hash");
    assert_eq!(page.text(sample::VALUES), r#"{"domain":"a.test","port":"8443","note":"a & b = ü #?"}"#);
    assert_eq!(page.text(&sample::shown("url")), "https://auth.a.test/ (set)");
    // One click, and the former values are back; later as well, from the dialog.
    page.eval(&format!("{PRESS}('Undo')"));
    assert_eq!(page.text(sample::VALUES), r#"{"domain":"mine.test","port":"8443"}"#);
    page.open(&link);
    page.click("dialog .sitevar-primary");
    page.wait("!document.querySelector('dialog') && !location.hash");
    page.reload();
    page.click("header [data-sitevar-open]");
    page.eval(&format!("{PRESS}('Former values')"));
    assert_eq!(page.text(sample::VALUES), r#"{"domain":"mine.test","port":"8443"}"#);
    page.assert_clean("sharing");
}

#[test]
fn a_link_that_arrives_on_an_open_page_asks_too() {
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(sample::site("root"));
    let page = browser.page();
    page.open(&format!("{address}/guide/"));
    page.eval("location.hash = '#sitevar?domain=a.test&nosuch=1&secret=x&port=1'");
    page.wait("document.querySelector('dialog[open]')");
    let text = page.text("document.querySelector('dialog').textContent");
    assert!(text.contains("Left out as unknown, secret or not legal: nosuch, secret, port"), "{text}");
    page.click("dialog .sitevar-primary");
    page.wait("!document.querySelector('dialog') && !location.hash");
    assert_eq!(page.text(sample::VALUES), r#"{"domain":"a.test"}"#);
    // Links to headings are nobody's values.
    page.eval("location.hash = '#x'");
    assert_eq!(page.eval("document.querySelector('dialog')"), json!(null));
    page.assert_clean("an open page");
}

#[test]
fn values_go_out_as_a_file_and_come_in_the_same_way() {
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(sample::site("root"));
    let page = browser.page();
    page.before("URL.createObjectURL = (blob) => { window.saved = blob; return 'blob:x'; }; HTMLAnchorElement.prototype.click = function () { window.savedAs = this.download; }");
    page.open(&address);
    page.eval(&sample::kept("{ domain: 'a.test', tls: 'false' }"));
    page.open(&format!("{address}/guide/"));
    page.click("header [data-sitevar-open]");
    page.eval(&format!("{PRESS}('Export')"));
    let file = page.text("saved.text()");
    assert_eq!(file, r#"{"version":1,"values":{"domain":"a.test","tls":"false"}}"#);
    assert_eq!(page.text("savedAs"), "values.json");
    page.eval("localStorage.clear()");
    page.open(&format!("{address}/guide/"));
    page.click("header [data-sitevar-open]");
    import_nothing(&page, "no JSON");
    page.key("Escape");
    page.wait("!document.querySelector('dialog')");
    page.click("header [data-sitevar-open]");
    import(&page, &file);
    assert_eq!(page.text("localStorage.length"), "0");
    page.click("dialog .sitevar-primary");
    page.wait("!document.querySelector('dialog')");
    assert_eq!(page.text(&sample::shown("tls")), "http (set)");
    page.assert_clean("files");
}
