//! The sizes of images in a page: an `<img>` of a file of the site gets that file's width and height, so that browsers
//! keep its place free and nothing moves when it comes. So does a `<source>` of a `<picture>`; of several files in a `srcset`
//! the widest counts.
//!
//! What an author wrote stays: both sides, one of them (the other follows from it), or a size in a `style`.

use super::html::{self, Piece, Tag};
use super::srcset;
use super::world::{PageId, World};
use crate::input::image::ImageSize;
use std::fmt::Write as _;

/// `html`, which is complete, with the sizes of images that have none.
#[must_use]
pub fn sized(world: &dyn World, page: PageId, html: String) -> String {
    // Most pages have no image, and are not read once more.
    if !["<img", "<IMG", "<source"]
        .iter()
        .any(|start| memchr::memmem::find(html.as_bytes(), start.as_bytes()).is_some())
    {
        return html;
    }
    let mut out = String::with_capacity(html.len() + 256);
    for piece in html::pieces(&html) {
        let (Piece::Text(source) | Piece::Raw(source) | Piece::Tag(Tag { source, .. })) = piece;
        let image = match piece {
            Piece::Tag(tag) if !tag.closing && ["img", "source"].iter().any(|n| tag.name.eq_ignore_ascii_case(n)) => {
                Image::read(&tag)
            }
            _ => None,
        };
        let missing = image.and_then(|image| image.missing(world, page));
        let (before, behind) = source.split_at(missing.as_ref().map_or(0, |(at, _)| *at));
        out.push_str(before);
        out.extend(missing.map(|(_, attributes)| attributes));
        out.push_str(behind);
    }
    out
}

/// An image that lacks a part of its size.
struct Image<'a> {
    /// The address of the file whose size counts.
    address: String,
    /// Where the attribute with it ends.
    end: usize,
    width: Option<&'a str>,
    height: Option<&'a str>,
}

impl<'a> Image<'a> {
    /// What a tag says; none when its size is the author's, or follows a reader's value.
    fn read(tag: &Tag<'a>) -> Option<Self> {
        let (mut src, mut list, mut width, mut height) = (None, None, None, None);
        // The `src` of a source is a film or a sound.
        let has_src = tag.name.eq_ignore_ascii_case("img");
        for attribute in tag.attributes() {
            let is = |name: &str| attribute.name.eq_ignore_ascii_case(name);
            if is("src") && has_src {
                src = src.or(Some(attribute));
            } else if is("srcset") {
                list = list.or(Some(attribute));
            } else if is("width") {
                width = width.or(Some(attribute.value));
            } else if is("height") {
                height = height.or(Some(attribute.value));
            } else if is("data-sitevar-src")
                || is("data-sitevar-srcset")
                || is("style") && ["width", "height"].iter().any(|side| attribute.value.contains(side))
            {
                return None;
            }
        }
        if width.is_some() && height.is_some() {
            return None;
        }
        // Beside files that say how wide they are, `src` is what old browsers get; beside others it is one of them.
        let list = list
            .filter(|list| src.is_none() || srcset::candidates(list.value).any(|one| one.descriptor.ends_with('w')));
        let (address, end) = match (list, src) {
            (Some(list), _) => (srcset::measure(list.value)?, list.end),
            (None, src) => {
                let src = src?;
                let mut address = String::with_capacity(src.value.len());
                html::unescape_into(&mut address, src.value);
                (address, src.end)
            }
        };
        Some(Self { address, end, width, height })
    }

    /// The attributes that are missing, and where they go.
    fn missing(&self, world: &dyn World, page: PageId) -> Option<(usize, String)> {
        let ImageSize { width, height } = world.image_size(page, self.address.trim())?;
        let mut attributes = String::new();
        match (self.width, self.height) {
            (Some(given), _) => _ = write!(attributes, " height=\"{}\"", in_proportion(given, width, height)?),
            (None, Some(given)) => _ = write!(attributes, " width=\"{}\"", in_proportion(given, height, width)?),
            (None, None) => _ = write!(attributes, " width=\"{width}\" height=\"{height}\""),
        }
        Some((self.end, attributes))
    }
}

