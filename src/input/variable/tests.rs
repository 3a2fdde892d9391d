//! Declarations, computed variables, baking and the browser's object, from the YAML that authors write.

use super::*;
use crate::base::Source;
use serde_json::json;

fn yaml(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap()
}

/// The findings of a declaration list and of computed ones: the path that was asked for and the message, and the help.
fn findings(variables: &str, computed: &str) -> Vec<(String, String, Option<String>)> {
    let spans = |path: &[&str]| Some(Place::file(path.join("/")));
    let (_, diagnostics) = Variables::load(&yaml(variables), &yaml(computed), &spans, Code::Config);
    diagnostics.into_iter().map(|d| (d.place.unwrap().file.to_string(), d.message, d.help.map(Into::into))).collect()
}

fn paths(variables: &str, computed: &str) -> Vec<String> {
    findings(variables, computed).into_iter().map(|(path, ..)| path).collect()
}

fn load(variables: &str, computed: &str) -> Variables {
    let (variables, diagnostics) = Variables::load(&yaml(variables), &yaml(computed), &|_| None, Code::Config);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    variables
}

const SITE: &str = "
domain: { type: domain, default: example.com, label: Domain, help: The domain., group: General }
sub: { type: label, default: auth }
port: { type: port, default: 9091, min: 1, max: 65535 }
tls: { type: boolean, default: false, text: { true: https, false: http } }
size: { type: choice, default: 2, options: [1, { value: 2, label: Two }] }
ratio: { type: number, default: 1.50 }
name: { default: x, pattern: '[a-z]+', pattern_help: Small letters. }
client-secret: { type: secret, default: insecure_secret, alphabet: hex, length: 64 }
";

#[test]
fn what_authors_write_is_read() {
    let site = load(SITE, "{ url: '{tls}://{sub}.{domain}:{port}/' }");
    assert_eq!(
        site.names().collect::<Vec<_>>(),
        ["domain", "sub", "port", "tls", "size", "ratio", "name", "client-secret", "url"]
    );
    let texts: Vec<_> = site.iter().map(|variable| site.fallback(&variable.name).unwrap()).collect();
    assert_eq!(texts, ["example.com", "auth", "9091", "http", "2", "1.5", "x", "insecure_secret"]);
    assert_eq!(site.fallback("url").as_deref(), Some("http://auth.example.com:9091/"));
    assert_eq!(site.fallback("nope"), None);
    assert_eq!(site.get("size").unwrap().options[1], Choice { value: "2".into(), label: "Two".into() });
    assert_eq!(site.get("client-secret").unwrap().alphabet, "0123456789abcdef");
    assert!(load("~", "~").is_empty());
}

#[test]
fn every_slip_is_said_at_its_place() {
    let wrong = |declaration: &str| paths(&format!("{{ v: {declaration} }}"), "~");
    assert_eq!(wrong("{ type: domian, default: example.com }"), ["variables/v/type"]);
    assert_eq!(wrong("{ type: domain }"), ["variables/v"]);
    assert_eq!(wrong("{ type: domain, default: example }"), ["variables/v/default"]);
    assert_eq!(wrong("{ type: string, default: 1.10 }"), ["variables/v/default"]);
    assert_eq!(wrong("{ default: x, lable: V }"), ["variables/v/lable"]);
    assert_eq!(wrong("{ default: x, min: 1 }"), ["variables/v/min"]);
    assert_eq!(wrong("{ default: x, label: [] }"), ["variables/v/label"]);
    assert_eq!(wrong("{ type: port, default: 1, min: 9, max: 2 }"), ["variables/v/min"]);
    assert_eq!(wrong("{ type: port, default: 1, min: 9 }"), ["variables/v/default"]);
    assert_eq!(wrong("{ type: boolean, default: false, text: { true: x } }"), ["variables/v/text"]);
    assert_eq!(wrong("{ type: boolean, default: https, text: { true: https, false: http } }"), ["variables/v/default"]);
    assert_eq!(wrong("{ type: choice, default: a }"), ["variables/v"]);
    assert_eq!(wrong("{ type: choice, default: a, options: [b] }"), ["variables/v/default"]);
    assert_eq!(
        wrong("{ type: choice, default: a, options: [a, a, [], { label: x }] }"),
        ["variables/v/options/1", "variables/v/options/2", "variables/v/options/3"]
    );
    assert_eq!(wrong("{ default: a, pattern: '(a' }"), ["variables/v/pattern"]);
    assert_eq!(wrong("{ default: b, pattern: 'a' }"), ["variables/v/default"]);
    assert_eq!(wrong("{ default: b, pattern_help: 'a' }"), ["variables/v/pattern_help"]);
    assert_eq!(
        wrong("{ type: secret, default: x, length: 3, alphabet: abc }"),
        ["variables/v/length", "variables/v/alphabet"]
    );
    assert_eq!(wrong("example.com"), ["variables/v"]);
    assert_eq!(paths("[a]", "[b]"), ["variables", "computed"]);
    assert_eq!(
        paths("{ '1a': { default: x }, __proto__: { default: x } }", "{ 'a b': x }"),
        ["variables/1a", "variables/__proto__", "computed/a b"]
    );
    assert_eq!(
        findings("{ v: { type: domian, default: example.com } }", "~")[0].2.as_deref(),
        Some("did you mean `domain`?")
    );
}

