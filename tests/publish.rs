//! Publishing to a folder, with the real program: what is planned, what is refused, what stays, and that the site is
//! whole at every moment.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod publishing;

use publishing::{Site, missing_assets, tree};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

const LINK: &str = "{ to: directory, path: ../www }";

#[test]
fn a_plan_is_shown_and_nothing_is_touched() {
    let site = Site::new(LINK);
    let plan = site.run(&["publish", "--dry-run", "--format", "json"]);
    assert_eq!(plan.status, 3, "{}", plan.err);
    let lines: Vec<serde_json::Value> = plan.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (sum, steps) = lines.split_last().unwrap();
    assert_eq!(sum["added"], steps.len());
    assert_eq!(steps.last().unwrap()["path"], "index.html");
    assert!(steps.iter().any(|step| step["cache"] == "public, max-age=31536000, immutable"));
    let names: Vec<_> = fs::read_dir(site.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["site"]);
    site.publish();
    assert_eq!(site.run(&["publish", "--dry-run"]).status, 0);
}

#[test]
fn a_release_appears_at_once_and_the_old_ones_go() {
    let site = Site::new(LINK);
    for round in 0..6 {
        site.guide(1, &format!("text {round}"));
        site.publish();
        let text = fs::read_to_string(site.path("www/g1/index.html")).unwrap();
        assert!(text.contains(&format!("text {round}")));
        assert_eq!(missing_assets(&site.served()), Vec::<String>::new());
    }
    let releases = fs::read_dir(site.path(".www.releases")).unwrap().count();
    assert_eq!(releases, 4, "the current one, and three before it");
    let again = site.publish();
    assert!(again.err.contains("Nothing to publish"), "{}", again.err);
    assert_eq!(fs::read_dir(site.path(".www.releases")).unwrap().count(), 4);
}

#[test]
fn a_folder_is_changed_in_place_and_what_is_foreign_stays() {
    let site = Site::new(LINK);
    fs::create_dir(site.path("www")).unwrap();
    site.publish();
    site.write("www/.well-known/acme/token", "theirs");
    site.write("www/other.html", "<p>theirs</html>");
    site.guide(2, "changed");
    fs::remove_file(site.path("site/content/g3.md")).unwrap();
    let run = site.publish();
    assert!(run.err.contains("removed"), "{}", run.err);
    let served = site.served();
    assert_eq!(served[".well-known/acme/token"], b"theirs");
    assert_eq!(served["other.html"], b"<p>theirs</html>");
    assert!(!served.contains_key("g3/index.html") && !site.path("www/g3").exists());
    let status = site.run(&["publish", "--status"]);
    assert!(status.out.contains("https://docs.example.com/") && status.out.contains("2 of others"), "{}", status.out);
}

#[test]
fn what_is_somebody_else_s_is_refused_and_a_lost_manifest_removes_nothing() {
    let site = Site::new(LINK);
    site.write("www/index.html", "theirs");
    let before = site.served();
    let refused = site.run(&["publish", "--yes"]);
    assert!(refused.status == 2 && refused.err.contains("--adopt"), "{}", refused.err);
    assert_eq!(site.served(), before);
    assert_eq!(site.run(&["publish", "--yes", "--adopt"]).status, 0);
    site.write("www/.guidegen-publish.json", "{ damaged");
    fs::remove_file(site.path("site/content/g0.md")).unwrap();
    let run = site.publish();
    assert!(run.err.contains("nothing is removed"), "{}", run.err);
    assert!(site.served().contains_key("g0/index.html"));
}

/// A file becomes a folder of that name, and a folder a file.
#[test]
fn a_file_and_a_folder_change_places() {
    for is_real_folder in [true, false] {
        let site = Site::new("{ to: directory, path: ../www, max_removals: 100 }");
        if is_real_folder {
            fs::create_dir(site.path("www")).unwrap();
        }
        site.write("site/static/place", "a file");
        site.publish();
        fs::remove_file(site.path("site/static/place")).unwrap();
        site.write("site/static/place/inside.txt", "in a folder");
        site.publish();
        assert_eq!(site.served()["place/inside.txt"], b"in a folder");
        fs::remove_dir_all(site.path("site/static/place")).unwrap();
        site.write("site/static/place", "a file again");
        site.publish();
        assert_eq!(site.served()["place"], b"a file again");
        assert_eq!(site.run(&["publish", "--dry-run"]).status, 0);
    }
}

