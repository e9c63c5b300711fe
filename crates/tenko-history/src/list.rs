//! Which runs there are.

use futures_util::{StreamExt as _, stream};

use crate::entry::{self, MAX_ENTRY, RUNS, RunEntry};
use crate::error::HistoryError;
use crate::store::{Refusal, Store};

/// So many entries are read at once.
const AT_ONCE: usize = 32;

/// So many runs are named where one was not found.
const NAMED: usize = 5;

/// What the newest run is called, whatever its id is.
pub const LATEST: &str = "latest";

/// One run of a history.
#[derive(Debug)]
#[non_exhaustive]
pub struct Entry {
    /// The run's id.
    pub id: String,
    /// What is known of the run, or why its entry cannot be read.
    pub run: Result<RunEntry, HistoryError>,
}

/// The ids of all runs, the newest first: ids of later runs sort after those of earlier ones.
pub(crate) async fn ids(store: &Store) -> Result<Vec<String>, HistoryError> {
    let names = store.list(RUNS).await.map_err(|refusal| store.error("list", RUNS, refusal))?;
    let runs = names.iter().filter_map(|name| entry::run_of(name));
    let mut ids: Vec<String> = runs.map(str::to_owned).collect();
    ids.sort_by(|a, b| b.cmp(a));
    Ok(ids)
}

/// The entries of these runs, in the same order; one that was taken away meanwhile is not among them.
pub(crate) async fn entries(store: &Store, ids: &[String]) -> Vec<Entry> {
    let read = |id: String| async move {
        let run = entry_of(store, &id).await.transpose()?;
        Some(Entry { id, run })
    };
    let all = stream::iter(ids.iter().cloned()).map(read).buffered(AT_ONCE);
    all.filter_map(std::future::ready).collect().await
}

/// The entry of a run, if there is one.
pub(crate) async fn entry_of(store: &Store, id: &str) -> Result<Option<RunEntry>, HistoryError> {
    let name = entry::file_of(id);
    match store.read(&name, MAX_ENTRY).await {
        Ok(bytes) => RunEntry::read(id, &bytes).map(Some),
        Err(Refusal::NotFound) => Ok(None),
        Err(Refusal::TooLarge(bytes)) => {
            Err(HistoryError::TooLarge { name, bytes, limit: MAX_ENTRY })
        }
        Err(refusal) => Err(store.error("read", &name, refusal)),
    }
}

/// The one run that is meant: its id, an unambiguous beginning of it, or `latest`.
pub(crate) fn find<'a>(
    ids: &'a [String],
    wanted: &str,
    place: &str,
) -> Result<&'a String, HistoryError> {
    let Some(newest) = ids.first() else {
        return Err(HistoryError::Empty { place: place.to_owned() });
    };
    if wanted == LATEST {
        return Ok(newest);
    }
    if let Some(exact) = ids.iter().find(|id| *id == wanted) {
        return Ok(exact);
    }
    let fits: Vec<_> = ids.iter().filter(|id| id.starts_with(wanted)).collect();
    match fits.as_slice() {
        [one] => Ok(*one),
        [] => {
            // Those that begin alike; where none does, the newest.
            let alike =
                |id: &str| id.bytes().zip(wanted.bytes()).take_while(|(a, b)| a == b).count();
            let mut similar: Vec<_> = ids.iter().collect();
            similar.sort_by_key(|id| std::cmp::Reverse(alike(id)));
            let similar = similar.into_iter().take(NAMED).cloned().collect();
            Err(HistoryError::Unknown {
                wanted: wanted.to_owned(),
                place: place.to_owned(),
                similar,
            })
        }
        several => Err(HistoryError::Ambiguous {
            wanted: wanted.to_owned(),
            count: several.len(),
            some: several.iter().take(NAMED).copied().cloned().collect(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids() -> Vec<String> {
        ["20260302T060000Z-9c", "20260301T090000Z-7f", "20260301T060000Z-1a", "20260228T060000Z-00"]
            .map(str::to_owned)
            .to_vec()
    }

    #[test]
    fn runs_are_found_by_id_beginning_and_latest() {
        let ids = ids();
        let found = |wanted| find(&ids, wanted, ".tenko/history").map(String::as_str);
        assert_eq!(found("latest").unwrap(), "20260302T060000Z-9c");
        assert_eq!(found("20260301T0900").unwrap(), "20260301T090000Z-7f");
        assert_eq!(found("20260301T060000Z-1a").unwrap(), "20260301T060000Z-1a");
    }

    #[test]
    fn an_id_wins_over_those_that_begin_like_it() {
        let ids = ["a-1", "a"].map(str::to_owned);
        assert_eq!(find(&ids, "a", "x").unwrap(), "a");
    }

    #[test]
    fn what_is_not_one_run_is_told_with_those_that_may_be_meant() {
        let ids = ids();
        let error = |wanted| find(&ids, wanted, ".tenko/history").unwrap_err();
        let ambiguous = error("20260301");
        assert_eq!(ambiguous.to_string(), "`20260301` may be any of 2 runs");
        let hint = "add some more characters: 20260301T090000Z-7f, 20260301T060000Z-1a";
        assert_eq!(ambiguous.hint().unwrap(), hint);
        let HistoryError::Unknown { similar, .. } = error("20260301T07") else { panic!("unknown") };
        assert_eq!(similar[0], "20260301T090000Z-7f");
        assert_eq!(similar.len(), 4);
        assert!(matches!(find(&[], "latest", "x"), Err(HistoryError::Empty { .. })));
    }
}
