//! Branches that others push to while we do, and manifests there that are lost. Promised: what is theirs stays, a lost manifest
//! removes nothing, and there is no forced push.

use super::publishing::branch::Place;
use std::fs;

/// Others push between the plan and the push: a hook of the remote does it at that very moment.
#[cfg(unix)]
#[test]
fn a_branch_that_moved_on_is_followed() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    place.published();
    place.foreign("theirs.txt", "theirs");
    let theirs = place.remote(&["rev-parse", "gh-pages"]);
    place.remote(&["update-ref", "refs/heads/gh-pages", "gh-pages^"]);
    // The first push finds the branch moved on, and is refused as the remote of a host would.
    let hook = format!(
        "#!/bin/sh\ntest -e moved && exit 0\ntouch moved\nunset GIT_QUARANTINE_PATH\n\
         git update-ref refs/heads/gh-pages {}\nexit 0\n",
        theirs.trim()
    );
    let path = place.path("remote.git/hooks/pre-receive");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, hook).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    place.write("site/content/a.md", "---\ntitle: A\n---\nChanged.\n");
    place.published();
    assert_eq!(place.remote(&["show", "gh-pages:theirs.txt"]), "theirs");
    assert!(place.remote(&["show", "gh-pages:a/index.html"]).contains("Changed."));
    assert_eq!(place.remote(&["rev-parse", "gh-pages^"]), theirs);
}

#[test]
fn a_manifest_that_is_lost_or_damaged_removes_nothing() {
    let place = Place::new();
    place.published();
    place.foreign(".guidegen-publish.json", "{ damaged");
    fs::remove_file(place.path("site/content/a.md")).unwrap();
    let said = place.published();
    assert!(said.contains("nothing is removed"), "{said}");
    assert!(place.served().contains_key("a/index.html"));
    let status = place.run(&["publish", "--status"]);
    assert!(status.out.contains("https://docs.example.com/"), "{}", status.out);
}
