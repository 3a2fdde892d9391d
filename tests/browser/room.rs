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
const FITS: &str = "document.documentElement.scrollWidth <= innerWidth || [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > innerWidth).slice(0, 5).map((e) => e.outerHTML.slice(0, 60)).join('; ')";

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

const TABBED: &str = r#"---
title: Tabbed
---
{{< tabs >}}
{{< tab name="First" >}}
Short.
{{< /tab >}}
{{< tab name="Second" >}}
| A | B |
|---|---|
| WIDE | WIDE |

```yaml
a: WIDE WIDE
```

    b: WIDE WIDE
{{< /tab >}}
{{< /tabs >}}

{{< details "More" >}}
| C | D |
|---|---|
| WIDE | WIDE |

```yaml
c: WIDE WIDE
```
{{< /details >}}
"#;

#[test]
fn what_is_wide_in_a_hidden_place_is_reached_when_it_is_shown() {
    let Some(browser) = chromium::browser() else { return };
    let guide = TABBED.replace("WIDE", &"x".repeat(80));
    let address = site("id: wide\ntitle: Wide\n", &[("wide.md", &guide), ("short.md", &TABBED.replace("WIDE", "x"))]);
    let page = browser.page();
    page.narrow();
    let reached = |place: &str| {
        page.text(&format!(
            "[...document.querySelectorAll('{place} :is(.table, pre)')].map((box) => box.tabIndex === 0).join(' ')"
        ))
    };
    let switches =
        "[...document.querySelectorAll('.tab .code-wrap')].map((button) => button.checkVisibility()).join(' ')";
    // As browsers do it to which closed details have no boxes.
    page.before("document.adoptedStyleSheets = [new CSSStyleSheet()], document.adoptedStyleSheets[0].replaceSync('details:not([open]) > .details-body { display: none }')");
    page.open(&format!("{address}/wide/"));
    assert_eq!(reached(".tab"), "true true true", "while it is hidden it stays as it was written");
    page.click(".tab-list button:last-child");
    assert_eq!(reached(".tab"), "true true true");
    assert_eq!(page.text(switches), "true true");
    page.click("details.details > summary");
    page.wait("document.querySelector('.details .code-wrap').checkVisibility()");
    assert_eq!(reached(".details"), "true true");
    page.open(&format!("{address}/wide/#tab-second"));
    page.wait("document.querySelector('.tab .table').checkVisibility()");
    assert_eq!((reached(".tab"), page.text(switches)), ("true true true".into(), "true true".into()), "by a link");
    // What has room needs no stop and no switch; code blocks are stops by themselves.
    page.open(&format!("{address}/short/"));
    page.click(".tab-list button:last-child");
    assert_eq!((reached(".tab"), page.text(switches)), ("false true true".into(), "false false".into()), "short");
    page.assert_clean("shown");
}

#[test]
fn a_tab_that_is_chosen_is_in_sight_and_a_link_chooses_as_a_click() {
    let Some(browser) = chromium::browser() else { return };
    let group = |names: &[&str]| {
        let tabs: String =
            names.iter().map(|name| format!("{{{{< tab name=\"{name}\" >}}}}In {name}.{{{{< /tab >}}}}\n")).collect();
        format!("{{{{< tabs sync=\"os\" >}}}}\n{tabs}{{{{< /tabs >}}}}\n\n")
    };
    let names = ["Debian and Ubuntu", "Fedora and others", "Alpine Linux", "FreeBSD or OpenBSD", "Windows"];
    let far = "Text.\n\n".repeat(30);
    let guide = format!("---\ntitle: Guide\n---\n{}{far}{}", group(&["Windows", "Alpine Linux"]), group(&names));
    let address = site("id: tabs\ntitle: Tabs\n", &[("guide.md", &guide)]);
    let page = browser.page();
    page.narrow();
    page.open(&format!("{address}/guide/#tab-windows-2"));
    let chosen =
        "[...document.querySelectorAll('[role=tab][aria-selected=true]')].map((b) => b.textContent).join(', ')";
    page.wait(&format!("{chosen} === 'Windows, Windows'"));
    let last = ".tabs:last-of-type > .tab-list > [aria-selected=true]";
    let is_shown = is_within(last, ".tabs:last-of-type > .tab-list");
    page.wait(&is_shown);
    // The other group was at Alpine Linux; a link to a tab steps it.
    page.open(&format!("{address}/guide/#tab-alpine-linux-2"));
    page.wait(&format!("{chosen} === 'Alpine Linux, Alpine Linux'"));
    page.eval("location.hash = '#tab-windows'");
    page.wait(&format!("{chosen} === 'Windows, Windows'"));
    page.wait(&is_shown);
    page.open(&format!("{address}/guide/"));
    assert_eq!(page.text(chosen), "Windows, Windows", "remembered");
    assert_eq!(page.text(&is_shown), "true", "in sight");
    assert_eq!(page.text("scrollY"), "0", "the page stays where it is");
    page.assert_clean("tabs");
}

#[test]
fn long_content_leaves_the_page_as_wide_as_it_is() {
    let Some(browser) = chromium::browser() else { return };
    let long = "averylongnameofaguide".repeat(6);
    let terms = (0..40).map(|n| format!("x_{{{n}}}")).collect::<Vec<_>>().join(" + ");
    let titled = |weight: u8, body: &str| format!("---\ntitle: {long}{weight}\nweight: {weight}\n---\n{body}\n");
    let address = site(
        "id: long\ntitle: Long\n",
        &[
            ("guides/_index.md", &titled(1, "")),
            ("guides/a.md", &titled(1, "")),
            ("guides/b.md", &titled(2, &format!("Short: $x$\n\n$$\n{terms}\n$$\n\n$$y$$\n"))),
            ("guides/c.md", &titled(3, "")),
        ],
    );
    let page = browser.page();
    for width in [360, 820, 1280] {
        wide(&page, width);
        for path in ["/guides/", "/guides/b/"] {
            page.open(&format!("{address}{path}"));
            assert_eq!(page.text(FITS), "true", "{path} at {width} px is wider than the screen");
        }
        let within = "[...document.querySelectorAll('.pager a, .breadcrumbs li')].every((a) => a.getBoundingClientRect().right <= document.querySelector('main').getBoundingClientRect().right && a.scrollWidth <= a.clientWidth)";
        assert_eq!(page.text(within), "true", "the pager at {width} px");
        page.eval("window.formula = document.querySelector('math[display=block]'), formula.scrollLeft = 1e6");
        assert_eq!(page.text("formula.scrollLeft > 100"), "true", "a formula scrolls at {width} px");
        page.eval("formula.scrollLeft = 0, formula.focus()");
        assert_eq!(page.text("document.activeElement === formula"), "true", "and is reached at {width} px");
        page.key("ArrowRight");
        page.wait("formula.scrollLeft > 0");
        assert_eq!(page.text("document.querySelectorAll('math')[2].tabIndex"), "-1", "one with room is not");
    }
    page.assert_clean("long");
}
