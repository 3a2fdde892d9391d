//! One build at a time in an output folder. The system releases the lock when the process ends, however it ends.

use super::Failure;
use std::fs::{File, TryLockError};
use std::path::Path;

/// The right to write into a folder, until it is dropped.
#[derive(Debug)]
pub struct Lock {
    _file: Option<File>,
}

impl Lock {
    /// Takes the right to write into `folder`, which exists.
    ///
    /// # Errors
    /// When another build has it, or the folder cannot be opened.
    pub fn take(folder: &Path) -> Result<Self, Failure> {
        Self::take_or(folder, || {
            Failure::new(format!("another build is writing into `{}`", folder.display()))
                .help("wait until it is done, or build into another folder with --output DIR")
        })
    }

    /// The same for those who are no build: `busy` says what somebody else is doing.
    ///
    /// # Errors
    /// `busy` when somebody else has it; or the folder cannot be opened.
    pub fn take_or(folder: &Path, busy: impl Fn() -> Failure) -> Result<Self, Failure> {
        let file = open(folder).map_err(|error| {
            if error.kind() == std::io::ErrorKind::NotFound {
                return busy();
            }
            Failure::new(format!("cannot open `{}`: {}", folder.display(), super::disk::said(&error)))
        })?;
        match file.try_lock() {
            Ok(()) if is_still(&file, folder) => Ok(Self { _file: Some(file) }),
            Ok(()) | Err(TryLockError::WouldBlock) => Err(busy()),
            // Some network file systems know no locks; a site can be built there all the same.
            Err(TryLockError::Error(_)) => Ok(Self { _file: None }),
        }
    }
}

/// The folder itself is locked, so that no file has to be left in it.
#[cfg(unix)]
fn open(folder: &Path) -> std::io::Result<File> {
    File::open(folder)
}

#[cfg(not(unix))]
fn open(folder: &Path) -> std::io::Result<File> {
    File::options().create(true).truncate(false).write(true).open(folder.join(".guidegen.lock"))
}

/// Whether what was locked is still what the name leads to: another build may have moved it in between.
#[cfg(unix)]
fn is_still(file: &File, folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    match (file.metadata(), folder.metadata()) {
        (Ok(locked), Ok(named)) => (locked.dev(), locked.ino()) == (named.dev(), named.ino()),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_still(_: &File, _: &Path) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_writer_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let first = Lock::take(folder.path()).unwrap();
        let refused = Lock::take(folder.path()).unwrap_err();
        assert!(refused.message.starts_with("another build is writing into"), "{refused}");
        drop(first);
        Lock::take(folder.path()).unwrap();
    }
}
