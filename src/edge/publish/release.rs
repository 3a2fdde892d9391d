//! A path that is a link to a folder of its release: the next release is made beside it, and the link is switched to it
//! in one step. What did not change is linked, not copied.

use super::directory::read_ledger;
use super::place::{self, failed};
use super::{Target, Upload};
use crate::edge::Failure;
use crate::edge::lock::Lock;
use crate::site::publication::ledger::{self, Ledger};
use crate::site::publication::plan::Found;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A link to a release.
#[derive(Debug)]
pub(super) struct Releases {
    link: PathBuf,
    /// The folder of the releases, beside the link.
    folder: PathBuf,
    keep: u32,
    /// The number of the release that the link leads to.
    current: Option<u64>,
    next: u64,
    lock: Option<Lock>,
}

impl Releases {
    pub(super) fn open(link: &Path, root: &Path, keep: u32) -> Result<Self, Failure> {
        let name = link.file_name().map(|name| name.to_string_lossy().into_owned());
        let (Some(name), Some(parent)) = (name, link.parent()) else {
            return Err(Failure::new(format!("`{}` is no path of a folder", link.display())));
        };
        let parent = if parent.exists() || link.is_symlink() {
            parent.canonicalize().map_err(|error| failed("open", parent, &error))?
        } else {
            place::checked(parent, root)?
        };
        let link = parent.join(&name);
        let folder = place::checked(&parent.join(format!(".{name}.releases")), root)?;
        if !link.is_symlink() {
            place::checked(&link, root)?;
        }
        let current = current(&link, &folder)?;
        Ok(Self { link, folder, keep, current, next: 0, lock: None })
    }

    fn release(&self, number: u64) -> PathBuf {
        self.folder.join(number.to_string())
    }

    /// The release that is being made.
    fn part(&self) -> PathBuf {
        self.folder.join(format!("{}.part", self.next))
    }

    /// Takes over what the current release holds: all of it, so that what is not ours is there too.
    fn take_over(&self) -> Result<(), Failure> {
        let part = self.part();
        fs::create_dir_all(&part).map_err(|error| failed("make the folder", &part, &error))?;
        let Some(current) = self.current else { return Ok(()) };
        let from = self.release(current);
        let files: Vec<String> = place::contents(&from, |name| name == ledger::NAME)?.files.into_iter().collect();
        for file in &files {
            place::make_parent(&part.join(file)).map_err(|error| failed("write", &part.join(file), &error))?;
        }
        files.par_iter().try_for_each(|file| {
            let (old, new) = (from.join(file), part.join(file));
            // Where the disk has no links of this kind, it is copied.
            let linked = fs::hard_link(&old, &new).or_else(|_| fs::copy(&old, &new).map(drop));
            linked.map_err(|error| failed("write", &new, &error))
        })
    }

    /// The releases, by number, and what was left of those that were not finished.
    fn all(&self) -> io::Result<(Vec<u64>, Vec<PathBuf>)> {
        let (mut releases, mut parts) = (Vec::new(), Vec::new());
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((releases, parts)),
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            match name.strip_suffix(".part") {
                Some(number) if number.parse::<u64>().is_ok() => parts.push(entry.path()),
                _ => releases.extend(name.parse::<u64>().ok()),
            }
        }
        releases.sort_unstable();
        Ok((releases, parts))
    }

    fn switch(&self) -> io::Result<()> {
        let name = self.folder.file_name().unwrap_or_default();
        let target = Path::new(name).join(self.next.to_string());
        let new = self.folder.join("link.part");
        match fs::remove_file(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        link(&target, &new)?;
        fs::rename(&new, &self.link)
    }
}

