//! Where links lead: pages, anchors, images, aliases. What leads nowhere is told at the author's place.

use super::redirected::{self, End};
use crate::base::address::{self, Address, Parts};
use crate::base::diagnostic::Fix;
use crate::base::{Code, Diagnostic, Source, Span};
use crate::input::spelling;
use crate::page::html::{self, Piece};
use crate::page::rendered::Rendered;
use crate::page::scope::LinkUse;
use crate::page::slot;
use crate::site::entry::{Page, PageId};
use crate::site::lookup;
use crate::site::resolve::{Destination, Resolution};
use crate::site::rules::Rules;
use crate::site::whole::Site;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// What the checks ask of all pages.
pub trait Pages: Sync {
    /// The links, ids and variables of a page's content.
    fn rendered(&self, id: PageId) -> Option<&Rendered>;

    /// The whole page as it is written, or what of it has ids ([`named`]), for the ids that its template makes.
    fn page(&self, id: PageId) -> Option<&str>;
}

/// The findings about the links and ids of one page.
pub fn check(site: &Site, rules: &Rules, id: PageId, pages: &dyn Pages) -> Vec<Diagnostic> {
    let (Some(page), Some(rendered)) = (site.index.page(id), pages.rendered(id)) else { return Vec::new() };
    let Some(guide) = &page.guide else { return Vec::new() };
    let mut findings = Vec::new();
    let mut anchors = Anchors { pages, known: BTreeMap::new(), missing: 0 };
    for link in &rendered.links {
        if slot::may_hold_reserved(&link.written) || link.written.is_empty() && link.is_image {
            continue;
        }
        let seen = destination(site, id, link);
        let mend = Mend { site, page, link, source: &guide.source };
        let finding = match &seen.to {
            Destination::Page { id: to, fragment: Some(fragment) } => anchors.missing(*to, fragment, link),
            Destination::Fragment(fragment) if !fragment.is_empty() => anchors.missing(id, fragment, link),
            Destination::Broken { path, meant } => mend.ruled(rules, path).unwrap_or_else(|| Some(mend.broken(meant))),
            Destination::Alias(alias) => mend.redirected(*alias),
            _ => None,
        };
        let finding = finding.or_else(|| seen.absolute.then(|| mend.absolute(&seen.to)));
        findings.extend(finding.map(|finding| finding.at(guide.source.place(link.span))));
    }
    findings.extend(duplicates(rendered, guide));
    findings
}

/// The findings about the links of the configuration's `menu`.
#[must_use]
pub fn menu(site: &Site, rules: &Rules) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (number, entry) in site.config.menu.iter().enumerate() {
        let url = entry.url.trim();
        if !url.starts_with('/') || address::is_external(url) {
            continue;
        }
        let Destination::Broken { path, meant } = site.index.leads_to(&Address::root(), &Parts::of(url)) else {
            continue;
        };
        if redirected::follow(site, rules, &path).is_some_and(|end| !end.is_nowhere()) {
            continue;
        }
        let help = match meant.first() {
            Some(first) => format!("did you mean `{first}`?"),
            None => "write the address of a page, without the base path".to_owned(),
        };
        let finding = Diagnostic::new(Code::LinkBroken, format!("the menu's `{url}` leads nowhere")).help(help);
        let number = number.to_string();
        findings.push(match &site.config.document {
            Some(document) => finding.at(document.place(&["menu", &number, "url"])),
            None => finding,
        });
    }
    findings
}

/// Where a link leads: one of Markdown by the rules for guides, one of raw HTML as a browser goes.
fn destination(site: &Site, from: PageId, link: &LinkUse) -> Resolution {
    let written = link.written.trim();
    let is_own = address::is_external(written) && !written.starts_with(slot::BASED);
    if link.is_markdown || is_own {
        return site.index.resolve(from, &link.written);
    }
    let written = match written.strip_prefix(slot::BASED) {
        Some(based) => address::without_base(site.base_path(), based).unwrap_or(based),
        None => written,
    };
    let parts = Parts::of(written);
    let to = if parts.path.is_empty() {
        Destination::Fragment(address::decode(parts.fragment.unwrap_or("")).into_owned())
    } else {
        match site.index.page(from) {
            Some(page) => site.index.leads_to(&page.address, &parts),
            None => Destination::External,
        }
    };
    Resolution { href: written.to_owned(), to, absolute: false }
}

/// How a link of a page is mended.
struct Mend<'a> {
    site: &'a Site,
    page: &'a Page,
    link: &'a LinkUse,
    source: &'a Source,
}

