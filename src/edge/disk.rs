//! Reads a site from disk: which files there are, which of them are read into memory, and what cannot be read.
//!
//! Symbolic links are followed within the root alone. One unreadable file is a finding; the others go on.

use super::Failure;
use crate::base::{Code, Diagnostic, Place};
use crate::input::files::{Content, File, SiteFiles};
use rayon::prelude::*;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// The name of the configuration file in a site's root.
pub const CONFIG: &str = "guidegen.yaml";

/// The folders of a site that the build reads. An output folder stays out of them.
pub const FOLDERS: [&str; 6] = ["content", "data", "templates", "static", "archetypes", "schemas"];

/// Files of this size and more stay on disk, unless the build has to look into them.
const LARGE: u64 = 64 * 1024;

/// Text files beside guides are read up to this size: guides include them, and themes join them.
const LARGE_TEXT: u64 = 4 * 1024 * 1024;

/// How often one folder is read by way of links: enough for every real site, and an end to folders that link to each
/// other so that the paths double with every level.
const VISITS: usize = 64;

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

/// What one folder of the site holds, before its files are read.
struct Listing {
    folder: &'static str,
    files: Vec<(String, PathBuf)>,
    diagnostics: Vec<Diagnostic>,
}

impl Listing {
    fn of(root: &Path, folder: &'static str) -> Self {
        let mut listing = Self { folder, files: Vec::new(), diagnostics: Vec::new() };
        let base = root.join(folder);
        if base.symlink_metadata().is_err() {
            return listing;
        }
        let mut visits = HashMap::new();
        let mut walk = WalkDir::new(&base).follow_links(true).sort_by_file_name().into_iter();
        while let Some(step) = walk.next() {
            match step {
                Err(error) => listing.cannot_walk(root, &error),
                Ok(entry) => {
                    let is_folder = entry.file_type().is_dir();
                    if !listing.take(root, &base, &entry, &mut visits) && is_folder {
                        walk.skip_current_dir();
                    }
                }
            }
        }
        listing.files.sort();
        listing
    }

    /// Takes one entry in; says whether to go into it.
    fn take(&mut self, root: &Path, base: &Path, entry: &DirEntry, visits: &mut HashMap<PathBuf, usize>) -> bool {
        if entry.depth() > 0 && self.is_hidden(entry.file_name()) {
            return false;
        }
        let shown = shown(root, entry.path());
        let Some(path) = entry.path().strip_prefix(base).ok().and_then(slashed) else {
            self.say(Code::Encoding, shown, "the name is not UTF-8", Some("rename it"));
            return false;
        };
        if entry.path_is_symlink() && !self.may_follow(root, entry, &shown, visits) {
            return false;
        }
        if entry.depth() == 0 && !entry.file_type().is_dir() {
            self.say(Code::Unreadable, shown, "is not a folder", Some("rename the file, or make it a folder"));
        } else if entry.file_type().is_file() {
            self.files.push((path, entry.path().to_owned()));
        } else if !entry.file_type().is_dir() {
            self.say(Code::Unreadable, shown, "is neither a file nor a folder", Some("take it out of the site"));
        }
        true
    }

    /// Dot files are no part of a site; `static/` is copied as it is (`.well-known/`, `.htaccess`), apart from what
    /// version control, editors and desktops leave behind.
    fn is_hidden(&self, name: &OsStr) -> bool {
        let name = name.as_encoded_bytes();
        if !name.starts_with(b".") {
            return false;
        }
        let litter = [b".git".as_slice(), b".hg", b".svn", b".gitignore", b".gitkeep", b".DS_Store"];
        self.folder != "static" || litter.contains(&name) || name.starts_with(b".#") || name.ends_with(b".swp")
    }

    fn may_follow(&mut self, root: &Path, entry: &DirEntry, shown: &str, visits: &mut HashMap<PathBuf, usize>) -> bool {
        let target = match entry.path().canonicalize() {
            Ok(target) => target,
            Err(error) => {
                self.say(
                    Code::Unreadable,
                    shown.to_owned(),
                    &format!("cannot follow the link: {}", said(&error)),
                    None,
                );
                return false;
            }
        };
        if !target.starts_with(root) {
            let help = "symbolic links are followed within the site's folder alone; copy what it leads to";
            self.say(Code::Unreadable, shown.to_owned(), "the link leads out of the site", Some(help));
            return false;
        }
        let count = visits.entry(target).or_insert(0);
        *count += 1;
        if *count > VISITS && entry.file_type().is_dir() {
            let message = format!("its folder is linked more than {VISITS} times");
            self.say(Code::Unreadable, shown.to_owned(), &message, Some("link it fewer times"));
            return false;
        }
        true
    }

