//! Runs of `publish` that are killed, at moments all over what they do to the target. Promised: every page that readers see has
//! its assets, nothing foreign goes, and the next run finishes.

use super::publishing::branch::Place;
use super::publishing::kills::Victim;
use super::publishing::store::Store;
use super::publishing::{Site, missing_assets, tree};
use std::fs;
use std::sync::atomic::Ordering;

#[test]
fn a_folder_is_whole() {
    for is_real_folder in [true, false] {
        let site = Site::new("{ to: directory, path: ../www }");
        let sign = if is_real_folder { "www/.guidegen-publish-stage" } else { ".www.releases/part" };
        if is_real_folder {
            site.write("www/.well-known/acme/token", "theirs");
            assert_eq!(site.run(&["publish", "--yes", "--adopt"]).status, 0);
        } else {
            site.publish();
        }
        let parts = || {
            let releases = fs::read_dir(site.path(".www.releases")).into_iter().flatten();
            releases.map(|entry| entry.unwrap()).filter(|entry| entry.file_name().to_string_lossy().ends_with(".part"))
        };
        let victim = Victim {
            site: &site,
            command: Box::new(|arguments| site.command(arguments)),
            before: Box::new(|| {
                let _ = fs::remove_dir_all(site.path(sign));
                parts().for_each(|part| drop(fs::remove_dir_all(part.path())));
            }),
            is_acting: Box::new(|| if is_real_folder { site.path(sign).exists() } else { parts().next().is_some() }),
            served: Box::new(|| site.served()),
        };
        victim.kill(13, |served| {
            assert_eq!(missing_assets(served), Vec::<String>::new());
            assert!(!is_real_folder || served[".well-known/acme/token"] == b"theirs");
        });
    }
}

#[test]
fn a_branch_is_whole() {
    let place = Place::new();
    place.published();
    let work = || fs::read_dir(place.path("tmp")).unwrap().map(|entry| entry.unwrap().path());
    let victim = Victim {
        site: &place,
        command: Box::new(|arguments| {
            let mut command = place.command(arguments);
            command.env("TMPDIR", place.path("tmp"));
            command
        }),
        before: Box::new(|| work().for_each(|folder| drop(fs::remove_dir_all(folder)))),
        is_acting: Box::new(|| work().next().is_some()),
        served: Box::new(|| place.served()),
    };
    victim.kill(10, |served| assert_eq!(missing_assets(served), Vec::<String>::new()));
}

#[test]
fn a_bucket_is_whole() {
    let store = Store::start();
    store.publish();
    let victim = Victim {
        site: &store,
        command: Box::new(|arguments| store.command(&[arguments, &["--break-lock"]].concat())),
        before: Box::new(|| store.behaviour.puts.store(0, Ordering::SeqCst)),
        is_acting: Box::new(|| store.behaviour.puts.load(Ordering::SeqCst) > 0),
        served: Box::new(|| tree(&store.object(""))),
    };
    victim.kill(16, |served| assert_eq!(missing_assets(served), Vec::<String>::new()));
}
