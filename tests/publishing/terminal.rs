//! The program on a terminal of its own, as a person has it: made by `script`, or by Python where that is missing.

use std::io::Write as _;
use std::process::{Command, Stdio};

/// What makes terminals here; none when nothing does.
fn maker() -> Option<Command> {
    let says = |program: &str, argument: &str| Command::new(program).arg(argument).stdin(Stdio::null()).output();
    let runs = "exec \"$PROGRAM\" $ARGUMENTS";
    if says("script", "--version").is_ok_and(|said| String::from_utf8_lossy(&said.stdout).contains("util-linux")) {
        let mut command = Command::new("script");
        command.args(["--quiet", "--return", "--command", runs, "/dev/null"]);
        return Some(command);
    }
    if says("python3", "--version").is_ok_and(|said| said.status.success()) {
        let program = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";
        let mut command = Command::new("python3");
        command.args(["-c", program, "sh", "-c", runs]);
        return Some(command);
    }
    eprintln!("not tested: neither script of util-linux nor python3 is here to make a terminal");
    None
}

/// Runs `command` on a terminal where `typed` is typed: its exit status, and what the terminal showed. None where no terminal
/// can be made.
pub fn on_terminal(command: &Command, typed: &str) -> Option<(i32, String)> {
    let mut terminal = maker()?;
    let words: Vec<&str> = command.get_args().filter_map(|word| word.to_str()).collect();
    terminal.env("PROGRAM", command.get_program()).env("ARGUMENTS", words.join(" "));
    terminal.current_dir(command.get_current_dir().unwrap()).env("SHELL", "/bin/sh");
    terminal.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = terminal.spawn().unwrap();
    // It stays open until the program ends, as a keyboard does.
    let mut keyboard = child.stdin.take().unwrap();
    keyboard.write_all(typed.as_bytes()).unwrap();
    keyboard.flush().unwrap();
    let output = child.wait_with_output().unwrap();
    drop(keyboard);
    let shown = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    Some((output.status.code().unwrap_or(-1), String::from_utf8_lossy(&shown).into_owned()))
}
