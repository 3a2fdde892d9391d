//! Tells cargo to compile again when the built-in theme changes: it is embedded from these folders.

fn main() {
    println!("cargo::rerun-if-changed=templates");
    println!("cargo::rerun-if-changed=static");
    println!("cargo::rerun-if-changed=data/strings");
    println!("cargo::rerun-if-changed=build.rs");
}
