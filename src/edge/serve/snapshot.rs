//! One build as it is shown: its files, and when each of them last changed.
//!
//! Changes are counted in generations, one a build. A page tells the generation that it came from, so that whatever
//! happened since is known however long nobody listened; a page of another run of the server is of another session.

use crate::base::address;
use crate::base::digest::Digest;
use crate::input::files::Content;
use crate::site::artifact::{Artifact, Kind};
use crate::site::rules::Rules;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// What is wrong with a build, for the panel in the browser: text, never markup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// In a few words.
    pub title: String,
    /// The findings, each with its file, line and excerpt.
    pub text: String,
}

/// What a build changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changed {
    /// Pages that look different, are new, or are gone, as paths below the output folder.
    pub pages: Vec<String>,
    /// How many other files changed.
    pub files: usize,
}

/// One build as it is shown.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The site's folder: no file out of it is shown.
    root: Arc<Path>,
    session: u64,
    generation: u64,
    base_path: String,
    /// Sorted by path.
    artifacts: Arc<[Artifact]>,
    /// The generation in which the artifact of the same place last changed.
    changed: Arc<[u64]>,
    /// Pages that were there, with the generation in which they went.
    gone: Arc<BTreeMap<String, u64>>,
    rules: Arc<Rules>,
    problem: Option<Problem>,
    /// The generation in which the problem last changed.
    told: u64,
    is_built: bool,
}

/// What there is at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// The artifact of this number.
    File(usize),
    /// A folder with a page, which has a slash at the end of its address.
    Folder,
    /// Nothing.
    Nothing,
}

