//! A real site published to each kind of target, one title edited, and published again: how much moves.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod publishing;

use publishing::git;
use publishing::store::Store;
use std::fs;
use std::path::Path;
use std::sync::atomic::Ordering;

/// Copies a folder.
fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from).into_iter().map(Result::unwrap) {
        let place = to.join(entry.path().strip_prefix(from).unwrap());
        if entry.file_type().is_dir() {
            fs::create_dir_all(place).unwrap();
        } else if entry.file_type().is_file() {
            fs::copy(entry.path(), place).unwrap();
        }
    }
}

/// The files and bytes that a plan moves: what is added and changed.
fn moved(plan: &str) -> (u64, u64) {
    let sum: serde_json::Value = serde_json::from_str(plan.lines().last().unwrap()).unwrap();
    let number = |key: &str| sum[key].as_u64().unwrap();
    (number("added") + number("changed"), number("bytes"))
}

#[test]
fn one_title_moves_little_of_a_real_site() {
    let Some(corpus) = std::env::var_os("GUIDEGEN_CORPUS") else {
        eprintln!("GUIDEGEN_CORPUS is not set: THIS TEST TESTS NOTHING.");
        return;
    };
    let store = Store::start();
    fs::remove_dir_all(store.path("site")).unwrap();
    copy(Path::new(&corpus), &store.path("site"));
    let site = store.path("site");
    git(store.folder.path(), &["init", "-q", "--bare", "remote.git"]);
    git(&site, &["init", "-q", "-b", "main"]);
    let url = format!("file://{}", store.path("remote.git").display());
    // A real site has findings of its own, which are not what is looked at here.
    let config = fs::read_to_string(site.join("guidegen.yaml")).unwrap();
    let off = ["link-broken", "link-anchor", "image-missing", "alias-conflict", "block-syntax"];
    let checks: String = off.iter().map(|code| format!("  {code}: warning\n")).collect();
    let targets = format!(
        "\nchecks:\n{checks}publish:\n  folder: {{ to: directory, path: ../www }}\n  branch: {{ to: git, remote: '{url}' }}\n  bucket: {}\n",
        store.target("")
    );
    fs::write(site.join("guidegen.yaml"), config + &targets).unwrap();
    let publish = |name: &str| {
        let output = store.command(&["publish", name, "--yes", "--format", "json", "--quiet"]).output().unwrap();
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        let plan = String::from_utf8(output.stdout).unwrap();
        moved(plan.lines().rfind(|line| line.contains("\"added\"")).unwrap())
    };
    let names = ["folder", "branch", "bucket"];
    let first = names.map(publish);
    let puts = |counter: &std::sync::atomic::AtomicUsize| counter.swap(0, Ordering::SeqCst);
    let first_put = (puts(&store.behaviour.puts), puts(&store.behaviour.bytes));
    let guide = site.join("content/integration/proxies/caddy.md");
    let text = fs::read_to_string(&guide).unwrap();
    assert!(text.contains("title: \"Caddy\""), "{text:.300}");
    fs::write(&guide, text.replacen("title: \"Caddy\"", "title: \"Caddy 2\"", 1)).unwrap();
    let second = names.map(publish);
    let second_put = (puts(&store.behaviour.puts), puts(&store.behaviour.bytes));
    eprintln!("files and bytes at first: {first:?}; after one title: {second:?}");
    eprintln!("requests and bytes that the store was sent: {first_put:?}, then {second_put:?}");
    for (first, second) in first.iter().zip(&second) {
        assert!(second.0 > 0 && second.0 < first.0, "{first:?} {second:?}");
    }
}
