//! All guides: addresses, order, navigation, checks, composed pages, extras.

pub mod artifact;
pub mod entry;
pub mod index;
pub mod resolve;
