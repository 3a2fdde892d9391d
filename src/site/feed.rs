//! `feed.xml`: an Atom feed (RFC 4287) of every section that asks for one.
//!
//! A section asks with `feed: true` in its `_index.md`; `outputs` with `rss` in it, as a Hugo site has it, is the same.
//! The feed stands beside the section's page and has its newest guides, those of the sections below it too.

use super::artifact::{Artifact, Kind};
use super::entry::{Page, PageId, PageKind};
use super::escape::escape;
use super::index::SiteIndex;
use super::urls;
use crate::input::config::Config;
use crate::input::date::Date;
use serde_json::Value;
use std::fmt::Write as _;

/// A feed has no more entries: readers take the newest, and know the older ones.
const ENTRIES: usize = 50;

/// The feeds of the site; none on a site without a base URL. `updated` is the last change of a page.
#[must_use]
pub fn feeds(index: &SiteIndex, config: &Config, updated: &dyn Fn(PageId) -> Option<Date>) -> Vec<Artifact> {
    let asking = index.pages.iter().filter(|page| wants_feed(index, page));
    asking.filter_map(|page| feed(index, config, page, updated)).collect()
}

/// Whether a page's section has a feed: for a theme that links to it. It is at [`path`], and written to [`output`].
#[must_use]
pub fn wants_feed(index: &SiteIndex, page: &Page) -> bool {
    if page.kind == PageKind::Page {
        return false;
    }
    let extra = &index.front(page).extra;
    let asks = |value: &Value| {
        value.as_str().is_some_and(|name| ["rss", "atom", "feed"].iter().any(|feed| name.eq_ignore_ascii_case(feed)))
    };
    let outputs = extra.get("outputs").and_then(Value::as_array).is_some_and(|outputs| outputs.iter().any(asks));
    extra.get("feed").map_or(outputs, |feed| feed == &Value::Bool(true))
}

/// Where the feed of a section stands, root-relative and encoded, without the base path.
#[must_use]
pub fn path(page: &Page) -> String {
    crate::base::address::encode(&format!("{}feed.xml", page.address.base()))
}

/// The file below the output folder that the feed of a section is written to.
#[must_use]
pub fn output(page: &Page) -> String {
    format!("{}feed.xml", page.address.base().trim_start_matches('/'))
}

