//! The script of the reader's values: `static/variables.js` and `static/variables-dialog.js`, joined with what the site declares
//! and made small.
//!
//! The sources stay readable and no tool is needed to ship them: comments, indentation and spaces are taken out here, and what is
//! declared at the beginning of a line gets a short name, as far as no property has the same. So the sources keep to this: a
//! semicolon behind every statement, no template literals, no division (a slash that opens no comment opens a regular expression).

use crate::input::variable::Variables;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

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

/// The parts of the script as one, in a function of its own, with `declared` for it to read.
#[must_use]
pub fn script(parts: &[&str], declared: &Value) -> String {
    let tokens: Vec<Token<'_>> = parts.iter().flat_map(|part| Tokens(part).chain([Token::Space("\n")])).collect();
    let short = short_names(parts, &tokens);
    // JSON is JavaScript, but for the key `__proto__`, which no object of ours has: names begin with a letter.
    let mut out = format!("(()=>{{\"use strict\";const declared={};\n", json!(declared));
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Comment => {}
            Token::Space(text) => {
                let rest = tokens.get(at + 1..).unwrap_or_default();
                if let Some(Token::Word(next) | Token::Literal(next) | Token::Sign(next)) = rest.first() {
                    separate(&mut out, next.chars().next().unwrap_or(' '), text.contains('\n'));
                }
            }
            Token::Word(word) => out.push_str(short.get(word).map_or(word, String::as_str)),
            Token::Sign("}") => {
                // The last statement of a block needs no semicolon; the sources have no empty statements.
                if out.ends_with(';') {
                    out.pop();
                }
                out.push('}');
            }
            Token::Literal(text) | Token::Sign(text) => out.push_str(text),
        }
    }
    out.push_str("})();\n");
    out
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    Comment,
    Space(&'a str),
    /// A name, a keyword, a number.
    Word(&'a str),
    /// A string or a regular expression.
    Literal(&'a str),
    /// Any other character.
    Sign(&'a str),
}

struct Tokens<'a>(&'a str);

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let text = self.0;
        let first = text.chars().next()?;
        let run = |is: fn(char) -> bool| text.find(|c: char| !is(c)).unwrap_or(text.len());
        let (length, kind): (usize, fn(&'a str) -> Token<'a>) = match first {
            '/' if text.starts_with("//") => (text.find('\n').unwrap_or(text.len()), |_| Token::Comment),
            '"' | '\'' | '/' => (literal(text, first), Token::Literal),
            c if c.is_whitespace() => (run(char::is_whitespace), Token::Space),
            c if is_word(c) => (run(is_word), Token::Word),
            c => (c.len_utf8(), Token::Sign),
        };
        let (token, rest) = text.split_at(length);
        self.0 = rest;
        Some(kind(token))
    }
}

const fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$'
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

/// Short names for what is declared at the beginning of a line. One that is a property somewhere as well, or that may be a
/// property written short (`{ a, b }`), keeps its name; so every place that a name stands in means the same thing as before.
fn short_names<'a>(parts: &[&'a str], tokens: &[Token<'a>]) -> BTreeMap<&'a str, String> {
    let mut declared: Vec<&str> = Vec::new();
    for line in parts.iter().flat_map(|part| part.lines()) {
        let line = line.strip_prefix("async ").unwrap_or(line);
        let rest = ["const ", "let ", "function "].iter().find_map(|word| line.strip_prefix(word));
        let name = rest.map_or("", |rest| &rest[..rest.find(|c| !is_word(c)).unwrap_or(rest.len())]);
        if name.len() > 2 && !declared.contains(&name) {
            declared.push(name);
        }
    }
    let solid: Vec<Token<'_>> =
        tokens.iter().copied().filter(|token| !matches!(token, Token::Space(_) | Token::Comment)).collect();
    let sign = |at: Option<usize>| match at.and_then(|at| solid.get(at)) {
        Some(Token::Sign(sign)) => *sign,
        _ => "",
    };
    let mut taken: BTreeSet<&str> = BTreeSet::new();
    let mut fixed: BTreeSet<&str> = BTreeSet::new();
    for (at, token) in solid.iter().enumerate() {
        let Token::Word(word) = token else { continue };
        taken.insert(word);
        let (before, behind) = (sign(at.checked_sub(1)), sign(Some(at + 1)));
        let is_spread = before == "." && sign(at.checked_sub(2)) == ".";
        let may_be_short = matches!(before, "{" | ",") && matches!(behind, "}" | ",");
        if (before == "." && !is_spread) || behind == ":" || may_be_short {
            fixed.insert(word);
        }
    }
    let letters =
        ('A'..='Z').map(String::from).chain(('A'..='Z').flat_map(|a| ('a'..='z').map(move |b| format!("{a}{b}"))));
    let free = letters.filter(|name| !taken.contains(name.as_str()));
    declared.into_iter().filter(|name| !fixed.contains(name)).zip(free).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compacted(source: &str) -> String {
        let script = script(&[source], &json!({}));
        script["(()=>{\"use strict\";const declared={};\n".len()..].trim_end_matches("})();\n").trim_end().to_owned()
    }

    #[test]
    fn what_means_nothing_is_taken_out() {
        let source = "// About.\n  const a = 1; // one\n\n  if (a) {\n    return  a + +b;\n  } else throw b\n";
        assert_eq!(compacted(source), "const a=1;if(a){return a+ +b}else throw b");
        assert_eq!(compacted("a()\nb()"), "a()\nb()");
    }

    #[test]
    fn literals_stay_as_they_are() {
        for literal in ["\"a  // b\"", "'it\\'s  so'", "/[/ ]  \\/ \"/g", "\"\\\\\"", "/\\s*https?:\\/\\//"] {
            assert_eq!(compacted(&format!("x = f( {literal} , 2 );")), format!("x=f({literal},2);"));
        }
    }

    #[test]
    fn names_are_short_where_they_can_be() {
        let source = "const first = 1;\nconst second = 2;\nconst third = { second: first };\nfunction fourth(first) { return [...third.x, A.second, \"first\"]; }\nconst fifth = { third, fourth };\n";
        let made = compacted(source);
        assert_eq!(
            made,
            "const B=1;const second=2;const third={second:B};function fourth(B){return[...third.x,A.second,\"first\"]}\nconst C={third,fourth};"
        );
    }

    #[test]
    fn the_sources_keep_to_what_is_asked_of_them() {
        let theme = crate::input::theme::statics();
        let sources: Vec<_> = theme.iter().filter(|(name, _)| [NAME, DIALOG].contains(&name.as_str())).collect();
        assert_eq!(sources.len(), 2);
        for (name, bytes) in sources {
            let source = std::str::from_utf8(bytes).unwrap();
            assert!(!source.contains("/*") && !source.contains(" / "), "{name}");
            assert!(!Tokens(source).any(|token| token == Token::Sign("`")), "{name}");
        }
    }
}
