//! Taxonomies: which terms the pages have.

use super::entry::PageId;
use crate::base::address;
use crate::input::front_matter::FrontMatter;
use serde_json::Value;
use std::collections::BTreeMap;

/// A term of a taxonomy: how it is written first, and the pages that have it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Term {
    /// The term as the first page writes it.
    pub title: String,
    /// The pages, in the order of their paths, each once.
    pub pages: Vec<PageId>,
}

/// The terms of one taxonomy by their names in addresses. Terms that differ by case and spaces alone are one; one of
/// which nothing can stand in an address is none.
#[must_use]
pub fn terms<'a>(taxonomy: &str, pages: impl Iterator<Item = (PageId, &'a FrontMatter)>) -> BTreeMap<String, Term> {
    let mut terms: BTreeMap<String, Term> = BTreeMap::new();
    for (id, front) in pages {
        for title in written(front, taxonomy) {
            let Some(name) = name(&title) else { continue };
            let term = terms.entry(name).or_insert_with(|| Term { title, pages: Vec::new() });
            if term.pages.last() != Some(&id) {
                term.pages.push(id);
            }
        }
    }
    terms
}

/// The name of a term in addresses: `c#` of `C#`, `go-lang` of `Go Lang`.
#[must_use]
pub fn name(term: &str) -> Option<String> {
    let name = address::slug(term.trim());
    let name = name.trim_matches('/');
    let usable = !name.is_empty() && name.split('/').all(|segment| !matches!(segment, "" | "." | ".."));
    usable.then(|| name.to_owned())
}

/// What a page says under the key of a taxonomy, as it writes it.
fn written(front: &FrontMatter, taxonomy: &str) -> Vec<String> {
    match taxonomy {
        "tags" => front.tags.clone(),
        "categories" => front.categories.clone(),
        "keywords" => front.keywords.clone(),
        "contributors" => front.contributors.clone(),
        key => match front.extra.get(key) {
            Some(Value::Array(items)) => items.iter().filter_map(text).collect(),
            Some(value) => text(value).into_iter().collect(),
            None => Vec::new(),
        },
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tagged(tags: &[&str]) -> FrontMatter {
        let mut front = FrontMatter::default();
        front.tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
        front
    }

    #[test]
    fn terms_that_share_an_address_are_one() {
        let one = tagged(&["Go Lang", "C++", ".."]);
        let two = tagged(&["go lang", "go-lang", "C#"]);
        let terms = terms("tags", [(1, &one), (2, &two)].into_iter());
        let shown: Vec<_> =
            terms.iter().map(|(name, term)| (name.as_str(), term.title.as_str(), term.pages.clone())).collect();
        assert_eq!(shown, [("c#", "C#", vec![2]), ("c++", "C++", vec![1]), ("go-lang", "Go Lang", vec![1, 2])]);
    }

    #[test]
    fn a_taxonomy_of_the_site_s_own_is_read_from_its_key() {
        let mut front = FrontMatter::default();
        front.extra = serde_json::json!({"products": ["A", 7], "area": "B"}).as_object().cloned().unwrap();
        assert_eq!(terms("products", [(0, &front)].into_iter()).len(), 2);
        assert_eq!(terms("area", [(0, &front)].into_iter()).len(), 1);
        assert_eq!(terms("other", [(0, &front)].into_iter()).len(), 0);
    }
}