    fn cannot_walk(&mut self, root: &Path, error: &walkdir::Error) {
        let place = error.path().map_or_else(|| self.folder.to_owned(), |path| shown(root, path));
        if let Some(ancestor) = error.loop_ancestor() {
            let message = format!("the link leads back to `{}`, in which it stands", self::shown(root, ancestor));
            self.say(Code::Unreadable, place, &message, Some("remove the link: following it would never end"));
            return;
        }
        let why = error.io_error().map_or_else(|| error.to_string(), said);
        let is_link = error.path().is_some_and(Path::is_symlink);
        let what = if is_link { "cannot follow the link" } else { "cannot be read" };
        self.say(Code::Unreadable, place, &format!("{what}: {why}"), None);
    }

    fn say(&mut self, code: Code, file: String, message: &str, help: Option<&str>) {
        let mut diagnostic = Diagnostic::new(code, message).at(Place::file(file));
        diagnostic.help = help.map(str::to_owned);
        self.diagnostics.push(diagnostic);
    }

    fn read(self, diagnostics: &mut Vec<Diagnostic>) -> Vec<File> {
        let folder = self.folder;
        diagnostics.extend(self.diagnostics);
        let read = self.files.into_par_iter().map(|(path, on_disk)| match read_file(folder, &path, on_disk) {
            Ok(content) => Ok(File { path, content }),
            Err(error) => Err(Diagnostic::new(Code::Unreadable, format!("cannot be read: {}", said(&error)))
                .at(Place::file(format!("{folder}/{path}")))),
        });
        let mut files = Vec::new();
        for result in read.collect::<Vec<_>>() {
            match result {
                Ok(file) => files.push(file),
                Err(diagnostic) => diagnostics.push(diagnostic),
            }
        }
        files
    }
}

fn read_file(folder: &str, path: &str, on_disk: PathBuf) -> io::Result<Content> {
    let file = std::fs::File::open(&on_disk)?;
    let len = file.metadata()?.len();
    if !is_wanted_in_memory(folder, path, len) {
        return Ok(Content::OnDisk { path: on_disk, len });
    }
    let mut bytes = Vec::with_capacity(usize::try_from(len).unwrap_or(0).saturating_add(1));
    // Through an adapter: read directly, a file would ask for its length and position once more.
    file.take(u64::MAX).read_to_end(&mut bytes)?;
    Ok(Content::Bytes(bytes.into()))
}

