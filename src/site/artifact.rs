//! What a build yields: artifacts, each a path and its bytes, and the bundle of them all.

use super::search::Records;
use crate::base::Diagnostic;
use crate::base::digest::Digest;
use crate::input::date::Date;
use crate::input::files::Content;

/// In which round an artifact is written: what others need comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Named by its content and never changed: style sheets, scripts, images of the theme.
    HashedAsset,
    /// A file that pages may show: images, downloads.
    File,
    /// A page for readers.
    Page,
    /// Speaks of the whole site: sitemap, feeds, redirects, headers.
    Summary,
}

/// One file of the built site.
#[derive(Debug, Clone)]
pub struct Artifact {
    /// Its path below the output folder, with `/` between the parts.
    pub path: String,
    /// Its bytes, or the file to copy.
    pub content: Content,
    /// When it is written.
    pub kind: Kind,
    /// The digest of its bytes; none for a file of the author's that is copied from disk, and where nobody has put the
    /// pieces together.
    pub digest: Option<Digest>,
}

impl Artifact {
    /// An artifact of these bytes.
    #[must_use]
    pub fn new(path: impl Into<String>, kind: Kind, bytes: impl Into<Vec<u8>>) -> Self {
        let bytes: Vec<u8> = bytes.into();
        let digest = Some(Digest::of(&bytes));
        Self { path: path.into(), content: Content::Bytes(bytes.into()), kind, digest }
    }
}

/// The build's facts, which stand in the manifest beside the site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The base URL that the site was built for.
    pub base_url: Option<String>,
    /// How many errors there were.
    pub errors: usize,
    /// How many errors `check` would have found in the same site, where more is one: links that lead nowhere are.
    pub unfit: usize,
    /// How many warnings there were.
    pub warnings: usize,
    /// Whether drafts are in it.
    pub drafts: bool,
    /// Names of the variables whose values were baked in.
    pub baked: Vec<String>,
    /// How many pages there are.
    pub pages: usize,
    /// The digest of everything that went in, in hexadecimal.
    pub sources: String,
}

/// A whole built site, as a value.
#[derive(Debug, Clone, Default)]
pub struct Bundle {
    /// Every file, sorted by path, each path once.
    pub artifacts: Vec<Artifact>,
    /// Every finding, sorted by place, with the severity that the site's policy gives it.
    pub diagnostics: Vec<Diagnostic>,
    /// What the manifest says about the build.
    pub facts: Facts,
    /// What the search index is to be made of; none on a site without a search.
    pub search: Option<Records>,
    /// When the same sources make another site, because a guide appears or expires.
    pub until: Option<Date>,
}
