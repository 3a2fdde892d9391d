//! The pages of taxonomies and of their terms, and which guides have them.

use super::Survey;
use crate::base::address::Address;
use crate::base::{Code, Diagnostic};
use crate::input::front_matter::Listing;
use crate::site::entry::{Page, PageId, PageKind};
use crate::site::{lookup, taxonomy};
use std::collections::{BTreeMap, BTreeSet};

impl Survey<'_> {
    /// The pages of taxonomies and their terms, and which pages have them.
    pub(super) fn make_taxonomies(&mut self) {
        let written: BTreeMap<String, PageId> = self
            .pages
            .iter()
            .filter(|page| matches!(page.kind, PageKind::Taxonomy | PageKind::Term))
            .map(|page| (lookup::key(&page.path), page.id))
            .collect();
        let guides = self.pages.len();
        for taxonomy in &self.config.taxonomies {
            let Some(name) = taxonomy::name(taxonomy) else { continue };
            let is_listed = |page: &&Page| page.kind != PageKind::Term && page.listing() != Listing::Never;
            let fronts = self.pages.iter().take(guides).filter(is_listed);
            let fronts = fronts.filter_map(|page| Some((page.id, &page.guide.as_ref()?.front)));
            let terms = taxonomy::terms(taxonomy, fronts);
            let address = Address::folder(&name);
            let title = capitalized(taxonomy);
            let Some(top) = self.page_of_term(&written, &lookup::key(taxonomy), PageKind::Taxonomy, &title, address)
            else {
                continue;
            };
            let prefix = format!("{}/", lookup::key(taxonomy));
            let mut children: BTreeSet<PageId> = written
                .range(prefix.clone()..)
                .take_while(|(key, _)| key.starts_with(&prefix))
                .map(|(_, id)| *id)
                .collect();
            for (term, found) in terms {
                let key = format!("{prefix}{term}");
                let address = Address::folder(&format!("{name}/{term}"));
                let Some(id) = self.page_of_term(&written, &key, PageKind::Term, &found.title, address) else {
                    continue;
                };
                children.insert(id);
                for page in &found.pages {
                    self.give_term(*page, taxonomy, id);
                }
                if let Some(page) = self.pages.get_mut(id) {
                    page.children = found.pages;
                }
            }
            for child in &children {
                if let Some(child) = self.pages.get_mut(*child) {
                    child.parent = Some(top);
                }
            }
            if let Some(page) = self.pages.get_mut(top) {
                page.children = children.into_iter().collect();
            }
        }
        self.renumber();
    }

    /// The page of a taxonomy or term that a guide wrote, or a new one.
    fn page_of_term(
        &mut self,
        written: &BTreeMap<String, PageId>,
        key: &str,
        kind: PageKind,
        title: &str,
        address: Address,
    ) -> Option<PageId> {
        if let Some(id) = written.get(key) {
            return Some(*id);
        }
        let shown = address.clone();
        let Some(id) = self.make(kind, format!("{key}/_index.md"), address) else {
            let message = format!("the page of `{title}` is not written: something else has its address `{shown}`");
            self.findings
                .push(Diagnostic::new(Code::AddressConflict, message).help("give the other page another address"));
            return None;
        };
        if let Some(page) = self.pages.get_mut(id) {
            page.id = id;
            title.clone_into(&mut page.title);
            title.clone_into(&mut page.link_title);
        }
        Some(id)
    }

    fn give_term(&mut self, page: PageId, taxonomy: &str, term: PageId) {
        let Some(page) = self.pages.get_mut(page) else { return };
        match page.terms.iter_mut().find(|(name, _)| name == taxonomy) {
            Some((_, terms)) => terms.push(term),
            None => page.terms.push((taxonomy.to_owned(), vec![term])),
        }
    }
}

/// The name of a taxonomy as a title, as Hugo has it: `tags` is a key, and `Tags` a heading.
fn capitalized(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
