//! Plain text between marks: emoji by name, and addresses that become links without brackets.

use super::link::{BareLink, BareLinks};
use super::renderer::Renderer;
use super::typography;
use crate::page::html;
use crate::page::scope::LinkUse;
use pulldown_cmark::CowStr;
use std::ops::Range;

/// Neighbouring texts, which the parser cuts at every character that could have been a mark.
#[derive(Default)]
pub struct TextRun<'a> {
    pieces: Vec<(CowStr<'a>, Range<usize>)>,
}

impl<'a> TextRun<'a> {
    pub fn push(&mut self, text: CowStr<'a>, range: Range<usize>) {
        self.pieces.push((text, range));
    }
}

/// A stretch of a run, ready to be written.
#[derive(Debug, PartialEq, Eq)]
struct Shown<'t> {
    /// What the reader sees.
    shown: &'t str,
    /// What the author wrote: the same but for quotes and dashes.
    written: &'t str,
    /// Whether the two differ. A run may have thousands of links: it is not compared again for each.
    is_other: bool,
    /// Whether a backslash stands before it.
    is_escaped: bool,
}

impl<'t> Shown<'t> {
    /// A text of the parser, which stands at `range` of the source.
    fn new(text: &'t str, range: &Range<usize>, source: &'t str) -> Self {
        // An entity was written as its name or number.
        let bytes = source.as_bytes();
        let is_entity = bytes.get(range.start) == Some(&b'&');
        let written = source.get(range.clone()).filter(|_| is_entity).unwrap_or(text);
        let is_escaped = range.start.checked_sub(1).is_some_and(|before| bytes.get(before) == Some(&b'\\'));
        Self { shown: text, written, is_other: is_entity && text != written, is_escaped }
    }

    /// What typography made of `written`.
    const fn replaced(written: &'t str, shown: &'t str) -> Self {
        Self { shown, written, is_other: true, is_escaped: false }
    }

    /// A part of one that is shown as it was written; none when it is empty.
    fn part(&self, range: Range<usize>) -> Option<Self> {
        let is_escaped = self.is_escaped && range.start == 0;
        let part = self.written.get(range).filter(|part| !part.is_empty())?;
        Some(Shown { shown: part, written: part, is_other: false, is_escaped })
    }
}

/// The addresses of a run, as far as it is read.
struct Links<'w> {
    addresses: BareLinks<'w>,
    found: Vec<BareLink>,
}

impl Links<'_> {
    /// Reads on to `at`, and tells whether that is in an address.
    fn hold(&mut self, at: usize) -> bool {
        while let Some(link) = self.addresses.before(at) {
            self.found.push(link);
        }
        self.found.last().is_some_and(|link| link.range.end > at)
    }
}

/// Where the first mark from `from` on is, which typography may replace: a quote, or the first of several others.
fn next_mark(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        at += bytes.get(at..)?.iter().position(|byte| typography::is_mark(*byte))?;
        let mark = bytes.get(at)?;
        if matches!(mark, b'"' | b'\'') || bytes.get(at + 1) == Some(mark) {
            return Some(at);
        }
        at += 1;
    }
}

/// The first piece of a run that is not wholly written, and where it begins in what was written: a run with many
/// links is not gone through again for each.
#[derive(Default)]
struct First {
    piece: usize,
    at: usize,
}

impl<'a> Renderer<'a> {
    /// Writes the texts that came since the last mark.
    pub(super) fn flush_text(&mut self) {
        let pieces = std::mem::take(&mut self.text.pieces);
        let (Some((_, first)), Some((_, last))) = (pieces.first(), pieces.last()) else { return };
        let range = first.start..last.end;
        let (shown, written, links) = self.set(&pieces);
        if let Some(image) = &mut self.image {
            for piece in &shown {
                image.alt.push_str(piece.shown);
            }
            self.note_heading_text(&shown);
        } else if links.is_empty() {
            self.write_run(&shown);
        } else {
            self.write_linked(&shown, &written, &links, &range);
        }
    }

