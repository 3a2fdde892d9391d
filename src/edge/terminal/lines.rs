//! One line a finding: short for people, JSON for machines.

use super::tame;
use crate::base::Diagnostic;
use serde_json::json;
use std::fmt::Write as _;

/// `file:line:column: severity[code]: message`.
pub(super) fn short(diagnostic: &Diagnostic) -> String {
    let mut line = String::new();
    if let Some(place) = &diagnostic.place {
        line.push_str(&tame(&place.file, false));
        if let Some(range) = place.range {
            // Writing to a string cannot fail.
            let _ = write!(line, ":{}:{}", range.line, range.column);
        }
        line.push_str(": ");
    }
    let (severity, code) = (diagnostic.severity.as_str(), diagnostic.code);
    line + &format!("{severity}[{code}]: {}\n", tame(&diagnostic.message, false))
}

/// The object of DESIGN 2.1.
pub(super) fn json(diagnostic: &Diagnostic) -> String {
    let range = diagnostic.place.as_ref().and_then(|place| place.range);
    let object = json!({
        "severity": diagnostic.severity.as_str(),
        "code": diagnostic.code.as_str(),
        "message": diagnostic.message,
        "file": diagnostic.place.as_ref().map(|place| &*place.file),
        "line": range.map(|range| range.line),
        "column": range.map(|range| range.column),
        "end_line": range.map(|range| range.end_line),
        "end_column": range.map(|range| range.end_column),
        "help": diagnostic.help,
    });
    ascii_controls(&object.to_string()) + "\n"
}

/// JSON that can be looked at in a terminal: the control characters that JSON would leave as they are, escaped.
pub(super) fn ascii_controls(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for c in json.chars() {
        if super::is_wild(c) && c != '\n' {
            let _ = write!(escaped, "\\u{:04x}", u32::from(c));
        } else {
            escaped.push(c);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::source::Range;
    use crate::base::{Code, Place};

    fn place() -> Place {
        let range = Range { line: 3, column: 5, end_line: 3, end_column: 9 };
        Place { file: "content/a.md".into(), range: Some(range) }
    }

    #[test]
    fn short_lines_are_one_line() {
        let diagnostic = Diagnostic::new(Code::LinkBroken, "no\npage").at(place()).help("mend it");
        assert_eq!(short(&diagnostic), "content/a.md:3:5: warning[link-broken]: no page\n");
        assert_eq!(short(&Diagnostic::new(Code::Data, "bad")), "error[data]: bad\n");
        let whole = Diagnostic::new(Code::Data, "bad").at(Place::file("data/\u{1b}[2J.csv"));
        assert_eq!(short(&whole), "data/\\u{1b}[2J.csv: error[data]: bad\n");
    }

    #[test]
    fn json_has_every_key_always() {
        assert_eq!(
            json(&Diagnostic::new(Code::LinkBroken, "no \"page\"\u{9b}").at(place())),
            "{\"severity\":\"warning\",\"code\":\"link-broken\",\"message\":\"no \\\"page\\\"\\u009b\",\
             \"file\":\"content/a.md\",\"line\":3,\"column\":5,\"end_line\":3,\"end_column\":9,\"help\":null}\n"
        );
        let bare: serde_json::Value = serde_json::from_str(&json(&Diagnostic::new(Code::Data, "bad"))).unwrap();
        assert_eq!(bare.as_object().unwrap().len(), 9);
        assert!(bare["file"].is_null() && bare["line"].is_null());
    }
}
