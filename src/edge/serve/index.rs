//! The search index of the site that is served: made beside it, when nobody has written for a moment, and shown when it
//! is there. No page waits for it; until the new one is ready the last one answers.

use super::Stage;
use crate::edge::search;
use crate::site::artifact::{Artifact, Bundle};
use crate::site::search::Records;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long nothing must have changed before the index is made.
const QUIET: Duration = Duration::from_millis(400);

type Files = Arc<Mutex<Vec<Artifact>>>;

/// Makes the index, again and again.
#[derive(Debug)]
pub struct Index {
    records: Sender<Records>,
    files: Files,
}

impl Index {
    /// Waits for records on a thread of its own, and shows their index on `stage`. What fails is told to `tell`.
    #[must_use]
    pub fn start(stage: Stage, tell: impl Fn(&str) + Send + 'static) -> Self {
        let (records, wanted) = channel();
        let files = Files::default();
        let shown = Arc::clone(&files);
        let thread = std::thread::Builder::new().name("index".to_owned());
        // Without the thread there is no search, and its dialog says so; the site is there.
        let _ = thread.spawn(move || follow(&wanted, &shown, &stage, &tell));
        Self { records, files }
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

fn lock(files: &Files) -> MutexGuard<'_, Vec<Artifact>> {
    files.lock().unwrap_or_else(PoisonError::into_inner)
}

fn follow(wanted: &Receiver<Records>, files: &Files, stage: &Stage, tell: &dyn Fn(&str)) {
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
        match search::index(records.clone(), 1) {
            Ok(made) => {
                let mut files = lock(files);
                files.clone_from(&made);
                stage.show(stage.now().with_index(made));
                last = Some(records);
            }
            Err(failure) => tell(&failure.to_string()),
        }
    }
}
