//! Where the author's own rules (`static/_redirects`) send the readers of a link, followed to the end of the chain.

use crate::base::address::{self, Address, Parts};
use crate::site::entry::PageId;
use crate::site::resolve::Destination;
use crate::site::rules::Rules;
use crate::site::whole::Site;

/// Browsers give up after about as many.
const MOST: usize = 20;

/// Where a chain of redirects ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// At a page, with the query and fragment that the last rule names.
    Page(PageId, String),
    /// At a file, at another site, or where nobody here knows what answers.
    Elsewhere,
    /// Where nothing is.
    Nowhere(String),
    /// Nowhere, ever.
    Circle,
}

impl End {
    /// Whether a reader gets nothing.
    #[must_use]
    pub const fn is_nowhere(&self) -> bool {
        matches!(self, Self::Nowhere(_) | Self::Circle)
    }
}

/// Follows the rules from `path`, which is below the site and decoded. None when no rule speaks of it.
#[must_use]
pub fn follow(site: &Site, rules: &Rules, path: &str) -> Option<End> {
    // Whoever wrote the rules wrote them as the host sees them, with the base path.
    let mut from = format!("{}/{path}", site.base_path());
    if rules.rewrites(&from) {
        return Some(End::Elsewhere);
    }
    let mut to = rules.redirect(&from)?.to;
    for _ in 0..MOST {
        if address::is_external(&to) {
            return Some(End::Elsewhere);
        }
        let own = address::without_base(site.base_path(), &to);
        let parts = Parts::of(own.unwrap_or(&to));
        let found = own.map(|_| site.index.leads_to(&Address::root(), &parts));
        match found {
            Some(Destination::Page { id, .. }) => return Some(End::Page(id, parts.tail())),
            Some(Destination::Alias(alias)) => {
                let alias = site.index.aliases.get(alias)?;
                return Some(End::Page(alias.page, parts.tail()));
            }
            Some(Destination::Broken { .. }) | None => {}
            Some(_) => return Some(End::Elsewhere),
        }
        from = address::decode(Parts::of(&to).path).into_owned();
        if rules.rewrites(&from) {
            return Some(End::Elsewhere);
        }
        match rules.redirect(&from) {
            Some(next) => to = next.to,
            // Outside of the base path is another site's.
            None if own.is_none() => return Some(End::Elsewhere),
            None => return Some(End::Nowhere(to)),
        }
    }
    Some(End::Circle)
}
