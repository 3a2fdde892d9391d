//! Tests of the configuration: what it reads, and what it says of slips.

use super::*;
use serde_json::json;

fn load(text: &str) -> (Config, Vec<String>) {
    let (config, diagnostics) = Config::load(Some(&Source::new("guidegen.yaml", text)));
    let told = diagnostics.iter().map(|diagnostic| {
        assert_eq!(diagnostic.code, Code::Config);
        let range = diagnostic.place.as_ref().and_then(|place| place.range).expect("a place");
        let help = diagnostic.help.as_deref().expect("help");
        format!("{}:{} {} ({help})", range.line, range.column, diagnostic.message)
    });
    (config, told.collect())
}

fn good(text: &str) -> Config {
    let (config, told) = load(text);
    assert_eq!(told, [""; 0], "{text}");
    config
}

/// What is wrong, without its help.
fn wrong(text: &str) -> Vec<String> {
    load(text).1.iter().map(|told| told.rsplit_once(" (").map_or(told.clone(), |(told, _)| told.to_owned())).collect()
}

#[test]
fn without_a_file_there_are_defaults() {
    for config in [Config::load(None).0, good(""), good("# nothing\n"), good("\u{feff}")] {
        assert_eq!(
            (config.title.as_str(), config.id.as_str(), config.language.as_str()),
            ("Documentation", "documentation", "en")
        );
        assert!(config.base_url.is_none() && config.taxonomies.is_empty() && config.repository.is_none());
        assert_eq!((config.links, config.raw_html, config.base_path()), (LinkStyle::Root, RawHtml::Allow, ""));
    }
}

#[test]
fn every_key_is_read() {
    let config = good(
        "\u{feff}id: authelia\r\ntitle: Authelia\r\nbase_url: https://docs.example.com/docs/\r\nlanguage: de-AT\r\ndescription: D\r\n\
         links: relative\r\npermalinks: { blog: '/blog/:year/:slug/' }\r\ntaxonomies: [tags, categories]\r\n\
         variables: { domain: { type: domain } }\r\ncomputed: { a: '{domain}' }\r\n\
         verify: [ { titles: [configuration.yml], schema: schemas/c.json, mode: partial } ]\r\n\
         checks: { link-broken: error, block-schema: warning, example-domain: off }\r\nfront_matter: schemas/guide.json\r\n\
         markdown: { html: sanitize }\r\nrepository: { url: 'https://github.com/a/b.git', path: /docs/ }\r\n\
         publish: { live: { to: git } }\r\nheaders: { X-A: b, '/*': { X-B: c }, '/d/*': { X-C: 1 } }\r\n\
         menu: [ { name: Home, url: / } ]\r\nextra: { a: [1] }\r\n",
    );
    assert_eq!((config.id.as_str(), config.title.as_str(), config.description.as_str()), ("authelia", "Authelia", "D"));
    assert_eq!(config.base_url.as_ref().map(BaseUrl::href).as_deref(), Some("https://docs.example.com/docs/"));
    assert_eq!((config.base_path(), config.language.as_str(), config.links), ("/docs", "de-AT", LinkStyle::Relative));
    assert_eq!(config.permalinks, [("blog".to_owned(), "/blog/:year/:slug/".to_owned())]);
    assert_eq!(config.taxonomies, ["tags", "categories"]);
    assert_eq!((config.variables, config.computed), (json!({"domain": {"type": "domain"}}), json!({"a": "{domain}"})));
    let verify =
        Verify { titles: vec!["configuration.yml".into()], schema: "schemas/c.json".into(), mode: VerifyMode::Partial };
    assert_eq!(config.verify, [verify]);
    assert_eq!(config.checks.get(&Code::LinkBroken), Some(&Some(Severity::Error)));
    assert_eq!(config.checks.get(&Code::ExampleDomain), Some(&None));
    assert_eq!(
        (config.front_matter_schema.as_deref(), config.raw_html),
        (Some("schemas/guide.json"), RawHtml::Sanitize)
    );
    let repository = Repository { url: "https://github.com/a/b".into(), branch: "main".into(), path: "docs".into() };
    assert_eq!((config.repository, config.publish.len()), (Some(repository), 1));
    let rule = |path: &str, values: &[(&str, &str)]| HeaderRule {
        path: path.into(),
        values: values.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
    };
    assert_eq!(config.headers, [rule("/*", &[("X-A", "b"), ("X-B", "c")]), rule("/d/*", &[("X-C", "1")])]);
    assert_eq!(config.menu, [MenuEntry { name: "Home".into(), url: "/".into() }]);
    assert_eq!(config.extra.get("a"), Some(&json!([1])));
    assert!(config.document.is_some());
}

