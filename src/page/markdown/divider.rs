//! The divider `<!--more-->`: Hugo cuts it out wherever it stands, and in the middle of a paragraph it ends that.

use super::Step;
use pulldown_cmark::{Event, Tag, TagEnd};

const DIVIDER: &str = "<!--more-->";

/// Takes dividers out.
pub fn cut<'a>(source: &str, steps: Vec<Step<'a>>) -> Vec<Step<'a>> {
    if !source.contains(DIVIDER) {
        return steps;
    }
    let mut out: Vec<Step<'a>> = Vec::with_capacity(steps.len());
    let mut open: Vec<bool> = Vec::new();
    let mut is_behind = false;
    for (event, range) in steps {
        match &event {
            Event::InlineHtml(html) if &**html == DIVIDER => {
                let is_paragraph = open.last().copied().unwrap_or_default();
                let is_first = matches!(out.last(), Some((Event::Start(_), _)));
                if is_paragraph && !is_first {
                    out.push((Event::End(TagEnd::Paragraph), range.clone()));
                    out.push((Event::Start(Tag::Paragraph), range));
                    is_behind = true;
                }
                continue;
            }
            Event::Html(html) if html.trim() == DIVIDER => continue,
            Event::SoftBreak | Event::HardBreak if is_behind => {
                is_behind = false;
                continue;
            }
            Event::Start(tag) => open.push(matches!(tag, Tag::Paragraph)),
            Event::End(tag) => {
                open.pop();
                // Nothing came behind the divider.
                if is_behind && *tag == TagEnd::Paragraph && matches!(out.last(), Some((Event::Start(_), _))) {
                    out.pop();
                    is_behind = false;
                    continue;
                }
            }
            _ => {}
        }
        is_behind = false;
        out.push((event, range));
    }
    out
}
