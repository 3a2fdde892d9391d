//! Where the front matter of a guide ends and its Markdown begins.

use crate::base::{Code, Diagnostic, Source, Span};

/// A guide taken apart.
#[derive(Debug, Clone, Default)]
pub struct FrontMatterSplit {
    /// The YAML (or JSON) of the front matter, without the lines around it; none when there is no front matter.
    pub yaml: Option<Span>,
    /// The Markdown.
    pub body: Span,
    /// What is wrong with the lines around it.
    pub diagnostics: Vec<Diagnostic>,
}

/// Takes a guide apart. A BOM, CRLF, empty lines before the front matter and space behind `---` are fine.
#[must_use]
pub fn split(source: &Source) -> FrontMatterSplit {
    let text: &str = source.text();
    let bom = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let whole = FrontMatterSplit { yaml: None, body: Span::new(bom, text.len()), diagnostics: Vec::new() };
    let rest = text.get(bom..).unwrap_or("");
    // Only whole empty lines are passed over: four spaces before `---` make it code.
    let blank: usize = rest.split_inclusive('\n').take_while(|line| line.trim().is_empty()).map(str::len).sum();
    let opening = Line::at(text, bom + blank);
    match opening.written {
        "---" => between(source, &opening, "---"),
        "+++" => FrontMatterSplit {
            yaml: None,
            diagnostics: vec![toml(source, &opening)],
            ..between(source, &opening, "+++")
        },
        written if written.starts_with('{') => json(source, &opening).unwrap_or(whole),
        _ => whole,
    }
}

/// A line of a text.
struct Line<'t> {
    start: usize,
    /// The byte behind its end of line.
    next: usize,
    /// Without the space at its end.
    written: &'t str,
}

impl<'t> Line<'t> {
    fn at(text: &'t str, start: usize) -> Self {
        let rest = text.get(start..).unwrap_or("");
        let len = rest.find('\n').map_or(rest.len(), |newline| newline + 1);
        Self { start, next: start + len, written: rest.get(..len).unwrap_or("").trim_end() }
    }

    fn span(&self) -> Span {
        Span::new(self.start, self.start + self.written.len())
    }
}

/// The front matter from behind `opening` to the next line that is `fence` again.
fn between(source: &Source, opening: &Line<'_>, fence: &str) -> FrontMatterSplit {
    let text: &str = source.text();
    let mut at = opening.next;
    let (mut first_blank, mut dots) = (None, None);
    while at < text.len() {
        let line = Line::at(text, at);
        if line.written == fence {
            let yaml = Some(Span::new(opening.next, line.start));
            return FrontMatterSplit { yaml, body: Span::new(line.next, text.len()), diagnostics: Vec::new() };
        }
        if line.written.is_empty() && first_blank.is_none() {
            first_blank = Some(line.start);
        }
        if line.written == "..." && dots.is_none() {
            dots = Some(line.span());
        }
        at = line.next;
    }
    // It was probably meant to end at the first empty line; nothing of the guide is lost in any case.
    let end = first_blank.unwrap_or(text.len());
    let mut diagnostic = Diagnostic::new(Code::FrontMatter, "the front matter never closes")
        .at(source.place(opening.span()))
        .help(format!("end it with a line that is `{fence}`"));
    if let Some(dots) = dots {
        diagnostic = diagnostic.related(source.place(dots), "`...` does not close it");
    }
    let yaml = Some(Span::new(opening.next, end));
    FrontMatterSplit { yaml, body: Span::new(end, text.len()), diagnostics: vec![diagnostic] }
}

fn toml(source: &Source, opening: &Line<'_>) -> Diagnostic {
    Diagnostic::new(Code::FrontMatter, "front matter in TOML (`+++`) is not supported")
        .at(source.place(opening.span()))
        .help("write it as YAML between lines of `---`: `title: Incus` for `title = \"Incus\"`; `hugo convert toYAML` does it for a whole site")
}

/// Front matter in JSON: a `{` that a key or a `}` follows, to the `}` that closes it. Anything else that starts with
/// `{` is Markdown, such as a shortcode.
fn json(source: &Source, opening: &Line<'_>) -> Option<FrontMatterSplit> {
    let (text, start): (&str, usize) = (source.text(), opening.start);
    let inside = text.get(start + 1..)?.trim_start();
    if !inside.starts_with(['"', '}']) {
        return None;
    }
    let Some(end) = closing_brace(text, start) else {
        return begins_with_key(inside).then(|| open_json(source, opening));
    };
    let body = Line::at(text, end);
    let body = if body.written.is_empty() { body.next } else { body.start };
    let yaml = Some(Span::new(start, end));
    Some(FrontMatterSplit { yaml, body: Span::new(body, text.len()), diagnostics: Vec::new() })
}

