//! Slots: characters that stand for shortcode output and variables while a text is Markdown and HTML, and their filling.
//!
//! A slot is one private-use character of plane 16, so that Markdown takes it for a letter and never splits it. The
//! last characters of that plane are marks: around HTML that was rendered already, and before addresses that have the
//! base path already. A source that holds any of them is told and has them replaced ([`crate::page::read`]), so that
//! no guide can forge one.

use super::context::Context;
use super::html::{self, Attribute, Piece, Tag};
use super::markdown;
use super::rendered::MarkdownUse;
pub use super::variable_use::{Liveness, VariableUse};
use std::collections::BTreeMap;

/// The first slot.
pub const FIRST: char = '\u{100000}';
/// How many slots a page can have.
pub const COUNT: usize = 0xfff0;
/// Before the body of a shortcode, where raw HTML is not allowed ([`crate::page::authored`]).
pub const BODY_START: char = '\u{10fff9}';
/// Behind it.
pub const BODY_END: char = '\u{10fffa}';
/// Before HTML that the `markdown` filter rendered.
pub const RENDERED_START: char = '\u{10fffb}';
/// Behind it.
pub const RENDERED_END: char = '\u{10fffc}';
/// Before a root-relative address that has the base path.
pub const BASED: char = '\u{10fffd}';

/// Whether guidegen keeps `c` for itself.
#[must_use]
pub const fn is_reserved(c: char) -> bool {
    c as u32 >= FIRST as u32
}

/// Whether `text` may hold a reserved character: all of them start with this byte in UTF-8.
#[must_use]
pub fn may_hold_reserved(text: &str) -> bool {
    text.as_bytes().contains(&0xf4)
}

/// What a slot stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slot {
    /// The output of a shortcode: HTML, which may hold slots with smaller numbers.
    Html(String),
    /// A variable.
    Variable(VariableUse),
    /// The address of something on this site.
    Address(AddressUse),
}

/// An address, which is written otherwise in links than in text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressUse {
    /// As the target of a link: with the base path.
    pub target: String,
    /// As text.
    pub shown: String,
}

/// The slots of one page.
#[derive(Debug, Clone, Default)]
pub struct Slots {
    slots: Vec<Slot>,
    /// The quotes that variables stand between in code blocks, by their slots' numbers.
    contexts: BTreeMap<usize, Context>,
}

impl Slots {
    /// Makes a slot; none when the page has too many.
    pub fn add(&mut self, slot: Slot) -> Option<char> {
        let number = u32::try_from(self.slots.len()).ok().filter(|_| self.slots.len() < COUNT)?;
        self.slots.push(slot);
        char::from_u32(FIRST as u32 + number)
    }

    /// Which slot `c` is, and what it stands for.
    #[must_use]
    pub fn get(&self, c: char) -> Option<(usize, &Slot)> {
        let number = (c as u32).checked_sub(FIRST as u32)? as usize;
        self.slots.get(number).map(|slot| (number, slot))
    }

    /// Keeps that the slot `c` stands between the quotes of `context`, for the page's Markdown.
    pub fn stands_in(&mut self, c: char, context: Context) {
        if let Some((number, _)) = self.get(c) {
            self.contexts.insert(number, context);
        }
    }

