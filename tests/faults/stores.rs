//! Stores that speak S3 and are busy, slow, dead, closed, or hold what they should not. Promised: what can be tried again is,
//! what cannot is said once and plainly, nothing foreign goes, a lost manifest removes nothing, and the next run goes on.

use super::publishing::store::{Store, said};
use std::fs;
use std::process::Stdio;
use std::sync::atomic::Ordering;

#[test]
fn a_busy_store_is_asked_again() {
    let store = Store::start();
    store.set(&store.behaviour.busy, 10);
    store.publish();
    store.set(&store.behaviour.busy, 0);
    assert_eq!(store.run(&["publish", "--dry-run"]).0, 0);
}

#[test]
fn a_store_that_cuts_connections_is_asked_again() {
    let store = Store::start();
    store.set(&store.behaviour.cut, 7);
    store.publish();
    store.set(&store.behaviour.cut, 0);
    assert_eq!(store.run(&["publish", "--dry-run"]).0, 0);
}

#[test]
fn a_store_that_dies_in_the_middle_is_gone_on_with() {
    let store = Store::start();
    let config = fs::read_to_string(store.path("site/guidegen.yaml")).unwrap().replace("retries: 5", "retries: 0");
    store.write("site/guidegen.yaml", &config);
    for at in [3, 6, 12, 20, 30, 40] {
        store.set(&store.behaviour.dead, at);
        let (status, said) = store.run(&["publish", "--yes", "--break-lock"]);
        // The last of them may be later than a whole run.
        assert!(status == 2 || at > 20, "{at}: {said}");
        if store.object("g1/index.html").exists() {
            let page = fs::read_to_string(store.object("g1/index.html")).unwrap();
            for (start, _) in page.match_indices("href=\"/assets/") {
                let name = page[start + 7..].split('"').next().unwrap();
                assert!(store.object(name).exists(), "{name} is missing");
            }
        }
        store.set(&store.behaviour.dead, 0);
    }
    let (status, said) = store.run(&["publish", "--yes", "--break-lock"]);
    assert_eq!(status, 0, "{said}");
    assert_eq!(store.run(&["publish", "--dry-run"]).0, 0);
}

#[test]
fn what_is_forbidden_is_said_once_and_plainly() {
    let store = Store::start();
    store.set(&store.behaviour.forbidden, 1);
    let (status, text) = store.run(&["publish", "--yes"]);
    assert!(status == 2 && text.contains("permission denied"), "{text}");
    store.set(&store.behaviour.forbidden, 0);
    let none = store.command(&["publish", "--yes"]).env_remove("AWS_ACCESS_KEY_ID").output().unwrap();
    assert!(said(&none).1.contains("no credentials"));
}

/// Credentials that may put and not remove: the new site is there, the old page too, and the next run removes it.
#[test]
fn what_may_not_be_removed_stays_until_it_may() {
    let store = Store::start();
    store.publish();
    fs::remove_file(store.path("site/content/g3.md")).unwrap();
    store.guide(1, "changed");
    store.set(&store.behaviour.keeps_all, 1);
    let (status, text) = store.run(&["publish", "--yes"]);
    assert!(status == 2 && text.contains("cannot remove from") && text.contains("permission denied"), "{text}");
    assert!(fs::read_to_string(store.object("g1/index.html")).unwrap().contains("changed"));
    assert!(store.object("g3/index.html").exists());
    store.set(&store.behaviour.keeps_all, 0);
    let (status, text) = store.run(&["publish", "--yes", "--break-lock"]);
    assert_eq!(status, 0, "{text}");
    assert!(!store.object("g3/index.html").exists());
    assert_eq!(store.run(&["publish", "--dry-run"]).0, 0);
}

#[test]
fn foreign_objects_and_a_lost_manifest() {
    let store = Store::start();
    store.write("store/docs/elsewhere.txt", "theirs");
    store.publish();
    store.write("store/docs/site/theirs.txt", "theirs");
    fs::remove_file(store.path("site/content/g3.md")).unwrap();
    store.publish();
    assert!(store.object("theirs.txt").exists() && store.path("store/docs/elsewhere.txt").exists());
    assert!(!store.object("g3/index.html").exists());
    fs::remove_file(store.object(".guidegen-publish.json")).unwrap();
    fs::remove_file(store.path("site/content/g4.md")).unwrap();
    let (status, refused) = store.run(&["publish", "--yes"]);
    assert!(status == 2 && refused.contains("--adopt"), "{refused}");
    let (status, said) = store.run(&["publish", "--yes", "--adopt"]);
    assert!(status == 0 && said.contains("nothing is removed"), "{said}");
    assert!(store.object("g4/index.html").exists());
}

