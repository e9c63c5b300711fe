//! The file beside a log that counts its lines: it shows what a chain cannot, that the end was cut off.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::line::Link;
use super::walk::Head;

/// It takes about 90 bytes.
const MOST_BYTES: u64 = 4096;

fn beside(log: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(log);
    name.push(ending);
    name.into()
}

/// What it says. Only read under the log's lock: it is written after the line that it counts.
pub(super) fn read(log: &Path) -> Head {
    let content = crate::cache::read_regular(&beside(log, ".head"), MOST_BYTES);
    match content.ok().and_then(|bytes| serde_json::from_slice::<Link>(&bytes).ok()) {
        Some(link) => Head::Counts(link),
        None => Head::None,
    }
}

/// Written whole or not at all. Under the log's lock, so one name for the temporary file is enough, and a process that
/// dies leaves one behind at most.
pub(super) fn write(log: &Path, link: &Link) -> io::Result<()> {
    let (temporary, path) = (beside(log, ".head.tmp"), beside(log, ".head"));
    match fs::remove_file(&temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&temporary)?;
    let mut text = serde_json::to_vec(link)?;
    text.push(b'\n');
    file.write_all(&text)?;
    file.sync_all()?;
    fs::rename(&temporary, &path)?;
    // Else it could count less than the log has, after a power cut, by more than the one line that is allowed for.
    #[cfg(unix)]
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}
