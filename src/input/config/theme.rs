//! `theme` of the configuration: colours, fonts, logo and widths, as custom properties of the theme's style.
//!
//! Values go into a style sheet, so each is held against what it may be: nothing that is written here ends a rule.

use super::read::choice;
use super::{Config, Theme};
use crate::input::fields::{Fields, joined};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// The keys, in the order of the manual.
pub const KEYS: &[&str] = &[
    "hue",
    "accent",
    "font",
    "font_mono",
    "radius",
    "content_width",
    "sidebar_width",
    "toc_width",
    "logo",
    "logo_dark",
    "hide_title",
    "image",
    "mode",
];

/// Keys that are a length, and their custom properties.
const LENGTHS: &[(&str, &str)] = &[
    ("radius", "radius"),
    ("content_width", "content-width"),
    ("sidebar_width", "sidebar-width"),
    ("toc_width", "toc-width"),
];

impl Theme {
    /// The rules that go behind the theme's own; none when nothing is configured.
    #[must_use]
    pub fn style(&self) -> String {
        if self.properties.is_empty() {
            return String::new();
        }
        let mut style = ":root { ".to_owned();
        for (name, value) in &self.properties {
            let _ = write!(style, "--{name}: {value}; ");
        }
        style.push_str("}\n");
        style
    }

    /// What templates see as `site.theme`.
    #[must_use]
    pub fn for_templates(&self) -> Value {
        json!({
            "logo": self.logo, "logo_dark": self.logo_dark, "hide_title": self.hide_title, "image": self.image,
            "mode": self.mode,
        })
    }
}

/// Reads `theme`.
pub(super) fn read(config: &mut Config, fields: &mut Fields<'_>, value: &Value) {
    let at = ["theme"];
    if value.is_string() {
        let help =
            "the theme is built in: files in `templates/` and `static/` replace its own; colours are `theme.hue`";
        return fields.wrong(&at, value, "a map of keys and values", help);
    }
    let Some(map) = fields.map(&at, value).cloned() else { return };
    fields.only(&at, &map, KEYS);
    let theme = &mut config.theme;
    for key in KEYS {
        let Some(value) = map.get(*key) else { continue };
        let path = joined(&at, key);
        match *key {
            "hue" => {
                if let Some(hue) = fields.integer(&path, value) {
                    if (0..=360).contains(&hue) {
                        theme.properties.push(("hue", hue.to_string()));
                    } else {
                        fields.wrong(&path, value, "an angle from 0 to 360", "256 is blue, 150 green, 25 red");
                    }
                }
            }
            "accent" => accent(theme, fields, &path, value),
            "font" | "font_mono" => {
                let name = if *key == "font" { "font" } else { "font-mono" };
                if let Some(text) = fields.text(&path, value) {
                    if is_font(&text) {
                        theme.properties.push((name, text));
                    } else {
                        let help = "write names with commas between them, such as `Inter, sans-serif`";
                        fields.wrong(&path, value, "a list of fonts", help);
                    }
                }
            }
            "logo" | "logo_dark" | "image" => {
                if let Some(text) = fields.text(&path, value) {
                    if !is_static(&text) {
                        let help = "write its path below `static/`: `logo.svg`";
                        fields.wrong(&path, value, "a file of `static/`", help);
                        continue;
                    }
                    let text = Some(text.trim_start_matches('/').to_owned());
                    match *key {
                        "logo" => theme.logo = text,
                        "logo_dark" => theme.logo_dark = text,
                        _ => theme.image = text,
                    }
                }
            }
            "hide_title" => theme.hide_title = fields.boolean(&path, value).unwrap_or_default(),
            "mode" => {
                let choices = &[("auto", None), ("light", Some("light")), ("dark", Some("dark"))];
                theme.mode = choice(fields, &path, value, choices).flatten();
            }
            _ => length(theme, fields, &path, key, value),
        }
    }
}

/// One colour, or one for each mode.
fn accent(theme: &mut Theme, fields: &mut Fields<'_>, path: &[&str], value: &Value) {
    let help = "write `\"#7a3cff\"`, or `light` and `dark` with one each";
    let colours = match value {
        Value::Object(map) => {
            fields.only(path, map, &["light", "dark"]);
            [map.get("light"), map.get("dark")].map(|colour| colour.and_then(Value::as_str).map(str::to_owned))
        }
        _ => {
            let one = fields.text(path, value);
            [one.clone(), one]
        }
    };
    match colours {
        [Some(light), Some(dark)] if is_colour(&light) && is_colour(&dark) => {
            theme.properties.push(("accent", format!("light-dark({light}, {dark})")));
        }
        [None, None] if value.is_null() => {}
        _ => fields.wrong(path, value, "a colour", help),
    }
}

fn length(theme: &mut Theme, fields: &mut Fields<'_>, path: &[&str], key: &str, value: &Value) {
    let Some((_, property)) = LENGTHS.iter().find(|(name, _)| *name == key) else { return };
    let Some(text) = fields.text(path, value) else { return };
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = text.get(number.len()..).unwrap_or_default();
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if is_number && number.parse::<f64>().is_ok() && matches!(unit, "rem" | "px" | "em" | "ch" | "vw") {
        theme.properties.push((*property, text));
    } else {
        fields.wrong(path, value, "a length", "write a number and its unit: `48rem`");
    }
}

/// A colour as hexadecimal digits, or as a name.
fn is_colour(text: &str) -> bool {
    match text.strip_prefix('#') {
        Some(digits) => matches!(digits.len(), 3 | 6) && digits.bytes().all(|byte| byte.is_ascii_hexdigit()),
        None => !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphabetic()),
    }
}

/// Names of fonts: letters and what stands between them, quotation marks in pairs.
fn is_font(text: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, ' ' | ',' | '-' | '_' | '"' | '\'' | '.');
    text.len() <= 400
        && text.chars().all(is_part)
        && ['"', '\''].iter().all(|quote| text.matches(*quote).count() % 2 == 0)
}

fn is_static(text: &str) -> bool {
    let path = text.trim_start_matches('/');
    !path.is_empty()
        && !path.contains(['\\', ':', '?', '#'])
        && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}
