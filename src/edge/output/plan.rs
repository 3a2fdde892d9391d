//! What has to change in an output folder: pure looking, nothing is touched.

use crate::base::digest::Digest;
use crate::base::{Code, Diagnostic};
use crate::edge::disk::said;
use crate::edge::manifest::{self, Entry, Manifest};
use crate::input::files::Content;
use crate::site::artifact::{Artifact, Bundle};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, Metadata};
use std::io::{self, Read as _};
use std::path::Path;

/// More findings of one kind than this help nobody.
const TOLD: usize = 20;

/// The last build's manifest, as it was found.
#[derive(Debug)]
pub(super) struct Last {
    pub(super) manifest: Manifest,
    pub(super) bytes: Vec<u8>,
    /// When the system last saw it change.
    pub(super) written: Option<(i64, i64)>,
}

impl Last {
    /// Whether the file is known to have this digest without being read: a whole build has listed it so, and the system
    /// has not seen it change since. That time cannot be set by hand, as the time of modification can.
    pub(super) fn holds(&self, path: &str, digest: Digest, metadata: &Metadata) -> bool {
        let is_listed = self.manifest.files.get(path).is_some_and(|entry| entry.digest == digest);
        self.manifest.complete
            && is_listed
            && matches!((changed_at(metadata), self.written), (Some(file), Some(list)) if file < list)
    }
}

/// What is done with one artifact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// It is there, with these bytes.
    Keep(Digest),
    /// It is new or has changed.
    Write,
    /// Something that is not ours stands in its place.
    Leave,
}

impl Action {
    pub(super) const fn writes(&self) -> bool {
        matches!(self, Self::Write)
    }
}

/// What has to be done so that the folder holds the bundle.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// One for each artifact, in its order.
    pub(super) actions: Vec<Action>,
    /// Files of ours in whose place a folder has to stand, or that stand in a folder where a file has to.
    pub(super) clears: Vec<String>,
    /// Files of ours that no longer belong.
    pub(super) removals: Vec<String>,
    /// What cannot be written.
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Plan {
    /// The plan for a folder that does not exist.
    pub(super) fn of_new(bundle: &Bundle) -> Self {
        let mut faults = Vec::new();
        let paths = paths(bundle);
        let actions = bundle.artifacts.iter().map(|artifact| match impossible(&artifact.path, &paths) {
            None => Action::Write,
            Some(why) => {
                faults.push(conflict(&artifact.path, &why));
                Action::Leave
            }
        });
        let actions = actions.collect();
        Self { actions, diagnostics: limited(faults), ..Self::default() }
    }

    /// The plan for the folder `output`, which holds what `last` lists and maybe other things.
    pub(super) fn of_change(output: &Path, bundle: &Bundle, last: Option<&Last>, shown: &str) -> Self {
        let empty = BTreeMap::new();
        let ours = last.map_or(&empty, |last| &last.manifest.files);
        let paths = paths(bundle);
        let mut folders = Folders { output, ours, paths: &paths, known: BTreeMap::new(), clears: BTreeSet::new() };
        let places: Vec<Place> = bundle.artifacts.iter().map(|artifact| folders.place(&artifact.path)).collect();
        let looked: Vec<(Action, Vec<String>, Option<Diagnostic>)> = bundle
            .artifacts
            .par_iter()
            .zip(&places)
            .map(|(artifact, place)| Look { output, ours, last, shown }.at(artifact, place))
            .collect();
        let mut plan = Self::default();
        let mut faults = Vec::new();
        for (action, clears, fault) in looked {
            plan.actions.push(action);
            folders.clears.extend(clears);
            faults.extend(fault);
        }
        plan.diagnostics = limited(faults);
        plan.removals = folders.removals();
        plan.clears = folders.clears.into_iter().collect();
        plan
    }

    /// The manifest's entries of what stays as it is.
    pub(super) fn kept(&self, bundle: &Bundle) -> BTreeMap<String, Entry> {
        let all = bundle.artifacts.iter().zip(&self.actions);
        let kept = all.filter_map(|(artifact, action)| match action {
            Action::Keep(digest) => Some((artifact.path.clone(), Entry { digest: *digest, kind: artifact.kind })),
            _ => None,
        });
        kept.collect()
    }
}

