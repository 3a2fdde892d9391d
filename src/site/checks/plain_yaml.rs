//! YAML that is plain: maps and lists in blocks, with scalars on one line or as they are (`|`). Most of what guides show is, and
//! that nothing is wrong with it is seen from its lines; to read it as YAML takes ten times as long. All else is left to those
//! who do.

use std::collections::HashSet;

/// More collections in each other are left to others.
const DEEPEST: usize = 40;
/// Longer lines are: the parser takes none for a key.
const LONGEST_LINE: usize = 1_000;

/// Whether `text` is plain YAML, so that whoever reads it finds one document and nothing to say about it.
#[must_use]
pub fn is_sound(text: &str) -> bool {
    let mut open = Open::default();
    text.lines().all(|line| open.line(line).is_some())
}

/// What is open.
#[derive(Default)]
struct Open<'t> {
    /// Maps and lists, the innermost last.
    collections: Vec<Collection<'t>>,
    /// Whether there was an entry: no other one may stand further to the left.
    has_begun: bool,
    /// Whether the mark was there that a document may begin with.
    is_marked: bool,
    /// A text that goes on over lines.
    text: Option<Text>,
}

/// A text as it is, of several lines.
struct Text {
    /// Where the entry stands that it is the value of: it ends before a line that does not stand further to the right.
    entry: usize,
    /// Where its own lines begin; not known before the first.
    lines: Option<usize>,
}

/// A map or a list.
struct Collection<'t> {
    /// Where its keys or dashes stand.
    indent: usize,
    /// Its keys; none for a list.
    keys: Option<HashSet<&'t str>>,
    /// Whether its last entry has no value so far.
    is_waiting: bool,
}

impl Collection<'_> {
    const fn is_map(&self) -> bool {
        self.keys.is_some()
    }
}

impl<'t> Open<'t> {
    /// Reads on by a line; none when it is not plain.
    fn line(&mut self, line: &'t str) -> Option<()> {
        let is_shown = |c: char| matches!(c, ' '..='~') || c.is_alphanumeric();
        if line.len() > LONGEST_LINE || !line.chars().all(is_shown) {
            return None;
        }
        let line = line.trim_end_matches(' ');
        let text = line.trim_start_matches(' ');
        let indent = line.len() - text.len();
        if let Some(open) = self.text.as_mut().filter(|open| text.is_empty() || indent > open.entry) {
            // Blank lines before the first may say something about how far to the right that one stands.
            return match open.lines {
                Some(lines) => (text.is_empty() || indent >= lines).then_some(()),
                None => (!text.is_empty()).then(|| open.lines = Some(indent)),
            };
        }
        self.text = None;
        if text.is_empty() || text.starts_with('#') {
            return Some(());
        }
        if line == "---" && !self.has_begun && !self.is_marked {
            self.is_marked = true;
            return Some(());
        }
        self.entry(indent, text)
    }

    /// The value of an entry at `indent`, which ends on its line, or is the beginning of a text.
    fn value(&mut self, indent: usize, value: &str) -> Option<()> {
        if matches!(value, "|" | "|-" | "|+") {
            self.text = Some(Text { entry: indent, lines: None });
            return Some(());
        }
        is_scalar(value).then_some(())
    }

    /// An entry of a list or a map, which begins at `indent`.
    fn entry(&mut self, indent: usize, text: &'t str) -> Option<()> {
        let Some(rest) = text.strip_prefix('-').filter(|rest| rest.is_empty() || rest.starts_with(' ')) else {
            let (key, value) = key(text)?;
            let map = self.enter(indent, true)?;
            map.is_waiting = value.is_empty() || value.starts_with('#');
            let is_waiting = map.is_waiting;
            map.keys.as_mut()?.insert(key).then_some(())?;
            return if is_waiting { Some(()) } else { self.value(indent, value) };
        };
        let list = self.enter(indent, false)?;
        let inside = rest.trim_start_matches(' ');
        if inside.is_empty() || inside.starts_with('#') {
            return Some(());
        }
        if key(inside).is_some() || inside.starts_with("- ") {
            return self.entry(indent + text.len() - inside.len(), inside);
        }
        list.is_waiting = false;
        self.value(indent, inside)
    }

    /// The collection whose entries stand at `indent`: one that is open, or a new one where a value is missing.
    fn enter(&mut self, indent: usize, is_map: bool) -> Option<&mut Collection<'t>> {
        while self.collections.last().is_some_and(|last| last.indent > indent) {
            self.collections.pop();
        }
        // A list may stand as far to the left as the key that it belongs to: a key there goes on with that one's map.
        if is_map && self.collections.last().is_some_and(|last| last.indent == indent && !last.is_map()) {
            self.collections.pop();
            self.collections.last().filter(|map| map.indent == indent && map.is_map())?;
        }
        let goes_on = match self.collections.last_mut() {
            None if self.has_begun => return None,
            None => false,
            Some(last) if last.indent == indent && last.is_map() == is_map => true,
            Some(last) if last.is_waiting && (last.indent < indent || !is_map) => {
                last.is_waiting = false;
                false
            }
            Some(_) => return None,
        };
        self.has_begun = true;
        if !goes_on {
            let keys = is_map.then(HashSet::new);
            self.collections.push(Collection { indent, keys, is_waiting: true });
        }
        let last = self.collections.last_mut().filter(|_| indent <= LONGEST_LINE)?;
        last.is_waiting = true;
        if self.collections.len() > DEEPEST { None } else { self.collections.last_mut() }
    }
}

