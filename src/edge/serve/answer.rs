//! What a request is answered, from one snapshot. Nothing is looked up on disk by what a request says.

use super::body::Reply;
use super::hosts::Hosts;
use super::media;
use super::range::{self, Part};
use super::snapshot::{Found, Snapshot, href};
use super::update::Mark;
use crate::base::address;
use crate::base::digest::Digest;
use crate::input::files::Content;
use crate::input::spelling;
use crate::page::html::{self, Piece, escape};
use crate::site::artifact::{Artifact, Kind};
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

/// Below this name, in the base path, is what is ours and not the site's.
pub(super) const OURS: &str = "/__guidegen/";
/// The script of a page that listens.
const SCRIPT: &str = include_str!("reload.js");
/// Longer addresses are nobody's.
const LONGEST: usize = 8 * 1024;

/// What is to be done.
pub(super) enum Answer {
    /// This is it.
    Ready(Response<Reply>),
    /// Events, for the page at this path (decoded, without the base path).
    Events { path: Option<String>, since: Option<Mark> },
}

/// Answers a request; its body is not looked at.
pub(super) fn answer<B>(request: &Request<B>, snapshot: &Snapshot, hosts: &Hosts) -> Answer {
    if let Some(refusal) = refuse(request, hosts) {
        return Answer::Ready(refusal);
    }
    let Some(path) = decoded(request.uri().path()) else {
        return Answer::Ready(text(StatusCode::BAD_REQUEST, "This is no address.\n"));
    };
    let base = address::decode(snapshot.base_path());
    if path == "/" && !base.is_empty() || path == base {
        return Answer::Ready(redirect(StatusCode::FOUND, &format!("{}/", snapshot.base_path())));
    }
    let Some(path) = address::without_base(&base, &path) else {
        return Answer::Ready(not_found(snapshot, None));
    };
    if let Some(ours) = path.strip_prefix(OURS) {
        return own(ours, request, snapshot);
    }
    Answer::Ready(site(request, snapshot, path))
}

/// What is refused whatever it asks for.
fn refuse<B>(request: &Request<B>, hosts: &Hosts) -> Option<Response<Reply>> {
    let mut named = request.headers().get_all(header::HOST).iter();
    let host = named.next().and_then(|host| host.to_str().ok());
    let is_ours = named.next().is_none() && host.is_some_and(|host| hosts.accept(host));
    let authority = request.uri().authority().is_none_or(|authority| hosts.accept(authority.as_str()));
    if !is_ours || !authority {
        let why = "This name is not one of this server's. Allow it with --allow-host NAME.\n";
        return Some(text(StatusCode::FORBIDDEN, why));
    }
    if request.method() != Method::GET && request.method() != Method::HEAD {
        let mut response = text(StatusCode::METHOD_NOT_ALLOWED, "Only GET and HEAD are answered.\n");
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        return Some(response);
    }
    let is_long = request.uri().path_and_query().is_some_and(|address| address.as_str().len() > LONGEST);
    is_long.then(|| text(StatusCode::URI_TOO_LONG, "This address is too long.\n"))
}

/// A path without its percent signs; none when it is not UTF-8, or climbs, or means to.
fn decoded(path: &str) -> Option<String> {
    let mut bytes = path.bytes();
    while let Some(byte) = bytes.next() {
        let mut hex = || bytes.next().is_some_and(|byte| byte.is_ascii_hexdigit());
        if byte == b'%' && !(hex() && hex()) {
            return None;
        }
    }
    let path = percent_encoding::percent_decode_str(path).decode_utf8().ok()?;
    let climbs = path.split('/').any(|part| matches!(part, "." | ".."));
    let is_odd = !path.starts_with('/') || path.contains("//") || path.chars().any(|c| c == '\\' || c.is_control());
    (!climbs && !is_odd).then(|| path.into_owned())
}

