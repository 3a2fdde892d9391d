//! Builds that are killed. Promised: every page that is there is whole, of the last site or of the next, with the assets that
//! it needs; a first build leaves all or nothing; the next build completes it and leaves nothing over.

use super::versions::{FILES, Site};
use std::fs;
use std::path::Path;
use std::process::Child;
use std::time::{Duration, Instant};

const KILLS: usize = 20;

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound.max(1)
    }
}

/// Kills a build some time after `sign` is there, or when it ends without one.
fn kill_after_sign(mut child: Child, sign: &Path, delay: Duration) {
    while !sign.exists() && child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    kill_after(child, delay);
}

fn kill_after(mut child: Child, delay: Duration) {
    std::thread::sleep(delay);
    // SIGKILL, where there are signals: nothing is tidied up.
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_build_that_is_killed_leaves_whole_pages_and_the_next_completes_it() {
    let site = Site::new();
    site.assert_complete("A");
    site.set("B");
    let mut dice = Dice(20_261_123);
    let mut mixed = 0;
    for round in 0..KILLS {
        let version = if round % 2 == 0 { "B" } else { "A" };
        site.set(version);
        // Three of four are killed when the first file is in its place, the others while files are staged: what either
        // leaves is what the next one finds.
        let is_early = round % 4 == 3;
        let first = site.path(&format!("public/{version}-1/page.html"));
        let sign = if is_early { site.path("public/.guidegen-stage/0") } else { first };
        kill_after_sign(site.build().spawn().unwrap(), &sign, Duration::from_micros(dice.below(4_000)));
        let pages = site.pages();
        assert!(pages.len() >= FILES / 2, "{} pages are left", pages.len());
        let new = pages.values().filter(|found| *found == version).count();
        mixed += usize::from(new > 0 && new < pages.len());
        if is_early {
            continue;
        }
        site.assert_complete(version);
    }
    eprintln!("{mixed} of {KILLS} kills came between the first rename and the last removal");
    site.set("A");
    site.assert_complete("A");
}

#[test]
fn the_first_build_that_is_killed_leaves_all_or_nothing() {
    let site = Site::new();
    let started = Instant::now();
    site.assert_complete("A");
    let takes = u64::try_from(started.elapsed().as_micros()).unwrap();
    let mut dice = Dice(7);
    for _ in 0..15 {
        let _ = fs::remove_dir_all(site.path("public"));
        kill_after(site.build().spawn().unwrap(), Duration::from_micros(dice.below(takes)));
        let pages = site.pages().len();
        assert!(pages == 0 || pages == FILES, "{pages} pages");
        assert_eq!(site.path("public").exists(), pages == FILES);
    }
    site.assert_complete("A");
}
