//! What the info string of a code fence says: the language, and the attributes of Hugo, Docusaurus and Starlight.

use super::attributes::{self, Item};
use crate::base::{Span, Spanned};
use crate::input::spelling;

/// Whether a block is read as configuration and checked (`verify=`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Verify {
    /// Checked for all there is to check: what nobody says.
    #[default]
    On,
    /// Checked for its syntax alone, not against a schema.
    Syntax,
    /// Not checked.
    Off,
}

/// What the info string of a fence says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    /// The language as the author wrote it; empty without one.
    pub language: Spanned<String>,
    /// The title, usually the name of a file. It may hold slot characters.
    pub title: Option<Spanned<String>>,
    /// Lines to highlight: ranges of line numbers from 1, both ends included, sorted and disjoint.
    pub highlighted: Vec<(u32, u32)>,
    /// Lines to mark as added, and as removed below, in the same way.
    pub inserted: Vec<(u32, u32)>,
    /// Lines to mark as removed.
    pub deleted: Vec<(u32, u32)>,
    /// Whether lines are numbered.
    pub line_numbers: bool,
    /// The number of the first line.
    pub first_line: u32,
    /// What is checked of it.
    pub verify: Spanned<Verify>,
    /// Whether long lines are wrapped from the start.
    pub wrap: bool,
    /// Whether lines that start with `+` or `-` are marked as added and removed, the language kept.
    pub diff: bool,
    /// The `id` of the figure.
    pub id: Option<Spanned<String>>,
    /// Classes of the figure, beside `code`.
    pub classes: Vec<Spanned<String>>,
    /// Attributes that mean nothing here, by name in lower case, in the order they are written.
    pub others: Vec<(Spanned<String>, String)>,
}

impl Default for Fence {
    fn default() -> Self {
        Self {
            language: Spanned::default(),
            title: None,
            highlighted: Vec::new(),
            inserted: Vec::new(),
            deleted: Vec::new(),
            line_numbers: false,
            first_line: 1,
            verify: Spanned::default(),
            wrap: false,
            diff: false,
            id: None,
            classes: Vec::new(),
            others: Vec::new(),
        }
    }
}

/// Something in an info string that cannot be read; the fence is rendered without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FenceProblem {
    /// Where in the info string.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

/// How much of an info string is read, in bytes; what is behind it is hostile.
const LONGEST_INFO: usize = 10_000;

/// The names that mean something, in lower case.
const NAMES: &[&str] = &[
    "anchorlinenos",
    "class",
    "del",
    "diff",
    "file",
    "filename",
    "frame",
    "guesssyntax",
    "hl_inline",
    "hl_lines",
    "id",
    "ins",
    "lineanchors",
    "linenos",
    "linenostart",
    "linenumbersintable",
    "mark",
    "noclasses",
    "nohl",
    "showlinenumbers",
    "startlinenumber",
    "style",
    "tabwidth",
    "title",
    "verify",
    "wrap",
];

impl Fence {
    /// Reads an info string (what follows the backticks). Spans are relative to it.
    #[must_use]
    pub fn parse(info: &str) -> (Self, Vec<FenceProblem>) {
        let info = info.get(..info.floor_char_boundary(LONGEST_INFO)).unwrap_or_default();
        let end = attributes::language_end(info);
        let language = Spanned::new(info.get(..end).unwrap_or_default().to_owned(), Span::new(0, end));
        let (items, problems) = attributes::items(info, end);
        let mut reader = Reader { fence: Self { language, ..Self::default() }, problems };
        for item in items {
            reader.item(item);
        }
        let Reader { mut fence, problems } = reader;
        for lines in [&mut fence.highlighted, &mut fence.inserted, &mut fence.deleted] {
            *lines = merged(std::mem::take(lines));
        }
        (fence, problems)
    }
}

struct Reader {
    fence: Fence,
    problems: Vec<FenceProblem>,
}

impl Reader {
    fn item(&mut self, item: Item) {
        match item {
            Item::Class(class) if !class.value.is_empty() => self.fence.classes.push(class),
            Item::Id(id) if !id.value.is_empty() => self.fence.id = Some(id),
            Item::Class(_) | Item::Id(_) => {}
            Item::Lines(lines) => {
                let lines = self.lines(&lines);
                self.fence.highlighted.extend(lines);
            }
            Item::Named { name, value, has_value, braced } => self.named(name, value, has_value, braced),
        }
    }

