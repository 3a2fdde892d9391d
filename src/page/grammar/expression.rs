//! The regular expressions of grammars: Oniguruma's, compiled as syntect compiles them, when they are first tried.
//!
//! Nearly all lines are ASCII. For those an expression is compiled a second time, as one of ASCII: that takes half the time, as
//! no class of characters has the letters of all the world then, and finds the same.

use onig::{EncodedBytes, EncodedChars, MatchParam, Regex, RegexOptions, Region, SearchOptions, Syntax};
use std::borrow::Cow;
use std::sync::OnceLock;

/// How often a match may try something else at one place before it is given up: a tenth of what Oniguruma allows by itself.
const RETRIES: u32 = 1_000_000;

/// A search that was given up: it tries too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooMuch;

/// A match, if there is one: its beginning and end.
type Found = Result<Option<(usize, usize)>, TooMuch>;

/// One regular expression.
#[derive(Debug)]
pub(super) struct Expression {
    text: Cow<'static, str>,
    /// None when it is none.
    compiled: OnceLock<Option<Regex>>,
    /// For lines of ASCII; none where it could find something else in them.
    of_ascii: OnceLock<Option<Regex>>,
}

impl Expression {
    pub(super) const fn new(text: Cow<'static, str>) -> Self {
        Self { text, compiled: OnceLock::new(), of_ascii: OnceLock::new() }
    }

    /// As it is written.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The first match in `line` that begins at `from` or behind it: its beginning and end; `region` has the groups.
    /// `is_ascii` says that the line is, and `false` always finds what is right.
    pub(super) fn search(&self, line: &str, is_ascii: bool, from: usize, region: &mut Region) -> Found {
        match self.of_ascii().filter(|_| is_ascii) {
            Some(regex) => search(regex, EncodedBytes::ascii(line.as_bytes()), from, region),
            None => self.compiled().map_or(Ok(None), |regex| search(regex, line, from, region)),
        }
    }

    /// The match in `line` that begins at `at`.
    pub(super) fn match_at(&self, line: &str, is_ascii: bool, at: usize, region: &mut Region) -> Found {
        match self.of_ascii().filter(|_| is_ascii) {
            Some(regex) => match_at(regex, EncodedBytes::ascii(line.as_bytes()), at, region),
            None => self.compiled().map_or(Ok(None), |regex| match_at(regex, line, at, region)),
        }
    }

    fn compiled(&self) -> Option<&Regex> {
        let compile = || Regex::with_options(&self.text, RegexOptions::REGEX_OPTION_CAPTURE_GROUP, Syntax::default());
        self.compiled.get_or_init(|| compile().ok()).as_ref()
    }

    fn of_ascii(&self) -> Option<&Regex> {
        let compile = |text: String| {
            let text = EncodedBytes::ascii(text.as_bytes());
            Regex::with_options_and_encoding(text, RegexOptions::REGEX_OPTION_CAPTURE_GROUP, Syntax::default()).ok()
        };
        self.of_ascii.get_or_init(|| in_ascii(&self.text).and_then(compile)).as_ref()
    }
}

/// Properties of Unicode, and which characters of ASCII have them; whatever the case of letters is, and where it is asked for.
const PROPERTIES: [(&str, &str); 3] = [("\\p{L}", "[a-zA-Z]"), ("\\p{N}", "[0-9]"), ("\\p{Nd}", "[0-9]")];
const CASES: [(&str, &str); 2] = [("\\p{Lu}", "[A-Z]"), ("\\p{Ll}", "[a-z]")];

/// An expression of ASCII that finds in ASCII what this one of Unicode does. None where it names a character beyond ASCII, a property
/// that is not known, or a class that has other members there.
fn in_ascii(text: &str) -> Option<String> {
    let mut text = text.to_owned();
    let minds_case = !text.split("(?").skip(1).any(|flags| {
        let end = flags.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(flags.len());
        flags.get(..end).is_some_and(|flags| flags.contains('i'))
    });
    for (property, characters) in PROPERTIES.iter().chain(CASES.iter().filter(|_| minds_case)) {
        if text.contains(property) {
            text = text.replace(property, characters);
        }
    }
    let is_beyond = |behind: &str| match behind.as_bytes() {
        [b'x', next, ..] => !matches!(next, b'0'..=b'7'),
        [first, ..] => b"pPuXRyY".contains(first),
        [] => false,
    };
    let is_the_same = text.is_ascii() && !text.contains("[:punct:]") && !text.split('\\').skip(1).any(is_beyond);
    is_the_same.then_some(text)
}

