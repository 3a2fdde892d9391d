//! Links and images: where they lead, how their addresses are written, and addresses without brackets.

use super::renderer::Renderer;
use super::sanitize::is_harmless;
use crate::input::config::RawHtml;
use crate::page::html;
use crate::page::scope::LinkUse;
use crate::page::slot;
use pulldown_cmark::{Event, LinkType};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// An image whose text is being gathered.
pub struct ImageState {
    target: String,
    title: String,
    pub alt: String,
    /// Elements inside of it that are open.
    pub depth: usize,
}

impl ImageState {
    pub fn new(target: &str, title: &str) -> Self {
        Self { target: target.to_owned(), title: title.to_owned(), alt: String::new(), depth: 0 }
    }

    /// Takes what is no text in: its words count for the image's text.
    pub fn take(&mut self, event: &Event<'_>) {
        match event {
            Event::Code(code) => self.alt.push_str(code),
            // A footnote's mark is nothing to be read out.
            Event::InlineMath(latex) | Event::DisplayMath(latex) => self.alt.push_str(latex),
            Event::SoftBreak | Event::HardBreak => self.alt.push(' '),
            _ => {}
        }
    }
}

/// In which case percent-encoding writes its digits: Hugo has it one way for links and the other for images.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hex {
    /// `%c3`.
    Lower,
    /// `%C3`.
    Upper,
}

/// `target` as it is written into an attribute, before its escaping. Slots pass: what is filled in for them is encoded
/// by who fills them.
pub fn encode(target: &str, hex: Hex) -> String {
    // Nearly all that is written is written as it is.
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._!*#$&+,/:;=?@[]~".contains(&byte);
    if target.bytes().all(is_plain) {
        return target.to_owned();
    }
    let mut out = String::with_capacity(target.len());
    for (at, c) in target.char_indices() {
        let is_kept = match c {
            '%' => target.as_bytes().get(at + 1..at + 3).is_some_and(|code| code.iter().all(u8::is_ascii_hexdigit)),
            '[' | ']' | '~' => true,
            '\'' | '(' | ')' => hex == Hex::Upper,
            _ => {
                c.is_ascii_alphanumeric()
                    || matches!(
                        c,
                        '-' | '.' | '_' | '!' | '*' | '#' | '$' | '&' | '+' | ',' | '/' | ':' | ';' | '=' | '?' | '@'
                    )
                    || slot::is_reserved(c)
            }
        };
        if is_kept {
            out.push(c);
            continue;
        }
        for byte in c.encode_utf8(&mut [0; 4]).bytes() {
            out.push('%');
            let digits = if hex == Hex::Lower { b"0123456789abcdef" } else { b"0123456789ABCDEF" };
            out.push(char::from(digits[usize::from(byte >> 4)]));
            out.push(char::from(digits[usize::from(byte & 15)]));
        }
    }
    out
}

impl Renderer<'_> {
    pub(super) fn start_link(&mut self, link_type: LinkType, target: &str, title: &str, range: &Range<usize>) {
        self.link_depth += 1;
        let is_address = matches!(link_type, LinkType::Autolink | LinkType::Email);
        let target = if link_type == LinkType::Email { format!("mailto:{target}") } else { target.to_owned() };
        let href = if is_address { target.clone() } else { self.resolved(&target) };
        self.note(target, false, range);
        if let Some(heading) = self.heading.as_mut().filter(|_| is_address) {
            heading.pass();
        }
        self.out.push_str("<a");
        // Who does not want the author's HTML wants no scripts in links either.
        if self.scope.world.raw_html() == RawHtml::Allow || is_harmless(&href) {
            self.out.push_str(" href=\"");
            html::escape_into(&mut self.out, &encode(&href, Hex::Lower));
            self.out.push('"');
        }
        self.title(title);
        self.out.push('>');
    }

    pub(super) fn end_image(&mut self, range: &Range<usize>) {
        let Some(image) = self.image.take() else { return };
        let source = self.image_source(&image.target);
        self.note(image.target, true, range);
        self.out.push_str("<img src=\"");
        html::escape_into(&mut self.out, &encode(&source, Hex::Upper));
        self.out.push_str("\" alt=\"");
        html::escape_into(&mut self.out, &image.alt);
        self.out.push('"');
        self.title(&image.title);
        self.out.push_str(" loading=\"lazy\">");
    }

    fn title(&mut self, title: &str) {
        if !title.is_empty() {
            self.out.push_str(" title=\"");
            html::escape_into(&mut self.out, title);
            self.out.push('"');
        }
    }

    /// What is written for a target; one that depends on a variable stays as it is.
    fn resolved(&self, target: &str) -> String {
        if slot::may_hold_reserved(target) {
            return target.to_owned();
        }
        self.scope.resolve(target)
    }

    /// What is written for an image. A guide is no image: `![](x)` is the file `x`, whatever guide has that name.
    fn image_source(&self, target: &str) -> String {
        let found = self.resolved(target);
        let path = found.split(['#', '?']).next().unwrap_or_default();
        if path.ends_with('/') { target.to_owned() } else { found }
    }

    fn note(&self, written: String, is_image: bool, range: &Range<usize>) {
        let span = self.span(range);
        self.scope.state().links.push(LinkUse { written, is_image, is_markdown: true, span });
    }
}

