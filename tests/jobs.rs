//! Files for jobs: those that the manual offers for each host, and the project's own release. They can be read, each command
//! in them is run, actions are pinned, and a job may do no more than it has to.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod publishing;

use publishing::{Site, git};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const MANUAL: [&str; 4] = ["github", "gitlab", "netlify", "cloudflare"];

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files that a page of the manual offers: their names and texts.
fn files(page: &str) -> Vec<(String, String)> {
    let text = fs::read_to_string(project().join(format!("content/manual/publishing-{page}.md"))).unwrap();
    let blocks = text.split("```").skip(1).step_by(2);
    let titled = blocks.filter_map(|block| {
        let (info, text) = block.split_once('\n')?;
        let name = info.split_once("{title=\"")?.1.split_once('"')?.0;
        Some((name.to_owned(), text.to_owned()))
    });
    titled.collect()
}

fn read(name: &str, text: &str) -> Value {
    if name.ends_with(".toml") { toml::from_str(text).unwrap() } else { serde_yaml::from_str(text).unwrap() }
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(|one| one.as_str().unwrap().to_owned()).collect()
}

/// The scripts of a file, each as a job runs it, and the folder in which it leaves the site; none where it publishes itself.
fn scripts(name: &str, text: &str) -> Vec<(String, Option<&'static str>)> {
    if name == "build.sh" {
        return vec![(text.to_owned(), Some("public"))];
    }
    let file = read(name, text);
    match name {
        "netlify.toml" => {
            assert_eq!(file["build"]["publish"], "public");
            let commands = [&file["build"]["command"], &file["context"]["deploy-preview"]["command"]];
            commands.map(|command| (command.as_str().unwrap().to_owned(), Some("public"))).into()
        }
        ".gitlab-ci.yml" => {
            let before = strings(&file["default"]["before_script"]);
            assert_eq!(file["pages"]["artifacts"]["paths"], serde_json::json!(["public"]));
            let job = |job: &str| [before.clone(), strings(&file[job]["script"])].concat().join("\n");
            vec![(job("check"), None), (job("pages"), Some("public"))]
        }
        _ => {
            let runs = runs(&file);
            let is_built = runs.iter().any(|run| run.contains("guidegen build"));
            vec![(runs.join("\n"), is_built.then_some("_site"))]
        }
    }
}

fn steps(workflow: &Value) -> Vec<Value> {
    workflow["jobs"].as_object().unwrap().values().flat_map(|job| job["steps"].as_array().unwrap().clone()).collect()
}

fn runs(workflow: &Value) -> Vec<String> {
    steps(workflow).iter().filter_map(|step| Some(step["run"].as_str()?.to_owned())).collect()
}

/// A program of this name in `folder`.
fn program(folder: &Path, name: &str, text: &str) {
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join(name), format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o755)).unwrap();
}

/// A site in a repository with a remote, on a machine of a job that has no guidegen before it is installed.
fn place(target: &str) -> Site {
    let site = Site::new(target);
    let bin = site.path("bin");
    let installed = format!(
        "test \"$*\" = 'install --locked guidegen' || exit 9\nln -s '{}' '{}'",
        env!("CARGO_BIN_EXE_guidegen"),
        bin.join("guidegen").display()
    );
    program(&bin, "cargo", &installed);
    git(site.folder.path(), &["init", "-q", "--bare", "remote.git"]);
    git(&site.path("site"), &["init", "-q", "-b", "main"]);
    git(&site.path("site"), &["remote", "add", "origin", "../remote.git"]);
    git(&site.path("site"), &["add", "-A"]);
    git(&site.path("site"), &["commit", "-qm", "first"]);
    site
}

fn run(site: &Site, script: &str) -> Output {
    let mut command = Command::new("sh");
    let path = std::env::var("PATH").unwrap();
    command.args(["-euc", script]).current_dir(site.path("site")).env_remove("GITHUB_WORKSPACE");
    command.env("PATH", format!("{}:{path}", site.path("bin").display()));
    command
        .env("CI_PAGES_URL", "https://group.gitlab.io/docs")
        .env("DEPLOY_PRIME_URL", "https://preview--x.netlify.app");
    command.env("CF_PAGES_BRANCH", "topic").env("CF_PAGES_URL", "https://abc.docs.pages.dev");
    command.output().unwrap()
}

