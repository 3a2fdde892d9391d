//! One guide, whole: its body expanded, rendered and filled, with all that the site wants to know of it.

use super::context::Context;
use super::expand::Expander;
use super::html;
use super::images;
use super::markdown::{self, Target};
use super::origin::{OriginMap, Traced};
use super::scope::{Block, IdUse, InlineUse, LinkUse, SIZE_LIMIT, Scope, Scopes};
use super::slot::{Liveness, Slot, Slots, may_hold_reserved};
use super::world::{PageId, Stage, World};
use crate::base::address;
use crate::base::{Code, Diagnostic, Source, Span};
use std::ops::Range;
use std::sync::Arc;

/// An entry of the table of contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TocEntry {
    /// The heading's id.
    pub id: String,
    /// Its content as HTML without links.
    pub title: String,
    /// Its level, from 2 to 4.
    pub level: u8,
    /// The headings below it.
    pub children: Vec<TocEntry>,
}

/// A use of a variable: its name, whether it is live, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedVariable {
    /// The variable's name.
    pub name: String,
    /// What the page's script may do with it.
    pub liveness: Liveness,
    /// Where it is used.
    pub span: Span,
}

/// A live variable in the Markdown of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkdownUse {
    /// Where its fallback stands.
    pub range: Range<usize>,
    /// Which one it is.
    pub name: String,
    /// The format it is written in.
    pub format: Option<String>,
    /// The quotes it stands between, in a code block.
    pub context: Option<Context>,
}

/// A guide, rendered.
#[derive(Debug, Clone, Default)]
pub struct Rendered {
    /// Its content: complete HTML, with the base path in its addresses.
    pub html: String,
    /// Its table of contents.
    pub toc: Vec<TocEntry>,
    /// Its body as Markdown with shortcodes and variables resolved.
    pub markdown: String,
    /// Where live variables stand in the Markdown.
    pub markdown_uses: Vec<MarkdownUse>,
    /// How many words its Markdown has.
    pub words: usize,
    /// Its links and images.
    pub links: Vec<LinkUse>,
    /// The ids of its elements.
    pub ids: Vec<IdUse>,
    /// Its inline scripts and styles.
    pub inline: Vec<InlineUse>,
    /// Its code blocks.
    pub blocks: Vec<Block>,
    /// The variables that it uses, in their order.
    pub variables: Vec<UsedVariable>,
    /// What was found.
    pub diagnostics: Vec<Diagnostic>,
}

impl Rendered {
    /// What the site still asks of it when its page is written: links, ids, variables and findings.
    #[must_use]
    pub fn known(self) -> Self {
        let Self { links, ids, variables, diagnostics, words, .. } = self;
        Self { links, ids, variables, diagnostics, words, ..Self::default() }
    }
}

/// Renders the body of a guide, which stands at `body` in `source`.
#[must_use]
pub fn render(world: Arc<dyn World>, scopes: &Arc<Scopes>, page: PageId, source: Source, body: Span) -> Rendered {
    let scope = Arc::new(Scope::new(world, page, source, Stage::Content));
    let input = Traced {
        text: scope.source.text().get(body.range()).unwrap_or_default().to_owned(),
        origins: OriginMap::verbatim(body.start),
    };
    let open = scopes.open(&scope);
    let expanded = Expander { scope: &scope, number: open.number }.expand(input);
    let (html, places) = markdown::page(&scope, &expanded);
    drop(open);
    let state = scope.take_state();
    let base_path = scope.world.base_path();
    let mut diagnostics = state.diagnostics;
    let filled = state.slots.fill(html, base_path, SIZE_LIMIT);
    if filled.is_none() {
        diagnostics.push(
            Diagnostic::new(Code::Nesting, format!("the page is larger than {} MB", SIZE_LIMIT >> 20))
                .at(scope.place(Span::new(body.start, body.start)))
                .help("split the guide, or let its shortcodes produce less; the page is left empty"),
        );
    }
    let html = images::sized(&*scope.world, page, filled.unwrap_or_default());
    let toc = toc(&state.headings, &state.slots, base_path);
    let text = markdown::with_targets_at(&expanded.text, &places, &|target| written(&scope, target));
    let (markdown, markdown_uses) = state.slots.markdown(&text, base_path, SIZE_LIMIT).unwrap_or_default();
    Rendered {
        words: words(&markdown),
        html,
        toc,
        markdown,
        markdown_uses,
        links: state.links,
        ids: state.ids,
        inline: state.inline,
        blocks: state.blocks,
        variables: state.slots.iter().filter_map(used).collect(),
        diagnostics,
    }
}

/// A target as the page writes it, with the base path. One with a variable in it is not looked for.
fn written(scope: &Scope, target: Target<'_>) -> String {
    let href = match target {
        Target::Markdown(target) if !may_hold_reserved(target) => scope.resolve(target),
        Target::Markdown(target) | Target::Html(target) => target.to_owned(),
    };
    address::with_base(scope.world.base_path(), &href).into_owned()
}

