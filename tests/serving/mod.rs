//! The real program serving a site, and what asks it over real HTTP.

#![allow(dead_code, reason = "no test uses all of it")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long anything may take.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A site in a folder, and the program that serves it.
pub struct Server {
    pub folder: TempDir,
    pub child: Child,
    told: Receiver<String>,
    pub host: String,
    pub base: String,
}

impl Server {
    pub fn start(files: &[(&str, &str)], arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            write(folder.path(), path, text);
        }
        Self::of(folder, arguments)
    }

    pub fn of(folder: TempDir, arguments: &[&str]) -> Self {
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
    pub fn hear(&self, beginning: &str) -> String {
        let mut heard = Vec::new();
        while let Ok(line) = self.told.recv_timeout(PATIENCE) {
            if line.starts_with(beginning) {
                return line;
            }
            heard.push(line);
        }
        panic!("never told: {beginning}\nbut: {heard:#?}");
    }

    pub fn write(&self, path: &str, text: &str) {
        write(self.folder.path(), path, text);
    }

    pub fn get(&self, path: &str) -> Answer {
        self.ask(&format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.host))
    }

    pub fn ask(&self, request: &str) -> Answer {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        Answer::of(&bytes)
    }

    /// Asks until the answer is as expected.
    pub fn wait_for(&self, path: &str, is_it: impl Fn(&Answer) -> bool) -> Answer {
        for _ in 0..600 {
            let answer = self.get(path);
            if is_it(&answer) {
                return answer;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("{path} never became what it should: {:?}", self.get(path));
    }

    pub fn listen(&self, page: &str, since: &str) -> Events {
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

pub fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn of(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        Self { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// The generation that a page says it is of.
    pub fn mark(&self) -> String {
        let at = self.body.split("data-at=\"").nth(1).unwrap();
        at.split('"').next().unwrap().to_owned()
    }
}

/// What a page is told.
pub struct Events(BufReader<TcpStream>);

impl Events {
    pub fn next(&mut self) -> serde_json::Value {
        // The server says now and then that it lives: a time without any word does not come.
        let began = Instant::now();
        loop {
            assert!(began.elapsed() < PATIENCE, "nothing was told");
            let mut line = String::new();
            assert!(self.0.read_line(&mut line).unwrap() > 0, "the events ended");
            if let Some(data) = line.strip_prefix("data: ") {
                return serde_json::from_str(data).unwrap();
            }
        }
    }
}

pub const CONFIG: &str = "title: T\nbase_url: https://docs.example.com/docs/\nheaders:\n  \"/*\": { X-Own: own }\n";
pub const SITE: &[(&str, &str)] = &[
    ("content/_index.md", "---\ntitle: Home\n---\nHome.\n"),
    ("content/a/b.md", "---\ntitle: B\naliases: [/old/]\n---\nFirst.\n"),
    ("content/a/c.md", "---\ntitle: C\n---\nOther.\n"),
    ("content/a/picture.png", "0123456789"),
];

pub fn site(arguments: &[&str]) -> Server {
    Server::start(SITE, arguments)
}