/// The other side of an image, one side of which is `given` in place of `side`; none for a share of what is around.
fn in_proportion(given: &str, side: usize, other: usize) -> Option<usize> {
    let given: usize = given.trim().parse().ok().filter(|given| *given > 0)?;
    Some((given.checked_mul(other)?.checked_add(side / 2)? / side).max(1))
}

#[cfg(test)]
mod tests {
    use super::super::testing::TestWorld;
    use proptest::prelude::*;

    fn sized(html: &str) -> String {
        super::sized(&TestWorld::default(), 0, html.to_owned())
    }

    #[test]
    fn what_is_missing_is_put_in_behind_the_address() {
        for (html, wanted) in [
            ("<img src=\"/a.png\" alt=\"\">", "<img src=\"/a.png\" width=\"60\" height=\"40\" alt=\"\">"),
            ("<IMG alt=x SRC='/a.png'/>", "<IMG alt=x SRC='/a.png' width=\"60\" height=\"40\"/>"),
            ("<img src=/a.png>", "<img src=/a.png width=\"60\" height=\"40\">"),
            ("<img src=\" /a&#46;png \">", "<img src=\" /a&#46;png \" width=\"60\" height=\"40\">"),
            ("<img width=30 src=/a.png>", "<img width=30 src=/a.png height=\"20\">"),
            ("<img src=/a.png height=\"1\">", "<img src=/a.png width=\"2\" height=\"1\">"),
            (
                "<picture><source srcset=\"/b.png 480w, /a.png 960w\" type=x><img src=/a.png></picture>",
                "<picture><source srcset=\"/b.png 480w, /a.png 960w\" width=\"60\" height=\"40\" type=x><img src=/a.png width=\"60\" height=\"40\"></picture>",
            ),
            (
                "<img src=/b.png srcset='/b.png 480w, /a.png 960w'>",
                "<img src=/b.png srcset='/b.png 480w, /a.png 960w' width=\"60\" height=\"40\">",
            ),
            ("<img src=/a.png srcset='/b.png 2x'>", "<img src=/a.png width=\"60\" height=\"40\" srcset='/b.png 2x'>"),
            ("<p>a < b</p><img src=/a.png><img>", "<p>a < b</p><img src=/a.png width=\"60\" height=\"40\"><img>"),
        ] {
            assert_eq!(sized(html), wanted);
        }
    }

    #[test]
    fn what_an_author_wrote_stays() {
        for html in [
            "<img src=\"/a.png\" width=\"1\" height=\"\">",
            "<img src=\"/a.png\" width=\"50%\">",
            "<img src=\"/a.png\" width=\"0\">",
            "<img src=\"/a.png\" width=\"99999999999999999999\">",
            "<img src=\"/a.png\" style=\"max-width: 10em\">",
            "<img src=\"/a.png\" data-sitevar-src=\"/{x}.png\">",
            "<img src=\"https://other.test/a.png\"><img src>",
            "<video><source src=\"/a.png\"></video><source srcset=\"\"><source srcset=/b.png width=1>",
            "<img src=/a.png srcset=\"/{x}.png 9w\" data-sitevar-srcset=\"/{x}.png 9w\">",
            "<script>'<img src=\"/a.png\">'</script><!-- <img src=\"/a.png\"> --><imgx src=\"/a.png\">",
        ] {
            assert_eq!(sized(html), html);
        }
    }

    proptest! {
        #[test]
        fn nothing_else_changes(html in "(<img |src=/a.png|width=[0-9]{0,3}|[ <>\"'/=x]|style=x){0,30}") {
            let again = sized(&html).replace(" width=\"60\" height=\"40\"", "");
            // One side may follow from the other.
            let bare = regex::Regex::new(" (width|height)=\"[0-9]+\"").unwrap();
            prop_assert_eq!(bare.replace_all(&again, ""), bare.replace_all(&html, ""));
        }
    }
}
