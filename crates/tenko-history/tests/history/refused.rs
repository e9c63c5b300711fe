//! Places that refuse: full, unreachable, not there.

use std::error::Error as _;
use std::sync::Arc;

use object_store::ObjectStore;
use object_store::memory::InMemory;
use tenko_history::*;

use crate::faulty::{Fault, Faulty};
use crate::worlds::Input;

fn history(store: &Arc<dyn ObjectStore>) -> RunHistory {
    RunHistory::over(store.clone(), "tenko", "s3://b/tenko".to_owned())
}

async fn one_run() -> Arc<dyn ObjectStore> {
    let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    history(&store).record(Input::day(0, &[1]).document()).await.unwrap();
    store
}

#[tokio::test]
async fn of_a_full_place_nothing_half_is_listed() {
    let mut refused = 0;
    for room in (0..6_000).step_by(150) {
        let store = one_run().await;
        let full = history(&Faulty::over(store.clone(), Fault::Full(room)));
        let second = Input::day(1, &[1, 2]);
        let listed = match full.record(second.document()).await {
            Ok(document) => {
                assert_eq!(history(&store).get("latest").await.unwrap(), document);
                2
            }
            Err(error) => {
                refused += 1;
                assert!(error.to_string().starts_with("failed to write r"), "{error}");
                assert_eq!(
                    error.source().unwrap().to_string(),
                    "Generic faulty error: no space left on device"
                );
                assert!(error.hint().unwrap().contains("needs room"));
                1
            }
        };
        let entries = history(&store).list().await.unwrap();
        assert_eq!(entries.len(), listed, "room for {room} bytes");
        assert!(entries.iter().all(|entry| entry.run.is_ok()));
        if listed == 1 {
            // As soon as there is room, the same run is recorded.
            let again = history(&store).record(second.document()).await.unwrap();
            assert_eq!(history(&store).get("latest").await.unwrap(), again);
        }
    }
    assert!((5..40).contains(&refused), "{refused} were refused");
}

#[tokio::test]
async fn a_lost_answer_loses_no_run_and_makes_none_twice() {
    // Of the report: the run is not recorded, and the second try is.
    let store = one_run().await;
    let lost = history(&Faulty::over(store.clone(), Fault::LostAnswer(0)));
    let second = Input::day(1, &[1, 2]);
    lost.record(second.document()).await.unwrap_err();
    assert_eq!(history(&store).list().await.unwrap().len(), 1);
    let again = history(&store).record(second.document()).await.unwrap();
    assert_eq!(history(&store).get("latest").await.unwrap(), again);
    // Of the entry: it is there, and so the run is recorded.
    let store = one_run().await;
    let lost = history(&Faulty::over(store.clone(), Fault::LostAnswer(1)));
    let document = lost.record(second.document()).await.unwrap();
    assert_eq!(history(&store).get("latest").await.unwrap(), document);
}

#[tokio::test]
async fn a_place_that_cannot_be_read_records_nothing() {
    // Whether the run is there, its entry, the report before it: each of them may fail.
    for read in 0..3 {
        let store = one_run().await;
        let broken = history(&Faulty::over(store.clone(), Fault::Read(read)));
        let error = broken.record(Input::day(1, &[]).document()).await.unwrap_err();
        assert!(error.to_string().starts_with("failed to read r"), "{error}");
        assert!(!error.is_damage(), "trying again may help: {error}");
        assert_eq!(history(&store).list().await.unwrap().len(), 1);
    }
    let store = one_run().await;
    let broken = history(&Faulty::over(store.clone(), Fault::List));
    for error in [
        broken.list().await.map(drop).unwrap_err(),
        broken.get("latest").await.map(drop).unwrap_err(),
        broken.preview(Input::day(1, &[]).document()).await.map(drop).unwrap_err(),
    ] {
        assert_eq!(error.to_string(), "failed to list runs in s3://b/tenko");
    }
}

#[tokio::test]
async fn a_folder_that_cannot_be_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "x").unwrap();
    let error = RunHistory::local(&file).unwrap_err();
    assert!(matches!(error, HistoryError::NotAFolder { .. }) && error.hint().is_some(), "{error}");
    let below = RunHistory::local(&file.join("history")).unwrap();
    below.check_writable().await.unwrap_err();
    let error = below.record(Input::day(0, &[1]).document()).await.unwrap_err();
    assert!(matches!(error, HistoryError::Place { .. }), "{error}");
    // A folder where a file is to be.
    let odd = folder.path().join("odd");
    std::fs::create_dir_all(odd.join("runs/0000-run.json")).unwrap();
    let odd = RunHistory::local(&odd).unwrap();
    assert!(odd.record(Input::day(0, &[1]).document()).await.is_err());
    assert!(odd.list().await.unwrap()[0].run.is_err());
}

/// Not even root may make files below /proc.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn whether_a_folder_can_be_written_is_known_before_there_is_a_run() {
    use std::path::Path;

    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| RunHistory::local(&folder.path().join(name)).unwrap();
    at("deep/history").check_writable().await.unwrap();
    let left = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 0, "nothing is made, and nothing left behind");
    RunHistory::local(Path::new("not-there")).unwrap().check_writable().await.unwrap();

    let kept = at("kept");
    kept.record(Input::day(0, &[1]).document()).await.unwrap();
    kept.check_writable().await.unwrap();
    std::os::unix::fs::symlink("/proc", folder.path().join("link")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.path().join("lost")).unwrap();
    // A part that is somewhere else, too.
    std::fs::remove_dir_all(folder.path().join("kept/reports")).unwrap();
    std::os::unix::fs::symlink("/proc", folder.path().join("kept/reports")).unwrap();
    let below_proc = RunHistory::local(Path::new("/proc/tenko")).unwrap();
    for (history, name) in
        [(below_proc, "runs"), (at("link"), "runs"), (at("lost"), "runs"), (kept, "reports")]
    {
        let error = history.check_writable().await.unwrap_err();
        assert_eq!(error.to_string(), format!("failed to write {name} in {}", history.name()));
        assert!(error.hint().unwrap().contains("needs room"), "{error}");
    }
}

#[tokio::test]
async fn object_storage_is_not_written_to_be_checked() {
    let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    history(&Faulty::over(store, Fault::Full(0))).check_writable().await.unwrap();
}
