//! A comparison of two kept snapshots gives the very document that whole ones give.

use std::sync::Arc;

use tenko::Audit;
use tenko::model::Snapshot;
use tenko::store::{SnapshotFile, write};
use tenko_testkit::fake::FakeProvider;

#[tokio::test]
async fn kept_and_whole_snapshots_give_one_document() {
    let fake = FakeProvider::new("aws")
        .account("111111111111")
        .account("222222222222")
        .regions(&["r1"])
        .regional("AWS::X::Thing");
    let unit = fake.unit("111111111111", "r1", "AWS::X::Thing");
    let things = (0..5).map(|at| fake.resource(&unit, at, 1)).collect();
    let provider = Arc::new(fake.resources(unit, things));
    let audit = Audit::builder().provider(provider).build().unwrap();
    let old = audit.collect().await;
    let mut new = old.clone();
    // One is gone, one is changed.
    new.resources.remove(0);
    new.resources.last_mut().unwrap().digest.0[0] ^= 1;
    new.resources.last_mut().unwrap().tags.insert("new".to_owned(), "tag".to_owned());
    let folder = tempfile::tempdir().unwrap();
    let kept = |name: &str, snapshot: &Snapshot| {
        let path = folder.path().join(name);
        write(&path, snapshot).unwrap();
        SnapshotFile::open(&path).unwrap()
    };
    let files = (kept("old", &old), kept("new", &new));
    let whole = tenko::compare_snapshots(&old, &new, audit.catalog());
    let stored = tenko::compare_stored(&files.0, &files.1, audit.catalog()).unwrap();
    assert_eq!(stored, whole);
    assert_eq!(stored.drift.len(), 2);
    assert!(stored.scopes.iter().any(|scope| scope.resources > 0));
}
