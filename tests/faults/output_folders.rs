//! Output folders that are something else. Promised: nothing of the site or of others is touched, and the message says to
//! name another folder.

use super::site;
use assert_cmd::Command;
use std::fs;

#[test]
fn what_the_site_is_made_from_is_no_output_folder() {
    let site = site(&[("static/x.txt", b"x"), ("file", b"x"), ("guidegen.yaml", b"title: T\n")]);
    let listed = || {
        let walk = walkdir::WalkDir::new(site.path()).sort_by_file_name().into_iter();
        walk.map(|entry| entry.unwrap().into_path()).collect::<Vec<_>>()
    };
    let before = listed();
    for output in [".", "..", "content", "content/out", "static", "static/out", "file", "guidegen.yaml", "file/out"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_guidegen"));
        let told = command.current_dir(site.path()).args(["build", "--output", output]).output().unwrap();
        let said = String::from_utf8_lossy(&told.stderr).into_owned();
        assert!(told.status.code() == Some(2) && !said.contains("panicked"), "{output}: {said}");
        assert_eq!(listed(), before, "{output}");
    }
}

#[test]
fn a_folder_of_others_keeps_what_is_theirs() {
    let site = site(&[("public/theirs.html", b"theirs"), ("public/right/index.html", b"theirs")]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_guidegen"));
    let told = command.current_dir(site.path()).arg("build").output().unwrap();
    assert_eq!(told.status.code(), Some(1), "{}", String::from_utf8_lossy(&told.stderr));
    for theirs in ["theirs.html", "right/index.html"] {
        assert_eq!(fs::read_to_string(site.path().join("public").join(theirs)).unwrap(), "theirs", "{theirs}");
    }
}
