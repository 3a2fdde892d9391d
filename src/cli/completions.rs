//! `guidegen completions`: what a shell needs to complete commands and options.

use super::Status;
use super::args::Args;
use crate::edge::terminal;
use clap::CommandFactory as _;

/// Prints the completions of a shell.
pub(super) fn run(shell: clap_complete::Shell) -> Status {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "guidegen", &mut script);
    terminal::print(&String::from_utf8_lossy(&script));
    Status::Done
}
