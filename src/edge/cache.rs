//! What is worth keeping between runs, in the user's cache folder. It is never needed: what cannot be read is made anew,
//! and what cannot be written is not.

use super::disk;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// A folder of remembered things; without one nothing is remembered.
#[derive(Debug, Clone, Default)]
pub struct Cache {
    folder: Option<PathBuf>,
}

impl Cache {
    /// The user's: `guidegen` in `XDG_CACHE_HOME`, or in `.cache` of their home folder.
    #[must_use]
    pub fn of(variable: &dyn Fn(&str) -> Option<OsString>) -> Self {
        // The specification has relative paths ignored.
        let named = variable("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
        let home = || variable("HOME").map(|home| Path::new(&home).join(".cache")).filter(|path| path.is_absolute());
        Self { folder: named.or_else(home).map(|folder| folder.join("guidegen")) }
    }

    /// What is remembered under `name`.
    #[must_use]
    pub fn read<T: DeserializeOwned>(&self, name: &str) -> BTreeMap<String, T> {
        let Some(folder) = &self.folder else { return BTreeMap::new() };
        let text = disk::read_text(&folder.join(format!("{name}.json")));
        text.ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }

    /// Remembers `entries` under `name`, in place of what was there. The file is replaced as a whole.
    pub fn write<T: Serialize>(&self, name: &str, entries: &BTreeMap<String, T>) {
        let Some(folder) = &self.folder else { return };
        let written = || -> std::io::Result<()> {
            fs::create_dir_all(folder)?;
            let mut file = tempfile_in(folder, name)?;
            file.1.write_all(serde_json::to_string(entries)?.as_bytes())?;
            fs::rename(&file.0, folder.join(format!("{name}.json")))
        };
        // A cache that cannot be written only costs time.
        drop(written());
    }
}

/// A new file beside the one that it will replace; the number of the process keeps two runs apart.
fn tempfile_in(folder: &Path, name: &str) -> std::io::Result<(PathBuf, fs::File)> {
    let path = folder.join(format!(".{name}.{}", std::process::id()));
    let file = fs::File::create(&path)?;
    Ok((path, file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().as_os_str().to_owned();
        let cache = Cache::of(&|name| (name == "HOME").then(|| home.clone()));
        assert!(cache.read::<bool>("x").is_empty());
        let entries = BTreeMap::from([("a".to_owned(), true)]);
        cache.write("x", &entries);
        assert_eq!(cache.read::<bool>("x"), entries);
        assert!(folder.path().join(".cache/guidegen/x.json").is_file());
        fs::write(folder.path().join(".cache/guidegen/x.json"), "{").unwrap();
        assert!(cache.read::<bool>("x").is_empty());
        let nowhere = Cache::of(&|_| Some("relative".into()));
        nowhere.write("x", &entries);
        assert!(nowhere.read::<bool>("x").is_empty());
    }
}
