//! One pass over a text: texts, opening and closing tags, escaped shortcodes.

use super::{Delimiter, Parameters, Problem};
use crate::base::{Code, Span, Spanned};

/// An opening tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    pub span: Span,
    pub name: Spanned<String>,
    pub delimiter: Delimiter,
    pub parameters: Parameters,
    /// `{{< name />}}`.
    pub closed: bool,
}

/// A piece of the text, before it is known which tags belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    Text(Span),
    Literal(Spanned<String>),
    Open(Open),
    Close { span: Span, name: Spanned<String> },
}

/// Reads `text` into tokens. What is no tag, or a wrong one, is text.
pub fn tokens(text: &str, problems: &mut Vec<Problem>) -> Vec<Token> {
    let mut tokens = Vec::new();
    let (mut from, mut at) = (0, 0);
    while let Some(found) = memchr::memchr(b'{', &text.as_bytes()[at..]) {
        let start = at + found;
        let delimiter = match text.as_bytes().get(start + 1..start + 3) {
            Some(b"{<") => Delimiter::Html,
            Some(b"{%") => Delimiter::Markdown,
            _ => {
                // Of three braces the last two may open a tag.
                at = start + 1;
                continue;
            }
        };
        match read_tag(text, start, delimiter) {
            Ok((token, end)) => {
                if from < start {
                    tokens.push(Token::Text(Span::new(from, start)));
                }
                tokens.push(token);
                (from, at) = (end, end);
            }
            Err(problem) => {
                problems.push(problem);
                at = start + 3;
            }
        }
    }
    if from < text.len() {
        tokens.push(Token::Text(Span::new(from, text.len())));
    }
    tokens
}

/// The tag whose `{{<` or `{{%` starts at `start`, and where it ends.
fn read_tag(text: &str, start: usize, delimiter: Delimiter) -> Result<(Token, usize), Problem> {
    if text[start + 3..].starts_with("/*") {
        return read_literal(text, start, delimiter);
    }
    let mut reader = Reader { text, at: start + 3, start, delimiter };
    reader.skip_space();
    let closing = reader.take("/");
    if closing {
        reader.skip_space();
    }
    let name = reader.name()?;
    let (parameters, closed) = reader.parameters()?;
    let span = Span::new(start, reader.at);
    if !closing {
        return Ok((Token::Open(Open { span, name, delimiter, parameters, closed }), span.end));
    }
    if parameters != Parameters::default() {
        return Err(syntax(
            span,
            format!("the closing tag of `{}` has parameters", name.value),
            "give the parameters to the opening tag",
        ));
    }
    Ok((Token::Close { span, name }, span.end))
}

/// `{{</* name */>}}` prints `{{< name >}}`.
fn read_literal(text: &str, start: usize, delimiter: Delimiter) -> Result<(Token, usize), Problem> {
    let (open, close) = delimiter.brackets();
    let inside = start + 5;
    let rest = &text[inside..];
    for (at, _) in rest.match_indices('*') {
        if rest[at + 1..].starts_with('/') && rest[at + 2..].starts_with(close) {
            let span = Span::new(start, inside + at + 2 + close.len());
            let printed = format!("{open}{}{close}", &rest[..at]);
            return Ok((Token::Literal(Spanned::new(printed, span)), span.end));
        }
        // The next escaped shortcode: this one was not closed before it.
        if rest[..at].ends_with("{{</") || rest[..at].ends_with("{{%/") {
            break;
        }
    }
    Err(syntax(
        Span::new(start, inside),
        "the escaped shortcode is not closed".to_owned(),
        &format!("close it with `*/{close}`"),
    ))
}

fn syntax(span: Span, message: String, help: &str) -> Problem {
    Problem { code: Code::ShortcodeSyntax, span, message, help: help.to_owned() }
}

