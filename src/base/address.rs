//! Addresses: where a page or a file stands on the site, how names become addresses, how addresses become links.
//!
//! An [`Address`] is decoded text from the site's root, without the base path: `/a/b/` for a page, `/a/b.png` for a
//! file. It is percent-encoded when it is written ([`Address::href`]).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What a path of a URL keeps as it is.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@');

/// Where something stands on the site: from `/`, decoded, without the base path. A page's ends with `/`, unless it is a file of its own (`/about.html`).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address(Arc<str>);

impl Address {
    /// `/`.
    #[must_use]
    pub fn root() -> Self {
        Self("/".into())
    }

    /// The folder of these path segments: `a/b` is `/a/b/`. Slashes around and empty segments do not count.
    #[must_use]
    pub fn folder(path: &str) -> Self {
        let mut text = String::with_capacity(path.len() + 2);
        text.push('/');
        for segment in path.split('/').filter(|segment| !segment.is_empty()) {
            text.push_str(segment);
            text.push('/');
        }
        Self(text.into())
    }

    /// The file at this path: `a/b.png` is `/a/b.png`. Empty segments do not count.
    #[must_use]
    pub fn file(path: &str) -> Self {
        let folder = Self::folder(path);
        Self(folder.0.strip_suffix('/').filter(|file| !file.is_empty()).unwrap_or("/").into())
    }

    /// `path` where it ends with `.html`, else as a folder: the way `aliases` and permalinks are meant.
    #[must_use]
    pub fn page(path: &str) -> Self {
        if path.ends_with(".html") || path.ends_with(".htm") { Self::file(path) } else { Self::folder(path) }
    }

    /// `path` as `url` means it: a file where its last name has an ending, else a folder. A number is no ending, but part of
    /// a version.
    #[must_use]
    pub fn written(path: &str) -> Self {
        let ending = path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map_or("", |(_, ending)| ending);
        if ending.starts_with(|c: char| c.is_ascii_alphabetic()) { Self::file(path) } else { Self::folder(path) }
    }

    /// The text, decoded.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is a file's: it does not end with `/`.
    #[must_use]
    pub fn is_file(&self) -> bool {
        !self.0.ends_with('/')
    }

    /// The file below the output folder that a page of this address is written to: `a/b/index.html`.
    #[must_use]
    pub fn output(&self) -> String {
        let path = self.0.trim_start_matches('/');
        if self.is_file() { path.to_owned() } else { format!("{path}index.html") }
    }

    /// The folder that what belongs to it is written to: itself, or the folder of a file.
    #[must_use]
    pub fn base(&self) -> &str {
        self.0.rfind('/').and_then(|slash| self.0.get(..=slash)).unwrap_or("/")
    }

    /// The address one up: `/a/` of `/a/b/` and of `/a/b.html`; `/` of `/`.
    #[must_use]
    pub fn parent(&self) -> &str {
        let inner = self.0.strip_suffix('/').unwrap_or(&self.0);
        inner.rfind('/').and_then(|slash| inner.get(..=slash)).unwrap_or("/")
    }

    /// The last segment: `b` of `/a/b/`, `b.html` of `/a/b.html`, nothing of `/`.
    #[must_use]
    pub fn name(&self) -> &str {
        last_segment(&self.0)
    }