impl Mend<'_> {
    /// The target as it was written, without marks.
    fn written(&self) -> &str {
        self.link.written.trim_start_matches(slot::BASED)
    }

    /// What to write instead to get to the page `id`: in Markdown the path from the guide's file, in HTML the address.
    fn target(&self, id: PageId, tail: &str) -> Option<String> {
        let to = self.site.index.page(id)?;
        Some(match &to.guide {
            Some(guide) if self.link.is_markdown => relative_path(&self.page.path, &guide.path) + tail,
            // The base path is put before it when it is written.
            _ => to.address.href() + tail,
        })
    }

    /// Writes `target` in place of the link's, where that stands once in the link and nowhere else in it.
    fn fix(&self, target: Option<&str>) -> Option<Fix> {
        let target = target?;
        let written = self.link.written.trim();
        let text = self.source.text().get(self.link.span.range())?;
        let mut places = text.match_indices(written).map(|(at, _)| at).filter(|at| is_target(text, *at, written.len()));
        let at = places.next()?;
        let is_plain = !written.is_empty() && !target.contains([' ', '(', ')', '<', '>', '"', '\'']);
        (is_plain && places.next().is_none()).then(|| {
            let start = self.link.span.start + at;
            Fix { span: Span::new(start, start + written.len()), text: target.to_owned() }
        })
    }

    /// Whether the link names the page `id`, at another place than it is: one that is only spelled alike may be another.
    fn is_named(&self, id: PageId) -> bool {
        let path = lookup::key(Parts::of(self.written()).path);
        let name = address::last_segment(path.strip_suffix(".html").unwrap_or(&path)).to_owned();
        self.site.index.page(id).is_some_and(|page| page.address.name() == name)
    }

    fn broken(&self, meant: &[String]) -> Diagnostic {
        let (code, what) = if self.link.is_image { (Code::ImageMissing, "image") } else { (Code::LinkBroken, "link") };
        let tail = Parts::of(self.written()).tail();
        let first = meant.first().and_then(|first| self.site.index.at(&Address::folder(first)));
        let target = first.and_then(|id| self.target(id, &tail));
        // Several that may have been meant are a question, so is another name, and an image is not mended by a page.
        let is_certain = meant.len() == 1 && !self.link.is_image && first.is_some_and(|id| self.is_named(id));
        let fix = self.fix(target.as_deref()).filter(|_| is_certain);
        let help = match target {
            None if self.link.is_image => "put the file beside the guide, or into static/".to_owned(),
            None => "mend the target, or add the guide that it names".to_owned(),
            Some(target) => format!("did you mean `{target}`?"),
        };
        Diagnostic::new(code, format!("the {what} `{}` leads nowhere", self.written())).help(help).fix(fix)
    }

    fn redirected(&self, alias: usize) -> Option<Diagnostic> {
        let alias = self.site.index.aliases.get(alias)?;
        let target = self.target(alias.page, &Parts::of(self.written()).tail())?;
        let message = format!("the link `{}` leads through the alias `{}`", self.written(), alias.address);
        let fix = self.fix(Some(&target));
        Some(Diagnostic::new(Code::LinkRedirected, message).help(format!("write `{target}`")).fix(fix))
    }

    /// What there is to say where a rule of the author's sends readers on from `path`; none where no rule does.
    fn ruled(&self, rules: &Rules, path: &str) -> Option<Option<Diagnostic>> {
        let written = self.written();
        Some(match redirected::follow(self.site, rules, path)? {
            End::Elsewhere => None,
            End::Nowhere(to) => {
                let message = format!("the link `{written}` is redirected to `{to}`, which leads nowhere");
                Some(Diagnostic::new(Code::LinkBroken, message).help("mend the rule in static/_redirects, or the link"))
            }
            End::Circle => {
                let message = format!("the link `{written}` is redirected in a circle");
                Some(Diagnostic::new(Code::LinkBroken, message).help("mend the rules in static/_redirects"))
            }
            End::Page(id, tail) => {
                let own = Parts::of(written).tail();
                let target = self.target(id, if own.is_empty() { &tail } else { &own })?;
                let message = format!("the link `{written}` leads through a rule of static/_redirects");
                let fix = self.fix(Some(&target));
                Some(Diagnostic::new(Code::LinkRedirected, message).help(format!("write `{target}`")).fix(fix))
            }
        })
    }

    fn absolute(&self, to: &Destination) -> Diagnostic {
        let tail = Parts::of(self.written()).tail();
        let target = match to {
            Destination::Page { id, .. } => self.target(*id, &tail),
            Destination::File(file) => Some(format!("/{file}{tail}")),
            _ => None,
        };
        let fix = self.fix(target.as_deref());
        let help = match target {
            Some(target) => format!("write `{target}`: it is checked, and holds wherever the site is built for"),
            None => "write it without scheme and host".to_owned(),
        };
        let message = format!("the link `{}` writes out this site's own address", self.written());
        Diagnostic::new(Code::LinkAbsolute, message).help(help).fix(fix)
    }
}

/// Whether what stands at a place of a link's source is its target: behind `](`, or the value of an attribute.
fn is_target(text: &str, at: usize, length: usize) -> bool {
    let (before, behind) = (text.get(..at).unwrap_or_default(), text.get(at + length..).unwrap_or_default());
    let opens = ["](", "](<", "=\"", "='"].iter().any(|open| before.ends_with(open));
    opens && behind.starts_with([')', '>', ' ', '"', '\''])
}

