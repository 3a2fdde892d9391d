//! What is meant: the options of a command with their defaults filled in and their files read.

use super::args::{self, Color, Common};
use crate::base::source::{Source, Span};
use crate::base::{Code, Diagnostic};
use crate::edge::Failure;
use crate::edge::build_cache::BuildCache;
use crate::edge::disk::{self, Root};
use crate::edge::environment::Environment;
use crate::edge::terminal::Format;
use crate::engine::Beside;
use crate::input::config::BaseUrl;
use crate::input::date::Date;
use crate::input::yaml::Document;
use serde_json::Value;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Which site is built, and how; the same for every command that builds it.
#[derive(Debug)]
pub(super) struct Site {
    /// The site's folder.
    pub(super) root: Root,
    /// Another configuration.
    pub(super) config: Option<PathBuf>,
    /// In place of the configuration's.
    pub(super) base_url: Option<BaseUrl>,
    /// Whether drafts are built.
    pub(super) drafts: bool,
    /// Whether guides with a date to come are built.
    pub(super) future: bool,
    /// Whether there is to be a search.
    pub(super) search: bool,
    /// Values of readers, baked in.
    pub(super) baked: Vec<(String, Value)>,
    /// The file that some of them come from.
    pub(super) values: Option<PathBuf>,
    /// Those that were named one by one.
    set: Vec<(String, Value)>,
    /// The time that the site is built for.
    pub(super) now: Date,
    /// Whether warnings fail.
    pub(super) strict: bool,
    /// How findings are written.
    pub(super) format: Format,
    /// How much is said.
    pub(super) voice: Voice,
    /// Whether it is shown how far a long run is.
    pub(super) is_watched: bool,
    /// The site's folder below the repository's, with `/` behind it.
    pub(super) prefix: String,
    /// What may be kept between two runs.
    pub(super) cache: Option<BuildCache>,
}

/// What `build` is to do.
#[derive(Debug)]
pub(super) struct Build {
    /// The site.
    pub(super) site: Site,
    /// Where it is written.
    pub(super) output: PathBuf,
    /// Whether the stages are told with their times.
    pub(super) timings: bool,
}

/// How much is said, and in which looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Voice {
    /// Only what is wrong.
    pub(super) quiet: bool,
    /// More.
    pub(super) verbose: bool,
    /// With colours.
    pub(super) colours: bool,
}

impl Voice {
    pub(super) const fn of(common: &Common, environment: &Environment) -> Self {
        let colours = colours(common.color, environment.is_colourful);
        Self { quiet: common.quiet, verbose: common.verbose, colours }
    }
}

/// Whether colours are used; `auto` leaves it to the terminal.
pub(super) const fn colours(color: Color, is_colourful: bool) -> bool {
    match color {
        Color::Auto => is_colourful,
        Color::Always => true,
        Color::Never => false,
    }
}

/// The site that the common options name.
pub(super) fn root(common: &Common, environment: &Environment) -> Result<Root, Failure> {
    match &common.root {
        Some(named) => Root::open(named),
        None => Root::open(&Root::find(&environment.folder)),
    }
}

impl Site {
    pub(super) fn of(common: &Common, typed: args::Site, environment: &Environment) -> Result<Self, Failure> {
        let root = root(common, environment)?;
        let set: Vec<(String, Value)> = typed.set.into_iter().map(|(name, value)| (name, Value::from(value))).collect();
        let baked = baked(typed.values.as_deref(), &set)?;
        let format: Format = typed.format.into();
        let keeps = if typed.strict { typed.cache } else { !typed.no_cache };
        let cache = keeps.then(|| BuildCache::of(environment, root.path())).flatten();
        Ok(Self {
            cache,
            config: common.config.clone(),
            base_url: typed.base_url,
            drafts: typed.drafts,
            future: typed.future,
            search: true,
            baked,
            values: typed.values,
            set,
            now: environment.now()?,
            strict: typed.strict,
            is_watched: environment.is_watched && !common.quiet && !format.is_for_machines(),
            format,
            voice: Voice::of(common, environment),
            prefix: prefix(&root, environment),
            root,
        })
    }

