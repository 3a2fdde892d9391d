//! The size that an SVG image asks for: the width and height of its root element, or what its view box leaves open of them.

use super::html::{self, Piece};
use crate::input::image::ImageSize;

/// The root stands here, behind a declaration and comments; nobody wants to read a drawing of megabytes for it.
const HEAD: usize = 64 << 10;

/// The longest side that fits.
const LONGEST: f64 = 65_535.0;

/// The size of the SVG image `bytes`; none when it tells of none.
#[must_use]
pub fn size(bytes: &[u8]) -> Option<ImageSize> {
    let head = String::from_utf8_lossy(bytes.get(..HEAD).unwrap_or(bytes));
    let root = html::pieces(&head).find_map(|piece| match piece {
        Piece::Tag(tag) if !tag.closing && tag.name.rsplit(':').next() == Some("svg") => Some(tag),
        _ => None,
    })?;
    let value = |name: &str| root.attributes().find(|attribute| attribute.name == name).map(|found| found.value);
    let view = value("viewBox").and_then(view_box);
    let (width, height) = match (value("width").and_then(length), value("height").and_then(length), view) {
        (Some(width), Some(height), _) => (width, height),
        (Some(width), None, Some((across, down))) => (width, width * down / across),
        (None, Some(height), Some((across, down))) => (height * across / down, height),
        (None, None, Some(view)) => view,
        _ => return None,
    };
    ImageSize::new(pixels(width)?, pixels(height)?)
}

/// Width and height of a view box.
fn view_box(text: &str) -> Option<(f64, f64)> {
    let numbers = text.split([',', ' ', '\t', '\n', '\r']).filter(|number| !number.is_empty());
    let numbers: Vec<f64> = numbers.map(|number| number.parse().ok()).collect::<Option<_>>()?;
    match numbers[..] {
        [_, _, width, height] if width > 0.0 && height > 0.0 => Some((width, height)),
        _ => None,
    }
}

/// A length in pixels; none of one that depends on what is around the image.
fn length(text: &str) -> Option<f64> {
    let text = text.trim();
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
    let unit = &text[number.len()..];
    let pixels = match unit.to_ascii_lowercase().as_str() {
        "" | "px" => 1.0,
        "pt" => 4.0 / 3.0,
        "pc" => 16.0,
        "in" => 96.0,
        "cm" => 96.0 / 2.54,
        "mm" => 96.0 / 25.4,
        "q" => 96.0 / 101.6,
        _ => return None,
    };
    Some(number.parse::<f64>().ok()? * pixels).filter(|length| *length > 0.0)
}

/// A length as whole pixels.
fn pixels(length: f64) -> Option<usize> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it lies between one and what fits")]
    (length <= LONGEST).then(|| length.round().max(1.0) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_tells_the_size() {
        for (text, wanted) in [
            ("<svg width='60' height=\"40\"/>", Some((60, 40))),
            ("<svg width=\"60px\" height=\"0.5in\" viewBox=\"0 0 1 1\">", Some((60, 48))),
            ("<svg width=\"100%\" height='100%' viewBox=\"0 0 24 12\">", Some((24, 12))),
            ("<svg viewBox=\"-1,-1,\n 24.4 , 12.6\">", Some((24, 13))),
            ("<svg width=\"48\" viewBox=\"0 0 24 12\">", Some((48, 24))),
            ("<svg height=\"6em\" width='30pt' viewBox=\"0 0 24 12\">", Some((40, 20))),
            ("<svg height=\"48\" viewBox=\"0 0 24 12\">", Some((96, 48))),
            ("<svg width=\"6e1px\" height=\"4E1\">", Some((60, 40))),
            ("<svg height=\"48\">", None),
            ("<svg>", None),
            ("<svg viewBox=\"0 0 0 0\">", None),
            ("<svg viewBox=\"0 0 a 1\">", None),
            ("<svg width=\"NaN\" height=\"1\">", None),
            ("<svg width=\"-1\" height=\"1e9\">", None),
            ("<svg width=\"1e308\" height=\"1\" viewBox=\"0 0 1 1e308\">", None),
            ("<svg width=\"1\" viewBox=\"0 0 1 1e308\">", None),
            (
                "\u{feff}<?xml version=\"1.0\"?>\n<!DOCTYPE svg [ <!ENTITY a \"b\"> ]>\n<!-- <svg width='1' height='1'> -->\n<svg:svg xmlns:svg=\"x\" width=\"7\" height=\"8\">",
                Some((7, 8)),
            ),
            ("no image", None),
            ("<html><svgx width='1' height='1'>", None),
        ] {
            let wanted = wanted.and_then(|(width, height)| ImageSize::new(width, height));
            assert_eq!(size(text.as_bytes()), wanted, "{text}");
        }
        assert_eq!(size(b"<svg \xff width='3' height='4'>"), ImageSize::new(3, 4));
    }
}
