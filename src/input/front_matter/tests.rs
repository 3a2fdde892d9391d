//! Tests of front matter: types, cascades, and what is said of wrong ones.

use super::*;
use serde_json::json;

fn read(text: &str) -> (FrontMatter, Vec<Diagnostic>) {
    let (front, body, diagnostics) = FrontMatter::read(&Source::new("content/a.md", text));
    assert!(text.get(body.range()).is_some(), "a body on character boundaries");
    (front, diagnostics)
}

fn good(yaml: &str) -> FrontMatter {
    let (front, diagnostics) = read(&format!("---\n{yaml}\n---\nText\n"));
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    front
}

/// `line:column code message` of everything that is wrong.
fn wrong(text: &str) -> Vec<String> {
    let told = |diagnostic: &Diagnostic| {
        let range = diagnostic.place.as_ref().and_then(|place| place.range).expect("a place");
        assert!(diagnostic.help.is_some(), "{diagnostic:?}");
        format!("{}:{} {} {}", range.line, range.column, diagnostic.code, diagnostic.message)
    };
    read(text).1.iter().map(told).collect()
}

#[test]
fn every_key_is_typed() {
    let front = good(
        "title: A\nlinkTitle: B\ndescription: C\nsummary: D\nlead: E\ndate: 2024-08-13T18:39:00+10:00\n\
         lastmod: 2024-08-14\npublishDate: 2024-08-15\nexpiryDate: 2024-08-16\ndraft: true\nweight: 620\nslug: s\n\
         url: /u/\naliases: ['/x/', /y/]\ntoc: false\nimages: [i.png]\ntags: t\ncategories: [c]\nkeywords: [k]\n\
         contributors: [me]\ntype: docs\nlayout: wide\nsupport: {level: community, versions: true, integration: true}\n\
         seo: {title: F, description: G, canonical: https://a.example/, noindex: true}\nvariables: {v: 1}\nparent: p",
    );
    let text = |text: &str| Some(text.to_owned());
    assert_eq!((front.title.clone(), front.link_title.clone(), front.lead.clone()), (text("A"), text("B"), text("E")));
    assert_eq!((front.description.clone(), front.summary.clone()), (text("C"), text("D")));
    assert_eq!(front.date.map(|date| date.rfc3339()), text("2024-08-13T18:39:00+10:00"));
    assert_eq!((front.lastmod, front.expiry_date), (Date::parse("2024-08-14"), Date::parse("2024-08-16")));
    assert_eq!(front.published(), Date::parse("2024-08-15").as_ref());
    assert_eq!((front.draft, front.weight, front.toc), (true, 620, Some(false)));
    assert_eq!((front.slug.clone(), front.url.clone()), (text("s"), text("/u/")));
    assert_eq!(front.aliases, ["/x/", "/y/"]);
    assert_eq!(front.tags, ["t"], "a single text is a list of one");
    assert_eq!((front.kind.clone(), front.layout.clone()), (text("docs"), text("wide")));
    assert_eq!(
        (front.support.level.clone(), front.support.versions, front.support.integration),
        (text("community"), true, true)
    );
    assert_eq!((front.seo.canonical.clone(), front.seo.noindex), (text("https://a.example/"), true));
    assert_eq!(
        (front.variables, front.extra),
        (json!({"v": 1}), json!({"parent": "p"}).as_object().cloned().expect("a map"))
    );
}

#[test]
fn what_is_empty_is_not_given() {
    let front = good(
        "title: ''\nsummary: \"\"\nlead: ' '\ndate: ''\nweight: ''\ntoc:\nimages: []\ntags: ['', ~]\nseo: {canonical: ''}\nsupport:\ndraft: ~",
    );
    assert!(front.title.is_none() && front.summary.is_none() && front.lead.is_none() && front.date.is_none());
    assert!(front.toc.is_none() && front.images.is_empty() && front.tags.is_empty() && front.seo == Seo::default());
    assert_eq!(good("date: 0001-01-01T00:00:00Z").date, None);
    for text in ["", "Text", "---\n---\n", "---\n# none\n---\nText", "\u{feff}---\r\n---\r\n"] {
        assert_eq!(wrong(text), [""; 0], "{text:?}");
    }
}

#[test]
fn what_people_write_is_understood() {
    let front = good("LinkTitle: a\nDRAFT: 'true'\nweight: '010'\ntitle: 1.10\nslug: 007\ntags: [1.20, b]");
    assert_eq!((front.link_title.as_deref(), front.draft, front.weight), (Some("a"), true, 10));
    assert_eq!((front.title.as_deref(), front.slug.as_deref()), (Some("1.10"), Some("007")), "numbers as written");
    assert_eq!(front.tags, ["1.20", "b"]);
    assert_eq!(good("lead: \"a\nb\"\ntitle: 42 # no").title.as_deref(), Some("42"), "where places are guessed");
    assert_eq!(good("weight: 10.0").weight, 10);
    assert_eq!(good("weight: -3").weight, -3);
    assert_eq!(good("params: {a: 1, b: 2}\nb: 3").extra.get("a"), Some(&json!(1)));
    assert_eq!(good("modified: 2024-01-02\npublished: false").lastmod, Date::parse("2024-01-02"));
    assert!(good("published: false").draft);
    assert_eq!(good("published: 2024-01-02\nmodified: never").published(), Date::parse("2024-01-02").as_ref());
}

