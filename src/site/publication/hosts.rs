//! What hosts make of `_redirects` and `_headers`, and how much of them they read. What is beyond a limit is ignored
//! there without a word.

use super::Object;
use super::nginx::{Rule, rules};
use std::collections::BTreeMap;

/// A host of static sites with rules of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// Netlify.
    Netlify,
    /// Cloudflare Pages and static assets of Workers.
    Cloudflare,
    /// GitLab Pages.
    Gitlab,
    /// GitHub Pages.
    Github,
}

/// The names that the configuration has for them.
pub const HOSTS: [(&str, Host); 4] =
    [("netlify", Host::Netlify), ("cloudflare", Host::Cloudflare), ("gitlab", Host::Gitlab), ("github", Host::Github)];

const MIB: u64 = 1 << 20;

/// What `host` would not take, or not read, of a site: a sentence for each.
#[must_use]
pub fn faults(host: Host, site: &BTreeMap<String, Object>, redirects: &str, headers: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let (rules, wrong) = rules(redirects);
    match host {
        Host::Netlify => {
            at_most(&mut faults, rules.len(), 10_000, "rules in _redirects");
            for (line, name) in names(headers).filter(|(_, name)| is_netlify_s(name)) {
                faults.push(format!("line {line} of _headers sets `{name}`, which Netlify sets itself"));
            }
        }
        Host::Cloudflare => {
            cloudflare_redirects(&mut faults, &rules, &wrong);
            let long = redirects.lines().filter(|line| line.len() > 1000).count();
            at_most(&mut faults, long, 0, "lines of _redirects with more than 1000 characters");
            let blocks = headers.lines().filter(|line| is_path(line)).count();
            at_most(&mut faults, blocks, 100, "paths in _headers");
            let long = headers.lines().filter(|line| line.len() > 2000).count();
            at_most(&mut faults, long, 0, "lines of _headers with more than 2000 characters");
            at_most(&mut faults, site.len(), 20_000, "files");
            let sizes = site.iter().filter_map(|(path, object)| Some((path, object.bytes?)));
            for (path, bytes) in sizes.filter(|(_, bytes)| *bytes > 25 * MIB) {
                faults.push(format!("`{path}` has {} MiB, and Cloudflare takes 25", bytes / MIB));
            }
        }
        Host::Gitlab => {
            at_most(&mut faults, rules.len(), 1000, "rules in _redirects");
            at_most(&mut faults, redirects.len(), 64 << 10, "bytes in _redirects");
            for rule in &rules {
                if rule.from.split('/').count() > 26 || rule.to.split('/').count() > 26 {
                    faults.push(format!("line {} of _redirects has more than 25 parts in a path", rule.line));
                }
                if ![200, 301, 302].contains(&rule.status) {
                    let status = rule.status;
                    faults.push(format!(
                        "line {} of _redirects has the status {status}, which GitLab does not know",
                        rule.line
                    ));
                }
                let code = redirects.lines().nth(rule.line - 1).and_then(|line| line.split_whitespace().nth(2));
                if code.is_some_and(|code| code.ends_with('!')) {
                    faults
                        .push(format!("line {} of _redirects is forced (`!`), which GitLab does not know", rule.line));
                }
            }
            for line in &wrong {
                faults.push(format!("line {line} of _redirects has conditions, which GitLab does not know"));
            }
        }
        Host::Github => {
            let bytes: u64 = site.values().filter_map(|object| object.bytes).sum();
            if bytes > 1 << 30 {
                faults.push(format!("the site has {} MiB, and GitHub Pages takes 1024", bytes / MIB));
            }
        }
    }
    faults
}

