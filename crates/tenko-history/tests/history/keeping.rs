//! Runs one after the other, in folders and in object storage.

use std::sync::Arc;

use object_store::ObjectStoreExt as _;
use object_store::memory::InMemory;
use tenko_core::Status;
use tenko_history::*;
use tenko_report::Kind;

use crate::model::said;
use crate::worlds::Input;

#[tokio::test]
async fn a_run_reads_back_as_it_was_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("deep/history");
    let memory: Arc<dyn object_store::ObjectStore> = Arc::new(InMemory::new());
    let histories = [
        RunHistory::local(&place).unwrap(),
        RunHistory::over(memory.clone(), "acme/tenko", "s3://b/acme/tenko".to_owned()),
        RunHistory::over(memory.clone(), "", "s3://b".to_owned()),
    ];
    for history in histories {
        assert!(history.list().await.unwrap().is_empty(), "{}", history.name());
        let first = history.record(Input::day(0, &[1, 2]).document()).await.unwrap();
        let part = Input { narrowed: true, ..Input::day(1, &[2, 3]) };
        let second = history.record(part.document()).await.unwrap();
        assert_eq!(history.get("0000-run").await.unwrap(), first);
        assert_eq!(history.get("0001").await.unwrap(), second);
        assert_eq!(history.get("latest").await.unwrap(), second);
        let entries = history.list().await.unwrap();
        let runs: Vec<_> = entries.iter().map(|entry| entry.run.as_ref().unwrap()).collect();
        assert_eq!(
            runs.iter().map(|run| run.run.as_str()).collect::<Vec<_>>(),
            ["0001-run", "0000-run"]
        );
        assert_eq!((runs[0].narrowed, runs[1].narrowed), (true, false));
        assert_eq!(runs[0].parents, ["0000-run"]);
        assert_eq!(runs[0].point, *second.history.as_ref().unwrap().runs.last().unwrap());
        assert_eq!(second.history.unwrap().compared_with, ["0000-run"]);
    }
    let names: Vec<_> = memory.list_with_delimiter(None).await.unwrap().common_prefixes;
    assert_eq!(names.len(), 3, "runs, reports and acme: {names:?}");
    assert!(memory.head(&"acme/tenko/runs/0000-run.json".into()).await.is_ok());
}

#[tokio::test]
async fn statuses_follow_from_run_to_run() {
    let folder = tempfile::tempdir().unwrap();
    let history = RunHistory::local(folder.path()).unwrap();
    history.record(Input::day(0, &[1, 2]).document()).await.unwrap();
    let preview = history.preview(Input::day(1, &[2, 3]).document()).await.unwrap();
    let second = history.record(Input::day(1, &[2, 3]).document()).await.unwrap();
    assert_eq!(preview, second, "a preview says the same");
    let statuses: Vec<_> = said(&second).into_iter().map(|(of, says)| (of.1, says.0)).collect();
    assert_eq!(statuses, [(1, Status::Resolved), (2, Status::Unchanged), (3, Status::New)]);
    let runs = second.history.unwrap().runs;
    assert_eq!((runs.len(), runs[1].new, runs[1].resolved), (2, 1, 1));
}

#[tokio::test]
async fn a_preview_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("history");
    let history = RunHistory::local(&place).unwrap();
    history.preview(Input::day(0, &[1]).document()).await.unwrap();
    assert!(!place.exists());
}

#[tokio::test]
async fn a_run_is_recorded_once() {
    let history = RunHistory::over(Arc::new(InMemory::new()), "", "memory".to_owned());
    let first = history.record(Input::day(0, &[1]).document()).await.unwrap();
    let again = history.record(Input::day(0, &[2]).document()).await.unwrap_err();
    assert_eq!(again.to_string(), "run 0000-run is in the history already");
    assert_eq!(history.get("latest").await.unwrap(), first);
}

#[tokio::test]
async fn ids_that_lead_elsewhere_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let history = RunHistory::local(&folder.path().join("history")).unwrap();
    let long = "x".repeat(300);
    for id in ["", "../x", "a/b", ".hidden", "a\\b", "a\0b", "\u{202e}a", &long] {
        let mut document = Input::day(0, &[1]).document();
        document.run.id = id.to_owned();
        let refused = history.record(document).await.unwrap_err();
        assert!(matches!(refused, HistoryError::BadRunId { .. }), "{id:?}: {refused}");
        let unknown = history.get(id).await.unwrap_err();
        assert!(matches!(unknown, HistoryError::Empty { .. }), "{id:?}: {unknown}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn what_is_no_audit_is_kept_and_compared_with_nothing() {
    let history = RunHistory::over(Arc::new(InMemory::new()), "", "memory".to_owned());
    history.record(Input::day(0, &[1]).document()).await.unwrap();
    let mut collected = Input::day(1, &[]).document();
    collected.kind = Kind::Collect;
    let kept = history.record(collected.clone()).await.unwrap();
    assert_eq!(kept, collected);
    assert_eq!(history.get("latest").await.unwrap(), collected);
    let next = history.record(Input::day(2, &[1]).document()).await.unwrap();
    let told = next.history.unwrap();
    assert_eq!(told.compared_with, ["0000-run"]);
    assert_eq!(told.runs.len(), 2);
}

#[tokio::test]
async fn the_trend_is_of_the_last_runs_and_lists_are_long() {
    let history = RunHistory::over(Arc::new(InMemory::new()), "", "memory".to_owned());
    for n in 0..120 {
        let document = history.record(Input::day(n, &[1]).document()).await.unwrap();
        let told = document.history.unwrap();
        assert_eq!(told.runs.len(), 90.min(n as usize + 1));
        assert_eq!(told.runs.last().unwrap().run, format!("{n:04}-run"));
        assert!(told.runs.is_sorted_by_key(|point| point.at));
        assert_eq!(told.compared_with.len(), usize::from(n > 0));
    }
    assert_eq!(history.list().await.unwrap().len(), 120);
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_may_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("history");
    let history = RunHistory::local(&place).unwrap();
    history.record(Input::day(0, &[1]).document()).await.unwrap();
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    for folder in [place.clone(), place.join("runs"), place.join("reports")] {
        assert_eq!(mode(&folder), 0o700, "{}", folder.display());
    }
    for file in ["runs/0000-run.json", "reports/0000-run.json.zst"] {
        assert_eq!(mode(&place.join(file)), 0o600, "{file}");
    }
}

#[tokio::test]
async fn what_a_process_left_behind_goes_away_after_a_day() {
    let folder = tempfile::tempdir().unwrap();
    let history = RunHistory::local(folder.path()).unwrap();
    history.record(Input::day(0, &[1]).document()).await.unwrap();
    let left = |name: &str, age: u64| {
        let path = folder.path().join("runs").join(name);
        let file = std::fs::File::create(&path).unwrap();
        let then = std::time::SystemTime::now() - std::time::Duration::from_secs(age);
        file.set_modified(then).unwrap();
        path
    };
    let (old, young) = (left(".tenko-a.tmp", 90_000), left(".tenko-b.tmp", 60));
    let theirs = left("notes.txt", 90_000);
    history.record(Input::day(1, &[1]).document()).await.unwrap();
    assert!(!old.exists() && young.exists() && theirs.exists());
    assert_eq!(history.list().await.unwrap().len(), 2, "other files are no runs");
}
