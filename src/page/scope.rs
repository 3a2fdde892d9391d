//! The state of one page while it is rendered: its slots, findings, links, ids. Filters and functions of templates find
//! it again by the number in their context.

use super::code_block::Atom;
use super::origin::{OriginMap, Traced};
use super::slot::{Liveness, Slot, Slots, VariableUse};
use super::world::{PageId, Stage, World};
use crate::base::{Code, Diagnostic, Place, Source, Span};
use crate::input::shortcode::DEPTH;
use crate::input::templates::TemplateFailure;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// How large a page, or a part of it, may become.
pub const SIZE_LIMIT: usize = 64 << 20;

/// What all shortcodes and included files of a page may cost: the bytes that come out of them, and some for each.
const COST_LIMIT: usize = 4 * SIZE_LIMIT;

/// More findings of one code on one page help nobody.
const MOST: usize = 1_000;

/// The name under which templates carry the number of their scope.
pub const SCOPE_KEY: &str = "__scope";

/// Where a link leads to, and how it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkUse {
    /// The target as the author wrote it.
    pub written: String,
    /// Whether it is an image.
    pub is_image: bool,
    /// Whether it went through the resolution of guides and files: a link or image of Markdown, not of raw HTML.
    pub is_markdown: bool,
    /// Where it stands in the source.
    pub span: Span,
}

/// An id of an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdUse {
    /// The id.
    pub id: String,
    /// Where it stands in the source.
    pub span: Span,
}

/// What of a page's own HTML a Content-Security-Policy blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inline {
    /// A `script` with its code inside.
    Script,
    /// A `style` element.
    Style,
    /// A `style` attribute.
    StyleAttribute,
    /// An attribute such as `onclick`.
    Handler,
}

/// Inline script or style in HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InlineUse {
    /// What it is.
    pub what: Inline,
    /// Where it stands in the source.
    pub span: Span,
}

/// A heading of the table of contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// From 1 to 6.
    pub level: u8,
    /// Its id, if it has one.
    pub id: Option<String>,
    /// Its content as HTML, slots in it.
    pub html: String,
}

/// A code block, for those who verify it.
#[derive(Debug, Clone)]
pub struct Block {
    /// The language, as written.
    pub language: String,
    /// The title, with fallbacks.
    pub title: Option<String>,
    /// The text, with fallbacks.
    pub text: String,
    /// Where variables stand in the text.
    pub atoms: Vec<Atom>,
    /// How it is verified.
    pub verify: super::fence::Verify,
    /// Whether its lines begin with the signs of a diff.
    pub diff: bool,
    /// From its text to the source.
    pub origins: OriginMap,
}

/// A shortcode whose template is rendered: where the texts came from that the template sees.
#[derive(Debug, Default)]
pub struct Running {
    /// Its body.
    pub body: Traced,
    /// The bodies of the shortcodes directly in it, each with how often its template rendered it so far.
    pub children: Vec<(Traced, usize)>,
    /// Where it stands in the source.
    pub call: Span,
}

impl Running {
    /// The text, which is a part of the body or of a child, with its places. Of children with the same text the one that
    /// was rendered least is meant, and of these the first.
    fn trace(&mut self, text: &str) -> Option<Traced> {
        let find = |body: &Traced| body.text.find(text);
        let child = self.children.iter_mut().filter(|(child, _)| find(child).is_some()).min_by_key(|(_, times)| *times);
        let (body, at) = match (find(&self.body), child) {
            (Some(at), _) => (&self.body, at),
            (None, Some((child, times))) => {
                *times += 1;
                (&*child, find(child)?)
            }
            (None, None) => return None,
        };
        let mut origins = OriginMap::default();
        origins.append(0, &body.origins, Span::new(at, at + text.len()));
        Some(Traced { text: text.to_owned(), origins })
    }
}