/// The script and the events.
fn own<B>(name: &str, request: &Request<B>, snapshot: &Snapshot) -> Answer {
    match name {
        "reload.js" => {
            let mut response = plain(StatusCode::OK, "text/javascript; charset=utf-8", SCRIPT.to_owned());
            let same = HeaderValue::from_static("same-origin");
            response.headers_mut().insert(HeaderName::from_static("cross-origin-resource-policy"), same);
            Answer::Ready(response)
        }
        "events" if request.method() == Method::GET => {
            let query = request.uri().query().unwrap_or("");
            let value = |name: &str| {
                let mut pairs = url::form_urlencoded::parse(query.as_bytes());
                pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
            };
            let last = request.headers().get("last-event-id").and_then(|last| last.to_str().ok());
            let since = last.and_then(Mark::parse).or_else(|| value("since").as_deref().and_then(Mark::parse));
            let path = value("page").and_then(|page| decoded(&page));
            let path = path.and_then(|path| {
                let base = address::decode(snapshot.base_path());
                address::without_base(&base, &path).map(str::to_owned)
            });
            Answer::Events { path, since }
        }
        _ => Answer::Ready(not_found(snapshot, None)),
    }
}

/// A page or a file of the site.
fn site<B>(request: &Request<B>, snapshot: &Snapshot, path: &str) -> Response<Reply> {
    if !snapshot.is_built() {
        return waiting(snapshot);
    }
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    let full = format!("{}{path}", address::decode(snapshot.base_path()));
    if let Some(rule) = snapshot.rules().redirect(&full) {
        let status = StatusCode::from_u16(rule.status).unwrap_or(StatusCode::FOUND);
        let query = if rule.to.contains(['?', '#']) { "" } else { &query };
        return redirect(status, &format!("{}{query}", rule.to));
    }
    match snapshot.find(path) {
        Found::File(number) => match snapshot.artifact(number) {
            Some(artifact) => file(request.headers(), snapshot, artifact, &full),
            None => not_found(snapshot, Some(path)),
        },
        Found::Folder => redirect(StatusCode::MOVED_PERMANENTLY, &format!("{}/{query}", address::encode(&full))),
        Found::Nothing => not_found(snapshot, Some(path)),
    }
}

/// An artifact with everything that a static host says about it.
fn file(asked: &HeaderMap, snapshot: &Snapshot, artifact: &Artifact, path: &str) -> Response<Reply> {
    let kind = media::type_of(&artifact.path);
    let is_page = artifact.kind == Kind::Page && media::is_page(kind);
    let opened = match &artifact.content {
        Content::Bytes(bytes) if is_page => Ok(Opened::of(with_script(bytes, snapshot))),
        Content::Bytes(bytes) => Ok(Opened::Bytes(Arc::clone(bytes))),
        Content::Text(text) => Ok(Opened::Bytes(Arc::clone(text).into())),
        Content::Pieces(pieces) => Ok(Opened::of(pieces.concat().into_bytes())),
        Content::OnDisk { path, .. } => open(path, snapshot.root()),
    };
    let Ok(opened) = opened else {
        return text(StatusCode::NOT_FOUND, "This file went, or cannot be read.\n");
    };
    let mark = if is_page { format!("-{}", Mark::of(snapshot)) } else { String::new() };
    let tag = format!("\"{}{mark}\"", opened.tag(artifact));
    let value = |name| asked.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let is_known = value(header::IF_NONE_MATCH).is_some_and(|tags| {
        tags.trim() == "*" || tags.split(',').any(|known| known.trim().trim_start_matches("W/") == tag)
    });
    let range = value(header::RANGE).filter(|_| value(header::IF_RANGE).is_none_or(|known| known.trim() == tag));
    let len = opened.len();
    let (status, body, part) = match range::part(range, len) {
        _ if is_known => (StatusCode::NOT_MODIFIED, Reply::empty(), None),
        Part::Whole => (StatusCode::OK, opened.reply(0..len), None),
        Part::Bytes(range) => {
            let part = format!("bytes {}-{}/{len}", range.start, range.end - 1);
            (StatusCode::PARTIAL_CONTENT, opened.reply(range), Some(part))
        }
        Part::Beyond => (StatusCode::RANGE_NOT_SATISFIABLE, Reply::empty(), Some(format!("bytes */{len}"))),
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    put(headers, header::ETAG, &tag);
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if let Some(part) = part {
        put(headers, header::CONTENT_RANGE, &part);
    }
    site_headers(headers, snapshot, path);
    response
}

/// What the site's `_headers` say, apart from what is the server's own to say.
fn site_headers(headers: &mut HeaderMap, snapshot: &Snapshot, path: &str) {
    for (name, value) in snapshot.rules().headers(path) {
        let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) else { continue };
        let is_type = name == header::CONTENT_TYPE;
        let own = [
            header::CACHE_CONTROL,
            header::CONTENT_LENGTH,
            header::CONTENT_RANGE,
            header::CONTENT_ENCODING,
            header::TRANSFER_ENCODING,
            header::CONNECTION,
            header::ETAG,
            // A browser would keep to it, for whatever else is at this port later.
            header::STRICT_TRANSPORT_SECURITY,
        ];
        if is_type {
            headers.insert(name, value);
        } else if !own.contains(&name) {
            headers.append(name, value);
        }
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

/// A file's bytes, ready to be sent.
enum Opened {
    Bytes(Arc<[u8]>),
    File { file: File, len: u64, tag: String },
}

impl Opened {
    fn of(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes.into())
    }

    fn len(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::File { len, .. } => *len,
        }
    }

    fn tag(&self, artifact: &Artifact) -> String {
        match self {
            Self::Bytes(bytes) => artifact.digest.unwrap_or_else(|| Digest::of(bytes)).short(),
            Self::File { tag, .. } => tag.clone(),
        }
    }

    fn reply(self, range: std::ops::Range<u64>) -> Reply {
        match self {
            Self::Bytes(bytes) => Reply::part(&bytes, range),
            Self::File { file, .. } => Reply::file(file, range),
        }
    }
}

