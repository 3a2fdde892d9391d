//! The targets of links and images in a guide's Markdown version, written as they are on its page: a target that the
//! guide writes from its own folder leads elsewhere from the page's address.

use super::Step;
use crate::page::html::{self, Piece};
use crate::page::slot::is_address_attribute;
use crate::page::srcset;
use pulldown_cmark::{Event, LinkType, Parser, RefDefs, Tag};
use std::borrow::Cow;
use std::ops::Range;

/// A target as it stands in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target<'t> {
    /// Of a link or an image of Markdown.
    Markdown(&'t str),
    /// Of an attribute in raw HTML.
    Html(&'t str),
}

/// Where the targets of a text stand.
#[derive(Debug, Default)]
pub struct Places {
    /// Links and images, with their targets.
    links: Vec<(Range<usize>, String)>,
    /// Definitions of links, with their targets.
    definitions: Vec<(Range<usize>, String)>,
    html: Vec<Range<usize>>,
}

impl Places {
    /// Those of a text that is parsed as `steps`, with these definitions.
    pub(super) fn new(steps: &[Step<'_>], definitions: &RefDefs<'_>) -> Self {
        let mut places = Self::default();
        for (event, range) in steps {
            match event {
                Event::Start(
                    Tag::Link { link_type: LinkType::Inline, dest_url, .. }
                    | Tag::Image { link_type: LinkType::Inline, dest_url, .. },
                ) => places.links.push((range.clone(), dest_url.to_string())),
                Event::Start(Tag::HtmlBlock) | Event::InlineHtml(_) => places.html.push(range.clone()),
                _ => {}
            }
        }
        for (_, definition) in definitions.iter() {
            places.definitions.push((definition.span.clone(), definition.dest.to_string()));
        }
        places
    }

    /// Those of `text`, which is Markdown.
    fn of(text: &str) -> Self {
        if !text.contains("](") && !text.contains("]:") && !text.contains('<') {
            return Self::default();
        }
        let mut events = Parser::new_ext(text, super::options()).into_offset_iter();
        let steps: Vec<Step<'_>> = events.by_ref().collect();
        Self::new(&steps, events.reference_definitions())
    }
}

/// `text`, which is Markdown, with each target as `written` has it.
#[must_use]
pub fn with_targets<'t>(text: &'t str, written: &dyn Fn(Target<'_>) -> String) -> Cow<'t, str> {
    replaced(text, &edits(text, written))
}

/// What `written` makes other of `text`, which is Markdown: stretches, and what stands in their place, in order. What is
/// the same at the end of a target is in none.
#[must_use]
pub fn edits(text: &str, written: &dyn Fn(Target<'_>) -> String) -> Vec<(Range<usize>, String)> {
    edits_at(text, &Places::of(text), written)
}

/// [`with_targets`] for a text whose targets are at `places`.
#[must_use]
pub fn with_targets_at<'t>(text: &'t str, places: &Places, written: &dyn Fn(Target<'_>) -> String) -> Cow<'t, str> {
    replaced(text, &edits_at(text, places, written))
}

fn edits_at(text: &str, places: &Places, written: &dyn Fn(Target<'_>) -> String) -> Vec<(Range<usize>, String)> {
    let mut found: Vec<(Range<usize>, String)> = Vec::new();
    let mut note = |whole: &Range<usize>, text_end: fn(&str) -> Option<usize>, target: &str| {
        let now = written(Target::Markdown(target));
        if now != target
            && let Some(at) = text.get(whole.clone()).and_then(|source| place(source, text_end(source), target))
        {
            found.push(edit(whole.start + at, target, readable(&now)));
        }
    };
    for (range, target) in &places.links {
        note(range, |source| source.rfind("]("), target);
    }
    for (range, target) in &places.definitions {
        note(range, |source| source.find("]:"), target);
    }
    for range in &places.html {
        of_html(text.get(range.clone()).unwrap_or_default(), range.start, written, &mut found);
    }
    found.sort_by_key(|(range, _)| range.start);
    found
}

/// The same for raw HTML, which stands at `start`.
fn of_html(
    fragment: &str,
    start: usize,
    written: &dyn Fn(Target<'_>) -> String,
    found: &mut Vec<(Range<usize>, String)>,
) {
    let mut at = start;
    for piece in html::pieces(fragment) {
        let (Piece::Text(source) | Piece::Raw(source) | Piece::Tag(html::Tag { source, .. })) = piece;
        if let Piece::Tag(tag) = piece {
            for attribute in tag.attributes() {
                let mut note = |start: usize, target: &str| {
                    let now = written(Target::Html(target));
                    if now != target {
                        found.push(edit(at + attribute.value_start + start, target, now));
                    }
                };
                if is_address_attribute(attribute.name) {
                    note(0, attribute.value);
                } else if srcset::is_srcset(attribute.name) {
                    srcset::candidates(attribute.value).for_each(|image| note(image.range.start, image.address));
                }
            }
        }
        at += source.len();
    }
}

/// That `target`, which stands at `at`, becomes `now`.
fn edit(at: usize, target: &str, mut now: String) -> (Range<usize>, String) {
    let same = target.chars().rev().zip(now.chars().rev()).take_while(|(a, b)| a == b);
    let same: usize = same.map(|(c, _)| c.len_utf8()).sum();
    now.truncate(now.len() - same);
    (at..at + target.len() - same, now)
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

fn replaced<'t>(text: &'t str, edits: &[(Range<usize>, String)]) -> Cow<'t, str> {
    if edits.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for (range, now) in edits {
        let Some(before) = text.get(from..range.start) else { continue };
        out.push_str(before);
        out.push_str(now);
        from = range.end;
    }
    out.push_str(text.get(from..).unwrap_or(""));
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        let written = |target: Target<'_>| match target {
            Target::Markdown(target) => target.replace("x.md", "/a/x/"),
            Target::Html(target) => target.replace("x.md", "/b/x/"),
        };
        with_targets(text, &written).into_owned()
    }

    #[test]
    fn targets_are_those_of_the_page() {
        for (text, want) in [
            ("[x.md](x.md) ![x.md](x.md#y 'x.md')", "[x.md](/a/x/) ![x.md](/a/x/#y 'x.md')"),
            ("[a](<x.md> \"t\")", "[a](</a/x/> \"t\")"),
            ("[a][b]\n\n[b]: x.md \"](x.md\"\n", "[a][b]\n\n[b]: /a/x/ \"](x.md\"\n"),
            ("[![i](x.md)](x.md)", "[![i](/a/x/)](/a/x/)"),
            ("- [a](\n  x.md)", "- [a](\n  /a/x/)"),
            (
                "a <a href='x.md#b' title=x.md>b</a> <!-- <a href=x.md> -->",
                "a <a href='/b/x/#b' title=x.md>b</a> <!-- <a href=x.md> -->",
            ),
            ("> <div>\n> <img src=x.md>\n> </div>\n", "> <div>\n> <img src=/b/x/>\n> </div>\n"),
        ] {
            assert_eq!(written(text), want, "{text}");
        }
        for same in
            ["`[a](x.md)`", "    [a](x.md)\n", "x.md [a](y) [a](x\\.md)", "```\n[a](x.md) <a href=x.md>\n```\n", ""]
        {
            assert_eq!(written(same), same);
        }
        assert_eq!(with_targets("[a](b)", &|_: Target<'_>| "c(d)".to_owned()), "[a](c%28d%29)");
    }
}
