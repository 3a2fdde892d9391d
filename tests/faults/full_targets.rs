//! Targets whose disk is full. Promised: what readers see stays whole, the message says that the disk is full, nothing half-made
//! stays behind, and when there is room again the next run finishes.
#![cfg(target_os = "linux")]

use super::disks::with_mounts;
use super::publishing::branch::Place;
use super::publishing::{Site, missing_assets, tree};
use guidegen::base::digest::Digest;
use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

/// Publishes into a small disk of its own, `mnt`, with less and less room left there, down to none; what readers see after each
/// run is kept in `seen-NUMBER`. Then there is room again.
const WITH_LESS_AND_LESS_ROOM: &str = r#"
    mount -t tmpfs -o size=24m tmpfs mnt
    cd site
    look() { if [ -e ../mnt/remote.git ]; then
            mkdir ../seen-$1 && git -C ../mnt/remote.git archive gh-pages | tar -x -C ../seen-$1
        else cp -rL ../mnt/www ../seen-$1; fi; }
    [ ! -e ../remote.git ] || cp -r ../remote.git ../mnt/remote.git
    [ ! -e ../in-place ] || mkdir ../mnt/www
    "$1" publish --yes --quiet
    look 0
    for free in 4000 2000 1200 600 300 120 30 0; do
        rm -f ../mnt/filler
        left=$(df -k --output=avail ../mnt | tail -1)
        head -c $(( (left > free ? left - free : 0) * 1024 )) /dev/zero > ../mnt/filler || true
        echo "p { color: #$(( 1000 + free )) }" > static/custom.css
        for n in 0 1 2 3 4 5; do
            printf -- "---\ntitle: G$n\nseo: { noindex: true }\n---\nwith $free\n\n" > content/g$n.md
            # Nothing that could be made smaller: pages are what the disk is too small for.
            head -c $(( 80000 - free * 15 )) /dev/urandom | base64 >> content/g$n.md
            printf "\nEND\n" >> content/g$n.md
        done
        "$1" publish --yes --quiet 2>> ../said && echo done >> ../ends || echo "failed $?" >> ../ends
        look $free-after
    done
    rm -f ../mnt/filler
    "$1" publish --yes --quiet
    look end
    "$1" publish --dry-run
    find ../mnt -name '*.part' -o -name '*stage*' > ../left
"#;

/// What has to hold of every state that readers saw; says how often the disk was full.
fn whole(site: &Site) {
    let mut seen = 0;
    for entry in fs::read_dir(site.folder.path()).unwrap().map(Result::unwrap) {
        if entry.file_name().to_string_lossy().starts_with("seen-") {
            let files = tree(&entry.path());
            assert!(files.contains_key("index.html") && files.contains_key("g1/index.html"));
            assert_eq!(missing_assets(&files), Vec::<String>::new(), "{:?}", entry.path());
            for (path, bytes) in files.iter().filter(|(path, _)| path.starts_with('g') && path.ends_with("/index.md")) {
                let text = String::from_utf8_lossy(bytes);
                let is_whole = text.trim_end().ends_with("END") || text.trim_end().ends_with("\ntext");
                assert!(is_whole, "{path} is cut off in {:?}", entry.path());
            }
            seen += 1;
        }
    }
    assert_eq!(seen, 10);
    let read = |name: &str| fs::read_to_string(site.path(name)).unwrap();
    let ends = read("ends");
    let (full, fine) = (ends.matches("failed 2").count(), ends.matches("done").count());
    assert!(full >= 4 && full + fine == 8, "{ends}");
    assert!(read("seen-end/g1/index.html").contains("with 0"));
    assert_eq!(read("left"), "", "nothing half-made stays");
}