    /// What typography makes of a run, and the addresses in what was written. Both are read together from left to
    /// right: a quote in an address is none, and behind one that is set an address may start.
    fn set<'t>(&mut self, pieces: &'t [(CowStr<'_>, Range<usize>)]) -> (Vec<Shown<'t>>, String, Vec<BareLink>)
    where
        'a: 't,
    {
        let source = self.input.text.as_str();
        let parsed = || pieces.iter().map(|(text, range)| Shown::new(text, range, source));
        let may_link = |piece: Shown<'_>| may_link(piece.written, pieces.len() > 1);
        let is_linking = self.image.is_none() && self.link_depth == 0 && parsed().any(may_link);
        let written = if is_linking { parsed().map(|piece| piece.written).collect() } else { String::new() };
        let mut links = Links { addresses: BareLinks::new(&written), found: Vec::new() };
        let mut shown = Vec::with_capacity(pieces.len());
        let (mut offset, mut read) = (0, None);
        for (mut piece, (_, range)) in parsed().zip(pieces) {
            piece.is_escaped &= read != Some(range.start);
            read = Some(range.end);
            let length = piece.written.len();
            if self.is_address || piece.is_other || source.get(range.clone()) != Some(piece.written) {
                shown.push(piece);
                offset += length;
                continue;
            }
            self.typography.enter(range.start);
            let (mut from, mut at) = (0, usize::from(piece.is_escaped));
            while let Some(mark) = next_mark(piece.written, at) {
                at = mark + 1;
                if links.hold(offset + mark) {
                    continue;
                }
                let rest = &piece.written[mark..];
                if let Some((width, replacement)) = self.typography.read(source, range.start + mark, rest) {
                    shown.extend(piece.part(from..mark));
                    shown.push(Shown::replaced(&rest[..width], replacement));
                    (from, at) = (mark + width, mark + width);
                    links.addresses.start_at(offset + at);
                }
            }
            shown.extend(piece.part(from..length));
            offset += length;
        }
        links.hold(written.len());
        let links = links.found;
        (shown, written, links)
    }

    fn write_run(&mut self, pieces: &[Shown<'_>]) {
        self.note_heading_text(pieces);
        if let [piece] = pieces {
            write_text(&mut self.out, piece.shown);
            return;
        }
        // Emoji names hold underscores, at which the parser cuts.
        let joined: String = pieces.iter().map(|piece| piece.shown).collect();
        write_text(&mut self.out, &joined);
    }

    fn write_linked(&mut self, pieces: &[Shown<'_>], written: &str, links: &[BareLink], range: &Range<usize>) {
        let mut from = 0;
        let mut first = First::default();
        for link in links {
            self.write_stretch(pieces, &mut first, from..link.range.start);
            if let Some(heading) = &mut self.heading {
                heading.pass();
            }
            let target = &written[link.range.clone()];
            let href = format!("{}{target}", link.prefix);
            self.out.push_str("<a href=\"");
            html::escape_into(&mut self.out, &super::link::encode(&href, super::link::Hex::Lower));
            self.out.push_str("\">");
            html::escape_text_into(&mut self.out, target);
            self.out.push_str("</a>");
            let span = self.span(range);
            self.scope.state().links.push(LinkUse { written: href, is_image: false, is_markdown: true, span });
            from = link.range.end;
        }
        self.write_stretch(pieces, &mut first, from..written.len());
    }

    /// The part of the run that was written as `range`, which is behind those that were written before.
    fn write_stretch(&mut self, pieces: &[Shown<'_>], first: &mut First, range: Range<usize>) {
        while let Some(piece) = pieces.get(first.piece).filter(|piece| first.at + piece.written.len() <= range.start) {
            first.at += piece.written.len();
            first.piece += 1;
        }
        let mut at = first.at;
        let mut parts = Vec::new();
        for piece in pieces.iter().skip(first.piece) {
            if at >= range.end {
                break;
            }
            let (start, end) = (at, at + piece.written.len());
            at = end;
            let (from, to) = (range.start.max(start), range.end.min(end));
            if from >= to {
                continue;
            }
            if piece.is_other && (from, to) == (start, end) {
                parts.push(Shown { ..*piece });
            } else {
                let part = &piece.written[from - start..to - start];
                let is_escaped = piece.is_escaped && from == start;
                parts.push(Shown { shown: part, written: part, is_other: false, is_escaped });
            }
        }
        if !parts.is_empty() {
            self.note_heading_text(&parts);
        }
        let joined: String = parts.iter().map(|part| part.shown).collect();
        write_text(&mut self.out, &joined);
    }

    /// A heading's id is made of what was written, without what typography made of it.
    fn note_heading_text(&mut self, pieces: &[Shown<'_>]) {
        let Some(heading) = &mut self.heading else { return };
        let mut text = String::new();
        for piece in pieces {
            let is_entity = piece.written.starts_with('&');
            let part = match piece.is_other {
                // A number stays one, a name is what it stands for.
                true if is_entity && piece.written.starts_with("&#") => piece.written,
                true if is_entity => piece.shown,
                true if heading.is_in_mark() => {
                    // As a first node it leaves no letter, and yet keeps the space before the mark in the id.
                    if text.is_empty() {
                        text.push('"');
                    }
                    break;
                }
                // It leaves no letter either, but the space beside it is not at the id's end.
                true => "\"",
                false => piece.shown,
            };
            if heading.is_in_mark()
                && let Some(end) = node_end(part, piece.is_escaped)
            {
                text.push_str(&part[..end]);
                break;
            }
            text.push_str(part);
        }
        heading.take(&text);
    }
}

/// Where Hugo's first node of a text ends: behind a mark that is none, before an emoji.
fn node_end(text: &str, is_escaped: bool) -> Option<usize> {
    let mark = text.char_indices().skip(usize::from(is_escaped)).find(|(_, c)| matches!(c, '_' | '*'));
    let mark = mark.map(|(at, _)| at + text[at..].find(|c| !matches!(c, '_' | '*')).unwrap_or(text.len() - at));
    // An emoji at the very start is itself the first node.
    let emoji = next_emoji(text, 0).map(|(range, _)| if range.start == 0 { range.end } else { range.start });
    mark.into_iter().chain(emoji).min()
}

/// Whether an address may begin in a text, which perhaps goes on behind it.
fn may_link(text: &str, goes_on: bool) -> bool {
    // Most texts have neither of the two.
    memchr::memchr2(b'@', b':', text.as_bytes()).is_some()
        && (text.contains('@') || goes_on && text.ends_with(':') || text.contains("://"))
        || text.starts_with("//")
        || text.contains("www.")
}

/// The first `:name:` of an emoji from `from` on, and the emoji.
fn next_emoji(text: &str, from: usize) -> Option<(Range<usize>, &'static str)> {
    let mut at = from;
    while let Some(colon) = memchr::memchr(b':', &text.as_bytes()[at..]).map(|found| at + found) {
        let after = &text[colon + 1..];
        let length = after.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '-')))?;
        if length > 0
            && after[length..].starts_with(':')
            && let Some(emoji) = emojis::get_by_shortcode(&after[..length])
        {
            return Some((colon..colon + length + 2, emoji.as_str()));
        }
        at = colon + 1 + length;
    }
    None
}

/// Writes text with `:name:` as emoji.
fn write_text(out: &mut String, text: &str) {
    let mut from = 0;
    while let Some((range, emoji)) = next_emoji(text, from) {
        html::escape_text_into(out, &text[from..range.start]);
        out.push_str(emoji);
        from = range.end;
    }
    html::escape_text_into(out, &text[from..]);
}
