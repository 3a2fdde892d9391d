//! One site on its way into an output folder: files are taken while others are still made, and put in their places when
//! all of them are there.

use super::commit::{self, Fault};
use super::plan::{self, Action, Plan, changed_at};
use super::stage::{Rolled, STAGE, Stage, taken_away};
use super::{Target, WriteReport};
use crate::edge::lock::Lock;
use crate::edge::manifest::{self, Manifest};
use crate::edge::{Failure, output::plan::Last};
use crate::engine::{Memory, Roll, Shelf};
use crate::input::files::Content;
use crate::site::artifact::{Artifact, Bundle, Kind};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

/// Writes one site into a folder, beginning before the site is whole.
#[derive(Debug)]
pub struct Writer<'t> {
    target: &'t Target,
    desk: OnceLock<Result<Desk, Failure>>,
    /// The first file that could not be taken.
    fault: Mutex<Option<Fault>>,
}

/// The folder, opened.
#[derive(Debug)]
enum Desk {
    /// It is not there: this one becomes it.
    New { folder: PathBuf, stage: Stage, _lock: Lock },
    /// It holds what the last build wrote, and maybe other things.
    Old { last: Option<Last>, stage: OnceLock<io::Result<Stage>>, _lock: Option<Lock> },
}

impl<'t> Writer<'t> {
    pub(super) const fn new(target: &'t Target) -> Self {
        Self { target, desk: OnceLock::new(), fault: Mutex::new(None) }
    }

    /// Makes the folder hold `bundle`, and nothing else of what guidegen wrote there.
    ///
    /// # Errors
    /// When the system refuses: a full disk, a folder that cannot be written to. Nothing has changed then, or what has
    /// is completed by the next build.
    pub fn write(mut self, bundle: &Bundle) -> Result<WriteReport, Failure> {
        self.desk();
        if let Some(fault) = self.fault.lock().unwrap_or_else(PoisonError::into_inner).take() {
            return Err(self.target.fault(&fault));
        }
        match self.desk.take().unwrap_or_else(|| open(self.target))? {
            Desk::New { folder, stage, _lock } => self.target.create(bundle, &folder, stage),
            Desk::Old { last, stage, _lock } => self.target.update(bundle, last, stage.into_inner()),
        }
    }

    fn desk(&self) -> &Result<Desk, Failure> {
        self.desk.get_or_init(|| open(self.target))
    }

    /// The stage; none when there can be none, which is told in the end.
    fn stage(&self) -> Option<&Stage> {
        match self.desk().as_ref().ok()? {
            Desk::New { stage, .. } => Some(stage),
            Desk::Old { stage, .. } => stage.get_or_init(|| Stage::flat(self.target.output.join(STAGE))).as_ref().ok(),
        }
    }

    fn has_fault(&self) -> bool {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    fn note(&self, fault: Fault) {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(fault);
    }

    /// The file in the folder, when it is the artifact already.
    fn standing(&self, artifact: &Artifact) -> Option<Content> {
        let Ok(Desk::Old { last: Some(last), .. }) = self.desk() else { return None };
        let Content::Bytes(bytes) = &artifact.content else { return None };
        let path = self.target.output.join(&artifact.path);
        let len = bytes.len() as u64;
        let metadata = fs::symlink_metadata(&path).ok().filter(|it| it.is_file() && it.len() == len)?;
        last.holds(&artifact.path, artifact.digest?, &metadata).then_some(Content::OnDisk { path, len, image: None })
    }
}

impl Shelf for Writer<'_> {
    fn put(&self, artifact: Artifact) -> Artifact {
        if let Some(content) = self.standing(&artifact) {
            return Artifact { content, ..artifact };
        }
        // What is left over from a fault stays in memory, so that what is found is found all the same.
        match self.stage().filter(|_| !self.has_fault()).map(|stage| stage.put(&artifact)) {
            Some(Ok(Some(content))) => Artifact { content, ..artifact },
            Some(Err(fault)) => {
                self.note(fault);
                artifact
            }
            _ => artifact,
        }
    }

    fn text(&self, artifact: &Artifact) -> Option<String> {
        match &artifact.content {
            Content::OnDisk { path, .. } => match fs::read_to_string(path) {
                Ok(text) => Some(text),
                Err(error) => {
                    self.note(commit::fault("read", &artifact.path, taken_away(error)));
                    None
                }
            },
            _ => Memory.text(artifact),
        }
    }