#[test]
fn the_storage_is_named_after_the_title_and_the_base_path() {
    assert_eq!(good("title: My  Docs!\nbase_url: https://a.example/v2/x/").id, "my-docs-v2-x");
    assert_eq!(good("base_url: https://a.example/\ntitle: '***'").id, "site");
    let base = BaseUrl::parse("https://b.example/b/").expect("a base URL");
    assert_eq!(good("title: A\nbase_url: https://a.example/a/").with_base_url(base.clone()).id, "a-b");
    assert_eq!(good("id: fixed").with_base_url(base).id, "fixed");
}

#[test]
fn unknown_keys_are_told_at_every_level() {
    let (_, told) = load(
        "titel: A\nbaseURL: https://a.example/\ntheme: x\nzzzzzz: 1\nmarkdown: { htm: allow }\nrepository: { url: https://a.example/, brnach: x }\n\
         menu:\n  - { name: A, url: /, weight: 1 }\nverify:\n  - { titles: [a], schema: s.json, shcema: x }\nchecks: { link-borken: off, qqq: off }\n",
    );
    assert_eq!(
        told,
        [
            "1:1 `titel` is no key of guidegen (did you mean `title`?)",
            "2:1 `baseURL` is no key of guidegen (it is `base_url` here)",
            "3:8 `theme` must be a map of keys and values, found the text \"x\" (the theme is built in: files in `templates/` and `static/` replace its own; colours are `theme.hue`)",
            &format!(
                "4:1 `zzzzzz` is no key of guidegen (known here: {})",
                "id, title, base_url, language, description, links, permalinks, search, taxonomies, variables, computed, verify, checks, kinds, digests, external, exceptions, front_matter, markdown, repository, publish, headers, menu, theme, extra"
            ),
            "5:13 `markdown.htm` is no key of guidegen (did you mean `html`?)",
            "6:40 `repository.brnach` is no key of guidegen (did you mean `branch`?)",
            "8:24 `menu[0].weight` is no key of guidegen (known here: name, url)",
            "10:36 `verify[0].shcema` is no key of guidegen (did you mean `schema`?)",
            "11:11 there is no check `link-borken` (did you mean `link-broken`?)",
            "11:29 there is no check `qqq` (the manual lists every code)",
        ]
    );
}

#[test]
fn wrong_values_are_told_and_the_rest_is_kept() {
    let text = "title: [a]\nbase_url: docs.example.com\nlanguage: en_US\nlinks: relativ\npermalinks: { blog: 'blog/:slug', docs: '/:slgu/', ok: /:slug/ }\n\
                taxonomies: [tags, tags, a/b]\nvariables: [a]\nid: a b\ncomputed: x\n";
    let (config, told) = load(text);
    assert_eq!(
        told,
        [
            "1:8 `title` must be text, found a list (write one value, in quotation marks if it starts with `[` or `{`)",
            "2:11 `base_url` cannot be used: it has no scheme such as `https://` (write something like `https://docs.example.com/`)",
            "3:11 `language` must be a language tag, found the text \"en_US\" (write something like `en` or `de-AT`)",
            "4:8 `links` must be root or relative, found the text \"relativ\" (did you mean `relative`?)",
            "5:21 a permalink starts with a slash (write something like `/blog/:slug/`)",
            "5:41 a permalink knows no `:slgu` (did you mean `slug`?)",
            "6:20 the taxonomy `tags` is named twice (remove one of the two)",
            "6:26 `a/b` cannot be the name of a taxonomy (it is part of addresses: write a plain word)",
            "7:12 `variables` must be a map of keys and values, found a list (write each `key: value` on an indented line below)",
            "8:5 `id` must be letters, digits, `-`, `_` and `.` (write something like `authelia-docs`)",
            "9:11 `computed` must be a map of keys and values, found the text \"x\" (write each `key: value` on an indented line below)",
        ]
    );
    assert_eq!(config.permalinks, [("ok".to_owned(), "/:slug/".to_owned())]);
    assert_eq!(config.taxonomies, ["tags"]);
}

