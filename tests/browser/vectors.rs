//! The table of values that the Rust side runs as well, in the browser.

use super::{chromium, server};
use guidegen::site::script;
use serde_json::{Value, json};
use std::path::Path;

/// What the script would keep for itself.
const OPENED: &str = "window.opened = { formats, contexts, validate, valueOf };";

fn source(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("static").join(name)).unwrap()
}

#[test]
fn every_vector_holds_in_the_browser() {
    let Some(browser) = chromium::browser() else { return };
    let table = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/variables/vectors.json")).unwrap();
    let vectors: Vec<Value> = serde_json::from_str(&table).unwrap();
    let opened = format!("{}\n{OPENED}", source(script::VALUES));
    let script = |declared: &Value| script::script(&opened, declared);
    let mut files =
        server::Files::from([("_headers".to_owned(), b"Content-Security-Policy: default-src 'self'\n".to_vec())]);
    let html = "<!doctype html><meta charset=utf-8><title>v</title><script src=v.js data-id=v></script><body>v</body>";
    files.insert("index.html".into(), html.into());
    files.insert("v.js".into(), script(&json!({ "variables": {} })).into());
    for (number, vector) in vectors.iter().enumerate().filter(|(_, vector)| vector["kind"] == "computed") {
        files.insert(format!("{number}/index.html"), html.into());
        files.insert(format!("{number}/v.js"), script(&vector["browser"]).into());
    }
    let address = server::serve(files);
    let page = browser.page();
    page.open(&address);
    page.eval(&format!("window.vectors = JSON.parse({}), 0", json!(table)));
    let wrong = page.eval(
        "vectors.map((v, i) => { let got, want = v.result;
            if (v.kind === 'format') got = opened.formats[v.format](v.value);
            else if (v.kind === 'escape') got = opened.contexts[v.context](v.value);
            else if (v.kind === 'validate') { got = !opened.validate(v.variable, v.value); want = v.valid; }
            return got === want ? null : [i + 2, v.kind, v.format || v.context || v.variable.type, v.value.slice(0, 80), got]; }).filter(Boolean)",
    );
    assert_eq!(wrong, json!([]), "lines of the table that differ");
    let count = page.eval("vectors.length");
    assert!(count.as_u64() >= Some(500), "{count}");
    for (number, vector) in vectors.iter().enumerate().filter(|(_, vector)| vector["kind"] == "computed") {
        page.open(&format!("{address}/{number}/"));
        // One that is made of nothing is plain text on the page, and the browser hears nothing of it.
        let results = page.eval(&format!(
            "(v => Object.fromEntries(Object.keys(v.browser.computed).map(name => [name, opened.valueOf(name, [], new Map(Object.entries(v.values)))])))({vector})"
        ));
        let mut wanted = vector["results"].as_object().unwrap().clone();
        wanted.retain(|name, _| vector["browser"]["computed"].get(name).is_some());
        assert_eq!(results, Value::Object(wanted), "line {}", number + 2);
    }
    page.assert_clean("vectors");
}
