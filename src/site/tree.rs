//! The tree of the site: which page holds which, the dates of sections, order, and who stands beside whom.

use super::entry::{Page, PageId, PageKind};
use super::lookup;
use super::order;
use crate::input::date::Date;
use crate::input::front_matter::Listing;
use std::collections::HashMap;

/// The pages that hold others, by their folders.
fn folders(pages: &[Page]) -> HashMap<String, PageId> {
    let holds = |page: &&Page| page.kind != PageKind::Page;
    pages.iter().filter(holds).map(|page| (folder_of(page).to_owned(), page.id)).collect()
}

/// Gives every page its parent, and every parent its children.
pub fn tie(pages: &mut [Page]) {
    let folders = folders(pages);
    let mut held: Vec<(PageId, PageId)> = Vec::with_capacity(pages.len());
    for page in pages.iter_mut() {
        let own = folder_of(page);
        let around = (page.kind == PageKind::Page).then_some(own);
        let found = around.into_iter().chain(lookup::folders_above(own)).find_map(|folder| folders.get(folder));
        match page.kind {
            PageKind::Home | PageKind::Term => {}
            // Taxonomies are not listed at home: they are another way through the site.
            PageKind::Taxonomy => page.parent = found.copied(),
            PageKind::Section | PageKind::Page => {
                page.parent = found.copied();
                held.extend(found.filter(|_| page.listing() != Listing::Never).map(|parent| (*parent, page.id)));
            }
        }
    }
    for (parent, child) in held {
        if let Some(parent) = pages.get_mut(parent) {
            parent.children.push(child);
        }
    }
}

/// A section without a date has that of its newest page, at any depth.
pub fn date_sections(pages: &mut [Page]) {
    let mut ids: Vec<PageId> = (0..pages.len()).collect();
    let depth =
        |page: &Page| (page.kind != PageKind::Home, folder_of(page).split('/').count(), page.kind == PageKind::Page);
    ids.sort_by_cached_key(|id| std::cmp::Reverse(pages.get(*id).map(depth)));
    let mut newest: Vec<Option<Date>> = vec![None; pages.len()];
    for id in ids {
        let Some(page) = pages.get(id) else { continue };
        let of_pages = match page.kind {
            PageKind::Term => page.children.iter().filter_map(|child| pages.get(*child)?.date).max(),
            _ => newest.get(id).copied().flatten(),
        };
        let date = page.date.or(of_pages);
        let parent = page.parent.filter(|_| !matches!(page.kind, PageKind::Taxonomy | PageKind::Term));
        if let Some(best) = parent.and_then(|parent| newest.get_mut(parent)) {
            *best = (*best).max(date).max(of_pages);
        }
        if let Some(page) = pages.get_mut(id) {
            page.date = date;
        }
    }
}

/// Sorts children, and links the pages of a section with their neighbours.
pub fn put_in_order(pages: &mut [Page]) {
    for id in 0..pages.len() {
        let Some(page) = pages.get_mut(id) else { continue };
        let kind = page.kind;
        let mut children = std::mem::take(&mut page.children);
        match kind {
            PageKind::Taxonomy => order::sort_by_title(&mut children, pages),
            _ => order::sort(&mut children, pages),
        }
        if matches!(kind, PageKind::Home | PageKind::Section) {
            link_neighbours(pages, &children);
        }
        if let Some(page) = pages.get_mut(id) {
            page.children = children;
        }
    }
}

fn link_neighbours(pages: &mut [Page], children: &[PageId]) {
    let is_page = |id: &PageId| pages.get(*id).is_some_and(|page| page.kind == PageKind::Page);
    let row: Vec<PageId> = children.iter().copied().filter(is_page).collect();
    for (before, behind) in row.iter().zip(row.iter().skip(1)) {
        if let Some(page) = pages.get_mut(*before) {
            page.next = Some(*behind);
        }
        if let Some(page) = pages.get_mut(*behind) {
            page.previous = Some(*before);
        }
    }
}

/// The folder that a page sits in; that of a section or term is its own.
fn folder_of(page: &Page) -> &str {
    if page.kind == PageKind::Page { lookup::holder(&page.path) } else { lookup::folder(&page.path) }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Site, date};
    use super::*;

    #[test]
    fn folders_of_the_first_level_are_sections_and_deeper_ones_with_a_guide_of_their_own_as_in_hugo() {
        let index = Site::new()
            .guide("nested/deep/deeper/x.md", |front| front.date = date("2020-01-01"))
            .guides(&["sec/sub/_index.md", "sec/sub/x.md", "about/index.md", "top.md"])
            .index();
        let all: Vec<_> = index.pages.iter().map(|page| page.address.as_str()).collect();
        assert_eq!(
            all,
            ["/", "/about/", "/nested/", "/nested/deep/deeper/x/", "/sec/", "/sec/sub/", "/sec/sub/x/", "/top/"]
        );
        let nested = &index.pages[index.id("/nested/")];
        assert_eq!(
            (nested.kind, nested.title.as_str(), nested.date),
            (PageKind::Section, "nested", date("2020-01-01"))
        );
        assert_eq!(index.children("/nested/"), ["/nested/deep/deeper/x/"]);
        assert_eq!(index.children("/"), ["/nested/", "/about/", "/sec/", "/top/"]);
        assert_eq!(index.addresses(&index.ancestors(index.id("/sec/sub/x/"))), ["/", "/sec/", "/sec/sub/"]);
        assert_eq!(index.pages[index.id("/about/")].kind, PageKind::Page);
    }

    #[test]
    fn children_stand_in_the_order_of_hugo() {
        let index = Site::new()
            .guide("ord/a.md", |f| (f.title, f.date) = (Some("beta".into()), date("2020-01-01")))
            .guide("ord/b.md", |f| (f.title, f.date) = (Some("Alpha".into()), date("2021-01-01")))
            .guide("ord/c.md", |f| (f.title, f.weight) = (Some("w1".into()), 1))
            .guide("ord/d.md", |f| (f.title, f.weight) = (Some("wneg".into()), -1))
            .guide("ord/e.md", |f| f.title = Some("w0".into()))
            .guide("ord/f.md", |f| (f.title, f.link_title) = (Some("zz".into()), Some("aa".into())))
            .guide("ord/g.md", |f| (f.title, f.link_title) = (Some("bb".into()), Some("yy".into())))
            .guide("ord/sub/_index.md", |f| f.title = Some("sub".into()))
            .guide("ord/sub/x.md", |f| f.date = date("2022-05-05"))
            .guide("ord/auto/x.md", |f| f.date = date("2019-05-05"))
            .index();
        assert_eq!(
            index.children("/ord/"),
            ["/ord/d/", "/ord/c/", "/ord/sub/", "/ord/b/", "/ord/a/", "/ord/auto/x/", "/ord/f/", "/ord/e/", "/ord/g/"]
        );
        let b = &index.pages[index.id("/ord/b/")];
        assert_eq!(index.addresses(&[b.previous.unwrap(), b.next.unwrap()]), ["/ord/c/", "/ord/a/"]);
        assert_eq!(index.pages[index.id("/ord/d/")].previous, None);
        assert_eq!(index.pages[index.id("/ord/")].date, date("2022-05-05"));
    }
}
