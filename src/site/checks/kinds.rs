//! Guides as guides: what their kind asks of them, and the support that they state.

use crate::base::{Code, Diagnostic, Place, Span};
use crate::input::config::{Config, GuideKind};
use crate::input::guide::{Guide, Kind};
use crate::input::spelling;
use crate::page::html::{self, Piece};
use crate::page::rendered::{Rendered, TocEntry};

/// The support levels there are.
const LEVELS: &[&str] = &["community", "maintainer", "official"];

/// The findings about one guide.
#[must_use]
pub fn check(config: &Config, guide: &Guide, rendered: &Rendered) -> Vec<Diagnostic> {
    let kinds: Vec<&GuideKind> = config.kinds.iter().filter(|kind| is_of(guide, kind)).collect();
    let mut findings = Vec::new();
    findings.extend(level(guide, &kinds));
    for kind in kinds {
        if !kind.sections.is_empty() {
            findings.extend(sections(guide, kind, rendered));
        }
        findings.extend(front_matter(guide, kind));
    }
    findings
}

/// Whether a guide is of a kind: it says so, or stands in one of its folders. Pages of sections are of none.
fn is_of(guide: &Guide, kind: &GuideKind) -> bool {
    if guide.kind != Kind::Page {
        return false;
    }
    let is_in = |folder: &String| {
        folder.is_empty() || guide.path.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/'))
    };
    match &guide.front.kind {
        Some(named) => *named == kind.name,
        None => kind.folders.iter().any(is_in),
    }
}

/// The sections that a guide lacks.
fn sections(guide: &Guide, kind: &GuideKind, rendered: &Rendered) -> Vec<Diagnostic> {
    let mut titles = Vec::new();
    collect(&rendered.toc, &mut titles);
    let has = |section: &&String| titles.iter().any(|title| same(title, section));
    let missing = kind.sections.iter().filter(|section| !has(section));
    let finding = |section: &String| {
        let near = spelling::nearest(section, titles.iter().map(String::as_str));
        let help = match near {
            Some(near) => format!("the heading `{near}` is nearest: rename it, or add `## {section}`"),
            None => format!("add `## {section}`"),
        };
        Diagnostic::new(
            Code::SectionMissing,
            format!("the guide has no section `{section}`, which `{}` asks for", kind.name),
        )
        .at(top(guide))
        .help(help)
    };
    missing.map(finding).collect()
}

/// The titles of headings as text. The table of contents is three levels deep.
fn collect(entries: &[TocEntry], titles: &mut Vec<String>) {
    for entry in entries {
        let mut title = String::new();
        for piece in html::pieces(&entry.title) {
            if let Piece::Text(text) = piece {
                html::unescape_into(&mut title, text);
            }
        }
        titles.push(title);
        collect(&entry.children, titles);
    }
}

fn same(a: &str, b: &str) -> bool {
    let words = |text: &str| text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>();
    words(a) == words(b)
}

/// The keys of the front matter that a guide lacks.
fn front_matter(guide: &Guide, kind: &GuideKind) -> Vec<Diagnostic> {
    let value = guide.front.document.as_ref().map(|document| document.value());
    let is_given = |key: &&String| {
        let mut at = value;
        for part in key.split('.') {
            at = at.and_then(|value| value.get(part));
        }
        at.is_some_and(|value| !value.is_null() && value.as_str() != Some(""))
    };
    let missing = kind.front_matter.iter().filter(|key| !is_given(key));
    let finding = |key: &String| {
        Diagnostic::new(Code::FrontMatter, format!("the front matter has no `{key}`, which `{}` asks for", kind.name))
            .at(top(guide))
            .help(format!("add `{key}: …`"))
    };
    missing.map(finding).collect()
}

/// What is wrong with `support.level`.
fn level(guide: &Guide, kinds: &[&GuideKind]) -> Option<Diagnostic> {
    let level = guide.front.support.level.as_deref()?;
    // A level that cascades from a section is told there.
    let document = guide.front.document.as_ref()?;
    document.value().get("support")?.get("level")?;
    let allowed: Vec<&str> = match kinds.iter().find(|kind| !kind.support.is_empty()) {
        Some(kind) => kind.support.iter().map(String::as_str).collect(),
        None => LEVELS.to_vec(),
    };
    if allowed.contains(&level) {
        return None;
    }
    let help = match spelling::nearest(level, allowed.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("write one of {}", allowed.join(", ")),
    };
    let message = if LEVELS.contains(&level) {
        format!("guides of this kind cannot have the support level `{level}`")
    } else {
        format!("there is no support level `{level}`")
    };
    Some(Diagnostic::new(Code::SupportLevel, message).at(document.place(&["support", "level"])).help(help))
}

/// Where something is missing: the guide's title, or its first line.
fn top(guide: &Guide) -> Place {
    match &guide.front.document {
        Some(document) if document.value().get("title").is_some() => document.place(&["title"]),
        _ => guide.source.place(Span::new(0, 0)),
    }
}
