//! Whether an output folder still holds what a build has written: its manifest, and every file that it lists.

use super::plan::{changed_at, digest_of};
use super::stage::STAGE;
use crate::base::digest::Digest;
use crate::edge::manifest::{self, Manifest};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Whether the folder `output` holds the site whose manifest has this digest. Files that the system has not seen change
/// since are not read; the others are.
pub(super) fn holds(output: &Path, digest: Digest) -> bool {
    let path = output.join(manifest::NAME);
    let is_file = |path: &Path| fs::symlink_metadata(path).ok().filter(std::fs::Metadata::is_file);
    // A killed build has left something to clear away.
    let is_clean = fs::symlink_metadata(output.join(STAGE)).is_err();
    let (Some(metadata), true) = (is_file(&path), is_clean) else { return false };
    let Some(bytes) = fs::read(&path).ok().filter(|bytes| Digest::of(bytes) == digest) else { return false };
    let Some(listed) = Manifest::parse(&bytes).filter(|listed| listed.complete) else { return false };
    let mut folders = BTreeSet::new();
    for path in listed.files.keys() {
        let mut above = path.as_str();
        while let Some((folder, _)) = above.rsplit_once('/')
            && folders.insert(folder)
        {
            above = folder;
        }
    }
    let are_folders =
        folders.into_iter().all(|folder| fs::symlink_metadata(output.join(folder)).is_ok_and(|it| it.is_dir()));
    let written = changed_at(&metadata);
    let files: Vec<_> = listed.files.iter().collect();
    are_folders
        && files.par_iter().all(|(path, entry)| {
            let on_disk = output.join(path);
            let Some(metadata) = is_file(&on_disk) else { return false };
            matches!((changed_at(&metadata), written), (Some(file), Some(list)) if file < list)
                || digest_of(&on_disk).is_ok_and(|digest| digest == entry.digest)
        })
}
