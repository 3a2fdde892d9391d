//! What has to hold for every input (`fuzz/src/`), tried with every kept input (`fuzz/corpus/`) and with mutations of them.
//!
//! By themselves these are few, and the same each time. More of them, or others:
//!
//! ```sh
//! GUIDEGEN_FUZZ_SECONDS=600 cargo test --test fuzz guide -- --nocapture
//! GUIDEGEN_FUZZ_SEED=7 cargo test --test fuzz
//! ```
//!
//! An input that breaks a promise is made small and written below `target/`; it belongs into `fuzz/corpus/TARGET/`, under a name
//! that says what it shows. With a nightly compiler and cargo-fuzz, `cargo +nightly fuzz run TARGET` tries the same functions
//! led by what each input reaches.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so when it fails")]

#[path = "../../benches/generate/chance.rs"]
mod chance;
mod driver;
mod mutation;
#[path = "../../fuzz/src/lib.rs"]
mod targets;

use targets::requests;

#[test]
fn shortcodes() {
    driver::run("shortcodes", targets::shortcodes::check, 2_000);
}

#[test]
fn front_matter() {
    driver::run("front_matter", targets::front_matter::check, 2_000);
}

#[test]
fn configuration() {
    driver::run("configuration", targets::configuration::check, 600);
}

#[test]
fn data() {
    driver::run("data", targets::data::check, 1_500);
}

#[test]
fn guide() {
    driver::run("guide", targets::guide::check, 100);
}

#[test]
fn site() {
    driver::run("site", targets::site::check, 25);
}

#[test]
fn requests() {
    driver::run("requests", targets::requests::check, 3_000);
}

#[test]
fn values() {
    driver::run("values", targets::values::check, 300);
}

/// The properties of answers say nothing when nothing is answered: these are.
#[test]
fn what_is_asked_rightly_is_answered() {
    for piece in [0, 1, 7] {
        let asked =
            b"GET /docs/ HTTP/1.1\r\nHost: localhost\r\n\r\nHEAD /docs/file.txt HTTP/1.1\r\nHost: localhost\r\n\r\n\
            GET /docs/file.txt HTTP/1.1\r\nHost: localhost\r\nRange: bytes=2-4\r\n\r\n\
            GET /docs/../x HTTP/1.1\r\nHost: localhost\r\n\r\n";
        let answers = requests::responses(&requests::converse(asked, piece));
        let said: Vec<(u16, &[u8])> = answers.iter().map(|answer| (answer.status, &answer.body[..])).collect();
        assert!(matches!(said[..], [(200, _), (200, b""), (206, b"234"), (400, _)]), "{answers:?}");
        assert!(answers[0].body.ends_with(b"<p>home</p>"), "{answers:?}");
    }
}
