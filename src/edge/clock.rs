//! The clock of a run: where its time went. What the site shows of time is an input instead, read once
//! ([`super::environment`]).

use super::terminal::progress::Line;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Measures a run, stage by stage.
#[derive(Debug)]
pub struct Stopwatch {
    started: Instant,
    laps: Mutex<Laps>,
    line: Option<Arc<Line>>,
}

#[derive(Debug)]
struct Laps {
    last: Instant,
    stages: Vec<(String, Duration)>,
}

impl Stopwatch {
    /// Starts to measure.
    #[must_use]
    pub fn start() -> Self {
        let started = Instant::now();
        Self { started, laps: Mutex::new(Laps { last: started, stages: Vec::new() }), line: None }
    }

    /// Starts to measure; a line of progress is told of every stage too.
    #[must_use]
    pub fn with(line: Arc<Line>) -> Self {
        Self { line: Some(line), ..Self::start() }
    }

    /// The stage of this name ends here; the next one begins.
    pub fn lap(&self, stage: &str) {
        let mut laps = self.laps.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let took = now - laps.last;
        laps.last = now;
        laps.stages.push((stage.to_owned(), took));
        if let Some(line) = &self.line {
            line.done(stage);
        }
    }

    /// The time since the start.
    #[must_use]
    pub fn total(&self) -> Duration {
        self.started.elapsed()
    }

    /// A table for people: each stage, its time, and its share of the whole.
    #[must_use]
    pub fn table(&self) -> String {
        let laps = self.laps.lock().unwrap_or_else(PoisonError::into_inner);
        let total: Duration = laps.stages.iter().map(|(_, took)| *took).sum();
        let width = laps.stages.iter().map(|(stage, _)| stage.chars().count()).max().unwrap_or(0).max(5);
        let line = |stage: &str, took: Duration| {
            let share = 100.0 * took.as_secs_f64() / total.as_secs_f64().max(f64::MIN_POSITIVE);
            format!("{stage:width$} {:>9.2} ms {share:>5.1} %\n", took.as_secs_f64() * 1000.0)
        };
        let stages = laps.stages.iter().map(|(stage, took)| line(stage, *took));
        stages.chain([line("total", total)]).collect()
    }
}

/// A time as people say it: `87 ms`, `1.4 s`.
#[must_use]
pub fn spoken(time: Duration) -> String {
    if time.as_millis() < 1000 { format!("{} ms", time.as_millis()) } else { format!("{:.1} s", time.as_secs_f64()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_are_listed_in_order_with_their_sum() {
        let stopwatch = Stopwatch::start();
        stopwatch.lap("reading");
        stopwatch.lap("rendering");
        let table = stopwatch.table();
        let names: Vec<&str> = table.lines().filter_map(|line| line.split(' ').next()).collect();
        assert_eq!(names, ["reading", "rendering", "total"]);
        assert_eq!(spoken(Duration::from_millis(87)), "87 ms");
        assert_eq!(spoken(Duration::from_millis(1440)), "1.4 s");
    }
}