impl Snapshot {
    /// Nothing at all, before the first build.
    pub(super) fn empty(root: &Path) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self {
            root: root.into(),
            // A session is told apart from that of an earlier run; JavaScript keeps integers up to 2^53.
            session: u64::try_from(now.as_micros()).unwrap_or_default() & ((1 << 52) - 1),
            generation: 0,
            base_path: String::new(),
            artifacts: Arc::default(),
            changed: Arc::default(),
            gone: Arc::default(),
            rules: Arc::default(),
            problem: None,
            told: 0,
            is_built: false,
        }
    }

    /// The snapshot that follows when these artifacts, sorted by path, were built. `touched` are files on disk whose bytes may be new although
    /// their length is not.
    #[must_use]
    pub fn next(
        &self,
        artifacts: Vec<Artifact>,
        base_path: &str,
        problem: Option<Problem>,
        touched: &BTreeSet<PathBuf>,
    ) -> (Self, Changed) {
        let generation = self.generation + 1;
        let mut report = Changed::default();
        let mut gone = (*self.gone).clone();
        let mut changed = Vec::with_capacity(artifacts.len());
        // Both lists are sorted, and nearly the same.
        let mut old = self.artifacts.iter().zip(self.changed.iter()).peekable();
        let mut went = Vec::new();
        for artifact in &artifacts {
            while let Some((old, _)) = old.next_if(|(old, _)| old.path < artifact.path) {
                went.push(old);
            }
            let before = old.next_if(|(old, _)| old.path == artifact.path);
            let same = before.filter(|(old, _)| is_same(old, artifact, touched) && self.base_path == base_path);
            changed.push(same.map_or(generation, |(_, since)| *since));
            if same.is_none() {
                report.note(artifact);
                gone.remove(&artifact.path);
            }
        }
        went.extend(old.map(|(old, _)| old));
        for artifact in went {
            report.note(artifact);
            if artifact.kind == Kind::Page {
                gone.insert(artifact.path.clone(), generation);
            }
        }
        let rules = self.next_rules(&artifacts);
        let told = if self.problem == problem { self.told } else { generation };
        let next = Self {
            root: Arc::clone(&self.root),
            session: self.session,
            generation,
            base_path: base_path.to_owned(),
            artifacts: artifacts.into(),
            changed: changed.into(),
            gone: Arc::new(gone),
            rules,
            problem,
            told,
            is_built: true,
        };
        (next, report)
    }

    /// The redirects and headers of `artifacts`; read again when they are others.
    fn next_rules(&self, artifacts: &[Artifact]) -> Arc<Rules> {
        let find = |artifacts: &[Artifact], name: &str| {
            let number = artifacts.binary_search_by(|artifact| artifact.path.as_str().cmp(name)).ok();
            number.and_then(|number| artifacts.get(number)).cloned()
        };
        let names = ["_redirects", "_headers"];
        let is_same = names.iter().all(|name| match (find(&self.artifacts, name), find(artifacts, name)) {
            (None, None) => true,
            (Some(old), Some(new)) => is_same(&old, &new, &BTreeSet::new()),
            _ => false,
        });
        if is_same {
            return Arc::clone(&self.rules);
        }
        let [redirects, headers] =
            names.map(|name| find(artifacts, name).map(|file| text_of(&file)).unwrap_or_default());
        Arc::new(Rules::read(&redirects, &headers))
    }

    /// The snapshot that follows when nothing could be built: the last site stands, with the problem above it.
    #[must_use]
    pub fn broken(&self, problem: Problem) -> Self {
        let problem = Some(problem);
        if self.problem == problem {
            return self.clone();
        }
        let generation = self.generation + 1;
        Self { generation, problem, told: generation, ..self.clone() }
    }

    /// The same with another search index in place of the `last` one. No page looks different by it, so it counts as no
    /// change. A file of the author's that has the name of one of it stays.
    #[must_use]
    pub fn with_index(&self, last: &[Artifact], files: Vec<Artifact>) -> Self {
        let last: BTreeMap<&str, Option<Digest>> = last.iter().map(|file| (file.path.as_str(), file.digest)).collect();
        let is_index = |artifact: &Artifact| last.get(artifact.path.as_str()) == Some(&artifact.digest);
        let mut all: Vec<(Artifact, u64)> = self
            .artifacts
            .iter()
            .cloned()
            .zip(self.changed.iter().copied())
            .filter(|(artifact, _)| !is_index(artifact))
            .chain(files.into_iter().map(|file| (file, self.generation)))
            .collect();
        all.sort_by(|(a, _), (b, _)| a.path.cmp(&b.path));
        all.dedup_by(|(later, _), (first, _)| later.path == first.path);
        let (artifacts, changed): (Vec<Artifact>, Vec<u64>) = all.into_iter().unzip();
        Self { artifacts: artifacts.into(), changed: changed.into(), ..self.clone() }
    }

    /// Whether anything was built yet.
    #[must_use]
    pub const fn is_built(&self) -> bool {
        self.is_built
    }

    /// Whether nothing is known yet, neither a site nor what is wrong with it.
    pub(super) const fn is_empty(&self) -> bool {
        self.generation == 0
    }

    /// What stands before every address.
    #[must_use]
    pub fn base_path(&self) -> &str {
        &self.base_path
    }

    /// What is wrong.
    pub(super) const fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    /// Whether what is wrong is another than in the generation `since`.
    pub(super) const fn has_other_problem(&self, since: u64) -> bool {
        self.told > since
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn rules(&self) -> &Rules {
        &self.rules
    }

    pub(super) const fn session(&self) -> u64 {
        self.session
    }

    pub(super) const fn generation(&self) -> u64 {
        self.generation
    }

    pub(super) fn artifacts(&self) -> &[Artifact] {
        &self.artifacts
    }

    pub(super) fn artifact(&self, number: usize) -> Option<&Artifact> {
        self.artifacts.get(number)
    }

    /// The artifact with this path below the output folder.
    pub(super) fn number(&self, path: &str) -> Option<usize> {
        self.artifacts.binary_search_by(|artifact| artifact.path.as_str().cmp(path)).ok()
    }

    /// What is at a path, decoded and without the base path.
    pub(super) fn find(&self, path: &str) -> Found {
        let path = path.strip_prefix('/').unwrap_or(path);
        if path.is_empty() || path.ends_with('/') {
            return self.number(&format!("{path}index.html")).map_or(Found::Nothing, Found::File);
        }
        match self.number(path) {
            Some(number) => Found::File(number),
            None if self.number(&format!("{path}/index.html")).is_some() => Found::Folder,
            None => Found::Nothing,
        }
    }

    /// Whether the artifact of this number changed after the generation `since`.
    pub(super) fn changed_after(&self, number: usize, since: u64) -> bool {
        self.changed.get(number).is_some_and(|changed| *changed > since)
    }

    /// Whether the page at a path, decoded and without the base path, went after the generation `since`.
    pub(super) fn went_after(&self, path: &str, since: u64) -> bool {
        let path = path.strip_prefix('/').unwrap_or(path);
        let folder = if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() };
        self.gone.get(&folder).is_some_and(|gone| *gone > since)
    }
}

impl Changed {
    fn note(&mut self, artifact: &Artifact) {
        if artifact.kind == Kind::Page { self.pages.push(artifact.path.clone()) } else { self.files += 1 }
    }
}

fn is_same(old: &Artifact, new: &Artifact, touched: &BTreeSet<PathBuf>) -> bool {
    match (&old.content, &new.content) {
        (Content::OnDisk { path, len, .. }, Content::OnDisk { path: new, len: now, .. }) => {
            path == new && len == now && !touched.contains(path)
        }
        (Content::Pieces(old), Content::Pieces(new)) => old == new,
        _ => old.digest.is_some() && old.digest == new.digest,
    }
}

