//! Variables that are not used where they were meant: a default written out, a declaration that nobody uses.

use crate::base::diagnostic::Fix;
use crate::base::{Code, Diagnostic, Place, Span};
use crate::input::guide::Guide;
use crate::input::variable::{Kind, Variable, Variables};
use crate::page::rendered::Rendered;
use crate::page::slot::Liveness;
use crate::page::world::World as _;
use crate::site::entry::PageId;
use crate::site::whole::Site;
use std::collections::BTreeSet;

/// More of them on one page help nobody.
const MOST: usize = 100;

/// Defaults that stand written out in a guide that uses their variables elsewhere.
#[must_use]
pub fn written_out(site: &Site, id: PageId, guide: &Guide, rendered: &Rendered) -> Vec<Diagnostic> {
    let live = rendered.variables.iter().filter(|used| used.liveness == Liveness::Live);
    let names: BTreeSet<&str> = live.map(|used| used.name.as_str()).collect();
    if names.is_empty() {
        return Vec::new();
    }
    let variables = site.variables(id);
    let used = parts_of(variables, &names);
    let meant: Vec<&Variable> =
        variables.iter().filter(|variable| used.contains(variable.name.as_str()) && is_telling(variable)).collect();
    if meant.is_empty() {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for text in outside_of_shortcodes(guide) {
        let written = guide.source.text().get(text.range()).unwrap_or_default();
        for variable in &meant {
            for at in occurrences(written, &variable.default) {
                if is_in_markup(guide, at + text.start) {
                    continue;
                }
                let span = Span::new(at, at + variable.default.len()).shifted(text.start);
                let name = &variable.name;
                let message =
                    format!("`{}` is written out here, the default of the variable `{name}`", variable.default);
                let help =
                    format!("write `{{{{< sitevar name=\"{name}\" >}}}}`, so that the reader's own value stands here");
                // The fallback is written out, so that the page reads as it did, and other sites of these guides can.
                let text = format!("{{{{< sitevar name=\"{name}\" nojs=\"{}\" >}}}}", variable.default);
                let fix = is_replaceable(guide, span).then_some(Fix { span, text });
                let finding = Diagnostic::new(Code::VariableLiteral, message).at(guide.source.place(span));
                findings.push(finding.help(help).fix(fix));
            }
        }
    }
    findings.truncate(MOST);
    findings
}

/// The names that are used, and those that computed ones among them are made of.
fn parts_of<'a>(variables: &'a Variables, used: &BTreeSet<&'a str>) -> BTreeSet<&'a str> {
    let mut all = used.clone();
    let mut open: Vec<&str> = used.iter().copied().collect();
    while let Some(name) = open.pop() {
        let Some(computed) = variables.computed(name) else { continue };
        open.extend(computed.template.names().filter(|part| all.insert(part)));
    }
    all
}

/// Whether a default is telling enough that the same text elsewhere means the variable: `example.com` is, `9091` is not.
fn is_telling(variable: &Variable) -> bool {
    let default = variable.default.as_str();
    let is_name =
        matches!(variable.kind, Kind::Domain | Kind::Hostname | Kind::Url | Kind::Email | Kind::Ip | Kind::Cidr);
    let is_everyones = ["127.", "0.0.0.0", "::"].iter().any(|start| default.starts_with(start));
    is_name && default.len() >= 7 && default.contains(['.', ':']) && !is_everyones
}

/// The stretches of a guide's body that are no shortcodes.
fn outside_of_shortcodes(guide: &Guide) -> Vec<Span> {
    let body = guide.source.text().get(guide.body.range()).unwrap_or_default();
    let mut spans = Vec::new();
    let mut from = 0;
    while let Some(start) = body.get(from..).and_then(|rest| rest.find("{{")).map(|at| at + from) {
        let closing = match body.as_bytes().get(start + 2) {
            Some(b'<') => ">}}",
            Some(b'%') => "%}}",
            _ => {
                spans.push(Span::new(from, start + 2));
                from = start + 2;
                continue;
            }
        };
        spans.push(Span::new(from, start));
        let end = body.get(start..).and_then(|rest| rest.find(closing)).map(|at| start + at + closing.len());
        from = end.unwrap_or(body.len());
    }
    spans.push(Span::new(from, body.len()));
    spans.into_iter().filter(|span| !span.is_empty()).map(|span| span.shifted(guide.body.start)).collect()
}

/// Whether the line has the markup of variables in it, with a fallback of the author's own.
fn is_in_markup(guide: &Guide, at: usize) -> bool {
    let text = guide.source.text();
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
    let line = text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    line.contains("data-sitevar")
}

/// Whether a shortcode can stand at a place: in a tag of HTML its quotation marks would end those of the attribute.
fn is_replaceable(guide: &Guide, span: Span) -> bool {
    let text = guide.source.text();
    let before = text.get(..span.start).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    let is_in_tag = line.rfind('<').is_some_and(|open| !line.get(open..).unwrap_or_default().contains('>'));
    !is_in_tag
}

/// Where `default` stands in `text` as a whole: in `app.example.com`, and not in `myexample.com` or `example.com.au`.
fn occurrences<'a>(text: &'a str, default: &'a str) -> impl Iterator<Item = usize> + 'a {
    let is_of_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    text.match_indices(default).map(|(at, _)| at).filter(move |at| {
        let before = text.get(..*at).unwrap_or_default();
        let mut behind = text.get(at + default.len()..).unwrap_or_default().chars();
        let goes_on = match behind.next() {
            Some('.') => behind.next().is_some_and(|c| c.is_alphanumeric()),
            Some(c) => is_of_name(c),
            None => false,
        };
        !before.ends_with(is_of_name) && !goes_on
    })
}

/// Variables that are declared and that no guide uses. `drafts` are the texts of guides that are not built.
#[must_use]
pub fn unused(site: &Site, rendered: &[Option<Rendered>], elsewhere: &[&str]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let names = names(site, rendered);
    let used = parts_of(&site.variables, &names);
    let declared = site.variables.iter().map(|variable| ("variables", variable.name.as_str()));
    let computed = site.variables.iter_computed().map(|computed| ("computed", computed.name.as_str()));
    // One that only an unused computed one needs goes with it, and is not told as well.
    let needed: BTreeSet<&str> =
        site.variables.iter_computed().flat_map(|computed| computed.template.names()).collect();
    for (key, name) in declared.chain(computed) {
        if !used.contains(name) && !needed.contains(name) && !elsewhere.iter().any(|text| names_variable(text, name)) {
            let document = site.config.document.as_ref();
            findings.push(never_used(name, document.map(|document| document.key_place(&[key, name]))));
        }
    }
    for (id, own) in &site.local {
        let Some(Some(page)) = rendered.get(*id) else { continue };
        for variable in own.iter().filter(|variable| variable.scope.is_some()) {
            if !page.variables.iter().any(|used| used.name == variable.name) {
                let guide = site.index.page(*id).and_then(|page| page.guide.as_ref());
                let document = guide.and_then(|guide| guide.front.document.as_ref());
                let place = document.map(|document| document.key_place(&["variables", &variable.name]));
                findings.push(never_used(&variable.name, place));
            }
        }
    }
    findings
}

/// The names that guides use, as far as they have to be known: when all that is declared is among them, no more are
/// looked for. A site of thousands of guides uses a dozen names a million times.
fn names<'r>(site: &Site, rendered: &'r [Option<Rendered>]) -> BTreeSet<&'r str> {
    let declared = site.variables.iter().map(|variable| variable.name.as_str());
    let mut missing: BTreeSet<&str> =
        declared.chain(site.variables.iter_computed().map(|computed| computed.name.as_str())).collect();
    let mut names = BTreeSet::new();
    for used in rendered.iter().flatten().flat_map(|page| &page.variables) {
        if missing.is_empty() {
            break;
        }
        if names.insert(used.name.as_str()) {
            missing.remove(used.name.as_str());
        }
    }
    names
}

