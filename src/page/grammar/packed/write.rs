//! Packs the grammars when guidegen is built, in the form that [`super`] describes: `build.rs` calls this, nothing else does.

use std::collections::HashMap;
use std::hash::Hash;
use syntect::parsing::syntax_definition::{
    Context, ContextId, ContextReference, MatchOperation, MatchPattern, context_iter,
};
use syntect::parsing::{ClearAmount, ParseState, Scope, SyntaxReference, SyntaxSet};

/// All grammars of `set`.
pub fn packed(set: &SyntaxSet) -> Result<Vec<u8>, String> {
    let mut pack = Pack { set, texts: Numbers::default(), contexts: Numbers::default(), patterns: Numbers::default() };
    let mut names = Vec::new();
    for syntax in set.syntaxes() {
        let main = main(syntax).ok_or_else(|| format!("{} has no context that is its first", syntax.name))?;
        names.push((syntax.name.clone(), pack.contexts.number(main)));
    }
    names.sort();
    let names: Vec<Vec<u8>> = names
        .into_iter()
        .map(|(name, main)| {
            let mut record = Vec::new();
            number(&mut record, main);
            record.extend(name.into_bytes());
            record
        })
        .collect();
    // Contexts and patterns name others, which are numbered and packed behind them.
    let (mut contexts, mut patterns) = (Vec::new(), Vec::new());
    while contexts.len() < pack.contexts.all.len() || patterns.len() < pack.patterns.all.len() {
        while let Some(id) = pack.contexts.all.get(contexts.len()).copied() {
            contexts.push(pack.context(id).unwrap_or_default());
        }
        while let Some(at) = pack.patterns.all.get(patterns.len()).copied() {
            patterns.push(pack.pattern(at.0));
        }
    }
    let texts: Vec<Vec<u8>> = pack.texts.all.iter().map(|text| text.clone().into_bytes()).collect();
    Ok(joined(&[names, texts, contexts, patterns]))
}

/// The sections in a row: behind the beginnings of all records those records.
fn joined(sections: &[Vec<Vec<u8>>]) -> Vec<u8> {
    let count: usize = sections.iter().map(|section| section.len() + 1).sum();
    let mut at = 4 * (sections.len() + count);
    let (mut table, mut records) = (Vec::new(), Vec::new());
    for section in sections {
        table.push(section.len());
    }
    for section in sections {
        for record in section {
            table.push(at);
            at += record.len();
            records.extend_from_slice(record);
        }
        table.push(at);
    }
    // Four bytes hold every place: all grammars together take few megabytes.
    let mut all: Vec<u8> = table.into_iter().flat_map(|place| (place as u32).to_le_bytes()).collect();
    all.extend(records);
    all
}

/// Things by their numbers, in the order in which they were met.
struct Numbers<T> {
    all: Vec<T>,
    known: HashMap<T, usize>,
}

impl<T> Default for Numbers<T> {
    fn default() -> Self {
        Self { all: Vec::new(), known: HashMap::new() }
    }
}

impl<T: Clone + Eq + Hash> Numbers<T> {
    fn number(&mut self, thing: T) -> usize {
        let next = self.all.len();
        let all = &mut self.all;
        *self.known.entry(thing).or_insert_with_key(|thing| {
            all.push(thing.clone());
            next
        })
    }
}

/// A pattern, known by where it stands: grammars are read once.
#[derive(Clone, Copy)]
struct At<'s>(&'s MatchPattern);

impl PartialEq for At<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl Eq for At<'_> {}

impl Hash for At<'_> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        std::ptr::from_ref(self.0).hash(state);
    }
}

struct Pack<'s> {
    set: &'s SyntaxSet,
    texts: Numbers<String>,
    contexts: Numbers<ContextId>,
    patterns: Numbers<At<'s>>,
}

