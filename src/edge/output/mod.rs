//! Writes a bundle into an output folder, by difference and so that a kill at any moment leaves every page whole.
//!
//! All that is new is first written into a hidden folder beside its place (`stage`); a full disk ends there and the last
//! site stands as it was. Then the files are renamed into their places, in the order hashed assets, files, pages,
//! summaries; then what no longer belongs is removed. From the first rename to the last step the manifest lists the
//! files of both sites, so that the next build knows what is ours and completes it. A folder that does not exist yet
//! appears with the whole site in it, by one rename.

mod commit;
mod current;
mod place;
mod plan;

use super::lock::Lock;
use super::manifest::{self, Manifest};
use super::{Failure, disk};
use crate::base::Diagnostic;
use crate::base::digest::Digest;
use crate::site::artifact::Bundle;
use commit::Stage;
pub use plan::digest_of;
use plan::{Action, Plan};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

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

    /// Makes the folder hold `bundle`, and nothing else of what guidegen wrote there.
    ///
    /// # Errors
    /// When the system refuses: a full disk, a folder that cannot be written to. Nothing has changed then, or what has
    /// is completed by the next build.
    pub fn write(&self, bundle: &Bundle) -> Result<WriteReport, Failure> {
        if self.lock.is_none() && !self.output.exists() {
            return self.create(bundle);
        }
        let _late = match self.lock {
            Some(_) => None,
            None => Some(Lock::take(&self.output)?),
        };
        self.update(bundle)
    }

    /// Makes a folder that is not there: it appears by one rename, with the whole site in it.
    fn create(&self, bundle: &Bundle) -> Result<WriteReport, Failure> {
        let name = self.output.file_name().unwrap_or_default().to_string_lossy();
        let parent = self.output.parent().unwrap_or(&self.output);
        fs::create_dir_all(parent).map_err(|error| self.failed("make the folder", parent, &error))?;
        let folder = parent.join(format!(".{name}{}", commit::STAGE));
        match fs::create_dir(&folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(self.failed("make the folder", &self.output, &error));
            }
            _ => {}
        }
        let _lock = Lock::take(&folder)?;
        let stage = Stage::mirror(folder.clone()).map_err(|error| self.failed("write", &folder, &error))?;
        let plan = Plan::of_new(bundle);
        let written = stage.fill(bundle, &plan.actions).map_err(|fault| self.fault(&fault))?;
        let mut manifest = Manifest { complete: true, facts: bundle.facts.clone(), files: written.entries };
        manifest.facts.errors += plan.diagnostics.len();
        fs::write(folder.join(manifest::NAME), manifest.to_bytes())
            .map_err(|error| self.failed("write", Path::new(manifest::NAME), &error))?;
        fs::rename(&folder, &self.output).map_err(|error| self.failed("make the folder", &self.output, &error))?;
        stage.keep();
        Ok(WriteReport {
            written: manifest.files.len(),
            bytes: written.bytes,
            diagnostics: plan.diagnostics,
            ..WriteReport::default()
        })
    }

    fn update(&self, bundle: &Bundle) -> Result<WriteReport, Failure> {
        let old = self.read_manifest()?;
        let plan = Plan::of_change(&self.output, bundle, old.as_ref(), &self.shown);
        let old_bytes = old.as_ref().map(|old| old.bytes.clone()).unwrap_or_default();
        let old = old.map(|old| old.manifest).unwrap_or_default();
        let mut report = WriteReport { diagnostics: plan.diagnostics.clone(), ..WriteReport::default() };
        report.unchanged = plan.actions.iter().filter(|action| matches!(action, Action::Keep(_))).count();

        let mut files = plan.kept(bundle);
        let has_work = plan.actions.iter().any(Action::writes) || !plan.removals.is_empty();
        let mut facts = bundle.facts.clone();
        facts.errors += plan.diagnostics.len();
        if has_work {
            let stage = Stage::flat(self.output.join(commit::STAGE))
                .map_err(|error| self.failed("write into", &self.output, &error))?;
            let written = stage.fill(bundle, &plan.actions).map_err(|fault| self.fault(&fault))?;
            report.written = written.entries.len();
            report.bytes = written.bytes;
            let mut union = old.files.clone();
            union.extend(files.iter().map(|(path, entry)| (path.clone(), *entry)));
            union.extend(written.entries.iter().map(|(path, entry)| (path.clone(), *entry)));
            let union = Manifest { complete: false, facts: facts.clone(), files: union };
            files.extend(written.entries);
            let made = commit::make_folders(&self.output, &plan, bundle).map_err(|fault| self.fault(&fault))?;
            if let Err(error) = stage.replace(manifest::NAME, &self.output, &union.to_bytes()) {
                commit::unmake_folders(&made);
                return Err(self.failed("write", Path::new(manifest::NAME), &error));
            }
            stage.rename_all(&self.output, bundle, &plan.actions).map_err(|fault| self.fault(&fault))?;
            report.removed = commit::remove(&self.output, &plan.removals).map_err(|fault| self.fault(&fault))?;
            self.finish(&stage, &Manifest { complete: true, facts, files })?;
            return Ok(report);
        }
        let manifest = Manifest { complete: true, facts, files };
        if manifest.to_bytes() != old_bytes {
            let stage = Stage::flat(self.output.join(commit::STAGE))
                .map_err(|error| self.failed("write into", &self.output, &error))?;
            self.finish(&stage, &manifest)?;
        }
        Ok(report)
    }

    fn finish(&self, stage: &Stage, manifest: &Manifest) -> Result<(), Failure> {
        stage
            .replace(manifest::NAME, &self.output, &manifest.to_bytes())
            .map_err(|error| self.failed("write", Path::new(manifest::NAME), &error))
    }

    fn read_manifest(&self) -> Result<Option<plan::Last>, Failure> {
        // What a killed build left half written.
        commit::clear(&self.output.join(commit::STAGE))
            .map_err(|error| self.failed("write into", &self.output, &error))?;
        let path = self.output.join(manifest::NAME);
        match fs::symlink_metadata(&path) {
            Err(_) => Ok(None),
            Ok(metadata) if !metadata.is_file() => Err(Failure::new(format!(
                "`{}/{}` is not a file: guidegen keeps there what it wrote",
                self.shown,
                manifest::NAME
            ))
            .help("remove it, or build into another folder with --output DIR")),
            Ok(metadata) => {
                let bytes = fs::read(&path).map_err(|error| self.failed("read", Path::new(manifest::NAME), &error))?;
                let manifest = Manifest::parse(&bytes);
                Ok(manifest.map(|manifest| plan::Last { manifest, bytes, written: plan::changed_at(&metadata) }))
            }
        }
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
