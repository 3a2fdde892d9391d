//! Addresses and names of files that lead elsewhere or stand on each other. Promised: a finding that names the file, and
//! nothing read or written outside of the site.

use super::{faults, of_guide, site};

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
