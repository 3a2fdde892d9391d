//! The steps that change an output folder: stage, rename, remove.

use super::plan::{Action, Plan};
use crate::base::digest::{Digest, Hasher};
use crate::edge::manifest::Entry;
use crate::input::files::Content;
use crate::site::artifact::{Artifact, Bundle};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// The hidden folder in which new files are written before they are renamed into their places.
pub(super) const STAGE: &str = ".guidegen-stage";

/// A step that failed, and at which file.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) doing: &'static str,
    /// Below the output folder, or absolute.
    pub(super) path: String,
    pub(super) error: io::Error,
}

/// What was staged.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) entries: BTreeMap<String, Entry>,
    pub(super) bytes: u64,
}

/// New files, on their way. What is not taken to its place goes with the stage.
#[derive(Debug)]
pub(super) struct Stage {
    folder: PathBuf,
    is_mirror: bool,
    is_kept: bool,
}

impl Stage {
    /// A stage in the output folder; its files are numbered.
    pub(super) fn flat(folder: PathBuf) -> io::Result<Self> {
        fs::create_dir(&folder)?;
        Ok(Self { folder, is_mirror: false, is_kept: false })
    }

    /// A stage in an existing `folder`, which becomes the output folder; its files have their own names.
    pub(super) fn mirror(folder: PathBuf) -> io::Result<Self> {
        for entry in fs::read_dir(&folder)? {
            clear(&entry?.path())?;
        }
        Ok(Self { folder, is_mirror: true, is_kept: false })
    }

    /// The stage has become the output folder.
    pub(super) fn keep(mut self) {
        self.is_kept = true;
    }

    fn path(&self, at: usize, artifact: &Artifact) -> PathBuf {
        if self.is_mirror { self.folder.join(&artifact.path) } else { self.folder.join(at.to_string()) }
    }

    /// Writes all that is to be written.
    pub(super) fn fill(&self, bundle: &Bundle, actions: &[Action]) -> Result<Written, Fault> {
        let all = || bundle.artifacts.iter().enumerate().zip(actions).filter(|(_, action)| action.writes());
        if self.is_mirror {
            for folder in folders(all().map(|((_, artifact), _)| artifact.path.as_str())) {
                let made = fs::create_dir(self.folder.join(folder));
                made.or_else(accept_existing).map_err(|error| fault("make the folder", folder, error))?;
            }
        }
        let all: Vec<(usize, &Artifact)> = all().map(|(numbered, _)| numbered).collect();
        let written = all.into_par_iter().with_max_len(16).map(|(at, artifact)| {
            let written = write(&self.path(at, artifact), artifact);
            let (digest, len) = written.map_err(|error| fault("write", &artifact.path, error))?;
            Ok((artifact.path.clone(), Entry { digest, kind: artifact.kind }, len))
        });
        let mut filled = Written::default();
        for (path, entry, len) in written.collect::<Result<Vec<_>, Fault>>()? {
            filled.bytes += len;
            filled.entries.insert(path, entry);
        }
        Ok(filled)
    }

    /// Takes all that was written to its place, what others need first.
    pub(super) fn rename_all(&self, output: &Path, bundle: &Bundle, actions: &[Action]) -> Result<(), Fault> {
        let all = bundle.artifacts.iter().enumerate().zip(actions).filter(|(_, action)| action.writes());
        let mut all: Vec<(usize, &Artifact)> = all.map(|(numbered, _)| numbered).collect();
        all.sort_by_key(|(at, artifact)| (artifact.kind, *at));
        for (at, artifact) in all {
            fs::rename(self.path(at, artifact), output.join(&artifact.path))
                .map_err(|error| fault("write", &artifact.path, error))?;
        }
        Ok(())
    }

    /// Replaces one file of the output folder at once.
    pub(super) fn replace(&self, name: &str, output: &Path, bytes: &[u8]) -> io::Result<()> {
        let staged = self.folder.join("one");
        fs::write(&staged, bytes)?;
        fs::rename(staged, output.join(name))
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if !self.is_kept {
            // If this fails too, the next build clears it away.
            let _ = clear(&self.folder);
        }
    }
}

fn fault(doing: &'static str, path: &str, error: io::Error) -> Fault {
    Fault { doing, path: path.to_owned(), error }
}

fn accept_existing(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::AlreadyExists { Ok(()) } else { Err(error) }
}

/// The folders that `paths` need, each behind the one that it stands in.
fn folders<'a>(paths: impl Iterator<Item = &'a str>) -> BTreeSet<&'a str> {
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

fn write(path: &Path, artifact: &Artifact) -> io::Result<(Digest, u64)> {
    let mut file = File::create(path)?;
    match &artifact.content {
        Content::Bytes(bytes) => {
            file.write_all(bytes)?;
            Ok((artifact.digest.unwrap_or_else(|| Digest::of(bytes)), bytes.len() as u64))
        }
        Content::OnDisk { path, .. } => copy(path, &mut file),
    }
}

fn copy(from: &Path, to: &mut File) -> io::Result<(Digest, u64)> {
    let mut source = File::open(from)?;
    let mut hasher = Hasher::default();
    let mut buffer = vec![0; 1 << 16];
    let mut len = 0;
    loop {
        let read = source.read(&mut buffer)?;
        let piece = buffer.get(..read).unwrap_or_default();
        if piece.is_empty() {
            return Ok((hasher.finish(), len));
        }
        hasher.update(piece);
        to.write_all(piece)?;
        len += read as u64;
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::artifact::Kind;

    #[test]
    fn what_others_need_is_renamed_first() {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path();
        let kinds = [
            ("a.summary", Kind::Summary),
            ("b.page", Kind::Page),
            ("c.file", Kind::File),
            ("d.asset", Kind::HashedAsset),
        ];
        let artifacts = kinds.map(|(path, kind)| Artifact::new(path, kind, path)).to_vec();
        let bundle = Bundle { artifacts, ..Bundle::default() };
        let actions = [Action::Write; 4];
        let stage = Stage::flat(output.join(STAGE)).unwrap();
        stage.fill(&bundle, &actions).unwrap();
        // A page that cannot be put in its place ends it there.
        fs::create_dir(output.join("b.page")).unwrap();
        let fault = stage.rename_all(output, &bundle, &actions).unwrap_err();
        assert_eq!(fault.path, "b.page");
        let exists = |name: &str| output.join(name).is_file();
        assert_eq!((exists("d.asset"), exists("c.file"), exists("a.summary")), (true, true, false));
        drop(stage);
        assert!(!output.join(STAGE).exists());
    }

    #[test]
    fn folders_stand_behind_those_that_hold_them() {
        let all: Vec<&str> = folders(["a/b/c/x", "a/y", "d", "a/b/z"].into_iter()).into_iter().collect();
        assert_eq!(all, ["a", "a/b", "a/b/c"]);
    }
}
