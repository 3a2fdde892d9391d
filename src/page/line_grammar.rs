//! Small grammars of our own, line by line, for formats of our readers that nobody has a grammar for: Caddyfile, LDIF.

use super::token::{Token, TokenClass};
use std::ops::Range;

/// Adds the tokens of a Caddyfile: addresses and blocks, directives, matchers, placeholders, strings, comments.
pub(super) fn caddyfile(text: &str, tokens: &mut Vec<Token>) {
    let mut caddyfile = Caddyfile { text, tokens, depth: 0, at: 0, heredoc: None };
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        caddyfile.line(start, start + line.trim_end().len());
        start += line.len();
    }
}

struct Caddyfile<'a, 'b> {
    text: &'a str,
    tokens: &'b mut Vec<Token>,
    depth: usize,
    /// Where a string over several lines was left behind.
    at: usize,
    heredoc: Option<&'a str>,
}

impl<'a> Caddyfile<'a, '_> {
    fn line(&mut self, start: usize, end: usize) {
        if let Some(mark) = self.heredoc {
            self.add(TokenClass::String, start..end);
            if self.text.get(start..end).is_some_and(|line| line.trim() == mark) {
                self.heredoc = None;
            }
            return;
        }
        let mut at = start.max(self.at);
        let mut first = start >= self.at;
        while let Some(word) = self.word(at, end) {
            at = word.end;
            let names_matcher = first && self.text.as_bytes().get(word.start) == Some(&b'@');
            let is_last = self.text.get(at..end).is_none_or(|rest| rest.trim().is_empty());
            if !self.classify(word, first, is_last, end, &mut at) {
                return;
            }
            // What follows the name of a matcher that is declared is a directive, as it were.
            first = names_matcher;
        }
    }

    /// The next word of the line, without the space before it.
    fn word(&self, from: usize, end: usize) -> Option<Range<usize>> {
        let rest = self.text.get(from..end)?;
        let trimmed = rest.trim_start();
        let start = end - trimmed.len();
        if trimmed.is_empty() {
            return None;
        }
        let length = trimmed.find(char::is_whitespace).unwrap_or(trimmed.len());
        Some(start..start + length)
    }

    /// Adds what the word is; whether the line goes on behind it. A string moves `at` to its own end.
    fn classify(&mut self, word: Range<usize>, first: bool, is_last: bool, end: usize, at: &mut usize) -> bool {
        let Some(text) = self.text.get(word.clone()) else { return false };
        match text.as_bytes() {
            [b'#', ..] => {
                self.add(TokenClass::Comment, word.start..end);
                return false;
            }
            [b'"' | b'`', ..] => {
                *at = self.string(word.start, end);
                return *at <= end;
            }
            b"{" if is_last || self.text.get(word.end..end).is_some_and(|rest| rest.trim_start().starts_with('#')) => {
                self.depth += 1;
            }
            b"}" if first => self.depth = self.depth.saturating_sub(1),
            [b'<', b'<', mark @ ..] if is_last && !mark.is_empty() => {
                self.add(TokenClass::Keyword, word);
                self.heredoc = text.get(2..);
                return false;
            }
            [b'@', _, ..] => self.add(TokenClass::Variable, word),
            [b'(', .., b')'] if self.depth == 0 => self.add(TokenClass::Function, word),
            _ if first && text == "import" => self.add(TokenClass::Keyword, word),
            _ if self.depth == 0 => self.address(word),
            _ if first => self.add(TokenClass::Keyword, word),
            _ => self.argument(word),
        }
        true
    }

    /// A quoted string, which may go on over lines; its end.
    fn string(&mut self, start: usize, end: usize) -> usize {
        let quote = self.text.as_bytes().get(start).copied().unwrap_or_default();
        let mut close = start + 1;
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(close) {
            close += 1;
            match byte {
                b'\\' if quote == b'"' => close += 1,
                byte if *byte == quote => break,
                _ => {}
            }
        }
        let close = close.min(bytes.len());
        // A backslash may stand before a character of several bytes.
        let close = (close..=bytes.len()).find(|at| self.text.is_char_boundary(*at)).unwrap_or(bytes.len());
        for (at, line) in lines_of(self.text, start..close) {
            self.with_placeholders(TokenClass::String, at..at + line.len());
        }
        if close > end {
            self.at = close;
        }
        close
    }

    fn address(&mut self, word: Range<usize>) {
        self.with_placeholders(TokenClass::Heading, word);
    }

    fn argument(&mut self, word: Range<usize>) {
        let Some(text) = self.text.get(word.clone()) else { return };
        let bare = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        if !bare.is_empty() && bare.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
            self.add(TokenClass::Number, word);
        } else if ["on", "off", "true", "false"].contains(&text) {
            self.add(TokenClass::Constant, word);
        } else {
            self.placeholders(word, None);
        }
    }

    fn with_placeholders(&mut self, class: TokenClass, range: Range<usize>) {
        self.placeholders(range, Some(class));
    }

    /// Adds `range` as `class`, but `{placeholders}` in it as what they are.
    fn placeholders(&mut self, range: Range<usize>, class: Option<TokenClass>) {
        let mut from = range.start;
        while let Some(rest) = self.text.get(from..range.end) {
            let Some((open, close)) = placeholder(rest) else { break };
            if let Some(class) = class {
                self.add(class, from..from + open);
            }
            self.add(TokenClass::Escape, from + open..from + close);
            from += close;
        }
        if let Some(class) = class {
            self.add(class, from..range.end);
        }
    }

    fn add(&mut self, class: TokenClass, range: Range<usize>) {
        add(self.tokens, class, range);
    }
}

