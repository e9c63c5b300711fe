//! Histories that are not as they were written.

use std::path::PathBuf;

use tempfile::TempDir;
use tenko_core::Status;
use tenko_history::*;
use tenko_report::Document;
use tenko_report::messages::{Lang, say};

use crate::model::said;
use crate::worlds::Input;

struct Kept {
    folder: TempDir,
    history: RunHistory,
}

/// Two runs: bucket 1 was there from the first on, bucket 2 from the second on.
async fn kept() -> Kept {
    let folder = tempfile::tempdir().unwrap();
    let history = RunHistory::local(folder.path()).unwrap();
    history.record(Input::day(0, &[1]).document()).await.unwrap();
    history.record(Input::day(1, &[1, 2]).document()).await.unwrap();
    Kept { folder, history }
}

impl Kept {
    fn entry(&self, n: usize) -> PathBuf {
        self.folder.path().join(format!("runs/{n:04}-run.json"))
    }

    fn report(&self, n: usize) -> PathBuf {
        self.folder.path().join(format!("reports/{n:04}-run.json.zst"))
    }

    async fn next(&self, n: i64, bad: &[usize]) -> Document {
        self.history.record(Input::day(n, bad).document()).await.unwrap()
    }
}

fn statuses(document: &Document) -> Vec<(usize, Status)> {
    said(document).into_iter().map(|(of, says)| (of.1, says.0)).collect()
}

fn cut(path: &PathBuf, to: u64) {
    std::fs::OpenOptions::new().write(true).open(path).unwrap().set_len(to).unwrap();
}

fn flip(path: &PathBuf, at: usize) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[at] ^= 1;
    std::fs::write(path, bytes).unwrap();
}

#[tokio::test]
async fn a_damaged_newest_report_is_told_and_resolves_nothing() {
    let kept = kept().await;
    cut(&kept.report(1), 20);
    let error = kept.history.get("latest").await.unwrap_err();
    assert!(error.to_string().starts_with("the report of run 0001-run was cut off: 20 of"));
    assert!(error.hint().unwrap().starts_with("restore it"), "{error:?}");
    let shows = "; `tenko report 0000-run` shows the last run before it";
    assert!(error.hint().unwrap().ends_with(shows), "{error:?}");
    // Whoever asks for a run by its id is told of that one.
    let error = kept.history.get("0001-run").await.unwrap_err();
    assert!(matches!(error, HistoryError::ReportTruncated { found: 20, .. }), "{error}");

    // Bucket 1 is gone, and it was open in the run before; what the second run knew is lost.
    let third = kept.next(2, &[2]).await;
    assert_eq!(statuses(&third), [(1, Status::Unknown), (2, Status::New)]);
    assert_eq!(third.past[0].why_wording.id, "past-history-damaged");
    assert_eq!(third.warnings.len(), 1);
    assert!(third.warnings[0].contains("was cut off: 20 of"), "{}", third.warnings[0]);
    assert!(third.warnings[0].contains("resolves nothing"), "{}", third.warnings[0]);
    let said_in_japanese = say(Lang::Ja, &third.warning_wordings[0]);
    assert!(said_in_japanese.starts_with("実行 0001-run のレポートが途中で切れています"));
    assert_eq!(third.history.unwrap().runs.last().unwrap().resolved, 0);

    // The next one has a whole run before it.
    let fourth = kept.next(3, &[2]).await;
    assert_eq!(statuses(&fourth), [(1, Status::Resolved), (2, Status::Unchanged)]);
    assert_eq!(
        said(&fourth)[&(0, 1)].1,
        Input::day(0, &[]).finished,
        "first seen in the first run"
    );
    assert!(fourth.warnings.is_empty());
    assert_eq!(fourth.history.unwrap().compared_with, ["0002-run"]);
}

