//! The last site that a build wrote, whole, in the user's cache folder: an output folder that is gone, or holds something
//! else, is filled from here while everything that the site is made of is what it was.
//!
//! The file has the bytes of all files in the order in which they were made, and behind them what they are: `manifest`, the
//! `places` of its files, and which of them the author's own ones are, which are copied anew. Each file is held against its
//! digest when it is read; one that is damaged makes the whole worthless, and the site is built.

use super::build_cache::{BuildCache, Draft};
use super::manifest::{self, Entry, Manifest};
use crate::base::digest::Digest;
use crate::engine::{Roll, Shelf};
use crate::input::files::Content;
use crate::site::artifact::{Artifact, Bundle, Kind};
use rayon::prelude::*;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::{BufReader, Read, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Larger sites are not kept: one of them would fill the cache by itself.
const LARGEST: u64 = 128 << 20;
/// The length of what stands behind the files, in hexadecimal, and its digest.
const TAIL: usize = 16 + 64;

/// A site that was kept.
#[derive(Debug)]
pub struct KeptSite {
    file: File,
    manifest: Manifest,
    /// Where each file begins and how long it is, by path; none of those that are copied.
    places: BTreeMap<String, (u64, u64)>,
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
        let place = |place: &Value| Some((place[0].as_u64()?, place[1].as_u64()?));
        let places = head["places"].as_object()?.iter().map(|(path, at)| Some((path.clone(), place(at)?)));
        let copied = head["copied"].as_object()?.iter().map(|(path, from)| Some((path.clone(), from.as_str()?.into())));
        file.seek(SeekFrom::Start(0)).ok()?;
        Some(Self {
            file,
            manifest: Manifest::parse(listed.as_bytes())?,
            places: places.collect::<Option<_>>()?,
            copied: copied.collect::<Option<_>>()?,
        })
    }

    /// Puts every file on `shelf`. None when one of them is not what it was; what is on the shelf then is worth nothing.
    #[must_use]
    pub fn onto(self, shelf: &dyn Shelf) -> Option<Bundle> {
        let Self { file, manifest, places, copied } = self;
        // In the order in which they stand, so that the file is read from its beginning to its end.
        let mut entries: Vec<(&String, &Entry)> = manifest.files.iter().collect();
        entries.sort_by_key(|(path, _)| places.get(*path));
        let mut file = Reader { file: BufReader::new(file), at: 0 };
        let read = |(path, entry): (&String, &Entry)| {
            let content = match copied.get(path) {
                Some(from) => copy_of(from),
                None => places.get(path).and_then(|(start, length)| file.read(*start, *length)),
            };
            (path.clone(), *entry, content)
        };
        let put = |(path, entry, content): (String, Entry, Option<Content>)| {
            let (content, kind) = (content?, entry.kind);
            let Content::Bytes(bytes) = &content else { return Some(Artifact { path, content, kind, digest: None }) };
            let is_whole = Digest::of(bytes) == entry.digest;
            is_whole.then(|| shelf.put(Artifact { path, content, kind, digest: Some(entry.digest) }))
        };
        let artifacts: Option<Vec<Artifact>> = entries.into_iter().map(read).par_bridge().map(put).collect();
        let mut artifacts = artifacts?;
        artifacts.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        Some(Bundle { artifacts, facts: manifest.facts, ..Bundle::default() })
    }
}

/// A site on its way into the cache: its files are taken as they are made, so that nobody has to read them again.
#[derive(Debug)]
pub struct Keeping {
    taken: Mutex<Option<Taken>>,
}

/// A shelf that keeps what is put on it.
pub struct KeepingShelf<'s> {
    shelf: &'s dyn Shelf,
    keeping: &'s Keeping,
}

/// What was taken so far.
#[derive(Debug)]
struct Taken {
    draft: Draft,
    /// How many bytes.
    length: u64,
    /// Which file stands where, by path.
    places: HashMap<String, (Digest, u64, u64)>,
}

impl Taken {
    /// Takes a file in; none where that fails, or it is too much.
    fn take(&mut self, path: &str, digest: Digest, bytes: &[u8]) -> Option<(u64, u64)> {
        let (start, length) = (self.length, bytes.len() as u64);
        self.length += length;
        if self.length > LARGEST {
            return None;
        }
        self.draft.file.write_all(bytes).ok()?;
        self.places.insert(path.to_owned(), (digest, start, length));
        Some((start, length))
    }
}

