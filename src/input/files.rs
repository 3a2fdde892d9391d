//! The files of a site as the build receives them: names and contents, without a disk behind them.

use super::image::ImageSize;
use std::path::PathBuf;
use std::sync::Arc;

/// What is in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Its bytes, in memory.
    Bytes(Arc<[u8]>),
    /// It is left on disk and copied as it is: an image, an archive.
    OnDisk {
        /// Where it stands, absolute.
        path: PathBuf,
        /// Its length in bytes.
        len: u64,
        /// Its size, when it is an image that tells of one.
        image: Option<ImageSize>,
    },
}

/// One file, named relative to the folder that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its path below its folder (`content/`, `static/`, …), with `/` between the parts.
    pub path: String,
    /// What is in it.
    pub content: Content,
}

/// Everything that a site is made of. Each list is sorted by path.
#[derive(Debug, Clone, Default)]
pub struct SiteFiles {
    /// The configuration's file name and bytes, when there is one.
    pub config: Option<File>,
    /// `content/`: guides and what stands beside them.
    pub content: Vec<File>,
    /// `data/`.
    pub data: Vec<File>,
    /// `templates/`.
    pub templates: Vec<File>,
    /// `static/`.
    pub statics: Vec<File>,
    /// `schemas/`.
    pub schemas: Vec<File>,
}
