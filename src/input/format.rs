//! Formats: how a value is written where it stands (`{{< sitevar name="domain" format="regex" >}}`, `{domain|regex}`).
//!
//! Every format is a total function from text to text, and means the same here and in `static/guidegen.js`; both run the
//! table `tests/variables/vectors.json`. The rules:
//!
//! - `regex`: a backslash before each of `\ . * + ? ^ $ { } ( ) | [ ]`. No more: `\-` and `\/` are errors in some engines.
//! - `dn`: `DC=` before every label between dots, joined by commas; empty labels are left out. In a label, as RFC 4514
//!   has it: a backslash before `" + , ; < > \`, before a leading `#` or space and before a trailing space; NUL is `\00`.
//! - `upper`, `lower`: Unicode's full case mapping without a locale (`ß` becomes `SS`, a final `Σ` becomes `ς`).
//! - `url`: UTF-8 percent-encoded but for `A-Z a-z 0-9 - _ . ! ~ * ' ( )`, the set of `encodeURIComponent`.
//! - `base64`: of the UTF-8, standard alphabet, padded.
//! - `json`: what stands between the quotes of a JSON string; the quotes are the author's.
//! - `yaml`: a whole scalar that is read as this text. Plain when it begins with `A-Z a-z _ /`, goes on with
//!   `A-Z a-z 0-9 _ . / @ % + = ~ : -`, does not end with `:` and is none of the words `null true false yes no on off y n`
//!   (in any case); else in double quotes (so `9091` is `"9091"`: a text, not a number).
//! - `shell`: a whole word of a POSIX shell. Bare when it is not empty and all of `A-Z a-z 0-9 _ @ % + = : , . / -`; else in
//!   single quotes, with `'\''` for a quote.
//! - `html`: `& < > " '` as `&amp; &lt; &gt; &quot; &#39;`.
//! - `first-label`: the text before the first dot; all of it without one.

use std::fmt;
use std::fmt::Write as _;

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the module says what each does")]
pub enum Format {
    Regex,
    Dn,
    Upper,
    Lower,
    Url,
    Base64,
    Json,
    Yaml,
    Shell,
    Html,
    FirstLabel,
}

