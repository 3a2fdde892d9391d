//! What was typed: every command and option, with its help. Nothing is looked up here.

mod publish;

pub(super) use publish::{Export, Exported, Publish};

use crate::edge::terminal::Format;
use crate::input::config::BaseUrl;
use clap::{Args as Group, Parser, Subcommand, ValueEnum, ValueHint};
use std::path::PathBuf;

/// A static site generator for integration guides: Markdown in, a site out whose values are the reader's own.
#[derive(Debug, Parser)]
#[command(name = "guidegen", version, propagate_version = true, max_term_width = 100, after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(flatten)]
    pub(super) common: Common,
    #[command(subcommand)]
    pub(super) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  guidegen init my-site            make a site with one guide
  guidegen build --root my-site    build it into my-site/public
  guidegen serve --root my-site    look at it in a browser while you write
  guidegen new guides/grafana.md   begin another guide

Exit status: 0 done; 1 the site has errors (or warnings, with --strict); 2 the command line or the
configuration is wrong, or there is no site; 3 `publish --dry-run` found changes.";

/// Options that every command takes.
#[derive(Debug, Clone, Group)]
#[command(next_help_heading = "Options of all commands")]
pub(super) struct Common {
    /// The site's folder [default: here, or the nearest folder above with a guidegen.yaml]
    #[arg(long, global = true, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(super) root: Option<PathBuf>,
    /// Another configuration than guidegen.yaml in the site's folder
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) config: Option<PathBuf>,
    /// Say only what is wrong
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Say more about what is done
    #[arg(long, short, global = true)]
    pub(super) verbose: bool,
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = Color::Auto)]
    pub(super) color: Color,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a new site: a configuration and one guide
    Init(Init),
    /// Begin a new guide
    New(New),
    /// Build the site
    Build(Build),
    /// Check the site without writing anything
    Check(Check),
    /// Say what a finding means and how to mend it
    Explain(Explain),
    /// Print a JSON Schema, for editors that complete and check while you type
    Schema(Schema),
    /// List the guides whose tested versions are behind data/versions.yaml
    Outdated(Outdated),
    /// Show the site in a browser, and every change as it is saved
    Serve(Serve),
    /// Put the site on static hosting
    Publish(Publish),
    /// Print parts of the site in the words of other programs
    Export(Export),
    /// Print the completions of a shell
    Completions(Completions),
}

#[derive(Debug, Group)]
#[command(
    after_help = "Examples:\n  guidegen init            a site in this folder\n  guidegen init my-site    a site in a new folder\n\nNothing that is there already is touched."
)]
pub(super) struct Init {
    /// Where to make it [default: here]
    #[arg(value_hint = ValueHint::DirPath)]
    pub(super) dir: Option<PathBuf>,
}

#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  guidegen new guides/grafana.md                  content/guides/grafana.md
  guidegen new guides/gitea/                      content/guides/gitea/index.md, for a guide with files
  guidegen new guides/immich.md --kind client     begins as archetypes/client.md says

An archetype is a template: {{ title }}, {{ date }}, {{ path }} and {{ kind }} are filled in.")]
pub(super) struct New {
    /// The guide, below content/; `.md` may be left out
    pub(super) path: String,
    /// What it begins with: archetypes/KIND.md, or a built-in beginning if there is none
    #[arg(long, default_value = "default")]
    pub(super) kind: String,
}

#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  guidegen build                                        content/ becomes public/
  guidegen build --base-url https://docs.example.com/   as it will be at this address
  guidegen build --set domain=example.org --drafts      with a value of yours, and with drafts
  guidegen build --strict --format github               in a CI job

Findings go to standard error; in the formats json, github and sarif to standard output.")]
pub(super) struct Build {
    /// Where to write the site [default: public, in the site's folder]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(super) output: Option<PathBuf>,
    #[command(flatten)]
    pub(super) site: Site,
    /// Leave the search index out
    #[arg(long)]
    pub(super) no_search: bool,
    /// Say where the time went
    #[arg(long)]
    pub(super) timings: bool,
}

