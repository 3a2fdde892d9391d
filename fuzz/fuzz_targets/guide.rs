//! See `guidegen_fuzz::guide`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| guidegen_fuzz::guide::check(data));
