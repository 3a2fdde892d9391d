//! The front matter of a guide (DESIGN 2.4): typed values, each wrong one a diagnostic at its place.

use super::date::Date;
use super::yaml::Document;
use crate::base::{Diagnostic, Source, Span};
use serde_json::{Map, Value};

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
    /// `cascade`: values for the guides below, in the order to try them.
    pub cascade: Vec<Cascade>,
    /// Every other key, as written.
    pub extra: Map<String, Value>,
    /// The YAML itself, for places; none when there is no front matter, or it cannot be read.
    pub document: Option<Document>,
}

/// `support`: who stands behind a guide.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Support {
    /// `level`: community, maintainer or official.
    pub level: Option<String>,
    /// `versions`: whether the versions that were tested are named.
    pub versions: bool,
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

/// Values that a section gives to the guides below it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cascade {
    /// The values, as front matter keys.
    pub values: Map<String, Value>,
}

impl Cascade {
    /// Whether a guide of this path below `content/` (without its ending) and this kind (`page`, `section`, `home`)
    /// gets the values.
    #[must_use]
    pub fn applies(&self, path: &str, kind: &str) -> bool {
        let _ = (path, kind);
        true
    }
}

impl FrontMatter {
    /// The front matter of a guide, the place of its body, and what is wrong.
    #[must_use]
    pub fn read(source: &Source) -> (Self, Span, Vec<Diagnostic>) {
        let whole = Span::new(0, source.text().len());
        (Self { document: None, ..Self::default() }, whole, Vec::new())
    }

    /// The same with a section's values where the guide says nothing itself. Apply the nearest section first.
    #[must_use]
    pub fn with_cascade(&self, values: &Map<String, Value>) -> Self {
        let _ = values;
        self.clone()
    }
}
