//! What a run is compared with: the runs of its manifest that none of that manifest was compared with yet.

use std::collections::{BTreeSet, HashMap, HashSet};

use futures_util::{StreamExt as _, stream};
use tenko_report::{Document, Kind, TrendPoint};

use crate::entry::RunEntry;
use crate::error::HistoryError;
use crate::list::{self, Entry};
use crate::manifest;
use crate::report::{self, MAX_PACKED};
use crate::store::{Refusal, Store};

/// So many of the newest runs are looked at. A run that was compared with by none of them would have to
/// have ended after so many later ones.
const WINDOW: usize = 400;

/// So many runs make up the trend, the new one among them.
const TREND: usize = 90;

/// Where no run right before is of the manifest, so many runs before those of others are looked at for
/// one that is.
const BEYOND: usize = 32;

/// Reports are large: so many are read at once.
const AT_ONCE: usize = 4;

/// The runs before a new one.
#[derive(Debug, Default)]
pub(crate) struct Before {
    /// What the new run is compared with.
    pub(crate) documents: Vec<Document>,
    /// The entries of the runs that come right before it, those too whose report cannot be read.
    pub(crate) heads: Vec<RunEntry>,
    /// Runs of which not even the entry can be read.
    pub(crate) unread: Vec<String>,
    /// Why some of them could not be read. Then nothing may be called resolved.
    pub(crate) damage: Vec<HistoryError>,
    /// The runs before in numbers, the oldest first.
    pub(crate) trend: Vec<TrendPoint>,
}

/// Reads what this run is to be compared with. Runs of other manifests stay as they are, for the next
/// one of theirs.
///
/// Where the report of a run right before it cannot be read, those before that one are taken, so that
/// no more than that run's own news is lost.
pub(crate) async fn read(store: &Store, now: &Document) -> Result<Before, HistoryError> {
    let mut ids = list::ids(store).await?;
    ids.retain(|id| *id != now.run.id);
    ids.truncate(WINDOW);
    let mut entries = Vec::new();
    let mut before = Before::default();
    let mut unreadable = Vec::new();
    for Entry { id, run } in list::entries(store, &ids).await {
        match run {
            Ok(entry) if entry.kind == Kind::Audit => entries.push(entry),
            Ok(_) => {}
            Err(error) if error.is_damage() => unreadable.push((id, error)),
            // The place does not answer as it should: nothing can be said of what is in it.
            Err(error) => return Err(error),
        }
    }
    let superseded: HashSet<String> = entries.iter().flat_map(RunEntry::older).cloned().collect();
    for (id, error) in unreadable {
        if !superseded.contains(&id) {
            before.unread.push(id);
            before.damage.push(error);
        }
    }
    let heads = entries.iter().filter(|entry| !superseded.contains(&entry.run));
    before.heads = heads.cloned().collect();

    let by_id: HashMap<&str, &RunEntry> = entries.iter().map(|e| (e.run.as_str(), e)).collect();
    // Owned ones: futures over borrowed ones cannot be sent to another thread.
    let mut wanted: Vec<RunEntry> = before.heads.clone();
    let mut tried: HashSet<String> = wanted.iter().map(|entry| entry.run.clone()).collect();
    // What a run that was read knows of already.
    let mut known: HashSet<String> = HashSet::new();
    let mut others: HashSet<String> = HashSet::new();
    let mut damaged: Vec<(String, bool, HistoryError)> = Vec::new();
    // What runs of other manifests were compared with.
    let mut beyond: BTreeSet<String> = BTreeSet::new();
    let mut left = BEYOND;
    while !wanted.is_empty() {
        let reports = stream::iter(wanted).map(|entry| async move {
            let document = document(store, &entry).await;
            (entry, document)
        });
        let is_right_before = left == BEYOND;
        // One by one: those of other manifests are let go at once.
        let mut reports = reports.buffered(AT_ONCE);
        let mut parents = Vec::new();
        while let Some((entry, document)) = reports.next().await {
            match document {
                Ok(document) if manifest::differ(now, &document) => {
                    beyond.extend(entry.parents);
                    others.insert(entry.run);
                }
                Ok(document) => {
                    known.extend(entry.older().cloned());
                    before.documents.push(document);
                    if !is_right_before {
                        before.heads.push(entry);
                    }
                }
                Err(error) if error.is_damage() => {
                    parents.extend(entry.parents);
                    damaged.push((entry.run, is_right_before, error));
                }
                Err(error) => return Err(error),
            }
        }
        drop(reports);
        // The newest first. A run of both, or one of nobody's, is before runs of others only, where
        // those were the faster ones.
        while parents.is_empty() && before.documents.is_empty() && left > 0 {
            let Some(run) = beyond.pop_last() else { break };
            left -= 1;
            if !tried.contains(&run) && by_id.contains_key(run.as_str()) {
                parents.push(run);
            }
        }
        parents.retain(|run| !known.contains(run) && tried.insert(run.clone()));
        let found = parents.iter().filter_map(|run| by_id.get(run.as_str()).copied());
        wanted = found.cloned().collect();
    }
    known.extend(before.documents.iter().map(|document| document.run.id.clone()));
    for (run, is_right_before, error) in damaged {
        let reached = reach(&by_id, std::iter::once(run.as_str()));
        let comes_after = |of: &HashSet<String>| of.iter().any(|run| reached.contains(&**run));
        // What nothing tells of is taken as own.
        if comes_after(&known) || (is_right_before && !comes_after(&others)) {
            before.damage.push(error);
        } else {
            others.insert(run);
        }
    }
    before.heads.retain(|head| !others.contains(&head.run));
    let own = reach(&by_id, before.heads.iter().map(|head| head.run.as_str()));
    let foreign = reach(&by_id, others.iter().map(String::as_str));
    let is_own = |run: &&RunEntry| own.contains(&*run.run) || !foreign.contains(&*run.run);
    before.trend = trend(entries.iter().filter(is_own));
    Ok(before)
}

