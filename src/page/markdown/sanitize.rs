//! `markdown.html: sanitize`: the HTML of a text without what could run or deceive.
//!
//! Raw HTML comes in pieces, an opening tag in one event and its closing one in another, so that only a whole text can be
//! judged. What guidegen writes itself and the rules would not let through (code, formulas, check boxes) stands as slots
//! in it meanwhile, as does the output of shortcodes, which the site's owner answers for.
//!
//! A slot is a letter, and letters between the rows of a table are moved before it by every HTML parser. A comment may
//! stand anywhere, so that slots in text are comments while the rules are applied; the author's own comments go.

use crate::page::html::{self, Piece};
use crate::page::slot;
use ammonia::Builder;
use std::fmt::Write as _;
use std::sync::LazyLock;

/// How deep elements may be nested: finding the end of one looks through all that are open.
const NESTING: usize = 500;

/// What stands around a slot while the rules are applied.
const COMMENT: &str = "<!--";
const COMMENT_END: &str = "-->";

static RULES: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut rules = Builder::default();
    rules
        .link_rel(None)
        .strip_comments(false)
        .add_tags(["tfoot"])
        .add_generic_attributes(["aria-hidden", "aria-label", "class", "dir", "id", "role", "tabindex"])
        .add_tag_attributes("a", ["name"])
        .add_tag_attributes("details", ["open"])
        .add_tag_attributes("img", ["loading"]);
    rules
});

/// `fragment` as it may be shown. What is nested too deep is shown as text.
#[must_use]
pub fn sanitized(fragment: &str) -> String {
    if is_too_deep(fragment) {
        let mut out = String::from("<pre>");
        html::escape_text_into(&mut out, fragment);
        out.push_str("</pre>\n");
        return out;
    }
    let masked = Masked::new(fragment);
    masked.restored(&RULES.clean(&masked.text).to_string())
}

/// A fragment in which slots stand as what the rules let pass: as comments in text, as words in tags. An address with a
/// slot for its host would be none to them.
struct Masked {
    text: String,
    /// What the word of a slot starts with, six digits behind it; the fragment itself has it nowhere.
    word: String,
}

impl Masked {
    fn new(fragment: &str) -> Self {
        let mut word = "slot".to_owned();
        while fragment.contains(&word) {
            word.push('t');
        }
        let mut text = String::with_capacity(fragment.len());
        for piece in html::pieces(fragment) {
            let (source, is_tag) = match piece {
                Piece::Text(text) => (text, false),
                Piece::Tag(tag) => (tag.source, true),
                Piece::Raw(raw) if raw.starts_with("<!") || raw.starts_with("<?") => continue,
                Piece::Raw(raw) => {
                    text.push_str(raw);
                    continue;
                }
            };
            for part in source.split_inclusive(slot::is_reserved) {
                let slot = part.chars().next_back().filter(|c| slot::is_reserved(*c));
                text.push_str(slot.and_then(|slot| part.strip_suffix(slot)).unwrap_or(part));
                match slot {
                    Some(slot) if is_tag => _ = write!(text, "{word}{:06x}", u32::from(slot)),
                    Some(slot) => _ = write!(text, "{COMMENT}{slot}{COMMENT_END}"),
                    None => {}
                }
            }
        }
        Self { text, word }
    }

    /// The slots in `clean` again. A comment that holds anything else is none of ours.
    fn restored(&self, clean: &str) -> String {
        let mut out = String::with_capacity(clean.len());
        for piece in html::pieces(clean) {
            match piece {
                Piece::Raw(raw) => {
                    let inside = raw.strip_prefix(COMMENT).and_then(|raw| raw.strip_suffix(COMMENT_END));
                    let mut inside = inside.unwrap_or_default().chars();
                    if let (Some(slot), None) = (inside.next().filter(|c| slot::is_reserved(*c)), inside.next()) {
                        out.push(slot);
                    }
                }
                Piece::Text(text) => out.push_str(text),
                Piece::Tag(tag) => {
                    let mut parts = tag.source.split(&self.word);
                    out.push_str(parts.next().unwrap_or_default());
                    for part in parts {
                        let (digits, rest) = part.split_at_checked(6).unwrap_or(("", part));
                        let code = u32::from_str_radix(digits, 16).ok();
                        out.extend(code.and_then(char::from_u32).filter(|c| slot::is_reserved(*c)));
                        out.push_str(rest);
                    }
                }
            }
        }
        out
    }
}

