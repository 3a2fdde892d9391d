//! `markdown.html: sanitize`: the HTML of a text without what could run or deceive.
//!
//! Raw HTML comes in pieces, an opening tag in one event and its closing one in another, so that only a whole text can be
//! judged. What guidegen writes itself and the rules would not let through (code, formulas, check boxes) stands as slots
//! in it meanwhile, as does the output of shortcodes, which the site's owner answers for.

use crate::page::html::{self, Piece};
use ammonia::Builder;
use std::sync::LazyLock;

/// How deep elements may be nested: finding the end of one looks through all that are open.
const NESTING: usize = 500;

static RULES: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut rules = Builder::default();
    rules
        .link_rel(None)
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
    RULES.clean(fragment).to_string()
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
    fn links_that_carry_scripts_do_harm() {
        for target in ["javascript:x", " JavaScript:x", "java\nscript:x", "data:text/html,x", "vbscript:x"] {
            assert!(!is_harmless(target), "{target}");
        }
        for target in ["https://a", "/data", "data", "a:b", "mailto:a@b", "#javascript"] {
            assert!(is_harmless(target), "{target}");
        }
    }
}
