//! The configuration of a site, `guidegen.yaml` (DESIGN 2.3): typed, with defaults, every slip at its place.

mod base_url;
mod permalink;
mod publish;
mod read;
mod rules;
mod theme;

pub use base_url::BaseUrl;
pub use publish::{Bucket, Destination, PublishTarget};
pub(in crate::input) use publish::{HOSTS, target_keys};
pub(in crate::input) use read::KEYS;
pub use rules::{Exception, External, GuideKind, Ignored};
/// The keys of `theme`, in the order of the manual.
pub use theme::KEYS as THEME_KEYS;

use super::fields::Fields;
use super::yaml::Document;
use crate::base::{Code, Diagnostic, Severity, Source, Span};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// How links to the site's own pages are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LinkStyle {
    /// From the root, with the base path: `/docs/a/`.
    #[default]
    Root,
    /// From the page: `../a/`, so that the site works from a folder.
    Relative,
}

/// What becomes of raw HTML in Markdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RawHtml {
    /// It is HTML.
    #[default]
    Allow,
    /// It is text.
    Escape,
    /// It is HTML without what could run or deceive.
    Sanitize,
}

/// An entry of `verify`: which code blocks fit which schema.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verify {
    /// Titles of the blocks.
    pub titles: Vec<String>,
    /// The schema's file, relative to the root.
    pub schema: String,
    /// Whether blocks are excerpts.
    pub mode: VerifyMode,
}

/// How strictly a block is held against its schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum VerifyMode {
    /// It is a whole file.
    #[default]
    Full,
    /// It is an excerpt: nothing is required.
    Partial,
}

/// Where the sources of the guides are kept, for edit links.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Repository {
    /// The repository's page, without a slash at its end.
    pub url: String,
    /// The branch; `main` by default.
    pub branch: String,
    /// The folder of the site in it, without slashes around; empty for its root.
    pub path: String,
}

/// An entry of `headers`: HTTP headers for a path.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HeaderRule {
    /// The path, as `_headers` writes it: `/*`.
    pub path: String,
    /// Names and values, in order.
    pub values: Vec<(String, String)>,
}

/// An entry of `menu`: a link of the header.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MenuEntry {
    /// Its text.
    pub name: String,
    /// Where it leads.
    pub url: String,
}

/// `theme`: how the built-in theme looks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Theme {
    /// Custom properties of its style, without their hyphens, and values that are safe in a style sheet.
    pub properties: Vec<(&'static str, String)>,
    /// The logo, below `static/`.
    pub logo: Option<String>,
    /// The logo on a dark ground.
    pub logo_dark: Option<String>,
    /// Whether the logo stands alone, without the title beside it.
    pub hide_title: bool,
    /// The picture of pages in link previews, below `static/`.
    pub image: Option<String>,
    /// The colours that a reader meets first; none for those of the system.
    pub mode: Option<&'static str>,
}

