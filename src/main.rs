//! The program: arguments in, an exit status out. The only place where the process ends.

use mimalloc::MiMalloc;
use std::process::ExitCode;

#[global_allocator]
static MEMORY: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    ExitCode::from(guidegen::cli::run(std::env::args_os()) as u8)
}
