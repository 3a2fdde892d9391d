//! Watches the files of a site and says what changed, many changes at once.
//!
//! The debouncer that goes with `notify` looks at its queue at fixed ticks and holds an event back for a whole timeout,
//! which alone is beyond what an edit may take here. A few milliseconds of quiet are enough for a save, and a burst (a
//! checkout, a copied folder) is known by its many paths and waited for longer.

use crate::edge::disk::{CONFIG, FOLDERS, Root};
use notify::event::{AccessKind, AccessMode, EventKind, ModifyKind};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher as _};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// After this long without a change, a save is over.
const QUIET: Duration = Duration::from_millis(4);
/// After this long without a change, a burst is over.
const QUIET_BURST: Duration = Duration::from_millis(80);
/// More paths than these are a burst.
const BURST: usize = 8;
/// No longer than this is waited for the end.
const LONGEST: Duration = Duration::from_secs(3);
/// A folder that is new may have been filled before it was watched: after this long all is looked at again.
const SECOND_LOOK: Duration = Duration::from_millis(250);

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// These paths, absolute.
    Paths(BTreeSet<PathBuf>),
    /// Nobody knows: all is to be looked at.
    Unknown,
}

/// Watches a site.
#[derive(Debug)]
pub struct Watch {
    root: PathBuf,
    config: PathBuf,
    /// Files beside those of the site's own folders, and the folders on the way to them.
    included: BTreeSet<PathBuf>,
    /// Folders that are watched for these.
    folders: BTreeSet<PathBuf>,
    how: How,
    looks_again: bool,
}

#[derive(Debug)]
enum How {
    Events { watcher: RecommendedWatcher, events: Receiver<notify::Result<Event>> },
    Poll(Duration),
}

impl Watch {
    /// Starts to watch; `poll` looks at everything so often instead. Where the system cannot watch, it is looked every
    /// second, and the reason is given.
    #[must_use]
    pub fn start(root: &Root, config: Option<&Path>, poll: Option<Duration>) -> (Self, Option<String>) {
        let absolute = |path: &Path| path.canonicalize().or_else(|_| std::path::absolute(path));
        let config = config.and_then(|path| absolute(path).ok()).unwrap_or_else(|| root.path().join(CONFIG));
        let (how, note) = match poll {
            Some(every) => (How::Poll(every), None),
            None => match events() {
                Ok(how) => (how, None),
                Err(error) => (How::Poll(Duration::from_secs(1)), Some(cannot(&error))),
            },
        };
        let root = root.path().to_owned();
        let mut watch =
            Self { root, config, included: BTreeSet::new(), folders: BTreeSet::new(), how, looks_again: false };
        if note.is_some() {
            return (watch, note);
        }
        let note = watch.watch_all().err().map(|error| cannot(&error));
        if note.is_some() {
            watch.how = How::Poll(Duration::from_secs(1));
        }
        (watch, note)
    }

    /// Watches these files too: those that guides include, and those that links of the site lead to. They may be missing, come
    /// and go with their folders, and be links themselves; whoever calls this after each build is told of all that.
    pub fn also(&mut self, files: &BTreeSet<PathBuf>) {
        let mut wanted = BTreeSet::new();
        let targets = files.iter().filter_map(|file| file.canonicalize().ok());
        for path in files.iter().cloned().chain(targets) {
            if FOLDERS.iter().any(|folder| path.starts_with(self.root.join(folder))) {
                continue;
            }
            // Inside of the site, folders on the way may come and go; outside of it, files do.
            let levels = if path.starts_with(&self.root) { usize::MAX } else { 1 };
            let above = path.ancestors().skip(1).take_while(|above| *above != self.root).take(levels);
            let above: Vec<PathBuf> = above.map(Path::to_owned).collect();
            if levels > 1 {
                self.included.extend(above.iter().cloned());
            }
            wanted.extend(above);
            self.included.insert(path);
        }
        let How::Events { watcher, .. } = &mut self.how else { return };
        self.folders.retain(|folder| folder.is_dir());
        for folder in wanted {
            // Who cannot watch it sees its change with the next one.
            if folder.is_dir() && !self.folders.contains(&folder) {
                let _ = watcher.watch(&folder, RecursiveMode::NonRecursive);
                self.folders.insert(folder);
            }
        }
    }

    /// Waits for the next change; none when there will never be one.
    pub fn wait(&mut self) -> Option<Change> {
        let first = match &self.how {
            How::Poll(every) => {
                std::thread::sleep(*every);
                return Some(Change::Unknown);
            }
            How::Events { events, .. } => loop {
                let patience = if self.looks_again { SECOND_LOOK } else { Duration::from_secs(3600) };
                match events.recv_timeout(patience) {
                    Ok(event) if self.concerns(&event) => break event,
                    Ok(_) => {}
                    Err(RecvTimeoutError::Timeout) if self.looks_again => {
                        self.looks_again = false;
                        return Some(Change::Unknown);
                    }
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => return None,
                }
            },
        };
        let mut batch = Batch::default();
        batch.add(first);
        self.gather(&mut batch);
        if batch.paths.iter().any(|path| self.is_folder_of_the_site(path)) || batch.is_lossy {
            // One that came back is another folder; watching it anew is the only way to be sure.
            let _ = self.watch_all();
        }
        self.looks_again |= batch.has_folders || batch.is_lossy;
        Some(if batch.is_lossy { Change::Unknown } else { Change::Paths(batch.paths) })
    }

