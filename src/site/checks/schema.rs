//! JSON Schemas of `schemas/`: compiled once, with references among themselves alone, whole or for excerpts.

use crate::input::config::VerifyMode;
use crate::input::files::{Content, File};
use jsonschema::{PatternOptions, Retrieve, Uri, Validator};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Before the names of files of the site, so that a reference from one to another is a path.
const BASE: &str = "guidegen:///";

/// A schema that values are held against.
#[derive(Debug)]
pub struct Schema {
    validator: Validator,
    /// The schema as it is compiled, for what it says of a place.
    pub text: Value,
}

impl Schema {
    /// What keeps `value` from fitting.
    pub fn errors<'v>(&'v self, value: &'v Value) -> impl Iterator<Item = jsonschema::ValidationError<'v>> {
        self.validator.iter_errors(value)
    }
}

/// The schemas of a site, by file name from the root.
#[derive(Debug, Default, Clone)]
pub struct Schemas {
    files: Arc<BTreeMap<String, Value>>,
    unread: BTreeMap<String, String>,
}

impl Schemas {
    /// Those of the files of `schemas/`.
    #[must_use]
    pub fn new(files: &[File]) -> Self {
        let mut read = BTreeMap::new();
        let mut unread = BTreeMap::new();
        for file in files {
            let Content::Bytes(bytes) = &file.content else { continue };
            let name = format!("schemas/{}", file.path);
            let text = std::str::from_utf8(bytes).unwrap_or_default().trim_start_matches('\u{feff}');
            match serde_json::from_str(text) {
                Ok(value) => drop(read.insert(name, value)),
                Err(error) => drop(unread.insert(name, error.to_string())),
            }
        }
        Self { files: Arc::new(read), unread }
    }

    /// The schema of the file `name`, read in `mode`.
    ///
    /// # Errors
    /// In half a sentence, when there is no such file, or it is no schema.
    pub fn compile(&self, name: &str, mode: VerifyMode) -> Result<Schema, String> {
        if let Some(why) = self.unread.get(name) {
            return Err(format!("is not JSON: {why}"));
        }
        let Some(schema) = self.files.get(name) else { return Err("is not there".to_owned()) };
        let text = match mode {
            VerifyMode::Full => schema.clone(),
            VerifyMode::Partial => partial(schema),
        };
        let linear = options(self, name, mode).with_pattern_options(PatternOptions::regex()).build(&text);
        // Expressions that look around need the other engine, which has a limit.
        let built = match linear {
            Ok(validator) => Ok(validator),
            Err(_) => options(self, name, mode)
                .with_pattern_options(PatternOptions::fancy_regex().backtrack_limit(100_000))
                .build(&text),
        };
        let validator = built.map_err(|error| format!("is no schema: {}", error.masked()))?;
        Ok(Schema { validator, text })
    }
}

fn options(schemas: &Schemas, name: &str, mode: VerifyMode) -> jsonschema::ValidationOptions<'static> {
    let among = Among { files: Arc::clone(&schemas.files), mode };
    jsonschema::options().with_base_uri(format!("{BASE}{name}")).with_retriever(among)
}

/// Finds schemas among the site's own, by their path or by the `$id` they give themselves.
struct Among {
    files: Arc<BTreeMap<String, Value>>,
    mode: VerifyMode,
}

impl Retrieve for Among {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        let uri = uri.as_str().trim_end_matches('#');
        let by_path = uri.strip_prefix(BASE).and_then(|path| self.files.get(path));
        let by_id = || self.files.values().find(|schema| schema.get("$id").and_then(Value::as_str) == Some(uri));
        match by_path.or_else(by_id) {
            Some(schema) if self.mode == VerifyMode::Partial => Ok(partial(schema)),
            Some(schema) => Ok(schema.clone()),
            None => Err(format!("`{uri}` is not in schemas/").into()),
        }
    }
}

/// A schema for excerpts: nothing is required, and `oneOf` is read as `anyOf`.
fn partial(schema: &Value) -> Value {
    /// Deeper schemas are left as they are; `serde_json` reads no deeper ones.
    const DEPTH: usize = 200;
    relaxed(schema, DEPTH)
}

