//! What builds keep for each other, damaged, killed at, out of reach or where anybody may write. Promised: the site is the same
//! as without it, nothing is said about it, and nothing is ever read from the site's own folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// A site with blocks of code, a folder for caches and one for the output.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        for number in 0..12 {
            let guide = format!(
                "---\ntitle: G{number}\n---\n[next](g{}.md)\n\n```yaml\na{number}: 'b' # {number}\n```\n\n```bash\necho \"{number}\"\n```\n",
                (number + 1) % 12
            );
            place.write(&format!("site/content/g{number}.md"), guide.as_bytes());
        }
        place
    }

    fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    fn write(&self, below: &str, bytes: &[u8]) {
        let path = self.path(below);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn command(&self, output: &str, cache: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_guidegen"));
        command.args(["build", "--no-search", "--root"]).arg(self.path("site"));
        command.arg("--output").arg(self.path(output)).env("XDG_CACHE_HOME", cache);
        command.env("SOURCE_DATE_EPOCH", "1700000000").env("GIT_CEILING_DIRECTORIES", self.0.path());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Builds into an empty folder, and gives its files.
    fn built(&self, cache: &Path, arguments: &[&str]) -> BTreeMap<PathBuf, Vec<u8>> {
        let _ = fs::remove_dir_all(self.path("out"));
        let output = self.command("out", cache).args(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.lines().count() == 1, "{said}");
        files(&self.path("out"))
    }

    fn kept(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.path("cache/guidegen/builds")).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect()
    }
}

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let all = walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap);
    let files = all.filter(|entry| entry.file_type().is_file());
    files.map(|entry| (entry.path().strip_prefix(folder).unwrap().into(), fs::read(entry.path()).unwrap())).collect()
}

/// What becomes of a file's bytes.
type Damage = Box<dyn Fn(&[u8]) -> Vec<u8>>;

#[test]
fn whatever_is_damaged_is_ignored() {
    let place = Place::new();
    let cache = place.path("cache");
    let clean = place.built(&cache, &["--no-cache"]);
    assert_eq!(place.built(&cache, &[]), clean);
    let kept: Vec<(PathBuf, Vec<u8>)> =
        place.kept().into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect();
    assert_eq!(kept.len(), 3);
    let mut damages: Vec<Damage> = vec![
        Box::new(|_| Vec::new()),
        Box::new(|bytes| bytes[..1].to_vec()),
        Box::new(|bytes| bytes[..bytes.len() / 2].to_vec()),
        Box::new(|bytes| bytes[..bytes.len() - 1].to_vec()),
        Box::new(|bytes| [bytes, bytes].concat()),
        Box::new(|bytes| vec![0xff; bytes.len()]),
    ];
    for part in 0..4 {
        damages.push(Box::new(move |bytes| {
            let mut bytes = bytes.to_vec();
            let at = bytes.len() * part / 4;
            bytes[at] ^= 0x41;
            bytes
        }));
    }
    for damage in &damages {
        for (path, bytes) in &kept {
            fs::write(path, damage(bytes)).unwrap();
        }
        assert_eq!(place.built(&cache, &[]), clean);
    }
    // Each in the place of another.
    fs::write(&kept[0].0, &kept[1].1).unwrap();
    fs::write(&kept[1].0, &kept[2].1).unwrap();
    fs::write(&kept[2].0, &kept[0].1).unwrap();
    assert_eq!(place.built(&cache, &[]), clean);
}

#[test]
fn a_build_that_is_killed_leaves_a_cache_that_can_be_used() {
    let place = Place::new();
    let cache = place.path("cache");
    let clean = place.built(&cache, &["--no-cache"]);
    for millis in [5, 20, 50, 90, 150, 250] {
        let mut build = place.command("killed", &cache).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(millis));
        build.kill().unwrap();
        build.wait().unwrap();
        assert_eq!(place.built(&cache, &[]), clean, "{millis}");
        let _ = fs::remove_dir_all(&cache);
    }
}

#[test]
fn a_cache_that_cannot_be_kept_is_done_without() {
    let place = Place::new();
    let clean = place.built(&place.path("cache"), &["--no-cache"]);
    place.write("file", b"no folder");
    for cache in
        ["/dev/null", "/proc/nowhere", "", "relative"].map(PathBuf::from).into_iter().chain([place.path("file/x")])
    {
        assert_eq!(place.built(&cache, &[]), clean, "{}", cache.display());
    }
    assert!(!place.path("site/relative").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn a_home_that_is_read_only_is_no_fault() {
    let place = Place::new();
    fs::create_dir_all(place.path("mnt")).unwrap();
    let script = r#"
        mount -t tmpfs tmpfs mnt
        mount -o remount,ro mnt
        unset XDG_CACHE_HOME
        HOME="$PWD/mnt" "$1" build --no-search --root site --output out
        HOME="$PWD/mnt" "$1" build --no-search --root site --output out
    "#;
    let Some(output) = super::disks::with_mounts(script, place.0.path()) else { return };
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !said.contains("read-only"), "{said}");
    assert!(place.path("out/g1/index.html").exists());
}

/// Who can write into a site could else put HTML into its pages that no guide has.
#[test]
fn nothing_is_kept_in_the_site() {
    let place = Place::new();
    let cache = place.path("site/cache");
    let before = files(&place.path("site"));
    place.built(&cache, &[]);
    place.built(&cache, &[]);
    assert_eq!(files(&place.path("site")), before);
}
