//! When each guide last changed, from `git log`, which runs once for the whole folder and beside the rendering.
//!
//! Git is an outside program in a folder that may come from anybody: nothing that the repository configures is run, and
//! a folder without a repository, or a machine without git, is no fault.

use crate::input::date::Date;
use std::collections::{BTreeMap, HashSet};
use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::SystemTime;

/// What git knows about the guides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// The author's date of the last change, by path below `content/`.
    pub dates: Arc<BTreeMap<String, Date>>,
    /// Why dates are missing although there is a repository; for people.
    pub warning: Option<String>,
}

/// By what a commit, a checkout or a fetch shows: where the repository's head stands, and when it was last moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit(Vec<Option<(u64, SystemTime)>>);

/// What the history of `root` depends on, without asking git; none outside of a repository.
#[must_use]
pub fn commit(root: &Path) -> Option<Commit> {
    let git = root.ancestors().map(|above| above.join(".git")).find(|git| git.exists())?;
    // In a work tree of its own, it is a file that names the folder.
    let named = std::fs::read_to_string(&git).ok();
    let named = named.as_deref().and_then(|text| text.strip_prefix("gitdir:")).map(str::trim);
    let folder = named.map_or_else(|| git.clone(), |named| git.with_file_name(named));
    let stamp = |name: &str| {
        let metadata = std::fs::metadata(folder.join(name)).ok()?;
        Some((metadata.len(), metadata.modified().ok()?))
    };
    Some(Commit(["HEAD", "logs/HEAD"].map(stamp).to_vec()))
}

/// The history, while it is being read.
#[derive(Debug)]
pub struct LastChanges {
    history: OnceLock<History>,
    reader: Mutex<Option<JoinHandle<History>>>,
    go: Mutex<Option<Sender<()>>>,
    state: Mutex<Option<Receiver<String>>>,
}

impl LastChanges {
    /// As [`LastChanges::start`], but only the state of the repository is read before [`LastChanges::go`].
    #[must_use]
    pub fn prepare(root: &Path, guides: impl IntoIterator<Item = String>) -> Self {
        let root = root.to_owned();
        let wanted: HashSet<String> = guides.into_iter().collect();
        let ((go, gone), (tell, state)) = (channel(), channel());
        let reader = std::thread::Builder::new().name("git".to_owned());
        let reader = reader.spawn(move || read(&root, wanted, &tell, &gone));
        Self {
            history: OnceLock::new(),
            reader: Mutex::new(reader.ok()),
            go: Mutex::new(Some(go)),
            state: Mutex::new(Some(state)),
        }
    }

    /// Goes on to read the history.
    pub fn go(&self) {
        if let Some(go) = self.go.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // Whoever would hear it has failed, and has no history then.
            let _ = go.send(());
        }
    }

    /// What the history depends on: equal states, equal histories. None when it was asked for before, or cannot be told.
    pub fn state(&self) -> Option<String> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).take()?.recv().ok()
    }

    /// Starts to read the last changes of `guides`, paths below `content/` in the site at `root`. Reading ends as soon as
    /// each of them has its date.
    #[must_use]
    pub fn start(root: &Path, guides: impl IntoIterator<Item = String>) -> Self {
        let changes = Self::prepare(root, guides);
        changes.go();
        changes
    }

    /// A history without a repository behind it.
    #[must_use]
    pub fn known(history: History) -> Self {
        Self {
            history: OnceLock::from(history),
            reader: Mutex::default(),
            go: Mutex::default(),
            state: Mutex::default(),
        }
    }

    /// The history; waits until git is done.
    pub fn get(&self) -> &History {
        self.history.get_or_init(|| {
            self.go();
            let reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner).take();
            reader.and_then(|reader| reader.join().ok()).unwrap_or_default()
        })
    }
}