#[test]
fn computed_names_are_known_and_come_to_an_end() {
    let wrong = |computed: &str| findings(SITE, computed);
    let unknown = wrong("{ url: 'https://{domian}/' }");
    assert_eq!((unknown[0].0.as_str(), unknown[0].2.as_deref()), ("computed/url", Some("did you mean `domain`?")));
    let cycle = wrong("{ x: '{a}', a: '{b}', b: '{c|upper}{domain}', c: '{a}', self: '{self}' }");
    assert_eq!(cycle.iter().map(|(path, ..)| path.as_str()).collect::<Vec<_>>(), ["computed/a", "computed/self"]);
    assert!(cycle[0].1.contains("a → b → c → a"), "{}", cycle[0].1);
    assert_eq!(wrong("{ domain: x }")[0].0, "computed/domain");
    assert_eq!(wrong("{ a: '{domain|regexp}' }")[0].2.as_deref(), Some("did you mean `regex`?"));
    assert_eq!(wrong("{ a: '{domain' }").len(), 1);
    assert_eq!(wrong("{ a: [] }").len(), 1);
    for digest in
        ["{domain|pbkdf2-sha512}", "{client-secret|upper|pbkdf2-sha512}", "{client-secret|pbkdf2-sha512|upper}"]
    {
        assert_eq!(wrong(&format!("{{ a: '{digest}' }}")).len(), 1, "{digest}");
    }
}

#[test]
fn chains_that_would_explode_are_refused() {
    let doubling: serde_json::Map<_, _> = (0..30)
        .map(|n| (format!("c{}", n + 1), json!(format!("{{c{n}}}{{c{n}}}"))))
        .chain([("c0".into(), json!("{domain}"))])
        .collect();
    let (variables, diagnostics) = Variables::load(&yaml(SITE), &Value::Object(doubling), &|_| None, Code::Config);
    assert_eq!(diagnostics.len(), 1);
    assert!(variables.contains("c9") && !variables.contains("c10"));
    let long: serde_json::Map<_, _> = (0..20_000)
        .map(|n| (format!("c{}", n + 1), json!(format!("{{c{n}}}"))))
        .chain([("c0".into(), json!("{domain}"))])
        .collect();
    let (variables, diagnostics) = Variables::load(&yaml(SITE), &Value::Object(long), &|_| None, Code::Config);
    assert_eq!(diagnostics.len(), 1, "what leans on the one that is too deep is not said again");
    assert_eq!(variables.fallback("c31").as_deref(), Some("example.com"));
}

#[test]
fn a_digest_of_a_secret_is_that_of_its_placeholder() {
    let site = load(SITE, "{ digest: '{client-secret|pbkdf2-sha512}' }");
    let digest = site.fallback("digest").unwrap();
    assert!(digest.starts_with("$pbkdf2-sha512$310000$"), "{digest}");
    assert_eq!(site.filtered("client-secret", &[Filter::Pbkdf2Sha512]).as_ref(), Some(&digest), "made once");
    assert_eq!(site.browser_json()["computed"]["digest"], json!("{client-secret|pbkdf2-sha512}"));
}

