//! The schema of a guide's front matter. Other keys are free, so it names none wrong.

use super::{DIALECT, boolean, properties, text, texts, variable, words};
use crate::input::front_matter::KNOWN;
use serde_json::{Value, json};

/// The whole schema.
#[must_use]
pub fn schema() -> Value {
    json!({
        "$schema": DIALECT,
        "title": "Front matter of a guide",
        "type": ["object", "null"],
        "properties": properties(KNOWN, describe),
        "additionalProperties": true,
    })
}

fn describe(key: &str) -> Option<Value> {
    Some(match key {
        "title" => text("The guide's title."),
        "linkTitle" => text("A shorter title, for navigation."),
        "description" => text("What search engines and lists say of the guide."),
        "summary" => text("What lists show, in place of the description."),
        "lead" => text("An opening paragraph below the title."),
        "date" => date("When the guide was written."),
        "lastmod" => date("When it last changed, in place of git's date."),
        "publishDate" => date("Until then it is not published."),
        "expiryDate" => date("From then on it is not published."),
        "draft" => boolean("Whether it is left out unless `--drafts` is given."),
        "weight" => json!({
            "description": "Its place among the guides of its section: the lightest first, none or 0 last.",
            "anyOf": [{ "type": ["number", "null"] }, { "type": "string", "pattern": "^\\s*[+-]?[0-9]*\\s*$" }],
        }),
        "slug" => text("The last part of its address."),
        "url" => text("Its whole address."),
        "aliases" => texts("Other addresses, which lead to it."),
        "toc" => boolean("Whether it has a table of contents."),
        "images" => texts("Images for those who show a link to it."),
        "tags" => texts("Its tags."),
        "categories" => texts("Its categories."),
        "keywords" => texts("Words for search engines."),
        "contributors" => texts("Who wrote it."),
        "type" => text("Its kind, and which folder of templates it takes."),
        "layout" => text("Which template it takes."),
        "support" => support(),
        "seo" => seo(),
        "variables" => variable::declarations("Variables of this guide alone."),
        "build" => build(),
        "cascade" => {
            json!({ "description": "Front matter for the guides below this section.", "type": ["object", "array", "null"] })
        }
        _ => return None,
    })
}

/// A number is seconds since 1970.
fn date(description: &str) -> Value {
    json!({ "description": description, "type": ["string", "integer", "null"] })
}

fn build() -> Value {
    json!({
        "description": "Where the guide is listed, and whether it becomes a page.",
        "type": ["object", "null"],
        "properties": {
            "list": words("In which lists it is.", &["always", "local", "never"]),
            "render": words("What it becomes: a page, an address alone, nothing.", &["always", "link", "never"]),
        },
    })
}

/// Other levels than these are a matter of the site's kinds of guides.
fn support() -> Value {
    json!({
        "description": "Who stands behind the guide.",
        "type": ["object", "null"],
        "properties": {
            "level": { "description": "Who.", "type": ["string", "null"], "examples": ["community", "maintainer", "official"] },
            "versions": boolean("Whether the versions that were tested are named."),
            "integration": boolean("Whether the other product's side of the integration is meant."),
            "term": text("What to call the thing that is supported."),
        },
    })
}

fn seo() -> Value {
    json!({
        "description": "What search engines are told.",
        "type": ["object", "null"],
        "properties": {
            "title": text("The title in their results."),
            "description": text("The text in their results."),
            "canonical": text("The address to be found under, in place of the guide's own."),
            "noindex": boolean("Whether they are asked to leave the guide out."),
        },
    })
}
