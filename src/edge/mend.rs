//! Writes mended guides over their sources: whole or not at all, and only what git could bring back.

use super::disk::{Root, said};
use std::fs;
use std::io::Write as _;
use std::path::Path;

/// Writes `after` over the file `relative`, which still has to read as `before`.
///
/// # Errors
/// In half a sentence, when it changed since it was read, or the system refuses. The file is as it was then.
pub fn replace(root: &Root, relative: &str, before: &str, after: &str) -> Result<(), String> {
    let now = root.read(relative)?;
    if now != before.as_bytes() {
        return Err("changed since it was read".to_owned());
    }
    // Where the name is a link, what it leads to is written, and the link stays.
    let path = root.path().join(relative).canonicalize().map_err(|error| said(&error))?;
    write(&path, after).map_err(|error| said(&error))
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.{}", std::process::id()));
    let written = || {
        let mut file = fs::File::create_new(&beside)?;
        file.set_permissions(fs::metadata(path)?.permissions())?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, path)
    };
    written().inspect_err(|_| {
        // Nothing of a failed attempt stays behind.
        let _ = fs::remove_file(&beside);
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_changed_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let root = Root::open(folder.path()).unwrap();
        fs::write(folder.path().join("a.md"), "\u{feff}one\r\n").unwrap();
        assert!(replace(&root, "a.md", "one\r\n", "two").unwrap_err().contains("changed"));
        replace(&root, "a.md", "\u{feff}one\r\n", "\u{feff}two\r\n").unwrap();
        assert_eq!(fs::read_to_string(folder.path().join("a.md")).unwrap(), "\u{feff}two\r\n");
        assert!(replace(&root, "../a.md", "", "").is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
