//! Marks inside of bare addresses: in `https://example.com/_a_/b` and ``https://example.com/`a` `` Hugo finds the
//! address first, so that its underscores and backticks are no marks.

use super::Step;
use super::strike::is_in_address;
use pulldown_cmark::{CowStr, Event, Tag, TagEnd};

/// Turns such marks back into the text that they are.
pub fn dissolve<'a>(source: &'a str, steps: Vec<Step<'a>>) -> Vec<Step<'a>> {
    let is_marked = |(event, range): &Step<'_>| {
        matches!(event, Event::Start(Tag::Emphasis | Tag::Strong)) && source[range.start..].starts_with('_')
    };
    if !steps.iter().any(is_marked) || !source.contains("://") && !source.contains("www.") {
        return steps;
    }
    let mut out = Vec::with_capacity(steps.len());
    let mut open: Vec<bool> = Vec::new();
    let mut links = 0usize;
    for (event, range) in steps {
        let length = match &event {
            Event::Start(Tag::Strong) | Event::End(TagEnd::Strong) => 2,
            _ => 1,
        };
        match &event {
            Event::Start(tag) => {
                links += usize::from(matches!(tag, Tag::Link { .. } | Tag::Image { .. }));
                let is_text = links == 0
                    && matches!(tag, Tag::Emphasis | Tag::Strong)
                    && source[range.start..].starts_with('_')
                    && is_in_address(source, range.start);
                open.push(is_text);
                if is_text {
                    let mark = range.start..range.start + length;
                    out.push((Event::Text(CowStr::from(&source[mark.clone()])), mark));
                    continue;
                }
            }
            Event::End(tag) => {
                links -= usize::from(links > 0 && matches!(tag, TagEnd::Link | TagEnd::Image));
                if open.pop().unwrap_or_default() {
                    let mark = range.end - length..range.end;
                    out.push((Event::Text(CowStr::from(&source[mark.clone()])), mark));
                    continue;
                }
            }
            Event::Code(code)
                if links == 0 && !code.contains(char::is_whitespace) && is_in_address(source, range.start) =>
            {
                out.push((Event::Text(CowStr::from(&source[range.clone()])), range));
                continue;
            }
            _ => {}
        }
        out.push((event, range));
    }
    out
}
