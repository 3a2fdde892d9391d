//! Reads a site from disk: which files there are, which of them are read into memory, and what cannot be read.
//!
//! Symbolic links are followed within the root alone. One unreadable file is a finding; the others go on.

mod listing;

use super::Failure;
use crate::base::Diagnostic;
use crate::input::files::{Content, File, SiteFiles};
use listing::Listing;
use rayon::prelude::*;
use std::io;
use std::path::{Component, Path, PathBuf};

/// The name of the configuration file in a site's root.
pub const CONFIG: &str = "guidegen.yaml";

/// The folders of a site that the build reads. An output folder stays out of them.
pub const FOLDERS: [&str; 6] = ["content", "data", "templates", "static", "archetypes", "schemas"];

/// The folder that a site is in. Nothing outside of it is read by way of the site.
#[derive(Debug, Clone)]
pub struct Root {
    path: PathBuf,
}

/// A site as it was read.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Its files.
    pub files: SiteFiles,
    /// What could not be read, sorted by place.
    pub diagnostics: Vec<Diagnostic>,
}

impl Root {
    /// The site in the folder `path`.
    ///
    /// # Errors
    /// When there is no such folder.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let canonical = path
            .canonicalize()
            .map_err(|error| Failure::new(format!("cannot open the folder `{}`: {}", path.display(), said(&error))))?;
        if !canonical.is_dir() {
            return Err(Failure::new(format!("`{}` is not a folder", path.display())));
        }
        Ok(Self { path: canonical })
    }

    /// Where a site is looked for from `here`: here when a site is here, else the nearest parent with a configuration,
    /// else here.
    #[must_use]
    pub fn find(here: &Path) -> PathBuf {
        if here.join(CONFIG).is_file() || here.join("content").is_dir() {
            return here.to_owned();
        }
        let nearest = here.ancestors().find(|folder| folder.join(CONFIG).is_file());
        nearest.unwrap_or(here).to_owned()
    }

    /// The folder, absolute and without links.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the site is in `folder` itself.
    #[must_use]
    pub fn is_at(&self, folder: &Path) -> bool {
        folder.canonicalize().is_ok_and(|folder| folder == self.path)
    }

    /// The site's folder as it is named from `folder`, with `/`; none when it is not inside.
    #[must_use]
    pub fn below(&self, folder: &Path) -> Option<String> {
        slashed(self.path.strip_prefix(folder.canonicalize().ok()?).ok()?)
    }

    /// Whether there is anything to build.
    ///
    /// # Errors
    /// When there is no `content/`, or it is a link out of the site.
    pub fn require_content(&self) -> Result<(), Failure> {
        if !self.path.join("content").is_dir() {
            return Err(Failure::new(format!(
                "there is no site in `{}`: it has no folder `content`",
                self.path.display()
            ))
            .help("run guidegen in a site's folder, name one with --root DIR, or make one with `guidegen init DIR`"));
        }
        self.check_content()
    }

    /// Reads one file that a guide names, relative to the root.
    ///
    /// # Errors
    /// In half a sentence, when it leads out of the root, is no file, or cannot be read.
    pub fn read(&self, relative: &str) -> Result<Vec<u8>, String> {
        let relative = Path::new(relative);
        if !relative.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
            return Err("leads out of the site".to_owned());
        }
        let path = self.path.join(relative).canonicalize().map_err(|error| said(&error))?;
        if !path.starts_with(&self.path) {
            return Err("is a link that leads out of the site".to_owned());
        }
        if !path.is_file() {
            return Err("is not a file".to_owned());
        }
        std::fs::read(path).map_err(|error| said(&error))
    }

    /// [`Root::read`] for a file that has to be text.
    ///
    /// # Errors
    /// In half a sentence, as there, and when it is not UTF-8.
    pub fn read_text(&self, relative: &str) -> Result<String, String> {
        String::from_utf8(self.read(relative)?).map_err(|_| "is not UTF-8 text".to_owned())
    }

    /// Reads the whole site; `config` is a configuration file at another place than `guidegen.yaml` in the root.
    ///
    /// # Errors
    /// When there is no `content/`, or the configuration cannot be read.
    pub fn read_site(&self, config: Option<&Path>) -> Result<Reading, Failure> {
        self.require_content()?;
        let config = self.read_config(config)?;
        let listings: Vec<Listing> = ["content", "data", "templates", "static", "schemas"]
            .par_iter()
            .map(|folder| Listing::of(&self.path, folder))
            .collect();
        let mut diagnostics = Vec::new();
        let mut lists = listings.into_iter().map(|listing| listing.read(&mut diagnostics));
        let mut next = || lists.next().unwrap_or_default();
        let (content, data, templates, statics, schemas) = (next(), next(), next(), next(), next());
        diagnostics.sort_by(|a, b| (&a.place, &a.message).cmp(&(&b.place, &b.message)));
        let files = SiteFiles { config, content, data, templates, statics, schemas };
        Ok(Reading { files, diagnostics })
    }

    /// Reads the configuration alone.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read_configuration(&self, config: Option<&Path>) -> Result<SiteFiles, Failure> {
        Ok(SiteFiles { config: self.read_config(config)?, ..SiteFiles::default() })
    }

    /// `content/` itself may be a link, but not out of the root.
    fn check_content(&self) -> Result<(), Failure> {
        let content = self.path.join("content");
        let target = content
            .canonicalize()
            .map_err(|error| Failure::new(format!("cannot open `{}`: {}", content.display(), said(&error))))?;
        if target.starts_with(&self.path) && target != self.path {
            return Ok(());
        }
        Err(Failure::new("`content` is a link that leads out of the site's folder")
            .help("symbolic links are followed within the root alone; move the folder, or name its parent with --root"))
    }

    fn read_config(&self, named: Option<&Path>) -> Result<Option<File>, Failure> {
        let path = named.map_or_else(|| self.path.join(CONFIG), Path::to_owned);
        let shown = named.map_or_else(|| CONFIG.to_owned(), |path| self.relative(path));
        match std::fs::read(&path) {
            Ok(bytes) => Ok(Some(File { path: shown, content: Content::Bytes(bytes.into()) })),
            Err(error) if error.kind() == io::ErrorKind::NotFound && named.is_none() => Ok(None),
            Err(error) => Err(Failure::new(format!("cannot read the configuration `{shown}`: {}", said(&error)))),
        }
    }

    /// `path` as diagnostics show it: below the root when it is there.
    fn relative(&self, path: &Path) -> String {
        let canonical = path.canonicalize().ok();
        let below = canonical.as_deref().and_then(|path| path.strip_prefix(&self.path).ok());
        below.and_then(slashed).unwrap_or_else(|| path.display().to_string())
    }

    /// The archetype of a kind of guide, when the site has one.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn read_archetype(&self, kind: &str) -> Result<Option<String>, Failure> {
        let path = format!("archetypes/{kind}.md");
        if !self.path.join(&path).exists() {
            return Ok(None);
        }
        let bytes = self.read(&path).map_err(|why| Failure::new(format!("cannot read `{path}`: {why}")))?;
        String::from_utf8(bytes).map(Some).map_err(|_| Failure::new(format!("`{path}` is not UTF-8 text")))
    }

    /// The kinds that `archetypes/` knows, sorted.
    #[must_use]
    pub fn archetypes(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.path.join("archetypes")).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let mut kinds: Vec<String> = names.filter_map(|name| name.strip_suffix(".md").map(str::to_owned)).collect();
        kinds.sort();
        kinds
    }
}

