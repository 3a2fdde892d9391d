//! One data file as a value: YAML, JSON, TOML or CSV.

use crate::base::reserved::{first_reserved, told, without_reserved};
use crate::base::{Code, Diagnostic, Place, Source, Span};
use crate::input::yaml::Document;
use serde_json::{Map, Number, Value};

/// The formats of data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Yaml,
    Json,
    Toml,
    Csv,
}

impl Format {
    /// The format of files that end in `ending`.
    pub(super) fn of(ending: &str) -> Option<Self> {
        match ending.to_ascii_lowercase().as_str() {
            "yaml" | "yml" => Some(Self::Yaml),
            "json" => Some(Self::Json),
            "toml" => Some(Self::Toml),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }
}

/// What a file says as far as it can be read, and what is wrong.
pub(super) fn parse(format: Format, source: &Source) -> (Option<Value>, Vec<Diagnostic>) {
    let start = if source.text().starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let text = source.text().get(start..).unwrap_or("");
    let one = |parsed: Result<Value, Diagnostic>| match parsed {
        Ok(value) => {
            let mut reserved = None;
            let value = without_escaped(value, &mut reserved);
            let told = reserved.map(|c| {
                let found = told(c).at(Place::file(source.path().clone()));
                found.help("take its escape out; it is shown as \u{fffd}")
            });
            (Some(value), told.into_iter().collect())
        }
        Err(diagnostic) => (None, vec![diagnostic]),
    };
    match format {
        Format::Yaml => {
            let (document, mut diagnostics) = Document::read(source, Span::new(start, source.text().len()), Code::Data);
            diagnostics.extend(document.as_ref().and_then(Document::reserved));
            (document.map(|document| document.value().clone()), diagnostics)
        }
        Format::Json => one(json(source, start, text)),
        Format::Toml => one(toml(source, start, text)),
        Format::Csv => csv(source, start, text),
    }
}

/// The value without characters that guidegen keeps for itself, which an escape may have written; `found` is one of them.
/// The depth is limited by the parsers.
fn without_escaped(value: Value, found: &mut Option<char>) -> Value {
    let mut plain = |text: String| match first_reserved(&text) {
        None => text,
        Some((_, c)) => {
            found.get_or_insert(c);
            without_reserved(&text).unwrap_or_default()
        }
    };
    match value {
        Value::String(text) => Value::String(plain(text)),
        Value::Array(list) => Value::Array(list.into_iter().map(|entry| without_escaped(entry, found)).collect()),
        Value::Object(map) => {
            let keys: Vec<String> = map.keys().cloned().map(plain).collect();
            let values = map.into_iter().map(|(_, value)| without_escaped(value, found));
            Value::Object(keys.into_iter().zip(values).collect())
        }
        other => other,
    }
}

fn json(source: &Source, start: usize, text: &str) -> Result<Value, Diagnostic> {
    serde_json::from_str(text).map_err(|error| {
        let line = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum::<usize>();
        let at = (line + error.column().saturating_sub(1)).min(text.len());
        let message = error.to_string();
        let message = message.rfind(" at line ").and_then(|end| message.get(..end)).unwrap_or(&message);
        Diagnostic::new(Code::Data, format!("this is not JSON: {message}"))
            .at(source.place(Span::new(start + at, start + at)))
            .help(
                "JSON wants quotation marks around names, commas between entries and none behind the last, no comments",
            )
    })
}

fn toml(source: &Source, start: usize, text: &str) -> Result<Value, Diagnostic> {
    match text.parse::<::toml::Table>() {
        Ok(table) => Ok(from_toml(::toml::Value::Table(table))),
        Err(error) => {
            let span = error.span().unwrap_or(0..0);
            let message = error.message().lines().next().unwrap_or("it does not parse").to_owned();
            Err(Diagnostic::new(Code::Data, format!("this is not TOML: {message}"))
                .at(source.place(Span::new(span.start, span.end).shifted(start)))
                .help("TOML wants `name = value`, and quotation marks around text"))
        }
    }
}

/// Dates become text, as they are in the other formats. The depth is limited by the parser.
fn from_toml(value: ::toml::Value) -> Value {
    match value {
        ::toml::Value::String(text) => Value::String(text),
        ::toml::Value::Integer(number) => Value::Number(number.into()),
        ::toml::Value::Float(number) => {
            Number::from_f64(number).map_or_else(|| Value::String(number.to_string()), Value::Number)
        }
        ::toml::Value::Boolean(value) => Value::Bool(value),
        ::toml::Value::Datetime(date) => Value::String(date.to_string()),
        ::toml::Value::Array(list) => Value::Array(list.into_iter().map(from_toml).collect()),
        ::toml::Value::Table(table) => {
            Value::Object(table.into_iter().map(|(key, value)| (key, from_toml(value))).collect())
        }
    }
}

/// So many findings of one table are told.
const TOLD: usize = 20;

/// A list of maps, a row each: the first row names the columns. All values are text.
fn csv(source: &Source, start: usize, text: &str) -> (Option<Value>, Vec<Diagnostic>) {
    if let Some(at) = unclosed_quote(text) {
        let at = Span::new(start + at, start + at + 1);
        let diagnostic = Diagnostic::new(Code::Data, "this quotation mark is never closed")
            .at(source.place(at))
            .help("close it; inside of a quoted field, write it twice");
        return (None, vec![diagnostic]);
    }
    let mut diagnostics = Vec::new();
    let mut tell = |at: usize, message: String, help: &str| {
        if diagnostics.len() < TOLD {
            let place = source.place(Span::new(start + at, start + at));
            diagnostics.push(Diagnostic::new(Code::Data, message).at(place).help(help));
        }
    };
    let mut reader = ::csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut columns: Option<Vec<String>> = None;
    let mut rows = Vec::new();
    for record in reader.records().map_while(Result::ok) {
        let at = record.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(0);
        let at = at + text.get(at..).map_or(0, |rest| rest.len() - rest.trim_start_matches(['\r', '\n']).len());
        let Some(columns) = &columns else {
            let names: Vec<String> = record.iter().map(|name| name.trim().to_owned()).collect();
            for (index, name) in names.iter().enumerate() {
                if name.is_empty() {
                    tell(at, format!("column {} has no name", index + 1), "name every column in the first row");
                } else if names.iter().take(index).any(|earlier| earlier == name) {
                    tell(at, format!("two columns are named `{name}`"), "rename one of them in the first row");
                }
            }
            columns = Some(names);
            continue;
        };
        if record.len() != columns.len() {
            let message = format!("this row has {} fields, the first one has {}", record.len(), columns.len());
            tell(at, message, "add what is missing, or quote a field that holds a comma");
        }
        let fields = record.iter().chain(std::iter::repeat("")).map(|field| Value::String(field.to_owned()));
        rows.push(Value::Object(columns.iter().cloned().zip(fields).collect::<Map<String, Value>>()));
    }
    (Some(Value::Array(rows)), diagnostics)
}

/// Where a quoted field starts that does not end.
fn unclosed_quote(text: &str) -> Option<usize> {
    let (mut open, mut is_start) = (None, true);
    let mut bytes = text.bytes().enumerate().peekable();
    while let Some((at, byte)) = bytes.next() {
        match (open, byte) {
            // Two of them stand for one, and leave it open.
            (Some(_), b'"') => open = open.filter(|_| bytes.next_if(|(_, next)| *next == b'"').is_some()),
            (None, b'"') if is_start => open = Some(at),
            _ => {}
        }
        is_start = open.is_none() && matches!(byte, b',' | b'\n' | b'\r');
    }
    open
}