/// Opens a file that was left on disk. A link that took its place since the build does not lead out of the site.
fn open(path: &Path, root: &Path) -> std::io::Result<Opened> {
    let path = path.canonicalize()?;
    let metadata = path.metadata()?;
    if !path.starts_with(root) || !metadata.is_file() {
        return Err(std::io::ErrorKind::NotFound.into());
    }
    let changed = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let tag = format!("{:x}-{:x}", metadata.len(), changed.unwrap_or_default().as_nanos());
    Ok(Opened::File { file: File::open(path)?, len: metadata.len(), tag })
}

/// A page with the script that listens, which is no part of the built site. It comes before the page's own scripts, which may
/// put something into the page that was not sent.
fn with_script(page: &[u8], snapshot: &Snapshot) -> Vec<u8> {
    let base = escape(snapshot.base_path());
    let script = format!("<script defer src=\"{base}{OURS}reload.js\" data-at=\"{}\"></script>\n", Mark::of(snapshot));
    let at = before_scripts(page);
    let mut out = Vec::with_capacity(page.len() + script.len());
    out.extend_from_slice(page.get(..at).unwrap_or_default());
    out.extend_from_slice(script.as_bytes());
    out.extend_from_slice(page.get(at..).unwrap_or_default());
    out
}

/// Where the first script of a page stands, else the end of its head.
fn before_scripts(page: &[u8]) -> usize {
    let Ok(text) = std::str::from_utf8(page) else { return page.len() };
    let mut at = 0;
    for piece in html::pieces(text) {
        let (source, is_place) = match piece {
            Piece::Text(source) | Piece::Raw(source) => (source, false),
            Piece::Tag(tag) => {
                let name = if tag.closing { "head" } else { "script" };
                (tag.source, tag.name.eq_ignore_ascii_case(name))
            }
        };
        if is_place {
            return at;
        }
        at += source.len();
    }
    page.len()
}

/// `404.html` with the nearest addresses in it.
fn not_found(snapshot: &Snapshot, path: Option<&str>) -> Response<Reply> {
    let Some(Content::Bytes(page)) =
        snapshot.number("404.html").and_then(|number| snapshot.artifact(number)).map(|page| &page.content)
    else {
        let body = format!("<!doctype html>\n<title>Not found</title>\n<main>{}</main>\n", suggestions(snapshot, path));
        return page(StatusCode::NOT_FOUND, snapshot, body.as_bytes());
    };
    let end = b"</main>";
    let at = page.windows(end.len()).rposition(|piece| piece == end).unwrap_or(page.len());
    let (before, behind) = page.split_at(at);
    let body = [before, suggestions(snapshot, path).as_bytes(), behind].concat();
    self::page(StatusCode::NOT_FOUND, snapshot, &body)
}

