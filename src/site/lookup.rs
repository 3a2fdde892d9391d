//! The keys that guides are found by: content paths as authors write them in links.

use crate::input::guide::without_ending;
use unicode_normalization::UnicodeNormalization;

/// The key of a content path: without its ending and `index`, in lower case, spaces as hyphens: `sec/other-page` of
/// `sec/Other Page.md`, `sec` of `sec/_index.md`. Slashes around do not count.
#[must_use]
pub fn key(path: &str) -> String {
    let path = without_index(without_ending(path.trim_matches('/')));
    let plain = |byte: u8| byte.is_ascii() && !byte.is_ascii_uppercase() && byte != b' ';
    if path.bytes().all(plain) {
        return path.to_owned();
    }
    path.nfc().flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// `a` of `a/index` and of `a/_index`, and nothing of these alone.
fn without_index(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some((folder, "index" | "_index")) => folder,
        None if matches!(path, "index" | "_index") => "",
        _ => path,
    }
}

/// The folder of a path: `a/b` of `a/b/c.md`, nothing of `c.md`.
#[must_use]
pub fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The folder that holds what `path` makes: of a bundle (`a/b/index.md`) the folder around it, else [`folder`].
#[must_use]
pub fn holder(path: &str) -> &str {
    let own = folder(path);
    if is_named(path, "index") { folder(own) } else { own }
}

/// Whether the guide's name is `name` apart from its ending.
#[must_use]
pub fn is_named(path: &str, name: &str) -> bool {
    without_ending(path.rsplit('/').next().unwrap_or(path)) == name
}

/// The name of a guide: of its file, of its folder for `index` and `_index`; empty at the root.
#[must_use]
pub fn name(path: &str) -> &str {
    let path = without_index(without_ending(path));
    path.rsplit('/').next().unwrap_or(path)
}

/// The folders above a path, the longest first: `a/b`, `a`, and the root (empty).
pub fn folders_above(path: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(path);
    std::iter::from_fn(move || {
        let path = rest?;
        if path.is_empty() {
            rest = None;
            return None;
        }
        let above = folder(path);
        rest = Some(above);
        Some(above)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_the_same_however_a_guide_is_written() {
        for path in ["Sec/Other Page.md", "/sec/other-page/", "sec/other page", "sec/other-page/index.md"] {
            assert_eq!(key(path), "sec/other-page", "{path}");
        }
        assert_eq!(key("sec/_index.md"), "sec");
        assert_eq!(key("_index.md"), "");
        assert_eq!(key("e\u{301}.md"), "é");
        assert_eq!(key("a.b.md"), "a.b");
    }

    #[test]
    fn names_and_folders() {
        assert_eq!(name("a/b/index.md"), "b");
        assert_eq!(name("a/b.md"), "b");
        assert_eq!(name("_index.md"), "");
        assert_eq!(holder("a/b/index.md"), "a");
        assert_eq!(holder("a/b/_index.md"), "a/b");
        assert_eq!(folders_above("a/b/c").collect::<Vec<_>>(), ["a/b", "a", ""]);
        assert_eq!(folders_above("").count(), 0);
    }
}
