//! The record of a whole build that wrote its site: what it depended on, what it found, and which output came of it. While
//! all that still holds, building again would change nothing, and what was found can be told again.

use super::session::reads_as;
use crate::base::diagnostic::Related;
use crate::base::digest::Digest;
use crate::base::source::Range;
use crate::base::{Code, Diagnostic, Place, Severity};
use crate::input::date::Date;
use crate::site::whole::Reader;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What is written down of a build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Everything that went in, by one name.
    pub sources: String,
    /// The time of the build, in seconds since 1970.
    pub since: i64,
    /// When other guides are published.
    pub until: Option<i64>,
    /// Files that guides included, with the digests of what was read.
    pub included: BTreeMap<String, Digest>,
    /// The digest of the manifest in the output folder.
    pub manifest: Digest,
    /// How many pages there are.
    pub pages: usize,
    /// What was found.
    pub diagnostics: Vec<Diagnostic>,
}

impl Record {
    /// Whether a build of `sources` at the time `now` would make the same site.
    #[must_use]
    pub fn holds(&self, sources: &str, now: Date, reader: &Reader) -> bool {
        self.sources == sources
            && self.since <= now.unix()
            && self.until.is_none_or(|until| now.unix() < until)
            && reads_as(&self.included, reader)
    }

    /// The record as bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let included: BTreeMap<&String, String> =
            self.included.iter().map(|(path, digest)| (path, digest.hex())).collect();
        let record = json!({
            "sources": self.sources,
            "since": self.since,
            "until": self.until,
            "included": included,
            "manifest": self.manifest.hex(),
            "pages": self.pages,
            "diagnostics": self.diagnostics.iter().map(diagnostic).collect::<Vec<_>>(),
        });
        record.to_string().into_bytes()
    }

    /// The record that `bytes` write; none when they are none.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let value: Value = serde_json::from_slice(bytes).ok()?;
        let included = value["included"].as_object()?.iter();
        Some(Self {
            sources: text(&value["sources"])?,
            since: value["since"].as_i64()?,
            until: match &value["until"] {
                Value::Null => None,
                until => Some(until.as_i64()?),
            },
            included: included.map(|(path, hex)| Some((path.clone(), digest(hex)?))).collect::<Option<_>>()?,
            manifest: digest(&value["manifest"])?,
            pages: usize::try_from(value["pages"].as_u64()?).ok()?,
            diagnostics: value["diagnostics"].as_array()?.iter().map(read).collect::<Option<_>>()?,
        })
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn digest(value: &Value) -> Option<Digest> {
    Digest::parse(value.as_str()?)
}

fn diagnostic(found: &Diagnostic) -> Value {
    let related: Vec<Value> =
        found.related.iter().map(|related| json!([place(&related.place), related.message])).collect();
    json!({
        "code": found.code.as_str(),
        "error": found.severity == Severity::Error,
        "message": found.message,
        "place": found.place.as_ref().map(place),
        "help": found.help,
        "related": related,
        "fallback": found.has_fallback,
        "confidential": found.is_confidential,
    })
}

fn read(value: &Value) -> Option<Diagnostic> {
    let optional = |value: &Value| match value {
        Value::Null => Some(None),
        value => Some(Some(read_place(value)?)),
    };
    let related = |value: &Value| Some(Related { place: read_place(&value[0])?, message: text(&value[1])? });
    let mut found = Diagnostic::new(Code::parse(value["code"].as_str()?)?, text(&value["message"])?);
    found.severity = if value["error"].as_bool()? { Severity::Error } else { Severity::Warning };
    found.place = optional(&value["place"])?;
    found.help = text(&value["help"]).map(Into::into);
    found.related = value["related"].as_array()?.iter().map(related).collect::<Option<_>>()?;
    found.has_fallback = value["fallback"].as_bool()?;
    found.is_confidential = value["confidential"].as_bool()?;
    Some(found)
}

fn place(place: &Place) -> Value {
    let range = place.range.map(|range| [range.line, range.column, range.end_line, range.end_column]);
    json!([&*place.file, range])
}

fn read_place(value: &Value) -> Option<Place> {
    let mut place = Place::file(value[0].as_str()?);
    if let Value::Array(range) = &value[1] {
        let number = |at: usize| u32::try_from(range.get(at)?.as_u64()?).ok();
        let [line, column, end_line, end_column] = [number(0)?, number(1)?, number(2)?, number(3)?];
        place.range = Some(Range { line, column, end_line, end_column });
    }
    Some(place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn record() -> Record {
        let range = Range { line: 1, column: 2, end_line: 3, end_column: 4 };
        let place = Place { file: "content/a.md".into(), range: Some(range) };
        let mut found = Diagnostic::new(Code::LinkBroken, "a \"b\"").at(place).help("c").related(Place::file("d"), "e");
        found.severity = Severity::Error;
        found.has_fallback = true;
        found.is_confidential = true;
        Record {
            sources: "x".to_owned(),
            since: 100,
            until: Some(200),
            included: [("a.txt".to_owned(), Digest::of(b"hi"))].into(),
            manifest: Digest::of(b"m"),
            pages: 3,
            diagnostics: vec![found, Diagnostic::new(Code::Data, "f")],
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut record = record();
        assert_eq!(Record::parse(&record.to_bytes()), Some(record.clone()));
        record.until = None;
        assert_eq!(Record::parse(&record.to_bytes()), Some(record.clone()));
        let bytes = record.to_bytes();
        for cut in 0..bytes.len() {
            assert_eq!(Record::parse(&bytes[..cut]), None);
        }
    }

    #[test]
    fn it_holds_while_nothing_is_different() {
        let record = record();
        let reader = |text: &'static str| -> Reader { Arc::new(move |_| Ok(text.to_owned())) };
        let at = Date::from_unix;
        assert!(record.holds("x", at(150), &reader("hi")));
        assert!(!record.holds("y", at(150), &reader("hi")), "other sources");
        assert!(!record.holds("x", at(200), &reader("hi")), "a guide appears");
        assert!(!record.holds("x", at(99), &reader("hi")), "an earlier time");
        assert!(!record.holds("x", at(150), &reader("ho")), "another included file");
    }
}