/// Options of every command that builds the site.
#[derive(Debug, Group)]
pub(super) struct Site {
    /// The address that the site will have; it may have a path
    #[arg(long, value_name = "URL", value_parser = BaseUrl::parse, value_hint = ValueHint::Url)]
    pub(super) base_url: Option<BaseUrl>,
    /// Build drafts too
    #[arg(long)]
    pub(super) drafts: bool,
    /// Build guides with a date to come too
    #[arg(long)]
    pub(super) future: bool,
    /// Bake a reader's value in, so that it is plain text on every page; may be given several times
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = assignment)]
    pub(super) set: Vec<(String, String)>,
    /// Bake in the values of a file: a YAML map of names and values
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) values: Option<PathBuf>,
    /// Warnings fail as errors do; what earlier runs kept is not used then, unless --cache says so
    #[arg(long)]
    pub(super) strict: bool,
    /// Use what earlier runs kept in the user's cache folder, and keep more [default: unless --strict]
    #[arg(long, overrides_with = "no_cache")]
    pub(super) cache: bool,
    /// Neither use nor keep anything in the user's cache folder
    #[arg(long, overrides_with = "cache")]
    pub(super) no_cache: bool,
    /// How findings are written
    #[arg(long, value_enum, default_value_t = FormatName::Human)]
    pub(super) format: FormatName,
}

#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  guidegen check                     every check; errors fail
  guidegen check --strict            warnings fail, too
  guidegen check --format github     in a CI job
  guidegen check --external          links to other sites, too
  guidegen check --fix --dry-run     show what could be mended
  guidegen check --fix               mend it
  guidegen explain link-broken       what a finding means, and how to mend it

Nothing is written, but for --fix. Findings go to standard error; in the formats json, github and
sarif to standard output.")]
pub(super) struct Check {
    #[command(flatten)]
    pub(super) site: Site,
    /// Ask for links to other sites as well
    #[arg(long)]
    pub(super) external: bool,
    /// Compute no digests again
    #[arg(long)]
    pub(super) no_digests: bool,
    /// Mend what has one right answer; with codes, the findings of those alone
    #[arg(long, value_name = "CODE", num_args = 0.., value_delimiter = ',')]
    pub(super) fix: Option<Vec<String>>,
    /// Show what --fix would change, and change nothing
    #[arg(long, requires = "fix")]
    pub(super) dry_run: bool,
    /// Mend files that git does not keep, too
    #[arg(long, requires = "fix")]
    pub(super) force: bool,
    /// Say where the time went
    #[arg(long)]
    pub(super) timings: bool,
}

#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  guidegen explain link-broken
  guidegen explain               every code, with half a sentence")]
pub(super) struct Explain {
    /// The code of a finding [default: list them all]
    pub(super) code: Option<String>,
}

#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  guidegen schema config > guidegen.schema.json    for guidegen.yaml
  guidegen schema guide > guide.schema.json        for the front matter of guides

The manual's page on the command line says how an editor is told.")]
pub(super) struct Schema {
    /// Of what
    #[arg(value_enum)]
    pub(super) what: SchemaOf,
}

/// What a schema is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SchemaOf {
    /// guidegen.yaml
    Config,
    /// The front matter of guides
    Guide,
}

#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  guidegen outdated                  a table
  guidegen outdated --format json    one object a line

data/versions.yaml is a map of names and newest versions. A guide names the versions that it was
tested with in `tested` of its front matter, or in its section `Tested Versions`.")]
pub(super) struct Outdated {
    /// How it is written
    #[arg(long, value_enum, default_value_t = TableFormat::Table)]
    pub(super) format: TableFormat,
}

/// How a list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum TableFormat {
    /// For people
    Table,
    /// One JSON object a line
    Json,
}

/// The names of [`Format`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FormatName {
    /// With the lines that a finding is about
    Human,
    /// One line each: file:line:column: severity[code]: message
    Short,
    /// One JSON object a line
    Json,
    /// Annotations of a workflow on GitHub
    Github,
    /// One SARIF 2.1.0 document
    Sarif,
}

