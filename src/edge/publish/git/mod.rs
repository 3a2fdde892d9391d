//! A branch of a git repository: a commit made of objects alone, in a repository of its own that goes away again. No
//! checkout and no repository of the author's is touched.

mod repository;

use super::{Around, Target, Upload, check_again, is_ours};
use crate::edge::{Failure, disk, git as program};
use crate::site::publication;
use crate::site::publication::ledger::{self, Ledger};
use crate::site::publication::plan::Found;
use rayon::prelude::*;
use repository::{Hash, Repository, here, masked, said_of};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// So often a commit is made again on what others pushed meanwhile.
const ATTEMPTS: usize = 4;

/// The file at the root of what GitHub Pages serves that keeps Jekyll away from it. It would leave out names that begin with
/// `_`, and make pages of its own of every `index.md`.
const NO_JEKYLL: &str = ".nojekyll";

/// A branch.
#[derive(Debug)]
pub(super) struct Branch {
    url: String,
    branch: String,
    /// The folder of the site in the branch, with `/` behind it, or nothing.
    prefix: String,
    host: Option<String>,
    /// The files that say under which name the branch is served.
    name_files: Vec<String>,
    message: String,
    work: Repository,
    /// Whether `work` is known to name objects as the remote does.
    has_hash: bool,
    tip: Option<String>,
    /// Whether the branch's own root lacks the file that keeps Jekyll away, and is nobody's site made by Jekyll.
    lacks_no_jekyll: bool,
    /// What stood there when it was looked at.
    found: Found,
    /// What changes: an object's name, or nothing where the file goes.
    changes: BTreeMap<String, Option<String>>,
}

impl Branch {
    pub(super) fn open(around: &Around<'_>, remote: &str, branch: &str, folder: &str) -> Result<Self, Failure> {
        let root = around.root;
        let checked_out = here(root, &["symbolic-ref", "--short", "HEAD"]);
        if checked_out.is_some_and(|checked_out| checked_out.trim() == branch) {
            return Err(Failure::new(format!("the branch `{branch}` is checked out here: it holds the sources"))
                .help("publish to a branch of its own, such as `gh-pages`"));
        }
        let configured = here(root, &["remote", "get-url", "--push", remote]).map(|url| url.trim().to_owned());
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
        let source = around.commit.as_ref().map_or_else(String::new, |commit| format!(" from {commit}"));
        // What the site brings takes the place of what stands there.
        let served = ["", publication::PAGES_FOLDER].into_iter().filter(|served| {
            served.is_empty() && !(folder.is_empty() && around.brings_name)
                || *served == folder && !folder.is_empty() && !around.brings_name
        });
        let name_of = |served: &str| if served.is_empty() { String::new() } else { format!("{served}/") };
        Ok(Self {
            url,
            branch: branch.to_owned(),
            prefix: name_of(folder),
            host: publication::host_of(around.base_url),
            name_files: served.map(|served| name_of(served) + publication::NAME_FILE).collect(),
            message: format!("Publish {}{source}\n", around.base_url),
            work: Repository::new(root)?,
            has_hash: false,
            tip: None,
            lacks_no_jekyll: !folder.is_empty(),
            found: Found::default(),
            changes: BTreeMap::new(),
        })
    }

    /// What the branch leads to now, fetched.
    fn fetch(&mut self) -> Result<(), Failure> {
        let shown = masked(&self.url);
        let name = format!("refs/heads/{}", self.branch);
        let reach = format!("reach `{shown}`");
        // Where the branch is not there yet, HEAD shows how objects are named.
        let listed = self.work.git(&["ls-remote", "--", &self.url, &name, "HEAD"], &reach)?;
        let listed = String::from_utf8_lossy(&listed).into_owned();
        let entries: Vec<(&str, &str)> = listed.lines().filter_map(|line| line.split_once('\t')).collect();
        if !self.has_hash {
            let hash = match entries.first() {
                Some((id, _)) => Hash::of(id),
                None => self.work.hash_of_empty(&self.url),
            };
            self.work.set_hash(hash)?;
            self.has_hash = true;
        }
        let found = entries.iter().find(|(_, found)| *found == name).map(|(id, _)| (*id).to_owned());
        if let Some(tip) = &found
            && self.tip.as_ref() != Some(tip)
        {
            let to = format!("+{name}:refs/guidegen/tip");
            let fetch = ["fetch", "--quiet", "--depth=1", "--no-tags", "--", &self.url, &to];
            self.work.git(&fetch, &format!("fetch from `{shown}`"))?;
            let tip = self.work.git(&["rev-parse", "refs/guidegen/tip"], "read the branch")?;
            self.tip = Some(String::from_utf8_lossy(&tip).trim().to_owned());
        } else {
            self.tip = found;
        }
        Ok(())
    }

