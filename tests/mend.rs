//! `check --fix`, `schema` and `outdated`, with the real binary.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may")]

use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Output;
use tempfile::TempDir;

const CONFIG: &str = "title: T\nvariables:\n  domain: { type: domain, default: example.com }\n";

/// CRLF, a BOM, a link through an alias, a link that has one right answer, a fallback and a default that is written out.
const GUIDE: &str = "\u{feff}---\r\ntitle: A\r\n---\r\n\r\nSee [b](/old/#x), [b again](b.md) and [c](/old/).  \r\n\
    {{< sitevar name=\"domain\" nojs=\"example.org\" >}}\r\n\r\n```yaml\r\nurl: https://app.example.com/\r\n```\r\n";

fn site() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("content")).unwrap();
    fs::write(folder.path().join("guidegen.yaml"), CONFIG).unwrap();
    fs::write(folder.path().join("content/a.md"), GUIDE).unwrap();
    fs::write(folder.path().join("content/b.md"), "---\ntitle: B\naliases: [/old/]\n---\n## X\n").unwrap();
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    assert_cmd::Command::cargo_bin("guidegen").unwrap().args(arguments).arg("--root").arg(folder).output().unwrap()
}

fn git(folder: &Path, arguments: &[&str]) {
    let status = std::process::Command::new("git").arg("-C").arg(folder).args(arguments).output().unwrap().status;
    assert!(status.success(), "{arguments:?}");
}

fn guide(folder: &TempDir) -> String {
    fs::read_to_string(folder.path().join("content/a.md")).unwrap()
}

