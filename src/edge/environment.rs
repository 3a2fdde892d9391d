//! What a run takes from its surroundings, read once: the time, the folder, the terminal, the variables.

use super::Failure;
use super::cache::Cache;
use crate::input::date::Date;
use std::ffi::OsString;
use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

/// The surroundings of a run.
#[derive(Debug, Clone)]
pub struct Environment {
    /// `SOURCE_DATE_EPOCH`, as it was set.
    pub epoch: Option<OsString>,
    /// The time now.
    pub clock: Date,
    /// What earlier runs remembered.
    pub cache: Cache,
    /// The folder in which guidegen was started.
    pub folder: PathBuf,
    /// Whether standard error is a terminal that shows colours, as far as anybody can tell.
    pub is_colourful: bool,
    /// Whether somebody looks at standard error who can be shown how far a long run is.
    pub is_watched: bool,
    /// The folder that holds the repository in a job on GitHub; findings are named relative to it there.
    pub workspace: Option<PathBuf>,
    /// The folder for what builds may keep for each other.
    pub build_cache: Option<PathBuf>,
}

impl Environment {
    /// Looks around.
    ///
    /// # Errors
    /// When the folder in which guidegen was started is gone.
    pub fn read() -> Result<Self, Failure> {
        let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let folder = std::env::current_dir()
            .map_err(|error| Failure::new(format!("cannot tell the current folder: {}", super::disk::said(&error))))?;
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let is_terminal = std::io::stderr().is_terminal();
        let is_dumb = variable("TERM").is_some_and(|term| term == "dumb");
        Ok(Self {
            epoch: variable("SOURCE_DATE_EPOCH"),
            clock: Date::from_unix(i64::try_from(seconds).unwrap_or(i64::MAX)),
            cache: Cache::of(&variable),
            folder,
            is_colourful: is_terminal && variable("NO_COLOR").is_none() && !is_dumb,
            // Services that build show a terminal's lines one below the other, and say so.
            is_watched: is_terminal && !is_dumb && variable("CI").is_none(),
            workspace: variable("GITHUB_WORKSPACE").map(PathBuf::from),
            build_cache: build_cache(&variable),
        })
    }

    /// The time that the site is built for: `SOURCE_DATE_EPOCH`, else now.
    ///
    /// # Errors
    /// When `SOURCE_DATE_EPOCH` is not a number of seconds.
    pub fn now(&self) -> Result<Date, Failure> {
        let Some(epoch) = &self.epoch else { return Ok(self.clock) };
        let seconds = epoch.to_str().and_then(|text| text.trim().parse().ok());
        seconds.map(Date::from_unix).ok_or_else(|| {
            let set = epoch.to_string_lossy();
            Failure::new(format!("SOURCE_DATE_EPOCH is `{set}`, which is not a number of seconds since 1970"))
                .help("set it to the time of the last commit, `git log -1 --format=%ct`, or do not set it")
        })
    }
}

/// Asks a question on the terminal that is answered with yes or no.
///
/// # Errors
/// When there is no terminal to ask on.
pub fn ask(question: &str) -> Result<bool, Failure> {
    let (input, output) = (std::io::stdin(), std::io::stderr());
    if !input.is_terminal() || !output.is_terminal() {
        return Err(Failure::new("there is no terminal to ask on").help("say --yes, or look with --dry-run"));
    }
    super::terminal::eprint(&format!("{} [y/N] ", super::terminal::tame(question, false)));
    let mut answer = String::new();
    input.read_line(&mut answer).map_err(|_| Failure::new("the answer cannot be read"))?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

/// Where the system wants caches: `$XDG_CACHE_HOME`, which counts only when it is absolute, else the place of the system.
fn build_cache(variable: &dyn Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let absolute = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let usual = || match () {
        () if cfg!(windows) => absolute("LOCALAPPDATA"),
        () if cfg!(target_os = "macos") => absolute("HOME").map(|home| home.join("Library/Caches")),
        () => absolute("HOME").map(|home| home.join(".cache")),
    };
    absolute("XDG_CACHE_HOME").or_else(usual).map(|folder| folder.join("guidegen/builds"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_an_input() {
        let mut environment = Environment::read().unwrap();
        environment.epoch = Some("1700000000".into());
        assert_eq!(environment.now().unwrap().rfc3339(), "2023-11-14T22:13:20Z");
        environment.epoch = Some("yesterday".into());
        assert!(environment.now().unwrap_err().message.contains("`yesterday`"));
        environment.epoch = None;
        assert_eq!(environment.now().unwrap(), environment.clock);
    }
}
