//! `build`: Hugo's switches for whether a guide is listed, and whether it has a page.

use crate::input::fields::{Fields, joined};
use serde_json::Value;

/// `build` of a guide.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Build {
    /// `list`: in which lists the guide is.
    pub list: Listing,
    /// `render`: whether it becomes a page.
    pub render: Rendering,
}

/// The lists that a guide is in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Listing {
    /// In all.
    #[default]
    Always,
    /// In those of its section and its terms, in none of the whole site.
    Local,
    /// In none: who has its address finds it.
    Never,
}

/// What a guide becomes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Rendering {
    /// A page.
    #[default]
    Always,
    /// An address alone, where something else stands.
    Link,
    /// Nothing.
    Never,
}

impl Build {
    pub(super) fn read(fields: &mut Fields<'_>, path: &[&str], value: &Value) -> Self {
        let mut build = Self::default();
        for (key, value) in fields.map(path, value).into_iter().flatten() {
            let path = joined(path, key);
            match key.to_lowercase().as_str() {
                "list" => {
                    let words = [("always", Listing::Always), ("local", Listing::Local), ("never", Listing::Never)];
                    build.list = one_of(fields, &path, value, words).unwrap_or_default();
                }
                "render" => {
                    let words = [("always", Rendering::Always), ("link", Rendering::Link), ("never", Rendering::Never)];
                    build.render = one_of(fields, &path, value, words).unwrap_or_default();
                }
                // Files beside a guide are always published.
                "publishresources" => {
                    let _ = fields.boolean(&path, value);
                }
                _ => fields.tell(&path, format!("`build` has no `{key}`"), "known here: list, render"),
            }
        }
        build
    }
}

/// The value that is written: the first word is also `true`, the last one `false`.
fn one_of<T: Copy>(fields: &mut Fields<'_>, path: &[&str], value: &Value, words: [(&str, T); 3]) -> Option<T> {
    let [(first, yes), (middle, _), (last, no)] = words;
    match value {
        Value::Null => return None,
        Value::Bool(true) => return Some(yes),
        Value::Bool(false) => return Some(no),
        Value::String(text) => {
            let text = text.trim().to_lowercase();
            if let Some((_, meant)) = words.iter().find(|(word, _)| *word == text) {
                return Some(*meant);
            }
        }
        _ => {}
    }
    fields.wrong(
        path,
        value,
        &format!("`{first}`, `{middle}` or `{last}`"),
        &format!("write `{first}` or take it out"),
    );
    None
}
