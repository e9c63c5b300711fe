//! Snapshots on disk.
//!
//! A snapshot is one file, `*.tenko.zst`: JSON Lines compressed with zstd, so that `zstd -dc` and
//! any JSON tool can read it. The first line is a header with the format's version, the last one
//! counts the lines of each kind and carries the BLAKE3 digest of all lines before it. Behind the
//! compressed data stands a seal, in a zstd skippable frame: the length of the file and the BLAKE3
//! digest of its bytes. A file that was cut off, changed or joined with another is recognized
//! before anything in it is believed.
//!
//! Files are written beside their final name, synced and then renamed: whoever reads sees the old
//! snapshot or the new one, whatever fails in between. They hold what is in the accounts, so only
//! their owner may read them.
//!
//! The seal finds accidents, not forgers: whoever may write the file can also seal it anew.
//!
//! All functions block; an async caller wraps them in its runtime's blocking tasks.
//!
//! What this crate must not know: providers, SDKs, runtimes, the network.

mod error;
mod format;
mod history;
mod read;
mod seal;
mod write;

pub use error::StoreError;
pub use history::{Entry, History};
pub use read::{read, read_run};
pub use write::write;

/// What snapshot files end with.
pub const EXTENSION: &str = ".tenko.zst";
/// The version of the format that this release writes, and the newest that it reads.
pub const VERSION: u32 = 1;
