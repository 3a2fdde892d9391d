//! Scripts made small. The sources stay readable and no tool is needed to ship them: comments, indentation and spaces are taken
//! out here, and what is declared gets a short name ([`names`]). So the sources keep to this: a semicolon behind every statement,
//! no template literals, no division (a slash that opens no comment opens a regular expression), no classes and labels, no name
//! declared that is used elsewhere for something of the browser's.
//!
//! `build.rs` is who calls this, so nothing but the standard library is used.

mod names;

/// What a script does, made small.
#[must_use]
pub fn body(source: &str) -> String {
    let tokens: Vec<Token<'_>> = Tokens(source).collect();
    let short = names::short(&tokens);
    // The bracket that the body comes behind, for the first token to be set apart from.
    let mut out = ";".to_owned();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Comment => {}
            Token::Space(text) => {
                let rest = tokens.get(at + 1..).unwrap_or_default();
                if let Some(Token::Word(next) | Token::Literal(next) | Token::Sign(next)) = rest.first() {
                    separate(&mut out, next.chars().next().unwrap_or(' '), text.contains('\n'));
                }
            }
            Token::Word(word) => out.push_str(short.get(&at).map_or(word, String::as_str)),
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
    out.split_off(1)
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

impl<'a> Token<'a> {
    const fn text(&self) -> &'a str {
        match self {
            Self::Comment => "",
            Self::Space(text) | Self::Word(text) | Self::Literal(text) | Self::Sign(text) => text,
        }
    }
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
            '"' | '\'' => (literal(text, first), Token::Literal),
            '/' => (flagged(text, literal(text, first)), Token::Literal),
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

/// Where the flags behind the regular expression end that `text` begins with, as far as `end`.
fn flagged(text: &str, end: usize) -> usize {
    let behind = text.get(end..).unwrap_or_default();
    end + behind.find(|c| !is_word(c)).unwrap_or(behind.len())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_nothing_is_taken_out() {
        let source = "// About.\n  const a = 1; // one\n\n  if (a) {\n    return  a + +b;\n  } else throw b\n";
        assert_eq!(body(source), "const a=1;if(a){return a+ +b}else throw b");
        assert_eq!(body("a()\nb()"), "a()\nb()");
    }

    #[test]
    fn literals_stay_as_they_are() {
        for literal in ["\"a  // b\"", "'it\\'s  so'", "/[/ ]  \\/ \"/giu", "\"\\\\\"", "/\\s*https?:\\/\\//"] {
            assert_eq!(body(&format!("x = f( {literal} , 2 );")), format!("x=f({literal},2);"));
        }
    }

    #[test]
    fn the_sources_keep_to_what_is_asked_of_them() {
        let theme = crate::input::theme::statics();
        let sources: Vec<_> = theme.iter().filter(|(name, _)| name.ends_with(".js")).collect();
        assert!(sources.len() >= 6);
        for (name, bytes) in sources {
            let source = std::str::from_utf8(bytes).unwrap();
            assert!(!source.contains("/*") && !source.contains(" / "), "{name}");
            assert!(!Tokens(source).any(|token| token == Token::Sign("`")), "{name}");
        }
    }
}
