//! Plain text between marks: emoji by name, and addresses that become links without brackets.

use super::renderer::Renderer;
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
        if pieces.is_empty() {
            return;
        }
        let input = self.input;
        let shown: Vec<Shown<'_>> = pieces
            .iter()
            .map(|(text, range)| {
                let written = as_written(text, input.text.get(range.clone()).unwrap_or(text));
                let is_escaped = input.text.as_bytes()[..range.start].ends_with(b"\\");
                Shown { shown: text, written, is_other: **text != *written, is_escaped }
            })
            .collect();
        if let Some(image) = &mut self.image {
            for piece in &shown {
                image.alt.push_str(piece.shown);
            }
            self.note_heading_text(&shown);
        } else {
            let start = pieces[0].1.start;
            let end = pieces[pieces.len() - 1].1.end;
            self.write_run(&shown, &(start..end));
        }
    }

    fn write_run(&mut self, pieces: &[Shown<'_>], range: &Range<usize>) {
        if self.link_depth == 0 && pieces.iter().any(|piece| may_link(piece.written)) {
            let written: String = pieces.iter().map(|piece| piece.written).collect();
            let links = super::link::bare_links(&written, &behind_typography(pieces));
            if !links.is_empty() {
                return self.write_linked(pieces, &written, &links, range);
            }
        }
        self.note_heading_text(pieces);
        if let [piece] = pieces {
            write_text(&mut self.out, piece.shown);
            return;
        }
        // Emoji names hold underscores, at which the parser cuts.
        let joined: String = pieces.iter().map(|piece| piece.shown).collect();
        write_text(&mut self.out, &joined);
    }

    fn write_linked(
        &mut self,
        pieces: &[Shown<'_>],
        written: &str,
        links: &[super::link::BareLink],
        range: &Range<usize>,
    ) {
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
                true => continue,
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

/// Where in the written text something that typography replaced ends: an address may start there.
fn behind_typography(pieces: &[Shown<'_>]) -> Vec<usize> {
    let mut at = 0;
    let mut ends = Vec::new();
    for piece in pieces {
        at += piece.written.len();
        if piece.is_other && !piece.written.starts_with('&') {
            ends.push(at);
        }
    }
    ends
}

/// What the author wrote for `text`: other than the text itself only where typography made it.
fn as_written<'t>(text: &'t str, source: &'t str) -> &'t str {
    match source {
        "'" | "\"" | "--" | "---" | "..." if text != source => source,
        _ if text != source && source.starts_with('&') => source,
        _ => text,
    }
}

fn may_link(text: &str) -> bool {
    text.contains("://") || text.contains("www.") || text.contains('@') || text.ends_with(':') || text.starts_with("//")
}

/// The first `:name:` of an emoji from `from` on, and the emoji.
fn next_emoji(text: &str, from: usize) -> Option<(Range<usize>, &'static str)> {
    let mut at = from;
    while let Some(colon) = text[at..].find(':').map(|found| at + found) {
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
