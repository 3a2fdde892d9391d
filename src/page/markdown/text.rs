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
            .map(|(text, range)| Shown { shown: text, written: as_written(text, &input.text[range.clone()]) })
            .collect();
        if let Some(image) = &mut self.image {
            shown.iter().for_each(|piece| image.alt.push_str(piece.shown));
        } else {
            let start = pieces[0].1.start;
            let end = pieces[pieces.len() - 1].1.end;
            self.write_run(&shown, &(start..end));
        }
    }

    fn write_run(&mut self, pieces: &[Shown<'_>], range: &Range<usize>) {
        if self.link_depth == 0 && pieces.iter().any(|piece| may_link(piece.written)) {
            let written: String = pieces.iter().map(|piece| piece.written).collect();
            let links = super::link::bare_links(&written, self.preceding());
            if !links.is_empty() {
                return self.write_linked(pieces, &written, &links, range);
            }
        }
        if let [piece] = pieces {
            self.note_heading_text(piece);
            write_text(&mut self.out, piece.shown);
            return;
        }
        // Emoji names hold underscores, at which the parser cuts.
        let mut joined = String::new();
        for piece in pieces {
            self.note_heading_text(piece);
            joined.push_str(piece.shown);
        }
        write_text(&mut self.out, &joined);
    }

    /// What stands before the run, as far as a bare link looks at it: nothing at the start of a block or behind a mark.
    fn preceding(&self) -> Option<char> {
        None
    }

    fn write_linked(
        &mut self,
        pieces: &[Shown<'_>],
        written: &str,
        links: &[super::link::BareLink],
        range: &Range<usize>,
    ) {
        let mut from = 0;
        for link in links {
            self.write_stretch(pieces, from..link.range.start);
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
        self.write_stretch(pieces, from..written.len());
    }

    /// The part of the run that was written as `range`.
    fn write_stretch(&mut self, pieces: &[Shown<'_>], range: Range<usize>) {
        let mut at = 0;
        let mut joined = String::new();
        for piece in pieces {
            let (start, end) = (at, at + piece.written.len());
            at = end;
            let (from, to) = (range.start.max(start), range.end.min(end));
            if from >= to {
                continue;
            }
            let part = if piece.shown == piece.written || (from, to) != (start, end) {
                let part = &piece.written[from - start..to - start];
                Shown { shown: part, written: part }
            } else {
                Shown { shown: piece.shown, written: piece.written }
            };
            self.note_heading_text(&part);
            joined.push_str(part.shown);
        }
        write_text(&mut self.out, &joined);
    }

    /// A heading's id is made of what was written, without what typography made of it.
    fn note_heading_text(&mut self, piece: &Shown<'_>) {
        if let Some(heading) = &mut self.heading
            && piece.shown == piece.written
        {
            heading.text.push_str(piece.shown);
        }
    }
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

/// Writes text with `:name:` as emoji.
fn write_text(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(colon) = rest.find(':') {
        let after = &rest[colon + 1..];
        let length = after.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '-')));
        let emoji = length
            .filter(|length| *length > 0 && after[*length..].starts_with(':'))
            .and_then(|length| Some((emojis::get_by_shortcode(&after[..length])?, length)));
        match emoji {
            Some((emoji, length)) => {
                html::escape_text_into(out, &rest[..colon]);
                out.push_str(emoji.as_str());
                rest = &after[length + 1..];
            }
            None => {
                html::escape_text_into(out, &rest[..=colon]);
                rest = after;
            }
        }
    }
    html::escape_text_into(out, rest);
}
