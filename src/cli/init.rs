//! `guidegen init`: a configuration and one guide, where there is no site yet.

use super::Status;
use super::args::Common;
use super::options::Voice;
use crate::edge::environment::Environment;
use crate::edge::{Failure, create, disk, terminal};
use std::path::Path;

const CONFIG: &str = include_str!("starter/guidegen.yaml");
const GUIDE: &str = include_str!("starter/guide.md");

/// Makes a site in `dir`, else in the folder of `--root`, else here.
pub(super) fn run(common: &Common, dir: Option<&Path>, environment: &Environment) -> Result<Status, Failure> {
    let named = dir.or(common.root.as_deref());
    let folder = environment.folder.join(named.unwrap_or(Path::new(".")));
    for taken in [disk::CONFIG, "content"] {
        if create::exists(&folder.join(taken)) {
            let shown = folder.join(taken);
            return Err(Failure::new(format!("there is a site already: `{}` exists", shown.display()))
                .help("choose another folder, `guidegen init DIR`, or add a guide with `guidegen new PATH`"));
        }
    }
    create::file(&folder, "content/first-guide.md", GUIDE)?;
    let name = folder.canonicalize().ok();
    let name = name.as_deref().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or("Documentation");
    // A JSON text is a YAML text.
    let title = serde_json::Value::from(super::new::title(name)).to_string();
    create::file(&folder, disk::CONFIG, &CONFIG.replace("TITLE", &title))?;
    if !Voice::of(common, environment).quiet {
        terminal::eprint(&told(named));
    }
    Ok(Status::Done)
}

fn told(named: Option<&Path>) -> String {
    let (place, build) = match named {
        None => ("here".to_owned(), "guidegen build".to_owned()),
        Some(dir) => {
            let shown = terminal::tame(&dir.display().to_string(), false);
            (format!("in {shown}"), format!("guidegen build --root {shown}"))
        }
    };
    format!("Made a site {place}: guidegen.yaml and content/first-guide.md. Build it: {build}\n")
}
