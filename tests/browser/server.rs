//! A server of built sites for one test: the bundle's files with the headers that its `_headers` asks for.

use guidegen::site::artifact::Bundle;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// How long a page that comes in pieces waits for a frame.
const PATIENCE: Duration = Duration::from_secs(5);

/// Files by path.
pub type Files = BTreeMap<String, Vec<u8>>;

pub fn files(bundle: &Bundle) -> Files {
    let files = bundle
        .artifacts
        .iter()
        .filter_map(|artifact| Some((artifact.path.clone(), artifact.content.bytes()?.into_owned())));
    files.collect()
}

pub fn write(files: &Files, folder: &Path) {
    for (path, bytes) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

/// What a server shares among its connections.
struct Served {
    files: Files,
    policy: String,
    /// How many frames the page told of, for pages that come in pieces.
    frames: Mutex<u64>,
    told: Condvar,
}

/// Serves `files` on a port of its own until the test ends; its address. With `?slow` a page comes in pieces that end in the
/// middle of a fallback, and each waits until the page has asked for `/frame`, which it is to do in every frame, a few times.
pub fn serve(files: Files) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let policy = String::from_utf8_lossy(files.get("_headers").map_or(&[][..], Vec::as_slice))
        .lines()
        .find_map(|line| line.trim().strip_prefix("Content-Security-Policy: ").map(str::to_owned))
        .expect("_headers has a policy");
    let shared = Arc::new(Served { files, policy, frames: Mutex::new(0), told: Condvar::new() });
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let shared = Arc::clone(&shared);
            std::thread::spawn(move || answer(&stream, &shared));
        }
    });
    address
}

fn answer(stream: &TcpStream, served: &Served) {
    let (files, policy) = (&served.files, &served.policy);
    let mut lines = BufReader::new(stream).lines();
    let Some(Ok(request)) = lines.next() else { return };
    while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
    let target = request.split(' ').nth(1).unwrap_or("/");
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let path = path.trim_start_matches('/');
    if path == "frame" {
        *served.frames.lock().unwrap() += 1;
        served.told.notify_all();
    }
    let path = if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() };
    let (status, body) = match files.get(&path) {
        Some(body) => ("200 OK", body.as_slice()),
        None => ("404 Not Found", &b"nothing"[..]),
    };
    let kind = match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css",
        Some("js") => "text/javascript",
        Some("svg") => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    };
    let mut stream = stream;
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nContent-Security-Policy: {policy}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes());
    if query != "slow" {
        let _ = stream.write_all(body);
        return;
    }
    let text = String::from_utf8_lossy(body);
    for piece in text.split_inclusive("exam") {
        let _ = stream.write_all(piece.as_bytes());
        let _ = stream.flush();
        // The frame that is under way, and two that began later.
        let frames = served.frames.lock().unwrap();
        let seen = *frames;
        drop(served.told.wait_timeout_while(frames, PATIENCE, |frames| *frames < seen + 3).unwrap());
    }
}
