//! What the tests of publishing share: a site with a target, what stands there then, and whether that is whole.

#![allow(dead_code, reason = "no test uses all of it")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

pub mod branch;
pub mod kills;
pub mod store;
#[cfg(unix)]
pub mod terminal;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// What came of a run of the program.
pub struct Run {
    /// Its exit status.
    pub status: i32,
    /// What it wrote to standard output.
    pub out: String,
    /// What it wrote to standard error.
    pub err: String,
}

/// A small site with one target, `live`, in a folder that goes with it; the site is in `site` there.
pub struct Site {
    pub folder: TempDir,
}

impl Site {
    /// Six guides, each with an alias.
    pub fn new(target: &str) -> Self {
        let site = Self { folder: tempfile::tempdir().unwrap() };
        site.configure(target);
        site.write("site/content/_index.md", "---\ntitle: Home\n---\nHome.\n");
        for number in 0..6 {
            site.guide(number, "text");
        }
        site
    }

    pub fn configure(&self, target: &str) {
        let config = format!("title: T\nbase_url: https://docs.example.com/\npublish:\n  live: {target}\n");
        self.write("site/guidegen.yaml", &config);
    }

    pub fn guide(&self, number: u32, text: &str) {
        let aliases = format!("aliases: [/old/{number}/]\n");
        self.write(&format!("site/content/g{number}.md"), &format!("---\ntitle: G{number}\n{aliases}---\n{text}\n"));
    }

    pub fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    pub fn write(&self, below: &str, text: &str) {
        let path = self.path(below);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_guidegen"));
        command.args(arguments).current_dir(self.path("site")).env("TMPDIR", self.folder.path()).stdin(Stdio::null());
        let own = ["NO_COLOR", "SOURCE_DATE_EPOCH", "GITHUB_WORKSPACE"].map(str::to_owned);
        let credentials = std::env::vars().map(|(name, _)| name).filter(|name| name.starts_with("AWS_"));
        for name in own.into_iter().chain(credentials) {
            command.env_remove(name);
        }
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        let output = self.command(arguments).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Run { status: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }

    pub fn publish(&self) -> Run {
        let run = self.run(&["publish", "--yes"]);
        assert_eq!(run.status, 0, "{}", run.err);
        run
    }

    /// Another style sheet and other text on every page, so that pages of either site need an asset of their own.
    pub fn change_all(&self, moment: usize) {
        self.write("site/static/custom.css", &format!("p {{ color: #{moment:03} }}\n"));
        for number in 0..6 {
            self.guide(number, &format!("at {moment}"));
        }
    }

    pub fn served(&self) -> BTreeMap<String, Vec<u8>> {
        tree(&self.path("www"))
    }
}

/// Every file below a folder, which may itself be a link.
pub fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let Ok(folder) = folder.canonicalize() else { return BTreeMap::new() };
    let walk = walkdir::WalkDir::new(&folder).into_iter().filter_map(Result::ok).filter(|e| e.file_type().is_file());
    walk.map(|entry| {
        let path = entry.path().strip_prefix(&folder).unwrap().to_str().unwrap().to_owned();
        (path, fs::read(entry.path()).unwrap_or_default())
    })
    .collect()
}

/// The style sheets and scripts that the pages name and that are not there.
pub fn missing_assets(files: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let mut missing = Vec::new();
    for (path, bytes) in files.iter().filter(|(path, _)| path.ends_with(".html")) {
        let text = String::from_utf8_lossy(bytes);
        for mark in ["href=\"/", "src=\"/"] {
            for (at, _) in text.match_indices(mark) {
                let rest = &text[at + mark.len()..];
                let name = rest[..rest.find('"').unwrap()].split(['?', '#']).next().unwrap();
                let is_asset = name.ends_with(".css") || name.ends_with(".js");
                if is_asset && !files.contains_key(name) {
                    missing.push(format!("{path}: {name}"));
                }
            }
        }
        assert!(text.trim_end().ends_with("</html>"), "{path} is cut off");
    }
    missing
}

/// Runs git in a folder.
pub fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "core.fsync=none"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
