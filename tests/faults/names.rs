//! Addresses and names of files that lead elsewhere or stand on each other. Promised: a finding that names the file, and
//! nothing read or written outside of the site.

use super::{faults, of_guide, site};
use std::fs;

#[test]
fn addresses() {
    for url in
        ["/../x", "https://example.com/x", "/a?b=c", "/a#b", "//example.com/", "/%2e%2e/x", "/robots.txt", "/right/"]
    {
        let found = of_guide(&format!("---\ntitle: Wrong\nurl: '{url}'\n---\n"));
        assert_eq!(found, ["content/wrong.md[address-conflict]"], "{url}");
        let found = of_guide(&format!("---\ntitle: Wrong\naliases: ['{url}']\n---\n"));
        let code = if url.starts_with("/r") { "alias-conflict" } else { "address-conflict" };
        assert_eq!(found, [format!("content/wrong.md[{code}]")], "{url}");
    }
    let found = faults(&site(&[("content/a.md", b"---\nurl: /x.txt/\n---\n"), ("static/x.txt", b"x")]));
    assert_eq!(found, ["static/x.txt[address-conflict]"]);
}

/// Characters that guidegen keeps for itself stand for other things while a page is made. They come by the names of files, which
/// are titles, and by escapes in values: neither forges anything, and each file is told of.
#[test]
fn reserved_characters_in_names_and_escapes() {
    let files: &[(&str, &[u8])] = &[
        ("guidegen.yaml", b"title: \"T\\U00100000\"\ntaxonomies: [tags]\n"),
        ("content/a\u{100000}b.md", b"{{< note >}} {{< keys >}}\n"),
        (
            "content/s\u{100000}t/x.md",
            "---\ntitle: \"\\U00100001 x\"\ntags: [\"t\\U00100002\"]\n---\n![p](p\u{100000}.png) [a](../a\u{100000}b.md)\n"
                .as_bytes(),
        ),
        ("content/s\u{100000}t/p\u{100000}.png", b"x"),
        ("data/k\u{100000}.yaml", b"\"\\U0010fffd\": \"\\U00100000\"\n"),
        ("data/j.json", b"{\"\\udbc0\\udc00\": [\"\\udbc0\\udc01\"]}"),
        ("data/t.toml", b"\"\\U00100000\" = \"\\U00100000\"\n"),
        ("templates/shortcodes/note.html", b"<b>{{ page.title }}</b>"),
        (
            "templates/shortcodes/keys.html",
            b"{% for name, value in data %}{{ name }} {% for key, entry in value %}{{ key }} {{ entry }}{% endfor %}{% endfor %}",
        ),
    ];
    let site = site(files);
    let named = files.iter().map(|(path, _)| *path).filter(|path| !path.starts_with("templates/"));
    let mut told: Vec<String> = named.map(|path| format!("{path}[slot-character]")).collect();
    told.sort();
    assert_eq!(faults(&site), told);
    for entry in walkdir::WalkDir::new(site.path().join("public")).into_iter().map(Result::unwrap) {
        let name = entry.file_name().to_str().unwrap();
        let bytes = if entry.file_type().is_file() { fs::read(entry.path()).unwrap() } else { Vec::new() };
        let text = String::from_utf8_lossy(&bytes);
        let reserved = |c: char| c >= '\u{100000}';
        assert!(!name.contains(reserved) && !text.contains(reserved), "{}", entry.path().display());
    }
    let page = fs::read_to_string(site.path().join("public/ab/index.html")).unwrap();
    assert!(page.contains("<h1>a\u{fffd}b</h1>") && page.contains("<b>a\u{fffd}b</b>"), "{page}");
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_differ_by_case_alone() {
    let files: &[(&str, &[u8])] =
        &[("content/Own.md", b"a"), ("content/own.md", b"b"), ("static/A.txt", b"a"), ("static/a.txt", b"b")];
    assert_eq!(faults(&site(files)), ["content/own.md[address-conflict]", "static/a.txt[address-conflict]"]);
}

#[cfg(unix)]
#[test]
fn links_of_the_file_system() {
    use std::os::unix::fs::symlink;
    let site = site(&[("content/sub/a.md", b"a")]);
    for (target, link) in [("..", "sub/up"), ("../..", "out"), ("/etc/passwd", "wrong.md"), ("nowhere.md", "broken.md")]
    {
        symlink(target, site.path().join("content").join(link)).unwrap();
    }
    let unreadable = ["broken.md", "out", "sub/up", "wrong.md"].map(|path| format!("content/{path}[unreadable]"));
    assert_eq!(faults(&site), unreadable);
    assert!(!site.path().join("public/wrong").exists());
}
