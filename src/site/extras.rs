//! What a site has beside its pages: files that are copied, redirects, and files that speak of the whole.

use super::artifact::{Artifact, Kind};
use super::index::SiteIndex;
use super::whole::Site;
use crate::base::digest::Digest;
use crate::input::config::Config;
use crate::input::files::{Content, SiteFiles};
use crate::page::rendered::Rendered;

/// The names of the files that a build adds, so that links to them lead somewhere.
#[must_use]
pub fn names(config: &Config, index: &SiteIndex) -> Vec<String> {
    let _ = (config, index);
    ["sitemap.xml", "robots.txt", "llms.txt", "llms-full.txt", "404.html"].map(str::to_owned).to_vec()
}

/// All of them.
#[must_use]
pub fn all(site: &Site, files: &SiteFiles, rendered: &[Option<Rendered>]) -> Vec<Artifact> {
    let _ = rendered;
    let mut artifacts = Vec::new();
    for file in &files.statics {
        if site.index.refused.binary_search(&file.path).is_err() {
            artifacts.push(copied(&file.path, &file.content));
        }
    }
    for resource in &site.index.resources {
        artifacts.push(copied(&resource.address.output(), &resource.content));
    }
    artifacts
}

/// A file as it is.
fn copied(path: &str, content: &Content) -> Artifact {
    let digest = match content {
        Content::Bytes(bytes) => Some(Digest::of(bytes)),
        Content::OnDisk { .. } => None,
    };
    Artifact { path: path.to_owned(), content: content.clone(), kind: Kind::File, digest }
}
