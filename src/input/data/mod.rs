//! Data files: `data/**` as one value for templates, folders nested.

mod parse;

use crate::base::{Code, Diagnostic, Place, Source};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The files as one value: `a/b.yaml` is `a.b`. Files are named by their path below `data/`; those that cannot be read
/// are left out, and said to be, and those of another kind (a README) are no data.
#[must_use]
pub fn load(files: &[(String, Source)]) -> (Value, Vec<Diagnostic>) {
    let mut sorted: Vec<&(String, Source)> = files.iter().collect();
    sorted.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut loader = Loader::default();
    for (path, source) in sorted {
        loader.add(path, source);
    }
    (Value::Object(loader.root), loader.diagnostics)
}

#[derive(Default)]
struct Loader {
    root: Map<String, Value>,
    /// Which file gives a name, by the name's steps; a folder is given by the first of its files.
    given: BTreeMap<Vec<String>, Given>,
    diagnostics: Vec<Diagnostic>,
}

#[derive(Clone)]
struct Given {
    by: Arc<str>,
    is_folder: bool,
}

impl Loader {
    fn add(&mut self, path: &str, source: &Source) {
        let (folders, file) = path.rsplit_once('/').map_or(("", path), |(folders, file)| (folders, file));
        let Some((stem, ending)) = file.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()) else { return };
        let Some(format) = parse::Format::of(ending) else { return };
        let folders = folders.split('/').filter(|folder| !folder.is_empty());
        let name: Vec<String> = folders.chain([stem]).map(str::to_owned).collect();
        if !self.claim(&name, source) {
            return;
        }
        let (value, mut findings) = parse::parse(format, source);
        self.diagnostics.append(&mut findings);
        if let Some(value) = value {
            insert(&mut self.root, &name, value);
        }
    }

    /// Takes a name for a file, unless another file or folder has it.
    fn claim(&mut self, name: &[String], source: &Source) -> bool {
        let folders = (1..name.len()).filter_map(|len| name.get(..len)).map(|folder| (folder, true));
        for (steps, is_folder) in folders.chain([(name, false)]) {
            let given = Given { by: source.path().clone(), is_folder };
            match self.given.get(steps) {
                None => {
                    self.given.insert(steps.to_vec(), given);
                }
                Some(other) if other.is_folder && is_folder => {}
                Some(other) => {
                    let message = format!("`data.{}` is already given by `{}`", steps.join("."), other.by);
                    self.diagnostics.push(
                        Diagnostic::new(Code::Data, message)
                            .at(Place::file(source.path().clone()))
                            .related(Place::file(other.by.clone()), "this one is used")
                            .help("rename one of the two: a name is that of the file without its ending"),
                    );
                    return false;
                }
            }
        }
        true
    }
}

/// Puts a value where its name says.
fn insert(map: &mut Map<String, Value>, name: &[String], value: Value) {
    match name {
        [] => {}
        [last] => {
            map.insert(last.clone(), value);
        }
        [folder, rest @ ..] => {
            let folder = map.entry(folder.clone()).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(folder) = folder {
                insert(folder, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests;
