//! Guides of unusual size and depth. Promised: a limit is a finding at its guide, everything below a limit is rendered in
//! linear time, and the other guides are built.

use super::of_body;
use assert_cmd::Command;
use std::fs;

#[test]
fn an_empty_content_folder_is_a_site() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("content")).unwrap();
    Command::new(env!("CARGO_BIN_EXE_guidegen")).current_dir(folder.path()).arg("build").assert().success();
    assert!(folder.path().join("public/index.html").exists());
}

#[test]
fn ten_thousand_levels() {
    let nesting = ["content/wrong.md[nesting]"];
    let syntax = ["content/wrong.md[shortcode-syntax]"];
    assert_eq!(of_body(&format!("{}x\n", "- ".repeat(10_000))), nesting);
    assert_eq!(of_body(&format!("{}x\n", "> ".repeat(10_000))), nesting);
    assert!(of_body(&format!("{}x{}\n", "[".repeat(10_000), "]".repeat(10_000))).is_empty());
    let (open, close) = ("{{< callout >}}".repeat(10_000), "{{< /callout >}}".repeat(10_000));
    assert_eq!(of_body(&format!("{open}x{close}\n")), nesting);
    // Each of them is a finding in one long line.
    assert_eq!(of_body(&open), syntax);
    assert_eq!(of_body(&close), syntax);
}

/// Ten thousand of what was once gone through again for each.
#[test]
fn many_of_one_thing() {
    const MANY: usize = 10_000;
    assert!(of_body(&"www.example.com ".repeat(MANY)).is_empty());
    let block = format!("```yaml\n{}```\n", "- \"{{< sitevar name=\"x\" nojs=\"y\" >}}\"\n".repeat(MANY));
    assert_eq!(of_body(&block), ["content/wrong.md[variable-unknown]"]);
    let languages = "```nonesuch\nx\n```\n\n".repeat(MANY);
    assert_eq!(of_body(&languages), ["content/wrong.md[code-language]"]);
    let anchors: String = (0..MANY).map(|number| format!("## a{number}\n\n[x](#b{number})\n\n")).collect();
    assert_eq!(of_body(&anchors), ["content/wrong.md[link-anchor]"]);
    let entities = format!("<a href=\"#{}\">x</a>\n", "&".repeat(100 * MANY));
    assert_eq!(of_body(&entities), ["content/wrong.md[link-anchor]"]);
}

#[test]
fn a_guide_of_twenty_megabytes() {
    let text = "A line of text as any other, of which there are many in this guide.\n\n".repeat(300_000);
    assert!(text.len() > 20_000_000);
    assert!(of_body(&text).is_empty());
}
