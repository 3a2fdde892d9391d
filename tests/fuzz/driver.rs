//! Tries a target with kept inputs and with mutations of them, and makes those small that break it.

use super::chance::Chance;
use super::mutation::{self, Mutator};
use std::env;
use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// As the threads that build sites have.
const STACK: usize = 32 << 20;
/// An input that takes longer hangs, however busy the machine is. Only looked for in a long run.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often an input is made smaller at most.
const SHRINKS: usize = 3_000;

/// What is tried.
type Target = fn(&[u8]);

/// What is being tried, and since when.
type Trying = Arc<Mutex<Option<(Instant, Vec<u8>)>>>;

/// Tries `target` with the inputs that are kept for it and `count` mutations of them, or with as many as there is time for.
pub fn run(name: &'static str, target: Target, count: usize) {
    let tried = thread::Builder::new().stack_size(STACK).spawn(move || try_all(name, target, count)).unwrap();
    if let Err(why) = tried.join() {
        panic::resume_unwind(why);
    }
}

fn try_all(name: &str, target: Target, count: usize) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let kept = inputs(&folder.join("corpus").join(name));
    assert!(!kept.is_empty(), "no input is kept for {name}");
    for (path, input) in &kept {
        if fails(target, input) {
            panic!("{} breaks its promise", path.display());
        }
    }
    let words = fs::read_to_string(folder.join(format!("dictionaries/{name}.dict"))).unwrap();
    let number = |variable: &str| env::var(variable).ok().map(|text| text.parse().expect("a number"));
    let (seconds, seed) = (number("GUIDEGEN_FUZZ_SECONDS"), number("GUIDEGEN_FUZZ_SEED").unwrap_or(1));
    let mut mutator = Mutator::new(kept.into_iter().map(|(_, input)| input).collect(), mutation::words(&words));
    let mut chance = Chance::of(seed, 0);
    let trying = Trying::default();
    if seconds.is_some() {
        watch(name, Arc::clone(&trying));
    }
    let began = Instant::now();
    let is_done = |done: usize| match seconds {
        Some(seconds) => began.elapsed() >= Duration::from_secs(seconds),
        None => done >= count,
    };
    let mut done = 0;
    while !is_done(done) {
        let input = mutator.next(&mut chance);
        if seconds.is_some() {
            *trying.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), input.clone()));
        }
        if fails(target, &input) {
            let small = smaller(target, input);
            let path = keep(name, &small);
            panic!("seed {seed}, mutation {done}: {} breaks it:\n{}", path.display(), String::from_utf8_lossy(&small));
        }
        done += 1;
    }
    *trying.lock().unwrap_or_else(PoisonError::into_inner) = None;
    eprintln!("{name}: {done} executions in {:.0?}, seed {seed}", began.elapsed());
}

fn inputs(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

fn fails(target: Target, input: &[u8]) -> bool {
    panic::catch_unwind(AssertUnwindSafe(|| target(input))).is_err()
}

/// The shortest input that still fails, as far as leaving stretches out leads to it.
fn smaller(target: Target, mut input: Vec<u8>) -> Vec<u8> {
    let told = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let (mut length, mut tries) = (input.len().div_ceil(2).max(1), 0);
    while tries < SHRINKS {
        let mut at = 0;
        let before = input.len();
        while at < input.len() && tries < SHRINKS {
            let mut less = input.clone();
            less.drain(at..(at + length).min(input.len()));
            tries += 1;
            if fails(target, &less) { input = less } else { at += length }
        }
        match length {
            1 if input.len() == before => break,
            length_now => length = length_now.div_ceil(2),
        }
    }
    panic::set_hook(told);
    input
}

fn keep(name: &str, input: &[u8]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fuzz").join(name);
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(guidegen::base::digest::Digest::of(input).short());
    fs::write(&path, input).unwrap();
    path
}

/// Ends the process when one input takes too long, after keeping it.
fn watch(name: &str, trying: Trying) {
    let name = name.to_owned();
    thread::spawn(move || {
        loop {
            thread::sleep(Duration::from_secs(1));
            let trying = trying.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((began, input)) = &*trying
                && began.elapsed() > PATIENCE
            {
                eprintln!("{name}: {} hangs", keep(&name, input).display());
                std::process::abort();
            }
        }
    });
}