#[test]
fn what_the_manual_s_jobs_run_makes_a_site_and_fails_on_findings() {
    let mut seen = 0;
    for page in MANUAL {
        let files = files(page);
        let config = files.iter().find(|(name, _)| name == "guidegen.yaml").map(|(_, text)| text.clone()).unwrap();
        let target: serde_json::Map<String, Value> =
            serde_json::from_value(read("guidegen.yaml", &config)["publish"].clone()).unwrap();
        let target = target.values().next().unwrap().to_string();
        for (name, text) in files.iter().filter(|(name, _)| name != "guidegen.yaml") {
            for (script, output) in scripts(name, text) {
                let site = place("{ to: git }");
                let config = fs::read_to_string(site.path("site/guidegen.yaml")).unwrap();
                site.write("site/guidegen.yaml", &config.replace("live: { to: git }", &format!("pages: {target}")));
                let done = run(&site, &script);
                let said = String::from_utf8_lossy(&done.stderr);
                assert!(done.status.success(), "{page} {name}: {script}\n{said}");
                if let Some(output) = output {
                    let made = site.path("site").join(output);
                    assert!(made.join("g1/index.html").is_file() && made.join("404.html").is_file(), "{page} {name}");
                }
                if script.contains("guidegen publish") {
                    let served = git(&site.path("remote.git"), &["ls-tree", "-r", "--name-only", "gh-pages"]);
                    assert!(served.contains("g1/index.html"), "{served}");
                }
                fs::remove_file(site.path("bin/guidegen")).unwrap();
                site.guide(1, "[broken](/nowhere/)");
                // GitLab's `pages` is only reached behind `check`.
                let is_checked = script.contains("guidegen check") || script.contains("guidegen publish");
                assert!(!is_checked || !run(&site, &script).status.success(), "{page} {name}: {script}");
                seen += 1;
            }
        }
    }
    assert_eq!(seen, 7);
}

/// The previews of hosts have addresses of their own.
#[test]
fn previews_are_built_for_their_address() {
    for (page, address) in
        [("cloudflare", "https://abc.docs.pages.dev/"), ("netlify", "https://preview--x.netlify.app/")]
    {
        let files = files(page);
        let (name, text) = files.iter().find(|(name, _)| name != "guidegen.yaml").unwrap();
        let (script, _) = scripts(name, text).pop().unwrap();
        let site = place("{ to: git }");
        assert!(run(&site, &script).status.success());
        let page = fs::read_to_string(site.path("site/public/g1/index.html")).unwrap();
        assert!(page.contains(&format!("{address}g1/")), "{page:.600}");
    }
}

/// The commands that the manual's pages on hosts show, with their own configurations.
#[test]
fn the_commands_beside_the_jobs_say_what_would_be_published() {
    for page in MANUAL {
        let path = project().join(format!("content/manual/publishing-{page}.md"));
        let text = fs::read_to_string(path).unwrap();
        let files = files(page);
        let (_, config) = files.iter().find(|(name, _)| name == "guidegen.yaml").unwrap();
        for line in text.lines().filter_map(|line| line.strip_prefix("$ guidegen ")) {
            let site = place("{ to: git }");
            site.write("site/guidegen.yaml", &format!("title: T\nbase_url: https://docs.example.com/\n{config}"));
            let words: Vec<&str> = line.split(' ').collect();
            let run = site.run(&words);
            assert_eq!(run.status, 3, "{page}: {line}: {}", run.err);
        }
    }
}

/// Every workflow: its name and text.
fn workflows() -> Vec<(String, String)> {
    let release = project().join(".github/workflows/release.yml");
    let mut all: Vec<(String, String)> =
        files("github").into_iter().filter(|(name, _)| name.starts_with(".github/")).collect();
    all.push(("release".to_owned(), fs::read_to_string(release).unwrap()));
    assert_eq!(all.len(), 3);
    all
}

