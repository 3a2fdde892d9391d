//! Publishing to a branch of a bare repository over `file://`, with the real program.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod publishing;

use publishing::branch::Place;
use publishing::git;
use std::fs;

#[test]
fn a_commit_is_made_and_no_checkout_is_touched() {
    let place = Place::new();
    let before = git(&place.path("site"), &["status", "--porcelain", "--branch"]);
    place.published();
    let source = git(&place.path("site"), &["rev-parse", "HEAD"]);
    let message = place.remote(&["log", "-1", "--format=%B", "gh-pages"]);
    assert!(message.contains(source.trim()) && message.contains("https://docs.example.com/"), "{message}");
    let files = place.remote(&["ls-tree", "-r", "--name-only", "gh-pages"]);
    for file in [".nojekyll", "a/index.html", "index.html", ".guidegen-publish.json"] {
        assert!(files.lines().any(|line| line == file), "{file}: {files}");
    }
    assert_eq!(git(&place.path("site"), &["status", "--porcelain", "--branch"]), before);
    assert_eq!(git(&place.path("site"), &["for-each-ref", "--format=%(refname)"]), "refs/heads/main\n");
    let tip = place.remote(&["rev-parse", "gh-pages"]);
    assert!(place.published().contains("Nothing to publish"));
    assert_eq!(place.remote(&["rev-parse", "gh-pages"]), tip, "nothing changed, and nothing is pushed");
    assert_eq!(fs::read_dir(place.path("tmp")).unwrap().count(), 0, "nothing is left behind");
}

#[test]
fn a_plan_touches_nothing() {
    let place = Place::new();
    for is_there in [false, true] {
        if is_there {
            place.published();
            place.write("site/content/a.md", "---\ntitle: A\n---\nChanged.\n");
        }
        let before = (place.remote(&["for-each-ref"]), place.remote(&["count-objects", "-v"]));
        let run = place.run(&["publish", "--dry-run"]);
        assert_eq!(run.status, 3, "{}", run.err);
        assert_eq!((place.remote(&["for-each-ref"]), place.remote(&["count-objects", "-v"])), before);
        assert_eq!(fs::read_dir(place.path("tmp")).unwrap().count(), 0);
    }
}

#[test]
fn a_branch_of_somebody_else_is_refused_until_it_is_adopted() {
    let place = Place::new();
    place.write("seed/index.html", "theirs");
    place.write("seed/v1/index.html", "theirs");
    git(&place.path("seed"), &["init", "-q", "-b", "gh-pages"]);
    git(&place.path("seed"), &["add", "-A"]);
    git(&place.path("seed"), &["commit", "-qm", "theirs"]);
    let remote = place.path("remote.git").display().to_string();
    git(&place.path("seed"), &["push", "-q", &remote, "gh-pages"]);
    let tip = place.remote(&["rev-parse", "gh-pages"]);
    let run = place.run(&["publish", "--yes"]);
    assert!(run.status == 2 && run.err.contains("holds 2 files") && run.err.contains("--adopt"), "{}", run.err);
    assert_eq!(place.remote(&["rev-parse", "gh-pages"]), tip);
    let run = place.run(&["publish", "--yes", "--adopt"]);
    assert!(run.status == 0 && run.err.contains("nothing is removed"), "{}", run.err);
    assert_eq!(place.remote(&["show", "gh-pages:v1/index.html"]), "theirs");
    assert_eq!(place.remote(&["rev-parse", "gh-pages^"]), tip);
    assert!(place.remote(&["show", "gh-pages:index.html"]).contains("</html>"));
}

#[test]
fn what_others_committed_stays_and_history_goes_on() {
    let place = Place::new();
    place.published();
    place.foreign("previews/1/index.html", "theirs");
    place.foreign("CNAME", "docs.example.com\n");
    let tip = place.remote(&["rev-parse", "gh-pages"]);
    place.write("site/content/a.md", "---\ntitle: A\n---\nChanged.\n");
    place.published();
    assert_eq!(place.remote(&["rev-parse", "gh-pages^"]), tip);
    assert_eq!(place.remote(&["show", "gh-pages:previews/1/index.html"]), "theirs");
    assert!(place.remote(&["show", "gh-pages:a/index.html"]).contains("Changed."));
}

