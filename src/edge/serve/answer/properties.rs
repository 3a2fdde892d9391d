//! What holds of every address that is asked for, however it is written.

use super::super::body::Reply;
use super::super::hosts::Hosts;
use super::super::snapshot::Snapshot;
use super::{Answer, answer};
use crate::base::address;
use crate::input::files::Content;
use crate::site::artifact::{Artifact, Kind};
use hyper::{Request, StatusCode, header};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::path::Path;

/// Pieces that mean something in an address, to us or to a disk.
const PIECES: &[&str] = &[
    "/",
    "//",
    ".",
    "..",
    "/../",
    "%2e",
    "%2E%2e",
    "%2f",
    "%5c",
    "\\",
    "%00",
    "%",
    "%zz",
    "%25",
    "%252e",
    "%c0%ae",
    "%c3%bc",
    "%20",
    "?",
    "?x=1",
    "#",
    ":",
    "@",
    "a",
    "b",
    "docs",
    "/docs",
    "/docs/",
    "/a/b/",
    "index.html",
    "old",
    "/old/",
    "x y.png",
    "x%20y.png",
    "ü",
    "_headers",
    "__guidegen/",
    "events",
    "reload.js",
    "?page=/docs/a/b/",
    "&since=1.1",
    "etc/passwd",
    ".git",
    "evil.test",
    "http:",
];

fn snapshot(base: &str) -> Snapshot {
    let files = [
        ("_redirects", "/old/* /a/b/ 301\n"),
        ("a/b/index.html", "<p>b</p>"),
        ("index.html", "<p>home</p>"),
        ("x y.png", "picture"),
        ("ü/index.html", "<p>ü</p>"),
    ];
    let kind = |path: &str| if path.ends_with(".html") { Kind::Page } else { Kind::File };
    let artifacts = files.map(|(path, text)| Artifact::new(path, kind(path), text.as_bytes())).to_vec();
    Snapshot::empty(Path::new("/")).next(artifacts, base, None, &BTreeSet::new()).0
}

proptest! {
    /// It is answered with a file of the site or refused, and sends nobody to another site.
    #[test]
    fn every_address_is_a_file_of_the_site_or_none(
        start in prop::sample::select(vec!["", "", "/docs", "/a/b", "/docs/a/b", "/old", "/docs/old", "/x%20y.png", "/docs/x%20y.png"]),
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..6),
        head in any::<bool>(),
        has_base in any::<bool>(),
        range in prop_oneof![Just(String::new()), "bytes=[0-9]{0,20}-[0-9]{0,20}", any::<String>()],
    ) {
        let snapshot = snapshot(if has_base { "/docs" } else { "" });
        let path = format!("{start}/{}", pieces.concat());
        let method = if head { "HEAD" } else { "GET" };
        let mut request = Request::builder().method(method).uri(&path).header(header::HOST, "localhost");
        if let Ok(range) = header::HeaderValue::try_from(range) {
            request = request.header(header::RANGE, range);
        }
        // What is no address at all is refused before it comes here.
        let Ok(request) = request.body(()) else { return Ok(()) };
        let Answer::Ready(response) = answer(&request, &snapshot, &Hosts::default()) else { return Ok(()) };
        let status = response.status().as_u16();
        prop_assert!(matches!(status, 200 | 206 | 301 | 302 | 400 | 403 | 404 | 414 | 416), "{path}: {status}");
        if let Some(to) = response.headers().get(header::LOCATION) {
            let to = to.to_str().unwrap_or_default();
            // Browsers take a backslash for a slash, but for one behind the question mark.
            let before = to.split('?').next().unwrap_or_default();
            prop_assert!(to.starts_with('/') && !to.starts_with("//") && !before.contains('\\'), "{path}: to {to}");
        }
        let Reply::Bytes(Some(bytes)) = response.into_body() else { return Ok(()) };
        let text = String::from_utf8_lossy(&bytes);
        if status == 200 && !path.contains("__guidegen") {
            let is_of = |artifact: &Artifact| match &artifact.content {
                // A page has the script that listens in it.
                Content::Bytes(own) => text.contains(String::from_utf8_lossy(own).trim_end_matches("</p>")),
                _ => false,
            };
            let asked = address::decode(request.uri().path()).into_owned();
            let found = snapshot.artifacts().iter().find(|artifact| is_of(artifact));
            let folder = found.map(|found| found.path.trim_end_matches("index.html").to_owned());
            prop_assert!(folder.is_some_and(|folder| asked.contains(&folder)), "{path}: {text}");
        }
    }
}

#[test]
fn what_is_not_ascii_is_encoded_where_readers_are_sent() {
    let response = super::redirect(StatusCode::FOUND, "/ü/?q=é&r=%20#x");
    assert_eq!(response.headers()[header::LOCATION], "/%C3%BC/?q=%C3%A9&r=%20#x");
}
