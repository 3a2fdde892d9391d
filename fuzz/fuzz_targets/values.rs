//! See `guidegen_fuzz::values`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| guidegen_fuzz::values::check(data));
