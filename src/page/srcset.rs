//! `srcset`: several addresses in one attribute, each with what it is for behind it (`small.png 480w, large.png 960w`).
//! It is read as the HTML standard parses it.

use super::html;
use super::slot::BASED;
use crate::base::address;
use std::borrow::Cow;
use std::ops::Range;

/// One image of several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate<'a> {
    /// The address as it is written.
    pub address: &'a str,
    /// Where that stands in the attribute's value.
    pub range: Range<usize>,
    /// What stands behind it: `2x`, `480w`, or nothing.
    pub descriptor: &'a str,
}

/// Whether an attribute of this name holds such a list.
#[must_use]
pub const fn is_srcset(name: &str) -> bool {
    name.eq_ignore_ascii_case("srcset") || name.eq_ignore_ascii_case("imagesrcset")
}

/// The images that `value` names, in order.
pub fn candidates(value: &str) -> impl Iterator<Item = Candidate<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = value.get(at..)?;
        let start = at + rest.find(|c: char| !c.is_ascii_whitespace() && c != ',')?;
        let rest = &value[start..];
        let word = &rest[..rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len())];
        let address = word.trim_end_matches(',');
        let range = start..start + address.len();
        at = start + word.len();
        let mut descriptor = "";
        if address.len() == word.len() {
            let end = at + end_of_descriptor(&value[at..]);
            descriptor = value[at..end].trim_ascii();
            at = end;
        }
        Some(Candidate { address, range, descriptor })
    })
}

/// The comma that ends a descriptor; one in parentheses does not.
fn end_of_descriptor(text: &str) -> usize {
    let mut depth = 0usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => return at,
            _ => {}
        }
    }
    text.len()
}

/// `value` with each address as `change` has it.
#[must_use]
pub fn changed<'a>(value: &'a str, mut change: impl FnMut(&'a str) -> Cow<'a, str>) -> String {
    let mut out = String::with_capacity(value.len() + 32);
    let mut copied = 0;
    for Candidate { address, range, .. } in candidates(value) {
        out.push_str(&value[copied..range.start]);
        out.push_str(&change(address));
        copied = range.end;
    }
    out.push_str(&value[copied..]);
    out
}

/// `value` with the base path before each root-relative address, unless that has it already.
#[must_use]
pub fn based(value: &str, base_path: &str) -> String {
    changed(value, |target| match target.strip_prefix(BASED) {
        Some(target) => Cow::Borrowed(target),
        None => address::with_base(base_path, target),
    })
}

/// The address of the image whose size the others share, as text: the widest of those that say how wide they are, else
/// the first, which is the one for an ordinary screen.
#[must_use]
pub fn measure(value: &str) -> Option<String> {
    let width = |candidate: &Candidate<'_>| candidate.descriptor.strip_suffix('w')?.parse::<u32>().ok();
    let widest = candidates(value).filter_map(|candidate| Some((width(&candidate)?, candidate)));
    // The first of several that are as wide.
    let widest = widest.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, widest)| widest);
    let candidate = widest.or_else(|| candidates(value).next())?;
    let mut address = String::with_capacity(candidate.address.len());
    html::unescape_into(&mut address, candidate.address);
    Some(address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(value: &str) -> Vec<(&str, &str)> {
        candidates(value).map(|candidate| (candidate.address, candidate.descriptor)).collect()
    }

    #[test]
    fn addresses_and_descriptors_are_told_apart() {
        for (value, wanted) in [
            ("a.png", vec![("a.png", "")]),
            ("a.png, b.png 2x", vec![("a.png", ""), ("b.png", "2x")]),
            (" ,a.png 480w,b.png  960w , ", vec![("a.png", "480w"), ("b.png", "960w")]),
            ("a,b.png 1x", vec![("a,b.png", "1x")]),
            ("a.png,b.png", vec![("a.png,b.png", "")]),
            ("a.png f(1,2) 3x, b", vec![("a.png", "f(1,2) 3x"), ("b", "")]),
            ("", vec![]),
        ] {
            assert_eq!(read(value), wanted, "{value}");
        }
    }

    #[test]
    fn each_address_gets_the_base_path_once() {
        let value = format!("/a.png 1x, {BASED}/docs/b.png 2x, c.png 3x, https://x.test/d.png 4x, //x.test/e.png");
        assert_eq!(
            based(&value, "/docs"),
            "/docs/a.png 1x, /docs/b.png 2x, c.png 3x, https://x.test/d.png 4x, //x.test/e.png"
        );
    }

    #[test]
    fn the_measure_is_the_widest_or_the_first() {
        assert_eq!(measure("a 480w, b 960w, c 720w").as_deref(), Some("b"));
        assert_eq!(measure("a&amp;b, c 2x").as_deref(), Some("a&b"));
        assert_eq!(measure(" , "), None);
    }

    proptest! {
        #[test]
        fn nothing_is_lost(value in "[a-z/,() \\t.0-9xwß]{0,60}") {
            prop_assert_eq!(changed(&value, Cow::Borrowed), value);
        }
    }
}