fn fill(site: &Site) -> Option<String> {
    fs::create_dir_all(site.path("mnt")).unwrap();
    fs::create_dir_all(site.path("site/static")).unwrap();
    let output = with_mounts(WITH_LESS_AND_LESS_ROOM, site.folder.path())?;
    let said = String::from_utf8_lossy(&output.stderr);
    let ends = fs::read_to_string(site.path("ends")).unwrap_or_default();
    let told = fs::read_to_string(site.path("said")).unwrap_or_default();
    assert!(output.status.success(), "{:?}: {said} {ends} {told}", output.status);
    whole(site);
    Some(told)
}

#[test]
fn releases_on_a_full_disk() {
    let site = Site::new("{ to: directory, path: ../mnt/www, keep: 1 }");
    let Some(told) = fill(&site) else { return };
    assert!(told.contains("the disk is full") && told.contains("cannot write"), "{told}");
}

#[test]
fn a_folder_in_place_on_a_full_disk() {
    let site = Site::new("{ to: directory, path: ../mnt/www }");
    fs::create_dir(site.path("in-place")).unwrap();
    let Some(told) = fill(&site) else { return };
    assert!(told.contains("the disk is full") && told.contains("cannot write"), "{told}");
}

#[test]
fn a_branch_on_a_full_disk() {
    let place = Place::new();
    let url = format!("file://{}", place.path("mnt/remote.git").display());
    place.configure(&format!("{{ to: git, remote: '{url}' }}"));
    for number in 0..6 {
        place.guide(number, "text");
    }
    let Some(told) = fill(&place) else { return };
    assert!(told.contains("git cannot push") && told.contains("No space left on device"), "{told}");
}

/// The same for the place where the commit is made.
#[test]
fn a_full_disk_for_what_is_needed_for_a_while() {
    let place = Place::new();
    place.published();
    let tip = place.remote(&["rev-parse", "gh-pages"]);
    place.write("site/content/a.md", "---\ntitle: A\n---\nChanged.\n");
    fs::create_dir(place.path("site/mnt")).unwrap();
    let script = r#"
        mount -t tmpfs -o size=256k tmpfs mnt
        TMPDIR=$PWD/mnt "$1" publish --yes && exit 7 || test $? = 2
        ls -A mnt > left
    "#;
    let Some(output) = with_mounts(script, &place.path("site")) else { return };
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{:?}: {said}", output.status);
    assert!(said.contains("the disk is full") || said.contains("No space left"), "{said}");
    assert_eq!(fs::read_to_string(place.path("site/left")).unwrap(), "");
    assert_eq!(place.remote(&["rev-parse", "gh-pages"]), tip);
    place.published();
}

/// Where nothing can be mounted: files beyond a size cannot be written by the program that is started, nor by git under it.
#[test]
fn files_that_cannot_be_written_leave_the_last_site() {
    let (place, folder, release) =
        (Place::new(), Site::new("{ to: directory, path: ../www }"), Site::new("{ to: directory, path: ../www }"));
    fs::create_dir(folder.path("www")).unwrap();
    let branch: &Site = &place;
    for (site, served) in [
        (branch, &(|| place.served()) as &dyn Fn() -> BTreeMap<String, Vec<u8>>),
        (&folder, &|| folder.served()),
        (&release, &|| release.served()),
    ] {
        site.guide(1, "text");
        site.publish();
        let before = served();
        // What cannot be made smaller, for git.
        let text: String = (0..6000_u32).map(|n| Digest::of(&n.to_le_bytes()).hex() + "\n").collect();
        site.guide(1, &text);
        let program = env!("CARGO_BIN_EXE_guidegen");
        // In blocks of 512 bytes; without the signal that would end it.
        let script = format!("trap '' XFSZ; ulimit -f 200; exec '{program}' publish --yes");
        let output = Command::new("sh").args(["-c", &script]).current_dir(site.path("site")).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && said.contains("cannot"), "{said}");
        let after = served();
        assert_eq!(missing_assets(&after), Vec::<String>::new());
        assert_eq!(after["g1/index.html"], before["g1/index.html"]);
        site.publish();
        assert_eq!(site.run(&["publish", "--dry-run"]).status, 0);
    }
}
