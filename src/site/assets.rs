//! Assets: the names that change with their content, and the theme's scripts and styles as a site gets them: made small, with the
//! texts of its language, what it declares, and what `theme` configures.
//! A site's own file of the same name stays as it is.

use super::script;
use crate::base::digest::Digest;
use crate::input::config::Theme;
use crate::input::strings::Strings;
use crate::input::theme;
use crate::input::variable::Variables;
use serde_json::{Value, json};

/// The script of the theme, as templates ask for it.
const SCRIPT: &str = "theme.js";
/// Its style.
const STYLE: &str = "theme.css";
/// The search.
const SEARCH: &str = "search.js";

/// What the files of the theme are made with.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// What the site declares.
    pub variables: &'a Variables,
    /// The texts in its language.
    pub strings: &'a Strings,
    /// What it configures of the theme.
    pub theme: &'a Theme,
}

/// The output path of an asset: `assets/theme.0123456789.css`.
#[must_use]
pub fn hashed_name(path: &str, bytes: &[u8]) -> String {
    let digest = Digest::of(bytes).short();
    let (folder, name) = path.rsplit_once('/').map_or((String::new(), path), |(f, name)| (format!("{f}/"), name));
    match name.rsplit_once('.') {
        Some((stem, ending)) => format!("assets/{folder}{stem}.{digest}.{ending}"),
        None => format!("assets/{folder}{name}.{digest}"),
    }
}

/// The path of the asset that has this output path; none when it is none.
#[must_use]
pub fn plain_name(output: &str) -> Option<String> {
    let (rest, ending) = output.strip_prefix("assets/")?.rsplit_once('.')?;
    let (stem, digest) = rest.rsplit_once('.')?;
    (!digest.contains('/')).then(|| format!("{stem}.{ending}"))
}

/// What to publish under a name in place of the theme's own bytes, as long as those are there: a site that brings its
/// own file keeps it.
#[must_use]
pub fn made(told: Told<'_>) -> Vec<(String, &'static [u8], String)> {
    let own = theme::statics();
    let texts = own.iter().filter_map(|(name, bytes)| Some((name, *bytes, std::str::from_utf8(bytes).ok()?)));
    texts
        .filter_map(|(name, bytes, source)| {
            let text = match name.rsplit_once('.')?.1 {
                "js" => script::around(script::body(name)?, &declared(name, told)),
                "css" if name == STYLE => format!("{}{}", compact(source), told.theme.style()),
                "css" => compact(source),
                _ => return None,
            };
            Some((name.clone(), bytes, text))
        })
        .collect()
}

/// What a script of the theme is to know.
fn declared(name: &str, told: Told<'_>) -> Value {
    let strings = told.strings;
    match name {
        script::VALUES => {
            // What belongs to one guide is told by its page.
            let mut declared = told.variables.browser_json();
            if let Some(members) = declared.as_object_mut() {
                members.remove("local");
            }
            declared
        }
        script::DIALOG => strings.group("values").clone(),
        SCRIPT => strings.group("script").clone(),
        SEARCH => json!({ "search": strings.group("search"), "support": strings.group("support") }),
        _ => Value::Null,
    }
}

/// A style sheet without its comments and indentation: the sources are written for people, one rule a line.
fn compact(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some((before, after)) = rest.split_once("/*") {
        out.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, behind)| behind);
    }
    out.push_str(rest);
    let lines = out.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.fold(String::with_capacity(out.len()), |mut text, line| {
        text.push_str(line);
        text.push('\n');
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_sheet_loses_its_comments_and_keeps_its_rules() {
        assert_eq!(
            compact("/* a */\n:root {\n  --x: 1; /* b */\n}\n\nc { d: e; }"),
            ":root {\n--x: 1;\n}\nc { d: e; }\n"
        );
    }

    #[test]
    fn scripts_say_their_texts_in_the_language_of_the_site() {
        let (strings, theme, variables) = (Strings::of_theme("de"), Theme::default(), Variables::default());
        let made = made(Told { variables: &variables, strings: &strings, theme: &theme });
        for (name, text) in [
            (SCRIPT, "\"copy\":\"Kopieren\""),
            (SEARCH, "\"more\":\"Mehr zeigen\""),
            (script::DIALOG, "\"domain\":\"Nötig ist eine Domain wie example.com\""),
        ] {
            let script = &made.iter().find(|(path, ..)| path == name).unwrap().2;
            assert!(script.contains(text), "{name}: {script}");
        }
    }
}
