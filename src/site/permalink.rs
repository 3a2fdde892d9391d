//! The address of a guide: from its path, its `slug` and `url`, and the permalinks of its section.

use super::claims;
use super::lookup;
use crate::base::address::{self, Address};
use crate::base::{Code, Diagnostic, Place};
use crate::input::config::Config;
use crate::input::guide::{Guide, Kind};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// How guides get their addresses on one site.
#[derive(Debug)]
pub struct Permalinks<'a> {
    patterns: HashMap<&'a str, &'a str>,
    /// The `slug` of a section, which names its folder in every address below it.
    slugs: HashMap<String, String>,
    /// The folders of sections.
    sections: HashSet<String>,
}

impl<'a> Permalinks<'a> {
    /// The rules of this configuration and of these guides' sections, and what is wrong with them.
    #[must_use]
    pub fn new(config: &'a Config, guides: &[Arc<Guide>]) -> (Self, Vec<Diagnostic>) {
        let mut findings = Vec::new();
        let mut patterns = HashMap::new();
        for (section, pattern) in &config.permalinks {
            match check(pattern) {
                Ok(()) => {
                    patterns.insert(section.trim_matches('/'), pattern.as_str());
                }
                Err(fault) => findings.push(in_config(config, section, &fault)),
            }
        }
        let sections = guides.iter().filter(|guide| guide.kind == Kind::Section);
        let slugs = sections
            .clone()
            .filter_map(|guide| Some((lookup::folder(&guide.path).to_owned(), segments(guide.front.slug.as_deref()?)?)))
            .collect();
        let sections = sections.map(|guide| lookup::folder(&guide.path).to_owned()).collect();
        (Self { patterns, slugs, sections }, findings)
    }

    /// The address of a folder of `content/`: each name of it, or the slug of its section.
    #[must_use]
    pub fn folder(&self, folder: &str) -> Address {
        let mut path = String::with_capacity(folder.len() + 2);
        let mut end = 0;
        for name in folder.split('/').filter(|name| !name.is_empty()) {
            end += name.len();
            let slug = folder.get(..end).and_then(|above| self.slugs.get(above));
            let name = slug.cloned().unwrap_or_else(|| address::segment(name));
            // Of "!.." nothing is left but dots, which a file system would follow.
            if !name.trim_matches('.').is_empty() {
                path.push('/');
                path.push_str(&name);
            }
            end += 1;
        }
        Address::folder(&path)
    }

    /// The address of a guide; what is wrong with the one that it asks for, it then has that of its path. None
    /// when its path makes none either.
    #[must_use]
    pub fn of(&self, guide: &Guide) -> (Option<Address>, Option<Diagnostic>) {
        let asked = self.asked(guide);
        match asked {
            Ok(Some(address)) => (Some(address), None),
            Ok(None) => match self.by_path(guide) {
                Some(address) => (Some(address), None),
                None => (None, Some(nameless(guide))),
            },
            Err(finding) => (self.by_path(guide), Some(*finding)),
        }
    }

    /// The address that the guide or the configuration asks for, beside that of its path.
    fn asked(&self, guide: &Guide) -> Result<Option<Address>, Box<Diagnostic>> {
        let front = &guide.front;
        if lookup::key(&guide.path).is_empty() {
            return Ok(Some(Address::root()));
        }
        if let Some(url) = front.url.as_deref() {
            let has_tokens = pieces(url).any(|piece| matches!(piece, Piece::Token(token) if TOKENS.contains(&token)));
            // What stands around the tokens is held to the same rules.
            return written(url)
                .map_err(|fault| {
                    let message = format!("`url: {url}` is no address: {fault}");
                    Box::new(Diagnostic::new(Code::AddressConflict, message).at(place(guide, &["url"])).help(URL_HELP))
                })
                .and_then(|address| if has_tokens { self.expand(url, guide, Address::written) } else { Ok(address) })
                .map(Some);
        }
        if guide.kind == Kind::Page {
            let section = guide.path.split('/').next().unwrap_or("");
            if let Some(pattern) = self.patterns.get(section).filter(|_| guide.path.contains('/')) {
                return self.expand(pattern, guide, Address::page).map(Some);
            }
        }
        let Some(slug) = front.slug.as_deref() else { return Ok(None) };
        if guide.kind == Kind::Section {
            return match segments(slug) {
                Some(_) => Ok(None),
                None => Err(bad_slug(guide, slug)),
            };
        }
        let slug = segments(slug).ok_or_else(|| bad_slug(guide, slug))?;
        let folder = self.folder(lookup::holder(&guide.path));
        Ok(Some(Address::folder(&format!("{folder}{slug}"))))
    }

