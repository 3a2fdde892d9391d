//! A branch of a git repository: a commit made of objects alone, in a repository of its own that goes away again. No
//! checkout and no repository of the author's is touched.

use super::place::write;
use super::{Around, Target, Upload, is_ours};
use crate::edge::{Failure, disk, git as program};
use crate::site::publication;
use crate::site::publication::ledger::{self, Ledger};
use crate::site::publication::plan::Found;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// So often a commit is made again on what others pushed meanwhile.
const ATTEMPTS: usize = 4;

/// A branch.
#[derive(Debug)]
pub(super) struct Branch {
    url: String,
    branch: String,
    /// The folder of the site in the branch, with `/` behind it, or nothing.
    prefix: String,
    host: Option<String>,
    message: String,
    /// The configuration of the author's repository, which says how to log in.
    settings: Vec<(String, String)>,
    work: Work,
    tip: Option<String>,
    /// What the ledger was when it was looked at.
    seen: Option<Vec<u8>>,
    /// What changes: an object's name, or nothing where the file goes.
    changes: BTreeMap<String, Option<String>>,
}

/// A repository of its own, which goes away again.
#[derive(Debug)]
struct Work {
    folder: PathBuf,
}

impl Drop for Work {
    fn drop(&mut self) {
        // The system's folder for such things is cleared by the system, too.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Work {
    fn new() -> Result<Self, Failure> {
        let folder = disk::temporary("guidegen-publish")?;
        Ok(Self { folder })
    }
}

impl Branch {
    pub(super) fn open(around: &Around<'_>, remote: &str, branch: &str, folder: &str) -> Result<Self, Failure> {
        let root = around.root;
        let here = |arguments: &[&str]| said_of(program::git(root).args(arguments));
        if here(&["symbolic-ref", "--short", "HEAD"]).is_some_and(|checked_out| checked_out.trim() == branch) {
            return Err(Failure::new(format!("the branch `{branch}` is checked out here: it holds the sources"))
                .help("publish to a branch of its own, such as `gh-pages`"));
        }
        let configured = here(&["remote", "get-url", "--push", remote]).map(|url| url.trim().to_owned());
        let url = match configured {
            Some(url) => url,
            None if remote.contains([':', '/']) => remote.to_owned(),
            None => {
                return Err(Failure::new(format!("there is no remote `{remote}` in the repository of the site"))
                    .help("add it with `git remote add`, or write its URL into `remote`"));
            }
        };
        // A path is meant from where the site is.
        let is_path = !url.contains("://") && (url.starts_with('.') || !url.contains(':'));
        let url = if is_path { root.join(&url).display().to_string() } else { url };
        let list = here(&["config", "--null", "--get-regexp", SETTINGS]).unwrap_or_default();
        let settings = list.split('\0').filter_map(|entry| entry.split_once('\n'));
        let settings = settings.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        let source = around.commit.as_ref().map_or_else(String::new, |commit| format!(" from {commit}"));
        let made = Self {
            url,
            branch: branch.to_owned(),
            prefix: if folder.is_empty() { String::new() } else { format!("{folder}/") },
            host: publication::host_of(around.base_url).filter(|_| !around.brings_name),
            message: format!("Publish {}{source}\n", around.base_url),
            settings,
            work: Work::new()?,
            tip: None,
            seen: None,
            changes: BTreeMap::new(),
        };
        made.git(&["init", "--quiet", "--bare"], "make a repository")?;
        Ok(made)
    }

