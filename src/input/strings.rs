//! The texts of the interface in the site's language: the theme's, and over them those of the site's `data/strings/`.
//!
//! `data/strings/de.yaml` holds every text in German. English is below every language, so that each text is always there.
//! Templates see all of it as `strings`; scripts are given the group that they say.

use super::spelling;
use super::theme;
use super::yaml::Document;
use crate::base::{Code, Diagnostic, Source, Span};
use serde_json::{Map, Value};

/// The folder of the files, below `data/`.
pub const FOLDER: &str = "strings/";
/// The group whose keys are the site's own to name.
const FREE: &str = "extra";

/// The texts, by group and name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strings(Value);

impl Strings {
    /// The texts for `language`, such as `de-AT`: of the theme and of `own`, the site's files of `data/strings/` by their
    /// names without ending. A key that the theme does not know, or a value of another kind, is told and left out.
    #[must_use]
    pub fn load(language: &str, own: &[(String, Source)]) -> (Self, Vec<Diagnostic>) {
        let mut diagnostics = Vec::new();
        let built_in = theme::strings();
        let mut texts = Value::Object(Map::new());
        let base = language.split('-').next().unwrap_or(language);
        for name in ["en", base, language] {
            let found = built_in.iter().find(|(language, _)| language.eq_ignore_ascii_case(name));
            if let Some(document) = found.and_then(|(name, text)| read(&Source::new(name.as_str(), *text))) {
                lay(&mut texts, document.value());
            }
        }
        let known = texts.clone();
        let mut wanted = vec!["en", base];
        wanted.extend((base != language).then_some(language));
        wanted.dedup();
        for name in wanted {
            let Some((_, source)) = own.iter().find(|(language, _)| language.eq_ignore_ascii_case(name)) else {
                continue;
            };
            let Some(document) = read(source) else { continue };
            let mut laid = document.value().clone();
            keep_known(&document, &known, &mut Vec::new(), &mut laid, &mut diagnostics);
            // What a site says in English is for English pages, unless its own language has nothing to say.
            if name != "en" || base == "en" || !built_in.iter().any(|(language, _)| language == base) {
                lay(&mut texts, &laid);
            }
        }
        diagnostics.sort_by(|a, b| a.place.cmp(&b.place));
        (Self(texts), diagnostics)
    }

    /// The theme's own texts for `language`.
    #[must_use]
    pub fn of_theme(language: &str) -> Self {
        Self::load(language, &[]).0
    }

    /// The text at `group` and `name`; empty when there is none, which no text of the theme is.
    #[must_use]
    pub fn text(&self, group: &str, name: &str) -> &str {
        self.0.get(group).and_then(|group| group.get(name)).and_then(Value::as_str).unwrap_or_default()
    }

    /// A whole group, for a script.
    #[must_use]
    pub fn group(&self, name: &str) -> &Value {
        self.0.get(name).unwrap_or(&Value::Null)
    }

    /// All of them, for templates.
    #[must_use]
    pub const fn all(&self) -> &Value {
        &self.0
    }
}

/// A file whose YAML is wrong was told of when `data/` was read.
fn read(source: &Source) -> Option<Document> {
    Document::read(source, Span::new(0, source.text().len()), Code::Data).0
}

