//! The navigation tree: as a value for templates, and as HTML that is rendered once and marked for each page.
//!
//! `navigation.html` writes `item.current` into each link and `item.open` into each section. Both are marks of three
//! characters while the tree is rendered, and are replaced for each page by an attribute or by nothing.

use super::entry::PageId;
use super::index::SiteIndex;
use super::view::Views;
use std::collections::BTreeSet;
use tera::{Map, Value};

/// Around the number of a page, in a mark.
const CURRENT: char = '\u{10fff1}';
const OPEN: char = '\u{10fff2}';
/// How deep the tree goes: sections below are reached from their section's own page.
const DEPTH: usize = 32;

/// Where a page's mark stands in the rendered tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mark {
    /// Where the text behind it continues.
    at: usize,
    page: PageId,
    opens: bool,
}

/// The tree as HTML, without its marks.
#[derive(Debug, Default)]
pub struct Navigation {
    html: String,
    /// In the order of the HTML.
    marks: Vec<Mark>,
}

impl Navigation {
    /// Reads the marks of a rendered tree.
    #[must_use]
    pub fn read(rendered: &str) -> Self {
        let mut navigation = Self::default();
        let mut rest = rendered;
        while let Some(start) = rest.find([CURRENT, OPEN]) {
            navigation.html.push_str(&rest[..start]);
            let opens = rest[start..].starts_with(OPEN);
            let after = &rest[start + CURRENT.len_utf8()..];
            let end = after.find([CURRENT, OPEN]).unwrap_or(after.len());
            if let Ok(page) = after[..end].parse() {
                navigation.marks.push(Mark { at: navigation.html.len(), page, opens });
            }
            rest = after.get(end + CURRENT.len_utf8()..).unwrap_or_default();
        }
        navigation.html.push_str(rest);
        navigation
    }

    /// The tree as it looks on the page `page`, whose ancestors are `above`.
    #[must_use]
    pub fn on(&self, page: PageId, above: &[PageId]) -> String {
        let mut out = String::with_capacity(self.html.len() + 64);
        let mut from = 0;
        for mark in &self.marks {
            let text = match mark.opens {
                true if mark.page == page || above.contains(&mark.page) => " open",
                false if mark.page == page => " aria-current=\"page\"",
                _ => continue,
            };
            out.push_str(&self.html[from..mark.at]);
            out.push_str(text);
            from = mark.at;
        }
        out.push_str(&self.html[from..]);
        out
    }
}

/// The whole tree for templates. With `active`, the pages on the way to the current one are marked; without, each entry
/// has the marks that [`Navigation::read`] finds.
#[must_use]
pub fn tree(views: &Views<'_>, index: &SiteIndex, active: Option<&BTreeSet<PageId>>) -> Value {
    match index.home() {
        Some(home) => children(views, index, &home.children, active, DEPTH),
        None => Value::from(Vec::<Value>::new()),
    }
}

fn children(
    views: &Views<'_>,
    index: &SiteIndex,
    ids: &[PageId],
    active: Option<&BTreeSet<PageId>>,
    depth: usize,
) -> Value {
    let entries = ids.iter().filter_map(|id| index.page(*id)).filter(|page| page.is_listed()).map(|page| {
        let mut map = Map::new();
        let below: &[PageId] = if depth > 0 { &page.children } else { &[] };
        map.insert("title".into(), Value::from(page.link_title.as_str()));
        map.insert("url".into(), Value::from(views.url(&page.address)));
        map.insert("children".into(), children(views, index, below, active, depth.saturating_sub(1)));
        map.insert("active".into(), Value::from(active.is_some_and(|active| active.contains(&page.id))));
        map.insert("current".into(), mark(CURRENT, page.id, active.is_none()));
        map.insert("open".into(), mark(OPEN, page.id, active.is_none()));
        Value::from(map)
    });
    Value::from(entries.collect::<Vec<Value>>())
}

fn mark(kind: char, id: PageId, is_marked: bool) -> Value {
    if is_marked { Value::safe_string(&format!("{kind}{id}{kind}")) } else { Value::from("") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_rendered_once_and_marked_for_each_page() {
        let link = |id: usize| format!("<a{CURRENT}{id}{CURRENT}>{id}</a>");
        let html = format!("<details{OPEN}1{OPEN}>{}{}</details>{}", link(1), link(2), link(3));
        let navigation = Navigation::read(&html);
        assert_eq!(navigation.on(2, &[0, 1]), "<details open><a>1</a><a aria-current=\"page\">2</a></details><a>3</a>");
        assert_eq!(navigation.on(9, &[]), "<details><a>1</a><a>2</a></details><a>3</a>");
    }
}
