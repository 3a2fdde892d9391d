//! Addresses: where a page or a file stands on the site.
