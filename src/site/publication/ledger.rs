//! The ledger that guidegen keeps at a target: every object that it put there. What is not in it is somebody else's.

use super::{Class, Object};
use crate::base::digest::Digest;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The ledger's name at the target.
pub const NAME: &str = ".guidegen-publish.json";

/// How the names begin of all that guidegen keeps at the root of a target for itself.
const OWN: &str = ".guidegen-publish";

/// Whether a path is one of those that guidegen keeps for itself: none of a site's.
#[must_use]
pub fn is_own(path: &str) -> bool {
    path.starts_with(OWN)
}

/// No ledger of ours is larger, in bytes: it would be one of a million files. What stands in its place is not read.
pub const LARGEST: u64 = 256 << 20;

/// What guidegen put to a target.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Whether the run that wrote it came to its end.
    pub complete: bool,
    /// The address of the site.
    pub base_url: String,
    /// The digest of what the site was built from.
    pub sources: String,
    /// The commit of the sources, where there is one.
    pub commit: Option<String>,
    /// When it was published, RFC 3339.
    pub time: String,
    /// Every object, by its path.
    pub objects: BTreeMap<String, Object>,
    /// What may have changed since the last run that came to its end: nothing after one that did.
    pub unsettled: BTreeSet<String>,
}

impl Ledger {
    /// The ledger that `bytes` write; none when they are no ledger of ours. Entries whose paths `is_inside` refuses are
    /// left out: anybody may have written the file.
    #[must_use]
    pub fn parse(bytes: &[u8], is_inside: impl Fn(&str) -> bool) -> Option<Self> {
        let value: Value = serde_json::from_slice(bytes).ok()?;
        if value["format"] != 1 {
            return None;
        }
        let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
        let may_be_ours = |path: &str| is_inside(path) && !is_own(path);
        let listed = value["objects"].as_object()?.iter().filter(|(path, _)| may_be_ours(path));
        let objects = listed.filter_map(|(path, entry)| Some((path.clone(), object(entry)?))).collect();
        let unsettled = value["unsettled"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let unsettled = unsettled.filter(|path| may_be_ours(path)).map(str::to_owned).collect();
        Some(Self {
            complete: value["complete"] == true,
            base_url: text("base_url"),
            sources: text("sources"),
            commit: value["commit"].as_str().map(str::to_owned),
            time: text("time"),
            objects,
            unsettled,
        })
    }

    /// The ledger as it is written: one object a line.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut text = String::with_capacity(256 + self.objects.len() * 200);
        let generator = concat!("guidegen ", env!("CARGO_PKG_VERSION"));
        let head = [
            ("generator", json!(generator)),
            ("complete", json!(self.complete)),
            ("base_url", json!(self.base_url)),
            ("sources", json!(self.sources)),
            ("commit", json!(self.commit)),
            ("time", json!(self.time)),
        ];
        // Writing to a string cannot fail.
        let _ = write!(text, "{{\n\"format\": 1");
        for (key, value) in head {
            let _ = write!(text, ",\n\"{key}\": {value}");
        }
        if !self.unsettled.is_empty() {
            let _ = write!(text, ",\n\"unsettled\": {}", json!(self.unsettled));
        }
        text.push_str(",\n\"objects\": {");
        for (at, (path, object)) in self.objects.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            let entry = json!({
                "digest": object.digest.map(|digest| digest.hex()),
                "class": object.class.name(),
                "type": object.media,
                "cache": object.cache,
                "bytes": object.bytes,
                "retired": object.retired,
            });
            let _ = write!(text, "{comma}\n{}: {entry}", json!(path));
        }
        text.push_str("\n}\n}\n");
        text.into_bytes()
    }
}

fn object(entry: &Value) -> Option<Object> {
    let class = entry["class"].as_str()?;
    Some(Object {
        digest: entry["digest"].as_str().and_then(Digest::parse),
        class: Class::ALL.into_iter().find(|known| known.name() == class)?,
        media: entry["type"].as_str()?.to_owned(),
        cache: entry["cache"].as_str()?.to_owned(),
        bytes: entry["bytes"].as_u64(),
        retired: u32::try_from(entry["retired"].as_u64()?).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again_but_for_what_leads_out() {
        let object = Object::new(Digest::of(b"a"), Class::Page, "text/html; charset=utf-8", 3);
        let unknown = Object { digest: None, bytes: None, retired: 2, ..object.clone() };
        let objects = [("a \"b\"/index.html".to_owned(), object.clone()), ("z".to_owned(), unknown)];
        let mut ledger = Ledger { time: "2024-01-01T00:00:00Z".into(), objects: objects.into(), ..Ledger::default() };
        assert_eq!(Ledger::parse(&ledger.to_bytes(), |_| true).as_ref(), Some(&ledger));
        ledger.unsettled = ["a".to_owned(), "gone/\"".to_owned()].into();
        assert_eq!(Ledger::parse(&ledger.to_bytes(), |_| true).as_ref(), Some(&ledger));
        ledger.objects.insert("../out".to_owned(), object);
        ledger.unsettled.insert("../out".to_owned());
        let read = Ledger::parse(&ledger.to_bytes(), |path| !path.starts_with("..")).unwrap();
        assert_eq!((read.objects.len(), read.unsettled.len()), (2, 2));
        let bytes = ledger.to_bytes();
        assert_eq!(Ledger::parse(&bytes[..bytes.len() / 2], |_| true), None);
    }
}
