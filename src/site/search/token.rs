//! Words as they are searched for. The index takes what stands between spaces for one word, so that in `method='post'`
//! nobody would find `post`: a word is parted where punctuation joins two names.
//!
//! A [`BREAK`] marks each such place, so that the excerpts that readers see have no space there; the script of the search
//! takes it out together with the space behind it.

use super::super::escape::escape;

/// Stands before a space that is not in the text.
const BREAK: char = '\u{2060}';

/// Writes `text`, parted into words, as HTML.
pub(super) fn write(out: &mut String, text: &str) {
    out.push_str(&escape(&parted(text)));
}

fn parted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let (mut before, mut is_joint) = (None, false);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if is_joint && !c.is_whitespace() && !joins(c, before, rest.peek()) {
            out.push(BREAK);
            out.push(' ');
            is_joint = false;
        }
        // The markers of the index itself begin like this.
        if c == '_' && before.is_none_or(|before: char| before.is_whitespace()) && rest.peek() == Some(&'_') {
            out.push(BREAK);
        }
        if c.is_whitespace() {
            is_joint = false;
        } else if joins(c, before, rest.peek()) {
            is_joint = before.is_some_and(|before| !before.is_whitespace());
        }
        out.push(c);
        before = Some(c);
    }
    out
}

/// Whether `c` is punctuation between names and no part of one: `client_secret_post`, `v4.38.10`, `two-factor` and
/// `don't` are one word each.
fn joins(c: char, before: Option<char>, behind: Option<&char>) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    match c {
        '_' | '-' | '.' | '@' => false,
        '\'' => !(is_letter(before) && is_letter(behind.copied())),
        _ => c.is_ascii_punctuation(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str) -> String {
        parted(text).replace("\u{2060} ", "|")
    }

    #[test]
    fn names_stay_whole_and_what_is_between_them_parts() {
        for (text, words) in [
            ("client_secret_post", "client_secret_post"),
            ("authelia:v4.38.10", "authelia:|v4.38.10"),
            ("method='client_secret_post', x", "method='|client_secret_post', x"),
            ("https://auth.example.com/api/oidc", "https://|auth.example.com/|api/|oidc"),
            ("don't (two-factor) a@b.test", "don't (two-factor) a@b.test"),
            ("'quoted' {{ a }} C++ Größe", "'quoted' {{ a }} C++ Größe"),
        ] {
            assert_eq!(shown(text), words);
        }
    }

    #[test]
    fn nobody_writes_a_marker_of_the_index() {
        assert!(!parted("x ___PAGEFIND_WEIGHT___9").contains(" ___"));
        assert!(!parted("___END_PAGEFIND_WEIGHT___").starts_with('_'));
    }

    proptest! {
        #[test]
        fn the_text_is_still_there(text in "[a-z0-9_.:/'= -]{0,40}") {
            prop_assert_eq!(parted(&text).replace("\u{2060} ", "").replace('\u{2060}', ""), text);
        }
    }
}
