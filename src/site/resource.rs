//! Files beside guides: to which page they belong, and where they are published.

use super::entry::{PageId, Resource};
use super::lookup;
use super::permalink::Permalinks;
use super::select::Selected;
use crate::base::address::Address;
use crate::input::files::File;
use std::collections::HashMap;

/// The published files of `content/`, sorted by path. `owners` are the pages of bundles and sections by their folders,
/// with their addresses.
#[must_use]
pub fn published(
    files: Vec<File>,
    selected: &Selected,
    permalinks: &Permalinks<'_>,
    owners: &HashMap<&str, (PageId, &Address)>,
) -> Vec<Resource> {
    let mut resources: Vec<Resource> = files
        .into_iter()
        .filter(|file| !file.path.split('/').any(|name| name.starts_with('.')))
        .filter_map(|file| {
            let folder = home_of(&file.path, selected);
            let below = file.path.get(folder.len()..).unwrap_or("");
            let (page, base) = match owners.get(folder) {
                Some((page, address)) => (Some(*page), address.base().to_owned()),
                None if selected.withheld.contains(folder) => return None,
                None => (None, permalinks.folder(folder).as_str().to_owned()),
            };
            let address = Address::file(&format!("{base}{below}"));
            Some(Resource { path: file.path, address, page, content: file.content })
        })
        .collect();
    resources.sort_by(|a, b| a.path.cmp(&b.path));
    resources
}

/// The folder that a file belongs to: its bundle's, or the nearest one at or above it that holds a guide.
fn home_of<'a>(path: &'a str, selected: &Selected) -> &'a str {
    let folder = lookup::folder(path);
    if let Some(bundle) = selected.bundle_of(folder) {
        return bundle;
    }
    let holds_guides = |folder: &&str| {
        selected.inhabited.contains(*folder)
            || selected.branches.contains(*folder)
            || selected.withheld.contains(*folder)
    };
    std::iter::once(folder).chain(lookup::folders_above(folder)).find(holds_guides).unwrap_or("")
}
