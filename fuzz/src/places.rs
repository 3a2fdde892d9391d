//! Places: every one that is told is in the file that it names.

use guidegen::base::{Diagnostic, Place, Source, Span};
use guidegen::input::yaml::Document;
use serde_json::Value;

/// `span` is a part of `text`, and of whole characters.
pub fn assert_part(text: &str, span: Span) {
    assert!(text.get(span.range()).is_some(), "{span:?} is no part of the text");
}

/// The lines and columns of a place are those of `text`.
pub fn assert_place(text: &str, place: &Place) {
    let Some(range) = place.range else { return };
    assert!((range.line, range.column) <= (range.end_line, range.end_column), "{place:?}");
    for (line, column) in [(range.line, range.column), (range.end_line, range.end_column)] {
        let line = text.split('\n').nth((line as usize).checked_sub(1).expect("lines begin with 1"));
        let line = line.unwrap_or_else(|| panic!("{place:?}: there is no such line"));
        assert!(column >= 1 && column as usize <= line.chars().count() + 1, "{place:?}: there is no such column");
    }
}

/// Findings say what is wrong and what to do, at places of the files that `text_of` knows.
pub fn assert_findings<'a>(findings: &[Diagnostic], text_of: impl Fn(&str) -> Option<&'a str>) {
    for found in findings {
        assert!(!found.message.is_empty() && found.help.is_some(), "{found:?}");
        for place in found.place.iter().chain(found.related.iter().map(|related| &related.place)) {
            match text_of(&place.file) {
                Some(text) => assert_place(text, place),
                // A call may fail inside of a template that comes with guidegen.
                None if place.file.starts_with("built-in templates/") => {}
                None => assert!(place.range.is_none(), "{place:?}: there is no such file"),
            }
        }
    }
}

/// [`assert_findings`] about one file, each with a place.
pub fn assert_findings_in(source: &Source, findings: &[Diagnostic]) {
    assert_findings(findings, |file| (file == &**source.path()).then_some(source.text()));
    assert!(
        findings.iter().all(|found| found.place.as_ref().is_some_and(|place| place.range.is_some())),
        "{findings:?}"
    );
}

/// Every value of a document stands in `whole`.
pub fn assert_document(document: &Document, whole: Span) {
    let text = document.source().text();
    let mut left = vec![(Vec::new(), document.value())];
    while let Some((path, value)) = left.pop() {
        let steps: Vec<&str> = path.iter().map(String::as_str).collect();
        for span in [document.span(&steps), document.key_span(&steps)] {
            assert_part(text, span);
            assert!(whole.start <= span.start && span.end <= whole.end, "{span:?} of {path:?} is outside of {whole:?}");
        }
        let entry = |step: String| path.iter().cloned().chain([step]).collect::<Vec<String>>();
        match value {
            Value::Array(list) => {
                left.extend(list.iter().enumerate().map(|(at, value)| (entry(at.to_string()), value)))
            }
            Value::Object(map) => left.extend(map.iter().map(|(key, value)| (entry(key.clone()), value))),
            _ => {}
        }
    }
}
