//! Which guides are published: no drafts, none of the future, none that expired, none that is a bundle's resource.
//! What a section cascades counts as if the guide said it.

use super::index::Selection;
use super::lookup;
use crate::input::date::Date;
use crate::input::front_matter::{FrontMatter, Rendering};
use crate::input::guide::{Guide, Kind};
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The guides that are published, and what the others leave behind.
#[derive(Debug, Default)]
pub struct Selected {
    /// The published guides, with cascades, sorted by path.
    pub guides: Vec<Arc<Guide>>,
    /// Folders of bundles (`a/b` of `a/b/index.md`), whether published or not.
    pub bundles: HashSet<String>,
    /// Folders with an `_index.md`, whether published or not.
    pub branches: HashSet<String>,
    /// Folders, of `bundles` and `branches`, whose page is not published: neither is what stands beside it.
    pub withheld: HashSet<String>,
    /// Folders that hold a guide directly.
    pub inhabited: HashSet<String>,
    /// When the next guide appears or expires.
    pub until: Option<Date>,
}

/// Selects from all the guides of `content/`.
#[must_use]
pub fn select(mut guides: Vec<Arc<Guide>>, selection: &Selection) -> Selected {
    guides.sort_by(|a, b| a.path.cmp(&b.path));
    let mut selected = Selected::default();
    for guide in &guides {
        let folder = lookup::folder(&guide.path);
        if guide.kind != Kind::Page {
            selected.branches.insert(folder.to_owned());
        } else if !folder.is_empty() && lookup::is_named(&guide.path, "index") {
            selected.bundles.insert(folder.to_owned());
        }
    }
    let branches = std::mem::take(&mut selected.branches);
    selected.bundles.retain(|folder| !branches.contains(folder));
    selected.branches = branches;
    guides.retain(|guide| !selected.is_resource(&guide.path));
    let cascades = Cascades::of(&guides);
    for guide in guides {
        let guide = cascades.apply(guide);
        let folder = lookup::folder(&guide.path);
        let dates = [guide.front.date, guide.front.publish_date, guide.front.expiry_date];
        let to_come = dates.into_iter().flatten().filter(|date| *date > selection.now);
        selected.until = selected.until.into_iter().chain(to_come).min();
        if is_published(&guide.front, selection) {
            selected.inhabited.insert(folder.to_owned());
            selected.guides.push(guide);
        } else if selected.owns_folder(&guide) {
            selected.withheld.insert(folder.to_owned());
        }
    }
    selected
}

impl Selected {
    /// The bundle that a file in `folder` belongs to: the outermost one at or above it.
    #[must_use]
    pub fn bundle_of<'a>(&self, folder: &'a str) -> Option<&'a str> {
        let above = lookup::folders_above(folder);
        above
            .chain((!folder.is_empty()).then_some(folder))
            .filter(|f| self.bundles.contains(*f))
            .min_by_key(|f| f.len())
    }

    /// Whether the guide at `path` is a resource of a bundle.
    fn is_resource(&self, path: &str) -> bool {
        let folder = lookup::folder(path);
        match self.bundle_of(folder) {
            Some(bundle) => bundle != folder || !lookup::is_named(path, "index"),
            None => false,
        }
    }

    fn owns_folder(&self, guide: &Guide) -> bool {
        guide.kind != Kind::Page
            || self.bundles.contains(lookup::folder(&guide.path)) && lookup::is_named(&guide.path, "index")
    }
}

/// A guide of a date to come waits for it, unless it names another date to be published on.
fn is_published(front: &FrontMatter, selection: &Selection) -> bool {
    let due = front.publish_date.as_ref().or(front.date.as_ref());
    let early = due.is_some_and(|due| *due > selection.now);
    let expired = front.expiry_date.as_ref().is_some_and(|expiry| *expiry <= selection.now);
    (!front.draft || selection.drafts) && (!early || selection.future) && !expired && is_rendered(front)
}

/// Hugo's `headless: true` and `build: {render: never}` make a guide that has no page.
fn is_rendered(front: &FrontMatter) -> bool {
    front.build.render != Rendering::Never && front.extra.get("headless") != Some(&Value::Bool(true))
}

/// Sections that cascade, by their folders.
struct Cascades(HashMap<String, Arc<Guide>>);

impl Cascades {
    fn of(guides: &[Arc<Guide>]) -> Self {
        let cascading = guides.iter().filter(|guide| guide.kind != Kind::Page && !guide.front.cascade.is_empty());
        Self(cascading.map(|guide| (lookup::folder(&guide.path).to_owned(), guide.clone())).collect())
    }

    /// The guide with what the sections above give it, the nearest first; a section gives to itself as well.
    fn apply(&self, guide: Arc<Guide>) -> Arc<Guide> {
        if self.0.is_empty() {
            return guide;
        }
        let folder = lookup::folder(&guide.path);
        let kind = match guide.kind {
            Kind::Home => "home",
            Kind::Section => "section",
            Kind::Page => "page",
        };
        let key = lookup::key(&guide.path);
        let mut front: Option<FrontMatter> = None;
        for section in std::iter::once(folder).chain(lookup::folders_above(folder)).filter_map(|f| self.0.get(f)) {
            for cascade in section.front.cascade.iter().filter(|cascade| cascade.applies(&key, kind)) {
                front = Some(front.as_ref().unwrap_or(&guide.front).with_cascade(&cascade.values));
            }
        }
        match front {
            Some(front) => Arc::new(Guide { front, ..(*guide).clone() }),
            None => guide,
        }
    }
}
