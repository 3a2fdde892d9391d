//! Blocks of TOML: what they say, and where each key and value stands.

use super::block::{Fault, Part, Places};
use super::mask::Masked;
use crate::base::Span;
use serde_json::{Map, Number, Value};
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// What to do where nothing more is known.
const MEND: &str = "mend it; texts stand in quotation marks; or name another language, such as `ini`, if it is none";

/// Where one key and its value stand.
#[derive(Debug)]
pub struct Entry {
    path: Vec<String>,
    key: Span,
    value: Span,
}

/// Reads a block.
pub(super) fn read(masked: &Masked) -> Result<Vec<Part>, Fault> {
    match DeTable::parse(&masked.text) {
        Ok(table) => {
            let mut entries = Vec::new();
            let value = object(table.get_ref(), &mut Vec::new(), &mut entries);
            Ok(vec![Part { value, places: Places::Table(entries) }])
        }
        Err(_) if masked.has_ellipsis || !masked.holes.is_empty() => Ok(Vec::new()),
        Err(error) => {
            let span = error.span().unwrap_or(0..0);
            let message = error.message().lines().next().unwrap_or("it cannot be read").to_owned();
            Err(Fault { span: Span::new(span.start, span.end), message, help: Some(MEND.to_owned()) })
        }
    }
}

/// Where the key or the value at `path` stands, or else its nearest parent.
pub(super) fn span(entries: &[Entry], path: &[&str], is_key: bool) -> Option<Span> {
    let lengths = (1..=path.len()).rev();
    let found = lengths.filter_map(|length| path.get(..length)).find_map(|path| {
        let entry = entries.iter().find(|entry| entry.path.iter().eq(path.iter()))?;
        Some((entry, path.len()))
    });
    found.map(|(entry, length)| if is_key || length < path.len() { entry.key } else { entry.value })
}

fn object(table: &DeTable<'_>, path: &mut Vec<String>, entries: &mut Vec<Entry>) -> Value {
    let mut map = Map::new();
    for (key, value) in table {
        let name = key.get_ref().to_string();
        path.push(name.clone());
        entries.push(Entry { path: path.clone(), key: spanned(&key.span()), value: spanned(&value.span()) });
        map.insert(name, plain(value.get_ref(), path, entries));
        path.pop();
    }
    Value::Object(map)
}

fn plain(value: &DeValue<'_>, path: &mut Vec<String>, entries: &mut Vec<Entry>) -> Value {
    match value {
        DeValue::String(text) => Value::from(text.as_ref()),
        DeValue::Boolean(value) => Value::from(*value),
        DeValue::Datetime(time) => Value::from(time.to_string()),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Value::from(number),
            Err(_) => Value::from(number.as_str()),
        },
        // JSON has no infinity.
        DeValue::Float(number) => {
            let number = number.as_str().parse().ok().and_then(Number::from_f64);
            number.map_or(Value::Null, Value::Number)
        }
        DeValue::Array(values) => {
            let mut list = Vec::new();
            for (index, value) in values.iter().enumerate() {
                path.push(index.to_string());
                let span = spanned(&value.span());
                entries.push(Entry { path: path.clone(), key: span, value: span });
                list.push(plain(value.get_ref(), path, entries));
                path.pop();
            }
            Value::Array(list)
        }
        DeValue::Table(table) => object(table, path, entries),
    }
}

const fn spanned(range: &Range<usize>) -> Span {
    Span::new(range.start, range.end)
}

#[cfg(test)]
mod tests {
    use super::super::mask::mask;
    use super::*;

    #[test]
    fn keys_and_values_are_where_they_stand() {
        let text = "a.b = 1\n[x]\nwhen = 1979-05-27\n[[x.list]]\nc = 0xff\n[[x.list]]\nd = 1.5\n";
        let parts = read(&mask(text)).unwrap();
        assert_eq!(
            parts[0].value,
            serde_json::json!({"a": {"b": 1}, "x": {"when": "1979-05-27", "list": [{"c": 255}, {"d": 1.5}]}})
        );
        let at = |path: &[&str], is_key| &text[parts[0].span(path, is_key).unwrap().range()];
        assert_eq!((at(&["a", "b"], true), at(&["a", "b"], false)), ("b", "1"));
        assert_eq!((at(&["x", "when"], false), at(&["x", "list", "1", "d"], false)), ("1979-05-27", "1.5"));
        assert_eq!(at(&["x", "when", "gone"], false), "when", "the nearest parent");
    }
}
