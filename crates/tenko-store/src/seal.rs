//! The seal at the end of a file: a zstd skippable frame, which decompressors pass over.
//!
//! | bytes | what |
//! |---|---|
//! | 4 | magic number of a skippable frame |
//! | 4 | length of what follows: 48 |
//! | 8 | `tenkoEND` |
//! | 8 | how many bytes stand before the seal |
//! | 32 | their BLAKE3 digest |

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::error::StoreError;

/// The magic number, the length and our mark: the same in every seal.
const HEAD: [u8; 16] = *b"\x54\x2a\x4d\x18\x30\0\0\0tenkoEND";
/// How long a seal is.
const LENGTH: usize = HEAD.len() + 8 + blake3::OUT_LEN;

/// Passes bytes on and takes their digest.
pub(crate) struct Sealing<W> {
    inner: W,
    hasher: blake3::Hasher,
}

impl<W: Write> Sealing<W> {
    pub(crate) fn new(inner: W) -> Self {
        Self { inner, hasher: blake3::Hasher::new() }
    }

    /// Writes the seal.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        self.inner.write_all(&HEAD)?;
        self.inner.write_all(&self.hasher.count().to_le_bytes())?;
        self.inner.write_all(self.hasher.finalize().as_bytes())?;
        Ok(self.inner)
    }
}

impl<W: Write> Write for Sealing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hasher.update(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// What a seal says.
pub(crate) struct Seal {
    pub(crate) length: u64,
    digest: [u8; blake3::OUT_LEN],
}

impl Seal {
    /// Reads the seal, and checks that the file is as long as it says.
    pub(crate) fn read(file: &mut File, path: &Path) -> Result<Self, StoreError> {
        let io = |error| StoreError::io("read", path)(error);
        let whole = file.seek(SeekFrom::End(0)).map_err(io)?;
        let missing = || StoreError::truncated(path, "the seal at its end is missing");
        let length = whole.checked_sub(LENGTH as u64).ok_or_else(missing)?;
        file.seek(SeekFrom::Start(length)).map_err(io)?;
        let mut bytes = [0; LENGTH];
        file.read_exact(&mut bytes).map_err(io)?;
        let rest = bytes.strip_prefix(&HEAD).ok_or_else(missing)?;
        let (sealed, digest) = rest.split_first_chunk::<8>().ok_or_else(missing)?;
        let sealed = u64::from_le_bytes(*sealed);
        if sealed != length {
            let reason = format!("{sealed} bytes were written before the seal, {length} are there");
            return Err(StoreError::damaged(path, reason));
        }
        Ok(Self { length, digest: digest.try_into().map_err(|_| missing())? })
    }

    /// Checks every byte before the seal.
    pub(crate) fn verify(&self, file: &mut File, path: &Path) -> Result<(), StoreError> {
        let io = |error| StoreError::io("read", path)(error);
        file.seek(SeekFrom::Start(0)).map_err(io)?;
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(file.take(self.length)).map_err(io)?;
        if hasher.finalize() != blake3::Hash::from_bytes(self.digest) {
            return Err(StoreError::damaged(path, "its bytes do not match their digest"));
        }
        Ok(())
    }
}