impl From<FormatName> for Format {
    fn from(name: FormatName) -> Self {
        match name {
            FormatName::Human => Self::Human,
            FormatName::Short => Self::Short,
            FormatName::Json => Self::Json,
            FormatName::Github => Self::Github,
            FormatName::Sarif => Self::Sarif,
        }
    }
}

#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  guidegen serve --open                       build, open a browser, follow every change
  guidegen serve --port 8080 --drafts         at a port of your choice, with drafts
  guidegen serve --bind 0.0.0.0               for other machines too
  guidegen serve --allow-host docs.test       behind a reverse proxy of that name

Nothing is written unless --output is given. Ctrl-C ends it.")]
pub(super) struct Serve {
    /// The address to listen at
    #[arg(long, value_name = "ADDR", default_value_t = std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST))]
    pub(super) bind: std::net::IpAddr,
    /// The port to listen at [default: 1111, or the next free one]
    #[arg(long, value_name = "N")]
    pub(super) port: Option<u16>,
    /// Answer to this name too, for a reverse proxy; may be given several times
    #[arg(long, value_name = "NAME")]
    pub(super) allow_host: Vec<String>,
    /// Open the site in a browser
    #[arg(long)]
    pub(super) open: bool,
    /// Look at all files this often (500ms, 2s), where the system does not tell of changes
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(super) poll: Option<std::time::Duration>,
    /// Write the site here as well
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(super) output: Option<PathBuf>,
    #[command(flatten)]
    pub(super) site: Site,
}

#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  guidegen completions bash > ~/.local/share/bash-completion/completions/guidegen
  guidegen completions zsh > ~/.zfunc/_guidegen
  guidegen completions fish > ~/.config/fish/completions/guidegen.fish")]
pub(super) struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub(super) shell: clap_complete::Shell,
}

/// `NAME=VALUE`; the value may be empty, and may hold more `=`.
fn assignment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.to_owned())),
        _ => Err("it is not of the form NAME=VALUE".to_owned()),
    }
}

/// A time such as `500ms`, `2s` or `1m`; a bare number is seconds.
fn duration(text: &str) -> Result<std::time::Duration, String> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let scale = match unit.trim() {
        "ms" => 0.001,
        "" | "s" => 1.0,
        "m" | "min" => 60.0,
        _ => return Err("it is not of the form 500ms, 2s or 1m".to_owned()),
    };
    let seconds = number.parse::<f64>().ok().map(|number| number * scale);
    match seconds {
        Some(seconds) if (0.01..=3600.0).contains(&seconds) => Ok(std::time::Duration::from_secs_f64(seconds)),
        Some(_) => Err("it is not between 10ms and 60m".to_owned()),
        None => Err("it is not of the form 500ms, 2s or 1m".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_definition_holds_together() {
        Args::command().debug_assert();
    }

    #[test]
    fn an_assignment_has_a_name() {
        assert_eq!(assignment("a=b=c"), Ok(("a".to_owned(), "b=c".to_owned())));
        assert_eq!(assignment("a="), Ok(("a".to_owned(), String::new())));
        assert!(assignment("a").is_err() && assignment("=b").is_err());
    }

    #[test]
    fn a_duration_has_a_unit_and_a_limit() {
        let millis = |text| duration(text).map(|duration| duration.as_millis());
        assert_eq!(
            (millis("500ms"), millis("2s"), millis("1.5"), millis("1m")),
            (Ok(500), Ok(2000), Ok(1500), Ok(60_000))
        );
        for wrong in ["", "s", "0s", "1h", "-1s", "1e3s", "99999999999s", "1.2.3s"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn common_options_stand_before_and_after_the_command() {
        for typed in [["guidegen", "--root", "x", "build"], ["guidegen", "build", "--root", "x"]] {
            assert_eq!(Args::try_parse_from(typed).unwrap().common.root, Some(PathBuf::from("x")));
        }
    }
}