#[test]
fn a_name_that_contradicts_the_address_is_refused() {
    let place = Place::new();
    place.published();
    place.foreign("CNAME", "other.example.com\n");
    let tip = place.remote(&["rev-parse", "gh-pages"]);
    let refused = place.publish(&[]);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(refused.status.code() == Some(2) && said.contains("other.example.com"), "{said}");
    assert_eq!(place.remote(&["rev-parse", "gh-pages"]), tip);
}

#[test]
fn the_branch_of_the_sources_is_refused_and_secrets_are_not_shown() {
    let place = Place::new();
    git(&place.path("site"), &["checkout", "-q", "-b", "gh-pages"]);
    let said = String::from_utf8(place.publish(&[]).stderr).unwrap();
    assert!(said.contains("checked out here"), "{said}");
    git(&place.path("site"), &["checkout", "-q", "main"]);
    git(&place.path("site"), &["remote", "set-url", "origin", "http://me:hunter2@127.0.0.1:9/x.git"]);
    let output = place.publish(&["--verbose"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && !said.contains("hunter2") && said.contains("127.0.0.1:9"), "{said}");
}

/// A repository that names its objects by SHA-256, with nothing in it, with another branch alone, and with the branch.
#[test]
fn a_repository_of_another_hash_is_published_to() {
    let place = Place::with_remote(&["--object-format=sha256"]);
    let run = place.run(&["publish", "--dry-run"]);
    assert_eq!(run.status, 3, "{}", run.err);
    place.published();
    assert_eq!(place.remote(&["rev-parse", "gh-pages"]).trim().len(), 64);
    assert!(place.published().contains("Nothing to publish"));
    place.foreign("previews/1/index.html", "theirs");
    fs::remove_file(place.path("site/content/b.md")).unwrap();
    place.published();
    let served = place.served();
    assert!(served.contains_key("a/index.html") && !served.contains_key("b/index.html"));
    assert_eq!(served["previews/1/index.html"], b"theirs");
    // The default branch has commits, and then none.
    for head in ["refs/heads/main", "refs/heads/none"] {
        place.remote(&["update-ref", "refs/heads/main", "gh-pages"]);
        place.remote(&["update-ref", "-d", "refs/heads/gh-pages"]);
        place.remote(&["symbolic-ref", "HEAD", head]);
        place.published();
        assert!(place.served().contains_key("a/index.html"), "{head}");
    }
    assert_eq!(fs::read_dir(place.path("tmp")).unwrap().count(), 0, "nothing is left behind");
}

/// The site may bring the name that it is served under: it moves with it, and agrees with its address.
#[test]
fn a_site_brings_its_own_name() {
    let place = Place::new();
    place.write("site/static/CNAME", "docs.example.com\n");
    place.published();
    place.write("site/static/CNAME", "new.example.com\n");
    let refused = place.publish(&[]);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(refused.status.code() == Some(2) && said.contains("`new.example.com`"), "{said}");
    let config = fs::read_to_string(place.path("site/guidegen.yaml")).unwrap();
    place.write("site/guidegen.yaml", &config.replace("docs.example.com", "new.example.com"));
    place.published();
    assert_eq!(place.remote(&["show", "gh-pages:CNAME"]), "new.example.com\n");
}

/// GitHub Pages looks for it at the root of what it serves: that of the branch, or the folder `docs`.
#[test]
fn jekyll_is_kept_away_where_the_branch_is_served() {
    for folder in ["docs", "manual/v2"] {
        let place = Place::new();
        place.configure(&format!("{{ to: git, folder: {folder} }}"));
        place.published();
        let served = place.served();
        assert!(served.contains_key(".nojekyll") && served.contains_key(&format!("{folder}/.nojekyll")), "{folder}");
        assert!(served.contains_key(&format!("{folder}/a/index.html")));
        assert!(place.published().contains("Nothing to publish"));
        // It is not in the way of what else is there, and comes back with the next change.
        place.foreign("previews/1/index.html", "theirs");
        let clone = place.path("clone");
        git(&clone, &["rm", "-q", ".nojekyll"]);
        git(&clone, &["commit", "-qm", "theirs"]);
        git(&clone, &["push", "-q"]);
        place.write("site/content/a.md", "---\ntitle: A\n---\nChanged.\n");
        place.published();
        assert_eq!(place.remote(&["show", "gh-pages:previews/1/index.html"]), "theirs");
        assert_eq!(place.remote(&["show", "gh-pages:.nojekyll"]), "");
    }
}

/// Somebody who has Jekyll make the rest of the branch goes on having it.
#[test]
fn a_branch_that_jekyll_makes_pages_of_stays_so() {
    let place = Place::new();
    place.configure("{ to: git, folder: manual }");
    place.write("seed/_config.yml", "title: theirs\n");
    git(&place.path("seed"), &["init", "-q", "-b", "gh-pages"]);
    git(&place.path("seed"), &["add", "-A"]);
    git(&place.path("seed"), &["commit", "-qm", "theirs"]);
    let remote = place.path("remote.git").display().to_string();
    git(&place.path("seed"), &["push", "-q", &remote, "gh-pages"]);
    place.published();
    let served = place.served();
    assert!(served.contains_key("_config.yml") && !served.contains_key(".nojekyll"));
    assert!(served.contains_key("manual/.nojekyll"));
}

/// In a folder of the branch the site's own name says nothing of the branch; in `docs` it does.
#[test]
fn a_name_counts_where_the_branch_is_served() {
    let place = Place::new();
    place.configure("{ to: git, folder: v2 }");
    place.write("site/static/CNAME", "docs.example.com\n");
    place.published();
    for (folder, theirs, is_refused) in
        [("v2", "CNAME", true), ("v2", "v3/CNAME", false), ("docs", "docs/CNAME", true), ("docs", "CNAME", true)]
    {
        let place = Place::new();
        place.configure(&format!("{{ to: git, folder: {folder} }}"));
        place.published();
        place.foreign(theirs, "other.example.com\n");
        place.write("site/content/a.md", "---\ntitle: A\n---\nChanged.\n");
        let run = place.run(&["publish", "--yes"]);
        let said = run.err.contains("is served as `other.example.com`");
        assert_eq!(
            (run.status, said),
            if is_refused { (2, true) } else { (0, false) },
            "{folder} {theirs}: {}",
            run.err
        );
    }
}

#[test]
fn a_file_where_the_folder_of_the_site_would_be_stays() {
    let place = Place::new();
    place.published();
    place.foreign("docs", "theirs");
    place.configure("{ to: git, folder: docs/v2 }");
    let run = place.run(&["publish", "--yes", "--adopt"]);
    assert!(run.status == 2 && run.err.contains("`docs` is a file on the branch"), "{}", run.err);
    assert_eq!(place.remote(&["show", "gh-pages:docs"]), "theirs");
}

/// A file becomes a folder, and a folder of others is not taken for one of ours.
#[test]
fn a_file_and_a_folder_change_places() {
    let place = Place::new();
    place.write("site/static/place", "a file");
    place.published();
    fs::remove_file(place.path("site/static/place")).unwrap();
    place.write("site/static/place/inside.txt", "in a folder");
    place.published();
    assert_eq!(place.remote(&["show", "gh-pages:place/inside.txt"]), "in a folder");
    fs::remove_dir_all(place.path("site/static/place")).unwrap();
    place.foreign("place/theirs.txt", "theirs");
    place.write("site/static/place", "a file again");
    let run = place.run(&["publish", "--yes", "--adopt"]);
    assert!(run.status == 2 && run.err.contains("files of others stand where"), "{}", run.err);
    assert_eq!(place.remote(&["show", "gh-pages:place/theirs.txt"]), "theirs");
}

/// How to get there, as a job has it in its environment, and under which name.
#[cfg(unix)]
#[test]
fn the_environment_says_how_to_get_there() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    let remote = place.path("remote.git").display().to_string();
    place.configure(&format!("{{ to: git, remote: 'ssh://git@host.test{remote}' }}"));
    // It gets the host and the command that is to be run there.
    place
        .write("ssh", "#!/bin/sh\nfor command; do :; done\necho \"$command\" >> \"$ASKED\"\nexec sh -c \"$command\"\n");
    fs::set_permissions(place.path("ssh"), fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = place.publishing();
    command.arg("--yes").env("GIT_SSH_COMMAND", place.path("ssh")).env("ASKED", place.path("asked"));
    command
        .env("GIT_SSH_VARIANT", "simple")
        .env("GIT_COMMITTER_NAME", "A job")
        .env("GIT_AUTHOR_EMAIL", "job@example.com");
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(fs::read_to_string(place.path("asked")).unwrap().contains("git-receive-pack"));
    assert_eq!(place.remote(&["log", "-1", "--format=%cn %ae", "gh-pages"]), "A job job@example.com\n");
}

/// A job's token is a header of the configuration: it is sent once, since hosts refuse it twice, and never shown, not when the
/// host repeats it either.
#[test]
fn a_header_with_a_token_is_sent_once_and_never_shown() {
    use std::io::{Read as _, Write as _};
    let place = Place::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    place.configure(&format!("{{ to: git, remote: 'http://127.0.0.1:{port}/x.git' }}"));
    place.write("home/.gitconfig", "[http]\n\textraheader = AUTHORIZATION: basic dG9rZW4tb2YtYS1qb2I=\n");
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let (mut asked, mut part) = (String::new(), [0; 4096]);
        while !asked.contains("\r\n\r\n") {
            let read = stream.read(&mut part).unwrap();
            asked.push_str(&String::from_utf8_lossy(&part[..read]));
        }
        let body = "no: basic dG9rZW4tb2YtYS1qb2I= \u{1b}[31m\n";
        let head = "HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nConnection: close\r\n";
        stream.write_all(format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes()).unwrap();
        asked
    });
    let mut command = place.publishing();
    let output = command.arg("--yes").env("HOME", place.path("home")).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let asked = server.join().unwrap();
    assert_eq!(asked.to_lowercase().matches("authorization: basic dg9r").count(), 1, "{asked}");
    assert!(output.status.code() == Some(2) && said.contains("cannot reach"), "{said}");
    assert!(!said.contains("dG9rZW4") && !said.contains('\u{1b}'), "{said:?}");
}

