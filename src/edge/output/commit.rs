//! The steps that change an output folder when everything is staged: make folders, remove.

use super::plan::Plan;
use crate::site::artifact::Bundle;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A step that failed, and at which file.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) doing: &'static str,
    /// Below the output folder, or absolute.
    pub(super) path: String,
    pub(super) error: io::Error,
}

/// The folders that `paths` need, each behind the one that it stands in.
pub(super) fn folders<'a>(paths: impl Iterator<Item = &'a str>) -> BTreeSet<&'a str> {
    let mut folders = BTreeSet::new();
    for path in paths {
        let mut above = path;
        while let Some((folder, _)) = above.rsplit_once('/') {
            if !folders.insert(folder) {
                break;
            }
            above = folder;
        }
    }
    folders
}

/// Removes a folder or file of our own, with all that is in it; links are not followed.
pub(super) fn clear(path: &Path) -> io::Result<()> {
    let removed = match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Makes the folders for all that is to be written, and says which were made. When that fails, none of them stay.
pub(super) fn make_folders(output: &Path, plan: &Plan, bundle: &Bundle) -> Result<Vec<PathBuf>, Fault> {
    remove(output, &plan.clears)?;
    let all = bundle.artifacts.iter().zip(&plan.actions).filter(|(_, action)| action.writes());
    let mut made = Vec::new();
    for folder in folders(all.map(|(artifact, _)| artifact.path.as_str())) {
        let path = output.join(folder);
        match fs::create_dir(&path) {
            Ok(()) => made.push(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => {
                unmake_folders(&made);
                return Err(fault("make the folder", folder, error));
            }
        }
    }
    Ok(made)
}

/// Takes folders away again that were just made.
pub(super) fn unmake_folders(made: &[PathBuf]) {
    for folder in made.iter().rev() {
        // One that is not empty is not ours alone any more.
        let _ = fs::remove_dir(folder);
    }
}

/// Removes files of ours, and the folders that are empty then; says how many files there were.
pub(super) fn remove(output: &Path, files: &[String]) -> Result<usize, Fault> {
    let mut removed = 0;
    for path in files {
        match fs::remove_file(output.join(path)) {
            Ok(()) => removed += 1,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(fault("remove", path, error)),
        }
    }
    for folder in folders(files.iter().map(String::as_str)).into_iter().rev() {
        // One that holds something else stays.
        let _ = fs::remove_dir(output.join(folder));
    }
    Ok(removed)
}

pub(super) fn fault(doing: &'static str, path: &str, error: io::Error) -> Fault {
    Fault { doing, path: path.to_owned(), error }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_stand_behind_those_that_hold_them() {
        let all: Vec<&str> = folders(["a/b/c/x", "a/y", "d", "a/b/z"].into_iter()).into_iter().collect();
        assert_eq!(all, ["a", "a/b", "a/b/c"]);
    }
}