fn is_too_deep(fragment: &str) -> bool {
    const VOID: &[&str] = &["area", "br", "col", "hr", "img", "input", "wbr"];
    let mut depth = 0usize;
    for piece in html::pieces(fragment) {
        let Piece::Tag(tag) = piece else { continue };
        if tag.closing {
            depth = depth.saturating_sub(1);
        } else if !VOID.iter().any(|name| tag.name.eq_ignore_ascii_case(name)) {
            depth += 1;
            if depth > NESTING {
                return true;
            }
        }
    }
    false
}

/// Whether a link may lead to `target`: not to a script, and not to a document that the link itself carries.
#[must_use]
pub fn is_harmless(target: &str) -> bool {
    let scheme: String = target
        .chars()
        .take_while(|c| *c != ':')
        .filter(|c| !c.is_whitespace() && !c.is_control())
        .map(|c| c.to_ascii_lowercase())
        .take(16)
        .collect();
    !matches!(&*scheme, "javascript" | "vbscript" | "data") || !target.contains(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_run_goes() {
        for (fragment, left) in [
            ("<p onclick=\"x()\">a</p>", "<p>a</p>"),
            ("a<script>x()</script>b", "ab"),
            ("<a href=\"javascript:x()\">a</a>", "<a>a</a>"),
            ("<img src=x onerror=x()>", "<img src=\"x\">"),
            ("<iframe src=\"https://a.com\"></iframe>", ""),
            ("<details open><summary>a</summary>b", "<details open=\"\"><summary>a</summary>b</details>"),
            ("<h2 id=\"a\" class=\"b\" style=\"x\">c</h2>", "<h2 id=\"a\" class=\"b\">c</h2>"),
        ] {
            assert_eq!(sanitized(fragment), left);
        }
        assert!(sanitized(&"<div>".repeat(NESTING + 1)).starts_with("<pre>&lt;div&gt;"));
    }

    #[test]
    fn slots_stay_where_they_are_and_comments_go() {
        const SLOT: char = slot::FIRST;
        for fragment in [
            format!("<table><tbody><tr>{SLOT}<td>a{SLOT}</td></tr>{SLOT}</tbody></table>"),
            format!("a{SLOT}<p>{SLOT}</p>{SLOT}"),
            format!("<a href=\"https://{SLOT}/slot100001\" title=\"{SLOT}slott{SLOT}\">{SLOT} slot</a>"),
        ] {
            assert_eq!(sanitized(&fragment), fragment);
        }
        assert_eq!(sanitized(&format!("<a href=\"{SLOT}:x()\">a</a>")), "<a>a</a>");
        for fragment in [
            format!("a<!-- {SLOT} -->b"),
            format!("a<!--{SLOT}-->b"),
            "a<!-- b --><!---->b".to_owned(),
            format!("a</ {SLOT}>b"),
            format!("a<script>{SLOT}</script>b"),
            "a<!DOCTYPE x>b<?php x ?>".to_owned(),
        ] {
            let clean = sanitized(&fragment);
            assert!(clean.starts_with('a') && !clean.contains('<') && clean.contains('b'), "{fragment} became {clean}");
            assert!(!fragment.contains("<!--") || !clean.contains(SLOT), "{fragment} became {clean}");
        }
    }

    #[test]
    fn links_that_carry_scripts_do_harm() {
        for target in ["javascript:x", " JavaScript:x", "java\nscript:x", "data:text/html,x", "vbscript:x"] {
            assert!(!is_harmless(target), "{target}");
        }
        for target in ["https://a", "/data", "data", "a:b", "mailto:a@b", "#javascript"] {
            assert!(is_harmless(target), "{target}");
        }
    }
}
