//! Templates that fail: told once for each place in a template, however many pages it fails on.

use crate::base::{Code, Diagnostic, Place};
use crate::input::templates::TemplateFailure;
use std::collections::BTreeMap;

/// A template that fails on a page.
#[derive(Debug)]
pub struct Failure {
    /// The page's file below `content/`.
    pub page: String,
    /// What is wrong, and where.
    pub why: TemplateFailure,
}

/// What is told of `failures`.
#[must_use]
pub fn tell<'a>(failures: impl Iterator<Item = &'a Failure>) -> Vec<Diagnostic> {
    let mut pages: BTreeMap<(Option<&Place>, &str), Vec<&str>> = BTreeMap::new();
    for Failure { page, why } in failures {
        pages.entry((why.place.as_ref(), &why.message)).or_default().push(page);
    }
    pages.into_iter().map(|((place, message), pages)| told(place.cloned(), message, &pages)).collect()
}

fn told(place: Option<Place>, message: &str, pages: &[&str]) -> Diagnostic {
    let first = pages.iter().min().copied().unwrap_or_default();
    let (others, lost) = match pages.len() {
        0 | 1 => (String::new(), "the page is not written"),
        2 => (" and of 1 other page".to_owned(), "these pages are not written"),
        count => (format!(" and of {} other pages", count - 1), "these pages are not written"),
    };
    let diagnostic = Diagnostic::new(Code::Template, format!("the template of `{first}`{others} fails: {message}"))
        .help(format!("mend the template; {lost}"));
    match place {
        Some(place) => diagnostic.at(place),
        None => diagnostic,
    }
}
