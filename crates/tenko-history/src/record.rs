//! Recording a run.

use bytes::Bytes;
use tenko_core::{Message, Standing, Status, msg};
use tenko_report::{Document, Kind, messages, track};

use crate::before::{self, Before};
use crate::entry::{self, REPORTS, RUNS, ReportFile, RunEntry};
use crate::error::HistoryError;
use crate::report;
use crate::store::{self, Refusal, Store};

/// The document as it stands beside the runs before, and those.
pub(crate) async fn tracked(
    store: &Store,
    mut document: Document,
) -> Result<(Document, Before), HistoryError> {
    if document.kind != Kind::Audit {
        return Ok((document, Before::default()));
    }
    let mut before = before::read(store, &document).await?;
    let documents = std::mem::take(&mut before.documents);
    let trend = std::mem::take(&mut before.trend);
    let damaged = !before.damage.is_empty();
    let nothing = damaged && documents.is_empty();
    let work = move || {
        // Of a history of which nothing can be read, nobody can say what is new beside it.
        if !nothing {
            track(&mut document, &documents, trend);
        }
        if damaged {
            resolve_nothing(&mut document);
        }
        document
    };
    let done = tokio::task::spawn_blocking(work).await;
    let document = done.map_err(|error| store.error("read", RUNS, Refusal::Other(error.into())))?;
    let warnings =
        before.damage.iter().filter_map(HistoryError::wording).map(|damage| match nothing {
            true => msg!("history-damaged-nothing", damage = damage),
            false => msg!("history-damaged-some", damage = damage),
        });
    Ok((document.with_warnings(warnings), before))
}

/// What the damaged run knew is not known: the next one will tell what is gone.
fn resolve_nothing(document: &mut Document) {
    for past in &mut document.past {
        if let Some(Standing { status: status @ Status::Resolved, .. }) = past.item.standing_mut() {
            *status = Status::Unknown;
            let why: Message = msg!("past-history-damaged");
            past.why = messages::english(&why);
            past.why_wording = why;
        }
    }
    let points = document.history.iter_mut().filter_map(|history| history.runs.last_mut());
    points.for_each(|point| point.resolved = 0);
}

/// Records a run: its report first, then the entry that makes it count.
pub(crate) async fn record(store: &Store, document: Document) -> Result<Document, HistoryError> {
    let run = document.run.id.clone();
    if !entry::is_plain(&run) {
        return Err(HistoryError::BadRunId { id: run });
    }
    if has_entry(store, &run).await? {
        return Err(HistoryError::AlreadyRecorded { run });
    }
    let (document, before) = tracked(store, document).await?;
    let work = move || {
        let packed = report::pack(&document);
        (document, packed)
    };
    let done = tokio::task::spawn_blocking(work).await;
    let (document, packed) =
        done.map_err(|error| store.error("write", &run, Refusal::Other(error.into())))?;
    let packed = packed?;
    let (bytes, unpacked, digest) = (packed.bytes.len() as u64, packed.unpacked, packed.digest);
    let file = write_report(store, &run, packed.bytes.into()).await?;
    let report = ReportFile { file, bytes, unpacked, digest };
    let heads: Vec<_> = before.heads.iter().collect();
    let entry = RunEntry::new(&document, &heads, &before.unread, report);
    write_entry(store, &entry).await?;
    if let Some(folder) = store.as_folder() {
        store::sweep(folder.join(REPORTS)).await;
        store::sweep(folder.join(RUNS)).await;
    }
    Ok(document)
}

async fn has_entry(store: &Store, run: &str) -> Result<bool, HistoryError> {
    let name = entry::file_of(run);
    match store.read(&name, entry::MAX_ENTRY).await {
        Ok(_) | Err(Refusal::TooLarge(_)) => Ok(true),
        Err(Refusal::NotFound) => Ok(false),
        Err(refusal) => Err(store.error("read", &name, refusal)),
    }
}

/// Writes the report, and says under which name.
async fn write_report(store: &Store, run: &str, bytes: Bytes) -> Result<String, HistoryError> {
    let name = format!("{REPORTS}/{run}.json.zst");
    match store.create(&name, bytes.clone()).await {
        Ok(()) => return Ok(name),
        // Of this run that died before it had an entry: that one stays as it is.
        Err(Refusal::Exists) => {}
        Err(refusal) => return Err(store.error("write", &name, refusal)),
    }
    let name = format!("{REPORTS}/{run}-{:08x}.json.zst", rand::random::<u32>());
    match store.create(&name, bytes).await {
        Ok(()) => Ok(name),
        Err(refusal) => Err(store.error("write", &name, refusal)),
    }
}

async fn write_entry(store: &Store, entry: &RunEntry) -> Result<(), HistoryError> {
    let name = entry::file_of(&entry.run);
    let text = entry.write();
    let text = text.map_err(|error| store.error("write", &name, Refusal::Other(error.into())))?;
    let (bytes, limit) = (text.len() as u64, entry::MAX_ENTRY);
    if bytes > limit {
        return Err(HistoryError::TooLarge { name, bytes, limit });
    }
    let text = Bytes::from(text);
    let Err(refusal) = store.create(&name, text.clone()).await else { return Ok(()) };
    // The answer may be lost and the entry be there; or it is there because this is the second try of
    // one whose answer was lost.
    match (store.read(&name, limit).await, refusal) {
        (Ok(found), _) if found == text => Ok(()),
        (Ok(_), Refusal::Exists) => Err(HistoryError::AlreadyRecorded { run: entry.run.clone() }),
        (_, refusal) => Err(store.error("write", &name, refusal)),
    }
}
