//! Publishing to a store that speaks S3: a real server in this process, which can be made to fail.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod publishing;

use publishing::store::{DOMAIN, SECRET, Store, said};
use std::fs;

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

/// What the store was told of an object besides its bytes is known, and told anew when it would be another.
#[test]
fn headers_alone_are_a_change() {
    let store = Store::start();
    store.publish();
    store.log();
    let ledger = fs::read_to_string(store.object(".guidegen-publish.json")).unwrap();
    let page = ledger.lines().find(|line| line.starts_with("\"g1/index.html\"")).unwrap();
    let edited = page.replace("no-cache", "max-age=60");
    assert_ne!(edited, page);
    store.write("store/docs/site/.guidegen-publish.json", &ledger.replace(page, &edited));
    let (status, plan) = store.run(&["publish", "--dry-run", "--format", "json", "--quiet"]);
    let steps: Vec<serde_json::Value> = plan.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((status, steps.len()), (3, 2), "{plan}");
    assert_eq!((&steps[0]["change"], &steps[0]["path"]), (&"headers".into(), &"g1/index.html".into()));
    assert_eq!((&steps[1]["headers"], &steps[1]["changed"]), (&1.into(), &0.into()));
    assert!(store.log().is_empty(), "a plan touches nothing");
    store.publish();
    assert!(store.log().contains(&"PUT g1/index.html".to_owned()));
    assert_eq!(store.run(&["publish", "--dry-run"]).0, 0);
}

/// A bucket of the site's own, without a prefix; the lock and the manifest are beside the home page.
#[test]
fn a_bucket_needs_no_prefix() {
    let store = Store::start();
    store.configure_as(&store.target("").replace("prefix: site, ", ""));
    store.publish();
    assert!(
        store.path("store/docs/g1/index.html").is_file() && store.path("store/docs/.guidegen-publish.json").is_file()
    );
    store.write("store/docs/other/theirs.txt", "theirs");
    fs::remove_file(store.path("site/content/g3.md")).unwrap();
    store.publish();
    assert!(store.path("store/docs/other/theirs.txt").exists() && !store.path("store/docs/g3/index.html").exists());
    let (_, status) = store.run(&["publish", "--status"]);
    assert!(status.contains("1 of others"), "{status}");
}

/// The bucket is the first part of the host's name, which is what is signed: the store would not take it otherwise.
#[test]
fn a_bucket_may_be_part_of_the_host() {
    let store = Store::start();
    store.configure_as(&format!(
        "{{ to: s3, bucket: docs, prefix: site, endpoint: 'http://{DOMAIN}', path_style: false, retries: 0 }}"
    ));
    let (status, said) = store.run_by_proxy(&["publish", "--yes"]);
    assert_eq!(status, 0, "{said}");
    assert!(store.object("g1/index.html").is_file() && store.object(".guidegen-publish.json").is_file());
    assert_eq!(store.behaviour.hosts.lock().unwrap().iter().collect::<Vec<_>>(), [&format!("docs.{DOMAIN}")]);
    let authorization = store.behaviour.authorization.lock().unwrap().clone();
    let signed = authorization.split_once("SignedHeaders=").unwrap().1.split(',').next().unwrap();
    assert!(signed.split(';').any(|name| name == "host"), "{authorization}");
    fs::remove_file(store.path("site/content/g1.md")).unwrap();
    let (status, said) = store.run_by_proxy(&["publish", "--yes"]);
    assert!(status == 0 && !store.object("g1/index.html").exists(), "{said}");
    // What one style wrote is what the other finds.
    store.configure("");
    assert_eq!(store.run(&["publish", "--dry-run"]).0, 0);
}

#[test]
fn the_region_and_how_many_at_once_are_settings() {
    let store = Store::start();
    store.configure(", region: eu-test-1, concurrency: 3");
    store.set(&store.behaviour.slow, 40);
    store.publish();
    assert!(store.behaviour.authorization.lock().unwrap().contains("/eu-test-1/s3/"));
    assert!((2..=3).contains(&store.count(&store.behaviour.at_once)));
    store.set(&store.behaviour.slow, 0);
    store.configure("");
    let mut command = store.command(&["publish", "--status"]);
    assert!(command.env("AWS_REGION", "us-test-2").output().unwrap().status.success());
    assert!(store.behaviour.authorization.lock().unwrap().contains("/us-test-2/s3/"));
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

/// A run that ends early may have changed what the next one finds as it should be: its hook is told of that as well.
#[test]
fn a_hook_hears_what_a_run_that_ended_early_may_have_changed() {
    let store = Store::start();
    store.configure(", hook: [tee, ../told]");
    let large = |text: &str| store.write("site/static/large.txt", &text.repeat(400_000));
    large("a");
    store.write("site/static/still.txt", "the same all the time");
    store.publish();
    fs::remove_file(store.path("told")).unwrap();
    // All is put, and what goes cannot go: twice, as whoever mends it may be wrong.
    large("b");
    store.guide(1, "changed");
    fs::remove_file(store.path("site/content/g3.md")).unwrap();
    store.set(&store.behaviour.keeps_all, 1);
    for text in ["once", "twice"] {
        store.guide(2, text);
        let (status, said) = store.run(&["publish", "--yes"]);
        assert!(status == 2 && said.contains("cannot remove from"), "{said}");
        // Its lock could not go either.
        fs::remove_file(store.object(".guidegen-publish.lock")).unwrap();
        assert!(!store.path("told").exists());
    }
    store.set(&store.behaviour.keeps_all, 0);
    // What was told to go is back now, and another is changed.
    store.guide(3, "text");
    store.guide(4, "changed");
    store.publish();
    let told = fs::read_to_string(store.path("told")).unwrap();
    for path in ["large.txt", "g1/", "g2/", "g3/", "g4/"] {
        let address = format!("https://docs.example.com/{path}");
        assert_eq!(told.lines().filter(|line| *line == address).count(), 1, "{address}: {told}");
    }
    assert!(!told.contains("/still.txt"), "{told}");
    // The next one has nothing of it to tell.
    store.guide(5, "changed");
    store.publish();
    let told = fs::read_to_string(store.path("told")).unwrap();
    assert!(told.contains("/g5/") && !told.contains("large.txt"), "{told}");
    assert!(!fs::read_to_string(store.object(".guidegen-publish.json")).unwrap().contains("unsettled"));
}
