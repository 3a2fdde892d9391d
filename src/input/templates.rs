//! The templates of a site over those of the built-in theme, and their rendering. Tera is known to this module, and to
//! those that make values for it.
//!
//! A site's `templates/page.html` takes the place of the built-in one, which stays there as `theme/page.html` to extend.

use super::theme;
use crate::base::{Code, Diagnostic, Place, Range, Source, Span};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use tera::{Context, ErrorKind, Tera};

/// How many bytes one template may produce.
pub const OUTPUT_LIMIT: usize = 64 << 20;

/// A shortcode that is a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShortcodeTemplate {
    /// The template's name.
    pub template: String,
    /// Whether it uses its body, and so needs a closing tag.
    pub uses_body: bool,
    /// Whether it is the site's own, or the theme's.
    pub is_own: bool,
    /// The parameters that it declares; none when it declares nothing.
    pub parameters: Option<Vec<Parameter>>,
}

/// A parameter that a template declares in its first comment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Whether every use has to give it.
    pub is_required: bool,
    /// The values that it may have; empty for any.
    pub values: Vec<String>,
}

/// Why a template could not be rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateFailure {
    /// What is wrong.
    pub message: String,
    /// Where in a template, if that is known.
    pub place: Option<Place>,
    /// It produced more than [`OUTPUT_LIMIT`].
    pub is_too_large: bool,
}

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
            note_shortcode(&mut shortcodes, path, name, text, false);
        }
        let parsed: BTreeSet<&str> = tera.get_template_names().collect();
        let mut broken = BTreeSet::new();
        for (name, source) in &own {
            if parsed.contains(name.as_str()) {
                note_shortcode(&mut shortcodes, name, name, source.text(), true);
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
    /// When it fails, or produces more than [`OUTPUT_LIMIT`] bytes.
    pub fn render(&self, name: &str, context: &Context) -> Result<String, Box<TemplateFailure>> {
        let mut output = Limited { bytes: Vec::new(), is_full: false };
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

/// What is wrong with `own`, each at its place as far as Tera tells it.
fn failures(error: &tera::Error, own: &[(String, &Source)]) -> Vec<TemplateFailure> {
    let place = |name: &str, word: &str| {
        let (_, source) = own.iter().find(|(other, _)| other == name)?;
        let at = source.text().find(word).unwrap_or_default();
        Some(source.place(Span::new(at, at + word.len())))
    };
    let (message, place) = match error.kind() {
        ErrorKind::MissingParent { current, parent } => {
            (format!("it extends `{parent}`, and there is no such template"), place(current, "extends"))
        }
        ErrorKind::CircularExtend { tpl, .. } => ("it extends itself".to_owned(), place(tpl, "extends")),
        ErrorKind::CircularInclude { tpl, .. } => ("it includes itself".to_owned(), place(tpl, "include")),
        ErrorKind::Msg(message) => {
            let reported = reported(message);
            if !reported.is_empty() {
                return reported;
            }
            let is_named = |name: &str| message.contains(&format!("`{name}`"));
            let name = own.iter().rev().map(|(name, _)| name).find(|name| is_named(name));
            (message.clone(), name.map(|name| Place::file(shown(name))))
        }
        _ => return vec![failure("", error)],
    };
    vec![TemplateFailure { message, place, is_too_large: false }]
}

/// What Tera found in several templates, of which it makes one text: `error: MESSAGE`, ` --> NAME:LINE:COLUMN`, and the
/// line with carets below.
fn reported(text: &str) -> Vec<TemplateFailure> {
    let mut found: Vec<TemplateFailure> = Vec::new();
    for line in text.lines() {
        if let Some((_, message)) = line.split_once("error: ") {
            found.push(TemplateFailure { message: message.to_owned(), place: None, is_too_large: false });
        } else if let Some(failure) = found.last_mut() {
            if let Some(place) = line.trim_start().strip_prefix("--> ").and_then(reported_place) {
                failure.place = Some(place);
            } else if let Some(range) = failure.place.as_mut().and_then(|place| place.range.as_mut())
                && line.trim_start_matches([' ', '|']).starts_with('^')
            {
                let carets = line.chars().filter(|c| *c == '^').count();
                range.end_column = range.column.saturating_add(u32::try_from(carets).unwrap_or_default());
            }
        }
    }
    found.retain(|failure| failure.place.is_some());
    found
}

/// `NAME:LINE:COLUMN`.
fn reported_place(text: &str) -> Option<Place> {
    let mut parts = text.trim_end().rsplitn(3, ':');
    let column = parts.next()?.parse().ok()?;
    let line = parts.next()?.parse().ok()?;
    let range = Range { line, column, end_line: line, end_column: column };
    Some(Place { file: shown(parts.next()?).into(), range: Some(range) })
}

fn note_shortcode(
    shortcodes: &mut BTreeMap<String, ShortcodeTemplate>,
    path: &str,
    template: &str,
    text: &str,
    is_own: bool,
) {
    let Some(file) = path.strip_prefix("shortcodes/") else { return };
    let Some(name) = file.strip_suffix(".html").or_else(|| file.strip_suffix(".md")) else { return };
    let uses_body = uses(text, "inner") || uses(text, "children");
    let shortcode =
        ShortcodeTemplate { template: template.to_owned(), uses_body, is_own, parameters: parameters(text) };
    shortcodes.insert(name.to_owned(), shortcode);
}

/// The parameters that the first comment of a template declares, where it begins with `params:`, each on a line:
/// `name`, `name: required`, `name: one | two`, `name: required, one | two`.
fn parameters(text: &str) -> Option<Vec<Parameter>> {
    let comment = text.trim_start_matches('\u{feff}').trim_start().strip_prefix("{#")?;
    let comment = comment.get(..comment.find("#}")?)?.trim_matches(['-', ' ', '\t', '\r', '\n']);
    let declared = comment.strip_prefix("params:")?;
    let mut all = Vec::new();
    for line in declared.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (name, rest) = line.split_once(':').unwrap_or((line, ""));
        let mut parameter = Parameter { name: name.trim().to_owned(), ..Parameter::default() };
        for part in rest.split(',').map(str::trim) {
            if part == "required" {
                parameter.is_required = true;
            } else if !part.is_empty() {
                parameter.values = part.split('|').map(|value| value.trim().to_owned()).collect();
            }
        }
        all.push(parameter);
    }
    Some(all)
}

/// Whether a template speaks of `name` outside of its comments.
fn uses(text: &str, name: &str) -> bool {
    let mut rest = text;
    while let Some(start) = rest.find("{#") {
        if mentions(&rest[..start], name) {
            return true;
        }
        rest = rest[start..].find("#}").map_or("", |end| &rest[start + end + 2..]);
    }
    mentions(rest, name)
}

/// Whether `name` stands in `text` as a word inside of braces.
fn mentions(text: &str, name: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name).any(|(at, _)| {
        let before = &text[..at];
        let is_whole =
            !before.ends_with(is_word) && !before.ends_with('.') && !text[at + name.len()..].starts_with(is_word);
        is_whole
            && before
                .rfind(['{', '}'])
                .is_some_and(|brace| before[brace..].starts_with('{') || before[brace..].starts_with("{%"))
    })
}

/// The file behind a template's name, for people.
fn shown(name: &str) -> String {
    match name.strip_prefix("theme/") {
        Some(name) => format!("built-in templates/{name}"),
        None => format!("templates/{name}"),
    }
}

fn failure(name: &str, error: &tera::Error) -> TemplateFailure {
    // What the template's own function or filter said is the innermost error.
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            let span = report.span();
            let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).max(1);
            let range = Range {
                line: number(span.start_line),
                column: number(span.start_col + 1),
                end_line: number(span.end_line),
                end_column: number(span.end_col + 1),
            };
            // Ours, by which filters and functions find their page.
            let mut message = report.message().replace("__scope, ", "");
            let mut source = std::error::Error::source(error);
            while let Some(inner) = source {
                message = format!("{message}: {inner}");
                source = inner.source();
            }
            let place = Place { file: shown(report.filename()).into(), range: Some(range) };
            TemplateFailure { message, place: Some(place), is_too_large: false }
        }
        _ => {
            let place = (!name.is_empty()).then(|| Place::file(shown(name)));
            TemplateFailure { message: error.to_string(), place, is_too_large: false }
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
mod tests {
    use super::*;

    #[test]
    fn a_template_declares_its_parameters_in_its_first_comment() {
        let text = "{#- params:\n  src: required\n  size: small | large\n  kind: required, a|b\n  alt\n-#}\n<p>";
        let declared = parameters(text).unwrap();
        let seen: Vec<_> = declared.iter().map(|p| (p.name.as_str(), p.is_required, p.values.join(" "))).collect();
        assert_eq!(
            seen,
            [
                ("src", true, String::new()),
                ("size", false, "small large".to_owned()),
                ("kind", true, "a b".to_owned()),
                ("alt", false, String::new())
            ]
        );
        assert_eq!(parameters("{# A note: params #}"), None);
        assert_eq!(parameters("<p>{# params: a #}"), None);
    }

    fn load(files: &[(&str, &str)]) -> (Templates, Vec<Diagnostic>) {
        let sources: Vec<Source> =
            files.iter().map(|(path, text)| Source::new(format!("templates/{path}"), *text)).collect();
        Templates::load(&sources, |tera| {
            for name in ["markdown", "date", "json", "slugify", "striptags", "url", "absolute"] {
                tera.register_filter(name, |value: tera::Value, _: tera::Kwargs, _: &tera::State| value);
            }
            for name in ["asset", "image_size", "page", "pages", "navigation"] {
                tera.register_function(name, |_: tera::Kwargs, _: &tera::State| String::new());
            }
        })
    }

    #[test]
    fn a_template_that_does_not_parse_is_told_and_the_others_work() {
        let (templates, diagnostics) =
            load(&[("a.html", "{{ 1 }"), ("b.html", "{{ 1 + 1 }}"), ("c.html", "{% extends \"no\" %}")]);
        assert_eq!(diagnostics.len(), 2, "{diagnostics:?}");
        let place = diagnostics[0].place.clone().unwrap();
        assert_eq!((&*place.file, place.range.unwrap().line), ("templates/a.html", 1));
        assert_eq!(templates.render("b.html", &Context::new()).unwrap(), "2");
    }

    #[test]
    fn each_of_several_wrong_templates_is_told_at_its_place_and_the_others_work() {
        let (templates, diagnostics) = load(&[
            ("ext.html", "\n{% extends \"ext.html\" %}"),
            ("fun.html", "x {{ nothing() }}\n{{ 1 | none }}"),
            ("good.html", "{{ 1 + 1 }}"),
            ("nof.html", "{{ 1 | other }}"),
            ("orphan.html", "{% extends \"nobody.html\" %}"),
            ("rec.html", "{% include \"rec.html\" %}"),
        ]);
        let told: Vec<String> = diagnostics
            .iter()
            .map(|found| {
                let place = found.place.as_ref().unwrap();
                let range = place.range.unwrap();
                format!("{}:{}:{}-{} {}", place.file, range.line, range.column, range.end_column, found.message)
            })
            .collect();
        assert_eq!(
            told,
            [
                "templates/ext.html:2:4-11 it extends itself",
                "templates/orphan.html:1:4-11 it extends `nobody.html`, and there is no such template",
                "templates/rec.html:1:4-11 it includes itself",
                "templates/fun.html:1:6-15 Unknown function `nothing`",
                "templates/fun.html:2:8-12 Unknown filter `none`",
                "templates/nof.html:1:8-13 Unknown filter `other`",
            ]
        );
        assert_eq!(templates.render("good.html", &Context::new()).unwrap(), "2");
        assert!(!templates.contains("nof.html") && templates.is_broken("nof.html"));
    }

    #[test]
    fn a_failure_names_the_template_and_the_place() {
        let (templates, _) = load(&[("b.html", "x\n  {{ nothing.here }}")]);
        let failure = templates.render("b.html", &Context::new()).unwrap_err();
        let place = failure.place.clone().unwrap();
        assert_eq!((&*place.file, place.range.unwrap().line), ("templates/b.html", 2), "{failure:?}");
    }

    #[test]
    fn output_is_limited() {
        let (templates, _) = load(&[(
            "b.html",
            "{% for i in range(end=9000) %}{% for j in range(end=1000) %}0123456789{% endfor %}{% endfor %}",
        )]);
        assert!(templates.render("b.html", &Context::new()).unwrap_err().is_too_large);
    }

    #[test]
    fn a_shortcode_that_uses_its_body_is_known() {
        let (templates, _) = load(&[
            ("shortcodes/a.html", "<i>{{ inner }}</i>"),
            ("shortcodes/b.md", "{# its inner part #}{{ params.inner }} inner"),
        ]);
        assert!(templates.shortcode("a").unwrap().uses_body);
        assert!(!templates.shortcode("b").unwrap().uses_body);
    }
}