    fn roll(&self, path: &str, kind: Kind) -> Box<dyn Roll + '_> {
        let rolled = self.stage().map_or(Ok(None), |stage| stage.roll(path, kind));
        match rolled {
            Ok(Some(rolled)) => Box::new(Rolling { writer: self, rolled }),
            Ok(None) => Memory.roll(path, kind),
            Err(fault) => {
                self.note(fault);
                Memory.roll(path, kind)
            }
        }
    }
}

/// A file that comes piece by piece, and whom to tell when it cannot be written.
struct Rolling<'a> {
    writer: &'a Writer<'a>,
    rolled: Rolled,
}

impl Roll for Rolling<'_> {
    fn push(&mut self, text: &str) {
        self.rolled.push(text);
    }

    fn finish(self: Box<Self>) -> Artifact {
        let (artifact, written) = self.rolled.finish();
        if let Err(fault) = written {
            self.writer.note(fault);
        }
        artifact
    }
}

/// Opens the folder of a target.
fn open(target: &Target) -> Result<Desk, Failure> {
    if target.lock.is_none() && !target.output.exists() {
        let name = target.output.file_name().unwrap_or_default().to_string_lossy();
        let parent = target.output.parent().unwrap_or(&target.output);
        fs::create_dir_all(parent).map_err(|error| target.failed("make the folder", parent, &error))?;
        let folder = parent.join(format!(".{name}{STAGE}"));
        match fs::create_dir(&folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(target.failed("make the folder", &target.output, &error));
            }
            _ => {}
        }
        let _lock = Lock::take(&folder)?;
        let stage = Stage::mirror(folder.clone()).map_err(|error| target.failed("write", &folder, &error))?;
        return Ok(Desk::New { folder, stage, _lock });
    }
    let _lock = match target.lock {
        Some(_) => None,
        None => Some(Lock::take(&target.output)?),
    };
    Ok(Desk::Old { last: target.read_manifest()?, stage: OnceLock::new(), _lock })
}

impl Target {
    /// Makes a folder that is not there: it appears by one rename, with the whole site in it.
    fn create(&self, bundle: &Bundle, folder: &Path, stage: Stage) -> Result<WriteReport, Failure> {
        let plan = Plan::of_new(bundle);
        let written = stage.fill(bundle, &plan.actions).map_err(|fault| self.fault(&fault))?;
        let mut manifest = Manifest { complete: true, facts: bundle.facts.clone(), files: written.entries };
        manifest.facts.errors += plan.diagnostics.len();
        fs::write(folder.join(manifest::NAME), manifest.to_bytes())
            .map_err(|error| self.failed("write", Path::new(manifest::NAME), &error))?;
        fs::rename(folder, &self.output).map_err(|error| self.failed("make the folder", &self.output, &error))?;
        stage.keep();
        Ok(WriteReport {
            written: manifest.files.len(),
            bytes: written.bytes,
            diagnostics: plan.diagnostics,
            ..WriteReport::default()
        })
    }

    fn update(
        &self,
        bundle: &Bundle,
        old: Option<Last>,
        stage: Option<io::Result<Stage>>,
    ) -> Result<WriteReport, Failure> {
        let stage = || {
            stage
                .unwrap_or_else(|| Stage::flat(self.output.join(STAGE)))
                .map_err(|error| self.failed("write into", &self.output, &error))
        };
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
            let stage = stage()?;
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
            self.finish(&stage()?, &manifest)?;
        }
        Ok(report)
    }

    fn finish(&self, stage: &Stage, manifest: &Manifest) -> Result<(), Failure> {
        stage
            .replace(manifest::NAME, &self.output, &manifest.to_bytes())
            .map_err(|error| self.failed("write", Path::new(manifest::NAME), &error))
    }

    fn read_manifest(&self) -> Result<Option<Last>, Failure> {
        // What a killed build left half written.
        commit::clear(&self.output.join(STAGE)).map_err(|error| self.failed("write into", &self.output, &error))?;
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
                Ok(manifest.map(|manifest| plan::Last { manifest, bytes, written: changed_at(&metadata) }))
            }
        }
    }
}
