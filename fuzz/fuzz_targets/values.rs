#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| { let _ = guidegen::input::format::Format::Regex.apply(&String::from_utf8_lossy(data)); });
