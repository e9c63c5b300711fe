//! What the benches measure is what they say that it is. Nothing here looks at a clock.

use tenko_benches::children::{self, Place};
use tenko_benches::inventory::{Fate, Inventory, LINE, Row, Side};
use tenko_benches::{kept, report, state};
use tenko_core::DriftKind;
use tenko_diff::{diff_snapshots, diff_stored};
use tenko_store::{SnapshotFile, read};

#[test]
fn inventories_have_the_shape_that_is_asked_for() {
    let inventory = Inventory::new(20_000, 1);
    let (mut row, mut line, mut last) = (Row::default(), String::new(), None);
    let mut counts = std::collections::BTreeMap::new();
    for at in 0..inventory.universe() {
        *counts.entry(format!("{:?}", inventory.fate(at))).or_insert(0) += 1;
        if inventory.row(at, Side::Old, &mut row) {
            line.clear();
            row.line(&mut line);
            assert_eq!(line.len(), LINE, "{line}");
            assert!(serde_json::from_str::<serde_json::Value>(&line).is_ok(), "{line}");
            let place = (row.resource_type, row.scope.clone(), row.region, row.id.clone());
            assert!(last < Some(place.clone()), "{place:?} is not in order");
            last = Some(place);
        }
    }
    for (fate, share) in
        [("Changed", 0.01), ("Added", 0.005), ("Removed", 0.005), ("Reordered", 0.01)]
    {
        let found = f64::from(counts[fate]) / 20_000.0;
        assert!((found / share - 1.0).abs() < 0.3, "{fate}: {found}");
    }
}

#[test]
fn every_change_is_found_and_no_other() {
    let inventory = Inventory::new(6_000, 2);
    let folder = tempfile::tempdir().expect("a folder");
    let paths = [Side::Old, Side::New].map(|side| {
        let path = folder.path().join(format!("{side:?}"));
        kept::write(&inventory, side, &path).expect("written");
        path
    });
    let open = |at: usize| SnapshotFile::open(&paths[at]).expect("opened");
    let catalog = kept::catalog(&inventory);
    let diff = diff_stored(&open(0), &open(1), &catalog).expect("compared");
    let fates: Vec<_> = (0..inventory.universe()).map(|at| inventory.fate(at)).collect();
    let count = |fate: Fate| fates.iter().filter(|of| **of == fate).count();
    for (kind, fate) in [
        (DriftKind::Changed, Fate::Changed),
        (DriftKind::Missing, Fate::Removed),
        (DriftKind::Unmanaged, Fate::Added),
    ] {
        assert_eq!(diff.count(kind), count(fate), "{kind:?}");
    }
    assert_eq!(diff.drift.len(), count(Fate::Changed) + count(Fate::Removed) + count(Fate::Added));
    let whole = [0, 1].map(|at| read(&paths[at]).expect("read"));
    assert_eq!(diff, diff_snapshots(&whole[0], &whole[1], &catalog));
}

#[test]
fn every_measurement_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut file = std::fs::File::create(folder.path().join("state.tfstate")).expect("a file");
    state::write(300, &mut file).expect("written");
    let place = Place { folder: folder.path(), resources: 2_000 };
    let names = [
        "write-old",
        "write-new",
        "ingest",
        "merge",
        "status",
        "full",
        "whole",
        "state",
        "collect",
    ];
    for name in names {
        let found = children::run(name, place).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(found.len() > 1, "{name}: {found:?}");
    }
    let stream = Place { folder: folder.path(), resources: 100_000 };
    assert_eq!(children::run("stream", stream).expect("merged")["found"], 3_000.0);
    assert!(children::run("nothing", place).is_err());
}

#[test]
fn a_missed_target_is_said() {
    let mut report = report::Report::default();
    report.target("fast", "slow", Some(false));
    report.target("small", "", None);
    let page = report.page();
    assert!(page.contains("| fast | slow | **no** |"), "{page}");
    assert!(page.contains("| small |  | not measured |"), "{page}");
}
