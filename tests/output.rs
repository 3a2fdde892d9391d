//! Writing a site into a folder: by difference, nothing but what is ours, whole pages at every moment.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use guidegen::base::digest::Digest;
use guidegen::edge::output::{self, Target, WriteReport};
use guidegen::engine::Shelf;
use guidegen::input::files::Content;
use guidegen::site::artifact::{Artifact, Bundle, Facts, Kind};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

/// A site's folder, and an output folder beside it.
struct Place {
    _folder: TempDir,
    root: PathBuf,
    output: PathBuf,
}

fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("site");
    fs::create_dir_all(root.join("content")).unwrap();
    let output = root.join("public");
    Place { _folder: folder, root, output }
}

impl Place {
    fn write(&self, bundle: &Bundle) -> WriteReport {
        output::write(bundle, &self.output, &self.root).unwrap()
    }

    fn refused(&self, bundle: &Bundle) -> String {
        output::write(bundle, &self.output, &self.root).unwrap_err().message
    }

    fn files(&self) -> BTreeMap<String, String> {
        let mut files = tree(&self.output);
        files.remove(".guidegen.json");
        files
    }
}

/// Every file below a folder; folders that are empty have a name that ends in `/`.
fn tree(folder: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for entry in walkdir::WalkDir::new(folder).min_depth(1) {
        let entry = entry.unwrap();
        let path = entry.path().strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
        if !entry.file_type().is_dir() {
            files.insert(path, String::from_utf8_lossy(&fs::read(entry.path()).unwrap()).into_owned());
        } else if fs::read_dir(entry.path()).unwrap().next().is_none() {
            files.insert(path + "/", String::new());
        }
    }
    files
}

fn bundle(files: &[(&str, &str)]) -> Bundle {
    let mut artifacts: Vec<Artifact> = files
        .iter()
        .map(|(path, text)| {
            let kind = match path.rsplit('.').next() {
                Some("css") => Kind::HashedAsset,
                Some("html") => Kind::Page,
                Some("xml") => Kind::Summary,
                _ => Kind::File,
            };
            Artifact::new(*path, kind, *text)
        })
        .collect();
    artifacts.sort_by(|a, b| a.path.cmp(&b.path));
    Bundle { artifacts, facts: Facts { pages: 1, ..Facts::default() }, ..Bundle::default() }
}

