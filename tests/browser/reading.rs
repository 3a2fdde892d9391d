//! A guide on paper, on a narrow screen, and from right to left.

use super::theme::sources;
use super::{chromium, golden, server};
use serde_json::json;

#[test]
fn paper_has_all_that_a_screen_folds_away() {
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(server::files(&golden::build(&sources())));
    let page = browser.page();
    page.open(&format!("{address}/guides/rich/"));
    page.eval("document.querySelector('.prose').append(Object.assign(document.createElement('a'), { href: '/guides/', textContent: 'guides' }))");
    page.call("Emulation.setEmulatedMedia", json!({ "media": "print" }));
    page.eval("dispatchEvent(new Event('beforeprint'))");
    let hidden = "[...document.querySelectorAll('.tab, .tab-label, details.details > .details-body, .filetree li')].filter((e) => !e.checkVisibility()).length";
    assert_eq!(page.eval(hidden), json!(0), "every tab and every part that was folded");
    let shown = "[...document.querySelectorAll('.top, .sidebar, .toc, .code-tools, .foot, .pager, .anchor')].filter((e) => e.checkVisibility()).length";
    assert_eq!(page.eval(shown), json!(0), "nothing that only a screen has a use for");
    let behind = |link: &str| {
        page.text(&format!("getComputedStyle(document.querySelector('.prose a[href=\"{link}\"]'), '::after').content"))
    };
    assert_eq!(behind("https://example.org/"), "\" (https://example.org/)\"");
    assert_eq!(behind("/guides/"), format!("\" ({address}/guides/)\""), "the whole address of one of our own");
    page.eval("dispatchEvent(new Event('afterprint'))");
    assert_eq!(page.text("document.querySelector('details.details').open"), "false", "as it was");
    page.assert_clean("paper");
}

#[test]
fn a_narrow_screen_says_where_the_reader_is() {
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(server::files(&golden::build(&sources())));
    let page = browser.page();
    page.narrow();
    page.open(&format!("{address}/guides/rich/"));
    let here = "document.querySelector('.toc-here').textContent";
    assert_eq!(page.text(here), "Overview");
    assert_eq!(page.text("document.querySelector('.toc-here').checkVisibility()"), "true");
    page.open(&format!("{address}/guides/rich/#other-things"));
    page.wait(&format!("{here} === 'Other things'"));
    // Below the bar when the scrolling is over, and not far below it.
    let below = "document.querySelector('#other-things').getBoundingClientRect().top - \
                 document.querySelector('.toc').getBoundingClientRect().bottom";
    page.wait(&format!("{below} >= 0 && {below} < 60"));
    page.assert_clean("narrow");
}

#[test]
fn a_language_may_go_from_right_to_left() {
    let Some(browser) = chromium::browser() else { return };
    let mut sources = sources();
    let config = String::from_utf8(sources["guidegen.yaml"].clone()).unwrap().replace("language: en", "language: ar");
    sources.insert("guidegen.yaml".to_owned(), config.into_bytes());
    let address = server::serve(server::files(&golden::build(&sources)));
    let page = browser.page();
    page.open(&format!("{address}/guides/rich/"));
    let left = |selector: &str| {
        page.eval(&format!("document.querySelector('{selector}').getBoundingClientRect().left")).as_f64().unwrap()
    };
    assert!(left(".sidebar") > left("main") && left("main") > left(".toc"), "the columns are the other way around");
    assert_eq!(
        page.text("getComputedStyle(document.querySelector('figure.code pre')).direction"),
        "ltr",
        "code is not"
    );
    // What stands on a block belongs to the end of its code, which is on the right.
    let over = "[...document.querySelectorAll('.code-tools')].map((tools) => { const a = tools.getBoundingClientRect(), b = tools.parentElement.getBoundingClientRect(); return b.right - a.right < 20 && a.left - b.left > 20; })";
    assert_eq!(page.eval(over), json!([true, true]), "the buttons of blocks");
    page.narrow();
    assert_eq!(
        page.eval("[...document.querySelectorAll('.code-tool')].every((tool) => tool.hidden || tool.getBoundingClientRect().left > 100)"),
        json!(true),
        "the buttons of blocks on a narrow screen"
    );
    page.eval("document.querySelector('.menu-button').click()");
    page.wait("document.querySelector('#gg-menu:popover-open')");
    assert!(left("#gg-menu") > 0.0, "the menu comes from the right");
    let right = "document.querySelector('.menu-close').getBoundingClientRect().right";
    let close = page.eval(right).as_f64().unwrap();
    assert!(close <= left("[data-nav-filter]"), "the button that closes the menu is beside the filter");
    assert_eq!(page.text("document.documentElement.scrollWidth <= innerWidth"), "true");
    page.assert_clean("right to left");
}

#[test]
fn only_what_is_marked_has_a_mark_where_colours_are_forced() {
    let Some(browser) = chromium::browser() else { return };
    let mut sources = sources();
    let diff = "---\ntitle: Diff\n---\n```yaml {diff=true}\n kept: 1\n-old: 2\n+new: 3\n```\n";
    sources.insert("content/guides/diff.md".to_owned(), diff.into());
    let address = server::serve(server::files(&golden::build(&sources)));
    let page = browser.page();
    page.call("Emulation.setEmulatedMedia", json!({ "features": [{ "name": "forced-colors", "value": "active" }] }));
    let marked = |selector: &str, side: &str| {
        page.eval(&format!(
            "[...document.querySelectorAll('{selector}')].map((e) => {{ const s = getComputedStyle(e); return parseFloat(s.border{side}Width) > 0 && s.border{side}Color !== getComputedStyle(document.body).backgroundColor; }})"
        ))
    };
    page.open(&format!("{address}/guides/rich/"));
    assert_eq!(page.text("matchMedia('(forced-colors: active)').matches"), "true");
    assert_eq!(marked("figure.numbered .line", "Left"), json!([false, true]), "lines");
    assert_eq!(marked(".tab-button", "Bottom"), json!([true, false, false, true, false]), "tabs");
    assert_eq!(marked(".toc-list a[aria-current]", "Left"), json!([true]), "the place on this page");
    assert_eq!(marked(".toc-list li:last-child > a", "Left"), json!([false]), "another place");
    page.open(&format!("{address}/guides/diff/"));
    assert_eq!(marked(".line", "Left"), json!([false, true, true]), "a diff");
    page.assert_clean("forced colours");
}
