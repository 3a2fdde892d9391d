//! `guidegen schema`: JSON Schemas of what authors write, on standard output.

use super::Status;
use super::args::SchemaOf;
use crate::edge::terminal;
use crate::input::schema;

/// Prints a schema.
pub(super) fn run(what: SchemaOf) -> Status {
    let schema = match what {
        SchemaOf::Config => schema::config(),
        SchemaOf::Guide => schema::guide(),
    };
    terminal::print(&format!("{schema:#}\n"));
    Status::Done
}
