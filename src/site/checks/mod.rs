//! What is checked of a site that is rendered: whether what it says is true (DESIGN 2.9).

pub mod block;
pub mod csp;
pub mod digest;
mod digest_hash;
pub mod domain;
pub mod external;
mod json_block;
pub mod kinds;
pub mod links;
pub mod literal;
mod mask;
mod placeholder;
mod redirected;
pub mod schema;
pub mod secret;
mod toml_block;
pub mod values;
pub mod verify;

use super::entry::PageId;
use super::rules::Rules;
use super::whole::Site;
use crate::base::Diagnostic;
use crate::input::files::{Content, File, SiteFiles};
use crate::page::rendered::Rendered;
use crate::page::world::World as _;
use links::Pages;
use std::collections::HashSet;
use verify::Verifier;

/// The checks of a site, ready for its pages.
#[derive(Debug)]
pub struct Checks {
    verifier: Verifier,
    /// The author's own redirects.
    rules: Rules,
}

impl Checks {
    /// The checks that the configuration asks for, and what is wrong with their schemas.
    #[must_use]
    pub fn new(site: &Site, files: &SiteFiles) -> (Self, Vec<Diagnostic>) {
        let (verifier, problems) = Verifier::new(&site.config, files);
        (Self { verifier, rules: rules(files) }, problems)
    }

    /// Reads the author's redirects again; says whether they are others.
    pub fn take_rules(&mut self, files: &SiteFiles) -> bool {
        let rules = rules(files);
        let are_others = rules != self.rules;
        self.rules = rules;
        are_others
    }

    /// The findings about one page.
    pub fn page(&self, site: &Site, id: PageId, pages: &dyn Pages) -> Vec<Diagnostic> {
        let mut findings = self.links(site, id, pages);
        findings.extend(pages.rendered(id).into_iter().flat_map(|rendered| self.own(site, id, rendered)));
        findings
    }

    /// Those about its links, which take all pages.
    pub fn links(&self, site: &Site, id: PageId, pages: &dyn Pages) -> Vec<Diagnostic> {
        links::check(site, &self.rules, id, pages)
    }

    /// Those about a page that take no other one.
    pub fn own(&self, site: &Site, id: PageId, rendered: &Rendered) -> Vec<Diagnostic> {
        let Some(guide) = site.index.page(id).and_then(|page| page.guide.as_ref()) else { return Vec::new() };
        let mut findings = literal::written_out(site, id, guide, rendered);
        findings.extend(self.verifier.check(guide, rendered, site.variables(id)));
        findings.extend(self.verifier.front_matter(guide));
        findings.extend(kinds::check(&site.config, guide, rendered));
        findings.extend(secret::check(guide));
        findings.extend(domain::check(&site.config, guide, rendered));
        findings.extend(csp::check(site, guide, rendered));
        findings
    }

    /// The findings about the site as a whole.
    #[must_use]
    pub fn whole(site: &Site, files: &SiteFiles, rendered: &[Option<Rendered>]) -> Vec<Diagnostic> {
        let mut findings = links::menu(site, &rules(files));
        let built: HashSet<&str> = site.index.pages.iter().map(|page| page.path.as_str()).collect();
        let is_draft = |file: &&File| file.path.ends_with(".md") && !built.contains(file.path.as_str());
        let drafts = files.content.iter().filter(is_draft);
        let elsewhere: Vec<&str> = drafts.chain(&files.templates).filter_map(|file| text(&file.content)).collect();
        findings.extend(literal::unused(site, rendered, &elsewhere));
        findings
    }
}

/// The rules of `static/_redirects`.
fn rules(files: &SiteFiles) -> Rules {
    let file = files.statics.iter().find(|file| file.path == "_redirects");
    Rules::read(file.and_then(|file| text(&file.content)).unwrap_or_default(), "")
}

fn text(content: &Content) -> Option<&str> {
    content.text()
}
