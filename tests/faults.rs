//! Bad input, given to the real program: each fault has its finding, at its file, and the pages beside it are built. Nothing
//! panics, and nothing takes for ever.
//!
//! What the output folder can be, and what a kill leaves, is in `output.rs`, `cli.rs` and `crash.rs`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use assert_cmd::Command;
use std::fs;
use std::time::Duration;
use tempfile::TempDir;

/// A site with a guide that is right, and `files` beside it.
fn site(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in [("content/right.md", "---\ntitle: Right\n---\nAll is well.\n".as_bytes())].iter().chain(files)
    {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

/// Builds, in time and without a panic, and gives `FILE[CODE]` of each finding; the guide that is right is built.
fn faults(site: &TempDir) -> Vec<String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guidegen"));
    let command = command.current_dir(site.path()).args(["build", "--format", "json"]);
    let output = command.timeout(Duration::from_secs(300)).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    let status = output.status.code();
    assert!(matches!(status, Some(0 | 1)), "{status:?}: {told}");
    assert!(!told.contains("panicked"), "{told}");
    let page = fs::read_to_string(site.path().join("public/right/index.html")).unwrap();
    assert!(page.contains("All is well."), "{page}");
    let found = String::from_utf8(output.stdout).unwrap();
    let found = found.lines().map(|line| {
        let finding: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
        assert!(!text("message").is_empty());
        format!("{}[{}]", text("file"), text("code"))
    });
    let mut found: Vec<String> = found.collect();
    found.sort();
    found.dedup();
    found
}

/// The faults of a site whose only guide beside the right one is this.
fn of_guide(text: &str) -> Vec<String> {
    faults(&site(&[("content/wrong.md", text.as_bytes())]))
}

fn of_body(body: &str) -> Vec<String> {
    of_guide(&format!("---\ntitle: Wrong\n---\n{body}"))
}

#[test]
fn an_empty_content_folder_is_a_site() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("content")).unwrap();
    Command::new(env!("CARGO_BIN_EXE_guidegen")).current_dir(folder.path()).arg("build").assert().success();
    assert!(folder.path().join("public/index.html").exists());
}

#[test]
fn ten_thousand_levels() {
    let nesting = ["content/wrong.md[nesting]"];
    let syntax = ["content/wrong.md[shortcode-syntax]"];
    assert_eq!(of_body(&format!("{}x\n", "- ".repeat(10_000))), nesting);
    assert_eq!(of_body(&format!("{}x\n", "> ".repeat(10_000))), nesting);
    assert!(of_body(&format!("{}x{}\n", "[".repeat(10_000), "]".repeat(10_000))).is_empty());
    let (open, close) = ("{{< callout >}}".repeat(10_000), "{{< /callout >}}".repeat(10_000));
    assert_eq!(of_body(&format!("{open}x{close}\n")), nesting);
    // Each of them is a finding in one long line.
    assert_eq!(of_body(&open), syntax);
    assert_eq!(of_body(&close), syntax);
}

/// Ten thousand of what was once gone through again for each.
#[test]
fn many_of_one_thing() {
    const MANY: usize = 10_000;
    assert!(of_body(&"www.example.com ".repeat(MANY)).is_empty());
    let block = format!("```yaml\n{}```\n", "- \"{{< sitevar name=\"x\" nojs=\"y\" >}}\"\n".repeat(MANY));
    assert_eq!(of_body(&block), ["content/wrong.md[variable-unknown]"]);
    let languages = "```nonesuch\nx\n```\n\n".repeat(MANY);
    assert_eq!(of_body(&languages), ["content/wrong.md[code-language]"]);
    let anchors: String = (0..MANY).map(|number| format!("## a{number}\n\n[x](#b{number})\n\n")).collect();
    assert_eq!(of_body(&anchors), ["content/wrong.md[link-anchor]"]);
    let entities = format!("<a href=\"#{}\">x</a>\n", "&".repeat(100 * MANY));
    assert_eq!(of_body(&entities), ["content/wrong.md[link-anchor]"]);
}

#[test]
fn a_guide_of_twenty_megabytes() {
    let text = "A line of text as any other, of which there are many in this guide.\n\n".repeat(300_000);
    assert!(text.len() > 20_000_000);
    assert!(of_body(&text).is_empty());
}