    /// Takes what else comes until it is quiet.
    fn gather(&self, batch: &mut Batch) {
        let How::Events { events, .. } = &self.how else { return };
        let started = Instant::now();
        while started.elapsed() < LONGEST {
            let is_burst = batch.paths.len() > BURST;
            match events.recv_timeout(if is_burst { QUIET_BURST } else { QUIET }) {
                Ok(event) if self.concerns(&event) => batch.add(event),
                Ok(_) => {}
                // Git holds this lock until its checkout is done.
                Err(_) if is_burst && self.root.join(".git/index.lock").exists() => {}
                Err(_) => return,
            }
        }
    }

    fn watch_all(&mut self) -> notify::Result<()> {
        let How::Events { watcher, .. } = &mut self.how else { return Ok(()) };
        watcher.watch(&self.root, RecursiveMode::NonRecursive)?;
        if let Some(folder) = self.config.parent().filter(|folder| *folder != self.root) {
            watcher.watch(folder, RecursiveMode::NonRecursive)?;
        }
        for folder in FOLDERS {
            let path = self.root.join(folder);
            let _ = watcher.unwatch(&path);
            if path.is_dir() {
                watcher.watch(&path, RecursiveMode::Recursive)?;
            }
        }
        Ok(())
    }

    fn is_folder_of_the_site(&self, path: &Path) -> bool {
        path.strip_prefix(&self.root).is_ok_and(|path| FOLDERS.iter().any(|folder| path == Path::new(folder)))
    }

    /// Whether an event speaks of the site. That somebody reads a file is no change, and other folders (the output,
    /// `.git`) are none of its.
    fn concerns(&self, event: &notify::Result<Event>) -> bool {
        let Ok(event) = event else { return true };
        let is_change = match event.kind {
            EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
            EventKind::Access(_) => false,
            _ => true,
        };
        is_change && (event.need_rescan() || event.paths.iter().any(|path| self.is_ours(path)))
    }

    fn is_ours(&self, path: &Path) -> bool {
        if path == self.config || self.included.contains(path) {
            return true;
        }
        let Ok(below) = path.strip_prefix(&self.root) else { return false };
        let mut parts = below.components().map(|part| part.as_os_str());
        let Some(folder) = parts.next().and_then(|part| FOLDERS.into_iter().find(|folder| part == *folder)) else {
            return false;
        };
        // Editors keep what they need in dot files; only `static/` may have some of its own.
        folder == "static" || parts.all(|part| !part.as_encoded_bytes().starts_with(b"."))
    }
}

/// Changes that come together.
#[derive(Debug, Default)]
struct Batch {
    paths: BTreeSet<PathBuf>,
    has_folders: bool,
    is_lossy: bool,
}

impl Batch {
    fn add(&mut self, event: notify::Result<Event>) {
        let Ok(event) = event else {
            self.is_lossy = true;
            return;
        };
        self.is_lossy |= event.need_rescan();
        let may_be_folder = matches!(event.kind, EventKind::Create(_) | EventKind::Modify(ModifyKind::Name(_)));
        self.has_folders |= may_be_folder && event.paths.iter().any(|path| path.is_dir());
        self.paths.extend(event.paths);
    }
}

fn events() -> notify::Result<How> {
    let (sender, events) = channel();
    Ok(How::Events { watcher: notify::recommended_watcher(sender)?, events })
}

fn cannot(error: &notify::Error) -> String {
    let why = match &error.kind {
        notify::ErrorKind::MaxFilesWatch => "the system's limit of watched files is reached".to_owned(),
        notify::ErrorKind::Io(error) => super::super::disk::said(error),
        _ => error.to_string(),
    };
    format!("cannot watch the site ({why}): it is looked at every second instead, as with --poll 1s")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn site() -> (tempfile::TempDir, Watch) {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("content/a")).unwrap();
        fs::create_dir_all(folder.path().join("public")).unwrap();
        let root = Root::open(folder.path()).unwrap();
        let (watch, note) = Watch::start(&root, None, None);
        assert_eq!(note, None);
        (folder, watch)
    }

    fn wait_for(watch: &mut Watch, wanted: &str) {
        for _ in 0..50 {
            match watch.wait().unwrap() {
                Change::Unknown => return,
                Change::Paths(paths) if paths.iter().any(|path| path.ends_with(wanted)) => return,
                Change::Paths(_) => {}
            }
        }
        panic!("{wanted} never came");
    }

    #[test]
    fn changes_of_the_site_are_seen_and_those_beside_it_are_not() {
        let (folder, mut watch) = site();
        let at = |path: &str| folder.path().join(path);
        fs::write(at("public/x.html"), "x").unwrap();
        fs::write(at("README.md"), "x").unwrap();
        fs::write(at("content/.x.md.swp"), "x").unwrap();
        fs::write(at("content/a/b.md"), "x").unwrap();
        let Some(Change::Paths(paths)) = watch.wait() else { panic!("which paths is known") };
        let names: Vec<_> = paths.iter().filter_map(|path| path.file_name()?.to_str()).collect();
        assert_eq!(names, ["b.md"]);
        fs::read(at("content/a/b.md")).unwrap();
        fs::write(at("guidegen.yaml"), "title: x").unwrap();
        wait_for(&mut watch, "guidegen.yaml");
    }

    #[test]
    fn a_folder_that_comes_back_is_watched_again() {
        let (folder, mut watch) = site();
        let at = |path: &str| folder.path().join(path);
        fs::rename(at("content"), at("away")).unwrap();
        wait_for(&mut watch, "content");
        fs::rename(at("away"), at("content")).unwrap();
        wait_for(&mut watch, "content");
        fs::create_dir_all(at("content/new/deep")).unwrap();
        fs::write(at("content/new/deep/x.md"), "x").unwrap();
        wait_for(&mut watch, "x.md");
        fs::write(at("content/a/b.md"), "x").unwrap();
        wait_for(&mut watch, "b.md");
    }
}
