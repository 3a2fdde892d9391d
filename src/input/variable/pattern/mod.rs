//! The expressions of `pattern`: a small common subset of what Rust and JavaScript call regular expressions, compiled when it
//! is loaded to a table that both walk. A value is matched in one pass without going back, whatever the expression is, and the
//! browser needs no `RegExp`: the two cannot disagree.
//!
//! A pattern speaks of the whole value (`^` at its very beginning and `$` at its very end are allowed and mean nothing):
//!
//! - characters as they are, case counts; a backslash before `^ $ \ . * + ? ( ) [ ] { } | / -` makes them plain;
//! - `.` any character; `[a-z0-9_-]`, `[^…]`; `\d` `[0-9]`, `\w` `[A-Za-z0-9_]`, `\s` `[ \t\n\v\f\r]`, and `\D \W \S`: ASCII alone;
//! - `( )` and `(?: )`, `|`; `? * + {n} {n,} {n,m}`, none of them twice in a row (`a+?` and `a++` would mean nothing here).
//!
//! Refused: look-around, back references, flags, names, `\b`, `\p{…}`, `\x`, `\u`, anchors elsewhere, set operations in classes.
//! Limits: 500 characters, 32 groups in each other, bounds up to 1000, a table of at most 400 states and 6000 cells.
//!
//! The table ([`Pattern::browser_json`]): the class of a code point is the count of `bounds` that are not above it; `columns`
//! has the column of each class, -1 for "never"; state 0 begins, `next[state * width + column]` goes on, -1 for "never"; the
//! value matches when the last state is among `accept`.

mod parse;
mod table;

use parse::Parser;
use serde_json::{Value, json};
use table::{Alphabet, Machine};

/// A compiled pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    source: String,
    bounds: Vec<u32>,
    columns: Vec<Option<usize>>,
    width: usize,
    next: Vec<Option<usize>>,
    accept: Vec<bool>,
}

/// Why a pattern is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternError {
    /// What is wrong.
    pub message: String,
    /// At which character, from 0.
    pub at: usize,
}

impl Pattern {
    /// Compiles `source`.
    ///
    /// # Errors
    /// When it is not of the subset, is too large, or matches nothing.
    pub fn compile(source: &str) -> Result<Self, PatternError> {
        let node = Parser::new(source)?.parse()?;
        let mut machine = Machine::new();
        let whole = |message: &str| PatternError { message: message.to_owned(), at: 0 };
        let start = machine
            .compile(&node, Machine::END)
            .ok_or_else(|| whole("the pattern is too large when its repetitions are written out"))?;
        let alphabet = Alphabet::of(machine.classes());
        let table = machine.table(start, &alphabet).ok_or_else(|| whole("the pattern needs too large a table"))?;
        let table = table.minimal(alphabet.width).ok_or_else(|| whole("the pattern matches nothing"))?;
        Ok(Self {
            source: source.to_owned(),
            bounds: alphabet.bounds,
            columns: alphabet.columns,
            width: alphabet.width,
            next: table.next,
            accept: table.accept,
        })
    }

    /// As the author wrote it.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether the whole of `value` matches.
    #[must_use]
    pub fn matches(&self, value: &str) -> bool {
        let mut state = 0;
        for c in value.chars() {
            let class = self.bounds.partition_point(|bound| *bound <= u32::from(c));
            let Some(column) = self.columns.get(class).copied().flatten() else { return false };
            let Some(next) = self.next.get(state * self.width + column).copied().flatten() else { return false };
            state = next;
        }
        self.accept.get(state).copied().unwrap_or(false)
    }

    /// The table, for the browser.
    #[must_use]
    pub fn browser_json(&self) -> Value {
        let number = |at: &Option<usize>| at.map_or(json!(-1), |at| json!(at));
        json!({
            "bounds": self.bounds,
            "columns": self.columns.iter().map(number).collect::<Vec<_>>(),
            "width": self.width,
            "next": self.next.iter().map(number).collect::<Vec<_>>(),
            "accept": self.accept.iter().enumerate().filter(|(_, accepts)| **accepts).map(|(at, _)| at).collect::<Vec<_>>(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn matches(pattern: &str, value: &str) -> bool {
        Pattern::compile(pattern).unwrap().matches(value)
    }

    #[test]
    fn patterns_speak_of_the_whole_value() {
        assert!(matches("[a-z]+", "abc"));
        assert!(!matches("[a-z]+", "abc1"));
        assert!(matches("^a|b$", "b"));
        assert!(matches("", ""));
        assert!(!matches("", "a"));
        assert!(matches(r"\$", "$"));
        assert!(matches("a{0}", ""));
        assert!(matches("[^a]", "😀") && matches(".", "😀"));
        assert!(matches(r"[\d-]{2,3}x", "1-x"));
    }

    #[test]
    fn what_is_not_of_the_subset_is_refused() {
        for pattern in [
            "(?=a)",
            "(?<n>a)",
            r"(a)\1",
            r"\bfoo",
            r"\p{L}",
            "a++",
            "a+?",
            "*a",
            "a{2,1}",
            "a{",
            "}",
            "a$b",
            "(a",
            "a)",
            "[",
            "[]",
            "[z-a]",
            r"[\d-z]",
            "[a&&b]",
            "(?i)a",
            "[[a]]",
            "\\",
            r"\x41",
            "a{1001}",
            "(a{1000}){1000}",
        ] {
            assert!(Pattern::compile(pattern).is_err(), "{pattern}");
        }
        assert!(Pattern::compile(&"(".repeat(400)).is_err());
        assert!(Pattern::compile(&"a".repeat(501)).is_err());
    }

    #[test]
    fn a_table_that_would_explode_is_refused() {
        assert!(Pattern::compile("(a|b)*a(a|b){12}").is_err());
        assert!(Pattern::compile("(((((a*)*)*)*)*)*").is_ok());
        assert!(Pattern::compile("((){1000}){1000}").is_ok_and(|pattern| pattern.matches("")));
    }

    #[test]
    fn nested_repetition_is_linear_by_construction() {
        let pattern = Pattern::compile("(a+)+b").unwrap();
        assert_eq!(pattern.accept.len(), 3);
        assert!(!pattern.matches(&"a".repeat(1_000_000)));
    }

    #[test]
    fn equal_states_are_one() {
        let pattern = Pattern::compile("ab|cb|db").unwrap();
        assert_eq!(pattern.accept.len(), 3);
        assert_eq!(pattern.next.len(), 3 * pattern.width);
    }

    proptest! {
        #[test]
        fn agrees_with_the_regex_crate(pattern in "[ab(|)*+?.\\[\\]^{}2,-]{0,12}", value in "[ab.-]{0,8}") {
            if let Ok(ours) = Pattern::compile(&pattern) {
                let theirs = regex::Regex::new(&format!("^(?:{})$", pattern.trim_start_matches('^'))).unwrap();
                prop_assert_eq!(ours.matches(&value), theirs.is_match(&value), "{}", pattern);
            }
        }

        #[test]
        fn never_panics(pattern in "\\PC{0,40}", value in "\\PC{0,20}") {
            if let Ok(pattern) = Pattern::compile(&pattern) {
                let _ = pattern.matches(&value);
            }
        }
    }
}
