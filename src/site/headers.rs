//! `_headers`, for hosts that read it: what browsers may load, how they treat the site, what they may keep for good.

use super::artifact::{Artifact, Kind};
use super::redirects::ended;
use crate::input::config::Config;
use std::fmt::Write as _;

/// The name of the header that says what a page may load.
const POLICY: &str = "Content-Security-Policy";

/// What is in every page's policy, unless the configuration widens it.
const DEFAULT: &[(&str, &[&str])] = &[
    ("default-src", &["'self'"]),
    ("object-src", &["'none'"]),
    ("base-uri", &["'self'"]),
    ("form-action", &["'self'"]),
    ("frame-ancestors", &["'none'"]),
];

/// What the search needs: it is a program of WebAssembly.
const SEARCH: &str = "script-src 'wasm-unsafe-eval'";

/// Other headers of every page.
const OTHERS: &[(&str, &str)] =
    &[("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "strict-origin-when-cross-origin")];

/// A Content-Security-Policy: directives and their sources, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy(Vec<(String, Vec<String>)>);

impl Policy {
    /// The policy of the site: the default one, widened by the one that `headers` of the configuration has for `/*`.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        let strings = |sources: &[&str]| sources.iter().map(|source| (*source).to_owned()).collect();
        let mut policy = Self(DEFAULT.iter().map(|(name, sources)| ((*name).to_owned(), strings(sources))).collect());
        if config.search {
            policy.widen(SEARCH);
        }
        for rule in config.headers.iter().filter(|rule| rule.path == "/*") {
            for (name, value) in &rule.values {
                if name.eq_ignore_ascii_case(POLICY) {
                    policy.widen(value);
                }
            }
        }
        policy
    }

    /// Takes in every source of `policy`. A directive that was not there starts with what `default-src` allows, so that
    /// naming one more host never forbids the site itself.
    fn widen(&mut self, policy: &str) {
        for directive in policy.split(';') {
            let mut words = directive.split_ascii_whitespace().map(str::to_owned);
            let Some(name) = words.next().map(|name| name.to_ascii_lowercase()) else { continue };
            let at = self.0.iter().position(|(known, _)| *known == name).unwrap_or_else(|| {
                let start = if name.ends_with("-src") { self.sources("default-src") } else { Vec::new() };
                self.0.push((name, start));
                self.0.len() - 1
            });
            let Some((_, sources)) = self.0.get_mut(at) else { continue };
            for source in words {
                if source != "'none'" && !sources.contains(&source) {
                    sources.retain(|known| known != "'none'");
                    sources.push(source);
                }
            }
        }
    }

    fn sources(&self, name: &str) -> Vec<String> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, sources)| sources.clone()).unwrap_or_default()
    }

    /// As the header has it.
    #[must_use]
    pub fn header(&self) -> String {
        self.written(&[])
    }

    /// As a `<meta>` element has it: without the directives that only a header can have.
    #[must_use]
    pub fn meta(&self) -> String {
        self.written(&["frame-ancestors", "report-uri", "report-to", "sandbox"])
    }

    fn written(&self, without: &[&str]) -> String {
        let kept = self.0.iter().filter(|(name, _)| !without.contains(&name.as_str()));
        let directives = kept.map(|(name, sources)| {
            let sources: String = sources.iter().map(|source| format!(" {source}")).collect();
            format!("{name}{sources}")
        });
        directives.collect::<Vec<_>>().join("; ")
    }
}

/// `_headers`: the author's own rules (`author`), then the site's, then the configuration's. `immutable` are paths of
/// files whose names change with their contents, as `_headers` writes them: `/assets/*`.
#[must_use]
pub fn headers(config: &Config, immutable: &[String], author: Option<&str>) -> Artifact {
    let mut text = author.map(ended).unwrap_or_default();
    let base = config.base_path();
    let own: Vec<&(String, String)> =
        config.headers.iter().filter(|rule| rule.path == "/*").flat_map(|rule| &rule.values).collect();
    let says = |name: &str| own.iter().any(|(own, _)| own.eq_ignore_ascii_case(name));
    let _ = writeln!(text, "{base}/*\n  {POLICY}: {}", Policy::of(config).header());
    for (name, value) in OTHERS.iter().filter(|(name, _)| !says(name)) {
        let _ = writeln!(text, "  {name}: {value}");
    }
    for (name, value) in own.iter().filter(|(name, _)| !name.eq_ignore_ascii_case(POLICY)) {
        let _ = writeln!(text, "  {}: {}", safe(name), safe(value));
    }
    for path in immutable {
        let _ = writeln!(text, "{base}{path}\n  Cache-Control: public, max-age=31536000, immutable");
    }
    for rule in config.headers.iter().filter(|rule| rule.path != "/*") {
        let _ = writeln!(text, "{base}{}", safe(&rule.path));
        for (name, value) in &rule.values {
            let _ = writeln!(text, "  {}: {}", safe(name), safe(value));
        }
    }
    Artifact::new("_headers", Kind::Summary, text)
}

/// A value on its one line: a line break would start another header.
fn safe(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Site, text};
    use super::*;
    use crate::input::config::HeaderRule;

    fn rule(path: &str, name: &str, value: &str) -> HeaderRule {
        HeaderRule { path: path.into(), values: vec![(name.into(), value.into())] }
    }

    #[test]
    fn the_policy_is_strict_and_can_be_widened() {
        let mut config = Site::new().config;
        let default = "default-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; \
                       frame-ancestors 'none'; script-src 'self' 'wasm-unsafe-eval'";
        assert_eq!(Policy::of(&config).header(), default);
        config.search = false;
        let strict = "default-src 'self'; object-src 'none'; \
                      base-uri 'self'; form-action 'self'";
        assert_eq!(Policy::of(&config).meta(), strict);
        assert_eq!(Policy::of(&config).header(), format!("{strict}; frame-ancestors 'none'"));
        let policy = "frame-src https://video.test; IMG-SRC https://img.test; frame-ancestors https://a.test; x-thing";
        config.headers = vec![rule("/*", "content-security-policy", policy)];
        assert_eq!(
            Policy::of(&config).header(),
            "default-src 'self'; object-src 'none'; base-uri 'self'; \
             form-action 'self'; frame-ancestors https://a.test; frame-src 'self' https://video.test; img-src 'self' \
             https://img.test; x-thing"
        );
    }

    #[test]
    fn the_author_s_headers_come_first_and_values_stay_on_their_lines() {
        let mut config = Site::new().config;
        config.headers = vec![rule("/*", "Referrer-Policy", "no-referrer"), rule("/x/*", "X-A", "b\n  X-Evil: 1")];
        let made = text(&headers(&config, &["/assets/*".to_owned()], Some("/own\n  X-B: c")));
        assert!(made.starts_with("/own\n  X-B: c\n/*\n  Content-Security-Policy: default-src 'self';"), "{made}");
        assert!(made.contains("/assets/*\n  Cache-Control: public, max-age=31536000, immutable\n"), "{made}");
        assert_eq!(made.matches("Referrer-Policy").count(), 1);
        assert!(made.ends_with("/x/*\n  X-A: b   X-Evil: 1\n"), "{made}");
    }
}
