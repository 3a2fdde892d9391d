//! The built-in theme: this project's own `templates/`, `static/` and `data/strings/`, embedded in the binary.

use include_dir::{Dir, include_dir};

static TEMPLATES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates");
static STATICS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/static");
static STRINGS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/data/strings");

/// The built-in templates: path below `templates/` and text, sorted by path.
#[must_use]
pub fn templates() -> Vec<(String, &'static str)> {
    let mut found = Vec::new();
    collect(&TEMPLATES, &mut |path, bytes| {
        if let Ok(text) = std::str::from_utf8(bytes) {
            found.push((path, text));
        }
    });
    found.sort();
    found
}

/// The files of the built-in theme: path below `static/` and bytes, sorted by path.
#[must_use]
pub fn statics() -> Vec<(String, &'static [u8])> {
    let mut found = Vec::new();
    collect(&STATICS, &mut |path, bytes| found.push((path, bytes)));
    found.sort();
    found
}

/// The texts of the interface: language and YAML, sorted by language.
#[must_use]
pub fn strings() -> Vec<(String, &'static str)> {
    let mut found = Vec::new();
    collect(&STRINGS, &mut |path, bytes| {
        if let (Some(language), Ok(text)) = (path.strip_suffix(".yaml"), std::str::from_utf8(bytes)) {
            found.push((language.to_owned(), text));
        }
    });
    found.sort();
    found
}

fn collect(folder: &'static Dir<'static>, take: &mut impl FnMut(String, &'static [u8])) {
    for file in folder.files() {
        // A hidden file keeps an empty folder in version control, no more.
        if file.path().file_name().is_some_and(|name| !name.as_encoded_bytes().starts_with(b".")) {
            take(file.path().to_string_lossy().replace('\\', "/"), file.contents());
        }
    }
    for folder in folder.dirs() {
        collect(folder, take);
    }
}
