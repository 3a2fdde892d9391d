//! The schema of where the site goes and how it looks: `publish`, `theme`, `headers`.

use super::{boolean, map, properties, text, texts, words};
use crate::input::config::{THEME_KEYS, target_keys};
use serde_json::{Value, json};

/// `publish`: targets by name, each with the keys of its kind alone.
pub(super) fn publish() -> Value {
    let target = |(to, keys, required): (&str, Vec<&str>, &[&str])| {
        let mut target = map("", properties(&keys, |key| describe(key, to)), required);
        target["type"] = json!("object");
        target
    };
    let mut kinds: Vec<Value> = target_keys().map(target).collect();
    kinds.push(json!({ "type": "null" }));
    json!({
        "description": "Where the site is published, by name.",
        "type": ["object", "null"],
        "additionalProperties": { "oneOf": kinds },
    })
}

/// A key of a target that is a `to`.
fn describe(key: &str, to: &str) -> Option<Value> {
    Some(match key {
        "to" => json!({ "description": "What it is.", "const": to }),
        "base_url" => text("The address of the site there, in place of the site's `base_url`."),
        "keep" => number("For how many more releases files with hashed names are kept.", 1000),
        "max_removals" => json!({
            "description": "How much of the site may go at once: `20 %`.",
            "type": ["string", "number", "null"],
            "pattern": "^\\s*(100|[0-9]{1,2})\\s*%*\\s*$|^\\s*$",
            "minimum": 0,
            "maximum": 100,
        }),
        "host" => json!({ "description": "The host whose limits are checked.", "enum": super::super::config::HOSTS }),
        "hook" => texts("A program and its arguments, which gets the changed addresses afterwards."),
        "path" => text("The folder, from the site's root."),
        "compress" => json!({
            "description": "Which compressed files stand beside the others.",
            "type": ["array", "string", "null"],
            "items": { "enum": ["gz", "br", "zst", "", null] },
        }),
        "remote" => text("The name of a remote, or its URL."),
        "branch" => text("The branch."),
        "folder" => text("A folder of the branch."),
        "bucket" => text("The bucket's name."),
        "prefix" => text("What stands before every key."),
        "endpoint" => text("The store's address; none is Amazon's."),
        "region" => text("The region."),
        "path_style" => boolean("Whether the bucket is a part of the path, not of the host name."),
        "profile" => text("A profile of the shared credentials file."),
        "concurrency" => number("How many requests run at once.", 64),
        "retries" => number("How often a request is tried again.", 100),
        _ => return None,
    })
}

/// A whole number from 0, which may be in quotation marks.
fn number(description: &str, most: u32) -> Value {
    json!({
        "description": description,
        "type": ["integer", "string", "null"],
        "minimum": 0,
        "maximum": most,
        "pattern": "^\\s*[0-9]*\\s*$",
    })
}

/// `theme`.
pub(super) fn theme() -> Value {
    let describe = |key: &str| {
        Some(match key {
            "hue" => number("The colour as an angle: 256 is blue, 150 green, 25 red.", 360),
            "accent" => {
                let both = json!({ "light": text("On light ground."), "dark": text("On dark ground.") });
                json!({
                    "description": "The colour: `#7a3cff`, or one for each mode.",
                    "anyOf": [text(""), map("", both, &["light", "dark"])],
                })
            }
            "font" => text("Fonts of the text, with commas between them."),
            "font_mono" => text("Fonts of code."),
            "radius" => length("How round corners are."),
            "content_width" => length("How wide the text becomes."),
            "sidebar_width" => length("How wide the navigation is."),
            "toc_width" => length("How wide the table of contents is."),
            "logo" => text("A file of static/."),
            "logo_dark" => text("A file of static/, for dark ground."),
            "hide_title" => boolean("Whether the logo stands alone."),
            "image" => text("A file of static/: what others show beside a link to the site."),
            "mode" => words("Light, dark, or as the reader's system has it.", &["auto", "light", "dark"]),
            _ => return None,
        })
    };
    map("Colours, fonts, logo and widths.", properties(THEME_KEYS, describe), &[])
}

fn length(description: &str) -> Value {
    json!({
        "description": format!("{description} A number and its unit: `48rem`."),
        "type": ["string", "null"],
        "pattern": "^[0-9.]+(rem|px|em|ch|vw)$|^\\s*$",
    })
}

/// `headers`: by path, or by name for the whole site.
pub(super) fn headers() -> Value {
    json!({
        "description": "HTTP headers, by path or for the whole site.",
        "type": ["object", "null"],
        "patternProperties": {
            "^/\\S*$": { "type": ["object", "null"], "additionalProperties": text("The header's value.") },
            "^[A-Za-z0-9_-]+$": text("The header's value."),
        },
        "additionalProperties": false,
    })
}
