//! The last site that a build wrote, whole, in the user's cache folder: an output folder that is gone, or holds something
//! else, is filled from here while everything that the site is made of is what it was.
//!
//! The file has the bytes of all files one behind the other, and behind them what they are: `manifest` and `lengths` in its
//! order, and which files the author's own ones are, which are copied anew. Each file is held against its digest when it is
//! read; one that is damaged makes the whole worthless, and the site is built.

use super::build_cache::BuildCache;
use super::manifest::{self, Entry, Manifest};
use crate::base::digest::Digest;
use crate::engine::Shelf;
use crate::input::files::Content;
use crate::site::artifact::{Artifact, Bundle};
use rayon::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

/// Larger sites are not kept: one of them would fill the cache by itself.
const LARGEST: u64 = 128 << 20;
/// The length of what stands behind the files, in hexadecimal, and its digest.
const TAIL: usize = 16 + 64;

/// A site that was kept.
#[derive(Debug)]
pub struct KeptSite {
    file: File,
    manifest: Manifest,
    /// How long each file is, by path; none of those that are copied.
    lengths: BTreeMap<String, u64>,
    /// Where the author's own files stand, by their path in the site.
    copied: BTreeMap<String, PathBuf>,
}

impl KeptSite {
    /// The site that was kept under `name`, if it is the one whose manifest has this digest.
    #[must_use]
    pub fn open(cache: &BuildCache, name: &str, manifest: Digest) -> Option<Self> {
        let mut file = cache.open(name)?;
        let mut tail = [0; TAIL];
        let end = file.seek(SeekFrom::End(-i64::try_from(TAIL).ok()?)).ok()?;
        file.read_exact(&mut tail).ok()?;
        let (length, digest) = tail.split_at(16);
        let length = u64::from_str_radix(std::str::from_utf8(length).ok()?, 16).ok()?;
        let start = end.checked_sub(length)?;
        file.seek(SeekFrom::Start(start)).ok()?;
        let mut head = Vec::new();
        Read::take(&file, length).read_to_end(&mut head).ok()?;
        if Digest::of(&head).hex().as_bytes() != digest {
            return None;
        }
        let head: Value = serde_json::from_slice(head.strip_prefix(cache.program().as_bytes())?).ok()?;
        let listed = head["manifest"].as_str()?;
        if Digest::of(listed.as_bytes()) != manifest {
            return None;
        }
        let lengths = head["lengths"].as_object()?.iter().map(|(path, length)| Some((path.clone(), length.as_u64()?)));
        let copied = head["copied"].as_object()?.iter().map(|(path, from)| Some((path.clone(), from.as_str()?.into())));
        file.seek(SeekFrom::Start(0)).ok()?;
        Some(Self {
            file,
            manifest: Manifest::parse(listed.as_bytes())?,
            lengths: lengths.collect::<Option<_>>()?,
            copied: copied.collect::<Option<_>>()?,
        })
    }

    /// Keeps the site in the folder `output`, which was just written, under `name`. `bundle` tells which of its files are
    /// copies of the author's.
    pub fn keep(cache: &BuildCache, name: &str, output: &Path, bundle: &Bundle) {
        if bundle.artifacts.iter().filter(|artifact| artifact.digest.is_some()).map(length).sum::<u64>() > LARGEST {
            return;
        }
        let is_copy = |artifact: &&Artifact| artifact.digest.is_none();
        let copies = bundle.artifacts.iter().filter(is_copy).filter_map(|artifact| match &artifact.content {
            // A path that is no text cannot be written down.
            Content::OnDisk { path, .. } => Some((artifact.path.as_str(), path.to_str()?)),
            _ => None,
        });
        let copied: BTreeMap<&str, &str> = copies.collect();
        cache.create(name, |file| {
            let manifest = fs::read_to_string(output.join(manifest::NAME))?;
            let listed = Manifest::parse(manifest.as_bytes()).ok_or(io::ErrorKind::InvalidData)?;
            let mut lengths = BTreeMap::new();
            for path in listed.files.keys().filter(|path| !copied.contains_key(path.as_str())) {
                let length = io::copy(&mut File::open(output.join(path))?, file)?;
                lengths.insert(path, length);
            }
            let head = json!({ "manifest": manifest, "lengths": lengths, "copied": copied });
            let head = format!("{}{head}", cache.program());
            write!(file, "{head}{:016x}{}", head.len(), Digest::of(head.as_bytes()).hex())
        });
    }

    /// Puts every file on `shelf`. None when one of them is not what it was; what is on the shelf then is worth nothing.
    #[must_use]
    pub fn onto(self, shelf: &dyn Shelf) -> Option<Bundle> {
        let Self { file, manifest, lengths, copied } = self;
        let mut file = BufReader::new(file);
        let read = |(path, entry): (&String, &Entry)| {
            let content = match copied.get(path) {
                Some(from) => copy_of(from),
                None => lengths.get(path).and_then(|length| next(&mut file, *length)),
            };
            (path.clone(), *entry, content)
        };
        let put = |(path, entry, content): (String, Entry, Option<Content>)| {
            let (content, kind) = (content?, entry.kind);
            let Content::Bytes(bytes) = &content else { return Some(Artifact { path, content, kind, digest: None }) };
            let is_whole = Digest::of(bytes) == entry.digest;
            is_whole.then(|| shelf.put(Artifact { path, content, kind, digest: Some(entry.digest) }))
        };
        let artifacts: Option<Vec<Artifact>> = manifest.files.iter().map(read).par_bridge().map(put).collect();
        let mut artifacts = artifacts?;
        artifacts.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        Some(Bundle { artifacts, facts: manifest.facts, ..Bundle::default() })
    }
}

fn length(artifact: &Artifact) -> u64 {
    match &artifact.content {
        Content::OnDisk { len, .. } => *len,
        content => content.whole().map_or(0, |bytes| bytes.len() as u64),
    }
}

fn copy_of(from: &Path) -> Option<Content> {
    let metadata = fs::metadata(from).ok().filter(fs::Metadata::is_file)?;
    Some(Content::OnDisk { path: from.to_owned(), len: metadata.len(), image: None })
}

/// The next `length` bytes; none when there are fewer.
fn next(file: &mut impl Read, length: u64) -> Option<Content> {
    // The length is not trusted to be one that memory holds.
    let mut bytes = Vec::with_capacity(usize::try_from(length.min(1 << 20)).unwrap_or_default());
    file.take(length).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 == length).then(|| Content::Bytes(bytes.into()))
}
