//! A bare repository of its own, which goes away again, and git in it: with what the author's surroundings say of how to log
//! in, and with nothing else of theirs. What git says is shown without passwords.

use super::super::place::write;
use crate::edge::{Failure, disk, git as program};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Settings that say how to log in, and how to get there.
const SETTINGS: &str = r"^(http|credential|url|user|ssh|core\.sshcommand|core\.askpass|protocol)(\.|$)";

/// Variables that say the same.
const VARIABLES: [&str; 8] = [
    "GIT_SSH",
    "GIT_ASKPASS",
    "GIT_SSL_",
    "GIT_PROXY_",
    "GIT_HTTP_",
    "GIT_AUTHOR_",
    "GIT_COMMITTER_",
    "GIT_ALLOW_PROTOCOL",
];

/// The hash by which a repository names its objects. Nothing moves between two repositories that differ in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hash {
    /// What nearly all have.
    Sha1,
    /// `git init --object-format=sha256`
    Sha256,
}

impl Hash {
    /// The one that made this name.
    pub(super) fn of(id: &str) -> Self {
        if id.len() == Self::Sha256.nothing().len() { Self::Sha256 } else { Self::Sha1 }
    }

    /// The name of no object.
    pub(super) fn nothing(self) -> String {
        "0".repeat(if self == Self::Sha256 { 64 } else { 40 })
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
        }
    }
}

/// A repository of its own.
#[derive(Debug)]
pub(super) struct Repository {
    folder: PathBuf,
    hash: Hash,
    /// The configuration of the author's repository, the user and the machine.
    settings: Vec<(String, String)>,
    variables: Vec<(OsString, OsString)>,
}

