//! Front matter in YAML, TOML and JSON: what can be read is, what cannot is told, and the body is what is left.

use super::places;
use guidegen::base::Span;
use guidegen::input::front_matter::FrontMatter;
use guidegen::page::read;

/// Reads `data` as the front matter of a guide.
pub fn check(data: &[u8]) {
    let (source, _) = read::text("content/a.md", data);
    let (front, body, findings) = FrontMatter::read(&source);
    places::assert_part(source.text(), body);
    assert_eq!(body.end, source.text().len(), "the body goes to the end");
    places::assert_findings_in(&source, &findings);
    if let Some(document) = &front.document {
        places::assert_document(document, Span::new(0, body.start));
    }
    let _ = front.with_cascade(&front.extra);
    assert_eq!(FrontMatter::read(&source).2, findings, "the same text is read in the same way");
}
