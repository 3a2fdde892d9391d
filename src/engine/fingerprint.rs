//! What a build depends on, by one name.

use super::{Command, Inputs};
use crate::base::digest::{Digest, Fingerprint};
use crate::input::files::{Content, File, SiteFiles};
use rayon::prelude::*;

/// What is told of a bundle's inputs.
pub(super) struct Given {
    pub(super) options: String,
    pub(super) drafts: bool,
    pub(super) baked: Vec<String>,
    pub(super) command: Command,
}

impl Given {
    pub(super) fn of(inputs: &Inputs<'_>) -> Self {
        Self {
            options: format!(
                "{:?} {} {} {:?} {}",
                inputs.base_url, inputs.drafts, inputs.future, inputs.baked, inputs.search
            ),
            drafts: inputs.drafts,
            baked: inputs.baked.iter().map(|(name, _)| name.clone()).collect(),
            command: inputs.command,
        }
    }
}

/// All files that go in, in one order.
fn every(files: &SiteFiles) -> impl Iterator<Item = &File> {
    files.config.iter().chain(files.folders().into_iter().flat_map(|(_, list)| list))
}

/// The digest of each of them.
pub(super) fn digests(files: &SiteFiles) -> Vec<Digest> {
    every(files).collect::<Vec<_>>().into_par_iter().map(digest).collect()
}

pub(super) fn digest(file: &File) -> Digest {
    match &file.content {
        // Of what is inside, pages show this alone.
        Content::OnDisk { len, image, .. } => Digest::of(format!("{len} {image:?}").as_bytes()),
        content => Digest::of(&content.bytes().unwrap_or_default()),
    }
}

/// The digest of everything that went in.
pub(super) fn fingerprint(files: &SiteFiles, digests: &[Digest], options: &str) -> String {
    let mut all = Fingerprint::default();
    for (file, digest) in every(files).zip(digests) {
        all.add(&file.path).add(digest.bytes());
    }
    all.add(env!("CARGO_PKG_VERSION")).add(options).finish().hex()
}
