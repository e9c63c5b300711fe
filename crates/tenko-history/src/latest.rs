//! The newest run of a manifest, where runs of several are in one place.

use std::collections::HashSet;

use tenko_core::Declaration;
use tenko_report::Document;

use crate::before;
use crate::error::HistoryError;
use crate::list;
use crate::manifest;
use crate::store::Store;

/// So many of the newest runs are looked at: the report of each has to be read.
pub(crate) const SEARCHED: usize = 100;

/// A run that cannot be read, so that nobody can say for sure whose it is.
struct Unread {
    error: HistoryError,
    /// What it was compared with, where that much is known.
    older: HashSet<String>,
}

impl Unread {
    /// Whether it may be of the manifest, whose newest readable run and those before it are `own`. It
    /// would have been compared with them, as they would with the same runs where they ran at once.
    fn may_be_own(&self, own: Option<&HashSet<String>>, others: &HashSet<String>) -> bool {
        match own {
            Some(own) => self.older.is_empty() || !self.older.is_disjoint(own),
            None => self.older.is_disjoint(others),
        }
    }
}

/// Reads one report at a time, the newest first, until one is of the manifest.
pub(crate) async fn of(store: &Store, declaration: &Declaration) -> Result<Document, HistoryError> {
    let ids = list::ids(store).await?;
    if ids.is_empty() {
        return Err(HistoryError::Empty { place: store.name.to_string() });
    }
    let mut unread = Vec::new();
    let mut others = HashSet::new();
    let mut found = None;
    for id in ids.iter().take(SEARCHED) {
        let (error, older) = match list::entry_of(store, id).await {
            // It was taken away meanwhile.
            Ok(None) => continue,
            Ok(Some(entry)) => match before::document(store, &entry).await {
                Ok(document) if manifest::is_of_another(&document, declaration) => {
                    others.insert(entry.run);
                    continue;
                }
                Ok(document) => {
                    let mut own: HashSet<_> = entry.older().cloned().collect();
                    own.insert(entry.run);
                    found = Some((document, own));
                    break;
                }
                Err(error) => (error, entry.older().cloned().collect()),
            },
            Err(error) => (error, HashSet::new()),
        };
        if !error.is_damage() {
            return Err(error);
        }
        unread.push(Unread { error, older });
    }
    // An older one is not shown as the latest in silence.
    let own = found.as_ref().map(|(_, own)| own);
    let damage = unread.into_iter().find(|one| one.may_be_own(own, &others)).map(|one| one.error);
    match (damage, found) {
        (None, Some((document, _))) => Ok(document),
        (Some(damage), Some((document, _))) => {
            Err(HistoryError::LatestDamaged { damage: damage.into(), before: document.run.id })
        }
        (Some(damage), None) => Err(damage),
        (None, None) => Err(HistoryError::NoneOfManifest {
            place: store.name.to_string(),
            searched: (ids.len() > SEARCHED).then_some(SEARCHED),
        }),
    }
}
