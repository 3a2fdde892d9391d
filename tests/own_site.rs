//! The project's own site: nothing is reported, and every link, image, style sheet and script in what is written leads
//! to a file that is written, at the root of a host, below a path, and from a disk. The manual's page on the command line
//! has the commands and options that the program has.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may")]

mod golden;

use guidegen::base::address;
use guidegen::input::files::Content;
use guidegen::page::html::{Piece, pieces, unescape_into};
use guidegen::site::artifact::Bundle;
use std::collections::{BTreeMap, BTreeSet};

fn own_files() -> BTreeMap<String, Vec<u8>> {
    let project = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = BTreeMap::new();
    for folder in ["content", "templates", "static", "data"] {
        let below = project.join(folder);
        if below.exists() {
            files.extend(
                golden::files_below(&below).into_iter().map(|(path, bytes)| (format!("{folder}/{path}"), bytes)),
            );
        }
    }
    files.insert("guidegen.yaml".to_owned(), std::fs::read(project.join("guidegen.yaml")).unwrap());
    files
}

/// As of a time when every guide of the site is published.
fn build(files: &BTreeMap<String, Vec<u8>>) -> Bundle {
    golden::build_at(files, 4_000_000_000)
}

/// The configuration with `lines` in place of those for the same keys.
fn configured(mut files: BTreeMap<String, Vec<u8>>, lines: &[(&str, &str)]) -> BTreeMap<String, Vec<u8>> {
    let config = String::from_utf8(files["guidegen.yaml"].clone()).unwrap();
    let kept = config.lines().filter(|line| !lines.iter().any(|(key, _)| line.starts_with(&format!("{key}:"))));
    let mut text: String = kept.map(|line| format!("{line}\n")).collect();
    for (key, value) in lines {
        text.push_str(&format!("{key}: {value}\n"));
    }
    files.insert("guidegen.yaml".to_owned(), text.into_bytes());
    files
}

/// Every address in the pages that leads to no file, with the page that it stands on.
fn dead_links(bundle: &Bundle, base_path: &str) -> Vec<String> {
    let outputs: BTreeSet<&str> = bundle.artifacts.iter().map(|artifact| artifact.path.as_str()).collect();
    let mut dead = Vec::new();
    let mut seen = 0;
    for page in bundle.artifacts.iter().filter(|artifact| artifact.path.ends_with(".html")) {
        let Content::Bytes(bytes) = &page.content else { continue };
        for piece in pieces(std::str::from_utf8(bytes).unwrap()) {
            let Piece::Tag(tag) = piece else { continue };
            for attribute in tag.attributes().filter(|a| a.name == "href" || a.name == "src") {
                let mut target = String::new();
                unescape_into(&mut target, attribute.value);
                let target = target.split(['#', '?']).next().unwrap();
                if target.is_empty() || address::is_external(target) {
                    continue;
                }
                seen += 1;
                let folder = page.path.rsplit_once('/').map_or("", |(folder, _)| folder);
                let path = match target.strip_prefix('/') {
                    Some(_) => match target.strip_prefix(base_path) {
                        Some(rest) => rest.trim_start_matches('/').to_owned(),
                        None => format!("outside of {base_path}: {target}"),
                    },
                    None => address::join(&format!("{folder}/"), target),
                };
                let path = address::decode(&path).into_owned();
                let file = if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path };
                if !outputs.contains(file.as_str()) && !outputs.contains(format!("{file}/index.html").as_str()) {
                    dead.push(format!("{}: {target} ({file})", page.path));
                }
            }
        }
    }
    assert!(seen > 500, "only {seen} addresses were looked at");
    dead
}

#[test]
fn nothing_is_reported() {
    let bundle = build(&own_files());
    assert_eq!(golden::findings(&bundle.diagnostics), "");
    assert!(bundle.facts.pages > 20);
}

#[test]
fn every_address_leads_to_a_file() {
    let nothing: [String; 0] = [];
    let files = own_files();
    for (lines, base_path) in [
        ([("base_url", "https://docs.example.org/"), ("links", "root")], ""),
        ([("base_url", "https://docs.example.org/docs/"), ("links", "root")], "/docs"),
        ([("base_url", "https://docs.example.org/docs/"), ("links", "relative")], "/docs"),
    ] {
        let bundle = build(&configured(files.clone(), &lines));
        assert_eq!(golden::findings(&bundle.diagnostics), "", "{lines:?}");
        let dead = dead_links(&bundle, base_path);
        assert_eq!(dead, nothing, "{lines:?}");
    }
}

