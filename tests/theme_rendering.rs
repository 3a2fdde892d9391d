//! Every template of the built-in theme renders: with all that a page can have, and with nothing but what is always there.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may")]

use guidegen::input::templates::Templates;
use serde_json::{Value, json};
use tera::{Context, Kwargs, State, Tera};

const PAGES: [&str; 6] = ["page.html", "section.html", "index.html", "404.html", "taxonomy.html", "term.html"];

fn register(tera: &mut Tera) {
    tera.register_filter("markdown", |text: &str, _: Kwargs, _: &State| {
        tera::Value::safe_string(&format!("<p>{}</p>", text.trim()))
    });
    tera.register_filter("date", |_: &str, options: Kwargs, _: &State| -> tera::TeraResult<String> {
        Ok(match options.must_get::<String>("format")?.as_str() {
            "%Y" => "2026".to_owned(),
            _ => "2".to_owned(),
        })
    });
    tera.register_filter("json", |value: tera::Value, _: Kwargs, _: &State| serde_json::to_string(&value).unwrap());
    for name in ["slugify", "striptags", "url", "absolute"] {
        tera.register_filter(name, |text: &str, _: Kwargs, _: &State| text.to_owned());
    }
    tera.register_function("asset", |options: Kwargs, _: &State| -> tera::TeraResult<String> {
        Ok(format!("/{}", options.must_get::<String>("path")?))
    });
    tera.register_function("image_size", |options: Kwargs, _: &State| -> tera::TeraResult<tera::Value> {
        let src = options.must_get::<String>("src")?;
        let size = (!src.contains("dark")).then(|| json!({ "width": 96, "height": 32 }));
        Ok(tera::Value::from_serializable(&size))
    });
    tera.register_function("file_tree", |_: Kwargs, _: &State| {
        let file = |name: &str| json!({"name": name, "comment": "c", "kind": "file", "marked": true, "children": []});
        tera::Value::from_serializable(
            &json!([{"name": "a/", "comment": "", "kind": "folder", "marked": false, "children": [file("<b>")]}]),
        )
    });
    tera.register_function("version_matrix", |_: Kwargs, _: &State| {
        tera::Value::from_serializable(
            &json!({"product": "Authelia", "columns": ["4.39"], "rows": [[["v1.2"]], [null]]}),
        )
    });
    tera.register_function("navigation", |_: Kwargs, _: &State| tera::Value::safe_string("<ul></ul>"));
    tera.register_function("page", |_: Kwargs, _: &State| tera::Value::from_serializable(&card("A guide")));
    tera.register_function("pages", |_: Kwargs, _: &State| {
        tera::Value::from_serializable(&json!([card("Whole <guide>"), bare_card("Bare")]))
    });
}

fn templates() -> Templates {
    let (templates, diagnostics) = Templates::load(&[], register);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    templates
}

fn card(title: &str) -> Value {
    json!({"title": title, "url": "/a/", "description": "About <it>", "weight": 1, "date": "2026-01-01T00:00:00Z",
        "updated": null, "support": {"level": "community", "versions": ["v1", "v2"], "integration": true, "term": "guide", "tested": [{"product": "", "versions": ["v1", "v2"]}]},
        "tags": ["a"], "kind": "page", "count": 3, "extra": {}})
}

fn bare_card(title: &str) -> Value {
    json!({"title": title, "url": "/b/", "description": null, "weight": 0, "date": null, "updated": null,
        "support": {"level": null, "versions": null, "integration": null, "term": null, "tested": []}, "tags": [], "kind": "page",
        "count": null, "extra": {}})
}

fn whole_page() -> Value {
    json!({"title": "A & B", "link_title": "A", "description": "What \"it\" does", "summary": "s", "lead": null, "url": "/a/",
        "permalink": "https://docs.example.com/a/", "source": "a.md", "kind": "page", "date": "2026-01-01T00:00:00Z",
        "updated": "2026-02-01T00:00:00Z", "draft": false, "weight": 1,
        "toc": [{"id": "x", "title": "X <code>y</code>", "level": 2,
            "children": [{"id": "z", "title": "Z", "level": 3, "children": []}]}],
        "content": "<p>CONTENT</p>", "words": 3, "terms": [{"taxonomy": "tags", "title": "One & two", "url": "/tags/one/"}], "ancestors": [card("Up")], "previous": card("Before"),
        "next": card("After"), "aliases": ["/old/"],
        "support": {"level": "community", "versions": true, "integration": true, "term": null, "tested": []},
        "seo": {"title": null, "description": null, "canonical": null, "noindex": false}, "tags": ["one"],
        "variables": {"domain": {}}, "edit_url": "https://example.com/edit", "extra": {}, "feed_url": "/a/feed.xml", "images": ["x.png"],
        "children": [card("Child"), bare_card("Bare")], "pages": [], "sections": []})
}

