//! Files that the commands read and write: manifests, snapshots, the redaction key.

use std::io::Write;
use std::path::{Path, PathBuf};

use tenko::declare::{Manifest, ManifestErrors, ManifestFile};
use tenko::model::{Catalog, Redactor, Snapshot};
use tenko::store::{History, SnapshotFile, StoreError};

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
    let unusable =
        |errors: ManifestErrors| Failure::new("the manifest cannot be used").details(errors);
    let manifest = tenko::declare::load(&files, catalog).map_err(unusable)?;
    tenko::check_rules(&manifest).map_err(unusable)?;
    Ok(Some(manifest))
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
    let kept = match out {
        Some(path) => tenko::store::write(path, snapshot).map(|()| path.to_owned()),
        None => {
            make_state()?;
            history().save(snapshot)
        }
    };
    kept.map_err(|error| Failure::new("failed to keep the snapshot").because(error))
}

/// Tries whether a file can be written: before the work that it is to hold, not after it.
pub(crate) fn check_writable(path: &Path) -> Result<(), Failure> {
    let fail = || Failure::new(format!("failed to write {}", path.display()));
    if path.is_dir() {
        return Err(fail().because("it is a folder"));
    }
    tempfile::NamedTempFile::new_in(folder_of(path))
        .map(drop)
        .map_err(|error| fail().because(reason(&error)))
}

/// Without the name of the temporary file, which nobody asked for.
fn reason(error: &std::io::Error) -> std::io::Error {
    match error.kind() {
        // A kind that says nothing.
        std::io::ErrorKind::Other => std::io::Error::other(error.to_string()),
        kind => kind.into(),
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes the folder for what tenko keeps. Nothing in it belongs into a repository, the key least.
pub(crate) fn make_state() -> Result<(), Failure> {
    let make = || {
        std::fs::create_dir_all(STATE)?;
        let ignore = Path::new(STATE).join(".gitignore");
        if ignore.exists() { Ok(()) } else { std::fs::write(ignore, "*\n") }
    };
    make().map_err(|error| {
        Failure::new(format!("failed to make the folder {STATE}")).because(error).hint(
            "tenko keeps its snapshots and its redaction key there; run it where it may write",
        )
    })
}

/// The id of the last run that was kept. A history that cannot be read has none: what matters
/// is said when a snapshot is saved there.
pub(crate) fn last_run() -> Option<String> {
    // By its name: listing would open every snapshot that was ever kept.
    let newest = history().find("latest").ok()?;
    let name = newest.file_name()?.to_str()?;
    name.strip_suffix(tenko::store::EXTENSION).map(str::to_owned)
}

/// Writes a text file whole or not at all.
pub(crate) fn write_text(path: &Path, text: &str) -> Result<(), Failure> {
    write_whole(path, |file| file.write_all(text.as_bytes()))
}

/// Writes a file whole or not at all.
pub(crate) fn write_whole(
    path: &Path,
    content: impl FnOnce(&mut std::fs::File) -> std::io::Result<()>,
) -> Result<(), Failure> {
    let write = || {
        let mut builder = tempfile::Builder::new();
        // A temporary file is for its owner alone; a manifest is as open as any other file.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let mut file = builder.tempfile_in(folder_of(path))?;
        content(file.as_file_mut())?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)
    };
    write().map(drop).map_err(|error| {
        Failure::new(format!("failed to write {}", path.display())).because(reason(&error))
    })
}

/// A snapshot by file name, run id or the word `latest`.
pub(crate) fn snapshot(name: &str) -> Result<Snapshot, Failure> {
    find(name).and_then(|path| tenko::store::read(&path)).map_err(unreadable)
}

/// The same, of which only the parts are read that are needed.
pub(crate) fn open(name: &str) -> Result<SnapshotFile, Failure> {
    find(name).and_then(|path| SnapshotFile::open(&path)).map_err(unreadable)
}

fn find(name: &str) -> Result<PathBuf, StoreError> {
    let file = Path::new(name);
    if file.is_file() { Ok(file.to_owned()) } else { history().find(name) }
}

/// Why a snapshot cannot be used, and what to do.
pub(crate) fn unreadable(error: StoreError) -> Failure {
    let failure = Failure::new("failed to read the snapshot");
    let failure = match &error {
        StoreError::NotFound { .. } => failure.hint(known_runs()),
        StoreError::Newer { .. } => failure.hint("read it with the tenko that wrote it"),
        StoreError::Older { .. } => {
            failure.hint("read it with the tenko that wrote it; `tenko collect` makes a new one")
        }
        StoreError::Io { .. } | StoreError::Ambiguous { .. } => failure,
        _ => failure.hint("`tenko collect` makes a new one"),
    };
    failure.because(error)
}

/// What could have been meant by a name that names nothing.
fn known_runs() -> String {
    let runs = history().list().unwrap_or_default();
    let ids: Vec<_> = runs.iter().take(3).map(|run| run.id.as_str()).collect();
    match ids.as_slice() {
        [] => "none is kept here yet: `tenko collect` makes one".to_owned(),
        ids => format!("the last ones are {}", ids.join(", ")),
    }
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
        Failure::new(format!("failed to {what} {}", path.display()))
            .because(error)
            .hint("TENKO_REDACTION_KEY (64 hexadecimal digits) replaces the file")
    };
    let text = match std::fs::read_to_string(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            make_state()?;
            write_key(&path).map_err(|error| fail("write", error))?;
            std::fs::read_to_string(&path)
        }
        other => other,
    };
    let text = text.map_err(|error| fail("read", error))?;
    parse_key(text.trim()).map(Redactor::new).ok_or_else(|| {
        Failure::new(format!("{} does not hold 64 hexadecimal digits", path.display()))
            .hint("delete it to get a new key; redacted values then look changed once")
    })
}

pub(crate) fn parse_key(text: &str) -> Option<[u8; 32]> {
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

/// Writes a new key, whole and for its owner alone. Another run may have done so meanwhile: then
/// that one's stays.
fn write_key(path: &Path) -> std::io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(folder_of(path))?;
    file.write_all(hex(&random_key()).as_bytes())?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        other => other.map(drop).map_err(|error| error.error),
    }
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
