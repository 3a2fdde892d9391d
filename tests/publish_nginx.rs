//! A published folder as nginx serves it: compressed files beside the others, and redirects from the exported maps.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// nginx, which ends with the test.
struct Server {
    child: Child,
    port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program() -> PathBuf {
    let named = std::env::var_os("GUIDEGEN_NGINX").map(PathBuf::from);
    let usual = ["/usr/sbin/nginx", "/usr/bin/nginx", "/opt/homebrew/bin/nginx"].map(PathBuf::from);
    let found = named.into_iter().chain(usual).find(|path| path.exists());
    found.unwrap_or_else(|| {
        panic!("this test needs nginx (Debian: apt-get install nginx-light), or GUIDEGEN_NGINX=PATH")
    })
}

impl Server {
    fn start(folder: &Path) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let shown = folder.display();
        // The server as the manual has it, and in it what the exported maps say of themselves.
        let manual = Path::new(env!("CARGO_MANIFEST_DIR")).join("content/manual/publishing.md");
        let manual = fs::read_to_string(manual).unwrap();
        let block = manual.split("```nginx {title=\"docs.conf\"}\n").nth(1).unwrap().split("```").next().unwrap();
        assert!(
            block.contains("listen 80;") && block.contains("root /srv/www/docs;") && block.contains("gzip_static on;")
        );
        let redirects = fs::read_to_string(folder.join("redirects.conf")).unwrap();
        let rules: Vec<&str> = redirects.lines().filter_map(|line| line.strip_prefix("#   if ")).collect();
        let rules: String = rules.iter().map(|rule| format!("if {rule}\n")).collect();
        let server = block
            .replace("listen 80;", &format!("listen 127.0.0.1:{port};\n{rules}"))
            .replace("root /srv/www/docs;", &format!("root {shown}/www;"));
        let config = format!(
            "daemon off;\nmaster_process off;\npid {shown}/nginx.pid;\nerror_log {shown}/error.log;\nevents {{}}\nhttp {{\n\
             access_log off;\nclient_body_temp_path {shown}/t1;\nproxy_temp_path {shown}/t2;\nfastcgi_temp_path {shown}/t3;\n\
             uwsgi_temp_path {shown}/t4;\nscgi_temp_path {shown}/t5;\ntypes {{ text/html html; text/css css; }}\n\
             include {shown}/redirects.conf;\n{server}\n}}\n"
        );
        fs::write(folder.join("nginx.conf"), config).unwrap();
        let mut command = Command::new(program());
        command.arg("-p").arg(folder).arg("-c").arg(folder.join("nginx.conf")).arg("-e").arg(folder.join("error.log"));
        let child = command.stdin(Stdio::null()).spawn().unwrap();
        let server = Self { child, port };
        for _ in 0..500 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return server;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("nginx does not answer: {}", fs::read_to_string(folder.join("error.log")).unwrap_or_default());
    }

    /// Head and body of an answer.
    fn get(&self, path: &str, encoding: &str) -> (String, Vec<u8>) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: {encoding}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut all = Vec::new();
        stream.read_to_end(&mut all).unwrap();
        let end = all.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        (String::from_utf8_lossy(&all[..end]).into_owned(), all[end + 4..].to_vec())
    }
}

