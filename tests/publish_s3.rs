//! Publishing to a store that speaks S3: a real server in this process, which can be made to fail.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod publishing;

use publishing::kills::Victim;
use publishing::store::{SECRET, Store, said};
use publishing::{missing_assets, tree};
use std::fs;
use std::process::Stdio;
use std::sync::atomic::Ordering;

#[test]
fn a_site_is_published_and_then_only_what_changed() {
    let store = Store::start();
    assert_eq!(store.run(&["publish", "--dry-run"]).0, 3);
    assert_eq!(store.count(&store.behaviour.puts), 0, "a plan touches nothing");
    store.publish();
    assert!(store.object("g1/index.html").is_file());
    assert!(!store.object(".guidegen-publish.lock").exists());
    assert_eq!(store.count(&store.behaviour.checksums), 0);
    store.count(&store.behaviour.puts);
    assert!(store.publish().contains("Nothing to publish"));
    assert_eq!(store.count(&store.behaviour.puts), 0);
    store.guide(1, "changed");
    let said = store.publish();
    assert!(said.contains("g1/index.html") && !said.contains("g2/"), "{said}");
    assert!(fs::read_to_string(store.object("g1/index.html")).unwrap().contains("changed"));
    assert_eq!(store.run(&["publish", "--dry-run"]).0, 0);
}

#[test]
fn objects_carry_their_type_and_how_long_they_may_be_kept() {
    let store = Store::start();
    let (_, plan) = store.run(&["publish", "--dry-run", "--format", "json", "--quiet"]);
    let steps: Vec<serde_json::Value> = plan.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let page = steps.iter().find(|step| step["path"] == "g1/index.html").unwrap();
    assert_eq!((page["type"].as_str(), page["cache"].as_str()), (Some("text/html; charset=utf-8"), Some("no-cache")));
    store.publish();
    // The server keeps headers in files of its own beside the objects.
    let kept: String = walkdir::WalkDir::new(store.path("store"))
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().to_string_lossy().ends_with(".json"))
        .filter_map(|entry| fs::read_to_string(entry.path()).ok())
        .collect();
    for header in ["text/html; charset=utf-8", "no-cache", "public, max-age=31536000, immutable"] {
        assert!(kept.contains(header), "{header}");
    }
}

#[test]
fn a_busy_store_is_asked_again() {
    let store = Store::start();
    store.set(&store.behaviour.busy, 10);
    store.publish();
    store.set(&store.behaviour.busy, 0);
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

#[test]
fn a_profile_of_the_shared_file_is_enough() {
    let store = Store::start();
    store.configure(", profile: docs");
    let text = format!(
        "[default]\naws_access_key_id = x\n\n[docs]\naws_access_key_id = key\naws_secret_access_key = {SECRET}\n"
    );
    store.write("credentials", &text);
    let mut command = store.command(&["publish", "--yes"]);
    command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
    command.env("AWS_SHARED_CREDENTIALS_FILE", store.path("credentials"));
    let (status, said) = said(&command.output().unwrap());
    assert_eq!(status, 0, "{said}");
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
fn a_run_that_is_killed_leaves_a_whole_site() {
    let store = Store::start();
    store.publish();
    let victim = Victim {
        site: &store,
        command: Box::new(|arguments| store.command(&[arguments, &["--break-lock"]].concat())),
        before: Box::new(|| store.behaviour.puts.store(0, Ordering::SeqCst)),
        is_acting: Box::new(|| store.behaviour.puts.load(Ordering::SeqCst) > 0),
        served: Box::new(|| tree(&store.object(""))),
    };
    victim.kill(18, |served| assert_eq!(missing_assets(served), Vec::<String>::new()));
}

#[test]
fn what_others_need_goes_up_first_and_removals_come_last() {
    let store = Store::start();
    store.write("site/static/custom.css", "p { color: #111 }\n");
    store.publish();
    let log = store.log();
    let places = |sign: &str| -> Vec<usize> {
        let found: Vec<usize> = (0..log.len()).filter(|at| log[*at].contains(sign)).collect();
        assert!(!found.is_empty(), "{sign}: {log:?}");
        found
    };
    let order = ["PUT assets/", "PUT favicon", "/index.html", "PUT sitemap.xml", "PUT index.html"];
    let order: Vec<Vec<usize>> =
        order.into_iter().filter(|sign| log.iter().any(|line| line.contains(sign))).map(places).collect();
    assert!(order.len() >= 4 && order.windows(2).all(|pair| pair[0].last() < pair[1].first()), "{log:?}");
    assert!(places("PUT sitemap.xml").last() < places("PUT 404.html").first());
    // The manifest is sent before and after, and in between when there is much.
    let sent = places("PUT .guidegen-publish.json");
    assert_eq!((sent.len(), sent[0], sent[2]), (3, 1, log.len() - 2), "{log:?}");
    fs::remove_file(store.path("site/content/g3.md")).unwrap();
    store.guide(1, "changed");
    store.publish();
    let log = store.log();
    let removed = log.iter().position(|line| line == "DELETE g3/index.html").unwrap();
    let put = log.iter().rposition(|line| line.starts_with("PUT") && !line.contains(".guidegen-publish")).unwrap();
    assert!(put < removed, "{log:?}");
    assert_eq!(log.iter().filter(|line| *line == "PUT .guidegen-publish.json").count(), 2, "{log:?}");
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
