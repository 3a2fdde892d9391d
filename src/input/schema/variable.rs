//! The schema of declarations of variables, for the configuration and for guides.

use super::{map, text};
use crate::input::variable::Kind;
use serde_json::{Value, json};

/// `variables`.
pub(super) fn declarations(description: &str) -> Value {
    let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
    let scalar = json!({ "type": ["string", "number", "boolean"] });
    let mut default = scalar.clone();
    default["description"] = json!("What stands on the page until a reader sets a value; valid by the type.");
    let option = json!({
        "anyOf": [
            scalar,
            map("", json!({ "value": scalar, "label": text("What the reader chooses by.") }), &["value"]),
        ],
    });
    let both = json!({ "true": text("For true."), "false": text("For false.") });
    let mut declaration = map(
        "",
        json!({
            "type": { "description": "What values there may be.", "enum": kinds },
            "default": default,
            "label": text("Its name in the dialog."),
            "help": text("A sentence for the reader."),
            "group": text("The heading of the dialog that it stands under."),
            "min": { "description": "The least number.", "type": ["number", "string"] },
            "max": { "description": "The greatest number.", "type": ["number", "string"] },
            "pattern": text("A regular expression that a value matches whole."),
            "pattern_help": text("What the pattern wants, for the reader."),
            "options": { "description": "The values of a choice.", "type": "array", "items": option, "minItems": 1 },
            "text": map("What true and false are written as.", both, &["true", "false"]),
            "length": { "description": "How long a generated secret is.", "type": "integer", "minimum": 1 },
            "alphabet": text("The characters of a generated secret."),
        }),
        &[],
    );
    declaration["type"] = json!("object");
    json!({
        "description": description,
        "type": ["object", "null"],
        "propertyNames": { "pattern": "^[A-Za-z][A-Za-z0-9_-]*$" },
        "additionalProperties": declaration,
    })
}