    /// Percent-encoded, as a link writes it; without the base path.
    #[must_use]
    pub fn href(&self) -> String {
        encode(&self.0)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The last segment of a path, slashes at its end aside.
#[must_use]
pub fn last_segment(path: &str) -> &str {
    path.trim_end_matches('/').rsplit('/').next().unwrap_or("")
}

/// A path, percent-encoded where a URL wants it; `/` stays.
#[must_use]
pub fn encode(path: &str) -> String {
    utf8_percent_encode(path, PATH).to_string()
}

/// A part of a URL, decoded; what is no UTF-8 then stays as it was.
#[must_use]
pub fn decode(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8().unwrap_or(Cow::Borrowed(text))
}

/// A segment of a path as an address has it, the way Hugo makes it: in lower case, every space a hyphen, and only
/// letters, digits, marks and `. _ # + ~ - @` (and `%` before two hexadecimal digits) kept. In NFC, so that a name
/// from any file system is the same.
#[must_use]
pub fn segment(name: &str) -> String {
    let name: String = name.nfc().map(|c| if c == ' ' { '-' } else { c }).collect();
    lower(&sanitize(&name, false))
}

/// What a text (a title, a `slug`) becomes in an address: as [`segment`], but a run of spaces is one hyphen, and none
/// stands at an end for a space. A `/` stays.
#[must_use]
pub fn slug(text: &str) -> String {
    let text: String = text.nfc().collect();
    lower(&sanitize(&text, false))
}

/// A slug inside of a permalink: there, as in Hugo, `+` is a space and `%20` is decoded by the time that it is read.
#[must_use]
pub fn permalink_slug(text: &str) -> String {
    let slugged = slug(text).replace('+', " ");
    let decoded = decode(&slugged);
    lower(&sanitize(decoded.trim_end(), true))
}

/// Lower case without what a locale would add (`İ` is `i`).
fn lower(text: &str) -> String {
    text.chars().map(|c| c.to_lowercase().next().unwrap_or(c)).collect()
}

/// Keeps the characters that an address may have; spaces between kept ones become one hyphen. `inside` says that
/// something stands before the text, so that a space at its start counts.
fn sanitize(text: &str, inside: bool) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut space = false;
    let mut after_hyphen = false;
    for (at, c) in text.char_indices() {
        if is_kept(text, at, c) {
            after_hyphen = c == '-';
            if space && !after_hyphen {
                kept.push('-');
            }
            space = false;
            kept.push(c);
        } else if c.is_whitespace() && !after_hyphen && (inside || !kept.is_empty()) {
            space = true;
        }
    }
    kept
}

fn is_kept(text: &str, at: usize, c: char) -> bool {
    match c {
        '.' | '/' | '_' | '#' | '+' | '~' | '-' | '@' => true,
        '%' => text.as_bytes().get(at + 1..at + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)),
        _ => c.is_alphabetic() || c.is_ascii_digit() || is_digit(c) || is_combining_mark(c),
    }
}

/// Whether `c` is a decimal digit of any script. (The standard library knows numbers only, which have `½` too.)
fn is_digit(c: char) -> bool {
    c.is_numeric() && !c.is_ascii() && c.nfkc().eq(std::iter::once(c)) && !('\u{2150}'..='\u{218f}').contains(&c)
}

/// A URL in its parts; the path is as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Parts<'a> {
    /// What stands before `?` and `#`.
    pub path: &'a str,
    /// What stands behind `?`.
    pub query: Option<&'a str>,
    /// What stands behind `#`.
    pub fragment: Option<&'a str>,
}

impl<'a> Parts<'a> {
    /// The parts of `url`.
    #[must_use]
    pub fn of(url: &'a str) -> Self {
        let (rest, fragment) = split_at(url, b'#');
        let (path, query) = split_at(rest, b'?');
        Self { path, query, fragment }
    }

    /// `?query#fragment`, as written.
    #[must_use]
    pub fn tail(&self) -> String {
        let query = self.query.map(|query| format!("?{query}")).unwrap_or_default();
        let fragment = self.fragment.map(|fragment| format!("#{fragment}")).unwrap_or_default();
        query + &fragment
    }
}

fn split_at(text: &str, mark: u8) -> (&str, Option<&str>) {
    match memchr::memchr(mark, text.as_bytes()) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    }
}

