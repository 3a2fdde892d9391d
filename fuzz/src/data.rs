//! Data files in every format: what can be read is, and what cannot is told with its place.

use super::places;
use guidegen::input::data;
use guidegen::page::read;

/// Reads `data` as a file in each of the formats.
pub fn check(data: &[u8]) {
    for ending in ["yaml", "json", "toml", "csv"] {
        let (source, _) = read::text(&format!("data/a.{ending}"), data);
        let (value, findings) = data::load(&[(format!("a.{ending}"), source.clone())]);
        places::assert_findings_in(&source, &findings);
        assert!(value.get("a").is_some() || !findings.is_empty(), "what cannot be read is told");
    }
}
