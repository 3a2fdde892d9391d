//! Inline scripts and styles of guides that the Content-Security-Policy of the site blocks.

use crate::base::{Code, Diagnostic};
use crate::input::config::RawHtml;
use crate::input::guide::Guide;
use crate::page::rendered::Rendered;
use crate::page::scope::Inline;
use crate::site::whole::Site;

/// The findings about one guide.
#[must_use]
pub fn check(site: &Site, guide: &Guide, rendered: &Rendered) -> Vec<Diagnostic> {
    if rendered.inline.is_empty() || site.config.raw_html != RawHtml::Allow {
        return Vec::new();
    }
    let scripts = allows_inline(&site.policy, "script-src");
    let styles = allows_inline(&site.policy, "style-src");
    let blocked = rendered.inline.iter().filter(|used| match used.what {
        Inline::Script | Inline::Handler => !scripts,
        Inline::Style | Inline::StyleAttribute => !styles,
    });
    let finding = |used: &crate::page::scope::InlineUse| {
        let (what, help) = match used.what {
            Inline::Script => ("inline script", "put it into a file in static/, and name it by `src`"),
            Inline::Handler => ("script in an attribute", "put it into a file in static/ that adds it as a listener"),
            Inline::Style => ("inline style sheet", "put it into static/custom.css"),
            Inline::StyleAttribute => {
                ("`style` attribute", "give the element a class, and style that in static/custom.css")
            }
        };
        Diagnostic::new(
            Code::CspBlocked,
            format!("browsers do not obey this {what}: the Content-Security-Policy blocks it"),
        )
        .at(guide.source.place(used.span))
        .help(format!("{help}; or widen the policy by `headers` of the configuration"))
    };
    blocked.map(finding).collect()
}

/// Whether a policy lets inline code of a kind be.
fn allows_inline(policy: &str, directive: &str) -> bool {
    let find = |name: &str| {
        let mut directives = policy.split(';').map(str::split_whitespace);
        directives.find_map(|mut words| (words.next()? == name).then(|| words.collect::<Vec<_>>()))
    };
    match find(directive).or_else(|| find("default-src")) {
        Some(sources) => sources.contains(&"'unsafe-inline'"),
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_says_what_it_allows() {
        assert!(!allows_inline("default-src 'self'; img-src *", "style-src"));
        assert!(allows_inline("default-src 'self'; style-src 'self' 'unsafe-inline'", "style-src"));
        assert!(!allows_inline("default-src 'self'; style-src 'self' 'unsafe-inline'", "script-src"));
        assert!(allows_inline("img-src *", "script-src"));
    }
}
