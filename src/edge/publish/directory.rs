//! A folder that is there already: changed in place, file by file, by what the ledger in it lists.

use super::place::{self, failed};
use super::{Target, Upload, is_ours};
use crate::edge::lock::Lock;
use crate::edge::{Failure, disk};
use crate::site::publication::ledger::{self, Ledger};
use crate::site::publication::plan::Found;
use rayon::prelude::*;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Where new files are written before they are renamed into their places.
const STAGE: &str = ".guidegen-publish-stage";

/// Whether `path` is changed in place: it is a folder, and no link.
pub(super) fn is_in_place(path: &Path) -> Result<bool, Failure> {
    match path.symlink_metadata() {
        Ok(metadata) if metadata.is_dir() => Ok(true),
        Ok(metadata) if metadata.is_symlink() => Ok(false),
        Ok(_) => Err(Failure::new(format!("`{}` is a file", path.display())).help("name a folder in `path`")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(cfg!(not(unix))),
        Err(error) => Err(Failure::new(format!("cannot open `{}`: {}", path.display(), disk::said(&error)))),
    }
}

/// A folder that is changed in place.
#[derive(Debug)]
pub(super) struct InPlace {
    folder: PathBuf,
    lock: Option<Lock>,
}

impl InPlace {
    pub(super) fn open(folder: &Path, root: &Path) -> Result<Self, Failure> {
        let folder = place::checked(folder, root)?;
        Ok(Self { folder, lock: None })
    }

    fn stage(&self) -> PathBuf {
        self.folder.join(STAGE)
    }

    fn clear_stage(&self) -> io::Result<()> {
        match fs::remove_dir_all(self.stage()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

/// Reads the ledger in `folder`: what it says, and whether there is one that says nothing.
pub(super) fn read_ledger(folder: &Path) -> Result<(Option<Ledger>, bool), Failure> {
    let path = folder.join(ledger::NAME);
    let read = || {
        let metadata = path.symlink_metadata()?;
        // A pipe would never end, a link lead elsewhere, and no ledger of ours is that large.
        let is_one = metadata.is_file() && metadata.len() <= ledger::LARGEST;
        if is_one { fs::read(&path) } else { Ok(Vec::new()) }
    };
    match read() {
        Ok(bytes) => {
            let ledger = Ledger::parse(&bytes, is_ours);
            let is_damaged = ledger.is_none();
            Ok((ledger, is_damaged))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok((None, false)),
        Err(error) => Err(failed("read", &path, &error)),
    }
}

impl Target for InPlace {
    fn look(&mut self) -> Result<Found, Failure> {
        if !self.folder.exists() {
            return Ok(Found::default());
        }
        let (ledger, is_damaged) = read_ledger(&self.folder)?;
        let place::Contents { files: present, empty_folders } =
            place::contents(&self.folder, |name| name == STAGE || name == ledger::NAME)?;
        Ok(Found { ledger, is_damaged, present, empty_folders, has_folders: true })
    }

    fn begin(&mut self) -> Result<(), Failure> {
        fs::create_dir_all(&self.folder).map_err(|error| failed("make the folder", &self.folder, &error))?;
        self.lock = Some(place::lock(&self.folder)?);
        self.clear_stage().map_err(|error| failed("write into", &self.folder, &error))
    }

    fn put(&mut self, uploads: &[Upload<'_>]) -> Result<u64, Failure> {
        let stage = self.stage();
        fs::create_dir_all(&stage).map_err(|error| failed("write into", &self.folder, &error))?;
        // All is written before anything changes: a full disk ends here.
        let sizes = uploads.par_iter().enumerate().map(|(at, upload)| {
            place::check_inside(&self.folder, upload.path)?;
            let written = upload.bytes().and_then(|bytes| place::write(&stage.join(at.to_string()), &bytes));
            written.map_err(|error| failed("write", &self.folder.join(upload.path), &error))
        });
        let sizes = sizes.collect::<Result<Vec<u64>, Failure>>()?;
        for (at, upload) in uploads.iter().enumerate() {
            let path = self.folder.join(upload.path);
            let renamed = place::make_parent(&path).and_then(|()| fs::rename(stage.join(at.to_string()), &path));
            renamed.map_err(|error| failed("write", &path, &error))?;
        }
        Ok(sizes.iter().sum())
    }

    fn record(&mut self, ledger: &Ledger) -> Result<(), Failure> {
        let (stage, path) = (self.stage(), self.folder.join(ledger::NAME));
        let staged = stage.join("ledger");
        let written = fs::create_dir_all(&stage)
            .and_then(|()| place::write(&staged, &ledger.to_bytes()))
            .and_then(|_| fs::rename(&staged, &path));
        written.map_err(|error| failed("write", &path, &error))
    }

    fn remove(&mut self, paths: &[String]) -> Result<(), Failure> {
        for path in paths {
            place::check_inside(&self.folder, path)?;
            place::remove(&self.folder, path).map_err(|error| failed("remove", &self.folder.join(path), &error))?;
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Failure> {
        Ok(())
    }

    fn end(&mut self) {
        // What stays of it is cleared away by the next run.
        let _ = self.clear_stage();
        self.lock = None;
    }
}
