//! Findings point at the author's own characters: through lists, quotes, tables, shortcodes inside of shortcodes, code
//! blocks inside of all of these; behind tabs, emoji and variables; with either end of line, with and without a BOM.
//!
//! A case is a guide with `⟦` where its one finding begins. All cases are one site, which is checked four times.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may")]

use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

const CONFIG: &str = "title: T\nbase_url: https://docs.example.test/\nvariables:\n  domain: { type: domain, default: example.com }\n  \
    name: { type: string, default: authelia }\nverify:\n  - { titles: [c.yml, c.toml, c.json], schema: schemas/c.json, mode: partial }\n";

const SCHEMA: &str = r#"{"type": "object", "additionalProperties": false, "properties": {
    "host": {"type": "string"}, "server": {"type": "object", "properties": {"port": {"type": "number"}}}}}"#;

/// Many variables in front of a fault, with fallbacks that are longer than what stands for them meanwhile.
const MANY: &str = "```yaml\na: '{{< sitevar name=\"domain\" >}}'\nb: '{{< sitevar name=\"domain\" >}}{{< sitevar name=\"domain\" >}}'\n\
    c: 👍 {{< sitevar name=\"domain\" >}}\nd: '{{< sitevar name=\"domain\" >}}'⟦: x\ne: {{< sitevar name=\"domain\" >}}\n```\n";

/// A value that is legal breaks the block at the second use of its variable, not at the first.
const LEGAL: &str = "```yaml\na: '{{< sitevar name=\"name\" >}}'\nb: '{{< sitevar name=\"domain\" >}}'\nc: ⟦{{< sitevar name=\"name\" >}}\n\
    d: '{{< sitevar name=\"name\" >}}'\n```\n";

