//! What a site has beside its pages: files that are copied, redirects, Markdown versions, files that speak of the whole.

use super::artifact::{Artifact, Kind};
use super::entry::{Page, PageId};
use super::index::SiteIndex;
use super::whole::Site;
use super::{feed, headers, llms, redirects, robots, sitemap};
use crate::base::digest::Digest;
use crate::input::config::Config;
use crate::input::files::{Content, File, SiteFiles};
use crate::input::theme;
use crate::page::rendered::Rendered;
use crate::page::world::Stage;
use std::collections::BTreeMap;

/// Static files that are joined with ours instead of taking their place.
const JOINED: [&str; 2] = ["_redirects", "_headers"];

/// The names of the files that a build adds, so that links to them lead somewhere.
#[must_use]
pub fn names(config: &Config, index: &SiteIndex) -> Vec<String> {
    let mut names: Vec<String> = ["robots.txt", "llms.txt", "llms-full.txt", "404.html"].map(str::to_owned).to_vec();
    if config.base_url.is_some() {
        names.push("sitemap.xml".to_owned());
    }
    for page in &index.pages {
        if config.base_url.is_some() && feed::wants_feed(index, page) {
            names.push(feed::output(page));
        }
        if page.guide.is_some() {
            names.push(page.markdown());
        }
    }
    names
}

/// Those that no body of a guide is part of, without the assets and without `_headers`, which speaks of the assets. Files
/// of the author's own come first: they take the place of ours.
#[must_use]
pub fn standing(site: &Site, files: &SiteFiles) -> Vec<Artifact> {
    let (index, config) = (&site.index, &site.config);
    let updated = |id: PageId| site.updated(index.page(id)?, Stage::Composition);
    let mut ours = redirects::pages(index, config);
    ours.extend(sitemap::sitemap(index, config, &updated));
    ours.extend(feed::feeds(index, config, &updated));
    ours.push(robots::robots(config));
    ours.push(robots::nojekyll());
    ours.push(llms::llms(index, config));
    ours.extend(redirects::rules(index, config, joined(files, "_redirects").as_deref()));

    // A file that is the theme's own, to the byte, is published under its hashed name already.
    let theme: BTreeMap<String, &[u8]> = theme::statics().into_iter().collect();
    let is_theme = |file: &File| matches!(&file.content, Content::Bytes(bytes) if theme.get(&file.path).is_some_and(|own| **own == **bytes));
    let copied = files.statics.iter().filter(|file| {
        !JOINED.contains(&file.path.as_str()) && index.refused.binary_search(&file.path).is_err() && !is_theme(file)
    });
    let mut artifacts: Vec<Artifact> = copied.map(|file| as_it_is(&file.path, &file.content)).collect();
    artifacts.extend(index.resources.iter().map(|file| as_it_is(&file.address.output(), &file.content)));
    artifacts.extend(ours);
    artifacts
}

/// The bodies of all guides in one file.
#[must_use]
pub fn full_text(site: &Site, rendered: &[Option<Rendered>]) -> Artifact {
    let body = |id: PageId| rendered.get(id)?.as_ref().map(|page| page.markdown.as_str());
    llms::full(&site.index, &site.config, &body)
}

/// `_headers`, when the hashed assets are known.
#[must_use]
pub fn host_headers(site: &Site, files: &SiteFiles, assets: &[Artifact]) -> Artifact {
    let immutable: Vec<String> = assets.iter().map(|asset| format!("/{}", asset.path)).collect();
    headers::headers(&site.config, &immutable, joined(files, "_headers").as_deref())
}

fn joined(files: &SiteFiles, name: &str) -> Option<String> {
    let File { content: Content::Bytes(bytes), .. } = files.statics.iter().find(|file| file.path == name)? else {
        return None;
    };
    Some(String::from_utf8_lossy(bytes).into_owned())
}

/// The guide as Markdown, shortcodes and variables resolved.
#[must_use]
pub fn markdown(page: &Page, rendered: &Rendered) -> Artifact {
    let body = rendered.markdown.trim();
    let mut text = format!("# {}\n", page.title.split_whitespace().collect::<Vec<_>>().join(" "));
    for part in page.description.iter().map(|description| description.trim()).chain([body]) {
        if !part.is_empty() {
            text.push('\n');
            text.push_str(part);
            text.push('\n');
        }
    }
    Artifact::new(page.markdown(), Kind::File, text)
}

/// A file as it is.
fn as_it_is(path: &str, content: &Content) -> Artifact {
    let digest = match content {
        Content::Bytes(bytes) => Some(Digest::of(bytes)),
        Content::OnDisk { .. } => None,
    };
    Artifact { path: path.to_owned(), content: content.clone(), kind: Kind::File, digest }
}
