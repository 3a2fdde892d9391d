//! Markdown to HTML as Hugo renders it (DESIGN 2.7). Slots stay in the output; they are filled when the page is done.
//!
//! [`render`] parses with pulldown-cmark and walks its events in [`renderer`]. Texts (emoji, bare links) are in [`text`], quotes
//! and dashes in [`typography`], headings and their ids in [`heading`], footnotes in [`footnote`], links and images in [`link`], code in [`code`].
//!
//! Where pulldown-cmark reads Markdown otherwise than Hugo does, a pass of its own levels it. Four edit the text before it
//! is parsed for good ([`table`], [`definition`], [`math`], [`angle_quotes`]); the others turn events into events: [`definition`], [`looseness`],
//! [`divider`], [`strike`], [`bare_mark`], [`attribute`], [`block_attribute`].

mod angle_quotes;
mod attribute;
mod bare_mark;
mod block_attribute;
mod code;
mod definition;
mod divider;
mod edit;
mod footnote;
mod heading;
mod link;
mod looseness;
mod math;
mod renderer;
mod sanitize;
mod strike;
mod table;
mod targets;
#[cfg(test)]
mod tests;
mod text;
mod typography;

pub use sanitize::{is_harmless, sanitized};
pub use targets::{Places, Target, edits, with_targets, with_targets_at};

use super::context::Context;
use super::html::{self, Piece};
use super::origin::Traced;
use super::scope::{IdUse, Inline, InlineUse, LinkUse, Scope};
use super::slot::{RENDERED_END, RENDERED_START};
use crate::base::{Code, Diagnostic, Span};
use attribute::Attributes;
use pulldown_cmark::{Event, Options, Parser};
use std::collections::BTreeMap;
use std::ops::Range;

/// What is rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The page itself: its headings make the table of contents.
    Page,
    /// The body of a shortcode.
    Fragment,
    /// One paragraph without its tags.
    Inline,
}

/// How deep lists and quotes may be nested before a guide is not rendered: far beyond what a page can show, and little
/// enough that browsers cope.
const NESTING: usize = 100;

/// The options that make pulldown-cmark's Markdown that of DESIGN 2.7.
fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_GFM
        | Options::ENABLE_MATH
}

/// An event of the parser, and where it stands in the text.
type Step<'a> = (Event<'a>, Range<usize>);

/// The HTML of a page's `input`, whose shortcodes are expanded, and where the targets of links stand in that.
#[must_use]
pub fn page(scope: &Scope, input: &Traced) -> (String, Places) {
    let mut events = Parser::new_ext(&input.text, options()).into_offset_iter();
    let steps = collected(&input.text, events.by_ref());
    let places = Places::new(&steps, events.reference_definitions());
    (parsed(scope, input, steps, Part::Page), places)
}

/// The HTML of `input`, whose shortcodes are expanded.
#[must_use]
pub fn render(scope: &Scope, input: &Traced, part: Part) -> String {
    parsed(scope, input, parse(&input.text), part)
}

/// The HTML of `input`, which is parsed as `steps`.
fn parsed(scope: &Scope, input: &Traced, steps: Vec<Step<'_>>, part: Part) -> String {
    let mut edits = edit::Edits::default();
    table::mend(&input.text, &steps, &mut edits);
    definition::escape_others(&input.text, &steps, &mut edits);
    math::escape_others(&input.text, &steps, &mut edits);
    angle_quotes::write(&input.text, &steps, &mut edits);
    match edits.apply(input) {
        Some(edited) => written(scope, &edited, parse(&edited.text), part),
        None => written(scope, input, steps, part),
    }
}

/// The HTML of `input`, whose text needs no more edits.
fn written(scope: &Scope, input: &Traced, steps: Vec<Step<'_>>, part: Part) -> String {
    if let Some(span) = too_deep(&steps) {
        scope.tell(
            Diagnostic::new(Code::Nesting, format!("lists, quotes or marks are nested deeper than {NESTING} levels"))
                .at(scope.place(input.origins.locate(Span::new(span.start, span.start))))
                .help("nest them less deeply; this text is shown as it is written"),
        );
        let mut out = String::from("<pre>");
        html::escape_text_into(&mut out, &input.text);
        out.push_str("</pre>\n");
        return out;
    }
    let (steps, attributes) = levelled(&input.text, steps);
    let html = renderer::Renderer::new(scope, input, part).run(steps, attributes);
    if part == Part::Inline { unwrapped(html) } else { html }
}

fn parse(text: &str) -> Vec<Step<'_>> {
    collected(text, Parser::new_ext(text, options()).into_offset_iter())
}

/// The steps of a text in a list that rarely has to grow: they are large.
fn collected<'t>(text: &str, events: impl Iterator<Item = Step<'t>>) -> Vec<Step<'t>> {
    const BYTES_A_STEP: usize = 12;
    let mut steps = Vec::with_capacity(text.len() / BYTES_A_STEP + 8);
    steps.extend(events);
    steps
}

