//! A guide's bytes as text: UTF-8, no NUL, no character that guidegen keeps for itself; and the names of files, which pages
//! show as titles. What is wrong is told and mended.

use crate::base::reserved::{first_reserved, told, without_reserved};
use crate::base::{Code, Diagnostic, Place, Source, Span};
use std::sync::Arc;

/// How large a guide may be.
pub const GUIDE_LIMIT: usize = 64 << 20;

/// The path of a file of `folder` as pages may show it and find it by, and what is wrong with it.
#[must_use]
pub fn path(folder: &str, path: &str) -> (String, Option<Diagnostic>) {
    let Some(((_, c), mended)) = first_reserved(path).zip(without_reserved(path)) else {
        return (path.to_owned(), None);
    };
    let problem = Diagnostic::new(
        Code::SlotCharacter,
        format!("the name of the file holds the character U+{:X}, which guidegen uses itself", c as u32),
    );
    let problem = problem.at(Place::file(format!("{folder}/{path}"))).help("rename it; it is shown as \u{fffd}");
    (mended, Some(problem))
}

/// The text of the file `path`, and what is wrong with it. Places in it are those of the file as far as it is text.
#[must_use]
pub fn text(path: &str, bytes: &[u8]) -> (Source, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(error) => {
            let good = String::from_utf8_lossy(&bytes[..error.valid_up_to()]).into_owned();
            let at = good.len();
            let source = Source::new(path, good);
            diagnostics.push(
                Diagnostic::new(Code::Encoding, "the file is not UTF-8 text")
                    .at(source.place(Span::new(at, at)))
                    .help("save it as UTF-8; the bytes that are not are shown as \u{fffd}"),
            );
            String::from_utf8_lossy(bytes).into_owned()
        }
    };
    checked(path, Source::new(path, text), diagnostics)
}

/// [`text`] of a file that is text, whose source shares it.
#[must_use]
pub fn shared(path: &str, text: &Arc<str>) -> (Source, Vec<Diagnostic>) {
    checked(path, Source::new(path, Arc::clone(text)), Vec::new())
}

/// The source with what is wrong with its characters.
fn checked(path: &str, source: Source, mut diagnostics: Vec<Diagnostic>) -> (Source, Vec<Diagnostic>) {
    if let Some(at) = memchr::memchr(0, source.text().as_bytes()) {
        diagnostics.push(
            Diagnostic::new(Code::Encoding, "the file holds a NUL byte")
                .at(source.place(Span::new(at, at + 1)))
                .help("take it out; it is shown as \u{fffd}"),
        );
    }
    if let Some((at, c)) = first_reserved(source.text()) {
        let place = source.place(Span::new(at, at + c.len_utf8()));
        diagnostics.push(told(c).at(place).help("take it out; it is shown as \u{fffd}"));
    }
    if diagnostics.is_empty() {
        return (source, diagnostics);
    }
    let mended = without_reserved(source.text()).unwrap_or_else(|| source.text().to_string()).replace('\0', "\u{fffd}");
    (Source::new(path, mended), diagnostics)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_mended_and_told() {
        let (shown, problem) = path("content", "a\u{100000}/b.md");
        let problem = problem.unwrap();
        assert_eq!((shown.as_str(), problem.code), ("a\u{fffd}/b.md", Code::SlotCharacter));
        assert_eq!(&*problem.place.unwrap().file, "content/a\u{100000}/b.md");
        assert_eq!(path("content", "\u{fffff}.md"), ("\u{fffff}.md".to_owned(), None));
    }

    #[test]
    fn what_is_no_text_is_told_at_its_place() {
        let (source, diagnostics) = text("content/a.md", b"ok\nb\xffd");
        assert_eq!(diagnostics.len(), 1);
        assert_eq!(diagnostics[0].place.clone().unwrap().range.unwrap().line, 2);
        assert_eq!(&**source.text(), "ok\nb\u{fffd}d");
        let (source, diagnostics) = text("content/a.md", "a\0b\u{100000}c".as_bytes());
        assert_eq!(diagnostics.iter().map(|d| d.code).collect::<Vec<_>>(), [Code::Encoding, Code::SlotCharacter]);
        assert_eq!(&**source.text(), "a\u{fffd}b\u{fffd}c");
    }
}
