//! A reader for HTML fragments: texts, tags with their attributes, and what is neither. It never fails and is linear.
//!
//! It follows the tokenizer of the HTML standard (section 13.2.5) as far as telling text from tags and attributes needs.

/// A piece of a fragment; the pieces in order are the fragment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Character data.
    Text(&'a str),
    /// A comment, a declaration, or what is inside of `script` and `style`.
    Raw(&'a str),
    /// An opening or closing tag.
    Tag(Tag<'a>),
}

/// A tag as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tag<'a> {
    /// From `<` to `>`.
    pub source: &'a str,
    /// The element's name as it is written.
    pub name: &'a str,
    /// `</name>`.
    pub closing: bool,
}

/// An attribute as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attribute<'a> {
    /// Its name as it is written.
    pub name: &'a str,
    /// Its value without quotes, character references as they are written; empty when it has none.
    pub value: &'a str,
    /// Where it ends in the tag's source, behind the closing quote.
    pub end: usize,
    /// Where the value starts in the tag's source.
    pub value_start: usize,
    /// The quote that the value stands in.
    pub quote: Option<char>,
}

/// The pieces of `html`.
#[must_use]
pub const fn pieces(html: &str) -> Pieces<'_> {
    Pieces { html, at: 0, raw_until: None }
}

/// Iterates over the pieces of a fragment.
#[derive(Debug, Clone)]
pub struct Pieces<'a> {
    html: &'a str,
    at: usize,
    /// The element whose content is no markup.
    raw_until: Option<&'a str>,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        let rest = self.html.get(self.at..).filter(|rest| !rest.is_empty())?;
        if let Some(name) = self.raw_until.take() {
            let end = closing_of(rest, name);
            if end > 0 {
                self.at += end;
                return Some(Piece::Raw(&rest[..end]));
            }
        }
        let length = markup_start(rest);
        if length > 0 {
            self.at += length;
            return Some(Piece::Text(&rest[..length]));
        }
        if let Some(length) = declaration(rest) {
            self.at += length;
            return Some(Piece::Raw(&rest[..length]));
        }
        let Some(tag) = Tag::read(rest) else {
            // An unclosed tag: a browser drops it, we keep it as text.
            self.at = self.html.len();
            return Some(Piece::Text(rest));
        };
        self.at += tag.source.len();
        if !tag.closing && is_raw(tag.name) {
            self.raw_until = Some(tag.name);
        }
        Some(Piece::Tag(tag))
    }
}

/// Whether the content of an element with this name is no markup.
fn is_raw(name: &str) -> bool {
    matches!(name.len(), 5 | 6 | 8)
        && ["script", "style", "textarea", "title"].iter().any(|raw| name.eq_ignore_ascii_case(raw))
}

/// How many bytes of text come before something that starts with `<`.
fn markup_start(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let mut from = 0;
    while let Some(found) = memchr::memchr(b'<', &rest.as_bytes()[from..]) {
        let at = from + found;
        let starts = match bytes.get(at + 1) {
            Some(b'/') => bytes.get(at + 2).is_some_and(u8::is_ascii_alphabetic),
            Some(b'!' | b'?') => true,
            Some(byte) => byte.is_ascii_alphabetic(),
            None => false,
        };
        if starts {
            return at;
        }
        from = at + 1;
    }
    rest.len()
}

/// The length of a comment or declaration at the start of `rest`.
fn declaration(rest: &str) -> Option<usize> {
    if !matches!(rest.as_bytes().get(1), Some(b'!' | b'?')) {
        return None;
    }
    let end = if let Some(inside) = rest.strip_prefix("<!--") {
        inside.find("-->").map(|at| at + 7)
    } else if rest.starts_with("<![CDATA[") {
        rest.find("]]>").map(|at| at + 3)
    } else if rest.starts_with("<!") || rest.starts_with("<?") {
        rest.find('>').map(|at| at + 1)
    } else {
        return None;
    };
    Some(end.unwrap_or(rest.len()))
}

/// Where `</name` starts in `rest`, or its length.
fn closing_of(rest: &str, name: &str) -> usize {
    let mut from = 0;
    while let Some(found) = rest[from..].find("</") {
        let at = from + found;
        let written = rest.as_bytes().get(at + 2..at + 2 + name.len());
        if written.is_some_and(|written| written.eq_ignore_ascii_case(name.as_bytes())) {
            return at;
        }
        from = at + 2;
    }
    rest.len()
}

impl<'a> Tag<'a> {
    /// The tag at the start of `rest`; none when it does not end.
    fn read(rest: &'a str) -> Option<Self> {
        let closing = rest.as_bytes().get(1) == Some(&b'/');
        let start = if closing { 2 } else { 1 };
        let is_end = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>');
        let name_length = rest.as_bytes().get(start..)?.iter().position(is_end)?;
        let name = &rest[start..start + name_length];
        let mut attributes = Attributes { source: rest, at: start + name_length };
        while attributes.next().is_some() {}
        let end = attributes.at;
        (rest.as_bytes().get(end) == Some(&b'>')).then(|| Self { source: &rest[..=end], name, closing })
    }

    /// Its attributes, in order.
    #[must_use]
    pub fn attributes(&self) -> Attributes<'a> {
        let start = if self.closing { 2 } else { 1 };
        Attributes { source: self.source, at: start + self.name.len() }
    }
}

/// Iterates over the attributes of a tag; ends at the `>`.
#[derive(Debug, Clone)]
pub struct Attributes<'a> {
    source: &'a str,
    at: usize,
}

