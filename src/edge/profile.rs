//! Where the time of a build went in the site itself: kinds of work on pages, the slowest guides and shortcodes.

use super::terminal::tame;
use crate::page::watch::Watch;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// So many of each are told.
const TOLD: usize = 5;

/// How long single guides and shortcodes took.
#[derive(Debug)]
pub struct Profile {
    started: Instant,
    took: Mutex<Took>,
}

#[derive(Debug, Default)]
struct Took {
    work: BTreeMap<&'static str, Duration>,
    guides: BTreeMap<String, Duration>,
    /// With the number of uses.
    shortcodes: BTreeMap<String, (Duration, usize)>,
}

impl Profile {
    /// Starts to measure.
    #[must_use]
    pub fn start() -> Self {
        Self { started: Instant::now(), took: Mutex::default() }
    }

    /// What the work on pages was, the slowest guides, and the shortcodes that took longest in all, for people; empty when
    /// no page was made.
    #[must_use]
    pub fn table(&self) -> String {
        let took = self.took.lock().unwrap_or_else(PoisonError::into_inner);
        let guides = took.guides.iter().map(|(path, time)| (*time, format!("content/{path}")));
        let shortcodes = took.shortcodes.iter().map(|(name, (time, uses))| {
            let calls = if *uses == 1 { "call" } else { "calls" };
            (*time, format!("{name} ({uses} {calls})"))
        });
        let work = took.work.iter().map(|(kind, time)| (*time, (*kind).to_owned()));
        slowest("work on pages, all threads together", work.collect())
            + &slowest("slowest guides", guides.collect())
            + &slowest("slowest shortcodes", shortcodes.collect())
    }
}

/// Those that took longest, below a title; nothing when there are none.
fn slowest(title: &str, mut all: Vec<(Duration, String)>) -> String {
    all.sort_by(|(a, one), (b, other)| b.cmp(a).then_with(|| one.cmp(other)));
    let mut text = String::new();
    for (at, (time, name)) in all.into_iter().take(TOLD).enumerate() {
        if at == 0 {
            text = format!("{title}\n");
        }
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{:>10.2} ms  {}", time.as_secs_f64() * 1000.0, tame(&name, false));
    }
    text
}

impl Watch for Profile {
    fn now(&self) -> Duration {
        self.started.elapsed()
    }

    fn work(&self, kind: &'static str, time: Duration) {
        let mut took = self.took.lock().unwrap_or_else(PoisonError::into_inner);
        *took.work.entry(kind).or_default() += time;
    }

    fn guide(&self, path: &str, time: Duration) {
        let mut took = self.took.lock().unwrap_or_else(PoisonError::into_inner);
        *took.guides.entry(path.to_owned()).or_default() += time;
    }

    fn shortcode(&self, name: &str, time: Duration) {
        let mut took = self.took.lock().unwrap_or_else(PoisonError::into_inner);
        let (sum, uses) = took.shortcodes.entry(name.to_owned()).or_default();
        *sum += time;
        *uses += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slowest_come_first_and_what_comes_in_parts_is_added_up() {
        let profile = Profile::start();
        assert_eq!(profile.table(), "");
        let millis = Duration::from_millis;
        for (path, time) in [("a.md", 3), ("b.md", 2), ("c.md", 1), ("d.md", 9), ("b.md", 2), ("e.md", 1), ("f.md", 1)]
        {
            profile.guide(path, millis(time));
        }
        profile.shortcode("tabs", millis(5));
        profile.shortcode("sitevar", millis(1));
        profile.shortcode("sitevar", millis(1));
        profile.work("templates", millis(2));
        profile.work("templates", millis(1));
        let lines = [
            "work on pages, all threads together",
            "      3.00 ms  templates",
            "slowest guides",
            "      9.00 ms  content/d.md",
            "      4.00 ms  content/b.md",
            "      3.00 ms  content/a.md",
            "      1.00 ms  content/c.md",
            "      1.00 ms  content/e.md",
            "slowest shortcodes",
            "      5.00 ms  tabs (1 call)",
            "      2.00 ms  sitevar (2 calls)",
        ];
        assert_eq!(profile.table().lines().collect::<Vec<_>>(), lines);
    }
}
