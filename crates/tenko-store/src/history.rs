//! A directory of snapshots, one for each run.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tenko_core::{RunInfo, Snapshot};

use crate::EXTENSION;
use crate::error::StoreError;
use crate::read::{read, read_run};
use crate::write::write_new;

/// The snapshots of past runs.
#[derive(Clone, Debug)]
pub struct History {
    dir: PathBuf,
}

/// One file of a history.
#[derive(Debug)]
#[non_exhaustive]
pub struct Entry {
    /// The run's id, from the file's name.
    pub id: String,
    /// The file.
    pub path: PathBuf,
    /// What is said of the run, or why it cannot be read. Only the file's beginning and end are
    /// looked at: [`History::get`] checks the rest.
    pub run: Result<RunInfo, StoreError>,
}

impl History {
    /// The history in this directory, which is made when the first snapshot is saved.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }

    /// The directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Saves a snapshot under its run's id, and says where. Nothing is ever overwritten.
    ///
    /// # Errors
    /// When a snapshot with this id is there already, or it cannot be written. All snapshots that
    /// were there before are there still.
    pub fn save(&self, snapshot: &Snapshot) -> Result<PathBuf, StoreError> {
        let id = &snapshot.run.id;
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if id.is_empty() || id.starts_with('.') || !id.chars().all(plain) {
            return Err(StoreError::BadRunId { id: id.clone() });
        }
        make_directory(&self.dir).map_err(StoreError::io("create", &self.dir))?;
        let path = self.dir.join(format!("{id}{EXTENSION}"));
        write_new(&path, snapshot)?;
        Ok(path)
    }

    /// All snapshots, the newest first, those that cannot be read among them. A directory that is
    /// not there has none.
    ///
    /// # Errors
    /// When the directory cannot be read.
    pub fn list(&self) -> Result<Vec<Entry>, StoreError> {
        let entry = |(id, path): (String, PathBuf)| Entry { run: read_run(&path), id, path };
        Ok(self.files()?.into_iter().map(entry).collect())
    }

    /// The newest snapshot, if there is any.
    ///
    /// # Errors
    /// When it cannot be read: an older one in its place would be taken for the last run.
    pub fn latest(&self) -> Result<Option<Snapshot>, StoreError> {
        self.files()?.first().map(|(_, path)| read(path)).transpose()
    }

    /// The snapshot that is meant by a run id, the unambiguous beginning of one, the word `latest`,
    /// or the path of a file.
    ///
    /// # Errors
    /// When none or several fit, or it cannot be read.
    pub fn get(&self, wanted: &str) -> Result<Snapshot, StoreError> {
        read(&self.find(wanted)?)
    }

    /// The file of the snapshot that is meant, as for [`Self::get`].
    ///
    /// # Errors
    /// When none or several fit.
    pub fn find(&self, wanted: &str) -> Result<PathBuf, StoreError> {
        if wanted.ends_with(EXTENSION) || wanted.contains(std::path::is_separator) {
            return Ok(PathBuf::from(wanted));
        }
        let files = self.files()?;
        let fits = |id: &str| id == wanted || (!wanted.is_empty() && id.starts_with(wanted));
        let found: Vec<_> = if wanted == "latest" {
            files.iter().take(1).collect()
        } else {
            files.iter().filter(|(id, _)| fits(id)).collect()
        };
        match found.as_slice() {
            [] => Err(StoreError::NotFound { wanted: wanted.to_owned(), dir: self.dir.clone() }),
            [(_, path)] => Ok(path.clone()),
            several => match several.iter().find(|(id, _)| id == wanted) {
                Some((_, path)) => Ok(path.clone()),
                None => Err(StoreError::Ambiguous {
                    wanted: wanted.to_owned(),
                    ids: several.iter().map(|(id, _)| id.clone()).collect(),
                }),
            },
        }
    }

    /// Ids and files, the newest first: ids sort by time.
    fn files(&self) -> Result<Vec<(String, PathBuf)>, StoreError> {
        let failed = |error| StoreError::io("list", &self.dir)(error);
        let entries = match fs::read_dir(&self.dir) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(failed)?,
        };
        let mut files = Vec::new();
        for entry in entries {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name();
            let id = name.to_str().and_then(|name| name.strip_suffix(EXTENSION));
            if let Some(id) = id.filter(|id| !id.is_empty() && !id.starts_with('.')) {
                files.push((id.to_owned(), entry.path()));
            }
        }
        files.sort_by(|a, b| b.0.cmp(&a.0));
        Ok(files)
    }
}

/// Only the owner may look into a new directory.
fn make_directory(dir: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}
