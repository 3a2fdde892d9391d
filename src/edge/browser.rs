//! Opens an address in the user's browser.

use std::process::{Command, Stdio};

/// Opens `address`, which is ours; does not wait for the browser.
///
/// # Errors
/// When the program that opens addresses is not there.
pub fn open(address: &str) -> Result<(), String> {
    let mut command = opener();
    let child = command.arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let mut child = child.map_err(|error| super::disk::said(&error))?;
    // Somebody has to ask how it ended, so that the system can forget it.
    let _ = std::thread::Builder::new().name("browser".to_owned()).spawn(move || child.wait());
    Ok(())
}

fn opener() -> Command {
    if cfg!(target_os = "windows") {
        let mut command = Command::new("rundll32");
        command.arg("url.dll,FileProtocolHandler");
        command
    } else if cfg!(target_os = "macos") {
        Command::new("open")
    } else {
        Command::new("xdg-open")
    }
}
