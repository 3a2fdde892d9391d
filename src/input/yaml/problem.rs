//! What is wrong with a YAML text, in the words of somebody who writes guides, at the place to mend.

use super::value::Failure;
use crate::base::{Code, Diagnostic, Source, Span};

/// The finding for a failure to read the YAML at `span` of `source`.
pub(super) fn diagnostic(source: &Source, span: Span, code: Code, failure: &Failure) -> Diagnostic {
    let text = source.text().get(span.range()).unwrap_or("");
    let (problem, at) = match failure {
        Failure::Syntax(error) => explain(text, &error.to_string()),
        Failure::TooLarge => (
            Problem::new("its aliases (`*name`) make far more of it than is written", "write the values out"),
            text.find(": *").or_else(|| text.find('*')).unwrap_or(0),
        ),
        Failure::Key(error) => (
            Problem::new("a list or a map stands where a key belongs", "quote a key that starts with `[` or `{`"),
            location(text, error),
        ),
        Failure::TooDeep(at) => (too_deep(), *at),
        Failure::Other(at, problem) => (Problem::new(format!("this is not YAML: {problem}"), CHECK), *at),
        Failure::Merge(error) => {
            (Problem::new("only a map can be merged with `<<`", "name a map: `<<: *name`"), location(text, error))
        }
    };
    let end = text.get(at..).and_then(|rest| rest.chars().next()).map_or(at, |c| at + c.len_utf8());
    let end = if text.get(at..end) == Some("\n") { at } else { end };
    Diagnostic::new(code, problem.message).at(source.place(Span::new(at, end).shifted(span.start))).help(problem.help)
}

/// A message and what to do about it.
struct Problem {
    message: String,
    help: &'static str,
}

impl Problem {
    fn new(message: impl Into<String>, help: &'static str) -> Self {
        Self { message: message.into(), help }
    }
}

/// The parser's report, taken apart: what it found, where, and where that began.
struct Report<'e> {
    problem: &'e str,
    at: Option<(usize, usize)>,
    context: &'e str,
    began: Option<(usize, usize)>,
}

impl<'e> Report<'e> {
    fn parse(report: &'e str) -> Self {
        let (problem, context) = match report.find(", while ") {
            Some(comma) => (&report[..comma], &report[comma + 2..]),
            None => (report, ""),
        };
        let (problem, at) = Self::place(problem);
        let (context, began) = Self::place(context);
        Self { problem, at, context, began }
    }

    /// `… at line 2 column 3`: the text before, and the numbers.
    fn place(text: &str) -> (&str, Option<(usize, usize)>) {
        let Some(found) = text.rfind(" at line ") else {
            let found = text.rfind(" at position ").unwrap_or(text.len());
            return (&text[..found], None);
        };
        let mut numbers = text[found + " at line ".len()..].split(" column ").map(str::parse::<usize>);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(line)), Some(Ok(column))) => (&text[..found], Some((line, column))),
            _ => (&text[..found], None),
        }
    }
}

const QUOTE_IT: &str = "put the value in quotation marks";
const CHECK: &str = "check the indentation and the quotation marks";
const SPACES: &str = "indent with spaces: YAML allows no tabs there";

fn too_deep() -> Problem {
    Problem::new("this is nested deeper than 128 levels", "nest less")
}