/// Reads the inside of one tag.
struct Reader<'a> {
    text: &'a str,
    at: usize,
    start: usize,
    delimiter: Delimiter,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.rest().starts_with(word);
        if found {
            self.at += word.len();
        }
        found
    }

    /// How many bytes of the rest belong to `accepted`.
    fn run(&self, accepted: impl Fn(char) -> bool) -> usize {
        let rest = self.rest();
        rest.find(|c| !accepted(c)).unwrap_or(rest.len())
    }

    fn name(&mut self) -> Result<Spanned<String>, Problem> {
        let length = self.run(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '/' | '.'));
        let mut name = &self.text[self.at..self.at + length];
        // The `/` of `{{<name/>}}` closes the tag.
        if self.rest()[length..].starts_with(self.delimiter.brackets().1) {
            name = name.strip_suffix('/').unwrap_or(name);
        }
        if name.is_empty() {
            // Up to its end, when that is before the next tag.
            let rest = self.rest();
            let before_next = &rest[..rest.find("{{").unwrap_or(rest.len())];
            let end = self.at + before_next.find("}}").map_or(0, |at| at + 2);
            let span = Span::new(self.start, end);
            let (open, close) = self.delimiter.brackets();
            return Err(syntax(
                span,
                "a shortcode without a name".to_owned(),
                &format!("write `{open} name {close}`, or `{open}/* … */{close}` to print it"),
            ));
        }
        let span = Span::new(self.at, self.at + name.len());
        let name = name.to_owned();
        self.at = span.end;
        Ok(Spanned::new(name, span))
    }

    /// The parameters and the end of the tag; whether it closes itself.
    fn parameters(&mut self) -> Result<(Parameters, bool), Problem> {
        let mut parameters = Parameters::default();
        let (_, close) = self.delimiter.brackets();
        loop {
            self.skip_space();
            if self.take(close) {
                return self.unmixed(parameters).map(|parameters| (parameters, false));
            }
            if self.rest().starts_with('/') && self.rest()[1..].starts_with(close) {
                self.at += 1 + close.len();
                return self.unmixed(parameters).map(|parameters| (parameters, true));
            }
            self.end_of_tag_is_not_missed()?;
            self.parameter(&mut parameters)?;
        }
    }

    /// Hugo knows either named or positional parameters in one shortcode.
    fn unmixed(&self, parameters: Parameters) -> Result<Parameters, Problem> {
        if parameters.named.is_empty() || parameters.positional.is_empty() {
            return Ok(parameters);
        }
        Err(syntax(
            Span::new(self.start, self.at),
            "a shortcode has both named and positional parameters".to_owned(),
            "give every parameter a name, or none",
        ))
    }

    /// The tag ends before anything that can be no parameter: the text's end, another tag, the other delimiter.
    fn end_of_tag_is_not_missed(&self) -> Result<(), Problem> {
        let (open, close) = self.delimiter.brackets();
        let rest = self.rest();
        if rest.is_empty() || rest.starts_with("{{") {
            return Err(syntax(
                Span::new(self.start, self.start + 3),
                "the shortcode's tag is not closed".to_owned(),
                &format!("end it with `{close}`, or write `{open}/* … */{close}` to print it"),
            ));
        }
        let other = if self.delimiter == Delimiter::Html { "%}}" } else { ">}}" };
        if rest.starts_with(other) {
            return Err(syntax(
                Span::new(self.start, self.at + 3),
                format!("the shortcode opens with `{open}` and ends with `{other}`"),
                &format!("end it with `{close}`"),
            ));
        }
        Ok(())
    }

    fn parameter(&mut self, parameters: &mut Parameters) -> Result<(), Problem> {
        let start = self.at;
        let length = self.run(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':'));
        let equals = self.rest()[length..].trim_start();
        if length > 0 && equals.starts_with('=') {
            let key = Spanned::new(self.rest()[..length].to_owned(), Span::new(start, start + length));
            self.at = self.text.len() - equals.len() + 1;
            let after = self.at;
            self.skip_space();
            let value = self.value()?;
            let Some(value) = value else {
                return Err(syntax(
                    Span::new(start, after),
                    format!("the parameter `{}` has no value", key.value),
                    "write `name=\"value\"`",
                ));
            };
            parameters.named.push((key, value));
            return Ok(());
        }
        match self.value()? {
            Some(value) => parameters.positional.push(value),
            None => {
                return Err(syntax(
                    Span::new(start, start + self.rest().chars().next().map_or(0, char::len_utf8)),
                    "a character that cannot start a parameter".to_owned(),
                    "put the value in double quotes or backticks",
                ));
            }
        }
        Ok(())
    }

    /// A value in any of Hugo's quotings; none where the tag ends or nothing can be a value.
    fn value(&mut self) -> Result<Option<Spanned<String>>, Problem> {
        let start = self.at;
        if self.take("\\\"") {
            return self.quoted(start, "\\\"").map(Some);
        }
        if self.take("\"") {
            return self.quoted(start, "\"").map(Some);
        }
        if self.take("`") {
            return self.quoted(start, "`").map(Some);
        }
        let (_, close) = self.delimiter.brackets();
        let rest = self.rest();
        let length = rest
            .char_indices()
            .find(|(at, c)| {
                let rest = &rest[*at..];
                c.is_whitespace()
                    || matches!(c, '"' | '`')
                    || rest.starts_with(close)
                    || rest.starts_with("{{")
                    || rest.starts_with("}}")
                    || (*c == '/' && rest[1..].starts_with(close))
            })
            .map_or(rest.len(), |(at, _)| at);
        if length == 0 {
            return Ok(None);
        }
        self.at += length;
        Ok(Some(Spanned::new(self.text[start..self.at].to_owned(), Span::new(start, self.at))))
    }

    /// The value behind the opening quote, up to `quote`. Inside of `"` a `\"` stands for the quote itself.
    fn quoted(&mut self, start: usize, quote: &str) -> Result<Spanned<String>, Problem> {
        let mut value = String::new();
        loop {
            let rest = &self.text[self.at..];
            // Nothing else ends a value, or stands for something in one.
            let (plain, rest) = rest.split_at(rest.find(['"', '`', '\\', '\n']).unwrap_or(rest.len()));
            value.push_str(plain);
            self.at += plain.len();
            if rest.starts_with(quote) {
                self.at += quote.len();
                return Ok(Spanned::new(value, Span::new(start, self.at)));
            }
            if quote == "\"" && rest.starts_with("\\\"") {
                value.push('"');
                self.at += 2;
                continue;
            }
            match rest.chars().next() {
                Some(c) if c != '\n' || quote == "`" => {
                    value.push(c);
                    self.at += c.len_utf8();
                }
                _ => {
                    return Err(syntax(
                        Span::new(start, self.at),
                        "the quoted value is not closed on its line".to_owned(),
                        "close the quote; a value of several lines goes in backticks",
                    ));
                }
            }
        }
    }
}