#[test]
fn wrong_types_are_told_where_they_stand_and_the_rest_is_kept() {
    let text = "---\ntitle: [a]\nweight: heavy\ndraft: maybe\ndate: tomorrow\ntags: {a: b}\naliases:\n  - /a/\n  - [x]\n\
                description: fine\ntoc: 3\nseo: text\nsupport:\n  versions: {a: {b: c}}\nvariables: [v]\nlead: true\n---\n";
    assert_eq!(
        wrong(text),
        [
            "2:8 front-matter `title` must be text, found a list",
            "3:9 front-matter `weight` must be a whole number, found the text \"heavy\"",
            "4:8 front-matter `draft` must be true or false, found the text \"maybe\"",
            "5:7 front-matter `date` must be a date, found the text \"tomorrow\"",
            "6:7 front-matter `tags` must be a list of texts, found a map",
            "9:5 front-matter `aliases[1]` must be text, found a list",
            "11:6 front-matter `toc` must be true or false, found the number 3",
            "12:6 front-matter `seo` must be a map of keys and values, found the text \"text\"",
            "14:13 front-matter `support.versions` must be true, a version, a list of versions, or a map of products and versions, found a map",
            "15:12 front-matter `variables` must be a map of keys and values, found a list",
            "16:7 front-matter `lead` must be text, found `true`",
        ]
    );
    let (front, _) = read(text);
    assert_eq!((front.description.as_deref(), front.aliases), (Some("fine"), vec!["/a/".to_owned()]));
    assert_eq!(
        wrong("---\nweight: 1.5\n---\n"),
        ["2:9 front-matter `weight` must be a whole number, found the number 1.5"]
    );
}

#[test]
fn bad_front_matter_of_every_kind_is_one_finding_and_the_body_is_kept() {
    let cases = [
        ("---\ntitle: a\n\ntext", "1:1 front-matter the front matter never closes"),
        ("---\ntitle: [a\n\ntext", "1:1 front-matter the front matter never closes"),
        ("---\n- a\n- b\n---\ntext", "2:1 front-matter the front matter is not a map of keys and values"),
        ("---\n\n  title\n---\ntext", "3:3 front-matter the front matter is not a map of keys and values"),
        ("---\ntitle: a\n\tdraft: true\n---\ntext", "3:1 front-matter a tab indents this line"),
        ("---\ntitle: a\ntitle: b\n---\ntext", "3:1 front-matter the key `title` is given twice"),
        ("---\nlinkTitle: a\nlinktitle: b\n---\ntext", "3:1 front-matter `linktitle` is the same key as `linkTitle`"),
        ("---\nä: [\n---\ntext", "3:1 front-matter a value is missing here, or a bracket above is not closed"),
        ("\u{feff}---\r\ntitle: a: b\r\n---\r\ntext", "2:9 front-matter a `:` stands where no key can be"),
        ("+++\ntitle = 'a'\n+++\ntext", "1:1 front-matter front matter in TOML (`+++`) is not supported"),
    ];
    for (text, expected) in cases {
        let told = wrong(text);
        assert_eq!(told, [expected], "{text:?}");
        let (_, body, _) = FrontMatter::read(&Source::new("a.md", text));
        assert_eq!(text[body.range()].trim(), "text");
    }
    assert_eq!(read("---\ntitle: a\ntitle: b\n---\n").0.title.as_deref(), Some("a"));
    assert_eq!(read("---\ntitle: a\n\ntext").0.title.as_deref(), Some("a"), "what it says is kept");
}

#[test]
fn json_is_read_too() {
    let (front, diagnostics) = read("{\n\t\"title\": \"A\",\n\t\"weight\": \"x\"\n}\ntext");
    assert_eq!((front.title.as_deref(), diagnostics.len()), (Some("A"), 1));
    let range = diagnostics[0].place.as_ref().and_then(|place| place.range).expect("a range");
    assert_eq!((range.line, range.column), (3, 12));
}

#[test]
fn slips_are_told_once() {
    assert_eq!(
        wrong("---\nalias: [a]\nseo:\n  no_index: true\nmenu: x\n---\n"),
        [
            "2:1 front-matter-key `alias` looks like a slip of `aliases`",
            "4:3 front-matter-key `no_index` looks like a slip of `noindex`"
        ]
    );
}

#[test]
fn a_cascade_gives_what_a_guide_does_not_say() {
    let section = good(
        "cascade:\n  - target: {path: '/a/**'}\n    Draft: true\n    title: S\n    summary: S\n    free: 1\n    params: {deep: 2}\n  - weight: 5",
    );
    assert_eq!(section.cascade.len(), 2);
    assert!(section.cascade[0].applies("a/b.md", "page") && !section.cascade[0].applies("b.md", "page"));
    let guide =
        good("title: G\nsummary: ''").with_cascade(&section.cascade[0].values).with_cascade(&section.cascade[1].values);
    assert_eq!(
        (guide.title.as_deref(), guide.summary.as_deref(), guide.draft, guide.weight),
        (Some("G"), None, true, 5)
    );
    assert_eq!((guide.extra.get("free"), guide.extra.get("deep")), (Some(&json!(1)), Some(&json!(2))));
    let farther = json!({"free": 9, "draft": false});
    let guide = guide.with_cascade(farther.as_object().expect("a map"));
    assert_eq!((guide.draft, guide.extra.get("free")), (true, Some(&json!(1))), "the nearest section wins");
    assert_eq!(
        good("cascade: {type: docs}").cascade[0].values,
        json!({"type": "docs"}).as_object().cloned().expect("a map")
    );
    assert_eq!(
        wrong("---\ncascade:\n  weight: x\n---\n"),
        ["3:11 front-matter `cascade.weight` must be a whole number, found the text \"x\""]
    );
}