#[test]
fn baking_takes_legal_values_of_declared_variables() {
    let mut site = load(SITE, "{ url: '{tls}://{sub}.{domain}/', rx: '{domain|regex}' }");
    let refused = |name: &str, value: &str| site.clone().bake(name, value).unwrap_err();
    assert!(refused("domian", "a.b").contains("did you mean `domain`"));
    assert!(refused("tls", "https").contains("`https` is only the text of `true`"));
    assert!(refused("url", "x").contains("`tls`, `sub`, `domain`"));
    assert!(refused("client-secret", "x").contains("secret"));
    assert!(refused("port", "0").contains("1 to 65535"));
    assert!(refused("name", "A").contains("Small letters."));
    site.bake("domain", "example.co.uk").unwrap();
    assert!(site.is_baked("domain") && site.is_baked("rx") && !site.is_baked("url"));
    assert_eq!(site.fallback("rx").as_deref(), Some(r"example\.co\.uk"));
    let browser = site.browser_json();
    assert_eq!(browser["computed"], json!({ "url": "{tls}://{sub}.example.co.uk/" }));
    assert!(browser["variables"].get("domain").is_none());
    site.bake_value("tls", &json!(true)).unwrap();
    site.bake_value("port", &json!(443)).unwrap();
    site.bake_value("ratio", &json!(0.5)).unwrap();
    assert!(site.bake_value("name", &json!(1.5)).is_err());
    assert!(site.bake_value("name", &json!([])).is_err());
    site.bake("sub", "sso").unwrap();
    assert_eq!(site.fallback("url").as_deref(), Some("https://sso.example.co.uk/"));
    assert!(site.is_baked("url"));
    assert!(site.browser_json().get("computed").is_none());
}

#[test]
fn the_variables_of_a_guide_stay_its_own() {
    let source = Source::new("content/a.md", "x");
    let site = load(SITE, "{ url: '{domain}' }");
    let spans = |_: &[&str]| Some(source.place(crate::base::Span::new(0, 1)));
    let (guide, diagnostics) = site.with_local(
        &yaml("{ realm: { default: home }, domain: { default: x }, url: { default: x }, bad: 1 }"),
        &spans,
        "/a/",
    );
    let codes: Vec<_> = diagnostics.iter().map(|d| (d.code, d.message.as_str())).collect();
    assert_eq!(codes.len(), 3);
    assert!(codes.iter().all(|(code, _)| *code == Code::FrontMatter));
    assert_eq!(guide.get("domain").unwrap().default, "example.com");
    assert_eq!(guide.get("realm").unwrap().scope.as_deref(), Some("/a/"));
    assert!(!site.contains("realm"));
    assert_eq!(
        guide.browser_json()["local"],
        json!({ "address": "/a/", "variables": { "realm": { "type": "string", "default": "home" } } })
    );
    assert!(guide.browser_json()["variables"].get("realm").is_none());
    assert_eq!(site.local_json(), None);
}

#[test]
fn the_browser_gets_what_it_needs_and_no_more() {
    let browser = load(SITE, "~").browser_json();
    assert_eq!(browser["version"], 1);
    assert_eq!(
        browser["variables"]["domain"],
        json!({ "type": "domain", "default": "example.com", "label": "Domain", "help": "The domain.", "group": "General" })
    );
    assert_eq!(browser["variables"]["port"], json!({ "type": "port", "default": "9091", "min": 1, "max": 65535 }));
    assert_eq!(
        browser["variables"]["tls"],
        json!({ "type": "boolean", "default": "false", "text": { "true": "https", "false": "http" } })
    );
    assert_eq!(browser["variables"]["size"]["options"], json!([{ "value": "1" }, { "value": "2", "label": "Two" }]));
    assert_eq!(
        browser["variables"]["name"]["pattern"],
        json!({ "bounds": [97, 123], "columns": [-1, 0, -1], "width": 1, "next": [1, 1], "accept": [1] })
    );
    assert_eq!(browser["variables"]["name"]["patternHelp"], "Small letters.");
    let silent = load("{ v: { default: x, pattern: '[a-z]+' } }", "~").browser_json();
    assert_eq!(silent["variables"]["v"]["source"], "[a-z]+");
    assert_eq!(browser["variables"]["client-secret"]["length"], 64);
    assert!(browser.get("computed").is_none() && browser.get("local").is_none());
}
