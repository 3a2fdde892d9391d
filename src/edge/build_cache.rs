//! What may be kept between two runs: files in the user's own cache folder, which anybody may delete at any time.
//!
//! It is never a folder of the site, so that nobody slips anything into a site through it. A file is read only when it is
//! whole and this very program wrote it; it is written beside its place and renamed into it, so that two processes do not
//! disturb each other. That nothing can be kept is no fault.

use crate::base::digest::{Digest, Hasher};
use crate::edge::environment::Environment;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// How much the folder holds; the files that were not written for longest go first.
const LIMIT: u64 = 256 << 20;
/// After so long without a change a draft is that of a process that was killed.
const GIVEN_UP: Duration = Duration::from_secs(60 * 60);
/// How long a digest is, at the beginning of a file.
const DIGEST: usize = 64;

/// The folder of what is kept.
#[derive(Debug, Clone)]
pub struct BuildCache {
    folder: PathBuf,
    program: String,
}

impl BuildCache {
    /// The cache of the user, for a site at `root`; none when there is no folder for it, or when it is inside of the site.
    #[must_use]
    pub fn of(environment: &Environment, root: &Path) -> Option<Self> {
        let folder = environment.build_cache.clone()?;
        let above = folder.ancestors().find_map(|above| above.canonicalize().ok())?;
        let is_inside = root.canonicalize().is_ok_and(|root| above.starts_with(root)) || folder.starts_with(root);
        (!is_inside).then(|| Self { folder, program: program() })
    }

    /// What was kept under `name`.
    #[must_use]
    pub fn read(&self, name: &str) -> Option<Vec<u8>> {
        let mut bytes = fs::read(self.folder.join(name)).ok()?;
        let (digest, rest) = bytes.split_at_checked(DIGEST)?;
        if digest != Digest::of(rest).hex().as_bytes() {
            return None;
        }
        let head = DIGEST + rest.strip_prefix(self.program.as_bytes()).map(|_| self.program.len())?;
        bytes.drain(..head);
        Some(bytes)
    }

    /// Keeps `bytes` under `name`, if that can be done.
    pub fn write(&self, name: &str, bytes: &[u8]) {
        let mut hasher = Hasher::default();
        hasher.update(self.program.as_bytes());
        hasher.update(bytes);
        let head = hasher.finish().hex() + &self.program;
        if let Some(mut draft) = self.draft(name)
            && draft.file.write_all(head.as_bytes()).is_ok()
            && draft.file.write_all(bytes).is_ok()
        {
            draft.keep();
        }
    }

    /// The file that was kept under `name`, for those who see themselves that it is whole.
    #[must_use]
    pub(super) fn open(&self, name: &str) -> Option<File> {
        File::open(self.folder.join(name)).ok()
    }

    /// A file that is to be kept under `name` when it is whole; none where that cannot be done.
    #[must_use]
    pub(super) fn draft(&self, name: &str) -> Option<Draft> {
        make_folder(&self.folder).ok()?;
        let beside = self.folder.join(format!(".{name}.{}", std::process::id()));
        let file = File::create(&beside).ok()?;
        Some(Draft { file, beside, name: name.to_owned(), cache: self.clone() })
    }

    /// Which program wrote what is kept, as a line.
    pub(super) fn program(&self) -> &str {
        &self.program
    }

    /// Removes drafts that were given up, and the oldest files beyond the limit.
    fn shrink(&self) {
        let mut files: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let Some(metadata) = entry.metadata().ok().filter(fs::Metadata::is_file) else { continue };
            let written = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            let is_draft = entry.file_name().as_encoded_bytes().starts_with(b".");
            if is_draft && written.elapsed().is_ok_and(|age| age > GIVEN_UP) {
                // There is nothing to be done about one that stays.
                let _ = fs::remove_file(entry.path());
            } else {
                files.push((written, metadata.len(), entry.path()));
            }
        }
        files.sort();
        let mut size = 0;
        for (_, len, path) in files.iter().rev() {
            size += len;
            if size > LIMIT {
                let _ = fs::remove_file(path);
            }
        }
    }
}