    fn read(&self, path: &str) -> Option<Vec<u8>> {
        let name = format!("{}:{path}", self.tip.as_ref()?);
        self.work.git(&["cat-file", "blob", &name], "read the branch").ok()
    }

    /// The ledger; one that is larger than any of ours is nothing, and not read.
    fn read_ledger(&self) -> Option<Vec<u8>> {
        let path = format!("{}{}", self.prefix, ledger::NAME);
        let name = format!("{}:{path}", self.tip.as_ref()?);
        let size = self.work.git(&["cat-file", "-s", &name], "read the branch").ok()?;
        let size: u64 = String::from_utf8_lossy(&size).trim().parse().ok()?;
        if size > ledger::LARGEST { Some(Vec::new()) } else { self.read(&path) }
    }

    /// Refuses a branch that is served under another name than the site is built for.
    fn check_name(&self) -> Result<(), Failure> {
        let Some(host) = &self.host else { return Ok(()) };
        for path in &self.name_files {
            let name = self.read(path).unwrap_or_default();
            let name = String::from_utf8_lossy(&name).trim().to_owned();
            if !name.is_empty() && !name.eq_ignore_ascii_case(host) {
                return Err(Failure::new(format!(
                    "the branch is served as `{name}` ({path}), and the site is built for `{host}`"
                ))
                .help("give the address that the branch is served at in `base_url`, or change its CNAME"));
            }
        }
        Ok(())
    }

    /// The names of objects that are made of these bytes, and how many bytes they are.
    fn objects(&self, uploads: &[Upload<'_>]) -> Result<(Vec<String>, u64), Failure> {
        let folder = self.work.path("guidegen-files");
        let cannot = |error: &std::io::Error| {
            Failure::new(format!("cannot write into `{}`: {}", folder.display(), disk::said(error)))
        };
        fs::create_dir_all(&folder).map_err(|error| cannot(&error))?;
        let sizes = uploads.par_iter().enumerate().map(|(at, upload)| {
            let bytes = upload.bytes().map_err(|error| cannot(&error))?;
            fs::write(folder.join(at.to_string()), &bytes).map_err(|error| cannot(&error))?;
            Ok(bytes.len() as u64)
        });
        let sizes = sizes.collect::<Result<Vec<u64>, Failure>>()?;
        let names: String =
            (0..uploads.len()).map(|at| format!("{}\n", folder.join(at.to_string()).display())).collect();
        let arguments = ["hash-object", "-w", "--no-filters", "--stdin-paths"];
        let ids = self.work.feed(&arguments, names.as_bytes(), "keep the files")?;
        Ok((String::from_utf8_lossy(&ids).lines().map(str::to_owned).collect(), sizes.iter().sum()))
    }

    /// The commit of all changes on the tip; none when nothing would change.
    fn commit(&self) -> Result<Option<String>, Failure> {
        let index = self.tip.as_deref().map_or(vec!["read-tree", "--empty"], |tip| vec!["read-tree", tip]);
        self.work.git(&index, "read the branch")?;
        let mut lines = Vec::new();
        for (path, id) in &self.changes {
            let entry = match id {
                Some(id) => format!("100644 {id}\t{}{path}\0", self.prefix),
                None => format!("0 {}\t{}{path}\0", self.work.hash().nothing(), self.prefix),
            };
            lines.extend_from_slice(entry.as_bytes());
        }
        if self.lacks_no_jekyll {
            let id = self.work.feed(&["hash-object", "-w", "--stdin"], b"", "keep the files")?;
            let entry = format!("100644 {}\t{NO_JEKYLL}\0", String::from_utf8_lossy(&id).trim());
            lines.extend_from_slice(entry.as_bytes());
        }
        self.work.feed(
            &["update-index", "--add", "--replace", "-z", "--index-info"],
            &lines,
            "put the files together",
        )?;
        let tree = self.work.git(&["write-tree"], "put the files together")?;
        let tree = String::from_utf8_lossy(&tree).trim().to_owned();
        if let Some(tip) = &self.tip {
            let old = self.work.git(&["rev-parse", &format!("{tip}^{{tree}}")], "read the branch")?;
            if String::from_utf8_lossy(&old).trim() == tree {
                return Ok(None);
            }
        }
        let mut arguments = vec!["commit-tree", tree.as_str(), "-m", self.message.as_str()];
        arguments.extend(self.tip.as_deref().into_iter().flat_map(|tip| ["-p", tip]));
        let mut command = self.work.command();
        // Whoever publishes may have no name on this machine; a job has none.
        for (part, fallback) in [("NAME", "guidegen"), ("EMAIL", "guidegen@localhost")] {
            let setting = format!("user.{}", part.to_lowercase());
            for role in ["AUTHOR", "COMMITTER"] {
                let variable = format!("GIT_{role}_{part}");
                if !self.work.knows(&variable, &setting) {
                    command.env(variable, fallback);
                }
            }
        }
        let commit = self.work.run(command.args(arguments), "make the commit")?;
        Ok(Some(String::from_utf8_lossy(&commit).trim().to_owned()))
    }

    /// Pushes a commit; says whether the branch took it, or had moved on.
    fn push(&self, commit: &str) -> Result<bool, Failure> {
        let to = format!("{commit}:refs/heads/{}", self.branch);
        let mut command = self.work.command();
        command.args(["push", "--porcelain", "--no-verify", "--", &self.url, &to]);
        let output = self.work.output(&mut command)?;
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
        Err(self.work.refused(&format!("push to `{}`", masked(&self.url)), &said))
    }
}

impl Target for Branch {
    fn look(&mut self) -> Result<Found, Failure> {
        self.fetch()?;
        let Some(tip) = self.tip.clone() else {
            self.found = Found::default();
            return Ok(Found::default());
        };
        self.check_name()?;
        let listed = self.work.git(&["ls-tree", "-r", "-z", "--name-only", "--full-tree", &tip], "read the branch")?;
        let listed = String::from_utf8_lossy(&listed).into_owned();
        let has = |name: &str| listed.split('\0').any(|path| path == name);
        let above = self.prefix.match_indices('/').filter_map(|(at, _)| self.prefix.get(..at));
        if let Some(file) = above.into_iter().find(|above| has(above)) {
            return Err(Failure::new(format!(
                "`{file}` is a file on the branch, and the site is to be a folder there"
            ))
            .help("name another `folder`"));
        }
        self.lacks_no_jekyll = !self.prefix.is_empty() && !has(NO_JEKYLL) && !has("_config.yml");
        let all = listed.split('\0').filter_map(|path| path.strip_prefix(self.prefix.as_str()));
        let present: BTreeSet<String> = all.filter(|path| !path.is_empty()).map(str::to_owned).collect();
        let bytes = if present.contains(ledger::NAME) { self.read_ledger() } else { None };
        let ledger = bytes.as_ref().and_then(|bytes| Ledger::parse(bytes, is_ours));
        let is_damaged = bytes.is_some() && ledger.is_none();
        let present = present.into_iter().filter(|path| path != ledger::NAME).collect();
        // git has no empty folders.
        self.found = Found { ledger, is_damaged, present, empty_folders: BTreeSet::new(), has_folders: true };
        Ok(self.found.clone())
    }

