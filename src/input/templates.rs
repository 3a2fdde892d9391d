//! The templates of a site over those of the built-in theme, and their rendering. Tera is known to this module, and to
//! those that make values for it.
//!
//! A site's `templates/page.html` takes the place of the built-in one, which stays there as `theme/page.html` to extend.

mod failure;
mod shortcode;

pub use failure::TemplateFailure;
pub use shortcode::{Parameter, ShortcodeTemplate};

use super::theme;
use crate::base::{Code, Diagnostic, Place, Source};
use failure::{failure, failures, shown};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use tera::{Context, Tera};

/// How many bytes one template may produce.
pub const OUTPUT_LIMIT: usize = 64 << 20;

/// Every template, parsed.
pub struct Templates {
    tera: Tera,
    shortcodes: BTreeMap<String, ShortcodeTemplate>,
    /// The site's templates that do not parse, by name.
    broken: BTreeSet<String>,
}

impl std::fmt::Debug for Templates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Templates").field("shortcodes", &self.shortcodes.keys()).finish_non_exhaustive()
    }
}

impl Templates {
    /// Parses `own`, the sources of the site's `templates/` (paths relative to the root), over the theme's.
    ///
    /// `register` gives Tera the filters and functions that templates may use. One that does not parse is told and left
    /// out: the theme's takes its place.
    pub fn load(own: &[Source], register: impl FnOnce(&mut Tera)) -> (Self, Vec<Diagnostic>) {
        let mut tera = Tera::default();
        let mut diagnostics = Vec::new();
        register(&mut tera);
        // The only failure is templates added before, and there are none.
        let _ = tera.set_fallback_prefixes(["theme/"]);
        let built_in: Vec<(String, &str)> =
            theme::templates().into_iter().map(|(name, text)| (format!("theme/{name}"), text)).collect();
        let own: Vec<(String, &Source)> = own
            .iter()
            .filter_map(|source| Some((source.path().strip_prefix("templates/")?.to_owned(), source)))
            .collect();
        add(&mut tera, &built_in, &own, &mut diagnostics);
        let mut shortcodes = BTreeMap::new();
        for (name, text) in &built_in {
            let path = name.strip_prefix("theme/").unwrap_or(name);
            shortcode::note(&mut shortcodes, path, name, text, false);
        }
        let parsed: BTreeSet<&str> = tera.get_template_names().collect();
        let mut broken = BTreeSet::new();
        for (name, source) in &own {
            if parsed.contains(name.as_str()) {
                shortcode::note(&mut shortcodes, name, name, source.text(), true);
            } else {
                broken.insert(name.clone());
            }
        }
        (Self { tera, shortcodes, broken }, diagnostics)
    }

    /// The shortcode of this name.
    #[must_use]
    pub fn shortcode(&self, name: &str) -> Option<&ShortcodeTemplate> {
        self.shortcodes.get(name)
    }

    /// The file of the shortcode `name` when the site has one that does not parse.
    #[must_use]
    pub fn broken_shortcode(&self, name: &str) -> Option<String> {
        let mut files = [".html", ".md"].into_iter().map(|ending| format!("shortcodes/{name}{ending}"));
        files.find(|file| self.broken.contains(file)).map(|file| shown(&file))
    }

    /// Whether the site has a template of this name that does not parse, which was told already.
    #[must_use]
    pub fn is_broken(&self, name: &str) -> bool {
        self.broken.contains(name)
    }

    /// The names of all shortcodes that are templates.
    pub fn shortcode_names(&self) -> impl Iterator<Item = &str> {
        self.shortcodes.keys().map(String::as_str)
    }

    /// Whether there is a template of this name, the site's or the theme's.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.tera.contains_template(name)
    }

    /// Renders a template.
    ///
    /// # Errors
    /// As [`Templates::render_into`].
    pub fn render(&self, name: &str, context: &Context) -> Result<String, Box<TemplateFailure>> {
        self.render_into(0, name, context)
    }

    /// Renders a template whose output is likely to have some `room` bytes.
    ///
    /// # Errors
    /// When it fails, or produces more than [`OUTPUT_LIMIT`] bytes.
    pub fn render_into(&self, room: usize, name: &str, context: &Context) -> Result<String, Box<TemplateFailure>> {
        let mut output = Limited { bytes: Vec::with_capacity(room.min(OUTPUT_LIMIT)), is_full: false };
        let result = self.tera.render_to(name, context, &mut output);
        if output.is_full {
            return Err(Box::new(TemplateFailure {
                message: format!("the template `{name}` produces more than {} MB", OUTPUT_LIMIT >> 20),
                place: Some(Place::file(shown(name))),
                is_too_large: true,
            }));
        }
        result.map_err(|error| Box::new(failure(name, &error)))?;
        String::from_utf8(output.bytes).map_err(|_| {
            Box::new(TemplateFailure {
                message: format!("the template `{name}` does not produce text"),
                place: Some(Place::file(shown(name))),
                is_too_large: false,
            })
        })
    }
}

/// Adds every template that parses. Tera takes all or none, and names those it stumbles over: they are left out.
fn add(tera: &mut Tera, built_in: &[(String, &str)], own: &[(String, &Source)], diagnostics: &mut Vec<Diagnostic>) {
    let mut left: Vec<(String, &Source)> = own.to_vec();
    loop {
        let all = built_in
            .iter()
            .map(|(name, text)| (name.clone(), (*text).to_owned()))
            .chain(left.iter().map(|(name, source)| (name.clone(), source.text().to_string())));
        let mut attempt = tera.clone();
        let Err(error) = attempt.add_raw_templates(all) else {
            *tera = attempt;
            return;
        };
        let mut culprits = BTreeSet::new();
        for failure in failures(&error, &left) {
            let mut diagnostic = Diagnostic::new(Code::Template, failure.message)
                .help("mend the template; until then the theme's own takes its place");
            if let Some(place) = failure.place {
                culprits.insert(place.file.strip_prefix("templates/").unwrap_or_default().to_owned());
                diagnostic = diagnostic.at(place);
            }
            diagnostics.push(diagnostic);
        }
        let before = left.len();
        left.retain(|(name, _)| !culprits.contains(name));
        if left.len() == before {
            // Not to be blamed on one: the theme alone.
            if left.is_empty() {
                return;
            }
            left.clear();
        }
    }
}

/// Takes bytes in until it is full.
struct Limited {
    bytes: Vec<u8>,
    is_full: bool,
}

impl Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > OUTPUT_LIMIT {
            self.is_full = true;
            return Err(io::Error::other("too large"));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
