//! Who got a session where, when, and on what proof: an append-only log of this user on this machine.
//!
//! JSON Lines. Every line holds its number, the hash of the line before it, and a BLAKE3 hash of itself; a file beside it,
//! `access.log.head`, counts the lines and knows the last one's hash. What that shows: a line that was changed, removed, put
//! in or moved, and lines that are missing at the end. A line that a crash cut off stays where it is, and the next append
//! records it (how many bytes, their hash, and what the head file said) in a line of its own, from which the chain goes on.
//!
//! What it does not show: nothing here is secret to the user whose files these are. Whoever may write to them can compute
//! both anew, from any line on, or remove both. Whoever needs more sends the lines, or the head file's hash from time to
//! time, to where that user cannot write; the clouds keep a trail of their own, where sessions carry the person's name.

mod entry;
mod head;
mod line;
mod walk;

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::cache::{private_folder, state_folder};
use crate::lock::stands;
pub use entry::Entry;
use line::{Gap, Line, Link};
pub use walk::{Broken, Reason, Torn, Trail};
use walk::{Head, Walk};

/// A log at a path. Nothing is opened before it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessLog {
    path: PathBuf,
}

/// Why nothing was logged or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// The file or the one beside it cannot be read or written.
    #[error("the access log {} cannot be used: {source}", path.display())]
    Io {
        /// The log.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is a link, a folder, or something else that is not a file.
    #[error("the access log {} is not a regular file", .0.display())]
    NotAFile(PathBuf),
    /// Others may write to it.
    #[error("others may write to the access log {}", .0.display())]
    Writable(PathBuf),
    /// The entry takes more than 64 KiB.
    #[error("an entry of the access log would be longer than 64 KiB")]
    TooLong,
    /// Its last line was written by a version of tenko that this one does not know.
    #[error("the access log {} was continued by a newer tenko", .0.display())]
    UnknownVersion(PathBuf),
}

impl LogError {
    /// The next step.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Io { .. } => {
                "make its folder writable, or name another one in TENKO_STATE_DIR".to_owned()
            }
            Self::NotAFile(_) => {
                "move it away, or name another folder in TENKO_STATE_DIR".to_owned()
            }
            Self::Writable(path) => {
                format!("check it with `tenko log`, then: chmod 600 {}", path.display())
            }
            Self::TooLong => return None,
            Self::UnknownVersion(_) => {
                "update tenko, or name another folder in TENKO_STATE_DIR".to_owned()
            }
        })
    }
}

