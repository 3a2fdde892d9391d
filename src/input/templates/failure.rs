//! Why a template cannot be used or rendered: what Tera says, with its place.

use crate::base::{Place, Range, Source, Span};
use tera::ErrorKind;

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

/// What is wrong with `own`, each at its place as far as Tera tells it.
pub(super) fn failures(error: &tera::Error, own: &[(String, &Source)]) -> Vec<TemplateFailure> {
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

/// The file behind a template's name, for people.
pub(super) fn shown(name: &str) -> String {
    match name.strip_prefix("theme/") {
        Some(name) => format!("built-in templates/{name}"),
        None => format!("templates/{name}"),
    }
}

/// What Tera says about the template `name`.
pub(super) fn failure(name: &str, error: &tera::Error) -> TemplateFailure {
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