#[test]
fn what_others_have_in_the_way_of_a_folder_stays() {
    for theirs in ["www/g1", "www/g1/index.html/their.txt"] {
        let site = Site::new(LINK);
        fs::create_dir(site.path("www")).unwrap();
        site.write(theirs, "theirs");
        let run = site.run(&["publish", "--yes", "--adopt", "--force"]);
        assert!(run.status == 2 && run.err.contains("files of others stand where"), "{}", run.err);
        assert_eq!(fs::read_to_string(site.path(theirs)).unwrap(), "theirs");
        assert!(!site.path("www/index.html").exists());
    }
}

#[test]
fn many_removals_want_force() {
    let site = Site::new(LINK);
    site.publish();
    for number in 0..5 {
        fs::remove_file(site.path(&format!("site/content/g{number}.md"))).unwrap();
    }
    let refused = site.run(&["publish", "--yes"]);
    assert!(refused.status == 2 && refused.err.contains("--force"), "{}", refused.err);
    assert!(site.served().contains_key("g0/index.html"));
    assert_eq!(site.run(&["publish", "--yes", "--force"]).status, 0);
    assert!(!site.served().contains_key("g0/index.html"));
}

#[test]
fn what_should_not_go_out_does_not() {
    let site = Site::new(LINK);
    for (arguments, said) in [
        (&["--base-url", "http://localhost:8080/"][..], "localhost"),
        (&["--base-url", "http://[::ffff:127.0.0.1]/"], "[::ffff:7f00:1]"),
        (&["--drafts"], "drafts"),
        (&[], "no terminal to ask on"),
    ] {
        let mut all = vec!["publish"];
        if !said.starts_with("no terminal") {
            all.push("--yes");
        }
        all.extend(arguments);
        let run = site.run(&all);
        assert!(run.status == 2 && run.err.contains(said), "{said}: {}", run.err);
    }
    let config = fs::read_to_string(site.path("site/guidegen.yaml")).unwrap();
    site.write("site/guidegen.yaml", &config.replace("base_url: https://docs.example.com/\n", ""));
    let run = site.run(&["publish", "--yes"]);
    assert!(run.status == 2 && run.err.contains("no `base_url`"), "{}", run.err);
    site.write("site/guidegen.yaml", &(config + "variables:\n  key: { type: secret, default: x }\n"));
    let run = site.run(&["publish", "--yes", "--set", "key=hunter2"]);
    assert!(run.status == 2 && !run.err.contains("hunter2"), "{}", run.err);
    let token = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";
    site.guide(1, &format!("[broken](/nowhere/) {token}"));
    let run = site.run(&["publish", "--yes"]);
    assert!(run.status == 1 && run.err.contains("secret-like") && !run.err.contains(token), "{}", run.err);
    assert!(!site.path("www").exists());
}

#[test]
fn a_built_folder_is_published_when_it_is_what_was_built() {
    let site = Site::new(LINK);
    assert_eq!(site.run(&["build"]).status, 0);
    let run = site.run(&["publish", "--yes", "--from", "public"]);
    assert_eq!(run.status, 0, "{}", run.err);
    let mut published = site.served();
    published.remove(".guidegen-publish.json").unwrap();
    let mut built = tree(&site.path("site/public"));
    built.remove(".guidegen.json").unwrap();
    assert_eq!(published, built);
    let status = site.run(&["publish", "--status", "--format", "json"]);
    let status: serde_json::Value = serde_json::from_str(&status.out).unwrap();
    assert_eq!((&status["state"], &status["foreign"], &status["missing"]), (&"published".into(), &0.into(), &0.into()));
    site.write("site/public/index.html", "edited by hand");
    let refused = site.run(&["publish", "--yes", "--from", "public"]);
    assert!(refused.status == 2 && refused.err.contains("another `index.html`"), "{}", refused.err);
}

