//! The front matter of a guide (DESIGN 2.4): typed values, each wrong one a diagnostic at its place.

mod build;
mod cascade;
mod keys;
mod split;

pub use build::{Build, Listing, Rendering};
pub use cascade::Cascade;
pub(in crate::input) use keys::KNOWN;
pub use split::{FrontMatterSplit, split};

use super::date::Date;
use super::fields::{Fields, joined};
use super::tested::{self, Tested};
use super::yaml::Document;
use crate::base::{Code, Diagnostic, Source, Span};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What a guide says about itself. What it does not say, or says empty, is none, false, zero or empty.
#[derive(Debug, Clone, Default)]
pub struct FrontMatter {
    /// `title`.
    pub title: Option<String>,
    /// `linkTitle`: shorter, for navigation.
    pub link_title: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// `summary`.
    pub summary: Option<String>,
    /// `lead`: an opening paragraph under the title.
    pub lead: Option<String>,
    /// `date`.
    pub date: Option<Date>,
    /// `lastmod`.
    pub lastmod: Option<Date>,
    /// `publishDate`.
    pub publish_date: Option<Date>,
    /// `expiryDate`.
    pub expiry_date: Option<Date>,
    /// `draft`.
    pub draft: bool,
    /// `weight`; zero is none.
    pub weight: i64,
    /// `slug`.
    pub slug: Option<String>,
    /// `url`.
    pub url: Option<String>,
    /// `aliases`, as written; their places are those of `document` at `["aliases", "0"]`.
    pub aliases: Vec<String>,
    /// `toc`: whether there is a table of contents.
    pub toc: Option<bool>,
    /// `images`.
    pub images: Vec<String>,
    /// `tags`.
    pub tags: Vec<String>,
    /// `categories`.
    pub categories: Vec<String>,
    /// `keywords`.
    pub keywords: Vec<String>,
    /// `contributors`.
    pub contributors: Vec<String>,
    /// `type`: which folder of templates.
    pub kind: Option<String>,
    /// `layout`: which template.
    pub layout: Option<String>,
    /// `support`.
    pub support: Support,
    /// `seo`.
    pub seo: Seo,
    /// `variables` of this guide alone, as written; null when there are none.
    pub variables: Value,
    /// `build`: in which lists it is, and whether it becomes a page.
    pub build: Build,
    /// `cascade`: values for the guides below, in the order to try them.
    pub cascade: Vec<Cascade>,
    /// Every other key, as written.
    pub extra: Map<String, Value>,
    /// The YAML itself, for places; none when there is no front matter, or it cannot be read.
    pub document: Option<Document>,
    /// Every key that is given, in lower case: a cascade does not change it.
    given: Vec<String>,
}

/// `support`: who stands behind a guide.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Support {
    /// `level`: community, maintainer or official.
    pub level: Option<String>,
    /// `versions`: whether the versions that were tested are named.
    pub versions: bool,
    /// The versions that `versions` itself names.
    pub tested: Vec<Tested>,
    /// `integration`: whether the other product's side of the integration is meant.
    pub integration: bool,
    /// `term`: what to call the thing that is supported.
    pub term: Option<String>,
    /// Other keys, as written.
    pub extra: Map<String, Value>,
}

/// `seo`: what search engines are told.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Seo {
    /// `title`.
    pub title: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// `canonical`: the address to be found under, instead of the guide's own.
    pub canonical: Option<String>,
    /// `noindex`.
    pub noindex: bool,
    /// Other keys, as written.
    pub extra: Map<String, Value>,
}

/// So many free keys of a guide are held against the known ones.
const FREE_KEYS_COMPARED: usize = 200;

impl FrontMatter {
    /// The front matter of a guide, the place of its body, and what is wrong. A guide without front matter is fine.
    #[must_use]
    pub fn read(source: &Source) -> (Self, Span, Vec<Diagnostic>) {
        let FrontMatterSplit { yaml, body, mut diagnostics } = split(source);
        let is_whole = diagnostics.is_empty();
        let Some(yaml) = yaml else { return (Self::default(), body, diagnostics) };
        let (document, mut findings) = Document::read(source, yaml, Code::FrontMatter);
        let front = match document.as_ref().map(Document::value) {
            Some(Value::Object(map)) => {
                let mut fields = document.as_ref().map_or_else(
                    || Fields::silent(Code::FrontMatter),
                    |document| Fields::new(document, Code::FrontMatter),
                );
                let front = Self::typed(&mut fields, map);
                findings.extend(fields.finish());
                front
            }
            Some(Value::Null) | None => Self::default(),
            Some(_) => {
                findings.push(not_a_map(source, yaml));
                Self::default()
            }
        };
        findings.extend(document.as_ref().and_then(Document::reserved));
        // Where the front matter does not even close, what it says is a guess and not worth a word.
        if is_whole {
            diagnostics.extend(findings);
        }
        (Self { document, ..front }, body, diagnostics)
    }

