//! The cache's folder: read warily, written atomically, swept in passing.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::CacheKey;
use super::seal::{MOST_BYTES, OVERHEAD};
use crate::lock::{self, HeldLock};

const SEALED: &str = "sealed";
const LOCK: &str = "lock";
const TEMPORARY: &str = "tmp";

/// Sessions last twelve hours at most: a file that is older holds none that is still good.
const OLD: Duration = Duration::from_secs(13 * 60 * 60);
/// Nobody takes that long to write a file: whoever began it has died.
const ABANDONED: Duration = Duration::from_secs(60 * 60);

/// A folder that nobody else may write to.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    path: PathBuf,
}

/// Why a folder is not used.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unfit {
    #[error("{} cannot be used: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{} is not a folder", .0.display())]
    NotAFolder(PathBuf),
    #[cfg(unix)]
    #[error("{} belongs to another user", .0.display())]
    NotOurs(PathBuf),
    #[cfg(unix)]
    #[error("others may write to {}", .0.display())]
    Writable(PathBuf),
}

impl Folder {
    /// Makes it if it is not there, for its owner alone.
    pub(super) fn open(path: &Path) -> Result<Self, Unfit> {
        let io = |source| Unfit::Io { path: path.to_owned(), source };
        private_folder(path).map_err(io)?;
        // A link would let whoever made it choose where files go.
        let metadata = fs::symlink_metadata(path).map_err(io)?;
        if !metadata.is_dir() {
            return Err(Unfit::NotAFolder(path.to_owned()));
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            if metadata.mode() & 0o022 != 0 {
                return Err(Unfit::Writable(path.to_owned()));
            }
            // Whose we are is told by a file that we make: there is no safe call for it in std.
            let ours = tempfile::tempfile_in(path).and_then(|file| file.metadata()).map_err(io)?;
            if ours.uid() != metadata.uid() {
                return Err(Unfit::NotOurs(path.to_owned()));
            }
        }
        Ok(Self { path: path.to_owned() })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    fn file(&self, name: &str, extension: &str) -> PathBuf {
        self.path.join(format!("{name}.{extension}"))
    }

    /// The sealed bytes of an entry. `None` if there are none that could be ours.
    pub(super) fn read(&self, key: &CacheKey) -> Option<Vec<u8>> {
        let path = self.file(&key.name(), SEALED);
        match read_regular(&path, (MOST_BYTES + OVERHEAD) as u64) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "a cached session is not read");
                None
            }
        }
    }

    /// Either all of it is there afterwards, or what was there before.
    pub(super) fn write(&self, key: &CacheKey, sealed: &[u8]) -> io::Result<()> {
        write_whole(&self.file(&key.name(), SEALED), sealed)
    }

    /// Whether there was one.
    pub(super) fn remove(&self, key: &CacheKey) -> io::Result<bool> {
        removed(&self.file(&key.name(), SEALED))
    }

    /// Gets the lock of an entry if it is free.
    pub(super) fn try_lock(&self, key: &CacheKey) -> io::Result<Option<HeldLock>> {
        lock::try_lock(&self.file(&key.name(), LOCK))
    }

    /// The lock around making the key itself.
    pub(super) fn key_lock(&self) -> PathBuf {
        self.file("key", LOCK)
    }

    /// Removes every entry and every leftover; says how many entries there were. Locks stay: they may be held.
    pub(super) fn clear(&self) -> io::Result<usize> {
        let mut entries = 0;
        for (path, kind) in self.ours()? {
            match kind {
                Kind::Sealed(_) => entries += usize::from(removed(&path)?),
                // May be another process's that is being written: then that one fails to put it in its place.
                Kind::Temporary => drop(removed(&path)?),
                Kind::Lock(_) => {}
            }
        }
        Ok(entries)
    }

    /// Removes what nobody will ask for again. Errors are of no matter here: the next one tries again.
    pub(super) fn sweep(&self, now: SystemTime) {
        for (path, kind) in self.ours().unwrap_or_default() {
            let old = match &kind {
                Kind::Temporary => ABANDONED,
                Kind::Sealed(_) | Kind::Lock(_) => OLD,
            };
            if !is_older(&path, old, now) {
                continue;
            }
            let swept = match &kind {
                Kind::Temporary => removed(&path),
                Kind::Sealed(name) | Kind::Lock(name) => self.sweep_entry(name, now),
            };
            tracing::debug!(path = %path.display(), ?swept, "swept the cache");
        }
    }

    /// Under its lock, and looked at once more: its owner may just be writing.
    fn sweep_entry(&self, name: &str, now: SystemTime) -> io::Result<bool> {
        let (sealed, lock) = (self.file(name, SEALED), self.file(name, LOCK));
        let Some(held) = lock::try_lock(&lock)? else { return Ok(false) };
        if is_older(&sealed, OLD, now) {
            removed(&sealed)?;
        }
        if !sealed.exists() {
            held.remove()?;
        }
        Ok(true)
    }

    /// The files in it that are named as ours are.
    fn ours(&self) -> io::Result<Vec<(PathBuf, Kind)>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            let path = entry?.path();
            let part = |part: Option<&std::ffi::OsStr>| {
                part.and_then(|text| text.to_str()).unwrap_or("").to_owned()
            };
            let (name, extension) = (part(path.file_stem()), part(path.extension()));
            let kind = match extension.as_str() {
                TEMPORARY if name.starts_with(".tenko-") => Kind::Temporary,
                SEALED if CacheKey::is_name(&name) => Kind::Sealed(name),
                LOCK if CacheKey::is_name(&name) => Kind::Lock(name),
                _ => continue,
            };
            found.push((path, kind));
        }
        Ok(found)
    }
}