const CASES: &[(&str, &str)] = &[
    // Where in Markdown.
    ("link-broken", "A ⟦[x](gone.md) b\n"),
    ("link-broken", "A\t⟦[x](gone.md) b\n"),
    ("link-broken", "👩‍🚀 é ⟦[x](gone.md) b\n"),
    ("link-broken", "- a\n  - b ⟦[x](gone.md) b\n"),
    ("link-broken", "- a\n\t- b ⟦[x](gone.md) b\n"),
    ("link-broken", "> a\n> > b ⟦[x](gone.md) b\n"),
    ("link-broken", "> a\nb ⟦[x](gone.md) b\n"),
    ("link-broken", "| a | b |\n|---|---|\n| 👍 | ⟦[x](gone.md) |\n"),
    ("link-broken", "| a | b |\n|---|---|\n| `\\|` | ⟦[x](gone.md) |\n"),
    ("link-broken", "> | a | b |\n> |---|---|\n> | c | ⟦[x](gone.md) |\n"),
    ("link-broken", "A ⟦[x][r] b\n\n[r]: gone.md\n"),
    ("link-broken", "A ⟦<a href=\"gone/\">x</a> b\n"),
    ("link-broken", "A[^1]\n\n[^1]: b ⟦[x](gone.md) b\n"),
    ("link-broken", "Term\n: b ⟦[x](gone.md) b\n"),
    ("link-broken", "## A ⟦[x](gone.md) b\n"),
    ("image-missing", "A ⟦![x](gone.png) b\n"),
    ("link-anchor", "## Here\n\nA ⟦[x](#hre) b\n"),
    ("link-redirected", "A 👍 ⟦[x](/old/)\n"),
    ("link-absolute", "A 👍 ⟦[x](https://docs.example.test/target/)\n"),
    ("id-duplicate", "<a id=\"x\"></a>\n\n⟦<a id=\"x\"></a>\n"),
    ("id-duplicate", "## A {#x}\n\n⟦## B {#x}\n"),
    ("csp-blocked", "A ⟦<b style=\"a:b\">c</b>\n"),
    ("slot-character", "A 👍 ⟦\u{100000}\n"),
    ("secret-like", "- `⟦ghp_16C7e42F292c6912E7710c838347Ae178B4a`\n"),
    ("variable-literal", "{{< sitevar name=\"domain\" >}} 👍 a.⟦example.com\n"),
    // Through shortcodes.
    ("link-broken", "{{< callout >}}\nA ⟦[x](gone.md) b\n{{< /callout >}}\n"),
    ("link-broken", "{{% callout %}}\nA ⟦[x](gone.md) b\n{{% /callout %}}\n"),
    (
        "link-broken",
        "{{< callout >}}\nA\n{{< details \"x\" >}}\n\n- B ⟦[x](gone.md) b\n{{< /details >}}\n{{< /callout >}}\n",
    ),
    ("link-broken", "{{< tabs >}}\n{{< tab \"x\" >}}\n\n> B 👍 ⟦[x](gone.md) b\n{{< /tab >}}\n{{< /tabs >}}\n"),
    ("link-broken", "1. a\n\n   {{< callout >}}\n   A ⟦[x](gone.md) b\n   {{< /callout >}}\n"),
    ("link-broken", "1. a\n\n   {{% callout %}}\n   A ⟦[x](gone.md) b\n   {{% /callout %}}\n"),
    ("link-broken", "> a\n>\n> {{< callout >}}A ⟦[x](gone.md) b{{< /callout >}}\n"),
    ("link-broken", "{{< sitevar name=\"domain\" >}} and ⟦[x](gone.md) b\n"),
    ("link-broken", "A ⟦[{{< sitevar name=\"domain\" >}}](gone.md) b\n"),
    ("image-missing", "⟦{{< figure src=\"gone.png\" >}}\n"),
    ("variable-unknown", "A {{< sitevar name=⟦\"nope\" nojs=\"x\" >}}\n"),
    ("variable-unknown", "```yaml\n  a: {{< sitevar name=⟦\"nope\" nojs=\"x\" >}}\n```\n"),
    ("variable-fallback", "{{< callout >}}\n> 👍 {{< sitevar name=\"domain\" nojs=⟦\"x.com\" >}}\n{{< /callout >}}\n"),
    ("shortcode-unknown", "{{< callout >}}\n- 👍 {{< ⟦nope >}}\n{{< /callout >}}\n"),
    ("shortcode-syntax", "A 👍 ⟦{{< callout \n"),
    ("shortcode-syntax", "A 👍 ⟦{{< details \"x\" >}} a\n"),
    ("include", "A\n\n{{< include file=⟦\"gone.txt\" >}}\n"),
    // In code blocks.
    ("code-language", "> - ```⟦nolang\n>   x\n>   ```\n"),
    ("block-syntax", "```yaml\na: 1\nb: ⟦[1, 2\nc: 3\n```\n"),
    ("block-syntax", "- x\n\n  ```yaml\n  a: 1\n  b: ⟦[1, 2\n  c: 3\n  ```\n"),
    ("block-syntax", "> x\n>\n> ```yaml\n> a: 👍\n> b: ⟦[1, 2\n> c: 3\n> ```\n"),
    ("block-syntax", "{{< callout >}}\n\n```yaml\na: 👍\nb: ⟦[1, 2\nc: 3\n```\n{{< /callout >}}\n"),
    ("block-syntax", "{{% callout %}}\n\n```yaml\na: 👍\nb: ⟦[1, 2\nc: 3\n```\n{{% /callout %}}\n"),
    (
        "block-syntax",
        "{{< tabs >}}\n{{< tab \"x\" >}}\n\n1. d\n\n   ```yaml\n   b: ⟦[1, 2\n   c: 3\n   ```\n{{< /tab >}}\n{{< /tabs >}}\n",
    ),
    ("block-syntax", "   ```yaml\n   a: 1\n   b: ⟦[1, 2\n   c: 3\n   ```\n"),
    ("block-syntax", "```yaml\na: '{{< sitevar name=\"domain\" >}}'\nb: ⟦[1, 2\nc: 3\n```\n"),
    ("block-syntax", MANY),
    ("block-syntax", LEGAL),
    ("block-syntax", "```json\n{\"👍\": \"{{< sitevar name=\"domain\" >}}\", \"b\": ⟦x}\n```\n"),
    ("block-syntax", "```toml\n[a]\nb = \"👍\"\nc = ⟦x\n```\n"),
    ("block-syntax", "```yaml\na: 1\nb: 2\n⟦a: 3\n```\n"),
    ("block-syntax", "```yaml\na:\n⟦\tb: 3\n```\n"),
    ("block-syntax", "```yaml\na: 1\n---\nb: ⟦'c\n```\n"),
    ("block-schema", "```yaml {title=\"c.yml\"}\nserver:\n  👍: 1\n⟦serve: 2\n```\n"),
    (
        "block-schema",
        "- ```yaml {title=\"c.yml\"}\n  host: '{{< sitevar name=\"domain\" >}}'\n  server:\n    port: ⟦'x'\n  ```\n",
    ),
    ("block-schema", "```toml {title=\"c.toml\"}\nhost = \"👍\"\n[server]\nport = ⟦\"x\"\n```\n"),
    ("block-schema", "```json {title=\"c.json\"}\n{ \"host\": \"👍\", ⟦\"serve\": 1 }\n```\n"),
    (
        "block-digest",
        "- ```yaml\n  a: '⟦$2y$04$abcdefghijklmnopqrstuuN8U3x8dH1mLQZ0rLyjZ4pRzVZ8mH5yC'  # The digest of 'password'\n  ```\n",
    ),
];