/// What gathers while a page is rendered.
#[derive(Debug, Default)]
pub struct State {
    /// Its slots.
    pub slots: Slots,
    /// What was found.
    pub diagnostics: Vec<Diagnostic>,
    /// Its links and images.
    pub links: Vec<LinkUse>,
    /// Its ids.
    pub ids: Vec<IdUse>,
    /// Its inline scripts and styles.
    pub inline: Vec<InlineUse>,
    /// The headings of the page itself, not of shortcode bodies.
    pub headings: Vec<Heading>,
    /// Its code blocks.
    pub blocks: Vec<Block>,
    /// How many texts with footnotes were rendered: the page's own and bodies of shortcodes.
    pub texts_with_footnotes: usize,
    /// How deep shortcodes and included files are inside each other right now.
    depth: usize,
    /// Whether what the outermost shortcode does was cut short: nothing in it is begun any more.
    is_cut: bool,
    /// What shortcodes and included files cost so far, in bytes.
    spent: usize,
    /// The shortcodes whose templates are rendered right now, the innermost last.
    pub running: Vec<Running>,
    /// How many findings were told of each code in templates, so that a loop does not flood.
    pub told: BTreeMap<Code, usize>,
    has_too_many_slots: bool,
}

/// One page while it is rendered.
pub struct Scope {
    /// The site around it.
    pub world: Arc<dyn World>,
    /// The page.
    pub page: PageId,
    /// Its source.
    pub source: Source,
    /// Its folder below the root: `content/a`.
    pub folder: String,
    /// Whether its content is rendered, or the page around it.
    pub stage: Stage,
    context: OnceLock<tera::Context>,
    /// The same without the page.
    common: OnceLock<tera::Context>,
    /// What is written for the targets that were asked for: the page's Markdown has those of the page.
    hrefs: Mutex<HashMap<String, String>>,
    state: Mutex<State>,
}

impl Scope {
    /// A scope for the page `page`.
    #[must_use]
    pub fn new(world: Arc<dyn World>, page: PageId, source: Source, stage: Stage) -> Self {
        let folder = source.path().rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
        Self {
            world,
            page,
            source,
            folder,
            stage,
            context: OnceLock::new(),
            common: OnceLock::new(),
            hrefs: Mutex::default(),
            state: Mutex::default(),
        }
    }

    /// What every template sees on this page, the page itself where it asks for that; made once for all its shortcodes.
    #[must_use]
    pub fn context(&self, with_page: bool) -> tera::Context {
        let context = if with_page { &self.context } else { &self.common };
        context.get_or_init(|| self.world.context(self.page, self.stage, with_page)).clone()
    }

    /// What a template makes of `context`. One that fails without the page gets that as well: what is said of it then names all
    /// that it may have asked for.
    ///
    /// # Errors
    /// When the template fails.
    pub fn rendered(&self, template: &str, context: &tera::Context) -> Result<String, Box<TemplateFailure>> {
        let templates = self.world.templates();
        templates.render(template, context).or_else(|failure| {
            if context.contains_key("page") {
                return Err(failure);
            }
            let mut whole = self.context(true);
            whole.extend(context.clone());
            templates.render(template, &whole)
        })
    }

    /// What is written for a link or image target.
    #[must_use]
    pub fn resolve(&self, target: &str) -> String {
        let mut hrefs = self.hrefs.lock().unwrap_or_else(PoisonError::into_inner);
        match hrefs.get(target) {
            Some(href) => href.clone(),
            None => hrefs.entry(target.to_owned()).or_insert(self.world.resolve(self.page, target)).clone(),
        }
    }

    /// The state; never held while a template is rendered.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state, when the page is done.
    #[must_use]
    pub fn take_state(&self) -> State {
        std::mem::take(&mut self.state())
    }

    /// The place of a span of the source.
    #[must_use]
    pub fn place(&self, span: Span) -> Place {
        self.source.place(span)
    }

    /// Whether another finding of `code` would still be told: else there is no need to look for what was meant.
    #[must_use]
    pub fn would_tell(&self, code: Code) -> bool {
        self.state().told.get(&code).is_none_or(|told| *told < MOST)
    }

    /// Notes a finding.
    pub fn tell(&self, diagnostic: Diagnostic) {
        let mut state = self.state();
        let told = state.told.entry(diagnostic.code).or_default();
        *told += 1;
        if *told <= MOST {
            state.diagnostics.push(diagnostic);
        }
    }

