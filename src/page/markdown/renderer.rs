//! The walk over the events of a parsed text, and the HTML of every construct that has no file of its own.

use super::attribute::Attributes;
use super::code::CodeState;
use super::footnote::Footnotes;
use super::heading::{HeadingState, Ids};
use super::link::ImageState;
use super::math;
use super::sanitize::sanitized;
use super::text::TextRun;
use super::typography::Typography;
use super::{Part, Step};
use crate::base::Span;
use crate::input::config::RawHtml;
use crate::page::html;
use crate::page::origin::Traced;
use crate::page::scope::{IdUse, Scope};
use crate::page::slot::Slot;
use pulldown_cmark::{Alignment, BlockQuoteKind, CowStr, Event, LinkType, Tag, TagEnd};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

/// Renders one text.
pub struct Renderer<'a> {
    pub(super) scope: &'a Scope,
    pub(super) input: &'a Traced,
    pub(super) part: Part,
    pub(super) out: String,
    pub(super) text: TextRun<'a>,
    pub(super) typography: Typography,
    pub(super) ids: Ids,
    pub(super) heading: Option<HeadingState>,
    pub(super) image: Option<ImageState>,
    pub(super) code: Option<CodeState>,
    pub(super) footnotes: Footnotes,
    pub(super) link_depth: usize,
    /// Whether an address in brackets is open, in which nothing is set otherwise.
    pub(super) is_address: bool,
    raw: Option<RawBlock>,
    /// Whether the author's own HTML is in the output.
    has_raw: bool,
    table: TableState,
    /// The attributes of the block that comes, as they are written.
    carried: String,
    quotes: Vec<Option<BlockQuoteKind>>,
}

/// A block of raw HTML: its text, and where each of its lines starts in the input.
#[derive(Default)]
struct RawBlock {
    html: String,
    lines: Vec<(usize, usize)>,
}

#[derive(Default)]
struct TableState {
    alignments: Vec<Alignment>,
    in_head: bool,
    column: usize,
}

impl<'a> Renderer<'a> {
    pub fn new(scope: &'a Scope, input: &'a Traced, part: Part) -> Self {
        Self {
            scope,
            input,
            part,
            out: String::with_capacity(input.text.len() * 3 / 2),
            text: TextRun::default(),
            typography: Typography::default(),
            ids: Ids::default(),
            heading: None,
            image: None,
            code: None,
            footnotes: Footnotes::default(),
            link_depth: 0,
            is_address: false,
            raw: None,
            has_raw: false,
            table: TableState::default(),
            carried: String::new(),
            quotes: Vec::new(),
        }
    }

    /// The HTML of all events.
    pub fn run(mut self, steps: Vec<Step<'a>>, mut attributes: BTreeMap<usize, Attributes>) -> String {
        self.typography = Typography::new(&self.input.text, &steps);
        self.start_footnotes(steps.iter().map(|(event, _)| event));
        for (index, (event, range)) in steps.into_iter().enumerate() {
            if let Event::Text(text) = event {
                self.take_text(text, range);
                continue;
            }
            self.flush_text();
            if let Some(attributes) = attributes.remove(&index) {
                self.carry(&attributes, &range);
            }
            match event {
                Event::Start(tag) => self.start(tag, range),
                Event::End(tag) => self.end(tag, range),
                other => self.leaf(other, range),
            }
        }
        self.flush_text();
        self.finish_footnotes();
        if self.has_raw && self.scope.world.raw_html() == RawHtml::Sanitize { sanitized(&self.out) } else { self.out }
    }

    /// Writes HTML of our own that no rule for the author's may touch.
    pub(super) fn push_own(&mut self, own: String, range: &Range<usize>) {
        if self.scope.world.raw_html() == RawHtml::Sanitize {
            let slot = self.scope.slot(Slot::Html(own), self.span(range));
            self.out.push_str(&slot);
        } else {
            self.out.push_str(&own);
        }
    }

    /// A heading's content, for the table of contents: a text of its own.
    pub(super) fn shown_elsewhere(&self, content: &str) -> String {
        if self.has_raw && self.scope.world.raw_html() == RawHtml::Sanitize {
            sanitized(content)
        } else {
            content.to_owned()
        }
    }

    /// Where a range of the input stands in the guide.
    pub(super) fn span(&self, range: &Range<usize>) -> Span {
        self.input.origins.locate(Span::new(range.start, range.end))
    }

    fn take_text(&mut self, text: CowStr<'a>, range: Range<usize>) {
        if let Some(code) = &mut self.code {
            code.push(&text, &range);
        } else {
            self.text.push(text, range);
        }
    }