fn bare_page() -> Value {
    let mut page = whole_page();
    for (_, value) in page.as_object_mut().unwrap() {
        *value = match value {
            Value::Array(_) => json!([]),
            Value::Object(members) => members.keys().map(|key| (key.clone(), Value::Null)).collect(),
            _ => Value::Null,
        };
    }
    page["previous"] = Value::Null;
    page["next"] = Value::Null;
    page["content"] = json!("");
    page["kind"] = json!("page");
    page["title"] = json!("Bare");
    page["url"] = json!("/bare/");
    page
}

fn whole_site() -> Value {
    json!({"title": "Docs", "base_url": "https://docs.example.com/", "base_path": "", "language": "en", "description": "d",
        "variables": {"domain": {}}, "menu": [{"name": "Guides", "url": "/a/"}],
        "repository": {"url": "https://example.com/r"}, "extra": {}, "csp": "default-src 'self'",
        "has_custom_css": true, "has_head": true, "search": true,
        "theme": {"logo": "logo.svg", "logo_dark": "dark.svg", "hide_title": false, "image": "card.png", "mode": "dark"}})
}

fn bare_site() -> Value {
    json!({"title": "", "base_url": null, "base_path": "", "language": "en", "description": null, "variables": {},
        "menu": [], "repository": null, "extra": {}, "csp": null, "has_custom_css": false, "has_head": false, "search": false,
        "theme": {"logo": null, "logo_dark": null, "hide_title": false, "image": null, "mode": null}})
}

fn context(site: &Value, page: &Value, nav: &Value) -> Context {
    let mut context = Context::new();
    context.insert("site", site);
    context.insert("page", page);
    context.insert("section", page);
    context.insert("nav", nav);
    context.insert("data", &json!({}));
    context.insert("strings", guidegen::input::strings::Strings::of_theme("en").all());
    context
}

fn shortcode(name: &str, params: &Value, args: &Value, inner: &str, children: &Value) -> String {
    let mut context = context(&bare_site(), &bare_page(), &json!([]));
    context.insert("params", params);
    context.insert("args", args);
    context.insert("children", children);
    context.insert("parent", &Value::Null);
    context.insert_value("inner", tera::Value::safe_string(inner));
    let templates = templates();
    let template = templates.shortcode(name).unwrap_or_else(|| panic!("no shortcode {name}")).template.clone();
    templates.render(&template, &context).unwrap_or_else(|failure| panic!("{name}: {failure:?}"))
}

#[test]
fn every_page_renders_with_everything() {
    let templates = templates();
    let context = context(&whole_site(), &whole_page(), &json!([{"title": "A", "url": "/a/", "children": []}]));
    for name in PAGES {
        let html = templates.render(name, &context).unwrap_or_else(|failure| panic!("{name}: {failure:?}"));
        assert!(html.starts_with("<!doctype html>\n<html lang=\"en\" data-theme=\"dark\">"), "{name}");
        assert!(html.contains("<p>CONTENT</p>"), "{name}");
        assert_eq!(html.matches("<h1").count(), 1, "{name}");
        assert!(
            html.contains("content=\"default-src &#39;self&#39;\"") || html.contains("default-src 'self'"),
            "{name}"
        );
        assert!(html.contains("href=\"/custom.css\""), "{name}");
    }
}

#[test]
fn every_page_renders_with_nothing() {
    let templates = templates();
    let context = context(&bare_site(), &bare_page(), &json!([]));
    for name in PAGES {
        let html = templates.render(name, &context).unwrap_or_else(|failure| panic!("{name}: {failure:?}"));
        for absent in ["custom.css", "id=\"gg-menu\"", "id=\"gg-toc\"", "breadcrumbs", "class=\"pager\"", "null"] {
            assert!(!html.contains(absent), "{name} has {absent}");
        }
    }
}

#[test]
fn text_is_escaped_and_headings_are_not() {
    let templates = templates();
    let context = context(&whole_site(), &whole_page(), &json!([]));
    let html = templates.render("page.html", &context).unwrap();
    assert!(html.contains("<h1>A &amp; B</h1>"));
    assert!(html.contains("<a href=\"#x\">X <code>y</code></a>"));
    let html = templates.render("section.html", &context).unwrap();
    assert!(html.contains("About &lt;it&gt;"));
}

