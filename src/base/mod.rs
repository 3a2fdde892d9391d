//! The words that every part speaks: sources and spans, diagnostics, addresses, digests, reserved characters.
//!
//! This module imports nothing of the crate.

pub mod address;
pub mod diagnostic;
pub mod digest;
pub mod reserved;
pub mod source;

pub use diagnostic::{Code, Diagnostic, Related, Severity};
pub use source::{Place, Range, Source, Span, Spanned};
