//! What is built, in which order, and in parallel.