/// Other programs make objects with names that are no paths: folders for people, addresses put behind a `/`. They are like any
/// others: seen, never touched, and no reason to give up.
#[test]
fn objects_whose_names_are_no_paths_are_others() {
    let store = Store::start();
    let odd = [
        "site/",
        "site/images/",
        "site//a.txt",
        "site/a//b.txt",
        "site/../c.txt",
        "site/g1/index.html/",
        "site/a&#10;b",
    ];
    *store.behaviour.odd_keys.lock().unwrap() = odd.to_vec();
    let (status, said) = store.run(&["publish", "--yes"]);
    // The first of them is the prefix itself.
    assert!(status == 2 && said.contains("holds 6 files") && said.contains("`a//b.txt`"), "{said}");
    assert!(said.contains("--adopt") && store.log().is_empty(), "{said}");
    let (status, said) = store.run(&["publish", "--yes", "--adopt"]);
    assert!(status == 0 && said.contains("nothing is removed"), "{said}");
    fs::remove_file(store.path("site/content/g1.md")).unwrap();
    store.publish();
    let log = store.log();
    let touched = |line: &&String| line.contains("//") || line.contains("..") || line.ends_with('/');
    assert_eq!(log.iter().find(touched), None);
    assert!(log.contains(&"DELETE g1/index.html".to_owned()), "{log:?}");
    let (_, status) = store.run(&["publish", "--status"]);
    assert!(status.contains("6 of others") && status.contains("0 missing"), "{status}");
    assert_eq!(store.run(&["publish", "--dry-run"]).0, 0);
}

#[test]
fn a_lock_is_respected_until_it_runs_out_or_is_broken() {
    let store = Store::start();
    store.write("store/docs/site/.guidegen-publish.lock", "{\"token\": \"x\", \"until\": 99999999999}");
    let (status, said) = store.run(&["publish", "--yes"]);
    assert!(status == 2 && said.contains("--break-lock"), "{said}");
    store.write("store/docs/site/.guidegen-publish.lock", "{\"token\": \"x\", \"until\": 1}");
    store.publish();
    store.guide(1, "changed");
    store.write("store/docs/site/.guidegen-publish.lock", "{\"token\": \"x\", \"until\": 99999999999}");
    let (status, said) = store.run(&["publish", "--yes", "--break-lock"]);
    assert_eq!(status, 0, "{said}");
}

/// Somebody breaks a lock whose run is alive: that run stops.
#[test]
fn a_run_whose_lock_was_taken_away_stops() {
    let store = Store::start();
    store.set(&store.behaviour.slow, 40);
    let child = store.command(&["publish", "--yes"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while store.behaviour.puts.load(Ordering::SeqCst) < 2 {
        std::thread::yield_now();
    }
    store.write("store/docs/site/.guidegen-publish.lock", "{\"token\": \"x\", \"until\": 99999999999}");
    let (status, said) = said(&child.wait_with_output().unwrap());
    assert!(status == 2 && said.contains("took away the lock"), "{said}");
    assert!(store.object(".guidegen-publish.lock").exists(), "the lock of the other run stays");
    assert!(!store.object("index.html").exists());
}

#[test]
fn a_store_with_thousands_of_objects_is_listed_to_its_end() {
    let store = Store::start();
    for number in 0..5000 {
        let path = store.object(&format!("theirs/{number}.txt"));
        if number == 0 {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
        }
        fs::write(path, "x").unwrap();
    }
    let (status, said) = store.run(&["publish", "--yes"]);
    assert!(status == 2 && said.contains("holds 5000 files"), "{said}");
    let (status, said) = store.run(&["publish", "--yes", "--adopt"]);
    assert_eq!(status, 0, "{said}");
    let (_, status) = store.run(&["publish", "--status"]);
    assert!(status.contains("5000 of others") && status.contains("0 missing"), "{status}");
}

#[test]
fn a_slow_store_is_waited_for() {
    let store = Store::start();
    store.set(&store.behaviour.slow, 20);
    store.publish();
    assert!(store.object("index.html").exists());
}

#[test]
fn a_damaged_manifest_removes_nothing() {
    let store = Store::start();
    store.publish();
    store.write("store/docs/site/.guidegen-publish.json", "{ damaged");
    fs::remove_file(store.path("site/content/g4.md")).unwrap();
    let (_, status) = store.run(&["publish", "--status"]);
    assert!(status.contains("the manifest is damaged"), "{status}");
    let said = store.publish();
    assert!(said.contains("nothing is removed"), "{said}");
    assert!(store.object("g4/index.html").exists());
    assert_eq!(store.run(&["publish", "--dry-run"]).0, 0);
}