fn cloudflare_redirects(faults: &mut Vec<String>, rules: &[Rule<'_>], wrong: &[usize]) {
    for line in wrong {
        faults.push(format!("line {line} of _redirects has conditions, which Cloudflare does not know"));
    }
    let known = [200, 301, 302, 303, 307, 308];
    for Rule { line, from, to, status } in rules {
        if !known.contains(status) {
            faults.push(format!("line {line} of _redirects has the status {status}"));
        }
        if !from.starts_with('/') {
            faults.push(format!("line {line} of _redirects is for another host, which Cloudflare does not know"));
        }
        if *status == 200 && !to.starts_with('/') {
            faults
                .push(format!("line {line} of _redirects shows a page of another host, which Cloudflare does not do"));
        }
    }
    // A rule behind one with a pattern counts as one with a pattern.
    let is_dynamic = |rule: &Rule<'_>| rule.from.contains('*') || rule.from.contains("/:");
    let fixed = rules.iter().position(is_dynamic).unwrap_or(rules.len());
    at_most(faults, fixed, 2000, "rules in _redirects without a pattern");
    at_most(faults, rules.len() - fixed, 100, "rules in _redirects with a pattern or behind one with a pattern");
}

/// The headers that `_headers` sets, with their lines.
fn names(headers: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = headers.lines().enumerate().filter(|(_, line)| line.starts_with(char::is_whitespace));
    lines.filter_map(|(at, line)| Some((at + 1, line.split_once(':')?.0.trim())))
}

/// Whether Netlify takes no notice of a header of this name.
fn is_netlify_s(name: &str) -> bool {
    const OWN: [&str; 14] = [
        "accept-ranges",
        "age",
        "allow",
        "alt-svc",
        "connection",
        "content-encoding",
        "content-length",
        "content-range",
        "date",
        "location",
        "server",
        "trailer",
        "transfer-encoding",
        "upgrade",
    ];
    OWN.contains(&name.to_ascii_lowercase().as_str())
}

fn is_path(line: &str) -> bool {
    !line.starts_with(char::is_whitespace) && !line.trim().is_empty() && !line.starts_with('#')
}

fn at_most(faults: &mut Vec<String>, count: usize, limit: usize, what: &str) {
    if count > limit {
        faults.push(format!("there are {count} {what}; the host reads {limit}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::digest::Digest;
    use crate::site::publication::Class;

    #[test]
    fn limits_hold_to_the_last_rule() {
        let none = BTreeMap::new();
        let lines = |count: usize, from: &str| (0..count).map(|n| format!("{from}{n}/ /x/\n")).collect::<String>();
        let said = |host, redirects: &str| faults(host, &none, redirects, "");
        assert!(said(Host::Cloudflare, &lines(2000, "/a")).is_empty());
        assert_eq!(said(Host::Cloudflare, &lines(2001, "/a")).len(), 1);
        assert!(said(Host::Cloudflare, &lines(101, "/*/")).first().unwrap().contains("101 rules"));
        assert!(said(Host::Gitlab, &lines(1000, "/a")).is_empty());
        assert_eq!(said(Host::Gitlab, &lines(1001, "/a")).len(), 1);
        // One rule with a pattern makes patterns of all that follow.
        assert!(said(Host::Cloudflare, &("/*/ /x/\n".to_owned() + &lines(99, "/a"))).is_empty());
        assert_eq!(said(Host::Cloudflare, &("/*/ /x/\n".to_owned() + &lines(100, "/a"))).len(), 1);
        assert!(said(Host::Cloudflare, &(lines(2000, "/a") + &lines(100, "/*/"))).is_empty());
        assert_eq!(said(Host::Netlify, &lines(10_000, "/a")), Vec::<String>::new());
        assert_eq!(said(Host::Netlify, &lines(10_001, "/a")).len(), 1);
        for (rule, cloudflare, gitlab) in [
            ("/a /b", 0, 0),
            ("/a /b 308", 0, 1),
            ("/a /b 301!", 0, 1),
            ("/a /b 404", 1, 1),
            ("/a /b 302 Country=at", 1, 1),
            ("/a/* /b/:splat 200", 0, 0),
            ("https://old.test/a /b", 1, 0),
            ("/a https://new.test/ 200", 1, 0),
            ("/a https://new.test/ 301", 0, 0),
        ] {
            let counts = (said(Host::Cloudflare, rule).len(), said(Host::Gitlab, rule).len());
            assert_eq!(counts, (cloudflare, gitlab), "{rule}");
        }
    }

    #[test]
    fn headers_that_the_host_sets_itself_are_told() {
        let headers = "/*\n  X-Frame-Options: DENY\n  server: mine\n\n# Date: no\n/a/*\n\tContent-Length: 3\n";
        let said = faults(Host::Netlify, &BTreeMap::new(), "", headers);
        assert_eq!(said.len(), 2, "{said:?}");
        assert!(said[0].starts_with("line 3 of _headers sets `server`"), "{said:?}");
        assert!(said[1].starts_with("line 7 of _headers sets `Content-Length`"), "{said:?}");
        let many: String = (0..101).map(|n| format!("/{n}/*\n  A: b\n")).collect();
        assert_eq!(faults(Host::Cloudflare, &BTreeMap::new(), "", &many).len(), 1);
    }

    #[test]
    fn files_have_a_size_that_the_host_takes() {
        let big = Object::new(Digest::of(b""), Class::File, "image/png", 26 * MIB);
        let site = BTreeMap::from([("big.png".to_owned(), big)]);
        assert_eq!(faults(Host::Cloudflare, &site, "", ""), ["`big.png` has 26 MiB, and Cloudflare takes 25"]);
        assert!(faults(Host::Github, &site, "", "").is_empty());
    }
}
