//! HTML that we wrote ourselves: every element is closed, in order, and nothing in it runs.

use guidegen::page::html::{Piece, Tag, pieces};
use guidegen::page::slot;

/// Elements that have no end.
const VOID: [&str; 13] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];

/// No character is left that stands for something else.
pub fn assert_filled(text: &str) {
    assert!(!slot::may_hold_reserved(text) || !text.chars().any(slot::is_reserved), "a slot is left in {text}");
}

/// Every element that is opened is closed, those inside first; no tag has two attributes of one name.
pub fn assert_balanced(html: &str) {
    let mut open: Vec<String> = Vec::new();
    for piece in pieces(html) {
        let Piece::Tag(tag) = piece else { continue };
        let name = tag.name.to_ascii_lowercase();
        let is_foreign = open.iter().any(|outer| outer == "math" || outer == "svg") || name == "svg";
        if tag.closing {
            assert_eq!(open.pop().as_deref(), Some(name.as_str()), "{} closes another element in {html}", tag.source);
            assert!(tag.attributes().next().is_none(), "{} has attributes in {html}", tag.source);
            continue;
        }
        let mut names: Vec<String> = tag.attributes().map(|attribute| attribute.name.to_ascii_lowercase()).collect();
        names.sort();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{} has an attribute twice", tag.source);
        let is_closed_at_once = is_foreign && tag.source.ends_with("/>");
        if !VOID.contains(&name.as_str()) && !is_closed_at_once {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?} is not closed in {html}");
}

/// Nothing runs and nothing is styled from inside of the text, as the Content-Security-Policy of every page has it.
pub fn assert_inert(html: &str) {
    for piece in pieces(html) {
        let Piece::Tag(tag) = piece else { continue };
        assert!(!is_active(&tag), "{} in {html}", tag.source);
        for attribute in tag.attributes() {
            let name = attribute.name.to_ascii_lowercase();
            assert!(!name.starts_with("on") && name != "style", "{} in {html}", tag.source);
            let value: String = attribute.value.chars().filter(|c| !c.is_ascii_control()).collect();
            let is_address = ["href", "src", "action", "formaction", "data"].contains(&name.as_str());
            let runs = value.trim_start().to_ascii_lowercase().starts_with("javascript:");
            assert!(!(is_address && runs), "{} in {html}", tag.source);
        }
    }
}

fn is_active(tag: &Tag<'_>) -> bool {
    ["script", "style", "iframe", "object", "embed", "base", "meta", "link"]
        .iter()
        .any(|name| tag.name.eq_ignore_ascii_case(name))
}