fn paths(bundle: &Bundle) -> BTreeSet<&str> {
    bundle.artifacts.iter().map(|artifact| artifact.path.as_str()).collect()
}

fn limited(mut faults: Vec<Diagnostic>) -> Vec<Diagnostic> {
    if faults.len() > TOLD {
        let more = faults.len() - TOLD;
        faults.truncate(TOLD);
        faults.push(Diagnostic::new(Code::AddressConflict, format!("{more} more files could not be written")));
    }
    faults
}

fn conflict(path: &str, why: &str) -> Diagnostic {
    Diagnostic::new(Code::AddressConflict, format!("`{path}` cannot be written: {why}"))
}

/// Why no file of this name can be on a disk, whatever is there.
fn impossible(path: &str, paths: &BTreeSet<&str>) -> Option<String> {
    if !manifest::is_inside(path) {
        return Some("the path leads out of the output folder".to_owned());
    }
    if path == manifest::NAME || path.split('/').next() == Some(super::stage::STAGE) {
        return Some("guidegen keeps this name for itself".to_owned());
    }
    if path.len() > 3000 || path.split('/').any(|part| part.len() > 255) {
        return Some("the name is too long".to_owned());
    }
    let parent = ancestors(path).find(|parent| paths.contains(parent));
    parent.map(|parent| format!("`{parent}` is a file of this site, and cannot be a folder too"))
}

/// The folders above a path, the nearest last.
fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(at, _)| &path[..at])
}

/// What stands where an artifact's folder has to be.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    /// The folder is there.
    There,
    /// It has to be made.
    Missing,
    /// It cannot be made.
    Blocked(String),
}

/// The folders of the output, each looked at once.
struct Folders<'a> {
    output: &'a Path,
    ours: &'a BTreeMap<String, Entry>,
    paths: &'a BTreeSet<&'a str>,
    known: BTreeMap<String, Place>,
    clears: BTreeSet<String>,
}

impl Folders<'_> {
    /// What stands where the folder of the artifact `path` has to be.
    fn place(&mut self, path: &str) -> Place {
        if let Some(why) = impossible(path, self.paths) {
            return Place::Blocked(why);
        }
        let mut place = Place::There;
        for folder in ancestors(path) {
            if place != Place::There {
                break;
            }
            place = match self.known.get(folder) {
                Some(known) => known.clone(),
                None => {
                    let seen = self.look(folder);
                    self.known.insert(folder.to_owned(), seen.clone());
                    seen
                }
            };
        }
        place
    }

    fn look(&mut self, folder: &str) -> Place {
        match fs::symlink_metadata(self.output.join(folder)) {
            Err(_) => Place::Missing,
            Ok(metadata) if metadata.is_dir() => Place::There,
            Ok(metadata) if metadata.is_file() && self.ours.contains_key(folder) => {
                self.clears.insert(folder.to_owned());
                Place::Missing
            }
            Ok(metadata) if metadata.is_symlink() => Place::Blocked(format!("`{folder}` is a symbolic link")),
            Ok(_) => Place::Blocked(format!("`{folder}` is not a folder")),
        }
    }

    /// The files of the last site that no longer belong, but for those that are cleared away first.
    fn removals(&mut self) -> Vec<String> {
        let same_letters: BTreeSet<String> = self.paths.iter().map(|path| path.to_lowercase()).collect();
        let mut removals = Vec::new();
        let gone: Vec<&String> = self.ours.keys().filter(|path| !self.paths.contains(path.as_str())).collect();
        for path in gone {
            if self.clears.contains(path) || self.place(path) != Place::There {
                continue;
            }
            // On a file system that takes `A` and `a` for one name, the new file would be removed by its old name.
            if same_letters.contains(&path.to_lowercase()) && self.is_written_too(path) {
                continue;
            }
            removals.push(path.clone());
        }
        removals
    }

    fn is_written_too(&self, path: &str) -> bool {
        let lower = path.to_lowercase();
        let old = self.output.join(path).canonicalize().ok();
        let mut others = self.paths.iter().filter(|other| other.to_lowercase() == lower);
        others.any(|other| old.is_some() && self.output.join(other).canonicalize().ok() == old)
            || cfg!(any(windows, target_os = "macos"))
    }
}

/// One look at the place of an artifact.
struct Look<'a> {
    output: &'a Path,
    ours: &'a BTreeMap<String, Entry>,
    last: Option<&'a Last>,
    shown: &'a str,
}