/// A file on its way into the cache. One that is not kept goes.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) file: File,
    beside: PathBuf,
    name: String,
    cache: BuildCache,
}

impl Draft {
    /// The file is whole.
    pub(super) fn keep(self) {
        // Where that fails there is nothing to be done about it, and nothing is lost.
        let _ = fs::rename(&self.beside, self.cache.folder.join(&self.name));
        self.cache.shrink();
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // One that was kept is not there any more.
        let _ = fs::remove_file(&self.beside);
    }
}

/// Which program this is: another build of the same version may find other things.
fn program() -> String {
    let file = std::env::current_exe().and_then(fs::metadata).ok();
    let changed = file.as_ref().and_then(|file| file.modified().ok()?.duration_since(SystemTime::UNIX_EPOCH).ok());
    let (len, changed) = (file.map_or(0, |file| file.len()), changed.unwrap_or_default().as_nanos());
    format!("guidegen {} {len} {changed}\n", env!("CARGO_PKG_VERSION"))
}

/// Nobody else has to read it.
#[cfg(unix)]
fn make_folder(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make_folder(folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache(folder: &Path, root: &Path) -> Option<BuildCache> {
        let mut environment = Environment::read().unwrap();
        environment.build_cache = Some(folder.join("cache/guidegen"));
        BuildCache::of(&environment, root)
    }

    #[test]
    fn what_is_kept_comes_back_unless_it_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let cache = cache(folder.path(), Path::new("/nowhere")).unwrap();
        assert_eq!(cache.read("a"), None);
        cache.write("a", b"hello");
        assert_eq!(cache.read("a").as_deref(), Some(b"hello".as_slice()));
        let path = cache.folder.join("a");
        let whole = fs::read(&path).unwrap();
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            fs::write(&path, &damaged).unwrap();
            assert_eq!(cache.read("a"), None, "byte {at}");
            fs::write(&path, &whole[..at]).unwrap();
            assert_eq!(cache.read("a"), None, "cut at {at}");
        }
        cache.write("a", b"again");
        assert_eq!(cache.read("a").as_deref(), Some(b"again".as_slice()));
        assert_eq!(fs::read_dir(&cache.folder).unwrap().count(), 1, "nothing is left beside it");
        let other = BuildCache { program: "guidegen 0\n".to_owned(), ..cache };
        assert_eq!(other.read("a"), None, "another program");
    }

    #[test]
    fn drafts_go_where_they_are_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let cache = cache(folder.path(), Path::new("/nowhere")).unwrap();
        let names = || {
            let mut names: Vec<_> =
                fs::read_dir(&cache.folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            names.sort();
            names
        };
        drop(cache.draft("a").unwrap());
        assert!(names().is_empty());
        // What a process leaves that is killed stays for a while: it may live.
        std::mem::forget(cache.draft("a").unwrap());
        fs::rename(cache.folder.join(format!(".a.{}", std::process::id())), cache.folder.join(".a.0")).unwrap();
        cache.write("b", b"hello");
        assert_eq!(names(), [".a.0", "b"]);
        let file = File::options().write(true).open(cache.folder.join(".a.0")).unwrap();
        file.set_modified(SystemTime::now() - 2 * GIVEN_UP).unwrap();
        cache.write("b", b"hello");
        assert_eq!(names(), ["b"]);
    }

    #[test]
    fn a_cache_inside_of_the_site_is_none() {
        let folder = tempfile::tempdir().unwrap();
        assert!(cache(folder.path(), folder.path()).is_none());
        fs::create_dir(folder.path().join("site")).unwrap();
        assert!(cache(folder.path(), &folder.path().join("site")).is_some());
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_no_fault() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("cache"), "a file").unwrap();
        let cache = cache(folder.path(), Path::new("/nowhere")).unwrap();
        cache.write("a", b"hello");
        assert_eq!(cache.read("a"), None);
    }
}