    /// The values to bake in, with their file read once more.
    pub(super) fn baked_now(&self) -> Result<Vec<(String, Value)>, Failure> {
        baked(self.values.as_deref(), &self.set)
    }
}

impl Build {
    pub(super) fn of(common: &Common, typed: args::Build, environment: &Environment) -> Result<Self, Failure> {
        let mut site = Site::of(common, typed.site, environment)?;
        site.search = !typed.no_search;
        let output = typed.output.unwrap_or_else(|| default_output(&site.root, environment));
        Ok(Self { site, output, timings: typed.timings })
    }
}

/// What `check` is to do.
#[derive(Debug)]
pub(super) struct Check {
    /// The site.
    pub(super) site: Site,
    /// What is looked at beside the site itself.
    pub(super) beside: Beside,
    /// The codes whose findings are mended; none mends nothing.
    pub(super) fix: Option<Vec<Code>>,
    /// Whether what would be mended is only shown.
    pub(super) dry_run: bool,
    /// Whether files that git does not keep are mended.
    pub(super) force: bool,
    /// Whether the stages are told with their times.
    pub(super) timings: bool,
}

impl Check {
    pub(super) fn of(common: &Common, typed: args::Check, environment: &Environment) -> Result<Self, Failure> {
        Ok(Self {
            beside: Beside { digests: !typed.no_digests, external: typed.external },
            fix: typed.fix.as_deref().map(super::fix::codes).transpose()?,
            dry_run: typed.dry_run,
            force: typed.force,
            timings: typed.timings,
            site: Site::of(common, typed.site, environment)?,
        })
    }
}

/// What `serve` is to do.
#[derive(Debug)]
pub(super) struct Serve {
    /// The site.
    pub(super) site: Site,
    /// Where the site is written as well.
    pub(super) output: Option<PathBuf>,
    /// The address to listen at.
    pub(super) bind: IpAddr,
    /// The port, if it is named.
    pub(super) port: Option<u16>,
    /// Names to answer to.
    pub(super) hosts: Vec<String>,
    /// Whether a browser is opened.
    pub(super) opens: bool,
    /// How often all files are looked at.
    pub(super) poll: Option<Duration>,
}

impl Serve {
    pub(super) fn of(common: &Common, typed: args::Serve, environment: &Environment) -> Result<Self, Failure> {
        Ok(Self {
            output: typed.output,
            bind: typed.bind,
            port: typed.port,
            hosts: typed.allow_host,
            opens: typed.open,
            poll: typed.poll,
            site: Site::of(common, typed.site, environment)?,
        })
    }
}

/// What `publish` is to do.
#[derive(Debug)]
pub(super) struct Publish {
    /// The site.
    pub(super) site: Site,
    /// The target's name.
    pub(super) target: Option<String>,
    /// A built folder.
    pub(super) from: Option<PathBuf>,
    /// Only the plan.
    pub(super) dry_run: bool,
    /// Nothing is asked.
    pub(super) yes: bool,
    /// More may be removed than is usual.
    pub(super) force: bool,
    /// What others put there may be written over.
    pub(super) adopt: bool,
    /// The lock of another run is taken away.
    pub(super) break_lock: bool,
    /// Only what is published.
    pub(super) status: bool,
    /// When it is published.
    pub(super) clock: Date,
}

impl Publish {
    pub(super) fn of(common: &Common, typed: args::Publish, environment: &Environment) -> Result<Self, Failure> {
        let is_told = typed.site.cache;
        let mut site = Site::of(common, typed.site, environment)?;
        // What goes out is built from nothing but its sources, unless somebody wants it otherwise.
        site.cache = site.cache.filter(|_| is_told);
        Ok(Self {
            target: typed.target,
            from: typed.from,
            dry_run: typed.dry_run,
            yes: typed.yes,
            force: typed.force,
            adopt: typed.adopt,
            break_lock: typed.break_lock,
            status: typed.status,
            clock: environment.clock,
            site,
        })
    }
}