/// A key that is text to everybody, and the value behind it.
fn key(text: &str) -> Option<(&str, &str)> {
    // YAML 1.1 takes these for booleans, however they are written.
    const WORDS: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let end = text.bytes().position(|byte| !is_part(byte))?;
    let (key, rest) = text.split_at_checked(end)?;
    let value = rest.strip_prefix(':').filter(|value| value.is_empty() || value.starts_with(' '))?;
    let is_text = key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && !WORDS.iter().any(|word| key.eq_ignore_ascii_case(word));
    is_text.then_some((key, value.trim_start_matches(' ')))
}

/// Whether this is a scalar that ends where its line does, perhaps with a comment behind it; or a collection of nothing.
fn is_scalar(text: &str) -> bool {
    let is_end = |rest: &str| rest.is_empty() || rest.starts_with(' ') && rest.trim_start_matches(' ').starts_with('#');
    if let Some(inside) = text.strip_prefix('\'') {
        return inside.split_once('\'').is_some_and(|(_, behind)| is_end(behind));
    }
    if let Some(inside) = text.strip_prefix('"') {
        return inside.split_once('"').is_some_and(|(inside, behind)| !inside.contains('\\') && is_end(behind));
    }
    if let Some(behind) = text.strip_prefix("{}").or_else(|| text.strip_prefix("[]")) {
        return is_end(behind);
    }
    if let Some((items, behind)) = text.strip_prefix('[').and_then(|inside| inside.split_once(']')) {
        return items.split(',').all(|item| is_item(item.trim_matches(' '))) && is_end(behind);
    }
    let plain = text.split(" #").next().unwrap_or_default().trim_end_matches(' ');
    let begins = match plain.as_bytes() {
        [b'-', next, ..] => next.is_ascii_alphanumeric(),
        [first, ..] => first.is_ascii_alphanumeric() || matches!(first, b'/' | b'.' | b'_' | b'$' | b'('),
        [] => false,
    };
    begins && !plain.contains(": ") && !plain.ends_with(':')
}

/// Whether this may stand between the commas of a list on one line.
fn is_item(text: &str) -> bool {
    let bare = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/'))
    };
    let quoted = |quote: char| text.strip_prefix(quote).and_then(|inside| inside.strip_suffix(quote));
    match quoted('\'').or_else(|| quoted('"')) {
        Some(inside) => !inside.contains(['\'', '"', '\\']),
        None => bare(text),
    }
}

#[cfg(test)]
mod tests {
    use super::super::block::{self, Language};
    use super::super::mask::Masked;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_guides_show_is_plain() {
        for text in [
            "",
            "# nothing\n",
            "a: 1\nb:\n  c: 'x y'  # why\n  d: \"\"\n\n  e:\n    - f\n    - 'g'\nh: https://x.example.com:80/?a=b#c\n",
            "a:\n- b\n- c: d\n  e: f\ng: {}\n",
            "- a\n-\n  b: c\n- - d\n  - e\n",
            "  a: b\n  c:\n    d: -1\n",
            "a:\r\n  b: c\r\n",
            "---\na: ['b', \"c\", d/e] # f\n",
            "a: |\n  b: {\n\n    c\nd: |-\n e\nf:\n- |\n g\n",
        ] {
            assert!(is_sound(text), "{text}");
        }
    }

    #[test]
    fn all_else_is_left_to_others() {
        for text in [
            "a",
            "a: b: c",
            "a: 1\na: 2",
            "a: 1\n  b: 2",
            "a:\n  b: 1\n c: 2",
            "  a: 1\nb: 2",
            "- a\nb: c",
            "a: b\n- c",
            "a: [b",
            "a: |\n\n  b",
            "a: |\n  b\n c",
            "a: >\n  b",
            "a: [b, ]",
            "a: ['b', {}]",
            "a: b\n---",
            "---\n---\na: b",
            "a: *b",
            "a: !b c",
            "a: 'b",
            "a: \"\\q\"",
            "a: 'b' c",
            "a: b:",
            "\ta: b",
            "yes: a",
            "1: a",
            "a:b",
            "a: @b",
            "- a: b\n c: d",
            "a: b\u{7}",
            "a:\n  - b\n c: d",
            "- - a\n -b",
            "? a",
        ] {
            assert!(!is_sound(text), "{text}");
        }
        assert!(!is_sound(&"- ".repeat(1_000)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn what_is_sound_is_read_without_a_word(
            text in "((  |    |      | )?(- |-|- - |---)?(a|b|c|yes|1|d e)?(: |:)?('|\"|x|2|\\[\\]|\\{\\}|-|~|# y| #z|: |\\\\|!|&a|\\[b, 'c'\\]|\\|-|\\[b,\\]|\\*a|\\||/|%|@|é)?\n){0,7}"
        ) {
            let masked = Masked { text: text.clone(), holes: Vec::new(), has_ellipsis: false };
            if is_sound(&text) {
                prop_assert!(block::read(Language::Yaml, &masked).is_ok(), "{}", text);
            }
        }
    }
}
