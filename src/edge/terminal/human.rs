//! Findings for people: what is wrong, the lines that it is about, what to do.

use super::{Style, is_wild, tame};
use crate::base::source::Range;
use crate::base::{Diagnostic, Place, Severity};
use crate::edge::Failure;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use rayon::prelude::*;
use std::sync::Arc;

/// More lines than this of one finding help nobody: the first is shown.
const LINES: u32 = 6;

/// A longer line is not shown: it is a file that people do not read.
const WIDTH: usize = 2000;

/// Every finding, each with an empty line behind it.
pub(super) fn render(diagnostics: &[Diagnostic], style: &Style<'_>) -> String {
    let renderer = renderer(style.colours);
    // No other finding shows the lines of a secret either.
    let places = diagnostics.iter().filter(|found| found.is_confidential).filter_map(|found| found.place.as_ref());
    let secret = places.filter_map(|place| Some((place.file.clone(), place.range?))).collect();
    let mut texts = Texts { text: style.text, last: None, secret };
    let excerpts: Vec<Excerpts> = diagnostics.iter().map(|diagnostic| Excerpts::of(diagnostic, &mut texts)).collect();
    let render =
        |(excerpts, diagnostic): (&Excerpts, &Diagnostic)| renderer.render(&[excerpts.group(diagnostic)]) + "\n\n";
    excerpts.par_iter().zip(diagnostics).map(render).collect::<Vec<String>>().concat()
}

/// A failure in the same looks.
pub(super) fn failure(failure: &Failure, colours: bool) -> String {
    let title = Level::ERROR.primary_title(tame(&failure.message, true));
    let help = failure.help.iter().map(|help| Level::HELP.message(tame(help, true)));
    renderer(colours).render(&[Group::with_title(title).elements(help)]) + "\n"
}

const fn renderer(colours: bool) -> Renderer {
    if colours { Renderer::styled() } else { Renderer::plain() }
}

/// The lines that a finding is about, cut out of their files.
struct Excerpts {
    first: Option<Shown>,
    related: Vec<(Shown, String)>,
}

/// A place as it is shown.
enum Shown {
    /// With its lines.
    Lines { file: String, text: String, line: usize, span: std::ops::Range<usize> },
    /// By its name alone.
    Name { file: String, range: Option<Range> },
}

impl Excerpts {
    fn of(diagnostic: &Diagnostic, texts: &mut Texts<'_>) -> Self {
        let first = diagnostic.place.as_ref().map(|place| texts.show(place));
        let related = diagnostic.related.iter();
        let related = related.map(|related| (texts.show(&related.place), tame(&related.message, true))).collect();
        Self { first, related }
    }

    fn group<'a>(&'a self, diagnostic: &Diagnostic) -> Group<'a> {
        let level = match diagnostic.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let title = level.primary_title(tame(&diagnostic.message, true)).id(diagnostic.code.as_str());
        let mut group = Group::with_title(title);
        match &self.first {
            Some(Shown::Lines { file, text, line, span }) => {
                let mark = AnnotationKind::Primary.span(span.clone());
                group = group.element(snippet(file, text, *line).annotation(mark));
            }
            Some(Shown::Name { file, range }) => group = group.element(origin(file, *range)),
            None => {}
        }
        for (shown, message) in &self.related {
            group = match shown {
                Shown::Lines { file, text, line, span } => {
                    let mark = AnnotationKind::Context.span(span.clone()).label(message.as_str());
                    group.element(snippet(file, text, *line).annotation(mark))
                }
                Shown::Name { file, range } => {
                    let at = range.map(|range| format!(":{}:{}", range.line, range.column)).unwrap_or_default();
                    group.element(Level::NOTE.message(format!("{message}: {file}{at}")))
                }
            };
        }
        match &diagnostic.help {
            Some(help) => group.element(Level::HELP.message(tame(help, true))),
            None => group,
        }
    }
}

fn snippet<'a>(file: &'a str, text: &'a str, line: usize) -> Snippet<'a, Annotation<'a>> {
    Snippet::source(text).line_start(line).path(file)
}