impl AccessLog {
    /// The log in this file; the head file lies beside it.
    pub fn at(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// The user's: `access.log` in `TENKO_STATE_DIR`, else in `tenko` of the platform's folder for what programs keep.
    /// `None` where the environment names neither.
    pub fn from_environment() -> Option<Self> {
        Some(Self { path: state_folder(&|name| std::env::var_os(name))?.join("access.log") })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Appends an entry, safely beside any number of processes that do so too. Blocks until it is on disk.
    ///
    /// # Errors
    /// If it is not on disk for sure; then it may be there all the same.
    pub fn append(&self, entry: &Entry) -> Result<(), LogError> {
        let mut file = self.open()?;
        let mut end = self.end(&mut file)?;
        if let Some(gap) = end.gap.take() {
            let (text, link) = line::of_gap(&end.link, gap).ok_or(LogError::TooLong)?;
            self.write(&mut file, &text, &link)?;
            end.link = link;
        }
        let (text, link) = line::of_entry(&end.link, entry).ok_or(LogError::TooLong)?;
        self.write(&mut file, &text, &link)
    }

    /// Reads and verifies all of it. A log that is not there is empty. Blocks.
    ///
    /// # Errors
    /// If it cannot be read; that it does not hold is no error, see [`Trail::broken`].
    pub fn read(&self) -> Result<Trail, LogError> {
        let file = loop {
            match fs::symlink_metadata(&self.path) {
                Ok(metadata) if !metadata.is_file() => {
                    return Err(LogError::NotAFile(self.path.clone()));
                }
                _ => {}
            }
            match File::open(&self.path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    return self.walk(io::empty()).map(|walk| walk.trail);
                }
                opened => {
                    let file = opened.map_err(|source| self.io(source))?;
                    file.lock_shared().map_err(|source| self.io(source))?;
                    if stands(&file, &self.path) {
                        break file;
                    }
                }
            }
        };
        self.walk(&file).map(|walk| walk.trail)
    }

    fn walk(&self, log: impl Read) -> Result<Walk, LogError> {
        Walk::over(BufReader::new(log), &head::read(&self.path)).map_err(|source| self.io(source))
    }

    /// The file, locked until it is dropped.
    fn open(&self) -> Result<File, LogError> {
        if let Some(folder) = self.path.parent() {
            private_folder(folder).map_err(|source| self.io(source))?;
        }
        let mut options = File::options();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        loop {
            match fs::symlink_metadata(&self.path) {
                Ok(metadata) if !metadata.is_file() => {
                    return Err(LogError::NotAFile(self.path.clone()));
                }
                _ => {}
            }
            let file = options.open(&self.path).map_err(|source| self.io(source))?;
            #[cfg(unix)]
            {
                use std::os::unix::fs::MetadataExt;
                let mode = file.metadata().map_err(|source| self.io(source))?.mode();
                if mode & 0o022 != 0 {
                    return Err(LogError::Writable(self.path.clone()));
                }
            }
            file.lock().map_err(|source| self.io(source))?;
            // Else it was moved away while this one waited.
            if stands(&file, &self.path) {
                return Ok(file);
            }
        }
    }

    /// What to continue from, and what has to be recorded first. Most of the time the last line and the head file tell.
    fn end(&self, file: &mut File) -> Result<End, LogError> {
        let head = head::read(&self.path);
        let last = self.last_line(file).map_err(|source| self.io(source))?;
        if let Last::Line(line) = &last {
            let (link, before) = (line.link(), line.before());
            if walk::fits(&head, &link, before.as_ref()).is_ok() {
                // It must never count two lines less, or nobody could tell it from one of another log.
                if head != Head::Counts(link.clone()) {
                    head::write(&self.path, &link).map_err(|source| self.io(source))?;
                }
                return Ok(End { link, gap: None });
            }
        }
        if let Last::None = last {
            match head {
                Head::None => {
                    head::write(&self.path, &Link::start()).map_err(|source| self.io(source))?;
                    return Ok(End { link: Link::start(), gap: None });
                }
                Head::Counts(link) if link == Link::start() => return Ok(End { link, gap: None }),
                Head::Counts(_) => {}
            }
        }
        if let Last::Open = last {
            // A line may be whole but for its end.
            file.write_all(b"\n")
                .and_then(|()| file.sync_all())
                .map_err(|source| self.io(source))?;
        }
        file.rewind().map_err(|source| self.io(source))?;
        let walk = self.walk(&*file)?;
        if let Some((_, Reason::UnknownVersion)) = walk.loose.first {
            return Err(LogError::UnknownVersion(self.path.clone()));
        }
        if walk.loose.bytes == 0 && walk::fits(&head, &walk.end, walk.before.as_ref()).is_ok() {
            head::write(&self.path, &walk.end).map_err(|source| self.io(source))?;
            return Ok(End { link: walk.end, gap: None });
        }
        let head = match head {
            Head::None => None,
            Head::Counts(link) => Some(link),
        };
        let gap = Gap {
            time: jiff::Timestamp::now(),
            bytes: walk.loose.bytes,
            digest: walk.loose.digest(),
            head,
        };
        tracing::warn!(path = %self.path.display(), "the access log is damaged: that is recorded in it");
        Ok(End { link: walk.end, gap: Some(gap) })
    }

    fn last_line(&self, file: &mut File) -> io::Result<Last> {
        let length = file.metadata()?.len();
        let tail = length.min(line::MOST_BYTES as u64 + 1);
        file.seek(SeekFrom::Start(length - tail))?;
        let mut bytes = Vec::new();
        file.take(tail).read_to_end(&mut bytes)?;
        let whole = match bytes.split_last() {
            None => return Ok(Last::None),
            Some((b'\n', whole)) => whole,
            Some(_) => return Ok(Last::Open),
        };
        let last = whole.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        Ok(line::read(last).map_or(Last::Damaged, |line| Last::Line(Box::new(line))))
    }

    fn write(&self, file: &mut File, text: &str, link: &Link) -> Result<(), LogError> {
        let mut written = || {
            let length = file.metadata()?.len();
            if let Err(error) = file.write_all(text.as_bytes()) {
                // A disk that is full leaves no half of a line.
                file.set_len(length)?;
                return Err(error);
            }
            file.sync_all()?;
            head::write(&self.path, link)
        };
        written().map_err(|source| self.io(source))
    }

    fn io(&self, source: io::Error) -> LogError {
        LogError::Io { path: self.path.clone(), source }
    }
}

struct End {
    link: Link,
    gap: Option<Gap>,
}

/// How a log's file ends.
enum Last {
    /// It is empty.
    None,
    Line(Box<Line>),
    /// With something that is no line of this version.
    Damaged,
    /// In the middle of a line.
    Open,
}

#[cfg(test)]
mod tests;