#[test]
fn a_built_folder_that_is_not_fit_is_refused() {
    let site = Site::new(LINK);
    let config = fs::read_to_string(site.path("site/guidegen.yaml")).unwrap();
    site.write("site/guidegen.yaml", &(config + "variables:\n  key: { type: secret, default: x }\n"));
    let refused = |more: &[&str], said: &str| {
        let run = site.run(&[&["publish", "--yes", "--from", "public"], more].concat());
        assert!(run.status == 2 && run.err.contains(said), "{said}: {}", run.err);
        assert!(!site.path("www").exists());
    };
    refused(&[], "holds no site that guidegen built");
    for (arguments, said) in [(&["--drafts"][..], "drafts are in"), (&["--base-url", "http://127.0.0.1/"], "127.0.0.1")]
    {
        assert_eq!(site.run(&[&["build"], arguments].concat()).status, 0);
        refused(&[], said);
    }
    // What `build` only warns of.
    site.guide(1, "[broken](/nowhere/)");
    assert_eq!(site.run(&["build"]).status, 0);
    refused(&[], "the site has 1 error");
    site.guide(1, "[absolute](https://docs.example.com/g2/)");
    assert_eq!(site.run(&["build"]).status, 0);
    refused(&["--strict"], "has warnings");
    refused(&["--base-url", "https://other.example.com/"], "is built for `https://docs.example.com/`");
    refused(&["--set", "key=y"], "cannot be used with");
    let manifest = fs::read_to_string(site.path("site/public/.guidegen.json")).unwrap();
    for (was, is, said) in [
        ("\"complete\": true", "\"complete\": false", "not built to its end"),
        ("\"baked\":[]", "\"baked\":[\"key\"]", "the secret `key` is baked in"),
        ("{\n", "", "damaged manifest"),
    ] {
        let edited = manifest.replacen(was, is, 1);
        assert_ne!(edited, manifest, "{was}");
        site.write("site/public/.guidegen.json", &edited);
        refused(&[], said);
    }
    site.write("site/public/.guidegen.json", &manifest);
    fs::remove_file(site.path("site/public/g2/index.html")).unwrap();
    refused(&[], "cannot read `g2/index.html`");
}

#[test]
fn a_hook_that_fails_is_told_with_what_it_should_have_been_told() {
    let site = Site::new("{ to: directory, path: ../www, hook: [sh, -c, 'echo told; exit 3'] }");
    let run = site.run(&["publish", "--yes", "--format", "json"]);
    assert!(run.status == 2 && run.err.contains("the site is published, but the hook `sh` failed"), "{}", run.err);
    assert!(run.err.contains("told\n") && run.err.contains("\nhttps://docs.example.com/g1/\n"), "{}", run.err);
    assert!(run.out.lines().all(|line| line.starts_with('{')), "{}", run.out);
    assert!(site.served().contains_key("g1/index.html"));
    site.configure("{ to: directory, path: ../www, hook: [nonesuch-program] }");
    site.guide(1, "changed");
    let run = site.run(&["publish", "--yes"]);
    assert!(run.status == 2 && run.err.contains("`nonesuch-program` cannot be started"), "{}", run.err);
}

/// The lock of a folder goes with the process that has it; here it is this one.
#[cfg(unix)]
#[test]
fn one_run_at_a_time_changes_a_folder() {
    let site = Site::new(LINK);
    fs::create_dir(site.path("www")).unwrap();
    let held = guidegen::edge::lock::Lock::take(&site.path("www")).unwrap();
    let run = site.run(&["publish", "--yes"]);
    assert!(run.status == 2 && run.err.contains("another run is publishing to"), "{}", run.err);
    drop(held);
    site.publish();
}

#[test]
fn the_hook_gets_addresses_and_no_shell_sees_them() {
    let site = Site::new("{ to: directory, path: ../www, hook: [tee, '../told $(id)'] }");
    site.publish();
    let told = fs::read_to_string(site.path("told $(id)")).unwrap();
    assert!(told.lines().any(|line| line == "https://docs.example.com/g1/"), "{told}");
    site.guide(1, "changed");
    site.publish();
    let told = fs::read_to_string(site.path("told $(id)")).unwrap();
    assert!(told.lines().any(|line| line == "https://docs.example.com/g1/"));
    assert!(!told.lines().any(|line| line == "https://docs.example.com/g2/"));
}

#[test]
fn redirects_are_exported_for_nginx() {
    let site = Site::new(LINK);
    let run = site.run(&["export", "redirects", "--for", "nginx"]);
    assert_eq!(run.status, 0, "{}", run.err);
    assert!(run.out.contains("map $uri $guidegen_redirect_301 {\n"), "{}", run.out);
    assert!(run.out.contains("    \"/old/1/\" \"/g1/\";\n"), "{}", run.out);
}

