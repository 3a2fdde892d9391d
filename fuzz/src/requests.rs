//! What comes in on a connection of the server: it is answered in HTTP, with what is on the site or nothing, and the
//! connection ends.

use guidegen::edge::serve::{self, Hosts, Problem, Stage};
use guidegen::site::artifact::{Artifact, Kind};
use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::pin::{Pin, pin};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::runtime::{Builder, Runtime};

/// The site: paths below the output folder and what is there.
const FILES: [(&str, &str); 8] = [
    ("404.html", "<head></head><main>not here</main>"),
    ("_headers", "/*\n  X-All: 1\n/docs/a/*\n  X-A: b\n  Content-Length: 5\n"),
    ("_redirects", "/docs/old/* /docs/a/b/:splat 301\n/docs/away https://elsewhere.test/ 302\n"),
    ("a/b/index.html", "<head></head><p>b</p>"),
    ("file.txt", "0123456789"),
    ("index.html", "<head></head><p>home</p>"),
    ("x y.png", "picture"),
    ("ü/index.html", "<head></head><p>ü</p>"),
];

/// How long a conversation may take, on a machine that is as busy as it may be.
const PATIENCE: Duration = Duration::from_secs(60);
/// For so many turns of the server nothing has to come before its reader takes it that nothing will.
const TURNS: usize = 16;

/// The base path.
const BASE: &str = "/docs";

static STAGE: LazyLock<Stage> = LazyLock::new(|| Stage::new(Path::new("/nowhere")));

static RUNTIME: LazyLock<Mutex<Runtime>> =
    LazyLock::new(|| Mutex::new(Builder::new_current_thread().enable_time().build().expect("a runtime")));

/// Shows the site, with nothing wrong.
fn build(stage: &Stage) {
    let kind = |path: &str| if path.ends_with(".html") { Kind::Page } else { Kind::File };
    let artifacts = FILES.map(|(path, text)| Artifact::new(path, kind(path), text.as_bytes())).to_vec();
    let (snapshot, _) = stage.now().next(artifacts, BASE, None, &BTreeSet::new());
    stage.show(snapshot);
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// Its status.
    pub status: u16,
    /// Its headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Its body; without its chunks where it came in some.
    pub body: Vec<u8>,
}