/// `public` in the site's folder, by a short name when that is here.
fn default_output(root: &Root, environment: &Environment) -> PathBuf {
    if root.is_at(&environment.folder) { PathBuf::from("public") } else { root.path().join("public") }
}

/// How the repository names the site's folder, where a job says where the repository is.
fn prefix(root: &Root, environment: &Environment) -> String {
    match environment.workspace.as_deref().and_then(|workspace| root.below(workspace)) {
        Some(below) if !below.is_empty() => below + "/",
        _ => String::new(),
    }
}

/// The values of a file, and over them those that were named.
fn baked(file: Option<&Path>, set: &[(String, Value)]) -> Result<Vec<(String, Value)>, Failure> {
    let mut baked = file.map(values).transpose()?.unwrap_or_default();
    for (name, value) in set {
        baked.retain(|(earlier, _)| earlier != name);
        baked.push((name.clone(), value.clone()));
    }
    Ok(baked)
}

/// The values of a YAML file.
fn values(path: &Path) -> Result<Vec<(String, Value)>, Failure> {
    let shown = path.display();
    let text = disk::read_text(path)?;
    let source = Source::new(shown.to_string(), text);
    let span = Span::new(0, source.text().len());
    let document = Document::parse(&source, span, Code::Config).map_err(|found| failure(&found))?;
    // A guide's text is mended and told of; a value is what it is, or none.
    if let Some(found) = document.reserved() {
        return Err(failure(&found));
    }
    let map = match document.value() {
        Value::Null => return Ok(Vec::new()),
        Value::Object(map) => map,
        _ => return Err(Failure::new(format!("`{shown}` is not a map of names and values"))),
    };
    if let Some((name, _)) = map.iter().find(|(_, value)| value.is_object() || value.is_array() || value.is_null()) {
        let found = Diagnostic::new(Code::Config, format!("the value of `{name}` is not a text, number or boolean"));
        return Err(failure(&found.at(document.place(&[name]))));
    }
    Ok(map.iter().map(|(name, value)| (name.clone(), value.clone())).collect())
}

/// A finding in a file of the command line, which is no part of the site.
fn failure(found: &Diagnostic) -> Failure {
    let place = found.place.as_ref().map(|place| match place.range {
        Some(range) => format!("{}:{}:{}: ", place.file, range.line, range.column),
        None => format!("{}: ", place.file),
    });
    Failure { message: place.unwrap_or_default() + &found.message, help: found.help.clone().map(Into::into) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<(String, Value)>, Failure> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("values.yaml");
        std::fs::write(&path, text).unwrap();
        values(&path)
    }

    #[test]
    fn values_keep_their_types() {
        let read = read("domain: example.org\ntls: true\nport: 8080\nempty: ''\n").unwrap();
        let expected: [(&str, Value); 4] =
            [("domain", "example.org".into()), ("tls", true.into()), ("port", 8080.into()), ("empty", "".into())];
        assert_eq!(read, expected.map(|(name, value)| (name.to_owned(), value)));
    }

    #[test]
    fn what_is_no_map_of_values_is_refused_at_its_place() {
        assert!(read("").unwrap().is_empty());
        assert!(read("- a\n").unwrap_err().message.ends_with("is not a map of names and values"));
        let nested = read("domain: a\nports:\n  - 1\n").unwrap_err();
        assert!(nested.message.contains("the value of `ports`"), "{nested}");
        assert!(nested.message.contains("values.yaml:"), "{nested}");
        let reserved = read("domain: a\nname: \"\\U00100000\"\n").unwrap_err();
        assert!(reserved.message.contains("values.yaml:2:7: the character U+100000"), "{reserved}");
    }
}