    fn leaf(&mut self, event: Event<'a>, range: Range<usize>) {
        self.note_heading_leaf(&event, &range);
        if let Some(image) = &mut self.image {
            image.take(&event);
            return;
        }
        match event {
            Event::Code(code) => {
                self.out.push_str("<code>");
                html::escape_text_into(&mut self.out, &code);
                self.out.push_str("</code>");
            }
            Event::InlineMath(latex) => self.push_own(math::inline(&self.input.text, &latex, &range), &range),
            Event::DisplayMath(latex) => self.push_own(math::display(&latex), &range),
            Event::Html(html) => self.raw_block(&html, &range),
            Event::InlineHtml(html) => self.raw_inline(&html, &range),
            Event::FootnoteReference(label) => self.footnote_reference(&label),
            Event::SoftBreak => self.out.push('\n'),
            Event::HardBreak => self.out.push_str("<br>\n"),
            Event::Rule => self.open("hr"),
            Event::TaskListMarker(done) => {
                let checked = if done { "checked " } else { "" };
                let name = html::escape(self.scope.world.strings().text("content", "task"));
                self.push_own(format!("<input {checked}disabled type=\"checkbox\" aria-label=\"{name}\"> "), &range);
            }
            Event::Text(_) | Event::Start(_) | Event::End(_) => {}
        }
    }

    /// Takes the attributes of the block that comes.
    fn carry(&mut self, attributes: &Attributes, range: &Range<usize>) {
        self.carried = attributes.html();
        if let Some(id) = &attributes.id {
            let span = self.span(range);
            self.scope.state().ids.push(IdUse { id: id.clone(), span });
        }
    }

    /// The opening tag of a block, with its attributes.
    fn open(&mut self, tag: &str) {
        let carried = std::mem::take(&mut self.carried);
        let end = if tag == "p" { "" } else { "\n" };
        let _ = write!(self.out, "<{tag}{carried}>{end}");
    }

    /// What is no text, in a heading: what it gives to the heading's id.
    fn note_heading_leaf(&mut self, event: &Event<'_>, range: &Range<usize>) {
        let Some(heading) = &mut self.heading else { return };
        match event {
            Event::Code(_) if self.input.text[range.clone()].contains('\n') => heading.break_line(),
            Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => heading.take(text),
            Event::SoftBreak | Event::HardBreak => heading.break_line(),
            _ => heading.pass(),
        }
    }

    fn start(&mut self, tag: Tag<'a>, range: Range<usize>) {
        let is_mark =
            matches!(tag, Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Image { .. } | Tag::Link { .. });
        if let Some(heading) = self.heading.as_mut().filter(|_| is_mark) {
            heading.open();
        }
        self.is_address = matches!(tag, Tag::Link { link_type: LinkType::Autolink | LinkType::Email, .. });
        if let Some(image) = &mut self.image {
            image.depth += 1;
            return;
        }
        match tag {
            Tag::Paragraph => self.open("p"),
            Tag::Heading { level, id, classes, attrs } => self.start_heading(level, id, &classes, &attrs, &range),
            Tag::BlockQuote(kind) => self.start_quote(kind),
            Tag::CodeBlock(kind) => self.code = Some(CodeState::new(&kind, range)),
            Tag::HtmlBlock => self.raw = Some(RawBlock::default()),
            Tag::List(None) => self.open("ul"),
            Tag::List(Some(1)) => self.open("ol"),
            Tag::List(Some(first)) => self.open(&format!("ol start=\"{first}\"")),
            Tag::Item => self.out.push_str("<li>"),
            Tag::FootnoteDefinition(label) => self.start_footnote(&label),
            Tag::DefinitionList => self.open("dl"),
            Tag::DefinitionListTitle => self.out.push_str("<dt>"),
            Tag::DefinitionListDefinition => self.out.push_str("<dd>"),
            Tag::Table(alignments) => {
                self.table = TableState { alignments, ..TableState::default() };
                self.out.push_str("<div class=\"table\" tabindex=\"0\">");
                self.open("table");
            }
            Tag::TableHead => {
                self.table.in_head = true;
                self.table.column = 0;
                self.out.push_str("<thead>\n<tr>\n");
            }
            Tag::TableRow => {
                self.table.column = 0;
                self.out.push_str("<tr>\n");
            }
            Tag::TableCell => self.start_cell(),
            Tag::Emphasis => self.out.push_str("<em>"),
            Tag::Strong => self.out.push_str("<strong>"),
            Tag::Strikethrough => self.out.push_str("<del>"),
            Tag::Superscript => self.out.push_str("<sup>"),
            Tag::Subscript => self.out.push_str("<sub>"),
            Tag::Link { link_type, dest_url, title, .. } => self.start_link(link_type, &dest_url, &title, &range),
            Tag::Image { dest_url, title, .. } => self.image = Some(ImageState::new(&dest_url, &title)),
            Tag::MetadataBlock(_) => {}
        }
    }

