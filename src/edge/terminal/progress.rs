//! What is being done and how far it is, on one line of the terminal: for what takes longer than a second. The line goes
//! again, and nothing of it is left.

use crate::edge::profile::Profile;
use crate::page::watch::Watch;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// What ends before is not worth a line.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often the line is drawn.
const TICK: Duration = Duration::from_millis(100);

/// The stages in their order: the name by which each is measured, and what is said while it lasts.
const STAGES: [(&str, &str); 9] = [
    ("reading", "Reading"),
    ("front matter", "Reading front matter"),
    ("pages", "Making pages"),
    ("checks", "Checking"),
    ("digests", "Computing digests"),
    ("other sites", "Asking other sites"),
    ("other files", "Gathering"),
    ("search index", "Indexing for the search"),
    ("writing", "Writing"),
];
/// In this one, guides are told one by one, and each of them twice: when it is rendered, and when it is composed.
const COUNTED: &str = "pages";

/// A line of progress, as long as this lives.
#[derive(Debug)]
pub struct Progress {
    line: Arc<Line>,
    /// Brings the line out when its time has come.
    waiting: Mutex<Option<(JoinHandle<()>, Arc<Patience>)>>,
    is_watching: bool,
}

/// What the stages of a build add to: it counts, whether anybody sees it or not.
#[derive(Debug)]
pub struct Line {
    bar: ProgressBar,
    guides: AtomicU64,
    profile: Option<Arc<Profile>>,
}

/// Whether the wait for the line is over.
#[derive(Debug, Default)]
struct Patience {
    is_over: Mutex<bool>,
    told: Condvar,
}

impl Progress {
    /// Begins to count; in a second there is a line, if it is to be `shown` at all. `profile` is told what guides take.
    #[must_use]
    pub fn start(shown: bool, profile: Option<Arc<Profile>>) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let is_watching = shown || profile.is_some();
        let line = Arc::new(Line { bar, guides: AtomicU64::new(0), profile });
        line.say(STAGES[0].0);
        let waiting = shown.then(|| wait(line.bar.clone())).flatten();
        Self { line, waiting: Mutex::new(waiting), is_watching }
    }

    /// What the stages are told to.
    #[must_use]
    pub fn line(&self) -> Arc<Line> {
        Arc::clone(&self.line)
    }

    /// What wants to know of single guides, if anything does.
    #[must_use]
    pub fn watch(&self) -> Option<Arc<dyn Watch>> {
        self.is_watching.then(|| self.line() as Arc<dyn Watch>)
    }

    /// So many guides there are.
    pub fn guides(&self, count: usize) {
        self.line.guides.store(count as u64, Ordering::Relaxed);
    }

    /// Writes something else, with the line out of its way.
    pub fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        self.line.bar.suspend(write)
    }

    /// Takes the line away.
    pub fn end(&self) {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((waiting, patience)) = waiting {
            *patience.is_over.lock().unwrap_or_else(PoisonError::into_inner) = true;
            patience.told.notify_all();
            // It does nothing that could fail.
            let _ = waiting.join();
        }
        self.line.bar.finish_and_clear();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.end();
    }
}

/// Shows `bar` when it is not over by then. A system without threads to give shows nothing.
fn wait(bar: ProgressBar) -> Option<(JoinHandle<()>, Arc<Patience>)> {
    let patience = Arc::new(Patience::default());
    let own = Arc::clone(&patience);
    let waiting = thread::Builder::new().name("progress".to_owned()).spawn(move || {
        let is_over = own.is_over.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = own.told.wait_timeout_while(is_over, PATIENCE, |is_over| !*is_over);
        let (is_over, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if !*is_over {
            bar.set_draw_target(ProgressDrawTarget::stderr());
            bar.enable_steady_tick(TICK);
        }
    });
    Some((waiting.ok()?, patience))
}

impl Line {
    /// The stage of this name is done, and the next one begins.
    pub fn done(&self, stage: &str) {
        let at = STAGES.iter().position(|(name, _)| *name == stage);
        if let Some((next, _)) = at.and_then(|at| STAGES.get(at + 1)) {
            self.say(next);
        }
    }

    fn say(&self, stage: &str) {
        let said = STAGES.iter().find(|(name, _)| *name == stage).map_or("", |(_, said)| said);
        let guides = self.guides.load(Ordering::Relaxed);
        let is_counted = stage == COUNTED && guides > 0;
        let template = if is_counted { "{spinner} {msg} {bar:24} {percent} %" } else { "{spinner} {msg} {elapsed}" };
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
        self.bar.set_position(0);
        self.bar.set_length(2 * guides);
        self.bar.set_message(said);
    }
}

impl Watch for Line {
    fn now(&self) -> Duration {
        self.profile.as_ref().map_or(Duration::ZERO, |profile| profile.now())
    }

    fn guide(&self, path: &str, took: Duration) {
        self.bar.inc(1);
        if let Some(profile) = &self.profile {
            profile.guide(path, took);
        }
    }

    fn work(&self, kind: &'static str, took: Duration) {
        if let Some(profile) = &self.profile {
            profile.work(kind, took);
        }
    }

    fn shortcode(&self, name: &str, took: Duration) {
        if let Some(profile) = &self.profile {
            profile.shortcode(name, took);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guides_are_counted_from_stage_to_stage() {
        let progress = Progress::start(false, None);
        assert!(progress.watch().is_none(), "nobody looks");
        progress.guides(3);
        let line = progress.line();
        line.done("front matter");
        assert_eq!((line.bar.message().as_str(), line.bar.length()), ("Making pages", Some(6)));
        line.guide("a.md", Duration::ZERO);
        line.guide("b.md", Duration::ZERO);
        assert_eq!(line.bar.position(), 2);
        line.done("pages");
        assert_eq!((line.bar.message().as_str(), line.bar.position()), ("Checking", 0));
        line.done("what nobody knows");
        assert_eq!(line.bar.message(), "Checking");
    }

    #[test]
    fn a_profile_is_told_whether_there_is_a_line_or_not() {
        let profile = Arc::new(Profile::start());
        let progress = Progress::start(false, Some(Arc::clone(&profile)));
        progress.watch().unwrap().guide("a.md", Duration::from_millis(3));
        assert!(profile.table().contains("content/a.md"));
    }
}
