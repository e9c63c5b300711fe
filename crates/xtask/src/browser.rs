//! The browser that the HTML report is tried in: Debian's Chromium.

use std::path::PathBuf;
use std::process::Command;

use crate::run::{run, say};

/// Its packages: the browser, and a font, without which a page has no text to measure.
const PACKAGES: [&str; 2] = ["chromium", "fonts-liberation"];

/// The browser. Installed where it is missing and we may; `None` where we may not, with the reason
/// said: its tests are then counted as ignored.
pub(crate) fn chromium() -> Result<Option<PathBuf>, String> {
    if let Some(given) = std::env::var_os("TENKO_TEST_CHROMIUM") {
        return Ok(Some(given.into()));
    }
    if let Some(path) = found("chromium") {
        return Ok(Some(path));
    }
    if !is_root() || found("apt-get").is_none() {
        say(
            "note: the report's tests in a browser are ignored: there is no `chromium`, and it is installed \
             by itself only for root on Debian (or name one in TENKO_TEST_CHROMIUM)",
        );
        return Ok(None);
    }
    let apt = || {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    run(apt().args(["update", "--quiet"]))?;
    run(apt().args(["install", "--quiet", "--yes", "--no-install-recommends"]).args(PACKAGES))?;
    match found("chromium") {
        Some(path) => Ok(Some(path)),
        None => Err("chromium was installed and is not found".to_owned()),
    }
}

/// A program on the search path.
fn found(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|out| out.stdout.trim_ascii() == b"0")
}
