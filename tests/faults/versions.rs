//! A site whose files can be told to be whole, for what interrupts builds.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// So many files it has.
pub const FILES: usize = 150;

/// A site of files that are `version` from the first byte to the last, so that half a file can be told.
pub struct Site(pub TempDir);

impl Site {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("content")).unwrap();
        fs::write(folder.path().join("content/a.md"), "---\ntitle: A\n---\n").unwrap();
        let site = Self(folder);
        site.set("A");
        site
    }

    pub fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    /// Every file changes; half of the folders have other names in each version, so that files come and go.
    pub fn set(&self, version: &str) {
        let folder = self.path("static");
        let _ = fs::remove_dir_all(&folder);
        for number in 0..FILES {
            let page = match number % 2 {
                0 => format!("same-{number}"),
                _ => format!("{version}-{number}"),
            };
            fs::create_dir_all(folder.join(&page)).unwrap();
            fs::write(folder.join(page).join("page.html"), version.repeat(20_000)).unwrap();
        }
    }

    pub fn build(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_guidegen"));
        command.args(["build", "--no-search"]).current_dir(self.0.path());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub fn built(&self) -> Output {
        self.build().output().unwrap()
    }

    /// The pages of the test that stand in the output folder, each with its version.
    pub fn pages(&self) -> BTreeMap<String, String> {
        let mut pages = BTreeMap::new();
        for entry in walkdir::WalkDir::new(self.path("public")).into_iter().filter_entry(|entry| !is_hidden(entry)) {
            let Ok(entry) = entry else { continue };
            if entry.file_name() == "page.html" {
                let text = fs::read_to_string(entry.path()).unwrap();
                let version = text.chars().next().map(String::from).unwrap_or_default();
                assert_eq!(text, version.repeat(20_000), "{} is not whole", entry.path().display());
                let name = entry.path().strip_prefix(self.path("public")).unwrap();
                pages.insert(name.to_str().unwrap().to_owned(), version);
            }
        }
        pages
    }

    pub fn assert_complete(&self, version: &str) {
        let output = self.built();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let pages = self.pages();
        assert_eq!(pages.len(), FILES, "what the killed builds left over is gone");
        assert!(pages.values().all(|found| found == version), "{pages:?}");
        let beside = fs::read_dir(self.0.path()).unwrap().chain(fs::read_dir(self.path("public")).unwrap());
        let names = beside.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        assert_eq!(names.filter(|name| name.contains("stage")).count(), 0);
    }
}

fn is_hidden(entry: &walkdir::DirEntry) -> bool {
    entry.depth() > 0 && entry.file_name().as_encoded_bytes().starts_with(b".")
}
