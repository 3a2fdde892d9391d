//! Computed variables: their names, their cycles, and what comes out of them.
//!
//! A chain of computed variables has at most 32 links, and one of them stands for at most 1000 uses of declared ones, so that
//! putting a text together is cheap whatever was declared.

use super::declaration::scalar;
use super::template::Filter;
use super::{Computed, Kind, Part, Spans, TextTemplate, Variable, Variables, is_name};
use crate::base::{Code, Diagnostic};
use indexmap::IndexMap;
use serde_json::Value;
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

const DEEPEST: usize = 32;
const MOST_USES: usize = 1000;

/// Reads the map of computed variables, which use those that `declared` has; what is wrong is left out.
pub(super) fn read(
    computed: &Value,
    declared: &Variables,
    spans: &Spans<'_>,
    code: Code,
) -> (IndexMap<String, Arc<Computed>>, Vec<Diagnostic>) {
    let mut reader = Reader { declared, spans, code, diagnostics: Vec::new() };
    let mut read = IndexMap::new();
    match computed {
        Value::Null => {}
        Value::Object(map) => {
            for (name, value) in map {
                if let Some(computed) = reader.computed(name, value) {
                    read.insert(name.clone(), computed);
                }
            }
        }
        _ => reader.wrong(
            None,
            "`computed` must be a map of names to texts",
            "write `computed: { url: \"https://{domain}/\" }`",
        ),
    }
    reader.check_names(&mut read);
    let sound: BTreeSet<String> = reader.in_order(&read).keys().map(|name| (*name).to_owned()).collect();
    read.retain(|name, _| sound.contains(name));
    (read, reader.diagnostics)
}

struct Reader<'a> {
    declared: &'a Variables,
    spans: &'a Spans<'a>,
    code: Code,
    diagnostics: Vec<Diagnostic>,
}

/// How deep a computed variable goes and how many declared ones it uses in the end.
#[derive(Clone, Copy, Default)]
struct Weight {
    depth: usize,
    uses: usize,
}

impl Reader<'_> {
    fn wrong(&mut self, name: Option<&str>, message: impl Into<String>, help: impl Into<Box<str>>) {
        let mut diagnostic = Diagnostic::new(self.code, message);
        let path: Vec<&str> = std::iter::once("computed").chain(name).collect();
        diagnostic.place = (self.spans)(&path);
        diagnostic.help = Some(help.into());
        self.diagnostics.push(diagnostic);
    }

    fn computed(&mut self, name: &str, value: &Value) -> Option<Arc<Computed>> {
        if !is_name(name) {
            self.wrong(
                Some(name),
                format!("`{name}` cannot be the name of a variable"),
                "a name is a letter, then letters, digits, `-` and `_`",
            );
            return None;
        }
        if let Some(variable) = self.declared.get(name) {
            let mut diagnostic =
                Diagnostic::new(self.code, format!("`{name}` is declared as a variable and computed as well"));
            diagnostic.place = (self.spans)(&["computed", name]);
            diagnostic.help = Some("give one of them another name".into());
            if let Some(place) = variable.place.clone() {
                diagnostic = diagnostic.related(place, "it is declared here");
            }
            self.diagnostics.push(diagnostic);
            return None;
        }
        let Some(text) = scalar(value) else {
            let help = "write it as `\"https://{domain}/\"`, with quotes where it begins with a brace";
            self.wrong(Some(name), format!("the computed `{name}` must be a text"), help);
            return None;
        };
        match TextTemplate::parse(&text) {
            Ok(template) => {
                Some(Arc::new(Computed { name: name.to_owned(), template, place: (self.spans)(&["computed", name]) }))
            }
            Err(error) => {
                self.wrong(Some(name), error.message, error.help);
                None
            }
        }
    }

    /// Leaves out what uses a name that nobody declared, or a digest of what is no secret.
    fn check_names(&mut self, read: &mut IndexMap<String, Arc<Computed>>) {
        let mut bad = Vec::new();
        for computed in read.values() {
            for part in computed.template.parts() {
                let Part::Value { name, filters } = part else { continue };
                let variable = self.declared.get(name);
                if variable.is_none() && !read.contains_key(name) {
                    let names = self.declared.names().chain(read.keys().map(String::as_str));
                    let help =
                        super::super::spelling::nearest(name, names).map(|near| format!("did you mean `{near}`?"));
                    let help = help.unwrap_or_else(|| {
                        "declare it under `variables`, or write `{{` and `}}` for braces".to_owned()
                    });
                    self.wrong(
                        Some(&computed.name),
                        format!("the computed `{}` uses `{name}`, which is not declared", computed.name),
                        help,
                    );
                    bad.push(computed.name.clone());
                } else if filters.contains(&Filter::Pbkdf2Sha512)
                    && !(filters.len() == 1 && variable.is_some_and(|variable| variable.kind == Kind::Secret))
                {
                    let message = format!(
                        "`pbkdf2-sha512` in the computed `{}` stands alone, behind a variable of the type `secret`",
                        computed.name
                    );
                    self.wrong(Some(&computed.name), message, "write `{client-secret|pbkdf2-sha512}`");
                    bad.push(computed.name.clone());
                }
            }
        }
        for name in bad {
            read.shift_remove(&name);
        }
    }

    /// Those that come out in the end, by name. A cycle is said once; what only leans on one, or on what was left out, is not.
    fn in_order<'b>(&mut self, read: &'b IndexMap<String, Arc<Computed>>) -> IndexMap<&'b str, Weight> {
        let mut users: IndexMap<&str, Vec<&str>> = IndexMap::new();
        let mut open: IndexMap<&str, usize> = IndexMap::new();
        for (name, computed) in read {
            let parts: Vec<&str> = computed.template.names().filter(|part| self.declared.get(part).is_none()).collect();
            open.insert(name, parts.len());
            for part in parts {
                users.entry(part).or_default().push(name);
            }
        }
        let mut ready: VecDeque<&str> = open.iter().filter(|(_, count)| **count == 0).map(|(name, _)| *name).collect();
        let mut done: IndexMap<&str, Weight> = IndexMap::new();
        let mut failed: IndexMap<&str, ()> = IndexMap::new();
        while let Some(name) = ready.pop_front() {
            let Some((name, computed)) = read.get_key_value(name) else { continue };
            let weight = weigh(computed, &done);
            if weight.depth > DEEPEST || weight.uses > MOST_USES {
                let message = format!(
                    "the computed `{name}` goes through more than {DEEPEST} others, or uses more than {MOST_USES} values"
                );
                self.wrong(Some(name), message, "make it of fewer, or write what they say into it");
                failed.insert(name, ());
                continue;
            }
            done.insert(name, weight);
            for user in users.get(name.as_str()).into_iter().flatten() {
                if let Some(count) = open.get_mut(user) {
                    *count -= 1;
                    if *count == 0 {
                        ready.push_back(user);
                    }
                }
            }
        }
        self.say_cycles(read, &done, &failed);
        done
    }

    fn say_cycles(
        &mut self,
        read: &IndexMap<String, Arc<Computed>>,
        done: &IndexMap<&str, Weight>,
        failed: &IndexMap<&str, ()>,
    ) {
        // Every name is walked once: a walk goes from one that did not come out to the first part of it that did not either.
        let mut walked: IndexMap<&str, usize> = IndexMap::new();
        for (walk, start) in read.keys().enumerate() {
            let mut at = start.as_str();
            let mut trail: Vec<&str> = Vec::new();
            loop {
                if done.contains_key(at) || failed.contains_key(at) {
                    break;
                }
                match walked.get(at) {
                    Some(earlier) if *earlier == walk => {
                        let cycle = trail
                            .iter()
                            .skip_while(|name| **name != at)
                            .copied()
                            .chain([at])
                            .take(20)
                            .collect::<Vec<_>>()
                            .join(" → ");
                        self.wrong(
                            Some(at),
                            format!("the computed `{at}` is made of itself: {cycle}"),
                            "one of them must stop using the next",
                        );
                        break;
                    }
                    Some(_) => break,
                    None => {}
                }
                let Some((name, computed)) = read.get_key_value(at) else { break };
                walked.insert(name, walk);
                trail.push(name);
                let Some(next) = computed
                    .template
                    .names()
                    .find(|part| self.declared.get(part).is_none() && !done.contains_key(part))
                else {
                    break;
                };
                at = next;
            }
        }
    }
}

