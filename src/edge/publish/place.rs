//! Files in a folder that readers look at: written beside their places and renamed into them.

use crate::edge::lock::Lock;
use crate::edge::output::check_place;
use crate::edge::{Failure, disk};
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// What stands in a folder, relative to it and with `/`.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// Every file.
    pub(super) files: BTreeSet<String>,
    /// Every folder with nothing in it.
    pub(super) empty_folders: BTreeSet<String>,
}

/// What stands below `folder`; links are not followed. `skips` says what is passed over at the top.
pub(super) fn contents(folder: &Path, skips: impl Fn(&str) -> bool) -> Result<Contents, Failure> {
    let mut contents = Contents::default();
    let files = &mut contents.files;
    let walk = walkdir::WalkDir::new(folder).min_depth(1).into_iter();
    let walk = walk.filter_entry(|entry| entry.depth() != 1 || !skips(&entry.file_name().to_string_lossy()));
    let mut folders = Vec::new();
    for entry in walk {
        match entry {
            Ok(entry) if entry.file_type().is_dir() => folders.push(below(folder, entry.path())),
            Ok(entry) => drop(files.insert(below(folder, entry.path()))),
            // A folder of others that nobody else may look into, as `lost+found`: it counts as what it is, somebody else's.
            Err(error) if is_closed(&error) => files.extend(error.path().map(|path| below(folder, path))),
            Err(error) => {
                let why = error.io_error().map_or_else(|| error.to_string(), disk::said);
                return Err(Failure::new(format!("cannot read `{}`: {why}", folder.display())));
            }
        }
    }
    let mut full: BTreeSet<&str> =
        files.iter().chain(&folders).filter_map(|path| Some(path.rsplit_once('/')?.0)).collect();
    // One that may not be looked into is not known to be empty.
    full.extend(files.iter().map(String::as_str));
    contents.empty_folders = folders.iter().filter(|path| !full.contains(path.as_str())).cloned().collect();
    Ok(contents)
}

fn below(folder: &Path, path: &Path) -> String {
    let below = path.strip_prefix(folder).unwrap_or(path);
    let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

fn is_closed(error: &walkdir::Error) -> bool {
    let is_denied = error.io_error().is_some_and(|error| error.kind() == io::ErrorKind::PermissionDenied);
    is_denied && error.depth() > 0
}

/// `folder` as an absolute path without links; never a folder that the site at `root` is made from.
pub(super) fn checked(folder: &Path, root: &Path) -> Result<PathBuf, Failure> {
    check_place(folder, root).map_err(|failure| failure.help("choose a folder of its own in `path`"))
}

/// Takes the right to change the site in `folder`.
pub(super) fn lock(folder: &Path) -> Result<Lock, Failure> {
    Lock::take_or(folder, || {
        Failure::new(format!("another run is publishing to `{}`", folder.display())).help("wait until it is done")
    })
}

/// Writes a file and lets it reach the disk; says how long it is.
pub(super) fn write(path: &Path, bytes: &[u8]) -> io::Result<u64> {
    let mut file = fs::File::create(path)?;
    file.write_all(bytes)?;
    file.sync_data()?;
    Ok(bytes.len() as u64)
}

/// Makes the folder that `path` stands in.
pub(super) fn make_parent(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)
}

/// Refuses a path below `folder` that a link would lead out of it: what stands there is somebody else's.
pub(super) fn check_inside(folder: &Path, path: &str) -> Result<(), Failure> {
    let mut above = folder.to_owned();
    let mut parts = path.split('/').peekable();
    while let Some(part) = parts.next() {
        above.push(part);
        if parts.peek().is_some() && above.is_symlink() {
            return Err(Failure::new(format!("`{}` is a link: `{path}` would lead elsewhere", above.display()))
                .help("replace the link by a folder"));
        }
    }
    Ok(())
}

/// What failed with a file.
pub(super) fn failed(doing: &str, path: &Path, error: &io::Error) -> Failure {
    Failure::new(format!("cannot {doing} `{}`: {}", path.display(), disk::said(error)))
        .help("the site that readers see is whole; publish again when the cause is mended")
}

/// Removes a file, and the folders above it that are empty then, up to `folder`.
pub(super) fn remove(folder: &Path, path: &str) -> io::Result<()> {
    match fs::remove_file(folder.join(path)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut above = path;
    while let Some((parent, _)) = above.rsplit_once('/') {
        // One that holds something else stays.
        if fs::remove_dir(folder.join(parent)).is_err() {
            break;
        }
        above = parent;
    }
    Ok(())
}
