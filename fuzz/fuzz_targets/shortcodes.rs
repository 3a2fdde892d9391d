//! See `guidegen_fuzz::shortcodes`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| guidegen_fuzz::shortcodes::check(data));
