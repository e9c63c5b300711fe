//! The Python environment that the emulator runs in.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::run;

/// The interpreter of a virtual environment below `target/` that has what
/// `tests/requirements.txt` pins. Made anew when that file changes.
pub(crate) fn environment() -> Result<PathBuf, String> {
    let requirements = Path::new("tests/requirements.txt");
    let wanted = std::fs::read_to_string(requirements)
        .map_err(|error| format!("failed to read {}: {error}", requirements.display()))?;
    let dir = std::env::current_dir()
        .map_err(|error| format!("failed to find the current directory: {error}"))?
        .join("target/python");
    let (python, stamp) = (dir.join("bin/python"), dir.join("requirements.txt"));
    if std::fs::read_to_string(&stamp).is_ok_and(|have| have == wanted) {
        return Ok(python);
    }
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&dir))?;
    run(Command::new(&python)
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"])
        .arg(requirements))?;
    // Written last: an installation that was cut off is done again.
    std::fs::write(&stamp, wanted)
        .map_err(|error| format!("failed to write {}: {error}", stamp.display()))?;
    Ok(python)
}