    /// Every slot, in the order they were made.
    pub fn iter(&self) -> impl Iterator<Item = &Slot> {
        self.slots.iter()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// `text` with fallbacks and without markup.
    #[must_use]
    pub fn plain(&self, text: &str) -> String {
        let mut filler = Filler::new(self, "", usize::MAX);
        filler.plain_into(text, self.slots.len(), true);
        filler.out
    }

    /// An info string with fallbacks in its language, where an element cannot stand; its title keeps its slots.
    #[must_use]
    pub fn plain_language(&self, info: &str) -> String {
        let end = info.find(|c: char| c.is_whitespace() || c == '{').unwrap_or(info.len());
        if !may_hold_reserved(&info[..end]) {
            return info.to_owned();
        }
        format!("{}{}", self.plain(&info[..end]), &info[end..])
    }

    /// `text`, which is Markdown, with fallbacks as text, in code blocks escaped as the page has them, and shortcode output as
    /// the HTML that it is, the base path in its addresses; and where live variables stand in it.
    #[must_use]
    pub fn markdown(&self, text: &str, base_path: &str, limit: usize) -> Option<(String, Vec<MarkdownUse>)> {
        let mut filler = Filler::new(self, base_path, limit);
        filler.markdown_into(text, self.slots.len());
        (!filler.overflown).then_some((filler.out, filler.uses))
    }

    /// `html` with every slot filled and the base path before root-relative addresses. None when the output would be
    /// larger than `limit` bytes.
    #[must_use]
    pub fn fill(&self, html: String, base_path: &str, limit: usize) -> Option<String> {
        if base_path.is_empty() && !may_hold_reserved(&html) {
            return Some(html);
        }
        let mut filler = Filler::new(self, base_path, limit);
        filler.html_into(&html, self.slots.len());
        (!filler.overflown).then_some(filler.out)
    }
}

/// Attributes whose value is an address.
#[must_use]
pub fn is_address_attribute(name: &str) -> bool {
    ["href", "src", "poster", "action", "formaction", "cite", "data"].iter().any(|n| name.eq_ignore_ascii_case(n))
}

/// Whether an attribute is an address from the site's root.
#[must_use]
pub fn is_root_relative(attribute: &Attribute<'_>) -> bool {
    is_address_attribute(attribute.name) && attribute.value.starts_with('/') && !attribute.value.starts_with("//")
}

struct Filler<'a> {
    slots: &'a Slots,
    base_path: &'a str,
    limit: usize,
    out: String,
    uses: Vec<MarkdownUse>,
    /// Whether the value of an attribute that is an address is being filled.
    in_address: bool,
    overflown: bool,
}

impl<'a> Filler<'a> {
    const fn new(slots: &'a Slots, base_path: &'a str, limit: usize) -> Self {
        Self { slots, base_path, limit, out: String::new(), uses: Vec::new(), in_address: false, overflown: false }
    }

    /// Whether there is room for `length` more bytes.
    fn has_room(&mut self, length: usize) -> bool {
        self.overflown |= self.out.len() + length > self.limit;
        !self.overflown
    }

    /// Fills the HTML of a slot or page; slots from `below` on cannot be meant, so that filling ends.
    fn html_into(&mut self, fragment: &str, below: usize) {
        let mut pieces = html::pieces(fragment).peekable();
        while let Some(piece) = pieces.next() {
            match piece {
                Piece::Text(text) => {
                    if let Some(slot) = lone_slot(text)
                        && self.out.ends_with("<p>")
                        && matches!(pieces.peek(), Some(Piece::Tag(Tag { source: "</p>", .. })))
                        && self.slots.get(slot).is_some()
                    {
                        // As Hugo has it: a shortcode that stands alone is no paragraph.
                        self.out.truncate(self.out.len() - "<p>".len());
                        pieces.next();
                    }
                    self.text_into(text, below);
                }
                Piece::Raw(raw) => self.plain_into(raw, below, false),
                Piece::Tag(tag) => self.tag_into(&tag, below),
            }
        }
    }

    /// Character data: slots as elements.
    fn text_into(&mut self, text: &str, below: usize) {
        let slots = self.slots;
        for (before, slot) in split(text) {
            if !self.has_room(before.len()) {
                return;
            }
            self.out.push_str(before);
            let Some((number, found)) = slot.and_then(|c| slots.get(c)).filter(|(number, _)| *number < below) else {
                continue;
            };
            match found {
                Slot::Html(output) => self.html_into(output, number),
                Slot::Variable(variable) => {
                    if self.has_room(variable.fallback.len() + 64) {
                        self.out.push_str(&variable.element());
                    }
                }
                Slot::Address(address) => {
                    if self.has_room(address.shown.len()) {
                        html::escape_into(&mut self.out, &address.shown);
                    }
                }
            }
        }
    }

