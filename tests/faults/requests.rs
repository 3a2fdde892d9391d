//! Requests to `serve` that mean no good. Promised: nothing but the built site is answered, to nobody but those who use a name
//! of ours, and whoever reads nothing or sends half a request keeps nobody waiting.

use super::serving::{Events, SITE, Server, site, write};
use std::io::Write as _;
use std::net::TcpStream;

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
