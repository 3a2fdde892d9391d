//! Where links lead: pages, anchors, images, aliases. What leads nowhere is told at the author's place.

use crate::base::address::{self, Parts};
use crate::base::{Code, Diagnostic};
use crate::input::spelling;
use crate::page::html::{self, Piece};
use crate::page::rendered::Rendered;
use crate::page::scope::LinkUse;
use crate::page::slot;
use crate::site::entry::PageId;
use crate::site::resolve::Destination;
use crate::site::whole::Site;
use std::collections::{BTreeMap, HashSet};

/// What the checks know of a page.
pub struct Checked<'a> {
    /// Its content.
    pub rendered: &'a Rendered,
    /// The whole page as it is written, for the ids that its template makes.
    pub page: Option<&'a str>,
}

/// The findings about the links and ids of one page. `of` gives what is known of any page.
pub fn check<'a>(site: &Site, id: PageId, of: &(dyn Fn(PageId) -> Option<Checked<'a>> + Sync)) -> Vec<Diagnostic> {
    let (Some(page), Some(checked)) = (site.index.page(id), of(id)) else { return Vec::new() };
    let Some(guide) = &page.guide else { return Vec::new() };
    let mut findings = Vec::new();
    let mut anchors = Anchors { of, known: BTreeMap::new() };
    for link in &checked.rendered.links {
        if slot::may_hold_reserved(&link.written) || link.written.is_empty() && link.is_image {
            continue;
        }
        let to = destination(site, id, link);
        let finding = match to {
            Destination::Page { id: to, fragment: Some(fragment) } => anchors.missing(to, &fragment, link),
            Destination::Fragment(fragment) if !fragment.is_empty() => anchors.missing(id, &fragment, link),
            Destination::Broken(meant) => Some(broken(site, link, &meant)),
            _ => None,
        };
        findings.extend(finding.map(|finding| finding.at(guide.source.place(link.span))));
    }
    findings.extend(duplicates(&checked, guide));
    findings
}

/// Where a link leads: one of Markdown by the rules for guides, one of raw HTML as a browser goes.
fn destination(site: &Site, from: PageId, link: &LinkUse) -> Destination {
    if link.is_markdown {
        return site.index.resolve(from, &link.written).to;
    }
    let written = link.written.trim();
    let written = match written.strip_prefix(slot::BASED) {
        Some(based) => address::without_base(site.base_path(), based).unwrap_or(based),
        None => written,
    };
    let parts = Parts::of(written);
    if address::is_external(written) {
        return Destination::External;
    }
    if parts.path.is_empty() {
        return Destination::Fragment(address::decode(parts.fragment.unwrap_or("")).into_owned());
    }
    match site.index.page(from) {
        Some(page) => site.index.leads_to(&page.address, &parts),
        None => Destination::External,
    }
}

fn broken(site: &Site, link: &LinkUse, meant: &[String]) -> Diagnostic {
    let (code, what) = if link.is_image { (Code::ImageMissing, "image") } else { (Code::LinkBroken, "link") };
    let written = link.written.trim_start_matches(slot::BASED);
    let help = match meant {
        [] if link.is_image => "put the file beside the guide, or into static/".to_owned(),
        [] => "mend the target, or add the guide that it names".to_owned(),
        [first, ..] => format!("did you mean `{}{first}`?", site.base_path()),
    };
    Diagnostic::new(code, format!("the {what} `{written}` leads nowhere")).help(help)
}

/// The ids of pages, gathered when they are first asked for.
struct Anchors<'f, 'a> {
    of: &'f (dyn Fn(PageId) -> Option<Checked<'a>> + Sync),
    known: BTreeMap<PageId, HashSet<String>>,
}

impl Anchors<'_, '_> {
    /// What there is to say about a link to `fragment` on the page `id`.
    fn missing(&mut self, id: PageId, fragment: &str, link: &LinkUse) -> Option<Diagnostic> {
        // The top of a page needs no id (HTML, section 7.4.6.4); a text fragment finds words.
        if fragment.eq_ignore_ascii_case("top") || fragment.starts_with(":~:") {
            return None;
        }
        let checked = (self.of)(id)?;
        let ids =
            self.known.entry(id).or_insert_with(|| checked.rendered.ids.iter().map(|used| used.id.clone()).collect());
        if ids.contains(fragment) || checked.page.is_some_and(|page| has_id(page, fragment)) {
            return None;
        }
        let written = &link.written;
        let mut candidates: Vec<&str> = ids.iter().map(String::as_str).collect();
        candidates.sort_unstable();
        let help = match spelling::nearest(fragment, candidates.into_iter()) {
            Some(near) => format!("did you mean `#{near}`?"),
            None => "name a heading of that page".to_owned(),
        };
        Some(
            Diagnostic::new(Code::LinkAnchor, format!("the page that `{written}` leads to has no `#{fragment}`"))
                .help(help),
        )
    }
}

/// Whether an element of the page has this id: those of footnotes, of shortcodes, of the template.
fn has_id(page: &str, id: &str) -> bool {
    // The id stands on the page as its links do: only behind `id=` or `name=` it is worth to read the page for it.
    let is_named = |written: &str| {
        page.match_indices(written).any(|(at, _)| {
            let before = page[..at].trim_end_matches(['"', '\'', '=', ' ', '\t', '\n']);
            ["id", "ID", "Id", "name", "NAME"].iter().any(|name| before.ends_with(name))
        })
    };
    let escaped = html::escape(id);
    if !is_named(&escaped) && (escaped == id || !is_named(id)) {
        return false;
    }
    html::pieces(page).any(|piece| {
        let Piece::Tag(tag) = piece else { return false };
        !tag.closing
            && tag.attributes().any(|attribute| {
                let mut value = String::new();
                let is_id = attribute.name.eq_ignore_ascii_case("id") || attribute.name.eq_ignore_ascii_case("name");
                if is_id {
                    html::unescape_into(&mut value, attribute.value);
                }
                is_id && value == id
            })
    })
}

/// Ids that stand twice on a page.
fn duplicates(checked: &Checked<'_>, guide: &crate::input::guide::Guide) -> Vec<Diagnostic> {
    let mut first = BTreeMap::new();
    let mut findings = Vec::new();
    for used in checked.rendered.ids.iter().filter(|used| !used.id.is_empty()) {
        match first.get(used.id.as_str()) {
            None => {
                first.insert(used.id.as_str(), used.span);
            }
            Some(span) => findings.push(
                Diagnostic::new(Code::IdDuplicate, format!("the id `{}` is there twice", used.id))
                    .at(guide.source.place(used.span))
                    .related(guide.source.place(*span), "it is here first")
                    .help("give the second one an id of its own: `## Heading {#other}`"),
            ),
        }
    }
    findings
}
