//! The measurements. Each runs in a process of its own, so that its memory is its own, and gives
//! named numbers: seconds and bytes.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use tenko_core::{
    Attributes, CHUNK_RECORDS, Digest, IndexChunk, IndexRecord, Redactor, Resource, Snapshot,
    StoredSnapshot,
};
use tenko_declare::terraform::{Mappings, fold, read_owned_state};
use tenko_diff::{ChangedRows, StoredRow, diff_indexes, diff_snapshots, diff_stored};
use tenko_store::SnapshotFile;

use crate::inventory::{Inventory, Row, Side};
use crate::measure::{Result, best, on_core, peak_rss, side_by_side, stream_read};
use crate::{collection, kept, state};

/// Named numbers.
pub type Numbers = BTreeMap<String, f64>;

/// What a measurement works on.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Where the snapshots are.
    pub folder: &'a Path,
    /// Resources in each.
    pub resources: u64,
}

impl Place<'_> {
    fn open(&self, side: Side) -> Result<SnapshotFile> {
        Ok(SnapshotFile::open(&self.path(side))?)
    }

    pub(crate) fn path(&self, side: Side) -> std::path::PathBuf {
        self.folder.join(match side {
            Side::Old => "old.tenko.zst",
            Side::New => "new.tenko.zst",
        })
    }
}

/// Runs the measurement of this name.
///
/// # Errors
/// When there is none, or something that it needs fails.
pub fn run(name: &str, place: Place<'_>) -> Result<Numbers> {
    let mut out = match name {
        "write-old" => write(place, Side::Old)?,
        "write-new" => write(place, Side::New)?,
        "ingest" => ingest(place)?,
        "merge" => merge(place)?,
        "status" => status(place)?,
        "full" => full(place)?,
        "whole" => whole(place)?,
        "rules" => crate::risk::evaluated(place)?,
        "stream" => stream(place)?,
        "state" => terraform(place)?,
        "collect" => collect(place)?,
        other => return Err(format!("no measurement is called {other}").into()),
    };
    out.insert("rss".to_owned(), peak_rss() as f64);
    Ok(out)
}