    /// Text without markup: slots as their fallbacks. `unescaped` is for text that is no HTML.
    fn plain_into(&mut self, text: &str, below: usize, unescaped: bool) {
        let slots = self.slots;
        for (before, slot) in split(text) {
            if !self.has_room(before.len()) {
                return;
            }
            self.out.push_str(before);
            let Some((number, found)) = slot.and_then(|c| slots.get(c)).filter(|(number, _)| *number < below) else {
                continue;
            };
            let plain = match found {
                Slot::Html(output) => {
                    let mut inner = Filler::new(slots, "", self.limit.saturating_sub(self.out.len()));
                    inner.plain_into(&html::text_of(output), number, true);
                    self.overflown |= inner.overflown;
                    inner.out
                }
                Slot::Variable(variable) => variable.fallback.clone(),
                Slot::Address(address) if self.in_address => address.target.clone(),
                Slot::Address(address) => address.shown.clone(),
            };
            if !self.has_room(plain.len()) {
                return;
            }
            if unescaped {
                self.out.push_str(&plain);
            } else {
                html::escape_into(&mut self.out, &plain);
            }
        }
    }

    fn markdown_into(&mut self, text: &str, below: usize) {
        let slots = self.slots;
        for (before, slot) in split(text) {
            if !self.has_room(before.len()) {
                return;
            }
            self.out.push_str(before);
            match slot.and_then(|c| slots.get(c)).filter(|(number, _)| *number < below) {
                Some((number, Slot::Html(output))) => self.output_into(output.trim(), number),
                Some((_, Slot::Address(address))) => {
                    let is_target = ["](", "](<", "]: ", "=\"", "='"].iter().any(|open| self.out.ends_with(open));
                    self.out.push_str(if is_target { &address.target } else { &address.shown });
                }
                Some((number, Slot::Variable(variable))) => {
                    let start = self.out.len();
                    let context = slots.contexts.get(&number).copied();
                    match context {
                        Some(context) => self.out.push_str(&context.escape(&variable.fallback)),
                        None => self.out.push_str(&variable.fallback),
                    }
                    if variable.liveness == Liveness::Live {
                        let (name, format) = (variable.name.clone(), variable.format.clone());
                        self.uses.push(MarkdownUse { range: start..self.out.len(), name, format, context });
                    }
                }
                None => {}
            }
        }
    }

    /// The HTML of a shortcode in Markdown.
    fn output_into(&mut self, fragment: &str, below: usize) {
        if self.base_path.is_empty() {
            return self.markdown_into(fragment, below);
        }
        for piece in html::pieces(fragment) {
            let (Piece::Text(source) | Piece::Raw(source) | Piece::Tag(Tag { source, .. })) = piece;
            let mut from = 0;
            if let Piece::Tag(tag) = piece {
                for attribute in tag.attributes().filter(is_root_relative) {
                    self.markdown_into(&source[from..attribute.value_start], below);
                    self.out.push_str(self.base_path);
                    from = attribute.value_start;
                }
            }
            self.markdown_into(&source[from..], below);
        }
    }

    /// A tag: slots in its attributes as fallbacks, with a template of the whole value for the script beside them.
    fn tag_into(&mut self, tag: &Tag<'_>, below: usize) {
        if !self.has_room(tag.source.len()) {
            return;
        }
        if self.base_path.is_empty() && !may_hold_reserved(tag.source) {
            self.out.push_str(tag.source);
            return;
        }
        let mut from = 0;
        for attribute in tag.attributes() {
            let address = is_address_attribute(attribute.name);
            let has_base = address && !self.base_path.is_empty();
            if !has_base && !may_hold_reserved(attribute.value) {
                continue;
            }
            self.plain_into(&tag.source[from..attribute.value_start], below, false);
            self.attribute_into(&attribute, address, below);
            from = attribute.end;
        }
        self.plain_into(&tag.source[from..], below, false);
    }

