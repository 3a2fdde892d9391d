//! The value of a YAML text: numbers, texts, lists and maps in their order, without tags, and never larger than the
//! text can account for.

use super::depth;
use crate::base::reserved::without_reserved;
use serde::de::{self, DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::cell::{Cell, RefCell};
use std::fmt;

/// What aliases may add to a document, in bytes of text and values, on top of a multiple of its own length.
const ALIASES_MAY_ADD: usize = 1 << 20;

/// So many duplicate keys of one document are named; the rest would only repeat what is wrong.
const DUPLICATES_NAMED: usize = 20;

/// A text that was read.
pub(super) struct Read {
    /// What it says.
    pub(super) value: Value,
    /// Keys that a map has twice; the first value of each was kept. Only the first few are named.
    pub(super) duplicates: Vec<String>,
    /// The first tag that is not of YAML itself; its value was kept.
    pub(super) tag: Option<String>,
    /// Whether an escape wrote a character that guidegen keeps for itself.
    pub(super) has_reserved: bool,
}

impl Read {
    /// A value with which nothing is wrong.
    pub(super) const fn of(value: Value) -> Self {
        Self { value, duplicates: Vec::new(), tag: None, has_reserved: false }
    }
}

/// Why a text was not read.
pub(super) enum Failure {
    /// It is not YAML.
    Syntax(serde_yaml::Error),
    /// Its aliases make more of it than [`ALIASES_MAY_ADD`].
    TooLarge,
    /// A list or a map is used as a key.
    Key(serde_yaml::Error),
    /// A merge key has a value other than a map or a list of maps.
    Merge(serde_yaml::Error),
    /// Its brackets are nested too deeply, at this byte.
    TooDeep(usize),
    /// It is not YAML at this byte, for a reason in the parser's words.
    Other(usize, String),
}

/// Reads one document.
pub(super) fn read(text: &str) -> Result<Read, Failure> {
    depth::check(text)?;
    let state = State {
        budget: Cell::new(text.len().saturating_mul(2).saturating_add(ALIASES_MAY_ADD)),
        duplicates: RefCell::new(Vec::new()),
        tag: RefCell::new(None),
        has_reserved: Cell::new(false),
        trouble: Cell::new(Trouble::None),
    };
    match Seed(&state).deserialize(serde_yaml::Deserializer::from_str(text)) {
        Ok(value) => Ok(Read {
            value,
            duplicates: state.duplicates.into_inner(),
            tag: state.tag.into_inner(),
            has_reserved: state.has_reserved.get(),
        }),
        Err(error) => Err(match state.trouble.get() {
            Trouble::None => Failure::Syntax(error),
            Trouble::TooLarge => Failure::TooLarge,
            Trouble::Key => Failure::Key(error),
            Trouble::Merge => Failure::Merge(error),
        }),
    }
}

/// What went wrong outside of YAML's own grammar.
#[derive(Clone, Copy)]
enum Trouble {
    None,
    TooLarge,
    Key,
    Merge,
}

struct State {
    budget: Cell<usize>,
    duplicates: RefCell<Vec<String>>,
    tag: RefCell<Option<String>>,
    has_reserved: Cell<bool>,
    trouble: Cell<Trouble>,
}

impl State {
    /// A text of the document without what no text may bring along.
    fn text(&self, text: &str) -> String {
        let mended = without_reserved(text);
        self.has_reserved.set(self.has_reserved.get() || mended.is_some());
        mended.unwrap_or_else(|| text.to_owned())
    }

    /// Takes `cost` from what the document may still use.
    fn spend<E: de::Error>(&self, cost: usize) -> Result<(), E> {
        match self.budget.get().checked_sub(cost) {
            Some(rest) => {
                self.budget.set(rest);
                Ok(())
            }
            None => Err(self.fail(Trouble::TooLarge, "too large")),
        }
    }

    fn fail<E: de::Error>(&self, trouble: Trouble, message: &str) -> E {
        self.trouble.set(trouble);
        E::custom(message)
    }
}

struct Seed<'s>(&'s State);

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        self.0.spend(1).map(|()| Value::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        self.0.spend(1).map(|()| Value::Number(value.into()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        self.0.spend(1).map(|()| Value::Number(value.into()))
    }

    #[expect(clippy::cast_precision_loss, reason = "such numbers have no exact form in JSON either")]
    fn visit_i128<E: de::Error>(self, value: i128) -> Result<Value, E> {
        self.visit_f64(value as f64)
    }

    #[expect(clippy::cast_precision_loss, reason = "such numbers have no exact form in JSON either")]
    fn visit_u128<E: de::Error>(self, value: u128) -> Result<Value, E> {
        self.visit_f64(value as f64)
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        self.0.spend(1)?;
        Ok(match Number::from_f64(value) {
            Some(number) => Value::Number(number),
            None if value.is_nan() => Value::String(".nan".to_owned()),
            None if value < 0.0 => Value::String("-.inf".to_owned()),
            None => Value::String(".inf".to_owned()),
        })
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        self.0.spend(value.len() + 1).map(|()| Value::String(self.0.text(value)))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        self.0.spend(1).map(|()| Value::Null)
    }

    fn visit_none<E: de::Error>(self) -> Result<Value, E> {
        self.visit_unit()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        self.0.spend(1)?;
        let mut list = Vec::new();
        while let Some(entry) = entries.next_element_seed(Seed(self.0))? {
            list.push(entry);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        self.0.spend(1)?;
        let mut map = Map::new();
        let mut merged = Vec::new();
        while let Some(key) = entries.next_key_seed(Key(self.0))? {
            let value = entries.next_value_seed(Seed(self.0))?;
            if key == "<<" {
                merged.push(value);
            } else if map.contains_key(&key) {
                let mut duplicates = self.0.duplicates.borrow_mut();
                if duplicates.len() < DUPLICATES_NAMED {
                    duplicates.push(key);
                }
            } else {
                map.insert(key, value);
            }
        }
        for value in merged {
            merge(&mut map, value).map_err(|()| self.0.fail(Trouble::Merge, "cannot be merged"))?;
        }
        Ok(Value::Object(map))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<Value, A::Error> {
        let (tag, value) = tagged.variant::<String>()?;
        let tag = if tag.starts_with('!') { tag } else { format!("!{tag}") };
        self.0.tag.borrow_mut().get_or_insert(tag);
        value.newtype_variant_seed(Seed(self.0))
    }
}

/// `<<: *a` and `<<: [*a, *b]`: what the map does not say itself, from the first that says it.
fn merge(map: &mut Map<String, Value>, value: Value) -> Result<(), ()> {
    match value {
        Value::Object(from) => {
            for (key, value) in from {
                if !map.contains_key(&key) {
                    map.insert(key, value);
                }
            }
            Ok(())
        }
        Value::Array(list) if list.iter().all(Value::is_object) => {
            list.into_iter().try_for_each(|entry| merge(map, entry))
        }
        _ => Err(()),
    }
}

/// Reads a key: the text of a scalar as it is written, `1.10` and `true` like any other.
struct Key<'s>(&'s State);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key<'_> {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.trouble.set(Trouble::Key);
        f.write_str("a key")
    }

    fn visit_str<E: de::Error>(self, key: &str) -> Result<String, E> {
        self.0.spend(key.len() + 1).map(|()| self.0.text(key))
    }
}
