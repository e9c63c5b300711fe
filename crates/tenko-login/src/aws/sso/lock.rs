//! One sign-in at a time for each start page, across processes: parallel commands open one browser between them.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;

use super::store;

/// Held until it is dropped; a process that dies lets go of it too.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    /// Since when this process waited for another's.
    waited_since: Option<Timestamp>,
}

/// Waits for the lock without holding the runtime up. `None`: it was not free in time.
pub(super) async fn acquire(
    folder: &Path,
    path: &Path,
    limit: Duration,
) -> io::Result<Option<Lock>> {
    store::make(folder)?;
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    let mut waited_since = None;
    let waiting = async {
        let mut pause = Duration::from_millis(10);
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(()),
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(error),
            }
            waited_since.get_or_insert_with(Timestamp::now);
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(250));
        }
    };
    match tokio::time::timeout(limit, waiting).await {
        Ok(result) => result.map(|()| Some(Lock { file, waited_since })),
        Err(_) => Ok(None),
    }
}

impl Lock {
    /// Whether a sign-in failed while this process waited for it: it would only ask the same person again.
    pub(super) fn failed_meanwhile(&self) -> bool {
        let Some(since) = self.waited_since else { return false };
        let mut text = String::new();
        let mut file = &self.file;
        let read =
            file.seek(SeekFrom::Start(0)).and_then(|_| file.take(64).read_to_string(&mut text));
        let failed: Option<Timestamp> = read.ok().and_then(|_| text.trim().parse().ok());
        failed.is_some_and(|failed| failed >= since)
    }

    /// Tells those who wait now that it did not work.
    pub(super) fn mark_failed(&self) {
        let mut file = &self.file;
        // Who cannot read it asks the person once more.
        let _ = file
            .set_len(0)
            .and_then(|()| file.seek(SeekFrom::Start(0)))
            .and_then(|_| write!(file, "{}", Timestamp::now()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn those_who_waited_learn_of_a_failure_and_later_ones_do_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.lock");
        let first = acquire(folder.path(), &path, Duration::ZERO).await.unwrap().unwrap();
        assert!(!first.failed_meanwhile());
        let none = acquire(folder.path(), &path, Duration::from_millis(30)).await.unwrap();
        assert!(none.is_none(), "it is held");
        let second = tokio::spawn({
            let (folder, path) = (folder.path().to_owned(), path.clone());
            async move { acquire(&folder, &path, Duration::from_secs(30)).await.unwrap().unwrap() }
        });
        tokio::time::sleep(Duration::from_millis(50)).await;
        first.mark_failed();
        drop(first);
        let second = second.await.unwrap();
        assert!(second.failed_meanwhile());
        drop(second);
        let third = acquire(folder.path(), &path, Duration::ZERO).await.unwrap().unwrap();
        assert!(!third.failed_meanwhile(), "it did not wait");
    }
}
