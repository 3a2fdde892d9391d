//! The search with the keyboard alone and with ears alone: how it opens and closes, where the focus goes, what is said.

use super::{chromium, golden, server};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const CONFIG: &str = "id: keys\ntitle: Keys\nlanguage: en\n";

/// Two sections, two levels of support, more hits than are shown at once, and a tree that is long enough to be filtered.
fn site() -> server::Files {
    let mut sources = BTreeMap::from([
        ("guidegen.yaml".to_owned(), CONFIG.as_bytes().to_vec()),
        ("content/_index.md".to_owned(), b"---\ntitle: Home\n---\nWelcome. [A link](animals/n1.md)\n".to_vec()),
        (
            "content/plants/fern.md".to_owned(),
            b"---\ntitle: Fern\nsupport: { level: official }\n---\n## Spores\n\nA fern has spores.\n\n## Fronds\n\nA fern has fronds.\n".to_vec(),
        ),
    ]);
    for number in 1..=22 {
        let level = if number == 7 { "official" } else { "community" };
        let guide =
            format!("---\ntitle: Animal {number}\nsupport: {{ level: {level} }}\n---\nA quokka of number {number}.\n");
        sources.insert(format!("content/animals/n{number}.md"), guide.into_bytes());
    }
    server::files(&golden::build_with_search(&sources))
}

const FOCUS: &str = "(document.activeElement.id || document.activeElement.textContent.trim().slice(0, 60))";
const IS_OPEN: &str = "!!document.querySelector('dialog.search[open]')";
const STATUS: &str = "document.querySelector('.search-status').textContent";

fn open_search<'a>(browser: &'a chromium::Browser, address: &str, path: &str) -> chromium::Page<'a> {
    let page = browser.page();
    page.open(&format!("{address}{path}"));
    page.key("/");
    page.wait("document.activeElement.id === 'gg-search-input'");
    page
}

fn ask(page: &chromium::Page<'_>, text: &str, status: &str) {
    page.fill("#gg-search-input", text);
    page.wait(&format!("{STATUS} === {}", json!(status)));
}

#[test]
fn two_keys_open_the_search_and_three_close_it() {
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(site());
    let page = browser.page();
    page.open(&address);
    page.eval("document.querySelector('.prose a[href*=animals]').focus()");
    page.control("k");
    page.wait("document.activeElement.id === 'gg-search-input'");
    page.control("k");
    page.wait(&format!("!{IS_OPEN}"));
    assert_eq!(page.text(FOCUS), "A link", "the focus is back where it was");
    page.key("/");
    page.wait("document.activeElement.id === 'gg-search-input'");
    assert_eq!(page.text("document.querySelector('#gg-search-input').value"), "", "the key itself is not typed");
    page.key("Escape");
    page.wait(&format!("!{IS_OPEN}"));
    assert_eq!(page.text(FOCUS), "A link");
    // The button with its name in the dialog, and Escape on it.
    page.key("/");
    page.wait("document.activeElement.id === 'gg-search-input'");
    page.key("Tab");
    assert_eq!(page.text(FOCUS), "Close");
    page.key("Enter");
    page.wait(&format!("!{IS_OPEN}"));
    // Who types somewhere types a slash, and Ctrl-K still opens.
    page.eval("document.querySelector('[data-nav-filter]').focus()");
    page.key("/");
    page.wait("document.querySelector('[data-nav-filter]').value === '/'");
    assert_eq!(page.text(IS_OPEN), "false");
    page.control("k");
    page.wait("document.activeElement.id === 'gg-search-input'");
    page.key("Escape");
    page.wait("document.activeElement.matches('[data-nav-filter]')");
    page.assert_clean("keys");
}

