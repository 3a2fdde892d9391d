//! The object that the script in the page reads: what a reader can set, and what is computed of it.
//!
//! ```json
//! {
//!   "version": 1,
//!   "variables": {
//!     "domain": { "type": "domain", "default": "example.com", "label": "Domain", "help": "…", "group": "General" },
//!     "tls": { "type": "boolean", "default": "false", "text": { "true": "https", "false": "http" } },
//!     "size": { "type": "choice", "default": "s", "options": [{ "value": "s", "label": "Small" }, { "value": "l" }] },
//!     "client-secret": { "type": "secret", "default": "insecure_secret", "length": 72, "alphabet": "ABC…" }
//!   },
//!   "computed": { "url": "https://{sub}.{domain}/" },
//!   "local": { "address": "/guides/a/", "variables": { … } }
//! }
//! ```
//!
//! `type` and `default` (a text, whatever the type) are always there; `label` when it is not the name; the others when they were declared:
//! `min`, `max` (numbers), and `pattern`, which is the table of [`super::pattern`], and no expression; with it `patternHelp`, or
//! `source`, the expression as text, where it was declared without.
//! `computed` and `local` are left out when they are empty; `variables` never is. A name begins with a letter, so no order is lost
//! to keys that look like numbers; it may be `constructor` or `toString`: look up own keys alone.
//! What was baked in is not there, and computed texts hold it written out.

use super::pattern::Pattern;
use super::{Kind, Variable, Variables};
use serde_json::{Map, Value, json};

/// The version of the object, and of what the browser keeps.
pub const VERSION: u32 = 1;

impl Variables {
    /// The object for the script in the page, those of the guide under `local`.
    #[must_use]
    pub fn browser_json(&self) -> Value {
        let mut object = Map::from_iter([("version".to_owned(), json!(VERSION))]);
        object.insert("variables".to_owned(), Value::Object(self.declared_json(|variable| variable.scope.is_none())));
        let computed: Map<String, Value> = self
            .iter_computed()
            .filter(|computed| !self.is_baked(&computed.name))
            .map(|computed| {
                let known = computed
                    .template
                    .with_known(|name, filters| if self.is_baked(name) { self.filtered(name, filters) } else { None });
                (computed.name.clone(), Value::String(known.to_string()))
            })
            .collect();
        if !computed.is_empty() {
            object.insert("computed".to_owned(), Value::Object(computed));
        }
        if let Some(local) = self.local_json() {
            object.insert("local".to_owned(), local);
        }
        Value::Object(object)
    }

    /// The part of the object that belongs to the guide: `{ "address": …, "variables": … }`. None when it declares none.
    #[must_use]
    pub fn local_json(&self) -> Option<Value> {
        let address = self.iter().find_map(|variable| variable.scope.clone())?;
        Some(json!({ "address": &*address, "variables": self.declared_json(|variable| variable.scope.is_some()) }))
    }

    fn declared_json(&self, wanted: impl Fn(&Variable) -> bool) -> Map<String, Value> {
        let live = self.iter().filter(|variable| variable.baked.is_none() && wanted(variable));
        live.map(|variable| (variable.name.clone(), variable.browser_json())).collect()
    }
}

impl Variable {
    /// The entry of this variable.
    #[must_use]
    pub fn browser_json(&self) -> Value {
        let mut entry = Map::new();
        let mut put = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                entry.insert(key.to_owned(), value);
            }
        };
        let text = |text: &Option<String>| text.clone().map(Value::String);
        put("type", Some(json!(self.kind.as_str())));
        put("default", Some(json!(self.default)));
        put("label", (self.label != self.name).then(|| json!(self.label)));
        put("help", text(&self.help));
        put("group", text(&self.group));
        put("min", self.min.clone().map(Value::Number));
        put("max", self.max.clone().map(Value::Number));
        put("pattern", self.pattern.as_ref().map(Pattern::browser_json));
        let help = self.pattern_help.clone().filter(|help| !help.is_empty());
        let source = self.pattern.as_ref().filter(|_| help.is_none()).map(|pattern| json!(pattern.source()));
        put("patternHelp", self.pattern.as_ref().and(text(&help)));
        put("source", source);
        put("text", self.texts.as_ref().map(|(yes, no)| json!({ "true": yes, "false": no })));
        let options = self.options.iter().map(|option| {
            if option.label == option.value {
                json!({ "value": option.value })
            } else {
                json!({ "value": option.value, "label": option.label })
            }
        });
        put("options", (self.kind == Kind::Choice).then(|| options.collect()));
        put("length", (self.kind == Kind::Secret).then(|| json!(self.length)));
        put("alphabet", (self.kind == Kind::Secret).then(|| json!(self.alphabet)));
        Value::Object(entry)
    }
}
