//! The dialog: opened, read, typed into, saved, left.

use super::{chromium, sample, server};
use serde_json::json;

#[test]
fn a_reader_sets_values_with_the_keyboard_alone() {
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(sample::site("root"));
    let page = browser.page();
    page.open(&format!("{address}/guide/"));
    page.eval("document.querySelector('header [data-sitevar-open]').focus()");
    page.key("Enter");
    page.wait("document.querySelector('dialog[open]:modal')");
    assert_eq!(page.text("document.querySelector('dialog').getAttribute('aria-labelledby') && document.querySelector('#Sitevar\\\\:title').textContent"), "Your values");
    assert_eq!(
        page.eval("[...document.querySelectorAll('dialog fieldset')].map((f) => f.querySelector('legend').textContent + ': ' + [...f.querySelectorAll('label')].map((l) => l.textContent).join(', '))"),
        json!(["On this page: Domain, TLS, Port, Note, Subdomain, Size, Name, Client secret", "Extra: Heading", "Other values: Elsewhere"]),
        "what the page uses first, in its order; then the groups, and last what is in none"
    );
    assert_eq!(
        page.eval("[...document.querySelector('#Sitevar-title').options].map((o) => o.textContent)"),
        json!(["Example: true", "true", "false"]),
        "a boolean is chosen, with texts or without"
    );
    // Every field is labelled, and described by its help and its error.
    assert_eq!(
        page.eval("[...document.querySelectorAll('.sitevar-field')].filter((f) => { const i = f.querySelector('input, select'); return i.labels.length !== 1 || !i.getAttribute('aria-describedby').split(' ').every((id) => document.getElementById(id)); }).length"),
        json!(0)
    );
    page.fill("#Sitevar-domain", "not a domain");
    assert_eq!(
        page.text("document.querySelector('#Sitevar-domain\\\\:error').textContent"),
        "It must be a domain such as example.com"
    );
    assert_eq!(page.text("document.querySelector('#Sitevar-domain').getAttribute('aria-invalid')"), "true");
    page.key("Enter");
    assert_eq!(page.text("document.activeElement.id"), "Sitevar-domain", "what is wrong keeps the dialog open");
    assert_eq!(page.text("localStorage.length"), "0");
    page.fill("#Sitevar-domain", "auth.bücher.example");
    assert_eq!(page.text("document.querySelector('#Sitevar-domain').getAttribute('aria-invalid')"), "false");
    assert_eq!(
        page.text("document.querySelector('dialog dd').textContent"),
        "https://auth.auth.bücher.example/",
        "computed while it is typed"
    );
    assert_eq!(
        page.text(&sample::shown("domain")),
        "example.com example\\.com DC=example,DC=com example.com example.com",
        "nothing counts before it is saved"
    );
    page.fill("#Sitevar-port", "80");
    assert_eq!(page.text("document.querySelector('#Sitevar-port\\\\:error').textContent"), "It must be at least 1024");
    page.fill("#Sitevar-port", "8443");
    page.fill("#Sitevar-name", "A");
    assert_eq!(page.text("document.querySelector('#Sitevar-name\\\\:error').textContent"), "Lower-case letters");
    page.fill("#Sitevar-name", "");
    page.key("Enter");
    page.wait("!document.querySelector('dialog')");
    assert_eq!(page.text("document.querySelector('[role=status]').textContent"), "2 values changed.");
    assert_eq!(
        page.text("document.activeElement.closest('header') && document.activeElement.matches('[data-sitevar-open]')"),
        "true",
        "the focus is back"
    );
    assert_eq!(page.text(&sample::shown("port")), "8443 (set)");
    assert_eq!(page.text(sample::VALUES), r#"{"domain":"auth.bücher.example","port":"8443"}"#);
    assert_eq!(page.text("JSON.parse(localStorage['guidegen:sample']).version"), "1");
    page.assert_clean("the dialog");
}

#[test]
fn escape_leaves_everything_as_it_was() {
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(sample::site("root"));
    let page = browser.page();
    page.open(&format!("{address}/guide/"));
    page.eval("document.querySelector('header [data-sitevar-open]').focus()");
    page.key("Enter");
    page.fill("#Sitevar-domain", "a.test");
    // A file that is none of ours is said to be none, and takes nothing away.
    page.eval("(() => { const field = document.querySelector('dialog input[type=file]'), all = new DataTransfer(); all.items.add(new File(['{'], 'a.json')); field.files = all.files; field.dispatchEvent(new Event('change')); })()");
    page.wait("document.querySelector('dialog [role=status]').textContent === 'Not a file with values.'");
    assert_eq!(page.text("document.querySelector('#Sitevar-domain').value"), "a.test");
    page.key("Escape");
    page.wait("!document.querySelector('dialog')");
    assert_eq!(page.text("localStorage.length"), "0");
    assert_eq!(page.text("document.activeElement.matches('header [data-sitevar-open]')"), "true");
}

#[test]
fn every_button_of_a_page_opens_it_and_a_value_opens_its_field() {
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(sample::site("root"));
    let page = browser.page();
    page.open(&format!("{address}/guide/"));
    assert_eq!(page.eval("[...document.querySelectorAll('[data-sitevar-open]')].filter((e) => e.checkVisibility({ visibilityProperty: true })).length"), json!(3));
    for selector in [
        "header [data-sitevar-open]",
        ".sitevar-preferences [data-sitevar-open]",
        ".sitevar-preferences ~ .sitevar-preferences [data-sitevar-open]",
    ] {
        page.click(selector);
        page.wait("document.querySelectorAll('dialog[open]').length === 1");
        page.key("Escape");
        page.wait("!document.querySelector('dialog')");
    }
    for (selector, field) in [
        ("main p > [data-sitevar=port]", "Sitevar-port"),
        ("code [data-sitevar=note]", "Sitevar-note"),
        ("main p > [data-sitevar=url]", "Sitevar-tls"),
    ] {
        page.click(selector);
        page.wait("document.querySelector('dialog[open]')");
        assert_eq!(page.text("document.activeElement.id"), field);
        page.key("Escape");
        page.wait("!document.querySelector('dialog')");
    }
    page.assert_clean("buttons");
}

#[test]
fn a_reset_takes_values_away_one_or_all() {
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(sample::site("root"));
    let page = browser.page();
    page.open(&address);
    page.eval(&sample::kept("{ domain: 'a.test', sub: 'login', tls: 'false', size: 'l' }"));
    page.open(&format!("{address}/guide/"));
    page.click("header [data-sitevar-open]");
    assert_eq!(page.text("document.querySelector('#Sitevar-tls').selectedOptions[0].textContent"), "http");
    page.click("[aria-label='Reset Domain']");
    assert_eq!(
        page.text(sample::VALUES),
        r#"{"sub":"login","tls":"false","size":"l"}"#,
        "the key is gone, no fallback is stored"
    );
    assert_eq!(page.text("document.querySelector('#Sitevar-domain').value"), "");
    assert_eq!(page.text("document.querySelector('dialog [role=status]').textContent"), "1 value changed.");
    page.eval("[...document.querySelectorAll('dialog button')].find((b) => b.textContent === 'Reset all').click()");
    assert_eq!(page.text(sample::VALUES), "{}");
    assert_eq!(
        page.text(&sample::shown("domain")),
        "example.com example\\.com DC=example,DC=com example.com example.com"
    );
    assert_eq!(page.text(&sample::shown("tls")), "https");
    assert_eq!(page.text("document.querySelector('a[data-sitevar-href]').href"), "https://auth.example.com/x");
    // By one click they are back.
    page.eval("[...document.querySelectorAll('dialog button')].find((b) => b.textContent === 'Undo').click()");
    assert_eq!(page.text(&sample::shown("tls")), "http (set)");
    // A field that is cleared is a value taken away as well.
    page.eval("document.querySelector('#Sitevar-sub').focus()");
    page.fill("#Sitevar-sub", "");
    page.key("Enter");
    page.wait("!document.querySelector('dialog')");
    assert_eq!(page.text(sample::VALUES), r#"{"tls":"false","size":"l"}"#);
    page.assert_clean("resets");
}
