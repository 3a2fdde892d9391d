//! guidegen: integration guides in, a site out.
#![forbid(unsafe_code)]

pub mod base;
pub mod cli;
pub mod edge;
pub mod engine;
pub mod input;
pub mod page;
pub mod site;
