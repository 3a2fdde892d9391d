//! The regular expressions of grammars: Oniguruma's, compiled as syntect compiles them, when they are first tried.

use onig::{MatchParam, Regex, RegexOptions, Region, SearchOptions, Syntax};
use std::sync::OnceLock;

/// One regular expression.
#[derive(Debug)]
pub(super) struct Expression {
    text: String,
    /// None when it is none.
    compiled: OnceLock<Option<Regex>>,
}

impl Expression {
    pub(super) const fn new(text: String) -> Self {
        Self { text, compiled: OnceLock::new() }
    }

    /// As it is written.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The first match in `line` that begins at `from` or behind it: its beginning and end; `region` has the groups. An error
    /// (too much backtracking) is no match.
    pub(super) fn search(&self, line: &str, from: usize, region: &mut Region) -> Option<(usize, usize)> {
        let options = SearchOptions::SEARCH_OPTION_NONE;
        let regex = self.compiled()?;
        regex.search_with_param(line, from, line.len(), options, Some(region), MatchParam::default()).ok()??;
        region.pos(0)
    }

    /// The match in `line` that begins at `at`.
    pub(super) fn match_at(&self, line: &str, at: usize, region: &mut Region) -> Option<(usize, usize)> {
        let options = SearchOptions::SEARCH_OPTION_NONE;
        self.compiled()?.match_with_param(line, at, options, Some(region), MatchParam::default()).ok()??;
        region.pos(0)
    }

    fn compiled(&self) -> Option<&Regex> {
        let compile = || Regex::with_options(&self.text, RegexOptions::REGEX_OPTION_CAPTURE_GROUP, Syntax::default());
        self.compiled.get_or_init(|| compile().ok()).as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_are_found_and_asked_for() {
        let expression = Expression::new("a(b*)(?=c)".to_owned());
        let mut region = Region::new();
        assert_eq!(expression.search("xabbc", 0, &mut region), Some((1, 4)));
        assert_eq!(region.pos(1), Some((2, 4)));
        assert_eq!(expression.match_at("xabbc", 1, &mut region), Some((1, 4)));
        assert_eq!(expression.match_at("xabbc", 0, &mut region), None);
        assert_eq!(Expression::new("(".to_owned()).search("(", 0, &mut region), None);
    }
}
