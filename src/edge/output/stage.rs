//! New files on their way: written beside the site, and renamed into it when all of them are there.

use super::commit::{Fault, clear, fault, folders};
use super::plan::Action;
use crate::base::digest::{Digest, Hasher};
use crate::edge::manifest::{self, Entry};
use crate::input::files::Content;
use crate::site::artifact::{Artifact, Bundle, Kind};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs::{self, File};
use std::io::{self, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The hidden folder in which new files are written before they are renamed into their places.
pub(super) const STAGE: &str = ".guidegen-stage";

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
    early: Mutex<Early>,
}

/// Files that came before the others were known.
#[derive(Debug, Default)]
struct Early {
    paths: HashSet<String>,
    folders: BTreeSet<String>,
}

impl Stage {
    /// A stage in the output folder; its files are numbered.
    pub(super) fn flat(folder: PathBuf) -> io::Result<Self> {
        fs::create_dir(&folder)?;
        Ok(Self { folder, is_mirror: false, is_kept: false, early: Mutex::default() })
    }

    /// A stage in an existing `folder`, which becomes the output folder; its files have their own names.
    pub(super) fn mirror(folder: PathBuf) -> io::Result<Self> {
        for entry in fs::read_dir(&folder)? {
            clear(&entry?.path())?;
        }
        Ok(Self { folder, is_mirror: true, is_kept: false, early: Mutex::default() })
    }

    /// The stage has become the output folder.
    pub(super) fn keep(mut self) {
        self.is_kept = true;
    }

    /// Stages a file before the others are known; none where it has to stay in memory, as that may be wrong.
    pub(super) fn put(&self, artifact: &Artifact) -> Result<Option<Content>, Fault> {
        let Content::Bytes(bytes) = &artifact.content else { return Ok(None) };
        let Some(place) = self.early(&artifact.path)? else { return Ok(None) };
        match fs::write(&place, bytes) {
            Ok(()) => Ok(Some(Content::OnDisk { path: place, len: bytes.len() as u64, image: None })),
            Err(error) if self.is_mirror && stands_in_the_way(&error) => Ok(None),
            Err(error) => Err(fault("write", &artifact.path, error)),
        }
    }

    /// Begins a file that comes piece by piece; none where it has to stay in memory.
    pub(super) fn roll(&self, path: &str, kind: Kind) -> Result<Option<Rolled>, Fault> {
        let Some(place) = self.early(path)? else { return Ok(None) };
        let file = match File::create(&place) {
            Ok(file) => file,
            Err(error) if self.is_mirror && stands_in_the_way(&error) => return Ok(None),
            Err(error) => return Err(fault("write", path, error)),
        };
        let (path, file) = (path.to_owned(), BufWriter::with_capacity(1 << 16, file));
        Ok(Some(Rolled { path, kind, place, file, digest: Hasher::default(), len: 0, error: None }))
    }

    /// Where a file is staged that comes before the others are known: each path once, and none that may be refused later.
    fn early(&self, path: &str) -> Result<Option<PathBuf>, Fault> {
        let mut early = self.early.lock().unwrap_or_else(PoisonError::into_inner);
        let number = early.paths.len();
        let is_plain = manifest::is_inside(path)
            && path != manifest::NAME
            && path.split('/').next() != Some(STAGE)
            && path.len() <= 3000
            && path.split('/').all(|part| part.len() <= 255);
        if !is_plain || !early.paths.insert(path.to_owned()) {
            return Ok(None);
        }
        if !self.is_mirror {
            return Ok(Some(self.folder.join(format!("early-{number}"))));
        }
        for folder in folders(std::iter::once(path)) {
            if early.folders.contains(folder) {
                continue;
            }
            match fs::create_dir(self.folder.join(folder)) {
                Ok(()) => _ = early.folders.insert(folder.to_owned()),
                Err(error) if stands_in_the_way(&error) => return Ok(None),
                Err(error) => return Err(fault("make the folder", folder, error)),
            }
        }
        Ok(Some(self.folder.join(path)))
    }

