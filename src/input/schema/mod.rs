//! JSON Schemas of what authors write, for editors that complete and check while typing. They say what the readers of
//! [`config`](super::config) and [`front_matter`](super::front_matter) take, and are made from the same lists of keys.

mod config;
mod guide;
mod output;
mod variable;

pub use config::schema as config;
pub use guide::schema as guide;

use serde_json::{Map, Value, json};

/// The dialect; the one that editors know best.
const DIALECT: &str = "http://json-schema.org/draft-07/schema#";

/// Text; a number is the text that it is written as, and nothing is as if the key were not there.
fn text(description: &str) -> Value {
    json!({ "description": description, "type": ["string", "number", "null"] })
}

/// One of several words.
fn words(description: &str, words: &[&str]) -> Value {
    json!({ "description": description, "enum": words })
}

/// A list of texts, or one text.
fn texts(description: &str) -> Value {
    json!({
        "description": description,
        "type": ["array", "string", "number", "null"],
        "items": { "type": ["string", "number", "null"] },
    })
}

/// True or false, also in quotation marks.
fn boolean(description: &str) -> Value {
    json!({
        "description": description,
        "anyOf": [{ "type": ["boolean", "null"] }, { "type": "string", "pattern": "^([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]|\\s*)$" }],
    })
}

/// A map of known keys and no others.
fn map(description: &str, properties: Value, required: &[&str]) -> Value {
    json!({
        "description": description,
        "type": ["object", "null"],
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

/// A list of such maps.
fn maps(description: &str, properties: Value, required: &[&str]) -> Value {
    let mut item = map("", properties, required);
    item["type"] = json!("object");
    json!({ "description": description, "type": ["array", "null"], "items": item })
}

/// The properties of a schema: one for each of `keys`, what is not described may be anything.
fn properties(keys: &[&str], describe: impl Fn(&str) -> Option<Value>) -> Value {
    let properties: Map<String, Value> =
        keys.iter().map(|key| ((*key).to_owned(), describe(key).unwrap_or_else(|| json!({})))).collect();
    Value::Object(properties)
}
