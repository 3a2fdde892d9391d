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

/// `external`: how links to other sites are checked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct External {
    /// `external.ignore`: what is not asked for.
    pub ignore: Vec<Ignored>,
}

/// An entry of `external.ignore`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignored {
    /// The address, or with `*` in it several.
    pub url: String,
    /// Why.
    pub reason: String,
}

impl Ignored {
    /// Whether it speaks of `url`: `*` is any text, and what has none is the start of an address.
    #[must_use]
    pub fn covers(&self, url: &str) -> bool {
        let Some((first, rest)) = self.url.split_once('*') else { return url.starts_with(&self.url) };
        let Some(mut url) = url.strip_prefix(first) else { return false };
        let mut parts = rest.split('*').peekable();
        while let Some(part) = parts.next() {
            if parts.peek().is_none() {
                return part.is_empty() || url.ends_with(part);
            }
            match url.find(part) {
                Some(at) => url = url.get(at + part.len()..).unwrap_or_default(),
                None => return false,
            }
        }
        true
    }
}

/// Reads `digests`: one wording, or several.
pub(super) fn digests(config: &mut Config, fields: &mut Fields<'_>, value: &Value) {
    let wordings = fields.texts(&["digests"], value);
    for (index, wording) in wordings.iter().enumerate() {
        let is_telling = wording.split_once("{plaintext}").is_some_and(|(before, _)| !before.trim().is_empty());
        if !is_telling {
            let index = index.to_string();
            let path: &[&str] = if value.is_array() { &["digests", &index] } else { &["digests"] };
            let help = "write it as the comments of your guides do: `The digest of '{plaintext}'`";
            fields.tell(path, "`digests` needs words, and `{plaintext}` behind them", help);
        }
    }
    config.digests = wordings;
}

/// Reads `external`.
pub(super) fn external(config: &mut Config, fields: &mut Fields<'_>, value: &Value) {
    let Some(map) = fields.map(&["external"], value) else { return };
    fields.only(&["external"], map, &["ignore"]);
    let Some(list) = map.get("ignore") else { return };
    for (index, map) in fields.maps(&["external", "ignore"], list) {
        let path = ["external", "ignore", index.as_str()];
        fields.only(&path, map, &["url", "reason"]);
        let mut text = |key: &str| {
            let found = map.get(key).and_then(|value| fields.text(&joined(&path, key), value));
            if found.is_none() {
                fields.tell(&path, format!("`{key}` is missing here"), format!("add `{key}: …`"));
            }
            found
        };
        if let (Some(url), Some(reason)) = (text("url"), text("reason")) {
            config.external.ignore.push(Ignored { url, reason });
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ignored_address_may_stand_for_several() {
        let covers = |pattern: &str, url: &str| Ignored { url: pattern.into(), reason: "x".into() }.covers(url);
        assert!(covers("https://a.test/", "https://a.test/b") && !covers("https://a.test/b", "https://a.test/"));
        assert!(
            covers("https://*.a.test/*", "https://x.a.test/y") && !covers("https://*.a.test/*", "https://a.test/y")
        );
        assert!(covers("*/edit", "https://a.test/b/edit") && !covers("*/edit", "https://a.test/edit/b"));
        assert!(covers("https://a.test/*/x/*.pdf", "https://a.test/1/x/2.pdf"));
    }
}
