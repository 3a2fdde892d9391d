//! The front matter of a guide (DESIGN 2.4): typed values, each wrong one a diagnostic at its place.

/// The front matter (to be written).
#[derive(Debug, Clone, Default)]
pub struct FrontMatter {}