/// An address in a text.
#[derive(Debug, PartialEq, Eq)]
pub struct BareLink {
    /// Where it stands.
    pub range: Range<usize>,
    /// What goes before it to make it a link's target.
    pub prefix: &'static str,
}

#[expect(clippy::unwrap_used, reason = "the pattern is a constant, compiled by a test")]
static URL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"^(?:http|https|ftp)://[-a-zA-Z0-9@:%._+~#=\u{100000}-\u{10FFF0}]{1,256}\.[a-z]+(?::\d+)?(?:[/?#][-a-zA-Z0-9@:%_+.~#$!?&/=();,'">^{}\[\]`\u{100000}-\u{10FFF0}]*)?"#,
    )
    .unwrap()
});

#[expect(clippy::unwrap_used, reason = "the pattern is a constant, compiled by a test")]
static WWW: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"^www\.[-a-zA-Z0-9@:%._+~#=\u{100000}-\u{10FFF0}]{1,256}\.[a-z]+(?:[/?#][-a-zA-Z0-9@:%_+.~#!?&/=();,'">^{}\[\]`\u{100000}-\u{10FFF0}]*)?"#,
    )
    .unwrap()
});

#[expect(clippy::unwrap_used, reason = "the pattern is a constant, compiled by a test")]
static MAIL_HOST: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)+")
        .unwrap()
});

/// What may stand before the `@` of a mail address: its end, and where the address ends when there is one. It is the
/// same for every start in it, so that a long one is read once.
#[derive(Default)]
struct Mailbox {
    end: usize,
    address_end: Option<usize>,
}

impl Mailbox {
    /// Where the mail address that starts at `at` ends. `at` only grows.
    fn address_from(&mut self, text: &str, at: usize) -> Option<usize> {
        let is_in_word = |c: char| c.is_ascii_alphanumeric() || slot::is_reserved(c);
        let rest = &text[at..];
        if !rest.starts_with(is_in_word) {
            return None;
        }
        if at >= self.end {
            let is_part = |c: char| is_in_word(c) || ".!#$%&'*+/=?^_`{|}~-".contains(c);
            self.end = at + rest.find(|c| !is_part(c)).unwrap_or(rest.len());
            let host = MAIL_HOST.find(&text[self.end..]).map(|host| self.end + host.end());
            self.address_end = host.filter(|end| !text[*end..].starts_with(['-', '_', '@']));
        }
        self.address_end
    }
}

/// The addresses in a text, which starts a line or stands behind a mark, as Hugo finds them: at its start, behind white
/// space or `*_~(`, and where typography replaced something.
pub struct BareLinks<'t> {
    text: &'t str,
    /// How far it is read.
    at: usize,
    may_start: bool,
    mailbox: Mailbox,
}

impl<'t> BareLinks<'t> {
    pub fn new(text: &'t str) -> Self {
        Self { text, at: 0, may_start: true, mailbox: Mailbox::default() }
    }