fn search(regex: &Regex, line: impl EncodedChars, from: usize, region: &mut Region) -> Found {
    let options = SearchOptions::SEARCH_OPTION_NONE;
    let end = line.len();
    let found = regex.search_with_param(line, from, end, options, Some(region), limits()).map_err(|_| TooMuch)?;
    Ok(found.and_then(|_| region.pos(0)))
}

fn match_at(regex: &Regex, line: impl EncodedChars, at: usize, region: &mut Region) -> Found {
    let options = SearchOptions::SEARCH_OPTION_NONE;
    let found = regex.match_with_param(line, at, options, Some(region), limits()).map_err(|_| TooMuch)?;
    Ok(found.and_then(|_| region.pos(0)))
}

fn limits() -> MatchParam {
    let mut limits = MatchParam::default();
    limits.set_retry_limit_in_match(RETRIES);
    limits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_are_found_and_asked_for() {
        let expression = Expression::new("a(b*)(?=c)".into());
        let mut region = Region::new();
        assert_eq!(expression.search("xabbc", false, 0, &mut region), Ok(Some((1, 4))));
        assert_eq!(region.pos(1), Some((2, 4)));
        assert_eq!(expression.match_at("xabbc", true, 1, &mut region), Ok(Some((1, 4))));
        assert_eq!(expression.match_at("xabbc", true, 0, &mut region), Ok(None));
        assert_eq!(Expression::new("(".into()).search("(", true, 0, &mut region), Ok(None));
        let line = "a".repeat(40) + "!";
        let endless = Expression::new("^(a+)+$".into());
        assert_eq!(endless.search(&line, true, 0, &mut region), Err(TooMuch));
        assert_eq!(endless.match_at(&line, false, 0, &mut region), Err(TooMuch));
    }

    #[test]
    fn in_ascii_it_finds_the_same() {
        let classes = [
            "alnum", "alpha", "blank", "cntrl", "digit", "graph", "lower", "print", "space", "upper", "xdigit", "word",
        ];
        let classes = classes.iter().flat_map(|class| [format!("[[:{class}:]]"), format!("[^[:{class}:]]")]);
        let escapes = "wWsSdDhHbBAzZGNOnrtfvae.".chars().map(|c| if c == '.' { c.into() } else { format!("\\{c}") });
        let properties = ["L", "N", "Nd", "Lu", "Ll"].map(|name| format!("\\p{{{name}}}"));
        let properties =
            properties.iter().flat_map(|one| [one.clone(), format!("[^{one}_]"), format!("[a{one}&&[^f]]+")]);
        let more = [
            "(?i)[k-s]",
            "(?i)\\p{L}",
            "(?i:[_\\p{Nd}])",
            "(?i)ss",
            "(?i:\\bFF)",
            "[^a-z]",
            "\\x41",
            "[\\x00-\\x7f]",
            "(?<=\\w)-",
            "[\\w&&[^0-9]]",
        ];
        let mut region = [Region::new(), Region::new()];
        for text in classes.chain(escapes).chain(properties).chain(more.map(str::to_owned)) {
            let expression = Expression::new(text.into());
            assert!(expression.of_ascii().is_some(), "{}", expression.text());
            for byte in 0..128_u8 {
                for line in [format!("{}", char::from(byte)), format!("a{}-ssFF\n", char::from(byte))] {
                    for at in 0..=line.len() {
                        let [of_all, of_ascii] = &mut region;
                        let found =
                            [expression.search(&line, false, at, of_all), expression.search(&line, true, at, of_ascii)];
                        assert_eq!(found[0], found[1], "{} in {line:?} from {at}", expression.text());
                        let found = [
                            expression.match_at(&line, false, at, of_all),
                            expression.match_at(&line, true, at, of_ascii),
                        ];
                        assert_eq!(found[0], found[1], "{} in {line:?} at {at}", expression.text());
                    }
                }
            }
        }
    }

    #[test]
    fn what_means_something_else_in_ascii_is_not_taken_for_it() {
        for text in [
            "ä",
            "[[:punct:]]",
            "\\p{Lt}",
            "\\P{L}",
            "\\p{^L}",
            "(?xi)\\p{Lu}",
            "\\x{e4}",
            "\\xe4",
            "\\u00e4",
            "a\\R",
            "\\\\\\X ",
        ] {
            assert!(Expression::new(text.into()).of_ascii().is_none(), "{text}");
        }
    }
}
