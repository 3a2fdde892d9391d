//! The site that goes up: its objects, and where their bytes are.

use super::compress::{self, Encoding};
use crate::base::digest::{Digest, Hasher};
use crate::edge::manifest::{self, Manifest};
use crate::edge::serve::media::type_of;
use crate::edge::{Failure, disk};
use crate::input::files::Content;
use crate::site::artifact::{Artifact, Bundle, Facts};
use crate::site::publication::{Class, Object, ledger};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// A whole site on its way to a target.
#[derive(Debug, Clone, Default)]
pub struct Upgoing {
    /// What it is made of.
    pub objects: BTreeMap<String, Object>,
    /// What the build says of it.
    pub facts: Facts,
    contents: BTreeMap<String, (Content, Option<Encoding>)>,
}

/// One object on its way.
#[derive(Debug, Clone, Copy)]
pub struct Upload<'a> {
    /// Its path.
    pub path: &'a str,
    /// What it is.
    pub object: &'a Object,
    content: &'a Content,
    encoding: Option<Encoding>,
}

impl Upload<'_> {
    /// Its bytes.
    ///
    /// # Errors
    /// When the file that it comes from cannot be read.
    pub fn bytes(&self) -> io::Result<Vec<u8>> {
        let bytes = match self.content {
            Content::OnDisk { path, .. } => std::fs::read(path)?,
            content => content.bytes().unwrap_or_default().into_owned(),
        };
        match self.encoding {
            Some(encoding) => encoding.compress(&bytes),
            None => Ok(bytes),
        }
    }
}

impl Upgoing {
    /// The site that was just built.
    ///
    /// # Errors
    /// When a file that is copied cannot be read.
    pub fn of(bundle: &Bundle) -> Result<Self, Failure> {
        let objects = bundle.artifacts.par_iter().map(|artifact| {
            let (digest, bytes) = digest(artifact).map_err(|error| unreadable(&artifact.path, &error))?;
            let class = Class::of(artifact.kind, &artifact.path);
            Ok((artifact.path.clone(), Object::new(digest, class, type_of(&artifact.path), bytes)))
        });
        let objects = objects.collect::<Result<BTreeMap<_, _>, Failure>>()?;
        let mut objects = objects;
        objects.retain(|path, _| !ledger::is_own(path));
        let contents =
            bundle.artifacts.iter().map(|artifact| (artifact.path.clone(), (artifact.content.clone(), None)));
        Ok(Self { objects, facts: bundle.facts.clone(), contents: contents.collect() })
    }

    /// The site that was built into `folder`.
    ///
    /// # Errors
    /// When no manifest there says that it is whole, or a file is not what the manifest says.
    pub fn from(folder: &Path) -> Result<Self, Failure> {
        let shown = folder.display();
        let bytes = std::fs::read(folder.join(manifest::NAME)).map_err(|_| {
            Failure::new(format!("`{shown}` holds no site that guidegen built: there is no {} in it", manifest::NAME))
                .help("build it with `guidegen build --output DIR`")
        })?;
        let stale = |why: &str| Failure::new(format!("`{shown}` {why}")).help("build it again");
        let manifest = Manifest::parse(&bytes).ok_or_else(|| stale("has a damaged manifest"))?;
        if !manifest.complete {
            return Err(stale("holds a site that was not built to its end"));
        }
        let files = manifest.files.par_iter().filter(|(path, _)| !ledger::is_own(path));
        let read = files.map(|(path, entry)| {
            let file = folder.join(path);
            let bytes = std::fs::read(&file).map_err(|error| unreadable(path, &error))?;
            if Digest::of(&bytes) != entry.digest {
                return Err(stale(&format!("has another `{path}` than was built")));
            }
            let len = bytes.len() as u64;
            let object = Object::new(entry.digest, Class::of(entry.kind, path), type_of(path), len);
            Ok((path.clone(), object, Content::OnDisk { path: file, len, image: None }))
        });
        let mut site = Self { facts: manifest.facts.clone(), ..Self::default() };
        for (path, object, content) in read.collect::<Result<Vec<_>, Failure>>()? {
            site.objects.insert(path.clone(), object);
            site.contents.insert(path, (content, None));
        }
        Ok(site)
    }

    /// The same with compressed files beside those that gain by it.
    #[must_use]
    pub fn compressed(mut self, names: &[String]) -> Self {
        let encodings: Vec<Encoding> = names.iter().filter_map(|name| Encoding::parse(name)).collect();
        let worth = |(path, object): (&String, &Object)| {
            let upload = self.upload(path).filter(|_| compress::may_gain(object))?;
            let bytes = upload.bytes().ok()?;
            compress::shrinks(&bytes).then(|| (path.clone(), object.clone(), upload.content.clone()))
        };
        let worth: Vec<(String, Object, Content)> =
            if encodings.is_empty() { Vec::new() } else { self.objects.par_iter().filter_map(worth).collect() };
        for (path, object, content) in worth {
            for encoding in &encodings {
                let beside = format!("{path}.{}", encoding.name());
                if self.objects.contains_key(&beside) {
                    continue;
                }
                self.objects.insert(beside.clone(), encoding.object(&object));
                self.contents.insert(beside, (content.clone(), Some(*encoding)));
            }
        }
        self
    }

    /// The object at `path`, with its bytes.
    #[must_use]
    pub fn upload(&self, path: &str) -> Option<Upload<'_>> {
        let (path, object) = self.objects.get_key_value(path)?;
        let (content, encoding) = self.contents.get(path)?;
        Some(Upload { path, object, content, encoding: *encoding })
    }

    /// The text of one of the site's own files; empty when there is none.
    #[must_use]
    pub fn text(&self, path: &str) -> String {
        let bytes = self.upload(path).and_then(|upload| upload.bytes().ok()).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

fn digest(artifact: &Artifact) -> io::Result<(Digest, u64)> {
    match &artifact.content {
        Content::OnDisk { path, .. } => {
            let bytes = std::fs::read(path)?;
            Ok((Hasher::default().update(&bytes).finish(), bytes.len() as u64))
        }
        content => {
            let bytes = content.bytes().unwrap_or_default();
            Ok((artifact.digest.unwrap_or_else(|| Digest::of(&bytes)), bytes.len() as u64))
        }
    }
}

fn unreadable(path: &str, error: &io::Error) -> Failure {
    Failure::new(format!("cannot read `{path}`: {}", disk::said(error)))
}
