//! The command line, one file a command. What was typed ([`args`]) becomes what is meant ([`options`]); a command then
//! does it, and says how it went.

mod args;
mod build;
mod check;
mod completions;
mod explain;
mod export;
mod fix;
mod init;
mod new;
mod options;
mod outdated;
mod publish;
mod recall;
mod schema;
mod serve;
mod site;

use crate::edge::Failure;
use crate::edge::environment::Environment;
use crate::edge::terminal;
use args::{Args, Command};
use clap::Parser as _;
use std::ffi::OsString;

/// The exit status of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Status {
    /// All is well.
    Done = 0,
    /// The site has errors, or with `--strict` warnings.
    Faulty = 1,
    /// The command line or the configuration is wrong, there is no site, or the system refuses.
    Refused = 2,
    /// `publish --dry-run`: there is something to publish.
    Changes = 3,
}

/// Does what the arguments ask for; the first of them is the name of the program.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Status {
    let args = match Args::try_parse_from(arguments) {
        Ok(args) => args,
        Err(error) => {
            // Help and version are no faults, and that nobody reads them is none either.
            let _ = error.print();
            return if error.use_stderr() { Status::Refused } else { Status::Done };
        }
    };
    let color = args.common.color;
    let outcome = Environment::read().and_then(|environment| dispatch(args, &environment));
    outcome.unwrap_or_else(|failure| {
        let is_colourful = Environment::read().is_ok_and(|environment| environment.is_colourful);
        terminal::eprint(&terminal::render_failure(&failure, options::colours(color, is_colourful)));
        Status::Refused
    })
}

fn dispatch(args: Args, environment: &Environment) -> Result<Status, Failure> {
    let Args { common, command } = args;
    match command {
        Command::Init(typed) => init::run(&common, typed.dir.as_deref(), environment),
        Command::New(typed) => new::run(&common, &typed, environment),
        Command::Build(typed) => build::run(options::Build::of(&common, typed, environment)?),
        Command::Check(typed) => check::run(options::Check::of(&common, typed, environment)?, environment),
        Command::Explain(typed) => explain::run(typed.code.as_deref()),
        Command::Schema(typed) => Ok(schema::run(typed.what)),
        Command::Outdated(typed) => outdated::run(&common, &typed, environment),
        Command::Serve(typed) => serve::run(options::Serve::of(&common, typed, environment)?),
        Command::Publish(typed) => publish::run(options::Publish::of(&common, typed, environment)?),
        Command::Export(typed) => match typed.what {
            args::Exported::Redirects(typed) => {
                export::redirects(&options::Site::of(&common, typed.site, environment)?)
            }
        },
        Command::Completions(typed) => Ok(completions::run(typed.shell)),
    }
}