impl<'s> Pack<'s> {
    /// A context; none where it, or one that it includes, is not there.
    fn context(&mut self, id: ContextId) -> Option<Vec<u8>> {
        let context = definition(self.set, id)?;
        let patterns: Vec<&'s MatchPattern> = context_iter(self.set, context)
            .map(|(context, index)| context.match_at(index))
            .collect::<Result<_, _>>()
            .ok()?;
        let mut record = Vec::new();
        number(&mut record, usize::from(context.uses_backrefs));
        number(&mut record, context.prototype.map_or(0, |id| self.contexts.number(id) + 1));
        number(&mut record, cleared(context));
        self.scopes(&mut record, &context.meta_scope);
        self.scopes(&mut record, &context.meta_content_scope);
        let patterns: Vec<usize> = patterns.into_iter().map(|pattern| self.patterns.number(At(pattern))).collect();
        list(&mut record, &patterns);
        Some(record)
    }

    fn pattern(&mut self, pattern: &MatchPattern) -> Vec<u8> {
        let mut record = Vec::new();
        number(&mut record, self.texts.number(pattern.regex().regex_str().to_owned()));
        number(&mut record, usize::from(pattern.has_captures));
        self.scopes(&mut record, &pattern.scope);
        let captures: Vec<_> = pattern.captures.iter().flatten().collect();
        // A pattern without groups and one with none of them named are two things.
        number(&mut record, pattern.captures.as_ref().map_or(0, |_| captures.len() + 1));
        for (group, scopes) in captures {
            number(&mut record, *group);
            self.scopes(&mut record, scopes);
        }
        let with = pattern.with_prototype.as_ref().map(|context| self.referred(std::slice::from_ref(context)));
        let (kind, contexts) = match &pattern.operation {
            _ if with == Some(None) => (4, Vec::new()),
            MatchOperation::None => (0, Vec::new()),
            MatchOperation::Pop => (1, Vec::new()),
            MatchOperation::Push(contexts) => self.referred(contexts).map_or((4, Vec::new()), |all| (2, all)),
            MatchOperation::Set(contexts) => self.referred(contexts).map_or((4, Vec::new()), |all| (3, all)),
        };
        number(&mut record, kind);
        list(&mut record, &contexts);
        number(&mut record, with.flatten().and_then(|all| all.first().copied()).map_or(0, |number| number + 1));
        record
    }

    /// The numbers of contexts; none when one is not there.
    fn referred(&mut self, contexts: &[ContextReference]) -> Option<Vec<usize>> {
        contexts.iter().map(|context| Some(self.contexts.number(context.id().ok()?))).collect()
    }

    fn scopes(&mut self, record: &mut Vec<u8>, scopes: &[Scope]) {
        let scopes: Vec<usize> = scopes.iter().map(|scope| self.texts.number(scope.build_string())).collect();
        list(record, &scopes);
    }
}

/// What `context` takes away of the scopes around it: nothing, all, or so many of the innermost.
fn cleared(context: &Context) -> usize {
    match context.clear_scopes {
        None => 0,
        Some(ClearAmount::All) => 1,
        Some(ClearAmount::TopN(count)) => count + 2,
    }
}

fn list(record: &mut Vec<u8>, numbers: &[usize]) {
    number(record, numbers.len());
    for each in numbers {
        number(record, *each);
    }
}

/// Seven bits a byte, the lowest first; all but the last have the eighth set.
fn number(record: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        record.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    record.push(number as u8);
}

/// The context in which code of `syntax` begins.
fn main(syntax: &SyntaxReference) -> Option<ContextId> {
    // Syntect keeps the number of this context to itself, and shows it in what is meant for people alone.
    let shown = format!("{:?}", ParseState::new(syntax));
    let number = |name: &str| {
        let digits = shown.split_once(name)?.1;
        digits.split(|c: char| !c.is_ascii_digit()).next()?.parse::<usize>().ok()
    };
    let id = serde_json::json!({
        "syntax_index": number("syntax_index: ")?,
        "context_index": number("context_index: ")?,
    });
    serde_json::from_value(id).ok()
}

/// What `set` says of a context. It tells that by references alone, which are made by reading them.
fn definition(set: &SyntaxSet, id: ContextId) -> Option<&Context> {
    let reference: ContextReference = serde_json::from_value(serde_json::json!({ "Direct": id })).ok()?;
    reference.resolve(set).ok()
}
