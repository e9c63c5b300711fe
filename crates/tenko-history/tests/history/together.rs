//! Runs at the same time.

use std::sync::Arc;

use object_store::ObjectStore;
use object_store::memory::InMemory;
use tenko_core::Status;
use tenko_history::*;

use crate::killed;
use crate::model::said;
use crate::worlds::Input;

/// A run of a day, with another id.
fn named(id: String, n: i64, bad: &[usize]) -> Input {
    Input { id, ..Input::day(n, bad) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_runs_at_the_same_time_see_is_all_there_for_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let memory: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    for history in [
        RunHistory::local(folder.path()).unwrap(),
        RunHistory::over(memory, "tenko", "memory".to_owned()),
    ] {
        history.record(Input::day(0, &[0]).document()).await.unwrap();
        let runs = (1..=16).map(|run| {
            let history = history.clone();
            let document = named(format!("0001-{run:02}"), 1, &[0, run]).document();
            tokio::spawn(async move { history.record(document).await.unwrap() })
        });
        let runs: Vec<_> = runs.collect();
        for run in runs {
            let told = said(&run.await.unwrap());
            assert_eq!(told[&(0, 0)].1, Input::day(0, &[]).finished);
        }
        assert_eq!(history.list().await.unwrap().len(), 17);
        let all: Vec<usize> = (0..=16).collect();
        let next = history.record(Input::day(2, &all).document()).await.unwrap();
        for ((_, bucket), (status, first, _)) in said(&next) {
            assert_eq!(status, Status::Unchanged, "bucket {bucket}: {next:?}");
            assert_eq!(first, Input::day(i64::from(bucket > 0), &[]).finished, "bucket {bucket}");
        }
        let after = history.record(Input::day(3, &[]).document()).await.unwrap();
        assert_eq!(after.history.unwrap().compared_with, ["0002-run"]);
    }
}

#[tokio::test]
async fn processes_at_the_same_time_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let children: Vec<_> = (0..6).map(|n| killed::record_in_child(folder.path(), 7, n)).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let history = RunHistory::local(folder.path()).unwrap();
    let entries = history.list().await.unwrap();
    assert_eq!(entries.len(), 6);
    for entry in entries {
        let run = entry.run.unwrap();
        assert_eq!(history.get(&run.run).await.unwrap().run.id, run.run);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_the_same_run_twice_at_the_same_time_one_is_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let history = RunHistory::local(folder.path()).unwrap();
    let runs = (0..8).map(|bucket| {
        let history = history.clone();
        let document = Input::day(0, &[bucket]).document();
        tokio::spawn(async move { history.record(document).await })
    });
    let mut kept = Vec::new();
    for run in runs.collect::<Vec<_>>() {
        match run.await.unwrap() {
            Ok(document) => kept.push(document),
            Err(error) => assert!(matches!(error, HistoryError::AlreadyRecorded { .. }), "{error}"),
        }
    }
    assert_eq!(kept.len(), 1);
    assert_eq!(history.get("latest").await.unwrap(), kept[0]);
}
