//! Bodies of shortcodes on sites that do not allow raw HTML.
//!
//! A template may show a body as it is, `{{ inner }}`, or through the filter `markdown`. What goes through the filter is
//! judged there. What does not would carry the author's HTML past the rules, so templates get a body between two marks:
//! the filter takes them off, and what is still between them in the output is made harmless. So are addresses in the
//! output: `src` and `href` of a template mostly come from a parameter.

use super::html::{self, Piece};
use super::markdown;
use super::slot::{BODY_END, BODY_START, may_hold_reserved};
use crate::input::config::RawHtml;
use std::borrow::Cow;

/// `body` as a template gets it.
#[must_use]
pub fn marked(body: &str, raw_html: RawHtml) -> Cow<'_, str> {
    if raw_html == RawHtml::Allow || !body.contains(['<', '"', '\'']) {
        return Cow::Borrowed(body);
    }
    Cow::Owned(format!("{BODY_START}{body}{BODY_END}"))
}

/// `text` without the marks.
#[must_use]
pub fn unmarked(text: &str) -> Cow<'_, str> {
    if !may_hold_reserved(text) || !text.contains([BODY_START, BODY_END]) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace([BODY_START, BODY_END], ""))
}

/// The output of `template`, with no more of the author's HTML in it than the site allows.
#[must_use]
pub fn judged(output: String, raw_html: RawHtml, template: &str) -> String {
    let output = harmless(output, raw_html);
    match raw_html {
        RawHtml::Allow => output,
        // Parameters stand in the output of a template of Markdown as they are.
        _ if template.ends_with(".md") => markdown::sanitized(&output),
        _ => without_scripts(output),
    }
}

/// The same, with bodies between marks made harmless: text in attributes, and elsewhere what the site lets its authors
/// write.
fn harmless(output: String, raw_html: RawHtml) -> String {
    if !may_hold_reserved(&output) || !output.contains([BODY_START, BODY_END]) {
        return output;
    }
    let (skeleton, bodies) = taken_apart(&output);
    let mut bodies = bodies.into_iter();
    let mut out = String::with_capacity(output.len());
    for piece in html::pieces(&skeleton) {
        let (Piece::Text(source) | Piece::Raw(source) | Piece::Tag(html::Tag { source, .. })) = piece;
        let mut parts = source.split(BODY_START);
        out.push_str(parts.next().unwrap_or_default());
        for (part, body) in parts.zip(&mut bodies) {
            match (piece, raw_html) {
                (Piece::Text(_), RawHtml::Sanitize) => out.push_str(&markdown::sanitized(body)),
                _ => html::escape_into(&mut out, body),
            }
            out.push_str(part);
        }
    }
    out
}

/// `output` without addresses that run a script, or lead to a document that they carry themselves; a picture may carry its
/// own.
fn without_scripts(output: String) -> String {
    if !output.contains(':') && !output.contains("&#") && !output.contains("&colon") {
        return output;
    }
    let mut out = String::new();
    let (mut at, mut copied) = (0, 0);
    for piece in html::pieces(&output) {
        let (Piece::Text(source) | Piece::Raw(source) | Piece::Tag(html::Tag { source, .. })) = piece;
        if let Piece::Tag(tag) = piece {
            for attribute in tag.attributes().filter(|attribute| is_harmful(&tag, attribute)) {
                let start = at + attribute.value_start;
                out.push_str(&output[copied..start]);
                out.push('#');
                copied = start + attribute.value.len();
            }
        }
        at += source.len();
    }
    if copied == 0 {
        return output;
    }
    out.push_str(&output[copied..]);
    out
}

fn is_harmful(tag: &html::Tag<'_>, attribute: &html::Attribute<'_>) -> bool {
    let is = |names: &[&str]| names.iter().any(|name| attribute.name.eq_ignore_ascii_case(name));
    if !is(&["href", "src", "action", "formaction", "data", "poster", "xlink:href"]) {
        return false;
    }
    let mut address = String::new();
    html::unescape_into(&mut address, attribute.value);
    let shows = ["img", "source", "video", "audio", "track", "image"];
    let may_carry = shows.iter().any(|name| tag.name.eq_ignore_ascii_case(name));
    let carries = || address.trim_start().get(..5).is_some_and(|start| start.eq_ignore_ascii_case("data:"));
    !(markdown::is_harmless(&address) || may_carry && carries())
}

/// The output with a mark for each body, and the bodies. A filter may have cut a mark off: then everything from the one
/// that is left on is the body.
fn taken_apart(output: &str) -> (String, Vec<&str>) {
    let mut skeleton = String::with_capacity(output.len());
    let mut bodies = Vec::new();
    let mut rest = output;
    while let Some(start) = rest.find([BODY_START, BODY_END]) {
        let (before, behind) = (&rest[..start], &rest[start + BODY_START.len_utf8()..]);
        if rest[start..].starts_with(BODY_END) {
            skeleton.push(BODY_START);
            bodies.push(before);
            rest = behind;
            continue;
        }
        skeleton.push_str(before);
        skeleton.push(BODY_START);
        let end = behind.find(BODY_END);
        bodies.push(&behind[..end.unwrap_or(behind.len())]);
        rest = end.map_or("", |end| &behind[end + BODY_END.len_utf8()..]);
    }
    skeleton.push_str(rest);
    (skeleton, bodies)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_judged_by_their_place() {
        let body = |body: &str| marked(body, RawHtml::Sanitize).into_owned();
        let output =
            format!("<a title=\"{}\">{}</a><b>{}", body("\" onclick=\"x"), body("<i onclick=x>c</i>"), body("<!-- "));
        assert_eq!(harmless(output.clone(), RawHtml::Sanitize), "<a title=\"&quot; onclick=&quot;x\"><i>c</i></a><b>");
        assert_eq!(
            harmless(output, RawHtml::Escape),
            "<a title=\"&quot; onclick=&quot;x\">&lt;i onclick=x&gt;c&lt;/i&gt;</a><b>&lt;!-- "
        );
        assert_eq!(harmless(format!("<i><b>{BODY_END}<u>"), RawHtml::Escape), "&lt;i&gt;&lt;b&gt;<u>");
        assert_eq!(marked("plain", RawHtml::Escape), "plain");
        assert_eq!(unmarked(&body("<b>")), "<b>");
    }

    #[test]
    fn addresses_run_nothing() {
        for (output, wanted) in [
            ("<img src=\"javascript:\" alt=\"a\">", "<img src=\"#\" alt=\"a\">"),
            ("a: <a href=java&#115;cript&colon;x>b</a><b>", "a: <a href=#>b</a><b>"),
            (
                "<a HREF='data:text/html,x' title=\"y:\"><img src=\" vbscript:x\">",
                "<a HREF='#' title=\"y:\"><img src=\"#\">",
            ),
            ("<iframe src=\"data:text/html,x\"></iframe>", "<iframe src=\"#\"></iframe>"),
        ] {
            assert_eq!(without_scripts(output.to_owned()), wanted);
        }
        for output in [
            "<img src=\"data:image/png;base64,AA\"><a href=\"https://a.test/?javascript:\">javascript:</a>",
            "<p title=\"javascript:\">:</p><!-- <a href=\"javascript:\"> -->",
        ] {
            assert_eq!(without_scripts(output.to_owned()), output);
        }
    }
}
