//! Publishing to a branch of a bare repository over `file://`, with the real program.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod publishing;

use publishing::kills::Victim;
use publishing::{Site, git, missing_assets, tree};
use std::fs;
use std::ops::Deref;
use std::process::{Command, Output};

struct Place {
    site: Site,
}

impl Deref for Place {
    type Target = Site;

    fn deref(&self) -> &Site {
        &self.site
    }
}

impl Place {
    /// A site in a repository, and a bare one beside it.
    fn new() -> Self {
        let place = Self { site: Site::new("{ to: git }") };
        fs::create_dir(place.path("tmp")).unwrap();
        git(place.folder.path(), &["init", "-q", "--bare", "remote.git"]);
        let url = format!("file://{}", place.path("remote.git").display());
        place.write("site/content/a.md", "---\ntitle: A\n---\nText.\n");
        place.write("site/content/b.md", "---\ntitle: B\n---\nText.\n");
        let site = place.path("site");
        git(&site, &["init", "-q", "-b", "main"]);
        git(&site, &["remote", "add", "origin", &url]);
        git(&site, &["add", "-A"]);
        git(&site, &["commit", "-qm", "first"]);
        place
    }

    fn publish(&self, more: &[&str]) -> Output {
        self.publishing().arg("--yes").args(more).output().unwrap()
    }

    fn publishing(&self) -> Command {
        let mut command = self.command(&["publish"]);
        command.env("TMPDIR", self.path("tmp"));
        command
    }

    /// The branch as files.
    fn served(&self) -> std::collections::BTreeMap<String, Vec<u8>> {
        let folder = self.path("served");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).unwrap();
        let work_tree = format!("--work-tree={}", folder.display());
        self.remote(&[&work_tree, "checkout", "-q", "-f", "gh-pages", "--", "."]);
        tree(&folder)
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

#[test]
fn a_run_that_is_killed_leaves_a_whole_branch() {
    let place = Place::new();
    place.published();
    let work = || fs::read_dir(place.path("tmp")).unwrap().map(|entry| entry.unwrap().path());
    let victim = Victim {
        site: &place,
        command: Box::new(|arguments| {
            let mut command = place.command(arguments);
            command.env("TMPDIR", place.path("tmp"));
            command
        }),
        before: Box::new(|| work().for_each(|folder| drop(fs::remove_dir_all(folder)))),
        is_acting: Box::new(|| work().next().is_some()),
        served: Box::new(|| place.served()),
    };
    victim.kill(12, |served| assert_eq!(missing_assets(served), Vec::<String>::new()));
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

#[test]
fn a_manifest_that_is_lost_or_damaged_removes_nothing() {
    let place = Place::new();
    place.published();
    place.foreign(".guidegen-publish.json", "{ damaged");
    fs::remove_file(place.path("site/content/a.md")).unwrap();
    let said = place.published();
    assert!(said.contains("nothing is removed"), "{said}");
    assert!(place.served().contains_key("a/index.html"));
    let status = place.run(&["publish", "--status"]);
    assert!(status.out.contains("https://docs.example.com/"), "{}", status.out);
}
