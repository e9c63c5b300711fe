//! Reports as they are kept: compressed, and checked when they are read.

use std::io::{self, Read, Write};

use tenko_core::Digest;
use tenko_report::{Document, ReadError};

use crate::entry::ReportFile;
use crate::error::HistoryError;
use crate::reason::Reason;

/// No report is larger as a file, in bytes.
pub(crate) const MAX_PACKED: u64 = 1 << 28;

/// No report is larger as JSON, in bytes.
pub(crate) const MAX_UNPACKED: u64 = 1 << 30;

/// A report's file, without its name.
pub(crate) struct Packed {
    pub(crate) bytes: Vec<u8>,
    pub(crate) unpacked: u64,
    pub(crate) digest: Digest,
}

/// Counts what goes through it, up to a limit.
struct Counted<W> {
    to: W,
    count: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.count += written as u64;
        if self.count > MAX_UNPACKED {
            return Err(io::Error::other("too large"));
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Compresses a report.
pub(crate) fn pack(document: &Document) -> Result<Packed, HistoryError> {
    let too_large =
        |bytes, limit| HistoryError::ReportTooLarge { run: document.run.id.clone(), bytes, limit };
    let encoder = zstd::Encoder::new(Vec::new(), 3).and_then(|encoder| {
        let mut counted = Counted { to: io::BufWriter::with_capacity(1 << 16, encoder), count: 0 };
        // Nothing else can fail: the writer is memory, and no map has other keys than texts.
        serde_json::to_writer(&mut counted, document).map_err(io::Error::from)?;
        counted.flush()?;
        let unpacked = counted.count;
        let encoder = counted.to.into_inner().map_err(io::IntoInnerError::into_error)?;
        Ok((encoder.finish()?, unpacked))
    });
    let (bytes, unpacked) = encoder.map_err(|_| too_large(MAX_UNPACKED + 1, MAX_UNPACKED))?;
    if bytes.len() as u64 > MAX_PACKED {
        return Err(too_large(bytes.len() as u64, MAX_PACKED));
    }
    let digest = Digest::of(&bytes);
    Ok(Packed { bytes, unpacked, digest })
}

/// Reads a report that must be as its entry says.
pub(crate) fn unpack(run: &str, file: &ReportFile, bytes: &[u8]) -> Result<Document, HistoryError> {
    let run = || run.to_owned();
    let damaged = |reason| HistoryError::ReportDamaged { run: run(), reason };
    let found = bytes.len() as u64;
    if found < file.bytes {
        return Err(HistoryError::ReportTruncated { run: run(), found, expected: file.bytes });
    }
    if found != file.bytes || Digest::of(bytes) != file.digest {
        return Err(damaged(Reason::Digest));
    }
    if file.unpacked > MAX_UNPACKED {
        let (bytes, limit) = (file.unpacked, MAX_UNPACKED);
        return Err(HistoryError::ReportTooLarge { run: run(), bytes, limit });
    }
    // An entry that says too little must not make it grow without an end.
    let mut text = String::new();
    let read = zstd::Decoder::new(bytes).map(|decoder| decoder.take(file.unpacked + 1));
    read.and_then(|mut read| read.read_to_string(&mut text))
        .map_err(|error| damaged(Reason::unreadable(error)))?;
    if text.len() as u64 != file.unpacked {
        return Err(damaged(Reason::Size));
    }
    let document = Document::from_json(&text).map_err(|error| match error {
        ReadError::Version { found } => HistoryError::ReportVersion { run: run(), found },
        ReadError::Json(error) => damaged(Reason::unreadable(error)),
        other => damaged(Reason::unreadable(other)),
    })?;
    if document.run.id != run() {
        return Err(damaged(Reason::OfRun { run: document.run.id }));
    }
    Ok(document)
}
