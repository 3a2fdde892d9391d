//! Reads the configuration's keys into their fields. A new key is a line in [`KEYS`] and one in [`Reader::key`].

use super::{
    BaseUrl, Config, HeaderRule, LinkStyle, MenuEntry, RawHtml, Repository, Verify, VerifyMode, permalink, publish,
    rules, theme,
};
use crate::base::{Code, Place, Severity};
use crate::input::fields::{Fields, joined};
use crate::input::spelling;
use serde_json::{Map, Value};

/// The keys of the configuration, in the order of the manual.
pub(in crate::input) const KEYS: &[&str] = &[
    "id",
    "title",
    "base_url",
    "language",
    "description",
    "links",
    "permalinks",
    "search",
    "taxonomies",
    "variables",
    "computed",
    "verify",
    "checks",
    "kinds",
    "digests",
    "external",
    "exceptions",
    "front_matter",
    "markdown",
    "repository",
    "publish",
    "headers",
    "menu",
    "theme",
    "extra",
];

/// What Hugo's configuration calls what guidegen calls otherwise, or has otherwise: better than a guess by letters.
const HUGO: &[(&str, &str)] = &[
    ("baseurl", "it is `base_url` here"),
    ("languagecode", "it is `language` here"),
    ("defaultcontentlanguage", "it is `language` here"),
    ("params", "it is `extra` here"),
    ("markup", "it is `markdown` here"),
    ("menus", "it is `menu` here: a list of `name` and `url`"),
    ("enableemoji", "emoji are always on"),
    ("enablegitinfo", "the last change is always taken from git, where there is one"),
];

/// Reads every key of `map` into `config`.
pub(super) fn read(config: &mut Config, fields: &mut Fields<'_>, map: &Map<String, Value>) {
    for (key, value) in map {
        if !(Reader { config, fields, path: [key.as_str()] }).key(value) {
            unknown(fields, key);
        }
    }
}

fn unknown(fields: &mut Fields<'_>, key: &str) {
    if fields.is_full() {
        return;
    }
    let lower = key.to_lowercase();
    let hugo = HUGO.iter().find(|(name, _)| *name == lower).map(|(_, help)| (*help).to_owned());
    let help = hugo.or_else(|| spelling::suggestion(key, KEYS)).unwrap_or_default();
    let shown: String = key.chars().take(60).collect();
    fields.tell_key(Code::Config, &[key], format!("`{shown}` is no key of guidegen"), help);
}

/// Reads one key of the configuration.
struct Reader<'r, 'd, 'k> {
    config: &'r mut Config,
    fields: &'r mut Fields<'d>,
    path: [&'k str; 1],
}

