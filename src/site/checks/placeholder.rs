//! What stands for a value in JSON and TOML that is shown and not run: `${PORT}`, `<your secret>`.

use super::block::{Masked, fill};
use std::ops::Range;

/// The text with a number in place of each placeholder, as long as it was; none when there are no placeholders.
#[must_use]
pub fn filled(masked: &Masked) -> Option<Masked> {
    let found: Vec<Range<usize>> = placeholders(&masked.text);
    let mut bytes = masked.text.as_bytes().to_vec();
    for range in &found {
        fill(&mut bytes, range.clone(), b'1');
    }
    // Whole characters were replaced by ASCII.
    let text = String::from_utf8(bytes).ok().filter(|_| !found.is_empty())?;
    Some(Masked { text, holes: masked.holes.clone(), has_ellipsis: masked.has_ellipsis })
}

/// Where placeholders stand; each on one line.
fn placeholders(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text.get(at..).and_then(|rest| rest.find(['$', '<'])).map(|next| at + next) {
        let rest = text.get(start..).unwrap_or_default();
        let line = rest.lines().next().unwrap_or_default();
        let close = match rest.strip_prefix("${") {
            Some(_) => line.find('}'),
            None if rest.starts_with('<') && rest.chars().nth(1).is_some_and(char::is_alphabetic) => line.find('>'),
            None => None,
        };
        at = close.map_or(start + 1, |close| start + close + 1);
        if close.is_some() {
            found.push(start..at);
        }
    }
    found
}
