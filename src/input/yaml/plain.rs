//! YAML that is plain: maps and lists in blocks, with scalars on one line or as they are (`|`). Most front matter is, and most of
//! what guides show. That nothing is wrong with it is seen from its lines, and mostly what it says as well; the parser of YAML
//! takes ten times as long. All else is left to that.

use serde_json::{Map, Value};

/// More collections in each other are left to others.
const DEEPEST: usize = 40;
/// Longer lines are: the parser takes none for a key.
const LONGEST_LINE: usize = 1_000;

/// Whether `text` is plain YAML, so that whoever reads it finds one document and nothing to say about it.
#[must_use]
pub fn is_sound(text: &str) -> bool {
    Reader::default().read(text).is_some()
}

/// What `text` says; none where it is not plain, or where only the parser knows what a scalar is.
#[must_use]
pub fn read(text: &str) -> Option<Value> {
    let mut reader = Reader::default();
    let value = reader.read(text)?;
    (reader.has_begun && !reader.has_unknown).then_some(value)
}

/// What is open.
#[derive(Default)]
struct Reader {
    /// Maps and lists, the innermost last.
    collections: Vec<Collection>,
    /// Whether there was an entry: no other one may stand further to the left.
    has_begun: bool,
    /// Whether the mark was there that a document may begin with.
    is_marked: bool,
    /// A text that goes on over lines.
    text: Option<Text>,
    /// Whether there was a scalar that only the parser knows.
    has_unknown: bool,
}

/// A text as it is, of several lines.
struct Text {
    /// Where the entry stands that it is the value of: it ends before a line that does not stand further to the right.
    entry: usize,
    /// Where its own lines begin; not known before the first.
    lines: Option<usize>,
}

/// A map or a list.
struct Collection {
    /// Where its keys or dashes stand.
    indent: usize,
    entries: Entries,
    /// Whether its last entry has no value so far: null is its value then.
    is_waiting: bool,
}

enum Entries {
    Map(Map<String, Value>),
    List(Vec<Value>),
}

impl Collection {
    fn new(indent: usize, is_map: bool) -> Self {
        let entries = if is_map { Entries::Map(Map::new()) } else { Entries::List(Vec::new()) };
        Self { indent, entries, is_waiting: true }
    }

    const fn is_map(&self) -> bool {
        matches!(self.entries, Entries::Map(_))
    }

    /// Gives the last entry its value.
    fn set(&mut self, value: Value) {
        let last = match &mut self.entries {
            Entries::Map(map) => map.values_mut().next_back(),
            Entries::List(list) => list.last_mut(),
        };
        if let Some(last) = last {
            *last = value;
        }
    }
}

impl Reader {
    fn read(&mut self, text: &str) -> Option<Value> {
        text.lines().try_for_each(|line| self.line(line))?;
        let mut whole = Value::Null;
        while let Some(value) = self.close() {
            whole = value;
        }
        Some(whole)
    }

