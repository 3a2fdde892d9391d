//! The filling: a text with its slots becomes HTML, plain text or Markdown, each slot in the escaping of its place.

use super::{
    BASED, Liveness, Slot, Slots, first_reserved, is_address_attribute, is_reserved, is_root_relative,
    may_hold_reserved,
};
use crate::page::html::{self, Attribute, Piece, Tag};
use crate::page::markdown;
use crate::page::rendered::MarkdownUse;
use crate::page::srcset;

/// Fills one text.
pub(super) struct Filler<'a> {
    slots: &'a Slots,
    base_path: &'a str,
    limit: usize,
    pub(super) out: String,
    pub(super) uses: Vec<MarkdownUse>,
    /// Whether the value of an attribute that is an address is being filled.
    in_address: bool,
    /// Whether more came out than is allowed.
    pub(super) overflown: bool,
}

impl<'a> Filler<'a> {
    pub(super) const fn new(slots: &'a Slots, base_path: &'a str, limit: usize) -> Self {
        Self { slots, base_path, limit, out: String::new(), uses: Vec::new(), in_address: false, overflown: false }
    }

    /// Whether there is room for `length` more bytes.
    fn has_room(&mut self, length: usize) -> bool {
        self.overflown |= self.out.len() + length > self.limit;
        !self.overflown
    }

    /// Fills the HTML of a slot or page; slots from `below` on cannot be meant, so that filling ends.
    pub(super) fn html_into(&mut self, fragment: &str, below: usize) {
        let has_base = !self.base_path.is_empty();
        let next_from =
            |at: usize| fragment.get(at..).and_then(first_reserved).map_or(usize::MAX, |(found, _)| at + found);
        let mut pieces = html::pieces(fragment).peekable();
        // Most of a page has nothing to be filled: it is copied in long stretches, and not taken apart behind the last slot.
        let (mut at, mut copied, mut slot_at) = (0, 0, next_from(0));
        while (has_base || slot_at < usize::MAX)
            && let Some(piece) = pieces.next()
        {
            let (Piece::Text(source) | Piece::Raw(source) | Piece::Tag(Tag { source, .. })) = piece;
            let start = at;
            at += source.len();
            if slot_at >= at && !(has_base && matches!(piece, Piece::Tag(_))) {
                continue;
            }
            self.verbatim_into(&fragment[copied..start]);
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
                        at += "</p>".len();
                    }
                    self.text_into(text, below);
                }
                Piece::Raw(raw) => self.plain_into(raw, below, false),
                Piece::Tag(tag) => self.tag_into(&tag, below),
            }
            copied = at;
            if slot_at < at {
                slot_at = next_from(at);
            }
        }
        self.verbatim_into(&fragment[copied..]);
    }

    fn verbatim_into(&mut self, text: &str) {
        if self.has_room(text.len()) {
            self.out.push_str(text);
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
    pub(super) fn plain_into(&mut self, text: &str, below: usize, unescaped: bool) {
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

    pub(super) fn markdown_into(&mut self, text: &str, below: usize) {
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
                for attribute in tag.attributes() {
                    let is_list = srcset::is_srcset(attribute.name);
                    if !is_list && !is_root_relative(&attribute) {
                        continue;
                    }
                    self.markdown_into(&source[from..attribute.value_start], below);
                    from = attribute.value_start;
                    if is_list {
                        self.markdown_into(&srcset::based(attribute.value, self.base_path), below);
                        from += attribute.value.len();
                    } else {
                        self.out.push_str(self.base_path);
                    }
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
            let has_base = (address || srcset::is_srcset(attribute.name)) && !self.base_path.is_empty();
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
        let list = srcset::is_srcset(attribute.name).then(|| srcset::based(attribute.value, self.base_path));
        let (value, based) = match (&list, attribute.value.strip_prefix(BASED)) {
            (Some(list), _) => (list.as_str(), true),
            (None, Some(value)) => (value, true),
            (None, None) => (attribute.value, false),
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
        // A name that a shortcode makes is none that the script could find again.
        let template = self.template(prefix, value, below).filter(|_| !may_hold_reserved(attribute.name));
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
        match first_reserved(text) {
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