fn owned(files: &[(&str, &str)]) -> BTreeMap<String, String> {
    files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

fn modified(path: &Path) -> SystemTime {
    fs::metadata(path).unwrap().modified().unwrap()
}

const FIRST: &[(&str, &str)] =
    &[("a/index.html", "A"), ("b/c/index.html", "C"), ("index.html", "home"), ("style.1.css", "s")];

#[test]
fn a_folder_that_is_not_there_appears_whole() {
    let place = place();
    let report = place.write(&bundle(FIRST));
    assert_eq!((report.written, report.unchanged, report.removed, report.bytes), (4, 0, 0, 7));
    assert_eq!(place.files(), owned(FIRST));
    let beside: Vec<_> = fs::read_dir(&place.root).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(beside.len(), 2, "nothing is left beside the output: {beside:?}");
}

#[test]
fn an_empty_folder_and_one_that_is_not_there_come_to_the_same_bytes() {
    let (new, empty) = (place(), place());
    fs::create_dir(&empty.output).unwrap();
    new.write(&bundle(FIRST));
    empty.write(&bundle(FIRST));
    assert_eq!(tree(&new.output), tree(&empty.output));
}

#[test]
fn only_the_difference_is_written() {
    let place = place();
    place.write(&bundle(FIRST));
    let old = SystemTime::now() - Duration::from_secs(1000);
    for path in ["a/index.html", "index.html", "style.1.css", ".guidegen.json"] {
        fs::File::options().write(true).open(place.output.join(path)).unwrap().set_modified(old).unwrap();
    }
    let report = place.write(&bundle(FIRST));
    assert_eq!((report.written, report.unchanged, report.removed), (0, 4, 0));
    assert_eq!(modified(&place.output.join(".guidegen.json")), old, "nothing has changed");

    let second = [("a/index.html", "A"), ("d/index.html", "D"), ("index.html", "HOME"), ("style.2.css", "t")];
    let report = place.write(&bundle(&second));
    assert_eq!((report.written, report.unchanged, report.removed), (3, 1, 2));
    assert_eq!(place.files(), owned(&second), "emptied folders are gone too");
    assert_eq!(modified(&place.output.join("a/index.html")), old);
    assert_ne!(modified(&place.output.join("index.html")), old);
}

#[test]
fn what_somebody_changed_by_hand_is_mended() {
    let place = place();
    place.write(&bundle(FIRST));
    std::thread::sleep(Duration::from_millis(20));
    let page = place.output.join("index.html");
    let before = modified(&page);
    fs::write(&page, "HOME").unwrap();
    fs::File::options().write(true).open(&page).unwrap().set_modified(before).unwrap();
    fs::remove_file(place.output.join("a/index.html")).unwrap();
    let report = place.write(&bundle(FIRST));
    assert_eq!((report.written, report.unchanged), (2, 2));
    assert_eq!(place.files(), owned(FIRST));
}

#[test]
fn foreign_files_are_neither_removed_nor_overwritten() {
    let place = place();
    fs::create_dir_all(place.output.join("a")).unwrap();
    fs::create_dir_all(place.output.join("empty")).unwrap();
    fs::write(place.output.join("CNAME"), "docs.example.com").unwrap();
    fs::write(place.output.join("a/index.html"), "theirs").unwrap();
    fs::write(place.output.join("index.html"), "home").unwrap();
    let report = place.write(&bundle(FIRST));
    assert_eq!((report.written, report.unchanged), (2, 1));
    let [finding] = report.diagnostics.as_slice() else { panic!("{:?}", report.diagnostics) };
    assert!(finding.message.contains("a/index.html"), "{finding:?}");
    assert!(finding.message.contains("not written by guidegen"), "{finding:?}");
    assert_eq!(place.files()["a/index.html"], "theirs");

    place.write(&bundle(&[]));
    assert_eq!(place.files(), owned(&[("CNAME", "docs.example.com"), ("a/index.html", "theirs"), ("empty/", "")]));
}

#[test]
fn a_manifest_cannot_make_it_remove_what_is_elsewhere() {
    let place = place();
    place.write(&bundle(FIRST));
    let precious = place.root.join("precious");
    fs::write(&precious, "x").unwrap();
    let manifest = place.output.join(".guidegen.json");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text.replace("\"a/index.html\"", "\"../precious\"")).unwrap();
    place.write(&bundle(&[]));
    assert!(precious.exists());
}

#[test]
fn a_file_becomes_a_folder_and_a_folder_a_file() {
    let place = place();
    place.write(&bundle(&[("a", "file"), ("b/c/index.html", "page"), ("b/index.html", "page")]));
    let swapped = [("a/index.html", "page"), ("b", "file")];
    let report = place.write(&bundle(&swapped));
    assert_eq!(report.diagnostics, []);
    assert_eq!(place.files(), owned(&swapped));
    fs::create_dir_all(place.output.join("c")).unwrap();
    fs::write(place.output.join("c/theirs"), "x").unwrap();
    let report = place.write(&bundle(&[("a/index.html", "page"), ("c", "file")]));
    assert_eq!(report.diagnostics.len(), 1);
    assert_eq!(place.files(), owned(&[("a/index.html", "page"), ("c/theirs", "x")]));
}

#[test]
fn names_that_cannot_be_are_said_and_the_rest_is_written() {
    let long = format!("{}/index.html", "x".repeat(300));
    let names = ["../out", "/etc/x", "a/../b", ".guidegen.json", ".guidegen-stage/1", long.as_str(), "index.html/b"];
    for name in names {
        for exists in [false, true] {
            let place = place();
            if exists {
                fs::create_dir(&place.output).unwrap();
            }
            let report = place.write(&bundle(&[("index.html", "home"), (name, "x")]));
            assert_eq!(report.diagnostics.len(), 1, "{name}");
            assert_eq!(place.files(), owned(&[("index.html", "home")]), "{name}");
        }
    }
}