fn never_used(name: &str, place: Option<Place>) -> Diagnostic {
    let mut finding = Diagnostic::new(Code::VariableUnused, format!("the variable `{name}` is never used"))
        .help("use it in a guide, or take the declaration out");
    finding.place = place;
    finding
}

/// Whether a text uses a variable, as far as that can be told without rendering it.
fn names_variable(text: &str, name: &str) -> bool {
    let is_of_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    text.contains("sitevar")
        && text.match_indices(name).any(|(at, _)| {
            let before = text.get(..at).unwrap_or_default();
            let behind = text.get(at + name.len()..).unwrap_or_default();
            !before.ends_with(is_of_name) && !behind.starts_with(is_of_name)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_default_is_found_as_a_whole_only() {
        let found = |text: &str| occurrences(text, "example.com").count();
        assert_eq!(found("https://app.example.com/ and a@example.com, example.com."), 3);
        assert_eq!(found("myexample.com example.com.au example.community x-example.com"), 0);
    }

    #[test]
    fn a_variable_of_a_draft_is_used() {
        assert!(names_variable("{{< sitevar name=\"host\" >}}", "host"));
        assert!(!names_variable("{{< sitevar name=\"host-name\" >}}", "host"));
        assert!(!names_variable("a host", "host"));
    }
}
