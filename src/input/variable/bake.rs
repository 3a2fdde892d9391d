//! Baking: a value that the publisher of a build decides (`--set tls=true`, `--values`), so that no reader is asked for it.

use super::declaration::{scalar, shown};
use super::{Kind, Variables};
use serde_json::Value;
use std::sync::Arc;

impl Variables {
    /// Uses `value` for `name` in this build (`--set`, `--values`).
    ///
    /// # Errors
    /// When there is no such variable, when it is computed or a secret, and when the value is not legal: a sentence for people.
    pub fn bake(&mut self, name: &str, value: &str) -> Result<(), String> {
        if let Some(computed) = self.computed(name) {
            let mut parts: Vec<_> = computed.template.names().map(|part| format!("`{part}`")).collect();
            parts.dedup();
            return Err(match parts.as_slice() {
                [] => format!("`{name}` is computed and cannot be set"),
                _ => format!("`{name}` is computed and cannot be set; set what it is made of: {}", parts.join(", ")),
            });
        }
        let Some(variable) = self.get(name) else {
            return Err(match self.nearest(name) {
                Some(near) => format!("there is no variable `{name}`; did you mean `{near}`?"),
                None => format!("there is no variable `{name}`"),
            });
        };
        if variable.kind == Kind::Secret {
            return Err(format!("`{name}` is a secret: it is made in the reader's browser and never stands in a page"));
        }
        variable.validate(value).map_err(|message| {
            format!("`{}` is not legal for the {} `{name}`: {message}", shown(value), variable.kind)
        })?;
        if let Some(variable) = self.declared.get_mut(name) {
            Arc::make_mut(variable).baked = Some(value.to_owned());
        }
        Ok(())
    }

    /// The same for a value of a YAML file: a text, a whole number, true or false; a number with a point for a `number`.
    ///
    /// # Errors
    /// As [`Variables::bake`]; and when the value is a list, a map or nothing.
    pub fn bake_value(&mut self, name: &str, value: &Value) -> Result<(), String> {
        let is_number = self.get(name).is_some_and(|variable| variable.kind == Kind::Number);
        let text = match value {
            Value::Number(number) if is_number => Some(number.to_string()),
            _ => scalar(value),
        };
        match text {
            Some(text) => self.bake(name, &text),
            None if value.is_number() => {
                Err(format!("the value of `{name}` needs quotes, so that all its digits count"))
            }
            None => Err(format!("the value of `{name}` must be a text, a number, true or false")),
        }
    }
}