#[test]
fn lists_of_maps_say_what_is_missing() {
    assert_eq!(
        wrong("menu:\n  - name: A\n  - url: ''\n    name: B\n  - text\n  -\n"),
        [
            "2:5 `url` is missing here",
            "3:5 `url` is missing here",
            "5:5 `menu[2]` must be a map of keys and values, found the text \"text\"",
            "6:4 `menu[3]` must be a map of keys and values, found nothing",
        ]
    );
    assert_eq!(wrong("menu: { name: A }\n"), ["1:7 `menu` must be a list of maps, found a map"]);
    assert_eq!(wrong("menu: [{name: a, url: 'javascript:alert(1)'}]\n").len(), 1);
    assert_eq!(
        wrong("verify:\n  - schema: ../s.json\n"),
        [
            "2:5 `titles` is missing here",
            "2:13 `verify[0].schema` must be a file inside of the site, found the text \"../s.json\"",
        ]
    );
    assert_eq!(wrong("repository: {branch: x}\n"), ["1:13 `url` is missing here"]);
    assert_eq!(wrong("repository: {url: 'git@github.com:a/b'}\n").len(), 1);
    assert_eq!(wrong("front_matter: /etc/passwd\n").len(), 1);
}

#[test]
fn headers_cannot_smuggle_others_in() {
    assert_eq!(wrong("headers: {'X A': b, X-B: \"a\\nb\", '/a b': {X: y}, /x: 3}\n").len(), 4);
}

#[test]
fn files_that_are_no_configuration_are_told() {
    assert_eq!(wrong("- a\n"), ["1:1 the configuration is not a map of keys and values"]);
    assert_eq!(wrong("title: a\ntitle: b\n"), ["2:1 the key `title` is given twice"]);
    assert_eq!(wrong("title: \"a\n"), ["1:8 this quotation mark is never closed"]);
    assert_eq!(
        wrong("checks: { link-broken: fatal }\n"),
        ["1:24 `checks.link-broken` must be error or warning or off, found the text \"fatal\""]
    );
}

#[test]
fn the_theme_is_configured_by_values_that_end_no_rule() {
    let theme = good(
        "theme:\n  hue: 150\n  accent: { light: '#050', dark: '#afa' }\n  font: \"'Inter', sans-serif\"\n  content_width: 48rem\n  logo: /logo.svg\n  mode: dark\n",
    )
    .theme;
    assert_eq!(
        theme.style(),
        ":root { --hue: 150; --accent: light-dark(#050, #afa); --font: 'Inter', sans-serif; --content-width: 48rem; }\n"
    );
    assert_eq!((theme.logo.as_deref(), theme.mode), (Some("logo.svg"), Some("dark")));
    for slip in [
        "hue: 400",
        "hue: red",
        "accent: '#12345'",
        "accent: 'red;}'",
        "accent: { light: red }",
        "font: 'a; } b { c: d'",
        "font: \"a'b\"",
        "content_width: 48",
        "content_width: calc(1rem)",
        "radius: 1rem}",
        "logo: ../x.svg",
        "logo: https://a.test/x.svg",
        "mode: night",
        "hide_title: 3",
        "colour: red",
    ] {
        let (config, told) = load(&format!("theme:\n  {slip}\n"));
        assert_eq!((config.theme.style().as_str(), told.len()), ("", 1), "{slip}: {told:?}");
    }
}
