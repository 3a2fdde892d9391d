//! `robots.txt`: everybody is welcome, and the sitemap is here.

use super::artifact::{Artifact, Kind};
use super::urls;
use crate::input::config::Config;

/// `robots.txt`.
#[must_use]
pub fn robots(config: &Config) -> Artifact {
    let mut text = "User-agent: *\nDisallow:\n".to_owned();
    if let Some(sitemap) = urls::whole(config, "/sitemap.xml") {
        text.push_str(&format!("\nSitemap: {sitemap}\n"));
    }
    Artifact::new("robots.txt", Kind::Summary, text)
}

/// `.nojekyll`: tells GitHub Pages to publish every file as it is, those that start with `_` too.
#[must_use]
pub fn nojekyll() -> Artifact {
    Artifact::new(".nojekyll", Kind::Summary, Vec::new())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Site, text};
    use super::*;

    #[test]
    fn names_the_sitemap_where_there_is_one() {
        let mut config = Site::new().config;
        assert_eq!(text(&robots(&config)), "User-agent: *\nDisallow:\n\nSitemap: https://x.test/sitemap.xml\n");
        config.base_url = None;
        assert_eq!(text(&robots(&config)), "User-agent: *\nDisallow:\n");
    }
}
