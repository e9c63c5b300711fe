//! Files that the commands read and write: manifests, snapshots, the redaction key.

use std::io::Write;
use std::path::{Path, PathBuf};

use tenko::declare::{Manifest, ManifestFile};
use tenko::model::{Catalog, Redactor, Snapshot};
use tenko::store::History;

use crate::failure::Failure;

/// Names that a manifest has when none is given.
const MANIFESTS: [&str; 4] = ["tenants.yaml", "tenants.yml", "tenants.json", "tenants.toml"];

/// The folder for what tenko keeps beside the manifest.
const STATE: &str = ".tenko";

/// The manifest files to use; none when none is given and none is in this folder.
pub(crate) fn manifest_paths(given: &[PathBuf]) -> Vec<PathBuf> {
    if given.is_empty() {
        MANIFESTS.iter().map(PathBuf::from).filter(|path| path.is_file()).take(1).collect()
    } else {
        given.to_vec()
    }
}

/// Reads and checks the manifest, if there is one.
pub(crate) fn manifest(given: &[PathBuf], catalog: &Catalog) -> Result<Option<Manifest>, Failure> {
    let mut files = Vec::new();
    for path in manifest_paths(given) {
        let bytes = std::fs::read(&path).map_err(|error| {
            Failure::new(format!("failed to read {}", path.display())).because(error)
        })?;
        files.push((path.display().to_string(), bytes));
    }
    if files.is_empty() {
        return Ok(None);
    }
    let files: Vec<_> = files.iter().map(|(name, bytes)| ManifestFile { name, bytes }).collect();
    tenko::declare::load(&files, catalog)
        .map(Some)
        .map_err(|errors| Failure::new(format!("the manifest cannot be used\n{errors}")))
}

/// The manifest, where the command needs one.
pub(crate) fn needed_manifest(given: &[PathBuf], catalog: &Catalog) -> Result<Manifest, Failure> {
    manifest(given, catalog)?.ok_or_else(|| {
        Failure::new(format!(
            "there is no manifest: none of {} is in this folder",
            MANIFESTS.join(", ")
        ))
        .hint("`tenko init` writes a first one; -f FILE names one elsewhere")
    })
}

/// Snapshots kept beside the manifest.
pub(crate) fn history() -> History {
    History::new(Path::new(STATE).join("snapshots"))
}

/// Keeps a snapshot: in the file that was named, else in the history.
pub(crate) fn save(snapshot: &Snapshot, out: Option<&Path>) -> Result<PathBuf, Failure> {
    match out {
        Some(path) => tenko::store::write(path, snapshot).map(|()| path.to_owned()),
        None => history().save(snapshot),
    }
    .map_err(|error| Failure::new("failed to keep the snapshot").because(error))
}

/// The id of the last run that was kept. A history that cannot be read has none: what matters
/// is said when a snapshot is saved there.
pub(crate) fn last_run() -> Option<String> {
    Some(history().list().ok()?.into_iter().next()?.id)
}

/// Writes a text file whole or not at all.
pub(crate) fn write_text(path: &Path, text: &str) -> Result<(), Failure> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let write = || {
        let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)
    };
    write()
        .map(drop)
        .map_err(|error| Failure::new(format!("failed to write {}", path.display())).because(error))
}

/// A snapshot by file name, run id or the word `latest`.
pub(crate) fn snapshot(name: &str) -> Result<Snapshot, Failure> {
    let found = if Path::new(name).is_file() {
        tenko::store::read(Path::new(name))
    } else {
        history().get(name)
    };
    found.map_err(|error| {
        Failure::new(format!("failed to read the snapshot `{name}`"))
            .because(error)
            .hint("`tenko collect` makes one")
    })
}

/// The key that sensitive values are redacted with: made at random once and kept, so that two
/// runs give the same stand-in for the same value. TENKO_REDACTION_KEY (64 hexadecimal digits)
/// wins, for runs on machines that keep nothing.
pub(crate) fn redactor() -> Result<Redactor, Failure> {
    if let Some(text) = std::env::var_os("TENKO_REDACTION_KEY") {
        return text
            .to_str()
            .and_then(parse_key)
            .map(Redactor::new)
            .ok_or_else(|| Failure::new("TENKO_REDACTION_KEY must be 64 hexadecimal digits"));
    }
    let path = Path::new(STATE).join("redaction.key");
    let fail = |what: &str, error: std::io::Error| {
        Failure::new(format!("failed to {what} {}", path.display())).because(error)
    };
    match std::fs::read_to_string(&path) {
        Ok(text) => parse_key(text.trim()).map(Redactor::new).ok_or_else(|| {
            Failure::new(format!("{} does not hold 64 hexadecimal digits", path.display()))
                .hint("delete it to get a new key; redacted values then look changed once")
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let key = random_key();
            std::fs::create_dir_all(STATE).map_err(|error| fail("make the folder of", error))?;
            write_new(&path, &hex(&key)).map_err(|error| fail("write", error))?;
            Ok(Redactor::new(key))
        }
        Err(error) => Err(fail("read", error)),
    }
}

fn parse_key(text: &str) -> Option<[u8; 32]> {
    let mut key = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (i, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * i..2 * i + 2)?, 16).ok()?;
    }
    Some(key)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A file that only its owner may read, and that must not be there yet.
fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}

/// A random key for a run that keeps nothing, such as the demo.
pub(crate) fn random_key() -> [u8; 32] {
    rand::random()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_64_hexadecimal_digits() {
        let key = random_key();
        assert_eq!(parse_key(&hex(&key)), Some(key));
        for bad in ["", "00", &"g".repeat(64), &"é".repeat(32), &"0".repeat(65)] {
            assert_eq!(parse_key(bad), None, "{bad}");
        }
    }
}
