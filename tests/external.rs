//! Links to other sites: `check --external` against a server that the test starts, which answers for every host as an
//! HTTP proxy. Nothing is asked for outside of this machine.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Output;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

/// What was asked: method and address, in order.
type Log = Arc<Mutex<Vec<String>>>;

/// How many requests each host had at once, now and at most.
type Load = Arc<Mutex<BTreeMap<String, (usize, usize)>>>;

struct Server {
    address: String,
    log: Log,
    load: Load,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (log, load) = (Log::default(), Load::default());
        let (shared, loads) = (Arc::clone(&log), Arc::clone(&load));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (log, load) = (Arc::clone(&shared), Arc::clone(&loads));
                std::thread::spawn(move || serve(stream, &log, &load));
            }
        });
        Self { address, log, load }
    }

    fn asked(&self, what: &str) -> usize {
        self.log.lock().unwrap().iter().filter(|line| line.contains(what)).count()
    }
}

fn serve(mut stream: TcpStream, log: &Log, load: &Load) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    let Some(Ok(first)) = lines.next() else { return };
    while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
    let mut words = first.split(' ');
    let (method, url) = (words.next().unwrap().to_owned(), words.next().unwrap().to_owned());
    let host = url.trim_start_matches("http://").split('/').next().unwrap().to_owned();
    let before = {
        let mut log = log.lock().unwrap();
        let line = format!("{method} {url}");
        let before = log.iter().filter(|known| **known == line).count();
        log.push(line);
        before
    };
    {
        let mut load = load.lock().unwrap();
        let entry = load.entry(host.clone()).or_default();
        entry.0 += 1;
        entry.1 = entry.1.max(entry.0);
    }
    std::thread::sleep(std::time::Duration::from_millis(15));
    load.lock().unwrap().get_mut(&host).unwrap().0 -= 1;
    let _ = stream.write_all(answer(&method, &url, before).as_bytes());
}

/// What the path says: `/404`, `/flaky` (wrong twice), `/later` (429 with Retry-After once), `/no-head`, `/page`.
fn answer(method: &str, url: &str, before: usize) -> String {
    let path = url.trim_start_matches("http://").split_once('/').map_or("", |(_, path)| path);
    let (status, extra) = match path {
        "404" => ("404 Not Found", ""),
        "403" => ("403 Forbidden", ""),
        "500" => ("500 Internal Server Error", ""),
        "flaky" if before == 0 => ("502 Bad Gateway", ""),
        "later" if before == 0 => ("429 Too Many Requests", "Retry-After: 1\r\n"),
        "no-head" if method == "HEAD" => ("405 Method Not Allowed", ""),
        "moved" => ("301 Moved Permanently", "Location: /page\r\n"),
        "circle" => ("302 Found", "Location: /circle\r\n"),
        _ => ("200 OK", ""),
    };
    let body = "<h1 id=\"there\">x</h1>";
    let shown = if method == "HEAD" { "" } else { body };
    format!(
        "HTTP/1.1 {status}\r\n{extra}Content-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{shown}",
        body.len()
    )
}

fn site(guide: &str, config: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("content")).unwrap();
    fs::write(folder.path().join("content/a.md"), format!("---\ntitle: A\n---\n{guide}")).unwrap();
    fs::write(folder.path().join("guidegen.yaml"), config).unwrap();
    folder
}

fn check(site: &TempDir, server: &Server, arguments: &[&str]) -> Output {
    assert_cmd::Command::cargo_bin("guidegen")
        .unwrap()
        .args(["check", "--format", "short", "--root"])
        .arg(site.path())
        .args(arguments)
        .env("http_proxy", &server.address)
        .env("XDG_CACHE_HOME", site.path().join("cache"))
        .env_remove("no_proxy")
        .env_remove("NO_PROXY")
        .output()
        .unwrap()
}

/// The findings: line and message.
fn found(output: &Output) -> Vec<String> {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    let findings = text.lines().filter(|line| line.contains("link-external]"));
    findings.map(|line| line.trim_start_matches("content/a.md:").to_owned()).collect()
}

#[test]
fn what_is_not_there_is_told_at_each_place_and_asked_for_once() {
    let server = Server::start();
    let guide = "[a](http://one.guides.dev/404) [b](http://one.guides.dev/404)\n\n[c](http://one.guides.dev/fine#there)\n\
                 [d](http://one.guides.dev/fine#gone) [e](http://one.guides.dev/403) [f](http://one.guides.dev/moved)\n\
                 [g](http://one.guides.dev/circle) [h](http://localhost/404) [i](http://app.example.com/404)\n\
                 [j](http://github.com/o/r/blob/main/a.rs#L10-L12)\n";
    let site = site(guide, "");
    let output = check(&site, &server, &["--external"]);
    let found = found(&output);
    let places: Vec<&str> = found.iter().filter_map(|line| line.split(": ").next()).collect();
    assert_eq!(places, ["4:1", "4:32", "7:1", "8:1"], "{found:#?}");
    assert!(found[0].contains("404") && found[2].contains("no `#gone`") && found[3].contains("circle"), "{found:#?}");
    assert_eq!(server.asked("/404"), 2, "HEAD, then GET");
    assert_eq!(server.asked("GET http://one.guides.dev/fine"), 1, "one page, however many of its places are linked to");
    assert_eq!(server.asked("localhost") + server.asked("example.com"), 0);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("1 link to other sites could not be judged"));
}

#[test]
fn what_fails_for_the_moment_is_asked_for_again() {
    let server = Server::start();
    let guide = "[a](http://one.guides.dev/flaky) [b](http://two.guides.dev/later) [c](http://three.guides.dev/no-head)\n\
                 [d](http://four.guides.dev/500)\n";
    let site = site(guide, "");
    let output = check(&site, &server, &["--external"]);
    let found = found(&output);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].contains("500"), "{found:#?}");
    assert_eq!((server.asked("HEAD http://one"), server.asked("HEAD http://two")), (2, 2));
    assert_eq!((server.asked("HEAD http://three"), server.asked("GET http://three")), (1, 1));
}

#[test]
fn good_answers_are_kept_and_hosts_are_spared() {
    let server = Server::start();
    let links: String = (0..20).map(|number| format!("[x](http://busy.guides.dev/{number}) ")).collect();
    let site = site(&format!("{links}[y](http://busy.guides.dev/404)\n"), "");
    check(&site, &server, &["--external"]);
    assert_eq!(server.asked("busy"), 22);
    assert!(server.load.lock().unwrap()["busy.guides.dev"].1 <= 2);
    check(&site, &server, &["--external"]);
    assert_eq!(server.asked("busy"), 24, "only what was wrong is asked for again");
}

#[test]
fn nobody_is_asked_without_the_option_or_against_the_configuration() {
    let server = Server::start();
    let config = "external:\n  ignore:\n    - { url: \"http://*.guides.dev/*\", reason: It takes no machines. }\n";
    let site = site("[a](http://one.guides.dev/404)\n", config);
    assert!(found(&check(&site, &server, &[])).is_empty());
    assert!(found(&check(&site, &server, &["--external"])).is_empty());
    assert_eq!(server.log.lock().unwrap().len(), 0);
}
