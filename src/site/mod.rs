//! All guides: addresses, order, navigation, checks, composed pages, extras.

pub mod artifact;