fn origin(file: &str, range: Option<Range>) -> Origin<'_> {
    match range {
        Some(range) => Origin::path(file).line(range.line as usize).char_column(range.column as usize),
        None => Origin::path(file),
    }
}

/// The texts of files, the last one kept: findings come sorted by file.
struct Texts<'a> {
    text: &'a dyn Fn(&str) -> Option<Arc<str>>,
    last: Option<(Arc<str>, Option<Lines>)>,
    /// Where secrets may stand.
    secret: Vec<(Arc<str>, Range)>,
}

/// A text and where its lines begin.
struct Lines {
    text: Arc<str>,
    starts: Vec<usize>,
}

impl Lines {
    fn new(text: Arc<str>) -> Self {
        let breaks = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
        let starts = std::iter::once(0).chain(breaks).collect();
        Self { text, starts }
    }

    /// One line, from 1, without its line break.
    fn get(&self, line: u32) -> Option<&str> {
        let at = usize::try_from(line).ok()?.checked_sub(1)?;
        let start = *self.starts.get(at)?;
        let end = self.starts.get(at + 1).map_or(self.text.len(), |next| next - 1);
        Some(self.text.get(start..end)?.trim_end_matches('\r'))
    }
}

impl Texts<'_> {
    fn show(&mut self, place: &Place) -> Shown {
        let file = tame(&place.file, false);
        match place.range.and_then(|range| self.cut(place, range)) {
            Some((text, line, span)) => Shown::Lines { file, text, line, span },
            None => Shown::Name { file, range: place.range },
        }
    }

    /// The lines of a range, where they begin, and where the range is in them.
    fn cut(&mut self, place: &Place, range: Range) -> Option<(String, usize, std::ops::Range<usize>)> {
        let meets = |secret: &Range| secret.line <= range.end_line && range.line <= secret.end_line;
        if self.secret.iter().any(|(file, secret)| *file == place.file && meets(secret)) {
            return None;
        }
        let lines = self.lines(&place.file)?;
        let is_long = range.end_line.saturating_sub(range.line) >= LINES;
        let end_line = if is_long { range.line } else { range.end_line.max(range.line) };
        let mut text = String::new();
        let (mut start, mut end) = (0, 0);
        for number in range.line..=end_line {
            let line = lines.get(number).filter(|line| line.len() <= WIDTH)?;
            // Columns do not count the mark at the beginning of a file, so it is not shown either.
            let line = tame_line(line.trim_start_matches('\u{feff}'));
            if number > range.line {
                text.push('\n');
            }
            if number == range.line {
                start = text.len() + offset(&line, range.column);
            }
            if number == end_line {
                end = text.len() + if is_long { line.len() } else { offset(&line, range.end_column) };
            }
            text.push_str(&line);
        }
        Some((text, range.line as usize, start..end.max(start)))
    }

    fn lines(&mut self, file: &Arc<str>) -> Option<&Lines> {
        if self.last.as_ref().is_none_or(|(name, _)| name != file) {
            self.last = Some((file.clone(), (self.text)(file).map(Lines::new)));
        }
        self.last.as_ref().and_then(|(_, lines)| lines.as_ref())
    }
}

/// The byte of a column, which counts characters from 1.
fn offset(line: &str, column: u32) -> usize {
    let column = column.saturating_sub(1) as usize;
    line.char_indices().nth(column).map_or(line.len(), |(at, _)| at)
}