#[test]
fn files_on_disk_are_copied_and_compared() {
    let place = place();
    let source = place.root.join("big.bin");
    let with = |bytes: &[u8]| {
        fs::write(&source, bytes).unwrap();
        let mut bundle = bundle(&[("index.html", "home")]);
        let content = Content::OnDisk { path: source.clone(), len: bytes.len() as u64, image: None };
        bundle.artifacts.insert(0, Artifact { path: "big.bin".into(), content, kind: Kind::File, digest: None });
        bundle
    };
    let report = place.write(&with(&[7; 200_000]));
    assert_eq!((report.written, report.bytes), (2, 200_004));
    assert_eq!(place.write(&with(&[7; 200_000])).unchanged, 2);
    assert_eq!(place.write(&with(&[8; 200_000])).written, 1);
    assert_eq!(fs::read(place.output.join("big.bin")).unwrap(), [8; 200_000]);
}

/// Sites in which files and folders want the same place, files come twice, and names cannot be.
fn awkward() -> Vec<Bundle> {
    let long = format!("{}/index.html", "x".repeat(300));
    let lists: [&[(&str, &str)]; 4] = [
        FIRST,
        &[("a", "file"), ("a/index.html", "A"), ("b/c", "file"), ("b/c/d/index.html", "D"), ("index.html", "home")],
        &[("../out.html", "out"), (".guidegen.json", "{}"), (&long, "long"), ("a/b.html", "B"), ("index.html", "new")],
        &[("a/index.html", "other A"), ("b", "file now"), ("index.html", "home"), ("style.1.css", "s")],
    ];
    lists.iter().map(|files| bundle(files)).collect()
}

#[test]
fn files_that_come_before_the_others_are_known_make_the_same_folder() {
    for (first, before) in awkward().iter().enumerate() {
        for (second, after) in awkward().iter().enumerate() {
            for early in (0..1_u32 << after.artifacts.len()).step_by(3) {
                let (whole, streamed) = (place(), place());
                if first != second {
                    whole.write(before);
                    streamed.write(before);
                }
                whole.write(after);
                let target = Target::claim(&streamed.output, &streamed.root).unwrap();
                let writer = target.open();
                let mut bundle = after.clone();
                // From the last to the first, as no order is promised.
                for (at, artifact) in bundle.artifacts.iter_mut().enumerate().rev() {
                    if early & 1 << at != 0 {
                        *artifact = writer.put(artifact.clone());
                        let text = String::from_utf8(after.artifacts[at].content.bytes().unwrap().into_owned()).ok();
                        assert_eq!(writer.text(artifact), text);
                        // Of two files with one name, the one that the bundle holds is written.
                        writer.put(Artifact::new(artifact.path.clone(), artifact.kind, "another one"));
                    }
                }
                writer.write(&bundle).unwrap();
                let name = format!("{first} then {second}, early {early:b}");
                assert_eq!(tree(&whole.output), tree(&streamed.output), "{name}");
            }
        }
    }
}

#[test]
fn a_file_that_comes_piece_by_piece_is_one_of_the_site() {
    let (place, whole) = (place(), place());
    for text in ["one", "two", ""] {
        let target = Target::claim(&place.output, &place.root).unwrap();
        let writer = target.open();
        let mut roll = writer.roll("all.txt", Kind::Summary);
        text.chars().for_each(|c| roll.push(&c.to_string()));
        let artifact = roll.finish();
        assert_eq!(artifact.digest, Some(Digest::of(text.as_bytes())));
        writer.write(&Bundle { artifacts: vec![artifact], ..Bundle::default() }).unwrap();
        whole.write(&Bundle { artifacts: vec![Artifact::new("all.txt", Kind::Summary, text)], ..Bundle::default() });
        assert_eq!(tree(&place.output), tree(&whole.output));
    }
}

