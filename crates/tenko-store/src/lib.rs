//! Snapshots on disk.
//!
//! A snapshot is one file, `*.tenko.zst`, made of zstd frames, so that it can be read in parts:
//!
//! | part | holds | checked |
//! |---|---|---|
//! | header | a JSON line: the format's version, the run | whole |
//! | facts | JSON lines: scopes, answers, units and their outcomes, problems, calls | whole |
//! | dictionary | what the blocks are compressed with; small snapshots have none | whole |
//! | blocks | resources as JSON lines, sorted by cloud, type, scope, region and id, 40 KiB to a block | block by block |
//! | index | 36 bytes a resource, sorted by key: 128-bit key, 128-bit digest, row number | chunk by chunk |
//! | tables | where each block and chunk is, and its checksum | whole |
//! | manifest | a JSON line: the length and checksum of every part, how many there are of what | whole |
//! | seal | the length of the file, the place of the manifest and its checksum | by itself |
//!
//! All checksums are BLAKE3. The manifest is written last, so a file that was cut off, changed or
//! joined with another is recognized, and what is read in part is checked in part: no piece is
//! believed before its checksum was seen. Two snapshots are compared by merging their indexes; only
//! resources that differ are opened ([`SnapshotFile`]).
//!
//! Files are written beside their final name, synced and then renamed: whoever reads sees the old
//! snapshot or the new one, whatever fails in between. They hold what is in the accounts, so only
//! their owner may read them.
//!
//! The checksums find accidents, not forgers: whoever may write the file can also seal it anew.
//!
//! All functions block; an async caller wraps them in its runtime's blocking tasks. They use all
//! cores.
//!
//! What this crate must not know: providers, SDKs, runtimes, the network.

mod blocks;
mod error;
mod facts;
mod file;
mod format;
mod frame;
mod history;
mod index;
mod read;
mod write;

pub use error::StoreError;
pub use file::SnapshotFile;
pub use format::Held;
pub use history::{Entry, History};
pub use read::{read, read_run};
pub use write::{Writer, write};

/// What snapshot files end with.
pub const EXTENSION: &str = ".tenko.zst";
/// The version of the format that this release writes and reads.
pub const VERSION: u32 = 2;
