//! What must not go out: a site with errors, with drafts, with secrets, or for an address that is nobody's.

use super::{NAME_FILE, host_of};
use crate::input::config::Config;
use crate::site::artifact::Facts;
use std::net::Ipv4Addr;
use url::{Host, Url};

/// Why a site is not fit to be published: what is wrong, and what to do, for each reason.
#[must_use]
pub fn faults(facts: &Facts, config: Option<&Config>) -> Vec<(String, &'static str)> {
    let mut faults = Vec::new();
    match &facts.base_url {
        None => faults.push((
            "the site has no `base_url`".to_owned(),
            "write it into guidegen.yaml, or give it with --base-url URL",
        )),
        Some(base_url) if is_local(base_url) => faults.push((
            format!("the site is built for `{base_url}`, which leads every reader to the machine that is read on"),
            "give the address that readers will use with --base-url URL",
        )),
        Some(_) => {}
    }
    // A site may be written with links that lead nowhere; that is not what readers are to have.
    let count = facts.errors.max(facts.unfit);
    if count > 0 {
        let errors = if count == 1 { "1 error".to_owned() } else { format!("{count} errors") };
        faults.push((format!("the site has {errors}"), "mend what `guidegen check` finds"));
    }
    if facts.drafts {
        faults.push(("drafts are in the site".to_owned(), "build it without --drafts"));
    }
    let is_secret = |name: &&String| config.is_some_and(|config| config.variables[name.as_str()]["type"] == "secret");
    for name in facts.baked.iter().filter(is_secret) {
        faults.push((format!("the secret `{name}` is baked in"), "leave it out of --set and --values"));
    }
    faults
}

/// What is wrong with the name that the site's own `CNAME` gives its host; none when that is the one it is built for.
#[must_use]
pub fn wrong_name(facts: &Facts, named: &str) -> Option<(String, &'static str)> {
    let host = host_of(facts.base_url.as_deref()?)?;
    let named = named.trim();
    let is_wrong = !named.is_empty() && !named.eq_ignore_ascii_case(&host);
    let said = || format!("the site's own {NAME_FILE} says `{named}`, and the site is built for `{host}`");
    is_wrong.then(|| (said(), "write the same name into both"))
}

/// Whether an address means the machine that it is used on, or none.
fn is_local(base_url: &str) -> bool {
    let Ok(url) = Url::parse(base_url) else { return true };
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        Some(Host::Ipv4(ip)) => is_of_this_machine(ip),
        // An address of the older kind may be written as one of the newer.
        Some(Host::Ipv6(ip)) => ip.is_loopback() || ip.is_unspecified() || ip.to_ipv4().is_some_and(is_of_this_machine),
        None => true,
    }
}

fn is_of_this_machine(ip: Ipv4Addr) -> bool {
    ip.is_loopback() || ip.is_unspecified()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(facts: &Facts) -> Vec<String> {
        faults(facts, None).into_iter().map(|(said, _)| said).collect()
    }

    #[test]
    fn a_site_for_this_machine_alone_is_not_published() {
        let mapped = [
            "http://[::ffff:127.0.0.1]/",
            "http://[::ffff:7f01:203]/",
            "http://[::127.0.0.1]/",
            "http://[::ffff:0:0]/",
        ];
        let plain = ["http://localhost:1111/", "http://a.localhost/", "http://127.0.0.2/", "http://[::1]/docs/"];
        for local in mapped.into_iter().chain(plain).chain(["http://0x7f.1/", "http://2130706433/", "http://[::]/"]) {
            assert!(is_local(local), "{local}");
        }
        for public in [
            "https://docs.example.com/",
            "https://192.168.1.2/",
            "https://localhost.example.com/",
            "http://[::ffff:192.0.2.1]/",
        ] {
            assert!(!is_local(public), "{public}");
        }
    }

    #[test]
    fn every_reason_is_told() {
        let good = Facts { base_url: Some("https://a.example/".into()), ..Facts::default() };
        assert!(said(&good).is_empty());
        let bad = Facts { errors: 2, drafts: true, ..Facts::default() };
        assert_eq!(said(&bad), ["the site has no `base_url`", "the site has 2 errors", "drafts are in the site"]);
    }

    #[test]
    fn a_secret_is_known_by_its_declaration() {
        let mut config = Config::default();
        config.variables = serde_json::json!({"key": {"type": "secret"}});
        let baked = vec!["key".to_owned(), "domain".to_owned()];
        let facts = Facts { base_url: Some("https://a.example/".into()), baked, ..Facts::default() };
        assert_eq!(faults(&facts, Some(&config)).len(), 1);
    }
}