#[test]
fn the_tree_has_a_mark_in_every_link_and_section() {
    let leaf = |n: u32| json!({"title": format!("Leaf {n}"), "url": format!("/{n}/"), "children": [], "active": false, "current": format!(" [C{n}]"), "open": ""});
    let section = json!({"title": "Section", "url": "/s/", "children": [leaf(1), leaf(2)], "active": true, "current": " [CS]", "open": " [OS]"});
    let html = templates()
        .render("navigation.html", &context(&bare_site(), &bare_page(), &json!([section, leaf(3)])))
        .unwrap();
    assert!(html.contains("<details [OS]><summary>Section</summary>"), "{html}");
    assert!(html.contains("<a href=\"/s/\" [CS]>"), "{html}");
    assert!(html.contains("<a href=\"/1/\" [C1]>Leaf 1</a>"), "{html}");
    assert!(html.contains("<a href=\"/3/\" [C3]>Leaf 3</a>"), "{html}");
    assert!(!html.contains("data-nav-filter"), "a short tree needs no filter");
}

#[test]
fn a_tree_that_is_very_deep_ends_somewhere() {
    let mut item = json!({"title": "Leaf", "url": "/", "children": [], "current": "", "open": ""});
    for _ in 0..40 {
        item = json!({"title": "Deep", "url": "/d/", "children": [item], "current": "", "open": ""});
    }
    templates().render("navigation.html", &context(&bare_site(), &bare_page(), &json!([item]))).unwrap();
}

#[test]
fn a_callout_knows_its_kind() {
    let html =
        shortcode("callout", &json!({"context": "caution", "title": "Look <out>"}), &json!([]), "Body", &json!([]));
    assert!(html.contains("callout-caution"), "{html}");
    assert!(html.contains("<p class=\"callout-title\">Look &lt;out&gt;</p>\n<p>Body</p>"), "{html}");
    let html = shortcode("callout", &json!({}), &json!(["TIP"]), "Body", &json!([]));
    assert!(html.contains("callout-tip") && html.contains(">Tip</p>"), "{html}");
    let html = shortcode("callout", &json!({"type": "x\" onclick=\"y"}), &json!([]), "Body", &json!([]));
    assert!(html.contains("class=\"callout callout-note\""), "{html}");
}

#[test]
fn details_are_open_when_told() {
    let html = shortcode("details", &json!({}), &json!(["Why?"]), "Because", &json!([]));
    assert!(html.starts_with("<details class=\"details\"><summary>"), "{html}");
    let html = shortcode("details", &json!({"summary": "Why?", "open": "true"}), &json!([]), "Because", &json!([]));
    assert!(html.starts_with("<details class=\"details\" open><summary>"), "{html}");
}

#[test]
fn tabs_have_a_label_each() {
    let tab = |params: Value, args: Value| json!({"name": "tab", "params": params, "args": args, "inner": "Text"});
    let children =
        json!([tab(json!({"name": "One"}), json!([])), tab(json!({}), json!(["Two"])), tab(json!({}), json!([]))]);
    let html = shortcode("tabs", &json!({"sync": "os"}), &json!([]), "", &children);
    assert!(html.contains("data-sync=\"os\""), "{html}");
    for label in ["One", "Two", "Tab 3"] {
        assert_eq!(html.matches(&format!(">{label}<")).count(), 2, "{label}: {html}");
    }
    assert_eq!(html.matches("<section class=\"tab\">").count(), 3, "{html}");
}

#[test]
fn a_tab_alone_is_shown() {
    let html = shortcode("tab", &json!({}), &json!(["One"]), "Text", &json!([]));
    assert!(html.contains(">One</p>") && html.contains("<p>Text</p>"), "{html}");
}

#[test]
fn a_figure_without_alternative_text_is_described_by_its_caption() {
    let html = shortcode(
        "figure",
        &json!({"src": "a.png", "caption": "What it shows", "width": "10"}),
        &json!([]),
        "",
        &json!([]),
    );
    assert!(html.contains("src=\"a.png\" alt=\"What it shows\" width=\"10\" loading=\"lazy\""), "{html}");
    assert!(html.contains("<figcaption>"), "{html}");
}

#[test]
fn an_index_of_guides_has_a_row_each() {
    let html = shortcode("guides", &json!({"section": "/a/"}), &json!([]), "", &json!([]));
    assert!(html.contains(">Whole &lt;guide&gt;</a>"), "{html}");
    assert!(html.contains("<span class=\"tested\">v1, v2</span>"), "{html}");
    assert_eq!(html.matches("<tr").count(), 3, "{html}");
}

#[test]
fn a_tree_of_files_has_folders_that_close() {
    let html = shortcode("filetree", &json!({"label": "The project"}), &json!([]), "- a", &json!([]));
    assert!(html.contains("role=\"group\" aria-label=\"The project\""), "{html}");
    assert!(
        html.contains("<li class=\"is-folder\"><details open><summary><span class=\"file-name\">a/</span>"),
        "{html}"
    );
    assert!(
        html.contains("<strong class=\"file-name\">&lt;b&gt;</strong> <span class=\"file-about\">c</span>"),
        "{html}"
    );
}