    /// The same with a section's values where the guide says nothing itself. Apply the nearest section first.
    #[must_use]
    pub fn with_cascade(&self, values: &Map<String, Value>) -> Self {
        let mut front = self.clone();
        let mut fields = Fields::silent(Code::FrontMatter);
        for (key, value) in values {
            let lower = key.to_lowercase();
            if !self.given.contains(&lower) {
                front.take(&mut fields, &lower, key, &[key], value);
            }
        }
        front
    }

    /// When it is first seen: `publishDate`, or else `date`. Until then it is a future guide.
    #[must_use]
    pub fn published(&self) -> Option<&Date> {
        self.publish_date.as_ref().or(self.date.as_ref())
    }

    /// Reads every key of a map.
    fn typed(fields: &mut Fields<'_>, map: &Map<String, Value>) -> Self {
        let mut front = Self::default();
        let mut seen: BTreeMap<String, &str> = BTreeMap::new();
        let mut free = 0;
        for (key, value) in map {
            let lower = key.to_lowercase();
            if let Some(first) = seen.get(&lower) {
                fields.tell_twice(&[first], &[key]);
                continue;
            }
            seen.insert(lower.clone(), key);
            if front.take(fields, &lower, key, &[key], value) {
                continue;
            }
            free += 1;
            if free <= FREE_KEYS_COMPARED
                && let Some(meant) = keys::slip_of(key, keys::KNOWN)
            {
                let message = format!("`{key}` looks like a slip of `{meant}`");
                fields.tell_key(
                    Code::FrontMatterKey,
                    &[key],
                    message,
                    format!("write `{meant}`, or name it otherwise"),
                );
            }
        }
        front.take_other_names();
        front
    }

    /// Takes one key, which is written `key`, in: typed where it is known, as it is where it is not. Whether it is known.
    fn take(&mut self, fields: &mut Fields<'_>, lower: &str, key: &str, path: &[&str], value: &Value) -> bool {
        self.given.push(lower.to_owned());
        if let ("params", Value::Object(params)) = (lower, value) {
            // Hugo's place for free keys.
            for (key, value) in params {
                let lower = key.to_lowercase();
                if !self.given.contains(&lower) {
                    self.given.push(lower);
                    self.extra.insert(key.clone(), value.clone());
                }
            }
            return true;
        }
        let is_known = self.set(fields, lower, path, value);
        if !is_known {
            self.extra.insert(key.to_owned(), value.clone());
        }
        is_known
    }

    /// Sets the field of a key in lower case, if it has one.
    fn set(&mut self, fields: &mut Fields<'_>, lower: &str, path: &[&str], value: &Value) -> bool {
        match lower {
            "title" => self.title = fields.text(path, value),
            "linktitle" => self.link_title = fields.text(path, value),
            "description" => self.description = fields.text(path, value),
            "summary" => self.summary = fields.text(path, value),
            "lead" => self.lead = fields.text(path, value),
            "date" => self.date = fields.date(path, value),
            "lastmod" => self.lastmod = fields.date(path, value),
            "publishdate" => self.publish_date = fields.date(path, value),
            "expirydate" => self.expiry_date = fields.date(path, value),
            "draft" => self.draft = fields.boolean(path, value).unwrap_or(false),
            "weight" => self.weight = fields.integer(path, value).unwrap_or(0),
            "slug" => self.slug = fields.text(path, value),
            "url" => self.url = fields.text(path, value),
            "aliases" => self.aliases = fields.texts(path, value),
            "toc" => self.toc = fields.boolean(path, value),
            "images" => self.images = fields.texts(path, value),
            "tags" => self.tags = fields.texts(path, value),
            "categories" => self.categories = fields.texts(path, value),
            "keywords" => self.keywords = fields.texts(path, value),
            "contributors" => self.contributors = fields.texts(path, value),
            "type" => self.kind = fields.text(path, value),
            "layout" => self.layout = fields.text(path, value),
            "support" => self.support = Support::read(fields, path, value),
            "seo" => self.seo = Seo::read(fields, path, value),
            "variables" => {
                self.variables = fields.map(path, value).map_or(Value::Null, |_| value.clone());
            }
            "build" | "_build" => self.build = Build::read(fields, path, value),
            "cascade" => self.cascade = Cascade::read(fields, path, value),
            _ => return false,
        }
        true
    }

