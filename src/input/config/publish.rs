//! Where the site is published (`publish`): typed targets. Credentials never stand here.

use crate::input::fields::{Fields, joined};
use crate::input::spelling;
use serde_json::{Map, Value};

/// A target of `guidegen publish`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishTarget {
    /// Its name.
    pub name: String,
    /// What it is.
    pub to: Destination,
    /// In place of the site's `base_url`.
    pub base_url: Option<String>,
    /// For how many more releases hashed assets are kept.
    pub keep: u32,
    /// How much of the site may go at once, in percent.
    pub max_removals: u32,
    /// The host whose limits are checked.
    pub host: Option<String>,
    /// A program and its arguments, which gets the changed paths afterwards.
    pub hook: Vec<String>,
}

/// What a target is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// A folder of this machine.
    Directory {
        /// Where, relative to the root.
        path: String,
        /// Which compressed files stand beside the others: `gz`, `br`, `zst`.
        compress: Vec<String>,
    },
    /// A branch of a git repository.
    Git {
        /// The name of a remote, or its URL.
        remote: String,
        /// The branch.
        branch: String,
        /// A folder in it, without slashes around; empty for its root.
        folder: String,
    },
    /// A bucket of a store that speaks S3.
    S3(Bucket),
}

/// A bucket of a store that speaks S3.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// Its name.
    pub bucket: String,
    /// What stands before every key, without slashes around.
    pub prefix: String,
    /// The store; none is Amazon's.
    pub endpoint: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// Whether the bucket is a part of the path, not of the host name.
    pub path_style: bool,
    /// A profile of the shared credentials file.
    pub profile: Option<String>,
    /// How many requests run at once.
    pub concurrency: usize,
    /// How often a request is tried again.
    pub retries: usize,
}

impl Bucket {
    /// The address that requests go to: that of the store, with the bucket before its host unless that is a part of the path.
    /// None without a store of one's own, and where no host can begin with the bucket's name.
    #[must_use]
    pub fn address(&self) -> Option<String> {
        let endpoint = self.endpoint.as_deref()?.trim_end_matches('/');
        if self.path_style {
            return Some(endpoint.to_owned());
        }
        let mut url = url::Url::parse(endpoint).ok()?;
        let Some(url::Host::Domain(host)) = url.host() else { return None };
        let host = format!("{}.{host}", self.bucket);
        url.set_host(Some(&host)).ok()?;
        // A sign in it may have ended the host early.
        let is_whole = url.host_str() == Some(host.as_str());
        is_whole.then(|| url.as_str().trim_end_matches('/').to_owned())
    }
}

const COMMON: [&str; 6] = ["to", "base_url", "keep", "max_removals", "host", "hook"];
const DIRECTORY: [&str; 2] = ["path", "compress"];
const GIT: [&str; 3] = ["remote", "branch", "folder"];
const S3: [&str; 8] = ["bucket", "prefix", "endpoint", "region", "path_style", "profile", "concurrency", "retries"];
/// The hosts whose limits are known.
pub const HOSTS: [&str; 4] = ["netlify", "cloudflare", "gitlab", "github"];

/// What each kind of target is called, its keys, and those that it needs.
pub fn target_keys() -> impl Iterator<Item = (&'static str, Vec<&'static str>, &'static [&'static str])> {
    let kinds: [(_, &[&str], &[&str]); 3] =
        [("directory", &DIRECTORY, &["to", "path"]), ("git", &GIT, &["to"]), ("s3", &S3, &["to", "bucket"])];
    kinds.into_iter().map(|(name, own, needed)| (name, COMMON.iter().chain(own).copied().collect(), needed))
}

/// Reads `publish`.
pub(super) fn read(fields: &mut Fields<'_>, value: &Value) -> Vec<PublishTarget> {
    let mut targets = Vec::new();
    for (name, value) in fields.map(&["publish"], value).into_iter().flatten() {
        let path = ["publish", name.as_str()];
        if let Some(map) = fields.map(&path, value) {
            targets.extend((Reader { fields, path, map }).target(name));
        }
    }
    targets
}