enum Kind {
    Sealed(String),
    Lock(String),
    Temporary,
}

/// Makes a folder and those above it that are not there, for their owner alone.
pub(crate) fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// The content of a regular file. Never waits on a pipe, follows no link, reads no more than `most`.
pub(crate) fn read_regular(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let before = fs::symlink_metadata(path)?;
    if !before.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
    }
    let file = File::open(path)?;
    if !lock::same_file(&file.metadata()?, &before) {
        // Somebody else wrote it anew between the two calls: as good as not there yet.
        return Err(io::ErrorKind::NotFound.into());
    }
    let mut bytes = Vec::new();
    file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is too large"));
    }
    Ok(bytes)
}

/// Writes a file whole or not at all, for its owner alone.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder =
        path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // tempfile makes it 0600.
    let mut file = tempfile::Builder::new().prefix(".tenko-").suffix(".tmp").tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    // The new name itself; where folders cannot be opened, the system sees to it.
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    Ok(())
}

fn removed(path: &Path) -> io::Result<bool> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

fn is_older(path: &Path, age: Duration, now: SystemTime) -> bool {
    let written = fs::symlink_metadata(path).and_then(|metadata| metadata.modified());
    // A time in the future is a clock that was set back: not old.
    written.is_ok_and(|written| now.duration_since(written).is_ok_and(|past| past > age))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, Folder) {
        let temporary = tempfile::tempdir().unwrap();
        let folder = Folder::open(&temporary.path().join("tenko/sessions")).unwrap();
        (temporary, folder)
    }

    fn age(path: &Path, hours: u64) {
        let then = SystemTime::now() - Duration::from_secs(hours * 60 * 60);
        File::options().append(true).open(path).unwrap().set_modified(then).unwrap();
    }

    #[test]
    fn what_nobody_asks_for_again_is_swept_and_nothing_else() {
        let (_temporary, folder) = folder();
        let keys: Vec<_> =
            ["old", "new", "held", "gone"].iter().map(|name| CacheKey::new(&[name])).collect();
        let [old, new, held, gone] = keys.as_slice() else { panic!() };
        for key in [old, new, held] {
            folder.write(key, b"sealed").unwrap();
        }
        let lock = folder.try_lock(held).unwrap().unwrap();
        drop(folder.try_lock(gone).unwrap());
        for (name, hours) in [
            (format!("{}.sealed", old.name()), 14),
            (format!("{}.sealed", new.name()), 12),
            (format!("{}.sealed", held.name()), 14),
            (format!("{}.lock", gone.name()), 14),
            (".tenko-aaa.tmp".to_owned(), 2),
            (".tenko-bbb.tmp".to_owned(), 0),
            ("mine.tmp".to_owned(), 99),
            ("notes.sealed".to_owned(), 99),
        ] {
            let path = folder.path().join(name);
            drop(File::options().append(true).create(true).open(&path).unwrap());
            age(&path, hours);
        }
        folder.sweep(SystemTime::now());
        let mut left: Vec<_> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        let mut expected = vec![
            ".tenko-bbb.tmp".to_owned(),
            "mine.tmp".to_owned(),
            "notes.sealed".to_owned(),
            format!("{}.sealed", new.name()),
            format!("{}.lock", held.name()),
            format!("{}.sealed", held.name()),
        ];
        expected.sort();
        assert_eq!(left, expected);
        drop(lock);
        assert_eq!(folder.clear().unwrap(), 2);
        assert!(folder.path().join("notes.sealed").exists());
    }

    #[cfg(unix)]
    #[test]
    fn files_and_folders_are_for_their_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let (temporary, folder) = folder();
        let key = CacheKey::new(&["a"]);
        folder.write(&key, b"sealed").unwrap();
        let _lock = folder.try_lock(&key).unwrap().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&temporary.path().join("tenko")), 0o700);
        assert_eq!(mode(folder.path()), 0o700);
        for entry in fs::read_dir(folder.path()).unwrap() {
            assert_eq!(mode(&entry.unwrap().path()), 0o600);
        }
        for (bits, fits) in [(0o755, true), (0o770, false), (0o702, false), (0o1777, false)] {
            fs::set_permissions(folder.path(), fs::Permissions::from_mode(bits)).unwrap();
            assert_eq!(Folder::open(folder.path()).is_ok(), fits, "{bits:o}");
        }
    }

    #[test]
    fn nobody_ever_sees_a_part_of_a_file() {
        let (_temporary, folder) = folder();
        let key = CacheKey::new(&["a"]);
        let content = vec![7; MOST_BYTES];
        folder.write(&key, &content).unwrap();
        let done = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                (0..200).for_each(|_| folder.write(&key, &content).unwrap());
                done.store(true, std::sync::atomic::Ordering::SeqCst);
            });
            while !done.load(std::sync::atomic::Ordering::SeqCst) {
                let length = fs::metadata(folder.file(&key.name(), SEALED)).unwrap().len();
                assert_eq!(length, MOST_BYTES as u64);
            }
        });
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_of_another_user_is_not_used() {
        let (_temporary, folder) = folder();
        // Only root can give folders away; for anybody else, root's are another user's.
        match std::os::unix::fs::chown(folder.path(), Some(65_534), None) {
            Ok(()) => assert!(matches!(Folder::open(folder.path()), Err(Unfit::NotOurs(_)))),
            Err(_) => assert!(Folder::open(Path::new("/")).is_err()),
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_pipes_and_giants_are_not_read() {
        let (temporary, folder) = folder();
        let key = CacheKey::new(&["a"]);
        let path = folder.file(&key.name(), SEALED);
        let elsewhere = temporary.path().join("elsewhere");
        fs::write(&elsewhere, b"x").unwrap();
        std::os::unix::fs::symlink(&elsewhere, &path).unwrap();
        assert_eq!(folder.read(&key), None);
        // Writing replaces the link, and leaves what it led to alone.
        folder.write(&key, b"sealed").unwrap();
        assert_eq!(folder.read(&key).unwrap(), b"sealed");
        assert_eq!(fs::read(&elsewhere).unwrap(), b"x");
        fs::remove_file(&path).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        assert_eq!(folder.read(&key), None);
        folder.write(&key, &vec![0; MOST_BYTES + OVERHEAD + 1]).unwrap();
        assert_eq!(folder.read(&key), None);
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert_eq!(folder.read(&key), None);

        let link = temporary.path().join("link");
        std::os::unix::fs::symlink(folder.path(), &link).unwrap();
        assert!(matches!(Folder::open(&link), Err(Unfit::NotAFolder(_))));
        assert!(matches!(Folder::open(&elsewhere), Err(Unfit::Io { .. } | Unfit::NotAFolder(_))));
        assert!(matches!(Folder::open(&elsewhere.join("below")), Err(Unfit::Io { .. })));
    }
}
