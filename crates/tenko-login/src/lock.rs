//! Locks between processes: files whose lock dies with the process that holds it.
//!
//! One file per entry and none shared between entries: making one session may need another (a hub's), and two entries on
//! one lock would then wait for themselves. The file is empty. Removing one races with whoever has just opened it, so it is
//! only removed by who holds its lock, and who gets a lock makes sure that the file still stands under its name.

use std::fs::{self, File, Metadata, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// A lock, held until it is dropped or the process ends.
#[derive(Debug)]
pub struct HeldLock {
    file: File,
    path: PathBuf,
}

impl HeldLock {
    /// Removes the lock's file, and only then lets go of it.
    ///
    /// # Errors
    /// Where the file cannot be removed. The lock is let go all the same.
    pub fn remove(self) -> io::Result<()> {
        // Without a way to tell files apart, who waits for it could not see that it is gone.
        if cfg!(unix) {
            fs::remove_file(&self.path)?;
        }
        drop(self.file);
        Ok(())
    }
}

/// Gets the lock, unless somebody else has it.
pub(crate) fn try_lock(path: &Path) -> io::Result<Option<HeldLock>> {
    // Each turn somebody removed the file in between, which happens to old ones only.
    for _ in 0..16 {
        let file = open(path)?;
        match file.try_lock() {
            Ok(()) if stands(&file, path) => {
                return Ok(Some(HeldLock { file, path: path.to_owned() }));
            }
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    Ok(None)
}

/// Waits for the lock, which is an empty file of this name; never on a thread of the runtime that others
/// need too.
///
/// # Errors
/// Where no such file can be made.
pub fn wait(path: &Path) -> io::Result<HeldLock> {
    loop {
        let file = open(path)?;
        file.lock()?;
        if stands(&file, path) {
            return Ok(HeldLock { file, path: path.to_owned() });
        }
    }
}

fn open(path: &Path) -> io::Result<File> {
    // It would never stand under its own name.
    if fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink()) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the lock is a symbolic link"));
    }
    let mut options = File::options();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Whether an open file is still the one of that name.
pub(crate) fn stands(file: &File, path: &Path) -> bool {
    match (file.metadata(), fs::symlink_metadata(path)) {
        (Ok(open), Ok(named)) => same_file(&open, &named),
        _ => false,
    }
}

/// Whether both are of one file. Where the system does not tell in a stable way, they are taken to be.
pub(crate) fn same_file(one: &Metadata, other: &Metadata) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        one.dev() == other.dev() && one.ino() == other.ino()
    }
    #[cfg(not(unix))]
    {
        one.is_file() && other.is_file()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_has_one_holder_and_is_let_go() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.lock");
        let held = try_lock(&path).unwrap().unwrap();
        assert!(try_lock(&path).unwrap().is_none());
        assert!(try_lock(&folder.path().join("b.lock")).unwrap().is_some());
        drop(held);
        assert!(try_lock(&path).unwrap().is_some());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_no_lock() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.lock");
        std::os::unix::fs::symlink(folder.path().join("elsewhere"), &path).unwrap();
        assert_eq!(wait(&path).unwrap_err().kind(), io::ErrorKind::InvalidInput);
        assert!(!folder.path().join("elsewhere").exists());
    }

    #[cfg(unix)]
    #[test]
    fn who_waited_for_a_file_that_was_removed_holds_the_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.lock");
        let held = try_lock(&path).unwrap().unwrap();
        let (waiting, waited) = (path.clone(), std::sync::mpsc::channel());
        std::thread::spawn(move || waited.0.send(wait(&waiting).unwrap()));
        assert!(waited.1.recv_timeout(std::time::Duration::from_millis(100)).is_err());
        held.remove().unwrap();
        let got = waited.1.recv_timeout(std::time::Duration::from_secs(30)).unwrap();
        assert!(stands(&got.file, &path));
        assert!(try_lock(&path).unwrap().is_none());
    }

    #[cfg(unix)]
    #[test]
    fn removing_locks_never_makes_two_holders() {
        use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.lock");
        let (inside, turns) = (AtomicBool::new(false), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    while turns.load(Ordering::SeqCst) < 20_000 {
                        let Some(held) = try_lock(&path).unwrap() else { continue };
                        assert!(!inside.swap(true, Ordering::SeqCst), "two hold one lock");
                        turns.fetch_add(1, Ordering::SeqCst);
                        inside.store(false, Ordering::SeqCst);
                        held.remove().unwrap();
                    }
                });
            }
        });
    }
}
