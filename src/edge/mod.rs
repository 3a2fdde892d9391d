//! Where guidegen touches the world: disk, git, terminal. Nothing above this module reads a file, a clock or the
//! environment.

pub mod browser;
pub mod build_cache;
pub mod cache;
pub mod clock;
pub mod create;
pub mod disk;
pub mod environment;
pub mod external;
pub mod git;
pub mod kept_site;
pub mod lock;
pub mod manifest;
pub mod mend;
pub mod output;
pub mod profile;
pub mod publish;
pub mod search;
pub mod serve;
pub mod terminal;

use std::fmt;

/// Why a command cannot go on at all: the command line or the configuration is wrong, there is no site, or the system
/// refuses. What is wrong with single guides is a [`Diagnostic`](crate::base::Diagnostic) instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What is wrong: a sentence without its full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Failure {
    /// A failure with nothing to advise.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None }
    }

    /// The same failure with what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}
