//! `sitemap.xml`: every page that search engines may show, with its last change.

use super::artifact::{Artifact, Kind};
use super::entry::{Page, PageId};
use super::escape::escape;
use super::index::SiteIndex;
use super::urls;
use crate::input::config::Config;
use crate::input::date::Date;

/// No sitemap has more URLs, or more bytes (the protocol allows 52,428,800).
const URLS: usize = 50_000;
const BYTES: usize = 50_000_000;

const START: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
const SPACE: &str = "xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\"";

/// The sitemap, or a sitemap of sitemaps on a very large site; nothing on a site without a base URL. `updated` is the
/// last change of a page.
#[must_use]
pub fn sitemap(index: &SiteIndex, config: &Config, updated: &dyn Fn(PageId) -> Option<Date>) -> Vec<Artifact> {
    split(index, config, updated, URLS, BYTES)
}

fn split(
    index: &SiteIndex,
    config: &Config,
    updated: &dyn Fn(PageId) -> Option<Date>,
    urls: usize,
    bytes: usize,
) -> Vec<Artifact> {
    let mut parts: Vec<String> = Vec::new();
    let mut count = urls;
    for page in index.pages.iter().filter(|page| is_listed(index, page)) {
        let Some(url) = urls::permalink(config, page) else { return Vec::new() };
        let entry = entry(&url, updated(page.id));
        if count >= urls || parts.last().is_some_and(|part| part.len() + entry.len() > bytes) {
            parts.push(String::new());
            count = 0;
        }
        if let Some(part) = parts.last_mut() {
            part.push_str(&entry);
        }
        count += 1;
    }
    if config.base_url.is_none() {
        return Vec::new();
    }
    let set = |entries: &str| format!("{START}<urlset {SPACE}>\n{entries}</urlset>\n");
    let artifact = |name: String, text: String| Artifact::new(name, Kind::Summary, text);
    if parts.len() < 2 {
        return vec![artifact("sitemap.xml".to_owned(), set(parts.first().map_or("", String::as_str)))];
    }
    let mut list = format!("{START}<sitemapindex {SPACE}>\n");
    let mut artifacts = Vec::with_capacity(parts.len() + 1);
    for (number, part) in parts.iter().enumerate() {
        let name = format!("sitemap-{}.xml", number + 1);
        let url = urls::whole(config, &format!("/{name}")).unwrap_or_default();
        list.push_str(&format!("<sitemap><loc>{}</loc></sitemap>\n", escape(&url)));
        artifacts.push(artifact(name, set(part)));
    }
    list.push_str("</sitemapindex>\n");
    artifacts.push(artifact("sitemap.xml".to_owned(), list));
    artifacts
}

/// A page that says where else it wants to be found, or that it does not want to be, is not listed.
fn is_listed(index: &SiteIndex, page: &Page) -> bool {
    let seo = &index.front(page).seo;
    page.is_listed() && !seo.noindex && seo.canonical.is_none()
}

fn entry(url: &str, updated: Option<Date>) -> String {
    let changed = updated.map(|date| format!("<lastmod>{}</lastmod>", date.rfc3339())).unwrap_or_default();
    format!("<url><loc>{}</loc>{changed}</url>\n", escape(url))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Site, date, text};
    use super::*;

    fn site() -> Site {
        Site::new()
            .guide("a & b.md", |_| {})
            .guide("hidden.md", |front| front.seo.noindex = true)
            .guide("copy.md", |front| front.seo.canonical = Some("https://y.test/".into()))
            .guide("ü.md", |_| {})
    }

    #[test]
    fn lists_every_page_that_wants_to_be_found() {
        let config = site().config;
        let index = site().index();
        let updated = |id: PageId| if id == 1 { date("2024-05-06") } else { None };
        let made = sitemap(&index, &config, &updated);
        assert_eq!(made.len(), 1);
        let xml = text(&made[0]);
        assert!(xml.contains("<url><loc>https://x.test/</loc></url>"), "{xml}");
        assert!(
            xml.contains("<url><loc>https://x.test/a--b/</loc><lastmod>2024-05-06T00:00:00Z</lastmod></url>"),
            "{xml}"
        );
        assert!(xml.contains("<loc>https://x.test/%C3%BC/</loc>"), "{xml}");
        assert!(!xml.contains("hidden") && !xml.contains("copy"), "{xml}");
    }

    #[test]
    fn splits_what_is_too_large() {
        let config = site().config;
        let index = site().index();
        for (urls, bytes) in [(2, BYTES), (URLS, 90)] {
            let made = split(&index, &config, &|_| None, urls, bytes);
            let names: Vec<_> = made.iter().map(|made| made.path.as_str()).collect();
            assert_eq!(names.last(), Some(&"sitemap.xml"));
            assert_eq!(names[0], "sitemap-1.xml");
            assert!(text(&made[made.len() - 1]).contains("<sitemap><loc>https://x.test/sitemap-2.xml</loc></sitemap>"));
            let whole: String = made.iter().map(text).collect();
            assert_eq!(whole.matches("<url>").count(), 3);
        }
    }

    #[test]
    fn without_a_base_url_there_is_none() {
        let mut config = site().config;
        config.base_url = None;
        assert!(sitemap(&site().index(), &config, &|_| None).is_empty());
    }
}