/// A page that is as it was leaves memory, since it stands in the folder. Whoever removes it during the build is told of that; the
/// next build writes it.
#[cfg(unix)]
#[test]
fn a_page_that_is_taken_away_during_a_build_is_named() {
    let place = place();
    place.write(&bundle(FIRST));
    // A file is known without being read when it is older than the list of files; the clock of a disk is a coarse one.
    std::thread::sleep(Duration::from_millis(50));
    let list = place.output.join(".guidegen.json");
    fs::write(&list, fs::read(&list).unwrap()).unwrap();
    let before = tree(&place.output);
    let target = Target::claim(&place.output, &place.root).unwrap();
    let writer = target.open();
    let mut bundle = bundle(FIRST);
    for artifact in &mut bundle.artifacts {
        *artifact = writer.put(artifact.clone());
    }
    let standing = |artifact: &&Artifact| matches!(&artifact.content, Content::OnDisk { path, .. } if *path == place.output.join(&artifact.path));
    assert_eq!(bundle.artifacts.iter().filter(standing).count(), FIRST.len());
    fs::remove_file(place.output.join("index.html")).unwrap();
    let failure = writer.write(&bundle).unwrap_err();
    assert!(failure.message.ends_with("public/index.html`: somebody removed it during the build"), "{failure}");
    drop(target);
    let mut left = before.clone();
    left.remove("index.html");
    assert_eq!(tree(&place.output), left, "nothing else has changed");
    place.write(&self::bundle(FIRST));
    assert_eq!(place.files(), before.into_iter().filter(|(path, _)| path != ".guidegen.json").collect());
}

#[test]
fn a_build_that_ends_early_leaves_nothing() {
    let (place, new) = (place(), place());
    place.write(&bundle(FIRST));
    let before = tree(&place.output);
    for at in [&place, &new] {
        let target = Target::claim(&at.output, &at.root).unwrap();
        let writer = target.open();
        writer.put(Artifact::new("z/index.html", Kind::Page, "Z"));
        drop(writer);
    }
    assert_eq!(tree(&place.output), before);
    let beside: Vec<_> = fs::read_dir(&new.root).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(beside, ["content"]);
}

#[test]
fn a_damaged_manifest_removes_nothing() {
    let place = place();
    place.write(&bundle(FIRST));
    fs::write(place.output.join(".guidegen.json"), "{\"format\": 1, \"files\"").unwrap();
    let report = place.write(&bundle(&[("index.html", "home")]));
    assert_eq!((report.unchanged, report.removed), (1, 0));
    assert_eq!(place.files(), owned(FIRST));
}

#[test]
fn one_build_at_a_time() {
    let place = place();
    place.write(&bundle(FIRST));
    let first = Target::claim(&place.output, &place.root).unwrap();
    assert!(place.refused(&bundle(FIRST)).contains("another build is writing"));
    first.write(&bundle(&[("index.html", "new")])).unwrap();
    drop(first);
    assert_eq!(place.write(&bundle(FIRST)).written, 4);
}

#[test]
fn two_builds_into_a_folder_that_is_not_there() {
    let place = place();
    let bundle = bundle(FIRST);
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let build = || output::write(&bundle, &place.output, &place.root);
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(build)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(outcomes.iter().any(Result::is_ok), "{outcomes:?}");
    assert_eq!(place.files(), owned(FIRST));
    place.write(&bundle);
    assert_eq!(place.files(), owned(FIRST));
}

#[cfg(unix)]
#[test]
fn links_in_the_output_are_not_followed() {
    use std::os::unix::fs::symlink;
    let place = place();
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("index.html"), "precious").unwrap();
    place.write(&bundle(FIRST));
    fs::remove_dir_all(place.output.join("a")).unwrap();
    symlink(outside.path(), place.output.join("a")).unwrap();
    fs::remove_file(place.output.join("index.html")).unwrap();
    symlink(outside.path().join("index.html"), place.output.join("index.html")).unwrap();
    let report = place.write(&bundle(&[("a/index.html", "X"), ("index.html", "Y")]));
    assert_eq!(report.diagnostics.len(), 2, "{report:?}");
    place.write(&bundle(&[]));
    assert_eq!(tree(outside.path()), owned(&[("index.html", "precious")]));
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_to_is_said() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = place();
    place.write(&bundle(FIRST));
    let before = tree(&place.output);
    fs::set_permissions(&place.output, fs::Permissions::from_mode(0o555)).unwrap();
    if fs::write(place.output.join("probe"), "").is_ok() {
        eprintln!("not tested: whoever runs this may write everywhere");
        return;
    }
    let said = place.refused(&bundle(&[("index.html", "new")]));
    fs::set_permissions(&place.output, fs::Permissions::from_mode(0o755)).unwrap();
    assert!(said.contains("permission denied"), "{said}");
    assert_eq!(tree(&place.output), before);
}
