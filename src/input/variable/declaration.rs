//! Reading declarations: `variables:` of the configuration or of a guide's front matter, every slip at its place.

use super::super::spelling::{nearest, suggestion};
use super::pattern::Pattern;
use super::{Choice, Kind, Spans, Variable, is_name, secret};
use crate::base::{Code, Diagnostic};
use serde_json::{Map, Number, Value};
use std::sync::Arc;

/// The keys of a declaration that every type has.
const GENERAL: &[&str] = &["type", "default", "label", "help", "group"];

/// The keys that only some types have.
const fn special(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::String | Kind::Hostname | Kind::Domain | Kind::Label | Kind::Url | Kind::Path | Kind::Email => {
            &["pattern", "pattern_help"]
        }
        Kind::Port | Kind::Number => &["min", "max"],
        Kind::Boolean => &["text"],
        Kind::Choice => &["options"],
        Kind::Ip | Kind::Cidr => &[],
        Kind::Secret => &["length", "alphabet", "pattern", "pattern_help"],
    }
}

const ALL_SPECIAL: &[&str] = &["min", "max", "pattern", "pattern_help", "options", "text", "length", "alphabet"];

/// Reads the map of declarations; what is wrong is left out.
pub(super) fn read(
    variables: &Value,
    spans: &Spans<'_>,
    code: Code,
    scope: Option<&Arc<str>>,
) -> (Vec<Variable>, Vec<Diagnostic>) {
    let mut reader = Reader { spans, code, diagnostics: Vec::new() };
    let mut read = Vec::new();
    match variables {
        Value::Null => {}
        Value::Object(map) => {
            for (name, value) in map {
                read.extend(reader.variable(name, value, scope));
            }
        }
        _ => reader.wrong(
            &[],
            "`variables` must be a map of names to declarations",
            "write `variables: { domain: { type: domain, default: example.com } }`",
        ),
    }
    (read, reader.diagnostics)
}

/// A scalar that can be read as one text alone: a string, a whole number, true or false. (`1.10` is the number 1.1.)
pub(super) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) if number.is_i64() || number.is_u64() => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

struct Reader<'a> {
    spans: &'a Spans<'a>,
    code: Code,
    diagnostics: Vec<Diagnostic>,
}

/// One declaration, and where its keys stand.
struct Declaration<'a> {
    name: &'a str,
    map: &'a Map<String, Value>,
}

