//! Writes a bundle into an output folder, by difference and so that a kill at any moment leaves every page whole.
//!
//! All that is new is first written into a hidden folder beside its place (`stage`), much of it while the rest is still
//! built ([`Writer`]); a full disk ends there and the last site stands as it was. Then the files are renamed into their places, in the order hashed assets, files, pages,
//! summaries; then what no longer belongs is removed. From the first rename to the last step the manifest lists the
//! files of both sites, so that the next build knows what is ours and completes it. A folder that does not exist yet
//! appears with the whole site in it, by one rename.

mod commit;
mod current;
mod place;
mod plan;
mod stage;
mod writer;

use super::lock::Lock;
use super::manifest::{self, Manifest};
use super::{Failure, disk};
use crate::base::Diagnostic;
use crate::base::digest::Digest;
use crate::site::artifact::Bundle;
pub use plan::digest_of;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
pub use writer::Writer;

/// What writing a site came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WriteReport {
    /// Files that are new or changed.
    pub written: usize,
    /// Files that were there already, with the same bytes; they keep their time of change.
    pub unchanged: usize,
    /// Files of the last site that no longer belong.
    pub removed: usize,
    /// Bytes in the written files.
    pub bytes: u64,
    /// Files that could not be written, because something that is not ours stands in their place. The others are.
    pub diagnostics: Vec<Diagnostic>,
}

/// An output folder that this build alone writes into.
#[derive(Debug)]
pub struct Target {
    output: PathBuf,
    shown: String,
    lock: Option<Lock>,
}

impl Target {
    /// Claims the folder `output` for a build of the site at `root`. Touches nothing: a folder that is not there is made
    /// by [`Target::write`].
    ///
    /// # Errors
    /// When the folder is, holds, or is inside of what the site is made from, when it is a file, or when another build
    /// writes into it.
    pub fn claim(output: &Path, root: &Path) -> Result<Self, Failure> {
        let shown = output.display().to_string();
        let output = place::resolve(output)?;
        place::check(&output, root, &shown)?;
        let lock = if output.is_dir() { Some(Lock::take(&output)?) } else { None };
        Ok(Self { output, shown, lock })
    }

    /// The folder, absolute.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.output
    }

    /// The digest of the manifest in the folder, by which [`Target::is_current`] knows the site again.
    #[must_use]
    pub fn manifest(&self) -> Option<Digest> {
        fs::read(self.output.join(manifest::NAME)).ok().map(|bytes| Digest::of(&bytes))
    }

    /// How many files the manifest lists.
    #[must_use]
    pub fn files(&self) -> usize {
        let bytes = fs::read(self.output.join(manifest::NAME)).unwrap_or_default();
        Manifest::parse(&bytes).map_or(0, |manifest| manifest.files.len())
    }

    /// Whether the folder holds the site of this manifest, every file with the bytes that were written.
    #[must_use]
    pub fn is_current(&self, manifest: Digest) -> bool {
        self.lock.is_some() && current::holds(&self.output, manifest)
    }

    /// Begins to write a site; nothing is touched before its first file comes.
    #[must_use]
    pub fn open(&self) -> Writer<'_> {
        Writer::new(self)
    }

    /// Makes the folder hold `bundle`, and nothing else of what guidegen wrote there.
    ///
    /// # Errors
    /// As [`Writer::write`].
    pub fn write(&self, bundle: &Bundle) -> Result<WriteReport, Failure> {
        self.open().write(bundle)
    }

    fn fault(&self, fault: &commit::Fault) -> Failure {
        self.failed(fault.doing, Path::new(&fault.path), &fault.error)
    }

    fn failed(&self, doing: &str, path: &Path, error: &io::Error) -> Failure {
        let shown = match path.strip_prefix(&self.output) {
            Ok(below) if below.as_os_str().is_empty() => self.shown.clone(),
            Ok(below) => format!("{}/{}", self.shown, below.display()),
            Err(_) if path.is_absolute() => path.display().to_string(),
            Err(_) => format!("{}/{}", self.shown, path.display()),
        };
        Failure::new(format!("cannot {doing} `{shown}`: {}", disk::said(error)))
            .help("the pages in the output folder are whole; build again when the cause is mended")
    }
}

/// The folder `output` as an absolute path, when a site with its sources at `root` may be written there.
///
/// # Errors
/// When the folder is, holds, or is inside of what the site is made from, or when it is a file.
pub fn check_place(output: &Path, root: &Path) -> Result<PathBuf, Failure> {
    let resolved = place::resolve(output)?;
    place::check(&resolved, root, &output.display().to_string())?;
    Ok(resolved)
}

/// Writes `bundle` into `output`, the folder of the site at `root`: [`Target::claim`] and [`Target::write`] in one.
///
/// # Errors
/// As these two.
pub fn write(bundle: &Bundle, output: &Path, root: &Path) -> Result<WriteReport, Failure> {
    Target::claim(output, root)?.write(bundle)
}