/// The number of the release that `link` leads to; a link elsewhere is not ours.
fn current(link: &Path, folder: &Path) -> Result<Option<u64>, Failure> {
    let target = match fs::read_link(link) {
        Ok(target) => target,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed("open", link, &error)),
    };
    let number = target.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse().ok());
    let parent = target.parent().and_then(Path::file_name);
    match number {
        Some(number)
            if parent == folder.file_name() && folder.join(target.file_name().unwrap_or_default()).is_dir() =>
        {
            Ok(Some(number))
        }
        _ => Err(Failure::new(format!(
            "`{}` is a link to `{}`, which guidegen did not make",
            link.display(),
            target.display()
        ))
        .help("name what it leads to in `path`, or remove the link")),
    }
}

#[cfg(unix)]
fn link(target: &Path, at: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, at)
}

#[cfg(not(unix))]
fn link(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::Error::from(io::ErrorKind::Unsupported))
}

impl Target for Releases {
    fn look(&mut self) -> Result<Found, Failure> {
        self.current = current(&self.link, &self.folder)?;
        let Some(current) = self.current else { return Ok(Found::default()) };
        let release = self.release(current);
        let (ledger, is_damaged) = read_ledger(&release)?;
        let present = place::contents(&release, |name| name == ledger::NAME)?.files;
        // An empty folder is not taken over into the next release, so it is in nobody's way.
        Ok(Found { ledger, is_damaged, present, empty_folders: BTreeSet::new(), has_folders: true })
    }

    fn begin(&mut self) -> Result<(), Failure> {
        fs::create_dir_all(&self.folder).map_err(|error| failed("make the folder", &self.folder, &error))?;
        self.lock = Some(place::lock(&self.folder)?);
        self.current = current(&self.link, &self.folder)?;
        let (releases, parts) = self.all().map_err(|error| failed("read", &self.folder, &error))?;
        for part in parts {
            fs::remove_dir_all(&part).map_err(|error| failed("remove", &part, &error))?;
        }
        self.next = releases.last().copied().max(self.current).unwrap_or(0) + 1;
        self.take_over()
    }

    fn put(&mut self, uploads: &[Upload<'_>]) -> Result<u64, Failure> {
        let part = self.part();
        for upload in uploads {
            place::check_inside(&part, upload.path)?;
            let path = part.join(upload.path);
            place::make_parent(&path).map_err(|error| failed("write", &path, &error))?;
        }
        let sizes = uploads.par_iter().map(|upload| {
            let path = part.join(upload.path);
            // The file may be a link to that of the last release, which must stay as it is: a new one takes its place.
            let removed = match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            };
            let written = removed.and_then(|()| upload.bytes()).and_then(|bytes| place::write(&path, &bytes));
            written.map_err(|error| failed("write", &path, &error))
        });
        Ok(sizes.collect::<Result<Vec<u64>, Failure>>()?.iter().sum())
    }

    fn record(&mut self, ledger: &Ledger) -> Result<(), Failure> {
        let path = self.part().join(ledger::NAME);
        place::write(&path, &ledger.to_bytes()).map(drop).map_err(|error| failed("write", &path, &error))
    }

    fn remove(&mut self, paths: &[String]) -> Result<(), Failure> {
        let part = self.part();
        for path in paths {
            place::check_inside(&part, path)?;
            place::remove(&part, path).map_err(|error| failed("remove", &part.join(path), &error))?;
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Failure> {
        let release = self.release(self.next);
        fs::rename(self.part(), &release).map_err(|error| failed("write", &release, &error))?;
        self.switch().map_err(|error| failed("switch", &self.link, &error))?;
        self.current = Some(self.next);
        let (releases, _) = self.all().map_err(|error| failed("read", &self.folder, &error))?;
        let kept = usize::try_from(self.keep).unwrap_or(usize::MAX).saturating_add(1);
        let old = releases.len().saturating_sub(kept);
        for number in releases.into_iter().take(old).filter(|number| Some(*number) != self.current) {
            let path = self.release(number);
            fs::remove_dir_all(&path).map_err(|error| failed("remove", &path, &error))?;
        }
        Ok(())
    }

    fn end(&mut self) {
        if self.lock.is_some() && self.next > 0 {
            // What stays of it is cleared away by the next run.
            let _ = fs::remove_dir_all(self.part());
        }
        self.lock = None;
    }
}
