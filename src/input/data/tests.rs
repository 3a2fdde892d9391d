//! Tests of data files: values, names, and errors at their place.

use super::*;
use serde_json::json;

fn load_all(files: &[(&str, &str)]) -> (Value, Vec<String>) {
    let files: Vec<_> =
        files.iter().map(|(path, text)| ((*path).to_owned(), Source::new(format!("data/{path}"), *text))).collect();
    let (value, diagnostics) = load(&files);
    let told = diagnostics.iter().map(|diagnostic| {
        assert_eq!(diagnostic.code, Code::Data);
        assert!(diagnostic.help.is_some());
        let place = diagnostic.place.as_ref().expect("a place");
        let range = place.range.map_or(String::new(), |range| format!(":{}:{}", range.line, range.column));
        format!("{}{range} {}", place.file, diagnostic.message)
    });
    (value, told.collect())
}

#[test]
fn every_format_is_read_and_folders_nest() {
    let (value, told) = load_all(&[
        ("versions.yaml", "b: 1\na: [x]\n"),
        ("misc.json", "\u{feff}{\"b\": 1, \"a\": null}"),
        ("deep/er/site.toml", "b = 1\na = 2024-01-02\n[t]\nf = 1.5\ninf = inf\n"),
        ("deep/list.YML", "- 1\n"),
        ("apps.csv", "\u{feff}name,note\r\nA,\"x, \"\"y\"\"\"\r\nB,ä\n"),
        ("README.md", "# none"),
        ("LICENSE", ""),
        ("empty.yaml", ""),
        ("a.b.json", "1"),
    ]);
    assert_eq!(told, [""; 0]);
    let expected = json!({
        "a.b": 1,
        "apps": [{"name": "A", "note": "x, \"y\""}, {"name": "B", "note": "ä"}],
        "deep": {"er": {"site": {"b": 1, "a": "2024-01-02", "t": {"f": 1.5, "inf": "inf"}}}, "list": [1]},
        "empty": null,
        "misc": {"b": 1, "a": null},
        "versions": {"b": 1, "a": ["x"]},
    });
    assert_eq!(value.to_string(), expected.to_string(), "in the order of the files, keys as written");
}

#[test]
fn what_does_not_parse_is_told_at_its_place_and_the_rest_is_kept() {
    let (value, told) = load_all(&[
        ("a.yaml", "a: 1\nb: [\n"),
        ("b.json", "{\n  \"ä\": 1,\n  \"b\": x\n}"),
        ("c.toml", "a = 1\nb = x y\n"),
        ("d.csv", "a,b\n1,2\n3\n\n4,5,6\n"),
        ("e.csv", "a,a,\n\"x,2\n"),
        ("f.json", ""),
        ("g.yaml", "ok: true\nok: false\n"),
        ("h.csv", "a,a,\n"),
    ]);
    assert_eq!(
        told,
        [
            "data/a.yaml:3:1 a value is missing here, or a bracket above is not closed",
            "data/b.json:3:8 this is not JSON: expected value",
            "data/c.toml:2:5 this is not TOML: string values must be quoted, expected literal string",
            "data/d.csv:3:1 this row has 1 fields, the first one has 2",
            "data/d.csv:5:1 this row has 3 fields, the first one has 2",
            "data/e.csv:2:1 this quotation mark is never closed",
            "data/f.json:1:1 this is not JSON: EOF while parsing a value",
            "data/g.yaml:2:1 the key `ok` is given twice",
            "data/h.csv:1:1 two columns are named `a`",
            "data/h.csv:1:1 column 3 has no name",
        ]
    );
    assert_eq!(
        value,
        json!({"d": [{"a": "1", "b": "2"}, {"a": "3", "b": ""}, {"a": "4", "b": "5"}], "g": {"ok": true}, "h": []})
    );
}

#[test]
fn a_name_is_given_once() {
    let (value, told) = load_all(&[
        ("misc.yaml", "2"),
        ("misc.json", "1"),
        ("a/b.yaml", "1"),
        ("a.yaml", "2"),
        ("x/y.json", "1"),
        ("x/y/z.json", "2"),
        ("x/w.json", "3"),
    ]);
    assert_eq!(value, json!({"a": 2, "misc": 1, "x": {"w": 3, "y": 1}}));
    assert_eq!(
        told,
        [
            "data/a/b.yaml `data.a` is already given by `data/a.yaml`",
            "data/misc.yaml `data.misc` is already given by `data/misc.json`",
            "data/x/y/z.json `data.x.y` is already given by `data/x/y.json`",
        ]
    );
}

#[test]
fn depth_is_limited() {
    for (path, text) in [
        ("a.json", "[".repeat(100_000)),
        ("a.yaml", "[".repeat(100_000)),
        ("a.toml", format!("a = {}", "[".repeat(100_000))),
    ] {
        assert_eq!(load_all(&[(path, &text)]).1.len(), 1, "{path}");
    }
}
