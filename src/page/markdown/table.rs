//! Tables as Hugo finds them: behind the lines of a paragraph, without a pipe at the start, with a header that has
//! fewer cells than its delimiter row, with tabs in that row, with rows that are a lone pipe. The text is edited so
//! that pulldown-cmark finds them too.

use super::Step;
use super::edit::Edits;
use pulldown_cmark::{Event, Tag, TagEnd};
use std::ops::Range;

/// Edits paragraphs in which Hugo sees a table, and tables in which it sees none.
pub fn mend(source: &str, steps: &[Step<'_>], edits: &mut Edits) {
    let mut table_end = None;
    for (index, (event, range)) in steps.iter().enumerate() {
        match event {
            Event::Start(Tag::Paragraph) => {
                let lines = lines(source, range);
                // Behind the table without an empty line, maybe indented.
                let between = table_end.and_then(|end: usize| source.get(end..range.start));
                if between.is_some_and(|between| between.bytes().all(|byte| byte == b' ')) {
                    lone_pipes(source, &lines, edits);
                } else {
                    in_paragraph(source, &lines, edits);
                }
            }
            Event::Start(Tag::Table(_)) => no_table(source, &lines(source, range), edits),
            // The text of an item that is no paragraph.
            Event::Text(_) if is_tight_text(steps, index) => {
                let end = steps[index..].iter().position(|(event, _)| matches!(event, Event::Start(_) | Event::End(_)));
                let end = end.map_or(range.end, |end| steps[index + end.saturating_sub(1)].1.end);
                in_paragraph(source, &lines(source, &(range.start..end)), edits);
            }
            _ => {}
        }
        table_end = matches!(event, Event::End(TagEnd::Table)).then_some(range.end);
    }
}

fn is_tight_text(steps: &[Step<'_>], index: usize) -> bool {
    matches!(index.checked_sub(1).map(|before| &steps[before].0), Some(Event::Start(Tag::Item)))
}

/// The lines of a block, without what the containers around it put before them.
fn lines(source: &str, range: &Range<usize>) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut at = range.start;
    for line in source[range.clone()].split_inclusive('\n') {
        let text = line.trim_end();
        let marks = if lines.is_empty() { 0 } else { text.len() - text.trim_start_matches([' ', '\t', '>']).len() };
        lines.push(at + marks..at + text.len());
        at += line.len();
    }
    lines
}

/// Makes a table of the lines from the first header on.
fn in_paragraph(source: &str, lines: &[Range<usize>], edits: &mut Edits) {
    let found = lines.windows(2).position(|pair| {
        let [header, delimiter] = pair else { return false };
        let columns = columns(&source[delimiter.clone()]);
        let header = &source[header.clone()];
        columns.is_some_and(|columns| !header.is_empty() && cells(header) <= columns)
    });
    let Some((header, delimiter)) = found.map(|at| (&lines[at], &lines[at + 1])) else { return };
    let text = &source[header.clone()];
    if !text.starts_with('|') {
        edits.insert(header.start, "|");
    }
    let missing = columns(&source[delimiter.clone()]).unwrap_or_default() - cells(text);
    if missing > 0 {
        let end = if text.len() > 1 && text.ends_with('|') && !text.ends_with("\\|") { "" } else { "|" };
        edits.insert(header.end, format!("{end}{}", " |".repeat(missing)));
    }
    for (at, _) in source[delimiter.clone()].match_indices('\t') {
        edits.replace(delimiter.start + at..delimiter.start + at + 1, " ");
    }
    lone_pipes(source, lines, edits);
}

/// A row that is a lone pipe has a cell.
fn lone_pipes(source: &str, lines: &[Range<usize>], edits: &mut Edits) {
    for line in lines.iter().filter(|line| &source[(*line).clone()] == "|") {
        edits.replace(line.clone(), "| |");
    }
}

/// Takes from a table its delimiter row when that is none.
fn no_table(source: &str, lines: &[Range<usize>], edits: &mut Edits) {
    if let [_, delimiter, ..] = lines
        && columns(&source[delimiter.clone()]).is_none()
    {
        edits.insert(delimiter.start, "\\");
    }
}

/// How many columns a delimiter row has.
fn columns(line: &str) -> Option<usize> {
    let line = line.trim();
    if !line.contains('|') || !line.bytes().all(|byte| matches!(byte, b'|' | b'-' | b':' | b' ' | b'\t')) {
        return None;
    }
    let line = line.strip_prefix('|').unwrap_or(line);
    let line = line.strip_suffix('|').unwrap_or(line);
    let is_column = |cell: &str| {
        let cell = cell.trim_matches([' ', '\t']);
        let cell = cell.strip_prefix(':').unwrap_or(cell);
        let cell = cell.strip_suffix(':').unwrap_or(cell);
        !cell.is_empty() && cell.bytes().all(|byte| byte == b'-')
    };
    line.split('|').all(is_column).then(|| line.split('|').count())
}

/// How many cells a row has.
fn cells(line: &str) -> usize {
    let mut is_escaped = false;
    let mut pipes = 0;
    let mut is_last = false;
    for c in line.chars() {
        is_last = c == '|' && !is_escaped;
        pipes += usize::from(is_last);
        is_escaped = c == '\\' && !is_escaped;
    }
    (pipes + 1).saturating_sub(usize::from(line.starts_with('|')) + usize::from(is_last && line.len() > 1)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_counted() {
        for (line, count) in
            [("|a|b|", 2), ("a|b", 2), ("|a", 1), ("a\\|b|c", 2), ("| a | b \\|", 2), ("|", 1), ("a", 1)]
        {
            assert_eq!(cells(line), count, "{line}");
        }
        for (line, count) in [("|---|:-:|", Some(2)), ("--|--", Some(2)), ("|-|", Some(1)), ("|\t---\t|-|", Some(2))] {
            assert_eq!(columns(line), count, "{line}");
        }
        for line in ["---", "|- -|-|", "||", "|-|a|", "|", "|--:-|"] {
            assert_eq!(columns(line), None, "{line}");
        }
    }
}
