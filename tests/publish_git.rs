//! Publishing to a branch of a bare repository over `file://`, with the real program.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod publishing;

use publishing::branch::Place;
use publishing::git;
use std::fs;

#[test]
fn a_commit_is_made_and_no_checkout_is_touched() {
    let place = Place::new();
    let before = git(&place.path("site"), &["status", "--porcelain", "--branch"]);
    place.published();
    let source = git(&place.path("site"), &["rev-parse", "HEAD"]);
    let message = place.remote(&["log", "-1", "--format=%B", "gh-pages"]);
    assert!(message.contains(source.trim()) && message.contains("https://docs.example.com/"), "{message}");
    let files = place.remote(&["ls-tree", "-r", "--name-only", "gh-pages"]);
    for file in [".nojekyll", "a/index.html", "index.html", ".guidegen-publish.json"] {
        assert!(files.lines().any(|line| line == file), "{file}: {files}");
    }
    assert_eq!(git(&place.path("site"), &["status", "--porcelain", "--branch"]), before);
    assert_eq!(git(&place.path("site"), &["for-each-ref", "--format=%(refname)"]), "refs/heads/main\n");
    let tip = place.remote(&["rev-parse", "gh-pages"]);
    assert!(place.published().contains("Nothing to publish"));
    assert_eq!(place.remote(&["rev-parse", "gh-pages"]), tip, "nothing changed, and nothing is pushed");
    assert_eq!(fs::read_dir(place.path("tmp")).unwrap().count(), 0, "nothing is left behind");
}

#[test]
fn what_others_committed_stays_and_history_goes_on() {
    let place = Place::new();
    place.published();
    place.foreign("previews/1/index.html", "theirs");
    place.foreign("CNAME", "docs.example.com\n");
    let tip = place.remote(&["rev-parse", "gh-pages"]);
    place.write("site/content/a.md", "---\ntitle: A\n---\nChanged.\n");
    place.published();
    assert_eq!(place.remote(&["rev-parse", "gh-pages^"]), tip);
    assert_eq!(place.remote(&["show", "gh-pages:previews/1/index.html"]), "theirs");
    assert!(place.remote(&["show", "gh-pages:a/index.html"]).contains("Changed."));
}

#[test]
fn a_name_that_contradicts_the_address_is_refused() {
    let place = Place::new();
    place.published();
    place.foreign("CNAME", "other.example.com\n");
    let tip = place.remote(&["rev-parse", "gh-pages"]);
    let refused = place.publish(&[]);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(refused.status.code() == Some(2) && said.contains("other.example.com"), "{said}");
    assert_eq!(place.remote(&["rev-parse", "gh-pages"]), tip);
}

#[test]
fn the_branch_of_the_sources_is_refused_and_secrets_are_not_shown() {
    let place = Place::new();
    git(&place.path("site"), &["checkout", "-q", "-b", "gh-pages"]);
    let said = String::from_utf8(place.publish(&[]).stderr).unwrap();
    assert!(said.contains("checked out here"), "{said}");
    git(&place.path("site"), &["checkout", "-q", "main"]);
    git(&place.path("site"), &["remote", "set-url", "origin", "http://me:hunter2@127.0.0.1:9/x.git"]);
    let output = place.publish(&["--verbose"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && !said.contains("hunter2") && said.contains("127.0.0.1:9"), "{said}");
}

/// The site may bring the name that it is served under: it moves with it, and agrees with its address.
#[test]
fn a_site_brings_its_own_name() {
    let place = Place::new();
    place.write("site/static/CNAME", "docs.example.com\n");
    place.published();
    place.write("site/static/CNAME", "new.example.com\n");
    let refused = place.publish(&[]);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(refused.status.code() == Some(2) && said.contains("`new.example.com`"), "{said}");
    let config = fs::read_to_string(place.path("site/guidegen.yaml")).unwrap();
    place.write("site/guidegen.yaml", &config.replace("docs.example.com", "new.example.com"));
    place.published();
    assert_eq!(place.remote(&["show", "gh-pages:CNAME"]), "new.example.com\n");
}