    fn command(&self) -> Command {
        let mut command = program::git(&self.work.folder);
        // By the environment, since others can read the command line, and some settings are credentials.
        command.env("GIT_CONFIG_COUNT", self.settings.len().to_string());
        for (at, (key, value)) in self.settings.iter().enumerate() {
            command.env(format!("GIT_CONFIG_KEY_{at}"), key).env(format!("GIT_CONFIG_VALUE_{at}"), value);
        }
        command.env("GIT_INDEX_FILE", self.work.folder.join("guidegen-index"));
        command.args(["-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "core.autocrlf=false"]);
        command
    }

    fn git<S: AsRef<OsStr>>(&self, arguments: &[S], doing: &str) -> Result<Vec<u8>, Failure> {
        self.run(self.command().args(arguments), doing)
    }

    fn run(&self, command: &mut Command, doing: &str) -> Result<Vec<u8>, Failure> {
        let output = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).output();
        let output = output.map_err(|error| {
            Failure::new(format!("cannot start git: {}", disk::said(&error))).help("publishing to a branch needs git")
        })?;
        if output.status.success() { Ok(output.stdout) } else { Err(self.refused(doing, &output.stderr)) }
    }

    /// Runs git with `input` on its standard input.
    fn feed(&self, arguments: &[&str], input: &[u8], doing: &str) -> Result<Vec<u8>, Failure> {
        let cannot = |error: &std::io::Error| Failure::new(format!("cannot {doing}: {}", disk::said(error)));
        let path = self.work.folder.join("guidegen-input");
        write(&path, input).map_err(|error| cannot(&error))?;
        let file = fs::File::open(&path).map_err(|error| cannot(&error))?;
        let output = self.command().args(arguments).stdin(file).stderr(Stdio::piped()).output();
        let output = output.map_err(|error| cannot(&error))?;
        if output.status.success() { Ok(output.stdout) } else { Err(self.refused(doing, &output.stderr)) }
    }

    fn refused(&self, doing: &str, said: &[u8]) -> Failure {
        let said = String::from_utf8_lossy(said);
        let said: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty()).take(6).collect();
        let mut said = masked(&said.join("; "));
        for (_, value) in self.settings.iter().filter(|(key, _)| key.to_lowercase().ends_with("extraheader")) {
            said = said.replace(value.as_str(), "…");
        }
        Failure::new(format!("git cannot {doing}: {said}"))
    }

    /// What the branch leads to now, fetched.
    fn fetch(&mut self) -> Result<(), Failure> {
        let shown = masked(&self.url);
        let name = format!("refs/heads/{}", self.branch);
        let listed = self.git(&["ls-remote", "--", &self.url, &name], &format!("reach `{shown}`"))?;
        let listed = String::from_utf8_lossy(&listed).into_owned();
        let found = listed.lines().find_map(|line| line.strip_suffix(name.as_str()).map(|id| id.trim().to_owned()));
        if let Some(tip) = &found
            && self.tip.as_ref() != Some(tip)
        {
            let to = format!("+{name}:refs/guidegen/tip");
            let fetch = ["fetch", "--quiet", "--depth=1", "--no-tags", "--", &self.url, &to];
            self.git(&fetch, &format!("fetch from `{shown}`"))?;
            let tip = self.git(&["rev-parse", "refs/guidegen/tip"], "read the branch")?;
            self.tip = Some(String::from_utf8_lossy(&tip).trim().to_owned());
        } else {
            self.tip = found;
        }
        Ok(())
    }

    fn read(&self, path: &str) -> Option<Vec<u8>> {
        let tip = self.tip.as_ref()?;
        self.git(&["cat-file", "blob", &format!("{tip}:{path}")], "read the branch").ok()
    }