impl Format {
    /// Every format, in the order of the manual.
    pub const ALL: &'static [Self] = &[
        Self::Regex,
        Self::Dn,
        Self::Upper,
        Self::Lower,
        Self::Url,
        Self::Base64,
        Self::Json,
        Self::Yaml,
        Self::Shell,
        Self::Html,
        Self::FirstLabel,
    ];

    /// The name that authors write.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Regex => "regex",
            Self::Dn => "dn",
            Self::Upper => "upper",
            Self::Lower => "lower",
            Self::Url => "url",
            Self::Base64 => "base64",
            Self::Json => "json",
            Self::Yaml => "yaml",
            Self::Shell => "shell",
            Self::Html => "html",
            Self::FirstLabel => "first-label",
        }
    }

    /// The format of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|format| format.as_str() == name)
    }

    /// `text`, written in this format.
    #[must_use]
    pub fn apply(self, text: &str) -> String {
        match self {
            Self::Regex => regex(text),
            Self::Dn => distinguished_name(text),
            Self::Upper => text.to_uppercase(),
            Self::Lower => text.to_lowercase(),
            Self::Url => url_component(text),
            Self::Base64 => base64(text.as_bytes()),
            Self::Json => json_body(text),
            Self::Yaml => yaml_scalar(text),
            Self::Shell => shell_word(text),
            Self::Html => html(text),
            Self::FirstLabel => text.split('.').next().unwrap_or_default().to_owned(),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

fn regex(text: &str) -> String {
    with_backslashes(text, |c| r"\.*+?^${}()|[]".contains(c))
}

/// `text` with a backslash before every character that `special` names.
pub(crate) fn with_backslashes(text: &str, special: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if special(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn distinguished_name(text: &str) -> String {
    let labels = text.split('.').filter(|label| !label.is_empty());
    labels.map(|label| format!("DC={}", distinguished_value(label))).collect::<Vec<_>>().join(",")
}

fn distinguished_value(label: &str) -> String {
    let mut out = String::with_capacity(label.len());
    let last = label.len() - label.chars().next_back().map_or(0, char::len_utf8);
    for (at, c) in label.char_indices() {
        let edge = (at == 0 && (c == '#' || c == ' ')) || (at == last && c == ' ');
        if c == '\0' {
            out.push_str("\\00");
            continue;
        }
        if edge || "\"+,;<>\\".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn url_component(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// Base 64 of `bytes` in the standard alphabet, padded.
pub(crate) fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4_u32 {
            let index = (bits >> (18 - 6 * place)) & 63;
            let letter = ALPHABET.get(index as usize).copied().unwrap_or(b'=');
            out.push(if place as usize <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    out
}

/// What stands between the quotes of a JSON string, as `JSON.stringify` writes it.
pub(crate) fn json_body(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            '\0'..='\u{1f}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            _ => out.push(c),
        }
    }
    out
}

fn yaml_scalar(text: &str) -> String {
    const WORDS: &[&str] = &["null", "true", "false", "yes", "no", "on", "off", "y", "n"];
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '/');
    let goes_on = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_./@%+=~:-".contains(&byte));
    if begins && goes_on && !text.ends_with(':') && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(text)) {
        return text.to_owned();
    }
    format!("\"{}\"", yaml_double_body(text))
}

/// What stands between the double quotes of a YAML scalar: backslashes before `"` and `\`; `\n`, `\t`, `\r`, `\0` and
/// `\xHH` for control characters (C1 and DEL too), `\u2028`, `\u2029`, `\ufeff`, `\ufffe` and `\uffff` for those five.
pub(crate) fn yaml_double_body(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\0' => out.push_str("\\0"),
            '\u{1}'..='\u{1f}' | '\u{7f}'..='\u{9f}' => {
                let _ = write!(out, "\\x{:02x}", u32::from(c));
            }
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            _ => out.push(c),
        }
    }
    out
}

fn shell_word(text: &str) -> String {
    let bare = |byte: u8| byte.is_ascii_alphanumeric() || b"_@%+=:,./-".contains(&byte);
    if !text.is_empty() && text.bytes().all(bare) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_both_ways() {
        for format in Format::ALL {
            assert_eq!(Format::parse(format.as_str()), Some(*format));
        }
        assert_eq!(Format::parse("Regex"), None);
    }

    #[test]
    fn base64_pads_by_the_rest() {
        assert_eq!(base64(b""), "");
        assert_eq!(base64(b"f"), "Zg==");
        assert_eq!(base64(b"fo"), "Zm8=");
        assert_eq!(base64(b"foo"), "Zm9v");
        assert_eq!(base64(&[0xfb, 0xff, 0xfe]), "+//+");
    }

    #[test]
    fn json_bodies_are_what_a_json_writer_writes() {
        let text: String = (0..=0x2ff).filter_map(char::from_u32).chain("\u{2028}😀".chars()).collect();
        let written = serde_json::to_string(&text).unwrap();
        assert_eq!(format!("\"{}\"", json_body(&text)), written);
    }

    #[test]
    fn yaml_scalars_are_read_as_the_same_text() {
        for text in [
            "auth",
            "9091",
            "true",
            "No",
            "a: b",
            "a #b",
            "",
            "it's",
            "\"",
            "\u{7f}\u{85}\u{2028}",
            "-",
            "x:",
            "https://a.b/",
            "~",
            "a\nb",
            "é",
        ] {
            let read: serde_json::Value = serde_yaml::from_str(&format!("k: {}", yaml_scalar(text))).unwrap();
            assert_eq!(read["k"], serde_json::json!(text), "{}", yaml_scalar(text));
        }
    }
}
