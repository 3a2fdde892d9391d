//! Texts with values in them: `https://{subdomain}.{domain|regex}/`. Computed variables are written so, and so are the
//! attributes of the page that the script in the browser fills (`data-sitevar-href`).
//!
//! `{name}` is the text of a variable, `{name|format|format}` the same through formats, from left to right; `{{` and `}}` are
//! braces. Spaces around names and formats are allowed and mean nothing. A single `{` or `}` is an error.

use super::super::format::Format;
use super::super::spelling::nearest;
use crate::base::Span;
use std::fmt;

/// What a value goes through on its way into the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Filter {
    /// A format.
    Format(Format),
    /// The digest of a secret, `$pbkdf2-sha512$310000$SALT$HASH`.
    Pbkdf2Sha512,
}

impl Filter {
    /// The name that authors write.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Format(format) => format.as_str(),
            Self::Pbkdf2Sha512 => "pbkdf2-sha512",
        }
    }

    /// The filter of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        if name == "pbkdf2-sha512" { Some(Self::Pbkdf2Sha512) } else { Format::parse(name).map(Self::Format) }
    }
}

/// A piece of a text with values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Text as it is.
    Text(String),
    /// The value of a variable.
    Value {
        /// Which one.
        name: String,
        /// What it goes through, from left to right.
        filters: Vec<Filter>,
    },
}

/// Why a text with values cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateError {
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// Where in the text, in bytes.
    pub span: Span,
}

/// A text with values in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TextTemplate {
    parts: Vec<Part>,
}

impl TextTemplate {
    /// Reads `text`.
    ///
    /// # Errors
    /// When a brace is alone, a name cannot be a name, or a format does not exist.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let mut template = Self::default();
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let plain = rest.find(['{', '}']).unwrap_or(rest.len());
            template.push_text(&rest[..plain]);
            at += plain;
            let rest = &rest[plain..];
            if rest.starts_with("{{") || rest.starts_with("}}") {
                template.push_text(&rest[..1]);
                at += 2;
            } else if rest.starts_with('}') {
                return Err(TemplateError {
                    message: "a `}` closes nothing".to_owned(),
                    help: "write `}}` for a brace".to_owned(),
                    span: Span::new(at, at + 1),
                });
            } else if rest.starts_with('{') {
                let Some(end) = rest.find('}') else {
                    return Err(TemplateError {
                        message: "a `{` is not closed".to_owned(),
                        help: "close it with `}`, or write `{{` for a brace".to_owned(),
                        span: Span::new(at, at + 1),
                    });
                };
                let span = Span::new(at, at + end + 1);
                let (name, filters) = read_value(&rest[1..end], span)?;
                template.push_value(name, filters);
                at += end + 1;
            }
        }
        Ok(template)
    }

    /// Appends text as it is.
    pub fn push_text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if let Some(Part::Text(last)) = self.parts.last_mut() {
            last.push_str(text);
        } else {
            self.parts.push(Part::Text(text.to_owned()));
        }
    }

    /// Appends the value of `name` through `filters`.
    pub fn push_value(&mut self, name: impl Into<String>, filters: Vec<Filter>) {
        self.parts.push(Part::Value { name: name.into(), filters });
    }

    /// Its pieces, in order. Two texts never stand side by side.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The names it uses, in order, each as often as it is used.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Value { name, .. } => Some(name.as_str()),
        })
    }

    /// The text with `value(name, filters)` in the place of every value; none when one of them is none.
    pub fn expand(&self, mut value: impl FnMut(&str, &[Filter]) -> Option<String>) -> Option<String> {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Value { name, filters } => out.push_str(&value(name, filters)?),
            }
        }
        Some(out)
    }

    /// The same text with the values that `value` knows written out and the others kept.
    #[must_use]
    pub fn with_known(&self, mut value: impl FnMut(&str, &[Filter]) -> Option<String>) -> Self {
        let mut known = Self::default();
        for part in &self.parts {
            match part {
                Part::Text(text) => known.push_text(text),
                Part::Value { name, filters } => match value(name, filters) {
                    Some(text) => known.push_text(&text),
                    None => known.push_value(name.clone(), filters.clone()),
                },
            }
        }
        known
    }
}

/// The way it is written: parsing gives the same template again.
impl fmt::Display for TextTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.parts {
            match part {
                Part::Text(text) => f.write_str(&text.replace('{', "{{").replace('}', "}}"))?,
                Part::Value { name, filters } => {
                    write!(f, "{{{name}")?;
                    for filter in filters {
                        write!(f, "|{}", filter.as_str())?;
                    }
                    f.write_str("}")?;
                }
            }
        }
        Ok(())
    }
}

/// Whether `name` can be the name of a variable: a letter, then letters, digits, `-` and `_`, all ASCII.
#[must_use]
pub fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

fn read_value(inside: &str, span: Span) -> Result<(String, Vec<Filter>), TemplateError> {
    let mut words = inside.split('|').map(str::trim);
    let name = words.next().unwrap_or_default();
    if !is_name(name) {
        return Err(TemplateError {
            message: format!("`{{{inside}}}` does not name a variable"),
            help: "write `{name}` or `{name|format}`, and `{{` and `}}` for braces".to_owned(),
            span,
        });
    }
    let mut filters = Vec::new();
    for word in words {
        let Some(filter) = Filter::parse(word) else {
            let names = Format::ALL.iter().map(|format| format.as_str()).chain(["pbkdf2-sha512"]);
            let help = match nearest(word, names.clone()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the formats are {}", names.collect::<Vec<_>>().join(", ")),
            };
            return Err(TemplateError { message: format!("there is no format `{word}`"), help, span });
        };
        filters.push(filter);
    }
    Ok((name.to_owned(), filters))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_written_as_it_was_read() {
        for text in ["", "a", "{a}", "{{a}}", "x{{{a|regex|upper}}}y", "{a}{b}", "https://{sub}.{domain}/"] {
            assert_eq!(TextTemplate::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(TextTemplate::parse("{ a | upper }").unwrap().to_string(), "{a|upper}");
    }

    #[test]
    fn wrong_templates_say_where() {
        let error = TextTemplate::parse("ab{c").unwrap_err();
        assert_eq!(error.span, Span::new(2, 3));
        assert_eq!(TextTemplate::parse("é}").unwrap_err().span, Span::new(2, 3));
        assert!(TextTemplate::parse("{}").is_err());
        assert!(TextTemplate::parse("{a b}").is_err());
        assert_eq!(TextTemplate::parse("{a|regexp}").unwrap_err().help, "did you mean `regex`?");
    }

    #[test]
    fn known_values_are_written_out_and_their_braces_stay_text() {
        let template = TextTemplate::parse("{a}-{b|upper}").unwrap();
        let known = template.with_known(|name, _| (name == "a").then(|| "{x}".to_owned()));
        assert_eq!(known.to_string(), "{{x}}-{b|upper}");
    }
}
