//! What one folder of a site holds: walks it, follows links within the root, and reads what the build looks into.

use super::{said, shown, slashed};
use crate::base::{Code, Diagnostic, Place};
use crate::input::files::{Content, File};
use crate::input::image::{self, ImageSize};
use rayon::prelude::*;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// Files of this size and more stay on disk, unless the build has to look into them.
const LARGE: u64 = 64 * 1024;

/// Text files beside guides are read up to this size: guides include them, and themes join them.
const LARGE_TEXT: u64 = 4 * 1024 * 1024;

/// How much of an image is read to find its size: what is enough for nearly all, and for those that begin with a preview of
/// themselves or the colours of a printer.
const HEADS: [u64; 2] = [16 * 1024, 1024 * 1024];

/// How often one folder is read by way of links: enough for every real site, and an end to folders that link to each
/// other so that the paths double with every level.
const VISITS: usize = 64;

/// What one folder of the site holds, before its files are read.
pub(super) struct Listing {
    folder: &'static str,
    files: Vec<(String, PathBuf)>,
    diagnostics: Vec<Diagnostic>,
}

impl Listing {
    pub(super) fn of(root: &Path, folder: &'static str) -> Self {
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
        // What editors keep while they write, and would publish what is not done.
        if name.ends_with(b"~") || name.len() > 1 && name.starts_with(b"#") && name.ends_with(b"#") {
            return true;
        }
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
            let message = format!("the link leads back to `{}`, in which it stands", super::shown(root, ancestor));
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
        diagnostic.help = help.map(Into::into);
        self.diagnostics.push(diagnostic);
    }

    pub(super) fn read(self, diagnostics: &mut Vec<Diagnostic>) -> Vec<File> {
        let folder = self.folder;
        diagnostics.extend(self.diagnostics);
        let read = self.files.into_par_iter().with_max_len(16).map(|(path, on_disk)| {
            match read_file(folder, &path, on_disk) {
                Ok(content) => Ok(File { path, content }),
                Err(error) => Err(Diagnostic::new(Code::Unreadable, format!("cannot be read: {}", said(&error)))
                    .at(Place::file(format!("{folder}/{path}")))),
            }
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
        let image = if image::is_image(path) { image_size(&file)? } else { None };
        return Ok(Content::OnDisk { path: on_disk, len, image });
    }
    let mut bytes = Vec::with_capacity(usize::try_from(len).unwrap_or(0).saturating_add(1));
    // Through an adapter: read directly, a file would ask for its length and position once more.
    file.take(u64::MAX).read_to_end(&mut bytes)?;
    Ok(if folder == "content" { Content::of(path, bytes) } else { Content::Bytes(bytes.into()) })
}

/// The size of an image, from no more of its file than that takes.
fn image_size(mut file: &std::fs::File) -> io::Result<Option<ImageSize>> {
    let mut head = Vec::new();
    for end in HEADS {
        file.by_ref().take(end - head.len() as u64).read_to_end(&mut head)?;
        let size = image::raster(&head);
        if size.is_some() || (head.len() as u64) < end {
            return Ok(size);
        }
    }
    Ok(None)
}

/// What the build looks into is in memory; the rest is when it is small.
fn is_wanted_in_memory(folder: &str, path: &str, len: u64) -> bool {
    if len < LARGE || !matches!(folder, "content" | "static") {
        return true;
    }
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    match ending.as_str() {
        "md" | "markdown" if folder == "content" => true,
        "" | "css" | "csv" | "conf" | "htm" | "html" | "js" | "json" | "md" | "svg" | "toml" | "txt" | "xml"
        | "yaml" | "yml" => len < LARGE_TEXT,
        _ => false,
    }
}
