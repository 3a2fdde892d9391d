//! Code blocks: their text with fallbacks for the highlighter, their variables as whole elements.

use super::renderer::Renderer;
use crate::base::{Code, Diagnostic, Span};
use crate::input::spelling;
use crate::page::code_block::{self, Atom};
use crate::page::context;
use crate::page::fence::Fence;
use crate::page::language;
use crate::page::origin::OriginMap;
use crate::page::scope::Block;
use crate::page::slot::{self, Slot, VariableUse};
use pulldown_cmark::{CodeBlockKind, CowStr};
use std::ops::Range;

/// A code block whose text is being gathered.
pub struct CodeState {
    is_fenced: bool,
    range: Range<usize>,
    text: String,
    /// Where each stretch of the text starts, in it and in the input.
    stretches: Vec<(usize, usize)>,
}

impl CodeState {
    pub fn new(kind: &CodeBlockKind<'_>, range: Range<usize>) -> Self {
        Self { is_fenced: matches!(kind, CodeBlockKind::Fenced(_)), range, text: String::new(), stretches: Vec::new() }
    }

    pub fn push(&mut self, text: &CowStr<'_>, range: &Range<usize>) {
        self.stretches.push((self.text.len(), range.start));
        self.text.push_str(text);
    }
}

/// A variable in a code block.
struct Placed {
    range: Range<usize>,
    variable: Option<VariableUse>,
    slot: char,
}

impl Renderer<'_> {
    pub(super) fn end_code(&mut self) {
        let Some(code) = self.code.take() else { return };
        let fence = self.fence(&code);
        let (text, placed, origins) = self.with_fallbacks(&code);
        let (text, atoms, origins) = self.with_contexts(&fence.language.value, text, placed, origins);
        let html = code_block::render(self.scope.world.highlighter(), &fence, &text, &atoms);
        self.push_own(html, &code.range);
        self.out.push('\n');
        let mut state = self.scope.state();
        let title = fence.title.as_ref().map(|title| state.slots.plain(&title.value));
        let language = state.slots.plain(&fence.language.value);
        state.blocks.push(Block {
            language,
            title,
            text,
            atoms,
            verify: fence.verify.value,
            diff: fence.diff,
            origins,
        });
    }

    /// What the info string says; what is wrong with it is told at its place.
    fn fence(&self, code: &CodeState) -> Fence {
        if !code.is_fenced {
            return Fence::default();
        }
        let start = self.info_start(code);
        // As it is written: a title is no Markdown, and its backslashes are before quotes.
        let info = self.input.text[start..].lines().next().unwrap_or_default().trim_end();
        let info = self.scope.state().slots.plain_language(info);
        let (fence, problems) = Fence::parse(&info);
        let place = |span: Span| self.scope.place(self.input.origins.locate(span.shifted(start)));
        for problem in problems {
            self.scope
                .tell(Diagnostic::new(Code::CodeLanguage, problem.message).at(place(problem.span)).help(problem.help));
        }
        let language = &fence.language;
        let is_unknown = !language.value.is_empty() && !self.scope.world.highlighter().knows(&language.value);
        if is_unknown && self.scope.would_tell(Code::CodeLanguage) {
            let help = match spelling::nearest(&language.value, language::names()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "the block is shown without colours; `text` says that this is meant".to_owned(),
            };
            self.scope.tell(
                Diagnostic::new(Code::CodeLanguage, format!("the language `{}` is not known", language.value))
                    .at(place(language.span))
                    .help(help),
            );
        }
        fence
    }

    /// Where the info string starts in the input.
    fn info_start(&self, code: &CodeState) -> usize {
        let line = &self.input.text[code.range.clone()];
        let fence = line.find(|c| !matches!(c, '`' | '~')).unwrap_or(0);
        let space = line[fence..].len() - line[fence..].trim_start_matches([' ', '\t']).len();
        code.range.start + fence + space
    }

    /// The text with fallbacks in place of slots, where they stand, and where it came from.
    fn with_fallbacks(&self, code: &CodeState) -> (String, Vec<Placed>, OriginMap) {
        let mut text = String::with_capacity(code.text.len());
        let mut placed = Vec::new();
        let mut origins = OriginMap::default();
        let state = self.scope.state();
        for (index, (at, source)) in code.stretches.iter().enumerate() {
            let end = code.stretches.get(index + 1).map_or(code.text.len(), |(next, _)| *next);
            let stretch = &code.text[*at..end];
            // A fallback is longer or shorter than its slot, so what is between two of them is taken in by itself.
            let mut from = 0;
            let mut take = |text: &String, range: Range<usize>| {
                let origin = Span::new(source + range.start, source + range.end);
                origins.append(text.len(), &self.input.origins, origin);
            };
            let slots = if slot::may_hold_reserved(stretch) { stretch } else { "" };
            for (offset, c) in slots.char_indices() {
                let Some((_, found)) = slot::is_reserved(c).then(|| state.slots.get(c)).flatten() else { continue };
                take(&text, from..offset);
                text.push_str(&stretch[from..offset]);
                from = offset + c.len_utf8();
                let start = text.len();
                take(&text, offset..from);
                let variable = match found {
                    Slot::Variable(variable) => {
                        text.push_str(&variable.fallback);
                        Some(variable.clone())
                    }
                    Slot::Html(_) | Slot::Address(_) => {
                        text.push_str(&state.slots.plain(&c.to_string()));
                        None
                    }
                };
                placed.push(Placed { range: start..text.len(), variable, slot: c });
            }
            take(&text, from..stretch.len());
            text.push_str(&stretch[from..]);
        }
        (text, placed, origins)
    }

    /// The same with each fallback escaped for the quotes it stands in, and its element.
    fn with_contexts(
        &self,
        language: &str,
        text: String,
        placed: Vec<Placed>,
        origins: OriginMap,
    ) -> (String, Vec<Atom>, OriginMap) {
        if placed.is_empty() {
            return (text, Vec::new(), origins);
        }
        let ranges: Vec<Range<usize>> = placed.iter().map(|placed| placed.range.clone()).collect();
        let contexts = context::contexts(language, &text, &ranges);
        let mut out = String::with_capacity(text.len());
        let mut atoms = Vec::with_capacity(placed.len());
        let mut moved = OriginMap::default();
        let mut from = 0;
        for (placed, context) in placed.into_iter().zip(contexts) {
            moved.append(out.len(), &origins, Span::new(from, placed.range.start));
            out.push_str(&text[from..placed.range.start]);
            from = placed.range.end;
            let start = out.len();
            moved.append(start, &origins, Span::new(placed.range.start, placed.range.end.max(placed.range.start + 1)));
            let html = match &placed.variable {
                Some(variable) => {
                    let fallback =
                        context.map_or_else(|| variable.fallback.clone(), |context| context.escape(&variable.fallback));
                    if let Some(context) = context {
                        self.scope.state().slots.stands_in(placed.slot, context);
                    }
                    out.push_str(&fallback);
                    variable.element_in(context.map(|context| context.as_str()), &fallback)
                }
                None => {
                    out.push_str(&text[placed.range.clone()]);
                    placed.slot.to_string()
                }
            };
            atoms.push(Atom { range: start..out.len(), html });
        }
        moved.append(out.len(), &origins, Span::new(from, text.len()));
        out.push_str(&text[from..]);
        (out, atoms, moved)
    }
}