    /// The file on the stage that an artifact became when it was put there.
    fn staged<'a>(&self, artifact: &'a Artifact) -> Option<(&'a Path, u64)> {
        match &artifact.content {
            Content::OnDisk { path, len, .. } if artifact.digest.is_some() && path.starts_with(&self.folder) => {
                Some((path, *len))
            }
            _ => None,
        }
    }

    fn path(&self, at: usize, artifact: &Artifact) -> PathBuf {
        match self.staged(artifact) {
            Some((path, _)) => path.to_owned(),
            None if self.is_mirror => self.folder.join(&artifact.path),
            None => self.folder.join(at.to_string()),
        }
    }

    /// Writes all that is to be written and is not there yet.
    pub(super) fn fill(&self, bundle: &Bundle, actions: &[Action]) -> Result<Written, Fault> {
        let all = || bundle.artifacts.iter().enumerate().zip(actions).filter(|(_, action)| action.writes());
        if self.is_mirror {
            self.take_out(bundle, actions)?;
            let early = self.early.lock().unwrap_or_else(PoisonError::into_inner);
            let needed = folders(all().map(|((_, artifact), _)| artifact.path.as_str()));
            for folder in needed.into_iter().filter(|folder| !early.folders.contains(*folder)) {
                let made = fs::create_dir(self.folder.join(folder));
                made.or_else(accept_existing).map_err(|error| fault("make the folder", folder, error))?;
            }
        }
        let all: Vec<(usize, &Artifact)> = all().map(|(numbered, _)| numbered).collect();
        let written = all.into_par_iter().with_max_len(16).map(|(at, artifact)| {
            let written = match (self.staged(artifact), artifact.digest) {
                (Some((_, len)), Some(digest)) => Ok((digest, len)),
                _ => write(&self.path(at, artifact), artifact),
            };
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

    /// Takes files out of a mirror that are not to be written after all.
    fn take_out(&self, bundle: &Bundle, actions: &[Action]) -> Result<(), Fault> {
        let left = bundle.artifacts.iter().zip(actions).filter(|(_, action)| !action.writes());
        for (path, artifact) in left.filter_map(|(artifact, _)| Some((self.staged(artifact)?.0, artifact))) {
            clear(path).map_err(|error| fault("remove", &artifact.path, error))?;
            // A file may have to stand where its folder was made.
            for above in path.ancestors().skip(1).take_while(|above| *above != self.folder) {
                if fs::remove_dir(above).is_err() {
                    break;
                }
                if let Some(folder) = above.strip_prefix(&self.folder).ok().and_then(Path::to_str) {
                    let folder = folder.replace(std::path::MAIN_SEPARATOR, "/");
                    self.early.lock().unwrap_or_else(PoisonError::into_inner).folders.remove(&folder);
                }
            }
        }
        Ok(())
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

/// A file on the stage that comes piece by piece.
pub(super) struct Rolled {
    path: String,
    kind: Kind,
    place: PathBuf,
    file: BufWriter<File>,
    digest: Hasher,
    len: u64,
    error: Option<io::Error>,
}

impl Rolled {
    pub(super) fn push(&mut self, text: &str) {
        self.digest.update(text.as_bytes());
        self.len += text.len() as u64;
        if self.error.is_none() {
            self.error = self.file.write_all(text.as_bytes()).err();
        }
    }

    /// The file, and whether the last of it could be written.
    pub(super) fn finish(mut self) -> (Artifact, Result<(), Fault>) {
        let error = self.error.take().or_else(|| self.file.flush().err());
        let content = Content::OnDisk { path: self.place, len: self.len, image: None };
        let artifact = Artifact { path: self.path, content, kind: self.kind, digest: Some(self.digest.finish()) };
        let written = error.map_or(Ok(()), |error| Err(fault("write", &artifact.path, error)));
        (artifact, written)
    }
}

/// Whether this says that a file stands where a folder has to, or the other way round: which of them stays is not known yet.
fn stands_in_the_way(error: &io::Error) -> bool {
    use io::ErrorKind::{AlreadyExists, IsADirectory, NotADirectory};
    matches!(error.kind(), AlreadyExists | IsADirectory | NotADirectory)
}

fn accept_existing(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::AlreadyExists { Ok(()) } else { Err(error) }
}

fn write(path: &Path, artifact: &Artifact) -> io::Result<(Digest, u64)> {
    let mut file = File::create(path)?;
    match &artifact.content {
        Content::OnDisk { path, .. } => match (copy(path, &mut file), artifact.digest) {
            // A file of the last site, which was the same when this one was built; its bytes left memory then.
            (Ok((digest, _)), Some(wanted)) if wanted != digest => {
                Err(io::Error::other("somebody changed it during the build"))
            }
            (Err(error), Some(_)) => Err(taken_away(error)),
            (copied, _) => copied,
        },
        content => {
            let bytes = content.bytes().unwrap_or_default();
            file.write_all(&bytes)?;
            Ok((artifact.digest.unwrap_or_else(|| Digest::of(&bytes)), bytes.len() as u64))
        }
    }
}

/// What became of a file of the last site that was there when this one was built.
pub(super) fn taken_away(error: io::Error) -> io::Error {
    if error.kind() == io::ErrorKind::NotFound {
        io::Error::other("somebody removed it during the build")
    } else {
        error
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
