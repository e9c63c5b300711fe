//! Frames: everything in a file is one that zstd knows.
//!
//! Compressed parts are ordinary frames; what must be read without decompressing stands in
//! skippable ones, which decompressors pass over: a magic number, the length of what follows, and
//! that. The last of them is the seal:
//!
//! | bytes | what |
//! |---|---|
//! | 4 | magic number of a skippable frame |
//! | 4 | length of what follows: 56 |
//! | 8 | `tenkoEND` |
//! | 8 | how many bytes stand before the seal |
//! | 8 | where the manifest begins |
//! | 32 | BLAKE3 of the manifest |

use std::fs::File;
use std::path::Path;

use crate::error::StoreError;

/// What every compressed frame begins with.
pub(crate) const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// What our skippable frames begin with; the format leaves sixteen numbers free for use.
const SKIPPABLE: [u8; 4] = *b"\x54\x2a\x4d\x18";
/// The magic number and the length of a skippable frame.
pub(crate) const SKIP_HEAD: usize = 8;
/// The seal's beginning: the same in every file of this version.
const SEAL_HEAD: [u8; 16] = *b"\x54\x2a\x4d\x18\x38\0\0\0tenkoEND";
/// How long a seal is.
pub(crate) const SEAL: usize = SEAL_HEAD.len() + 8 + 8 + blake3::OUT_LEN;
/// The longest manifest that is read.
const MAX_MANIFEST: u64 = 256 << 20;

/// The head of a skippable frame that holds so many bytes. What stands in one is far below the
/// four gigabytes that it may hold: a piece of the index, or a table of some bytes for each block.
pub(crate) fn skip_head(length: usize) -> [u8; SKIP_HEAD] {
    let mut head = [0; SKIP_HEAD];
    let (magic, size) = head.split_at_mut(4);
    magic.copy_from_slice(&SKIPPABLE);
    size.copy_from_slice(&(length as u32).to_le_bytes());
    head
}

/// What a seal says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seal {
    /// How many bytes stand before it.
    pub(crate) sealed: u64,
    /// Where the manifest begins; it ends where the seal begins.
    pub(crate) manifest: u64,
    /// The manifest's digest.
    pub(crate) digest: [u8; blake3::OUT_LEN],
}

impl Seal {
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        let mut bytes = SEAL_HEAD.to_vec();
        bytes.extend(self.sealed.to_le_bytes());
        bytes.extend(self.manifest.to_le_bytes());
        bytes.extend(self.digest);
        bytes
    }

    /// Reads the seal, and checks that the file is as long as it says.
    pub(crate) fn read(file: &File, path: &Path) -> Result<Self, StoreError> {
        let whole = file.metadata().map_err(StoreError::io("read", path))?.len();
        let missing = || StoreError::truncated(path, "the seal at its end is missing");
        let length = whole.checked_sub(SEAL as u64).ok_or_else(missing)?;
        let mut bytes = [0; SEAL];
        read_exact_at(file, length, &mut bytes).map_err(StoreError::io("read", path))?;
        let rest = bytes.strip_prefix(&SEAL_HEAD).ok_or_else(missing)?;
        let (sealed, rest) = rest.split_first_chunk::<8>().ok_or_else(missing)?;
        let (manifest, digest) = rest.split_first_chunk::<8>().ok_or_else(missing)?;
        let (sealed, manifest) = (u64::from_le_bytes(*sealed), u64::from_le_bytes(*manifest));
        if sealed != length {
            let reason = format!("{sealed} bytes were written before the seal, {length} are there");
            return Err(StoreError::damaged(path, reason));
        }
        if manifest > length || length - manifest > MAX_MANIFEST {
            return Err(StoreError::damaged(path, "its seal names no place of a manifest"));
        }
        Ok(Self { sealed, manifest, digest: digest.try_into().map_err(|_| missing())? })
    }
}

/// Reads bytes from a place in the file, wherever others read it meanwhile.
#[cfg(unix)]
pub(crate) fn read_exact_at(file: &File, offset: u64, into: &mut [u8]) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, into, offset)
}

/// Reads bytes from a place in the file, wherever others read it meanwhile.
#[cfg(windows)]
pub(crate) fn read_exact_at(
    file: &File,
    mut offset: u64,
    mut into: &mut [u8],
) -> std::io::Result<()> {
    use std::os::windows::fs::FileExt;
    while !into.is_empty() {
        match file.seek_read(into, offset)? {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            read => {
                into = into.split_at_mut(read).1;
                offset += read as u64;
            }
        }
    }
    Ok(())
}
