//! `guidegen serve`, the real program over real HTTP: what is answered and refused, what open pages are told, how errors
//! come and go. No test asserts on time; each waits for what it expects, and fails when it never comes.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use tempfile::TempDir;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A site in a folder, and the program that serves it.
struct Server {
    folder: TempDir,
    child: Child,
    told: Receiver<String>,
    host: String,
    base: String,
}

impl Server {
    fn start(files: &[(&str, &str)], arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            write(folder.path(), path, text);
        }
        Self::of(folder, arguments)
    }

    fn of(folder: TempDir, arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_guidegen"));
        command.env_remove("GITHUB_WORKSPACE").env("SOURCE_DATE_EPOCH", "1700000000").env("NO_COLOR", "1");
        command.arg("serve").args(["--port", "0"]).args(arguments).current_dir(folder.path());
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).stdin(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let (sender, told) = channel();
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(|line| drop(sender.send(line))));
        let mut server = Self { folder, child, told, host: String::new(), base: String::new() };
        let line = server.hear("Serving http://");
        let address = line.split_whitespace().nth(1).unwrap().strip_prefix("http://").unwrap();
        let (host, path) = address.split_once('/').unwrap();
        server.host = host.to_owned();
        server.base = format!("/{path}").trim_end_matches('/').to_owned();
        server
    }

    /// The next line that begins so.
    fn hear(&self, beginning: &str) -> String {
        let mut heard = Vec::new();
        while let Ok(line) = self.told.recv_timeout(PATIENCE) {
            if line.starts_with(beginning) {
                return line;
            }
            heard.push(line);
        }
        panic!("never told: {beginning}\nbut: {heard:#?}");
    }

    fn write(&self, path: &str, text: &str) {
        write(self.folder.path(), path, text);
    }

    fn get(&self, path: &str) -> Answer {
        self.ask(&format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.host))
    }

    fn ask(&self, request: &str) -> Answer {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        Answer::of(&bytes)
    }

    /// Asks until the answer is as expected.
    fn wait_for(&self, path: &str, is_it: impl Fn(&Answer) -> bool) -> Answer {
        for _ in 0..600 {
            let answer = self.get(path);
            if is_it(&answer) {
                return answer;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("{path} never became what it should: {:?}", self.get(path));
    }

    fn listen(&self, page: &str, since: &str) -> Events {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let (base, host) = (&self.base, &self.host);
        let request =
            format!("GET {base}/__guidegen/events?page={page}&since={since} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        Events(BufReader::new(stream))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn of(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        Self { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// The generation that a page says it is of.
    fn mark(&self) -> String {
        let at = self.body.split("data-at=\"").nth(1).unwrap();
        at.split('"').next().unwrap().to_owned()
    }
}

/// What a page is told.
struct Events(BufReader<TcpStream>);

impl Events {
    fn next(&mut self) -> serde_json::Value {
        loop {
            let mut line = String::new();
            assert!(self.0.read_line(&mut line).unwrap() > 0, "the events ended");
            if let Some(data) = line.strip_prefix("data: ") {
                return serde_json::from_str(data).unwrap();
            }
        }
    }
}

const CONFIG: &str = "title: T\nbase_url: https://docs.example.com/docs/\nheaders:\n  \"/*\": { X-Own: own }\n";
const SITE: &[(&str, &str)] = &[
    ("content/_index.md", "---\ntitle: Home\n---\nHome.\n"),
    ("content/a/b.md", "---\ntitle: B\naliases: [/old/]\n---\nFirst.\n"),
    ("content/a/c.md", "---\ntitle: C\n---\nOther.\n"),
    ("content/a/picture.png", "0123456789"),
];

fn site(arguments: &[&str]) -> Server {
    Server::start(SITE, arguments)
}

#[test]
fn a_site_is_served_as_a_static_host_would() {
    let server = site(&[]);
    let page = server.get("/a/b/");
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    assert!(page.header("content-security-policy").unwrap().contains("default-src 'self'"));
    assert!(page.body.contains("First.") && page.body.contains("<script defer src=\"/__guidegen/reload.js\""));
    assert!(page.body.contains(&format!("http://{}/a/b/", server.host)), "its own address is the base URL");
    let head = server.ask(&format!("HEAD /a/b/ HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", server.host));
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert_eq!(head.header("content-length"), page.header("content-length"));
    let folder = server.get("/a/b?x=1");
    assert_eq!((folder.status, folder.header("location")), (301, Some("/a/b/?x=1")));
    let alias = server.get("/old/");
    assert_eq!((alias.status, alias.header("location")), (301, Some("/a/b/")));
    assert_eq!(server.get("/__guidegen/reload.js").header("content-type"), Some("text/javascript; charset=utf-8"));
    assert!(!server.folder.path().join("public").exists(), "nothing is written");
}

#[test]
fn parts_of_files_and_known_files_are_answered() {
    let server = site(&[]);
    let ask = |header: &str| {
        server.ask(&format!(
            "GET /a/picture.png HTTP/1.1\r\nHost: {}\r\n{header}\r\nConnection: close\r\n\r\n",
            server.host
        ))
    };
    let whole = server.get("/a/picture.png");
    assert_eq!((whole.body.as_str(), whole.header("content-type")), ("0123456789", Some("image/png")));
    let tag = whole.header("etag").unwrap();
    let part = ask("Range: bytes=2-4");
    assert_eq!((part.status, part.body.as_str(), part.header("content-range")), (206, "234", Some("bytes 2-4/10")));
    assert_eq!(ask("Range: bytes=99-").status, 416);
    assert_eq!(ask(&format!("If-None-Match: {tag}")).status, 304);
    assert_eq!(ask("If-Range: \"other\"\r\nRange: bytes=2-4").status, 200);
}

#[test]
fn an_address_that_is_not_there_names_the_nearest() {
    let server = site(&[]);
    let lost = server.get("/a/bb/");
    assert_eq!(lost.status, 404);
    assert!(lost.body.contains("<a href=\"/a/b/\">"), "{}", lost.body);
    let lost = server.get("/x/%3Cscript%3Ealert(1)%3C/c/");
    assert!(lost.status == 404 && !lost.body.contains("<script>alert"));
}

#[test]
fn what_leads_out_of_the_site_is_refused() {
    let server = site(&[]);
    write(server.folder.path().parent().unwrap(), "guidegen-test-secret", "secret");
    for path in [
        "/../guidegen-test-secret",
        "/%2e%2e/guidegen-test-secret",
        "/a/..%2f..%2fguidegen.yaml",
        "/..%5c..%5cx",
        "/%252e%252e/x",
        "/a/%2e%2e/%2e%2e/etc/passwd",
        "//etc/passwd",
        "/etc/passwd",
        "/%2fetc/passwd",
        "/a/%00",
        "/a/\\..\\x",
        "/%c0%ae%c0%ae/x",
        "/content/a/b.md",
        "/guidegen.yaml",
        "/.git/config",
        "/%",
        "/%zz",
        "/a/./b/",
    ] {
        let answer = server.get(path);
        assert!(matches!(answer.status, 400 | 404), "{path}: {}", answer.status);
        assert!(!answer.body.contains("secret") && !answer.body.contains("root:"), "{path}");
    }
}

#[test]
fn foreign_names_and_other_methods_are_refused() {
    let server = site(&["--allow-host", "docs.test"]);
    let host = |host: &str| server.ask(&format!("GET /a/b/ HTTP/1.1\r\n{host}Connection: close\r\n\r\n")).status;
    for ours in ["Host: localhost:1\r\n", "Host: [::1]\r\n", "Host: docs.test\r\n", "Host: 192.168.3.4:80\r\n"] {
        assert_eq!(host(ours), 200, "{ours}");
    }
    for other in [
        "",
        "Host: evil.test\r\n",
        "Host: localhost.evil.test\r\n",
        "Host: localhost\r\nHost: evil.test\r\n",
        "Host: \r\n",
    ] {
        assert!(matches!(host(other), 400 | 403), "{other}");
    }
    let absolute = format!("GET http://evil.test/a/b/ HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", server.host);
    assert_eq!(server.ask(&absolute).status, 403);
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW"] {
        let request = format!(
            "{method} /a/b/ HTTP/1.1\r\nHost: {}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            server.host
        );
        let answer = server.ask(&request);
        assert_eq!((answer.status, answer.header("allow")), (405, Some("get, head")), "{method}");
    }
    let long =
        server.ask(&format!("GET /{} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "a".repeat(9_000)));
    assert_eq!(long.status, 414);
}

#[test]
fn the_path_of_the_base_url_stays() {
    let mut files = SITE.to_vec();
    files.push(("guidegen.yaml", CONFIG));
    let server = Server::start(&files, &[]);
    assert_eq!(server.base, "/docs");
    let page = server.get("/docs/a/b/");
    assert_eq!((page.status, page.header("x-own")), (200, Some("own")));
    assert!(page.body.contains("src=\"/docs/__guidegen/reload.js\""));
    assert_eq!(server.get("/").header("location"), Some("/docs/"));
    assert_eq!(server.get("/docs").header("location"), Some("/docs/"));
    assert_eq!(server.get("/a/b/").status, 404);
}

#[test]
fn only_pages_that_changed_are_told_and_nothing_is_missed() {
    let server = site(&[]);
    let mark = server.get("/a/b/").mark();
    let (mut b, mut c) = (server.listen("/a/b/", &mark), server.listen("/a/c/", &mark));
    assert_eq!((&b.next()["page"], &c.next()["page"]), (&"same".into(), &"same".into()));
    server.write("content/a/b.md", "---\ntitle: B\naliases: [/old/]\n---\nSecond.\n");
    assert_eq!(b.next()["page"], "changed");
    assert!(server.get("/a/b/").body.contains("Second."), "what is told is there");
    assert_eq!(server.hear("Rebuilt").split(" in ").next(), Some("Rebuilt a/b/index.html"));
    server.write("content/a/c.md", "---\ntitle: C\n---\nAnother.\n");
    assert_eq!(c.next()["page"], "changed", "and the edit of the other page was not told before it");
    assert_eq!(server.listen("/a/b/", &mark).next()["page"], "changed", "who was away hears of it later");
    let now = server.get("/a/b/").mark();
    assert_eq!(server.listen("/a/b/", &now).next()["page"], "same");
    assert_eq!(server.listen("/a/b/", "1.1").next()["page"], "changed", "of another run of the server");
    fs::remove_file(server.folder.path().join("content/a/c.md")).unwrap();
    assert_eq!(c.next()["page"], "gone");
}

#[test]
fn every_way_of_saving_is_seen() {
    let server = site(&[]);
    let at = |path: &str| server.folder.path().join(path);
    let shows = |path: &str, text: &str| {
        drop(server.wait_for(path, |answer| answer.status == 200 && answer.body.contains(text)))
    };
    server.write("content/a/.b.md.tmp", "---\ntitle: B\n---\nBy rename.\n");
    fs::rename(at("content/a/.b.md.tmp"), at("content/a/b.md")).unwrap();
    shows("/a/b/", "By rename.");
    server.write("content/new/deep/x.md", "---\ntitle: X\n---\nNew folder.\n");
    shows("/new/deep/x/", "New folder.");
    server.write("content/new/deep/x.md", "---\ntitle: X\n---\nIn it.\n");
    shows("/new/deep/x/", "In it.");
    fs::rename(at("content/new"), at("content/moved")).unwrap();
    shows("/moved/deep/x/", "In it.");
    server.wait_for("/new/deep/x/", |answer| answer.status == 404);
    server.write("templates/shortcodes/hi.html", "<i>hi</i>");
    server.write("content/a/b.md", "---\ntitle: B\n---\n{{< hi >}} there\n");
    shows("/a/b/", "<i>hi</i>");
    server.write("templates/shortcodes/hi.html", "<b>hello</b>");
    shows("/a/b/", "<b>hello</b>");
    server.write("static/x.css", "a{}");
    shows("/x.css", "a{}");
    server.write("guidegen.yaml", "title: Renamed site\n");
    shows("/a/b/", "Renamed site");
    server.write("content/a/picture.png", "new bytes!");
    shows("/a/picture.png", "new bytes!");
}

#[test]
fn a_burst_arrives_whole() {
    let server = site(&[]);
    for number in 0..500 {
        server.write(&format!("content/many/p{number}.md"), &format!("---\ntitle: P{number}\n---\nText.\n"));
    }
    server.wait_for("/many/p499/", |answer| answer.status == 200);
    for number in (0..500).step_by(7) {
        server.wait_for(&format!("/many/p{number}/"), |answer| answer.status == 200);
    }
}

#[test]
fn errors_stand_over_the_last_good_page_until_they_are_mended() {
    let server = site(&[]);
    let mut page = server.listen("/a/b/", &server.get("/a/b/").mark());
    assert!(page.next()["problem"].is_null());
    server.write("guidegen.yaml", "titel: <b>T</b>\n");
    let told = page.next();
    assert_eq!(told["page"], "same");
    let text = told["problem"]["text"].as_str().unwrap();
    assert!(text.contains("guidegen.yaml:1:1") && text.contains("titel: <b>T</b>"), "{text}");
    assert!(server.get("/a/b/").body.contains("First."));
    server.write("guidegen.yaml", "title: T\n");
    assert!(page.next()["problem"].is_null());

    let content = server.folder.path().join("content");
    fs::rename(&content, server.folder.path().join("away")).unwrap();
    loop {
        let told = page.next();
        if !told["problem"].is_null() {
            assert!(told["problem"]["text"].as_str().unwrap().contains("content"));
            break;
        }
    }
    assert_eq!(server.get("/a/b/").status, 200);
    fs::rename(server.folder.path().join("away"), &content).unwrap();
    while !page.next()["problem"].is_null() {}
    server.write("content/a/b.md", "---\ntitle: B\n---\n{{< nothing >}}\n");
    loop {
        let told = page.next();
        if let Some(text) = told["problem"]["text"].as_str() {
            assert!(text.contains("content/a/b.md:4"), "{text}");
            break;
        }
    }
}

#[test]
fn a_first_build_that_fails_becomes_a_site() {
    let mut files = SITE.to_vec();
    files.push(("guidegen.yaml", "titel: T\n"));
    let server = Server::start(&files, &[]);
    let waiting = server.get("/a/b/");
    assert_eq!(waiting.status, 503);
    let mut page = server.listen("/a/b/", &waiting.mark());
    assert!(page.next()["problem"]["text"].as_str().unwrap().contains("titel"));
    server.write("guidegen.yaml", "title: T\n");
    let told = page.next();
    assert!(told["problem"].is_null() && told["page"] == "changed", "{told}");
    assert_eq!(server.get("/a/b/").status, 200);
}

#[test]
fn what_is_served_is_what_a_build_writes() {
    let server = site(&[]);
    server.write("content/a/b.md", "---\ntitle: B\naliases: [/old/]\n---\nSecond, [c](c.md).\n");
    server.wait_for("/a/b/", |answer| answer.body.contains("Second"));
    let base = format!("http://{}/", server.host);
    let build = Command::new(env!("CARGO_BIN_EXE_guidegen"))
        .args(["build", "--quiet", "--output", "out", "--base-url", &base])
        .current_dir(server.folder.path())
        .env("SOURCE_DATE_EPOCH", "1700000000")
        .status();
    assert!(build.unwrap().success());
    for path in [
        "index.html",
        "a/index.html",
        "a/b/index.html",
        "a/c/index.html",
        "a/b/index.md",
        "sitemap.xml",
        "llms-full.txt",
    ] {
        let built = fs::read_to_string(server.folder.path().join("out").join(path)).unwrap();
        let served = server.get(&format!("/{path}")).body;
        let script = served.find("<script defer src=\"/__guidegen/").map(|at| {
            let end = served[at..].find('\n').unwrap() + 1;
            served[at..at + end].to_owned()
        });
        assert_eq!(served.replacen(&script.unwrap_or_default(), "", 1), built, "{path}");
    }
}

#[test]
fn nobody_waits_for_those_who_do_not_read() {
    let mut files = SITE.to_vec();
    let large = "x".repeat(3_000_000);
    files.push(("content/a/large.bin", &large));
    let server = Server::start(&files, &[]);
    let mark = server.get("/a/b/").mark();
    let mut idle: Vec<TcpStream> = Vec::new();
    for _ in 0..20 {
        let mut stream = TcpStream::connect(&server.host).unwrap();
        write!(stream, "GET /a/large.bin HTTP/1.1\r\nHost: {}\r\n\r\n", server.host).unwrap();
        idle.push(stream);
        let mut half = TcpStream::connect(&server.host).unwrap();
        half.write_all(b"GET / HTTP/1.1\r\nHo").unwrap();
        idle.push(half);
    }
    let mut tabs: Vec<Events> = (0..200).map(|_| server.listen("/a/b/", &mark)).collect();
    for tab in &mut tabs {
        assert_eq!(tab.next()["page"], "same");
    }
    server.write("content/a/b.md", "---\ntitle: B\n---\nFor all.\n");
    for tab in &mut tabs {
        assert_eq!(tab.next()["page"], "changed");
    }
    assert_eq!(server.get("/a/large.bin").body.len(), 3_000_000);
}

/// What Linux tells that the process holds: its threads and its open files.
#[cfg(target_os = "linux")]
fn held(server: &Server) -> (usize, usize) {
    let count = |what: &str| fs::read_dir(format!("/proc/{}/{what}", server.child.id())).unwrap().count();
    (count("task"), count("fd"))
}

#[test]
#[cfg(target_os = "linux")]
fn many_edits_leave_no_threads_and_no_files_behind() {
    let server = site(&[]);
    let edit = |round: usize| {
        server.write("content/a/b.md", &format!("---\ntitle: B\n---\nRound {round}.\n"));
        server.write("static/new.txt", &format!("{round}"));
        server.wait_for("/a/b/", |answer| answer.body.contains(&format!("Round {round}.")));
    };
    (0..10).for_each(edit);
    // A request's thread may be about to end.
    let settled = (0..100).find_map(|_| {
        let first = held(&server);
        std::thread::sleep(Duration::from_millis(100));
        (first == held(&server)).then_some(first)
    });
    (10..60).for_each(edit);
    let before = settled.unwrap();
    for _ in 0..100 {
        let now = held(&server);
        if now.0 <= before.0 && now.1 <= before.1 {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("threads and open files: {before:?} before, {:?} after 50 edits", held(&server));
}

#[test]
fn the_output_folder_is_written_and_does_not_trigger() {
    let server = site(&["--output", "public"]);
    let out = server.folder.path().join("public/a/b/index.html");
    assert!(!fs::read_to_string(&out).unwrap().contains("__guidegen"));
    server.write("content/a/b.md", "---\ntitle: B\naliases: [/old/]\n---\nSecond.\n");
    server.hear("Rebuilt a/b/index.html");
    server.write("content/a/c.md", "---\ntitle: C\n---\nThird.\n");
    let line = server.hear("Rebuilt");
    assert!(line.starts_with("Rebuilt a/c/index.html"), "{line}");
    assert!(fs::read_to_string(&out).unwrap().contains("Second."));
}

#[test]
fn polling_sees_what_events_do_not_tell() {
    let server = site(&["--poll", "50ms"]);
    server.write("content/a/b.md", "---\ntitle: B\n---\nPolled.\n");
    server.wait_for("/a/b/", |answer| answer.body.contains("Polled."));
}

#[test]
fn what_cannot_be_served_is_said_at_once() {
    let run = |folder: &Path, arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_guidegen"));
        let output = command.arg("serve").args(arguments).current_dir(folder).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let empty = tempfile::tempdir().unwrap();
    assert!(matches!(run(empty.path(), &[]), (Some(2), said) if said.contains("no site")));
    let server = site(&[]);
    let taken = server.host.rsplit(':').next().unwrap();
    let (status, said) = run(server.folder.path(), &["--port", taken]);
    assert!(status == Some(2) && said.contains("taken by another program"), "{said}");
    let (status, said) = run(server.folder.path(), &["--port", "0", "--set", "nothing=x"]);
    assert!(status == Some(2) && said.contains("nothing"), "{said}");
}

#[cfg(unix)]
#[test]
fn it_ends_well_when_it_is_told_to() {
    for signal in ["-INT", "-TERM"] {
        let mut server = site(&[]);
        let _tab = server.listen("/a/b/", "1.1");
        let pid = server.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        assert_eq!(server.child.wait().unwrap().code(), Some(0), "{signal}");
    }
}
