//! `cascade`: what a section says for the guides below it, and which of them it means.

use super::FrontMatter;
use crate::base::Code;
use crate::input::fields::{Fields, joined};
use crate::input::guide::without_ending;
use serde_json::{Map, Value};

/// Values that a section gives to the guides below it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cascade {
    /// The values, as front matter keys.
    pub values: Map<String, Value>,
    /// Patterns of paths, of which one must match; none means all.
    paths: Vec<String>,
    /// Patterns of kinds, of which one must match; none means all.
    kinds: Vec<String>,
}

impl Cascade {
    /// Whether a guide gets the values: its path below `content/`, with or without its ending, and its kind (`page`,
    /// `section`, `home`).
    #[must_use]
    pub fn applies(&self, path: &str, kind: &str) -> bool {
        let path = without_ending(path);
        let path = path.strip_suffix("_index").or_else(|| path.strip_suffix("index")).unwrap_or(path);
        let path = format!("/{}", path.trim_matches('/').to_lowercase());
        let is_meant =
            |patterns: &[String], text: &str| patterns.is_empty() || patterns.iter().any(|one| matches(one, text));
        is_meant(&self.paths, &path) && is_meant(&self.kinds, kind)
    }

    /// Reads `cascade`: a map, or a list of maps, each with the guides that it means under `target`.
    pub(super) fn read(fields: &mut Fields<'_>, path: &[&str], value: &Value) -> Vec<Self> {
        if value.is_array() {
            let maps = fields.maps(path, value);
            return maps.iter().map(|(index, map)| Self::one(fields, &joined(path, index), map)).collect();
        }
        fields.map(path, value).map(|map| Self::one(fields, path, map)).into_iter().collect()
    }

    fn one(fields: &mut Fields<'_>, path: &[&str], map: &Map<String, Value>) -> Self {
        let mut cascade = Self::default();
        // Wrong types are told here, once, and not for every guide below.
        let mut probe = FrontMatter::default();
        for (key, value) in map {
            let path = joined(path, key);
            match key.to_lowercase().as_str() {
                "target" | "_target" => cascade.target(fields, &path, value),
                "cascade" => fields.tell_key(Code::FrontMatter, &path, "a cascade cannot hold another", "remove it"),
                lower => {
                    probe.set(fields, lower, &path, value);
                    cascade.values.insert(key.clone(), value.clone());
                }
            }
        }
        cascade
    }

    fn target(&mut self, fields: &mut Fields<'_>, path: &[&str], value: &Value) {
        for (key, value) in fields.map(path, value).into_iter().flatten() {
            let path = joined(path, key);
            match key.to_lowercase().as_str() {
                "path" => self.paths = fields.texts(&path, value).iter().map(|path| path.to_lowercase()).collect(),
                "kind" => self.kinds = fields.texts(&path, value),
                // There is one language and one environment: these cannot exclude anything.
                "lang" | "environment" | "sites" => {}
                _ => fields.tell_key(
                    Code::FrontMatterKey,
                    &path,
                    format!("a target has no `{key}`"),
                    "known here: path, kind",
                ),
            }
        }
    }
}

/// Whether `text` fits `pattern`: `*` is anything but a slash, `**` anything, `?` one character, `{a,b}` either.
fn matches(pattern: &str, text: &str) -> bool {
    alternatives(pattern).iter().any(|pattern| fits(pattern, text))
}

/// So many plain patterns may one with braces stand for.
const ALTERNATIVES: usize = 64;

/// The patterns that one with braces stands for.
fn alternatives(pattern: &str) -> Vec<String> {
    let mut done = vec![String::new()];
    let mut rest = pattern;
    while let Some((before, inside, after)) = braces(rest) {
        let choices: Vec<&str> = inside.split(',').collect();
        if done.len() * choices.len() > ALTERNATIVES {
            break;
        }
        done =
            done.iter().flat_map(|head| choices.iter().map(move |choice| format!("{head}{before}{choice}"))).collect();
        rest = after;
    }
    done.iter().map(|head| format!("{head}{rest}")).collect()
}

/// What stands before, in and behind the first pair of braces.
fn braces(pattern: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = pattern.split_once('{')?;
    let (inside, after) = rest.split_once('}')?;
    Some((before, inside, after))
}

/// Whether `text` fits a pattern without braces, by the ends that each of its parts can have.
fn fits(pattern: &str, text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let mut reached = vec![false; text.len() + 1];
    reached.first_mut().into_iter().for_each(|start| *start = true);
    let mut pattern = pattern.chars().peekable();
    while let Some(part) = pattern.next() {
        let mut next = vec![false; text.len() + 1];
        if part == '*' {
            let crosses = pattern.next_if_eq(&'*').is_some();
            let mut is_reached = false;
            for (at, next) in next.iter_mut().enumerate() {
                let goes_on = at > 0 && is_reached && (crosses || text.get(at - 1) != Some(&'/'));
                is_reached = reached.get(at) == Some(&true) || goes_on;
                *next = is_reached;
            }
        } else {
            for (at, c) in text.iter().enumerate() {
                let is_same = *c == part || part == '?' && *c != '/';
                if let Some(next) = next.get_mut(at + 1) {
                    *next = is_same && reached.get(at) == Some(&true);
                }
            }
        }
        reached = next;
    }
    reached.last() == Some(&true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_paths() {
        for (pattern, text, expected) in [
            ("/docs/**", "/docs/a/b", true),
            ("/docs/**", "/blog/a", false),
            ("/docs/*", "/docs/a", true),
            ("/docs/*", "/docs/a/b", false),
            ("**/b", "/docs/a/b", true),
            ("/d?cs", "/docs", true),
            ("{/docs/**,/blog/*}", "/blog/x", true),
            ("/{a,b}/{c,d}", "/b/c", true),
            ("/{a,b}/{c,d}", "/b/e", false),
            ("{page,section}", "section", true),
            ("", "", true),
            ("", "/a", false),
            ("/a{", "/a{", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
        assert!(!matches(&"*a".repeat(2000), &"a/".repeat(1000)), "costs the product of the lengths");
    }

    #[test]
    fn a_target_is_path_and_kind() {
        let cascade = Cascade { paths: vec!["/docs/**".into()], kinds: vec!["page".into()], ..Cascade::default() };
        assert!(cascade.applies("docs/A/index.md", "page"));
        assert!(!cascade.applies("docs/a/_index.md", "section"));
        assert!(!cascade.applies("blog/a.md", "page"));
        assert!(Cascade::default().applies("a.md", "home"));
    }
}
