//! guidegen: integration guides in, a site out.
//!
//! # The pipeline on one page
//!
//! ```text
//! files ──────────► input::guide::Guide        parallel over files; every file read at the edge before
//!   all guides ───► site::index::SiteIndex     addresses, order, redirects: the barrier
//!   one guide ────► page::rendered::Rendered   parallel: shortcodes expanded, Markdown, code, links, slots filled
//!   one page ─────► site::compose              parallel: the rendered guide in its template
//!   its files ────► engine::Shelf              on their way into the output folder while others are made
//!   all pages ────► checks, extras             links and anchors; sitemap, feeds, redirects, Markdown versions
//!              ───► site::artifact::Bundle     the site as a value: written by `build`, shown by others
//! ```
//!
//! A stage is a type: a [`Guide`](input::guide::Guide) has no HTML, a [`Rendered`](page::rendered::Rendered) has no
//! template around it, an [`Artifact`](site::artifact::Artifact) is bytes. Nothing is filled in place, and every stage
//! yields what it can together with its [`Diagnostic`](base::Diagnostic)s: bad input never ends a build.
//!
//! A page goes through its stages by itself ([`engine::build_onto`]), and its bytes leave memory before the next one comes:
//! what stays are links, ids, findings and digests. [`engine::Session`], which serves, keeps everything instead, and puts
//! an edited page in the place of what it was.
//!
//! # The house
//!
//! A module imports from itself and from those above it in this list; `tests/architecture.rs` reads the imports.
//!
//! | module | owns |
//! |---|---|
//! | [`base`] | the words that all speak: sources and spans, diagnostics, addresses, digests |
//! | [`input`] | text to typed values: configuration, front matter, shortcodes, variables, templates, data |
//! | [`page`] | one guide: expansion, Markdown, headings, links, highlighting. What it asks of the site is [`page::world::World`] |
//! | [`site`] | all guides: index, navigation, composed pages, checks, everything beside pages |
//! | [`engine`] | the order of all that, in parallel: [`engine::build`] is a pure function of its inputs |
//! | [`edge`] | the only place with a disk, a clock, an environment, git, a terminal |
//! | [`cli`] | one file a command |
//!
//! # Slots
//!
//! Shortcode output and variables travel through Markdown as single private-use characters ([`page::slot`]), which
//! Markdown takes for letters. They are filled last, each in the escaping of its place. Places in expanded text are
//! traced back to the author's own line ([`page::origin`]).
#![forbid(unsafe_code)]

pub mod base;
pub mod cli;
pub mod edge;
pub mod engine;
pub mod input;
pub mod page;
pub mod site;
