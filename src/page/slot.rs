//! Slots: characters that stand for shortcode output and variables while a text is Markdown and HTML, and their filling.
//!
//! A slot is one private-use character of plane 16, so that Markdown takes it for a letter and never splits it. The
//! last characters of that plane are marks: around HTML that was rendered already, and before addresses that have the
//! base path already. A source, a name or a value that holds any of them is told and has them replaced
//! ([`crate::base::reserved`]), so that no guide can forge one.

mod fill;

use super::context::Context;
use super::html::Attribute;
use super::rendered::MarkdownUse;
pub use super::variable_use::{Liveness, VariableUse};
pub use crate::base::reserved::{FIRST, first_reserved, is_reserved, may_hold_reserved};
use fill::Filler;
use std::collections::BTreeMap;

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
        filler.out.reserve(text.len() + text.len() / 8);
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
        filler.out.reserve(html.len() + html.len() / 8);
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