fn read(root: &Path, wanted: HashSet<String>, tell: &Sender<String>, go: &Receiver<()>) -> History {
    let shallow = git(root).args(["rev-parse", "--is-shallow-repository", "HEAD"]).output();
    let state = shallow.as_ref().map_or_else(|_| String::new(), |said| format!("{:?} {:?}", said.stdout, said.stderr));
    // Not everybody wants to hear it.
    let _ = tell.send(state);
    if wanted.is_empty() || go.recv().is_err() {
        return History::default();
    }
    let Ok(shallow) = shallow else { return History::default() };
    if !shallow.status.success() {
        let said = String::from_utf8_lossy(&shallow.stderr);
        let refused = said.contains("dubious ownership").then(|| {
            "git does not trust this repository, because somebody else owns its folder: pages go without the date of \
             their last change (git config --global --add safe.directory FOLDER)"
                .to_owned()
        });
        return History { dates: Arc::default(), warning: refused };
    }
    if shallow.stdout.starts_with(b"true") {
        let warning = "this is a shallow clone, which does not know when guides changed: pages go without the date of \
                       their last change (git fetch --unshallow, or fetch-depth: 0 in the CI job)";
        return History { dates: Arc::default(), warning: Some(warning.to_owned()) };
    }
    History { dates: Arc::new(log(root, wanted).unwrap_or_default()), warning: None }
}

/// Which files of the site git keeps, by their path from the site's root; none when there is no repository or no git.
#[must_use]
pub fn tracked(root: &Path) -> Option<HashSet<String>> {
    let listed = git(root).args(["ls-files", "-z", "--", "content"]).output().ok()?;
    let paths = listed.stdout.split(|byte| *byte == 0).filter_map(|path| std::str::from_utf8(path).ok());
    listed.status.success().then(|| paths.filter(|path| !path.is_empty()).map(str::to_owned).collect())
}

/// Runs `git log`, newest first, until every wanted path was seen once.
fn log(root: &Path, mut wanted: HashSet<String>) -> Option<BTreeMap<String, Date>> {
    let mut command = git(root);
    command.args(["log", "-z", "--format=tformat:%x01%aI", "--name-only", "--relative", "--no-renames", "-O/dev/null"]);
    command.args(["--no-show-signature", "--no-ext-diff", "--no-textconv", "--no-color", "--", "content"]);
    let mut child = command.stderr(Stdio::null()).spawn().ok()?;
    let dates = child.stdout.take().map(|out| parse(BufReader::with_capacity(1 << 16, out), &mut wanted));
    end(&mut child);
    dates
}

/// A record is `\x01DATE`, then a line break and paths, each closed by NUL. All paths begin with `content/`.
fn parse(mut log: impl BufRead, wanted: &mut HashSet<String>) -> BTreeMap<String, Date> {
    let mut dates = BTreeMap::new();
    let mut date = None;
    let mut piece = Vec::new();
    while !wanted.is_empty() {
        piece.clear();
        if !matches!(log.read_until(0, &mut piece), Ok(read) if read > 0) {
            break;
        }
        let Some(text) = piece.strip_suffix(b"\0").and_then(|piece| std::str::from_utf8(piece).ok()) else { continue };
        if let Some(written) = text.strip_prefix('\u{1}') {
            date = Date::parse(written);
        } else if let Some(path) = text.strip_prefix('\n').unwrap_or(text).strip_prefix("content/")
            && let Some(date) = &date
            && let Some(path) = wanted.take(path)
        {
            dates.insert(path, *date);
        }
    }
    dates
}

fn end(child: &mut Child) {
    // It may have more to say than anybody wants to hear.
    let _ = child.kill();
    let _ = child.wait();
}