/// Reads a text file that the command line names.
///
/// # Errors
/// When it cannot be read, or is not UTF-8.
pub fn read_text(path: &Path) -> Result<String, Failure> {
    let shown = path.display();
    let bytes =
        std::fs::read(path).map_err(|error| Failure::new(format!("cannot read `{shown}`: {}", said(&error))))?;
    String::from_utf8(bytes).map_err(|_| Failure::new(format!("`{shown}` is not UTF-8 text")))
}

/// Makes a new empty folder for what is needed for a while; nobody else can look into it.
///
/// # Errors
/// When the system's folder for such things cannot be written to.
pub fn temporary(name: &str) -> Result<PathBuf, Failure> {
    let all = std::env::temp_dir();
    let nanos = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    let folder = all.join(format!("{name}-{}-{nanos}", std::process::id()));
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&folder).map_err(|error| {
        Failure::new(format!("cannot make a folder in `{}`: {}", all.display(), said(&error)))
            .help("name another folder with TMPDIR")
    })?;
    Ok(folder)
}

/// A path as people read it in diagnostics: below the root, with `/`, and replacement characters where it is not UTF-8.
fn shown(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    slashed(below).unwrap_or_else(|| below.to_string_lossy().into_owned())
}

/// A relative path with `/` between its parts; none when it is not UTF-8.
fn slashed(path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = path.components().map(|part| part.as_os_str().to_str()).collect();
    parts.map(|parts| parts.join("/"))
}

/// What the system says about a failed operation, without its numbers.
pub(crate) fn said(error: &io::Error) -> String {
    let text = match error.kind() {
        io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::StorageFull => "the disk is full".to_owned(),
        io::ErrorKind::QuotaExceeded => "the quota of disk space is used up".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only".to_owned(),
        io::ErrorKind::NotADirectory => "a part of the path is not a folder".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        _ => error.to_string(),
    };
    match text.split_once(" (os error") {
        Some((text, _)) => text.to_lowercase(),
        None => text,
    }
}

#[cfg(test)]
mod tests;