#[test]
fn arrows_walk_through_what_is_found_and_enter_opens_it() {
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(site());
    let page = open_search(&browser, &address, "/");
    ask(&page, "quokka", "22 results");
    let shown = "document.querySelectorAll('.search-results > li').length";
    assert_eq!(page.eval(shown), json!(8));
    for _ in 0..9 {
        page.key("ArrowDown");
    }
    assert_eq!(page.text(FOCUS), "Show more");
    page.key("ArrowDown");
    assert_eq!(page.text(FOCUS), "Show more", "there is nothing further");
    page.key("Enter");
    page.wait(&format!("{shown} === 16"));
    assert_eq!(
        page.text("document.activeElement.closest('li') === document.querySelectorAll('.search-results > li')[8]"),
        "true",
        "the focus is on the first of what came"
    );
    page.key("ArrowUp");
    assert_eq!(
        page.text("document.activeElement.closest('li') === document.querySelectorAll('.search-results > li')[7]"),
        "true"
    );
    // Back to the field at once, and up to it from the first.
    page.key("/");
    assert_eq!(page.text(FOCUS), "gg-search-input");
    page.key("ArrowDown");
    page.key("ArrowUp");
    assert_eq!(page.text(FOCUS), "gg-search-input");
    // Tab goes the same way as the arrows; Escape closes from anywhere.
    page.key("ArrowDown");
    page.key("Tab");
    assert_eq!(
        page.text("document.activeElement.closest('li') === document.querySelectorAll('.search-results > li')[1]"),
        "true"
    );
    page.key("Escape");
    page.wait(&format!("!{IS_OPEN}"));
    // A heading is a stop of its own, and opens where it is.
    page.key("/");
    page.wait(IS_OPEN);
    ask(&page, "fronds", "1 result");
    page.key("ArrowDown");
    page.key("ArrowDown");
    assert_eq!(page.text("document.activeElement.getAttribute('href')"), "/plants/fern/#fronds");
    page.key("Enter");
    page.wait("location.pathname + location.hash === '/plants/fern/#fronds'");
    page.assert_clean("arrows");
}

#[test]
fn filters_and_suggestions_need_no_mouse() {
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(site());
    let page = open_search(&browser, &address, "/");
    ask(&page, "quokka", "22 results");
    page.wait("document.querySelectorAll('.search-filters select').length === 2");
    for _ in 0..3 {
        page.key("Tab");
    }
    assert_eq!(page.text("document.activeElement.closest('label').textContent.startsWith('Support')"), "true");
    page.key("ArrowDown");
    page.wait(&format!("{STATUS} === '21 results'"));
    page.key("ArrowDown");
    page.wait(&format!("{STATUS} === '1 result'"));
    assert_eq!(page.text("document.activeElement.selectedOptions[0].textContent"), "Official (2)");
    for _ in 0..3 {
        page.shift("Tab");
    }
    assert_eq!(page.text(FOCUS), "gg-search-input");
    ask(&page, "ferm unicorn", "Nothing found for “ferm unicorn”.");
    page.wait("document.querySelectorAll('.search-hints button').length === 3");
    page.key("ArrowDown");
    assert_eq!(page.text(FOCUS), "Search without the filters");
    page.key("Enter");
    page.wait("[...document.querySelectorAll('.search-filters select')].every((select) => !select.value)");
    assert_eq!(page.text(FOCUS), "gg-search-input");
    ask(&page, "ferm", "Nothing found for “ferm”.");
    page.wait("document.querySelector('.search-hints a')");
    page.key("ArrowDown");
    assert_eq!(page.text(FOCUS), "Fern");
    page.key("Enter");
    page.wait("location.pathname === '/plants/fern/'");
    page.assert_clean("filters");
}

#[test]
fn a_screen_reader_is_told_what_there_is() {
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(site());
    let page = open_search(&browser, &address, "/");
    ask(&page, "fronds", "1 result");
    page.wait("document.querySelectorAll('.search-filters select').length === 2");
    page.call("Accessibility.enable", json!({}));
    let tree = page.call("Accessibility.getFullAXTree", json!({}))["nodes"].as_array().cloned().unwrap();
    let value = |node: &Value, key: &str| node[key]["value"].as_str().unwrap_or_default().to_owned();
    let is_there = |role: &str, name: &str| {
        let found = tree
            .iter()
            .find(|node| node["ignored"] != json!(true) && value(node, "role") == role && value(node, "name") == name);
        found.unwrap_or_else(|| panic!("no {role} named {name:?}"))
    };
    is_there("dialog", "Search");
    let field = is_there("searchbox", "Search");
    assert_eq!(value(field, "description"), "Type to search, arrow keys to choose, Enter to open, Escape to close.");
    is_there("button", "Close");
    is_there("combobox", "Section");
    is_there("combobox", "Support");
    is_there("list", "Search");
    // The count is said when it changes, and nobody is moved for it.
    let status = tree.iter().find(|node| value(node, "role") == "status" && node["ignored"] != json!(true)).unwrap();
    let live = status["properties"].as_array().unwrap().iter().find(|property| property["name"] == "live").unwrap();
    assert_eq!(live["value"]["value"], json!("polite"));
    assert_eq!(
        page.text("document.querySelector('.search-status') === document.querySelector('.search-body [role=status]')"),
        "true"
    );
    assert_eq!(page.text(FOCUS), "gg-search-input");
}