    /// The names of objects that are made of these bytes.
    fn objects(&self, uploads: &[Upload<'_>]) -> Result<Vec<String>, Failure> {
        let folder = self.work.folder.join("guidegen-files");
        let cannot = |error: &std::io::Error| {
            Failure::new(format!("cannot write into `{}`: {}", folder.display(), disk::said(error)))
        };
        fs::create_dir_all(&folder).map_err(|error| cannot(&error))?;
        uploads.par_iter().enumerate().try_for_each(|(at, upload)| {
            let written = upload.bytes().and_then(|bytes| fs::write(folder.join(at.to_string()), bytes));
            written.map_err(|error| cannot(&error))
        })?;
        let names: String =
            (0..uploads.len()).map(|at| format!("{}\n", folder.join(at.to_string()).display())).collect();
        let arguments = ["hash-object", "-w", "--no-filters", "--stdin-paths"];
        let ids = self.feed(&arguments, names.as_bytes(), "keep the files")?;
        Ok(String::from_utf8_lossy(&ids).lines().map(str::to_owned).collect())
    }

    /// The commit of all changes on the tip; none when nothing would change.
    fn commit(&self) -> Result<Option<String>, Failure> {
        let index = self.tip.as_deref().map_or(vec!["read-tree", "--empty"], |tip| vec!["read-tree", tip]);
        self.git(&index, "read the branch")?;
        let mut lines = Vec::new();
        for (path, id) in &self.changes {
            let entry = match id {
                Some(id) => format!("100644 {id}\t{}{path}\0", self.prefix),
                None => format!("0 {}\t{}{path}\0", "0".repeat(40), self.prefix),
            };
            lines.extend_from_slice(entry.as_bytes());
        }
        self.feed(&["update-index", "--add", "--replace", "-z", "--index-info"], &lines, "put the files together")?;
        let tree = self.git(&["write-tree"], "put the files together")?;
        let tree = String::from_utf8_lossy(&tree).trim().to_owned();
        if let Some(tip) = &self.tip {
            let old = self.git(&["rev-parse", &format!("{tip}^{{tree}}")], "read the branch")?;
            if String::from_utf8_lossy(&old).trim() == tree {
                return Ok(None);
            }
        }
        let mut arguments = vec!["commit-tree", tree.as_str(), "-m", self.message.as_str()];
        arguments.extend(self.tip.as_deref().into_iter().flat_map(|tip| ["-p", tip]));
        let mut command = self.command();
        // Whoever publishes may have no name on this machine; a job has none.
        for (role, fallback) in [("NAME", "guidegen"), ("EMAIL", "guidegen@localhost")] {
            let key = format!("user.{}", role.to_lowercase());
            let known = said_of(self.command().args(["config", "--get", &key]));
            let value = known.map(|known| known.trim().to_owned()).filter(|known| !known.is_empty());
            let value = value.unwrap_or_else(|| fallback.to_owned());
            command.env(format!("GIT_AUTHOR_{role}"), &value).env(format!("GIT_COMMITTER_{role}"), &value);
        }
        let commit = self.run(command.args(arguments), "make the commit")?;
        Ok(Some(String::from_utf8_lossy(&commit).trim().to_owned()))
    }

    /// Pushes a commit; says whether the branch took it, or had moved on.
    fn push(&self, commit: &str) -> Result<bool, Failure> {
        let to = format!("{commit}:refs/heads/{}", self.branch);
        let mut command = self.command();
        command.args(["push", "--porcelain", "--no-verify", "--", &self.url, &to]);
        let output = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).output();
        let output = output.map_err(|error| Failure::new(format!("cannot start git: {}", disk::said(&error))))?;
        if output.status.success() {
            return Ok(true);
        }
        let said = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
        let text = String::from_utf8_lossy(&said);
        let moved =
            ["non-fast-forward", "fetch first", "cannot lock ref", "failed to update ref", "incorrect old value"];
        if moved.iter().any(|sign| text.contains(sign)) {
            return Ok(false);
        }
        Err(self.refused(&format!("push to `{}`", masked(&self.url)), &said))
    }
}

/// How to log in, and how to get there.
const SETTINGS: &str = r"^(http|credential|url|user|ssh|core\.sshcommand|core\.askpass|protocol)(\.|$)";

/// What a command said, when it went well.
fn said_of(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A text without what stands before the `@` of an address: it may be a password.
fn masked(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        masked.push_str(before);
        let end = after.find(['/', ' ', '\'', '"', '`']).unwrap_or(after.len());
        let (authority, tail) = after.split_at(end);
        match authority.rsplit_once('@') {
            Some((_, host)) => masked.extend(["…@", host]),
            None => masked.push_str(authority),
        }
        rest = tail;
    }
    masked.push_str(rest);
    masked
}

impl Target for Branch {
    fn look(&mut self) -> Result<Found, Failure> {
        self.fetch()?;
        let Some(tip) = self.tip.clone() else {
            self.seen = None;
            return Ok(Found::default());
        };
        if let (Some(name), Some(host)) = (self.read(publication::NAME_FILE), &self.host) {
            let name = String::from_utf8_lossy(&name).trim().to_owned();
            if !name.is_empty() && !name.eq_ignore_ascii_case(host) {
                return Err(Failure::new(format!(
                    "the branch is served as `{name}` (CNAME), and the site is built for `{host}`"
                ))
                .help("give the address that the branch is served at in `base_url`, or change its CNAME"));
            }
        }
        let listed = self.git(&["ls-tree", "-r", "-z", "--name-only", "--full-tree", &tip], "read the branch")?;
        let listed = String::from_utf8_lossy(&listed).into_owned();
        let all = listed.split('\0').filter_map(|path| path.strip_prefix(self.prefix.as_str()));
        let present: BTreeSet<String> = all.filter(|path| !path.is_empty()).map(str::to_owned).collect();
        self.seen =
            if present.contains(ledger::NAME) { self.read(&format!("{}{}", self.prefix, ledger::NAME)) } else { None };
        let ledger = self.seen.as_ref().and_then(|bytes| Ledger::parse(bytes, is_ours));
        let is_damaged = self.seen.is_some() && ledger.is_none();
        let present = present.into_iter().filter(|path| path != ledger::NAME).collect();
        Ok(Found { ledger, is_damaged, present })
    }

