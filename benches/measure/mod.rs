//! One run of a process, measured: the clock, the processor, memory, and the files that it wrote.
//!
//! The system tells what the children of a process used together. So that it is the use of one child, every run has a
//! small process of its own around it: the benchmark itself, started once more with [`AROUND`].

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

/// The argument that makes the benchmark the process around another one.
pub const AROUND: &str = "--measure-one";

/// What a run came to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Use {
    /// By the clock on the wall.
    pub wall: Duration,
    /// User and system time, of all threads.
    pub processor: Duration,
    /// The most memory that was resident, in KiB.
    pub peak: u64,
}

/// A process to run.
#[derive(Debug, Clone)]
pub struct Process {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// What it finds in its environment.
    pub environment: Vec<(&'static str, PathBuf)>,
}

impl Process {
    /// Runs it to its end.
    pub fn measure(&self) -> Result<Use, String> {
        let told = |error: std::io::Error| format!("{}: {error}", self.program.display());
        let here = std::env::current_exe().map_err(told)?;
        let mut command = Command::new(here);
        command.arg(AROUND).arg(&self.program).args(&self.arguments).stdin(Stdio::null());
        let output = command.envs(self.environment.iter().map(|(name, value)| (name, value))).output().map_err(told)?;
        let said = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            return Err(format!("{} failed:\n{said}", self.program.display()));
        }
        parse(&String::from_utf8_lossy(&output.stdout)).ok_or_else(|| format!("no measures of {self:?}"))
    }
}

/// The process around another: runs it, and prints what it used.
pub fn around(mut arguments: impl Iterator<Item = OsString>) -> Result<(), String> {
    let program = arguments.next().ok_or("nothing to measure")?;
    let mut command = Command::new(&program);
    command.args(arguments).stdout(Stdio::null());
    let start = Instant::now();
    let status = command.status().map_err(|error| error.to_string())?;
    let wall = start.elapsed();
    if !status.success() {
        return Err(status.to_string());
    }
    let (processor, peak) = used();
    println!("{} {} {peak}", wall.as_micros(), processor.as_micros());
    Ok(())
}

fn parse(line: &str) -> Option<Use> {
    let mut numbers = line.split_whitespace().map(|number| number.parse().ok());
    let mut next = || numbers.next().flatten();
    Some(Use { wall: Duration::from_micros(next()?), processor: Duration::from_micros(next()?), peak: next()? })
}

/// Processor time and peak memory of the child that has ended.
#[cfg(unix)]
fn used() -> (Duration, u64) {
    use nix::sys::resource::{UsageWho, getrusage};
    let Ok(usage) = getrusage(UsageWho::RUSAGE_CHILDREN) else { return (Duration::ZERO, 0) };
    let time = |time: nix::sys::time::TimeVal| {
        Duration::from_secs(time.tv_sec().unsigned_abs()) + Duration::from_micros(time.tv_usec().unsigned_abs())
    };
    let peak = usage.max_rss().unsigned_abs();
    // Apple counts bytes.
    let peak = if cfg!(target_vendor = "apple") { peak >> 10 } else { peak };
    (time(usage.user_time()) + time(usage.system_time()), peak)
}

#[cfg(not(unix))]
fn used() -> (Duration, u64) {
    (Duration::ZERO, 0)
}

/// The files of a folder at one moment.
pub type Snapshot = BTreeMap<PathBuf, (u64, Option<SystemTime>)>;

/// The files below `folder`; none when it is not there.
pub fn snapshot(folder: &Path) -> Snapshot {
    let mut files = Snapshot::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.metadata() {
                Ok(metadata) if metadata.is_dir() => folders.push(entry.path()),
                Ok(metadata) => {
                    files.insert(entry.path(), (metadata.len(), metadata.modified().ok()));
                }
                Err(_) => {}
            }
        }
    }
    files
}

/// How many files were written between two moments, and their bytes.
pub fn written(before: &Snapshot, after: &Snapshot) -> (usize, u64) {
    let new = after.iter().filter(|(path, file)| before.get(*path) != Some(*file));
    new.fold((0, 0), |(count, bytes), (_, (len, _))| (count + 1, bytes + len))
}
