//! One guide: shortcodes expanded, Markdown rendered, headings, links, code.

mod attributes;
pub mod authored;
pub mod code_block;
mod code_body;
pub mod context;
pub mod expand;
pub mod fence;
pub mod file_tree;
pub mod functions;
mod grammar;
pub mod highlight;
pub mod html;
pub mod images;
mod known;
pub mod language;
mod line_grammar;
mod line_reader;
pub mod markdown;
pub mod matrix;
mod memo;
pub mod native;
pub mod origin;
#[cfg(test)]
mod properties;
pub mod read;
pub mod reference;
pub mod rendered;
pub mod scope;
mod session;
pub mod slot;
pub mod srcset;
pub mod svg;
#[cfg(test)]
pub mod testing;
pub mod token;
mod variable_use;
pub mod watch;
pub mod world;
mod yaml_shape;
