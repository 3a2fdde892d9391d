//! One guide: shortcodes expanded, Markdown rendered, headings, links, code.

pub mod code_block;
pub mod context;
pub mod fence;
pub mod highlight;
pub mod html;
pub mod language;
pub mod origin;
pub mod slot;
pub mod token;
