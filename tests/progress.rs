//! The line of progress on a real terminal: it comes when a build takes longer than a second, and nothing of it is left.
//!
//! The terminal is made by `script`, of which every Linux has one. What makes the build long is a `git` that sleeps.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so when it fails")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A site whose build waits for git, which takes its time.
fn site() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("guidegen.yaml", "title: T\n");
    write("content/a.md", "---\ntitle: A\n---\nText.\n");
    write("templates/page.html", "{{ page.updated }}{{ page.content | safe }}");
    write("bin/git", "#!/bin/sh\nsleep 3\nexit 1\n");
    fs::create_dir_all(folder.path().join(".git")).unwrap();
    fs::set_permissions(folder.path().join("bin/git"), fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

/// What a terminal of 80 columns gets while the site is built in it.
fn on_terminal(site: &TempDir, arguments: &str, environment: &[(&str, &str)]) -> String {
    let guidegen = env!("CARGO_BIN_EXE_guidegen");
    let command = format!("stty rows 24 cols 80; '{guidegen}' {arguments}");
    let path = format!("{}:{}", site.path().join("bin").display(), std::env::var("PATH").unwrap());
    let output = Command::new("script")
        .args(["--quiet", "--return", "--command", &command, "/dev/null"])
        .current_dir(site.path())
        .env_remove("CI")
        .env_remove("NO_COLOR")
        .env("TERM", "xterm")
        .env("PATH", path)
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    told
}

/// What stands on the screen when all that was sent is obeyed, as far as a line of progress needs it.
fn screen(sent: &str) -> Vec<String> {
    let (mut lines, mut row, mut column) = (vec![Vec::new()], 0, 0);
    let mut chars = sent.chars();
    while let Some(c) = chars.next() {
        match c {
            '\r' => column = 0,
            '\n' => {
                row += 1;
                if row == lines.len() {
                    lines.push(Vec::new());
                }
            }
            '\u{1b}' => {
                assert_eq!(chars.next(), Some('['), "{sent:?}");
                let mut number = String::new();
                let order = loop {
                    match chars.next().unwrap() {
                        digit @ ('0'..='9' | ';' | '?') => number.push(digit),
                        order => break order,
                    }
                };
                let count = number.parse().unwrap_or(1);
                match order {
                    'A' => row = row.saturating_sub(count),
                    'B' => row = (row + count).min(lines.len() - 1),
                    'K' if number == "2" => lines[row].clear(),
                    'K' => lines[row].truncate(column),
                    // Colours, and whether the cursor is seen.
                    'm' | 'h' | 'l' => {}
                    other => panic!("the terminal is told `{other}`: {sent:?}"),
                }
            }
            c => {
                let line = &mut lines[row];
                line.resize(line.len().max(column + 1), ' ');
                line[column] = c;
                column += 1;
            }
        }
    }
    let text = |line: Vec<char>| line.into_iter().collect::<String>().trim_end().to_owned();
    lines.into_iter().map(text).filter(|line| !line.is_empty()).collect()
}

#[test]
fn a_long_run_shows_how_far_it_is_and_leaves_nothing() {
    for (arguments, last) in [("build --no-search", "Built "), ("check", "Checked ")] {
        let site = site();
        let sent = on_terminal(&site, arguments, &[]);
        assert!(sent.contains("Making pages"), "{sent:?}");
        assert!(sent.contains(" %"), "guides are counted: {sent:?}");
        let screen = screen(&sent);
        assert!(screen.last().unwrap().starts_with(last), "{screen:?}");
        assert!(screen.iter().all(|line| !line.contains("Making pages") && !line.contains(" %")), "{screen:?}");
    }
}

#[test]
fn who_does_not_look_is_shown_nothing() {
    let quiet: [(&str, &[(&str, &str)]); 4] = [
        ("build --no-search --quiet", &[]),
        ("build --no-search --format json", &[]),
        ("build --no-search", &[("CI", "true")]),
        ("build --no-search", &[("TERM", "dumb")]),
    ];
    std::thread::scope(|scope| {
        for (arguments, environment) in quiet {
            scope.spawn(move || {
                let sent = on_terminal(&site(), arguments, environment);
                let is_shown = ["Making pages", "\u{1b}[2K", " %"].iter().any(|part| sent.contains(part));
                assert!(!is_shown, "{arguments} {environment:?}: {sent:?}");
            });
        }
        scope.spawn(|| {
            let site = site();
            let path = format!("{}:{}", site.path().join("bin").display(), std::env::var("PATH").unwrap());
            let mut command = Command::new(env!("CARGO_BIN_EXE_guidegen"));
            let output = command.args(["build", "--no-search"]).current_dir(site.path()).env("PATH", path).output();
            let said = String::from_utf8(output.unwrap().stderr).unwrap();
            assert!(said.lines().last().unwrap().starts_with("Built "), "{said:?}");
            assert!(!said.contains("Making pages") && !said.contains('\r') && !said.contains('\u{1b}'), "{said:?}");
        });
    });
}