    /// The value of an attribute, its closing quote, and what the script needs to follow the reader's values.
    fn attribute_into(&mut self, attribute: &Attribute<'_>, address: bool, below: usize) {
        let (value, based) = match attribute.value.strip_prefix(BASED) {
            Some(value) => (value, true),
            None => (attribute.value, false),
        };
        let quote = attribute.quote.unwrap_or('"');
        if attribute.quote.is_none() {
            self.out.push(quote);
        }
        let prefix = if is_root_relative(attribute) && !based { self.base_path } else { "" };
        self.out.push_str(prefix);
        self.in_address = address;
        let start = self.out.len();
        self.plain_into(value, below, false);
        if address && may_hold_reserved(value) && !markdown::is_harmless(&unescaped(&self.out[start..])) {
            // A value may be anything, and a script is none that a link leads to.
            self.out.truncate(start);
            self.out.push('#');
        }
        let template = self.template(prefix, value, below);
        self.in_address = false;
        self.out.push(quote);
        if let Some(template) = template {
            self.out.push_str(" data-sitevar-");
            self.out.push_str(&attribute.name.to_ascii_lowercase());
            self.out.push_str("=\"");
            self.out.push_str(&template);
            self.out.push('"');
        }
    }

    /// The value with `{name}` for each variable, when one of them is live.
    fn template(&self, prefix: &str, value: &str, below: usize) -> Option<String> {
        let mut template = prefix.to_owned();
        let mut is_live = false;
        for (before, slot) in split(value) {
            braces_into(&mut template, before);
            match slot.and_then(|c| self.slots.get(c)).filter(|(number, _)| *number < below) {
                Some((_, Slot::Variable(variable))) if variable.liveness == Liveness::Live => {
                    is_live = true;
                    template.push('{');
                    template.push_str(&variable.name);
                    if let Some(format) = &variable.format {
                        template.push('|');
                        template.push_str(format);
                    }
                    template.push('}');
                }
                Some((_, Slot::Variable(variable))) => {
                    braces_into(&mut template, &html::escape(&variable.fallback));
                }
                Some((_, Slot::Html(output))) => {
                    braces_into(&mut template, &html::escape(&self.slots.plain(&html::text_of(output))));
                }
                Some((_, Slot::Address(address))) => {
                    braces_into(
                        &mut template,
                        &html::escape(if self.in_address { &address.target } else { &address.shown }),
                    );
                }
                None => {}
            }
        }
        // The value may have stood in single quotes.
        is_live.then(|| template.replace('"', "&quot;"))
    }
}

fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    html::unescape_into(&mut out, text);
    out
}

fn braces_into(out: &mut String, text: &str) {
    for c in text.chars() {
        if matches!(c, '{' | '}') {
            out.push(c);
        }
        out.push(c);
    }
}

/// The only character of `text`, if it is reserved.
fn lone_slot(text: &str) -> Option<char> {
    let mut chars = text.chars();
    let first = chars.next().filter(|c| is_reserved(*c))?;
    chars.next().is_none().then_some(first)
}

