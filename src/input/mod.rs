//! Text to typed values: configuration, front matter, shortcodes, variables, templates.

pub mod archetype;
pub mod config;
pub mod data;
pub mod date;
mod fields;
pub mod files;
pub mod format;
pub mod front_matter;
pub mod guide;
pub mod image;
pub mod schema;
pub mod shortcode;
pub mod spelling;
pub mod strings;
pub mod templates;
pub mod tested;
pub mod theme;
pub mod variable;
pub mod yaml;