/// The scheme of `url`, when it has one: `https` of `https://…`, `mailto` of `mailto:…`.
#[must_use]
pub fn scheme(url: &str) -> Option<&str> {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let end = url.bytes().position(|byte| !is_part(byte)).filter(|end| url.as_bytes().get(*end) == Some(&b':'))?;
    url.get(..end).filter(|scheme| scheme.starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// Whether `url` leaves the site by how it is written: it has a scheme, or names a host (`//cdn.example.com/`).
#[must_use]
pub fn is_external(url: &str) -> bool {
    matches!(url.as_bytes(), [b'/', b'/' | b'\\', ..] | [b'\\', b'\\', ..]) || scheme(url).is_some()
}

/// The path that `target` means from the folder `from` (both decoded, with or without `/` at their start), without
/// slashes around. `.` and `..` are followed; `..` stays at the root.
#[must_use]
pub fn join(from: &str, target: &str) -> String {
    let base = if target.starts_with('/') { "" } else { from };
    let mut joined: Vec<&str> = Vec::new();
    for segment in segments(base).chain(segments(target)) {
        match segment {
            "" | "." => {}
            ".." => {
                joined.pop();
            }
            _ => joined.push(segment),
        }
    }
    joined.join("/")
}

/// What stands between the slashes of `path`.
fn segments(path: &str) -> impl Iterator<Item = &str> {
    let ends = memchr::memchr_iter(b'/', path.as_bytes()).chain([path.len()]);
    let mut from = 0;
    ends.map(move |end| &path[std::mem::replace(&mut from, end + 1)..end])
}

/// Whether following `path` from its start ever leaves it, as `../a` and `a/../../b` do.
#[must_use]
pub fn leaves(path: &str) -> bool {
    let mut depth = 0_usize;
    for segment in segments(path) {
        match segment {
            "" | "." => {}
            ".." => match depth.checked_sub(1) {
                Some(up) => depth = up,
                None => return true,
            },
            _ => depth += 1,
        }
    }
    false
}

/// `href` with the base path before it, when it is root-relative; others stay. It is never to be called twice on one.
#[must_use]
pub fn with_base<'a>(base_path: &str, href: &'a str) -> Cow<'a, str> {
    if base_path.is_empty() || !href.starts_with('/') || is_external(href) {
        return Cow::Borrowed(href);
    }
    Cow::Owned(format!("{base_path}{href}"))
}

/// `href` without the base path, when it stands under it; none when it does not.
#[must_use]
pub fn without_base<'a>(base_path: &str, href: &'a str) -> Option<&'a str> {
    let rest = href.strip_prefix(base_path)?;
    match rest.as_bytes().first() {
        None | Some(b'?' | b'#') => (!base_path.is_empty()).then_some("/"),
        Some(b'/') => Some(rest),
        Some(_) => None,
    }
}

