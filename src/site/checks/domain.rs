//! Domains that are not reserved for examples, where a site asks for that (`example-domain`).
//!
//! A guide links to the pages of products, and those links are meant. What stands in a configuration block is an
//! example, so only blocks are looked at, and in them only what is an address by its form.

use crate::base::{Code, Diagnostic, Span};
use crate::input::config::Config;
use crate::input::guide::Guide;
use crate::page::fence::Verify;
use crate::page::rendered::Rendered;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// An address with a scheme, or the part of an e-mail address behind its `@`.
static HOST: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:\b[a-z][a-z0-9+.-]*://(?:[^\s/@'\x22]*@)?|[a-z0-9._%+-]@)((?:[a-z0-9-]+\.)+[a-z]{2,})").ok()
});

/// What RFC 2606 and RFC 6761 reserve, and what never leaves a network (RFC 6762, RFC 8375).
const RESERVED: &[&str] = &[
    "example.com",
    "example.net",
    "example.org",
    "example",
    "test",
    "invalid",
    "localhost",
    "local",
    "internal",
    "home.arpa",
];

/// The findings about one guide; none unless the configuration asks for them.
#[must_use]
pub fn check(config: &Config, guide: &Guide, rendered: &Rendered) -> Vec<Diagnostic> {
    if !matches!(config.checks.get(&Code::ExampleDomain), Some(Some(_))) {
        return Vec::new();
    }
    let blocks = rendered.blocks.iter().filter(|block| block.verify != Verify::Off);
    let found = blocks.flat_map(|block| {
        foreign(&block.text).into_iter().map(|range| {
            let domain = block.text.get(range.clone()).unwrap_or_default();
            let span = block.origins.locate(Span::new(range.start, range.end));
            Diagnostic::new(Code::ExampleDomain, format!("`{domain}` is not reserved for examples"))
                .at(guide.source.place(span))
                .help("write a name below `example.com`, or an exception if this very host is meant")
        })
    });
    found.collect()
}

/// Where the domains stand that somebody may own.
fn foreign(text: &str) -> Vec<Range<usize>> {
    let Some(pattern) = &*HOST else { return Vec::new() };
    let hosts = pattern.captures_iter(text).filter_map(|found| found.get(1));
    hosts.filter(|host| !is_reserved(host.as_str())).map(|host| host.range()).collect()
}

/// Whether a name is reserved, or below one that is.
#[must_use]
pub fn is_reserved(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    RESERVED.iter().any(|name| host.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_somebody_may_own_are_told_from_reserved_ones() {
        let found = |text: &'static str| foreign(text).into_iter().map(|range| &text[range]).collect::<Vec<_>>();
        assert_eq!(
            found("a: https://auth.mycompany.com/x, b: ldap://dc.corp.io:389"),
            ["auth.mycompany.com", "dc.corp.io"]
        );
        assert_eq!(found("john@contoso.com and john@mail.example.com"), ["contoso.com"]);
        assert!(
            found("https://a.example.com http://x.test smtp://mail.local config.yml 10.0.0.1 image:v1.2").is_empty()
        );
        assert!(!is_reserved("myexample.com") && is_reserved("example.com") && is_reserved("a.TEST."));
    }
}
