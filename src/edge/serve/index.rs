//! The search index of the site that is served: made beside it, when nobody has written for a moment, and shown when it
//! is there. No page waits for it: until the new one is ready the last one answers, and while a site is built the index
//! waits.

use super::Stage;
use crate::edge::search;
use crate::site::artifact::{Artifact, Bundle};
use crate::site::search::Records;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long nothing must have changed before the index is made.
const QUIET: Duration = Duration::from_millis(400);

type Files = Arc<Mutex<Vec<Artifact>>>;

/// Makes the index, again and again.
#[derive(Debug)]
pub struct Index {
    records: Sender<Records>,
    files: Files,
    builds: Arc<Builds>,
}

/// Whether a site is built now, which the index waits for.
#[derive(Debug, Default)]
struct Builds {
    is_on: Mutex<bool>,
    ended: Condvar,
}

impl Builds {
    fn set(&self, is_on: bool) {
        *lock(&self.is_on) = is_on;
        self.ended.notify_all();
    }

    fn wait(&self) {
        // A build that never ends has other faults than this one.
        let _ended = self.ended.wait_while(lock(&self.is_on), |is_on| *is_on);
    }
}

/// While it lives, the index waits.
#[derive(Debug)]
pub struct Pause(Arc<Builds>);

impl Drop for Pause {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

impl Index {
    /// Waits for records on a thread of its own, and shows their index on `stage`. What fails is told to `tell`.
    #[must_use]
    pub fn start(stage: Stage, tell: impl Fn(&str) + Send + 'static) -> Self {
        let (records, wanted) = channel();
        let files = Files::default();
        let (shown, builds) = (Arc::clone(&files), Arc::<Builds>::default());
        let waited_for = Arc::clone(&builds);
        let thread = std::thread::Builder::new().name("index".to_owned());
        // Without the thread there is no search, and its dialog says so; the site is there.
        let _ = thread.spawn(move || follow(&wanted, &shown, &stage, &waited_for, &tell));
        Self { records, files, builds }
    }

    /// Lets a build have the processor.
    #[must_use]
    pub fn pause(&self) -> Pause {
        self.builds.set(true);
        Pause(Arc::clone(&self.builds))
    }

    /// Calls `show` with the bundle, the last index in it, and asks for a new one.
    pub fn with<T>(&self, mut bundle: Bundle, show: impl FnOnce(Bundle) -> T) -> T {
        let files = lock(&self.files);
        if let Some(records) = bundle.search.take() {
            search::add(&mut bundle, files.clone());
            let _ = self.records.send(records);
        }
        let shown = show(bundle);
        // Only now, so that no index is lost in between.
        drop(files);
        shown
    }
}

fn lock<T>(room: &Mutex<T>) -> MutexGuard<'_, T> {
    room.lock().unwrap_or_else(PoisonError::into_inner)
}

fn follow(wanted: &Receiver<Records>, files: &Files, stage: &Stage, builds: &Arc<Builds>, tell: &dyn Fn(&str)) {
    let builds = Arc::clone(builds);
    let wait: search::Wait = Arc::new(move || builds.wait());
    let mut last = None;
    while let Ok(mut records) = wanted.recv() {
        loop {
            match wanted.recv_timeout(QUIET) {
                Ok(newer) => records = newer,
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
        if last.as_ref() == Some(&records) {
            continue;
        }
        // One thread: the others are for whoever writes on.
        match search::index(records.clone(), 1, Arc::clone(&wait)) {
            Ok(made) => {
                let mut files = lock(files);
                stage.change(|shown| shown.with_index(&files, made.clone()));
                *files = made;
                last = Some(records);
            }
            Err(failure) => tell(&failure.to_string()),
        }
    }
}