/// What the build looks into is in memory; the rest is when it is small.
fn is_wanted_in_memory(folder: &str, path: &str, len: u64) -> bool {
    if len < LARGE || !matches!(folder, "content" | "static") {
        return true;
    }
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    match ending.as_str() {
        "md" if folder == "content" => true,
        "" | "css" | "csv" | "conf" | "htm" | "html" | "js" | "json" | "md" | "svg" | "toml" | "txt" | "xml"
        | "yaml" | "yml" => len < LARGE_TEXT,
        _ => false,
    }
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
mod tests {
    use super::*;
    use std::fs;

    fn site(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("content")).unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    fn read(folder: &tempfile::TempDir) -> Reading {
        Root::open(folder.path()).unwrap().read_site(None).unwrap()
    }

    fn paths(files: &[File]) -> Vec<&str> {
        files.iter().map(|file| file.path.as_str()).collect()
    }

    #[test]
    fn files_are_sorted_and_dot_files_are_left_out() {
        let folder = site(&[
            ("content/b.md", "b"),
            ("content/a/index.md", "a"),
            ("content/a-b.md", "ab"),
            ("content/.draft.md", "hidden"),
            ("content/.obsidian/x.md", "hidden"),
            ("static/.well-known/security.txt", "kept"),
            ("static/.DS_Store", "litter"),
            ("data/versions.yaml", "a: 1"),
            ("guidegen.yaml", "title: T"),
        ]);
        let reading = read(&folder);
        assert_eq!(paths(&reading.files.content), ["a-b.md", "a/index.md", "b.md"]);
        assert_eq!(paths(&reading.files.statics), [".well-known/security.txt"]);
        assert_eq!(paths(&reading.files.data), ["versions.yaml"]);
        assert_eq!(reading.files.config.unwrap().path, "guidegen.yaml");
        assert_eq!(reading.diagnostics, []);
    }

    #[test]
    fn large_files_stay_on_disk_unless_they_are_guides() {
        let large = "x".repeat(100_000);
        let folder = site(&[("content/a.md", &large), ("content/a.png", &large), ("content/a.json", &large)]);
        let reading = read(&folder);
        let kept: Vec<bool> =
            reading.files.content.iter().map(|file| matches!(file.content, Content::OnDisk { .. })).collect();
        assert_eq!(paths(&reading.files.content), ["a.json", "a.md", "a.png"]);
        assert_eq!(kept, [false, false, true]);
    }

    #[test]
    fn without_content_there_is_no_site() {
        let folder = tempfile::tempdir().unwrap();
        let failure = Root::open(folder.path()).unwrap().read_site(None).unwrap_err();
        assert!(failure.message.contains("no folder `content`"), "{failure}");
    }

    #[test]
    fn a_configuration_that_was_named_must_be_there() {
        let folder = site(&[("other.yaml", "title: T")]);
        let root = Root::open(folder.path()).unwrap();
        let reading = root.read_site(Some(&folder.path().join("other.yaml"))).unwrap();
        assert_eq!(reading.files.config.unwrap().path, "other.yaml");
        let failure = root.read_site(Some(&folder.path().join("none.yaml"))).unwrap_err();
        assert!(failure.message.contains("no such file"), "{failure}");
    }

    #[test]
    fn the_root_is_the_nearest_folder_with_a_site() {
        let folder = site(&[("guidegen.yaml", ""), ("content/a/b.md", ""), ("apart/content/c.md", "")]);
        assert_eq!(Root::find(&folder.path().join("content/a")), folder.path());
        assert_eq!(Root::find(&folder.path().join("apart")), folder.path().join("apart"));
    }

    #[cfg(unix)]
    mod links {
        use super::*;
        use std::os::unix::ffi::OsStrExt as _;
        use std::os::unix::fs::symlink;

        fn messages(reading: &Reading) -> Vec<String> {
            let said = reading.diagnostics.iter();
            said.map(|d| format!("{}: {}: {}", d.place.as_ref().unwrap().file, d.code, d.message)).collect()
        }

        #[test]
        fn are_followed_within_the_root_alone() {
            let folder = site(&[("content/a.md", "a"), ("shared/b.md", "b")]);
            let outside = site(&[("secret.md", "s")]);
            symlink(folder.path().join("shared"), folder.path().join("content/shared")).unwrap();
            symlink(outside.path(), folder.path().join("content/out")).unwrap();
            symlink(outside.path().join("secret.md"), folder.path().join("content/secret.md")).unwrap();
            symlink("nowhere", folder.path().join("content/lost.md")).unwrap();
            let reading = read(&folder);
            assert_eq!(paths(&reading.files.content), ["a.md", "shared/b.md"]);
            assert_eq!(
                messages(&reading),
                [
                    "content/lost.md: unreadable: cannot follow the link: there is no such file or folder",
                    "content/out: unreadable: the link leads out of the site",
                    "content/secret.md: unreadable: the link leads out of the site",
                ]
            );
        }

        #[test]
        fn that_loop_are_said() {
            let folder = site(&[("content/a/b.md", "b")]);
            symlink("..", folder.path().join("content/a/up")).unwrap();
            symlink("self", folder.path().join("content/self")).unwrap();
            let reading = read(&folder);
            assert_eq!(paths(&reading.files.content), ["a/b.md"]);
            let said = messages(&reading);
            assert_eq!(said.len(), 2, "{said:?}");
            assert!(said[0].starts_with("content/a/up: unreadable: the link leads back to `content`"), "{said:?}");
            assert!(said[1].starts_with("content/self: unreadable: cannot follow the link"), "{said:?}");
        }

        #[test]
        fn that_double_the_paths_with_every_level_come_to_an_end() {
            let folder = site(&[("content/d00/x.md", "x")]);
            for level in 0..20 {
                let here = folder.path().join(format!("content/d{:02}", level + 1));
                fs::create_dir(&here).unwrap();
                for name in ["a", "b"] {
                    symlink(format!("../d{level:02}"), here.join(name)).unwrap();
                }
            }
            let reading = read(&folder);
            assert!(reading.files.content.len() < 10_000, "{}", reading.files.content.len());
            assert!(messages(&reading).iter().any(|said| said.contains("linked more than")));
        }

        #[test]
        fn a_name_that_is_not_utf8_and_a_socket_are_said() {
            let folder = site(&[("content/a.md", "a")]);
            fs::write(folder.path().join("content").join(OsStr::from_bytes(b"b\xff.md")), "b").unwrap();
            let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("content/c.md")).unwrap();
            let reading = read(&folder);
            assert_eq!(paths(&reading.files.content), ["a.md"]);
            assert_eq!(
                messages(&reading),
                [
                    "content/b\u{fffd}.md: encoding: the name is not UTF-8",
                    "content/c.md: unreadable: is neither a file nor a folder",
                ]
            );
        }
    }
}
