//! `.guidegen.json`, the manifest of an output folder: which files are ours, and the facts of the build.
//!
//! It is read from a folder that anybody may have prepared, so no path in it is trusted to stay inside.

use crate::base::digest::Digest;
use crate::site::artifact::{Facts, Kind};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The manifest's name in the output folder.
pub const NAME: &str = ".guidegen.json";

/// What the manifest says of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The digest of its bytes.
    pub digest: Digest,
    /// What it is.
    pub kind: Kind,
}

/// What stands in an output folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// Whether the build that wrote it came to its end. If not, files are listed that may not be there yet, and the
    /// digests of the others are those from before.
    pub complete: bool,
    /// The build's facts.
    pub facts: Facts,
    /// The files that guidegen wrote, by path below the output folder.
    pub files: BTreeMap<String, Entry>,
}

impl Manifest {
    /// The manifest that `bytes` write; none when they are no manifest of ours. Entries that lead out of the folder are
    /// left out.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let value: Value = serde_json::from_slice(bytes).ok()?;
        if value["format"] != 1 {
            return None;
        }
        let mut files = BTreeMap::new();
        for (path, entry) in value["files"].as_object()? {
            let digest = entry["digest"].as_str().and_then(Digest::parse);
            let kind = entry["kind"].as_str().and_then(kind);
            if let (true, Some(digest), Some(kind)) = (is_inside(path), digest, kind) {
                files.insert(path.clone(), Entry { digest, kind });
            }
        }
        Some(Self { complete: value["complete"] == true, facts: facts(&value["facts"]), files })
    }

    /// The manifest as it is written: one file a line, the same bytes for the same site.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let facts = json!({
            "base_url": self.facts.base_url,
            "errors": self.facts.errors,
            "unfit": self.facts.unfit,
            "warnings": self.facts.warnings,
            "drafts": self.facts.drafts,
            "baked": self.facts.baked,
            "pages": self.facts.pages,
            "sources": self.facts.sources,
        });
        let generator = concat!("guidegen ", env!("CARGO_PKG_VERSION"));
        let mut text = String::with_capacity(256 + self.files.len() * 160);
        // Writing to a string cannot fail.
        let _ = write!(text, "{{\n\"format\": 1,\n\"generator\": {},\n", json!(generator));
        let _ = write!(text, "\"complete\": {},\n\"facts\": {facts},\n\"files\": {{", self.complete);
        for (at, (path, entry)) in self.files.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            let (path, digest, kind) = (json!(path), entry.digest.hex(), name(entry.kind));
            let _ = write!(text, "{comma}\n{path}: {{\"digest\": \"{digest}\", \"kind\": \"{kind}\"}}");
        }
        text.push_str("\n}\n}\n");
        text.into_bytes()
    }
}

/// Whether a path with `/` between its parts stays below the folder that it is joined to, on every system.
#[must_use]
pub fn is_inside(path: &str) -> bool {
    let is_part = |part: &str| !matches!(part, "" | "." | "..") && !part.contains('\0');
    path.split('/').all(is_part) && (cfg!(unix) || !path.contains(['\\', ':']))
}

const fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::HashedAsset => "hashed",
        Kind::File => "file",
        Kind::Page => "page",
        Kind::Summary => "summary",
    }
}

fn kind(name: &str) -> Option<Kind> {
    [Kind::HashedAsset, Kind::File, Kind::Page, Kind::Summary].into_iter().find(|kind| self::name(*kind) == name)
}

fn facts(value: &Value) -> Facts {
    let number = |key: &str| value[key].as_u64().and_then(|number| usize::try_from(number).ok()).unwrap_or(0);
    let baked = value["baked"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
    Facts {
        base_url: value["base_url"].as_str().map(str::to_owned),
        errors: number("errors"),
        unfit: number("unfit"),
        warnings: number("warnings"),
        drafts: value["drafts"] == true,
        baked: baked.collect(),
        pages: number("pages"),
        sources: value["sources"].as_str().unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        let entry = |text: &str, kind| Entry { digest: Digest::of(text.as_bytes()), kind };
        let files = [
            ("a \"quoted\"/index.html".to_owned(), entry("a", Kind::Page)),
            ("style.css".to_owned(), entry("b", Kind::HashedAsset)),
        ];
        let facts = Facts { base_url: Some("https://a/".to_owned()), pages: 1, drafts: true, ..Facts::default() };
        Manifest { complete: true, facts, files: files.into() }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let manifest = manifest();
        assert_eq!(Manifest::parse(&manifest.to_bytes()), Some(manifest));
        let empty = Manifest::default();
        assert_eq!(Manifest::parse(&empty.to_bytes()), Some(empty));
    }

    #[test]
    fn what_leads_out_of_the_folder_is_left_out() {
        let text = String::from_utf8(manifest().to_bytes()).unwrap().replace("style.css", "../style.css");
        let files = Manifest::parse(text.as_bytes()).unwrap().files;
        assert_eq!(files.into_keys().collect::<Vec<_>>(), ["a \"quoted\"/index.html"]);
        for path in ["", "/etc/passwd", "a//b", "a/./b", "..", "a/..", "a/"] {
            assert!(!is_inside(path), "{path}");
        }
    }

    #[test]
    fn what_is_damaged_is_no_manifest() {
        let bytes = manifest().to_bytes();
        assert_eq!(Manifest::parse(&bytes[..bytes.len() / 2]), None);
        assert_eq!(Manifest::parse(b"{\"format\": 2, \"files\": {}}"), None);
        assert_eq!(Manifest::parse(b"[]"), None);
    }
}
