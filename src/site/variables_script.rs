//! The script of the reader's values: `static/variables.js` and `static/variables-dialog.js`, joined with what the site declares
//! and made small.
//!
//! The sources stay readable and need no tool to be shipped: what is taken out here is comments, indentation and spaces. So they are
//! written as the manual of no minifier would ask: a semicolon behind every statement, no template literals, and no division (a slash
//! that opens no comment opens a regular expression).

use crate::input::variable::Variables;
use serde_json::{Value, json};

/// The name under which templates ask for it: `asset(path="variables.js")`.
pub const NAME: &str = "variables.js";
/// The half of it that builds the dialog.
pub const DIALOG: &str = "variables-dialog.js";

/// What the script is to know of the site: `Variables::browser_json` without what belongs to one guide.
#[must_use]
pub fn declared(variables: &Variables) -> Value {
    let mut declared = variables.browser_json();
    if let Some(members) = declared.as_object_mut() {
        members.remove("local");
    }
    declared
}

/// Whether a reader can set anything.
#[must_use]
pub fn is_wanted(declared: &Value) -> bool {
    declared["variables"].as_object().is_some_and(|variables| !variables.is_empty())
}

/// The halves of the script as one, in a function of its own, with `declared` for it to read.
#[must_use]
pub fn script(halves: &[&str], declared: &Value) -> String {
    // JSON is JavaScript, but for the key `__proto__`, which no object of ours has: names begin with a letter.
    let mut out = format!("(()=>{{\"use strict\";const declared={};\n", json!(declared));
    for half in halves {
        compact(&mut out, half);
        out.push('\n');
    }
    out.push_str("})();\n");
    out
}

/// Appends `source` without comments, indentation, and the spaces that mean nothing.
fn compact(out: &mut String, source: &str) {
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '"' | '\'' => literal(rest, c),
            '/' => literal(rest, '/'),
            c if c.is_whitespace() => {
                let space = rest.len() - rest.trim_start().len();
                let next = rest[space..].chars().next().unwrap_or(' ');
                if !rest[space..].starts_with("//") {
                    separate(out, next, rest[..space].contains('\n'));
                }
                rest = &rest[space..];
                continue;
            }
            _ => c.len_utf8(),
        };
        let (piece, behind) = rest.split_at(length);
        if !piece.starts_with("//") {
            out.push_str(piece);
        }
        rest = behind;
    }
}

/// How long the literal is that `text` begins with: to the next `end` that is neither escaped nor in a class of characters.
fn literal(text: &str, end: char) -> usize {
    let (mut escaped, mut in_class) = (false, false);
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' if end == '/' => in_class = true,
            ']' => in_class = false,
            c if c == end && !in_class => return at + 1,
            '\n' => return at,
            _ => {}
        }
    }
    text.len()
}

/// Writes the space between what was written and `next`, where there must be one.
fn separate(out: &mut String, next: char, has_line_end: bool) {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let last = out.chars().next_back().unwrap_or(';');
    if is_word(last) && is_word(next) || (last == next && matches!(next, '+' | '-')) {
        out.push(' ');
    } else if has_line_end
        && matches!(last, ')' | ']' | '}' | '"' | '/')
        && !matches!(next, ')' | ']' | '}' | '.' | '?' | ':' | ';')
    {
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compacted(source: &str) -> String {
        let mut out = String::new();
        compact(&mut out, source);
        out
    }

    #[test]
    fn what_means_nothing_is_taken_out() {
        let source = "// About.\nconst a = 1; // one\n\n  if (a) {\n    return  a + +b;\n  } else throw b\n";
        assert_eq!(compacted(source), "const a=1;if(a){return a+ +b;}\nelse throw b");
    }

    #[test]
    fn literals_stay_as_they_are() {
        for literal in ["\"a  // b\"", "'it\\'s  so'", "/[/ ]  \\/ \"/g", "\"\\\\\"", "/\\s*https?:\\/\\//"] {
            assert_eq!(compacted(&format!("x = f( {literal} , 2 );")), format!("x=f({literal},2);"));
        }
    }

    #[test]
    fn the_sources_keep_to_what_is_asked_of_them() {
        let theme = crate::input::theme::statics();
        for (name, bytes) in theme.iter().filter(|(name, _)| [NAME, DIALOG].contains(&name.as_str())) {
            let source = std::str::from_utf8(bytes).unwrap();
            assert!(!source.contains("/*") && !source.contains(" / ") && !source.contains("${"), "{name}");
        }
    }

    #[test]
    fn a_script_is_wanted_where_a_reader_can_set_something() {
        assert!(!is_wanted(&declared(&Variables::default())));
        assert!(is_wanted(&json!({ "variables": { "a": {} } })));
        let script = script(&["a();", "b();"], &json!({ "variables": {} }));
        assert_eq!(script, "(()=>{\"use strict\";const declared={\"variables\":{}};\na();\nb();\n})();\n");
    }
}