fn text_of(artifact: &Artifact) -> String {
    artifact.content.bytes().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

/// The address of an artifact, encoded, without the base path.
pub(super) fn href(path: &str) -> String {
    let shown = match path.strip_suffix("index.html") {
        Some(folder) if folder.is_empty() || folder.ends_with('/') => folder,
        _ => path,
    };
    format!("/{}", address::encode(shown))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn artifacts(files: &[(&str, &str)]) -> Vec<Artifact> {
        let kind = |path: &str| if path.ends_with(".html") { Kind::Page } else { Kind::File };
        let mut artifacts: Vec<Artifact> =
            files.iter().map(|(path, text)| Artifact::new(*path, kind(path), text.as_bytes())).collect();
        artifacts.sort_by(|a, b| a.path.cmp(&b.path));
        artifacts
    }

    fn next(snapshot: &Snapshot, files: &[(&str, &str)]) -> (Snapshot, Changed) {
        snapshot.next(artifacts(files), "", None, &BTreeSet::new())
    }

    #[test]
    fn what_changed_since_a_generation_is_known_later() {
        let first =
            next(&Snapshot::empty(Path::new("/")), &[("a/index.html", "1"), ("b/index.html", "1"), ("x.png", "1")]).0;
        let (second, changed) = next(&first, &[("a/index.html", "2"), ("b/index.html", "1"), ("x.png", "1")]);
        assert_eq!(changed, Changed { pages: vec!["a/index.html".to_owned()], files: 0 });
        let (third, changed) = next(&second, &[("a/index.html", "2"), ("x.png", "2")]);
        assert_eq!(changed, Changed { pages: vec!["b/index.html".to_owned()], files: 1 });
        let a = third.number("a/index.html").unwrap();
        assert!(third.changed_after(a, 1) && !third.changed_after(a, 2));
        assert!(third.went_after("/b/", 2) && !third.went_after("/b/", 3) && !third.went_after("/a/", 0));
        let fourth = next(&third, &[("a/index.html", "2"), ("b/index.html", "1")]).0;
        assert!(!fourth.went_after("/b/", 0), "it is back");
    }

    #[test]
    fn a_problem_leaves_the_last_site_and_counts_once() {
        let built = next(&Snapshot::empty(Path::new("/")), &[("index.html", "1")]).0;
        let problem = Problem { title: "t".to_owned(), text: "x".to_owned() };
        let broken = built.broken(problem.clone());
        assert!(broken.is_built() && broken.find("/") == Found::File(0) && broken.has_other_problem(1));
        assert_eq!(broken.broken(problem).generation(), broken.generation());
        assert!(!Snapshot::empty(Path::new("/")).is_built());
    }

    #[test]
    fn an_index_takes_the_place_of_the_last_one_and_of_nothing_else() {
        let site = next(&Snapshot::empty(Path::new("/")), &[("index.html", "1"), ("pagefind/own.txt", "author")]).0;
        let first = artifacts(&[("pagefind/a", "1"), ("pagefind/own.txt", "index")]);
        let second = artifacts(&[("pagefind/b", "2")]);
        let paths = |site: &Snapshot| site.artifacts().iter().map(|file| file.path.clone()).collect::<Vec<_>>();
        let shown = site.with_index(&[], first.clone());
        assert_eq!(paths(&shown), ["index.html", "pagefind/a", "pagefind/own.txt"]);
        let own = shown.number("pagefind/own.txt").and_then(|number| shown.artifact(number)).unwrap();
        assert_eq!(own.content.text(), Some("author"));
        assert_eq!(paths(&shown.with_index(&first, second)), ["index.html", "pagefind/b", "pagefind/own.txt"]);
    }

    #[test]
    fn folders_have_a_slash_at_the_end() {
        let site = next(&Snapshot::empty(Path::new("/")), &[("a/index.html", "1"), ("b", "1"), ("index.html", "1")]).0;
        assert_eq!(
            (site.find("/a/"), site.find("/a"), site.find("/b")),
            (Found::File(0), Found::Folder, Found::File(1))
        );
        assert_eq!(
            (site.find("/"), site.find("/b/"), site.find("/c")),
            (Found::File(2), Found::Nothing, Found::Nothing)
        );
        assert_eq!(
            (href("a b/index.html"), href("index.html"), href("xindex.html")),
            ("/a%20b/".into(), "/".into(), "/xindex.html".into())
        );
    }
}
