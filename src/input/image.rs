//! The size of an image, read from the first bytes of its file; nothing is decoded.
//!
//! Raster formats are a library's. SVG, which is text, is read by [`crate::page::svg`].

/// Which files are images that browsers show, by their endings.
const ENDINGS: [&str; 9] = ["apng", "avif", "gif", "jfif", "jpeg", "jpg", "png", "svg", "webp"];

/// No browser shows an image with a longer side; a file that tells of one is damaged.
const LONGEST: usize = 65_535;

/// Width and height in pixels of CSS; neither is zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImageSize {
    /// From left to right.
    pub width: usize,
    /// From top to bottom.
    pub height: usize,
}

impl ImageSize {
    /// A size that a browser could show an image in.
    #[must_use]
    pub fn new(width: usize, height: usize) -> Option<Self> {
        let is_possible = |side: usize| (1..=LONGEST).contains(&side);
        (is_possible(width) && is_possible(height)).then_some(Self { width, height })
    }
}

/// Whether a file is an image, by its name.
#[must_use]
pub fn is_image(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

/// Whether a file is an SVG image, by its name.
#[must_use]
pub fn is_svg(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("svg"))
}

/// The size of the PNG, JPEG, GIF, WebP or AVIF image that begins with `head`; none when it is another format, damaged,
/// or the size stands behind what is given.
#[must_use]
pub fn raster(head: &[u8]) -> Option<ImageSize> {
    let found = imagesize::blob_size(head).ok()?;
    let (width, height) = if is_turned(head) { (found.height, found.width) } else { (found.width, found.height) };
    ImageSize::new(width, height)
}

/// Whether a JPEG is turned by a quarter before it is shown, as cameras have it who were held upright.
fn is_turned(head: &[u8]) -> bool {
    let Some(mut rest) = head.strip_prefix(b"\xff\xd8") else { return false };
    // Segments: a marker, and a length that counts itself.
    while let [0xff, marker, high, low, ..] = *rest {
        let length = usize::from(u16::from_be_bytes([high, low]));
        let Some(segment) = rest.get(4..2 + length) else { return false };
        if marker == 0xe1
            && let Some(exif) = segment.strip_prefix(b"Exif\0\0")
        {
            return orientation(exif).is_some_and(|turned| (5..=8).contains(&turned));
        }
        rest = rest.get(2 + length..).unwrap_or_default();
    }
    false
}

/// The orientation that Exif tells of, whose parts stand where a TIFF file has them: from 1 to 8.
fn orientation(tiff: &[u8]) -> Option<u16> {
    const ORIENTATION: u16 = 0x0112;
    let is_big = match tiff.get(..4)? {
        b"MM\0*" => true,
        b"II*\0" => false,
        _ => return None,
    };
    let number = |at: usize| {
        let bytes: [u8; 2] = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if is_big { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    };
    let bytes: [u8; 4] = tiff.get(4..8)?.try_into().ok()?;
    let directory = if is_big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) };
    let directory = usize::try_from(directory).ok()?;
    let entries = 0..usize::from(number(directory)?);
    let found = entries.map(|entry| directory + 2 + 12 * entry).find(|at| number(*at) == Some(ORIENTATION))?;
    number(found + 8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The beginnings of images of 60 by 40 pixels.
    fn heads() -> Vec<(&'static str, Vec<u8>)> {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x3c\0\0\0\x28\x08\x02\0\0\0".to_vec();
        let gif = b"GIF89a\x3c\0\x28\0\x80\0\0".to_vec();
        let webp = b"RIFF\x24\0\0\0WEBPVP8 \x18\0\0\0\x30\x01\0\x9d\x01\x2a\x3c\0\x28\0".to_vec();
        let avif = [
            &b"\0\0\0\x14ftypavif\0\0\0\0mif1"[..],
            b"\0\0\0\x3cmeta\0\0\0\0",
            b"\0\0\0\x30iprp",
            b"\0\0\0\x28ipco",
            b"\0\0\0\x14ispe\0\0\0\0\0\0\0\x3c\0\0\0\x28",
            b"\0\0\0\x10pixi\0\0\0\0\x01\x08\0\0",
        ];
        vec![("png", png), ("gif", gif), ("webp", webp), ("avif", avif.concat()), ("jpeg", jpeg(&[]))]
    }

    /// A JPEG with this segment of Exif before its size.
    fn jpeg(exif: &[u8]) -> Vec<u8> {
        let mut head = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0".to_vec();
        if !exif.is_empty() {
            let length = u16::try_from(2 + exif.len()).unwrap();
            head.extend([b"\xff\xe1", &length.to_be_bytes()[..], exif].concat());
        }
        head.extend(b"\xff\xc0\0\x11\x08\0\x28\0\x3c\x03\x01\x22\0\x02\x11\x01\x03\x11\x01");
        head
    }

    #[test]
    fn the_size_stands_in_the_head_of_each_format() {
        for (name, head) in heads() {
            assert_eq!(raster(&head), ImageSize::new(60, 40), "{name}");
        }
        assert_eq!(raster(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\0\0\0\0\x28"), None, "a side that is none");
        assert_eq!(raster(b"\x89PNG, it says, and is a text"), None, "sides that none can show");
        assert_eq!(raster(b"<svg width='60' height='40'/>"), None);
        assert!(is_image("a/B.JPG") && is_image("a.svg") && !is_image("png") && !is_image("a.md"));
    }

    #[test]
    fn a_photograph_that_was_taken_upright_is_shown_upright() {
        let little = |turned: u8| {
            [
                &b"Exif\0\0II*\0\x08\0\0\0\x02\0\x0f\x01\x02\0\x04\0\0\0abc\0\x12\x01\x03\0\x01\0\0\0"[..],
                &[turned, 0, 0, 0],
            ]
            .concat()
        };
        let big =
            |turned: u8| [&b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0"[..], &[turned, 0, 0]].concat();
        for (turned, size) in [(1, (60, 40)), (3, (60, 40)), (5, (40, 60)), (6, (40, 60)), (8, (40, 60)), (9, (60, 40))]
        {
            let size = ImageSize::new(size.0, size.1);
            assert_eq!(raster(&jpeg(&little(turned))), size, "{turned}");
            assert_eq!(raster(&jpeg(&big(turned))), size, "{turned}");
        }
    }

    proptest! {
        #[test]
        fn no_damage_is_a_crash(which in 0_usize..6, cut in 0_usize..90, damage in proptest::collection::vec((0_usize..90, any::<u8>()), 0..6)) {
            let exif = jpeg(b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0");
            let mut head = heads().get(which).map_or(exif, |(_, head)| head.clone());
            for (at, byte) in damage {
                if let Some(place) = head.get_mut(at) {
                    *place = byte;
                }
            }
            head.truncate(head.len().saturating_sub(cut));
            let _ = raster(&head);
        }
    }
}
