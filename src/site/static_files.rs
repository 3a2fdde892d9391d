//! The files of `static/`, the theme's and over them the site's: the names that change with their content, and the pages
//! that use them.

use super::assets::{self, Told};
use super::entry::PageId;
use crate::input::config::Theme;
use crate::input::files::{Content, File};
use crate::input::strings::Strings;
use crate::input::variable::Variables;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

struct Asset {
    bytes: Arc<[u8]>,
    /// Its name with the digest of its content, made when it is first asked for.
    hashed: OnceLock<String>,
}

/// The assets of a site, by path.
pub struct Assets {
    files: HashMap<String, Asset>,
    /// By path, with the pages that use them.
    used: Mutex<BTreeMap<String, BTreeSet<PageId>>>,
}

impl Assets {
    /// Those of the theme and of `statics`, which is the site's `static/`.
    #[must_use]
    pub fn new(statics: &[File], variables: &Variables, strings: &Strings, theme: &Theme) -> Self {
        Self { files: read(statics, variables, strings, theme), used: Mutex::default() }
    }

    /// Whether there is this one.
    #[must_use]
    pub fn contains(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// The output path of an asset: `assets/theme.0123456789.css`.
    #[must_use]
    pub fn output(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(|asset| hashed(path, asset).as_str())
    }

    /// Notes that a page uses an asset.
    pub fn note(&self, page: PageId, path: &str) {
        if self.contains(path) {
            let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
            used.entry(path.to_owned()).or_default().insert(page);
        }
    }

    /// Forgets what these pages use.
    pub fn forget(&mut self, gone: &BTreeSet<PageId>) {
        let used = self.used.get_mut().unwrap_or_else(PoisonError::into_inner);
        used.retain(|_, pages| {
            pages.retain(|page| !gone.contains(page));
            !pages.is_empty()
        });
    }

    /// Takes other bytes for the same files, and returns the pages that use one which is different now.
    pub fn replace(
        &mut self,
        statics: &[File],
        variables: &Variables,
        strings: &Strings,
        theme: &Theme,
    ) -> BTreeSet<PageId> {
        let before = std::mem::replace(&mut self.files, read(statics, variables, strings, theme));
        let is_same = |path: &String| match (before.get(path), self.files.get(path)) {
            (Some(before), Some(now)) => before.bytes == now.bytes,
            (before, now) => before.is_none() && now.is_none(),
        };
        let used = self.used.get_mut().unwrap_or_else(PoisonError::into_inner);
        used.iter().filter(|(path, _)| !is_same(path)).flat_map(|(_, users)| users.iter().copied()).collect()
    }

    /// Those that pages asked for, by output path, sorted.
    #[must_use]
    pub fn used(&self) -> Vec<(String, Arc<[u8]>)> {
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.keys()
            .filter_map(|path| {
                let asset = self.files.get(path)?;
                Some((hashed(path, asset).clone(), Arc::clone(&asset.bytes)))
            })
            .collect()
    }
}

fn read(statics: &[File], variables: &Variables, strings: &Strings, theme: &Theme) -> HashMap<String, Asset> {
    let mut files = HashMap::new();
    for (path, bytes) in crate::input::theme::statics() {
        files.insert(path, Asset { bytes: bytes.into(), hashed: OnceLock::new() });
    }
    for file in statics {
        // What is left on disk keeps its name.
        if let Content::Bytes(bytes) = &file.content {
            files.insert(file.path.clone(), Asset { bytes: Arc::clone(bytes), hashed: OnceLock::new() });
        }
    }
    for (name, ours, text) in assets::made(Told { variables, strings, theme }) {
        if let Some(asset) = files.get_mut(&name).filter(|asset| *asset.bytes == *ours) {
            *asset = Asset { bytes: text.into_bytes().into(), hashed: OnceLock::new() };
        }
    }
    files
}

fn hashed<'a>(path: &str, asset: &'a Asset) -> &'a String {
    asset.hashed.get_or_init(|| assets::hashed_name(path, &asset.bytes))
}
