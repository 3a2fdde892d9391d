//! Lines of YAML that differ in words alone, as one line: YAML is what most code blocks of our guides are written in, and
//! reading a line by its grammar is the dearest thing that a build does.
//!
//! The grammar of YAML looks at letters in few places: the words for booleans and null, numbers, dates, percent signs and
//! backslashes with what follows them, tags. A word that is none of these may be any other such word: it is read as `k`. At
//! rest, that is where no scalar and no collection is open from a line before, a line that is a comment may be any comment,
//! and a quoted scalar without spaces any such scalar. All else stays as it is. A test holds random blocks against plain
//! syntect.

/// A line with its words made equal.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shape {
    /// The line to read.
    pub(super) text: String,
    /// Where replaced pieces end: in the shape, in the line.
    ends: Vec<(usize, usize)>,
}

impl Shape {
    /// Where in the line stands what is at `offset` of the shape.
    pub(super) fn original(&self, offset: usize) -> usize {
        let passed = self.ends.partition_point(|(end, _)| *end <= offset);
        let (end, original) = passed.checked_sub(1).and_then(|last| self.ends.get(last)).copied().unwrap_or_default();
        original + offset - end
    }

    fn replace(&mut self, by: &str, end: usize) {
        self.text.push_str(by);
        self.ends.push((self.text.len(), end));
    }
}

/// The shape of a line of YAML; none for a line in which letters may mean more.
pub(super) fn of(line: &str, at_rest: bool) -> Option<Shape> {
    if line.bytes().any(|byte| matches!(byte, b'\\' | b'%' | b'!')) {
        return None;
    }
    let mut shape = Shape { text: String::with_capacity(line.len()), ends: Vec::new() };
    if at_rest && let Some(start) = comment(line) {
        shape.text.push_str(line.get(..start)?);
        shape.replace("k", line.trim_end_matches('\n').len());
        shape.text.push('\n');
        return Some(shape);
    }
    // Anchors and aliases end at other characters than scalars do.
    let quotes = at_rest && !line.bytes().any(|byte| matches!(byte, b'&' | b'*'));
    let bytes = line.as_bytes();
    let end_of = |from: usize, goes_on: &dyn Fn(u8) -> bool| {
        bytes.iter().skip(from).position(|byte| !goes_on(*byte)).map_or(bytes.len(), |offset| from + offset)
    };
    let mut at = 0;
    while let Some(byte) = bytes.get(at).copied() {
        if quotes
            && byte == b'\''
            && let Some(length) = quoted(line.get(at..)?)
        {
            shape.text.push('\'');
            shape.replace("k", at + length - 1);
            shape.text.push('\'');
            at += length;
        } else if is_of_word(byte) {
            let start = at;
            at = end_of(at, &is_of_word);
            let word = line.get(start..at)?;
            if is_any_word(word) {
                shape.replace("k", at);
            } else {
                shape.text.push_str(word);
            }
        } else {
            // What is around words ends before one of ASCII, and so never inside of a character.
            let start = at;
            at = end_of(at + 1, &|byte| !(is_of_word(byte) || quotes && byte == b'\''));
            shape.text.push_str(line.get(start..at)?);
        }
    }
    Some(shape)
}

/// Where the words of a line begin that is a comment from its first `#` on, without another one.
fn comment(line: &str) -> Option<usize> {
    let words = line.trim_start_matches([' ', '\t']).strip_prefix('#')?;
    let is_one = words.len() > 1 && words.ends_with('\n') && !words.contains(['#', '\r']);
    is_one.then_some(line.len() - words.len())
}

/// The length of a quoted scalar, its quotes included, of characters that mean nothing in it or around it.
fn quoted(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('\'')?;
    let means_nothing = |byte: u8| byte.is_ascii_alphanumeric() || b"_$./:=+@-".contains(&byte);
    let length = inside.bytes().position(|byte| !means_nothing(byte))?;
    (length > 0 && inside.as_bytes().get(length) == Some(&b'\'')).then_some(length + 2)
}

const fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether the grammar makes nothing of this word: letters, and not a constant or a part of a number or a date.
fn is_any_word(word: &str) -> bool {
    const WORDS: &[&str] = &["yes", "no", "on", "off", "true", "false", "null", "inf", "nan", "yaml", "tag"];
    const LETTERS: &[u8] = b"yntzexob";
    word.as_bytes().first().is_some_and(u8::is_ascii_alphabetic)
        && !word.bytes().any(|byte| byte.is_ascii_digit())
        && !WORDS.iter().any(|known| word.eq_ignore_ascii_case(known))
        && !matches!(word.as_bytes(), [letter] if LETTERS.contains(&letter.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(line: &str, at_rest: bool) -> String {
        of(line, at_rest).unwrap().text
    }

    #[test]
    fn words_are_one_word_and_constants_are_themselves() {
        assert_eq!(text("  client_id: 'foo bar' # x1 Yes\n", false), "  k: 'k k' # x1 Yes\n");
        assert_eq!(text("- a.b: 2024-01-01T10:00:00Z, on-off\n", false), "- k.b: 2024-01-01T10:00:00Z, on-off\n");
        assert_eq!(text("é: word\n", false), "é: k\n");
        assert_eq!(of("a: \"\\x20\"\n", true), None);
    }

    #[test]
    fn quoted_scalars_and_comments_are_one_at_rest() {
        assert_eq!(text("a: 'https://x.example.com:80/?'\n", true), "k: 'k://x.k.k:80/?'\n");
        assert_eq!(text("a: 'https://x1.example.com:80/'\n", true), "k: 'k'\n");
        assert_eq!(text("a: 'true'\n", false), "k: 'true'\n");
        assert_eq!(text("  # it's no 5?\n", false), "  # k'k no 5?\n");
        assert_eq!(text("  # it's no 5?\n", true), "  #k\n");
        assert_eq!(text("# a # b\n", true), "# k # b\n");
    }

    #[test]
    fn places_lead_back() {
        let line = "name: 'value' # words\n";
        let shape = of(line, true).unwrap();
        assert_eq!(shape.text, "k: 'k' # k\n");
        for (offset, original) in [(0, 0), (1, 4), (3, 6), (4, 7), (5, 12), (6, 13), (7, 14), (9, 16), (10, 21)] {
            assert_eq!(shape.original(offset), original, "{offset}");
        }
    }
}
