//! Definition lists as Hugo reads them: what their marker looks like, terms a line, tight and loose a definition.

use super::Step;
use super::edit::Edits;
use pulldown_cmark::{Event, Tag, TagEnd};

/// Makes text of what is no definition: a `:` needs white space behind it and, outside of other blocks, no
/// indentation. `Note\n:warning: hot` would be a definition else.
pub fn escape_others(source: &str, steps: &[Step<'_>], edits: &mut Edits) {
    let mut depth = 0usize;
    for (event, range) in steps {
        match event {
            Event::Start(tag) => {
                if *tag == Tag::DefinitionListDefinition
                    && let Some(colon) = source[range.start..].find(':').map(|at| range.start + at)
                {
                    let line = source[..colon].rfind('\n').map_or(0, |newline| newline + 1);
                    let is_indented = depth == 1 && colon > line && source[line..colon].trim().is_empty();
                    let is_marker = source[colon + 1..].starts_with([' ', '\t', '\n', '\r']);
                    if is_indented || !is_marker {
                        edits.insert(colon, "\\");
                    }
                }
                depth += 1;
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
}

/// Gives every line of terms its own term, and takes the paragraph of a definition away when no blank line is before
/// its `:`.
pub fn shape<'a>(source: &str, steps: Vec<Step<'a>>) -> Vec<Step<'a>> {
    if !steps.iter().any(|(event, _)| matches!(event, Event::Start(Tag::DefinitionList))) {
        return steps;
    }
    let mut out: Vec<Step<'a>> = Vec::with_capacity(steps.len());
    let mut open: Vec<Tag<'a>> = Vec::new();
    // The depth of a paragraph that is taken away.
    let mut tight: Option<usize> = None;
    for (event, range) in steps {
        match &event {
            Event::Start(tag) => {
                let is_first = matches!(out.last(), Some((Event::Start(Tag::DefinitionListDefinition), at)) if is_tight(source, at.start));
                open.push(tag.clone());
                if *tag == Tag::Paragraph && is_first {
                    tight = Some(open.len());
                    continue;
                }
            }
            Event::End(tag) => {
                let depth = open.len();
                open.pop();
                if *tag == TagEnd::Paragraph && tight == Some(depth) {
                    tight = None;
                    continue;
                }
            }
            Event::SoftBreak | Event::HardBreak if matches!(open.last(), Some(Tag::DefinitionListTitle)) => {
                out.push((Event::End(TagEnd::DefinitionListTitle), range.clone()));
                out.push((Event::Start(Tag::DefinitionListTitle), range));
                continue;
            }
            _ => {}
        }
        out.push((event, range));
    }
    out
}

/// Whether no blank line is before the definition that starts at `at`.
fn is_tight(source: &str, at: usize) -> bool {
    let line = source[..at].rfind('\n').unwrap_or(0);
    let before = source[..line].rsplit('\n').next().unwrap_or_default();
    !before.trim_matches([' ', '\t', '\r', '>']).is_empty()
}