/// Yes is typed in several ways; whatever else is typed, and the end of what is typed, means no, as the question says.
#[cfg(unix)]
#[test]
fn a_question_is_asked_on_a_terminal() {
    use publishing::terminal::on_terminal;
    let site = Site::new(LINK);
    for typed in ["n\r", "no\r", "\r", "maybe\r", "\u{4}"] {
        let Some((status, shown)) = on_terminal(&site.command(&["publish"]), typed) else { return };
        assert!(shown.contains("Publish this to `live` (https://docs.example.com/)? [y/N]"), "{typed:?}: {shown}");
        assert!(status != 0 && !shown.contains("Published"), "{typed:?}: {status} {shown}");
        assert!(shown.contains("nothing was published"), "{typed:?}: {shown}");
        assert!(!site.path("www").exists() && !site.path(".www.releases").exists(), "{typed:?}");
    }
    for (number, typed) in ["y\r", "yes\r", "Y\r", " YES \r"].into_iter().enumerate() {
        site.guide(1, &format!("text {number}"));
        let Some((status, shown)) = on_terminal(&site.command(&["publish", "--quiet"]), typed) else { return };
        assert_eq!(status, 0, "{typed:?}: {shown}");
        assert!(fs::read_to_string(site.path("www/g1/index.html")).unwrap().contains(&format!("text {number}")));
    }
    // Where there is nothing to ask, nothing is asked.
    for arguments in [&["publish"][..], &["publish", "--dry-run"], &["publish", "--status"]] {
        let Some((status, shown)) = on_terminal(&site.command(arguments), "") else { return };
        assert!(status == 0 && !shown.contains("[y/N]"), "{arguments:?}: {shown}");
    }
}

#[test]
fn assets_of_the_last_releases_are_kept_as_long_as_is_wanted() {
    let site = Site::new("{ to: directory, path: ../www, keep: 1 }");
    fs::create_dir(site.path("www")).unwrap();
    let styles = || {
        let served = site.served();
        let custom = served.keys().filter(|path| path.starts_with("assets/custom.") && path.ends_with(".css"));
        custom.cloned().collect::<Vec<_>>()
    };
    let mut seen = Vec::new();
    for moment in 1..4 {
        site.change_all(moment * 111);
        site.publish();
        seen.push(styles());
    }
    assert_eq!(seen.iter().map(Vec::len).collect::<Vec<_>>(), [1, 2, 2]);
    assert!(!seen[2].contains(&seen[0][0]), "that of the release before the last one is gone: {seen:?}");
}

/// Compressing takes longer than all else: a file that stands there is made of what it is made of.
#[cfg(unix)]
#[test]
fn compressed_files_are_made_once_and_of_what_gains_by_it() {
    use std::os::unix::fs::MetadataExt as _;
    let site = Site::new("{ to: directory, path: ../www, compress: [gz, br, zst] }");
    fs::create_dir(site.path("www")).unwrap();
    site.write("site/static/small.txt", "short");
    site.publish();
    let inode = |path: &str| fs::metadata(site.path("www").join(path)).unwrap().ino();
    let before = ["gz", "br", "zst"].map(|name| (name, inode(&format!("g2/index.html.{name}"))));
    site.guide(1, "changed");
    site.publish();
    for (name, inode_before) in before {
        assert_eq!(inode(&format!("g2/index.html.{name}")), inode_before, "{name} is made again");
        assert!(!site.path(&format!("www/small.txt.{name}")).exists());
    }
    let mut text = String::new();
    let packed = fs::File::open(site.path("www/g1/index.html.gz")).unwrap();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(packed), &mut text).unwrap();
    assert_eq!(text, fs::read_to_string(site.path("www/g1/index.html")).unwrap());
    assert!(text.contains("changed"));
    // A file whose page goes goes with it.
    fs::remove_file(site.path("site/content/g1.md")).unwrap();
    site.publish();
    assert!(!site.path("www/g1").exists());
}

/// The bytes of a plan are those of the files that it measured; how many it did not, it says.
#[test]
fn a_plan_counts_compressed_files_without_guessing_their_size() {
    let site = Site::new("{ to: directory, path: ../www, compress: [gz, br] }");
    let plan = site.run(&["publish", "--dry-run", "--format", "json"]);
    let lines: Vec<serde_json::Value> = plan.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (sum, steps) = lines.split_last().unwrap();
    let (packed, measured): (Vec<_>, Vec<_>) = steps.iter().partition(|step| step["bytes"].is_null());
    assert!(packed.len() > 12 && packed.iter().any(|step| step["path"] == "g1/index.html.br"), "{}", plan.out);
    assert_eq!(sum["unmeasured"], packed.len());
    let said = site.run(&["publish", "--dry-run"]).err;
    let counted = format!(" to upload, and {} compressed files, which are made then\n", packed.len());
    assert!(said.ends_with(&counted), "{said}");
    site.publish();
    let served = site.served();
    let mut bytes = 0;
    for step in measured {
        assert_eq!(step["bytes"], served[step["path"].as_str().unwrap()].len(), "{step}");
        bytes += step["bytes"].as_u64().unwrap();
    }
    assert_eq!(sum["bytes"], bytes);
    assert_eq!(site.run(&["publish", "--dry-run"]).status, 0);
}

