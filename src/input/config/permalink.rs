//! Patterns of permalinks: `/blog/:year/:slug/`.

use crate::input::spelling;

/// What a permalink pattern may name.
const PERMALINK_WORDS: &[&str] = &["slug", "title", "section", "sections", "filename", "year", "month", "day"];

/// What is wrong with a permalink pattern, and what to do.
pub(super) fn check(pattern: &str) -> Result<(), (String, String)> {
    let help = || "write something like `/blog/:slug/`".to_owned();
    if !pattern.starts_with('/') {
        return Err(("a permalink starts with a slash".to_owned(), help()));
    }
    if pattern.contains(['?', '#', '\\', '%']) || pattern.chars().any(char::is_whitespace) {
        return Err(("a permalink is a plain path".to_owned(), help()));
    }
    for part in pattern.split('/') {
        if matches!(part, "." | "..") {
            return Err((format!("a permalink has no `{part}`"), help()));
        }
        for word in part.split(':').skip(1) {
            let word = word.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or("");
            if !PERMALINK_WORDS.contains(&word) {
                let suggestion = spelling::suggestion(word, PERMALINK_WORDS).unwrap_or_default();
                return Err((format!("a permalink knows no `:{word}`"), suggestion));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_plain_paths_of_known_words() {
        for pattern in ["/", "/blog/:slug/", "/:sections/:year-:month-:day/:filename", "/:title/x.html"] {
            assert_eq!(check(pattern), Ok(()), "{pattern}");
        }
        for pattern in ["", ":slug", "/:slgu/", "/a b/", "/../:slug", "/:slug?x", "/:slug#x", "/a/:/", "//\\"] {
            assert!(check(pattern).is_err(), "{pattern}");
        }
    }
}
