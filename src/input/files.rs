//! The files of a site as the build receives them: names and contents, without a disk behind them.

use super::guide::is_guide;
use super::image::ImageSize;
use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;

/// What is in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Its bytes, in memory.
    Bytes(Arc<[u8]>),
    /// Those of a guide that is text, which its [`Source`](crate::base::Source) shares.
    Text(Arc<str>),
    /// Its bytes, in pieces: a text that is put together from those of many pages, each of which is kept anyway.
    Pieces(Arc<[Arc<str>]>),
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

impl Content {
    /// The content of the file `path` of `content/`, read into memory: one content has one form.
    #[must_use]
    pub fn of(path: &str, bytes: Vec<u8>) -> Self {
        if !is_guide(path) {
            return Self::Bytes(bytes.into());
        }
        match String::from_utf8(bytes) {
            Ok(text) => Self::Text(text.into()),
            Err(error) => Self::Bytes(error.into_bytes().into()),
        }
    }

    /// The bytes that are in memory in one piece.
    #[must_use]
    pub fn whole(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            Self::Text(text) => Some(text.as_bytes()),
            Self::Pieces(_) | Self::OnDisk { .. } => None,
        }
    }

    /// The bytes that are in memory; none of a file on disk.
    #[must_use]
    pub fn bytes(&self) -> Option<Cow<'_, [u8]>> {
        match self {
            Self::Pieces(pieces) => Some(Cow::Owned(pieces.concat().into_bytes())),
            _ => self.whole().map(Cow::Borrowed),
        }
    }

    /// Those, when they are text.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(self.whole()?).ok()
    }
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

impl SiteFiles {
    /// The folders of a site, each with its name and what is in it.
    #[must_use]
    pub fn folders(&self) -> [(&'static str, &[File]); 5] {
        [
            ("content", &self.content),
            ("data", &self.data),
            ("templates", &self.templates),
            ("static", &self.statics),
            ("schemas", &self.schemas),
        ]
    }
}
