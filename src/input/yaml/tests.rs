//! Tests of yAML with places: values, spans, and what is said of what is none.

use super::*;
use serde_json::json;

fn value(text: &str) -> Value {
    let source = Source::new("a.yaml", text);
    Document::parse(&source, Span::new(0, text.len()), Code::Data).expect(text).value().clone()
}

/// `line:column message` of everything that is wrong.
fn wrong(text: &str) -> Vec<String> {
    let source = Source::new("a.yaml", text);
    let (_, diagnostics) = Document::read(&source, Span::new(0, text.len()), Code::Data);
    diagnostics.iter().map(told).collect()
}

fn told(diagnostic: &Diagnostic) -> String {
    let range = diagnostic.place.as_ref().and_then(|place| place.range).expect("a place");
    assert!(diagnostic.help.is_some(), "{diagnostic:?}");
    format!("{}:{} {}", range.line, range.column, diagnostic.message)
}

/// The text at a path.
fn at<'t>(text: &'t str, path: &[&str]) -> &'t str {
    let source = Source::new("a.yaml", text);
    let document = Document::parse(&source, Span::new(0, text.len()), Code::Data).expect(text);
    &text[document.span(path).range()]
}

#[test]
fn values_keep_their_order_and_types() {
    let text = "b: 1\na: [1.5, -2, true, ~, x, \"7\", 007, yes, 2024-01-02, .inf]\nempty: ''\n";
    let expected =
        json!({"b": 1, "a": [1.5, -2, true, null, "x", "7", "007", "yes", "2024-01-02", ".inf"], "empty": ""});
    assert_eq!(value(text).to_string(), expected.to_string());
    assert_eq!(value(""), Value::Null);
    assert_eq!(value("# nothing\n"), Value::Null);
    assert_eq!(value("---\na: 1\n"), json!({"a": 1}), "an explicit start");
}

#[test]
fn keys_are_text_as_written() {
    assert_eq!(value("1.10: a\ntrue: b\n~: c\n'x y': d\n"), json!({"1.10": "a", "true": "b", "~": "c", "x y": "d"}));
    assert_eq!(wrong("[a]: b\n"), ["1:1 a list or a map stands where a key belongs"]);
}

#[test]
fn anchors_and_merges() {
    let text = "base: &base {a: 1, b: 2}\nuse:\n  <<: *base\n  b: 3\nboth:\n  <<: [{c: 1}, *base]\n";
    assert_eq!(value(text)["use"], json!({"b": 3, "a": 1}));
    assert_eq!(value(text)["both"], json!({"c": 1, "a": 1, "b": 2}));
    assert_eq!(at(text, &["use", "a"]), "1");
    assert_eq!(at(text, &["both", "c"]), "1");
    assert_eq!(wrong("a:\n  <<: 1\n").len(), 1);
}

#[test]
fn spans_of_values_and_keys() {
    let text =
        "title: \"Ä b\"  # no\nlist:\n  - one\n  - 'twö'\nmap: {x: 1, 'y': [a]}\nblock: |\n  text\n  more\n\nend: ~\n";
    assert_eq!(at(text, &["title"]), "\"Ä b\"");
    assert_eq!(at(text, &["list", "0"]), "one");
    assert_eq!(at(text, &["list", "1"]), "'twö'");
    assert_eq!(at(text, &["map"]), "{x: 1, 'y': [a]}");
    assert_eq!(at(text, &["map", "y", "0"]), "a");
    assert_eq!(at(text, &["block"]), "text\n  more", "without its mark");
    assert_eq!(at(text, &["end"]), "~");
    assert_eq!(at(text, &["list"]), "- one\n  - 'twö'");
    assert_eq!(at(text, &["list", "9", "x"]), "- one\n  - 'twö'", "the nearest parent");
    let source = Source::new("a.yaml", text);
    let document = Document::parse(&source, Span::new(0, text.len()), Code::Data).expect("YAML");
    assert_eq!(&text[document.key_span(&["map", "y"]).range()], "'y'");
    assert_eq!(&text[document.key_span(&["list", "1"]).range()], "'twö'");
    assert_eq!(document.written(&["map", "x"]), Some("1"));
    assert_eq!(document.written(&["map", "z"]), None);
}

#[test]
fn spans_are_those_of_the_file() {
    let text = "---\r\ntitle: é\r\nweight: many\r\n---\r\n";
    let source = Source::new("a.md", text);
    let document = Document::parse(&source, Span::new(5, text.len() - 5), Code::FrontMatter).expect("YAML");
    assert_eq!(&text[document.span(&["weight"]).range()], "many");
    let range = document.place(&["weight"]).range.expect("a range");
    assert_eq!((range.line, range.column, range.end_column), (3, 9, 13));
}