/// The Content-Security-Policy forbids them; and a page is one document.
#[test]
fn pages_have_no_inline_script_or_style_and_one_main() {
    for page in build(&own_files()).artifacts.iter().filter(|artifact| artifact.path.ends_with("/index.html")) {
        let Content::Bytes(bytes) = &page.content else { continue };
        let text = std::str::from_utf8(bytes).unwrap();
        if text.contains("http-equiv=\"refresh\"") {
            continue;
        }
        let mut mains = 0;
        for piece in pieces(text) {
            let Piece::Tag(tag) = piece else { continue };
            mains += usize::from(tag.name == "main" && !tag.closing);
            let names: Vec<&str> = tag.attributes().map(|attribute| attribute.name).collect();
            assert!(
                !names.iter().any(|name| *name == "style" || name.starts_with("on")),
                "{}: {}",
                page.path,
                tag.source
            );
            assert!(tag.name != "style", "{}", page.path);
            // JSON-LD is data, which no policy forbids.
            let is_data = tag.source == "<script type=\"application/ld+json\">";
            let is_file = tag.closing || is_data || names.contains(&"src");
            assert!(tag.name != "script" || is_file, "{}: {}", page.path, tag.source);
        }
        assert_eq!(mains, 1, "{}", page.path);
    }
}

/// What `guidegen COMMAND --help` lists: commands, and options but for those of all commands.
fn help(command: &[&str]) -> (Vec<String>, BTreeSet<String>) {
    let output =
        std::process::Command::new(env!("CARGO_BIN_EXE_guidegen")).args(command).arg("--help").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let part = |title: &str| text.split_once(&format!("\n{title}:\n")).map_or("", |(_, rest)| rest);
    let commands = part("Commands").lines().take_while(|line| line.starts_with("  "));
    let names = commands.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help");
    let lines = part("Options").lines().map(str::trim).take_while(|line| *line != "Options of all commands:");
    let found = lines.filter(|line| line.starts_with('-')).flat_map(options);
    let own = found.filter(|name| name != "--help" && name != "--version");
    (names.map(str::to_owned).collect(), own.collect())
}

/// Every `--option` in a text.
fn options(text: &str) -> BTreeSet<String> {
    let is_of_name = |c: char| c.is_ascii_lowercase() || c == '-';
    let words = text
        .split(|c: char| !is_of_name(c))
        .filter(|word| word.len() > 3 && word.starts_with("--") && !word.starts_with("---"));
    words.map(str::to_owned).collect()
}

#[test]
fn the_manual_has_every_command_and_option() {
    let manual = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("content/manual/command-line.md");
    let manual = std::fs::read_to_string(manual).unwrap();
    let section = |title: &str| {
        let rest = manual.split_once(&format!("\n## {title}\n")).unwrap_or_else(|| panic!("no section `{title}`")).1;
        rest.split("\n## ").next().unwrap()
    };
    let (commands, _) = help(&[]);
    assert!(commands.len() >= 11, "{commands:?}");
    // `export` has one command of its own.
    let makers = ["serve", "check", "publish"].map(|command| help(&[command]).1);
    let shared = makers.iter().fold(help(&["build"]).1, |shared, own| &shared & own);
    assert!(shared.contains("--base-url") && shared.contains("--no-cache"), "{shared:?}");
    let mut known = options(section("Options of all commands"));
    for command in &commands {
        let (below, mut own) = help(&[command]);
        below.iter().for_each(|name| own.extend(help(&[command, name]).1));
        // Those that make a site are explained once, where `build` is.
        let takes_all = command != "build" && shared.is_subset(&own);
        let in_section = options(section(command));
        let is_told = |name: &&String| in_section.contains(*name) || takes_all && shared.contains(*name);
        let missing: Vec<&String> = own.iter().filter(|name| !is_told(name)).collect();
        assert!(missing.is_empty(), "the section `{command}` lacks {missing:?}");
        assert!(!takes_all || section(command).contains("of `build`"), "{command}");
        known.extend(own);
    }
    for name in ["--root", "--config", "--quiet", "--verbose", "--color", "--help", "--version"] {
        assert!(known.contains(name), "{name}");
    }
    let foreign = ["--unidiff-zero".to_owned()];
    let unknown: Vec<String> =
        options(&manual).into_iter().filter(|name| !known.contains(name) && !foreign.contains(name)).collect();
    assert!(unknown.is_empty(), "the program has no {unknown:?}");
}
