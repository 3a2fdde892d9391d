//! `llms.txt` (the format of llmstxt.org) and `llms-full.txt`: the site for language models.
//!
//! The first lists the guides with links to their Markdown, by section of the first level; the second is their Markdown
//! in one file, in the same order.

use super::artifact::{Artifact, Kind};
use super::entry::{Page, PageId, PageKind};
use super::escape::one_line;
use super::index::SiteIndex;
use super::urls;
use crate::base::address;
use crate::input::config::Config;
use std::fmt::Write as _;

/// `llms.txt`.
#[must_use]
pub fn llms(index: &SiteIndex, config: &Config) -> Artifact {
    let mut text = heading(config);
    let Some(home) = index.home() else { return Artifact::new("llms.txt", KIND, text) };
    let tops: Vec<&Page> = home.children.iter().filter_map(|id| index.page(*id)).collect();
    let loose = std::iter::once(home).chain(tops.iter().copied().filter(|page| page.kind == PageKind::Page));
    group(&mut text, index, config, &home.title, loose);
    for section in tops.iter().filter(|page| page.kind == PageKind::Section) {
        group(&mut text, index, config, &section.title, below(index, section.id).into_iter());
    }
    Artifact::new("llms.txt", KIND, text)
}

/// The name of the second.
pub const FULL: &str = "llms-full.txt";

/// When they are written.
pub const KIND: Kind = Kind::Summary;

/// The guides whose texts are in it, in their order.
#[must_use]
pub fn order(index: &SiteIndex) -> Vec<PageId> {
    let home = index.home().map_or(0, |home| home.id);
    below(index, home).into_iter().filter(|page| is_listed(index, page)).map(|page| page.id).collect()
}

/// What stands there of a guide, with `body` as its Markdown.
#[must_use]
pub fn part(index: &SiteIndex, config: &Config, id: PageId, body: &str) -> Option<String> {
    let page = index.page(id)?;
    let url = urls::whole(config, &page.address.href()).unwrap_or_else(|| page.address.href());
    let mut text = format!("\n# {}\n\nSource: {url}\n", one_line(&page.title));
    if let Some(description) = &page.description {
        let _ = write!(text, "\n> {}\n", one_line(description));
    }
    let body = body.trim();
    if !body.is_empty() {
        let _ = write!(text, "\n{body}\n");
    }
    Some(text)
}

/// What stands above both.
#[must_use]
pub fn heading(config: &Config) -> String {
    let mut text = format!("# {}\n", one_line(&config.title));
    let description = one_line(&config.description);
    if !description.is_empty() {
        let _ = write!(text, "\n> {description}\n");
    }
    text
}

/// A heading and a link for each page that is listed; nothing when none is.
fn group<'a>(
    text: &mut String,
    index: &SiteIndex,
    config: &Config,
    title: &str,
    pages: impl Iterator<Item = &'a Page>,
) {
    let mut started = false;
    for page in pages.filter(|page| is_listed(index, page)) {
        if !started {
            let _ = write!(text, "\n## {}\n\n", one_line(title));
            started = true;
        }
        let file = address::encode(&format!("/{}", page.markdown()));
        let href = address::with_base(config.base_path(), &file).into_owned();
        let url = urls::whole(config, &file).unwrap_or(href);
        let _ = write!(text, "- [{}]({})", link_text(&page.title), url.replace('(', "%28").replace(')', "%29"));
        if let Some(description) = &page.description {
            let _ = write!(text, ": {}", one_line(description));
        }
        text.push('\n');
    }
}

fn link_text(title: &str) -> String {
    one_line(title).replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}

/// Guides, as far as they want to be found; pages that were made for folders say nothing.
fn is_listed(index: &SiteIndex, page: &Page) -> bool {
    page.guide.is_some() && page.is_listed() && page.is_written() && !index.front(page).seo.noindex
}

/// A page and all pages below it, each section before what it holds, in order.
fn below(index: &SiteIndex, id: PageId) -> Vec<&Page> {
    let mut found = Vec::new();
    let mut rest = vec![id];
    while let Some(page) = rest.pop().and_then(|id| index.page(id)) {
        found.push(page);
        rest.extend(page.children.iter().rev());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Site, text};
    use super::*;

    fn site() -> Site {
        let mut site = Site::new();
        site.config.description = "All of\nit.".into();
        site.guide("_index.md", |front| front.title = Some("Start".into()))
            .guide("about.md", |front| front.title = Some("About [us]".into()))
            .guide("sec/_index.md", |front| (front.title, front.weight) = (Some("Section".into()), 1))
            .guide("sec/b.md", |front| (front.title, front.description) = (Some("B".into()), Some("Of b.".into())))
            .guide("sec/sub/_index.md", |front| front.title = Some("Sub".into()))
            .guide("sec/sub/a.md", |front| (front.title, front.url) = (Some("A".into()), Some("/x(y).html".into())))
            .guide("sec/hidden.md", |front| front.seo.noindex = true)
            .guide("made/z.md", |front| front.title = Some("Z".into()))
    }

    #[test]
    fn lists_guides_by_section() {
        let config = site().config;
        assert_eq!(
            text(&llms(&site().index(), &config)),
            "# Ref

> All of it.

## Start

- [Start](https://x.test/index.md)
- [About \\[us\\]](https://x.test/about/index.md)

## Section

- [Section](https://x.test/sec/index.md)
- [B](https://x.test/sec/b/index.md): Of b.
- [Sub](https://x.test/sec/sub/index.md)
- [A](https://x.test/x%28y%29.md)

## made

- [Z](https://x.test/made/z/index.md)
"
        );
    }

    #[test]
    fn the_full_text_has_every_guide() {
        let config = site().config;
        let index = site().index();
        let b = index.id("/sec/b/");
        let parts = order(&index)
            .into_iter()
            .filter_map(|id| if id == b { part(&index, &config, id, "Text.\n") } else { None });
        let made: String = std::iter::once(heading(&config)).chain(parts).collect();
        assert_eq!(made, "# Ref\n\n> All of it.\n\n# B\n\nSource: https://x.test/sec/b/\n\n> Of b.\n\nText.\n");
    }
}