    fn by_path(&self, guide: &Guide) -> Option<Address> {
        if guide.kind != Kind::Page {
            return Some(self.folder(lookup::folder(&guide.path)));
        }
        let name = address::segment(lookup::name(&guide.path));
        let folder = self.folder(lookup::holder(&guide.path));
        (!name.trim_matches('.').is_empty()).then(|| Address::folder(&format!("{folder}{name}")))
    }

    fn expand(&self, pattern: &str, guide: &Guide, address: fn(&str) -> Address) -> Result<Address, Box<Diagnostic>> {
        let mut path = String::new();
        let fault = |message: String, key: &str| {
            let help = "name it in the front matter, or give the guide a `url`";
            Box::new(Diagnostic::new(Code::AddressConflict, message).at(place(guide, &[key])).help(help))
        };
        for piece in pieces(pattern) {
            let token = match piece {
                Piece::Text(text) => {
                    path.push_str(text);
                    continue;
                }
                Piece::Token(token) => token,
            };
            let value = self.value(token, guide);
            match value {
                Some(value) if !value.trim_matches(['.', '/']).is_empty() => path.push_str(&value),
                _ => {
                    return Err(fault(
                        format!("the permalink `{pattern}` needs `{token}`, which this guide does not have"),
                        "title",
                    ));
                }
            }
        }
        if has_dots(&path) {
            let key = if guide.front.url.is_some() { "url" } else { "slug" };
            return Err(fault(format!("the permalink `{pattern}` makes `{path}`, which is no address"), key));
        }
        Ok(address(&path))
    }

    /// What a token of a permalink stands for.
    fn value(&self, token: &str, guide: &Guide) -> Option<String> {
        let front = &guide.front;
        let name = || address::permalink_slug(lookup::name(&guide.path));
        let title = || front.title.as_deref().map(|title| address::permalink_slug(&title.replace('/', " ")));
        let or_name = |text: Option<String>| text.filter(|text| !text.is_empty()).unwrap_or_else(name);
        let holder = lookup::holder(&guide.path);
        match token {
            ":slug" => {
                let slug = front.slug.as_deref().and_then(segments);
                let slug = slug.map(|slug| address::permalink_slug(&slug)).filter(|slug| !slug.is_empty());
                Some(or_name(slug.or_else(title)))
            }
            ":title" => Some(or_name(title())),
            ":filename" => Some(name()),
            ":section" => holder.split('/').next().map(address::segment),
            ":sections" => {
                let above = std::iter::once(holder).chain(lookup::folders_above(holder));
                let section =
                    above.take_while(|folder| folder.contains('/')).find(|folder| self.sections.contains(*folder));
                let section = section.or_else(|| holder.split('/').next()).unwrap_or("");
                Some(self.folder(section).as_str().trim_matches('/').to_owned())
            }
            ":year" => front.date.as_ref().map(|date| format!("{:04}", date.year())),
            ":month" => front.date.as_ref().map(|date| format!("{:02}", date.month())),
            ":day" => front.date.as_ref().map(|date| format!("{:02}", date.day())),
            _ => None,
        }
    }
}

const TOKENS: &[&str] = &[":slug", ":title", ":section", ":sections", ":filename", ":year", ":month", ":day"];
const URL_HELP: &str =
    "write a path of this site such as `/guides/name/`, without `..`, hidden names, scheme, query or fragment";

