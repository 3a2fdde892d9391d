//! What of a block is not of its language: signs that something was left out, and the tags of template languages. They
//! are taken out before the block is read; the length stays, so that places stay.

use std::ops::Range;

/// A text without what is not of its language.
#[derive(Debug)]
pub struct Masked {
    /// The text, as long as it was.
    pub text: String,
    /// Where something was taken out or replaced.
    pub holes: Vec<Range<usize>>,
    /// Whether a line says that something was left out.
    pub has_ellipsis: bool,
}

impl Masked {
    /// Whether something was taken out of `range`.
    #[must_use]
    pub fn has_hole_in(&self, range: &Range<usize>) -> bool {
        self.holes.iter().any(|hole| hole.start < range.end && range.start < hole.end)
    }
}

/// Words between brackets or dashes that say that something was left out.
const LEFT_OUT: &[&str] = &["snip", "snipped", "omitted", "truncated", "shortened", "abridged", "redacted"];

/// The tags of template languages.
const TAGS: &[(&str, &str)] = &[("{{", "}}"), ("{%", "%}"), ("{#", "#}"), ("<%", "%>")];

/// Takes out of `text` what is not of its language.
#[must_use]
pub fn mask(text: &str) -> Masked {
    let mut masked = Masked { text: text.to_owned(), holes: Vec::new(), has_ellipsis: false };
    let mut bytes = text.as_bytes().to_vec();
    if memchr::memchr2(b'{', b'<', text.as_bytes()).is_some() && TAGS.iter().any(|(open, _)| text.contains(open)) {
        for tag in tags(text) {
            // What stands alone says how the text is made, but for the text of a YAML scalar (`key: |`).
            let is_space = stands_alone(text, &tag) && !begins_scalar(text, tag.start);
            fill(&mut bytes, tag.clone(), if is_space { b' ' } else { b'1' });
            masked.holes.push(tag);
        }
    }
    let mut at = 0;
    let has_any_dots = has_dots(text);
    for line in text.split_inclusive('\n') {
        let written = line.trim();
        if says_left_out(written) {
            let start = at + line.len() - line.trim_start().len();
            let range = start..start + written.len();
            fill(&mut bytes, range.clone(), b' ');
            masked.holes.push(range);
            masked.has_ellipsis = true;
        } else if has_any_dots && has_dots_outside_of_quotes(written) {
            masked.has_ellipsis = true;
        }
        at += line.len();
    }
    if masked.holes.is_empty() {
        return masked;
    }
    // Whole characters were replaced by ASCII.
    if let Ok(text) = String::from_utf8(bytes) {
        masked.text = text;
    }
    masked
}

fn has_dots(text: &str) -> bool {
    // Most texts have no byte that both begin with.
    memchr::memchr2(b'.', 0xe2, text.as_bytes()).is_some() && (text.contains("...") || text.contains('…'))
}

/// Whether dots stand on a line that are no part of a text in quotation marks, which is only shortened itself.
fn has_dots_outside_of_quotes(line: &str) -> bool {
    let mut rest = line;
    while let Some(open) = rest.find(['"', '\'']).filter(|_| has_dots(rest)) {
        let (before, behind) = rest.split_at(open);
        let mut chars = behind.chars();
        let quote = chars.next();
        match chars.as_str().split_once(|c| Some(c) == quote) {
            Some((_, behind)) if !has_dots(before) => rest = behind,
            _ => return has_dots(rest),
        }
    }
    has_dots(rest)
}

/// Whether a line says nothing but that something was left out: `...`, `[…]`, `<snip>`, `-- omitted --`.
fn says_left_out(line: &str) -> bool {
    let words = line.trim_start_matches("- ");
    if words.starts_with(['#', '/']) {
        return false;
    }
    let is_bracket = |c: char| matches!(c, '#' | '/' | ' ' | '[' | ']' | '{' | '}' | '<' | '>' | '(' | ')' | ',');
    let bare = words.trim_matches(is_bracket);
    if !bare.is_empty() && bare.chars().all(|c| matches!(c, '.' | '…')) {
        return has_dots(bare) || bare == ".." && bare.len() < words.len();
    }
    let word = line.trim_matches(|c| is_bracket(c) || matches!(c, '-' | '=' | '*' | '.' | '…' | '8'));
    let is_marked =
        line.starts_with(['[', '<', '(', '…']) || ["--", "==", "**", ".."].iter().any(|mark| line.starts_with(mark));
    let first = word.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    is_marked && LEFT_OUT.iter().any(|known| first.eq_ignore_ascii_case(known))
}