    /// Hugo's other names for dates, where the usual one is not given. They stay free keys as well: what they hold is
    /// no finding, whatever it is.
    fn take_other_names(&mut self) {
        let date = |name: &str| self.extra.get(name).and_then(Value::as_str).and_then(Date::parse);
        let (modified, published) = (date("modified"), date("pubdate").or_else(|| date("published")));
        let expired = date("unpublishdate");
        let is_withheld = self.extra.get("published") == Some(&Value::Bool(false));
        self.lastmod = self.lastmod.take().or(modified);
        self.publish_date = self.publish_date.take().or(published);
        self.expiry_date = self.expiry_date.take().or(expired);
        self.draft |= is_withheld;
    }
}

impl Support {
    fn read(fields: &mut Fields<'_>, path: &[&str], value: &Value) -> Self {
        let mut support = Self::default();
        for (key, value) in fields.map(path, value).into_iter().flatten() {
            let path = joined(path, key);
            match key.to_lowercase().as_str() {
                "level" => support.level = fields.text(&path, value),
                "versions" => support.read_versions(fields, &path, value),
                "integration" => support.integration = fields.boolean(&path, value).unwrap_or(false),
                "term" => support.term = fields.text(&path, value),
                _ => free(fields, &path, keys::SUPPORT, (key, value), &mut support.extra),
            }
        }
        support
    }
}

impl Support {
    /// `versions`: whether they are named in the guide, or the versions themselves.
    fn read_versions(&mut self, fields: &mut Fields<'_>, path: &[&str], value: &Value) {
        match tested::of_value(value).filter(|_| !value.is_boolean()) {
            Some(tested) => {
                self.versions = !tested.is_empty();
                self.tested = tested;
                self.extra.insert("versions".to_owned(), value.clone());
            }
            None if value.is_object() || value.is_array() => fields.wrong(
                path,
                value,
                "true, a version, a list of versions, or a map of products and versions",
                "write each product on a line as `Grafana: v11.2.0`",
            ),
            None => self.versions = fields.boolean(path, value).unwrap_or(false),
        }
    }
}

impl Seo {
    fn read(fields: &mut Fields<'_>, path: &[&str], value: &Value) -> Self {
        let mut seo = Self::default();
        for (key, value) in fields.map(path, value).into_iter().flatten() {
            let path = joined(path, key);
            match key.to_lowercase().as_str() {
                "title" => seo.title = fields.text(&path, value),
                "description" => seo.description = fields.text(&path, value),
                "canonical" => seo.canonical = fields.text(&path, value),
                "noindex" => seo.noindex = fields.boolean(&path, value).unwrap_or(false),
                _ => free(fields, &path, keys::SEO, (key, value), &mut seo.extra),
            }
        }
        seo
    }
}

/// Keeps a free key of a nested map, and tells if it is a slip of a known one.
fn free(
    fields: &mut Fields<'_>,
    path: &[&str],
    known: &'static [&'static str],
    (key, value): (&String, &Value),
    extra: &mut Map<String, Value>,
) {
    if let Some(meant) = keys::slip_of(key, known) {
        let message = format!("`{key}` looks like a slip of `{meant}`");
        fields.tell_key(Code::FrontMatterKey, path, message, format!("write `{meant}`, or name it otherwise"));
    }
    extra.insert(key.clone(), value.clone());
}

fn not_a_map(source: &Source, yaml: Span) -> Diagnostic {
    let text = source.text().get(yaml.range()).unwrap_or("");
    let start = yaml.start + (text.len() - text.trim_start().len());
    let first_line = text.trim_start().lines().next().unwrap_or("").trim_end();
    Diagnostic::new(Code::FrontMatter, "the front matter is not a map of keys and values")
        .at(source.place(Span::new(start, start + first_line.len())))
        .help("write each on a line as `key: value`, with a space behind the colon")
}

#[cfg(test)]
mod tests;
