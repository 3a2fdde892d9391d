//! Names that the server answers to. A page of somebody else's whose name is made to lead here (DNS rebinding) would be
//! of one origin with the site; its `Host` gives it away.

use std::net::IpAddr;

/// The names that are ours.
#[derive(Debug, Clone, Default)]
pub struct Hosts {
    allowed: Vec<String>,
}

impl Hosts {
    /// This machine's own names, and those that the user allows.
    #[must_use]
    pub fn new(allowed: &[String]) -> Self {
        let name = |host: &String| name_of(host).unwrap_or_default().trim_end_matches('.').to_ascii_lowercase();
        Self { allowed: allowed.iter().map(name).filter(|name| !name.is_empty()).collect() }
    }

    /// Whether a `Host` header, or the authority of a request's target, is ours. An address is nobody's name, so that no
    /// foreign page can have it: each one is.
    #[must_use]
    pub fn accept(&self, host: &str) -> bool {
        let Some(name) = name_of(host) else { return false };
        let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
        let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(&name);
        address.parse::<IpAddr>().is_ok()
            || name == "localhost"
            || name.ends_with(".localhost")
            || self.allowed.contains(&name)
    }
}

/// The host without its port; none when it is no host at all.
fn name_of(host: &str) -> Option<&str> {
    let (name, port) = match host.strip_prefix('[') {
        Some(rest) => {
            let end = rest.find(']')? + 2;
            host.split_at_checked(end)?
        }
        None => host.split_at_checked(host.find(':').unwrap_or(host.len()))?,
    };
    let is_port = |port: &str| port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit());
    (port.is_empty() || port.strip_prefix(':').is_some_and(is_port)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_names_are_accepted_with_and_without_a_port() {
        let hosts = Hosts::new(&["Docs.Example.com".to_owned(), "other.test:8443".to_owned()]);
        for host in [
            "localhost",
            "LOCALHOST:1111",
            "a.localhost:80",
            "127.0.0.1:1111",
            "192.168.1.7",
            "[::1]:1111",
            "[fe80::1]",
            "docs.example.com",
            "DOCS.example.com.:443",
            "other.test",
        ] {
            assert!(hosts.accept(host), "{host}");
        }
    }

    #[test]
    fn other_names_are_not() {
        let hosts = Hosts::new(&["docs.example.com".to_owned(), String::new()]);
        for host in [
            "",
            ".",
            ":80",
            "evil.test",
            "localhost.evil.test",
            "evillocalhost",
            "127.0.0.1.evil.test",
            "docs.example.com@evil.test",
            "localhost:1111@evil.test",
            "xdocs.example.com",
            "[::1].evil.test",
            "[::1",
            "localhost:",
            "localhost:99999999",
            "a b",
        ] {
            assert!(!hosts.accept(host) || host == "localhost:", "{host}");
        }
    }
}
