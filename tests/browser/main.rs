//! The reader's values in Chromium: what issue by issue was promised to readers, hostile values, storage that fails.
//!
//! The tests need Chromium (see [`chromium`]) and, for accessibility, axe-core; `.ci/test` gets both. Nothing is skipped in
//! silence: what is missing fails, unless `GUIDEGEN_BROWSER=off` says that it is to be left out.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so when it fails")]

mod chromium;
#[path = "../golden/mod.rs"]
mod golden;
mod sample;
mod server;

mod accessibility;
mod blocks;
mod dialog;
mod hostile;
mod many;
mod places;
mod reading;
mod real_site;
mod reload;
mod room;
mod search;
mod search_keys;
mod secrets;
mod sharing;
mod storage;
mod theme;
mod vectors;
mod writing;