    fn begin(&mut self) -> Result<(), Failure> {
        self.changes.clear();
        Ok(())
    }

    fn put(&mut self, uploads: &[Upload<'_>]) -> Result<(), Failure> {
        let ids = self.objects(uploads)?;
        if ids.len() != uploads.len() {
            return Err(Failure::new("git kept other files than it was given"));
        }
        self.changes.extend(uploads.iter().zip(ids).map(|(upload, id)| (upload.path.to_owned(), Some(id))));
        Ok(())
    }

    /// Only the last one matters: all of it appears by one push.
    fn record(&mut self, ledger: &Ledger) -> Result<(), Failure> {
        if !ledger.complete {
            return Ok(());
        }
        let id = self.feed(&["hash-object", "-w", "--stdin"], &ledger.to_bytes(), "keep the files")?;
        self.changes.insert(ledger::NAME.to_owned(), Some(String::from_utf8_lossy(&id).trim().to_owned()));
        Ok(())
    }

    fn remove(&mut self, paths: &[String]) -> Result<(), Failure> {
        self.changes.extend(paths.iter().map(|path| (path.clone(), None)));
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Failure> {
        for _ in 0..ATTEMPTS {
            let Some(commit) = self.commit()? else { return Ok(()) };
            if self.push(&commit)? {
                return Ok(());
            }
            // Others pushed meanwhile. What is theirs stays; what is ours must be as it was.
            let seen = self.seen.clone();
            self.look()?;
            if self.seen != seen {
                return Err(Failure::new("somebody else published to this branch just now")
                    .help("run it again: it plans anew from what is there"));
            }
        }
        Err(Failure::new(format!("the branch `{}` moves on faster than it can be pushed to", self.branch))
            .help("run it again when others are done"))
    }

    fn end(&mut self) {
        self.changes.clear();
    }
}

/// The commit of the sources in `root`, when they are in a repository.
pub(crate) fn source_commit(root: &Path) -> Option<String> {
    let commit = said_of(program::git(root).args(["rev-parse", "--verify", "HEAD"]))?;
    let commit = commit.trim().to_owned();
    let changed = said_of(program::git(root).args(["status", "--porcelain", "--untracked-files=no", "--", "."]));
    let is_changed = changed.is_some_and(|changed| !changed.trim().is_empty());
    Some(if is_changed { format!("{commit} with changes") } else { commit })
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
    }
}