/// How the guide at `from` names the guide at `to`: `../proxies/caddy.md`.
fn relative_path(from: &str, to: &str) -> String {
    let mut own = from.split('/').peekable();
    let mut theirs = to.split('/').peekable();
    while own.peek() == theirs.peek() && own.clone().nth(1).is_some() && theirs.clone().nth(1).is_some() {
        own.next();
        theirs.next();
    }
    let up = "../".repeat(own.count().saturating_sub(1));
    let down: Vec<&str> = theirs.collect();
    up + &down.join("/").replace(' ', "%20")
}

/// The ids of pages, gathered when they are first asked for.
struct Anchors<'a> {
    pages: &'a dyn Pages,
    known: BTreeMap<PageId, Known>,
    /// How many were missing.
    missing: usize,
}

/// What is known of the ids of one page.
struct Known {
    /// Those that the guide itself makes.
    ids: BTreeSet<String>,
    /// How often one was looked for on the whole page.
    looked_for: usize,
    /// All that are on the page, when many were.
    all: Option<HashSet<String>>,
}

impl Known {
    fn new(rendered: &Rendered) -> Self {
        Self { ids: rendered.ids.iter().map(|used| used.id.clone()).collect(), looked_for: 0, all: None }
    }

    /// Whether an element of the whole page has this id: those of footnotes, of shortcodes, of the template.
    fn is_on(&mut self, page: &str, id: &str) -> bool {
        /// So often looking for one id is cheaper than reading all.
        const FEW: usize = 8;
        self.looked_for += 1;
        if self.looked_for <= FEW {
            return has_id(page, id);
        }
        self.all.get_or_insert_with(|| ids(page).collect()).contains(id)
    }
}

/// So many anchors of one page get a suggestion, out of so many ids: comparing all with all would take for ever.
const SUGGESTIONS: usize = 100;
const CANDIDATES: usize = 2_000;

impl Anchors<'_> {
    /// What there is to say about a link to `fragment` on the page `id`.
    fn missing(&mut self, id: PageId, fragment: &str, link: &LinkUse) -> Option<Diagnostic> {
        // The top of a page needs no id (HTML, section 7.4.6.4); a text fragment finds words.
        if fragment.eq_ignore_ascii_case("top") || fragment.starts_with(":~:") {
            return None;
        }
        let rendered = self.pages.rendered(id)?;
        let known = self.known.entry(id).or_insert_with(|| Known::new(rendered));
        if known.ids.contains(fragment) || self.pages.page(id).is_some_and(|page| known.is_on(page, fragment)) {
            return None;
        }
        let written = &link.written;
        self.missing += 1;
        let candidates = known.ids.iter().map(String::as_str).take(CANDIDATES);
        let near = (self.missing <= SUGGESTIONS).then(|| spelling::nearest(fragment, candidates)).flatten();
        let help = match near {
            Some(near) => format!("did you mean `#{near}`?"),
            None => "name a heading of that page".to_owned(),
        };
        Some(
            Diagnostic::new(Code::LinkAnchor, format!("the page that `{written}` leads to has no `#{fragment}`"))
                .help(help),
        )
    }
}

/// The tags of a page that have ids or names: all that links can lead to, and far less to keep than the page.
#[must_use]
pub fn named(page: &str) -> String {
    let is_id = |name: &str| name.eq_ignore_ascii_case("id") || name.eq_ignore_ascii_case("name");
    let tags = html::pieces(page).filter_map(|piece| match piece {
        Piece::Tag(tag) if !tag.closing && tag.attributes().any(|attribute| is_id(attribute.name)) => Some(tag.source),
        _ => None,
    });
    tags.collect()
}

/// Whether an element of the page has this id.
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
    ids(page).any(|found| found == id)
}

/// The ids of a page's elements.
fn ids(page: &str) -> impl Iterator<Item = String> {
    let tags = html::pieces(page).filter_map(|piece| match piece {
        Piece::Tag(tag) if !tag.closing => Some(tag),
        _ => None,
    });
    let is_id = |name: &str| name.eq_ignore_ascii_case("id") || name.eq_ignore_ascii_case("name");
    tags.flat_map(|tag| tag.attributes()).filter(move |attribute| is_id(attribute.name)).map(|attribute| {
        let mut id = String::new();
        html::unescape_into(&mut id, attribute.value);
        id
    })
}

/// Ids that stand twice on a page.
fn duplicates(rendered: &Rendered, guide: &crate::input::guide::Guide) -> Vec<Diagnostic> {
    let mut first = BTreeMap::new();
    let mut findings = Vec::new();
    for used in rendered.ids.iter().filter(|used| !used.id.is_empty()) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_from_one_guide_to_another() {
        assert_eq!(relative_path("a/b.md", "a/c.md"), "c.md");
        assert_eq!(relative_path("a/b/index.md", "a/c.md"), "../c.md");
        assert_eq!(relative_path("a/b.md", "d/e f/index.md"), "../d/e%20f/index.md");
        assert_eq!(relative_path("_index.md", "a/_index.md"), "a/_index.md");
        assert_eq!(relative_path("a/b.md", "_index.md"), "../_index.md");
        assert_eq!(relative_path("a/b.md", "a/b.md"), "b.md");
    }
}
