//! Publishing as data: what stands at a target ([`ledger`]), what has to be done there and in which order ([`plan`]),
//! what must not go out ([`fitness`]), and what hosts make of their own files ([`hosts`], [`nginx`]). No target, disk or
//! network is known here.

pub mod fitness;
pub mod hosts;
pub mod ledger;
pub mod nginx;
pub mod plan;

use super::artifact::Kind;
use crate::base::digest::Digest;

/// The file at the root of a branch that says under which name a host serves it.
pub const NAME_FILE: &str = "CNAME";

/// The folder of a branch that GitHub Pages serves where it does not serve the branch's root.
pub const PAGES_FOLDER: &str = "docs";

/// The host of an address.
#[must_use]
pub fn host_of(base_url: &str) -> Option<String> {
    url::Url::parse(base_url).ok()?.host_str().map(str::to_owned)
}

/// In which round an object goes up, and how long it may be kept by browsers. What others need comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Its name changes with its content.
    Hashed,
    /// A file that pages show or offer.
    File,
    /// A page.
    Page,
    /// Speaks of the whole site: sitemap, feeds, redirects, headers.
    Summary,
    /// The home page and the page for what is not found: the last to change.
    Front,
}

impl Class {
    /// All of them, in their order.
    pub const ALL: [Self; 5] = [Self::Hashed, Self::File, Self::Page, Self::Summary, Self::Front];

    /// The class of the artifact of this kind at `path`.
    #[must_use]
    pub fn of(kind: Kind, path: &str) -> Self {
        match kind {
            _ if matches!(path, "index.html" | "404.html") => Self::Front,
            Kind::HashedAsset => Self::Hashed,
            Kind::File => Self::File,
            Kind::Page => Self::Page,
            Kind::Summary => Self::Summary,
        }
    }

    /// The name that the ledger has for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hashed => "hashed",
            Self::File => "file",
            Self::Page => "page",
            Self::Summary => "summary",
            Self::Front => "front",
        }
    }

    /// `Cache-Control`: a name that changes with its content can be kept for good. Everything else is asked for again,
    /// which costs a few bytes when it is unchanged: an image that is a day older than its page is a wrong page.
    #[must_use]
    pub const fn cache(self) -> &'static str {
        match self {
            Self::Hashed => "public, max-age=31536000, immutable",
            _ => "no-cache",
        }
    }
}

/// What there is to know of an object without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// The digest of its bytes; none when it is not known whether they arrived.
    pub digest: Option<Digest>,
    /// When it goes up.
    pub class: Class,
    /// Its content type.
    pub media: String,
    /// Its `Cache-Control`.
    pub cache: String,
    /// How many bytes it has; none where nobody knows before it is made.
    pub bytes: Option<u64>,
    /// For how many releases it has not been part of the site any more; 0 for what is.
    pub retired: u32,
}

impl Object {
    /// An object of the site.
    #[must_use]
    pub fn new(digest: Digest, class: Class, media: &str, bytes: u64) -> Self {
        let (media, cache) = (media.to_owned(), class.cache().to_owned());
        Self { digest: Some(digest), class, media, cache, bytes: Some(bytes), retired: 0 }
    }
}