/// What Hugo makes of the text, and the attributes of blocks by the index of the step that starts them.
fn levelled<'a>(text: &'a str, steps: Vec<Step<'a>>) -> (Vec<Step<'a>>, BTreeMap<usize, Attributes>) {
    let steps = definition::shape(text, steps);
    let steps = looseness::tighten(text, steps);
    let steps = divider::cut(text, steps);
    let steps = bare_mark::dissolve(text, steps);
    let steps = strike::pair(text, steps);
    let steps = attribute::of_headings(text, steps);
    block_attribute::take(text, steps)
}

/// Where the nesting becomes too deep.
fn too_deep(steps: &[Step<'_>]) -> Option<Range<usize>> {
    let mut depth = 0;
    for (event, range) in steps {
        match event {
            Event::Start(_) => {
                depth += 1;
                if depth > NESTING {
                    return Some(range.clone());
                }
            }
            Event::End(_) => depth -= 1,
            _ => {}
        }
    }
    None
}

/// One paragraph without its tags; anything else as it is.
fn unwrapped(html: String) -> String {
    let trimmed = html.trim_end();
    match trimmed.strip_prefix("<p>").and_then(|rest| rest.strip_suffix("</p>")) {
        Some(inside) if !inside.contains("</p>") => inside.to_owned(),
        _ => html,
    }
}

/// Notes links, images and ids in raw HTML. `locate` gives the place of an offset. What the `markdown` filter rendered
/// is passed over: that was noted when it was rendered.
pub fn note_raw_html(scope: &Scope, fragment: &str, locate: impl Fn(usize) -> Span) {
    if !fragment.contains('<') {
        return;
    }
    let mut rendered = 0usize;
    let mut at = 0;
    for piece in html::pieces(fragment) {
        let (Piece::Text(source) | Piece::Raw(source) | Piece::Tag(html::Tag { source, .. })) = piece;
        if let (Piece::Tag(tag), 0) = (piece, rendered)
            && !tag.closing
        {
            note_tag(scope, &tag, || locate(at));
        } else if !matches!(piece, Piece::Tag(_)) && super::slot::may_hold_reserved(source) {
            for c in source.chars() {
                match c {
                    RENDERED_START => rendered += 1,
                    RENDERED_END => rendered = rendered.saturating_sub(1),
                    _ => {}
                }
            }
        }
        at += source.len();
    }
}

fn note_tag(scope: &Scope, tag: &html::Tag<'_>, locate: impl Fn() -> Span) {
    let mut runs = tag.name.eq_ignore_ascii_case("script");
    for attribute in tag.attributes() {
        if super::slot::may_hold_reserved(attribute.value) {
            let mut state = scope.state();
            attribute.value.chars().for_each(|c| state.slots.stands_in(c, Context::HtmlAttribute));
        }
        let name = attribute.name.to_ascii_lowercase();
        if name == "style" && !attribute.value.trim().is_empty() {
            scope.state().inline.push(InlineUse { what: Inline::StyleAttribute, span: locate() });
        } else if name.len() > 2 && name.starts_with("on") {
            scope.state().inline.push(InlineUse { what: Inline::Handler, span: locate() });
        } else if name == "src" || name == "type" && is_data(attribute.value) {
            runs = false;
        }
        let is_image = name == "src" || name == "poster";
        if is_image || name == "href" {
            let mut written = String::new();
            html::unescape_into(&mut written, attribute.value);
            scope.state().links.push(LinkUse { written, is_image, is_markdown: false, span: locate() });
        } else if super::srcset::is_srcset(&name) {
            for candidate in super::srcset::candidates(attribute.value) {
                let mut written = String::new();
                html::unescape_into(&mut written, candidate.address);
                scope.state().links.push(LinkUse { written, is_image: true, is_markdown: false, span: locate() });
            }
        } else if name == "id" || (name == "name" && tag.name.eq_ignore_ascii_case("a")) {
            let mut id = String::new();
            html::unescape_into(&mut id, attribute.value);
            scope.state().ids.push(IdUse { id, span: locate() });
        }
    }
    if runs {
        scope.state().inline.push(InlineUse { what: Inline::Script, span: locate() });
    } else if tag.name.eq_ignore_ascii_case("style") {
        scope.state().inline.push(InlineUse { what: Inline::Style, span: locate() });
    }
}

/// Whether a script of this `type` is data that nothing runs: `application/ld+json`.
fn is_data(kind: &str) -> bool {
    let kind = kind.trim().to_ascii_lowercase();
    !kind.is_empty() && !kind.contains("javascript") && !kind.contains("ecmascript") && kind != "module"
}
