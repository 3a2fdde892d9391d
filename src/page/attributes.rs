//! The info string of a fence cut into its items: words, classes, ids, names with their values, sets of lines.
//!
//! It takes Hugo's braces (`yaml {title="a.yml" hl_lines=[1,"3-5"] .wide #id}`), which may touch the language or be
//! doubled by mistake, and what stands outside of braces with Docusaurus and Starlight (`yaml title="a.yml" {1,3-5} wrap`).

use super::fence::FenceProblem;
use crate::base::{Span, Spanned};

/// One item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    /// `.name`
    Class(Spanned<String>),
    /// `#name`
    Id(Spanned<String>),
    /// `name` alone, or `name=value`: the value is without its quotes, or a list's inside with its brackets.
    Named {
        /// The name as it is written.
        name: Spanned<String>,
        /// The value; empty for a name alone, whose `has_value` is false.
        value: Spanned<String>,
        /// Whether there is a value.
        has_value: bool,
        /// Whether it stands in braces, where everything should mean something.
        braced: bool,
    },
    /// `{1,3-5}`: what is between the braces.
    Lines(Spanned<String>),
}

/// Where the language ends: at space or at a brace.
pub(super) fn language_end(info: &str) -> usize {
    info.find(|c: char| c.is_whitespace() || c == '{').unwrap_or(info.len())
}

/// The items of `info` from byte `start` on.
pub(super) fn items(info: &str, start: usize) -> (Vec<Item>, Vec<FenceProblem>) {
    let mut reader = Reader { info, at: start, items: Vec::new(), problems: Vec::new() };
    reader.outside();
    (reader.items, reader.problems)
}

