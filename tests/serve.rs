//! `guidegen serve`, the real program over real HTTP: what is answered and refused, what open pages are told, how errors
//! come and go. No test asserts on time; each waits for what it expects, and fails when it never comes.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod serving;

use serving::{CONFIG, SITE, Server, site};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

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
    for (signal, has_tab) in [("-INT", true), ("-TERM", true), ("-INT", false), ("-TERM", false)] {
        let mut server = site(&[]);
        // Without one it is told in the moment in which its address is.
        let _tab = has_tab.then(|| server.listen("/a/b/", "1.1"));
        let pid = server.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        assert_eq!(server.child.wait().unwrap().code(), Some(0), "{signal}");
    }
}

#[cfg(unix)]
#[test]
fn it_ends_well_during_the_first_build() {
    let folder = tempfile::tempdir().unwrap();
    let code = "```yaml\nkey: 'value' # why\nlist: [1, 2]\n```\n".repeat(20);
    for number in 0..400 {
        let guide = format!("---\ntitle: Guide {number}\n---\n{code}");
        serving::write(folder.path(), &format!("content/g{number}.md"), &guide);
    }
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_guidegen"));
    command.args(["serve", "--no-cache", "--port", &free.port().to_string()]).current_dir(folder.path());
    let mut child = command.stderr(std::process::Stdio::null()).spawn().unwrap();
    // The port is taken before anything is built.
    while std::net::TcpStream::connect(free).is_err() {
        assert!(child.try_wait().unwrap().is_none(), "it has not ended by itself");
        std::thread::sleep(Duration::from_millis(2));
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn values_of_a_file_are_read_again() {
    let folder = tempfile::tempdir().unwrap();
    serving::write(folder.path(), "guidegen.yaml", "title: T\nvariables:\n  name: { type: string, default: a }\n");
    serving::write(folder.path(), "content/_index.md", "---\ntitle: H\n---\n<{{< sitevar name=\"name\" >}}>\n");
    let beside = tempfile::tempdir().unwrap();
    serving::write(beside.path(), "values.yaml", "name: first\n");
    let file = beside.path().join("values.yaml");
    let server = Server::of(folder, &["--values", file.to_str().unwrap()]);
    assert!(server.get("/").body.contains("&lt;first&gt;"), "{}", server.get("/").body);
    serving::write(beside.path(), "values.yaml", "name: second\n");
    server.wait_for("/", |page| page.body.contains("&lt;second&gt;"));
    serving::write(beside.path(), "values.yaml", "name: [\n");
    server.hear("The last good site is shown");
    assert!(server.get("/").body.contains("&lt;second&gt;"));
    serving::write(beside.path(), "values.yaml", "name: third\n");
    server.wait_for("/", |page| page.body.contains("&lt;third&gt;"));
}

#[test]
fn a_commit_is_the_last_change_of_its_guides() {
    let folder = tempfile::tempdir().unwrap();
    serving::write(folder.path(), "guidegen.yaml", "title: T\n");
    serving::write(folder.path(), "templates/page.html", "{{ page.updated or \"never\" }} {{ page.content }}");
    serving::write(folder.path(), "content/_index.md", "---\ntitle: H\n---\n");
    serving::write(folder.path(), "content/a.md", "---\ntitle: A\n---\nFirst.\n");
    serving::write(folder.path(), "content/b.md", "---\ntitle: B\n---\n");
    let path = folder.path().to_owned();
    let git = |day: u8, arguments: &[&str]| {
        let date = format!("2024-05-{day:02}T00:00:00Z");
        let mut command = Command::new("git");
        command.args(["-c", "user.name=t", "-c", "user.email=t@example.com"]).args(arguments);
        let command = command.current_dir(&path).env("GIT_AUTHOR_DATE", &date).env("GIT_COMMITTER_DATE", &date);
        assert!(command.output().unwrap().status.success(), "{arguments:?}");
    };
    git(1, &["init", "-q"]);
    git(1, &["add", "."]);
    git(1, &["commit", "-qm", "one"]);
    let server = Server::of(folder, &[]);
    assert!(server.get("/b/").body.starts_with("2024-05-01"), "{}", server.get("/b/").body);
    serving::write(&path, "content/b.md", "---\ntitle: B\n---\nMore.\n");
    server.wait_for("/b/", |page| page.body.contains("More."));
    git(2, &["commit", "-qam", "two"]);
    serving::write(&path, "content/a.md", "---\ntitle: A\n---\nSecond.\n");
    server.wait_for("/a/", |page| page.body.contains("Second."));
    server.wait_for("/b/", |page| page.body.starts_with("2024-05-02"));
}

#[cfg(unix)]
#[test]
fn what_a_link_leads_to_and_what_is_included_is_watched() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    serving::write(folder.path(), "guidegen.yaml", "title: T\n");
    serving::write(folder.path(), "docs/l.md", "---\ntitle: L\n---\nLinked 1.\n");
    serving::write(folder.path(), "content/_index.md", "---\ntitle: H\n---\n");
    serving::write(folder.path(), "docs/st.txt", "static 1");
    fs::create_dir(folder.path().join("static")).unwrap();
    symlink("../docs/l.md", folder.path().join("content/l.md")).unwrap();
    symlink("../docs/st.txt", folder.path().join("static/st.txt")).unwrap();
    serving::write(folder.path(), "examples/y.txt", "Y 1.\n");
    serving::write(folder.path(), "real/z.txt", "Z 1.\n");
    symlink("../real/z.txt", folder.path().join("examples/ln.txt")).unwrap();
    let include = |path: &str| format!("{{{{% include file=\"examples/{path}\" %}}}}\n\n");
    let body = [include("y.txt"), include("ln.txt"), include("deep/er/x.txt")].concat();
    serving::write(folder.path(), "content/i.md", &format!("---\ntitle: I\n---\n{body}"));
    let server = Server::of(folder, &[]);
    let (path, shows) = (server.folder.path(), |page: &'static str, text: &'static str| {
        server.wait_for(page, |answer| answer.body.contains(text));
    });
    shows("/l/", "Linked 1.");
    serving::write(path, "docs/l.md", "---\ntitle: L\n---\nLinked 2.\n");
    shows("/l/", "Linked 2.");
    serving::write(path, "docs/st.txt", "static 22");
    shows("/st.txt", "static 22");
    serving::write(path, "real/z.txt", "Z 2.\n");
    shows("/i/", "Z 2.");
    serving::write(path, "examples/deep/er/x.txt", "X 1.\n");
    shows("/i/", "X 1.");
    serving::write(path, "examples/deep/er/x.txt", "X 2.\n");
    shows("/i/", "X 2.");
    fs::rename(path.join("examples"), path.join("away")).unwrap();
    server.wait_for("/i/", |answer| !answer.body.contains("X 2."));
    fs::rename(path.join("away"), path.join("examples")).unwrap();
    shows("/i/", "X 2.");
    serving::write(path, "examples/y.txt", "Y 2.\n");
    shows("/i/", "Y 2.");
}
