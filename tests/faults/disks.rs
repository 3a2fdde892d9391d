//! Disks that are full or cannot be written to. Promised: the last site stays as it was, or nothing is there if there was none; the
//! message says which file could not be written and why; when there is room again, the next run completes it.
#![cfg(target_os = "linux")]

use super::versions::Site;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// Runs a script of the shell with mounts of its own; none where the system does not allow that.
#[cfg(target_os = "linux")]
pub(super) fn with_mounts(script: &str, folder: &Path) -> Option<Output> {
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