fn guidegen(site: &Path, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(env!("CARGO_BIN_EXE_guidegen")).args(arguments).current_dir(site).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[test]
fn nginx_serves_the_published_folder() {
    let folder = tempfile::tempdir().unwrap();
    // A server that gives up its rights has to be let in.
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let site = folder.path().join("site");
    fs::create_dir_all(site.join("content")).unwrap();
    let config = "title: T\nbase_url: https://docs.example.com/\npublish:\n  live: { to: directory, path: ../www, compress: [gz, br, zst] }\n";
    fs::write(site.join("guidegen.yaml"), config).unwrap();
    let redirects =
        "/n/:name/x /m/:name/ 302\n/foo/* /bar/:splat\n/zü r/:a/* https://b.test/:splat/:a 307\n/root/* /:splat 308\n";
    fs::create_dir_all(site.join("static")).unwrap();
    fs::write(site.join("static/_redirects"), redirects.replace("zü r", "z%C3%BC%20r")).unwrap();
    let text = |text: &str| format!("---\ntitle: A\naliases: [/old/ü/]\n---\n{text}\n");
    fs::write(site.join("content/a.md"), text("first ")).unwrap();
    guidegen(&site, &["publish", "--yes"]);
    fs::write(folder.path().join("redirects.conf"), guidegen(&site, &["export", "redirects", "--for", "nginx"]))
        .unwrap();
    let server = Server::start(folder.path());

    let unpack = |bytes: &[u8]| {
        let mut text = String::new();
        flate2::read::GzDecoder::new(bytes).read_to_string(&mut text).unwrap();
        text
    };
    let (head, body) = server.get("/a/", "gzip");
    assert!(head.starts_with("HTTP/1.1 200") && head.contains("Content-Encoding: gzip"), "{head}");
    assert!(unpack(&body).contains("first"));
    let (head, body) = server.get("/a/", "identity");
    assert!(!head.contains("Content-Encoding") && String::from_utf8_lossy(&body).contains("first"), "{head}");
    assert!(server.get("/old/%C3%BC/", "identity").0.contains("/a/"));
    assert!(server.get("/old/%C3%BC/", "identity").0.starts_with("HTTP/1.1 301"));
    let (head, body) = server.get("/nowhere/", "identity");
    assert!(head.starts_with("HTTP/1.1 404") && String::from_utf8_lossy(&body).contains("</html>"), "{head}");
    follows_patterns(&server);
    // What guidegen keeps there is for guidegen.
    assert!(server.get("/.guidegen-publish.json", "identity").0.starts_with("HTTP/1.1 404"));

    // The next release is there at once, for the server that runs.
    fs::write(site.join("content/a.md"), text("second")).unwrap();
    guidegen(&site, &["publish", "--yes"]);
    assert!(unpack(&server.get("/a/", "gzip").1).contains("second"));
}

/// What a pattern caught goes on as it was asked for, encoded, and is never more than a part of one header.
fn follows_patterns(server: &Server) {
    let answer = |path: &str| {
        let (head, _) = server.get(path, "identity");
        let location = head.lines().find_map(|line| line.strip_prefix("Location: ")).unwrap_or_default().to_owned();
        let status = head.split(' ').nth(1).unwrap().to_owned();
        (status, location.replace(&format!("http://localhost:{}", server.port), ""), head)
    };
    for path in ["/n/q%0d%0aSet-Cookie:x=1/x", "/foo/%0d%0aSet-Cookie:x=1", "/foo/%0aSet-Cookie:x", "/foo/%00"] {
        let (_, location, head) = answer(path);
        assert!(!head.lines().any(|line| line.starts_with("Set-Cookie")), "{path}: {head}");
        assert!(location.is_empty() || location.contains("%0"), "{path}: {head}");
    }
    let lead = [
        ("/n/q/x", "302", "/m/q/"),
        ("/n/q/x?a=b/c", "302", "/m/q/"),
        ("/foo/a%20b/c", "301", "/bar/a%20b/c"),
        ("/foo/a%3Fb%23c%25", "301", "/bar/a%3Fb%23c%25"),
        ("/foo/%C3%BC?q", "301", "/bar/%C3%BC"),
        ("//foo///a//b", "301", "/bar/a//b"),
        ("/foo/", "301", "/bar/"),
        ("/z%C3%BC%20r/1/2/3", "307", "https://b.test/2/3/1"),
        ("/z%c3%bc%20r/1/", "307", "https://b.test//1"),
        ("/root//b.test/", "308", "/b.test/"),
    ];
    for (path, status, to) in lead {
        let (found, location, head) = answer(path);
        assert_eq!((found.as_str(), location.as_str()), (status, to), "{path}: {head}");
    }
    // None of these is an address below the patterns, or one that a reader's browser would take for another host.
    for path in ["/foo/../a/", "/foo/%2e%2E/a/", "/foo", "/n/q/r/x", "/n//x", "/root/\\b.test/", "/x/foo/a"] {
        let (_, location, head) = answer(path);
        assert!(
            !location.contains("/bar/") && !location.contains("/m/") && !location.contains("b.test"),
            "{path}: {head}"
        );
    }
}
