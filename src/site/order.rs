//! The order of pages in a section: weight, then date (newest first), then title, then path.
//!
//! Titles are compared the way Hugo does, after the root collation of Unicode: letters without regard to case and
//! accents first, and only between equals by accent, then lower case before upper. Punctuation stands before digits,
//! digits before letters. It is a small part of that collation: enough for titles, without its tables.

use super::entry::{Page, PageId};
use crate::input::date::Date;
use std::cell::OnceCell;
use std::cmp::{Ordering, Reverse};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Sorts the ids of `pages` into the order of a section.
pub fn sort(ids: &mut Vec<PageId>, pages: &[Page]) {
    let mut items: Vec<Item<'_>> = ids.iter().filter_map(|id| pages.get(*id)).map(Item::new).collect();
    items.sort_by(Item::compare);
    *ids = items.into_iter().map(|item| item.page.id).collect();
}

/// Sorts the ids of `pages` by title, then path: terms.
pub fn sort_by_title(ids: &mut Vec<PageId>, pages: &[Page]) {
    let mut items: Vec<Item<'_>> = ids.iter().filter_map(|id| pages.get(*id)).map(Item::new).collect();
    items.sort_by(|a, b| a.title().cmp(b.title()).then_with(|| a.page.path.cmp(&b.page.path)));
    *ids = items.into_iter().map(|item| item.page.id).collect();
}

struct Item<'a> {
    page: &'a Page,
    /// Most pages are told apart by weight or date: the title is looked at when they are not.
    title: OnceCell<TitleKey>,
}

impl<'a> Item<'a> {
    const fn new(page: &'a Page) -> Self {
        Self { page, title: OnceCell::new() }
    }

    fn title(&self) -> &TitleKey {
        self.title.get_or_init(|| TitleKey::of(&self.page.link_title))
    }

    fn compare(&self, other: &Self) -> Ordering {
        weight(self.page)
            .cmp(&weight(other.page))
            .then_with(|| date(self.page).cmp(&date(other.page)))
            .then_with(|| self.title().cmp(other.title()))
            .then_with(|| super::lookup::key(&self.page.path).cmp(&super::lookup::key(&other.page.path)))
    }
}

const fn weight(page: &Page) -> (bool, i64) {
    (page.weight == 0, page.weight)
}

fn date(page: &Page) -> Reverse<Option<i64>> {
    Reverse(page.date.as_ref().map(Date::unix))
}

/// What a title is compared by.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct TitleKey {
    letters: Vec<(u8, u32)>,
    accents: Vec<(usize, char)>,
    capitals: Vec<bool>,
}

impl TitleKey {
    fn of(title: &str) -> Self {
        let mut key = Self { letters: Vec::with_capacity(title.len()), accents: Vec::new(), capitals: Vec::new() };
        for c in title.nfkd() {
            if is_combining_mark(c) {
                key.accents.push((key.letters.len(), c));
                continue;
            }
            let capital = c.is_uppercase();
            for lower in c.to_lowercase() {
                let start = key.letters.len();
                for part in letters(lower) {
                    key.letters.push(rank(part));
                    key.capitals.push(capital);
                }
                // "æ" is like "ae", and stands behind it.
                if letters(lower).next() != Some(lower) {
                    key.accents.push((start + 1, lower));
                }
            }
        }
        // More accents early sort later than fewer: "eclair" stands before "éclair" because a list is after its start.
        key
    }
}

/// Letters that are compared as others are.
fn letters(c: char) -> impl Iterator<Item = char> {
    let (first, second) = match c {
        'æ' => ('a', Some('e')),
        'œ' => ('o', Some('e')),
        'ß' => ('s', Some('s')),
        'ø' => ('o', None),
        'đ' | 'ð' => ('d', None),
        'ł' => ('l', None),
        'ı' => ('i', None),
        _ => (c, None),
    };
    std::iter::once(first).chain(second)
}

/// Punctuation and symbols in the order of the collation.
const MARKS: &str = "_-‐‑–—,;:!¡?¿.'‘’‹›\"“”„«»()[]{}§¶@*/\\&#%‰†‡•`´^¯¨°©®+±÷×<=>|¦~¤¢$£¥€";

fn rank(c: char) -> (u8, u32) {
    if c.is_whitespace() {
        return (0, 0);
    }
    if let Some(at) = MARKS.find(c) {
        return (1, u32::try_from(at).unwrap_or(u32::MAX));
    }
    if let Some(digit) = c.to_digit(10) {
        return (3, digit);
    }
    (if c.is_alphanumeric() { 4 } else { 2 }, u32::from(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(titles: &[&str]) -> Vec<String> {
        let mut titles: Vec<String> = titles.iter().map(|title| (*title).to_owned()).collect();
        titles.sort_by_cached_key(|title| TitleKey::of(title));
        titles
    }

    #[test]
    fn titles_stand_in_the_order_of_hugo() {
        let order = [
            "",
            "_under",
            "-dash",
            "–en",
            ",cm",
            ";sc",
            ":co",
            "!ex",
            "?q",
            ".dot",
            "\"quote",
            "“q",
            "(paren",
            ")p",
            "[b",
            "]b",
            "{cu",
            "}cu",
            "@at",
            "*st",
            "/sl",
            "\\bs",
            "&amp",
            "#h",
            "%pc",
            "`bt",
            "^ca",
            "+x",
            "<lt",
            "=eq",
            ">gt",
            "|pi",
            "~t",
            "$x",
            "£p",
            "€e",
            "10 things",
            "9 things",
            "a",
            "A",
            "a  b",
            "a b",
            "a-b",
            "a.b",
            "a'b",
            "ab",
            "ae",
            "Apfel",
            "Äpfel",
            "co op",
            "co-op",
            "coop",
            "eclair",
            "Eclair",
            "éclair",
            "n",
            "ñ",
            "ss",
            "zebra",
            "Zebra",
            "Ω",
            "Ж",
            "я",
            "日本",
        ];
        let mut shuffled = order;
        shuffled.reverse();
        assert_eq!(sorted(&shuffled), order);
    }
}
