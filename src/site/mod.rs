//! All guides: addresses, order, navigation, checks, composed pages, extras.
