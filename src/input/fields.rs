//! Typed values out of a YAML document: each of the wrong type a diagnostic at its place, and its default instead.

use super::date::Date;
use super::spelling;
use super::yaml::Document;
use crate::base::{Code, Diagnostic};
use serde_json::{Map, Value};

/// So many findings of one document are told; a file that is wrong all over would only bury the others.
const TOLD: usize = 100;

/// Reads typed values and collects what is wrong with them. Empty text and null are as if not given.
pub(super) struct Fields<'d> {
    document: Option<&'d Document>,
    code: Code,
    diagnostics: Vec<Diagnostic>,
}

impl<'d> Fields<'d> {
    /// Reads out of `document`; what is wrong is a finding of `code`.
    pub(super) const fn new(document: &'d Document, code: Code) -> Self {
        Self { document: Some(document), code, diagnostics: Vec::new() }
    }

    /// Reads values whose findings somebody else tells.
    pub(super) const fn silent(code: Code) -> Self {
        Self { document: None, code, diagnostics: Vec::new() }
    }

    /// What is read.
    pub(super) const fn document(&self) -> Option<&'d Document> {
        self.document
    }

    /// Whether nothing more will be told: looking for more of it is in vain.
    pub(super) fn is_full(&self) -> bool {
        self.document.is_none() || self.diagnostics.len() >= TOLD
    }

    /// What was wrong, in the order of the text.
    pub(super) fn finish(mut self) -> Vec<Diagnostic> {
        self.diagnostics.sort_by(|a, b| a.place.cmp(&b.place));
        self.diagnostics
    }

    /// Tells a finding about the value at `path`.
    pub(super) fn tell(&mut self, path: &[&str], message: impl Into<String>, help: impl Into<String>) {
        let Some(document) = self.document.filter(|_| !self.is_full()) else { return };
        let place = document.place(path);
        self.diagnostics.push(Diagnostic::new(self.code, message).at(place).help(help));
    }

    /// Tells a finding about the value at `path`, which may be a secret.
    pub(super) fn tell_secret(&mut self, path: &[&str], message: impl Into<String>, help: impl Into<String>) {
        let before = self.diagnostics.len();
        self.tell(path, message, help);
        for told in self.diagnostics.iter_mut().skip(before) {
            told.is_confidential = true;
        }
    }

    /// Tells a finding about an address, which may hold a password before its `@`.
    pub(super) fn tell_address(&mut self, path: &[&str], address: &str, message: impl Into<String>, help: &str) {
        if address.contains('@') {
            self.tell_secret(path, message, help);
        } else {
            self.tell(path, message, help);
        }
    }

    /// Tells a finding of `code` about the key at `path`.
    pub(super) fn tell_key(&mut self, code: Code, path: &[&str], message: impl Into<String>, help: impl Into<String>) {
        let Some(document) = self.document.filter(|_| !self.is_full()) else { return };
        let place = document.key_place(path);
        self.diagnostics.push(Diagnostic::new(code, message).at(place).help(help));
    }

    /// Tells that the key `again` is the key `first` once more.
    pub(super) fn tell_twice(&mut self, first: &[&str], again: &[&str]) {
        let Some(document) = self.document.filter(|_| !self.is_full()) else { return };
        let (first_name, again_name) = (written(first), written(again));
        self.diagnostics.push(
            Diagnostic::new(self.code, format!("`{again_name}` is the same key as `{first_name}`"))
                .at(document.key_place(again))
                .related(document.key_place(first), "first given here")
                .help("keep one of the two"),
        );
    }

    /// Tells of every key of `map` at `path` that is not one of `known`.
    pub(super) fn only(&mut self, path: &[&str], map: &Map<String, Value>, known: &[&str]) {
        for key in map.keys().filter(|key| !known.contains(&key.as_str())) {
            if self.is_full() {
                return;
            }
            let path = joined(path, key);
            let message = format!("`{}` is no key of guidegen", written(&path));
            let help = spelling::suggestion(key, known).unwrap_or_else(|| "remove it".to_owned());
            self.tell_key(self.code, &path, message, help);
        }
    }

    /// Tells that the value at `path` is not what is expected there.
    pub(super) fn wrong(&mut self, path: &[&str], value: &Value, expected: &str, help: &str) {
        if !self.is_full() {
            self.tell(path, format!("`{}` must be {expected}, found {}", written(path), found(value)), help);
        }
    }

    /// Text; a number is the text that it is written as.
    pub(super) fn text(&mut self, path: &[&str], value: &Value) -> Option<String> {
        match value {
            Value::Null => None,
            Value::String(text) if text.trim().is_empty() => None,
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(self.number_as_written(path, &number.to_string())),
            Value::Bool(_) => {
                self.wrong(path, value, "text", "put it in quotation marks");
                None
            }
            Value::Array(_) | Value::Object(_) => {
                self.wrong(path, value, "text", "write one value, in quotation marks if it starts with `[` or `{`");
                None
            }
        }
    }

    /// `1.10` is a version, not the number 1.1.
    fn number_as_written(&self, path: &[&str], number: &str) -> String {
        let written = self.document.and_then(|document| document.written(path));
        let is_number = |text: &&str| {
            text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c))
                && text.len() < 64
                && !text.contains(char::is_whitespace)
        };
        written.filter(is_number).unwrap_or(number).to_owned()
    }

    /// True or false, which may be in quotation marks.
    pub(super) fn boolean(&mut self, path: &[&str], value: &Value) -> Option<bool> {
        match value {
            Value::Null => None,
            Value::Bool(value) => Some(*value),
            Value::String(text) if text.trim().is_empty() => None,
            Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => {
                self.wrong(path, value, "true or false", "write `true` or `false`");
                None
            }
        }
    }

    /// A whole number, which may be in quotation marks or end in `.0`.
    pub(super) fn integer(&mut self, path: &[&str], value: &Value) -> Option<i64> {
        let number = match value {
            Value::Null => return None,
            Value::String(text) if text.trim().is_empty() => return None,
            Value::String(text) => text.trim().parse().ok(),
            Value::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)),
            _ => None,
        };
        if number.is_none() {
            self.wrong(path, value, "a whole number", "write a number such as `10`");
        }
        number
    }

    /// A date. Year 1 is how some tools write that there is none. A number is seconds since 1970, unless its digits are
    /// those of a date: `20240813` was meant as one.
    pub(super) fn date(&mut self, path: &[&str], value: &Value) -> Option<Date> {
        let date = match value {
            Value::Null => return None,
            Value::String(text) if text.trim().is_empty() => return None,
            Value::String(text) => Date::parse(text),
            Value::Number(number) => number.as_i64().filter(|number| !is_compact_date(*number)).map(Date::from_unix),
            _ => None,
        };
        if date.is_none() {
            self.wrong(path, value, "a date", "write it as `2024-08-13` or `2024-08-13T18:39:00+10:00`");
        }
        date.filter(|date| !date.is_zero())
    }

    /// A list of texts; a single text is a list of one. Empty entries are left out.
    pub(super) fn texts(&mut self, path: &[&str], value: &Value) -> Vec<String> {
        match value {
            Value::Array(entries) => {
                let mut texts = Vec::with_capacity(entries.len());
                for (index, entry) in entries.iter().enumerate() {
                    texts.extend(self.text(&joined(path, &index.to_string()), entry));
                }
                texts
            }
            Value::Object(_) | Value::Bool(_) => {
                self.wrong(path, value, "a list of texts", "write it as `[one, two]`");
                Vec::new()
            }
            _ => self.text(path, value).into_iter().collect(),
        }
    }

    /// A map of keys and values.
    pub(super) fn map<'v>(&mut self, path: &[&str], value: &'v Value) -> Option<&'v Map<String, Value>> {
        match value {
            Value::Object(map) => Some(map),
            Value::Null => None,
            _ => {
                self.wrong(
                    path,
                    value,
                    "a map of keys and values",
                    "write each `key: value` on an indented line below",
                );
                None
            }
        }
    }

    /// A list of maps; a single map is a list of one. Each with its index, for its path.
    pub(super) fn maps<'v>(&mut self, path: &[&str], value: &'v Value) -> Vec<(String, &'v Map<String, Value>)> {
        let Value::Array(entries) = value else {
            if !matches!(value, Value::Null) {
                self.wrong(path, value, "a list of maps", "start each entry with `- ` on an indented line below");
            }
            return Vec::new();
        };
        let mut maps = Vec::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            let index = index.to_string();
            match self.map(&joined(path, &index), entry) {
                Some(map) => maps.push((index, map)),
                None if entry.is_null() => {
                    self.wrong(&joined(path, &index), entry, "a map of keys and values", "remove the empty entry");
                }
                None => {}
            }
        }
        maps
    }
}

