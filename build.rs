//! Does once, when guidegen is built, what every build of a site would have to do: makes the theme's scripts small, and packs the
//! grammars. It tells cargo to compile again when the built-in theme changes, which is embedded from these folders.

#[path = "src/page/grammar/packed/write.rs"]
mod grammars;
#[path = "src/site/script/small/mod.rs"]
mod small;

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    for source in
        ["templates", "static", "data/strings", "src/site/script/small", "src/page/grammar/packed", "build.rs"]
    {
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
    let out = env::var("OUT_DIR")?;
    fs::write(Path::new(&out).join("scripts.rs"), all)?;
    let grammars = grammars::packed(&two_face::syntax::extra_newlines())?;
    fs::write(Path::new(&out).join("grammars.bin"), grammars)?;
    Ok(())
}
