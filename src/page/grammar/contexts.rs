//! The contexts of grammars as a parser wants them: all patterns of each in a row, the included ones in their places, and
//! what they refer to by number.

use super::beginnings;
use super::bytes::Bytes;
use super::expression::Expression;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use syntect::parsing::syntax_definition::{
    CaptureMapping, Context as Definition, ContextId, ContextReference, MatchOperation, MatchPattern, context_iter,
};
use syntect::parsing::{ClearAmount, ParseState, Scope, SyntaxReference, SyntaxSet};

/// A context by its number, which is the order in which contexts were first met.
pub(in super::super) type Number = usize;

/// One context.
#[derive(Debug)]
pub(super) struct Context {
    pub(super) meta_scope: Vec<Scope>,
    pub(super) meta_content_scope: Vec<Scope>,
    pub(super) clear_scopes: Option<ClearAmount>,
    /// The context whose patterns come before its own.
    pub(super) prototype: Option<Number>,
    pub(super) uses_backrefs: bool,
    pub(super) patterns: Vec<Arc<Pattern>>,
}

/// One pattern.
#[derive(Debug)]
pub(super) struct Pattern {
    /// Its number: a pattern that is included in several contexts has one.
    pub(super) number: usize,
    /// Whether it holds pieces of the match that opened its context.
    pub(super) has_captures: bool,
    /// Patterns of one text share it.
    pub(super) expression: Arc<Expression>,
    beginnings: OnceLock<Option<Bytes>>,
    pub(super) scope: Vec<Scope>,
    pub(super) captures: Option<CaptureMapping>,
    /// How many groups of its match have to be known.
    pub(super) groups: usize,
    pub(super) operation: Operation,
    pub(super) with_prototype: Option<Number>,
}

impl Pattern {
    /// The bytes that its match may begin with; none where it may be any, or nothing.
    pub(super) fn beginnings(&self) -> Option<&Bytes> {
        self.beginnings.get_or_init(|| beginnings::of(self.expression.text())).as_ref()
    }
}

/// What happens to the stack of contexts after a match.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Operation {
    None,
    Pop,
    Push(Vec<Number>),
    Set(Vec<Number>),
    /// It refers to a context that is not there.
    Broken,
}

/// How many groups a context may refer back to: `\0` to `\9`.
pub(super) const BACKREFS: usize = 10;

/// The contexts that somebody asked for.
#[derive(Debug, Default)]
pub(super) struct Contexts(RwLock<Table>);

#[derive(Debug, Default)]
struct Table {
    numbers: HashMap<ContextId, Number>,
    contexts: Vec<(ContextId, Option<Arc<Context>>)>,
    /// By the address of the definition: definitions are read once, and stay where they are as long as their set.
    patterns: HashMap<usize, Arc<Pattern>>,
    expressions: HashMap<String, Arc<Expression>>,
}

impl Contexts {
    /// The context in which code of `syntax` begins.
    pub(super) fn main(&self, syntax: &SyntaxReference) -> Option<Number> {
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
        let id = serde_json::from_value(id).ok()?;
        Some(self.0.write().unwrap_or_else(PoisonError::into_inner).number(id))
    }

    /// The context of this number.
    pub(super) fn get(&self, set: &SyntaxSet, number: Number) -> Option<Arc<Context>> {
        let (id, known) = {
            let table = self.0.read().unwrap_or_else(PoisonError::into_inner);
            table.contexts.get(number).cloned()?
        };
        if known.is_some() {
            return known;
        }
        let definition = definition(set, id)?;
        // Grammars are unpacked here, where nobody has to wait for the table.
        let patterns: Vec<&MatchPattern> = context_iter(set, definition)
            .map(|(context, index)| context.match_at(index))
            .collect::<Result<_, _>>()
            .ok()?;
        let mut table = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let context = Arc::new(Context {
            meta_scope: definition.meta_scope.clone(),
            meta_content_scope: definition.meta_content_scope.clone(),
            clear_scopes: definition.clear_scopes,
            prototype: definition.prototype.map(|id| table.number(id)),
            uses_backrefs: definition.uses_backrefs,
            patterns: patterns.into_iter().map(|pattern| table.pattern(pattern)).collect(),
        });
        if let Some((_, place)) = table.contexts.get_mut(number) {
            *place = Some(context.clone());
        }
        Some(context)
    }
}

impl Table {
    fn number(&mut self, id: ContextId) -> Number {
        match self.numbers.entry(id) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(place) => {
                self.contexts.push((id, None));
                *place.insert(self.contexts.len() - 1)
            }
        }
    }

    fn pattern(&mut self, definition: &MatchPattern) -> Arc<Pattern> {
        let address = std::ptr::from_ref(definition).addr();
        if let Some(known) = self.patterns.get(&address) {
            return known.clone();
        }
        let text = definition.regex().regex_str();
        let new = || Arc::new(Expression::new(text.to_owned()));
        let expression = self.expressions.entry(text.to_owned()).or_insert_with(new).clone();
        let operation = self.operation(&definition.operation);
        let with_prototype = definition.with_prototype.as_ref().map(|context| context.id().map(|id| self.number(id)));
        let captured = definition.captures.iter().flatten().map(|(group, _)| group + 1).max().unwrap_or(0);
        let pattern = Arc::new(Pattern {
            number: self.patterns.len(),
            has_captures: definition.has_captures,
            expression,
            beginnings: OnceLock::new(),
            scope: definition.scope.clone(),
            captures: definition.captures.clone(),
            groups: if opens(&operation) { captured.max(BACKREFS) } else { captured },
            operation: if matches!(with_prototype, Some(Err(_))) { Operation::Broken } else { operation },
            with_prototype: with_prototype.and_then(Result::ok),
        });
        self.patterns.insert(address, pattern.clone());
        pattern
    }

    fn operation(&mut self, operation: &MatchOperation) -> Operation {
        let mut numbers = |contexts: &[ContextReference]| {
            contexts.iter().map(|context| context.id().map(|id| self.number(id))).collect::<Result<Vec<_>, _>>()
        };
        match operation {
            MatchOperation::None => Operation::None,
            MatchOperation::Pop => Operation::Pop,
            MatchOperation::Push(contexts) => numbers(contexts).map_or(Operation::Broken, Operation::Push),
            MatchOperation::Set(contexts) => numbers(contexts).map_or(Operation::Broken, Operation::Set),
        }
    }
}

const fn opens(operation: &Operation) -> bool {
    matches!(operation, Operation::Push(_) | Operation::Set(_))
}

/// What `set` says of a context. It tells that by references alone, which are made by reading them.
fn definition(set: &SyntaxSet, id: ContextId) -> Option<&Definition> {
    let reference: ContextReference = serde_json::from_value(serde_json::json!({ "Direct": id })).ok()?;
    reference.resolve(set).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contexts_are_found_with_all_their_patterns() {
        let set = two_face::syntax::extra_newlines();
        let contexts = Contexts::default();
        for syntax in set.syntaxes() {
            let main = contexts.main(syntax).unwrap();
            let context = contexts.get(&set, main).unwrap();
            assert!(Arc::ptr_eq(&context, &contexts.get(&set, main).unwrap()), "read once");
            assert!(!context.patterns.is_empty() || syntax.name == "Plain Text", "{}", syntax.name);
        }
    }
}