    /// The next address that starts before `end`.
    pub fn before(&mut self, end: usize) -> Option<BareLink> {
        while self.at < end {
            let c = self.text.get(self.at..)?.chars().next()?;
            if self.may_start
                && let Some(link) = link_at(self.text, self.at, &mut self.mailbox)
            {
                self.at = link.range.end;
                self.may_start = false;
                return Some(link);
            }
            self.may_start = c.is_ascii_whitespace() || matches!(c, '*' | '_' | '~' | '(');
            self.at += c.len_utf8();
        }
        None
    }

    /// What typography replaced ends at `at`, and is passed.
    pub fn start_at(&mut self, at: usize) {
        self.at = self.at.max(at);
        self.may_start = true;
    }
}

/// All addresses in `text`.
pub fn bare_links(text: &str) -> Vec<BareLink> {
    let mut links = BareLinks::new(text);
    std::iter::from_fn(|| links.before(text.len())).collect()
}

fn link_at(text: &str, at: usize, mailbox: &mut Mailbox) -> Option<BareLink> {
    let rest = &text[at..];
    if rest.starts_with("http") || rest.starts_with("ftp") {
        if let Some(found) = URL.find(rest) {
            return Some(BareLink { range: at..at + trimmed(found.as_str()).len(), prefix: "" });
        }
    } else if rest.starts_with("www.")
        && let Some(found) = WWW.find(rest)
    {
        return Some(BareLink { range: at..at + trimmed(found.as_str()).len(), prefix: "https://" });
    }
    let end = mailbox.address_from(text, at)?;
    Some(BareLink { range: at..end, prefix: "mailto:" })
}

/// An address without what ends the sentence around it: marks, and before them brackets that nothing in it opened, or
/// an entity.
fn trimmed(url: &str) -> &str {
    let mut end = url.trim_end_matches(['?', '!', '.', ',', ':', '*', '_', '~']);
    let open = end.matches('(').count();
    let mut closed = end.matches(')').count();
    while closed > open
        && let Some(inner) = end.strip_suffix(')')
    {
        end = inner;
        closed -= 1;
    }
    let entity = end.strip_suffix(';').and_then(|inner| inner.rsplit_once('&'));
    match entity {
        Some((before, name)) if name.chars().all(|c| c.is_ascii_alphanumeric()) => before,
        _ => end,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        bare_links(text).into_iter().map(|link| &text[link.range]).collect()
    }

    #[test]
    fn addresses_are_found_where_hugo_finds_them() {
        for (text, links) in [
            ("see https://a.com/x. And", vec!["https://a.com/x"]),
            ("(https://a.com/x_(y))", vec!["https://a.com/x_(y)"]),
            ("https://localhost:9091/ http://1.2.3.4 :https://a.com", vec![]),
            ("https://a.com:8080/p?q=1#f, then", vec!["https://a.com:8080/p?q=1#f"]),
            ("www.a.com/x and mail me@b.example.", vec!["www.a.com/x", "me@b.example"]),
            ("a@b@c.d x@y", vec![]),
            ("_(a.b@c.d)_ http_a@b.c *x@y.z", vec!["a.b@c.d", "http_a@b.c", "x@y.z"]),
            ("git@github.com:a/b", vec!["git@github.com"]),
            ("\"https://a.com\"", vec![]),
            ("https://a.com/x&amp; y", vec!["https://a.com/x"]),
            ("(see https://a.com/). (https://a.com/x.)", vec!["https://a.com/", "https://a.com/x."]),
            ("https://a.com/x&amp;. https://a.com/x); y", vec!["https://a.com/x", "https://a.com/x);"]),
        ] {
            assert_eq!(found(text), links, "{text}");
        }
    }

    #[test]
    fn addresses_are_encoded_once() {
        assert_eq!(encode("/ü (a)%20%zz", Hex::Lower), "/%c3%bc%20%28a%29%20%25zz");
        assert_eq!(encode("/ü (a)", Hex::Upper), "/%C3%BC%20(a)");
    }
}
