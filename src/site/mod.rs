//! All guides: addresses, order, navigation, checks, composed pages, extras.

pub mod aliases;
pub mod artifact;
pub mod assets;
pub mod checks;
pub mod claims;
pub mod compose;
pub mod entry;
pub mod escape;
pub mod extras;
pub mod failure;
pub mod feed;
pub mod headers;
pub mod images;
pub mod index;
pub mod llms;
pub mod lookup;
pub mod markdown_file;
pub mod navigation;
pub mod order;
pub mod outdated;
pub mod permalink;
pub mod publication;
pub mod redirects;
pub mod resolve;
pub mod resource;
pub mod robots;
pub mod rules;
pub mod script;
pub mod search;
pub mod select;
pub mod sitemap;
pub mod static_files;
pub mod survey;
pub mod taxonomy;
#[cfg(test)]
mod testing;
pub mod tree;
pub mod urls;

pub mod view;
pub mod whole;
