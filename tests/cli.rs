//! The real program: exit statuses, streams, formats, and what the commands make.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use assert_cmd::Command;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// guidegen in a folder, without what the surroundings of the test would say to it.
fn guidegen(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guidegen"));
    for name in ["NO_COLOR", "SOURCE_DATE_EPOCH", "GITHUB_WORKSPACE", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    Output::of(command.current_dir(folder).args(arguments))
}

struct Output {
    status: i32,
    out: String,
    err: String,
}

impl Output {
    fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self { status: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }
}

fn site(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("content")).unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

const GUIDE: (&str, &str) = ("content/a.md", "---\ntitle: A\n---\nText.\n");
const WRONG_CONFIG: (&str, &str) = ("guidegen.yaml", "title: T\ntaxonomeis: [tags]\n");
#[test]
fn help_and_version_are_no_faults() {
    let folder = site(&[]);
    let help = guidegen(folder.path(), &["--help"]);
    assert_eq!((help.status, help.err.as_str()), (0, ""));
    for command in ["init", "new", "build", "completions"] {
        assert!(help.out.lines().any(|line| line.trim_start().starts_with(command)), "{command} is not listed");
        let help = guidegen(folder.path(), &[command, "--help"]);
        assert_eq!(help.status, 0);
        assert!(help.out.contains("Examples:"), "{command} has no examples");
    }
    let version = guidegen(folder.path(), &["--version"]);
    assert_eq!((version.status, version.out), (0, format!("guidegen {}\n", env!("CARGO_PKG_VERSION"))));
}

#[test]
fn a_wrong_command_line_is_status_2_on_standard_error() {
    let folder = site(&[GUIDE]);
    for arguments in [
        &[][..],
        &["biuld"],
        &["build", "--outptu", "x"],
        &["build", "--set", "domain"],
        &["build", "--base-url", "nowhere"],
        &["build", "--format", "xml"],
        &["build", "--quiet", "--verbose"],
        &["build", "--root", "none"],
        &["build", "--config", "none.yaml"],
        &["build", "--values", "none.yaml"],
        &["completions", "basic"],
    ] {
        let said = guidegen(folder.path(), arguments);
        assert_eq!((said.status, said.out.as_str()), (2, ""), "{arguments:?}: {}", said.err);
        assert!(!said.err.is_empty(), "{arguments:?}");
        assert!(!folder.path().join("public").exists(), "{arguments:?}");
    }
}

#[test]
fn without_content_there_is_no_site() {
    let folder = tempfile::tempdir().unwrap();
    let said = guidegen(folder.path(), &["build"]);
    assert_eq!(said.status, 2);
    assert!(said.err.contains("has no folder `content`") && said.err.contains("guidegen init"), "{}", said.err);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn the_output_folder_is_not_what_the_site_is_made_from() {
    let folder = site(&[GUIDE, ("file", "x")]);
    for output in [".", "content", "content/out", "static", "file", ".."] {
        let said = guidegen(folder.path(), &["build", "--output", output]);
        assert_eq!(said.status, 2, "{output}");
        assert!(said.err.contains("--output"), "{}", said.err);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing was touched");
}

#[test]
fn a_site_is_built_from_inside_of_it_and_from_elsewhere() {
    let folder = site(&[GUIDE, ("guidegen.yaml", "title: T\n"), ("static/robots.txt", "User-agent: *\n")]);
    let built = folder.path().join("public/robots.txt");
    for (here, arguments) in [
        (folder.path().to_owned(), vec!["build"]),
        (folder.path().join("content"), vec!["build"]),
        (std::env::temp_dir(), vec!["--root", folder.path().to_str().unwrap(), "build"]),
    ] {
        let said = guidegen(&here, &arguments);
        assert_eq!((said.status, said.out.as_str()), (0, ""), "{}", said.err);
        assert!(said.err.starts_with("Built "), "{}", said.err);
        assert!(built.exists());
        fs::remove_dir_all(folder.path().join("public")).unwrap();
    }
    let quiet = guidegen(folder.path(), &["build", "--quiet", "--output", "elsewhere"]);
    assert_eq!((quiet.status, quiet.err.as_str()), (0, ""));
    assert!(folder.path().join("elsewhere/robots.txt").exists());
}

#[test]
fn a_wrong_configuration_is_status_2_and_leaves_the_last_site() {
    let folder = site(&[GUIDE, ("static/robots.txt", "1")]);
    assert_eq!(guidegen(folder.path(), &["build"]).status, 0);
    fs::write(folder.path().join("guidegen.yaml"), WRONG_CONFIG.1).unwrap();
    fs::write(folder.path().join("static/robots.txt"), "2").unwrap();
    let said = guidegen(folder.path(), &["build"]);
    assert_eq!((said.status, said.out.as_str()), (2, ""));
    assert!(said.err.contains("guidegen.yaml:2:1") && said.err.contains("taxonomies"), "{}", said.err);
    assert_eq!(fs::read_to_string(folder.path().join("public/robots.txt")).unwrap(), "1");
}

#[test]
fn each_format_has_its_stream() {
    let folder = site(&[GUIDE, WRONG_CONFIG]);
    let human = guidegen(folder.path(), &["build"]);
    assert!(human.err.contains("2 | taxonomeis: [tags]") && human.err.contains("^^^^^^^^^^"), "{}", human.err);
    let short = guidegen(folder.path(), &["build", "--format", "short"]);
    assert!(short.err.starts_with("guidegen.yaml:2:1: error[config]: "), "{}", short.err);
    assert_eq!((human.out.as_str(), short.out.as_str()), ("", ""));

    let json = guidegen(folder.path(), &["build", "--format", "json"]).out;
    let object: serde_json::Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    let keys: Vec<&str> = object.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["severity", "code", "message", "file", "line", "column", "end_line", "end_column", "help"]);
    assert_eq!((&object["file"], &object["line"], &object["column"]), (&"guidegen.yaml".into(), &2.into(), &1.into()));

    let github = guidegen(folder.path(), &["build", "--format", "github"]).out;
    assert!(github.starts_with("::error file=guidegen.yaml,line=2,endLine=2,col=1,title=config::"), "{github}");
    let sarif = guidegen(folder.path(), &["build", "--format", "sarif"]).out;
    let sarif: serde_json::Value = serde_json::from_str(&sarif).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "config");
}

#[test]
fn colours_are_used_when_they_are_asked_for() {
    let folder = site(&[GUIDE, WRONG_CONFIG]);
    assert!(!guidegen(folder.path(), &["build"]).err.contains('\u{1b}'), "not a terminal");
    assert!(guidegen(folder.path(), &["build", "--color", "always"]).err.contains('\u{1b}'));
    assert!(!guidegen(folder.path(), &["build", "--color", "never"]).err.contains('\u{1b}'));
}

#[cfg(unix)]
#[test]
fn an_error_in_one_file_is_status_1_and_the_rest_is_written() {
    let folder = site(&[GUIDE, ("static/robots.txt", "1")]);
    std::os::unix::fs::symlink("/", folder.path().join("content/out")).unwrap();
    let said = guidegen(folder.path(), &["build", "--format", "json"]);
    assert_eq!(said.status, 1, "{}", said.err);
    let found: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((&found["code"], &found["file"]), (&"unreadable".into(), &"content/out".into()));
    assert!(found["line"].is_null());
    assert!(folder.path().join("public/robots.txt").exists());
}

#[test]
fn a_reader_that_goes_away_is_no_fault() {
    use std::process::{Command, Stdio};
    let mut child = Command::new(env!("CARGO_BIN_EXE_guidegen"))
        .args(["completions", "bash"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
}

#[test]
fn the_time_is_checked() {
    let folder = site(&[GUIDE]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_guidegen"));
    command.current_dir(folder.path()).env("SOURCE_DATE_EPOCH", "today").arg("build");
    let said = Output::of(&mut command);
    assert_eq!(said.status, 2);
    assert!(said.err.contains("SOURCE_DATE_EPOCH"), "{}", said.err);
}

#[test]
fn timings_are_a_table() {
    let guide =
        ("content/b.md", "---\ntitle: B\n---\n{{< callout >}}{{< callout >}}x{{< /callout >}}{{< /callout >}}\n");
    let folder = site(&[GUIDE, guide]);
    let said = guidegen(folder.path(), &["build", "--timings", "--no-cache"]).err;
    for stage in ["reading", "writing", "total"] {
        assert!(said.lines().any(|line| line.starts_with(stage) && line.ends_with('%')), "{said}");
    }
    let (_, slowest) = said.split_once("slowest guides\n").unwrap();
    let (guides, shortcodes) = slowest.split_once("slowest shortcodes\n").unwrap();
    let mut guides: Vec<&str> =
        guides.lines().filter_map(|line| line.split_once(" ms  ").map(|(_, name)| name)).collect();
    guides.sort_unstable();
    assert_eq!(guides, ["content/a.md", "content/b.md"]);
    assert!(shortcodes.lines().next().unwrap().ends_with(" ms  callout (2 calls)"), "{said}");
    assert!(!guidegen(folder.path(), &["build", "--no-cache"]).err.contains("slowest"));
}

#[test]
fn init_makes_a_site_that_builds_with_nothing_to_report() {
    let folder = tempfile::tempdir().unwrap();
    let said = guidegen(folder.path(), &["init", "my \"odd\" site"]);
    assert_eq!((said.status, said.out.as_str()), (0, ""), "{}", said.err);
    let site = folder.path().join("my \"odd\" site");
    let files: Vec<_> = walkdir::WalkDir::new(&site).into_iter().map(|entry| entry.unwrap().into_path()).collect();
    let files: Vec<_> =
        files.iter().filter(|path| path.is_file()).map(|path| path.strip_prefix(&site).unwrap()).collect();
    assert_eq!(files.len(), 2, "a configuration and one guide: {files:?}");
    let built = guidegen(&site, &["build", "--strict", "--format", "json"]);
    assert_eq!((built.status, built.out.as_str()), (0, ""), "{}", built.err);
}

#[test]
fn init_touches_nothing_that_is_there() {
    for there in ["guidegen.yaml", "content/own.md"] {
        let folder = tempfile::tempdir().unwrap();
        let own = folder.path().join(there);
        fs::create_dir_all(own.parent().unwrap()).unwrap();
        fs::write(&own, "own").unwrap();
        let said = guidegen(folder.path(), &["init"]);
        assert_eq!(said.status, 2);
        assert!(said.err.contains("there is a site already"), "{}", said.err);
        assert_eq!(fs::read_to_string(own).unwrap(), "own");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}

#[test]
fn new_begins_a_guide_and_never_overwrites_one() {
    let folder = site(&[
        GUIDE,
        (
            "archetypes/client.md",
            "---\ntitle: {{ title }} ({{ kind }})\n---\n{{< callout >}}{{ path }}{{< /callout >}}\n",
        ),
    ]);
    let read = |path: &str| fs::read_to_string(folder.path().join(path)).unwrap();
    assert_eq!(guidegen(folder.path(), &["new", "guides/my-guide"]).status, 0);
    assert!(read("content/guides/my-guide.md").starts_with("---\ntitle: \"My Guide\"\n"));
    assert_eq!(guidegen(folder.path(), &["new", "content/b.md", "--kind", "client"]).status, 0);
    assert_eq!(read("content/b.md"), "---\ntitle: B (client)\n---\n{{< callout >}}b.md{{< /callout >}}\n");
    for (path, why) in [("a.md", "already"), ("a/", "already"), ("../x", "leads out"), ("/x", "absolute")] {
        let said = guidegen(folder.path(), &["new", path]);
        assert_eq!(said.status, 2, "{path}");
        assert!(said.err.contains(why), "{path}: {}", said.err);
    }
    assert_eq!(read(GUIDE.0), GUIDE.1);
    let unknown = guidegen(folder.path(), &["new", "c", "--kind", "cleint"]);
    assert_eq!(unknown.status, 0);
    assert!(unknown.err.contains("archetypes/cleint.md") && unknown.err.contains("client"), "{}", unknown.err);
}

#[test]
fn completions_name_the_commands() {
    let folder = site(&[]);
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let said = guidegen(folder.path(), &["completions", shell]);
        assert_eq!((said.status, said.err.as_str()), (0, ""), "{shell}");
        assert!(said.out.contains("init") && said.out.contains("base-url"), "{shell}");
    }
}

const VARIABLES: (&str, &str) = (
    "guidegen.yaml",
    "title: T\nvariables:\n  domain: { type: domain, default: example.com }\n  tls: { type: boolean, default: true, text: { true: https, false: http } }\n",
);
const USES: (&str, &str) = (
    "content/a.md",
    "---\ntitle: A\n---\n{{< sitevar name=\"tls\" >}}://{{< sitevar name=\"domain\" nojs=\"example.com\" >}}/ is yours.\n",
);

#[test]
fn values_are_baked_in_from_a_file_and_from_the_command_line() {
    let folder = site(&[VARIABLES, USES, ("values.yaml", "domain: example.net\ntls: false\n")]);
    let page = |arguments: &[&str]| {
        let said = guidegen(folder.path(), &[&["build"], arguments].concat());
        assert_eq!(said.status, 0, "{}", said.err);
        fs::read_to_string(folder.path().join("public/a/index.html")).unwrap()
    };
    assert!(page(&[]).contains("data-sitevar=\"domain\""));
    assert!(page(&["--values", "values.yaml"]).contains("http://example.net/ is yours"));
    let both = page(&["--values", "values.yaml", "--set", "domain=example.org", "--set", "tls=true"]);
    assert!(both.contains("https://example.org/ is yours"), "the command line wins");
    assert!(!both.contains("data-sitevar=\"domain\""));
}

#[test]
fn a_computed_value_that_is_baked_in_part_says_what_is_true_today() {
    let config = "title: T\nvariables:\n  domain: { type: domain, default: example.com }\n  sub: { type: label, default: auth }\ncomputed:\n  url: \"https://{sub}.{domain}/\"\n";
    let guide = "---\ntitle: A\n---\n{{< sitevar name=\"url\" nojs=\"https://auth.example.com/\" >}} {{< sitevar name=\"url\" format=\"upper\" nojs=\"HTTPS://AUTH.EXAMPLE.COM/\" >}}\n";
    let folder = site(&[("guidegen.yaml", config), ("content/a.md", guide)]);
    for (arguments, expected) in
        [(&["build"][..], "auth.example.com"), (&["build", "--set", "domain=example.org"], "auth.example.org")]
    {
        let said = guidegen(folder.path(), &[arguments, &["--format", "json"]].concat());
        assert_eq!((said.status, said.out.as_str()), (0, ""), "{}", said.err);
        let page = fs::read_to_string(folder.path().join("public/a/index.html")).unwrap();
        assert!(page.contains(&format!("<span data-sitevar=\"url\">https://{expected}/</span>")), "{page}");
        assert!(page.contains(&format!(">HTTPS://{}/</span>", expected.to_uppercase())), "{page}");
    }
    fs::write(folder.path().join("content/a.md"), guide.replace("auth.example.com", "auth.example.net")).unwrap();
    let said = guidegen(folder.path(), &["build", "--set", "domain=example.org", "--format", "short"]);
    assert!(
        said.err.contains("variable-fallback") && said.err.contains("default `https://auth.example.com/`"),
        "{}",
        said.err
    );
}

#[test]
fn a_value_that_cannot_be_is_status_2() {
    let folder = site(&[VARIABLES, USES, ("list.yaml", "domain: [a]\n"), ("wrong.yaml", "domain: a b\n")]);
    for arguments in [
        ["--set", "domian=example.org"],
        ["--set", "domain=not a domain"],
        ["--set", "tls=maybe"],
        ["--values", "list.yaml"],
        ["--values", "wrong.yaml"],
    ] {
        let said = guidegen(folder.path(), &[&["build"], &arguments[..]].concat());
        assert_eq!((said.status, said.out.as_str()), (2, ""), "{arguments:?}: {}", said.err);
        assert!(!folder.path().join("public").exists(), "{arguments:?}");
    }
}

#[test]
fn warnings_fail_with_strict_alone_and_errors_always() {
    let warned = site(&[("content/a.md", "---\ntitle: A\n---\n[b](b.md)\n")]);
    assert_eq!(guidegen(warned.path(), &["build"]).status, 0);
    let strict = guidegen(warned.path(), &["build", "--strict", "--format", "short"]);
    assert_eq!(strict.status, 1);
    assert!(strict.err.starts_with("content/a.md:4:"), "{}", strict.err);

    let wrong = site(&[GUIDE, ("data/a.json", "{\n  \"a\": ,\n}\n")]);
    let said = guidegen(wrong.path(), &["build", "--format", "json"]);
    assert_eq!(said.status, 1);
    let found: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((&found["code"], &found["file"], &found["line"]), (&"data".into(), &"data/a.json".into(), &2.into()));
    assert!(wrong.path().join("public/a/index.html").exists(), "the rest is written");
}

#[test]
fn drafts_and_guides_to_come_are_built_when_they_are_asked_for() {
    let folder = site(&[
        ("content/draft.md", "---\ntitle: Draft\ndraft: true\n---\n"),
        ("content/later.md", "---\ntitle: Later\ndate: 2999-01-01\n---\n"),
    ]);
    let built = |arguments: &[&str]| {
        assert_eq!(guidegen(folder.path(), &[&["build"], arguments].concat()).status, 0);
        ["draft", "later"].map(|page| folder.path().join("public").join(page).exists())
    };
    assert_eq!(built(&[]), [false, false]);
    assert_eq!(built(&["--drafts"]), [true, false]);
    assert_eq!(built(&["--future"]), [false, true]);
    assert_eq!(built(&[]), [false, false], "what was built before is removed");
}

#[test]
fn the_same_input_has_the_same_output_however_many_threads_there_are() {
    let folder = site(&[VARIABLES, USES, ("content/b/c.md", "---\ntitle: C\n---\n```yaml\na: 1\n```\n[a](../a.md)\n")]);
    let built = |threads: &str, output: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_guidegen"));
        command.current_dir(folder.path()).env("RAYON_NUM_THREADS", threads).args(["build", "--output", output]);
        assert_eq!(Output::of(&mut command).status, 0);
        let files = walkdir::WalkDir::new(folder.path().join(output)).sort_by_file_name().into_iter();
        let files = files.map(|entry| entry.unwrap().into_path()).filter(|path| path.is_file());
        files
            .map(|path| (path.strip_prefix(folder.path().join(output)).unwrap().to_owned(), fs::read(&path).unwrap()))
            .collect::<Vec<_>>()
    };
    let one = built("1", "one");
    assert!(one.iter().any(|(path, _)| path == Path::new(".guidegen.json")));
    assert_eq!(one, built("2", "two"));
}

#[test]
fn github_names_files_from_the_repository() {
    let folder = site(&[("docs/content/a.md", "---\ntitle: A\n---\n[b](b.md)\n")]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_guidegen"));
    command.current_dir(folder.path().join("docs")).env("GITHUB_WORKSPACE", folder.path());
    let said = Output::of(command.args(["build", "--format", "github"]));
    assert!(said.out.starts_with("::warning file=docs/content/a.md,line=4,endLine=4,col="), "{}", said.out);
}
