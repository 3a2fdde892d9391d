//! The table of the reader's values, `tests/variables/vectors.json`, against this side. `static/guidegen.js` runs the same table.
//!
//! It is an array of vectors, one a line, in ASCII:
//!
//! - `{kind: "format", format, value, result}`
//! - `{kind: "escape", context, value, result}`
//! - `{kind: "validate", variable, declaration?, value, valid}`: `variable` is what the browser gets for the `declaration` (left out
//!   where both are the same).
//! - `{kind: "computed", variables, computed, browser, values, results}`: `browser` is the whole object that the browser gets; with the
//!   `values` set, the computed ones come out as `results`.
//!
//! `GUIDEGEN_BLESS=1` writes what the browser gets anew; results and validity are written by hand alone.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says so when it fails")]

use guidegen::base::{Code, Source};
use guidegen::input::config::Config;
use guidegen::input::format::Format;
use guidegen::input::variable::Variables;
use guidegen::page::context::Context;
use serde_json::{Value, json};
use std::fmt::Write as _;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/variables/vectors.json");

fn text<'a>(vector: &'a Value, key: &str) -> &'a str {
    vector[key].as_str().unwrap_or_else(|| panic!("`{key}` is no text in {vector}"))
}

fn load(variables: &Value, computed: &Value) -> Variables {
    let (variables, diagnostics) = Variables::load(variables, computed, &|_| None, Code::Config);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    variables
}

/// What is wrong with the vector; what is blessed is written into it.
fn run(vector: &mut Value) -> Result<(), String> {
    let equal = |what: &str, found: Value, wanted: &Value| {
        if found == *wanted { Ok(()) } else { Err(format!("{what} is {found}, not {wanted}")) }
    };
    match text(vector, "kind") {
        "format" => {
            let format = Format::parse(text(vector, "format")).ok_or("no such format")?;
            equal("the result", json!(format.apply(text(vector, "value"))), &vector["result"])
        }
        "escape" => {
            let context = Context::parse(text(vector, "context")).ok_or("no such context")?;
            equal("the result", json!(context.escape(text(vector, "value"))), &vector["result"])
        }
        "validate" => {
            let declaration = vector.get("declaration").unwrap_or(&vector["variable"]);
            let variables = load(&json!({ "v": declaration }), &Value::Null);
            let variable = variables.get("v").ok_or("not loaded")?;
            let verdict = variable.validate(text(vector, "value"));
            equal("valid", json!(verdict.is_ok()), &vector["valid"])?;
            blessed(vector, "variable", variable.browser_json())
        }
        "computed" => {
            let mut variables = load(&vector["variables"], &vector["computed"]);
            blessed(vector, "browser", variables.browser_json())?;
            for (name, value) in vector["values"].as_object().ok_or("no values")? {
                variables.bake(name, value.as_str().ok_or("no text")?)?;
            }
            let names = vector["computed"].as_object().ok_or("nothing computed")?.keys();
            let results = names.map(|name| (name.clone(), json!(variables.fallback(name)))).collect();
            equal("the results", Value::Object(results), &vector["results"])
        }
        other => Err(format!("no kind `{other}`")),
    }
}

fn blessed(vector: &mut Value, key: &str, found: Value) -> Result<(), String> {
    if vector[key] == found {
        return Ok(());
    }
    let message = format!("`{key}` is {found}");
    vector[key] = found;
    if std::env::var_os("GUIDEGEN_BLESS").is_some() { Ok(()) } else { Err(message) }
}

/// One vector a line, in ASCII, so that what cannot be seen is seen.
fn written(vectors: &[Value]) -> String {
    let mut out = "[\n".to_owned();
    for (index, vector) in vectors.iter().enumerate() {
        for c in vector.to_string().chars() {
            if c.is_ascii() && !c.is_ascii_control() {
                out.push(c);
            } else {
                c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| write!(out, "\\u{unit:04x}").unwrap());
            }
        }
        out.push_str(if index + 1 < vectors.len() { ",\n" } else { "\n" });
    }
    out.push_str("]\n");
    out
}

#[test]
fn every_vector_holds() {
    let mut vectors: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(PATH).unwrap()).unwrap();
    assert!(vectors.len() >= 150);
    let mut wrong = Vec::new();
    for (index, vector) in vectors.iter_mut().enumerate() {
        if let Err(message) = run(vector) {
            wrong.push(format!("line {}: {message}", index + 2));
        }
    }
    assert!(wrong.is_empty(), "{} vectors fail:\n{}", wrong.len(), wrong.join("\n"));
    if std::env::var_os("GUIDEGEN_BLESS").is_some() {
        std::fs::write(PATH, written(&vectors)).unwrap();
    }
}

#[test]
fn declarations_of_a_configuration_are_found_at_their_places() {
    let text = "title: T\nvariables:\n  tls:\n    type: boolean\n    default: false\n    text: { true: https, false: http }\n  domain:\n    type: domain\n    default: nowhere\ncomputed:\n  url: \"{tls}://{nope}/\"\n";
    let source = Source::new("guidegen.yaml", text);
    let (config, diagnostics) = Config::load(Some(&source));
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let spans = |path: &[&str]| config.document.as_ref().map(|document| document.place(path));
    let (variables, diagnostics) = Variables::load(&config.variables, &config.computed, &spans, Code::Config);
    assert_eq!(variables.fallback("tls").as_deref(), Some("http"));
    let lines: Vec<_> = diagnostics
        .iter()
        .filter_map(|diagnostic| diagnostic.place.as_ref()?.range.map(|range| (range.line, range.column)))
        .collect();
    assert_eq!(lines, [(9, 14), (11, 8)], "{diagnostics:?}");
}