fn add(tokens: &mut Vec<Token>, class: TokenClass, range: Range<usize>) {
    if range.start < range.end {
        tokens.push(Token { class, range });
    }
}

/// The first `{name}` in `text`.
fn placeholder(text: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    loop {
        let open = from + text.get(from..)?.find('{')?;
        let inside = text.get(open + 1..)?;
        let length = inside.find(|c: char| !(c.is_ascii_alphanumeric() || "._-$:>[]*/".contains(c)));
        let length = length.unwrap_or(inside.len());
        if length > 0 && inside.as_bytes().get(length) == Some(&b'}') {
            return Some((open, open + length + 2));
        }
        // What was looked at holds no brace.
        from = open + 1 + length;
    }
}

/// The lines of a range of `text`, without their ends, each with its place.
fn lines_of(text: &str, range: Range<usize>) -> impl Iterator<Item = (usize, &str)> {
    let mut at = range.start;
    text.get(range).unwrap_or_default().split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        (start, line.trim_end_matches(['\n', '\r']))
    })
}

/// Adds the tokens of LDIF: attribute names, values in Base64 or by address, comments, the lines of a change.
pub(super) fn ldif(text: &str, tokens: &mut Vec<Token>) {
    // What a folded line goes on with.
    let mut before = None;
    for (at, line) in lines_of(text, 0..text.len()) {
        let end = at + line.len();
        if line.starts_with(' ') {
            if let Some(class) = before {
                add(tokens, class, at + 1..end);
            }
        } else if line.starts_with('#') {
            before = Some(TokenClass::Comment);
            add(tokens, TokenClass::Comment, at..end);
        } else if let Some(colon) = line.find(':') {
            let name = line.get(..colon).unwrap_or_default();
            let is_word = ["dn", "changetype", "add", "delete", "replace", "version", "newrdn", "deleteoldrdn"]
                .iter()
                .any(|word| name.eq_ignore_ascii_case(word));
            add(tokens, if is_word { TokenClass::Keyword } else { TokenClass::Key }, at..at + colon);
            let value = line.get(colon + 1..).unwrap_or_default();
            let mark = value.len() - value.trim_start_matches([':', '<']).len();
            let value = at + colon + 1 + mark;
            let space = text.get(value..end).map_or(0, |rest| rest.len() - rest.trim_start().len());
            before = Some(TokenClass::String);
            add(tokens, TokenClass::String, value + space..end);
        } else {
            before = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(grammar: fn(&str, &mut Vec<Token>), text: &str) -> Vec<(&'static str, &str)> {
        let mut tokens = Vec::new();
        grammar(text, &mut tokens);
        for pair in tokens.windows(2) {
            assert!(pair[0].range.end <= pair[1].range.start, "{pair:?}");
        }
        tokens.into_iter().map(|token| (token.class.css().trim_start_matches("tok-"), &text[token.range])).collect()
    }

    #[test]
    fn a_caddyfile_has_addresses_directives_matchers_and_placeholders() {
        let text = "(snippet) {\n\theader X \"a {b} c\"\n}\nauth.{$DOMAIN} { # Portal\n\t@api path /api/*\n\treverse_proxy @api authelia:9091 {\n\t\tlb_retries 3\n\t}\n\timport snippet\n}\n";
        assert_eq!(
            marked(caddyfile, text),
            [
                ("function", "(snippet)"),
                ("keyword", "header"),
                ("string", "\"a "),
                ("escape", "{b}"),
                ("string", " c\""),
                ("heading", "auth."),
                ("escape", "{$DOMAIN}"),
                ("comment", "# Portal"),
                ("variable", "@api"),
                ("keyword", "path"),
                ("keyword", "reverse_proxy"),
                ("variable", "@api"),
                ("keyword", "lb_retries"),
                ("number", "3"),
                ("keyword", "import"),
            ]
        );
    }

    #[test]
    fn a_caddyfile_that_never_ends_is_read_once() {
        for text in ["a \"open\nb\nc", "x {\n\ty <<END\n\tz\n\tEND\n\tw\n}", "a \"\\", "a \"\\é", "{{{{{{{{", "`"] {
            marked(caddyfile, text);
        }
        let text = "{a".repeat(100_000);
        marked(caddyfile, &text);
    }

    #[test]
    fn ldif_has_names_and_values() {
        let text = "# who\ndn: uid=a,dc=b\nmail:: YQ==\n YWI=\nchangetype: modify\n-\n";
        assert_eq!(
            marked(ldif, text),
            [
                ("comment", "# who"),
                ("keyword", "dn"),
                ("string", "uid=a,dc=b"),
                ("key", "mail"),
                ("string", "YQ=="),
                ("string", "YWI="),
                ("keyword", "changetype"),
                ("string", "modify"),
            ]
        );
    }
}
