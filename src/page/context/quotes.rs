//! Quotes of JSON, TOML, env and INI: languages in which a quote means one thing wherever it stands.

use super::{Context, Region};

/// The regions between quotes of a JSON text. Comments count as such in every dialect: a plain JSON text has none.
pub(super) fn json(bytes: &[u8], single: bool) -> Vec<Region> {
    let mut regions = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        at = match byte {
            b'"' => quoted(bytes, at, Context::JsonString, &mut regions),
            b'\'' if single => quoted(bytes, at, Context::JsonSingle, &mut regions),
            b'/' if bytes.get(at + 1) == Some(&b'/') => line_end(bytes, at),
            b'/' if bytes.get(at + 1) == Some(&b'*') => find(bytes, at + 2, b"*/").map_or(bytes.len(), |end| end + 2),
            _ => at + 1,
        };
    }
    regions
}

/// The regions between quotes of a TOML text.
pub(super) fn toml(bytes: &[u8]) -> Vec<Region> {
    let mut regions = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        at = match byte {
            b'#' => line_end(bytes, at),
            b'"' if starts_with(bytes, at, b"\"\"\"") => long_basic(bytes, at, &mut regions),
            b'\'' if starts_with(bytes, at, b"'''") => match find(bytes, at + 3, b"'''") {
                Some(end) => {
                    regions.push(Region { start: at + 3, end, context: Context::TomlLiteral });
                    end + 3
                }
                None => bytes.len(),
            },
            b'"' => quoted(bytes, at, Context::TomlBasic, &mut regions),
            b'\'' => {
                let end = line_end(bytes, at + 1);
                match find(bytes.get(..end).unwrap_or_default(), at + 1, b"'") {
                    Some(close) => {
                        regions.push(Region { start: at + 1, end: close, context: Context::TomlLiteral });
                        close + 1
                    }
                    None => end,
                }
            }
            _ => at + 1,
        };
    }
    regions
}

fn long_basic(bytes: &[u8], open: usize, regions: &mut Vec<Region>) -> usize {
    let mut at = open + 3;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' if starts_with(bytes, at, b"\"\"\"") => {
                regions.push(Region { start: open + 3, end: at, context: Context::TomlBasic });
                return at + 3;
            }
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The regions between quotes of a dotenv file: only a quote right behind the first `=` of a line opens one. Those in double
/// quotes may go over lines, as Compose reads them.
pub(super) fn env(bytes: &[u8]) -> Vec<Region> {
    let mut regions = Vec::new();
    let mut at = 0;
    // Behind a quote that no later one closes there is no use in looking again.
    let mut is_open = false;
    while at < bytes.len() {
        let end = line_end(bytes, at);
        if let Some(open) = value_start(bytes, at, end, b"#")
            && let Some(quote @ (b'"' | b'\'')) = bytes.get(open)
        {
            let (context, limit) = if *quote == b'"' && !is_open {
                (Context::EnvDouble, bytes.len())
            } else {
                (if *quote == b'"' { Context::EnvDouble } else { Context::EnvSingle }, end)
            };
            match close(bytes, open, limit) {
                Some(close) => {
                    regions.push(Region { start: open + 1, end: close, context });
                    at = line_end(bytes, close) + 1;
                    continue;
                }
                None => is_open |= *quote == b'"',
            }
        }
        at = end + 1;
    }
    regions
}

/// The regions between double quotes of an INI file: only a quote right behind the first `=` of a line opens one.
pub(super) fn ini(bytes: &[u8]) -> Vec<Region> {
    let mut regions = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let end = line_end(bytes, at);
        if let Some(open) = value_start(bytes, at, end, b"#;")
            && bytes.get(open) == Some(&b'"')
            && let Some(close) = close(bytes, open, end)
        {
            regions.push(Region { start: open + 1, end: close, context: Context::IniDouble });
        }
        at = end + 1;
    }
    regions
}

/// Where the value of the line from `at` to `end` begins; none in a comment.
fn value_start(bytes: &[u8], at: usize, end: usize, comments: &[u8]) -> Option<usize> {
    let blank = |byte: &u8| *byte == b' ' || *byte == b'\t';
    let line = bytes.get(at..end)?;
    let first = line.iter().find(|byte| !blank(byte))?;
    if comments.contains(first) {
        return None;
    }
    let equals = line.iter().position(|byte| *byte == b'=')?;
    let value = line.iter().skip(equals + 1).position(|byte| !blank(byte))?;
    Some(at + equals + 1 + value)
}

/// The quote that closes the one at `open`, before `limit`; a backslash takes the next character with it.
fn close(bytes: &[u8], open: usize, limit: usize) -> Option<usize> {
    let quote = bytes.get(open)?;
    let mut at = open + 1;
    while at < limit {
        match bytes.get(at) {
            Some(b'\\') => at += 2,
            Some(byte) if byte == quote => return Some(at),
            _ => at += 1,
        }
    }
    None
}

/// Takes a string of one line with backslashes that opens at `open`, and gives the place behind it.
fn quoted(bytes: &[u8], open: usize, context: Context, regions: &mut Vec<Region>) -> usize {
    let end = line_end(bytes, open);
    match close(bytes, open, end) {
        Some(close) => {
            regions.push(Region { start: open + 1, end: close, context });
            close + 1
        }
        None => end.max(open + 1),
    }
}

/// The end of the line that `at` is on: its line feed, or the end of the text.
pub(super) fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes.iter().skip(at).position(|byte| *byte == b'\n').map_or(bytes.len(), |by| at + by)
}

pub(super) fn starts_with(bytes: &[u8], at: usize, text: &[u8]) -> bool {
    bytes.get(at..).is_some_and(|rest| rest.starts_with(text))
}

fn find(bytes: &[u8], from: usize, text: &[u8]) -> Option<usize> {
    bytes.get(from..)?.windows(text.len()).position(|window| window == text).map(|by| from + by)
}