struct Reader<'a> {
    info: &'a str,
    at: usize,
    items: Vec<Item>,
    problems: Vec<FenceProblem>,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.info.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Goes on while `wanted` holds; what was passed.
    fn take(&mut self, wanted: impl Fn(char) -> bool) -> Spanned<String> {
        let rest = self.rest();
        let length = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        self.taken(length)
    }

    fn taken(&mut self, length: usize) -> Spanned<String> {
        let text = self.rest().get(..length).unwrap_or_default().to_owned();
        let span = Span::new(self.at, self.at + length);
        self.at += length;
        Spanned::new(text, span)
    }

    fn skip(&mut self) {
        if let Some(c) = self.peek() {
            self.at += c.len_utf8();
        }
    }

    /// What stands outside of braces; what is not known there means nothing, as in Hugo.
    fn outside(&mut self) {
        while let Some(c) = self.peek() {
            match c {
                '{' => self.braces(),
                '"' | '\'' | '`' => {
                    // Starlight marks words of the code with it.
                    let _ = self.quoted();
                }
                c if is_of_name(c) => self.named(false),
                _ => self.skip(),
            }
        }
    }

    fn braces(&mut self) {
        let open = self.at;
        while self.peek() == Some('{') {
            self.skip();
        }
        if let Some(close) = self.rest().find('}') {
            let inside = self.rest().get(..close).unwrap_or_default();
            let are_lines = inside.contains(|c: char| c.is_ascii_digit())
                && inside.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | '-' | ' '));
            if are_lines {
                let lines = self.taken(close);
                self.items.push(Item::Lines(lines));
            }
        }
        loop {
            match self.peek() {
                None => {
                    let span = Span::new(open, self.at);
                    self.problem(span, "the attributes of the code block have no closing brace", "end them with `}`");
                    return;
                }
                Some('}') => {
                    while self.peek() == Some('}') {
                        self.skip();
                    }
                    return;
                }
                Some('.') => {
                    self.skip();
                    let class = self.take(is_of_name);
                    self.items.push(Item::Class(class));
                }
                Some('#') => {
                    self.skip();
                    let id = self.take(is_of_name);
                    self.items.push(Item::Id(id));
                }
                Some(c) if is_of_name(c) => self.named(true),
                Some(c) if c.is_whitespace() || c == ',' || c == '{' => self.skip(),
                Some(c) => {
                    let span = Span::new(self.at, self.at + c.len_utf8());
                    self.problem(
                        span,
                        &format!("`{c}` does not belong into attributes"),
                        "write them as name=\"value\"",
                    );
                    self.skip();
                }
            }
        }
    }

    fn named(&mut self, braced: bool) {
        let name = self.take(is_of_name);
        let behind = self.at;
        if braced {
            self.take(|c| c == ' ');
        }
        if self.peek() != Some('=') {
            self.at = behind;
            let value = Spanned::new(String::new(), Span::new(behind, behind));
            self.items.push(Item::Named { name, value, has_value: false, braced });
            return;
        }
        self.skip();
        if braced {
            self.take(|c| c == ' ');
        }
        let value = match self.peek() {
            Some('"' | '\'' | '`') => self.quoted(),
            Some('[') => self.list(),
            Some('{') if !braced => self.bracketed('}'),
            _ if braced => self.take(|c| !c.is_whitespace() && c != ',' && c != '}'),
            _ => self.take(|c| !c.is_whitespace() && c != '{'),
        };
        self.items.push(Item::Named { name, value, has_value: true, braced });
    }

    /// A quoted value, a backslash before a quote or a backslash taken off. Without its end it goes to the last brace.
    fn quoted(&mut self) -> Spanned<String> {
        let Some(quote) = self.peek() else { return Spanned::default() };
        let open = self.at;
        self.skip();
        let start = self.at;
        let mut value = String::new();
        while let Some(c) = self.peek() {
            self.skip();
            if c == quote {
                return Spanned::new(value, Span::new(start, self.at - 1));
            }
            match self.peek() {
                Some(next) if c == '\\' && (next == quote || next == '\\') => {
                    value.push(next);
                    self.skip();
                }
                _ => value.push(c),
            }
        }
        let span = Span::new(open, self.at);
        self.problem(span, "a quoted value does not end", &format!("end it with {quote}"));
        if value.ends_with('}') {
            value.truncate(value.trim_end_matches('}').len());
            let tail = self.info.len() - self.info.trim_end_matches('}').len();
            self.at -= tail;
        }
        Spanned::new(value, Span::new(start, self.at))
    }

    /// A list with what is in it as it stands, its brackets around it.
    fn list(&mut self) -> Spanned<String> {
        self.bracketed(']')
    }

    fn bracketed(&mut self, close: char) -> Spanned<String> {
        let open = self.at;
        match self.rest().find(close) {
            Some(end) => self.taken(end + close.len_utf8()),
            None => {
                let value = self.take(|c| c != '}');
                let span = Span::new(open, self.at);
                self.problem(span, "a list does not end", &format!("end it with {close}"));
                value
            }
        }
    }

    fn problem(&mut self, span: Span, message: &str, help: &str) {
        self.problems.push(FenceProblem { span, message: message.to_owned(), help: help.to_owned() });
    }
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | ':')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(info: &str) -> (Vec<String>, usize) {
        let (items, problems) = items(info, language_end(info));
        let shown = items
            .iter()
            .map(|item| match item {
                Item::Class(class) => format!(".{}", class.value),
                Item::Id(id) => format!("#{}", id.value),
                Item::Lines(lines) => format!("{{{}}}", lines.value),
                Item::Named { name, value, has_value: true, .. } => {
                    assert!(info.contains(&value.value) || info.contains('\\'), "{value:?}");
                    format!("{}={}", name.value, value.value)
                }
                Item::Named { name, .. } => name.value.clone(),
            })
            .collect();
        (shown, problems.len())
    }

    #[test]
    fn hugo_s_braces_are_read() {
        assert_eq!(
            read(r#"yaml {title="a b.yml" verify=off}"#),
            (vec!["title=a b.yml".into(), "verify=off".into()], 0)
        );
        assert_eq!(read(r#"yaml{title="a}b"}"#), (vec!["title=a}b".into()], 0));
        assert_eq!(read("yaml { title = 'a' , .x #y }").0, ["title=a", ".x", "#y"]);
        assert_eq!(read(r#"shell{{title="a"}"#), (vec!["title=a".into()], 0));
        assert_eq!(read(r#"shell{{title="a"}}"#), (vec!["title=a".into()], 0));
        assert_eq!(read(r#"a {hl_lines=[1,"2-3"],linenos=table}"#).0, [r#"hl_lines=[1,"2-3"]"#, "linenos=table"]);
        assert_eq!(read(r#"a {title="say \"x\" \n"}"#).0, [r#"title=say "x" \n"#]);
        assert_eq!(read("a {title=`x`}").0, ["title=x"]);
    }

    #[test]
    fn others_write_without_braces() {
        assert_eq!(read(r#"yaml title="a.yml" {1,3-5} wrap"#).0, ["title=a.yml", "{1,3-5}", "wrap"]);
        assert_eq!(read(r#"yaml ins={3-4} "word" del={1}"#).0, ["ins={3-4}", "del={1}"]);
        assert_eq!(read("yaml{1}").0, ["{1}"]);
    }

    #[test]
    fn what_is_broken_is_told_and_the_rest_is_read() {
        assert_eq!(read(r#"yaml {title="open}"#), (vec!["title=open".into()], 1));
        assert_eq!(read("yaml {title=a"), (vec!["title=a".into()], 1));
        assert_eq!(read("yaml {=x}").1, 1);
        assert_eq!(read("yaml {hl_lines=[1 title=x}").1, 1);
        assert_eq!(read("yaml {title=").1, 1);
        assert_eq!(read("yaml é{é=é}").1, 0);
    }
}