fn relaxed(schema: &Value, depth: usize) -> Value {
    let (Value::Object(map), Some(depth)) = (schema, depth.checked_sub(1)) else { return schema.clone() };
    let mut out = Map::new();
    for (key, value) in map {
        match key.as_str() {
            "required" if value.is_array() => {}
            "dependentRequired" | "minProperties" => {}
            // Without what is required, these would say the opposite or hold always.
            "not" | "if" | "then" | "else" if requires(map, depth) => {}
            "oneOf" | "anyOf" => {
                let any = json!({"anyOf": list(value, depth)});
                match out.get_mut("allOf").and_then(Value::as_array_mut) {
                    Some(all) => all.push(any),
                    None => drop(out.insert("allOf".to_owned(), json!([any]))),
                }
            }
            "allOf" => {
                let mut all = list(value, depth);
                if let Some(Value::Array(before)) = out.get("allOf") {
                    all.extend(before.iter().cloned());
                }
                out.insert(key.clone(), Value::Array(all));
            }
            "prefixItems" => drop(out.insert(key.clone(), Value::Array(list(value, depth)))),
            "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas" => {
                let inside = match value {
                    Value::Object(map) => {
                        Value::Object(map.iter().map(|(name, schema)| (name.clone(), relaxed(schema, depth))).collect())
                    }
                    other => other.clone(),
                };
                out.insert(key.clone(), inside);
            }
            "items" if value.is_array() => drop(out.insert(key.clone(), Value::Array(list(value, depth)))),
            "items"
            | "additionalProperties"
            | "additionalItems"
            | "unevaluatedProperties"
            | "unevaluatedItems"
            | "contains"
            | "propertyNames"
            | "not"
            | "if"
            | "then"
            | "else" => {
                out.insert(key.clone(), relaxed(value, depth));
            }
            _ => drop(out.insert(key.clone(), value.clone())),
        }
    }
    Value::Object(out)
}

fn list(value: &Value, depth: usize) -> Vec<Value> {
    value.as_array().into_iter().flatten().map(|schema| relaxed(schema, depth)).collect()
}

/// Whether a condition of this schema speaks of what is required.
fn requires(map: &Map<String, Value>, depth: usize) -> bool {
    let speaks = |key: &str| map.get(key).is_some_and(|schema| relaxed(schema, depth) != *schema);
    speaks("not") || speaks("if")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schemas(files: &[(&str, Value)]) -> Schemas {
        let file = |(path, value): &(&str, Value)| File {
            path: (*path).to_owned(),
            content: Content::Bytes(value.to_string().into_bytes().into()),
        };
        Schemas::new(&files.iter().map(file).collect::<Vec<_>>())
    }

    #[test]
    fn an_excerpt_needs_nothing() {
        let all = schemas(&[(
            "a.json",
            json!({"type": "object", "required": ["a", "required"], "additionalProperties": false,
                "properties": {"a": {"type": "string"}, "required": {"oneOf": [{"type": "string"}, {"minLength": 1}]}},
                "not": {"required": ["b"]}}),
        )]);
        let whole = all.compile("schemas/a.json", VerifyMode::Full).unwrap();
        let excerpt = all.compile("schemas/a.json", VerifyMode::Partial).unwrap();
        let count = |schema: &Schema, value: Value| schema.errors(&value).count();
        assert_eq!(count(&excerpt, json!({})), 0);
        assert_eq!(count(&excerpt, json!({"required": "x"})), 0, "one of both is any of both");
        assert_eq!(count(&excerpt, json!({"b": 1})), 1, "unknown keys stay unknown");
        assert_eq!(count(&whole, json!({})), 2);
        assert_eq!(count(&whole, json!({"a": "x", "required": "x"})), 1);
    }

    #[test]
    fn references_stay_among_the_schemas() {
        let all = schemas(&[
            ("a.json", json!({"properties": {"x": {"$ref": "b.json"}, "y": {"$ref": "https://x.test/c"}}})),
            ("b.json", json!({"type": "string"})),
            ("c.json", json!({"$id": "https://x.test/c", "type": "number"})),
            ("d.json", json!({"$ref": "file:///etc/hosts"})),
            ("e.json", json!({"type": 3})),
        ]);
        let schema = all.compile("schemas/a.json", VerifyMode::Full).unwrap();
        assert_eq!(schema.errors(&json!({"x": 1, "y": "2"})).count(), 2);
        for name in ["schemas/d.json", "schemas/e.json", "schemas/f.json"] {
            assert!(all.compile(name, VerifyMode::Full).is_err(), "{name}");
        }
    }
}
