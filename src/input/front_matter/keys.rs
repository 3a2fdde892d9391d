//! The keys of front matter that guidegen knows, and what a slip of one looks like.

use crate::input::spelling;

/// Keys of the front matter itself, as the manual writes them. Case does not count.
pub(in crate::input) const KNOWN: &[&str] = &[
    "title",
    "linkTitle",
    "description",
    "summary",
    "lead",
    "date",
    "lastmod",
    "publishDate",
    "expiryDate",
    "draft",
    "weight",
    "slug",
    "url",
    "aliases",
    "toc",
    "images",
    "tags",
    "categories",
    "keywords",
    "contributors",
    "type",
    "layout",
    "support",
    "seo",
    "variables",
    "build",
    "cascade",
];

/// Keys of `support`.
pub(super) const SUPPORT: &[&str] = &["level", "versions", "integration", "term"];

/// Keys of `seo`.
pub(super) const SEO: &[&str] = &["title", "description", "canonical", "noindex"];

/// One of a list that is written as many. `image` is not among them: themes use it for another thing than `images`.
const SINGULAR: &[(&str, &str)] = &[
    ("alias", "aliases"),
    ("tag", "tags"),
    ("category", "categories"),
    ("keyword", "keywords"),
    ("contributor", "contributors"),
    ("version", "versions"),
];

/// The known key that `key`, which is not known, is probably a slip of. Other keys are free, so only what can hardly
/// be meant is one: hyphens (`link_title`), singulars, and a wrong letter in a word that is long enough.
pub(super) fn slip_of(key: &str, known: &'static [&'static str]) -> Option<&'static str> {
    let folded: Vec<char> = fold(key).collect();
    if folded.len() > 40 {
        return None;
    }
    let singular = SINGULAR.iter().find(|(one, many)| fold(key).eq(one.chars()) && known.contains(many));
    if let Some((_, many)) = singular {
        return Some(many);
    }
    known.iter().copied().find(|known| {
        let word: Vec<char> = fold(known).collect();
        let slips = spelling::distance(&folded, &word);
        match folded.len().min(word.len()) {
            _ if slips == 0 => true,
            // One and many are two words.
            _ if is_plural(&folded, &word) || is_plural(&word, &folded) => false,
            // Of a short word too many others are one letter away: only a swap is told.
            0..=4 => slips == 1 && is_rearranged(&folded, &word),
            5..=8 => slips == 1,
            _ => slips <= 2,
        }
    })
}

fn fold(key: &str) -> impl Iterator<Item = char> {
    key.chars().filter(|c| !matches!(c, '-' | '_' | ' ')).flat_map(char::to_lowercase)
}

fn is_plural(many: &[char], one: &[char]) -> bool {
    many.split_last() == Some((&'s', one))
}

fn is_rearranged(a: &[char], b: &[char]) -> bool {
    let sorted = |word: &[char]| {
        let mut word = word.to_vec();
        word.sort_unstable();
        word
    };
    sorted(a) == sorted(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_told() {
        for (key, meant) in [
            ("alias", "aliases"),
            ("Tag", "tags"),
            ("titel", "title"),
            ("tittle", "title"),
            ("link_title", "linkTitle"),
            ("publish-date", "publishDate"),
            ("expirydat", "expiryDate"),
            ("descripton", "description"),
            ("desciprtion", "description"),
            ("wieght", "weight"),
            ("dtae", "date"),
            ("categorys", "categories"),
        ] {
            assert_eq!(slip_of(key, KNOWN), Some(meant), "{key}");
        }
        assert_eq!(slip_of("no_index", SEO), Some("noindex"));
        assert_eq!(slip_of("version", SUPPORT), Some("versions"));
        assert_eq!(slip_of("tag", SEO), None, "only what is known there");
    }

    #[test]
    fn free_keys_are_not() {
        for key in [
            "menu",
            "menus",
            "parent",
            "pinned",
            "homepage",
            "avatar",
            "sidebar",
            "search",
            "integration",
            "name",
            "data",
            "image",
            "report",
            "author",
            "authors",
            "series",
            "params",
            "outputs",
            "sitemap",
            "markup",
            "id",
            "doc",
            "tabs",
            "tile",
            "late",
            "dates",
            "urls",
            "supports",
            "x",
            "",
            "pubdate",
            "modified",
            "published",
            "resources",
            "translationKey",
            "headless",
            "cover",
            "icon",
            "lang",
            "path",
            "kind",
            "version",
            "comments",
        ] {
            assert_eq!(slip_of(key, KNOWN), None, "{key}");
        }
    }
}
