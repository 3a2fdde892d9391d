//! The program: arguments in, an exit status out. The only place where the process ends.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(guidegen::cli::run(std::env::args_os()) as u8)
}