#[test]
fn limits_of_a_host_are_told_before_anything_is_published() {
    let site = Site::new("{ to: directory, path: ../www, host: gitlab }");
    site.write("site/static/_redirects", "/x /g1/ 308\n");
    let run = site.run(&["publish", "--yes"]);
    assert!(run.status == 2 && run.err.contains("line 1 of _redirects has the status 308"), "{}", run.err);
    site.configure("{ to: directory, path: ../www, host: netlify }");
    site.write("site/static/_headers", "/x\n  Server: mine\n");
    let run = site.run(&["publish", "--yes"]);
    assert!(run.status == 2 && run.err.contains("line 2 of _headers sets `Server`"), "{}", run.err);
    assert!(!site.path("www").exists());
    site.configure("{ to: directory, path: ../www, host: cloudflare }");
    assert_eq!(site.run(&["publish", "--yes"]).status, 0);
}

#[test]
fn what_was_published_is_said_with_its_address_and_time() {
    let site = Site::new(LINK);
    site.publish();
    site.guide(1, "changed");
    fs::remove_file(site.path("site/content/g5.md")).unwrap();
    let said = site.publish().err;
    let last = said.lines().last().unwrap();
    assert!(last.starts_with("Published https://docs.example.com/: ") && last.contains(" in "), "{said}");
    assert!(last.contains(" changed, ") && last.contains(" removed, ") && last.contains("kB sent"), "{said}");
}

/// Credentials in the configuration end every command with a diagnostic at their place.
#[test]
fn credentials_do_not_belong_into_the_configuration() {
    let site = Site::new("{ to: git, remote: 'https://me:hunter2@git.test/a.git' }");
    let run = site.run(&["publish", "--dry-run"]);
    assert!(run.status == 2 && run.err.contains("guidegen.yaml:4:"), "{}", run.err);
    assert!(run.err.contains("holds credentials") && !run.err.contains("hunter2"), "{}", run.err);
    site.configure("{ to: s3, bucket: b, secret_access_key: hunter2, odd: x }");
    let run = site.run(&["publish", "--dry-run"]);
    assert!(run.err.contains("do not belong") && run.err.contains("`publish.live.odd`"), "{}", run.err);
    assert!(!run.err.contains("hunter2"), "{}", run.err);
    site.configure("{ to: git, base_url: 'https://me:hunter2@docs.test/' }");
    let run = site.run(&["publish", "--dry-run"]);
    assert!(
        run.status == 2 && run.err.contains("a user name or password") && !run.err.contains("hunter2"),
        "{}",
        run.err
    );
    let run = site.run(&["check", "--format", "json"]);
    assert!(run.status == 2 && run.out.contains("\"config\"") && !run.out.contains("hunter2"), "{}", run.out);
}

/// The manual's configurations are configurations, and its commands are commands.
#[test]
fn what_the_manual_says_of_publishing_is_true() {
    let manual = Path::new(env!("CARGO_MANIFEST_DIR")).join("content/manual");
    let (mut configurations, mut commands) = (0, 0);
    for entry in fs::read_dir(manual).unwrap() {
        let path = entry.unwrap().path();
        if !path.file_name().unwrap().to_string_lossy().starts_with("publishing") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for block in text.split("```yaml {title=\"guidegen.yaml\"}\n").skip(1) {
            let block = block.split("```").next().unwrap();
            let source = guidegen::base::Source::new("guidegen.yaml", block);
            let (config, found) = guidegen::input::config::Config::load(Some(&source));
            assert!(found.is_empty() && config.publish.len() == 1, "{path:?}: {found:?}");
            configurations += 1;
        }
        let is_the_page = path.ends_with("publishing.md");
        for line in text.lines().filter_map(|line| line.strip_prefix("$ guidegen ")).filter(|_| is_the_page) {
            let site = Site::new(LINK);
            let words: Vec<&str> = line.split(" > ").next().unwrap().split(' ').collect();
            // Nobody is here to answer.
            let asks = words == ["publish"];
            let run = site.run(&if asks { vec!["publish", "--yes"] } else { words.clone() });
            assert_eq!(run.status, if words.contains(&"--dry-run") { 3 } else { 0 }, "{line}: {}", run.err);
            assert_eq!(site.path("www").exists(), asks, "{line}");
            commands += 1;
        }
        for line in text.lines().filter_map(|line| line.strip_prefix("$ guidegen ")) {
            let words = line.split(" > ").next().unwrap().split(' ').chain(["--help"]);
            let status =
                Command::new(env!("CARGO_BIN_EXE_guidegen")).args(words).stdout(Stdio::null()).status().unwrap();
            assert!(status.success(), "{path:?}: {line}");
            commands += 1;
        }
    }
    assert!(configurations >= 8 && commands >= 9, "{configurations} {commands}");
}
