//! Typed values out of a YAML document: each of the wrong type a diagnostic at its place.
