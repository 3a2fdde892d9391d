//! Publishing to a folder where something is in the way, is written another way, or is said of it: with the real program.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod publishing;

use publishing::Site;
use std::fs;

const LINK: &str = "{ to: directory, path: ../www }";

#[test]
fn many_removals_want_force_also_where_others_are_adopted() {
    let site = Site::new(LINK);
    site.publish();
    for number in 0..5 {
        fs::remove_file(site.path(&format!("site/content/g{number}.md"))).unwrap();
    }
    let refused = site.run(&["publish", "--yes", "--adopt"]);
    assert!(refused.status == 2 && refused.err.contains("--force"), "{}", refused.err);
    assert!(site.served().contains_key("g0/index.html"));
    assert_eq!(site.run(&["publish", "--yes", "--adopt", "--force"]).status, 0);
}

/// However the path of a link is written, it is the link that is switched.
#[cfg(unix)]
#[test]
fn a_path_that_ends_in_a_slash_is_the_same_path() {
    for path in ["../www/", "../www/.", "./../www//"] {
        let site = Site::new(&format!("{{ to: directory, path: {path} }}"));
        for round in 1..4 {
            site.guide(1, &format!("text {round}"));
            site.publish();
            assert!(fs::read_to_string(site.path("www/g1/index.html")).unwrap().contains(&format!("text {round}")));
            assert_eq!(fs::read_dir(site.path(".www.releases")).unwrap().count(), round, "{path}");
        }
        assert!(site.path("www").is_symlink());
        // The other spelling finds the same.
        site.configure(LINK);
        assert_eq!(site.run(&["publish", "--dry-run"]).status, 0);
    }
}

/// A folder in which nothing is counts as much as one in which something is: it is seen before anything is touched.
#[test]
fn an_empty_folder_where_a_file_belongs_is_refused_before_anything_changes() {
    for theirs in ["www/sitemap.xml", "www/sitemap.xml/a/b"] {
        let site = Site::new(LINK);
        fs::create_dir(site.path("www")).unwrap();
        site.publish();
        fs::remove_file(site.path("www/sitemap.xml")).unwrap();
        fs::create_dir_all(site.path(theirs)).unwrap();
        fs::create_dir_all(site.path("www/elsewhere/empty")).unwrap();
        site.change_all(222);
        let before = site.served();
        for more in [&["--yes"][..], &["--yes", "--adopt", "--force"], &["--dry-run"]] {
            let run = site.run(&[&["publish"], more].concat());
            assert!(run.status == 2 && run.err.contains("`sitemap.xml"), "{}", run.err);
            assert!(run.err.contains("empty folders stand where"), "{}", run.err);
            assert_eq!(site.served(), before);
        }
        fs::remove_dir_all(site.path("www/sitemap.xml")).unwrap();
        site.publish();
        assert!(site.path("www/sitemap.xml").is_file() && site.path("www/elsewhere/empty").is_dir());
    }
}

/// What is said to be sent is what arrived: compressed files, too.
#[test]
fn what_was_sent_is_counted_as_it_was_written() {
    for is_real_folder in [true, false] {
        let site = Site::new("{ to: directory, path: ../www, compress: [gz, br, zst] }");
        if is_real_folder {
            fs::create_dir(site.path("www")).unwrap();
        }
        let said = site.publish().err;
        let served = site.served();
        assert!(served.contains_key("g1/index.html.gz"));
        let written: usize =
            served.iter().filter(|(path, _)| *path != ".guidegen-publish.json").map(|(_, bytes)| bytes.len()).sum();
        #[expect(clippy::cast_precision_loss, reason = "one place behind the point is shown")]
        let sent = if written < 1_000_000 {
            format!(", {:.1} kB sent, in ", written as f64 / 1e3)
        } else {
            format!(", {:.1} MB sent, in ", written as f64 / 1e6)
        };
        assert!(said.contains(&sent), "{sent}: {said}");
    }
}
