//! Publishing to a branch of a bare repository over `file://`, with the real program.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=a", "-c", "user.email=a@example.com"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

struct Place {
    folder: TempDir,
}

impl Place {
    /// A site in a repository, and a bare one beside it.
    fn new() -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(place.path("tmp")).unwrap();
        git(place.folder.path(), &["init", "-q", "--bare", "remote.git"]);
        let url = format!("file://{}", place.path("remote.git").display());
        let config = "title: T\nbase_url: https://docs.example.com/\npublish:\n  pages: { to: git }\n";
        place.write("site/guidegen.yaml", config);
        place.write("site/content/a.md", "---\ntitle: A\n---\nText.\n");
        place.write("site/content/b.md", "---\ntitle: B\n---\nText.\n");
        let site = place.path("site");
        git(&site, &["init", "-q", "-b", "main"]);
        git(&site, &["remote", "add", "origin", &url]);
        git(&site, &["add", "-A"]);
        git(&site, &["commit", "-qm", "first"]);
        place
    }

    fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    fn write(&self, below: &str, text: &str) {
        let path = self.path(below);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn publish(&self, more: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_guidegen"))
            .args(["publish", "--yes"])
            .args(more)
            .current_dir(self.path("site"))
            .env("TMPDIR", self.path("tmp"))
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    fn published(&self) -> String {
        let output = self.publish(&[]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{said}");
        said
    }

    fn remote(&self, arguments: &[&str]) -> String {
        git(&self.path("remote.git"), arguments)
    }

    /// Somebody else commits to the branch.
    fn foreign(&self, path: &str, text: &str) {
        let clone = self.path("clone");
        let _ = fs::remove_dir_all(&clone);
        let remote = self.path("remote.git").display().to_string();
        git(self.folder.path(), &["clone", "-q", "-b", "gh-pages", &remote, "clone"]);
        self.write(&format!("clone/{path}"), text);
        git(&clone, &["add", "-A"]);
        git(&clone, &["commit", "-qm", "theirs"]);
        git(&clone, &["push", "-q"]);
    }
}

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

/// Others push between the plan and the push: a hook of the remote does it at that very moment.
#[cfg(unix)]
#[test]
fn a_branch_that_moved_on_is_followed() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    place.published();
    place.foreign("theirs.txt", "theirs");
    let theirs = place.remote(&["rev-parse", "gh-pages"]);
    place.remote(&["update-ref", "refs/heads/gh-pages", "gh-pages^"]);
    // The first push finds the branch moved on, and is refused as the remote of a host would.
    let hook = format!(
        "#!/bin/sh\ntest -e moved && exit 0\ntouch moved\nunset GIT_QUARANTINE_PATH\n\
         git update-ref refs/heads/gh-pages {}\nexit 0\n",
        theirs.trim()
    );
    let path = place.path("remote.git/hooks/pre-receive");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, hook).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    place.write("site/content/a.md", "---\ntitle: A\n---\nChanged.\n");
    place.published();
    assert_eq!(place.remote(&["show", "gh-pages:theirs.txt"]), "theirs");
    assert!(place.remote(&["show", "gh-pages:a/index.html"]).contains("Changed."));
    assert_eq!(place.remote(&["rev-parse", "gh-pages^"]), theirs);
}