fn numbers<const N: usize>(of: [(&str, f64); N]) -> Numbers {
    of.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn write(place: Place<'_>, side: Side) -> Result<Numbers> {
    let inventory = Inventory::new(place.resources, 1);
    let path = place.path(side);
    let (count, took) = kept::write(&inventory, side, &path)?;
    let bytes = std::fs::metadata(&path)?.len();
    Ok(numbers([
        ("resources", count as f64),
        ("bytes", bytes as f64),
        ("seconds", took.as_secs_f64()),
    ]))
}

/// On one core, from what a provider hands over, and from text.
fn ingest(place: Place<'_>) -> Result<Numbers> {
    let inventory = Inventory::new(place.resources.min(50_000), 1);
    let (catalog, redactor) = (kept::catalog(&inventory), Redactor::new([7; 32]));
    let (mut drafts, mut texts, mut bytes) = (Vec::new(), Vec::new(), 0);
    let mut row = Row::default();
    for at in 0..inventory.universe() {
        if inventory.row(at, Side::New, &mut row) {
            let draft = kept::draft(&row)?;
            let info = catalog.get(&draft.key.resource_type).ok_or("an unknown type")?;
            drafts.push((draft, info));
            texts.push(row.attributes.clone());
            let mut line = String::new();
            row.line(&mut line);
            bytes += line.len() + 1;
        }
    }
    let mut shortest = Duration::MAX;
    for _ in 0..5 {
        let mut took = Duration::ZERO;
        // Some at a time, as pages of an answer come.
        for page in drafts.chunks(500) {
            // The work takes its input with it.
            let copies = page.to_vec();
            let mut made = Vec::with_capacity(copies.len());
            let (finished, on_core) = on_core(|| -> Result<()> {
                for (draft, info) in copies {
                    made.push(draft.finish(info, &redactor)?);
                }
                Ok(())
            });
            finished?;
            took += on_core;
        }
        shortest = shortest.min(took);
    }
    let shortest_of = |f: &dyn Fn() -> u8| (0..3).map(|_| on_core(f).1).min().unwrap_or_default();
    let from_text = shortest_of(&|| {
        let digest = |text: &String| {
            let attributes: Attributes = serde_json::from_str(text).unwrap_or_default();
            Digest::of(attributes.as_json().as_bytes())
        };
        texts.iter().map(digest).fold(0_u8, |sum, digest| sum ^ digest.0[0])
    });
    let text_bytes: usize = texts.iter().map(String::len).sum();
    let hash =
        best(3, || texts.iter().map(|text| Digest::of(text.as_bytes()).0[0]).fold(0, |a, b| a ^ b));
    Ok(numbers([
        ("bytes", bytes as f64),
        ("seconds", shortest.as_secs_f64()),
        ("text_bytes", text_bytes as f64),
        ("text_seconds", from_text.as_secs_f64()),
        ("hash_seconds", hash.as_secs_f64()),
    ]))
}

/// An index that was read into memory.
struct Loaded {
    facts: Snapshot,
    firsts: Vec<Digest>,
    chunks: Vec<IndexChunk>,
}

impl Loaded {
    fn of(file: &SnapshotFile) -> Result<Self> {
        let mut chunks = Vec::new();
        for at in 0..file.chunks().len() {
            let mut chunk = IndexChunk::default();
            file.chunk(at, &mut chunk)?;
            chunks.push(chunk);
        }
        Ok(Self { facts: file.facts().clone(), firsts: file.chunks().to_vec(), chunks })
    }
}

impl StoredSnapshot for Loaded {
    type Error = String;

    fn facts(&self) -> &Snapshot {
        &self.facts
    }

    fn chunks(&self) -> &[Digest] {
        &self.firsts
    }

    fn chunk<'a>(
        &'a self,
        at: usize,
        _: &'a mut IndexChunk,
    ) -> std::result::Result<&'a IndexChunk, String> {
        self.chunks.get(at).ok_or_else(|| "no such chunk".to_owned())
    }

    fn resources(&self, _: &[(u32, Digest)]) -> std::result::Result<Vec<Resource>, String> {
        Err("only the index is loaded".to_owned())
    }
}

/// Both indexes in memory: the merge, and reading the same memory once.
fn merge(place: Place<'_>) -> Result<Numbers> {
    let old = Loaded::of(&place.open(Side::Old)?)?;
    let new = Loaded::of(&place.open(Side::New)?)?;
    let parts: Vec<&[u8]> =
        old.chunks.iter().chain(&new.chunks).map(IndexChunk::as_bytes).collect();
    // What a merge must see: keys and digests. Row numbers are read of differences only.
    let keys_and_digests: Vec<&[u8]> = old
        .chunks
        .iter()
        .chain(&new.chunks)
        .map(|chunk| chunk.as_bytes().get(..chunk.len() * 32).unwrap_or_default())
        .collect();
    let all: usize = parts.iter().map(|part| part.len()).sum();
    let seen: usize = keys_and_digests.iter().map(|part| part.len()).sum();
    let found = diff_indexes(&old, &new)?;
    let (merged, read) =
        side_by_side(15, || diff_indexes(&old, &new), || stream_read(&keys_and_digests));
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
    let (merged_one, read_one) = one.install(|| {
        side_by_side(9, || diff_indexes(&old, &new), || stream_read(&keys_and_digests))
    });
    Ok(numbers([
        ("bytes", all as f64),
        ("seen", seen as f64),
        ("merge", merged.as_secs_f64()),
        ("stream_read", read.as_secs_f64()),
        ("merge_one", merged_one.as_secs_f64()),
        ("stream_read_one", read_one.as_secs_f64()),
        ("same", found.same as f64),
        ("changed", found.changed.len() as f64),
        ("added", found.added.len() as f64),
        ("gone", found.gone.len() as f64),
    ]))
}

