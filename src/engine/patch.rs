//! A bundle after an edit: the edited pages in the place of what they were, where nothing else can have changed.

use super::Inputs;
use super::fingerprint::{Given, fingerprint};
use super::session::Last;
use crate::page::rendered::Rendered;
use crate::page::world::PageId;
use crate::site::artifact::{Artifact, Bundle};
use crate::site::compose::Composed;
use std::collections::BTreeSet;

/// What an edit of bodies changed beside the pages themselves.
#[derive(Debug, Default)]
pub(super) struct Effect {
    /// Pages and their Markdown, as they were; none where there was no such file.
    pub(super) before: Vec<Option<Artifact>>,
    /// The edited pages.
    pub(super) pages: Vec<PageId>,
    /// Something may have changed that is put together from all pages, beside the text of all guides.
    pub(super) is_wide: bool,
}

impl Last {
    /// Whether what is found about the site stays the same when this is what is made of a page now.
    pub(super) fn tells_the_same(&self, id: PageId, rendered: Option<&Rendered>, composed: &Composed) -> bool {
        let before = self.built.rendered.get(id).and_then(Option::as_ref);
        let names = |page: &Rendered| page.variables.iter().map(|used| used.name.clone()).collect::<Vec<_>>();
        let is_content_same = match (before, rendered) {
            (Some(before), Some(now)) => before.diagnostics == now.diagnostics && names(before) == names(now),
            (before, now) => before.is_none() && now.is_none(),
        };
        let is_page_same = self.built.composed.get(id).is_some_and(|before| {
            before.diagnostics == composed.diagnostics
                && before.without_button == composed.without_button
                && before.failure.is_none()
                && composed.failure.is_none()
        });
        is_content_same && is_page_same
    }

    /// Puts the edited pages in the place of what they were, where nothing else is new: a site of thousands of pages is
    /// not put together for one of them.
    pub(super) fn patch(&mut self, inputs: &Inputs<'_>, effect: &Effect) -> bool {
        if effect.is_wide || self.assets != self.used_assets() {
            return false;
        }
        let now = effect.pages.iter().flat_map(|id| {
            let composed = self.built.composed.get(*id).and_then(|page| page.artifact.clone());
            [composed, self.built.markdown.get(*id).and_then(Option::clone)]
        });
        let mut pairs = Vec::new();
        for (before, now) in effect.before.iter().zip(now) {
            match (before, now) {
                (None, None) => {}
                (Some(before), Some(now)) if before.path == now.path => pairs.push((before.digest, now)),
                _ => return false,
            }
        }
        pairs.push((None, self.built.full_text()));
        // A file of the author's that has such a name stands in its place.
        let standing: BTreeSet<&str> = self.built.standing.iter().map(|file| file.path.as_str()).collect();
        for (before, now) in pairs.into_iter().filter(|(_, now)| !standing.contains(now.path.as_str())) {
            let place = self.bundle.artifacts.binary_search_by(|artifact| artifact.path.cmp(&now.path));
            let room = place.ok().and_then(|at| self.bundle.artifacts.get_mut(at));
            // Of two pages with one path, the other one is shown.
            let Some(room) = room.filter(|room| room.digest == before) else { return false };
            *room = now;
        }
        self.bundle.facts.sources = fingerprint(inputs.files, &self.digests, &Given::of(inputs).options);
        true
    }

    fn used_assets(&self) -> Vec<String> {
        self.built.site.used_assets().into_iter().map(|(path, _)| path).collect()
    }

    pub(super) fn take_bundle(&mut self, bundle: Bundle) {
        self.assets = self.used_assets();
        self.bundle = Bundle { search: None, ..bundle };
    }

    /// The bundle for whoever builds.
    pub(super) fn shown(&self) -> Bundle {
        Bundle { search: self.built.search(), ..self.bundle.clone() }
    }
}
