//! A program of the publisher's that is told what changed: for caches that keep the site elsewhere.

use crate::edge::{Failure, disk};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// Runs `hook`, a program and its arguments, in `root`. It gets the addresses of the changed `paths` on its standard
/// input, each on a line: through no shell, so that no name can be a command. What it says goes to standard error, as all
/// that is for people.
///
/// # Errors
/// When it cannot be started, or says that it failed.
pub fn run(hook: &[String], root: &Path, paths: &[String]) -> Result<(), Failure> {
    let Some((program, arguments)) = hook.split_first() else { return Ok(()) };
    let is_here = program.contains('/') && Path::new(program).is_relative();
    let found = if is_here { root.join(program) } else { program.into() };
    let child =
        Command::new(&found).args(arguments).current_dir(root).stdin(Stdio::piped()).stdout(std::io::stderr()).spawn();
    let mut child = child.map_err(|error| {
        Failure::new(format!(
            "the site is published, but the hook `{program}` cannot be started: {}",
            disk::said(&error)
        ))
        .help("`hook` is a list: a program, then its arguments")
    })?;
    let text: String = paths.iter().map(|path| format!("{path}\n")).collect();
    if let Some(mut input) = child.stdin.take() {
        // One that does not read is none the worse.
        let _ = input.write_all(text.as_bytes());
    }
    let status = child.wait().map_err(|error| Failure::new(format!("the hook `{program}`: {}", disk::said(&error))))?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::new(format!("the site is published, but the hook `{program}` failed ({status})"))
        .help("mend it, and run it by hand with the addresses above on its standard input: the next run has nothing to tell it"))
}