/// Writes the site, and returns the finding that each file has: code, line, column.
fn write(root: &Path, line_end: &str, bom: &str) -> BTreeMap<String, (String, u64, u64)> {
    for folder in ["content", "schemas"] {
        fs::create_dir_all(root.join(folder)).unwrap();
    }
    fs::write(root.join("guidegen.yaml"), CONFIG).unwrap();
    fs::write(root.join("schemas/c.json"), SCHEMA).unwrap();
    let target = "---\ntitle: T\naliases: [/old/]\n---\n{{< sitevar name=\"domain\" >}}\n";
    fs::write(root.join("content/target.md"), target).unwrap();
    let mut expected = BTreeMap::new();
    for (number, (code, body)) in CASES.iter().enumerate() {
        let text = format!("---\ntitle: Ünï {number}\n---\n\n{body}").replace('\n', line_end);
        let (before, _) = text.split_once('⟦').unwrap();
        let line = 1 + before.matches('\n').count() as u64;
        let column = 1 + before.rsplit('\n').next().unwrap().chars().count() as u64;
        let name = format!("content/{number:03}.md");
        fs::write(root.join(&name), bom.to_owned() + &text.replace('⟦', "")).unwrap();
        expected.insert(name, ((*code).to_owned(), line, column));
    }
    expected
}

fn check(root: &Path) -> BTreeMap<String, Vec<(String, u64, u64)>> {
    let output = assert_cmd::Command::cargo_bin("guidegen")
        .unwrap()
        .args(["check", "--no-cache", "--format", "json", "--root"])
        .arg(root)
        .env("XDG_CACHE_HOME", root.join("cache"))
        .output()
        .unwrap();
    let mut found: BTreeMap<String, Vec<(String, u64, u64)>> = BTreeMap::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let finding: Value = serde_json::from_str(line).unwrap();
        let place = (
            finding["code"].as_str().unwrap().to_owned(),
            finding["line"].as_u64().unwrap_or(0),
            finding["column"].as_u64().unwrap_or(0),
        );
        found.entry(finding["file"].as_str().unwrap_or("-").to_owned()).or_default().push(place);
    }
    found
}

#[test]
fn a_finding_points_at_the_authors_own_characters() {
    let mut wrong = String::new();
    for (line_end, bom) in [("\n", ""), ("\r\n", ""), ("\n", "\u{feff}"), ("\r\n", "\u{feff}")] {
        let folder = tempfile::tempdir().unwrap();
        let expected = write(folder.path(), line_end, bom);
        let mut found = check(folder.path());
        for (number, (file, place)) in expected.into_iter().enumerate() {
            let seen = found.remove(&file).unwrap_or_default();
            if seen != [place.clone()] {
                let guide = CASES[number].1;
                let _ = writeln!(wrong, "{line_end:?} {bom:?} {guide:?}: found {seen:?}, expected {place:?}");
            }
        }
        assert!(found.is_empty(), "{found:?}");
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn the_same_text_in_two_tabs_is_told_in_each() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("content")).unwrap();
    let tab = "{{< tab \"x\" >}}\n[x](gone.md)\n{{< /tab >}}\n";
    fs::write(
        folder.path().join("content/a.md"),
        format!("---\ntitle: A\n---\n{{{{< tabs >}}}}\n{tab}{tab}{{{{< /tabs >}}}}\n"),
    )
    .unwrap();
    let found = check(folder.path());
    let lines: Vec<u64> = found["content/a.md"].iter().map(|(_, line, _)| *line).collect();
    assert_eq!(lines, [6, 9]);
}