/// Whether the digits of a number are a year, a month and a day.
fn is_compact_date(number: i64) -> bool {
    let text = number.to_string();
    let parts = (text.len() == 8).then(|| (text.get(..4), text.get(4..6), text.get(6..)));
    let Some((Some(year), Some(month), Some(day))) = parts else { return false };
    Date::parse(&format!("{year}-{month}-{day}")).is_some_and(|date| (1900..2200).contains(&date.year()))
}

/// `path` with one more step.
pub(super) fn joined<'p>(path: &[&'p str], step: &'p str) -> Vec<&'p str> {
    let mut joined = Vec::with_capacity(path.len() + 1);
    joined.extend_from_slice(path);
    joined.push(step);
    joined
}

/// A path as people write it: `menu[0].url`.
fn written(path: &[&str]) -> String {
    let mut written = String::new();
    for step in path {
        if !written.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit()) {
            written.push_str(&format!("[{step}]"));
        } else {
            if !written.is_empty() {
                written.push('.');
            }
            written.extend(step.chars().take(60));
        }
    }
    written
}

/// What a value is, in words, with the value where it is short.
fn found(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(value) => format!("`{value}`"),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) if text.chars().count() <= 40 && !text.contains('\n') => format!("the text \"{text}\""),
        Value::String(_) => "text".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a map".to_owned(),
    }
}

/// The whole number that `number` is.
#[expect(clippy::cast_possible_truncation, reason = "whole, and well inside of what an i64 holds")]
fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() < 1e15).then_some(number as i64)
}