    /// The last one of a name counts, as with Hugo.
    fn named(&mut self, name: Spanned<String>, value: Spanned<String>, has_value: bool, braced: bool) {
        let lower = name.value.to_ascii_lowercase();
        match lower.as_str() {
            "title" | "filename" | "file" if has_value => self.fence.title = Some(value),
            "hl_lines" | "mark" => {
                let lines = self.lines(&value);
                self.fence.highlighted.extend(lines);
            }
            "ins" => {
                let lines = self.lines(&value);
                self.fence.inserted.extend(lines);
            }
            "del" => {
                let lines = self.lines(&value);
                self.fence.deleted.extend(lines);
            }
            "linenos" => {
                let is_place = ["table", "inline"].contains(&value.value.as_str());
                self.fence.line_numbers = is_place || self.flag(&name, &value, has_value);
            }
            "showlinenumbers" => {
                // Docusaurus gives the first number with it.
                self.fence.line_numbers = true;
                match value.value.trim_matches(['{', '}']).parse() {
                    Ok(first) => self.fence.first_line = first,
                    Err(_) => self.fence.line_numbers = self.flag(&name, &value, has_value),
                }
            }
            "linenostart" | "startlinenumber" => match value.value.parse() {
                Ok(first) => self.fence.first_line = first,
                Err(_) => self.expected(&name, &value, "a number"),
            },
            "wrap" => self.fence.wrap = self.flag(&name, &value, has_value),
            "diff" => self.fence.diff = self.flag(&name, &value, has_value),
            "verify" => self.verify(&name, value),
            "class" => self.fence.classes.extend(words(&value)),
            "id" if !value.value.is_empty() => self.fence.id = Some(value),
            "frame" if value.value == "terminal" => self.fence.classes.push(value),
            // Of Hugo's, for an appearance that is the theme's here.
            lower if NAMES.contains(&lower) => {}
            _ if braced && has_value => self.unknown(name, lower, value),
            _ if braced => {
                let message = format!("`{}` is not an attribute of a code block", name.value);
                let help = "put quotes around a value with spaces, and write attributes as name=\"value\"".to_owned();
                self.problems.push(FenceProblem { span: name.span, message, help });
            }
            _ => {}
        }
    }

    /// An attribute that is the author's own, unless it is a slip of a known one.
    fn unknown(&mut self, name: Spanned<String>, lower: String, value: Spanned<String>) {
        if let Some(near) = spelling::nearest(&lower, NAMES.iter().copied()) {
            self.problems.push(FenceProblem {
                span: name.span,
                message: format!("code blocks have no attribute `{}`", name.value),
                help: format!("did you mean `{near}`?"),
            });
        }
        // Of two with one name the last counts, as in Hugo.
        self.fence.others.retain(|(known, _)| known.value != lower);
        self.fence.others.push((Spanned::new(lower, name.span), value.value));
    }

    fn flag(&mut self, name: &Spanned<String>, value: &Spanned<String>, has_value: bool) -> bool {
        match value.value.trim_matches(['{', '}']) {
            "" if !has_value => true,
            "true" | "1" => true,
            "false" | "0" => false,
            _ => {
                self.expected(name, value, "`true` or `false`");
                false
            }
        }
    }

    fn verify(&mut self, name: &Spanned<String>, value: Spanned<String>) {
        let verify = match value.value.as_str() {
            "on" | "true" => Verify::On,
            "syntax" => Verify::Syntax,
            "off" | "false" => Verify::Off,
            _ => return self.expected(name, &value, "`on`, `syntax` or `off`"),
        };
        self.fence.verify = Spanned::new(verify, value.span);
    }

    /// Line numbers and ranges of them, in quotes and brackets of whatever kind.
    fn lines(&mut self, value: &Spanned<String>) -> Vec<(u32, u32)> {
        let mut lines = Vec::new();
        for word in words(value) {
            let (first, last) = word.value.split_once('-').unwrap_or((&word.value, &word.value));
            match (first.parse(), last.parse()) {
                (Ok(first), Ok(last)) if 1 <= first && first <= last => lines.push((first, last)),
                _ => self.problems.push(FenceProblem {
                    span: word.span,
                    message: format!("`{}` is no line number and no range of lines", word.value),
                    help: "write lines as hl_lines=\"2 4-6\", counted from 1".to_owned(),
                }),
            }
        }
        lines
    }

    fn expected(&mut self, name: &Spanned<String>, value: &Spanned<String>, what: &str) {
        let span = if value.span.is_empty() { name.span } else { value.span };
        let message = format!("`{}` cannot be `{}`", name.value, value.value);
        self.problems.push(FenceProblem { span, message, help: format!("give it {what}") });
    }
}

/// The words of a value, between spaces, commas, quotes and brackets.
fn words(value: &Spanned<String>) -> Vec<Spanned<String>> {
    let is_between = |c: char| c.is_whitespace() || matches!(c, ',' | '"' | '\'' | '`' | '[' | ']' | '{' | '}');
    let mut words = Vec::new();
    let mut at = 0;
    for word in value.value.split(is_between) {
        if !word.is_empty() {
            let start = value.span.start + at;
            words.push(Spanned::new(word.to_owned(), Span::new(start, start + word.len())));
        }
        // What stands between is one byte, or a space of more, which only shifts what is told of the place.
        at += word.len() + 1;
    }
    words
}