impl Reader<'_, '_, '_> {
    /// Reads the value of the key, if it is known.
    fn key(&mut self, value: &Value) -> bool {
        let [key] = self.path;
        match key {
            "id" => self.id(value),
            "title" => self.text(value, |config| &mut config.title),
            "base_url" => self.base_url(value),
            "language" => self.language(value),
            "description" => self.text(value, |config| &mut config.description),
            "links" => self.links(value),
            "permalinks" => self.permalinks(value),
            "search" => self.config.search = self.fields.boolean(&[key], value).unwrap_or(true),
            "taxonomies" => self.taxonomies(value),
            "variables" => self.config.variables = self.raw_map(value),
            "computed" => self.config.computed = self.raw_map(value),
            "verify" => self.verify(value),
            "checks" => self.checks(value),
            "kinds" => rules::kinds(self.config, self.fields, value),
            "digests" => rules::digests(self.config, self.fields, value),
            "external" => rules::external(self.config, self.fields, value),
            "exceptions" => {
                let document = self.fields.document();
                let place = |path: &[&str]| document.map_or_else(|| Place::file("guidegen.yaml"), |d| d.place(path));
                rules::exceptions(self.config, self.fields, value, &place);
            }
            "front_matter" => self.config.front_matter_schema = self.file(&[key], value),
            "markdown" => self.markdown(value),
            "repository" => self.repository(value),
            "publish" => self.config.publish = publish::read(self.fields, value),
            "headers" => self.headers(value),
            "menu" => self.menu(value),
            "theme" => theme::read(self.config, self.fields, value),
            "extra" => self.config.extra = self.fields.map(&[key], value).cloned().unwrap_or_default(),
            _ => return false,
        }
        true
    }

    fn text(&mut self, value: &Value, field: impl FnOnce(&mut Config) -> &mut String) {
        if let Some(text) = self.fields.text(&self.path, value) {
            *field(self.config) = text;
        }
    }

    /// A map that another module reads.
    fn raw_map(&mut self, value: &Value) -> Value {
        self.fields.map(&self.path, value).map_or(Value::Null, |_| value.clone())
    }

    /// The name of a storage in browsers: what needs no quoting anywhere.
    fn id(&mut self, value: &Value) {
        let Some(id) = self.fields.text(&self.path, value) else { return };
        if id.len() <= 100 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)) {
            self.config.id = id;
            self.config.id_given = true;
        } else {
            self.fields.tell(
                &self.path,
                "`id` must be letters, digits, `-`, `_` and `.`",
                "write something like `authelia-docs`",
            );
        }
    }

    fn base_url(&mut self, value: &Value) {
        let Some(text) = self.fields.text(&self.path, value) else { return };
        match BaseUrl::parse(&text) {
            Ok(base_url) => self.config.base_url = Some(base_url),
            Err(reason) => {
                let said = format!("`base_url` cannot be used: {reason}");
                self.fields.tell_address(&self.path, &text, said, "write something like `https://docs.example.com/`");
            }
        }
    }

    /// It stands in `<html lang>`.
    fn language(&mut self, value: &Value) {
        let Some(text) = self.fields.text(&self.path, value) else { return };
        let is_part =
            |part: &str| !part.is_empty() && part.len() <= 8 && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if text.split('-').all(is_part) && text.starts_with(|c: char| c.is_ascii_alphabetic()) {
            self.config.language = text;
        } else {
            self.fields.wrong(&self.path, value, "a language tag", "write something like `en` or `de-AT`");
        }
    }

    fn links(&mut self, value: &Value) {
        let choices = &[("root", LinkStyle::Root), ("relative", LinkStyle::Relative)];
        if let Some(links) = choice(self.fields, &self.path, value, choices) {
            self.config.links = links;
        }
    }

    fn permalinks(&mut self, value: &Value) {
        for (section, pattern) in self.fields.map(&self.path, value).into_iter().flatten() {
            let path = joined(&self.path, section);
            let Some(pattern) = self.fields.text(&path, pattern) else { continue };
            match permalink::check(&pattern) {
                Ok(()) => self.config.permalinks.push((section.clone(), pattern)),
                Err((message, help)) => self.fields.tell(&path, message, help),
            }
        }
    }

    fn taxonomies(&mut self, value: &Value) {
        for (index, taxonomy) in self.fields.texts(&self.path, value).into_iter().enumerate() {
            // An empty entry shifts the places of those behind it; names are enough to tell them apart.
            let index = index.to_string();
            let path = joined(&self.path, &index);
            if taxonomy.contains(['/', '\\', '?', '#', '%']) || taxonomy.starts_with('.') {
                self.fields.tell(
                    &path,
                    format!("`{taxonomy}` cannot be the name of a taxonomy"),
                    "it is part of addresses: write a plain word",
                );
            } else if self.config.taxonomies.contains(&taxonomy) {
                self.fields.tell(&path, format!("the taxonomy `{taxonomy}` is named twice"), "remove one of the two");
            } else {
                self.config.taxonomies.push(taxonomy);
            }
        }
    }

    fn verify(&mut self, value: &Value) {
        let modes = &[("full", VerifyMode::Full), ("partial", VerifyMode::Partial)];
        for (index, map) in self.fields.maps(&self.path, value) {
            let path = joined(&self.path, &index);
            self.fields.only(&path, map, &["titles", "schema", "mode"]);
            let titles = map.get("titles").map(|value| self.fields.texts(&joined(&path, "titles"), value));
            let schema = self.required(&path, map, "schema");
            let schema = schema.and_then(|value| self.file(&joined(&path, "schema"), value));
            let mode = map.get("mode").and_then(|value| choice(self.fields, &joined(&path, "mode"), value, modes));
            match (titles, schema) {
                (Some(titles), Some(schema)) => {
                    self.config.verify.push(Verify { titles, schema, mode: mode.unwrap_or_default() });
                }
                (None, _) => self.missing(&path, "titles"),
                _ => {}
            }
        }
    }

    fn checks(&mut self, value: &Value) {
        let severities = &[("error", Some(Severity::Error)), ("warning", Some(Severity::Warning)), ("off", None)];
        let codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        for (name, value) in self.fields.map(&self.path, value).into_iter().flatten() {
            let path = joined(&self.path, name);
            let Some(code) = Code::parse(name) else {
                if self.fields.is_full() {
                    return;
                }
                let near = spelling::nearest(name, codes.iter().copied());
                let help = near
                    .map_or_else(|| "the manual lists every code".to_owned(), |near| format!("did you mean `{near}`?"));
                let shown: String = name.chars().take(60).collect();
                self.fields.tell_key(Code::Config, &path, format!("there is no check `{shown}`"), help);
                continue;
            };
            if let Some(severity) = choice(self.fields, &path, value, severities) {
                self.config.checks.insert(code, severity);
            }
        }
    }

    fn markdown(&mut self, value: &Value) {
        let Some(map) = self.fields.map(&self.path, value) else { return };
        self.fields.only(&self.path, map, &["html"]);
        let choices = &[("allow", RawHtml::Allow), ("escape", RawHtml::Escape), ("sanitize", RawHtml::Sanitize)];
        let html = map.get("html").and_then(|value| choice(self.fields, &joined(&self.path, "html"), value, choices));
        if let Some(html) = html {
            self.config.raw_html = html;
        }
    }

    fn repository(&mut self, value: &Value) {
        let Some(map) = self.fields.map(&self.path, value) else { return };
        self.fields.only(&self.path, map, &["url", "branch", "path"]);
        let path = self.path;
        let url = self.required(&path, map, "url").and_then(|value| self.fields.text(&joined(&path, "url"), value));
        let mut part = |key: &str| map.get(key).and_then(|value| self.fields.text(&joined(&path, key), value));
        let branch = part("branch").unwrap_or_else(|| "main".to_owned());
        let folder = part("path").unwrap_or_default();
        let Some(url) = url else { return };
        match url::Url::parse(&url) {
            Ok(parsed) if matches!(parsed.scheme(), "http" | "https") => {
                let url = url.trim_end_matches('/').trim_end_matches(".git").to_owned();
                let path = folder.trim_matches('/').to_owned();
                self.config.repository = Some(Repository { url, branch, path });
            }
            _ => self.fields.tell(
                &joined(&path, "url"),
                "`repository.url` is no address of a page",
                "write something like `https://github.com/authelia/authelia`",
            ),
        }
    }

    /// `headers: {"/*": {Name: value}}`; a name without a path is for the whole site.
    fn headers(&mut self, value: &Value) {
        for (key, value) in self.fields.map(&self.path, value).into_iter().flatten() {
            let path = joined(&self.path, key);
            if !key.starts_with('/') {
                let Some(value) = self.header(&path, key, value) else { continue };
                match self.config.headers.iter_mut().find(|rule| rule.path == "/*") {
                    Some(rule) => rule.values.push(value),
                    None => self.config.headers.push(HeaderRule { path: "/*".to_owned(), values: vec![value] }),
                }
                continue;
            }
            let mut rule = HeaderRule { path: key.clone(), values: Vec::new() };
            if key.contains(|c: char| c.is_whitespace() || c.is_control()) {
                self.fields.tell_key(
                    Code::Config,
                    &path,
                    format!("`{}` is no path", key.escape_debug()),
                    "write something like `/*` or `/docs/*`",
                );
                continue;
            }
            for (name, value) in self.fields.map(&path, value).into_iter().flatten() {
                rule.values.extend(self.header(&joined(&path, name), name, value));
            }
            match self.config.headers.iter_mut().find(|known| known.path == rule.path) {
                Some(known) => known.values.extend(rule.values),
                None => self.config.headers.push(rule),
            }
        }
    }

    /// One header: a line break in it would be a second one.
    fn header(&mut self, path: &[&str], name: &str, value: &Value) -> Option<(String, String)> {
        let text = self.fields.text(path, value)?;
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_') {
            let help = "write letters, digits and hyphens; a path starts with `/`";
            self.fields.tell_key(Code::Config, path, format!("`{}` is no name of a header", name.escape_debug()), help);
            return None;
        }
        let value = text.trim();
        if value.chars().any(char::is_control) {
            self.fields.tell(
                path,
                format!("the header `{name}` has a line break in it"),
                "write it on one line, or folded with `>-`",
            );
            return None;
        }
        Some((name.to_owned(), value.to_owned()))
    }

    fn menu(&mut self, value: &Value) {
        for (index, map) in self.fields.maps(&self.path, value) {
            let path = joined(&self.path, &index);
            self.fields.only(&path, map, &["name", "url"]);
            let name =
                self.required(&path, map, "name").and_then(|value| self.fields.text(&joined(&path, "name"), value));
            let url = self.required(&path, map, "url").and_then(|value| self.fields.text(&joined(&path, "url"), value));
            let (Some(name), Some(url)) = (name, url) else { continue };
            let scheme = url::Url::parse(&url).ok().map(|url| url.scheme().to_owned());
            if scheme.is_some_and(|scheme| !matches!(scheme.as_str(), "http" | "https" | "mailto")) {
                self.fields.tell(
                    &joined(&path, "url"),
                    "a menu leads to pages, and this address does not",
                    "write `/a/page/` or `https://…`",
                );
            } else {
                self.config.menu.push(MenuEntry { name, url });
            }
        }
    }

    /// The path of a file of the site, inside of its root.
    fn file(&mut self, path: &[&str], value: &Value) -> Option<String> {
        let file = self.fields.text(path, value)?;
        let is_inside = !file.starts_with('/')
            && !file.contains(['\\', ':'])
            && file.split('/').all(|part| !matches!(part, ".." | ""));
        if !is_inside {
            self.fields.wrong(
                path,
                value,
                "a file inside of the site",
                "write it from the site's root: `schemas/configuration.json`",
            );
            return None;
        }
        Some(file.trim_start_matches("./").to_owned())
    }

    /// The value of a key that must be there and not be empty.
    fn required<'v>(&mut self, path: &[&str], map: &'v Map<String, Value>, key: &str) -> Option<&'v Value> {
        let is_empty = |value: &&Value| value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty());
        let value = map.get(key).filter(|value| !is_empty(value));
        if value.is_none() {
            self.missing(path, key);
        }
        value
    }

    fn missing(&mut self, path: &[&str], key: &str) {
        self.fields.tell(path, format!("`{key}` is missing here"), format!("add `{key}: …`"));
    }
}

/// One of several words.
pub(super) fn choice<T: Copy>(
    fields: &mut Fields<'_>,
    path: &[&str],
    value: &Value,
    choices: &[(&str, T)],
) -> Option<T> {
    // `off` reads as false where YAML is an old one, and means it.
    let word = match value {
        Value::Null => return None,
        Value::Bool(false) => "off",
        Value::String(text) => text.trim(),
        _ => "",
    };
    let chosen = choices.iter().find(|(name, _)| *name == word).map(|(_, chosen)| *chosen);
    if chosen.is_none() {
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        let help = spelling::nearest(word, names.iter().copied())
            .map_or_else(|| "write one of these words".to_owned(), |near| format!("did you mean `{near}`?"));
        fields.wrong(path, value, &names.join(" or "), &help);
    }
    chosen
}
