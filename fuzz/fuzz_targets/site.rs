//! See `guidegen_fuzz::site`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| guidegen_fuzz::site::check(data));
