//! Links to other sites: which there are, and what there is to say about an answer. Asking is the edge's.

use super::domain;
use crate::base::{Code, Diagnostic, Place, address};
use crate::page::html::{self, Piece};
use crate::page::rendered::Rendered;
use crate::page::slot;
use crate::site::resolve::Destination;
use crate::site::whole::Site;
use std::collections::BTreeMap;
use url::{Host, Url};

/// An address that guides link to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Target {
    /// The address, without its fragment.
    pub url: String,
    /// The place on that page, decoded.
    pub fragment: Option<String>,
}

/// What came of asking for a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It is there.
    Fine,
    /// The other side does not say whether it is there: it wants a password, or takes no machines.
    Unsure,
    /// It is not there; why, in half a sentence.
    Bad(String),
}

/// The targets of a site, each once, with every place that links to it.
#[must_use]
pub fn targets(site: &Site, rendered: &[Option<Rendered>]) -> BTreeMap<Target, Vec<Place>> {
    let mut targets: BTreeMap<Target, Vec<Place>> = BTreeMap::new();
    for (id, page) in rendered.iter().enumerate() {
        let guide = site.index.page(id).and_then(|page| page.guide.as_ref());
        let (Some(page), Some(guide)) = (page, guide) else { continue };
        for link in page.links.iter().filter(|link| !slot::may_hold_reserved(&link.written)) {
            let written = link.written.trim();
            let seen = site.index.resolve(id, written);
            if seen.to != Destination::External || seen.absolute {
                continue;
            }
            let Some(target) = target(written) else { continue };
            if !site.config.external.ignore.iter().any(|ignored| ignored.covers(written)) {
                targets.entry(target).or_default().push(guide.source.place(link.span));
            }
        }
    }
    targets
}

/// The target that a link names; none when nobody can be asked for it: another scheme, an example, one's own machine.
#[must_use]
pub fn target(written: &str) -> Option<Target> {
    let absolute = if written.starts_with("//") { format!("https:{written}") } else { written.to_owned() };
    let mut url = Url::parse(&absolute).ok()?;
    let is_public = match url.host()? {
        Host::Domain(name) => name.contains('.') && !domain::is_reserved(name),
        Host::Ipv4(ip) => {
            !(ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_unspecified() || ip.is_documentation())
        }
        Host::Ipv6(ip) => {
            !(ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local() || ip.is_unicast_link_local())
        }
    };
    if !matches!(url.scheme(), "http" | "https") || !is_public || !url.username().is_empty() || url.password().is_some()
    {
        return None;
    }
    let fragment = url.fragment().map(|fragment| address::decode(fragment).into_owned());
    let fragment = fragment.filter(|fragment| names_an_element(&url, fragment));
    url.set_fragment(None);
    Some(Target { url: url.into(), fragment })
}

/// Whether a fragment is the id of an element. Others are read by a script of the page, or by the browser.
fn names_an_element(url: &Url, fragment: &str) -> bool {
    let is_read_by_script = fragment.is_empty()
        || fragment.eq_ignore_ascii_case("top")
        || fragment.starts_with([':', '/', '!', '?'])
        || fragment.contains(":~:")
        || fragment.contains('=')
        || is_lines(fragment);
    // Comments and changes are loaded when somebody scrolls to them.
    let is_loaded_late = ["issuecomment-", "discussion", "diff-", "pullrequestreview", "note_"];
    let path = url.path().to_ascii_lowercase();
    let is_page =
        !["pdf", "txt", "md", "json", "yml", "yaml"].iter().any(|ending| path.ends_with(&format!(".{ending}")));
    !is_read_by_script && !is_loaded_late.iter().any(|start| fragment.starts_with(start)) && is_page
}

/// The lines of a file, as GitHub and others name them: `L10`, `L10-L20`, `L10C5-L12C1`.
fn is_lines(fragment: &str) -> bool {
    fragment.starts_with('L')
        && fragment.chars().nth(1).is_some_and(|c| c.is_ascii_digit())
        && fragment.chars().all(|c| c.is_ascii_digit() || matches!(c, 'L' | 'C' | '-'))
}

/// Whether the page `text` has an element for a fragment. A page without any ids is made by its scripts, and nobody
/// knows.
#[must_use]
pub fn has_fragment(text: &str, fragment: &str) -> bool {
    let mut has_ids = false;
    for piece in html::pieces(text) {
        let Piece::Tag(tag) = piece else { continue };
        for attribute in tag.attributes().filter(|attribute| {
            attribute.name.eq_ignore_ascii_case("id") || attribute.name.eq_ignore_ascii_case("name")
        }) {
            let mut value = String::new();
            html::unescape_into(&mut value, attribute.value);
            has_ids |=
                attribute.name.eq_ignore_ascii_case("id") && tag.name.len() == 2 && tag.name.starts_with(['h', 'H']);
            // GitHub puts this before the ids of what people write, and takes it off in its script.
            if value == fragment || value.strip_prefix("user-content-") == Some(fragment) {
                return true;
            }
        }
    }
    !has_ids
}

/// The findings that answers make.
#[must_use]
pub fn findings(targets: &BTreeMap<Target, Vec<Place>>, answers: &BTreeMap<Target, Answer>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (target, places) in targets {
        let Some(Answer::Bad(why)) = answers.get(target) else { continue };
        let fragment = target.fragment.as_ref().map(|fragment| format!("#{fragment}")).unwrap_or_default();
        let message = format!("the link `{}{fragment}` does not hold: {why}", target.url);
        let finding = |place: &Place| {
            Diagnostic::new(Code::LinkExternal, message.clone()).at(place.clone()).help(
                "mend or remove the link; one that cannot be asked for belongs into `external.ignore` of the configuration",
            )
        };
        findings.extend(places.iter().map(finding));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_and_private_machines_are_not_asked_for() {
        for written in [
            "https://auth.example.com/",
            "http://localhost:9091/",
            "http://127.0.0.1/",
            "http://192.168.1.1/",
            "http://[::1]/",
            "mailto:a@b.dev",
            "https://docs.test/",
            "https://nas.local/",
            "https://user:pass@a.dev/",
            "http://router/",
            "x",
        ] {
            assert_eq!(target(written), None, "{written}");
        }
        let asked = |written| target(written).map(|target| (target.url, target.fragment)).unwrap();
        assert_eq!(asked("//a.dev/b?c=d#e%20f"), ("https://a.dev/b?c=d".into(), Some("e f".into())));
    }

    #[test]
    fn fragments_that_are_no_ids_are_left_alone() {
        for fragment in
            ["L10", "L10-L20", "L1C2-L3C4", "/route", "!x", ":~:text=a", "", "top", "issuecomment-1", "page=2"]
        {
            assert_eq!(target(&format!("https://github.com/a/b#{fragment}")).unwrap().fragment, None, "{fragment}");
        }
        assert_eq!(target("https://a.dev/b#Linux").unwrap().fragment.as_deref(), Some("Linux"));
    }

    #[test]
    fn a_fragment_is_an_id_or_a_name() {
        let page = "<h2 id=\"one\">1</h2><a name='two'></a><h3 id=user-content-three></h3><p id=\"a&amp;b\">";
        for fragment in ["one", "two", "three", "a&b"] {
            assert!(has_fragment(page, fragment), "{fragment}");
        }
        assert!(!has_fragment(page, "four"));
        assert!(has_fragment("<div id=root></div>", "four"), "a page that scripts make");
    }
}