    fn begin(&mut self) -> Result<(), Failure> {
        self.changes.clear();
        Ok(())
    }

    fn put(&mut self, uploads: &[Upload<'_>]) -> Result<u64, Failure> {
        let (ids, bytes) = self.objects(uploads)?;
        if ids.len() != uploads.len() {
            return Err(Failure::new("git kept other files than it was given"));
        }
        self.changes.extend(uploads.iter().zip(ids).map(|(upload, id)| (upload.path.to_owned(), Some(id))));
        Ok(bytes)
    }

    /// Only the last one matters: all of it appears by one push.
    fn record(&mut self, ledger: &Ledger) -> Result<(), Failure> {
        if !ledger.complete {
            return Ok(());
        }
        let id = self.work.feed(&["hash-object", "-w", "--stdin"], &ledger.to_bytes(), "keep the files")?;
        self.changes.insert(ledger::NAME.to_owned(), Some(String::from_utf8_lossy(&id).trim().to_owned()));
        Ok(())
    }

    fn remove(&mut self, paths: &[String]) -> Result<(), Failure> {
        self.changes.extend(paths.iter().map(|path| (path.clone(), None)));
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Failure> {
        let before = self.found.clone();
        for _ in 0..ATTEMPTS {
            let Some(commit) = self.commit()? else { return Ok(()) };
            if self.push(&commit)? {
                return Ok(());
            }
            // Others pushed meanwhile. What is theirs stays; what is ours must be as it was.
            let now = self.look()?;
            let of = |is_put: bool| {
                let those = self.changes.iter().filter(move |(_, id)| id.is_some() == is_put);
                those.map(|(path, _)| path.as_str()).collect::<BTreeSet<&str>>()
            };
            check_again(&before, &now, &of(true), &of(false))?;
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
