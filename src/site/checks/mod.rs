//! What is checked of a site that is rendered: whether what it says is true (DESIGN 2.9).

pub mod links;