/// The configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// `id`: names the readers' storage; by default the slug of the title and the base path.
    pub id: String,
    /// `title`.
    pub title: String,
    /// `base_url`.
    pub base_url: Option<BaseUrl>,
    /// `language`; `en` by default.
    pub language: String,
    /// `description`; empty by default.
    pub description: String,
    /// `links`.
    pub links: LinkStyle,
    /// `permalinks`: top-level section and pattern.
    pub permalinks: Vec<(String, String)>,
    /// `search`: whether the site can be searched; true by default.
    pub search: bool,
    /// `taxonomies`.
    pub taxonomies: Vec<String>,
    /// `variables`, as written; null when there are none.
    pub variables: Value,
    /// `computed`, as written; null when there are none.
    pub computed: Value,
    /// `verify`.
    pub verify: Vec<Verify>,
    /// `checks`: severities by code; none is off.
    pub checks: BTreeMap<Code, Option<Severity>>,
    /// `kinds`: what guides of each kind must have.
    pub kinds: Vec<GuideKind>,
    /// `digests`: how a comment names the plain text of a digest, with `{plaintext}` in its place.
    pub digests: Vec<String>,
    /// `external`: how links to other sites are checked.
    pub external: External,
    /// `exceptions`: findings that are meant to stay.
    pub exceptions: Vec<Exception>,
    /// `front_matter`: the file of a JSON Schema, relative to the root.
    pub front_matter_schema: Option<String>,
    /// `markdown.html`.
    pub raw_html: RawHtml,
    /// `repository`.
    pub repository: Option<Repository>,
    /// `publish`: targets, in the author's order.
    pub publish: Vec<PublishTarget>,
    /// `headers`.
    pub headers: Vec<HeaderRule>,
    /// `menu`.
    pub menu: Vec<MenuEntry>,
    /// `theme`.
    pub theme: Theme,
    /// `extra`.
    pub extra: Map<String, Value>,
    /// The YAML itself, for places.
    pub document: Option<Document>,
    id_given: bool,
}

impl Default for Config {
    fn default() -> Self {
        let mut config = Self {
            id: String::new(),
            title: "Documentation".to_owned(),
            base_url: None,
            language: "en".to_owned(),
            description: String::new(),
            links: LinkStyle::default(),
            permalinks: Vec::new(),
            search: true,
            taxonomies: Vec::new(),
            variables: Value::Null,
            computed: Value::Null,
            verify: Vec::new(),
            checks: BTreeMap::new(),
            kinds: Vec::new(),
            digests: vec!["The digest of '{plaintext}'".to_owned()],
            external: External::default(),
            exceptions: Vec::new(),
            front_matter_schema: None,
            raw_html: RawHtml::default(),
            repository: None,
            publish: Vec::new(),
            headers: Vec::new(),
            menu: Vec::new(),
            theme: Theme::default(),
            extra: Map::new(),
            document: None,
            id_given: false,
        };
        config.name_storage();
        config
    }
}

impl Config {
    /// The configuration that `source` writes, with defaults for what it leaves out, and what is wrong with it: any
    /// finding of [`Code::Config`] means that the site cannot be built.
    #[must_use]
    pub fn load(source: Option<&Source>) -> (Self, Vec<Diagnostic>) {
        let mut config = Self::default();
        let Some(source) = source else { return (config, Vec::new()) };
        let bom = if source.text().starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let whole = Span::new(bom, source.text().len());
        let (document, mut diagnostics) = Document::read(source, whole, Code::Config);
        if let Some(document) = &document {
            let mut fields = Fields::new(document, Code::Config);
            match document.value() {
                Value::Object(map) => read::read(&mut config, &mut fields, map),
                Value::Null => {}
                _ => fields.tell(
                    &[],
                    "the configuration is not a map of keys and values",
                    "write each on a line as `key: value`",
                ),
            }
            diagnostics.extend(fields.finish());
            diagnostics.extend(document.reserved());
        }
        config.name_storage();
        config.document = document;
        (config, diagnostics)
    }

    /// The same for another base URL, which a command line may name: the default `id` follows it.
    #[must_use]
    pub fn with_base_url(mut self, base_url: BaseUrl) -> Self {
        self.base_url = Some(base_url);
        self.name_storage();
        self
    }

    /// What stands before every address of the site: `""` or `/docs`.
    #[must_use]
    pub fn base_path(&self) -> &str {
        self.base_url.as_ref().map_or("", |base_url| base_url.path.as_str())
    }

    /// Gives the default `id`, unless the author gave one.
    fn name_storage(&mut self) {
        if !self.id_given {
            self.id = slug(&format!("{} {}", self.title, self.base_path()));
        }
    }
}

/// Lower-case letters and digits of `text`, other characters one hyphen.
fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    if slug.is_empty() { "site".to_owned() } else { slug }
}

#[cfg(test)]
mod tests;