impl<'a> Attributes<'a> {
    /// Goes over the bytes that `skipped` accepts.
    fn skip(&mut self, skipped: impl Fn(u8) -> bool) {
        let rest = self.source.as_bytes().get(self.at..).unwrap_or_default();
        self.at += rest.iter().position(|byte| !skipped(*byte)).unwrap_or(rest.len());
    }

    fn byte(&self) -> Option<u8> {
        self.source.as_bytes().get(self.at).copied()
    }
}

impl<'a> Iterator for Attributes<'a> {
    type Item = Attribute<'a>;

    fn next(&mut self) -> Option<Attribute<'a>> {
        self.skip(|byte| byte.is_ascii_whitespace() || byte == b'/');
        if matches!(self.byte(), None | Some(b'>')) {
            return None;
        }
        let start = self.at;
        // A `=` may start a name, and ends it anywhere else.
        self.at += 1;
        self.skip(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'/' | b'>' | b'='));
        let name = &self.source[start..self.at];
        let end = self.at;
        self.skip(|byte| byte.is_ascii_whitespace());
        if self.byte() != Some(b'=') {
            self.at = end;
            return Some(Attribute { name, value: "", end, value_start: end, quote: None });
        }
        self.at += 1;
        self.skip(|byte| byte.is_ascii_whitespace());
        let quote = self.byte().filter(|byte| matches!(byte, b'"' | b'\''));
        if let Some(quote) = quote {
            let value_start = self.at + 1;
            self.at = value_start;
            self.skip(|byte| byte != quote);
            let value = &self.source[value_start..self.at];
            self.at = (self.at + 1).min(self.source.len());
            return Some(Attribute { name, value, end: self.at, value_start, quote: Some(char::from(quote)) });
        }
        let value_start = self.at;
        self.skip(|byte| !byte.is_ascii_whitespace() && byte != b'>');
        Some(Attribute { name, value: &self.source[value_start..self.at], end: self.at, value_start, quote: None })
    }
}

/// `text` escaped for character data and for quoted attribute values.
pub fn escape_into(out: &mut String, text: &str) {
    let escaped = text.bytes().enumerate().filter(|(_, byte)| matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\''));
    escape_bytes_into(out, text, escaped.map(|(at, _)| at));
}

/// `text` escaped for character data alone, where quotes may stand as they are.
pub fn escape_text_into(out: &mut String, text: &str) {
    escape_bytes_into(out, text, memchr::memchr3_iter(b'&', b'<', b'>', text.as_bytes()));
}

/// Writes references for the characters at `escaped`, which are ASCII.
fn escape_bytes_into(out: &mut String, text: &str, escaped: impl Iterator<Item = usize>) {
    let mut from = 0;
    for at in escaped {
        let reference = match text.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => "&#39;",
        };
        out.push_str(&text[from..at]);
        out.push_str(reference);
        from = at + 1;
    }
    out.push_str(&text[from..]);
}

/// [`escape_into`] as a new string.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape_into(&mut out, text);
    out
}

/// The character data of `html`: tags and comments left out, character references resolved as far as we write them
/// ourselves and as numbers.
#[must_use]
pub fn text_of(html: &str) -> String {
    let mut out = String::new();
    for piece in pieces(html) {
        if let Piece::Text(text) = piece {
            unescape_into(&mut out, text);
        }
    }
    out
}

/// `text` with its common character references resolved.
pub fn unescape_into(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let resolved = rest.bytes().take(12).position(|byte| byte == b';').and_then(|end| {
            let c = match &rest[1..end] {
                "amp" => '&',
                "lt" => '<',
                "gt" => '>',
                "quot" => '"',
                "apos" => '\'',
                "nbsp" => '\u{a0}',
                "colon" => ':',
                "Tab" => '\t',
                "NewLine" => '\n',
                number => {
                    let number = number.strip_prefix('#')?;
                    let code = match number.strip_prefix(['x', 'X']) {
                        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                        None => number.parse().ok()?,
                    };
                    char::from_u32(code)?
                }
            };
            Some((c, end))
        });
        match resolved {
            Some((c, end)) => {
                out.push(c);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn tags_texts_and_attributes() {
        let html = "a < b<p class=\"x > y\" data-a='1' b=c d>t</p><!-- <i> --><script>if (a<b) {}</script>&amp;";
        let found: Vec<_> = pieces(html).collect();
        assert_eq!(found[0], Piece::Text("a < b"));
        let Piece::Tag(tag) = found[1] else { panic!("{found:?}") };
        let attributes: Vec<_> = tag.attributes().map(|a| (a.name, a.value)).collect();
        assert_eq!(attributes, [("class", "x > y"), ("data-a", "1"), ("b", "c"), ("d", "")]);
        assert_eq!(found[4], Piece::Raw("<!-- <i> -->"));
        assert_eq!(found[6], Piece::Raw("if (a<b) {}"));
        assert_eq!(text_of(html), "a < bt&");
    }

    proptest! {
        #[test]
        fn the_pieces_are_the_fragment(html in "([<>/!\"'= a-cä-]|<p|<!--|-->|</p>|<script>|</script>){0,40}") {
            let again: String = pieces(&html).map(|piece| match piece {
                Piece::Text(s) | Piece::Raw(s) => s,
                Piece::Tag(tag) => { let _ = tag.attributes().count(); tag.source }
            }).collect();
            prop_assert_eq!(again, html);
        }

        #[test]
        fn escaped_text_reads_as_itself(text in ".{0,30}") {
            prop_assert_eq!(text_of(&escape(&text)), text);
        }
    }
}
