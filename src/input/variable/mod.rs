//! The reader's values: what a site declares (`variables:`, `computed:`), what a guide declares for itself, and what was
//! baked in (`--set`). Nothing here knows a page: the page asks for fallbacks, formats and the object for the browser.
//!
//! - [`kind`]: the types; `declaration`: reading a declaration; [`validate`] and [`host`]: which values are legal.
//! - [`pattern`]: the expressions of `pattern`, compiled to a table that Rust and the browser both walk.
//! - [`template`]: `{name|format}`; `computed`: the computed variables; [`secret`]: alphabets, and `pbkdf2-sha512`.
//! - `bake`: `--set`; [`browser`]: the object that the script in the page reads.

mod bake;
pub mod browser;
mod computed;
mod declaration;
pub mod host;
pub mod kind;
pub mod pattern;
pub mod secret;
pub mod template;
pub mod validate;

use super::spelling::nearest;
use crate::base::{Code, Diagnostic, Place};
use indexmap::IndexMap;
use serde_json::Value;
use std::sync::{Arc, OnceLock};

pub use kind::Kind;
pub use pattern::{Pattern, PatternError};
pub use template::{Filter, Part, TemplateError, TextTemplate, is_name};

/// One of the values of a `choice`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The value, which is also its text on the page.
    pub value: String,
    /// What the dialog says for it.
    pub label: String,
}

/// A declared variable.
#[derive(Debug, Clone)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: Kind,
    /// The value that stands on the page until the reader sets one: legal by its own type.
    pub default: String,
    /// What the dialog calls it; its name when nothing is said.
    pub label: String,
    /// What the dialog says about it.
    pub help: Option<String>,
    /// The group in the dialog.
    pub group: Option<String>,
    /// The least value of a `number` or `port`.
    pub min: Option<serde_json::Number>,
    /// The greatest value of a `number` or `port`.
    pub max: Option<serde_json::Number>,
    /// What the whole value must match.
    pub pattern: Option<Pattern>,
    /// What the dialog says when the pattern does not match.
    pub pattern_help: Option<String>,
    /// The values of a `choice`.
    pub options: Vec<Choice>,
    /// The texts of a `boolean`: of true, and of false.
    pub texts: Option<(String, String)>,
    /// How many characters a generated `secret` has.
    pub length: u32,
    /// The characters of a generated `secret`.
    pub alphabet: String,
    /// The address of the guide that it belongs to; none for one of the site.
    pub scope: Option<Arc<str>>,
    /// The value that the build was told to use.
    pub baked: Option<String>,
    /// Where it is declared.
    pub place: Option<Place>,
    digest: Arc<OnceLock<String>>,
}

impl Variable {
    /// What the page shows for `value`: of a `boolean` the text of it, of everything else the value.
    #[must_use]
    pub fn text<'a>(&'a self, value: &'a str) -> &'a str {
        match &self.texts {
            Some((yes, no)) if self.kind == Kind::Boolean => {
                if value == "true" {
                    yes
                } else {
                    no
                }
            }
            _ => value,
        }
    }

    /// The value that counts at build time: what was baked in, else the default.
    #[must_use]
    pub fn value(&self) -> &str {
        self.baked.as_deref().unwrap_or(&self.default)
    }

    /// The digest that stands beside the placeholder of a `secret`, made at its first use.
    fn example_digest(&self) -> String {
        self.digest.get_or_init(|| secret::example_digest(&self.default)).clone()
    }
}

/// A variable that is made of others.
#[derive(Debug, Clone)]
pub struct Computed {
    /// Its name.
    pub name: String,
    /// How it is made.
    pub template: TextTemplate,
    /// Where it is declared.
    pub place: Option<Place>,
}

/// The variables of a site, or of a guide with its own.
#[derive(Debug, Clone, Default)]
pub struct Variables {
    declared: IndexMap<String, Arc<Variable>>,
    computed: IndexMap<String, Arc<Computed>>,
}

/// Where a value of the declarations stands; paths begin with `variables` or `computed`.
pub type Spans<'a> = dyn Fn(&[&str]) -> Option<Place> + 'a;

impl Variables {
    /// Reads the declarations of a site: the values of `variables:` and `computed:`. What is wrong is left out and said with
    /// `code`. `spans` is asked with paths such as `["variables", "domain", "default"]` and `["computed", "url"]`.
    pub fn load(variables: &Value, computed: &Value, spans: &Spans<'_>, code: Code) -> (Self, Vec<Diagnostic>) {
        let (declared, mut diagnostics) = declaration::read(variables, spans, code, None);
        let declared = declared.into_iter().map(|variable| (variable.name.clone(), Arc::new(variable))).collect();
        let mut loaded = Self { declared, computed: IndexMap::new() };
        let (computed, found) = computed::read(computed, &loaded, spans, code);
        loaded.computed = computed;
        diagnostics.extend(found);
        (loaded, diagnostics)
    }

    /// These variables and those of the guide at `address`, read from its front matter's `variables:`; findings are
    /// [`Code::FrontMatter`]. A name of the site's stays the site's. `spans` is asked with paths that begin with `variables`.
    pub fn with_local(&self, local: &Value, spans: &Spans<'_>, address: &str) -> (Self, Vec<Diagnostic>) {
        let (declared, mut diagnostics) = declaration::read(local, spans, Code::FrontMatter, Some(&Arc::from(address)));
        let mut whole = self.clone();
        for variable in declared {
            if !self.contains(&variable.name) {
                whole.declared.insert(variable.name.clone(), Arc::new(variable));
                continue;
            }
            let mut diagnostic =
                Diagnostic::new(Code::FrontMatter, format!("the site has a variable `{}` already", variable.name));
            diagnostic.place = variable.place;
            diagnostic.help =
                Some("give the one of this guide another name, or leave it out and use the site's".into());
            let known = self
                .get(&variable.name)
                .map_or_else(|| self.computed(&variable.name).and_then(|c| c.place.clone()), |v| v.place.clone());
            diagnostics.push(match known {
                Some(place) => diagnostic.related(place, "the site's is declared here"),
                None => diagnostic,
            });
        }
        (whole, diagnostics)
    }

    /// The declared variable `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Variable> {
        self.declared.get(name).map(AsRef::as_ref)
    }

    /// The computed variable `name`.
    #[must_use]
    pub fn computed(&self, name: &str) -> Option<&Computed> {
        self.computed.get(name).map(AsRef::as_ref)
    }

    /// Whether `name` is declared or computed.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.declared.contains_key(name) || self.computed.contains_key(name)
    }

    /// Whether there are none at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.declared.is_empty() && self.computed.is_empty()
    }

    /// The declared variables, in their order; those of a guide are behind those of the site.
    pub fn iter(&self) -> impl Iterator<Item = &Variable> {
        self.declared.values().map(AsRef::as_ref)
    }

    /// The computed variables, in their order.
    pub fn iter_computed(&self) -> impl Iterator<Item = &Computed> {
        self.computed.values().map(AsRef::as_ref)
    }

    /// Every name, declared and then computed.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.declared.keys().chain(self.computed.keys()).map(String::as_str)
    }

    /// The name that is spelled most like `name`, for a "did you mean".
    #[must_use]
    pub fn nearest(&self, name: &str) -> Option<&str> {
        nearest(name, self.names())
    }
}

#[cfg(test)]
mod tests;