#[test]
fn shortcodes_that_include_themselves() {
    let once: (&str, &[u8]) = ("templates/shortcodes/again.html", b"{{ \"{{< again >}}\" | markdown }}");
    let twice: (&str, &[u8]) = ("templates/shortcodes/again.html", b"{{ \"{{% again %}} {{< again >}}\" | markdown }}");
    for template in [once, twice] {
        let site =
            site(&[template, ("content/wrong.md", b"---\ntitle: Wrong\n---\nBefore.\n\n{{< again >}}\n\nAfter.\n")]);
        assert_eq!(faults(&site), ["content/wrong.md[nesting]"]);
        let page = fs::read_to_string(site.path().join("public/wrong/index.html")).unwrap();
        assert!(page.contains("<p>Before.</p>") && page.contains("<p>After.</p>"), "{page}");
    }
    // Without an end by depth: 2 to the 60th calls.
    let chain: Vec<(String, String)> = (0..60)
        .map(|n| {
            let next = format!("{{{{< s{} />}}}}", n + 1);
            (format!("templates/shortcodes/s{n}.html"), format!("{{{{ \"{next}{next}\" | markdown(inline=true) }}}}"))
        })
        .chain([("templates/shortcodes/s60.html".to_owned(), "x".to_owned())])
        .collect();
    let mut files: Vec<(&str, &[u8])> = chain.iter().map(|(path, text)| (path.as_str(), text.as_bytes())).collect();
    files.push(("content/wrong.md", b"---\ntitle: Wrong\n---\n{{< s0 />}}\n"));
    assert_eq!(faults(&site(&files)), ["content/wrong.md[nesting]"]);
}

#[test]
fn files_that_include_themselves() {
    let include = "{{% include file=\"content/wrong.md\" %}}\n\n{{< include \"./wrong.md\" >}}\n";
    assert!(of_body(include).contains(&"content/wrong.md[nesting]".to_owned()));
    assert_eq!(of_body("{{< include \"../outside.txt\" >}}"), ["content/wrong.md[include]"]);
    assert_eq!(of_body("{{< include \"/etc/passwd\" >}}"), ["content/wrong.md[include]"]);
}

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

#[test]
fn templates() {
    let large = "{% for i in range(end=9000) %}{% for j in range(end=1000) %}0123456789{% endfor %}{% endfor %}";
    for (template, place) in [
        ("{% if %}", "templates/own.html[template]"),
        ("{{ page.titel.text }}", "templates/own.html[template]"),
        ("{{ page.title | nothing }}", "templates/own.html[template]"),
        ("{% extends \"nobody.html\" %}", "templates/own.html[template]"),
        ("{% extends \"own.html\" %}", "templates/own.html[template]"),
        (large, "templates/own.html[template]"),
    ] {
        let guide = b"---\ntitle: Wrong\nlayout: own\n---\n";
        let site = site(&[("templates/own.html", template.as_bytes()), ("content/wrong.md", guide)]);
        assert_eq!(faults(&site), [place], "{template}");
        let shortcode = site_with_shortcode(template);
        let mut found = faults(&shortcode);
        assert!(found.contains(&"content/wrong.md[template]".to_owned()), "{template}: {found:?}");
        found.retain(|found| {
            found != "content/wrong.md[template]" && found != "templates/shortcodes/own.html[template]"
        });
        assert!(found.is_empty(), "{template}: {found:?}");
    }
}

fn site_with_shortcode(template: &str) -> TempDir {
    let guide = b"---\ntitle: Wrong\n---\n{{< own >}}\n";
    site(&[("templates/shortcodes/own.html", template.as_bytes()), ("content/wrong.md", guide)])
}

#[test]
fn a_wrong_template_is_told_once_and_not_for_every_page() {
    let navigation: (&str, &[u8]) = ("templates/navigation.html", b"{{ nothing.here }}");
    assert_eq!(faults(&site(&[navigation, ("content/b.md", b"b")])), ["templates/navigation.html[template]"]);
}

#[test]
fn one_wrong_template_of_many_pages_is_one_finding() {
    let template: (&str, &[u8]) = (
        "templates/page.html",
        b"{{ page.kind }}{% if page.title != \"Right\" %}{{ page.titel }}{% endif %} All is well.",
    );
    let site = site(&[template, ("content/a.md", b"a"), ("content/b.md", b"b"), ("content/c.md", b"c")]);
    assert_eq!(faults(&site), ["templates/page.html[template]"]);
    let output = Command::new(env!("CARGO_BIN_EXE_guidegen"))
        .current_dir(site.path())
        .args(["build", "--format", "short"])
        .output()
        .unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("the template of `a.md` and of 2 other pages fails"), "{told}");
    assert_eq!(told.matches("error[template]").count(), 1, "{told}");
}

#[test]
fn deep_data() {
    let deep = "[".repeat(100_000);
    let files: &[(&str, &[u8])] = &[("data/a.json", deep.as_bytes()), ("data/b.yaml", deep.as_bytes())];
    assert_eq!(faults(&site(files)), ["data/a.json[data]", "data/b.yaml[data]"]);
}