/// These runs, and all that they were compared with, however far back.
fn reach<'a>(
    by_id: &HashMap<&str, &'a RunEntry>,
    from: impl Iterator<Item = &'a str>,
) -> HashSet<&'a str> {
    let mut open: Vec<&str> = from.collect();
    let mut reached = HashSet::new();
    while let Some(run) = open.pop() {
        if reached.insert(run)
            && let Some(entry) = by_id.get(run)
        {
            open.extend(entry.older().map(String::as_str));
        }
    }
    reached
}

/// The report of a run.
pub(crate) async fn document(store: &Store, entry: &RunEntry) -> Result<Document, HistoryError> {
    let (run, file) = (entry.run.clone(), entry.report.clone());
    let bytes = match store.read(&file.file, MAX_PACKED).await {
        Ok(bytes) => bytes,
        Err(Refusal::NotFound) => return Err(HistoryError::ReportMissing { run }),
        Err(Refusal::TooLarge(bytes)) => {
            return Err(HistoryError::TooLarge { name: file.file, bytes, limit: MAX_PACKED });
        }
        Err(refusal) => return Err(store.error("read", &file.file, refusal)),
    };
    let name = file.file.clone();
    let unpacked = tokio::task::spawn_blocking(move || report::unpack(&run, &file, &bytes)).await;
    match unpacked {
        Ok(document) => document,
        Err(error) => Err(store.error("read", &name, Refusal::Other(error.into()))),
    }
}

fn trend<'a>(entries: impl Iterator<Item = &'a RunEntry>) -> Vec<TrendPoint> {
    let mut points: Vec<_> = entries.map(|entry| entry.point.clone()).collect();
    points.sort_by(|a, b| (a.at, &a.run).cmp(&(b.at, &b.run)));
    let more = points.len().saturating_sub(TREND - 1);
    points.split_off(more)
}
