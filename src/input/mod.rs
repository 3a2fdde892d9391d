//! Text to typed values: configuration, front matter, shortcodes, variables, templates.

pub mod files;
pub mod front_matter;
pub mod guide;