/// Lays `over` over `texts`, group by group.
fn lay(texts: &mut Value, over: &Value) {
    match (texts, over) {
        (Value::Object(texts), Value::Object(over)) => {
            for (key, value) in over {
                lay(texts.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (_, Value::Null) => {}
        (texts, over) => *texts = over.clone(),
    }
}

/// Takes out of `own` what is not among `known`, and tells it.
fn keep_known(
    document: &Document,
    known: &Value,
    path: &mut Vec<String>,
    own: &mut Value,
    diagnostics: &mut Vec<Diagnostic>,
) {
    if path.as_slice() == [FREE] || own.is_null() {
        return;
    }
    match (known, &mut *own) {
        (Value::Object(known), Value::Object(map)) => {
            let names: Vec<&str> = known.keys().map(String::as_str).collect();
            let keys: Vec<String> = map.keys().cloned().collect();
            for key in keys {
                path.push(key.clone());
                match (known.get(&key), map.get_mut(&key)) {
                    (Some(known), Some(value)) => keep_known(document, known, path, value, diagnostics),
                    _ => {
                        let help = spelling::nearest(&key, names.iter().copied()).map_or_else(
                            || "the manual names every text; those of your own templates go below `extra`".to_owned(),
                            |near| format!("did you mean `{near}`?"),
                        );
                        let message = format!("the theme has no text `{}`", path.join("."));
                        diagnostics
                            .push(Diagnostic::new(Code::Data, message).at(document.key_place(&steps(path))).help(help));
                        map.remove(&key);
                    }
                }
                path.pop();
            }
        }
        (Value::String(_), Value::String(_)) => {}
        (Value::Array(known), Value::Array(list)) if known.len() == list.len() && list.iter().all(Value::is_string) => {
        }
        (known, value) => {
            let expected = match known {
                Value::Object(_) => "a map of texts".to_owned(),
                Value::Array(known) => format!("a list of {} texts", known.len()),
                _ => "a text".to_owned(),
            };
            let place = document.place(&steps(path));
            let name = if path.is_empty() { "the file".to_owned() } else { format!("`{}`", path.join(".")) };
            diagnostics.push(
                Diagnostic::new(Code::Data, format!("{name} must be {expected}"))
                    .at(place)
                    .help("until then the theme's own takes its place"),
            );
            *value = Value::Null;
        }
    }
}

fn steps(path: &[String]) -> Vec<&str> {
    path.iter().map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(name: &str, text: &str) -> (String, Source) {
        (name.to_owned(), Source::new(format!("data/strings/{name}.yaml"), text))
    }

    /// The names of all texts, and the words in braces of each.
    fn names(value: &Value, path: &str, found: &mut Vec<String>) {
        match value {
            Value::Object(map) => map.iter().for_each(|(key, value)| names(value, &format!("{path}.{key}"), found)),
            Value::String(text) => {
                let mut words: Vec<&str> = text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
                words.sort_unstable();
                found.push(format!("{path} {words:?}"));
            }
            other => found.push(format!("{path} {}", other.as_array().map_or(0, Vec::len))),
        }
    }

    #[test]
    fn every_language_has_every_text_with_the_same_words_to_fill_in() {
        let of = |text: &str| {
            let mut found = Vec::new();
            names(read(&Source::new("x", text)).unwrap().value(), "", &mut found);
            found.retain(|name| !name.starts_with(".extra"));
            found.sort();
            found
        };
        let all = theme::strings();
        let english = all.iter().find(|(name, _)| name == "en").unwrap().1;
        assert!(of(english).len() > 60);
        assert_eq!(all.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["de", "en", "fr"]);
        for (language, text) in &all {
            assert_eq!(of(text), of(english), "{language}");
        }
    }

    #[test]
    fn a_language_is_found_by_its_tag_or_falls_back() {
        let next = |language: &str| Strings::of_theme(language).text("page", "next").to_owned();
        assert_eq!([next("en"), next("de-AT"), next("FR"), next("it")], ["Next", "Weiter", "Suivant", "Next"]);
    }

    #[test]
    fn a_site_changes_some_texts_and_slips_are_told_at_their_places() {
        let text = "page:\n  next: Los\n  nextt: x\n  toc: [a]\nmonths: [a]\nextra:\n  mine: { any: thing }\n";
        let (strings, told) = Strings::load("de-CH", &[own("de", text), own("de-ch", "page: { previous: Retour }")]);
        assert_eq!((strings.text("page", "next"), strings.text("page", "previous")), ("Los", "Retour"));
        assert_eq!(strings.text("page", "toc"), "Auf dieser Seite");
        assert_eq!(strings.group("extra")["mine"]["any"], "thing");
        let told: Vec<String> = told
            .iter()
            .map(|told| format!("{}:{}", told.place.as_ref().unwrap().range.unwrap().line, told.message))
            .collect();
        assert_eq!(
            told,
            [
                "3:the theme has no text `page.nextt`",
                "4:`page.toc` must be a text",
                "5:`months` must be a list of 12 texts"
            ]
        );
    }

    #[test]
    fn english_texts_of_a_site_are_for_languages_that_the_theme_does_not_know() {
        let english = [own("en", "page: { next: Onward }")];
        let next = |language: &str| Strings::load(language, &english).0.text("page", "next").to_owned();
        assert_eq!([next("en-GB"), next("de"), next("it")], ["Onward", "Weiter", "Onward"]);
    }
}
