//! Assets: the names that change with their content, and the theme's script and style as a site gets them: with the texts of its language, and with what `theme` configures.
//! A site's own file of the same name stays as it is.

use super::variables_script;
use crate::base::digest::Digest;
use crate::input::config::Theme;
use crate::input::strings::Strings;
use crate::input::theme;

/// The script of the theme, as templates ask for it.
const SCRIPT: &str = "theme.js";
/// Its style.
const STYLE: &str = "theme.css";

/// Makes what is published of the theme's own text.
type Make = fn(&str, &Strings, &Theme) -> String;
/// The files that are made, and how.
const MADE: [(&str, Make); 2] = [(SCRIPT, script), (STYLE, style)];

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

/// What to publish under a name in place of the theme's own bytes, as long as those are there: a site that brings its
/// own file keeps it.
#[must_use]
pub fn joined(strings: &Strings, config: &Theme) -> Vec<(&'static str, &'static [u8], String)> {
    let own = theme::statics();
    let mut made = Vec::new();
    for (name, make) in MADE {
        let Some((_, bytes)) = own.iter().find(|(path, _)| path == name) else { continue };
        if let Ok(text) = std::str::from_utf8(bytes) {
            made.push((name, *bytes, make(text, strings, config)));
        }
    }
    made
}

fn script(source: &str, strings: &Strings, _: &Theme) -> String {
    variables_script::script(&[source], strings.group("script"))
}

fn style(source: &str, _: &Strings, config: &Theme) -> String {
    format!("{}{}", compact(source), config.style())
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
    fn the_script_says_its_texts_in_the_language_of_the_site() {
        let made = joined(&Strings::of_theme("de"), &Theme::default());
        let script = &made.iter().find(|(name, ..)| *name == SCRIPT).unwrap().2;
        assert!(script.contains("\"copy\":\"Kopieren\""), "{script}");
    }
}