impl Reader<'_> {
    fn wrong(&mut self, path: &[&str], message: impl Into<String>, help: impl Into<Box<str>>) {
        let mut whole = vec!["variables"];
        whole.extend(path);
        let mut diagnostic = Diagnostic::new(self.code, message);
        diagnostic.place = (self.spans)(&whole);
        diagnostic.help = Some(help.into());
        self.diagnostics.push(diagnostic);
    }

    fn variable(&mut self, name: &str, value: &Value, scope: Option<&Arc<str>>) -> Option<Variable> {
        if !is_name(name) {
            self.wrong(
                &[name],
                format!("`{name}` cannot be the name of a variable"),
                "a name is a letter, then letters, digits, `-` and `_`",
            );
            return None;
        }
        let Value::Object(map) = value else {
            let help = scalar(value).map(|text| format!("write `{name}: {{ default: {text} }}`"));
            self.wrong(
                &[name],
                format!("the declaration of `{name}` must be a map"),
                help.unwrap_or_else(|| "it has at least a `default`".to_owned()),
            );
            return None;
        };
        let declaration = Declaration { name, map };
        let kind = self.kind(&declaration)?;
        let before = self.diagnostics.len();
        self.keys(&declaration, kind);
        let mut variable = Variable {
            name: name.to_owned(),
            kind,
            default: String::new(),
            label: self.text(&declaration, "label").unwrap_or_else(|| name.to_owned()),
            help: self.text(&declaration, "help"),
            group: self.text(&declaration, "group"),
            min: None,
            max: None,
            pattern: None,
            pattern_help: self.text(&declaration, "pattern_help"),
            options: Vec::new(),
            texts: None,
            length: secret::LENGTH,
            alphabet: String::new(),
            scope: scope.cloned(),
            baked: None,
            place: (self.spans)(&["variables", name]),
            digest: Arc::default(),
        };
        match kind {
            Kind::Port | Kind::Number => (variable.min, variable.max) = self.bounds(&declaration),
            Kind::Boolean => variable.texts = self.texts(&declaration),
            Kind::Choice => variable.options = self.options(&declaration),
            Kind::Secret => (variable.length, variable.alphabet) = self.secret(&declaration),
            _ => {}
        }
        if special(kind).contains(&"pattern") {
            variable.pattern = self.pattern(&declaration);
        }
        let sound = self.diagnostics.len() == before;
        self.default(&declaration, &mut variable, sound).then_some(variable)
    }

    fn kind(&mut self, declaration: &Declaration<'_>) -> Option<Kind> {
        let names = || Kind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>();
        match declaration.map.get("type") {
            None => Some(Kind::String),
            Some(Value::String(text)) => {
                let kind = Kind::parse(text);
                if kind.is_none() {
                    self.wrong(
                        &[declaration.name, "type"],
                        format!("there is no type `{text}`"),
                        suggestion(text, &names()).unwrap_or_default(),
                    );
                }
                kind
            }
            Some(_) => {
                self.wrong(
                    &[declaration.name, "type"],
                    "`type` must be the name of a type",
                    format!("one of {}", names().join(", ")),
                );
                None
            }
        }
    }

    fn keys(&mut self, declaration: &Declaration<'_>, kind: Kind) {
        for key in declaration.map.keys().map(String::as_str) {
            if GENERAL.contains(&key) || special(kind).contains(&key) {
                continue;
            }
            let path = [declaration.name, key];
            if ALL_SPECIAL.contains(&key) {
                self.wrong(
                    &path,
                    format!("a `{kind}` has no `{key}`"),
                    "take it out, or give the variable the type that has it",
                );
            } else {
                let known = GENERAL.iter().chain(special(kind)).copied();
                let help = nearest(key, known.clone()).map_or_else(
                    || format!("its keys are {}", known.collect::<Vec<_>>().join(", ")),
                    |near| format!("did you mean `{near}`?"),
                );
                self.wrong(&path, format!("`{key}` is not a key of a variable"), help);
            }
        }
    }

    fn text(&mut self, declaration: &Declaration<'_>, key: &str) -> Option<String> {
        match declaration.map.get(key)? {
            Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            _ => {
                self.wrong(
                    &[declaration.name, key],
                    format!("`{key}` must be a text"),
                    "write it in quotes, or take it out",
                );
                None
            }
        }
    }

    fn bounds(&mut self, declaration: &Declaration<'_>) -> (Option<Number>, Option<Number>) {
        let mut bound = |key: &str| match declaration.map.get(key)? {
            Value::Number(number) => Some(number.clone()),
            _ => {
                self.wrong(&[declaration.name, key], format!("`{key}` must be a number"), "write it without quotes");
                None
            }
        };
        let (min, max) = (bound("min"), bound("max"));
        if let (Some(least), Some(most)) = (&min, &max)
            && least.as_f64() > most.as_f64()
        {
            self.wrong(
                &[declaration.name, "min"],
                format!("`min` ({least}) is above `max` ({most})"),
                "exchange the two",
            );
        }
        (min, max)
    }

    fn texts(&mut self, declaration: &Declaration<'_>) -> Option<(String, String)> {
        let text = declaration.map.get("text")?;
        let both = text
            .as_object()
            .filter(|map| map.len() == 2)
            .and_then(|map| map.get("true").and_then(scalar).zip(map.get("false").and_then(scalar)));
        if both.is_none() {
            self.wrong(
                &[declaration.name, "text"],
                "`text` must have a text for `true` and one for `false`",
                "write `text: { true: https, false: http }`",
            );
        }
        both
    }

    fn options(&mut self, declaration: &Declaration<'_>) -> Vec<Choice> {
        let path = [declaration.name, "options"];
        let help = "write `options: [a, b]` or `options: [{ value: a, label: The first }]`";
        let list = match declaration.map.get("options") {
            Some(Value::Array(list)) if !list.is_empty() => list,
            Some(_) => {
                self.wrong(&path, "`options` must be a list of values", help);
                return Vec::new();
            }
            None => {
                self.wrong(&[declaration.name], format!("`{}` is a choice without `options`", declaration.name), help);
                return Vec::new();
            }
        };
        let mut options = Vec::new();
        let mut known = std::collections::BTreeSet::new();
        for (index, item) in list.iter().enumerate() {
            let at = index.to_string();
            let path = [declaration.name, "options", &at];
            let Some(option) = choice(item) else {
                self.wrong(
                    &path,
                    "an option must be a text, or a map of `value` and `label`",
                    "a number with a point needs quotes",
                );
                continue;
            };
            if option.value.chars().count() > super::validate::LONGEST_VALUE
                || option.value.contains(super::validate::is_forbidden)
            {
                self.wrong(&path, "this value is too long or holds a character that cannot be seen", "write it anew");
            } else if known.insert(option.value.clone()) {
                options.push(option);
            } else {
                self.wrong(&path, format!("the value `{}` is there twice", option.value), "keep one of the two");
            }
        }
        options
    }

    fn secret(&mut self, declaration: &Declaration<'_>) -> (u32, String) {
        let length = match declaration.map.get("length") {
            None => secret::LENGTH,
            Some(value) => value
                .as_u64()
                .and_then(|length| u32::try_from(length).ok())
                .filter(|length| secret::LENGTHS.contains(length))
                .unwrap_or_else(|| {
                    let (least, most) = (secret::LENGTHS.start(), secret::LENGTHS.end());
                    self.wrong(
                        &[declaration.name, "length"],
                        format!("`length` must be a whole number from {least} to {most}"),
                        format!("leave it out for {}", secret::LENGTH),
                    );
                    secret::LENGTH
                }),
        };
        let alphabet = match declaration.map.get("alphabet") {
            None => Ok(secret::default_alphabet()),
            Some(Value::String(text)) => secret::alphabet(text),
            Some(_) => Err("`alphabet` must be a text".to_owned()),
        };
        let alphabet = alphabet.unwrap_or_else(|message| {
            self.wrong(&[declaration.name, "alphabet"], message, "leave it out for letters and digits");
            secret::default_alphabet()
        });
        (length, alphabet)
    }

    fn pattern(&mut self, declaration: &Declaration<'_>) -> Option<Pattern> {
        let value = declaration.map.get("pattern");
        if value.is_none() && declaration.map.contains_key("pattern_help") {
            self.wrong(
                &[declaration.name, "pattern_help"],
                "`pattern_help` without a `pattern`",
                "give the pattern that it speaks of, or take it out",
            );
        }
        let Value::String(source) = value? else {
            self.wrong(&[declaration.name, "pattern"], "`pattern` must be a text", "write it in single quotes");
            return None;
        };
        match Pattern::compile(source) {
            Ok(pattern) => Some(pattern),
            Err(error) => {
                let place = format!("at character {} of the pattern", error.at + 1);
                self.wrong(&[declaration.name, "pattern"], error.message, place);
                None
            }
        }
    }

    /// Reads the default and checks it, unless the rest of the declaration was already found not `sound`.
    fn default(&mut self, declaration: &Declaration<'_>, variable: &mut Variable, sound: bool) -> bool {
        let name = declaration.name;
        let Some(value) = declaration.map.get("default") else {
            self.wrong(&[name], format!("`{name}` has no `default`"), "it is what readers see who have set nothing");
            return false;
        };
        let text = match value {
            Value::Number(number) if variable.kind == Kind::Number => Some(number.to_string()),
            _ => scalar(value),
        };
        let Some(text) = text else {
            let help = if value.is_number() { "put it in quotes" } else { "write it as one value, in quotes" };
            self.wrong(&[name, "default"], format!("`default` must be a {}", variable.kind), help);
            return false;
        };
        variable.default = text;
        if !sound {
            return false;
        }
        if let Err(message) = variable.validate(&variable.default) {
            let message = format!(
                "the default `{}` is not legal for the {} `{name}`: {message}",
                shown(&variable.default),
                variable.kind
            );
            let help = format!("readers who set nothing see it: give a {} that a reader could give", variable.kind);
            self.wrong(&[name, "default"], message, help);
            return false;
        }
        true
    }
}

/// `value` for a message: cut when it is long, and without control characters.
pub(super) fn shown(value: &str) -> String {
    const MOST: usize = 60;
    let mut out: String = value.chars().take(MOST).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if value.chars().nth(MOST).is_some() {
        out.push('…');
    }
    out
}

fn choice(item: &Value) -> Option<Choice> {
    if let Some(value) = scalar(item) {
        return Some(Choice { label: value.clone(), value });
    }
    let map = item.as_object()?;
    let value = map.get("value").and_then(scalar)?;
    let label = match map.get("label") {
        None => value.clone(),
        Some(label) => scalar(label)?,
    };
    map.keys().all(|key| key == "value" || key == "label").then_some(Choice { value, label })
}