    /// Reads on by a line; none when it is not plain.
    fn line(&mut self, line: &str) -> Option<()> {
        // Beyond ASCII some characters are ends of lines to YAML, and others nothing that it prints.
        let is_shown = |c: char| matches!(c, ' '..='~' | '\u{a1}'..='\u{2027}' | '\u{2030}'..='\u{d7ff}');
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

    /// An entry of a list or a map, which begins at `indent`.
    fn entry(&mut self, indent: usize, text: &str) -> Option<()> {
        let Some(rest) = text.strip_prefix('-').filter(|rest| rest.is_empty() || rest.starts_with(' ')) else {
            let (key, value) = key(text)?;
            let Entries::Map(map) = &mut self.enter(indent, true)?.entries else { return None };
            if map.insert(key.to_owned(), Value::Null).is_some() {
                return None;
            }
            let is_missing = value.is_empty() || value.starts_with('#');
            return if is_missing { Some(()) } else { self.value(indent, value) };
        };
        let Entries::List(list) = &mut self.enter(indent, false)?.entries else { return None };
        list.push(Value::Null);
        let inside = rest.trim_start_matches(' ');
        if inside.is_empty() || inside.starts_with('#') {
            return Some(());
        }
        if key(inside).is_some() || inside.starts_with("- ") {
            return self.entry(indent + text.len() - inside.len(), inside);
        }
        self.value(indent, inside)
    }

    /// The value of the last entry, which stands at `indent`: it ends on its line, or is the beginning of a text.
    fn value(&mut self, indent: usize, text: &str) -> Option<()> {
        let value = if matches!(text, "|" | "|-" | "|+") {
            self.text = Some(Text { entry: indent, lines: None });
            None
        } else {
            scalar(text)?
        };
        self.has_unknown |= value.is_none();
        let last = self.collections.last_mut()?;
        last.is_waiting = false;
        last.set(value.unwrap_or_default());
        Some(())
    }

    /// The collection whose entries stand at `indent`: one that is open, or a new one where a value is missing.
    fn enter(&mut self, indent: usize, is_map: bool) -> Option<&mut Collection> {
        while self.collections.last().is_some_and(|last| last.indent > indent) {
            self.close();
        }
        // A list may stand as far to the left as the key that it belongs to: a key there goes on with that one's map.
        if is_map && self.collections.last().is_some_and(|last| last.indent == indent && !last.is_map()) {
            self.close();
            self.collections.last().filter(|map| map.indent == indent && map.is_map())?;
        }
        let goes_on = match self.collections.last_mut() {
            None if self.has_begun => return None,
            None => false,
            Some(last) if last.indent == indent && last.is_map() == is_map => true,
            Some(last) if last.is_waiting && (last.indent < indent || !is_map) => false,
            Some(_) => return None,
        };
        self.has_begun = true;
        if !goes_on {
            self.collections.push(Collection::new(indent, is_map));
        }
        if self.collections.len() > DEEPEST {
            return None;
        }
        let last = self.collections.last_mut()?;
        last.is_waiting = true;
        Some(last)
    }

    /// Makes the innermost collection the value of the entry that it belongs to; what it is, where it is the outermost.
    fn close(&mut self) -> Option<Value> {
        let value = match self.collections.pop()?.entries {
            Entries::Map(map) => Value::Object(map),
            Entries::List(list) => Value::Array(list),
        };
        let Some(around) = self.collections.last_mut() else { return Some(value) };
        around.is_waiting = false;
        around.set(value);
        Some(Value::Null)
    }
}

/// A key that is text to everybody, and the value behind it.
fn key(text: &str) -> Option<(&str, &str)> {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let end = text.bytes().position(|byte| !is_part(byte))?;
    let (key, rest) = text.split_at_checked(end)?;
    let value = rest.strip_prefix(':').filter(|value| value.is_empty() || value.starts_with(' '))?;
    let is_text = key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && !is_word(key);
    is_text.then_some((key, value.trim_start_matches(' ')))
}

/// Whether some version of YAML takes this for a boolean or null, however it is written.
fn is_word(text: &str) -> bool {
    const WORDS: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    text.len() <= 5 && WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// A scalar that ends where its line does, perhaps with a comment behind it, or a collection on one line; and what it says,
/// where that is sure.
fn scalar(text: &str) -> Option<Option<Value>> {
    let is_end = |rest: &str| rest.is_empty() || rest.starts_with(' ') && rest.trim_start_matches(' ').starts_with('#');
    if let Some(inside) = text.strip_prefix('\'') {
        let (inside, behind) = inside.split_once('\'')?;
        return is_end(behind).then(|| Some(inside.into()));
    }
    if let Some(inside) = text.strip_prefix('"') {
        let (inside, behind) = inside.split_once('"')?;
        return (!inside.contains('\\') && is_end(behind)).then(|| Some(inside.into()));
    }
    if let Some(behind) = text.strip_prefix("{}") {
        return is_end(behind).then(|| Some(Value::Object(Map::new())));
    }
    if let Some((items, behind)) = text.strip_prefix('[').and_then(|inside| inside.split_once(']')) {
        if !is_end(behind) {
            return None;
        }
        let items = items.trim_matches(' ');
        let all = items.split(',').map(|each| item(each.trim_matches(' ')));
        let all = if items.is_empty() { Some(Vec::new()) } else { all.collect::<Option<Vec<_>>>() };
        return all.map(|all| all.into_iter().collect::<Option<Vec<Value>>>().map(Value::Array));
    }
    let plain = text.split(" #").next().unwrap_or_default().trim_end_matches(' ');
    let begins = match plain.as_bytes() {
        [b'-', next, ..] => next.is_ascii_alphanumeric(),
        [first, ..] => first.is_ascii_alphanumeric() || matches!(first, b'/' | b'.' | b'_' | b'$' | b'('),
        [] => false,
    };
    (begins && !plain.contains(": ") && !plain.ends_with(':')).then(|| resolved(plain))
}

/// What may stand between the commas of a list on one line, and what it says, where that is sure.
fn item(text: &str) -> Option<Option<Value>> {
    let is_bare = text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/'));
    let quoted = |quote: char| text.strip_prefix(quote).and_then(|inside| inside.strip_suffix(quote));
    match quoted('\'').or_else(|| quoted('"')) {
        Some(inside) => (!inside.contains(['\'', '"', '\\'])).then(|| Some(inside.into())),
        None => is_bare.then(|| resolved(text)),
    }
}

/// What a plain scalar says, where that is sure: a text, a small number, a boolean, a date as text.
fn resolved(plain: &str) -> Option<Value> {
    let are_digits = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    match plain.as_bytes() {
        b"true" => Some(true.into()),
        b"false" => Some(false.into()),
        [b'1'..=b'9', rest @ ..] if rest.len() < 15 && rest.iter().all(u8::is_ascii_digit) => {
            plain.parse::<u64>().ok().map(Value::from)
        }
        b"0" => Some(0.into()),
        // No number has a dash there; what follows may be a time.
        [a, b, c, d, b'-', m, n, b'-', e, f, rest @ ..]
            if are_digits(&[*a, *b, *c, *d, *m, *n, *e, *f]) && matches!(rest, [] | [b'T' | b' ', ..]) =>
        {
            Some(plain.into())
        }
        [first, ..] if first.is_ascii_alphabetic() || matches!(first, b'/' | b'_' | b'$' | b'(') => {
            (!is_word(plain)).then(|| plain.into())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::value;
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
    fn what_is_sure_is_read() {
        let text = "a: b c # d\nb: ['e', f]\nc:\n- 12\n- g:\n    h: true\n  i:\nj: {}\nk: 2024-01-31\nl: \"\"\n";
        let value = serde_json::json!({
            "a": "b c", "b": ["e", "f"], "c": [12, { "g": { "h": true }, "i": null }], "j": {}, "k": "2024-01-31", "l": "",
        });
        assert_eq!(read(text), Some(value));
        for text in ["", "# a\n", "a: 1.5", "a: 007", "a: No", "a: 1e3", "a: .5", "a: |\n  b", "a: [1.5]", "a: 0x1"] {
            assert!(is_sound(text), "{text}");
            assert_eq!(read(text), None, "{text}");
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
            text in "((  |    |      | )?(- |-|- - |---)?(a|b|c|yes|1|d e)?(: |:)?('|\"|x|2|\\[\\]|\\{\\}|-|~|# y| #z|: |\\\\|!|&a|\\[b, 'c'\\]|\\|-|\\[b,\\]|\\*a|\\||/|%|@|é|true|No|007|1\\.5|12345678901234567|2024-01-31|2024-01-31[T x][0-9]:?|null|\\.5|x#y|'x' # y|\\$x|\\(x|-x|-1|1e3|0x1|1_0|1:2|x y|[a-z0-9.:_-]{1,5})?\n){0,7}"
        ) {
            let parsed = value::read(&text).ok();
            let (is_sound, read) = (is_sound(&text), read(&text));
            if is_sound {
                let says_nothing = parsed.as_ref().is_some_and(|parsed| parsed.duplicates.is_empty() && parsed.tag.is_none());
                prop_assert!(says_nothing, "{}", text);
            }
            if read.is_some() {
                prop_assert_eq!(parsed.map(|parsed| parsed.value), read, "{}", text);
            }
        }
    }
}