#[tokio::test]
async fn every_damage_has_its_own_error() {
    let check = async |damage: fn(&Kept), is: fn(&HistoryError) -> bool| {
        let kept = kept().await;
        damage(&kept);
        let error = kept.history.get("latest").await.unwrap_err();
        assert!(error.is_damage() && error.hint().is_some(), "{error}");
        let HistoryError::LatestDamaged { damage, before } = error else { panic!("{error:?}") };
        assert!(is(&damage), "{damage:?}");
        assert_eq!(before, "0000-run");
        let error = kept.history.get("0001-run").await.unwrap_err();
        assert!(is(&error), "{error:?}");
        // Whatever it is, the next run is recorded, says so, and is sound.
        let third = kept.next(2, &[1]).await;
        assert_eq!(third.warnings.len(), 1, "{error}");
        assert_eq!(statuses(&third), [(1, Status::Unchanged)], "{error}");
        assert_eq!(kept.history.get("latest").await.unwrap(), third);
        let fourth = kept.next(3, &[1]).await;
        assert!(fourth.warnings.is_empty(), "said once: {:?}", fourth.warnings);
        assert_eq!(said(&fourth)[&(0, 1)].1, Input::day(0, &[]).finished, "{error}");
    };
    check(|k| cut(&k.report(1), 0), |e| matches!(e, HistoryError::ReportTruncated { .. })).await;
    check(|k| flip(&k.report(1), 40), |e| matches!(e, HistoryError::ReportDamaged { .. })).await;
    check(
        |k| std::fs::write(k.report(1), [0; 100_000]).unwrap(),
        |e| matches!(e, HistoryError::ReportDamaged { .. }),
    )
    .await;
    check(
        |k| std::fs::remove_file(k.report(1)).unwrap(),
        |e| matches!(e, HistoryError::ReportMissing { .. }),
    )
    .await;
    check(|k| cut(&k.report(1), 1 << 40), |e| matches!(e, HistoryError::TooLarge { .. })).await;
    check(|k| cut(&k.entry(1), 0), |e| matches!(e, HistoryError::EntryTruncated { .. })).await;
    check(|k| cut(&k.entry(1), 200), |e| matches!(e, HistoryError::EntryTruncated { .. })).await;
    check(|k| flip(&k.entry(1), 150), |e| matches!(e, HistoryError::EntryDamaged { .. })).await;
    check(|k| cut(&k.entry(1), 1 << 30), |e| matches!(e, HistoryError::TooLarge { .. })).await;
    check(
        |k| std::fs::write(k.entry(1), "[1, 2]").unwrap(),
        |e| matches!(e, HistoryError::EntryDamaged { .. }),
    )
    .await;
    check(
        |k| assert!(std::fs::copy(k.entry(0), k.entry(1)).unwrap() > 0),
        |e| matches!(e, HistoryError::EntryDamaged { .. }),
    )
    .await;
    check(
        |k| std::fs::write(k.entry(1), r#"{"version": 9, "what": "ever"}"#).unwrap(),
        |e| matches!(e, HistoryError::EntryNewer { version: 9, .. }),
    )
    .await;
}

/// An entry and report that somebody made, with everything as it should be but one thing.
fn forge(kept: &Kept, change: impl Fn(&mut serde_json::Value), json: &str, unpacked: Option<u64>) {
    let bytes = zstd::encode_all(json.as_bytes(), 3).unwrap();
    std::fs::write(kept.report(1), &bytes).unwrap();
    let text = std::fs::read_to_string(kept.entry(1)).unwrap();
    let mut file: serde_json::Value = serde_json::from_str(&text).unwrap();
    let entry = &mut file["entry"];
    entry["report"]["bytes"] = bytes.len().into();
    entry["report"]["unpacked"] = unpacked.unwrap_or(json.len() as u64).into();
    entry["report"]["digest"] = tenko_core::Digest::of(&bytes).to_string().into();
    change(entry);
    let entry = entry.to_string();
    let digest = tenko_core::Digest::of(entry.as_bytes());
    let text = format!(r#"{{"version":1,"digest":"{digest}","entry":{entry}}}"#);
    std::fs::write(kept.entry(1), text).unwrap();
}

#[tokio::test]
async fn forged_entries_reach_nothing_else_and_do_not_fill_the_memory() {
    let kept = kept().await;
    let error = async |change: &dyn Fn(&mut serde_json::Value), json: &str, unpacked| {
        forge(&kept, change, json, unpacked);
        kept.history.get("0001-run").await.unwrap_err()
    };
    let same = |_: &mut serde_json::Value| ();
    let newer = error(&same, r#"{"schema_version": 99}"#, None).await;
    assert!(matches!(newer, HistoryError::ReportVersion { found: 99, .. }), "{newer}");
    assert!(newer.hint().unwrap().contains("version of tenko"));
    let other = error(&same, "{}", None).await;
    assert!(matches!(other, HistoryError::ReportDamaged { .. }), "{other}");
    let first = serde_json::to_string(&Input::day(0, &[1]).document()).unwrap();
    let exchanged = error(&same, &first, None).await.to_string();
    assert!(exchanged.ends_with("it belongs to run 0000-run"), "{exchanged}");
    // A few bytes that become a gigabyte.
    let bomb = "0".repeat(200 << 20);
    let error_of_bomb = error(&same, &bomb, Some(100)).await.to_string();
    assert!(error_of_bomb.ends_with("another size than it was written with"), "{error_of_bomb}");
    let huge = error(&same, "{}", Some(1 << 40)).await;
    assert!(matches!(huge, HistoryError::ReportTooLarge { .. }), "{huge}");
    for file in ["/etc/passwd", "reports/../../x", "runs/0000-run.json", "reports/", "reports/a/b"]
    {
        let elsewhere = error(&|entry| entry["report"]["file"] = file.into(), "{}", None).await;
        assert!(matches!(elsewhere, HistoryError::EntryDamaged { .. }), "{file}: {elsewhere}");
    }
}

#[tokio::test]
async fn an_unreadable_entry_is_in_the_list_as_such() {
    let kept = kept().await;
    cut(&kept.entry(0), 100);
    let list = kept.history.list().await.unwrap();
    assert_eq!(list.len(), 2);
    assert!(list[0].run.is_ok());
    assert_eq!(list[1].id, "0000-run");
    assert_eq!(
        list[1].run.as_ref().unwrap_err().to_string(),
        "the entry of run 0000-run was cut off"
    );
    // It is not among the newest: nobody needs it.
    let third = kept.next(2, &[1]).await;
    assert!(third.warnings.is_empty(), "{:?}", third.warnings);
    assert_eq!(statuses(&third), [(1, Status::Unchanged), (2, Status::Resolved)]);
}

#[tokio::test]
async fn an_entry_that_is_lost_later_brings_nothing_old_back() {
    let kept = kept().await;
    kept.next(2, &[2]).await;
    kept.next(3, &[2]).await;
    // The run after the first can no longer be read: the first is nobody's parent now, and still not
    // what the next run is to be compared with.
    for n in [1, 2] {
        flip(&kept.entry(n), 150);
    }
    let next = kept.next(4, &[2]).await;
    assert_eq!(next.history.as_ref().unwrap().compared_with, ["0003-run"]);
    assert_eq!(statuses(&next), [(2, Status::Unchanged)]);
    assert!(next.warnings.is_empty());
}

#[tokio::test]
async fn of_several_damaged_runs_the_last_whole_one_is_named() {
    let kept = kept().await;
    kept.next(2, &[1]).await;
    cut(&kept.report(2), 20);
    std::fs::remove_file(kept.report(1)).unwrap();
    let error = kept.history.get("latest").await.unwrap_err();
    assert!(error.to_string().starts_with("the report of run 0002-run was cut off"), "{error}");
    let HistoryError::LatestDamaged { before, .. } = error else { panic!("{error:?}") };
    assert_eq!(before, "0000-run");
    kept.history.get(&before).await.unwrap();
}

#[tokio::test]
async fn a_history_of_which_nothing_can_be_read_makes_nothing_new() {
    let kept = kept().await;
    for n in [0, 1] {
        cut(&kept.report(n), 10);
    }
    let error = kept.history.get("latest").await.unwrap_err();
    assert!(matches!(error, HistoryError::ReportTruncated { .. }), "{error:?}");
    let third = kept.next(2, &[1]).await;
    assert_eq!(third.findings[0].standing, None, "nobody can say that it is new");
    assert_eq!(third.warnings.len(), 2);
    assert!(third.warnings[0].ends_with("this run is compared with nothing"));
    let fourth = kept.next(3, &[1]).await;
    assert_eq!(statuses(&fourth), [(1, Status::Unchanged)]);
}