/// The byte behind the brace that closes the one at `start`.
fn closing_brace(text: &str, start: usize) -> Option<usize> {
    let (mut depth, mut is_text, mut is_escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate().skip(start) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_text => is_escaped = true,
            b'"' => is_text = !is_text,
            b'{' if !is_text => depth += 1,
            b'}' if !is_text => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// Whether `inside` starts with `"key":`, which no Markdown does behind a brace.
fn begins_with_key(inside: &str) -> bool {
    let line = inside.lines().next().unwrap_or("");
    line.strip_prefix('"')
        .and_then(|key| key.split_once('"'))
        .is_some_and(|(_, behind)| behind.trim_start().starts_with(':'))
}

/// It was probably meant to end at the first empty line. None of it counts, for none of it can be read.
fn open_json(source: &Source, opening: &Line<'_>) -> FrontMatterSplit {
    let text: &str = source.text();
    let mut end = opening.next;
    while end < text.len() {
        let line = Line::at(text, end);
        if line.written.is_empty() {
            break;
        }
        end = line.next;
    }
    let diagnostic = Diagnostic::new(Code::FrontMatter, "the front matter in JSON never closes")
        .at(source.place(opening.span()))
        .help("end it with the `}` that closes its first `{`, or write it as YAML between lines of `---`");
    FrontMatterSplit { yaml: None, body: Span::new(end, text.len()), diagnostics: vec![diagnostic] }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// YAML, body, and the messages.
    fn parts(text: &str) -> (Option<String>, String, Vec<String>) {
        let split = split(&Source::new("content/a.md", text));
        let messages = split.diagnostics.iter().map(|diagnostic| diagnostic.message.clone()).collect();
        (split.yaml.map(|yaml| text[yaml.range()].to_owned()), text[split.body.range()].to_owned(), messages)
    }

    fn whole(yaml: &str, body: &str) -> (Option<String>, String, Vec<String>) {
        (Some(yaml.to_owned()), body.to_owned(), Vec::new())
    }

    #[test]
    fn finds_the_lines_around() {
        assert_eq!(parts("---\na: 1\n---\nText\n"), whole("a: 1\n", "Text\n"));
        assert_eq!(parts("---\na: 1\n---"), whole("a: 1\n", ""));
        assert_eq!(parts("---\n---\nText"), whole("", "Text"));
        assert_eq!(parts("---  \na: 1\n---\t\nText"), whole("a: 1\n", "Text"), "space behind");
        assert_eq!(parts("\u{feff}---\r\na: 1\r\n---\r\nText"), whole("a: 1\r\n", "Text"), "BOM and CRLF");
        assert_eq!(parts("\n \n---\na: 1\n---\nText"), whole("a: 1\n", "Text"), "empty lines before");
        assert_eq!(
            parts("---\na: |\n  ---\n----\n---\n---\n"),
            whole("a: |\n  ---\n----\n", "---\n"),
            "only `---` itself"
        );
    }

    #[test]
    fn a_guide_without_front_matter_is_its_body() {
        for text in [
            "",
            "Text\n",
            "- a\n- b\n",
            "----\n",
            "    ---\n    code\n",
            "{{< steps >}}\n",
            "{#id}",
            "{ x",
            "{\"a\" 1",
            "---title\n",
        ] {
            assert_eq!(parts(text), (None, text.to_owned(), Vec::new()), "{text:?}");
        }
        assert_eq!(parts("\u{feff}Text"), (None, "Text".to_owned(), Vec::new()));
    }

    #[test]
    fn front_matter_that_never_closes_ends_at_the_first_empty_line() {
        let (yaml, body, messages) = parts("---\na: 1\n\n# Text\n");
        assert_eq!((yaml.as_deref(), body.as_str()), (Some("a: 1\n"), "\n# Text\n"));
        assert_eq!(messages, ["the front matter never closes"]);
        let dots = split(&Source::new("a.md", "---\na: 1\n...\nText"));
        assert_eq!(dots.diagnostics[0].related[0].place.range.expect("a range").line, 3);
    }

    #[test]
    fn toml_is_said_to_be_unsupported() {
        let (yaml, body, messages) = parts("+++\na = 1\n+++\nText\n");
        assert_eq!((yaml, body.as_str()), (None, "Text\n"));
        assert_eq!(messages, ["front matter in TOML (`+++`) is not supported"]);
        assert_eq!(parts("+++\na = 1\n\nText\n").2.len(), 1);
    }

    #[test]
    fn json_ends_at_its_brace() {
        assert_eq!(
            parts("{\n  \"a\": \"}\\\"\", \"b\": {}\n}\nText"),
            whole("{\n  \"a\": \"}\\\"\", \"b\": {}\n}", "Text")
        );
        assert_eq!(parts("{}\nText"), whole("{}", "Text"));
    }

    #[test]
    fn json_that_never_closes_ends_at_the_first_empty_line() {
        let (yaml, body, messages) = parts("{\n  \"title\": \"A\",\n  \"weight\": 1\n\nText with { alone\n");
        assert_eq!((yaml, body.as_str()), (None, "\nText with { alone\n"));
        assert_eq!(messages, ["the front matter in JSON never closes"]);
    }
}
