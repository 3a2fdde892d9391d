//! Targets that somebody prepared. Promised: nothing outside of the target is read, written or removed, whatever its manifest
//! lists; the store is told nothing that it could pass on; what it says reaches a terminal as text, without secrets.

use super::publishing::Site;
use super::publishing::store::{SECRET, Store, said};
use std::fs;
use std::net::TcpListener;

/// A manifest of ours that lists these.
fn manifest(paths: &[&str]) -> String {
    let entry = "{\"digest\": null, \"class\": \"file\", \"type\": \"text/plain\", \"cache\": \"no-cache\", \"bytes\": 1, \"retired\": 0}";
    let objects: Vec<String> =
        paths.iter().map(|path| format!("{}: {entry}", serde_json::Value::from(*path))).collect();
    format!(
        "{{\"format\": 1, \"complete\": true, \"base_url\": \"https://a.test/\\u001b[31m\\nforged\", \"sources\": \"\", \
         \"commit\": null, \"time\": \"\", \"objects\": {{{}}}}}",
        objects.join(", ")
    )
}

const OUTWARD: [&str; 9] = [
    "../precious.txt",
    "a/../../precious.txt",
    "/etc/hostname",
    "..",
    ".",
    "",
    "a//b",
    "./precious.txt",
    ".guidegen-publish.json",
];

#[test]
fn a_manifest_that_leads_out_of_a_folder_removes_nothing_there() {
    for is_release in [false, true] {
        let site = Site::new("{ to: directory, path: ../www }");
        if !is_release {
            fs::create_dir(site.path("www")).unwrap();
        }
        site.publish();
        site.write("precious.txt", "theirs");
        site.write(".www.releases/precious.txt", "theirs");
        site.write("www/.guidegen-publish.json", &manifest(&OUTWARD));
        let run = site.run(&["publish", "--yes", "--adopt", "--force"]);
        assert_eq!(run.status, 0, "{}", run.err);
        assert!(site.path("precious.txt").exists() && site.path(".www.releases/precious.txt").exists());
        assert_eq!(site.run(&["publish", "--dry-run"]).status, 0);
    }
}

/// The last part of a path may be a link, which is removed or replaced itself; those above it lead elsewhere.
#[cfg(unix)]
#[test]
fn links_in_a_folder_are_not_followed() {
    use std::os::unix::fs::symlink;
    for is_release in [false, true] {
        let site = Site::new("{ to: directory, path: ../www }");
        if !is_release {
            fs::create_dir(site.path("www")).unwrap();
        }
        site.publish();
        site.write("elsewhere/precious.txt", "theirs");
        fs::remove_file(site.path("www/g1/index.html")).unwrap();
        symlink(site.path("elsewhere/precious.txt"), site.path("www/g1/index.html")).unwrap();
        symlink(site.path("elsewhere"), site.path("www/link")).unwrap();
        symlink(site.path("elsewhere/precious.txt"), site.path("www/gone.txt")).unwrap();
        site.write("www/.guidegen-publish.json", &manifest(&["gone.txt", "g1/index.html", "index.html"]));
        assert_eq!(site.run(&["publish", "--yes", "--adopt", "--force"]).status, 0);
        assert_eq!(fs::read_to_string(site.path("elsewhere/precious.txt")).unwrap(), "theirs");
        assert!(site.path("www/gone.txt").symlink_metadata().is_err(), "the link itself goes");
        assert!(site.path("www/g1/index.html").symlink_metadata().unwrap().is_file());
        site.write("www/.guidegen-publish.json", &manifest(&["link/precious.txt"]));
        let run = site.run(&["publish", "--yes", "--adopt", "--force"]);
        assert!(run.status == 2 && run.err.contains("is a link"), "{}", run.err);
        assert_eq!(fs::read_to_string(site.path("elsewhere/precious.txt")).unwrap(), "theirs");
    }
}

