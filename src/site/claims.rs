//! Who is written where: every file of the site claims its path, and a second claim of one path is a finding.
//!
//! Paths that differ by case alone, or by how an accent is composed, are one path on many file systems: they are one
//! here too, so that a site is the same wherever it is built.

use super::permalink;
use crate::base::{Code, Diagnostic, Place};
use crate::input::guide::Guide;
use std::collections::HashMap;
use std::sync::Arc;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// What holds a path.
#[derive(Debug, Clone)]
pub struct Holder {
    /// The path, as it is written.
    pub output: String,
    /// What it is, for people: `a page`, `a file`.
    pub what: &'static str,
    /// Where it comes from.
    pub origin: Origin,
}

/// Where a claim comes from.
#[derive(Debug, Clone)]
pub enum Origin {
    /// A file.
    File(Place),
    /// A key of a guide's front matter, or an entry in its list. Where it stands is looked up when somebody asks: that takes
    /// reading the front matter once more.
    Key(Arc<Guide>, &'static str, Option<usize>),
}

impl Origin {
    fn place(&self) -> Place {
        match self {
            Self::File(place) => place.clone(),
            Self::Key(guide, key, None) => permalink::place(guide, &[key]),
            Self::Key(guide, key, Some(number)) => permalink::place(guide, &[key, &number.to_string()]),
        }
    }
}

/// Every path that is taken.
#[derive(Debug, Default)]
pub struct Claims {
    holders: Vec<Holder>,
    files: HashMap<String, usize>,
    /// Folders that hold something, by the first that needs them.
    folders: HashMap<String, usize>,
}

/// The longest address in bytes, the most segments, and the longest one of these.
const LONGEST: usize = 2_000;
const DEEPEST: usize = 100;
const LONGEST_SEGMENT: usize = 250;

impl Claims {
    /// Takes `holder.output` for `holder`; or says who has it, and that is what is written then.
    pub fn claim(&mut self, code: Code, holder: Holder) -> Result<(), Box<Diagnostic>> {
        if let Some(fault) = fault(&holder.output) {
            return Err(Box::new(
                Diagnostic::new(code, format!("{} cannot be written: {fault}", holder.what))
                    .at(holder.origin.place())
                    .help("give it another address"),
            ));
        }
        let key = fold(&holder.output);
        if let Some(first) = self.holder_of(&key) {
            return Err(Box::new(conflict(code, first, &holder)));
        }
        let number = self.holders.len();
        for (slash, _) in key.match_indices('/') {
            if let Some(folder) = key.get(..slash)
                && !self.folders.contains_key(folder)
            {
                self.folders.insert(folder.to_owned(), number);
            }
        }
        self.files.insert(key, number);
        self.holders.push(holder);
        Ok(())
    }

    /// Whether the path is free for a file.
    #[must_use]
    pub fn is_free(&self, output: &str) -> bool {
        self.holder_of(&fold(output)).is_none()
    }

