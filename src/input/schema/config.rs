//! The schema of `guidegen.yaml`.

use super::{DIALECT, boolean, map, maps, output as looks, properties, text, texts, variable, words};
use crate::base::Code;
use crate::input::config::KEYS;
use serde_json::{Map, Value, json};

/// The whole schema.
#[must_use]
pub fn schema() -> Value {
    json!({
        "$schema": DIALECT,
        "title": "Configuration of guidegen",
        "type": ["object", "null"],
        "properties": properties(KEYS, |key| identity(key).or_else(|| guides(key)).or_else(|| output(key))),
        "additionalProperties": false,
    })
}

/// What the site is.
fn identity(key: &str) -> Option<Value> {
    Some(match key {
        "id" => text("Names the storage of readers' values in their browsers."),
        "title" => text("The site's title."),
        "base_url" => text("Where the site will be: https://docs.example.com/, and a path if it has one."),
        "language" => text("The language of the guides, such as `en` or `de-AT`."),
        "description" => text("What search engines say of the site."),
        "links" => words("How links to the site's own pages are written.", &["root", "relative"]),
        "permalinks" => json!({
            "description": "Addresses by top-level section, such as `/blog/:slug/`.",
            "type": ["object", "null"],
            "additionalProperties": { "type": "string" },
        }),
        "search" => boolean("Whether the site can be searched."),
        "taxonomies" => texts("Keys of front matter that get pages of their own, such as `tags`."),
        "variables" => variable::declarations("What readers set once for all guides."),
        "computed" => json!({
            "description": "Variables that are made of others: `https://{host}.{domain}/`.",
            "type": ["object", "null"],
            "additionalProperties": { "type": ["string", "number", "boolean"] },
        }),
        _ => return None,
    })
}

/// What is asked of guides.
fn guides(key: &str) -> Option<Value> {
    let codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    Some(match key {
        "verify" => {
            let properties = json!({
                "titles": texts("The titles of the blocks."),
                "schema": text("A JSON Schema below schemas/."),
                "mode": words("Whether the blocks are excerpts, of which nothing is required.", &["full", "partial"]),
            });
            maps("Which code blocks fit which JSON Schema.", properties, &["titles", "schema"])
        }
        "checks" => {
            let severity = |code: &Code| {
                (
                    code.as_str().to_owned(),
                    json!({ "description": code.meaning(), "enum": ["error", "warning", "off", false] }),
                )
            };
            let severities: Map<String, Value> = Code::ALL.iter().map(severity).collect();
            map("How severe each finding is.", Value::Object(severities), &[])
        }
        "kinds" => {
            let properties = json!({
                "in": texts("Folders below content/ whose guides are of this kind."),
                "sections": texts("Headings that each must have."),
                "front_matter": texts("Keys that the front matter of each must have."),
                "support": texts("The support levels that each may state."),
            });
            let kind = map("", properties, &[]);
            json!({ "description": "What guides of a kind must have.", "type": ["object", "null"], "additionalProperties": kind })
        }
        "digests" => texts("How a comment names the plain text of a digest, with `{plaintext}` in its place."),
        "external" => {
            let entry = json!({ "url": text("The address, or its start; `*` is any text."), "reason": text("Why.") });
            let ignore = maps("Links that are not asked for.", entry, &["url", "reason"]);
            map("How links to other sites are checked.", json!({ "ignore": ignore }), &[])
        }
        "exceptions" => {
            let properties = json!({
                "file": text("The file from the root; with `/` at its end a folder."),
                "code": { "description": "The code of the finding.", "enum": codes },
                "reason": text("Why it stays."),
            });
            maps("Findings that are known and meant.", properties, &["file", "code", "reason"])
        }
        "front_matter" => text("A JSON Schema below schemas/ for the front matter of guides."),
        "markdown" => {
            let html = words("What becomes of HTML in guides.", &["allow", "escape", "sanitize"]);
            map("How Markdown is read.", json!({ "html": html }), &[])
        }
        _ => return None,
    })
}

/// Where the site goes, and what stands around its guides.
fn output(key: &str) -> Option<Value> {
    Some(match key {
        "repository" => {
            let properties = json!({
                "url": text("The page of the repository."),
                "branch": text("The branch."),
                "path": text("The folder of the site in it."),
            });
            map("Where the guides are edited.", properties, &["url"])
        }
        "publish" => looks::publish(),
        "headers" => looks::headers(),
        "theme" => looks::theme(),
        "menu" => maps(
            "Links of the header.",
            json!({ "name": text("Its text."), "url": text("Where it leads.") }),
            &["name", "url"],
        ),
        "extra" => json!({ "description": "Free values for templates.", "type": ["object", "null"] }),
        _ => return None,
    })
}
