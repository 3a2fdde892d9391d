//! What the real binary keeps between two runs: the site is the same with it and without, whatever becomes of it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may")]

use assert_cmd::Command;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A site with a cache folder beside it.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap() };
        place.write("guidegen.yaml", "title: Test\n");
        place.write("content/_index.md", "---\ntitle: Home\n---\n");
        place.write("content/a.md", "---\ntitle: A\n---\n[gone](gone.md)\n\n```yaml\na: 'b' # c\n```\n");
        place.write("content/b.md", "---\ntitle: B\n---\n{{< include file=\"snippets/x.txt\" >}}\n");
        place.write("snippets/x.txt", "first\n");
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path("site").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Builds, and gives what was said, without the time it took.
    fn build(&self, arguments: &[&str]) -> String {
        self.build_at("1700000000", arguments)
    }

    fn build_at(&self, now: &str, arguments: &[&str]) -> String {
        let mut command = Command::cargo_bin("guidegen").unwrap();
        command.arg("build").arg("--root").arg(self.path("site")).arg("--output").arg(self.path("out"));
        command.args(["--no-search", "--format", "short"]).args(arguments);
        command.env("XDG_CACHE_HOME", self.path("cache")).env("SOURCE_DATE_EPOCH", now);
        let output = command.env("GIT_CEILING_DIRECTORIES", self.folder.path()).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        let (head, tail) = said.split_once(" in ").unwrap_or((&said, ""));
        format!("{} {head}{}", output.status.code().unwrap(), tail.split_once(':').map_or("", |(_, rest)| rest))
    }

    fn kept(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.path("cache/guidegen/builds")).into_iter().flatten().flatten();
        let mut kept: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        kept.sort();
        kept
    }

    /// The site as it stands.
    fn site(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        files(&self.path("out"))
    }

    /// The site as it is made of nothing.
    fn clean(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        self.clean_at("1700000000")
    }

    fn clean_at(&self, now: &str) -> BTreeMap<PathBuf, Vec<u8>> {
        let out = self.path("clean");
        let mut command = Command::cargo_bin("guidegen").unwrap();
        command.arg("build").arg("--root").arg(self.path("site")).arg("--output").arg(&out);
        command.args(["--no-search", "--no-cache"]).env("SOURCE_DATE_EPOCH", now);
        command.env("GIT_CEILING_DIRECTORIES", self.folder.path()).output().unwrap();
        let files = files(&out);
        fs::remove_dir_all(out).unwrap();
        files
    }
}

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let all = walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap);
    let files = all.filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| (entry.path().strip_prefix(folder).unwrap().to_owned(), fs::read(entry.path()).unwrap()))
        .collect()
}

#[test]
fn nothing_changed_is_told_as_the_first_build_was() {
    let place = Place::new();
    let first = place.build(&[]);
    assert!(first.contains("link-broken"), "{first}");
    assert_eq!(place.kept().len(), 3, "{:?}", place.kept());
    let record = fs::metadata(&place.kept()[1]).unwrap().modified().unwrap();
    let again = place.build(&[]);
    let findings =
        |said: &str| said.lines().filter(|line| line.contains("warning[")).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(findings(&again), findings(&first));
    assert!(again.contains("0 files written") && again.contains("0 removed"), "{again}");
    assert_eq!(fs::metadata(&place.kept()[1]).unwrap().modified().unwrap(), record, "it was not built again");
    assert_eq!(place.site(), place.clean());
}