/// Replaces a range by `with`; line ends stay. A number is never too long to be one.
pub(super) fn fill(bytes: &mut [u8], range: Range<usize>, with: u8) {
    for (place, byte) in bytes.get_mut(range).unwrap_or_default().iter_mut().enumerate() {
        if !matches!(byte, b'\n' | b'\r') {
            *byte = if place < 9 { with } else { b' ' };
        }
    }
}

/// Where the tags of template languages stand: `{{ … }}`, `{% … %}`, `{# … #}`, `<% … %>`.
fn tags(text: &str) -> Vec<Range<usize>> {
    let mut tags = Vec::new();
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find(['{', '<'])) {
        let start = at + found;
        let rest = text.get(start..).unwrap_or_default();
        let pair = TAGS.iter().find(|(open, _)| rest.starts_with(open));
        let end = pair.and_then(|(_, close)| rest.get(2..)?.find(close).map(|length| start + 2 + length + 2));
        match end {
            Some(end) => {
                tags.push(start..end);
                at = end;
            }
            None => at = start + 1,
        }
    }
    tags
}

/// Whether nothing but tags and space stands on the lines of a tag.
fn stands_alone(text: &str, tag: &Range<usize>) -> bool {
    let before = text.get(..tag.start).unwrap_or_default();
    let behind = text.get(tag.end..).unwrap_or_default();
    let before = before.rsplit('\n').next().unwrap_or_default().trim();
    let behind = behind.split('\n').next().unwrap_or_default().trim();
    let are_tags = |text: &str| {
        text.is_empty()
            || (text.starts_with("{{") || text.starts_with("{%") || text.starts_with("<%"))
                && (text.ends_with("}}") || text.ends_with("%}") || text.ends_with("%>"))
    };
    are_tags(before) && are_tags(behind)
}

/// Whether the text of a YAML scalar begins at `at`: the line before ends with `|` or `>`, and is indented less.
fn begins_scalar(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let Some((above, indent)) = before.rsplit_once('\n') else { return false };
    let header = above.rsplit('\n').find(|line| !line.trim().is_empty()).unwrap_or_default();
    let depth = header.len() - header.trim_start().len();
    let sign = header.split(" #").next().unwrap_or_default().trim_end();
    let sign = sign.trim_end_matches(|c: char| matches!(c, '+' | '-') || c.is_ascii_digit());
    let is_header = [": |", ": >", "- |", "- >"].iter().any(|end| sign.ends_with(end));
    is_header && indent.trim().is_empty() && indent.len() > depth
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_text_keeps_its_length() {
        for text in ["é: {{ ü }}\n  …\n", "a: {{\n b }}\n", "{{{{", "{{ a }} {{ b }}\n", "- ...\n", "[ausgelassen…]\n"]
        {
            assert_eq!(mask(text).text.len(), text.len(), "{text}");
        }
    }

    #[test]
    fn a_text_that_is_shortened_leaves_nothing_out() {
        for line in ["\"a\": \"MII...\",", "a: '$argon2id$v=19$…'", "a = \"...\""] {
            assert!(!mask(line).has_ellipsis, "{line}");
        }
        for line in ["{ \"a\": \"b\", ... }", "a: [b, ...]", "# ...", "a: it's ... here", "a: ...", "'a' ... 'b'"] {
            assert!(mask(line).has_ellipsis, "{line}");
        }
    }

    #[test]
    fn what_says_that_something_is_left_out_is_known() {
        for line in
            ["...", "- ...", "[…]", "[..]", "<...>", "{ ... },", "<snip>", "-- snip --", "[omitted for brevity]"]
        {
            assert!(says_left_out(line), "{line}");
        }
        for line in ["..", ".", "# ...", "// ...", "snip", "- snip", "a: ...", "[a]", "---", "--snipe", "[]", "{}"] {
            assert!(!says_left_out(line), "{line}");
        }
    }

    #[test]
    fn a_tag_is_the_text_of_a_scalar_where_one_begins() {
        assert_eq!(mask("a: |\n  {{ x }}\nb: 1\n").text, "a: |\n  1111111\nb: 1\n");
        assert_eq!(mask("- |- # c\n  {{ x }}\n").text, "- |- # c\n  1111111\n");
        assert_eq!(mask("a: |\n{{ x }}\nb: 1\n").text, "a: |\n       \nb: 1\n", "it indents itself");
        assert_eq!(mask("a: 1\n  {{ x }}\nb: 1\n").text, "a: 1\n         \nb: 1\n");
    }
}
