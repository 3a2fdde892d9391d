//! What has to hold of guidegen for every input. A file is a target: its `check` takes any bytes, and panics when a promise
//! is broken.
//!
//! They are called by cargo-fuzz (`fuzz_targets/`), which finds its way by coverage, and by `tests/fuzz/`, which needs no
//! other compiler and runs with all tests. Both begin with `corpus/` and know the words in `dictionaries/`.

pub mod configuration;
pub mod data;
pub mod front_matter;
pub mod guide;
mod html;
mod places;
pub mod requests;
pub mod shortcodes;
pub mod site;
pub mod values;
