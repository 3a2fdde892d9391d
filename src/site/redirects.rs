//! Redirects for aliases: a page for every host, and rules for those that can do better (`_redirects`).

use super::artifact::{Artifact, Kind};
use super::entry::{Alias, Page};
use super::escape::escape;
use super::index::SiteIndex;
use super::urls;
use crate::base::address;
use crate::input::config::Config;
use std::fmt::Write as _;

/// A page for every alias, that sends the reader on.
#[must_use]
pub fn pages(index: &SiteIndex, config: &Config) -> Vec<Artifact> {
    let found = index.aliases.iter().filter_map(|alias| Some((alias, index.page(alias.page)?)));
    found.map(|(alias, page)| Artifact::new(alias.output.clone(), Kind::Page, html(config, alias, page))).collect()
}

fn html(config: &Config, alias: &Alias, page: &Page) -> String {
    let target = urls::written(config, &alias.address, &page.address.href());
    let canonical = urls::permalink(config, page);
    let (target, title, language) = (escape(&target), escape(&page.title), escape(&config.language));
    let mut html = format!("<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n");
    let _ = writeln!(html, "<title>{title}</title>");
    if let Some(canonical) = canonical {
        let _ = writeln!(html, "<link rel=\"canonical\" href=\"{}\">", escape(&canonical));
    }
    let _ = writeln!(html, "<meta name=\"robots\" content=\"noindex\">");
    let _ = writeln!(html, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
    let _ = writeln!(html, "<meta http-equiv=\"refresh\" content=\"0; url={target}\">");
    let _ = writeln!(html, "</head>\n<body>\n<p><a href=\"{target}\">{title}</a></p>\n</body>\n</html>");
    html
}

/// `_redirects`, for hosts that read it: the author's own rules (`author`), which come first and therefore win, then
/// one for each alias. None when there would be nothing in it.
#[must_use]
pub fn rules(index: &SiteIndex, config: &Config, author: Option<&str>) -> Option<Artifact> {
    let mut text = author.map(ended).unwrap_or_default();
    for alias in &index.aliases {
        let Some(page) = index.page(alias.page) else { continue };
        // A star and a colon would be a pattern.
        let from = alias.address.href().replace('*', "%2A").replace(':', "%3A");
        let put = |href: &str| address::with_base(config.base_path(), href).into_owned();
        let _ = writeln!(text, "{} {} 301", put(&from), put(&page.address.href()).replace(':', "%3A"));
    }
    (!text.is_empty()).then(|| Artifact::new("_redirects", Kind::Summary, text))
}

/// The author's text with its last line ended.
pub(super) fn ended(text: &str) -> String {
    let text = text.trim_start_matches('\u{feff}');
    if text.is_empty() || text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Site, text};
    use super::*;
    use crate::input::config::{BaseUrl, LinkStyle};

    fn site() -> Site {
        Site::new().guide("a/ü.md", |front| {
            front.title = Some("A \"<b>\"".into());
            front.aliases = vec!["/old/".into(), "/o*d:.html".into()];
        })
    }

    #[test]
    fn an_alias_is_a_page_that_sends_on() {
        let mut config = site().config;
        let index = site().index();
        let made = pages(&index, &config);
        assert_eq!(made.iter().map(|made| made.path.as_str()).collect::<Vec<_>>(), ["o*d:.html", "old/index.html"]);
        let html = text(&made[1]);
        assert!(html.contains("<meta http-equiv=\"refresh\" content=\"0; url=/a/%C3%BC/\">"), "{html}");
        assert!(html.contains("<link rel=\"canonical\" href=\"https://x.test/a/%C3%BC/\">"), "{html}");
        assert!(html.contains("<a href=\"/a/%C3%BC/\">A &quot;&lt;b&gt;&quot;</a>"), "{html}");
        assert!(html.contains("noindex"));
        config.base_url = BaseUrl::parse("https://x.test/docs/").ok();
        assert!(text(&pages(&index, &config)[1]).contains("url=/docs/a/%C3%BC/"));
        config.links = LinkStyle::Relative;
        assert!(text(&pages(&index, &config)[1]).contains("url=../a/%C3%BC/index.html"));
    }

    #[test]
    fn the_author_s_rules_come_first() {
        let config = site().config;
        let index = site().index();
        let made = rules(&index, &config, Some("/x /y 302")).unwrap();
        assert_eq!(text(&made), "/x /y 302\n/o%2Ad%3A.html /a/%C3%BC/ 301\n/old/ /a/%C3%BC/ 301\n");
        assert!(rules(&Site::new().index(), &config, None).is_none());
    }
}
