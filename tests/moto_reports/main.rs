//! Reports of runs that follow each other, of accounts that change in between: moto plays the cloud and
//! the bucket of the history, and boto3 changes things and says what is in the bucket.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail like tests"
)]

mod estate;
mod team;

use std::time::{Duration, Instant};

use estate::{Estate, finding, in_folder, story};
use futures_util::future::join;
use object_store::path::Path;
use object_store::{ObjectStoreExt as _, PutMode, PutOptions};
use serde_json::json;
use team::Team;
use tenko::history::HistoryError;
use tenko::report::{Document, SuppressionState};

/// In the bucket that the script makes.
const HISTORY: &str = "s3://acme-audit/tenko/history";

/// One history in a folder and one in a bucket, which must say the same of everything.
struct Both<'a> {
    estate: &'a Estate,
    folder: tempfile::TempDir,
    runs: Vec<Document>,
}

impl Both<'_> {
    /// Audits, keeps the report in both places, and says what it tells.
    async fn run(&mut self, suppressions: Option<&str>, types: &[&str]) -> Vec<String> {
        let document = self.estate.audit(suppressions, types).await;
        assert_eq!(document.run.narrowed, !types.is_empty());
        // Opened anew for each run, as every day by another process.
        let local = in_folder(&self.folder.path().join("history"));
        let bucket = self.estate.history(HISTORY).await;
        let preview = bucket.preview(document.clone()).await.unwrap();
        let kept = local.record(document.clone()).await.unwrap();
        assert_eq!(bucket.record(document).await.unwrap(), kept);
        assert_eq!(preview, kept, "what was foretold has come");
        assert_eq!(bucket.get("latest").await.unwrap(), kept);
        assert_eq!(local.get(&kept.run.id).await.unwrap(), kept);
        let story = story(&self.runs, &kept);
        self.runs.push(kept);
        story
    }

    fn last(&self) -> &Document {
        self.runs.last().unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_say_what_has_changed_since_the_last_one() {
    let mut team = Team::start();
    let estate = Estate::new(&team.made);
    let folder = tempfile::tempdir().unwrap();
    let mut both = Both { estate: &estate, folder, runs: Vec::new() };
    team.does(json!(["group", "acme-production", "web"]));
    team.does(json!(["group", "globex-production", "db"]));
    team.does(json!(["queue", "acme-production", "orders", 30]));

    // 1: one finding, and nothing to compare it with but an empty history.
    team.does(json!(["open", "web", 22]));
    assert_eq!(both.run(None, &[]).await, ["web: finding new 1-1"]);
    everything_was_read(both.last());
    let first = team.objects();

    // 2: its evidence changes; another one and a drift appear.
    team.does(json!(["open", "web", 3389]));
    team.does(json!(["open", "db", 5432]));
    team.does(json!(["queue", "acme-production", "orders", 60]));
    let expected = ["db: finding new 2-2", "orders: drift new 2-2", "web: finding changed 1-2"];
    assert_eq!(both.run(None, &[]).await, expected);

    // 3: nothing changes.
    let expected =
        ["db: finding unchanged 2-3", "orders: drift unchanged 2-3", "web: finding unchanged 1-3"];
    assert_eq!(both.run(None, &[]).await, expected);

    // 4: two are mended, of the third one nobody can tell: nothing is resolved.
    team.does(json!(["close", "web", 22]));
    team.does(json!(["close", "web", 3389]));
    team.does(json!(["queue", "acme-production", "orders", 30]));
    team.does(json!(["deny", "globex-production"]));
    let expected = [
        "db: past unknown 2-3 (past-scope-unread)",
        "orders: past unknown 2-3 (past-incomplete)",
        "web: past unknown 1-3 (past-incomplete)",
    ];
    assert_eq!(both.run(None, &[]).await, expected);
    assert!(both.last().summary.incomplete);

    // 5: the account is back, the groups of another one cannot be seen: it is carried on.
    team.does(json!(["allow"]));
    team.does(json!(["deny_groups", "acme-production"]));
    let expected = [
        "db: finding unchanged 2-5",
        "orders: past unknown 2-3 (past-incomplete)",
        "web: past unknown 1-3 (past-unread)",
    ];
    assert_eq!(both.run(None, &[]).await, expected);

    // 6: a run that was asked for a part only cannot tell either.
    team.does(json!(["allow"]));
    let expected = [
        "db: past unknown 2-5 (past-part)",
        "orders: past unknown 2-3 (past-part)",
        "web: past unknown 1-3 (past-part)",
    ];
    assert_eq!(both.run(None, &["AWS::SQS::Queue"]).await, expected);

    // 7: a whole run resolves them.
    let expected = [
        "db: finding unchanged 2-7",
        "orders: past resolved 2-3 (past-drift-gone)",
        "web: past resolved 1-3 (past-gone)",
    ];
    assert_eq!(both.run(None, &[]).await, expected);
    everything_was_read(both.last());
    let point = both.last().history.as_ref().unwrap().runs.last().unwrap().clone();
    assert_eq!((point.new, point.resolved, point.incomplete), (0, 2, false));

    // 8: what returns is new; what is resolved is told once.
    team.does(json!(["open", "web", 22]));
    let expected = ["db: finding unchanged 2-8", "web: finding new 8-8"];
    assert_eq!(both.run(None, &[]).await, expected);

    // 9: somebody decides to live with one, as it is.
    let decided = finding(both.last(), "db");
    let suppressions = format!(
        "version: 1\nsuppressions:\n  - fingerprint: {}\n    reason: moves in January\n    \
         owner: sre@globex.example\n    expires: 2099-01-31\n    evidence: {}\n",
        decided.fingerprint,
        decided.evidence()
    );
    let suppressions = Some(suppressions.as_str());
    let expected = ["db: decided suppressed 2-9", "web: finding unchanged 8-9"];
    assert_eq!(both.run(suppressions, &[]).await, expected);
    assert_eq!(states(both.last()), [(SuppressionState::Active, 1)]);

    // 10: it is still decided where nobody can look.
    team.does(json!(["deny", "globex-production"]));
    let expected = ["db: decided suppressed 2-9", "web: finding unchanged 8-10"];
    assert_eq!(both.run(suppressions, &[]).await, expected);

    // 11: that was decided of other evidence.
    team.does(json!(["allow"]));
    team.does(json!(["open", "db", 22]));
    let expected = ["db: finding changed 2-11", "web: finding unchanged 8-11"];
    assert_eq!(both.run(suppressions, &[]).await, expected);
    assert_eq!(states(both.last()), [(SuppressionState::Rearmed, 0)]);

    all_is_in_the_history(&both).await;
    what_is_kept_is_never_changed(&mut team, &both, &first).await;
}

fn states(document: &Document) -> Vec<(SuppressionState, u64)> {
    document.suppressions.iter().map(|row| (row.state, row.matched)).collect()
}

fn everything_was_read(document: &Document) {
    assert_eq!(document.problems, []);
    let gaps = document.coverage.iter().filter(|row| row.outcome.is_gap());
    let gaps: Vec<_> = gaps.map(|row| format!("{}: {:?}", row.unit, row.problems)).collect();
    assert!(gaps.is_empty(), "{gaps:?}");
    assert!(document.coverage.len() >= 6, "{}: a run that reads nothing", document.coverage.len());
}

/// Each run was compared with the one before, and the list has them all.
async fn all_is_in_the_history(both: &Both<'_>) {
    let ids: Vec<_> = both.runs.iter().map(|run| run.run.id.as_str()).collect();
    for (i, run) in both.runs.iter().enumerate() {
        let history = run.history.as_ref().unwrap();
        assert_eq!(history.compared_with, ids[i.saturating_sub(1)..i], "run {}", i + 1);
        let trend: Vec<_> = history.runs.iter().map(|point| point.run.as_str()).collect();
        assert_eq!(trend, ids[..=i], "run {}", i + 1);
    }
    for history in
        [in_folder(&both.folder.path().join("history")), both.estate.history(HISTORY).await]
    {
        let listed = history.list().await.unwrap();
        let listed: Vec<_> = listed.into_iter().rev().map(|entry| entry.run.unwrap()).collect();
        let found: Vec<_> = listed.iter().map(|entry| entry.run.as_str()).collect();
        assert_eq!(found, ids, "{}", history.name());
        let narrowed: Vec<_> = listed.iter().map(|entry| entry.narrowed).collect();
        assert_eq!(narrowed.iter().position(|narrowed| *narrowed), Some(5));
        for (entry, run) in listed.iter().zip(&both.runs) {
            assert_eq!(&history.get(&entry.run).await.unwrap(), run);
        }
    }
}

/// The bucket holds each run's report and entry, below the prefix and as they were first written, and
/// nothing else; what is there cannot be written again.
async fn what_is_kept_is_never_changed(
    team: &mut Team,
    both: &Both<'_>,
    first: &std::collections::BTreeMap<String, String>,
) {
    let objects = team.objects();
    let mut expected: Vec<_> = both
        .runs
        .iter()
        .flat_map(|run| {
            let id = &run.run.id;
            [
                format!("tenko/history/reports/{id}.json.zst"),
                format!("tenko/history/runs/{id}.json"),
            ]
        })
        .collect();
    expected.sort();
    assert_eq!(objects.keys().cloned().collect::<Vec<_>>(), expected);
    assert_eq!(first.len(), 2);
    for (key, body) in first {
        assert_eq!(objects.get(key), Some(body), "{key}");
    }

    let again = both.estate.history(HISTORY).await;
    let error = again.record(both.runs[3].clone()).await.unwrap_err();
    assert!(matches!(error, HistoryError::AlreadyRecorded { .. }), "{error:?}");

    let kept = both.estate.kept(HISTORY).await.unwrap().store;
    let put = async |key: &str, mode| {
        let options = PutOptions { mode, ..PutOptions::default() };
        kept.put_opts(&Path::from(key), "other".into(), options).await.unwrap_err()
    };
    let held_back = |error: &object_store::Error| {
        let error = format!("{error:?}");
        assert!(error.contains("Refused"), "{error}");
    };
    // The service itself refuses, also another client of it.
    let error = put(&expected[0], PutMode::Create).await;
    assert!(matches!(error, object_store::Error::AlreadyExists { .. }), "{error:?}");
    assert_eq!(team.does(json!(["put_new", expected[0]])), "PreconditionFailed");
    // What is not only new does not leave the process.
    held_back(&put(&expected[0], PutMode::Overwrite).await);
    held_back(&put("tenko/historyless/new", PutMode::Create).await);
    held_back(&kept.delete(&Path::from(expected[0].as_str())).await.unwrap_err());
    held_back(&kept.copy(&Path::from(expected[0].as_str()), &Path::from("x")).await.unwrap_err());
    assert_eq!(team.objects(), objects);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_runs_at_once_are_merged_by_the_next() {
    let mut team = Team::start();
    let estate = Estate::new(&team.made);
    // The whole bucket is the history's.
    let history = estate.history("s3://acme-audit").await;
    team.does(json!(["queue", "acme-production", "orders", 30]));
    team.does(json!(["group", "acme-production", "early"]));
    team.does(json!(["group", "acme-production", "late"]));
    team.does(json!(["group", "globex-production", "db"]));
    team.does(json!(["open", "db", 5432]));
    let document = estate.audit(None, &[]).await;
    let mut runs = vec![history.record(document).await.unwrap()];

    team.does(json!(["open", "early", 22]));
    let one = estate.audit(None, &[]).await;
    team.does(json!(["close", "early", 22]));
    team.does(json!(["open", "late", 22]));
    let other = estate.audit(None, &[]).await;
    // Their reports are uploaded at the same moment: both have read the history before.
    team.does(json!(["together", 2, "reports"]));
    let another = estate.history("s3://acme-audit").await;
    let (one, other) = join(history.record(one), another.record(other)).await;
    team.does(json!(["apart"]));
    let (one, other) = (one.unwrap(), other.unwrap());
    let before = [runs[0].run.id.clone()];
    for run in [&one, &other] {
        assert_eq!(run.history.as_ref().unwrap().compared_with, before);
    }
    assert_eq!(story(&runs, &one), ["db: finding unchanged 1-2", "early: finding new 2-2"]);
    runs.push(one);
    assert_eq!(story(&runs, &other), ["db: finding unchanged 1-3", "late: finding new 3-3"]);
    runs.push(other);

    let document = estate.audit(None, &[]).await;
    let merged = history.record(document).await.unwrap();
    let mut parents = merged.history.as_ref().unwrap().compared_with.clone();
    parents.sort();
    assert_eq!(parents, [runs[1].run.id.clone(), runs[2].run.id.clone()]);
    let expected = [
        "db: finding unchanged 1-4",
        "early: past resolved 2-2 (past-gone)",
        "late: finding unchanged 3-4",
    ];
    assert_eq!(story(&runs, &merged), expected);

    let document = estate.audit(None, &[]).await;
    let next = history.record(document).await.unwrap();
    assert_eq!(next.history.unwrap().compared_with, [merged.run.id]);
    let listed = history.list().await.unwrap();
    assert_eq!(listed.len(), 5);
    let keys = team.objects();
    assert!(keys.keys().all(|key| key.starts_with("runs/") || key.starts_with("reports/")));
    assert_eq!(keys.len(), 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_dies_before_its_entry_does_not_count() {
    let mut team = Team::start();
    let estate = Estate::new(&team.made);
    let history = estate.history(HISTORY).await;
    team.does(json!(["queue", "acme-production", "orders", 30]));
    team.does(json!(["group", "acme-production", "web"]));
    team.does(json!(["open", "web", 22]));
    let document = estate.audit(None, &[]).await;
    let mut runs = vec![history.record(document).await.unwrap()];

    team.does(json!(["close", "web", 22]));
    let dead = estate.audit(None, &[]).await;
    // Nobody else comes: its entry is on the way for ever.
    team.does(json!(["together", 2, "runs"]));
    let another = estate.history(HISTORY).await;
    let recording = tokio::spawn({
        let dead = dead.clone();
        async move { another.record(dead).await }
    });
    let deadline = Instant::now() + Duration::from_secs(60);
    while team.does(json!(["waiting"])) != 1 {
        assert!(Instant::now() < deadline, "the entry was not sent");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    recording.abort();
    assert!(recording.await.unwrap_err().is_cancelled());
    team.does(json!(["apart"]));

    assert_eq!(history.list().await.unwrap().len(), 1);
    assert!(matches!(history.get(&dead.run.id).await, Err(HistoryError::Unknown { .. })));
    // The next one is compared with the last that was recorded: what is gone was not told yet.
    let document = estate.audit(None, &[]).await;
    let next = history.record(document).await.unwrap();
    let compared_with = &next.history.as_ref().unwrap().compared_with;
    assert_eq!(compared_with, std::slice::from_ref(&runs[0].run.id));
    assert_eq!(story(&runs, &next), ["web: past resolved 1-1 (past-gone)"]);
    runs.push(next);
    let before = team.objects();
    assert!(before.contains_key(&format!("tenko/history/reports/{}.json.zst", dead.run.id)));
    assert_eq!(before.len(), 5, "a report without an entry is left as it is");

    // Whoever has the dead run's report still may record it: beside what is there.
    history.record(dead).await.unwrap();
    let after = team.objects();
    assert_eq!(after.len(), 7);
    assert!(before.iter().all(|(key, body)| after.get(key) == Some(body)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_that_cannot_be_used_is_told() {
    let team = Team::start();
    let estate = Estate::new(&team.made);
    let document = estate.audit(None, &[]).await;
    let history = estate.history("s3://acme-nowhere/tenko").await;
    let errors = [
        history.record(document.clone()).await.unwrap_err(),
        history.list().await.unwrap_err(),
        history.get("latest").await.unwrap_err(),
    ];
    for error in errors {
        let text = tenko::with_causes(&error);
        assert!(text.starts_with("failed to list runs in s3://acme-nowhere/tenko: "), "{text}");
        assert!(text.contains("NoSuchBucket: The specified bucket does not exist"), "{text}");
        // It is shown in a line, and what the service said is no more than a part of it.
        assert!(!text.contains(['<', '\n']), "{text}");
    }
    for url in ["s3://", "s3:///tenko", "s3://acme-audit/../x", "https://acme-audit/tenko"] {
        let error = estate.kept(url).await.unwrap_err();
        assert!(error.starts_with(&format!("`{url}` is no s3://bucket/prefix")), "{error}");
    }
}