fn suggestions(snapshot: &Snapshot, path: Option<&str>) -> String {
    let near = path.map(|path| nearest(snapshot, path)).unwrap_or_default();
    if near.is_empty() {
        return String::new();
    }
    let links = near.iter().map(|href| {
        let href = escape(&format!("{}{href}", snapshot.base_path()));
        format!("<li><a href=\"{href}\">{href}</a></li>")
    });
    format!("<p>Near to this address:</p>\n<ul>{}</ul>\n", links.collect::<String>())
}

/// The addresses that were probably meant: the same name elsewhere, a name with a slip, else the nearest folder above.
fn nearest(snapshot: &Snapshot, path: &str) -> Vec<String> {
    const MOST: usize = 5;
    let split = |path: &str| {
        let path = path.trim_matches('/');
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        (folder.to_owned(), name.to_owned())
    };
    let (folder, name) = split(path);
    let pages = snapshot.artifacts().iter().filter(|artifact| artifact.kind == Kind::Page);
    let mut near: Vec<(bool, bool, String)> = Vec::new();
    for artifact in pages {
        let address = artifact.path.strip_suffix("index.html").unwrap_or(&artifact.path);
        let (other_folder, other) = split(address);
        let is_same = !name.is_empty() && other.eq_ignore_ascii_case(&name);
        if is_same || spelling::nearest(&name, std::iter::once(other.as_str())).is_some() {
            near.push((!is_same, other_folder != folder, href(&artifact.path)));
        }
    }
    near.sort();
    near.truncate(MOST);
    if near.is_empty() {
        let mut above = folder.as_str();
        while !above.is_empty() {
            if let Found::File(number) = snapshot.find(&format!("/{above}/")) {
                return snapshot.artifact(number).map(|page| href(&page.path)).into_iter().collect();
            }
            above = above.rsplit_once('/').map_or("", |(folder, _)| folder);
        }
    }
    near.into_iter().map(|(.., href)| href).collect()
}

/// The page that stands in for a site that could not be built yet.
fn waiting(snapshot: &Snapshot) -> Response<Reply> {
    let body = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Not built yet</title>\n\
                </head>\n<body>\n<main><h1>The site could not be built yet</h1>\n\
                <p>This page becomes the site as soon as what is wrong is mended.</p></main>\n</body>\n</html>\n";
    page(StatusCode::SERVICE_UNAVAILABLE, snapshot, body.as_bytes())
}

/// A page of our own making.
fn page(status: StatusCode, snapshot: &Snapshot, body: &[u8]) -> Response<Reply> {
    let mut response = plain(status, "text/html; charset=utf-8", with_script(body, snapshot));
    site_headers(response.headers_mut(), snapshot, &format!("{}/404.html", snapshot.base_path()));
    response
}

fn text(status: StatusCode, body: &str) -> Response<Reply> {
    plain(status, "text/plain; charset=utf-8", body.to_owned())
}

fn plain(status: StatusCode, kind: &'static str, body: impl Into<Vec<u8>>) -> Response<Reply> {
    let mut response = Response::new(Reply::bytes(body.into()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// Sends on to `to`. What is not ASCII in it, in the author's rule or in the query that was asked with, is encoded: nothing
/// else can stand in a header.
fn redirect(status: StatusCode, to: &str) -> Response<Reply> {
    let mut location = String::with_capacity(to.len());
    for c in to.chars() {
        if c.is_ascii() {
            location.push(c);
        } else {
            let mut bytes = [0; 4];
            location.extend(c.encode_utf8(&mut bytes).bytes().map(|byte| format!("%{byte:02X}")));
        }
    }
    let mut response = text(status, "");
    put(response.headers_mut(), header::LOCATION, &location);
    response
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::try_from(value) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod properties;