fn weigh(computed: &Computed, done: &IndexMap<&str, Weight>) -> Weight {
    let mut weight = Weight { depth: 1, uses: 0 };
    for name in computed.template.names() {
        match done.get(name) {
            Some(part) => {
                weight.depth = weight.depth.max(part.depth + 1);
                weight.uses = weight.uses.saturating_add(part.uses.max(1));
            }
            None => weight.uses = weight.uses.saturating_add(1),
        }
    }
    weight
}

impl Variables {
    /// What stands on the page before any reader comes: the text of the baked value or the default, of a computed one the
    /// texts put together. None when there is no such variable.
    ///
    /// A computed digest of a secret is made at its first use and takes a moment; see [`super::secret`].
    #[must_use]
    pub fn fallback(&self, name: &str) -> Option<String> {
        self.text(name, Variable::value)
    }

    /// The same as if nothing was baked in: the text that a guide's own `nojs` is compared with.
    #[must_use]
    pub fn declared_fallback(&self, name: &str) -> Option<String> {
        self.text(name, |variable| &variable.default)
    }

    /// The text of `name` through `filters`, with the values that count at build time.
    #[must_use]
    pub fn filtered(&self, name: &str, filters: &[Filter]) -> Option<String> {
        self.filtered_text(name, filters, Variable::value)
    }

    fn text(&self, name: &str, value: fn(&Variable) -> &str) -> Option<String> {
        if let Some(variable) = self.get(name) {
            return Some(variable.text(value(variable)).to_owned());
        }
        self.computed(name)?.template.expand(|name, filters| self.filtered_text(name, filters, value))
    }

    fn filtered_text(&self, name: &str, filters: &[Filter], value: fn(&Variable) -> &str) -> Option<String> {
        let mut text = self.text(name, value)?;
        for filter in filters {
            text = match filter {
                Filter::Format(format) => format.apply(&text),
                Filter::Pbkdf2Sha512 => self.get(name).map_or_else(String::new, Variable::example_digest),
            };
        }
        Some(text)
    }

    /// Whether no reader can change `name`: it was baked in, or it is computed and all its parts were.
    #[must_use]
    pub fn is_baked(&self, name: &str) -> bool {
        match self.get(name) {
            Some(variable) => variable.baked.is_some(),
            None => {
                self.computed(name).is_some_and(|computed| computed.template.names().all(|part| self.is_baked(part)))
            }
        }
    }
}
