//! What a site has beside its pages: files that are copied, redirects, Markdown versions, files that speak of the whole.

use super::artifact::{Artifact, Kind};
use super::entry::PageId;
use super::index::SiteIndex;
use super::whole::Site;
use super::{feed, headers, llms, markdown_file, redirects, robots, sitemap};
use crate::base::address::Address;
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
        if page.guide.is_some() && page.is_written() {
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
    // So does a guide whose `url` is the address of one.
    artifacts.extend(ours.into_iter().filter(|file| index.at(&Address::file(&file.path)).is_none()));
    artifacts
}

/// What stands of one guide in the text of all; none when it has no text.
#[must_use]
pub fn part_of_full_text(site: &Site, id: PageId, rendered: Option<&Rendered>) -> Option<String> {
    llms::part(&site.index, &site.config, id, &markdown_file::from_root(site, rendered?))
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

/// A file as it is.
fn as_it_is(path: &str, content: &Content) -> Artifact {
    let digest = content.whole().map(Digest::of);
    Artifact { path: path.to_owned(), content: content.clone(), kind: Kind::File, digest }
}
