//! The sites that the browser tests read.

use super::golden;
use super::server::{self, Files};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Mutex;

pub const CONFIG: &str = r#"
id: sample
title: Sample
links: LINKS
markdown: { html: allow }
variables:
  domain: { type: domain, default: example.com, label: Domain, help: The domain of all services., group: General }
  sub: { type: label, default: auth, label: Subdomain, group: General }
  tls: { type: boolean, default: true, text: { true: https, false: http }, label: TLS, group: Proxy }
  port: { type: port, default: 9091, min: 1024, label: Port, group: Proxy }
  size: { type: choice, default: s, label: Size, options: [ { value: s, label: Small }, { value: l, label: Large } ] }
  note: { type: string, default: nothing, label: Note }
  name: { type: string, default: app, label: Name, pattern: "[a-z]+", pattern_help: Lower-case letters }
  secret: { type: secret, default: insecure_secret, label: Client secret, length: 40, alphabet: hex }
  other: { type: hostname, default: localhost, label: Elsewhere }
  title: { type: boolean, default: true, label: Heading, group: Extra }
computed:
  url: "{tls}://{sub}.{domain}/"
  digest: "{secret|pbkdf2-sha512}"
  odd: "{tls}://{note}.example.net/"
"#;

const GUIDE: &str = r#"---
title: Guide
---

Your domain is {{< sitevar name="domain" >}}, {{< sitevar name="domain" format="regex" >}}, {{< sitevar name="domain" format="dn" >}}.
{{< sitevar name="tls" >}} {{< sitevar name="port" >}} {{< sitevar name="note" >}} {{< sitevar name="url" >}} {{< sitevar name="size" >}}
{{< sitevar name="nosuch" nojs="unknown" >}}

{{< sitevar-preferences >}}

[link](https://{{< sitevar name="sub" >}}.{{< sitevar name="domain" >}}/x) [note](https://example.org/{{< sitevar name="note" >}})
<a id="loose" href="{{< sitevar name="note" >}}">loose</a> <a id="whole" href="{{< sitevar name="url" >}}login">whole</a>
<a id="host" href="https://{{< sitevar name="note" >}}.example.net/">host</a>
<a id="rooted" href="/{{< sitevar name="note" >}}">rooted</a> <a id="odd" href="{{< sitevar name="odd" >}}x">odd</a>
<img id="picture" width="24" height="24" src="/{{< sitevar name="name" >}}.svg" alt="of {{< sitevar name="domain" >}}">

{{< sitevar-preferences >}}

```yaml {title="{{< sitevar name="name" >}}.yml"}
domain: '{{< sitevar name="domain" >}}'
single: '{{< sitevar name="note" >}}'
double: "{{< sitevar name="note" >}}"
secret: '{{< sitevar name="digest" >}}'
plain: {{< sitevar name="secret" >}}
```

```console
$ curl https://{{< sitevar name="domain" >}}/
a long answer from {{< sitevar name="sub" >}}
```
"#;

const OWN: &str = "---\ntitle: Own\nvariables:\n  app: { type: string, default: grafana, label: App }\n---\n{{< sitevar name=\"app\" >}} {{< sitevar name=\"domain\" >}}\n";

const PICTURE: &str =
    r#"<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24"><circle cx="12" cy="12" r="9"/></svg>"#;

/// A site of these guides.
pub fn build(config: &str, guides: &[(&str, &str)]) -> Files {
    build_baked(config, guides, Vec::new())
}

/// A site of these guides with values baked in.
pub fn build_baked(config: &str, guides: &[(&str, &str)], baked: Vec<(String, Value)>) -> Files {
    let mut files = BTreeMap::from([
        ("guidegen.yaml".to_owned(), config.as_bytes().to_vec()),
        ("static/app.svg".to_owned(), PICTURE.as_bytes().to_vec()),
        ("static/web.svg".to_owned(), PICTURE.as_bytes().to_vec()),
    ]);
    for (path, text) in guides {
        files.insert(format!("content/{path}"), text.as_bytes().to_vec());
    }
    let bundle = golden::build_baked(&files, baked);
    assert!(!bundle.artifacts.is_empty(), "{}", golden::findings(&bundle.diagnostics));
    server::files(&bundle)
}

/// Guides with all that a variable can be in: `/guide/`, and `/own/` and `/second/` with a variable of their own.
pub fn site(links: &str) -> Files {
    static BUILT: Mutex<BTreeMap<String, Files>> = Mutex::new(BTreeMap::new());
    let mut built = BUILT.lock().unwrap();
    built.entry(links.to_owned()).or_insert_with(|| build_site(links)).clone()
}

fn build_site(links: &str) -> Files {
    let second = OWN.replace("title: Own", "title: Second");
    build(
        &CONFIG.replace("LINKS", links),
        &[
            ("_index.md", "---\ntitle: Home\n---\nNothing.\n"),
            ("guide.md", GUIDE),
            ("own.md", OWN),
            ("second.md", &second),
        ],
    )
}

/// One page with 200 variables, in 40 blocks and as many paragraphs.
#[allow(dead_code, reason = "the tests of painting use it")]
pub fn large() -> Files {
    let mut config = "id: large\ntitle: Large\nvariables:\n".to_owned();
    let mut guide = "---\ntitle: Large\n---\n".to_owned();
    for block in 0..40 {
        guide.push_str("\n```yaml\n");
        for number in 0..5 {
            let name = format!("v{}", block * 5 + number);
            let _ = writeln!(config, "  {name}: {{ type: domain, default: {name}.example.com }}");
            let _ = writeln!(guide, "key{number}: '{{{{< sitevar name=\"{name}\" >}}}}' # of {name}");
        }
        let _ = write!(guide, "```\n\nText with {{{{< sitevar name=\"v{block}\" >}}}} in it.\n");
    }
    build(&config, &[("large.md", &guide)])
}

/// What the browser keeps for the sample when it holds `values`, a JSON object.
pub fn kept(values: &str) -> String {
    format!("localStorage.setItem('guidegen:sample', JSON.stringify({{ version: 1, values: {values} }}))")
}

/// The texts of every place of `name` on the page, and whether all of them are marked as the reader's.
pub fn shown(name: &str) -> String {
    format!(
        "((all) => all.map((e) => e.textContent).join(' ') + (all.every((e) => e.matches('[data-sitevar-set]')) ? ' (set)' : ''))([...document.querySelectorAll('main [data-sitevar=\"{name}\"]')])"
    )
}

pub const VALUES: &str = "JSON.stringify((JSON.parse(localStorage.getItem('guidegen:sample')) || {}).values)";
