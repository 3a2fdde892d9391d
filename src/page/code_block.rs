//! A code block as HTML: figure, caption, lines, tokens, and the variables in it whole.
//!
//! ```html
//! <figure class="code numbered" data-title="configuration.yml"><figcaption>configuration.yml</figcaption>
//! <pre tabindex="0"><code class="language-yaml"><span class="line hl" data-line="1"><span class="tok-key">…</span>
//! </span></code></pre></figure>
//! ```
//!
//! The text of the `code` is the block's, byte by byte. Lines are wrapped in spans only where a line has something to say
//! (a number, a mark); each holds its own end. The figure's classes beside `code`: `numbered` (and `digits-4` and more for
//! long numbers), `wrap`, `diff`, `session`, and the author's. A line's beside `line`: `hl`, `ins`, `del`; the sign of a diff
//! is a `mark`.

use super::code_body;
use super::fence::Fence;
use super::highlight::Highlighter;
use super::html;
use super::language::{self, Grammar};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;

/// A piece of the text that is one element of the page, whatever the highlighter makes of it: a site variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Atom {
    /// Where in the text its fallback stands.
    pub range: Range<usize>,
    /// The whole element, the fallback in it.
    pub html: String,
}

/// The `<figure class="code">` of a block whose fallbacks stand in `text`.
///
/// Atoms are in the order of the text and do not overlap; one that does, or that is off the text, is left out. An atom is
/// inside of a token that covers it whole, and beside the pieces of one that does not.
#[must_use]
pub fn render(highlighter: &Highlighter, fence: &Fence, text: &str, atoms: &[Atom]) -> String {
    let language = &fence.language.value;
    // With its signs blank, a line of a diff is the line of its language, at the same place.
    let read = if fence.diff { Cow::Owned(without_signs(text)) } else { Cow::Borrowed(text) };
    let tokens = highlighter.tokens(language, &read);
    let mut out = String::with_capacity(text.len() * 2 + 160);
    open_figure(&mut out, fence, text);
    code_body::write(&mut out, fence, text, &tokens, atoms);
    out.push_str("</code></pre></figure>");
    out
}

fn open_figure(out: &mut String, fence: &Fence, text: &str) {
    out.push_str("<figure class=\"code");
    if fence.line_numbers {
        out.push_str(" numbered");
        let last = u64::from(fence.first_line) + text.bytes().filter(|byte| *byte == b'\n').count() as u64;
        let digits = last.to_string().len();
        if digits > 3 {
            let _ = write!(out, " digits-{digits}");
        }
    }
    for (set, class) in [(fence.wrap, " wrap"), (fence.diff, " diff")] {
        if set {
            out.push_str(class);
        }
    }
    if language::find(&fence.language.value) == Some(Grammar::Session) {
        out.push_str(" session");
    }
    for class in &fence.classes {
        out.push(' ');
        escape_attribute(out, &class.value);
    }
    out.push('"');
    if let Some(id) = &fence.id {
        attribute(out, "id", &id.value);
    }
    // A slot's element cannot stand in an attribute; the caption has it.
    let title = fence.title.as_ref().map(|title| title.value.as_str());
    if let Some(title) = title.filter(|title| !title.contains(is_slot)) {
        attribute(out, "data-title", title);
    }
    for (name, value) in &fence.others {
        if is_harmless(&name.value) && !value.contains(is_slot) {
            attribute(out, &name.value, value);
        }
    }
    out.push('>');
    if let Some(title) = title {
        out.push_str("<figcaption>");
        escape(out, title);
        out.push_str("</figcaption>");
    }
    out.push_str("<pre tabindex=\"0\"><code");
    if !fence.language.value.is_empty() {
        out.push_str(" class=\"language-");
        escape_attribute(out, &fence.language.value);
        out.push('"');
    }
    out.push('>');
}

fn attribute(out: &mut String, name: &str, value: &str) {
    let _ = write!(out, " {name}=\"");
    escape_attribute(out, value);
    out.push('"');
}

/// Attributes that an author may put on the figure: no handlers, no styles, nothing that the page's script listens to.
fn is_harmless(name: &str) -> bool {
    let is_data = name
        .strip_prefix("data-")
        .is_some_and(|rest| !rest.is_empty() && rest != "title" && rest != "line" && !rest.starts_with("sitevar"));
    (is_data || name.starts_with("aria-") || ["lang", "dir"].contains(&name))
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// The private-use characters that the page pipeline keeps places with.
const fn is_slot(c: char) -> bool {
    c as u32 >= 0x10_0000
}

/// The text with the `+` and `-` that lines begin with made spaces.
fn without_signs(text: &str) -> String {
    let mut blank = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        match line.strip_prefix(['+', '-']) {
            Some(rest) => {
                blank.push(' ');
                blank.push_str(rest);
            }
            None => blank.push_str(line),
        }
    }
    blank
}

