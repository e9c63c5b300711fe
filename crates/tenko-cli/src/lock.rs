//! One process at a time: who reads a file, adds to it and replaces it would lose what another added meanwhile.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// The lock of a file, held until it is dropped or the process ends.
///
/// It is an empty file beside the other, which is replaced and may not be there yet. Only who holds the lock removes it,
/// and who gets it makes sure that it still stands under its name.
#[derive(Debug)]
pub(crate) struct Lock {
    path: PathBuf,
    _file: File,
}

impl Lock {
    /// Waits until nobody else holds the lock of the file with this name.
    ///
    /// # Errors
    /// Where no file can be made beside it.
    pub(crate) fn of(path: &Path) -> io::Result<Self> {
        let Some(name) = path.file_name() else { return Err(io::ErrorKind::InvalidInput.into()) };
        let mut beside = std::ffi::OsString::from(".");
        beside.push(name);
        beside.push(".lock");
        let path = path.with_file_name(beside);
        loop {
            let file = File::options().write(true).create(true).truncate(false).open(&path)?;
            file.lock()?;
            if stands(&file, &path) {
                return Ok(Self { path, _file: file });
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Without a way to tell files apart, who waits could not see that it is gone. What stays is an empty file.
        if cfg!(unix) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Whether an open file is still the one of that name. Where the system does not tell, it is taken to be.
fn stands(file: &File, path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        match (file.metadata(), fs::metadata(path)) {
            (Ok(open), Ok(named)) => open.dev() == named.dev() && open.ino() == named.ino(),
            _ => false,
        }
    }
    #[cfg(not(unix))]
    {
        file.metadata().is_ok() && path.is_file()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_who_add_to_a_file_none_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list");
        std::thread::scope(|scope| {
            for n in 0..8 {
                let (path, folder) = (&path, folder.path());
                scope.spawn(move || {
                    for turn in 0..50 {
                        let _lock = Lock::of(path).unwrap();
                        let text = fs::read_to_string(path).unwrap_or_default();
                        let new = folder.join(format!("new-{n}"));
                        fs::write(&new, format!("{text}{n}-{turn}\n")).unwrap();
                        fs::rename(new, path).unwrap();
                    }
                });
            }
        });
        assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 400);
        #[cfg(unix)]
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "only the list is left");
    }

    #[test]
    fn a_file_that_cannot_be_has_no_lock() {
        let folder = tempfile::tempdir().unwrap();
        let error = Lock::of(&folder.path().join("no/such")).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        assert_eq!(Lock::of(Path::new("..")).unwrap_err().kind(), io::ErrorKind::InvalidInput);
    }
}
