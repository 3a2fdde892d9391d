//! The theme: menu and tabs with the keyboard alone, every kind of page before axe-core, nothing that moves, and its weight.

use super::{accessibility, chromium, golden, server};
use serde_json::json;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};

const CONFIG: &str = "id: theme\ntitle: Theme\nlanguage: en\ntaxonomies: [tags]\nmenu: [ { name: Guides, url: /guides/ } ]\nvariables:\n  domain: { type: domain, default: example.com }\n";

const RICH: &str = r#"---
title: Rich
description: All that a guide can have.
tags: [blocks]
support: { level: community, versions: { Rich: v1.2 } }
---
Text with `code` and {{< sitevar name="domain" >}} in [a link](https://example.org/).

## Blocks

```yaml {title="configuration.yml" linenos=true hl_lines="2"}
a: 1
domain: '{{< sitevar name="domain" >}}' # a comment that is so long that a narrow screen does not hold it, and a wide one neither
```

```console
$ curl https://{{< sitevar name="domain" >}}/
an answer
```

{{< tabs sync="os" >}}
{{< tab name="Linux" >}}
### In Linux

One.
{{< /tab >}}
{{< tab name="macOS" >}}
### In macOS

Two.
{{< /tab >}}
{{< tab name="Windows" >}}
Three.
{{< /tab >}}
{{< /tabs >}}

{{< tabs sync="os" >}}
{{< tab name="Linux" >}}Again one.{{< /tab >}}
{{< tab name="Windows" >}}Again three.{{< /tab >}}
{{< /tabs >}}

## Other things

> [!WARNING]
> Look out.

{{< callout context="tip" title="A tip" >}}Text.{{< /callout >}}

{{< details "More" >}}Hidden.{{< /details >}}

{{< filetree >}}
- etc/
  - **app.conf** for {{< sitevar name="domain" >}}
{{< /filetree >}}

| A | B |
|---|---|
| 1 | 2 |

- [x] done
- [ ] open[^1]

[^1]: A note.
"#;

pub fn sources() -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::from([
        ("guidegen.yaml".to_owned(), CONFIG.as_bytes().to_vec()),
        ("content/_index.md".to_owned(), b"---\ntitle: Home\ndescription: Welcome.\n---\nWelcome.\n".to_vec()),
        (
            "content/guides/_index.md".to_owned(),
            b"---\ntitle: Guides\n---\n{{< guides >}}\n\n{{< support-matrix >}}\n".to_vec(),
        ),
        ("content/guides/rich.md".to_owned(), RICH.as_bytes().to_vec()),
    ]);
    for number in 0..30 {
        let guide = format!("---\ntitle: Guide {number}\n---\nText.\n");
        files.insert(format!("content/guides/g{number}.md"), guide.into_bytes());
    }
    files
}

#[test]
fn a_reader_uses_the_menu_with_the_keyboard_alone() {
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(server::files(&golden::build(&sources())));
    let page = browser.page();
    page.narrow();
    page.open(&format!("{address}/guides/rich/"));
    page.eval("document.querySelector('.menu-button').focus()");
    page.key("Enter");
    page.wait("document.querySelector('#gg-menu:popover-open')");
    page.key("Escape");
    page.wait("!document.querySelector('#gg-menu:popover-open')");
    assert_eq!(page.text("document.activeElement.className"), "icon-button menu-button", "the focus is back");
    page.key("Enter");
    page.wait("document.querySelector('#gg-menu:popover-open')");
    // From the button the focus goes into the menu: close, filter, tree.
    page.key("Tab");
    assert_eq!(page.text("document.activeElement.className"), "icon-button menu-close");
    page.key("Tab");
    assert_eq!(page.text("document.activeElement.matches('[data-nav-filter]')"), "true");
    page.insert("guide 17");
    let shown = "[...document.querySelectorAll('.nav-tree a')].filter((a) => a.checkVisibility()).map((a) => a.textContent).join(', ')";
    page.wait(&format!("{shown}.startsWith('Guide 17')"));
    page.insert("x");
    page.wait("document.querySelector('[data-nav-none]').textContent === 'No guide has that in its name.'");
    page.key("Backspace");
    page.wait(&format!("{shown}.startsWith('Guide 17')"));
    for _ in 0..4 {
        page.key("Tab");
        if page.text("document.activeElement.textContent") == "Guide 17" {
            break;
        }
    }
    page.key("Enter");
    page.wait("location.pathname === '/guides/g17/' && document.readyState === 'complete'");
    page.assert_clean("menu");
}

