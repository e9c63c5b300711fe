//! What the tests of the collector share.

use std::sync::Arc;

use tenko_collect::{CancellationToken, Collector, Options, Selection};
use tenko_core::{Outcome, Provider, Snapshot, Unit};
use tenko_testkit::fake::FakeProvider;

/// Two accounts, two regions, one global and two regional types: ten units of three resources.
pub(crate) fn two_accounts() -> FakeProvider {
    FakeProvider::new("fake")
        .account("1")
        .account("2")
        .global("Fake::Role")
        .regional("Fake::Disk")
        .regional("Fake::Queue")
        .each(3)
        .page_size(2)
}

/// Collects everything.
pub(crate) async fn collect(fake: &Arc<FakeProvider>, options: Options) -> Snapshot {
    collect_selected(fake, options, &Selection::default()).await
}

/// Collects what is selected.
pub(crate) async fn collect_selected(
    fake: &Arc<FakeProvider>,
    options: Options,
    selection: &Selection,
) -> Snapshot {
    let providers = [Arc::clone(fake) as Arc<dyn Provider>];
    let cancel = CancellationToken::new();
    Collector::new(options).collect(&providers, selection, |_| {}, cancel).await
}

/// Checks that exactly these units ended otherwise than complete, each with all of its rows.
#[track_caller]
pub(crate) fn assert_only(snapshot: &Snapshot, expected: &[(Unit, Outcome)]) {
    let others = snapshot.coverage.iter().filter(|row| !row.outcome.is_complete());
    let others: Vec<_> = others.map(|row| (row.unit.clone(), row.outcome)).collect();
    let mut expected = expected.to_vec();
    expected.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(others, expected);
}

/// The codes of the problems of one unit.
pub(crate) fn codes(snapshot: &Snapshot, unit: &Unit) -> Vec<String> {
    let rows = snapshot.coverage.iter().filter(|row| row.unit == *unit);
    rows.flat_map(|row| row.problems.iter().map(|problem| problem.code.clone())).collect()
}