fn feed(
    index: &SiteIndex,
    config: &Config,
    section: &Page,
    updated: &dyn Fn(PageId) -> Option<Date>,
) -> Option<Artifact> {
    let own = urls::whole(config, &path(section))?;
    let home = urls::permalink(config, section)?;
    let entries = newest(index, section, updated);
    let latest = entries.iter().map(|(date, _)| *date).max().or(section.date);
    let title = if section.kind == PageKind::Home {
        config.title.clone()
    } else {
        format!("{} · {}", section.title, config.title)
    };
    let mut xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
    let mut line = |text: String| {
        xml.push_str(&text);
        xml.push('\n');
    };
    line(format!("<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">", escape(&config.language)));
    line(format!("<id>{}</id>", escape(&home)));
    line(format!("<title>{}</title>", escape(&title)));
    if let Some(description) = &section.description {
        line(format!("<subtitle>{}</subtitle>", escape(description)));
    }
    line(format!("<link rel=\"self\" type=\"application/atom+xml\" href=\"{}\"/>", escape(&own)));
    line(format!("<link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>", escape(&home)));
    line(format!("<updated>{}</updated>", latest.unwrap_or_else(|| Date::from_unix(0)).rfc3339()));
    line(format!("<author><name>{}</name></author>", escape(&config.title)));
    for (date, page) in entries {
        xml.push_str(&entry(index, config, page, date)?);
    }
    xml.push_str("</feed>\n");
    Some(Artifact::new(output(section), Kind::Summary, xml))
}

/// The guides of a section and below it that have a date, the newest first.
fn newest<'a>(index: &'a SiteIndex, section: &Page, updated: &dyn Fn(PageId) -> Option<Date>) -> Vec<(Date, &'a Page)> {
    let mut found = Vec::new();
    let mut rest: Vec<PageId> = section.children.clone();
    while let Some(page) = rest.pop().and_then(|id| index.page(id)) {
        match page.kind {
            PageKind::Page if !page.is_listed() => {}
            PageKind::Page => found.extend(updated(page.id).or(page.date).map(|date| (date, page))),
            // A term lists pages that are children elsewhere.
            PageKind::Term if section.kind != PageKind::Taxonomy => {}
            _ => rest.extend(&page.children),
        }
    }
    let published = |date: Date, page: &Page| page.date.unwrap_or(date);
    found.sort_by(|(a, one), (b, other)| {
        published(*b, other).cmp(&published(*a, one)).then_with(|| one.path.cmp(&other.path))
    });
    found.dedup_by_key(|(_, page)| page.id);
    found.truncate(ENTRIES);
    found
}

fn entry(index: &SiteIndex, config: &Config, page: &Page, updated: Date) -> Option<String> {
    let url = urls::permalink(config, page)?;
    let front = index.front(page);
    let mut xml = String::from("<entry>\n");
    let _ = writeln!(xml, "<id>{0}</id>\n<link rel=\"alternate\" type=\"text/html\" href=\"{0}\"/>", escape(&url));
    let _ = writeln!(xml, "<title>{}</title>", escape(&page.title));
    if let Some(date) = page.date {
        let _ = writeln!(xml, "<published>{}</published>", date.rfc3339());
    }
    let _ = writeln!(xml, "<updated>{}</updated>", updated.rfc3339());
    if let Some(summary) = front.summary.as_ref().or(page.description.as_ref()) {
        let _ = writeln!(xml, "<summary>{}</summary>", escape(summary));
    }
    for tag in &front.tags {
        let _ = writeln!(xml, "<category term=\"{}\"/>", escape(tag));
    }
    xml.push_str("</entry>\n");
    Some(xml)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Site, date, text};
    use super::*;

    fn site() -> Site {
        Site::new()
            .guide("blog/_index.md", |front| {
                front.extra.insert("feed".into(), true.into());
                front.title = Some("Blog <1>".into());
            })
            .guide("blog/old.md", |front| (front.title, front.date) = (Some("Old".into()), date("2020-01-01")))
            .guide("blog/sub/new.md", |front| {
                (front.title, front.date) = (Some("New & \u{1}better".into()), date("2024-01-01"));
                front.description = Some("What's <new>".into());
                front.tags = vec!["a\"b".into()];
            })
            .guide("blog/undated.md", |_| {})
            .guide("news/_index.md", |front| {
                front.extra.insert("outputs".into(), serde_json::json!(["HTML", "RSS"]));
            })
            .guide("other/x.md", |_| {})
    }

    #[test]
    fn a_section_that_asks_has_a_feed() {
        let config = site().config;
        let index = site().index();
        let made = feeds(&index, &config, &|_| None);
        let paths: Vec<_> = made.iter().map(|made| made.path.as_str()).collect();
        assert_eq!(paths, ["blog/feed.xml", "news/feed.xml"]);
        assert_eq!(
            text(&made[0]),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\">
<id>https://x.test/blog/</id>
<title>Blog &lt;1&gt; · Ref</title>
<link rel=\"self\" type=\"application/atom+xml\" href=\"https://x.test/blog/feed.xml\"/>
<link rel=\"alternate\" type=\"text/html\" href=\"https://x.test/blog/\"/>
<updated>2024-01-01T00:00:00Z</updated>
<author><name>Ref</name></author>
<entry>
<id>https://x.test/blog/sub/new/</id>
<link rel=\"alternate\" type=\"text/html\" href=\"https://x.test/blog/sub/new/\"/>
<title>New &amp; better</title>
<published>2024-01-01T00:00:00Z</published>
<updated>2024-01-01T00:00:00Z</updated>
<summary>What&#39;s &lt;new&gt;</summary>
<category term=\"a&quot;b\"/>
</entry>
<entry>
<id>https://x.test/blog/old/</id>
<link rel=\"alternate\" type=\"text/html\" href=\"https://x.test/blog/old/\"/>
<title>Old</title>
<published>2020-01-01T00:00:00Z</published>
<updated>2020-01-01T00:00:00Z</updated>
</entry>
</feed>
"
        );
        assert_eq!(path(&index.pages[index.id("/blog/")]), "/blog/feed.xml");
        assert!(
            text(&made[1]).contains("<updated>1970-01-01T00:00:00Z</updated>"),
            "an empty feed is the same every time"
        );
    }

    #[test]
    fn a_feed_has_the_newest_entries_alone() {
        let mut site = Site::new().guide("_index.md", |front| {
            front.extra.insert("feed".into(), true.into());
        });
        for day in 1..=28 {
            for month in 1..=3 {
                site = site.guide(&format!("s/{month}-{day}.md"), |front| {
                    front.date = date(&format!("2020-{month:02}-{day:02}"))
                });
            }
        }
        let config = Site::new().config;
        let made = feeds(&site.index(), &config, &|_| None);
        assert_eq!(made[0].path, "feed.xml");
        assert_eq!(text(&made[0]).matches("<entry>").count(), ENTRIES);
        assert!(!text(&made[0]).contains("/s/1-1/"));
    }
}