impl Keeping {
    /// Begins to keep a site under `name`, if that can be done. `read` is how many bytes its guides have.
    #[must_use]
    pub fn begin(cache: &BuildCache, name: &str, read: u64) -> Self {
        // A site has some four times as much as its guides.
        let draft = if read.saturating_mul(3) > LARGEST { None } else { cache.draft(name) };
        let taken = draft.map(|draft| Taken { draft, length: 0, places: HashMap::new() });
        Self { taken: Mutex::new(taken) }
    }

    /// A shelf that keeps what it puts on `shelf`.
    #[must_use]
    pub const fn on<'s>(&'s self, shelf: &'s dyn Shelf) -> KeepingShelf<'s> {
        KeepingShelf { shelf, keeping: self }
    }

    /// Keeps the site, which was written to the folder `output`. `bundle` tells which of its files are copies of the
    /// author's.
    pub fn keep(self, cache: &BuildCache, output: &Path, bundle: &Bundle) {
        let Some(mut taken) = self.taken.into_inner().unwrap_or_else(PoisonError::into_inner) else { return };
        let is_copy = |artifact: &&Artifact| artifact.digest.is_none();
        let copies = bundle.artifacts.iter().filter(is_copy).filter_map(|artifact| match &artifact.content {
            // A path that is no text cannot be written down.
            Content::OnDisk { path, .. } => Some((artifact.path.as_str(), path.to_str()?)),
            _ => None,
        });
        let copied: BTreeMap<&str, &str> = copies.collect();
        let mut complete = || {
            let manifest = fs::read_to_string(output.join(manifest::NAME)).ok()?;
            let listed = Manifest::parse(manifest.as_bytes())?;
            let mut places = BTreeMap::new();
            for (path, entry) in listed.files.iter().filter(|(path, _)| !copied.contains_key(path.as_str())) {
                let known = taken.places.get(path).filter(|(digest, ..)| *digest == entry.digest);
                let place = match known.map(|(_, start, length)| (*start, *length)) {
                    Some(place) => place,
                    None => taken.take(path, entry.digest, &fs::read(output.join(path)).ok()?)?,
                };
                places.insert(path, place);
            }
            let head = json!({ "manifest": manifest, "places": places, "copied": copied });
            let head = format!("{}{head}", cache.program());
            write!(taken.draft.file, "{head}{:016x}{}", head.len(), Digest::of(head.as_bytes()).hex()).ok()
        };
        if complete().is_some() {
            taken.draft.keep();
        }
    }
}

impl Shelf for KeepingShelf<'_> {
    fn put(&self, artifact: Artifact) -> Artifact {
        let bytes = artifact.content.clone();
        let put = self.shelf.put(artifact);
        if let (Content::Bytes(bytes), Some(digest)) = (bytes, put.digest) {
            let mut taken = self.keeping.taken.lock().unwrap_or_else(PoisonError::into_inner);
            if taken.as_mut().is_some_and(|taken| taken.take(&put.path, digest, &bytes).is_none()) {
                *taken = None;
            }
        }
        put
    }

    fn text(&self, artifact: &Artifact) -> Option<String> {
        self.shelf.text(artifact)
    }

    fn roll(&self, path: &str, kind: Kind) -> Box<dyn Roll + '_> {
        self.shelf.roll(path, kind)
    }
}

fn copy_of(from: &Path) -> Option<Content> {
    let metadata = fs::metadata(from).ok().filter(fs::Metadata::is_file)?;
    Some(Content::OnDisk { path: from.to_owned(), len: metadata.len(), image: None })
}

/// Reads files one behind the other.
struct Reader {
    file: BufReader<File>,
    at: u64,
}

impl Reader {
    /// The `length` bytes from `start` on; none when there are fewer.
    fn read(&mut self, start: u64, length: u64) -> Option<Content> {
        self.file.seek_relative(i64::try_from(start).ok()?.checked_sub(i64::try_from(self.at).ok()?)?).ok()?;
        self.at = start;
        // The length is not trusted to be one that memory holds.
        let mut bytes = Vec::with_capacity(usize::try_from(length.min(1 << 20)).unwrap_or_default());
        self.at += Read::take(&mut self.file, length).read_to_end(&mut bytes).ok()? as u64;
        (bytes.len() as u64 == length).then(|| Content::Bytes(bytes.into()))
    }
}