#[test]
fn a_reader_uses_tabs_with_the_keyboard_alone() {
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(server::files(&golden::build(&sources())));
    let page = browser.page();
    page.open(&format!("{address}/guides/rich/"));
    let chosen =
        "[...document.querySelectorAll('[role=tab][aria-selected=true]')].map((b) => b.textContent).join(', ')";
    let panels = "[...document.querySelectorAll('[role=tabpanel]')].filter((p) => p.checkVisibility()).map((p) => p.textContent.trim().split(/\\s+/).pop()).join(' ')";
    assert_eq!(page.text(chosen), "Linux, Linux");
    page.eval("document.querySelector('[role=tab]').focus()");
    for (key, tabs, texts) in [
        ("ArrowRight", "macOS, Linux", "Two. one."),
        ("End", "Windows, Windows", "Three. three."),
        ("ArrowRight", "Linux, Linux", "One. one."),
        ("ArrowLeft", "Windows, Windows", "Three. three."),
        ("Home", "Linux, Linux", "One. one."),
        ("End", "Windows, Windows", "Three. three."),
    ] {
        page.key(key);
        assert_eq!((page.text(chosen), page.text(panels)), (tabs.to_owned(), texts.to_owned()), "{key}");
        assert_eq!(page.text("document.activeElement.matches('[role=tab][aria-selected=true]')"), "true", "{key}");
    }
    // Only the tab that is chosen is a stop, and behind it comes its panel's.
    assert_eq!(page.eval("document.querySelectorAll('[role=tab][tabindex=\"0\"]').length"), json!(2));
    page.open(&format!("{address}/guides/rich/?again"));
    assert_eq!(page.text(chosen), "Windows, Windows", "remembered");
    page.open(&format!("{address}/guides/rich/#in-macos"));
    page.wait(&format!("{chosen}.startsWith('macOS')"));
    assert_eq!(
        page.text("document.querySelector('#in-macos').checkVisibility()"),
        "true",
        "a link opens what hides its target"
    );
    page.assert_clean("tabs");
}

#[test]
fn axe_finds_nothing_on_any_kind_of_page() {
    let Some(browser) = chromium::browser() else { return };
    let axe = accessibility::axe();
    let address = server::serve(server::files(&golden::build(&sources())));
    let page = browser.page();
    for mode in ["light", "dark"] {
        page.open(&address);
        page.eval(&format!("localStorage.setItem('guidegen:mode', '{mode}')"));
        for path in ["/", "/guides/", "/guides/rich/", "/tags/", "/tags/blocks/", "/404.html"] {
            page.open(&format!("{address}{path}"));
            page.eval(&format!("{axe};0"));
            let found = page.eval("axe.run(document, { resultTypes: ['violations'] }).then((r) => r.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.html).slice(0, 3).join(' ')))");
            assert_eq!(found, json!([]), "{path}, {mode}");
        }
    }
}

#[test]
fn nothing_moves_while_a_page_loads() {
    let Some(browser) = chromium::browser() else { return };
    // A foot and an index of guides with all that they can have; a guide whose foot is on the first screen.
    let mut sources = sources();
    sources.insert(
        "guidegen.yaml".to_owned(),
        format!("{CONFIG}repository: {{ url: https://git.example.org/guides }}\n").into_bytes(),
    );
    for (number, level) in [(1, "community"), (2, "official")] {
        let guide = format!(
            "---\ntitle: Guide {number}\nlastmod: 2026-01-0{number}\ntags: [t{number}]\nsupport: {{ level: {level} }}\n---\nText.\n"
        );
        sources.insert(format!("content/guides/g{number}.md"), guide.into_bytes());
    }
    let bundle = golden::build(&sources);
    assert!(!bundle.artifacts.is_empty(), "{}", golden::findings(&bundle.diagnostics));
    let address = server::serve(server::files(&bundle));
    for is_narrow in [false, true] {
        let page = browser.page();
        if is_narrow {
            page.narrow();
        }
        for path in ["/", "/guides/", "/guides/rich/", "/guides/g1/"] {
            page.open(&format!("{address}{path}"));
            page.eval(
                "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 0))))",
            );
            // A table takes its widths from all of its rows, which may come one after the other.
            assert_eq!(
                page.eval("seen.shifted.filter((node) => !/^<t[dh]/.test(node))"),
                json!([]),
                "{path}, narrow: {is_narrow}"
            );
            assert_eq!(
                page.text("document.documentElement.scrollWidth <= innerWidth"),
                "true",
                "{path}, narrow: {is_narrow}: wider than the screen"
            );
        }
    }
}