#[test]
fn a_support_matrix_has_a_row_for_each_guide_and_a_column_for_each_version() {
    let html = shortcode("support-matrix", &json!({}), &json!(["/a/"]), "", &json!([]));
    assert!(html.contains("<th scope=\"col\">Authelia 4.39</th>"), "{html}");
    assert!(html.contains("<td><span class=\"is-tested\">v1.2</span></td></tr>"), "{html}");
    assert!(html.contains(">Bare</a></th><td></td><td></td></tr>"), "{html}");
}

#[test]
fn oidc_common_writes_its_headings_and_links() {
    let markdown = shortcode("oidc-common", &json!({"faq": "/faq/", "config": "../c/"}), &json!([]), "", &json!([]));
    assert!(markdown.starts_with("## Before You Begin\n\n"), "{markdown}");
    assert!(markdown.contains("\n### Common Notes\n\n1. "), "{markdown}");
    assert!(markdown.contains("(../c/provider/)") && markdown.contains("(../c/clients/)"), "{markdown}");
    assert!(markdown.contains("(/faq/#plaintext)"), "{markdown}");
    assert!(!markdown.contains("Known Bugs"), "{markdown}");
    let markdown = shortcode("oidc-common", &json!({"bugs": "one, two"}), &json!([]), "", &json!([]));
    assert!(markdown.contains("\n### Known Bugs\n\n> [!WARNING]"), "{markdown}");
    assert!(markdown.contains("\n> - one\n> - two\n\n### Common Notes"), "{markdown}");
}

#[test]
fn support_and_preferences_render() {
    let html = shortcode("support", &json!({"level": "official", "versions": "v2"}), &json!([]), "", &json!([]));
    assert!(html.contains("Official") && html.contains("<td>v2</td>"), "{html}");
    let html = shortcode("sitevar-preferences", &json!({}), &json!([]), "", &json!([]));
    assert!(html.contains("<button class=\"button\" type=\"button\" data-sitevar-open hidden>"), "{html}");
}

#[test]
fn versions_are_told_however_they_are_written() {
    let of = |versions: Value, tested: Value| {
        let mut page = whole_page();
        page["support"] =
            json!({"level": "community", "versions": versions, "integration": false, "term": null, "tested": tested});
        let mut context = context(&whole_site(), &page, &json!([]));
        context.insert("local_variables", &Value::Null);
        let html = templates().render("page.html", &context).unwrap();
        let notice = html.split("<aside class=\"support").nth(1).unwrap();
        notice.split("</aside>").next().unwrap().to_owned()
    };
    let tested = json!([{"product": "Grafana", "versions": ["v11.2.0"]}, {"product": "Authelia", "versions": ["v4.38.10", "v4.39.4"]}]);
    let notice = of(json!({"Grafana": "v11.2.0", "Authelia": ["v4.38.10", "v4.39.4"]}), tested.clone());
    assert!(notice.contains("Grafana v11.2.0, Authelia v4.38.10, v4.39.4"), "{notice}");
    let notice = of(json!(["v1", "v2"]), json!([{"product": "", "versions": ["v1", "v2"]}]));
    assert!(notice.contains("v1, v2"), "{notice}");
    let notice = of(json!("v1"), json!([{"product": "", "versions": ["v1"]}]));
    assert!(notice.contains("v1"), "{notice}");
    let notice = of(json!(true), tested);
    assert!(!notice.contains("Grafana"), "those named below are not repeated: {notice}");
}

/// A browser that has met a policy in a page asks for nothing ahead of its parser, and the parser waits for a script: all that
/// the first picture needs is asked for before.
#[test]
fn nothing_that_the_first_picture_needs_waits_for_a_script() {
    let mut site = whole_site();
    site["variables"]["variables"] = json!({"domain": {}});
    site["id"] = json!("docs");
    let mut context = context(&site, &whole_page(), &json!([]));
    context.insert("local_variables", &Value::Null);
    let html = templates().render("page.html", &context).unwrap();
    let head = html.split("</head>").next().unwrap();
    let tag = regex::Regex::new(r#"<(?:link rel="(stylesheet|preload)"[^>]*href|script src)="([^"]+)"[^>]*>"#).unwrap();
    let found: Vec<(&str, &str)> = tag
        .captures_iter(head)
        .map(|found| (found.get(1).map_or("script", |kind| kind.as_str()), found.get(2).unwrap().as_str()))
        .collect();
    assert_eq!(found.iter().filter(|(kind, _)| *kind == "script").count(), 2, "{found:?}");
    let first = found.iter().position(|(kind, _)| *kind == "script").unwrap();
    for (at, (kind, path)) in found.iter().enumerate() {
        let is_early = at <= first || found[..first].contains(&("preload", path));
        assert!(is_early, "{kind} {path} waits for {}: {found:?}", found[first].1);
    }
    assert!(found.iter().filter(|(kind, _)| *kind == "stylesheet").count() == 4, "{found:?}");
}