#[test]
fn what_has_one_answer_is_mended_and_nothing_else_changes() {
    let site = site();
    git(site.path(), &["init", "-q"]);
    git(site.path(), &["add", "."]);
    let output = run(site.path(), &["check", "--fix"]);
    let expected =
        GUIDE.replace("/old/#x", "b.md#x").replace("(/old/)", "(b.md)").replace("example.org", "example.com");
    assert_eq!(guide(&site), expected, "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("Mended 3 findings in 1 file") && said.contains("variable-literal"), "{said}");
    let output = run(site.path(), &["check", "--fix", "variable-literal"]);
    let literal = "url: https://app.{{< sitevar name=\"domain\" nojs=\"example.com\" >}}/";
    assert_eq!(guide(&site), expected.replace("url: https://app.example.com/", literal));
    assert!(String::from_utf8_lossy(&output.stderr).contains("nothing to report"));
}

#[test]
fn a_dry_run_shows_the_difference_and_changes_nothing() {
    let site = site();
    let output = run(site.path(), &["check", "--fix", "--dry-run"]);
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(shown.starts_with("--- a/content/a.md\n+++ b/content/a.md\n@@ -5 +5 @@\n-See [b](/old/#x)"), "{shown}");
    assert!(shown.contains("+{{< sitevar name=\"domain\" nojs=\"example.com\" >}}\r\n"), "{shown}");
    assert_eq!(guide(&site), GUIDE);
}

#[test]
fn what_git_does_not_keep_is_left_alone_without_force() {
    let site = site();
    let output = run(site.path(), &["check", "--fix"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("git does not keep it"));
    assert_eq!(guide(&site), GUIDE);
    run(site.path(), &["check", "--fix", "--force"]);
    assert_ne!(guide(&site), GUIDE);
}

#[test]
fn what_an_author_has_to_decide_is_not_mended() {
    let site = site();
    assert_eq!(run(site.path(), &["check", "--fix", "link-anchor"]).status.code(), Some(2));
    assert_eq!(run(site.path(), &["check", "--dry-run"]).status.code(), Some(2));
}

fn schema(what: &str) -> jsonschema::Validator {
    let output = assert_cmd::Command::cargo_bin("guidegen").unwrap().args(["schema", what]).output().unwrap();
    let schema: Value = serde_json::from_slice(&output.stdout).unwrap();
    jsonschema::meta::validate(&schema).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

fn yaml(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap()
}

#[test]
fn the_schemas_accept_real_sites() {
    let (config, guide) = (schema("config"), schema("guide"));
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).to_owned();
    let corpus = std::env::var_os("GUIDEGEN_CORPUS").map(std::path::PathBuf::from);
    if corpus.is_none() {
        eprintln!("GUIDEGEN_CORPUS is not set: only the project's own site is looked at");
    }
    let mut guides = 0;
    for root in [Some(own), corpus].into_iter().flatten() {
        let text = fs::read_to_string(root.join("guidegen.yaml")).unwrap();
        let errors: Vec<String> = config.iter_errors(&yaml(&text)).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", root.display());
        for entry in walkdir::WalkDir::new(root.join("content")).into_iter().map(Result::unwrap) {
            if entry.path().extension().is_none_or(|extension| extension != "md") {
                continue;
            }
            let text = fs::read_to_string(entry.path()).unwrap();
            let Some((front, _)) = text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---")) else {
                continue;
            };
            let errors: Vec<String> = guide.iter_errors(&yaml(front)).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{}: {errors:#?}", entry.path().display());
            guides += 1;
        }
    }
    assert!(guides > 20);
}

#[test]
fn the_schemas_refuse_slips() {
    let (config, guide) = (schema("config"), schema("guide"));
    for wrong in [
        "titel: x",
        "links: absolute",
        "checks: { link-brokn: off }",
        "verify: [{ titles: [a] }]",
        "variables: { a: { type: domian, default: x } }",
        "theme: { colour: red }",
        "theme: { hue: 400 }",
        "theme: { radius: 4 }",
        "theme: { mode: dim }",
        "publish: { a: { to: ftp } }",
        "publish: { a: { to: directory } }",
        "publish: { a: { to: directory, path: x, branch: y } }",
        "publish: { a: { to: git, folder: x, keep: -1 } }",
        "publish: { a: { to: s3, bucket: b, secret_access_key: x } }",
        "publish: { a: { to: s3, bucket: b, host: netlfy } }",
        "headers: { /*: [X] }",
        "headers: { 'a b': x }",
    ] {
        assert!(!config.is_valid(&yaml(wrong)), "{wrong}");
    }
    for right in [
        "theme: { hue: 150, accent: { light: '#123', dark: '#456' }, font: 'Inter, sans-serif', content_width: 48rem }",
        "theme: { hue: '', accent: '#7a3cff', hide_title: 'true', mode: light, logo: logo.svg }",
        "publish: { a: { to: git }, b: { to: directory, path: /srv/x, compress: [gz, br], max_removals: 5 % } }",
        "publish: { s: { to: s3, bucket: b, endpoint: 'http://s/', path_style: true, keep: '4', max_removals: 100, hook: [x] } }",
        "headers: { /*: { X-A: b }, X-Frame-Options: DENY, /docs/*: }",
    ] {
        let errors: Vec<String> = config.iter_errors(&yaml(right)).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{right}: {errors:?}");
    }
    for wrong in ["draft: maybe", "tags: { a: b }", "seo: { noindex: perhaps }", "weight: heavy"] {
        assert!(!guide.is_valid(&yaml(wrong)), "{wrong}");
    }
    for right in ["", "draft: 'true'", "tags: one", "weight: '3'", "anything: [1]"] {
        assert!(guide.is_valid(&yaml(right)), "{right}");
    }
}

#[test]
fn guides_behind_the_newest_versions_are_listed() {
    let site = site();
    assert_eq!(run(site.path(), &["outdated"]).status.code(), Some(2), "there are no versions");
    fs::create_dir(site.path().join("data")).unwrap();
    fs::write(site.path().join("data/versions.yaml"), "grafana: 11.2.0\nauthelia: 4.39\n").unwrap();
    let guide =
        "---\ntitle: C\n---\n## Tested Versions\n\n- [Grafana](https://x.test)\n  - 10.4.1\n- Authelia\n  - v4.39.2\n";
    fs::write(site.path().join("content/c.md"), guide).unwrap();
    let table = String::from_utf8(run(site.path(), &["outdated"]).stdout).unwrap();
    assert_eq!(table, "GUIDE           PRODUCT  TESTED  NEWEST\ncontent/c.md:7  Grafana  10.4.1  11.2.0\n");
    let line: Value = serde_json::from_slice(&run(site.path(), &["outdated", "--format", "json"]).stdout).unwrap();
    assert_eq!((&line["file"], &line["line"], &line["newest"]), (&"content/c.md".into(), &7.into(), &"11.2.0".into()));
}
