//! See `guidegen_fuzz::requests`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| guidegen_fuzz::requests::check(data));
