//! The URLs of pages as they are written out: whole ones, and those that stand in pages.

use super::entry::Page;
use crate::base::address::{self, Address};
use crate::input::config::{Config, LinkStyle};

/// The whole URL of a page, percent-encoded; none on a site without a base URL.
#[must_use]
pub fn permalink(config: &Config, page: &Page) -> Option<String> {
    whole(config, &page.address.href())
}

/// The whole URL of a root-relative one; none on a site without a base URL.
#[must_use]
pub fn whole(config: &Config, href: &str) -> Option<String> {
    let base = config.base_url.as_ref()?;
    Some(format!("{}{}{href}", base.origin, base.path))
}

/// A root-relative URL (without the base path) as it stands in the page at `from`, in the site's style of links.
/// Others stay.
#[must_use]
pub fn written(config: &Config, from: &Address, href: &str) -> String {
    match config.links {
        LinkStyle::Root => address::with_base(config.base_path(), href).into_owned(),
        LinkStyle::Relative => address::relative(from, href),
    }
}
