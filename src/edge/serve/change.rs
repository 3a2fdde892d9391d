//! The files of a site, kept up to date. What a save touches is read alone; whenever there is doubt, all is read again.

use super::watch::Change;
use crate::edge::Failure;
use crate::edge::disk::{Reading, Root};
use crate::input::files::{Content, File, SiteFiles};
use crate::input::guide::is_guide;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The files of a site as they were last read.
#[derive(Debug)]
pub struct Files {
    root: Root,
    config: Option<PathBuf>,
    reading: Reading,
    /// Files that were left on disk, by when they last changed: their bytes are not compared.
    stamps: BTreeMap<PathBuf, SystemTime>,
    /// Whether the last attempt to read failed.
    is_stale: bool,
}

/// What a look at the files found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// Whether anything is different.
    pub is_new: bool,
    /// Whether files of `content/` came or went, so that git is to be asked about other guides.
    pub is_wide: bool,
    /// Files on disk that changed.
    pub touched: BTreeSet<PathBuf>,
}

impl Files {
    /// Reads the site.
    ///
    /// # Errors
    /// When there is none, or its configuration cannot be read.
    pub fn read(root: &Root, config: Option<&Path>) -> Result<Self, Failure> {
        let reading = root.read_site(config)?;
        let stamps = stamps(&reading.files);
        Ok(Self { root: root.clone(), config: config.map(Path::to_owned), reading, stamps, is_stale: false })
    }

    /// What was read.
    #[must_use]
    pub const fn reading(&self) -> &Reading {
        &self.reading
    }

    /// The files of the site that are links, by where they lead to.
    #[must_use]
    pub fn links(&self) -> BTreeSet<PathBuf> {
        let folders = self.reading.files.folders();
        let all = folders.iter().flat_map(|(folder, files)| files.iter().map(move |file| (folder, &file.path)));
        let paths = all.map(|(folder, path)| self.root.path().join(folder).join(path));
        paths.filter(|path| path.is_symlink()).filter_map(|path| path.canonicalize().ok()).collect()
    }

    /// Reads what `change` says has changed.
    ///
    /// # Errors
    /// When there is no site any more, or its configuration cannot be read. What was read before stays, and the next
    /// look is at everything.
    pub fn look(&mut self, change: &Change) -> Result<Seen, Failure> {
        if let Change::Paths(paths) = change
            && !self.is_stale
            && let Some(guides) = self.guides(paths)
        {
            return Ok(self.take(guides));
        }
        let was_stale = std::mem::replace(&mut self.is_stale, true);
        let reading = self.root.read_site(self.config.as_deref())?;
        let stamps = stamps(&reading.files);
        let touched: BTreeSet<PathBuf> = stamps
            .iter()
            .filter(|(path, time)| self.stamps.get(*path).is_some_and(|before| before != *time))
            .map(|(path, _)| path.clone())
            .collect();
        let is_same = is_same(&self.reading.files, &reading.files)
            && self.reading.diagnostics == reading.diagnostics
            && touched.is_empty();
        let names = |reading: &Reading| reading.files.content.iter().map(|file| file.path.clone()).collect::<Vec<_>>();
        let is_wide = was_stale || names(&self.reading) != names(&reading);
        self.is_stale = false;
        self.stamps = stamps;
        self.reading = reading;
        Ok(Seen { is_new: !is_same || was_stale, is_wide, touched })
    }

    /// The new bytes of guides, by their number, when nothing else changed. A path that came and went again (the backup
    /// of an editor) is nothing.
    fn guides(&self, paths: &BTreeSet<PathBuf>) -> Option<Vec<(usize, Vec<u8>)>> {
        let mut guides = Vec::new();
        for path in paths {
            let below = path.strip_prefix(self.root.path()).ok()?;
            let below: Option<Vec<&str>> = below.components().map(|part| part.as_os_str().to_str()).collect();
            let below = below?.join("/");
            let number = below
                .strip_prefix("content/")
                .and_then(|path| self.reading.files.content.binary_search_by(|file| file.path.as_str().cmp(path)).ok());
            match (number, path.symlink_metadata()) {
                (Some(number), Ok(now)) if now.is_file() && is_guide(&below) => {
                    guides.push((number, std::fs::read(path).ok()?));
                }
                // What could not be read before is in the findings, not among the files.
                (None, Err(_)) if !self.is_told_of(&below) => {}
                _ => return None,
            }
        }
        Some(guides)
    }

