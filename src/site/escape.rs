//! Text in XML and HTML that is written here: nothing of a guide is ever markup.

use std::borrow::Cow;

/// `text` as content or attribute of XML 1.0 and of HTML. Characters that XML cannot have at all are left out.
#[must_use]
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(|c| replacement(c).is_some()) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match replacement(c) {
            Some(replacement) => out.push_str(replacement),
            None => out.push(c),
        }
    }
    Cow::Owned(out)
}

const fn replacement(c: char) -> Option<&'static str> {
    match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '"' => Some("&quot;"),
        '\'' => Some("&#39;"),
        '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => {
            Some("")
        }
        _ => None,
    }
}

/// `text` on one line, its spaces single.
#[must_use]
pub fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_gets_through_as_markup() {
        assert_eq!(escape("a<b>&\"c'\u{0}\u{1b}\n"), "a&lt;b&gt;&amp;&quot;c&#39;\n");
        assert!(matches!(escape("plain ü"), Cow::Borrowed(_)));
        assert_eq!(one_line(" a\n\tb  c\u{0}d "), "a b c d");
    }
}
