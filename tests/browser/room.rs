//! What needs more room than there is: each gives way within itself, and the page stays as wide as the screen.

use super::{chromium, golden, server};
use serde_json::json;
use std::collections::BTreeMap;

fn site(config: &str, guides: &[(&str, &str)]) -> String {
    let mut files = BTreeMap::from([("guidegen.yaml".to_owned(), config.as_bytes().to_vec())]);
    for (path, text) in guides {
        files.insert(format!("content/{path}"), text.as_bytes().to_vec());
    }
    server::serve(server::files(&golden::build_with_search(&files)))
}

fn wide(page: &chromium::Page<'_>, width: u32) {
    let size = json!({ "width": width, "height": 780, "deviceScaleFactor": 1, "mobile": false });
    page.call("Emulation.setDeviceMetricsOverride", size);
}

/// What makes a page wider than the screen; `true` when nothing does.
const FITS: &str = "document.documentElement.scrollWidth <= innerWidth || [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > innerWidth).map((e) => e.outerHTML.slice(0, 60)).join('; ')";

/// Whether what `selector` finds lies within the screen, or within the box `around` it.
fn is_within(selector: &str, around: &str) -> String {
    format!(
        "((a, b) => a.width > 0 && a.left >= b.left - 1 && a.right <= b.right + 1)(document.querySelector('{selector}').getBoundingClientRect(), document.querySelector('{around}').getBoundingClientRect())"
    )
}

#[test]
fn a_long_menu_gives_way_to_the_title_and_the_buttons() {
    let Some(browser) = chromium::browser() else { return };
    let names = ["Overview", "Installation", "Configuration", "Integrations", "Reference", "Changelog"];
    for repeated in [1, 3] {
        let mut entries: Vec<String> =
            (0..repeated).flat_map(|_| names).map(|name| format!("{{ name: {name}, url: /guides/ }}")).collect();
        entries.push("{ name: Last, url: /last/ }".to_owned());
        let config = format!(
            "id: menu\ntitle: The Documentation\nmenu: [ {} ]\nvariables: {{ domain: {{ type: domain, default: example.com }} }}\n",
            entries.join(", ")
        );
        let guide = "---\ntitle: Guide\n---\n{{< sitevar name=\"domain\" >}}\n";
        let address = site(&config, &[("guides/a.md", guide), ("guides/_index.md", guide), ("last.md", guide)]);
        let page = browser.page();
        for width in [360, 801, 820, 900, 1024, 1280] {
            wide(&page, width);
            page.open(&format!("{address}/last/"));
            let at = format!("{width} px, {repeated} times the menu");
            assert_eq!(page.text(FITS), "true", "{at}: wider than the screen");
            for selector in ["[data-search]", "header [data-sitevar-open]", "[data-mode-switch]"] {
                assert_eq!(page.text(&is_within(selector, "header")), "true", "{at}: {selector}");
            }
            if width > 800 {
                let is_whole = "((t) => t.scrollWidth <= t.clientWidth)(document.querySelector('.site-title span'))";
                assert_eq!(page.text(is_whole), "true", "{at}: the title");
                assert_eq!(
                    page.text(&is_within(".site-menu [aria-current]", ".site-menu")),
                    "true",
                    "{at}: the entry that the reader is at"
                );
                page.eval("document.querySelector('.site-menu a').focus()");
                assert_eq!(page.text(&is_within(".site-menu a", ".site-menu")), "true", "{at}: by keyboard");
            }
        }
        page.assert_clean("menu");
    }
}
