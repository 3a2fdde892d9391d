//! What a site asks of its guides beyond what guidegen does: kinds of guides (`kinds`), and findings that are meant to
//! stay (`exceptions`).

use super::Config;
use crate::base::{Code, Place};
use crate::input::fields::{Fields, joined};
use crate::input::spelling;
use serde_json::Value;

/// An entry of `kinds`: what guides of one kind must have.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GuideKind {
    /// Its name: guides with this `type` are of this kind.
    pub name: String,
    /// Folders below `content/` whose guides are of this kind, without slashes around.
    pub folders: Vec<String>,
    /// Headings that each must have.
    pub sections: Vec<String>,
    /// Keys that the front matter of each must have.
    pub front_matter: Vec<String>,
    /// The support levels that each may state; empty for all there are.
    pub support: Vec<String>,
}

/// An entry of `exceptions`: a finding that is known and meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// The file, relative to the root; with `/` at its end all files of a folder.
    pub file: String,
    /// The kind of finding.
    pub code: Code,
    /// Why it stays.
    pub reason: String,
    /// Where it is written.
    pub place: Place,
}

impl Exception {
    /// Whether it speaks of the file `file`.
    #[must_use]
    pub fn covers(&self, file: &str) -> bool {
        file == self.file || self.file.ends_with('/') && file.starts_with(&self.file)
    }
}

/// Reads `kinds`.
pub(super) fn kinds(config: &mut Config, fields: &mut Fields<'_>, value: &Value) {
    for (name, value) in fields.map(&["kinds"], value).into_iter().flatten() {
        let path = ["kinds", name.as_str()];
        let Some(map) = fields.map(&path, value) else { continue };
        fields.only(&path, map, &["in", "sections", "front_matter", "support"]);
        let mut texts =
            |key: &str| map.get(key).map(|value| fields.texts(&joined(&path, key), value)).unwrap_or_default();
        let inside = |folder: &String| folder.trim_start_matches("content/").trim_matches('/').to_owned();
        let folders = texts("in").iter().map(inside).collect();
        config.kinds.push(GuideKind {
            name: name.clone(),
            folders,
            sections: texts("sections"),
            front_matter: texts("front_matter"),
            support: texts("support"),
        });
    }
}

/// Reads `exceptions`.
pub(super) fn exceptions(
    config: &mut Config,
    fields: &mut Fields<'_>,
    value: &Value,
    place: &dyn Fn(&[&str]) -> Place,
) {
    for (index, map) in fields.maps(&["exceptions"], value) {
        let path = ["exceptions", index.as_str()];
        fields.only(&path, map, &["file", "code", "reason"]);
        let mut text = |key: &str| {
            let found = map.get(key).and_then(|value| fields.text(&joined(&path, key), value));
            if found.is_none() {
                fields.tell(&path, format!("`{key}` is missing here"), format!("add `{key}: …`"));
            }
            found
        };
        let (Some(file), Some(name), Some(reason)) = (text("file"), text("code"), text("reason")) else { continue };
        match Code::parse(&name) {
            Some(code) => {
                let file = file.trim_start_matches("./").to_owned();
                config.exceptions.push(Exception { file, code, reason, place: place(&path) });
            }
            None => {
                let near = spelling::nearest(&name, Code::ALL.iter().map(|code| code.as_str()));
                let help = near.map_or_else(
                    || "`guidegen explain` lists every code".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                );
                fields.tell(&joined(&path, "code"), format!("there is no check `{name}`"), help);
            }
        }
    }
}