/// Ranges in order, those that touch made one.
fn merged(mut lines: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    lines.sort_unstable();
    let mut merged: Vec<(u32, u32)> = Vec::with_capacity(lines.len());
    for (first, last) in lines {
        match merged.last_mut() {
            Some(before) if first <= before.1.saturating_add(1) => before.1 = before.1.max(last),
            _ => merged.push((first, last)),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(info: &str) -> Fence {
        let (fence, problems) = Fence::parse(info);
        assert!(problems.is_empty(), "{info}: {problems:?}");
        fence
    }

    fn title(info: &str) -> Option<String> {
        let title = parse(info).title?;
        assert_eq!(&info[title.span.range()], title.value, "the span is the title's");
        Some(title.value)
    }

    #[test]
    fn the_language_is_the_author_s_word() {
        for (info, language) in [
            ("", ""),
            ("YAML", "YAML"),
            (".env", ".env"),
            ("c++ {.x}", "c++"),
            ("{title=\"x\"}", ""),
            ("a b c", "a"),
            ("yaml{1}", "yaml"),
        ] {
            assert_eq!(parse(info).language.value, language, "{info}");
        }
    }

    #[test]
    fn titles_are_read_in_every_writing() {
        for info in [
            "yaml {title=\"a.yml\"}",
            "yaml{title=\"a.yml\"}",
            "yaml {title=a.yml}",
            "yaml {TITLE='a.yml'}",
            "yaml title=\"a.yml\"",
            "shell{{title=\"a.yml\"}}",
            "yaml {filename=`a.yml`}",
        ] {
            assert_eq!(title(info).as_deref(), Some("a.yml"), "{info}");
        }
        assert_eq!(title("yaml {title=\"\u{100001}.yml\"}").as_deref(), Some("\u{100001}.yml"), "slots pass through");
        assert_eq!(title("yaml title"), None);
    }

    #[test]
    fn lines_are_sets() {
        for info in [
            "a {hl_lines=\"1 3-5\"}",
            "a {hl_lines=[1,\"3-5\"]}",
            "a {1,3-5}",
            "a {hl_Lines=\"3-4,4-5,1\"}",
            "a mark={1,3-5}",
        ] {
            assert_eq!(parse(info).highlighted, [(1, 1), (3, 5)], "{info}");
        }
        assert_eq!(parse("a {hl_lines=2}").highlighted, [(2, 2)]);
        assert_eq!(parse("a ins={2} del=\"3\"").inserted, [(2, 2)]);
        let (fence, problems) = Fence::parse("a {hl_lines=\"5-2 9 x 0\"}");
        assert_eq!((fence.highlighted, problems.len()), (vec![(9, 9)], 3));
        assert_eq!(problems[1].span, Span::new(19, 20));
    }

    #[test]
    fn lines_are_numbered() {
        for info in
            ["a {linenos=true}", "a {linenos=table}", "a {lineNos=\"inline\"}", "a linenos", "a showLineNumbers"]
        {
            assert!(parse(info).line_numbers, "{info}");
        }
        assert!(!parse("a {linenos=false}").line_numbers);
        assert_eq!(parse("a {linenos=true linenostart=10}").first_line, 10);
        assert_eq!(parse("a showLineNumbers=7").first_line, 7);
    }

    #[test]
    fn verification_is_chosen() {
        assert_eq!(parse("yaml").verify.value, Verify::On);
        assert_eq!(parse("yaml {verify=off}").verify.value, Verify::Off);
        assert_eq!(parse("yaml {verify=\"syntax\"}").verify.value, Verify::Syntax);
        assert_eq!(Fence::parse("yaml {verify=maybe}").1.len(), 1);
    }

    #[test]
    fn the_rest_is_kept() {
        let fence = parse("yaml {.wide #here data-x=\"1\" class=\"a b\" style=monokai wrap=true diff=true}");
        let classes: Vec<&str> = fence.classes.iter().map(|class| class.value.as_str()).collect();
        assert_eq!(classes, ["wide", "a", "b"]);
        assert_eq!(fence.id.map(|id| id.value).as_deref(), Some("here"));
        assert_eq!(fence.others.len(), 1);
        assert!(fence.wrap && fence.diff);
    }

    #[test]
    fn slips_are_told() {
        let (_, problems) = Fence::parse("yaml {titel=\"x\"}");
        assert_eq!(problems.len(), 1);
        assert!(problems[0].help.contains("`title`"), "{problems:?}");
        assert_eq!(Fence::parse("yaml {title=x y}").1.len(), 1);
    }

    #[test]
    fn hostile_strings_are_read_in_linear_time() {
        for piece in ["{", "}", "{{1", "[", "\"", "'", "a=", "{a=[", ".", "#", "é{", "\\"] {
            let info = piece.repeat(20_000);
            let _ = Fence::parse(&info);
        }
    }
}
