//! What is left when a build is killed, when two build at once, when the disk is full or cannot be written to.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const FILES: usize = 150;
const KILLS: usize = 20;

/// A site of files that are `version` from the first byte to the last, so that half a file can be told.
struct Site(TempDir);

impl Site {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("content")).unwrap();
        fs::write(folder.path().join("content/a.md"), "---\ntitle: A\n---\n").unwrap();
        let site = Self(folder);
        site.set("A");
        site
    }

    fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    /// Every file changes; half of the folders have other names in each version, so that files come and go.
    fn set(&self, version: &str) {
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

    fn build(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_guidegen"));
        command.args(["build", "--no-search"]).current_dir(self.0.path());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn built(&self) -> Output {
        self.build().output().unwrap()
    }

    /// The pages of the test that stand in the output folder, each with its version.
    fn pages(&self) -> BTreeMap<String, String> {
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

    fn assert_complete(&self, version: &str) {
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

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound.max(1)
    }
}

/// Kills a build some time after `sign` is there, or when it ends without one.
fn kill_after_sign(mut child: Child, sign: &Path, delay: Duration) {
    while !sign.exists() && child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    kill_after(child, delay);
}

fn kill_after(mut child: Child, delay: Duration) {
    std::thread::sleep(delay);
    // SIGKILL, where there are signals: nothing is tidied up.
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_build_that_is_killed_leaves_whole_pages_and_the_next_completes_it() {
    let site = Site::new();
    site.assert_complete("A");
    site.set("B");
    let mut dice = Dice(20_261_123);
    let mut mixed = 0;
    for round in 0..KILLS {
        let version = if round % 2 == 0 { "B" } else { "A" };
        site.set(version);
        // Three of four are killed when the first file is in its place, the others while files are staged: what either
        // leaves is what the next one finds.
        let is_early = round % 4 == 3;
        let first = site.path(&format!("public/{version}-1/page.html"));
        let sign = if is_early { site.path("public/.guidegen-stage/0") } else { first };
        kill_after_sign(site.build().spawn().unwrap(), &sign, Duration::from_micros(dice.below(4_000)));
        let pages = site.pages();
        assert!(pages.len() >= FILES / 2, "{} pages are left", pages.len());
        let new = pages.values().filter(|found| *found == version).count();
        mixed += usize::from(new > 0 && new < pages.len());
        if is_early {
            continue;
        }
        site.assert_complete(version);
    }
    eprintln!("{mixed} of {KILLS} kills came between the first rename and the last removal");
    site.set("A");
    site.assert_complete("A");
}

#[test]
fn the_first_build_that_is_killed_leaves_all_or_nothing() {
    let site = Site::new();
    let started = Instant::now();
    site.assert_complete("A");
    let takes = u64::try_from(started.elapsed().as_micros()).unwrap();
    let mut dice = Dice(7);
    for _ in 0..15 {
        let _ = fs::remove_dir_all(site.path("public"));
        kill_after(site.build().spawn().unwrap(), Duration::from_micros(dice.below(takes)));
        let pages = site.pages().len();
        assert!(pages == 0 || pages == FILES, "{pages} pages");
        assert_eq!(site.path("public").exists(), pages == FILES);
    }
    site.assert_complete("A");
}

#[test]
fn of_two_builds_at_once_each_is_done_or_refused() {
    let site = Site::new();
    site.assert_complete("A");
    for round in 0..4 {
        site.set(if round % 2 == 0 { "B" } else { "A" });
        let builds: Vec<Child> = (0..3).map(|_| site.build().spawn().unwrap()).collect();
        let mut done = 0;
        for build in builds {
            let output = build.wait_with_output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            match output.status.code() {
                Some(0) => done += 1,
                Some(2) => assert!(said.contains("another build is writing into"), "{said}"),
                other => panic!("{other:?}: {said}"),
            }
        }
        assert!(done >= 1);
        assert!(site.pages().len() >= FILES);
    }
    site.assert_complete("A");
}

/// Runs a script of the shell with mounts of its own; none where the system does not allow that.
#[cfg(target_os = "linux")]
fn with_mounts(script: &str, folder: &Path) -> Option<Output> {
    let unshare = |arguments: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(arguments).args(["sh", "-ec"]).current_dir(folder);
        command
    };
    let probe = "mount -t tmpfs -o size=64k tmpfs mnt";
    let ways = [&["-m"][..], &["-rm"][..]];
    let way = ways.into_iter().find(|way| unshare(way).arg(probe).output().is_ok_and(|tried| tried.status.success()));
    let Some(way) = way else {
        eprintln!("not tested: nothing can be mounted here");
        return None;
    };
    Some(unshare(way).arg(script).arg("sh").arg(env!("CARGO_BIN_EXE_guidegen")).output().unwrap())
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_the_last_site_as_it_was() {
    let site = Site::new();
    fs::remove_dir_all(site.path("static")).unwrap();
    fs::create_dir_all(site.path("static")).unwrap();
    fs::create_dir_all(site.path("mnt")).unwrap();
    fs::write(site.path("static/first.bin"), [1; 300_000]).unwrap();
    let script = r#"
        mount -t tmpfs -o size=4m tmpfs mnt
        "$1" build --no-search --output mnt/out
        (cd mnt/out && find . -type f | sort | xargs cksum) > before
        for n in 1 2 3 4 5 6 7 8 9; do head -c 900000 /dev/zero | tr '\0' "$n" > static/more-$n.bin; done
        tr '\001' '\002' < static/first.bin > static/x && mv static/x static/first.bin
        "$1" build --no-search --output mnt/out && exit 7 || test $? = 2
        (cd mnt/out && find . -type f | sort | xargs cksum) > after
        (cd mnt/out && find . -name '*stage*') > left
        rm static/more-*
        "$1" build --no-search --output mnt/out
        cmp static/first.bin mnt/out/first.bin
    "#;
    let Some(output) = with_mounts(script, site.0.path()) else { return };
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{:?}: {said}", output.status);
    assert!(said.contains("the disk is full") && said.contains("mnt/out/more-"), "{said}");
    let read = |name: &str| fs::read_to_string(site.path(name)).unwrap();
    assert_eq!(read("before"), read("after"));
    assert_eq!(read("left"), "");
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_full_at_the_first_build_leaves_nothing() {
    let site = Site::new();
    fs::create_dir_all(site.path("mnt")).unwrap();
    let script = r#"
        mount -t tmpfs -o size=1m tmpfs mnt
        "$1" build --no-search --output mnt/out && exit 7 || test $? = 2
        ls -A mnt > left
    "#;
    let Some(output) = with_mounts(script, site.0.path()) else { return };
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{:?}: {said}", output.status);
    assert!(said.contains("the disk is full"), "{said}");
    assert_eq!(fs::read_to_string(site.path("left")).unwrap(), "");
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_system_that_is_read_only_is_said() {
    let site = Site::new();
    fs::create_dir_all(site.path("mnt")).unwrap();
    let script = r#"
        mount -t tmpfs tmpfs mnt
        "$1" build --no-search --output mnt/out
        echo changed > static/same-0/page.html
        mount -o remount,ro mnt
        "$1" build --no-search --output mnt/out && exit 7 || test $? = 2
        "$1" build --no-search --output mnt/other && exit 8 || test $? = 2
    "#;
    let Some(output) = with_mounts(script, site.0.path()) else { return };
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{:?}: {said}", output.status);
    assert_eq!(said.matches("the file system is read-only").count(), 2, "{said}");
}
