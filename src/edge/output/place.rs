//! Where a site may be written: never over what it is made from.

use crate::edge::Failure;
use crate::edge::disk::{FOLDERS, said};
use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

/// `output` as an absolute path without links; the part of it that does not exist yet is taken by its words.
pub(super) fn resolve(output: &Path) -> Result<PathBuf, Failure> {
    let cannot = |error: &std::io::Error| Failure::new(format!("cannot use `{}`: {}", output.display(), said(error)));
    if output.as_os_str().is_empty() {
        return Err(Failure::new("the output folder has no name").help("name one with --output DIR"));
    }
    let mut existing = std::path::absolute(output).map_err(|error| cannot(&error))?;
    let mut missing: Vec<OsString> = Vec::new();
    loop {
        if existing.symlink_metadata().is_ok() {
            break;
        }
        let last = match existing.components().next_back() {
            Some(Component::Normal(name)) => name.to_owned(),
            Some(Component::ParentDir) => OsString::from(".."),
            _ => break,
        };
        missing.push(last);
        existing = existing.parent().map(Path::to_owned).unwrap_or_default();
    }
    let mut resolved = existing.canonicalize().map_err(|error| cannot(&error))?;
    for name in missing.into_iter().rev() {
        if name == ".." {
            resolved.pop();
        } else {
            resolved.push(name);
        }
    }
    Ok(resolved)
}

/// Refuses an output folder that is, holds, or is inside of what the site at `root` is made from.
pub(super) fn check(output: &Path, root: &Path, shown: &str) -> Result<(), Failure> {
    let refuse = |why: &str| {
        Err(Failure::new(format!("cannot write the site into `{shown}`: {why}"))
            .help("choose a folder of its own with --output DIR"))
    };
    let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    if output == root {
        return refuse("it is the folder of the site itself");
    }
    if root.starts_with(output) {
        return refuse("the site itself is inside of it");
    }
    for name in FOLDERS.iter().copied().chain([".git"]) {
        let folder = root.join(name);
        let target = folder.canonicalize().unwrap_or_else(|_| folder.clone());
        if output == folder || output == target {
            return refuse(&format!("it is the site's own folder `{name}`"));
        }
        if output.starts_with(&folder) || output.starts_with(&target) {
            return refuse(&format!("it is inside of the site's own folder `{name}`"));
        }
        if target.starts_with(output) {
            return refuse(&format!("the site's own folder `{name}` is inside of it"));
        }
    }
    if output.exists() && !output.is_dir() {
        return refuse("it is a file");
    }
    // A part of the path that is a file would be found out only when the whole site is built.
    match output.ancestors().find(|part| part.exists()) {
        Some(part) if !part.is_dir() => refuse(&format!("`{}` is a file", part.display())),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn checked(root: &Path, output: &Path) -> Result<(), String> {
        let resolved = resolve(output).map_err(|failure| failure.message)?;
        check(&resolved, root, "OUT").map_err(|failure| failure.message)
    }

    #[test]
    fn what_the_site_is_made_from_is_no_output_folder() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("site");
        fs::create_dir_all(root.join("content/a")).unwrap();
        fs::write(root.join("file"), "x").unwrap();
        for (output, why) in [
            ("site", "it is the folder of the site itself"),
            ("site/.", "it is the folder of the site itself"),
            ("site/none/..", "it is the folder of the site itself"),
            ("", "the site itself is inside of it"),
            ("site/content", "it is the site's own folder `content`"),
            ("site/content/a/out", "it is inside of the site's own folder `content`"),
            ("site/public/../static", "it is the site's own folder `static`"),
            ("site/.git/out", "it is inside of the site's own folder `.git`"),
            ("site/file", "it is a file"),
        ] {
            let said = checked(&root, &folder.path().join(output)).unwrap_err();
            assert_eq!(said, format!("cannot write the site into `OUT`: {why}"), "{output}");
        }
        assert!(checked(&root, &root.join("file/out")).is_err());
        assert_eq!(checked(&root, &root.join("public")), Ok(()));
        assert_eq!(checked(&root, &root.join("new/deep/public")), Ok(()));
        assert_eq!(checked(&root, &folder.path().join("site2")), Ok(()));
    }

    #[cfg(unix)]
    #[test]
    fn links_do_not_hide_it() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("site");
        fs::create_dir_all(root.join("docs")).unwrap();
        std::os::unix::fs::symlink("docs", root.join("content")).unwrap();
        std::os::unix::fs::symlink("site/docs", folder.path().join("out")).unwrap();
        std::os::unix::fs::symlink("nowhere", folder.path().join("dangling")).unwrap();
        assert!(checked(&root, &folder.path().join("out")).unwrap_err().contains("own folder `content`"));
        assert!(checked(&root, &root.join("docs")).unwrap_err().contains("own folder `content`"));
        assert!(checked(&root, &folder.path().join("dangling")).unwrap_err().contains("no such file"));
    }
}
