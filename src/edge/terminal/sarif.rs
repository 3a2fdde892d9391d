//! One SARIF 2.1.0 document, for services that collect the findings of many tools.

use super::lines::ascii_controls;
use crate::base::{Code, Diagnostic, Place};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

/// What stands in the path of a URI as it is.
const IN_PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Where a finding about the site as a whole is shown: GitHub refuses a document with a result that is nowhere.
const WHOLE: &str = "guidegen.yaml";

/// The whole document. `prefix` is the site's folder below the repository's, with `/` behind it.
pub(super) fn document(diagnostics: &[Diagnostic], prefix: &str) -> String {
    let mut codes: Vec<Code> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let rules: Vec<Value> = codes.iter().map(|code| rule(*code)).collect();
    let results: Vec<Value> = diagnostics.iter().map(|diagnostic| result(diagnostic, &codes, prefix)).collect();
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "guidegen", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    ascii_controls(&document.to_string()) + "\n"
}

/// What GitHub shows beside a finding of a code.
fn rule(code: Code) -> Value {
    let how = format!("`guidegen explain {code}` says how it is mended, and how it is switched off.");
    json!({
        "id": code.as_str(),
        "name": code.as_str(),
        "shortDescription": { "text": code.meaning() },
        "fullDescription": { "text": code.meaning() },
        "help": { "text": format!("{} {how}", code.meaning()), "markdown": format!("{}\n\n{how}", code.meaning()) },
    })
}

fn result(diagnostic: &Diagnostic, codes: &[Code], prefix: &str) -> Value {
    let whole = Place::file(WHOLE);
    let place = diagnostic.place.as_ref().unwrap_or(&whole);
    let help = diagnostic.help.as_ref().map(|help| format!("\n{help}")).unwrap_or_default();
    let mut result = json!({
        "ruleId": diagnostic.code.as_str(),
        "ruleIndex": codes.binary_search(&diagnostic.code).unwrap_or(0),
        "level": diagnostic.severity.as_str(),
        "message": { "text": format!("{}{help}", diagnostic.message) },
        "locations": [location(place, prefix)],
    });
    if !diagnostic.related.is_empty() {
        let related = diagnostic.related.iter().map(|related| {
            let mut place = location(&related.place, prefix);
            place["message"] = json!({ "text": related.message });
            place
        });
        result["relatedLocations"] = related.collect();
    }
    result
}

fn location(place: &Place, prefix: &str) -> Value {
    let path = format!("{prefix}{}", place.file);
    let uri = utf8_percent_encode(&path, IN_PATH).to_string();
    let mut physical = json!({ "artifactLocation": { "uri": uri } });
    if let Some(range) = place.range {
        physical["region"] = json!({
            "startLine": range.line,
            "startColumn": range.column,
            "endLine": range.end_line,
            "endColumn": range.end_column,
        });
    }
    json!({ "physicalLocation": physical })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::source::Range;

    #[test]
    fn rules_and_results_belong_together() {
        let range = Some(Range { line: 3, column: 5, end_line: 4, end_column: 9 });
        let place = Place { file: "content/a b.md".into(), range };
        let all = [
            Diagnostic::new(Code::LinkBroken, "no page").at(place.clone()).related(Place::file("content/c.md"), "here"),
            Diagnostic::new(Code::Data, "bad"),
        ];
        let document: Value = serde_json::from_str(&document(&all, "docs/")).unwrap();
        let run = &document["runs"][0];
        for result in run["results"].as_array().unwrap() {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
        }
        let physical = &run["results"][0]["locations"][0]["physicalLocation"];
        assert_eq!(physical["artifactLocation"]["uri"], "docs/content/a%20b.md");
        assert_eq!(physical["region"]["endColumn"], 9);
        assert_eq!(run["results"][0]["relatedLocations"][0]["message"]["text"], "here");
        let whole = &run["results"][1]["locations"][0]["physicalLocation"];
        assert_eq!(whole["artifactLocation"]["uri"], "docs/guidegen.yaml", "GitHub wants each result to be somewhere");
        assert!(run["tool"]["driver"]["rules"][0]["help"]["text"].is_string(), "GitHub requires it");
    }
}