/// What the parser's report means, and at which byte.
fn explain(text: &str, report: &str) -> (Problem, usize) {
    let report = Report::parse(report);
    // Nothing is said about a place at the very start.
    let at = report.at.map_or(0, |(line, column)| byte_at(text, line, column));
    let began = report.began.map_or(at, |(line, column)| byte_at(text, line, column));
    if let Some(tab) = tab_before(text, at).or_else(|| tab_before(text, began)) {
        return (Problem::new("a tab indents this line", SPACES), tab);
    }
    let first = text.get(at..).and_then(|rest| rest.chars().next());
    match report.problem {
        "found character that cannot start any token" => match first {
            Some(c) => (Problem::new(format!("a value cannot start with `{c}`"), QUOTE_IT), at),
            None => (Problem::new("a value is missing", QUOTE_IT), at),
        },
        "mapping values are not allowed in this context" => (
            Problem::new(
                "a `:` stands where no key can be",
                "quote a value that holds a colon and a space, and start the keys of one map in one column",
            ),
            at,
        ),
        "could not find expected ':'" => {
            (Problem::new("this is not a `key: value`", "put a colon and a space behind the key"), began)
        }
        "did not find expected key" if report.context.contains("block mapping") => (
            Problem::new(
                "this is not a `key: value` of the map above",
                "check the indentation, and the quotation marks of the line",
            ),
            at,
        ),
        "did not find expected ',' or ']'" => (
            Problem::new("this list `[…]` is not closed", "close it with `]`, with a comma between its entries"),
            began,
        ),
        "did not find expected ',' or '}'" => {
            (Problem::new("this map `{…}` is not closed", "close it with `}`, with a comma between its entries"), began)
        }
        "did not find expected '-' indicator" => (
            Problem::new(
                "this is not an entry of the list above",
                "start it with `- ` in the column of the others, or a key in the column of the list's own",
            ),
            at,
        ),
        "block sequence entries are not allowed in this context" => (
            Problem::new(
                "a list entry (`- `) stands where none can be",
                "put each entry on a line of its own, below its key",
            ),
            at,
        ),
        "found unexpected end of stream" | "found unexpected document indicator"
            if report.context.contains("quoted") =>
        {
            (Problem::new("this quotation mark is never closed", "close it"), began)
        }
        "did not find expected node content" => (
            Problem::new(
                "a value is missing here, or a bracket above is not closed",
                "close each `[` and `{`, and quote a value that starts with one",
            ),
            at,
        ),
        "found unknown escape character" | "did not find expected hexadecimal number" => (
            Problem::new(
                "a backslash in double quotation marks starts an escape, and this is none",
                "double the backslash, or use single quotation marks",
            ),
            at,
        ),
        "did not find expected alphabetic or numeric character" => {
            (Problem::new("a value cannot start with `*` or `&`: they name anchors", QUOTE_IT), began)
        }
        "unknown anchor" => (
            Problem::new(
                "this alias (`*name`) has no anchor (`&name`) above it",
                "put the value in quotation marks if it is no alias",
            ),
            at,
        ),
        "recursion limit exceeded" => (too_deep(), at),
        "control characters are not allowed" => (
            Problem::new("an invisible control character stands here", "remove it"),
            control_character(text).unwrap_or(at),
        ),
        "deserializing from YAML containing more than one document is not supported" => match second_document(text) {
            Some(at) => (Problem::new("a second YAML document starts here", "remove the `---`"), at),
            None => (
                Problem::new(
                    "this line is indented less than the first one",
                    "start the keys of one map in one column, and all that is inside of them behind it",
                ),
                dedent(text).unwrap_or(at),
            ),
        },
        problem => (Problem::new(format!("this is not YAML: {problem}"), CHECK), at),
    }
}

/// The byte where an error of the parser points.
fn location(text: &str, error: &serde_yaml::Error) -> usize {
    error.location().map_or(0, |location| byte_at(text, location.line(), location.column()))
}

/// The byte of a line and column, counted from 1, as YAML counts lines.
fn byte_at(text: &str, line: usize, column: usize) -> usize {
    let (mut current, mut left) = (1, column.saturating_sub(1));
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        let is_break = match c {
            '\n' | '\u{85}' | '\u{2028}' | '\u{2029}' => true,
            '\r' => characters.peek().is_none_or(|(_, next)| *next != '\n'),
            _ => false,
        };
        if current == line {
            if left == 0 || is_break || c == '\r' {
                return at;
            }
            left -= 1;
        } else if is_break {
            current += 1;
        }
    }
    text.len()
}

/// The first tab in the space that the line of byte `at` starts with.
fn tab_before(text: &str, at: usize) -> Option<usize> {
    let start = text.get(..at)?.rfind('\n').map_or(0, |newline| newline + 1);
    let line = text.get(start..)?;
    let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
    line.get(..indent)?.find('\t').map(|tab| start + tab)
}

/// The first character that YAML does not allow anywhere.
fn control_character(text: &str) -> Option<usize> {
    text.char_indices()
        .find(|(_, c)| {
            c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}') || matches!(c, '\u{fffe}' | '\u{ffff}')
        })
        .map(|(at, _)| at)
}

/// The line that starts another document.
fn second_document(text: &str) -> Option<usize> {
    let is_marker = |line: &str| line == "---" || line.starts_with("--- ");
    let mut at = 0;
    let mut has_content = false;
    for line in text.split_inclusive('\n') {
        let written = line.trim_end();
        if is_marker(written) && has_content {
            return Some(at);
        }
        has_content |= !written.is_empty() && !written.starts_with('#');
        at += line.len();
    }
    None
}

/// The first line that is indented less than the first of all.
fn dedent(text: &str) -> Option<usize> {
    let mut at = 0;
    let mut first = None;
    for line in text.split_inclusive('\n') {
        let written = line.trim_start();
        if !written.is_empty() && !written.starts_with('#') {
            let indent = line.len() - written.len();
            if indent < *first.get_or_insert(indent) {
                return Some(at + indent);
            }
        }
        at += line.len();
    }
    None
}
