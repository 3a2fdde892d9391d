//! Templates that are wrong, or produce without an end. Promised: one finding in the template, however many pages it
//! makes, and every page that does without it.

use super::{faults, site};
use assert_cmd::Command;
use tempfile::TempDir;

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