impl Drop for Repository {
    fn drop(&mut self) {
        // The system's folder for such things is cleared by the system, too.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Repository {
    /// An empty one, for whoever publishes the site at `root`.
    pub(super) fn new(root: &Path) -> Result<Self, Failure> {
        let list = here(root, &["config", "--null", "--get-regexp", SETTINGS]).unwrap_or_default();
        let settings = list.split('\0').filter_map(|entry| entry.split_once('\n'));
        let settings = settings.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        let is_wanted = |name: &OsStr| VARIABLES.iter().any(|known| name.to_string_lossy().starts_with(known));
        let variables = std::env::vars_os().filter(|(name, _)| is_wanted(name)).collect();
        let made = Self { folder: disk::temporary("guidegen-publish")?, hash: Hash::Sha1, settings, variables };
        made.init()?;
        Ok(made)
    }

    /// A git that is too old to know of hashes takes no notice of a variable, where it would refuse an option.
    fn init(&self) -> Result<(), Failure> {
        let mut command = self.command();
        command.env("GIT_DEFAULT_HASH", self.hash.name()).args(["init", "--quiet", "--bare"]);
        self.run(&mut command, "make a repository").map(drop)
    }

    /// The hash of its objects' names.
    pub(super) const fn hash(&self) -> Hash {
        self.hash
    }

    /// Names objects by `hash` from now on. What is in it is lost when it did not before.
    pub(super) fn set_hash(&mut self, hash: Hash) -> Result<(), Failure> {
        if hash == self.hash {
            return Ok(());
        }
        // It goes away as the first one does; a repository cannot change its hash.
        let new = disk::temporary("guidegen-publish")?;
        let old = std::mem::replace(&mut self.folder, new);
        self.hash = hash;
        let _ = fs::remove_dir_all(old);
        self.init()
    }

    /// The hash of a repository elsewhere that has nothing whose name would show it: a clone takes it over. Where none can be
    /// made, it is what nearly all have.
    pub(super) fn hash_of_empty(&self, url: &str) -> Hash {
        const CLONE: &str = "guidegen-clone";
        let clone = ["clone", "--quiet", "--bare", "--depth=1", "--single-branch", "--no-tags", "--", url, CLONE];
        let _ = self.git(&clone, "look at the remote");
        let format = said_of(self.command().args(["-C", CLONE, "rev-parse", "--show-object-format"]));
        let _ = fs::remove_dir_all(self.path(CLONE));
        let format = format.unwrap_or_default();
        if format.trim() == Hash::Sha256.name() { Hash::Sha256 } else { Hash::Sha1 }
    }

    /// A place in it for a file of ours.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Whether the surroundings say it, by a variable or a setting.
    pub(super) fn knows(&self, variable: &str, setting: &str) -> bool {
        let is_said = self.settings.iter().any(|(key, value)| key == setting && !value.trim().is_empty());
        is_said || self.variables.iter().any(|(name, value)| name == variable && !value.is_empty())
    }

    /// Git in it.
    pub(super) fn command(&self) -> Command {
        let mut command = program::git(&self.folder);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        // All of the settings that matter are given below: each once, since a header that is sent twice is refused.
        command.env("GIT_CONFIG_NOSYSTEM", "1").env_remove("GIT_CONFIG_PARAMETERS");
        command.env("GIT_CONFIG_GLOBAL", if cfg!(windows) { "NUL" } else { "/dev/null" });
        // By the environment, since others can read the command line, and some settings are credentials.
        command.env("GIT_CONFIG_COUNT", self.settings.len().to_string());
        for (at, (key, value)) in self.settings.iter().enumerate() {
            command.env(format!("GIT_CONFIG_KEY_{at}"), key).env(format!("GIT_CONFIG_VALUE_{at}"), value);
        }
        command.env("GIT_INDEX_FILE", self.path("guidegen-index"));
        // What is made here goes away again: only the remote has to see to it that it reaches a disk.
        command.args(["-c", "core.fsync=none"]);
        command.args(["-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "core.autocrlf=false"]);
        command
    }

    /// What git says to these arguments.
    pub(super) fn git<S: AsRef<OsStr>>(&self, arguments: &[S], doing: &str) -> Result<Vec<u8>, Failure> {
        self.run(self.command().args(arguments), doing)
    }

    /// What a command of git says.
    pub(super) fn run(&self, command: &mut Command, doing: &str) -> Result<Vec<u8>, Failure> {
        let output = self.output(command)?;
        if output.status.success() { Ok(output.stdout) } else { Err(self.refused(doing, &output.stderr)) }
    }

    /// All that comes of a command of git.
    pub(super) fn output(&self, command: &mut Command) -> Result<Output, Failure> {
        let output = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).output();
        output.map_err(|error| {
            Failure::new(format!("cannot start git: {}", disk::said(&error))).help("publishing to a branch needs git")
        })
    }

    /// Runs git with `input` on its standard input.
    pub(super) fn feed(&self, arguments: &[&str], input: &[u8], doing: &str) -> Result<Vec<u8>, Failure> {
        let cannot = |error: &std::io::Error| Failure::new(format!("cannot {doing}: {}", disk::said(error)));
        let path = self.path("guidegen-input");
        write(&path, input).map_err(|error| cannot(&error))?;
        let file = fs::File::open(&path).map_err(|error| cannot(&error))?;
        let output = self.command().args(arguments).stdin(file).stderr(Stdio::piped()).output();
        let output = output.map_err(|error| cannot(&error))?;
        if output.status.success() { Ok(output.stdout) } else { Err(self.refused(doing, &output.stderr)) }
    }

    /// The failure that git told of.
    pub(super) fn refused(&self, doing: &str, said: &[u8]) -> Failure {
        let said = String::from_utf8_lossy(said);
        let said: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty()).take(6).collect();
        let mut said = masked(&said.join("; "));
        for (_, value) in self.settings.iter().filter(|(key, _)| key.to_lowercase().ends_with("extraheader")) {
            let words = value.split_whitespace().filter(|word| word.len() >= 8 && !word.ends_with(':'));
            for secret in std::iter::once(value.as_str()).chain(words).filter(|secret| !secret.is_empty()) {
                said = said.replace(secret, "…");
            }
        }
        Failure::new(format!("git cannot {doing}: {said}"))
    }
}

/// What git says in the author's folder, when it has something to say.
pub(super) fn here(root: &Path, arguments: &[&str]) -> Option<String> {
    said_of(program::git(root).args(arguments))
}

/// What a command said, when it went well.
pub(super) fn said_of(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A text without what stands before the `@` of an address, or behind its `?`: either may be a password.
pub(super) fn masked(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        masked.push_str(before);
        let end = after.find([' ', '\'', '"', '`']).unwrap_or(after.len());
        let (address, tail) = after.split_at(end);
        let (place, query) = address.split_at(address.find('?').unwrap_or(address.len()));
        let (authority, path) = place.split_at(place.find('/').unwrap_or(place.len()));
        match authority.rsplit_once('@') {
            Some((_, host)) => masked.extend(["…@", host]),
            None => masked.push_str(authority),
        }
        masked.push_str(path);
        if !query.is_empty() {
            masked.push_str("?…");
        }
        rest = tail;
    }
    masked.push_str(rest);
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_in_addresses_are_not_shown() {
        let said =
            "fatal: unable to access 'https://me:p@ss@git.test/a.git/': no; see ssh://git@host/x and http://b.test/";
        let shown = masked(said);
        assert_eq!(
            shown,
            "fatal: unable to access 'https://…@git.test/a.git/': no; see ssh://…@host/x and http://b.test/"
        );
        let signed = "fatal: 'https://git.test/a.git?X-Amz-Signature=abc&token=d' and https://h?private_token=e";
        assert_eq!(masked(signed), "fatal: 'https://git.test/a.git?…' and https://h?…");
    }
}