/// `text` cut at its reserved characters: what stands before each, and the character; last what stands behind them.
fn split(text: &str) -> impl Iterator<Item = (&str, Option<char>)> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let found = if may_hold_reserved(text) { text.char_indices().find(|(_, c)| is_reserved(*c)) } else { None };
        match found {
            Some((at, c)) => {
                rest = Some(&text[at + c.len_utf8()..]);
                Some((&text[..at], Some(c)))
            }
            None => {
                rest = None;
                Some((text, None))
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Span;

    fn variable(name: &str, format: Option<&str>, fallback: &str, liveness: Liveness) -> Slot {
        let (name, format) = (name.to_owned(), format.map(str::to_owned));
        Slot::Variable(VariableUse { name, format, fallback: fallback.to_owned(), liveness, span: Span::default() })
    }

    fn slots() -> (Slots, [char; 4]) {
        let mut slots = Slots::default();
        let domain = slots.add(variable("domain", None, "example.com", Liveness::Live)).unwrap();
        let regex = slots.add(variable("domain", Some("regex"), "a\\.<b", Liveness::Live)).unwrap();
        let baked = slots.add(variable("port", None, "9091", Liveness::Baked)).unwrap();
        let html = slots.add(Slot::Html(format!("<b>{domain}</b>"))).unwrap();
        (slots, [domain, regex, baked, html])
    }

    #[test]
    fn a_slot_is_filled_in_the_escaping_of_its_place() {
        let (slots, [domain, regex, baked, html]) = slots();
        let fill = |text: String| slots.fill(text, "", usize::MAX).unwrap();
        assert_eq!(
            fill(format!("<i>{regex}</i>")),
            "<i><span data-sitevar=\"domain\" data-sitevar-format=\"regex\">a\\.&lt;b</span></i>"
        );
        assert_eq!(
            fill(format!("<a href=\"https://{domain}:{baked}/{{x}}\">x</a>")),
            "<a href=\"https://example.com:9091/{x}\" data-sitevar-href=\"https://{domain}:9091/{{x}}\">x</a>"
        );
        assert_eq!(fill(format!("<img alt='{html}\"'>")), "<img alt='example.com\"'>");
        assert_eq!(fill(format!("<img alt={domain}>")), "<img alt=\"example.com\" data-sitevar-alt=\"{domain}\">");
        for (value, kept) in [("javascript:x()", false), ("JAVA&#x0A;script", true), (" data:text/html,x", false)] {
            let mut slots = Slots::default();
            let slot = slots.add(variable("v", None, value, Liveness::Live)).unwrap();
            let link = slots.fill(format!("<a href='{slot}'>"), "", usize::MAX).unwrap();
            assert_eq!(link.starts_with("<a href='#'"), !kept, "{link}");
        }
        assert_eq!(fill(format!("<!-- {domain} -->")), "<!-- example.com -->");
        assert_eq!(slots.plain(&format!("{html} & {regex}")), "example.com & a\\.<b");
    }

    #[test]
    fn a_shortcode_that_stands_alone_is_no_paragraph() {
        const FORGED: char = '\u{100fff}';
        let (slots, [domain, _, _, html]) = slots();
        let fill = |text: String| slots.fill(text, "", usize::MAX).unwrap();
        assert!(fill(format!("<p>{html}</p>\n")).starts_with("<b><span"));
        assert!(fill(format!("<p>{html} </p>")).starts_with("<p><b>"));
        assert!(fill(format!("<p>{domain}</p>")).starts_with("<span"));
        assert!(fill(format!("<p>{domain}.</p>")).starts_with("<p><span"), "a variable is words of a paragraph");
        assert_eq!(fill(format!("<p>{FORGED}</p>")), "<p></p>", "a reserved character that is no slot");
    }

    #[test]
    fn the_base_path_is_added_once() {
        let slots = Slots::default();
        let html =
            format!("<a href=\"/a/\"></a><a href=\"{BASED}/docs/b/\"></a><a href=\"//c/\"></a><a title=\"/d\"></a>");
        assert_eq!(
            slots.fill(html, "/docs", usize::MAX).unwrap(),
            "<a href=\"/docs/a/\"></a><a href=\"/docs/b/\"></a><a href=\"//c/\"></a><a title=\"/d\"></a>"
        );
    }

    #[test]
    fn output_that_doubles_is_limited() {
        let mut slots = Slots::default();
        let mut last = slots.add(Slot::Html("x".repeat(100))).unwrap();
        for _ in 0..60 {
            last = slots.add(Slot::Html(format!("{last}{last}"))).unwrap();
        }
        assert_eq!(slots.fill(last.to_string(), "", 1_000_000), None);
        let own = char::from_u32(FIRST as u32).unwrap();
        let mut slots = Slots::default();
        slots.add(Slot::Html(format!("a{own}"))).unwrap();
        assert_eq!(slots.fill(own.to_string(), "", 100).unwrap(), "a", "a slot in itself ends");
    }
}
