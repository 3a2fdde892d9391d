//! What stands for a value in a block that is shown and not run: `${PORT}`, `<your secret>`, `%PORT%`, `{port}`.

use super::block::Language;
use super::mask::{Masked, fill};
use std::ops::Range;

/// The text with a number in place of each placeholder, as long as it was; none when there are no placeholders.
#[must_use]
pub fn filled(language: Language, masked: &Masked) -> Option<Masked> {
    let found = placeholders(language, &masked.text);
    let mut bytes = masked.text.as_bytes().to_vec();
    for range in &found {
        fill(&mut bytes, range.clone(), b'1');
    }
    // Whole characters were replaced by ASCII.
    let text = String::from_utf8(bytes).ok().filter(|_| !found.is_empty())?;
    Some(Masked { text, holes: masked.holes.clone(), has_ellipsis: masked.has_ellipsis })
}

/// Where placeholders stand; each on one line.
fn placeholders(language: Language, text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) =
        text.get(at..).and_then(|rest| rest.find(['$', '<', '%', '@', '{', '['])).map(|next| at + next)
    {
        let rest = text.get(start..).unwrap_or_default();
        let line = rest.lines().next().unwrap_or_default();
        match length(language, line) {
            Some(length) => {
                at = start + length;
                found.push(start..at);
            }
            None => at = start + 1,
        }
    }
    found
}

/// How long the placeholder is that a text begins with.
fn length(language: Language, text: &str) -> Option<usize> {
    let is_yaml = language == Language::Yaml;
    let second = text.chars().nth(1)?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    // A name between two signs: `%PORT%`.
    let between = |close: char| {
        let name = text.get(1..)?;
        let end = name.find(|c| !is_name(c)).filter(|end| *end > 0)?;
        (second.is_alphabetic() && name.get(end..)?.starts_with(close)).then_some(end + 2)
    };
    match text.chars().next()? {
        '$' if second == '{' => text.find('}').map(|close| close + 1),
        '$' if !is_yaml && (second.is_ascii_alphabetic() || second == '_') => Some(
            text.get(1..)?.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').map_or(text.len(), |end| end + 1),
        ),
        '<' if !is_yaml && second.is_alphabetic() => text.find('>').map(|close| close + 1),
        '%' => between('%'),
        '@' => between('@'),
        // These are lists and maps of YAML, and only where they cannot be they are placeholders.
        '{' if is_yaml => between('}'),
        '[' if is_yaml => between(']'),
        _ => None,
    }
}
