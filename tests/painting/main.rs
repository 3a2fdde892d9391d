//! No flash: whatever is painted carries the reader's values, and nothing moves. And what that costs. What is painted
//! when depends on how busy the machine is, so these tests have a program of their own, which runs alone.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may")]
#![allow(dead_code, reason = "the tests in a browser share what drives it, and not each uses all of it")]

#[path = "../browser/chromium.rs"]
mod chromium;
#[path = "../golden/mod.rs"]
mod golden;
#[path = "../browser/sample.rs"]
mod sample;
#[path = "../browser/server.rs"]
mod server;

use guidegen::site::script::{self, script};
use serde_json::json;
use std::io::Write;
use std::process::{Command, Stdio};

/// Before each paint: how many places there are, and how many of them still show a fallback.
const FRAMES: &str = "(() => { const look = () => { const all = [...document.querySelectorAll('[data-sitevar]:not([data-sitevar-unknown])')]; seen.frames.push([all.length, all.filter((e) => /example|nothing/.test(e.textContent)).length, performance.now()]); if (location.search === '?slow') fetch('/frame'); requestAnimationFrame(look); }; requestAnimationFrame(look); })()";

#[test]
fn a_page_that_comes_in_pieces_never_shows_a_fallback() {
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(sample::site("root"));
    let page = browser.page();
    page.before(FRAMES);
    page.open(&address);
    page.eval(&sample::kept(
        "{ domain: 'a-much-longer-name.of.somebody.test', sub: 'login', note: 'mine', port: '1234', tls: 'false' }",
    ));
    page.open(&format!("{address}/guide/?slow"));
    let frames: Vec<(u64, u64, f64)> = serde_json::from_value(page.eval("seen.frames")).unwrap();
    let growing: std::collections::BTreeSet<u64> = frames.iter().map(|frame| frame.0).collect();
    assert!(growing.len() > 2, "the page was painted while it came: {frames:?}");
    assert!(frames.iter().all(|frame| frame.1 == 0), "places with a fallback: {frames:?}");
    assert_eq!(
        page.text("document.querySelector('main [data-sitevar=domain]').textContent"),
        "a-much-longer-name.of.somebody.test"
    );
    // A space at the end of a line has another place when a word comes behind it; nothing that can be seen moves.
    assert_eq!(page.eval("seen.shifted.filter((node) => node.trim())"), json!([]));
    // A fallback that came in two pieces is whole again when the value goes.
    page.click("header [data-sitevar-open]");
    page.eval("[...document.querySelectorAll('dialog button')].find((b) => b.textContent === 'Reset all').click()");
    assert_eq!(
        page.text(&sample::shown("domain")),
        "example.com example\\.com DC=example,DC=com example.com example.com"
    );
    page.assert_clean("pieces");
}

#[test]
fn two_hundred_values_are_there_at_the_first_paint() {
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(sample::large());
    let page = browser.page();
    page.before(FRAMES);
    let figures = || {
        page.open(&format!("{address}/large/"));
        page.wait("performance.getEntriesByType('paint').length > 1");
        page.eval("performance.getEntriesByName('first-contentful-paint')[0].startTime").as_f64().unwrap()
    };
    let median = |figures: &dyn Fn() -> f64| {
        let mut all: Vec<f64> = (0..5).map(|_| figures()).collect();
        all.sort_by(f64::total_cmp);
        all[2]
    };
    let without = median(&figures);
    page.eval("localStorage.setItem('guidegen:large', JSON.stringify({ version: 1, values: Object.fromEntries([...Array(200).keys()].map((i) => ['v' + i, 'host' + i + '.reader.test'])) }))");
    let with = median(&figures);
    eprintln!("first contentful paint: {without:.0} ms with fallbacks, {with:.0} ms with 200 values");
    let frames: Vec<(u64, u64, f64)> = serde_json::from_value(page.eval("seen.frames")).unwrap();
    assert!(frames.iter().all(|frame| frame.1 == 0), "{frames:?}");
    assert_eq!(page.eval("document.querySelectorAll('[data-sitevar-set]').length"), json!(240));
    assert_eq!(page.text("seen.shift"), "0");
    page.assert_clean("200 values");
}

#[test]
fn the_scripts_are_small() {
    let source = |name: &str| {
        std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("static").join(name)).unwrap()
    };
    let compressed = |script: &str| {
        let mut gzip = Command::new("gzip").arg("-9c").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        gzip.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
        gzip.wait_with_output().unwrap().stdout.len()
    };
    let words = guidegen::input::strings::Strings::of_theme("en");
    let values = compressed(&script(&source(script::VALUES), &json!({ "variables": {} })));
    let dialog = compressed(&script(&source(script::DIALOG), &json!({})));
    let worded = compressed(&script(&source(script::DIALOG), words.group("values")));
    eprintln!("compressed: {values} bytes that are waited for, {dialog} for the dialog, {worded} with its texts");
    assert!(values <= 4608, "{values} bytes after compression");
    assert!(values + dialog <= 8192, "{values} + {dialog} bytes after compression");
    assert!(worded <= 5632, "{worded} bytes after compression");
}
