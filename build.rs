//! Makes the theme's scripts small once, when guidegen is built, so that no build of a site has to; and tells cargo to compile again
//! when the built-in theme changes, which is embedded from these folders.

#[path = "src/site/script/small/mod.rs"]
mod small;

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    for source in ["templates", "static", "data/strings", "src/site/script/small", "build.rs"] {
        println!("cargo::rerun-if-changed={source}");
    }
    let mut scripts: Vec<_> = fs::read_dir("static")?.collect::<Result<Vec<_>, _>>()?;
    scripts.sort_by_key(fs::DirEntry::file_name);
    let mut all = String::from("/// The theme's scripts made small, by name.\nstatic SCRIPTS: &[(&str, &str)] = &[\n");
    for script in scripts {
        let name = script.file_name();
        if let Some(name) = name.to_str().filter(|name| name.ends_with(".js")) {
            writeln!(all, "    ({name:?}, {:?}),", small::body(&fs::read_to_string(script.path())?))?;
        }
    }
    all.push_str("];\n");
    fs::write(Path::new(&env::var("OUT_DIR")?).join("scripts.rs"), all)?;
    Ok(())
}
