//! Where the files of a build wait until all of them are made: in memory, or wherever whoever builds puts them.

use crate::site::artifact::{Artifact, Kind};

/// Takes files as they are made, so that their bytes need not stay in memory.
pub trait Shelf: Sync {
    /// Takes a file. What comes back is the same file with the same digest; its bytes may wait elsewhere. A shelf that
    /// fails gives back what it was given, and tells of it when all is done.
    fn put(&self, artifact: Artifact) -> Artifact;

    /// The text of a file that was put; none when it cannot be read any more.
    fn text(&self, artifact: &Artifact) -> Option<String>;

    /// Begins a file that is written piece by piece.
    fn roll(&self, path: &str, kind: Kind) -> Box<dyn Roll + '_>;
}

/// A file that is written piece by piece.
pub trait Roll: Send {
    /// Appends to it.
    fn push(&mut self, text: &str);

    /// The file, as [`Shelf::put`] gives it back.
    fn finish(self: Box<Self>) -> Artifact;
}

/// Keeps everything in memory.
#[derive(Debug, Clone, Copy)]
pub struct Memory;

impl Shelf for Memory {
    fn put(&self, artifact: Artifact) -> Artifact {
        artifact
    }

    fn text(&self, artifact: &Artifact) -> Option<String> {
        artifact.content.text().map(str::to_owned)
    }

    fn roll(&self, path: &str, kind: Kind) -> Box<dyn Roll + '_> {
        Box::new(Text { path: path.to_owned(), kind, text: String::new() })
    }
}

struct Text {
    path: String,
    kind: Kind,
    text: String,
}

impl Roll for Text {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn finish(self: Box<Self>) -> Artifact {
        Artifact::new(self.path, self.kind, self.text)
    }
}
