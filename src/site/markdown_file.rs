//! A guide as Markdown, shortcodes and variables resolved: the file beside its page, and where the reader's values stand
//! in it.

use super::artifact::{Artifact, Kind};
use super::entry::Page;
use super::whole::Site;
use crate::base::address;
use crate::input::config::LinkStyle;
use crate::page::markdown::{self, Target};
use crate::page::rendered::{MarkdownUse, Rendered};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::ops::Range;

/// The file.
#[must_use]
pub fn artifact(site: &Site, page: &Page, rendered: &Rendered) -> Artifact {
    let body = Body::of(site, page, rendered);
    let description = page.description.as_deref().map_or(0, str::len);
    let mut text = String::with_capacity(page.title.len() + description + body.text.len() + 8);
    text.push_str("# ");
    text.push_str(&page.title.split_whitespace().collect::<Vec<_>>().join(" "));
    text.push('\n');
    for part in page.description.iter().map(|description| description.trim()).chain([body.text.trim()]) {
        if !part.is_empty() {
            text.push('\n');
            text.push_str(part);
            text.push('\n');
        }
    }
    Artifact::new(page.markdown(), Kind::File, text)
}

/// What templates see of it: its address, and where the reader's values go in it: how far from its end (in the units of
/// JavaScript's strings), how long the fallback is, the name, the format, the quotes around it.
#[must_use]
pub fn for_templates(site: &Site, page: &Page, rendered: &Rendered) -> Value {
    let body = Body::of(site, page, rendered);
    let text = body.text.trim_end();
    let units = |text: &str| if text.is_ascii() { text.len() } else { text.encode_utf16().count() };
    let mut uses = Vec::new();
    // From the last to the first, so that every stretch is counted once. The file ends in a line feed.
    let (mut end, mut behind) = (text.len(), 1);
    for used in body.uses.iter().rev() {
        let (Some(tail), Some(fallback)) = (text.get(used.range.start..end), text.get(used.range.clone())) else {
            continue;
        };
        behind += units(tail);
        end = used.range.start;
        let mut place = vec![json!(behind), units(fallback).into(), used.name.as_str().into()];
        if used.format.is_some() || used.context.is_some() {
            place.push(used.format.as_deref().into());
        }
        place.extend(used.context.map(|context| context.as_str().into()));
        uses.push(Value::Array(place));
    }
    uses.reverse();
    json!({ "url": format!("{}/{}", site.base_path(), address::encode(&page.markdown())), "uses": uses })
}

/// The guide's Markdown where it does not stand beside its page: its links lead from the root of the host.
#[must_use]
pub fn from_root<'r>(site: &Site, rendered: &'r Rendered) -> Cow<'r, str> {
    if site.config.links == LinkStyle::Root || site.config.base_path().is_empty() {
        return Cow::Borrowed(&rendered.markdown);
    }
    markdown::with_targets(&rendered.markdown, &|target| {
        let (Target::Markdown(target) | Target::Html(target)) = target;
        address::with_base(site.config.base_path(), target).into_owned()
    })
}

/// The guide's Markdown as its file has it, without what stands above.
struct Body<'r> {
    text: Cow<'r, str>,
    uses: Cow<'r, [MarkdownUse]>,
}

impl<'r> Body<'r> {
    fn of(site: &Site, page: &Page, rendered: &'r Rendered) -> Self {
        let as_it_is = Self { text: (&*rendered.markdown).into(), uses: (&*rendered.markdown_uses).into() };
        if site.config.links == LinkStyle::Root {
            return as_it_is;
        }
        let edits = markdown::edits(&rendered.markdown, &|target| {
            let (Target::Markdown(target) | Target::Html(target)) = target;
            address::relative(&page.address, target)
        });
        if edits.is_empty() {
            return as_it_is;
        }
        let (text, uses) = edited(&rendered.markdown, &rendered.markdown_uses, &edits);
        Self { text: text.into(), uses: uses.into() }
    }
}

/// The text with its edits made, and where values stand in it then. What stands in an address that is written otherwise
/// is a fallback for good.
fn edited(text: &str, uses: &[MarkdownUse], edits: &[(Range<usize>, String)]) -> (String, Vec<MarkdownUse>) {
    let mut out = String::with_capacity(text.len());
    let mut moved = Vec::with_capacity(uses.len());
    let mut uses = uses.iter().peekable();
    let mut from = 0;
    let end = (text.len()..text.len(), String::new());
    for (range, now) in edits.iter().chain([&end]) {
        let Some(kept) = text.get(from..range.start) else { continue };
        while let Some(used) = uses.next_if(|used| used.range.start < range.end) {
            if used.range.start >= from && used.range.end <= range.start {
                let start = used.range.start - from + out.len();
                moved.push(MarkdownUse { range: start..start + used.range.len(), ..used.clone() });
            }
        }
        out.push_str(kept);
        out.push_str(now);
        from = range.end;
    }
    (out, moved)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_where_addresses_are_written_otherwise() {
        let text = "one [one](/a/?one) [x](/one/) one";
        let used = |(start, word): (usize, &str)| MarkdownUse {
            range: start..start + word.len(),
            name: "v".to_owned(),
            format: None,
            context: None,
        };
        let uses: Vec<MarkdownUse> = text.match_indices("one").map(used).collect();
        let edits = markdown::edits(text, &|target| {
            let (Target::Markdown(target) | Target::Html(target)) = target;
            format!("..{}", target.replace("/one", "/two"))
        });
        let (text, uses) = edited(text, &uses, &edits);
        assert_eq!(text, "one [one](../a/?one) [x](../two/) one");
        let places: Vec<usize> = uses.iter().map(|used| used.range.start).collect();
        assert_eq!(places, [0, 5, 16, 34]);
        assert!(uses.iter().all(|used| &text[used.range.clone()] == "one"));
    }
}