/// Writes text; a quote is one only in attributes.
pub(super) fn escape(out: &mut String, text: &str) {
    html::escape_text_into(out, text);
}

fn escape_attribute(out: &mut String, text: &str) {
    let mut pieces = text.split('"');
    html::escape_text_into(out, pieces.next().unwrap_or_default());
    for piece in pieces {
        out.push_str("&quot;");
        html::escape_text_into(out, piece);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(info: &str, text: &str, atoms: &[(&str, &str)]) -> String {
        let atoms: Vec<Atom> = atoms
            .iter()
            .map(|(fallback, html)| {
                let start = text.find(fallback).unwrap();
                Atom { range: start..start + fallback.len(), html: (*html).to_owned() }
            })
            .collect();
        render(&Highlighter::new(), &Fence::parse(info).0, text, &atoms)
    }

    fn inside(html: &str) -> &str {
        let start = html.find("<code").unwrap();
        let start = start + html[start..].find('>').unwrap() + 1;
        &html[start..html.find("</code>").unwrap()]
    }

    /// The text of the elements, entities resolved.
    fn text_of(html: &str) -> String {
        let mut text = String::new();
        let mut rest = inside(html);
        while let Some(open) = rest.find('<') {
            text.push_str(&rest[..open]);
            rest = &rest[open + rest[open..].find('>').unwrap() + 1..];
        }
        text.push_str(rest);
        text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
    }

    #[test]
    fn a_block_is_a_figure() {
        assert_eq!(
            rendered("yaml {title=\"a & b.yml\"}", "a: 'b'\n", &[]),
            "<figure class=\"code\" data-title=\"a &amp; b.yml\"><figcaption>a &amp; b.yml</figcaption>\
             <pre tabindex=\"0\"><code class=\"language-yaml\"><span class=\"tok-key\">a</span>: \
             <span class=\"tok-string\">'b'</span>\n</code></pre></figure>"
        );
        assert_eq!(
            rendered("", "<x>\n", &[]),
            "<figure class=\"code\"><pre tabindex=\"0\"><code>&lt;x&gt;\n</code></pre></figure>"
        );
        assert!(rendered("Caddyfile", "", &[]).contains("<code class=\"language-Caddyfile\"></code>"));
    }

    #[test]
    fn an_atom_is_one_element_inside_of_its_token() {
        let html = rendered("yaml", "a: 'https://x.example.com/'\n", &[("x.example.com", "<b>x.example.com</b>")]);
        assert_eq!(
            inside(&html),
            "<span class=\"tok-key\">a</span>: <span class=\"tok-string\">'https://<b>x.example.com</b>/'</span>\n"
        );
    }

    #[test]
    fn an_atom_over_the_edge_of_a_token_closes_it() {
        let html = rendered("yaml", "a: 'b' # c\n", &[("b' #", "<b>b' #</b>")]);
        assert_eq!(
            inside(&html),
            "<span class=\"tok-key\">a</span>: <span class=\"tok-string\">'</span><b>b' #</b>\
             <span class=\"tok-comment\"> c</span>\n"
        );
    }

    #[test]
    fn atoms_may_touch_be_empty_or_stand_at_either_end() {
        let atoms: Vec<Atom> = [(0..1, "<i>a</i>"), (1..2, "<i>b</i>"), (2..2, "<i></i>"), (3..4, "<i>\n</i>")]
            .map(|(range, html)| Atom { range, html: html.to_owned() })
            .to_vec();
        let html = render(&Highlighter::new(), &Fence::parse("text").0, "abc\n", &atoms);
        assert_eq!(inside(&html), "<i>a</i><i>b</i><i></i>c<i>\n</i>");
    }

    #[test]
    fn atoms_that_cannot_be_are_left_out() {
        let atoms: Vec<Atom> = [(0..2, "1"), (1..3, "2"), (3..4, "3"), (90..99, "4")]
            .map(|(range, html)| Atom { range, html: html.to_owned() })
            .to_vec();
        let html = render(&Highlighter::new(), &Fence::parse("").0, "abcé\n", &atoms);
        assert_eq!(inside(&html), "1cé\n");
    }

    #[test]
    fn lines_are_marked_and_numbered() {
        let html = rendered("text {hl_lines=\"2\" linenos=true linenostart=9}", "a\nb\n\nc", &[]);
        assert!(html.starts_with("<figure class=\"code numbered\">"));
        assert_eq!(
            inside(&html),
            "<span class=\"line\" data-line=\"9\">a\n</span><span class=\"line hl\" data-line=\"10\">b\n</span>\
             <span class=\"line\" data-line=\"11\">\n</span><span class=\"line\" data-line=\"12\">c</span>"
        );
        assert!(rendered("text {linenos=true linenostart=9999}", "a\nb\n", &[]).contains(" digits-5"));
    }

    #[test]
    fn a_diff_keeps_its_language() {
        let html = rendered("yaml {diff=true}", " a: 1\n-b: 2\n+b: x\n", &[]);
        assert_eq!(
            inside(&html),
            "<span class=\"line\"><span class=\"mark\"> </span><span class=\"tok-key\">a</span>: <span class=\"tok-number\">1</span>\n</span>\
             <span class=\"line del\"><span class=\"mark\">-</span><span class=\"tok-key\">b</span>: <span class=\"tok-number\">2</span>\n</span>\
             <span class=\"line ins\"><span class=\"mark\">+</span><span class=\"tok-key\">b</span>: <span class=\"tok-string\">x</span>\n</span>"
        );
    }

    #[test]
    fn the_text_is_the_source_byte_by_byte() {
        let text = "a: \"<&>\"\n\n# é \u{feff}\r\n- b: |\n    x\n\ty";
        for info in [
            "",
            "yaml",
            "yaml {diff=true}",
            "console",
            "html {linenos=true}",
            "caddyfile",
            "ldif",
            "unknown {hl_lines=2}",
        ] {
            assert_eq!(text_of(&rendered(info, text, &[])), text, "{info}");
        }
    }

    #[test]
    fn sessions_mark_prompts_and_output() {
        let html = rendered("console", "$ id\nuid=0\n", &[]);
        assert!(html.contains("<figure class=\"code session\">"), "{html}");
        assert!(html.contains("<span class=\"prompt\">$ </span>"), "{html}");
        assert!(html.contains("<span class=\"output\">uid=0\n</span>"), "{html}");
    }

    #[test]
    fn only_harmless_attributes_reach_the_page() {
        let html =
            rendered("a {onclick=\"x\" style=\"y\" data-x=\"1\" data-sitevar=\"z\" aria-label=\"<\" .k #i}", "", &[]);
        assert!(html.starts_with("<figure class=\"code k\" id=\"i\" data-x=\"1\" aria-label=\"&lt;\">"), "{html}");
    }

    #[test]
    fn a_title_with_a_slot_is_in_the_caption_alone() {
        let html = rendered("a {title=\"\u{100001}.yml\"}", "", &[]);
        assert!(html.starts_with("<figure class=\"code\"><figcaption>\u{100001}.yml</figcaption>"), "{html}");
    }

    /// Whether each tag that opens is closed in order; the deepest nesting.
    fn depth(html: &str) -> usize {
        let (mut open, mut deepest) = (Vec::new(), 0);
        for tag in inside(html).split('<').skip(1) {
            let name = tag.split(['>', ' ']).next().unwrap();
            match name.strip_prefix('/') {
                Some(name) => assert_eq!(open.pop(), Some(name), "{html}"),
                None => open.push(name),
            }
            deepest = deepest.max(open.len());
        }
        assert!(open.is_empty(), "{html}");
        deepest
    }

    proptest::proptest! {
        #![proptest_config({
            let told = proptest::prelude::ProptestConfig::default();
            proptest::prelude::ProptestConfig { cases: told.cases.max(300), ..told }
        })]
        #[test]
        fn whatever_the_text_and_its_atoms_nothing_is_lost_or_split(
            text in "[a-z:'\"#<&+$\\- {}\n\té]{0,60}",
            info in "(yaml|console|bash|caddyfile|ldif|html|unknown|)( \\{(diff=true|linenos=true|hl_lines=\"1 3\")\\})?",
            cuts in proptest::collection::vec(0_usize..60, 0..8),
        ) {
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| text.floor_char_boundary(cut)).collect();
            cuts.sort_unstable();
            let mut atoms = Vec::new();
            for pair in cuts.chunks_exact(2) {
                let mut fallback = String::new();
                escape(&mut fallback, &text[pair[0]..pair[1]]);
                atoms.push(Atom { range: pair[0]..pair[1], html: format!("<b>{fallback}</b>") });
            }
            let html = render(&Highlighter::new(), &Fence::parse(&info).0, &text, &atoms);
            proptest::prop_assert_eq!(text_of(&html), text);
            proptest::prop_assert!(depth(&html) <= 3);
            for atom in &atoms {
                proptest::prop_assert!(html.contains(&atom.html));
            }
        }
    }
}