#[test]
fn duplicate_keys_name_both_places_and_the_first_is_kept() {
    let text = "a: 1\nb: {x: 1, x: 2}\na: 2\n";
    let source = Source::new("a.yaml", text);
    let (document, diagnostics) = Document::read(&source, Span::new(0, text.len()), Code::Data);
    assert_eq!(document.expect("kept").value(), &json!({"a": 1, "b": {"x": 1}}));
    let told: Vec<_> = diagnostics.iter().map(told).collect();
    assert_eq!(told, ["2:11 the key `x` is given twice", "3:1 the key `a` is given twice"]);
    assert_eq!(diagnostics[1].related[0].place.range.expect("a range").line, 1);
}

#[test]
fn tags_are_refused_but_those_of_yaml() {
    assert_eq!(wrong("a: 1\nb: !secret x\n"), ["2:4 the tag `!secret` means nothing here"]);
    assert_eq!(value("a: !!str 5\n"), json!({"a": "5"}));
}

#[test]
fn problems_are_told_at_their_place() {
    let cases = [
        ("a: 1\n\tb: 2\n", "2:1 a tab indents this line"),
        ("a:\n \t- b: 2\n\tc", "2:2 a tab indents this line"),
        ("title: A: b\n", "1:9 a `:` stands where no key can be"),
        ("title: @x\n", "1:8 a value cannot start with `@`"),
        ("a: 1\nb\nc: 2\n", "2:1 this is not a `key: value`"),
        ("a: 1\n b: 2\n", "2:3 a `:` stands where no key can be"),
        ("a:\n  b: 1\n c: 2\n", "3:2 this is not a `key: value` of the map above"),
        ("a: \"x\nb: 1\n", "1:4 this quotation mark is never closed"),
        ("a: \"x\" y\nb: 1\n", "1:8 this is not a `key: value` of the map above"),
        ("a: [x, y\nb: 1\n", "1:4 this list `[…]` is not closed"),
        ("a: {x: 1\n", "1:4 this map `{…}` is not closed"),
        ("a: \"\\d\"\n", "1:5 a backslash in double quotation marks starts an escape, and this is none"),
        ("a: *x\n", "1:4 this alias (`*name`) has no anchor (`&name`) above it"),
        ("a: **bold**\n", "1:4 a value cannot start with `*` or `&`: they name anchors"),
        ("a: - b\n", "1:4 a list entry (`- `) stands where none can be"),
        ("ä: 1\nb: ü\u{7}\n", "2:5 an invisible control character stands here"),
        ("a: 1\n---\nb: 1\n", "2:1 a second YAML document starts here"),
    ];
    for (text, expected) in cases {
        assert_eq!(wrong(text), [expected], "{text:?}");
    }
}

#[test]
fn bombs_are_refused_and_depth_is_limited() {
    let mut laughs = String::from("a: &a [x, x, x, x, x, x, x, x, x, x]\n");
    for (name, above) in ('b'..='i').zip('a'..) {
        laughs.push_str(&format!("{name}: &{name} [{}]\n", vec![format!("*{above}"); 10].join(", ")));
    }
    assert_eq!(wrong(&laughs).len(), 1);
    let wide = format!("a: &a \"{}\"\nb: [{}]\n", "x".repeat(100_000), "*a, ".repeat(1000));
    assert_eq!(wrong(&wide), ["2:5 its aliases (`*name`) make far more of it than is written"]);
    for deep in ["[".repeat(10_000), "{a: ".repeat(10_000), "- ".repeat(10_000), "? ".repeat(10_000)] {
        assert_eq!(wrong(&deep).len(), 1);
    }
    let text = format!("a: |\n  {}\n", "[ ".repeat(1000));
    assert_eq!(wrong(&text), [""; 0], "brackets in a text are no depth");
    let both = format!("a: \"x\ny\"\nb: {}", "{c: ".repeat(100_000));
    assert_eq!(wrong(&both).len(), 1, "and what only one parser takes does not hide it");
    let nested = format!("{}x{}", "[".repeat(200), "]".repeat(200));
    assert_eq!(wrong(&nested), ["1:129 this is nested deeper than 128 levels"]);
}

#[test]
fn places_are_known_behind_a_text_that_only_one_of_the_parsers_takes() {
    let text = "title: \"a\nb\"\nweight: many\n'tags':\n- x\nweight: 2\n";
    let source = Source::new("a.yaml", text);
    let (document, diagnostics) = Document::read(&source, Span::new(0, text.len()), Code::Data);
    let document = document.expect("YAML");
    assert_eq!(&text[document.span(&["weight"]).range()], "many");
    assert_eq!(&text[document.key_span(&["tags", "0"]).range()], "'tags'");
    assert_eq!(diagnostics.iter().map(told).collect::<Vec<_>>(), ["6:1 the key `weight` is given twice"]);
}