    /// Whether the path, or one below it, is known from files or findings.
    fn is_told_of(&self, path: &str) -> bool {
        let is_it = |other: &str| other.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let files = &self.reading.files;
        let is_file = files
            .folders()
            .into_iter()
            .any(|(folder, list)| is_it(folder) || list.iter().any(|file| is_it(&format!("{folder}/{}", file.path))));
        let mut places = self.reading.diagnostics.iter().filter_map(|found| found.place.as_ref());
        is_file || files.config.iter().any(|config| config.path == path) || places.any(|place| is_it(&place.file))
    }

    fn take(&mut self, guides: Vec<(usize, Vec<u8>)>) -> Seen {
        let mut seen = Seen::default();
        for (number, bytes) in guides {
            let Some(file) = self.reading.files.content.get_mut(number) else { continue };
            let content = Content::of(&file.path, bytes);
            if file.content != content {
                file.content = content;
                seen.is_new = true;
            }
        }
        seen
    }
}

fn lists(files: &SiteFiles) -> [&Vec<File>; 5] {
    [&files.content, &files.data, &files.templates, &files.statics, &files.schemas]
}

fn is_same(before: &SiteFiles, now: &SiteFiles) -> bool {
    before.config == now.config && lists(before) == lists(now)
}

fn stamps(files: &SiteFiles) -> BTreeMap<PathBuf, SystemTime> {
    let mut stamps = BTreeMap::new();
    for file in lists(files).into_iter().flatten() {
        if let Content::OnDisk { path, .. } = &file.content
            && let Ok(time) = path.metadata().and_then(|metadata| metadata.modified())
        {
            stamps.insert(path.clone(), time);
        }
    }
    stamps
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn paths(root: &Root, names: &[&str]) -> Change {
        Change::Paths(names.iter().map(|name| root.path().join(name)).collect())
    }

    fn site() -> (tempfile::TempDir, Root, Files) {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("content/a")).unwrap();
        fs::write(folder.path().join("content/a/b.md"), "one").unwrap();
        fs::write(folder.path().join("content/a/large.png"), vec![0; 100_000]).unwrap();
        let root = Root::open(folder.path()).unwrap();
        let files = Files::read(&root, None).unwrap();
        (folder, root, files)
    }

    #[test]
    fn every_way_of_saving_yields_what_a_whole_look_would() {
        let (folder, root, mut files) = site();
        let at = |name: &str| folder.path().join(name);
        let check = |files: &mut Files, names: &[&str], is_new: bool| {
            assert_eq!(files.look(&paths(&root, names)).unwrap().is_new, is_new, "{names:?}");
            let fresh = root.read_site(None).unwrap();
            assert!(is_same(&files.reading().files, &fresh.files), "{names:?}");
        };
        fs::write(at("content/a/b.md"), "two").unwrap();
        check(&mut files, &["content/a/b.md"], true);
        check(&mut files, &["content/a/b.md"], false);
        fs::write(at("content/a/b.md.new"), "three").unwrap();
        fs::rename(at("content/a/b.md.new"), at("content/a/b.md")).unwrap();
        check(&mut files, &["content/a/b.md", "content/a/b.md.new", "content/a/4913"], true);
        fs::write(at("content/a/c.md"), "new").unwrap();
        check(&mut files, &["content/a/c.md"], true);
        fs::remove_file(at("content/a/c.md")).unwrap();
        check(&mut files, &["content/a/c.md"], true);
        fs::rename(at("content/a"), at("content/z")).unwrap();
        check(&mut files, &["content/a", "content/z"], true);
        fs::write(at("guidegen.yaml"), "title: T").unwrap();
        check(&mut files, &["guidegen.yaml"], true);
        fs::remove_dir_all(at("content/z")).unwrap();
        check(&mut files, &["content/z/b.md", "content/z"], true);
    }

    #[test]
    fn a_large_file_of_the_same_length_is_touched() {
        let (folder, root, mut files) = site();
        let path = folder.path().join("content/a/large.png");
        let later = SystemTime::now() + std::time::Duration::from_secs(5);
        fs::File::options().write(true).open(&path).unwrap().set_modified(later).unwrap();
        let seen = files.look(&paths(&root, &["content/a/large.png"])).unwrap();
        assert!(seen.is_new && seen.touched.len() == 1);
        assert!(!files.look(&Change::Unknown).unwrap().is_new);
    }

    #[test]
    fn content_may_vanish_and_come_back() {
        let (folder, root, mut files) = site();
        let at = |name: &str| folder.path().join(name);
        fs::rename(at("content"), at("away")).unwrap();
        assert!(files.look(&paths(&root, &["content"])).is_err());
        fs::rename(at("away"), at("content")).unwrap();
        assert!(files.look(&paths(&root, &["content"])).unwrap().is_new, "it was told that the site is gone");
        assert!(!files.look(&Change::Unknown).unwrap().is_new);
    }
}
