//! See `guidegen_fuzz::data`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| guidegen_fuzz::data::check(data));
