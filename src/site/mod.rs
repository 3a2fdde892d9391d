//! All guides: addresses, order, navigation, checks, composed pages, extras.

pub mod aliases;
pub mod artifact;
pub mod claims;
pub mod entry;
pub mod index;
pub mod lookup;
pub mod order;
pub mod permalink;
pub mod resolve;
pub mod resource;
pub mod select;
pub mod survey;
pub mod taxonomy;
#[cfg(test)]
mod testing;
