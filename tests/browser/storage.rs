//! What the browser keeps: other tabs, blocked and full storage, garbage, values that are legal no more, guides with their own.

use super::{chromium, sample, server};
use serde_json::json;

#[test]
fn other_tabs_follow() {
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(sample::site("root"));
    let (one, two) = (browser.page(), browser.page());
    one.open(&format!("{address}/guide/"));
    two.open(&format!("{address}/guide/"));
    one.click("header [data-sitevar-open]");
    one.eval("document.querySelector('#Sitevar-tls').focus()");
    one.eval("(() => { const s = document.querySelector('#Sitevar-tls'); s.selectedIndex = 2; s.dispatchEvent(new Event('input')); document.querySelector('dialog .sitevar-primary').click(); })()");
    two.wait(&format!("{} === 'http (set)'", sample::shown("tls")));
    assert_eq!(two.text("document.querySelector('#whole').getAttribute('href')"), "http://auth.example.com/login");
    // An open dialog follows too, but for the field that is being typed into.
    two.click("header [data-sitevar-open]");
    assert_eq!(two.text("document.querySelector('#Sitevar-tls').selectedOptions[0].textContent"), "http");
    two.fill("#Sitevar-note", "mine");
    one.eval(&sample::kept("{ domain: 'b.test', note: 'theirs' }"));
    two.wait("document.querySelector('#Sitevar-domain').value === 'b.test'");
    assert_eq!(two.text("document.querySelector('#Sitevar-note').value"), "mine");
    one.eval("localStorage.clear()");
    two.wait("document.querySelector('#Sitevar-domain').value === ''");
    assert_eq!(two.text(&sample::shown("tls")), "https");
    two.assert_clean("the second tab");
}

#[test]
fn storage_that_is_blocked_or_full_breaks_nothing() {
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(sample::site("root"));
    for broken in [
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })",
        "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }",
        "Object.defineProperty(window, 'localStorage', { value: null })",
    ] {
        let page = browser.page();
        page.before(broken);
        page.open(&format!("{address}/guide/"));
        page.click("header [data-sitevar-open]");
        page.fill("#Sitevar-domain", "a.test");
        page.key("Enter");
        page.wait("!document.querySelector('dialog')");
        assert_eq!(page.text(&sample::shown("url")), "https://auth.a.test/ (set)", "{broken}");
        let said = page.text("document.querySelector('[role=status]').textContent");
        assert!(said.contains("keeps nothing"), "{said}");
        page.assert_clean(broken);
    }
}

#[test]
fn garbage_is_nothing() {
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(sample::site("root"));
    let page = browser.page();
    page.open(&address);
    for garbage in [
        "'{'",
        "''",
        "'null'",
        "'[]'",
        "'1'",
        "'\"x\"'",
        "'{\"version\":2,\"values\":{\"domain\":\"a.test\"}}'",
        "'{\"version\":1}'",
        "'{\"version\":1,\"values\":[1,2]}'",
        "'{\"version\":1,\"values\":{\"domain\":7,\"port\":null,\"tls\":true}}'",
        "'{\"version\":1,\"values\":\"domain\"}'",
        "'{\"version\":1,\"values\":{},\"former\":5}'",
        "'x'.repeat(1e6)",
        "'{\"version\":1,\"values\":{\"__proto__\":{\"domain\":\"a.test\"},\"constructor\":\"x\"}}'",
    ] {
        page.eval(&format!("localStorage.setItem('guidegen:sample', {garbage})"));
        page.open(&format!("{address}/guide/"));
        assert_eq!(page.text(&sample::shown("port")), "9091", "{garbage}");
        assert_eq!(page.text("document.querySelectorAll('[data-sitevar-set]').length"), "0", "{garbage}");
        page.assert_clean(garbage);
    }
    page.click("header [data-sitevar-open]");
    page.fill("#Sitevar-domain", "a.test");
    page.key("Enter");
    page.wait("!document.querySelector('dialog')");
    assert_eq!(page.text("JSON.parse(localStorage['guidegen:sample']).values.domain"), "a.test");
}

#[test]
fn a_value_that_is_legal_no_more_falls_back_and_says_so() {
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(sample::site("root"));
    let page = browser.page();
    page.open(&address);
    page.eval(&sample::kept("{ domain: 'localhost', port: '8443', size: 'xl' }"));
    page.open(&format!("{address}/guide/"));
    assert_eq!(page.text(&sample::shown("port")), "8443 (set)");
    assert_eq!(page.text("document.querySelector('main [data-sitevar=domain]').textContent"), "example.com");
    assert_eq!(
        page.text("document.querySelector('[role=status]').textContent"),
        "Not legal any more, so the example's is shown: Domain, Size"
    );
    page.click("header [data-sitevar-open]");
    assert_eq!(page.text("document.querySelector('#Sitevar-domain').value"), "localhost");
    assert_eq!(
        page.text("document.querySelector('#Sitevar-domain\\\\:error').textContent"),
        "It must be a domain such as example.com"
    );
    page.assert_clean("illegal values");
}

#[test]
fn a_guide_keeps_its_own_values_to_itself() {
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(sample::site("root"));
    let page = browser.page();
    page.open(&format!("{address}/own/"));
    page.click("main [data-sitevar=app]");
    page.insert("gitea");
    page.fill("#Sitevar-domain", "a.test");
    page.key("Enter");
    page.wait("!document.querySelector('dialog')");
    assert_eq!(page.text(&sample::shown("app")), "gitea (set)");
    page.open(&format!("{address}/second/"));
    assert_eq!(page.text(&sample::shown("app")), "grafana");
    assert_eq!(page.text(&sample::shown("domain")), "a.test (set)");
    page.open(&format!("{address}/guide/"));
    page.click("header [data-sitevar-open]");
    assert_eq!(page.eval("document.querySelector('#Sitevar-app')"), json!(null));
    page.open(&format!("{address}/own/"));
    assert_eq!(page.text(&sample::shown("app")), "gitea (set)");
    // What is sent on says whose it is: another guide's `app` is not this one's.
    page.open(&format!("{address}/second/#sitevar?%2Fown%2F%23app=x&app=y"));
    page.wait("document.querySelector('dialog[open]')");
    assert_eq!(page.text("document.querySelector('dialog .sitevar-primary').textContent"), "Close");
    page.open(&format!("{address}/own/#sitevar?%2Fown%2F%23app=forgejo"));
    page.click("dialog .sitevar-primary");
    page.wait("!document.querySelector('dialog')");
    assert_eq!(page.text(&sample::shown("app")), "forgejo (set)");
    // To reset all is to reset this as well, from wherever.
    page.open(&format!("{address}/guide/"));
    page.click("header [data-sitevar-open]");
    page.eval("[...document.querySelectorAll('dialog button')].find((b) => b.textContent === 'Reset all').click()");
    assert_eq!(page.text("document.querySelector('dialog [role=status]').firstChild.data"), "2 values changed.");
    page.open(&format!("{address}/own/"));
    assert_eq!(page.text(&sample::shown("app")), "grafana");
    page.assert_clean("own values");
}
