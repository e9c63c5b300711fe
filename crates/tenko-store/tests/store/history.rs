//! A directory of snapshots.

use std::fs;
use std::sync::Barrier;
use std::thread;

use tenko_store::{History, StoreError, read, write};

use crate::sample::small;

#[test]
fn snapshots_are_listed_newest_first_and_found_by_what_names_them() {
    let dir = tempfile::tempdir().unwrap();
    let history = History::new(dir.path().join("deep/history"));
    assert!(history.list().unwrap().is_empty() && history.latest().unwrap().is_none());
    for id in ["20261122T041500.000Z-aa", "20261123T041500.000Z-bb", "20261123T051500.000Z-cc"] {
        history.save(&small(id)).unwrap();
    }
    fs::write(history.dir().join("notes.txt"), "not ours").unwrap();
    fs::write(history.dir().join(".tenko-x.tmp"), "a crash left it").unwrap();
    let ids: Vec<_> = history.list().unwrap().into_iter().map(|entry| entry.id).collect();
    assert_eq!(
        ids,
        ["20261123T051500.000Z-cc", "20261123T041500.000Z-bb", "20261122T041500.000Z-aa"]
    );
    assert_eq!(history.latest().unwrap().unwrap().run.id, ids[0]);
    let id = |wanted: &str| history.get(wanted).map(|snapshot| snapshot.run.id);
    assert_eq!(id("latest").unwrap(), ids[0]);
    assert_eq!(id(&ids[1]).unwrap(), ids[1]);
    assert_eq!(id("20261122").unwrap(), ids[2]);
    let path = history.dir().join(format!("{}.tenko.zst", ids[1]));
    assert_eq!(id(path.to_str().unwrap()).unwrap(), ids[1]);
    let error = id("20261123").unwrap_err();
    assert!(matches!(&error, StoreError::Ambiguous { ids, .. } if ids.len() == 2), "{error}");
    for missing in ["2025", "", "cc"] {
        assert!(history.get(missing).is_err(), "{missing:?}");
    }
}

#[test]
fn a_damaged_snapshot_is_listed_with_its_error_and_the_others_stay_usable() {
    let dir = tempfile::tempdir().unwrap();
    let history = History::new(dir.path());
    history.save(&small("1")).unwrap();
    let path = history.save(&small("2")).unwrap();
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() - 9]).unwrap();
    let list = history.list().unwrap();
    assert!(matches!(list[0].run, Err(StoreError::Truncated { .. })), "{:?}", list[0]);
    assert_eq!(list[1].run.as_ref().unwrap().id, "1");
    assert!(history.latest().is_err(), "an older one is not passed off as the latest");
    assert!(history.get("1").is_ok());
}

#[test]
fn two_writers_of_one_run_do_not_clobber_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let history = History::new(dir.path());
    let barrier = Barrier::new(8);
    let saved = thread::scope(|scope| {
        let save = || {
            barrier.wait();
            history.save(&small("run"))
        };
        let all: Vec<_> = (0..8).map(|_| scope.spawn(save)).collect();
        all.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    let (won, lost): (Vec<_>, Vec<_>) = saved.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1);
    assert!(lost.iter().all(|r| matches!(r, Err(StoreError::AlreadyExists { .. }))));
    assert_eq!(history.latest().unwrap().unwrap(), small("run"));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn a_run_id_cannot_leave_the_directory() {
    let dir = tempfile::tempdir().unwrap();
    let history = History::new(dir.path().join("history"));
    for id in ["", "..", "../x", "a/b", "a\\b", ".hidden", "a\0b", "ä"] {
        let error = history.save(&small(id)).unwrap_err();
        assert!(matches!(error, StoreError::BadRunId { .. }), "{id:?}");
    }
}

#[test]
fn a_failed_write_says_where_and_leaves_what_was_there() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.tenko.zst");
    write(&path, &small("old")).unwrap();
    // A file where a directory should be: refused for every user, root too.
    let error = write(&path.join("b.tenko.zst"), &small("new")).unwrap_err();
    assert!(matches!(&error, StoreError::Io { path: at, .. } if *at == path), "{error:?}");
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(!error.to_string().contains(&source), "{error} repeats {source}");
    assert_eq!(read(&path).unwrap(), small("old"));

    let target = dir.path().join("taken.tenko.zst");
    fs::create_dir(&target).unwrap();
    assert!(matches!(write(&target, &small("new")), Err(StoreError::Io { action: "rename", .. })));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2, "no temporary file is left");
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let history = History::new(dir.path().join("history"));
    let path = history.save(&small("run")).unwrap();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&path), mode(history.dir())), (0o600, 0o700));
}

#[cfg(unix)]
#[test]
fn a_link_is_replaced_and_not_written_through() {
    let dir = tempfile::tempdir().unwrap();
    let (path, other) = (dir.path().join("a.tenko.zst"), dir.path().join("other"));
    fs::write(&other, "precious").unwrap();
    std::os::unix::fs::symlink(&other, &path).unwrap();
    write(&path, &small("run")).unwrap();
    assert_eq!(read(&path).unwrap(), small("run"));
    assert_eq!(fs::read_to_string(&other).unwrap(), "precious");
}