/// Git at `root`, which runs no program but itself, asks nobody, fetches nothing, and does not write.
pub(super) fn git(root: &Path) -> Command {
    let mut command = Command::new("git");
    for (name, _) in std::env::vars_os() {
        if is_misleading(&name) {
            command.env_remove(name);
        }
    }
    command.env("GIT_OPTIONAL_LOCKS", "0").env("GIT_TERMINAL_PROMPT", "0").env("GIT_NO_LAZY_FETCH", "1");
    command.env("LC_ALL", "C").arg("-C").arg(root).arg("--no-pager");
    for setting in ["core.fsmonitor=false", "core.hooksPath=/dev/null", "log.follow=false", "log.diffMerges=off"] {
        command.args(["-c", setting]);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    command
}

/// Whether a variable would lead git to another repository (a hook that runs guidegen sets `GIT_DIR`). How git itself is
/// configured stays: CI jobs say there whom to trust.
fn is_misleading(name: &OsString) -> bool {
    let name = name.to_string_lossy();
    let kept = ["GIT_CONFIG", "GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM", "GIT_EXEC_PATH"];
    name.starts_with("GIT_") && !kept.iter().any(|kept| name.starts_with(kept))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn run(folder: &Path, seconds: u32, args: &[&str]) {
        let date = format!("2024-05-{:02}T12:00:00+02:00", seconds);
        let status = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "protocol.file.allow=always"])
            .args(args)
            .current_dir(folder)
            .env("GIT_AUTHOR_DATE", &date)
            .env("GIT_COMMITTER_DATE", &date)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        assert!(status.unwrap().success(), "{args:?}");
    }

    fn has_git() -> bool {
        Command::new("git").arg("--version").output().is_ok()
    }

    fn repository() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let content = folder.path().join("docs/content");
        fs::create_dir_all(content.join("a b")).unwrap();
        run(folder.path(), 1, &["init", "-q"]);
        for (day, path, text) in
            [(2, "a b/é.md", "1"), (3, "c.md", "1"), (4, "a b/é.md", "2"), (5, "d\nnew line.md", "1")]
        {
            fs::write(content.join(path), text).unwrap();
            run(folder.path(), day, &["add", "-A"]);
            run(folder.path(), day, &["commit", "-qm", "change"]);
        }
        folder
    }

    fn all() -> Vec<String> {
        ["a b/é.md", "c.md", "d\nnew line.md", "not committed.md"].map(str::to_owned).to_vec()
    }

    #[test]
    fn every_guide_has_the_date_of_its_newest_commit() {
        if !has_git() {
            return;
        }
        let folder = repository();
        let changes = LastChanges::start(&folder.path().join("docs"), all());
        let dates: Vec<(&str, String)> =
            changes.get().dates.iter().map(|(path, date)| (path.as_str(), date.rfc3339())).collect();
        let expected = [("a b/é.md", 4), ("c.md", 3), ("d\nnew line.md", 5)];
        assert_eq!(dates.len(), 3);
        for ((path, date), (wanted, day)) in dates.iter().zip(expected) {
            assert_eq!(*path, wanted);
            let instant = Date::parse(&format!("2024-05-{day:02}T12:00:00+02:00")).unwrap();
            assert_eq!(Date::parse(date).unwrap(), instant);
        }
        assert_eq!(changes.get().warning, None);
    }

    #[test]
    fn a_shallow_clone_is_said_and_has_no_dates() {
        if !has_git() {
            return;
        }
        let folder = repository();
        let clone = tempfile::tempdir().unwrap();
        let from = format!("file://{}", folder.path().display());
        run(clone.path(), 6, &["clone", "-q", "--depth", "1", &from, "clone"]);
        let changes = LastChanges::start(&clone.path().join("clone/docs"), all());
        assert!(changes.get().dates.is_empty());
        assert!(changes.get().warning.as_deref().unwrap().contains("shallow"));
    }

    #[test]
    fn without_a_repository_nothing_is_said() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(*LastChanges::start(folder.path(), all()).get(), History::default());
        assert_eq!(*LastChanges::start(&folder.path().join("none"), all()).get(), History::default());
    }

    #[test]
    fn reading_ends_when_nothing_more_is_wanted() {
        let log = b"\x012024-01-02T00:00:00Z\0\ncontent/a.md\0content/b.md\0\x012024-01-01T00:00:00Z\0\ncontent/a.md\0";
        let mut wanted = HashSet::from(["a.md".to_owned()]);
        let dates = parse(&log[..], &mut wanted);
        assert_eq!(dates.keys().collect::<Vec<_>>(), ["a.md"]);
        assert_eq!(dates["a.md"].rfc3339(), "2024-01-02T00:00:00Z");
        assert!(wanted.is_empty());
    }

    #[test]
    fn a_hook_does_not_lead_git_astray() {
        assert!(is_misleading(&"GIT_DIR".into()) && is_misleading(&"GIT_INDEX_FILE".into()));
        assert!(!is_misleading(&"GIT_CONFIG_COUNT".into()) && !is_misleading(&"PATH".into()));
    }
}