impl Look<'_> {
    /// What is done with the artifact, what has to be cleared away for it, and what is wrong.
    fn at(&self, artifact: &Artifact, place: &Place) -> (Action, Vec<String>, Option<Diagnostic>) {
        let path = artifact.path.as_str();
        let leave = |why: &str| (Action::Leave, Vec::new(), Some(conflict(&format!("{}/{path}", self.shown), why)));
        match place {
            Place::Missing => return (Action::Write, Vec::new(), None),
            Place::Blocked(why) => return leave(why),
            Place::There => {}
        }
        let on_disk = self.output.join(path);
        let metadata = match fs::symlink_metadata(&on_disk) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return (Action::Write, Vec::new(), None),
            Err(error) => return leave(&said(&error)),
        };
        if metadata.is_dir() {
            return match self.all_ours(path) {
                Some(files) => (Action::Write, files, None),
                None => leave("a folder stands there, with files that guidegen did not write"),
            };
        }
        if !metadata.is_file() {
            return leave("what stands there is not a file");
        }
        match self.is_same(artifact, &on_disk, &metadata) {
            Ok(Some(digest)) => (Action::Keep(digest), Vec::new(), None),
            Ok(None) if self.ours.contains_key(path) => (Action::Write, Vec::new(), None),
            Ok(None) => {
                let (action, clears, fault) = leave("the file that stands there was not written by guidegen");
                let help =
                    format!("remove the file if nobody needs it, or `{}` as a whole, and build again", self.shown);
                (action, clears, fault.map(|fault| fault.help(help)))
            }
            Err(error) => leave(&said(&error)),
        }
    }

    /// The files in the folder at `path`, when all of them are ours.
    fn all_ours(&self, path: &str) -> Option<Vec<String>> {
        let mut files = Vec::new();
        for entry in walkdir::WalkDir::new(self.output.join(path)) {
            let entry = entry.ok()?;
            if entry.file_type().is_dir() {
                continue;
            }
            let below = entry.path().strip_prefix(self.output).ok()?.to_str()?;
            let below = below.replace(std::path::MAIN_SEPARATOR, "/");
            if !self.ours.contains_key(&below) {
                return None;
            }
            files.push(below);
        }
        Some(files)
    }

    /// The digest of the file on disk when it has the artifact's bytes.
    fn is_same(&self, artifact: &Artifact, on_disk: &Path, metadata: &Metadata) -> io::Result<Option<Digest>> {
        let (len, digest) = match &artifact.content {
            Content::OnDisk { path, len, .. } if metadata.len() == *len => {
                (*len, artifact.digest.map_or_else(|| digest_of(path), Ok)?)
            }
            Content::OnDisk { .. } => return Ok(None),
            content => {
                let bytes = content.bytes().unwrap_or_default();
                (bytes.len() as u64, artifact.digest.unwrap_or_else(|| Digest::of(&bytes)))
            }
        };
        if metadata.len() != len {
            return Ok(None);
        }
        if self.last.is_some_and(|last| last.holds(&artifact.path, digest, metadata)) {
            return Ok(Some(digest));
        }
        let same = match &artifact.content {
            Content::OnDisk { .. } => digest_of(on_disk)? == digest,
            content => {
                let read = fs::read(on_disk)?;
                content.bytes().is_some_and(|bytes| read == *bytes)
            }
        };
        Ok(same.then_some(digest))
    }
}

/// When the system last saw a file change: seconds and nanoseconds.
#[cfg(unix)]
pub(super) fn changed_at(metadata: &Metadata) -> Option<(i64, i64)> {
    use std::os::unix::fs::MetadataExt as _;
    Some((metadata.ctime(), metadata.ctime_nsec()))
}

/// Elsewhere there is only a time that anybody sets.
#[cfg(not(unix))]
pub(super) fn changed_at(_: &Metadata) -> Option<(i64, i64)> {
    None
}

/// The digest of a file's bytes, which are never in memory at once.
///
/// # Errors
/// When the file cannot be read.
pub fn digest_of(path: &Path) -> io::Result<Digest> {
    let mut file = File::open(path)?;
    let mut hasher = crate::base::digest::Hasher::default();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok(hasher.finish());
        }
        hasher.update(buffer.get(..read).unwrap_or_default());
    }
}
