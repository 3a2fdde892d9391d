//! Reading sites of many shapes.

use super::*;
use std::ffi::OsStr;
use std::fs;

fn site(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("content")).unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn read(folder: &tempfile::TempDir) -> Reading {
    Root::open(folder.path()).unwrap().read_site(None).unwrap()
}

fn paths(files: &[File]) -> Vec<&str> {
    files.iter().map(|file| file.path.as_str()).collect()
}

#[test]
fn files_are_sorted_and_dot_files_are_left_out() {
    let folder = site(&[
        ("content/b.md", "b"),
        ("content/a/index.md", "a"),
        ("content/a-b.md", "ab"),
        ("content/.draft.md", "hidden"),
        ("content/.obsidian/x.md", "hidden"),
        ("content/b.md~", "what was there before"),
        ("content/#b.md#", "what is being written"),
        ("content/c.markdown", "c"),
        ("static/.well-known/security.txt", "kept"),
        ("static/.DS_Store", "litter"),
        ("data/versions.yaml", "a: 1"),
        ("guidegen.yaml", "title: T"),
    ]);
    let reading = read(&folder);
    assert_eq!(paths(&reading.files.content), ["a-b.md", "a/index.md", "b.md", "c.markdown"]);
    assert_eq!(paths(&reading.files.statics), [".well-known/security.txt"]);
    assert_eq!(paths(&reading.files.data), ["versions.yaml"]);
    assert_eq!(reading.files.config.unwrap().path, "guidegen.yaml");
    assert_eq!(reading.diagnostics, []);
}

#[test]
fn the_size_of_an_image_on_disk_stands_in_its_head() {
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\x40\0\0\0\xc8\x08\x02\0\0\0";
    // Pictures and profiles of the camera come first in a photograph.
    let profile = [&b"\xff\xe2\xff\xff"[..], &[7; 65_533]].concat();
    let jpeg = [&b"\xff\xd8"[..], &profile.repeat(3), b"\xff\xc0\0\x11\x08\0\xc8\x01\x40\x03"].concat();
    let folder = site(&[("content/a.md", "a")]);
    for (name, head) in [("a.png", &png[..]), ("b.jpg", &jpeg), ("c.png", b"damaged"), ("d.zip", png)] {
        let mut bytes = head.to_vec();
        bytes.resize(head.len() + 100_000, 0);
        fs::write(folder.path().join("content").join(name), bytes).unwrap();
    }
    let sizes: Vec<_> = read(&folder)
        .files
        .content
        .iter()
        .filter_map(|file| match &file.content {
            Content::OnDisk { image, .. } => Some(image.map(|size| (size.width, size.height))),
            _ => None,
        })
        .collect();
    assert_eq!(sizes, [Some((320, 200)), Some((320, 200)), None, None]);
}

#[test]
fn large_files_stay_on_disk_unless_they_are_guides() {
    let large = "x".repeat(100_000);
    let folder = site(&[("content/a.md", &large), ("content/a.png", &large), ("content/a.json", &large)]);
    let reading = read(&folder);
    let kept: Vec<bool> =
        reading.files.content.iter().map(|file| matches!(file.content, Content::OnDisk { .. })).collect();
    assert_eq!(paths(&reading.files.content), ["a.json", "a.md", "a.png"]);
    assert_eq!(kept, [false, false, true]);
}

#[test]
fn without_content_there_is_no_site() {
    let folder = tempfile::tempdir().unwrap();
    let failure = Root::open(folder.path()).unwrap().read_site(None).unwrap_err();
    assert!(failure.message.contains("no folder `content`"), "{failure}");
}

#[test]
fn a_configuration_that_was_named_must_be_there() {
    let folder = site(&[("other.yaml", "title: T")]);
    let root = Root::open(folder.path()).unwrap();
    let reading = root.read_site(Some(&folder.path().join("other.yaml"))).unwrap();
    assert_eq!(reading.files.config.unwrap().path, "other.yaml");
    let failure = root.read_site(Some(&folder.path().join("none.yaml"))).unwrap_err();
    assert!(failure.message.contains("no such file"), "{failure}");
}

#[test]
fn the_root_is_the_nearest_folder_with_a_site() {
    let folder = site(&[("guidegen.yaml", ""), ("content/a/b.md", ""), ("apart/content/c.md", "")]);
    assert_eq!(Root::find(&folder.path().join("content/a")), folder.path());
    assert_eq!(Root::find(&folder.path().join("apart")), folder.path().join("apart"));
}

#[cfg(unix)]
mod links {
    use super::*;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::symlink;

    fn messages(reading: &Reading) -> Vec<String> {
        let said = reading.diagnostics.iter();
        said.map(|d| format!("{}: {}: {}", d.place.as_ref().unwrap().file, d.code, d.message)).collect()
    }

    #[test]
    fn are_followed_within_the_root_alone() {
        let folder = site(&[("content/a.md", "a"), ("shared/b.md", "b")]);
        let outside = site(&[("secret.md", "s")]);
        symlink(folder.path().join("shared"), folder.path().join("content/shared")).unwrap();
        symlink(outside.path(), folder.path().join("content/out")).unwrap();
        symlink(outside.path().join("secret.md"), folder.path().join("content/secret.md")).unwrap();
        symlink("nowhere", folder.path().join("content/lost.md")).unwrap();
        let reading = read(&folder);
        assert_eq!(paths(&reading.files.content), ["a.md", "shared/b.md"]);
        assert_eq!(
            messages(&reading),
            [
                "content/lost.md: unreadable: cannot follow the link: there is no such file or folder",
                "content/out: unreadable: the link leads out of the site",
                "content/secret.md: unreadable: the link leads out of the site",
            ]
        );
    }

    #[test]
    fn that_loop_are_said() {
        let folder = site(&[("content/a/b.md", "b")]);
        symlink("..", folder.path().join("content/a/up")).unwrap();
        symlink("self", folder.path().join("content/self")).unwrap();
        let reading = read(&folder);
        assert_eq!(paths(&reading.files.content), ["a/b.md"]);
        let said = messages(&reading);
        assert_eq!(said.len(), 2, "{said:?}");
        assert!(said[0].starts_with("content/a/up: unreadable: the link leads back to `content`"), "{said:?}");
        assert!(said[1].starts_with("content/self: unreadable: cannot follow the link"), "{said:?}");
    }

    #[test]
    fn that_double_the_paths_with_every_level_come_to_an_end() {
        let folder = site(&[("content/d00/x.md", "x")]);
        for level in 0..20 {
            let here = folder.path().join(format!("content/d{:02}", level + 1));
            fs::create_dir(&here).unwrap();
            for name in ["a", "b"] {
                symlink(format!("../d{level:02}"), here.join(name)).unwrap();
            }
        }
        let reading = read(&folder);
        assert!(reading.files.content.len() < 10_000, "{}", reading.files.content.len());
        assert!(messages(&reading).iter().any(|said| said.contains("linked more than")));
    }

    #[test]
    fn a_name_that_is_not_utf8_and_a_socket_are_said() {
        let folder = site(&[("content/a.md", "a")]);
        fs::write(folder.path().join("content").join(OsStr::from_bytes(b"b\xff.md")), "b").unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("content/c.md")).unwrap();
        let reading = read(&folder);
        assert_eq!(paths(&reading.files.content), ["a.md"]);
        assert_eq!(
            messages(&reading),
            [
                "content/b\u{fffd}.md: encoding: the name is not UTF-8",
                "content/c.md: unreadable: is neither a file nor a folder",
            ]
        );
    }
}