enum Piece<'a> {
    Text(&'a str),
    Token(&'a str),
}

/// A pattern as texts and tokens; a token is a colon and the letters behind it.
fn pieces(pattern: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = pattern;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let end = if first == ':' {
            rest.char_indices().skip(1).find(|(_, c)| !c.is_ascii_alphabetic()).map_or(rest.len(), |(at, _)| at)
        } else {
            rest.find(':').unwrap_or(rest.len())
        };
        let (piece, behind) = rest.split_at(end);
        rest = behind;
        Some(if first == ':' { Piece::Token(piece) } else { Piece::Text(piece) })
    })
}

fn check(pattern: &str) -> Result<(), String> {
    for piece in pieces(pattern) {
        if let Piece::Token(token) = piece
            && !TOKENS.contains(&token)
        {
            return Err(format!("`{token}` is not known; there are {}", TOKENS.join(" ")));
        }
    }
    checked(&pattern.replace(':', "")).map(drop).map_err(str::to_owned)
}

fn in_config(config: &Config, section: &str, fault: &str) -> Diagnostic {
    let finding = Diagnostic::new(Code::Config, format!("the permalink of `{section}` is no pattern: {fault}"));
    let finding = finding.help("write it like `/blog/:slug/`");
    match &config.document {
        Some(document) => finding.at(document.place(&["permalinks", section])),
        None => finding,
    }
}

/// The place of a key of a guide's front matter, or else the guide itself.
#[must_use]
pub fn place(guide: &Guide, path: &[&str]) -> Place {
    let says = |value: &serde_json::Value| path.first().is_some_and(|key| value.get(*key).is_some());
    match guide.front.document.as_ref().filter(|document| says(document.value())) {
        Some(document) => document.place(path),
        None => Place::file(guide.source.path().clone()),
    }
}

/// The address that an author writes out in `url`, or why it is none.
pub fn written(path: &str) -> Result<Address, &'static str> {
    let path = address::decode(path.trim());
    let address = checked(&path).map(|address| if is_index(&path) { address } else { Address::written(&path) })?;
    if claims::is_generated(&address.output()) {
        return Err("guidegen writes a file of that name itself");
    }
    Ok(address)
}

/// The address of a decoded path, or why it is none.
pub fn checked(path: &str) -> Result<Address, &'static str> {
    if path.is_empty() {
        return Err("it is empty");
    }
    if address::is_external(path) {
        return Err("it leads to another site");
    }
    if path.contains(['?', '#']) {
        return Err("it has a query or a fragment");
    }
    if path.contains('\\') || path.contains(char::is_control) {
        return Err("it has a character that no address has");
    }
    if has_dots(path) {
        return Err("it has `.` or `..` in it");
    }
    if path.split('/').any(|segment| segment.starts_with('.') && segment != ".well-known") {
        return Err("a name in it starts with a dot, which hosts and people take for hidden");
    }
    let folder = path.strip_suffix("index.html").filter(|_| is_index(path));
    Ok(folder.map_or_else(|| Address::page(path), Address::folder))
}

/// `/a/index.html` is how some hosts show `/a/`.
fn is_index(path: &str) -> bool {
    path.rsplit('/').next() == Some("index.html")
}

/// Whether a segment is `.` or `..`, which a file system follows.
fn has_dots(path: &str) -> bool {
    path.split('/').any(|segment| matches!(segment, "." | ".."))
}

/// A slug as part of a path; none when nothing of it can stand in an address.
fn segments(slug: &str) -> Option<String> {
    let slug = address::slug(slug);
    let slug = slug.trim_matches(['/', '-']);
    (!slug.is_empty() && !has_dots(slug)).then(|| slug.to_owned())
}

fn bad_slug(guide: &Guide, slug: &str) -> Box<Diagnostic> {
    let message = format!("`slug: {slug}` makes no address");
    let finding = Diagnostic::new(Code::AddressConflict, message).at(place(guide, &["slug"]));
    Box::new(finding.help("write letters, digits and hyphens, without `..`"))
}

fn nameless(guide: &Guide) -> Diagnostic {
    let message = "the guide is not published: nothing of its name can stand in an address";
    let finding = Diagnostic::new(Code::AddressConflict, message).at(Place::file(guide.source.path().clone()));
    finding.help("rename the file, or give it a `slug`")
}

#[cfg(test)]
mod tests;
