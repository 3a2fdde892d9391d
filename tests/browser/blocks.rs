//! What leaves a code block: the text to paste, and the file under its name.

use super::{chromium, sample, server};
use serde_json::json;

const CONFIG: &str = "id: blocks\ntitle: Blocks\nvariables:\n  domain: { type: domain, default: example.com }\n  name: { type: string, default: app }\n";

const GUIDE: &str = r#"---
title: Blocks
---

```yaml {linenos=true hl_lines="2"}
one: 1
two: '{{< sitevar name="domain" >}}'
```

```console
$ curl https://{{< sitevar name="domain" >}}/ \
>   --verbose
an answer of {{< sitevar name="domain" >}}
# reboot
```

```yaml {diff=true}
 kept: 1
-old: 2
+new: '{{< sitevar name="domain" >}}'
```

```yaml {title="{{< sitevar name="name" >}}.yml"}
a: 1
```

```yaml {title="conf/{{< sitevar name="name" >}}"}
b: 1
```
"#;

#[test]
fn numbers_prompts_output_and_what_is_removed_are_not_copied() {
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(sample::build(CONFIG, &[("guide.md", GUIDE)]));
    let page = browser.page();
    page.before("Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (text) => { window.copied = text; } } })");
    page.open(&address);
    page.eval("localStorage.setItem('guidegen:blocks', JSON.stringify({ version: 1, values: { domain: 'a.test' } }))");
    page.open(&format!("{address}/guide/"));
    for (number, wanted) in [
        "one: 1\ntwo: 'a.test'\n",
        "curl https://a.test/ \\\n  --verbose\nreboot\n",
        "kept: 1\nnew: 'a.test'\n",
        "a: 1\n",
    ]
    .into_iter()
    .enumerate()
    {
        page.eval(&format!(
            "window.copied = null, document.querySelectorAll('figure.code')[{number}].querySelector('.code-tool:last-child').click()"
        ));
        page.wait("window.copied !== null");
        assert_eq!(page.text("copied"), wanted, "block {number}");
    }
    page.assert_clean("copies");
}

#[test]
fn a_file_is_saved_under_a_name_that_no_value_can_turn_into_something_else() {
    let Some(browser) = chromium::browser() else { return };
    let address = server::serve(sample::build(CONFIG, &[("guide.md", GUIDE)]));
    let page = browser.page();
    page.before("URL.createObjectURL = () => 'blob:x'; HTMLAnchorElement.prototype.click = function () { window.savedAs = this.download; }");
    page.open(&address);
    let long = "x".repeat(2000);
    for (value, names) in [
        ("web", ["web.yml", "file.txt"]),
        ("web.conf", ["web.conf.yml", "web.conf"]),
        ("../../etc/passwd", ["passwd.yml", "file.txt"]),
        ("..\\..\\win.ini", ["win.ini.yml", "win.ini"]),
        ("..", ["file.txt", "file.txt"]),
        ("...", ["file.txt", "file.txt"]),
        ("/", [".yml", "file.txt"]),
        ("a:b|c", ["file.txt", "file.txt"]),
        ("a b.sh", ["file.txt", "file.txt"]),
        (&long, ["file.txt", "file.txt"]),
        (".env", [".env.yml", ".env"]),
        ("ü.conf", ["ü.conf.yml", "ü.conf"]),
    ] {
        let kept = json!({ "version": 1, "values": { "name": value } }).to_string();
        page.eval(&format!("localStorage.setItem('guidegen:blocks', {})", json!(kept)));
        page.reload();
        page.open(&format!("{address}/guide/"));
        assert_eq!(page.text("document.querySelectorAll('figcaption')[0].textContent"), format!("{value}.yml"));
        for (number, name) in names.iter().enumerate() {
            // A block whose title is no file's name has no button for it: what a value makes of it counts when it is saved.
            let pressed = page.eval(&format!(
                "window.savedAs = null, ((b) => b && (b.click(), true))([...document.querySelectorAll('figure.code')].filter((f) => f.querySelector('figcaption'))[{number}].querySelector('.code-tool:first-child:not(.code-wrap):not(:last-child)'))"
            ));
            let saved = page.eval("window.savedAs");
            let none = pressed.is_null() && *name == "file.txt";
            assert!(none || saved == json!(name), "{value}: {saved} and not {name}");
        }
    }
    // A name that a value spoils while the page is open.
    let kept = json!({ "version": 1, "values": { "name": "fine" } }).to_string();
    page.eval(&format!("localStorage.setItem('guidegen:blocks', {})", json!(kept)));
    page.open(&format!("{address}/guide/"));
    page.click("header [data-sitevar-open]");
    page.fill("#Sitevar-name", "..");
    page.key("Enter");
    page.wait("!document.querySelector('dialog')");
    page.eval("[...document.querySelectorAll('figure.code')].find((f) => f.querySelector('figcaption')).querySelector('.code-tool').click()");
    page.wait("window.savedAs === 'file.txt'");
    page.assert_clean("names");
}
