//! "Did you mean …?": the known word that a mistyped one was probably meant to be.

/// The candidate that is nearest to `word`, when one is near enough to be worth a suggestion; the first of equals.
///
/// Case, `-` and `_` do not count; a swap of two neighbours is one slip. A third of the letters may be wrong.
pub fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let word = fold(word);
    if word.is_empty() || word.len() > LONGEST {
        return None;
    }
    let mut best: Option<(usize, &'a str)> = None;
    for candidate in candidates {
        let folded = fold(candidate);
        let allowed = (word.len().max(folded.len()) / 3).clamp(1, 3);
        if folded.len() > LONGEST || folded.len().abs_diff(word.len()) > allowed {
            continue;
        }
        let slips = distance(&word, &folded);
        if slips <= allowed && slips < folded.len() && best.is_none_or(|(fewest, _)| slips < fewest) {
            best = Some((slips, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// ` (did you mean "…"?)`-like help for an unknown word: the nearest known one, or else the list of what is known.
#[must_use]
pub fn suggestion(word: &str, known: &[&str]) -> Option<String> {
    match nearest(word, known.iter().copied()) {
        Some(near) => Some(format!("did you mean `{near}`?")),
        None if known.is_empty() => None,
        None => Some(format!("known here: {}", known.join(", "))),
    }
}

/// Words beyond this many letters get no suggestion: comparing costs the product of the lengths.
const LONGEST: usize = 64;

fn fold(word: &str) -> Vec<char> {
    word.chars().filter(|c| !matches!(c, '-' | '_')).flat_map(char::to_lowercase).take(LONGEST + 1).collect()
}

/// How many letters must be changed, added, left out, or swapped with their neighbour, to make `a` of `b`.
pub(crate) fn distance(a: &[char], b: &[char]) -> usize {
    let mut two_above: Vec<usize> = vec![0; b.len() + 1];
    let mut above: Vec<usize> = (0..=b.len()).collect();
    let mut previous_a = None;
    for (row, from) in a.iter().enumerate() {
        let mut current = Vec::with_capacity(b.len() + 1);
        current.push(row + 1);
        let mut left = row + 1;
        for (column, to) in b.iter().enumerate() {
            let replaced = above[column] + usize::from(from != to);
            let mut cost = replaced.min(above[column + 1] + 1).min(left + 1);
            let swapped = column > 0 && previous_a == Some(to) && b[column - 1] == *from;
            if swapped {
                cost = cost.min(two_above[column - 1] + 1);
            }
            current.push(cost);
            left = cost;
        }
        two_above = std::mem::replace(&mut above, current);
        previous_a = Some(from);
    }
    above.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: &[&str] = &["title", "base_url", "links", "language", "variables", "id"];

    #[test]
    fn finds_what_was_meant() {
        let near = |word| nearest(word, KEYS.iter().copied());
        assert_eq!(near("titel"), Some("title"), "a swap");
        assert_eq!(near("baseURL"), Some("base_url"), "case and hyphens do not count");
        assert_eq!(near("base-url"), Some("base_url"));
        assert_eq!(near("langauge"), Some("language"));
        assert_eq!(near("varables"), Some("variables"));
        assert_eq!(near("theme"), None);
        assert_eq!(near("x"), None, "one letter is near to nothing");
        assert_eq!(near(""), None);
        assert_eq!(near(&"title".repeat(100)), None);
    }

    #[test]
    fn the_first_of_equals_wins() {
        assert_eq!(nearest("cat", ["bat", "rat"].into_iter()), Some("bat"));
    }

    #[test]
    fn a_suggestion_lists_what_is_known_when_nothing_is_near() {
        assert_eq!(suggestion("titel", KEYS).as_deref(), Some("did you mean `title`?"));
        assert_eq!(suggestion("zzzzz", &["a", "b"]).as_deref(), Some("known here: a, b"));
        assert_eq!(suggestion("zzzzz", &[]), None);
    }
}