/// From two closed files to the status of every resource.
fn status(place: Place<'_>) -> Result<Numbers> {
    let run = || -> Result<usize> {
        let (old, new) = (place.open(Side::Old)?, place.open(Side::New)?);
        let found = diff_indexes(&old, &new)?;
        Ok(found.same + found.changed.len() + found.added.len() + found.gone.len())
    };
    let found = run()?;
    // Reading as many bytes of the same file in pieces of the same size.
    let length = IndexChunk::size_of(CHUNK_RECORDS);
    let bytes = IndexChunk::size_of(place.resources as usize) * 2;
    let files = [place.path(Side::Old), place.path(Side::New)];
    let read = || -> Result<u64> {
        let (mut sum, mut buffer) = (0, vec![0; length]);
        for path in &files {
            let file = std::fs::File::open(path)?;
            for at in 0..(bytes / 2).div_ceil(length) {
                sum += read_at(&file, &mut buffer, (at * length) as u64)?;
                sum += stream_read(&[&buffer]) & 1;
            }
        }
        Ok(sum)
    };
    let (status, read) = side_by_side(7, run, read);
    Ok(numbers([
        ("seconds", status.as_secs_f64()),
        ("stream_read", read.as_secs_f64()),
        ("bytes", bytes as f64),
        ("found", found as f64),
    ]))
}

#[cfg(unix)]
fn read_at(file: &std::fs::File, into: &mut [u8], at: u64) -> Result<u64> {
    Ok(std::os::unix::fs::FileExt::read_at(file, into, at)? as u64)
}

#[cfg(not(unix))]
fn read_at(mut file: &std::fs::File, into: &mut [u8], at: u64) -> Result<u64> {
    use std::io::{Read, Seek, SeekFrom};
    file.seek(SeekFrom::Start(at))?;
    Ok(file.read(into)? as u64)
}

/// From two closed files to every changed attribute.
fn full(place: Place<'_>) -> Result<Numbers> {
    let catalog = kept::catalog(&Inventory::new(place.resources, 1));
    let run = || -> Result<usize> {
        let (old, new) = (place.open(Side::Old)?, place.open(Side::New)?);
        Ok(diff_stored(&old, &new, &catalog)?.drift.len())
    };
    let found = run()?;
    let took = best(3, run);
    Ok(numbers([("seconds", took.as_secs_f64()), ("found", found as f64)]))
}

/// The same by reading both snapshots whole.
fn whole(place: Place<'_>) -> Result<Numbers> {
    let catalog = kept::catalog(&Inventory::new(place.resources, 1));
    let start = Instant::now();
    let old = tenko_store::read(&place.path(Side::Old))?;
    let new = tenko_store::read(&place.path(Side::New))?;
    let read = start.elapsed();
    let start = Instant::now();
    let whole = diff_snapshots(&old, &new, &catalog);
    let compared = start.elapsed();
    let stored = diff_stored(&place.open(Side::Old)?, &place.open(Side::New)?, &catalog)?;
    if whole != stored {
        return Err("whole and kept snapshots do not differ alike".into());
    }
    Ok(numbers([("read", read.as_secs_f64()), ("compare", compared.as_secs_f64())]))
}

/// An index that is never there: each chunk is made when it is asked for.
struct Endless {
    facts: Snapshot,
    firsts: Vec<Digest>,
    records: u64,
    side: Side,
}

impl Endless {
    fn new(records: u64, side: Side) -> Result<Self> {
        let facts = kept::facts(&Inventory::new(1, 1), side)?;
        let mut index = Self { facts, firsts: Vec::new(), records, side };
        let chunks = records.div_ceil(CHUNK_RECORDS as u64);
        index.firsts = (0..chunks).map(|at| index.record(at * CHUNK_RECORDS as u64).key).collect();
        Ok(index)
    }