#[test]
fn actions_are_pinned_and_jobs_may_do_no_more_than_they_have_to() {
    let pinned = regex::Regex::new("^ *(- )?uses: [a-z-]+/[a-z-]+@[0-9a-f]{40} # v[0-9]+[.][0-9]+[.][0-9]+$").unwrap();
    for (name, text) in workflows() {
        for line in text.lines().filter(|line| line.contains("uses:")) {
            assert!(pinned.is_match(line), "{name}: {line}");
        }
        let file = read(&name, &text);
        assert_eq!(file["permissions"], serde_json::json!({ "contents": "read" }), "{name}");
        let triggers = file["on"].as_object().unwrap();
        assert!(triggers.keys().all(|trigger| ["push", "pull_request"].contains(&trigger.as_str())), "{name}");
        for (job, value) in file["jobs"].as_object().unwrap() {
            let wanted = match job.as_str() {
                "deploy" => serde_json::json!({ "pages": "write", "id-token": "write" }),
                "release" | "publish" => serde_json::json!({ "contents": "write" }),
                "crate" => serde_json::json!({ "contents": "read", "id-token": "write" }),
                _ => Value::Null,
            };
            assert_eq!(value["permissions"], wanted, "{name}: {job}");
            // Nobody who is no member can start what may write.
            let is_guarded = !triggers.contains_key("pull_request") || value["if"] == "github.ref == 'refs/heads/main'";
            assert!(wanted.is_null() || is_guarded, "{name}: {job}");
        }
        for step in steps(&file) {
            let script = step["run"].as_str().unwrap_or_default();
            assert!(!script.contains("${{"), "a name of a branch would be a command: {name}: {script}");
            let keeps = step["with"]["persist-credentials"] != false;
            let is_checkout = step["uses"].as_str().is_some_and(|uses| uses.starts_with("actions/checkout@"));
            let pushes = text.contains("guidegen publish");
            assert!(!is_checkout || keeps == pushes, "{name}: the token is kept where it is used, and nowhere else");
        }
    }
}

/// What the release runs, with programs in place of those that build and upload.
#[test]
fn the_release_packs_what_was_built_and_sums_it_up() {
    let text = fs::read_to_string(project().join(".github/workflows/release.yml")).unwrap();
    let file = read("release.yml", &text);
    let folder = tempfile::tempdir().unwrap();
    let root: PathBuf = folder.path().join("project");
    fs::create_dir_all(root.join("target/release")).unwrap();
    for name in ["Cargo.toml", "README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"] {
        fs::copy(project().join(name), root.join(name)).unwrap();
    }
    let bin = folder.path().join("bin");
    let log = folder.path().join("log").display().to_string();
    for name in ["cargo", "rustup", "gh"] {
        program(&bin, name, &format!("echo {name} \"$@\" >> '{log}'"));
    }
    program(&root.join("target/release"), "guidegen", "echo guidegen 0.1.0");
    let version = env!("CARGO_PKG_VERSION");
    let run = |job: &str, tag: &str| {
        let steps = file["jobs"][job]["steps"].as_array().unwrap();
        let scripts: Vec<&str> = steps.iter().filter_map(|step| step["run"].as_str()).collect();
        let mut command = Command::new("bash");
        let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
        command.args(["-euo", "pipefail", "-c", &scripts.join("\n")]).current_dir(&root).env("PATH", path);
        command.env("GITHUB_REF_NAME", tag).env("GITHUB_REPOSITORY", "owner/guidegen").env("NAME", "guidegen-v-x");
        command.output().unwrap()
    };
    assert!(!run("build", "v99.0.0").status.success(), "a tag that is not the version");
    assert!(!root.join("guidegen-v-x").exists());
    for job in ["build", "release", "crate"] {
        let done = run(job, &format!("v{version}"));
        assert!(done.status.success(), "{job}: {}", String::from_utf8_lossy(&done.stderr));
    }
    let packed = Command::new("tar").args(["tzf", "guidegen-v-x.tar.gz"]).current_dir(&root).output().unwrap();
    let packed = String::from_utf8(packed.stdout).unwrap();
    for name in ["guidegen", "README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"] {
        assert!(packed.lines().any(|line| line == format!("guidegen-v-x/{name}")), "{name}: {packed}");
    }
    assert!(fs::read_to_string(root.join("SHA256SUMS")).unwrap().ends_with("  guidegen-v-x.tar.gz\n"));
    let told = fs::read_to_string(folder.path().join("log")).unwrap();
    for line in ["cargo build --release --locked", "cargo publish --locked", "gh release create v"] {
        assert!(told.contains(line), "{line}: {told}");
    }
    assert!(told.contains("guidegen-v-x.tar.gz SHA256SUMS"), "{told}");
    // What is missing ends the release.
    fs::remove_file(root.join("target/release/guidegen")).unwrap();
    fs::remove_dir_all(root.join("guidegen-v-x")).unwrap();
    assert!(!run("build", &format!("v{version}")).status.success());
}
