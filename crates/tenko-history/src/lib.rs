//! The reports of past runs, in a folder or in object storage.
//!
//! ```text
//! runs/RUN.json           the run's entry: written last, so that a run with an entry is whole
//! reports/RUN.json.zst    its report
//! told/RUN-DIGEST        a note that somebody was told of it
//! ```
//!
//! Files are made, and never changed or removed. A run that dies before its entry is written leaves
//! nothing that counts: a report without an entry is listed nowhere. Nothing is locked: two runs at
//! the same time are compared with the same runs before, and the next one with both of them, since it
//! takes all that are nobody's parent.
//!
//! What cannot be read is told, with what to do; a run is then compared with the runs before the one
//! that is damaged, resolves nothing, and says so in its warnings.
//!
//! Runs of several manifests may be in one place: each is compared with those of its own manifest only,
//! for it would tell what another one found as gone, and each has a latest run of its own.
//!
//! This crate opens no connection: an object store is handed in. Its calls are `GET`, the listing of a
//! prefix, and the `PUT` of an object that must not exist yet.

mod before;
mod entry;
mod error;
mod latest;
mod list;
mod manifest;
mod place;
mod reason;
mod record;
mod report;
mod shown;
mod store;
mod told;

use std::path::Path;
use std::sync::Arc;

use object_store::ObjectStore;
use tenko_core::Declaration;
use tenko_report::Document;

pub use entry::{ENTRY_VERSION, ReportFile, RunEntry};
pub use error::HistoryError;
pub use list::{Entry, LATEST};
pub use place::{HistoryPlace, ObjectService, PlaceError};
pub use reason::Reason;

use store::Store;

/// Where the latest run is damaged, so many before it are looked at for one that is not.
const TRIED: usize = 10;

/// The runs that were recorded in one place.
#[derive(Clone, Debug)]
pub struct RunHistory {
    store: Store,
}

impl RunHistory {
    /// The history in a folder, which is made when the first run is recorded; only its owner may
    /// enter it then.
    ///
    /// # Errors
    /// [`HistoryError::NotAFolder`] when something else has that name.
    pub fn local(folder: &Path) -> Result<Self, HistoryError> {
        if folder.exists() && !folder.is_dir() {
            return Err(HistoryError::NotAFolder { place: folder.display().to_string() });
        }
        Ok(Self { store: Store::folder(folder.to_owned()) })
    }

    /// The history in the objects whose names begin with a prefix (empty: all); `name` is what people
    /// call the place: `s3://acme-audit/tenko`.
    pub fn over(store: Arc<dyn ObjectStore>, prefix: &str, name: String) -> Self {
        Self { store: Store::objects(store, prefix, name) }
    }

    /// What people call the place.
    pub fn name(&self) -> &str {
        &self.store.name
    }

    /// Finds out whether a run could be kept in a folder, before the work that it is to hold: a file is
    /// made there and taken away again, and no folder is made. There may still be too little room for
    /// the run when it comes.
    ///
    /// Of object storage nothing can be found out: there only writing tells, and what was written is
    /// never removed.
    ///
    /// # Errors
    /// [`HistoryError::Place`] when no file can be made.
    pub async fn check_writable(&self) -> Result<(), HistoryError> {
        for folder in [entry::RUNS, entry::REPORTS] {
            let tried = self.store.try_writing(folder).await;
            tried.map_err(|refusal| self.store.error("write", folder, refusal))?;
        }
        Ok(())
    }

    /// Compares a run with the runs before it and keeps it. The document comes back with statuses,
    /// history and what is past. Documents of other kinds than audits are kept as they are, and nothing
    /// is compared with them.
    ///
    /// When this has succeeded, the run is in the history for good. When it has not, it is not, unless
    /// the place lost the answer to the very last call.
    ///
    /// # Errors
    /// When the run has no usable id or is in the history already, the place does not answer or has no
    /// room, or the report is too large. A run before that is damaged is no error: see the crate.
    pub async fn record(&self, document: Document) -> Result<Document, HistoryError> {
        record::record(&self.store, document).await
    }

    /// What [`Self::record`] would give back, with nothing written.
    ///
    /// # Errors
    /// When the place does not answer.
    pub async fn preview(&self, document: Document) -> Result<Document, HistoryError> {
        Ok(record::tracked(&self.store, document).await?.0)
    }

    /// All runs, the newest first. No report is read.
    ///
    /// # Errors
    /// When the place does not answer. An entry that cannot be read is in the list, with the reason.
    pub async fn list(&self) -> Result<Vec<Entry>, HistoryError> {
        let ids = list::ids(&self.store).await?;
        Ok(list::entries(&self.store, &ids).await)
    }

    /// The report of a run: by its id, an unambiguous beginning of it, or `latest`.
    ///
    /// # Errors
    /// When no run or several are meant, the place does not answer, or the run's entry or report is
    /// damaged, cut off, gone, or of a newer version. Of the latest run that error names the last one
    /// before it that can be read, where there is one: [`HistoryError::LatestDamaged`].
    pub async fn get(&self, wanted: &str) -> Result<Document, HistoryError> {
        let ids = list::ids(&self.store).await?;
        let id = list::find(&ids, wanted, self.name())?;
        match self.document(id).await {
            Err(damage) if wanted == list::LATEST && damage.is_damage() => {
                Err(self.latest_damaged(damage, &ids).await)
            }
            document => document,
        }
    }

    /// The newest report that is of this manifest, by what tells which runs are compared with each
    /// other: it declares one of its accounts, projects or tenants. One that declares no tenant may be
    /// of any manifest, and so may any run where the manifest declares none. Only the newest 100 runs
    /// are looked at.
    ///
    /// # Errors
    /// [`HistoryError::NoneOfManifest`] when all of those are of others, [`HistoryError::Empty`] when
    /// there is none; else as [`Self::get`] for the latest run. A newer run that is damaged is passed
    /// over where it was compared with runs of others only.
    pub async fn latest_of(&self, declaration: &Declaration) -> Result<Document, HistoryError> {
        latest::of(&self.store, declaration).await
    }

    async fn document(&self, id: &str) -> Result<Document, HistoryError> {
        let entry = list::entry_of(&self.store, id).await?;
        let entry = entry.ok_or_else(|| HistoryError::Unknown {
            wanted: id.to_owned(),
            place: self.name().to_owned(),
            similar: Vec::new(),
        })?;
        before::document(&self.store, &entry).await
    }

    /// Looks for a run that can be read instead of the first of these, which is damaged.
    async fn latest_damaged(&self, damage: HistoryError, ids: &[String]) -> HistoryError {
        for id in ids.iter().skip(1).take(TRIED) {
            // Whatever is wrong with this one is not what was asked for.
            if self.document(id).await.is_ok() {
                return HistoryError::LatestDamaged { damage: damage.into(), before: id.clone() };
            }
        }
        damage
    }
}
