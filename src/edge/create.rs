//! Makes files for authors: a new site, a new guide. What is there already is never touched.

use super::Failure;
use super::disk::said;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Makes the file `relative` below `base`, with the folders above it.
///
/// # Errors
/// When it is there already, when a link on its way leads out of `base`, or when the system refuses.
pub fn file(base: &Path, relative: &str, text: &str) -> Result<PathBuf, Failure> {
    let path = base.join(relative);
    let cannot = |error: &io::Error| Failure::new(format!("cannot make `{}`: {}", path.display(), said(error)));
    let folder = path.parent().unwrap_or(base);
    fs::create_dir_all(base).map_err(|error| cannot(&error))?;
    let base = base.canonicalize().map_err(|error| cannot(&error))?;
    // Before any folder is made: the nearest one that exists decides where the rest would go.
    let nearest = folder.ancestors().find_map(|folder| folder.canonicalize().ok());
    if !nearest.is_some_and(|nearest| nearest.starts_with(&base)) {
        return Err(Failure::new(format!("`{}` is outside of `{}`", path.display(), base.display())));
    }
    fs::create_dir_all(folder).map_err(|error| cannot(&error))?;
    let mut file = File::create_new(&path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Failure::new(format!("`{}` is there already", path.display())),
        _ => cannot(&error),
    })?;
    if let Err(error) = file.write_all(text.as_bytes()) {
        // Half a file would be taken for a whole one the next time.
        let _ = fs::remove_file(&path);
        return Err(cannot(&error));
    }
    Ok(path)
}

/// Whether there is something at `path`, a broken link included.
#[must_use]
pub fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_made_once() {
        let folder = tempfile::tempdir().unwrap();
        let made = file(folder.path(), "content/a/b.md", "text").unwrap();
        assert_eq!(fs::read_to_string(&made).unwrap(), "text");
        let refused = file(folder.path(), "content/a/b.md", "other").unwrap_err();
        assert!(refused.message.ends_with("is there already"), "{refused}");
        assert_eq!(fs::read_to_string(made).unwrap(), "text");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_does_not_lead_it_out() {
        let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::os::unix::fs::symlink(outside.path(), folder.path().join("out")).unwrap();
        assert!(file(folder.path(), "out/a/b.md", "text").unwrap_err().message.contains("is outside of"));
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
    }
}
