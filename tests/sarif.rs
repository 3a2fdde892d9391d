//! SARIF output fits the schema of SARIF 2.1.0, and says what code scanning services ask for beyond it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may")]

use serde_json::Value;
use std::path::{Path, PathBuf};

/// Sites with findings of every shape: with and without a place, with a second place, with a fix, in other files than
/// guides; and one without any.
const SITES: &[&str] = &[
    "checks/id-duplicate/wrong",
    "checks/content-empty/wrong",
    "checks/config/wrong",
    "checks/encoding/wrong",
    "checks/link-redirected/wrong",
    "checks/variable-unused/wrong",
    "checks/template--shortcode/wrong",
    "checks/link-broken/right",
];

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The schema, as `.ci/test` fetches it; none when it was said that there is to be none.
fn schema() -> Option<jsonschema::Validator> {
    let named = std::env::var_os("GUIDEGEN_SARIF_SCHEMA").map(PathBuf::from);
    if named.as_deref() == Some(Path::new("off")) {
        eprintln!("GUIDEGEN_SARIF_SCHEMA=off: NOTHING IS HELD AGAINST THE SCHEMA.");
        return None;
    }
    let path = named.unwrap_or_else(|| project().join("target/sarif/package/lib/schemas/sarif-2.1.0-rtm.5.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|_| {
        panic!(
            "the schema of SARIF is missing ({}). Fetch it as `.ci/test` does, name it with GUIDEGEN_SARIF_SCHEMA=PATH, or \
             leave it out with GUIDEGEN_SARIF_SCHEMA=off",
            path.display()
        )
    });
    // One of its expressions has a bracket too many, which is no valid one any more.
    let text = text.replace("{2}]?$", "{2}$");
    Some(jsonschema::validator_for(&serde_json::from_str(&text).unwrap()).unwrap())
}

fn document(site: &Path) -> Value {
    let output = assert_cmd::Command::cargo_bin("guidegen")
        .unwrap()
        .args(["check", "--no-cache", "--format", "sarif", "--root"])
        .arg(site)
        .env("SOURCE_DATE_EPOCH", "1700000000")
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn documents_fit_the_schema_of_sarif() {
    let schema = schema();
    let mut results = 0;
    for site in SITES {
        let document = document(&project().join("tests").join(site));
        if let Some(schema) = &schema {
            let errors: Vec<String> = schema.iter_errors(&document).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{site}: {errors:#?}");
        }
        for result in document["runs"][0]["results"].as_array().unwrap() {
            results += 1;
            let place = &result["locations"][0]["physicalLocation"];
            let uri = place["artifactLocation"]["uri"].as_str().unwrap();
            assert!(!uri.is_empty() && !uri.starts_with('/') && !uri.contains([' ', '\\']), "{site}: {uri}");
            assert!(place["region"].is_null() || place["region"]["startLine"].as_u64() > Some(0), "{site}: {place}");
        }
    }
    assert_eq!(results, SITES.len() - 1, "one finding in each but the last");
}