#[test]
fn nothing_moves_when_an_image_comes_late() {
    /// Tells the server of every frame until the image is there.
    const TELL: &str = "(() => { const tell = () => { if (document.images[0]?.naturalWidth) return; fetch('/frame'); requestAnimationFrame(tell); }; requestAnimationFrame(tell); })()";
    let Some(browser) = chromium::browser() else { return };
    let mut sources = sources();
    let image = "<svg xmlns='http://www.w3.org/2000/svg' width='400' height='300'><!-- for exam --><!-- ple --><path d='M0 0h400v300z'/></svg>";
    sources.insert("static/late.svg".to_owned(), image.as_bytes().to_vec());
    for (name, image) in [
        ("markdown", "![Late](/late.svg?slow)"),
        ("figure", "{{< figure src=\"/late.svg?slow\" alt=\"Late\" caption=\"Below.\" width=200 >}}"),
        // Its author says how large it is, and the policy lets nobody hear it.
        ("unsized", "<img src=\"/late.svg?slow\" alt=\"Late\" style=\"width: auto\">"),
    ] {
        let guide = format!("---\ntitle: Late\n---\nAbove.\n\n{image}\n\nBelow.\n\n## And further\n\nBelow.\n");
        sources.insert(format!("content/late/{name}.md"), guide.into_bytes());
    }
    let address = server::serve(server::files(&golden::build(&sources)));
    for is_narrow in [false, true] {
        let page = browser.page();
        if is_narrow {
            page.narrow();
        }
        page.before(TELL);
        let shifted = |name: &str| {
            page.open(&format!("{address}/late/{name}/"));
            page.wait("document.images[0].complete && document.images[0].naturalWidth === 400");
            page.eval(
                "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 0))))",
            );
            page.eval("seen.shifted")
        };
        assert_eq!(shifted("markdown"), json!([]), "narrow: {is_narrow}");
        assert_eq!(shifted("figure"), json!([]), "narrow: {is_narrow}");
        assert_ne!(shifted("unsized"), json!([]), "without a size something would move, narrow: {is_narrow}");
    }
}

#[test]
fn the_search_of_a_site_on_a_disk_says_what_it_needs() {
    let Some(browser) = chromium::browser() else { return };
    let mut sources = sources();
    sources.insert("guidegen.yaml".to_owned(), format!("{CONFIG}links: relative\n").into_bytes());
    let folder = tempfile::tempdir().unwrap();
    server::write(&server::files(&golden::build_with_search(&sources)), folder.path());
    let page = browser.page();
    page.open(&format!("file://{}/guides/rich/index.html", folder.path().display()));
    page.click("[data-search]");
    page.wait("document.querySelector('.search-status')?.textContent.startsWith('The search needs a web server')");
    page.key("Escape");
    page.wait("!document.querySelector('dialog.search').open");
    page.assert_clean("a disk");
}

#[test]
fn what_a_page_brings_is_light() {
    let files = server::files(&golden::build_with_search(&sources()));
    let html = String::from_utf8_lossy(&files["guides/rich/index.html"]).into_owned();
    let compressed = |bytes: &[u8]| {
        let mut gzip = Command::new("gzip").arg("-9c").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        gzip.stdin.take().unwrap().write_all(bytes).unwrap();
        gzip.wait_with_output().unwrap().stdout.len()
    };
    for (tag, end, bar) in
        [("(?:script[^>]* src|data-guides)", "js", 15 << 10), ("link rel=\"stylesheet\" href", "css", 15 << 10)]
    {
        let found = regex::Regex::new(&format!("{tag}=\"/(assets/[^\"]+[.]{end})\"")).unwrap();
        let paths: Vec<String> = found.captures_iter(&html).map(|found| found[1].to_owned()).collect();
        assert!(paths.len() >= 3, "{paths:?}");
        let sizes: Vec<(&String, usize)> = paths.iter().map(|path| (path, compressed(&files[path]))).collect();
        let size: usize = sizes.iter().map(|(_, size)| size).sum();
        eprintln!("{end}: {size} bytes compressed: {sizes:?}");
        assert!(size <= bar, "{size} bytes of {end}: {sizes:?}");
    }
    assert!(!html.contains("prefetch") && !html.contains("@font-face"), "{html}");
}