#[test]
fn a_manifest_that_leads_out_of_a_prefix_removes_nothing_there() {
    let store = Store::start();
    store.publish();
    store.write("store/docs/precious.txt", "theirs");
    store.write("store/docs/site/.guidegen-publish.json", &manifest(&OUTWARD));
    let (status, text) = store.run(&["publish", "--yes", "--adopt", "--force"]);
    assert_eq!(status, 0, "{text}");
    assert!(store.path("store/docs/precious.txt").exists());
    assert_eq!(store.run(&["publish", "--dry-run"]).0, 0);
}

#[test]
fn what_a_manifest_says_is_shown_as_text_on_its_line() {
    let site = Site::new("{ to: directory, path: ../www }");
    site.write("www/.guidegen-publish.json", &manifest(&["a\u{1b}[2J\nb.txt"]));
    for arguments in [&["publish", "--status"][..], &["publish", "--dry-run", "--force"]] {
        let run = site.run(arguments);
        let all = run.out + &run.err;
        assert!(!all.contains('\u{1b}') && !all.contains("\nforged") && !all.contains("\nb.txt"), "{all:?}");
    }
}

/// No list of files is that long: it is not read, and counts as damaged.
#[cfg(unix)]
#[test]
fn a_manifest_of_any_size_or_kind_ends_no_run() {
    let site = Site::new("{ to: directory, path: ../www }");
    fs::create_dir(site.path("www")).unwrap();
    site.publish();
    let path = site.path("www/.guidegen-publish.json");
    fs::File::create(&path).unwrap().set_len(1 << 40).unwrap();
    let damaged = || {
        let status = site.run(&["publish", "--status", "--format", "json"]);
        assert!(status.out.contains("\"damaged\""), "{} {}", status.out, status.err);
    };
    damaged();
    fs::write(&path, "[".repeat(1 << 20)).unwrap();
    damaged();
    // A pipe would never end.
    fs::remove_file(&path).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    damaged();
    site.publish();
    assert_eq!(site.run(&["publish", "--dry-run"]).status, 0);
}

#[test]
fn a_store_that_redirects_is_not_followed() {
    let store = Store::start();
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    other.set_nonblocking(true).unwrap();
    store.set(&store.behaviour.redirect, usize::from(other.local_addr().unwrap().port()));
    let mut command = store.command(&["publish", "--yes"]);
    let (status, text) = said(&command.env("AWS_SESSION_TOKEN", "a-token-that-is-never-shown").output().unwrap());
    assert!(status == 2 && text.contains("sends to another address"), "{text}");
    assert!(other.accept().is_err(), "the other address was asked");
}

#[test]
fn what_a_store_repeats_is_shown_without_secrets_and_commands() {
    let store = Store::start();
    store.set(&store.behaviour.echo, 1);
    let mut command = store.command(&["publish", "--yes", "--verbose"]);
    command.env("AWS_ACCESS_KEY_ID", "key-id-that-is-never-shown");
    command.env("AWS_SESSION_TOKEN", "a-token-that-is-never-shown");
    let (status, text) = said(&command.output().unwrap());
    assert!(status == 2 && text.contains("the store answered 400"), "{text}");
    for secret in ["a-token-that-is-never-shown", "key-id-that-is-never-shown", SECRET] {
        assert!(!text.contains(secret), "{text}");
    }
    assert!(!text.contains('\u{1b}'), "{text:?}");
}

/// Whoever mistypes a key learns which of the two is wrong, and nobody else learns the key.
#[test]
fn keys_that_are_wrong_are_said_to_be_wrong() {
    let store = Store::start();
    let mut command = store.command(&["publish", "--yes"]);
    let (status, text) = said(&command.env("AWS_SECRET_ACCESS_KEY", "mistyped-key").output().unwrap());
    assert!(status == 2 && text.contains("SignatureDoesNotMatch") && !text.contains("mistyped-key"), "{text}");
}