    /// Every hundredth is new on either side, every other hundredth has changed.
    fn record(&self, at: u64) -> IndexRecord {
        let own = at % 100 == 7;
        let new = self.side == Side::New;
        let key = (u128::from(at) << 80) | u128::from(own && new);
        let changed = u128::from(at % 100 == 3 && new);
        IndexRecord {
            key: Digest(key.to_be_bytes()),
            digest: Digest((u128::from(at) ^ (changed << 100)).to_be_bytes()),
            row: at as u32,
        }
    }
}

impl StoredSnapshot for Endless {
    type Error = String;

    fn facts(&self) -> &Snapshot {
        &self.facts
    }

    fn chunks(&self) -> &[Digest] {
        &self.firsts
    }

    fn chunk<'a>(
        &'a self,
        at: usize,
        buffer: &'a mut IndexChunk,
    ) -> std::result::Result<&'a IndexChunk, String> {
        let from = (at * CHUNK_RECORDS) as u64;
        let to = (from + CHUNK_RECORDS as u64).min(self.records);
        let records: Vec<_> = (from..to).map(|at| self.record(at)).collect();
        *buffer = IndexChunk::of(&records);
        Ok(buffer)
    }

    fn resources(&self, _: &[(u32, Digest)]) -> std::result::Result<Vec<Resource>, String> {
        Err("there are none".to_owned())
    }
}

/// A merge of indexes that do not fit: ten times, and a hundred times, what the run has, in one
/// process each by the size of what is given.
fn stream(place: Place<'_>) -> Result<Numbers> {
    let records = place.resources;
    let (old, new) = (Endless::new(records, Side::Old)?, Endless::new(records, Side::New)?);
    let start = Instant::now();
    let found = diff_indexes(&old, &new)?;
    let differences = found.changed.len() + found.gone.len() + found.added.len();
    let bytes = found.changed.len() * size_of::<ChangedRows>()
        + (found.gone.len() + found.added.len()) * size_of::<StoredRow>();
    if found.same as u64 + records / 100 * 2 != records {
        return Err("the merge of made-up indexes is wrong".into());
    }
    Ok(numbers([
        ("seconds", start.elapsed().as_secs_f64()),
        ("found", differences as f64),
        ("found_bytes", bytes as f64),
    ]))
}

/// Reads and folds the state that is there.
fn terraform(place: Place<'_>) -> Result<Numbers> {
    let path = place.folder.join("state.tfstate");
    let mappings = Mappings::new(&state::catalog(&Inventory::new(1, 1)))?;
    let run = || -> Result<(usize, usize)> {
        let bytes = std::fs::read(&path)?;
        let state = read_owned_state("state.tfstate", bytes, &mappings)?;
        let (instances, comparable) = (state.info.instances, state.info.comparable);
        let folded = fold(vec![(state, None)]);
        if folded.claims.len() != instances {
            return Err("some instances of the state claim nothing".into());
        }
        Ok((instances, comparable))
    };
    let start = Instant::now();
    let (instances, comparable) = run()?;
    let mut took = start.elapsed();
    let rss = peak_rss();
    took = took.min(best(2, run));
    Ok(numbers([
        ("seconds", took.as_secs_f64()),
        ("instances", instances as f64),
        ("comparable", comparable as f64),
        ("first_rss", rss as f64),
        ("bytes", std::fs::metadata(&path)?.len() as f64),
    ]))
}

fn collect(place: Place<'_>) -> Result<Numbers> {
    let accounts = (place.resources / 5_000).clamp(3, 200);
    let of = collection::simulate(accounts)?;
    Ok(numbers([
        ("units", of.units as f64),
        ("calls", of.calls as f64),
        ("throttled", of.throttled as f64),
        ("took", of.took.as_secs_f64()),
        ("bound", of.bound.as_secs_f64()),
    ]))
}