    /// Who keeps the folded path `key` from being a file: its holder, what is below it, or a file on the way to it.
    fn holder_of(&self, key: &str) -> Option<&Holder> {
        let on_the_way =
            || key.match_indices('/').filter_map(|(slash, _)| key.get(..slash)).find_map(|f| self.files.get(f));
        let number = self.files.get(key).or_else(|| self.folders.get(key)).or_else(on_the_way)?;
        self.holders.get(*number)
    }
}

fn conflict(code: Code, first: &Holder, second: &Holder) -> Diagnostic {
    let (one, other) = (shown(&first.output), shown(&second.output));
    let message = if first.output == second.output {
        match (second.what == first.what, second.what) {
            (true, "an alias") => format!("two guides claim the alias `{other}`"),
            (true, "a page") => format!("two pages have the same address `{other}`"),
            _ => format!("{} and {} have the same address `{other}`", second.what, first.what),
        }
    } else if fold(&first.output) == fold(&second.output) {
        format!("`{other}` and `{one}` differ by case alone: many systems take them for one")
    } else {
        format!("`{other}` and `{one}` cannot both be written: one would be a file and a folder at once")
    };
    let change = if code == Code::AliasConflict { "take this alias out" } else { "rename one of them" };
    let place = first.origin.place();
    Diagnostic::new(code, message)
        .at(second.origin.place())
        .help(format!("{change}; what {} wants is written", place.file))
        .related(place, format!("{} is here", first.what))
}

/// The address for people: `/a/b/` of `a/b/index.html`.
fn shown(output: &str) -> String {
    let address = match output.strip_suffix("index.html") {
        Some(folder) if folder.is_empty() || folder.ends_with('/') => folder,
        _ => output,
    };
    format!("/{address}")
}

/// Files that a build writes itself, which can be no folders: those of the root, and those of any page.
const OF_THE_ROOT: &[&str] = &[
    "robots.txt",
    "sitemap.xml",
    "llms.txt",
    "llms-full.txt",
    "404.html",
    "_redirects",
    "_headers",
    ".nojekyll",
    MANIFEST,
];
const OF_PAGES: &[&str] = &["index.html", "index.md", "feed.xml"];
/// What was written the last time: nobody else's.
const MANIFEST: &str = ".guidegen.json";

/// Whether no page can be `output`, since a build writes that itself. `404.html` may be a guide.
#[must_use]
pub fn is_generated(output: &str) -> bool {
    let key = fold(output);
    OF_THE_ROOT.contains(&&*key) && key != "404.html"
}

/// Folders that are not a site's: an output folder may be a checkout of its own.
const OF_VERSION_CONTROL: &[&str] = &[".git", ".hg", ".svn"];

/// Why nothing can be written to `output`, whoever wants it.
fn fault(output: &str) -> Option<String> {
    let key = fold(output);
    let folders = key.rsplit_once('/').map_or("", |(folders, _)| folders);
    if let Some(name) = key.split('/').find(|name| OF_VERSION_CONTROL.contains(name)) {
        return Some(format!("`{name}` belongs to version control"));
    }
    let of_the_root = folders.split('/').next().filter(|first| OF_THE_ROOT.contains(first));
    let taken = of_the_root.or_else(|| folders.split('/').find(|name| OF_PAGES.contains(name)));
    if let Some(taken) = taken.or((key == MANIFEST).then_some(MANIFEST)) {
        return Some(format!("`{taken}` is a file that guidegen writes itself"));
    }
    too_long(output)
}

fn too_long(output: &str) -> Option<String> {
    if output.len() > LONGEST {
        return Some(format!("its address has {} bytes, {LONGEST} are possible", output.len()));
    }
    let mut segments = 0;
    for segment in output.split('/') {
        segments += 1;
        if segment.len() > LONGEST_SEGMENT {
            return Some(format!("a name in its address has {} bytes, {LONGEST_SEGMENT} are possible", segment.len()));
        }
    }
    (segments > DEEPEST).then(|| format!("its address is {segments} folders deep, {DEEPEST} are possible"))
}

fn fold(path: &str) -> String {
    if path.is_ascii() {
        return path.to_ascii_lowercase();
    }
    let lower = path.to_lowercase();
    if is_nfc(&lower) { lower } else { lower.nfc().collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(claims: &mut Claims, output: &str, file: &str) -> Option<String> {
        let holder = Holder { output: output.to_owned(), what: "a page", origin: Origin::File(Place::file(file)) };
        claims.claim(Code::AddressConflict, holder).err().map(|finding| finding.message)
    }

    #[test]
    fn a_path_is_taken_once() {
        let mut claims = Claims::default();
        assert_eq!(claim(&mut claims, "a/index.html", "1"), None);
        assert!(claim(&mut claims, "a/index.html", "2").unwrap().contains("two pages have the same address `/a/`"));
        assert!(claim(&mut claims, "A/index.html", "2").unwrap().contains("differ by case"));
        assert_eq!(claim(&mut claims, "é", "1"), None);
        assert!(claim(&mut claims, "e\u{301}", "2").is_some());
    }

    #[test]
    fn nothing_is_file_and_folder() {
        let mut claims = Claims::default();
        assert_eq!(claim(&mut claims, "a/b/index.html", "1"), None);
        assert!(claim(&mut claims, "a/b", "2").unwrap().contains("a file and a folder"));
        assert_eq!(claim(&mut claims, "a/c.png", "1"), None);
        assert!(claim(&mut claims, "a/c.png/d", "3").unwrap().contains("a file and a folder"));
        assert!(!claims.is_free("a"));
        assert!(claims.is_free("a/c"));
    }

    #[test]
    fn what_no_disk_takes_is_refused() {
        let mut claims = Claims::default();
        assert!(claim(&mut claims, &"a".repeat(300), "1").is_some());
        assert!(claim(&mut claims, &"a/".repeat(300), "1").is_some());
        for taken in ["robots.txt/index.html", "a/INDEX.md/index.html", ".guidegen.json"] {
            assert!(claim(&mut claims, taken, "1").unwrap().contains("guidegen writes itself"), "{taken}");
        }
        for control in [".git/hooks/index.html", "a/.GIT", "x/.svn/y"] {
            assert!(claim(&mut claims, control, "1").unwrap().contains("version control"), "{control}");
        }
        for free in [".gitignore", "robots.txt", "404.html", "tags/robots.txt/index.html", "a/index.md"] {
            assert_eq!(claim(&mut claims, free, "1"), None);
        }
    }
}
