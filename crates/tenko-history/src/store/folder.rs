//! A history in a folder. Files get their names when they are on the disk: a process or a machine that
//! stops leaves a temporary file behind, and never half of a report.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use tempfile::NamedTempFile;

use super::Refusal;

const TEMPORARY: &str = ".tenko-";

/// What a process left behind that long ago, no process writes any more.
const STALE: Duration = Duration::from_secs(24 * 60 * 60);

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::NotFound,
            io::ErrorKind::AlreadyExists => Self::Exists,
            _ => Self::Other(error.into()),
        }
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => Err(Refusal::Other(error.into())),
    }
}

pub(super) async fn create(path: PathBuf, bytes: Bytes) -> Result<(), Refusal> {
    blocking(move || {
        let Some(folder) = path.parent() else { return Err(Refusal::NotFound) };
        make(folder).map_err(|error| Refusal::Other(error.into()))?;
        let written = (|| {
            let mut file = temporary(folder)?;
            file.write_all(&bytes)?;
            file.as_file().sync_all()?;
            Ok(file)
        })();
        // It is not the file itself that is not there, or that is there already.
        let file = written.map_err(|error: io::Error| Refusal::Other(error.into()))?;
        file.persist_noclobber(&path).map_err(|error| Refusal::from(error.error))?;
        sync(folder).map_err(|error| Refusal::Other(error.into()))
    })
    .await
}

/// Makes a file and takes it away again: in the folder, or where the folder would be made.
pub(super) async fn try_writing(folder: PathBuf) -> Result<(), Refusal> {
    blocking(move || {
        // A link that leads nowhere is there, and no folder can be made in its place.
        let is_there = |place: &&Path| place.symlink_metadata().is_ok();
        let place = folder.ancestors().find(is_there).unwrap_or(Path::new("."));
        let written = temporary(place).and_then(|mut file| {
            file.write_all(b"\n")?;
            file.close()
        });
        written.map_err(|error| Refusal::Other(error.into()))
    })
    .await
}

/// A new file that only the owner may read: that is what temporary files are made with.
fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(TEMPORARY).suffix(".tmp").tempfile_in(folder)
}

pub(super) async fn read(path: PathBuf, limit: u64) -> Result<Bytes, Refusal> {
    blocking(move || {
        let file = File::open(&path)?;
        let found = file.metadata()?;
        if !found.is_file() {
            return Err(Refusal::Other("it is not a file".into()));
        }
        if found.len() > limit {
            return Err(Refusal::TooLarge(found.len()));
        }
        let mut bytes = Vec::new();
        file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
        match bytes.len() as u64 {
            length if length > limit => Err(Refusal::TooLarge(length)),
            _ => Ok(bytes.into()),
        }
    })
    .await
}

pub(super) async fn list(folder: PathBuf) -> Result<Vec<String>, Refusal> {
    blocking(move || {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        let mut names = Vec::new();
        for entry in entries {
            // Other names are not ours.
            if let Ok(name) = entry?.file_name().into_string() {
                names.push(name);
            }
        }
        Ok(names)
    })
    .await
}

/// Removes temporary files that were left behind. Whatever keeps that from being done is none of the
/// run's business.
pub(crate) async fn sweep(folder: PathBuf) {
    let work = move || {
        for entry in fs::read_dir(&folder)?.flatten() {
            let name = entry.file_name();
            let ours =
                name.to_str().is_some_and(|n| n.starts_with(TEMPORARY) && n.ends_with(".tmp"));
            let age = entry.metadata().and_then(|found| found.modified());
            if ours && age.is_ok_and(|at| at.elapsed().is_ok_and(|age| age > STALE)) {
                let removed = fs::remove_file(entry.path());
                tracing::debug!(file = %entry.path().display(), ?removed, "left behind");
            }
        }
        Ok(())
    };
    let _ = blocking(move || work().map_err(|error: io::Error| error.into())).await;
}

/// Makes a folder that only the owner may enter, and those above it.
fn make(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(above) = folder.parent().filter(|above| !above.as_os_str().is_empty()) {
        make(above)?;
    }
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(folder) {
        // Another run was faster.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        Err(error) => Err(error),
        Ok(()) => folder.parent().map_or(Ok(()), sync),
    }
}

/// Makes names in a folder last through a power failure.
#[cfg(unix)]
fn sync(folder: &Path) -> io::Result<()> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    File::open(folder)?.sync_all()
}

/// Other systems cannot open a folder for this, and order names themselves.
#[cfg(not(unix))]
fn sync(_: &Path) -> io::Result<()> {
    Ok(())
}
