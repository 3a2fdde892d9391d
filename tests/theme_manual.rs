//! What the manual says about the theme is so: every value, every block and every file that it shows is built, and changes
//! the site; every custom property and every text is there, and no other.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may")]

mod golden;

use guidegen::input::config::THEME_KEYS;
use guidegen::input::files::Content;
use std::collections::{BTreeMap, BTreeSet};

type Files = BTreeMap<String, Vec<u8>>;

const CONFIG: &str = "id: shown\ntitle: Shown\ndescription: A site.\nbase_url: https://docs.example.org/\ntaxonomies: [tags]\n\
    menu: [ { name: Guides, url: /guides/ } ]\nrepository: { url: https://example.org/repository }\n\
    extra: { support_address: help@example.org }\nvariables:\n  domain: { type: domain, default: example.com }\n";

const GUIDE: &str = "---\ntitle: Guide\ndescription: About it.\ntags: [one]\nsupport: { level: community }\n---\n\
    ## Heading\n\nText for {{< sitevar name=\"domain\" >}}.\n";

fn project(path: &str) -> String {
    std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// A site that has all that the examples speak of.
fn site(config: &str) -> Files {
    let image = "<svg xmlns='http://www.w3.org/2000/svg' width='80' height='20'/>";
    let files = [
        ("guidegen.yaml", format!("{CONFIG}{config}")),
        ("content/_index.md", "---\ntitle: Home\n---\nWelcome.\n".to_owned()),
        ("content/guides/_index.md", "---\ntitle: Guides\n---\n".to_owned()),
        ("content/guides/guide.md", GUIDE.to_owned()),
        ("content/guides/next.md", "---\ntitle: Next\n---\n".to_owned()),
        ("static/logo.svg", image.to_owned()),
        ("static/logo-dark.svg", image.to_owned()),
        ("static/card.png", "not looked at".to_owned()),
        ("static/print.css", "p {}".to_owned()),
        ("static/mine.js", "1;".to_owned()),
        ("static/hello.js", "1;".to_owned()),
    ];
    files.into_iter().map(|(path, text)| (path.to_owned(), text.into_bytes())).collect()
}

/// What the site becomes, by path. Nothing may be reported.
fn built(files: &Files, what: &str) -> BTreeMap<String, String> {
    let bundle = golden::build(files);
    assert_eq!(golden::findings(&bundle.diagnostics), "", "{what}");
    let text = |content: &Content| {
        content.bytes().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    };
    bundle.artifacts.iter().map(|artifact| (artifact.path.clone(), text(&artifact.content))).collect()
}

/// The blocks of a page of the manual that have a title, in order: title and text.
fn blocks(page: &str) -> Vec<(String, String)> {
    let fence = regex::Regex::new("(?ms)^```[a-z0-9]+ \\{title=\"([^\"]+)\"\\}\n(.*?)^```$").unwrap();
    fence.captures_iter(page).map(|found| (found[1].to_owned(), found[2].to_owned())).collect()
}

/// The rows of the tables of a page, as cells.
fn rows(page: &str) -> Vec<Vec<String>> {
    let lines = page.lines().filter(|line| line.starts_with("| ") && line.ends_with(" |"));
    let cells = |line: &str| {
        let line = line.trim_start_matches("| ").trim_end_matches(" |").replace("\\|", "\u{0}");
        line.split(" | ").map(|cell| cell.replace('\u{0}', "|")).collect()
    };
    lines.map(cells).collect()
}

fn code(cell: &str) -> Option<&str> {
    cell.strip_prefix('`')?.strip_suffix('`')
}

#[test]
fn every_value_of_the_theme_is_shown_and_changes_the_site() {
    let manual = project("content/manual/theme.md");
    let (_, whole) = blocks(&manual).into_iter().find(|(title, _)| title == "guidegen.yaml").unwrap();
    let with_all = built(&site(&whole), "all values");
    let table = rows(&manual);
    for key in THEME_KEYS {
        let line =
            whole.lines().find(|line| line.starts_with(&format!("  {key}: "))).unwrap_or_else(|| panic!("no {key}"));
        let without = built(&site(&whole.replace(&format!("{line}\n"), "")), key);
        assert_ne!(with_all, without, "{key} changes nothing");
        // The table has each, with an example that is taken.
        let row = table.iter().find(|row| code(&row[0]) == Some(key)).unwrap_or_else(|| panic!("{key} is in no table"));
        let example = code(&row[1]).unwrap();
        assert!(example.starts_with(&format!("{key}: ")), "{example}");
        built(&site(&format!("theme:\n  {example}\n")), example);
    }
    let known = whole.lines().skip(1).map(|line| line.trim().split(':').next().unwrap());
    assert_eq!(known.count(), THEME_KEYS.len(), "{whole}");
}

#[test]
fn every_file_that_is_shown_is_taken_and_changes_the_site() {
    let before = built(&site(""), "the site");
    let mut seen = 0;
    for page in ["content/manual/theme.md", "content/manual/templates.md"] {
        for (title, text) in blocks(&project(page)) {
            // The texts in English are those of the theme: nothing changes.
            if title == "guidegen.yaml" || title == "data/strings/en.yaml" {
                continue;
            }
            let language = title.strip_prefix("data/strings/").and_then(|name| name.strip_suffix(".yaml"));
            let config = language.map_or_else(String::new, |language| format!("language: {language}\n"));
            let mut files = site(&config);
            files.insert(title.clone(), text.into_bytes());
            let after = built(&files, &title);
            let before = if language.is_some() { built(&site(&config), &title) } else { before.clone() };
            let pages = |site: &BTreeMap<String, String>| {
                let pages = site.iter().filter(|(path, _)| path.ends_with(".html"));
                pages.map(|(path, html)| (path.clone(), html.clone())).collect::<Vec<_>>()
            };
            // No page names that script; it is there for the one that does.
            assert!(title == "static/hello.js" || pages(&after) != pages(&before), "{title} changes no page");
            seen += 1;
        }
    }
    assert!(seen >= 6, "{seen} files");
}

#[test]
fn every_block_of_the_frame_is_shown_with_an_example_that_works() {
    let declared = regex::Regex::new(r"\{%-? block ([a-z_]+) -?%\}").unwrap();
    let base = project("templates/base.html");
    let blocks: BTreeSet<&str> = declared.captures_iter(&base).map(|found| found.get(1).unwrap().as_str()).collect();
    let manual = project("content/manual/templates.md");
    let section = manual.split("\n## ").find(|section| section.starts_with("Blocks")).unwrap();
    let table: Vec<Vec<String>> = rows(section).into_iter().filter(|row| code(&row[0]).is_some()).collect();
    let shown: BTreeSet<&str> = table.iter().map(|row| code(&row[0]).unwrap()).collect();
    assert_eq!(shown, blocks, "the table has every block, and no other");
    let mut sources = site("");
    let before = golden::build_before_search(&sources);
    for row in &table {
        let name = code(&row[0]).unwrap();
        assert!(code(&row[2]).is_some() || row[2].starts_with("nothing"), "{name}: {}", row[2]);
        let example = code(&row[2]).unwrap_or_default();
        let template =
            format!("{{% extends \"theme/base.html\" %}}\n{{% block {name} %}}{example}{{% endblock {name} %}}\n");
        sources.insert("templates/base.html".to_owned(), template.into_bytes());
        let after = golden::build_before_search(&sources);
        assert_eq!(golden::findings(&after.diagnostics), "", "{name}");
        let html = |bundle: &guidegen::site::artifact::Bundle| {
            let pages = bundle.artifacts.iter().filter(|artifact| artifact.path.ends_with(".html"));
            pages.map(|page| format!("{:?}", page.content)).collect::<Vec<_>>()
        };
        assert_ne!(html(&after), html(&before), "{name}: {example}");
    }
}

#[test]
fn every_custom_property_is_named() {
    let property = regex::Regex::new(r"(?m)^  (--[a-z-]+):").unwrap();
    let named = regex::Regex::new(r"`(--[a-z-]+)`").unwrap();
    let mut declared = BTreeSet::new();
    for path in ["static/theme.css", "static/code.css"] {
        let text = project(path);
        let root = text.split(":root {").nth(1).unwrap().split("\n}").next().unwrap();
        declared.extend(property.captures_iter(root).map(|found| found[1].to_owned()));
    }
    let manual = project("content/manual/theme.md");
    let section = manual.split("\n## ").find(|section| section.starts_with("A style sheet")).unwrap();
    let named: BTreeSet<String> = named.captures_iter(section).map(|found| found[1].to_owned()).collect();
    assert_eq!(named, declared);
}

#[test]
fn every_text_of_the_interface_is_shown_as_it_is() {
    let (_, shown) = blocks(&project("content/manual/theme.md"))
        .into_iter()
        .find(|(title, _)| title == "data/strings/en.yaml")
        .unwrap();
    let read = |text: &str| serde_yaml::from_str::<serde_json::Value>(text).unwrap();
    let mut known = read(&project("data/strings/en.yaml"));
    // The manual's example of a site's own texts is another.
    known.as_object_mut().unwrap().remove("extra");
    assert_eq!(read(&shown), known);
}
