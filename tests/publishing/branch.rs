//! A branch of a bare repository over `file://`.

use super::{Site, git, tree};
use std::fs;
use std::ops::Deref;
use std::process::{Command, Output};

/// A site in a repository, and the bare one that it is published to.
pub struct Place {
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
    pub fn new() -> Self {
        Self::with_remote(&[])
    }

    /// The same, where the bare one was made with these options.
    pub fn with_remote(options: &[&str]) -> Self {
        let place = Self { site: Site::new("{ to: git }") };
        fs::create_dir(place.path("tmp")).unwrap();
        git(place.folder.path(), &[&["init", "-q", "--bare"], options, &["remote.git"]].concat());
        git(&place.path("remote.git"), &["config", "core.fsync", "none"]);
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

    pub fn publish(&self, more: &[&str]) -> Output {
        self.publishing().arg("--yes").args(more).output().unwrap()
    }

    pub fn publishing(&self) -> Command {
        let mut command = self.command(&["publish"]);
        command.env("TMPDIR", self.path("tmp"));
        command
    }

    /// The branch as files.
    pub fn served(&self) -> std::collections::BTreeMap<String, Vec<u8>> {
        let folder = self.path("served");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).unwrap();
        let work_tree = format!("--work-tree={}", folder.display());
        self.remote(&[&work_tree, "checkout", "-q", "-f", "gh-pages", "--", "."]);
        tree(&folder)
    }

    pub fn published(&self) -> String {
        let output = self.publish(&[]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{said}");
        said
    }

    pub fn remote(&self, arguments: &[&str]) -> String {
        git(&self.path("remote.git"), arguments)
    }

    /// Somebody else commits to the branch.
    pub fn foreign(&self, path: &str, text: &str) {
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