/// A line in which each control character is one other character, so that columns stay.
fn tame_line(line: &str) -> String {
    let tame = |c: char| match c {
        '\t' => '\t',
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        c if is_wild(c) => '\u{fffd}',
        c => c,
    };
    line.chars().map(tame).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Code, Source, source::Span};
    use crate::edge::terminal::Format;

    fn shown(diagnostics: &[Diagnostic], text: &'static str) -> String {
        let text = move |file: &str| (file == "content/a.md").then(|| Arc::from(text));
        render(diagnostics, &Style { format: Format::Human, colours: false, prefix: "", text: &text })
    }

    fn at(text: &'static str, part: &str) -> Place {
        let start = text.find(part).unwrap();
        Source::new("content/a.md", text).place(Span::new(start, start + part.len()))
    }

    #[test]
    fn the_lines_are_shown_with_a_mark_and_help() {
        let text = "---\ntitle: A\n---\nSee [the gäide](nowhere.md) now.\n";
        let diagnostic = Diagnostic::new(Code::LinkBroken, "there is no page `nowhere.md`")
            .at(at(text, "nowhere.md"))
            .help("name a guide that exists")
            .related(at(text, "title"), "said here");
        assert_eq!(
            shown(&[diagnostic], text),
            "warning[link-broken]: there is no page `nowhere.md`\n \
             --> content/a.md:4:17\n  \
             |\n\
             4 | See [the gäide](nowhere.md) now.\n  \
             |                 ^^^^^^^^^^\n  \
             |\n \
             ::: content/a.md:2:1\n  \
             |\n\
             2 | title: A\n  \
             | ----- said here\n  \
             |\n  \
             = help: name a guide that exists\n\n"
        );
    }

    #[test]
    fn the_lines_of_a_secret_are_not_shown() {
        let text = "key: hunter2, odd: x\nodd: y\n";
        let secret = Diagnostic::new(Code::Config, "a secret").at(at(text, "hunter2")).confidential();
        let others = ["odd: x", "odd: y"].map(|part| Diagnostic::new(Code::Config, "odd").at(at(text, part)));
        let said = shown(&[&others[..], &[secret]].concat(), text);
        assert!(
            !said.contains("hunter2") && said.contains("content/a.md:1:6") && said.contains("2 | odd: y"),
            "{said}"
        );
    }

    #[test]
    fn a_place_without_its_text_is_named() {
        let range = Some(Range { line: 7, column: 2, end_line: 7, end_column: 3 });
        let place = Place { file: "content/gone.md".into(), range };
        let said = shown(&[Diagnostic::new(Code::Data, "bad").at(place)], "");
        assert!(said.starts_with("error[data]: bad\n--> content/gone.md:7:2\n"), "{said}");
        let said = shown(&[Diagnostic::new(Code::Config, "bad")], "");
        assert_eq!(said, "error[config]: bad\n\n");
    }

    #[test]
    fn no_control_character_reaches_the_terminal() {
        let text = "a \u{1b}[31mred\u{9b}31m b\r\nc\n";
        let diagnostic = Diagnostic::new(Code::Data, "odd \u{1b}[2J").at(at(text, "red")).help("\u{7}");
        let said = shown(&[diagnostic], text);
        assert!(said.chars().all(|c| c == '\n' || !c.is_control()), "{said:?}");
        let marks = said.lines().find(|line| line.contains('^')).unwrap();
        let code = said.lines().find(|line| line.contains("red")).unwrap();
        assert_eq!(marks.find('^').unwrap() - 2, code.chars().position(|c| c == 'r').unwrap() - 2, "{said}");
    }

    #[test]
    fn long_ranges_and_lines_are_cut() {
        let text: &'static str = Box::leak("line\n".repeat(50).into_boxed_str());
        let said = shown(&[Diagnostic::new(Code::Data, "bad").at(at(text, text))], text);
        assert_eq!(said.matches("line").count(), 1, "{said}");
        let text: &'static str = Box::leak("x".repeat(1 << 20).into_boxed_str());
        let said = shown(&[Diagnostic::new(Code::Data, "bad").at(at(text, "xxx"))], text);
        assert!(said.len() < 200 && said.contains("content/a.md:1:1"), "{said}");
    }

    #[test]
    fn the_end_of_a_file_can_be_marked() {
        let text = "a\n";
        let place = Source::new("content/a.md", text).place(Span::new(2, 2));
        assert!(shown(&[Diagnostic::new(Code::Data, "ends here").at(place)], text).contains("content/a.md:2:1"));
    }
}
