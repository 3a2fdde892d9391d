//! The images of a site, by the paths that they are published at, and their sizes.

use super::assets;
use super::entry::Resource;
use super::index::SiteIndex;
use crate::input::files::{Content, File};
use crate::input::image::{self, ImageSize};
use crate::page::svg;
use std::collections::HashMap;

/// The images of a site.
pub struct Images {
    files: HashMap<String, Content>,
}

impl Images {
    /// Those among the published files of `content/` and in `statics`, which is the site's `static/`.
    #[must_use]
    pub fn new(index: &SiteIndex, statics: &[File]) -> Self {
        let resources = index.resources.iter().map(|Resource { address, content, .. }| (address.output(), content));
        // Where two have one path, this one is published.
        let statics = statics.iter().filter(|file| index.refused.binary_search(&file.path).is_err());
        let all = resources.chain(statics.map(|file| (file.path.clone(), &file.content)));
        let images = all.filter(|(path, _)| image::is_image(path));
        Self { files: images.map(|(path, content)| (path, content.clone())).collect() }
    }

    /// The size of the image that is published at `output`, or at a name with the digest of its content.
    #[must_use]
    pub fn size(&self, output: &str) -> Option<ImageSize> {
        if let Some(content) = self.files.get(output) {
            return size_of(output, content);
        }
        let path = assets::plain_name(output)?;
        size_of(&path, self.files.get(&path)?)
    }
}

/// The size of one image; none of what is no image, or a damaged one.
#[must_use]
pub fn size_of(path: &str, content: &Content) -> Option<ImageSize> {
    match content {
        Content::OnDisk { image, .. } => *image,
        _ if !image::is_image(path) => None,
        content if image::is_svg(path) => svg::size(content.whole()?),
        content => image::raster(content.whole()?),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::Site;
    use super::*;

    fn file(path: &str, size: usize) -> File {
        let svg = format!("<svg width='{size}' height='1'/>");
        File { path: path.to_owned(), content: Content::Bytes(svg.into_bytes().into()) }
    }

    #[test]
    fn images_are_found_where_they_are_published() {
        let index = Site::new().guides(&["_index.md", "a/index.md"]).files(&["a/x.svg"]).index();
        let large = Content::OnDisk { path: "x.png".into(), len: 1, image: ImageSize::new(5, 6) };
        let statics = [file("a/b.svg", 3), file("plain.svg", 4), File { path: "x.png".into(), content: large }];
        let images = Images::new(&index, &statics);
        let width = |path: &str| images.size(path).map(|size| size.width);
        assert_eq!(width("a/b.svg"), Some(3));
        assert_eq!(width("x.png"), Some(5), "its size was read before");
        assert_eq!(width(&assets::hashed_name("a/b.svg", b"x")), Some(3));
        assert_eq!(width(&assets::hashed_name("plain.svg", b"x")), Some(4));
        assert_eq!((width("a/x.svg"), width("none.svg"), width("assets/none.svg")), (None, None, None));
    }
}