/// How many words a text has: stretches between ASCII white space.
fn words(text: &str) -> usize {
    // As `u8::is_ascii_whitespace`, without a branch: so the compiler takes many bytes at a time.
    let is_space = |byte: u8| (byte == b' ') | ((byte.wrapping_sub(b'\t') < 5) & (byte != 0x0b));
    let begins = |(before, byte): (&u8, &u8)| u8::from(is_space(*before) & !is_space(*byte));
    let bytes = text.as_bytes();
    // Every word begins behind white space, but for one at the beginning.
    let first = bytes.first().is_some_and(|byte| !is_space(*byte));
    let behind = bytes.get(1..).unwrap_or_default();
    let pieces = bytes.chunks(255).zip(behind.chunks(255));
    let others = pieces.map(|(before, behind)| usize::from(before.iter().zip(behind).map(begins).sum::<u8>()));
    usize::from(first) + others.sum::<usize>()
}

fn used(slot: &Slot) -> Option<UsedVariable> {
    let Slot::Variable(variable) = slot else { return None };
    Some(UsedVariable { name: variable.name.clone(), liveness: variable.liveness, span: variable.span })
}

/// The headings of levels 2 to 4 as a tree.
fn toc(headings: &[super::scope::Heading], slots: &Slots, base_path: &str) -> Vec<TocEntry> {
    let mut roots: Vec<TocEntry> = Vec::new();
    for heading in headings.iter().filter(|heading| (2..=4).contains(&heading.level)) {
        let Some(id) = heading.id.clone() else { continue };
        let title = slots.fill(without_links(&heading.html), base_path, SIZE_LIMIT).unwrap_or_default();
        // What shortcodes put in is no better than raw HTML.
        let title = with_few_tags(&title, |out, text| out.push_str(text));
        let entry = TocEntry { id, title, level: heading.level, children: Vec::new() };
        place(&mut roots, entry);
    }
    roots
}

/// Puts an entry behind or below the last one; levels are three, so that this ends.
fn place(level: &mut Vec<TocEntry>, entry: TocEntry) {
    match level.last_mut().filter(|last| last.level < entry.level) {
        Some(last) => place(&mut last.children, entry),
        None => level.push(entry),
    }
}

/// `text` for a narrow column: words that are longer than it is wide, names of settings above all, may break behind the
/// marks between their parts.
fn breakable_into(out: &mut String, text: &str) {
    const LONG: usize = 20;
    for word in text.split_inclusive(char::is_whitespace) {
        let mut rest = word;
        while word.len() > LONG
            && let Some(at) = rest.find(['_', '.', '/'])
        {
            let (before, behind) = rest.split_at(at + 1);
            out.push_str(before);
            if behind.starts_with(char::is_alphanumeric) {
                out.push_str("<wbr>");
            }
            rest = behind;
        }
        out.push_str(rest);
    }
}

/// A heading's content for a list of links, in which it can have none itself, nor ids, nor images. Every element is closed,
/// whatever raw HTML the author left open.
fn without_links(content: &str) -> String {
    with_few_tags(content, breakable_into)
}

/// The same, with texts written by `write`.
fn with_few_tags(content: &str, write: impl Fn(&mut String, &str)) -> String {
    let mut out = String::with_capacity(content.len());
    let mut open: Vec<&str> = Vec::new();
    for piece in html::pieces(content) {
        match piece {
            html::Piece::Text(text) => write(&mut out, text),
            html::Piece::Raw(_) => {}
            html::Piece::Tag(tag) => {
                let is_kept = ["code", "em", "strong", "del", "sub", "span"]
                    .iter()
                    .any(|name| tag.name.eq_ignore_ascii_case(name));
                if !is_kept || !tag.closing && tag.attributes().any(|attribute| attribute.name == "id") {
                    continue;
                }
                if !tag.closing {
                    open.push(tag.name);
                } else if open.pop_if(|last| last.eq_ignore_ascii_case(tag.name)).is_none() {
                    continue;
                }
                out.push_str(tag.source);
            }
        }
    }
    for name in open.into_iter().rev() {
        out.push_str("</");
        out.push_str(name);
        out.push('>');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_between_white_space() {
        for text in ["", " ", "a", " a\tb\n", "a  bc\r\nd", "ä\u{a0}b c", "\u{b}a \u{c}b"] {
            assert_eq!(words(text), text.split_ascii_whitespace().count(), "{text:?}");
        }
        assert_eq!(words(&"a\r\u{b}bc ".repeat(1000)), 2000);
    }

    #[test]
    fn long_names_may_break_between_their_parts() {
        for (title, wanted) in [
            ("access_token_signed_response_key_id", "access_<wbr>token_<wbr>signed_<wbr>response_<wbr>key_<wbr>id"),
            ("The short_name of v4.38.10", "The short_name of v4.38.10"),
            ("<code>session.cookies.domain_name</code>.", "<code>session.<wbr>cookies.<wbr>domain_<wbr>name</code>."),
            ("__leading_and_trailing_marks__", "__<wbr>leading_<wbr>and_<wbr>trailing_<wbr>marks__"),
            ("", ""),
            // What is open inside of a link or of raw HTML is closed.
            ("<em>a<textarea>b</em>", "<em>a</em>"),
            ("a</em> <strong>b <code>c</strong>", "a <strong>b <code>c</code></strong>"),
        ] {
            assert_eq!(without_links(title), wanted);
        }
    }
}
