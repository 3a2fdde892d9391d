//! The targets of links and images in a guide's Markdown version, written as they are on its page: a target that the
//! guide writes from its own folder leads elsewhere from the page's address.

use pulldown_cmark::{Event, LinkType, Parser, Tag};
use std::borrow::Cow;
use std::ops::Range;

/// `text`, which is Markdown, with each target as `written` has it.
#[must_use]
pub fn with_targets<'t>(text: &'t str, written: &dyn Fn(&str) -> String) -> Cow<'t, str> {
    if !text.contains("](") && !text.contains("]:") {
        return Cow::Borrowed(text);
    }
    let mut found: Vec<(Range<usize>, String)> = Vec::new();
    let mut note = |whole: Range<usize>, text_end: fn(&str) -> Option<usize>, target: &str| {
        let now = written(target);
        if now != target
            && let Some(at) = text.get(whole.clone()).and_then(|source| place(source, text_end(source), target))
        {
            found.push((whole.start + at..whole.start + at + target.len(), readable(&now)));
        }
    };
    let mut events = Parser::new_ext(text, super::options()).into_offset_iter();
    for (event, range) in &mut events {
        if let Event::Start(
            Tag::Link { link_type: LinkType::Inline, dest_url, .. }
            | Tag::Image { link_type: LinkType::Inline, dest_url, .. },
        ) = event
        {
            note(range, |source| source.rfind("]("), &dest_url);
        }
    }
    for (_, definition) in events.reference_definitions().iter() {
        note(definition.span.clone(), |source| source.find("]:"), &definition.dest);
    }
    replaced(text, found)
}

/// Where `target` stands in the source of a link or of a definition, whose text ends at `text_end`. None when it is
/// written with escapes, or with a title that looks like a link: those are left alone.
fn place(source: &str, text_end: Option<usize>, target: &str) -> Option<usize> {
    let at = text_end.filter(|_| !target.is_empty())? + "](".len();
    let inner = source.get(at..)?.trim_start();
    let inner = inner.strip_prefix('<').unwrap_or(inner);
    inner.starts_with(target).then(|| source.len() - inner.len())
}

/// An address that no bracket ends early.
fn readable(target: &str) -> String {
    target.replace('(', "%28").replace(')', "%29")
}

fn replaced(text: &str, mut found: Vec<(Range<usize>, String)>) -> Cow<'_, str> {
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    found.sort_by_key(|(range, _)| range.start);
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for (range, now) in found {
        let Some(before) = text.get(from..range.start) else { continue };
        out.push_str(before);
        out.push_str(&now);
        from = range.end;
    }
    out.push_str(text.get(from..).unwrap_or(""));
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        with_targets(text, &|target| target.replace("x.md", "/a/x/")).into_owned()
    }

    #[test]
    fn targets_are_those_of_the_page() {
        for (text, want) in [
            ("[x.md](x.md) ![x.md](x.md#y 'x.md')", "[x.md](/a/x/) ![x.md](/a/x/#y 'x.md')"),
            ("[a](<x.md> \"t\")", "[a](</a/x/> \"t\")"),
            ("[a][b]\n\n[b]: x.md \"](x.md\"\n", "[a][b]\n\n[b]: /a/x/ \"](x.md\"\n"),
            ("[![i](x.md)](x.md)", "[![i](/a/x/)](/a/x/)"),
            ("- [a](\n  x.md)", "- [a](\n  /a/x/)"),
        ] {
            assert_eq!(written(text), want, "{text}");
        }
        for same in ["`[a](x.md)`", "    [a](x.md)\n", "x.md [a](y) [a](x\\.md)", "```\n[a](x.md)\n```\n", ""] {
            assert_eq!(written(same), same);
        }
        assert_eq!(with_targets("[a](b)", &|_| "c(d)".to_owned()), "[a](c%28d%29)");
    }
}