impl Response {
    /// The first header of a name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Sends `data` on a connection and looks at what comes back. The first byte says in pieces of which size it arrives.
pub fn check(data: &[u8]) {
    let Some((piece, requests)) = data.split_first() else { return };
    let output = converse(requests, usize::from(*piece));
    for response in responses(&output) {
        check_response(&response);
    }
}

/// What the server says to `requests`, which arrive in pieces of so many bytes (all at once for 0).
#[must_use]
pub fn converse(requests: &[u8], piece: usize) -> Vec<u8> {
    let line = Arc::new(Mutex::new(Line::default()));
    let piece = if piece == 0 { requests.len().max(1) } else { piece };
    let wire = Wire { input: requests.to_vec(), at: 0, piece, line: Arc::clone(&line) };
    let runtime = RUNTIME.lock().unwrap_or_else(PoisonError::into_inner);
    build(&STAGE);
    let conversation = async {
        let mut conversation = pin!(serve::converse(wire, &STAGE, Hosts::default()));
        tokio::select! {
            biased;
            () = &mut conversation => return,
            () = quiet(&line) => {}
        }
        // Whose reader is gone is found out when there is something to tell.
        STAGE.show(STAGE.now().broken(Problem { title: "Broken".to_owned(), text: String::new() }));
        conversation.await;
    };
    // A timer is made where a runtime is.
    let ended = runtime.block_on(async { tokio::time::timeout(PATIENCE, conversation).await });
    assert!(ended.is_ok(), "a connection whose reader is gone ends");
    std::mem::take(&mut lock(&line).output)
}

/// The answers in what came back. A last one may be cut, since the reader of these tests goes as soon as it has asked.
#[must_use]
pub fn responses(mut output: &[u8]) -> Vec<Response> {
    let mut responses = Vec::new();
    while !output.is_empty() {
        let head = output.windows(4).position(|four| four == b"\r\n\r\n");
        let Some(head) = head else { panic!("no head: {}", String::from_utf8_lossy(output)) };
        let (lines, rest) = (&output[..head], &output[head + 4..]);
        let mut response = read_head(lines);
        let (body, rest) = read_body(&response, rest);
        response.body = body;
        responses.push(response);
        output = rest;
    }
    responses
}

fn read_head(head: &[u8]) -> Response {
    // A header's value may be any bytes but control characters.
    let head: String = head.iter().map(|byte| char::from(*byte)).collect();
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap_or_default();
    let number = status.strip_prefix("HTTP/1.1 ").or_else(|| status.strip_prefix("HTTP/1.0 "));
    let number = number.and_then(|rest| rest.get(..3)).and_then(|number| number.parse().ok());
    let status = number.unwrap_or_else(|| panic!("`{status}` is no status line"));
    let header = |line: &str| {
        let (name, value) = line.split_once(':').unwrap_or_else(|| panic!("`{line}` is no header"));
        assert!(!name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'), "{line}");
        assert!(!value.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t'), "{line}");
        (name.to_ascii_lowercase(), value.trim().to_owned())
    };
    Response { status, headers: lines.map(header).collect(), body: Vec::new() }
}

/// The body of an answer, and what comes behind it.
fn read_body<'a>(response: &Response, rest: &'a [u8]) -> (Vec<u8>, &'a [u8]) {
    // What was asked for with HEAD has none, whatever its length says.
    let is_next = rest.is_empty() || rest.starts_with(b"HTTP/1.");
    if response.header("transfer-encoding") == Some("chunked") {
        assert!(response.header("content-length").is_none(), "one length, not two: {response:?}");
        return if is_next { (Vec::new(), rest) } else { read_chunks(rest) };
    }
    let length = response.header("content-length").map(|length| length.parse().expect("a length is a number"));
    match length {
        Some(length) if !is_next => {
            assert!(rest.len() >= length, "{length} bytes were promised: {response:?}");
            (rest[..length].to_vec(), &rest[length..])
        }
        Some(_) => (Vec::new(), rest),
        None if matches!(response.status, 204 | 304) => (Vec::new(), rest),
        None => (rest.to_vec(), &[]),
    }
}

fn read_chunks(mut rest: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut body = Vec::new();
    while let Some(end) = rest.windows(2).position(|two| two == b"\r\n") {
        let size = std::str::from_utf8(&rest[..end]).ok().and_then(|size| usize::from_str_radix(size, 16).ok());
        let size = size.expect("a chunk has a size");
        let chunk = &rest[end + 2..];
        if chunk.len() < size + 2 {
            break;
        }
        body.extend_from_slice(&chunk[..size]);
        assert_eq!(&chunk[size..size + 2], b"\r\n", "a chunk ends in a line's end");
        rest = &chunk[size + 2..];
        if size == 0 {
            return (body, rest);
        }
    }
    // Events, which go on until nobody listens.
    (body, &[])
}

fn check_response(response: &Response) {
    let statuses = [200, 206, 301, 302, 304, 400, 403, 404, 405, 413, 414, 416, 431];
    assert!(statuses.contains(&response.status), "{response:?}");
    for (name, _) in &response.headers {
        let single = ["content-length", "content-type", "location", "etag", "cache-control", "content-range"];
        let count = response.headers.iter().filter(|(other, _)| other == name).count();
        assert!(count == 1 || !single.contains(&name.as_str()), "`{name}` is said {count} times: {response:?}");
    }
    if let Some(to) = response.header("location") {
        // Browsers take a backslash for a slash, but for one behind the question mark.
        let before = to.split('?').next().unwrap_or_default();
        let is_here = to.starts_with('/') && !to.starts_with("//") && !before.contains('\\');
        assert!(is_here || to.starts_with("https://elsewhere.test/"), "a reader is sent to {to}");
    }
    let body = String::from_utf8_lossy(&response.body);
    let kind = response.header("content-type").unwrap_or_default();
    let is_whole = response.status == 200 && !response.body.is_empty();
    if is_whole && !kind.starts_with("text/event-stream") && !body.starts_with("//") {
        assert!(is_of_site(&body), "nothing of the site: {response:?}");
    }
    if response.status == 206 {
        let is_part = FILES
            .iter()
            .any(|(_, text)| text.as_bytes().windows(response.body.len().max(1)).any(|part| part == response.body));
        assert!(is_part || body.contains("reload.js") || response.body.is_empty(), "{response:?}");
    }
}

/// It is a file, or a page with the script that listens in it.
fn is_of_site(body: &str) -> bool {
    FILES.iter().any(|(path, text)| match text.strip_prefix("<head>") {
        Some(rest) if path.ends_with(".html") => body.starts_with("<head><script ") && body.ends_with(rest),
        _ => body == *text,
    })
}

/// The reader's end: it has said everything, listens for as long as something comes, and goes.
async fn quiet(line: &Mutex<Line>) {
    let (mut known, mut since) = (0, 0);
    while since < TURNS {
        tokio::task::yield_now().await;
        let progress = lock(line).progress;
        since = if progress == known { since + 1 } else { 0 };
        known = progress;
    }
    let mut line = lock(line);
    line.is_over = true;
    if let Some(waiting) = line.waiting.take() {
        waiting.wake();
    }
}

fn lock(line: &Mutex<Line>) -> MutexGuard<'_, Line> {
    line.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What went over a connection.
#[derive(Default)]
struct Line {
    output: Vec<u8>,
    /// How often anything was read or written.
    progress: usize,
    /// Whether the reader is gone.
    is_over: bool,
    /// Who waits for more.
    waiting: Option<Waker>,
}

/// The server's end of a connection, on which the requests come in pieces.
struct Wire {
    input: Vec<u8>,
    at: usize,
    piece: usize,
    line: Arc<Mutex<Line>>,
}

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        let mut line = lock(&wire.line);
        if wire.at == wire.input.len() && !line.is_over {
            line.waiting = Some(context.waker().clone());
            return Poll::Pending;
        }
        let length = wire.piece.min(buffer.remaining()).min(wire.input.len() - wire.at);
        buffer.put_slice(&wire.input[wire.at..wire.at + length]);
        wire.at += length;
        line.progress += 1;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let mut line = lock(&self.line);
        if line.is_over {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        line.output.extend_from_slice(bytes);
        line.progress += 1;
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