/// Others push while a run is under way, files where the site is about to have some: nothing of theirs is taken away or
/// replaced, as it would not be if they had been there before.
#[cfg(unix)]
#[test]
fn what_others_push_meanwhile_is_not_written_over() {
    for (theirs, adopt) in [("sec", false), ("new/index.html", false), ("sec", true), ("new/index.html", true)] {
        let place = Place::new();
        place.published();
        place.foreign(theirs, "theirs");
        let side = place.remote(&["rev-parse", "gh-pages"]);
        place.remote(&["update-ref", "refs/heads/side", side.trim()]);
        place.remote(&["update-ref", "refs/heads/gh-pages", "gh-pages^"]);
        moves_once(&place, "side");
        place.write("site/content/sec/p.md", "---\ntitle: P\n---\nText.\n");
        place.write("site/content/new.md", "---\ntitle: N\n---\nText.\n");
        let run = place.publish(if adopt { &["--adopt"] } else { &[] });
        let said = String::from_utf8_lossy(&run.stderr);
        assert!(run.status.code() == Some(2) && said.contains(&format!("`{theirs}`")), "{said}");
        assert_eq!(place.remote(&["rev-parse", "gh-pages"]), side, "{theirs}");
        assert_eq!(place.remote(&["show", &format!("gh-pages:{theirs}")]), "theirs");
    }
    // What is in nobody's way is kept, and the site is published onto it.
    let place = Place::new();
    place.published();
    place.foreign("previews/1.html", "theirs");
    let side = place.remote(&["rev-parse", "gh-pages"]);
    place.remote(&["update-ref", "refs/heads/side", side.trim()]);
    place.remote(&["update-ref", "refs/heads/gh-pages", "gh-pages^"]);
    moves_once(&place, "side");
    place.write("site/content/new.md", "---\ntitle: N\n---\nText.\n");
    place.published();
    assert_eq!(place.remote(&["rev-parse", "gh-pages^"]), side);
    assert_eq!(place.remote(&["show", "gh-pages:previews/1.html"]), "theirs");
    assert!(place.remote(&["show", "gh-pages:new/index.html"]).contains("</html>"));
}

/// The branch moves on to where `branch` is, when it is pushed to for the first time.
#[cfg(unix)]
fn moves_once(place: &Place, branch: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    let hook = format!(
        "#!/bin/sh\nunset GIT_QUARANTINE_PATH\n[ -e moved ] && exit 0\n: > moved\n\
         git update-ref refs/heads/gh-pages refs/heads/{branch}\n"
    );
    place.write("remote.git/hooks/pre-receive", &hook);
    let file = place.path("remote.git/hooks/pre-receive");
    fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
}
