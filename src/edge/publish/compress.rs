//! Files compressed beforehand, for servers that send `.gz`, `.br` or `.zst` beside a file instead of the file.

use crate::base::digest::Fingerprint;
use crate::site::publication::Object;
use std::io::{self, Write as _};

/// A way to compress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// `.gz`
    Gzip,
    /// `.br`
    Brotli,
    /// `.zst`
    Zstandard,
}

impl Encoding {
    /// The one of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Gzip, Self::Brotli, Self::Zstandard].into_iter().find(|encoding| encoding.name() == name)
    }

    /// Its name, which is the ending of its files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gz",
            Self::Brotli => "br",
            Self::Zstandard => "zst",
        }
    }

    /// The compressed file beside `object`. It is known by what it is made of and how: so it is made when that changes,
    /// and not to find out whether it did. How long it becomes shows only then.
    #[must_use]
    pub fn object(self, object: &Object) -> Object {
        let source = object.digest.map(|digest| digest.hex()).unwrap_or_default();
        let digest = Fingerprint::default().add("compressed 1").add(self.name()).add(source).finish();
        Object { digest: Some(digest), bytes: None, ..object.clone() }
    }

    /// The compressed bytes: the same for the same bytes.
    ///
    /// # Errors
    /// When the compressor fails.
    pub fn compress(self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        match self {
            Self::Gzip => {
                // Without a name and a time, which would be others every time.
                let mut encoder = flate2::GzBuilder::new().write(Vec::new(), flate2::Compression::best());
                encoder.write_all(bytes)?;
                encoder.finish()
            }
            Self::Brotli => {
                let mut out = Vec::new();
                let params = brotli::enc::BrotliEncoderParams { quality: 11, ..Default::default() };
                brotli::BrotliCompress(&mut &*bytes, &mut out, &params)?;
                Ok(out)
            }
            Self::Zstandard => zstd::bulk::compress(bytes, 19),
        }
    }
}

/// Whether a file may be worth compressing: text that is longer than what a packet holds anyway. Images and archives are
/// compressed already.
#[must_use]
pub fn may_gain(object: &Object) -> bool {
    let kind = object.media.split(';').next().unwrap_or_default();
    let is_text = kind.starts_with("text/")
        || matches!(kind, "application/json" | "application/xml" | "application/atom+xml" | "image/svg+xml")
        || matches!(kind, "application/yaml" | "application/manifest+json" | "application/wasm" | "font/ttf");
    is_text && object.bytes.is_some_and(|bytes| bytes >= 1024)
}

/// Whether the beginning of a file becomes smaller by the quickest way to compress, and so the file by any other: what is
/// called text may be packed already.
#[must_use]
pub fn shrinks(bytes: &[u8]) -> bool {
    const SAMPLE: usize = 64 << 10;
    let sample = bytes.get(..SAMPLE).unwrap_or(bytes);
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    let packed = encoder.write_all(sample).and_then(|()| encoder.finish());
    packed.is_ok_and(|packed| packed.len() * 20 < sample.len() * 19)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::digest::Digest;
    use crate::site::publication::Class;
    use std::io::Read as _;

    #[test]
    fn what_is_compressed_is_the_same_every_time_and_comes_back() {
        let text = "the same words again, ".repeat(200);
        for encoding in ["gz", "br", "zst"].map(|name| Encoding::parse(name).unwrap()) {
            let packed = encoding.compress(text.as_bytes()).unwrap();
            assert!(packed.len() < text.len() / 10);
            assert_eq!(packed, encoding.compress(text.as_bytes()).unwrap());
            let mut back = Vec::new();
            match encoding {
                Encoding::Gzip => drop(flate2::read::GzDecoder::new(&*packed).read_to_end(&mut back).unwrap()),
                Encoding::Brotli => drop(brotli::Decompressor::new(&*packed, 4096).read_to_end(&mut back).unwrap()),
                Encoding::Zstandard => back = zstd::decode_all(&*packed).unwrap(),
            }
            assert_eq!(back, text.as_bytes());
        }
    }

    #[test]
    fn what_is_packed_already_is_not_packed_again() {
        let text: String = (0..400).map(|number| format!("{{ \"number\": {number} }}\n")).collect();
        assert!(shrinks(text.as_bytes()));
        let packed: Vec<u8> =
            (0..200_u32).flat_map(|number| Digest::of(&number.to_le_bytes()).bytes().to_vec()).collect();
        assert!(!shrinks(&packed));
    }

    #[test]
    fn images_and_small_files_stay_alone() {
        let object = |media: &str, bytes| Object::new(Digest::of(b""), Class::File, media, bytes);
        assert!(may_gain(&object("text/html; charset=utf-8", 5000)) && may_gain(&object("image/svg+xml", 5000)));
        assert!(!may_gain(&object("image/png", 5000)) && !may_gain(&object("text/html", 100)));
    }
}
