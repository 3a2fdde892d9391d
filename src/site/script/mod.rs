//! The theme's scripts as a site gets them: made small when guidegen itself is built, each in a function of its own, with what it
//! is told.

pub mod small;

use serde_json::{Value, json};

/// The script of the reader's values, as templates ask for it.
pub const VALUES: &str = "variables.js";
/// Their dialog.
pub const DIALOG: &str = "variables-dialog.js";

include!(concat!(env!("OUT_DIR"), "/scripts.rs"));

/// The script of the theme with this name, made small by `build.rs`.
#[must_use]
pub fn body(name: &str) -> Option<&'static str> {
    SCRIPTS.iter().find(|(known, _)| *known == name).map(|(_, body)| *body)
}

/// A script whose small body this is, in a function of its own, with `declared` for it to read where that is anything.
#[must_use]
pub fn around(body: &str, declared: &Value) -> String {
    // JSON is JavaScript, but for the key `__proto__`, which no object of ours has: names begin with a letter.
    let declared = if declared.is_null() { String::new() } else { format!("const declared={};\n", json!(declared)) };
    format!("(()=>{{\"use strict\";{declared}{body}}})();\n")
}

/// The script with this source as a site would get it.
#[must_use]
pub fn script(source: &str, declared: &Value) -> String {
    around(&small::body(source), declared)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_declared_stands_in_front() {
        assert_eq!(
            around("f(declared);", &json!({ "a": 1 })),
            "(()=>{\"use strict\";const declared={\"a\":1};\nf(declared);})();\n"
        );
    }

    #[test]
    fn every_script_is_there_and_small() {
        for (name, bytes) in crate::input::theme::statics() {
            let source = std::str::from_utf8(bytes).unwrap_or_default();
            if name.ends_with(".js") {
                assert_eq!(body(&name), Some(small::body(source).as_str()), "{name}");
            } else {
                assert_eq!(body(&name), None);
            }
        }
    }
}