/// A picture that is too large to be read into memory, as it is copied from where it stands.
fn picture(place: &Place, last: u8) {
    let mut bytes = b"GIF89a\x10\0\x10\0".to_vec();
    bytes.resize(3 << 20, last);
    let path = place.path("site/static/large.gif");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// Builds, and gives the stages that the build went through.
fn stages(place: &Place) -> Vec<String> {
    let said = place.build(&["--timings"]);
    let times = said.lines().filter(|line| line.ends_with('%') && !line.starts_with("total"));
    times.map(|line| line.split("  ").next().unwrap().to_owned()).collect()
}

#[test]
fn an_output_that_is_gone_is_filled_from_what_was_kept() {
    let place = Place::new();
    picture(&place, 1);
    let first = place.build(&[]);
    let kept = ["reading", "comparing", "writing", "telling"];
    fs::remove_dir_all(place.path("out")).unwrap();
    let again = place.build(&[]);
    assert_eq!(again, first, "the same files, the same findings, the same status");
    assert_eq!(place.site(), place.clean());
    for change in ["out/a/index.html", "out/large.gif", "out/.guidegen.json"] {
        fs::remove_file(place.path(change)).unwrap();
        assert_eq!(stages(&place), kept, "{change}");
        assert_eq!(place.site(), place.clean(), "{change}");
        assert_eq!(stages(&place), kept, "and nothing has to be done then");
    }
    fs::write(place.path("out/a/index.html"), "tampered").unwrap();
    fs::write(place.path("out/foreign.txt"), "somebody else's").unwrap();
    assert_eq!(stages(&place), kept);
    let mut site = place.site();
    assert_eq!(site.remove(Path::new("foreign.txt")).unwrap(), b"somebody else's");
    assert_eq!(site, place.clean());
    // What is only copied is an input like any other.
    picture(&place, 2);
    fs::remove_dir_all(place.path("out")).unwrap();
    assert!(stages(&place).contains(&"pages".to_owned()));
    assert_eq!(place.site(), place.clean());
}

#[test]
fn a_kept_site_that_is_damaged_anywhere_is_built() {
    let place = Place::new();
    picture(&place, 1);
    place.build(&[]);
    let clean = place.clean();
    let kept = place.kept().into_iter().find(|file| file.to_string_lossy().ends_with("-site")).unwrap();
    let whole = fs::read(&kept).unwrap();
    assert!(whole.len() < 1 << 20, "copies are not kept");
    let places = (0..whole.len()).step_by(whole.len() / 30).chain([whole.len() - 1, whole.len() - 70]);
    for at in places {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        fs::write(&kept, &damaged).unwrap();
        fs::remove_dir_all(place.path("out")).unwrap();
        assert!(stages(&place).contains(&"pages".to_owned()), "byte {at}");
        assert_eq!(place.site(), clean, "byte {at}");
        fs::write(&kept, &whole[..at]).unwrap();
        fs::remove_dir_all(place.path("out")).unwrap();
        assert!(stages(&place).contains(&"pages".to_owned()), "cut at {at}");
        assert_eq!(place.site(), clean, "cut at {at}");
    }
}

#[test]
fn whatever_changes_is_built() {
    let place = Place::new();
    place.build(&[]);
    place.write("content/a.md", "---\ntitle: A\n---\nOther words.\n");
    place.build(&[]);
    assert_eq!(place.site(), place.clean(), "a guide");
    place.write("snippets/x.txt", "second\n");
    place.build(&[]);
    assert_eq!(place.site(), place.clean(), "a file that a guide includes");
    place.write("templates/head.html", "<meta name=\"x\" content=\"y\">");
    place.build(&[]);
    assert_eq!(place.site(), place.clean(), "a template");
    let page = place.path("out/a/index.html");
    let whole = fs::read(&page).unwrap();
    fs::write(&page, "tampered").unwrap();
    place.build(&[]);
    assert_eq!(fs::read(&page).unwrap(), whole, "a page of the output");
    fs::remove_file(&page).unwrap();
    place.build(&[]);
    assert_eq!(fs::read(&page).unwrap(), whole, "a page that is gone");
    place.build(&["--base-url", "https://example.com/"]);
    assert!(place.path("out/sitemap.xml").exists(), "an option");
}

#[test]
fn time_publishes_and_expires_guides() {
    let place = Place::new();
    place.write("content/later.md", "---\ntitle: Later\ndate: 2023-12-01\n---\n");
    place.write("content/gone.md", "---\ntitle: Gone\nexpiryDate: 2024-03-01\n---\n");
    for now in ["1700000000", "1700000100", "1704067200", "1704067300", "1714521600", "1700000000"] {
        place.build_at(now, &[]);
        assert_eq!(place.site(), place.clean_at(now), "{now}");
    }
}

#[test]
fn what_is_kept_may_be_damaged_or_gone() {
    let place = Place::new();
    place.build(&[]);
    for file in place.kept() {
        let mut bytes = fs::read(&file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0xff;
        fs::write(file, bytes).unwrap();
    }
    fs::remove_dir_all(place.path("out")).unwrap();
    place.build(&[]);
    assert_eq!(place.site(), place.clean());
    fs::remove_dir_all(place.path("cache")).unwrap();
    fs::write(place.path("cache"), "no folder").unwrap();
    assert!(place.build(&[]).starts_with('0'));
    assert_eq!(place.site(), place.clean());
}

#[test]
fn strict_builds_and_those_that_are_told_so_keep_nothing() {
    let place = Place::new();
    place.build(&["--strict"]);
    place.build(&["--no-cache"]);
    assert_eq!(place.kept(), Vec::<PathBuf>::new());
    place.build(&["--strict", "--cache"]);
    assert_eq!(place.kept().len(), 3);
}

#[test]
fn two_builds_at_once_do_not_disturb_each_other() {
    let place = Place::new();
    std::thread::scope(|scope| {
        for number in 0..4 {
            let place = &place;
            scope.spawn(move || {
                let mut command = Command::cargo_bin("guidegen").unwrap();
                command.arg("build").arg("--root").arg(place.path("site"));
                command.arg("--output").arg(place.path(&format!("out{number}"))).arg("--no-search");
                command.env("XDG_CACHE_HOME", place.path("cache")).env("SOURCE_DATE_EPOCH", "1700000000");
                command.env("GIT_CEILING_DIRECTORIES", place.folder.path()).assert().success();
            });
        }
    });
    let clean = place.clean();
    for number in 0..4 {
        assert_eq!(files(&place.path(&format!("out{number}"))), clean);
    }
    assert!(place.kept().iter().all(|file| !file.file_name().unwrap().to_string_lossy().starts_with('.')));
}
