//! Blocks of JSON: one value or several, excerpts, and comments where a program takes them.

use super::block::{Fault, Part, Places};
use super::mask::Masked;
use crate::base::source::Source;
use crate::base::{Code, Span};
use crate::input::yaml::Document;
use serde_json::Value;

/// What to do where nothing more is known.
const MEND: &str = "mend it, or write `verify=off` behind the language if it is meant so";

/// Reads a block. `takes_comments` of one that is said to have them; one that has some is written for such a program, too.
pub(super) fn read(masked: &Masked, takes_comments: bool) -> Result<Vec<Part>, Fault> {
    let (bare, has_comments) = without_comments(&masked.text);
    let text = if takes_comments || has_comments { bare.as_str() } else { masked.text.as_str() };
    let fault = match values(text) {
        Ok(parts) => return Ok(parts),
        Err(fault) => fault,
    };
    if masked.has_ellipsis || !masked.holes.is_empty() {
        return Ok(Vec::new());
    }
    excerpt(text).unwrap_or(Err(fault))
}

/// Every value of a text that holds JSON values one behind the other.
fn values(text: &str) -> Result<Vec<Part>, Fault> {
    let source = Source::new("block", text);
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let mut parts = Vec::new();
    let mut start = 0;
    while let Some(value) = values.next() {
        let value = value.map_err(|error| fault(text, &error))?;
        let end = values.byte_offset();
        // JSON is YAML, as far as places go.
        let (document, _) = Document::read(&source, Span::new(start, end), Code::BlockSyntax);
        start = end;
        parts.push(Part { value, places: document.map_or(Places::Unknown, Places::Tree) });
    }
    Ok(parts)
}

/// The inside of an object or of a list, which is held against no schema: `"key": value` or `{ … }, { … }`, maybe with a
/// comma behind it. None when the text is neither.
fn excerpt(text: &str) -> Option<Result<Vec<Part>, Fault>> {
    let inside = text.trim_end().trim_end_matches(',');
    let reads = |text: &str| serde_json::from_str::<serde::de::IgnoredAny>(text);
    if begins_with_key(inside) {
        let wrapped = format!("{{{inside}}}");
        // What is wrong is told as in the object around it, which begins one byte earlier.
        let earlier = |at: usize| at.saturating_sub(1).min(inside.len().saturating_sub(1));
        return Some(reads(&wrapped).map(|_| Vec::new()).map_err(|error| {
            let fault = fault(&wrapped, &error);
            Fault {
                span: Span::new(earlier(fault.span.start), earlier(fault.span.end).max(earlier(fault.span.start))),
                ..fault
            }
        }));
    }
    reads(&format!("[{inside}]")).ok().map(|_| Ok(Vec::new()))
}

/// Whether a text begins with `"key":`.
fn begins_with_key(text: &str) -> bool {
    let mut key = serde_json::Deserializer::from_str(text).into_iter::<String>();
    key.next().is_some_and(|key| key.is_ok())
        && text.get(key.byte_offset()..).is_some_and(|rest| rest.trim_start().starts_with(':'))
}

fn fault(text: &str, error: &serde_json::Error) -> Fault {
    let line: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    // Column 0 is the end of the line before.
    let last = text.trim_end().char_indices().next_back().map_or(0, |(at, _)| at);
    let mut at = (line + error.column()).saturating_sub(1).min(last);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let said = error.to_string();
    let said = said.split(" at line ").next().unwrap_or(&said);
    let first = text.get(at..).and_then(|rest| rest.chars().next());
    let (message, help) = match said {
        "trailing comma" => ("a comma stands before the closing bracket", "take the comma out"),
        "key must be a string" | "expected value" if first == Some('\'') => {
            ("`'` is no quotation mark of JSON", "write `\"` around texts and keys")
        }
        "key must be a string" | "expected value" if first == Some('#') => {
            ("JSON has no comments", "take it out; programs that take comments want `//`")
        }
        "key must be a string" => ("a key without quotation marks", "write each key as `\"key\"`"),
        "expected `:`" => ("a colon is missing behind the key", "write `\"key\": value`"),
        "expected `,` or `}`" => ("a comma or `}` is missing here", MEND),
        "expected `,` or `]`" => ("a comma or `]` is missing here", MEND),
        "expected value" => (
            "this is no value",
            "a value is a text in quotation marks, a number, `true`, `false`, `null`, a list or an object",
        ),
        "expected ident" => {
            at = text.get(..at).unwrap_or_default().trim_end_matches(char::is_alphabetic).len();
            ("this is no value", "the words of JSON are `true`, `false` and `null`; other texts need quotation marks")
        }
        "invalid escape" => ("a backslash starts an escape, and this is none", "double the backslash"),
        "invalid number" => ("this is no number", "write it without leading zeros, or in quotation marks"),
        said if said.starts_with("control character") => {
            ("a text goes on over the end of its line", "close the quotation mark, or write `\\n` for a line break")
        }
        said if said.starts_with("EOF") => {
            ("it ends before everything is closed", "close each `{`, `[` and quotation mark")
        }
        said => (said, MEND),
    };
    let end =
        text.get(at..).and_then(|rest| rest.chars().next()).filter(|c| *c != '\n').map_or(at, |c| at + c.len_utf8());
    Fault { span: Span::new(at, end), message: message.to_owned(), help: Some(help.to_owned()) }
}

/// JSON without comments and without commas before closing brackets, as long as it was; and whether there were comments.
fn without_comments(text: &str) -> (String, bool) {
    let mut bytes = text.as_bytes().to_vec();
    let mut at = 0;
    let mut comma: Option<usize> = None;
    let mut has_comments = false;
    while let Some(byte) = bytes.get(at).copied() {
        let next = bytes.get(at + 1).copied();
        match byte {
            b'"' => {
                comma = None;
                at = end_of_string(&bytes, at);
            }
            b'/' if next == Some(b'/') || next == Some(b'*') => {
                has_comments = true;
                let rest = text.get(at..).unwrap_or_default();
                let length = match next {
                    Some(b'/') => rest.find('\n').unwrap_or(rest.len()),
                    _ => rest.find("*/").map_or(rest.len(), |end| end + 2),
                };
                for byte in bytes.get_mut(at..at + length).unwrap_or_default() {
                    if !matches!(byte, b'\n' | b'\r') {
                        *byte = b' ';
                    }
                }
                at += length;
                continue;
            }
            b',' => comma = Some(at),
            b'}' | b']' => {
                if let Some(byte) = comma.take().and_then(|at| bytes.get_mut(at)) {
                    *byte = b' ';
                }
            }
            byte if byte.is_ascii_whitespace() => {}
            _ => comma = None,
        }
        at += 1;
    }
    (String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned()), has_comments)
}

/// Where the string ends that begins at `at`: at its quotation mark, or at the end of the line that lacks it.
fn end_of_string(bytes: &[u8], mut at: usize) -> usize {
    at += 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'"' | b'\n' => break,
            _ => {}
        }
        at += 1;
    }
    at
}