/// The root-relative, encoded `href` as seen from the page at `from`: `../b/index.html#c`. `index.html` is added to
/// folders, so that it works where no server adds it (`file://`). Others than root-relative ones stay.
#[must_use]
pub fn relative(from: &Address, href: &str) -> String {
    if !href.starts_with('/') || is_external(href) {
        return href.to_owned();
    }
    let parts = Parts::of(href);
    let base = encode(from.base());
    let mut own = base.split('/').filter(|segment| !segment.is_empty()).peekable();
    let (folder, file) = parts.path.rsplit_once('/').unwrap_or(("", parts.path));
    let mut theirs = folder.split('/').filter(|segment| !segment.is_empty()).peekable();
    while own.peek().is_some() && own.peek() == theirs.peek() {
        own.next();
        theirs.next();
    }
    let mut out = "../".repeat(own.count());
    for segment in theirs {
        out.push_str(segment);
        out.push('/');
    }
    let file = if file.is_empty() { "index.html" } else { file };
    // A colon in the first segment would read as a scheme.
    if out.is_empty() && file.contains(':') || out.split('/').next().is_some_and(|first| first.contains(':')) {
        out.insert_str(0, "./");
    }
    out + file + &parts.tail()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_know_their_files() {
        for (address, output, base, parent, name) in [
            (Address::root(), "index.html", "/", "/", ""),
            (Address::folder("a//b"), "a/b/index.html", "/a/b/", "/a/", "b"),
            (Address::page("/a/b.html"), "a/b.html", "/a/", "/a/", "b.html"),
            (Address::file("x.png"), "x.png", "/", "/", "x.png"),
            (Address::written("/a/b.txt"), "a/b.txt", "/a/", "/a/", "b.txt"),
            (Address::written("/a/b.txt/"), "a/b.txt/index.html", "/a/b.txt/", "/a/", "b.txt"),
            (Address::written("/a.b/c"), "a.b/c/index.html", "/a.b/c/", "/a.b/", "c"),
            (Address::written("v1.2"), "v1.2/index.html", "/v1.2/", "/", "v1.2"),
        ] {
            let got = (address.output(), address.base(), address.parent(), address.name());
            assert_eq!(got, (output.to_owned(), base, parent, name), "{address}");
        }
        assert_eq!(Address::folder("a b/ü#?%").href(), "/a%20b/%C3%BC%23%3F%25/");
    }

    #[test]
    fn joining_follows_dots_and_stays_at_the_root() {
        for (from, target, want) in [
            ("/a/b/", "c", "a/b/c"),
            ("a/b", "../c/./d", "a/c/d"),
            ("a", "../../../x", "x"),
            ("a/b", "/x/y/", "x/y"),
            ("a", "..", ""),
            ("", "...", "..."),
        ] {
            assert_eq!(join(from, target), want, "{from} {target}");
        }
        assert!(leaves("../a") && leaves("a/../../b") && leaves("/.."));
        assert!(!leaves("a/../b") && !leaves("..."));
    }

    #[test]
    fn urls_are_told_apart() {
        for external in ["https://a.test", "mailto:a@b", "//a.test/x", "tel:1", "data:x", "\\\\host\\x", "/\\host"] {
            assert!(is_external(external), "{external}");
        }
        for own in ["/a", "a:b/c".strip_prefix("a:").unwrap_or(""), "./a:b", "#a", "", "1a:b", "a/b:c"] {
            assert!(!is_external(own), "{own}");
        }
        let parts = Parts::of("/a?b=c#d?e");
        assert_eq!((parts.path, parts.query, parts.fragment), ("/a", Some("b=c"), Some("d?e")));
        assert_eq!(parts.tail(), "?b=c#d?e");
    }

    #[test]
    fn the_base_path_is_put_on_and_taken_off() {
        assert_eq!(with_base("/docs", "/a/"), "/docs/a/");
        assert_eq!(with_base("/docs", "//cdn/a/"), "//cdn/a/");
        assert_eq!(with_base("/docs", "../a/"), "../a/");
        assert_eq!(with_base("", "/a/"), "/a/");
        assert_eq!(without_base("/docs", "/docs/a/"), Some("/a/"));
        assert_eq!(without_base("/docs", "/docs"), Some("/"));
        assert_eq!(without_base("/docs", "/docsy/a/"), None);
        assert_eq!(without_base("", "/a/"), Some("/a/"));
    }

    proptest! {
        #[test]
        fn joining_never_leaves_the_root(from in "[a./]{0,12}", target in "[a./]{0,12}") {
            let joined = join(&from, &target);
            prop_assert!(!leaves(&joined));
            prop_assert!(joined.split('/').all(|segment| segment != ".." && segment != "."));
        }

        #[test]
        fn a_relative_link_leads_where_the_other_does(from in "(/[a-c:ü ]{1,3}){0,4}/", to in "(/[a-c:ü ]{1,3}){0,4}/(x.png)?") {
            let (from, to) = (Address::folder(&from), if to.ends_with('/') { Address::folder(&to) } else { Address::file(&to) });
            let seen = relative(&from, &to.href());
            prop_assert!(!seen.starts_with('/') && !is_external(&seen), "{seen}");
            prop_assert_eq!(join(from.base(), &decode(&seen)), to.output());
        }
    }

    #[test]
    fn relative_links_work_from_a_folder() {
        for (from, href, want) in [
            ("/a/b/", "/a/c/#x", "../c/index.html#x"),
            ("/a/b/", "/a/b/", "index.html"),
            ("/a/b/", "/", "../../index.html"),
            ("/", "/a/", "a/index.html"),
            ("/a/b.html", "/a/c.png?x", "c.png?x"),
            ("/ü b/", "/%C3%BC%20b/c/", "c/index.html"),
            ("/a/", "/a/x:y/", "./x:y/index.html"),
            ("/a/", "https://x.test/", "https://x.test/"),
            ("/a/", "#x", "#x"),
        ] {
            assert_eq!(relative(&Address::page(from), href), want, "{from} {href}");
        }
    }
}