    fn end(&mut self, tag: TagEnd, range: Range<usize>) {
        let is_mark =
            matches!(tag, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Image | TagEnd::Link);
        if let Some(heading) = self.heading.as_mut().filter(|_| is_mark) {
            heading.close();
        }
        self.is_address = false;
        if let Some(image) = &mut self.image {
            if image.depth > 0 {
                image.depth -= 1;
                return;
            }
            return self.end_image(&range);
        }
        match tag {
            TagEnd::Paragraph => self.out.push_str("</p>\n"),
            TagEnd::Heading(_) => self.end_heading(),
            TagEnd::BlockQuote(_) => self.end_quote(),
            TagEnd::CodeBlock => self.end_code(),
            TagEnd::HtmlBlock => self.end_raw_block(),
            TagEnd::List(true) => self.out.push_str("</ol>\n"),
            TagEnd::List(false) => self.out.push_str("</ul>\n"),
            TagEnd::Item => self.out.push_str("</li>\n"),
            TagEnd::FootnoteDefinition => self.end_footnote(),
            TagEnd::DefinitionList => self.out.push_str("</dl>\n"),
            TagEnd::DefinitionListTitle => self.out.push_str("</dt>\n"),
            TagEnd::DefinitionListDefinition => self.out.push_str("</dd>\n"),
            TagEnd::Table => self.out.push_str("</tbody>\n</table></div>\n"),
            TagEnd::TableHead => {
                self.table.in_head = false;
                self.out.push_str("</tr>\n</thead>\n<tbody>\n");
            }
            TagEnd::TableRow => self.out.push_str("</tr>\n"),
            TagEnd::TableCell => {
                self.out.push_str(if self.table.in_head { "</th>\n" } else { "</td>\n" });
                self.table.column += 1;
            }
            TagEnd::Emphasis => self.out.push_str("</em>"),
            TagEnd::Strong => self.out.push_str("</strong>"),
            TagEnd::Strikethrough => self.out.push_str("</del>"),
            TagEnd::Superscript => self.out.push_str("</sup>"),
            TagEnd::Subscript => self.out.push_str("</sub>"),
            TagEnd::Link => {
                self.link_depth = self.link_depth.saturating_sub(1);
                self.out.push_str("</a>");
            }
            TagEnd::Image | TagEnd::MetadataBlock(_) => {}
        }
    }

    fn start_cell(&mut self) {
        let cell = if self.table.in_head { "th scope=\"col\"" } else { "td" };
        let class = match self.table.alignments.get(self.table.column) {
            Some(Alignment::Left) => " class=\"align-left\"",
            Some(Alignment::Center) => " class=\"align-center\"",
            Some(Alignment::Right) => " class=\"align-right\"",
            _ => "",
        };
        let _ = write!(self.out, "<{cell}{class}>");
    }

    fn start_quote(&mut self, kind: Option<BlockQuoteKind>) {
        self.quotes.push(kind);
        let class = match kind {
            None => return self.open("blockquote"),
            Some(BlockQuoteKind::Note) => "note",
            Some(BlockQuoteKind::Tip) => "tip",
            Some(BlockQuoteKind::Important) => "important",
            Some(BlockQuoteKind::Warning) => "warning",
            Some(BlockQuoteKind::Caution) => "caution",
        };
        let title = html::escape(self.scope.world.strings().text("callout", class));
        let _ = writeln!(
            self.out,
            "<div class=\"callout callout-{class}\" role=\"note\">\n<p class=\"callout-title\">{title}</p>"
        );
    }

    fn end_quote(&mut self) {
        let is_alert = self.quotes.pop().flatten().is_some();
        self.out.push_str(if is_alert { "</div>\n" } else { "</blockquote>\n" });
    }

    fn raw_block(&mut self, html: &str, range: &Range<usize>) {
        match &mut self.raw {
            Some(raw) => {
                raw.lines.push((raw.html.len(), range.start));
                raw.html.push_str(html);
            }
            None => self.raw_inline(html, range),
        }
    }

    fn end_raw_block(&mut self) {
        let Some(raw) = self.raw.take() else { return };
        if self.scope.world.raw_html() == RawHtml::Escape {
            html::escape_text_into(&mut self.out, &raw.html);
            return;
        }
        self.has_raw = true;
        super::note_raw_html(self.scope, &raw.html, |at| {
            let line = raw.lines.partition_point(|(start, _)| *start <= at).saturating_sub(1);
            let (start, source) = raw.lines.get(line).copied().unwrap_or_default();
            let at = source + (at - start);
            self.input.origins.locate(Span::new(at, at + 1))
        });
        self.out.push_str(&raw.html);
    }

    fn raw_inline(&mut self, html: &str, range: &Range<usize>) {
        if self.scope.world.raw_html() == RawHtml::Escape {
            html::escape_text_into(&mut self.out, html);
            return;
        }
        self.has_raw = true;
        super::note_raw_html(self.scope, html, |_| self.span(range));
        self.out.push_str(html);
    }
}