    /// Goes one level deeper into shortcodes and included files; false when that is too deep or too much, which is told.
    /// What was entered is [left](Self::leave).
    ///
    /// Depth alone is no limit: what includes itself twice on 64 levels would never end.
    pub fn enter(&self, span: Span) -> bool {
        /// What entering costs, beside the bytes that come out of it.
        const STEP: usize = 16 << 10;
        let mut state = self.state();
        if state.depth == 0 {
            state.is_cut = false;
        } else {
            state.spent += STEP;
        }
        let problem = if state.is_cut {
            return false;
        } else if state.depth >= DEPTH {
            (
                format!("shortcodes or included files are inside each other deeper than {DEPTH} levels"),
                "does one include itself? What is deeper is left out",
            )
        } else if state.spent > COST_LIMIT {
            (
                "the shortcodes and included files of this page come to too much".to_owned(),
                "does one include itself? What comes here is left out",
            )
        } else {
            state.depth += 1;
            return true;
        };
        state.is_cut = state.depth > 0;
        drop(state);
        let (message, help) = problem;
        self.tell(Diagnostic::new(Code::Nesting, message).at(self.place(span)).help(help));
        false
    }

    /// Leaves what was entered.
    pub fn leave(&self) {
        let mut state = self.state();
        state.depth = state.depth.saturating_sub(1);
    }

    /// Counts what a shortcode or an included file came to.
    pub fn spend(&self, bytes: usize) {
        let mut state = self.state();
        state.spent = state.spent.saturating_add(bytes);
    }

    /// `text` with its places, when it is of the body of a shortcode that is being rendered. Other text is the template's
    /// own: all of it is traced to the shortcode, or to the start of a page that is composed.
    #[must_use]
    pub fn traced(&self, text: &str) -> Traced {
        let mut state = self.state();
        let found = state.running.iter_mut().rev().find_map(|running| running.trace(text));
        found.filter(|_| !text.is_empty()).unwrap_or_else(|| {
            let mut origins = OriginMap::default();
            origins.generated(0, state.running.last().map(|running| running.call).unwrap_or_default());
            Traced { text: text.to_owned(), origins }
        })
    }

    /// A slot for `slot`, as text; empty when the page has too many, which is told once.
    #[must_use]
    pub fn slot(&self, slot: Slot, span: Span) -> String {
        let mut state = self.state();
        if let Some(c) = state.slots.add(slot) {
            return c.to_string();
        }
        let told = std::mem::replace(&mut state.has_too_many_slots, true);
        drop(state);
        if !told {
            self.tell(
                Diagnostic::new(Code::Nesting, format!("the guide has more than {} shortcodes", super::slot::COUNT))
                    .at(self.place(span))
                    .help("split the guide; what is more is left out"),
            );
        }
        String::new()
    }

    /// The variables that the page uses, each name once with whether it is live, in order of first use.
    #[must_use]
    pub fn variables_of(state: &State) -> Vec<(String, Liveness)> {
        let mut seen: Vec<(String, Liveness)> = Vec::new();
        let mut names = std::collections::BTreeSet::new();
        for slot in state.slots.iter() {
            if let Slot::Variable(VariableUse { name, liveness, .. }) = slot
                && names.insert(name.clone())
            {
                seen.push((name.clone(), *liveness));
            }
        }
        seen
    }
}

/// The scopes of the pages that are rendered right now, by number.
#[derive(Default)]
pub struct Scopes {
    next: AtomicU64,
    open: Mutex<BTreeMap<u64, Arc<Scope>>>,
}

impl Scopes {
    /// Gives `scope` a number until the guard is dropped.
    #[must_use]
    pub fn open(self: &Arc<Self>, scope: &Arc<Scope>) -> OpenScope {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.open.lock().unwrap_or_else(PoisonError::into_inner).insert(number, Arc::clone(scope));
        OpenScope { scopes: Arc::clone(self), number }
    }

    /// The scope of this number.
    #[must_use]
    pub fn get(&self, number: u64) -> Option<Arc<Scope>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).get(&number).cloned()
    }
}

/// A scope that templates can find.
pub struct OpenScope {
    scopes: Arc<Scopes>,
    /// Its number.
    pub number: u64,
}

impl Drop for OpenScope {
    fn drop(&mut self) {
        self.scopes.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.number);
    }
}