/// Whether a key is one that other programs have for credentials, however it is spelled.
fn is_credential(key: &str) -> bool {
    let letters: String = key.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let key = letters.strip_prefix("aws").or_else(|| letters.strip_prefix("s3")).unwrap_or(&letters);
    let known = ["accesskey", "accesskeyid", "secretaccesskey", "secretkey", "secret", "sessiontoken", "securitytoken"];
    known.contains(&key) || ["password", "passwd", "token", "apikey", "apitoken", "credentials"].contains(&key)
}

struct Reader<'r, 'd, 'k> {
    fields: &'r mut Fields<'d>,
    path: [&'k str; 2],
    map: &'k Map<String, Value>,
}

impl Reader<'_, '_, '_> {
    fn target(mut self, name: &str) -> Option<PublishTarget> {
        self.refuse_credentials();
        let to = self.text("to");
        let (known, to): (&[&str], _) = match to.as_deref() {
            Some("directory") => (&DIRECTORY, self.directory()),
            Some("git") => (&GIT, self.git()),
            Some("s3") => (&S3, self.s3()),
            _ => {
                let help = to.as_deref().and_then(|to| spelling::nearest(to, ["directory", "git", "s3"].into_iter()));
                let help =
                    help.map_or_else(|| "write `to: directory`".to_owned(), |near| format!("did you mean `{near}`?"));
                self.fields.tell(&self.path, "`to` must be `directory`, `git` or `s3`", help);
                return None;
            }
        };
        let known: Vec<&str> = COMMON.iter().chain(known).copied().collect();
        let secrets = self.map.keys().map(String::as_str).filter(|key| is_credential(key));
        let known: Vec<&str> = known.into_iter().chain(secrets).collect();
        self.fields.only(&self.path, self.map, &known);
        Some(PublishTarget {
            name: name.to_owned(),
            base_url: self.base_url(),
            keep: self.number("keep", 3, 1000),
            max_removals: self.percent(),
            host: self.host(),
            hook: self.texts("hook"),
            to: to?,
        })
    }

    /// A configuration is read by everybody who reads the guides.
    fn refuse_credentials(&mut self) {
        for key in self.map.keys().filter(|key| is_credential(key)) {
            let path = joined(&self.path, key);
            let help = "remove it, and change it if others saw it; set AWS_ACCESS_KEY_ID and \
                        AWS_SECRET_ACCESS_KEY in the environment, or name a `profile` of the shared credentials file";
            self.fields.tell_secret(&path, "credentials do not belong into the configuration", help);
        }
    }

    /// An address with a password in it, or with a token in place of a name, or signed.
    fn refuse_password(&mut self, key: &str, address: &str) {
        let Ok(url) = url::Url::parse(address) else { return };
        let is_token = |name: &str| ["ghp_", "gho_", "github_pat_", "glpat-"].iter().any(|sign| name.starts_with(sign));
        let is_secret = url.password().is_some() || is_token(url.username()) || url.query().is_some();
        if is_secret && url.has_host() {
            let path = joined(&self.path, key);
            let help = "write the address without them, and change them if others saw it; git has credential helpers, \
                        and a store takes them from the environment or a `profile`";
            let said = format!("the address in `{key}` holds credentials, which do not belong into the configuration");
            self.fields.tell_secret(&path, said, help);
        }
    }

    fn directory(&mut self) -> Option<Destination> {
        let compress = self.texts("compress");
        for wrong in compress.iter().filter(|name| !["gz", "br", "zst"].contains(&name.as_str())) {
            let path = joined(&self.path, "compress");
            self.fields.tell(&path, format!("`{wrong}` is no compression"), "known here: gz, br, zst");
        }
        Some(Destination::Directory { path: self.required("path")?, compress })
    }

    fn git(&mut self) -> Option<Destination> {
        let remote = self.text("remote").unwrap_or_else(|| "origin".to_owned());
        let branch = self.text("branch").unwrap_or_else(|| "gh-pages".to_owned());
        for (key, value) in [("remote", &remote), ("branch", &branch)] {
            if value.starts_with('-') || value.contains(char::is_whitespace) {
                let path = joined(&self.path, key);
                self.fields.tell(&path, format!("`{key}` cannot be `{value}`"), "write a name such as `gh-pages`");
                return None;
            }
        }
        self.refuse_password("remote", &remote);
        let folder = self.below("folder")?;
        Some(Destination::Git { remote, branch, folder })
    }

    fn s3(&mut self) -> Option<Destination> {
        let endpoint = self.text("endpoint");
        if let Some(endpoint) = &endpoint {
            self.refuse_password("endpoint", endpoint);
        }
        let style = self.map.get("path_style").and_then(|value| {
            let path = joined(&self.path, "path_style");
            self.fields.boolean(&path, value)
        });
        let prefix = self.below("prefix")?;
        let bucket = Bucket {
            bucket: self.required("bucket")?,
            prefix,
            // Stores of one's own seldom have a host name for each bucket.
            path_style: style.unwrap_or(endpoint.is_some()),
            endpoint,
            region: self.text("region"),
            profile: self.text("profile"),
            concurrency: self.number("concurrency", 8, 64).max(1) as usize,
            retries: self.number("retries", 6, 100) as usize,
        };
        if let (Some(endpoint), None) = (&bucket.endpoint, bucket.address()) {
            let path = joined(&self.path, "path_style");
            let said = format!("`{}` cannot be a part of the host name in `{endpoint}`", bucket.bucket);
            self.fields.tell(&path, said, "write `path_style: true`");
            return None;
        }
        Some(Destination::S3(bucket))
    }

    fn text(&mut self, key: &str) -> Option<String> {
        let value = self.map.get(key)?;
        self.fields.text(&joined(&self.path, key), value)
    }

    fn texts(&mut self, key: &str) -> Vec<String> {
        let value = self.map.get(key);
        value.map(|value| self.fields.texts(&joined(&self.path, key), value)).unwrap_or_default()
    }

    fn required(&mut self, key: &str) -> Option<String> {
        let text = self.text(key);
        if text.is_none() {
            self.fields.tell(&self.path, format!("`{key}` is missing here"), format!("add `{key}: …`"));
        }
        text
    }

    /// A folder below the target's own; empty when there is none. None when it leads elsewhere.
    fn below(&mut self, key: &str) -> Option<String> {
        let folder = self.text(key).unwrap_or_default();
        let folder = folder.trim_matches('/');
        if !folder.is_empty() && folder.split('/').any(|part| matches!(part, "" | "." | "..")) {
            let path = joined(&self.path, key);
            self.fields.tell(&path, format!("`{key}` leads elsewhere"), "write a folder such as `docs`");
            return None;
        }
        Some(folder.to_owned())
    }

    fn number(&mut self, key: &str, default: u32, most: u32) -> u32 {
        let Some(value) = self.map.get(key) else { return default };
        let path = joined(&self.path, key);
        let Some(number) = self.fields.integer(&path, value) else { return default };
        match u32::try_from(number).ok().filter(|number| *number <= most) {
            Some(number) => number,
            None => {
                self.fields.tell(
                    &path,
                    format!("`{key}` must be from 0 to {most}"),
                    format!("write `{key}: {default}`"),
                );
                default
            }
        }
    }

    /// `20`, `20%` or `20 %`.
    fn percent(&mut self) -> u32 {
        let Some(text) = self.text("max_removals") else { return 20 };
        match text.trim_end_matches('%').trim_end().parse::<u32>().ok().filter(|percent| *percent <= 100) {
            Some(percent) => percent,
            None => {
                let path = joined(&self.path, "max_removals");
                self.fields.tell(&path, "`max_removals` must be a share of the site", "write `max_removals: 20 %`");
                20
            }
        }
    }

    fn base_url(&mut self) -> Option<String> {
        let text = self.text("base_url")?;
        match super::BaseUrl::parse(&text) {
            Ok(base_url) => Some(base_url.href()),
            Err(reason) => {
                let path = joined(&self.path, "base_url");
                let help = "write something like `https://docs.example.com/`";
                self.fields.tell_address(&path, &text, format!("`base_url` cannot be used: {reason}"), help);
                None
            }
        }
    }

    fn host(&mut self) -> Option<String> {
        let host = self.text("host")?;
        if !HOSTS.contains(&host.as_str()) {
            let help = spelling::suggestion(&host, &HOSTS).unwrap_or_default();
            self.fields.tell(&joined(&self.path, "host"), format!("`{host}` is no host that guidegen knows"), help);
        }
        Some(host)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;
    use crate::base::Source;

    fn load(text: &str) -> (Vec<PublishTarget>, Vec<String>) {
        let (config, found) = Config::load(Some(&Source::new("guidegen.yaml", text)));
        (config.publish, found.into_iter().map(|found| found.message).collect())
    }

    #[test]
    fn a_target_has_defaults() {
        let (targets, found) = load(
            "publish:\n  live: { to: git }\n  store: { to: s3, bucket: b, endpoint: 'http://s/', max_removals: 5 % }\n",
        );
        assert_eq!(found, Vec::<String>::new());
        let git = Destination::Git { remote: "origin".into(), branch: "gh-pages".into(), folder: String::new() };
        assert_eq!((&targets[0].to, targets[0].keep, targets[0].max_removals), (&git, 3, 20));
        let Destination::S3(bucket) = &targets[1].to else { panic!() };
        assert!(bucket.path_style && targets[1].max_removals == 5);
    }

    #[test]
    fn a_bucket_is_part_of_the_host_or_of_the_path() {
        for (keys, address) in [
            ("endpoint: 'https://s3.test:9000/', path_style: false", Some("https://docs.s3.test:9000")),
            ("endpoint: 'https://s3.test/below/', path_style: false", Some("https://docs.s3.test/below")),
            ("endpoint: 'https://s3.test/'", Some("https://s3.test")),
            ("path_style: false", None),
        ] {
            let (targets, found) = load(&format!("publish:\n  a: {{ to: s3, bucket: docs, {keys} }}\n"));
            assert_eq!(found, Vec::<String>::new());
            let Destination::S3(bucket) = &targets[0].to else { panic!() };
            assert_eq!(bucket.address().as_deref(), address, "{keys}");
        }
    }

    #[test]
    fn a_name_in_an_address_is_no_password() {
        for remote in ["https://me@bitbucket.org/a/b.git", "ssh://git@git.test/a", "git@git.test:a/b.git", "../a.git"] {
            assert_eq!(load(&format!("publish:\n  a: {{ to: git, remote: '{remote}' }}\n")).1, Vec::<String>::new());
        }
    }

    #[test]
    fn slips_are_told() {
        for (text, said) in [
            ("{ to: dirctory }", "`to` must be"),
            ("{ to: directory }", "`path` is missing here"),
            ("{ to: directory, path: x, brnch: y }", "`publish.a.brnch` is no key"),
            ("{ to: s3, bucket: b, secret_access_key: x }", "credentials do not belong"),
            ("{ to: s3, bucket: b, AWS_SECRET_ACCESS_KEY: x }", "credentials do not belong"),
            ("{ to: git, token: x }", "credentials do not belong"),
            ("{ to: s3, bucket: b, endpoint: 'https://key:secret@s3.test/' }", "`endpoint` holds credentials"),
            ("{ to: git, remote: 'https://me:hunter2@git.test/a.git' }", "`remote` holds credentials"),
            ("{ to: git, remote: 'https://ghp_abcdef@github.com/a/b.git' }", "`remote` holds credentials"),
            ("{ to: git, remote: 'https://git.test/a.git?private_token=x' }", "`remote` holds credentials"),
            ("{ to: s3, bucket: b, prefix: ../x }", "`prefix` leads elsewhere"),
            ("{ to: s3, bucket: b, endpoint: 'http://127.0.0.1:9/', path_style: false }", "part of the host name"),
            ("{ to: s3, bucket: a/b, endpoint: 'http://s3.test/', path_style: false }", "part of the host name"),
            ("{ to: git, branch: --all }", "`branch` cannot be"),
            ("{ to: git, max_removals: lots }", "`max_removals` must be"),
            ("{ to: git, host: netlfy }", "`netlfy` is no host"),
            ("{ to: git, keep: -1 }", "`keep` must be"),
        ] {
            let found = load(&format!("publish:\n  a: {text}\n")).1;
            assert!(found.len() == 1 && found[0].contains(said), "{text}: {found:?}");
        }
    }
}
