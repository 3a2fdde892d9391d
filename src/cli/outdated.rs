//! `guidegen outdated`: the guides whose tested versions are behind `data/versions.yaml`.

use super::args::{Common, Outdated as Typed, TableFormat};
use super::options::{Voice, root};
use super::site::counted;
use super::{Status, site};
use crate::base::Source;
use crate::edge::environment::Environment;
use crate::edge::terminal::{self, Format, Style};
use crate::edge::{Failure, disk::Root};
use crate::input::files::{File, SiteFiles};
use crate::input::guide::is_guide;
use crate::site::outdated::{Newest, Outdated};
use serde_json::json;

/// The newest versions.
const VERSIONS: &str = "data/versions.yaml";

/// Lists them. That a guide is behind is no fault: the status is 0.
pub(super) fn run(common: &Common, typed: &Typed, environment: &Environment) -> Result<Status, Failure> {
    let root = root(common, environment)?;
    let voice = Voice::of(common, environment);
    let files = root.read_site(common.config.as_deref())?.files;
    let versions = files.data.iter().find(|file| file.path == "versions.yaml").and_then(|file| source("data", file));
    let versions = versions.ok_or_else(|| {
        Failure::new(format!("there is no `{VERSIONS}`"))
            .help("it is a map of products and their newest versions: `grafana: 11.2.0`")
    })?;
    let (newest, problems) = Newest::read(&versions);
    tell(&root, &files, &problems, voice);
    let guides = files.content.iter().filter(|file| is_guide(&file.path));
    let behind: Vec<Outdated> =
        guides.filter_map(|file| source("content", file)).flat_map(|source| newest.behind(&source)).collect();
    let text = match typed.format {
        TableFormat::Table => table(&behind),
        TableFormat::Json => behind.iter().map(line).collect(),
    };
    terminal::print(&text);
    if !voice.quiet && typed.format == TableFormat::Table {
        terminal::eprint(&format!("{} behind {VERSIONS}\n", counted(behind.len(), "tested version")));
    }
    Ok(if problems.is_empty() { Status::Done } else { Status::Faulty })
}

fn tell(root: &Root, files: &SiteFiles, problems: &[crate::base::Diagnostic], voice: Voice) {
    let excerpt = |name: &str| site::excerpt(root, files, name);
    let style = Style { format: Format::Human, colours: voice.colours, prefix: "", text: &excerpt };
    terminal::eprint(&terminal::render(problems, &style));
}

fn source(folder: &str, file: &File) -> Option<Source> {
    let bytes = file.content.whole()?;
    Some(Source::new(format!("{folder}/{}", file.path), std::str::from_utf8(bytes).ok()?))
}

/// Columns as wide as what stands in them.
fn table(behind: &[Outdated]) -> String {
    let head = ["GUIDE", "PRODUCT", "TESTED", "NEWEST"].map(str::to_owned);
    let line = |one: &Outdated| {
        let line = one.place.range.map(|range| format!(":{}", range.line)).unwrap_or_default();
        [format!("{}{line}", one.place.file), one.product.clone(), one.tested.clone(), one.newest.clone()]
    };
    if behind.is_empty() {
        return String::new();
    }
    let rows: Vec<[String; 4]> = std::iter::once(head).chain(behind.iter().map(line)).collect();
    let width = |column: usize| {
        rows.iter().map(|row| row.get(column).map_or(0, |cell| cell.chars().count())).max().unwrap_or(0)
    };
    let widths = [0, 1, 2, 3].map(width);
    let written = rows.iter().map(|row| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{:<width$}", terminal::tame(cell, false)));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
    });
    written.collect()
}

fn line(one: &Outdated) -> String {
    let range = one.place.range;
    let object = json!({
        "file": &*one.place.file,
        "line": range.map(|range| range.line),
        "column": range.map(|range| range.column),
        "product": one.product,
        "tested": one.tested,
        "newest": one.newest,
    });
    format!("{object}\n")
}
