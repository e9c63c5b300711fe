//! Runs that end early: what was not read is not missing.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tenko::collect::{CancellationToken, Event, Options};
use tenko::model::{Outcome, Snapshot};
use tenko_testkit::sim::{Fault, FaultKind, SimCloud};

use super::cases::{Case, Keeps, check, dishonesty, none};
use super::places::{at_listings, is_listed};
use super::world::{Clean, Look, SHORT, SUSPENDED, look_with, world};

/// Some is read, some is cancelled, nothing is lost and nothing missing.
fn is_honest(clean: &Clean, snapshot: &Snapshot) {
    assert!(snapshot.run.cancelled && snapshot.is_incomplete());
    none(&dishonesty(clean, snapshot, &BTreeSet::new()));
    for row in &snapshot.coverage {
        let expected = match row.unit.scope.as_str() {
            SUSPENDED => row.outcome == Outcome::ScopeSuspended,
            _ => matches!(row.outcome, Outcome::Complete | Outcome::Partial | Outcome::Cancelled),
        };
        assert!(expected, "{}: {:?}", row.unit, row.outcome);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_cancelled() {
    let clean = Clean::get().await;
    for after in [1, 10, 60] {
        let cloud = SimCloud::start(world()).await.unwrap();
        let look = Look {
            audit: Box::new(move |audit| {
                let (token, finished) = (CancellationToken::new(), AtomicUsize::new(0));
                audit.cancel(token.clone()).on_event(move |event| {
                    let unit = matches!(event, Event::UnitFinished(_));
                    if unit && finished.fetch_add(1, Ordering::Relaxed) + 1 == after {
                        token.cancel();
                    }
                })
            }),
            options: Options { max_in_flight: 4, ..Look::default().options },
            ..Look::default()
        };
        let snapshot = look_with(&cloud, look).await;
        is_honest(clean, &snapshot);
        let of = |outcome| snapshot.coverage.iter().filter(|row| row.outcome == outcome).count();
        assert!(of(Outcome::Complete) >= after && of(Outcome::Cancelled) > 0, "after {after}");
        assert_eq!(snapshot.coverage.len(), clean.snapshot.coverage.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_cancelled_before_it_began() {
    let clean = Clean::get().await;
    let cloud = SimCloud::start(world()).await.unwrap();
    let look = Look {
        audit: Box::new(|audit| {
            let token = CancellationToken::new();
            token.cancel();
            audit.cancel(token)
        }),
        ..Look::default()
    };
    let snapshot = look_with(&cloud, look).await;
    assert!(snapshot.run.cancelled && snapshot.is_incomplete());
    assert_eq!(snapshot.resources, []);
    none(&dishonesty(clean, &snapshot, &BTreeSet::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_out_of_time() {
    let clean = Clean::get().await;
    let cloud = SimCloud::start(world()).await.unwrap();
    at_listings(FaultKind::Hang).for_each(|fault| _ = cloud.add_fault(fault));
    let look = Look {
        options: Options { run_timeout: Some(Duration::from_secs(5)), ..Look::default().options },
        ..Look::default()
    };
    let snapshot = look_with(&cloud, look).await;
    is_honest(clean, &snapshot);
    let hung = snapshot.coverage.iter().filter(|row| is_listed(&row.unit));
    assert!(hung.clone().count() == 8 && hung.clone().all(|row| row.outcome == Outcome::Cancelled));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_never_comes_is_waited_for_only_so_long() {
    let clean = Clean::get().await;
    let attempts = Case::new("every attempt hangs")
        .faults(at_listings(FaultKind::Hang))
        .look(Look { provider: |b| b.attempt_timeout(SHORT * 10), ..Look::default() })
        .expect(Outcome::Unreachable, Keeps::None, is_listed);
    let unit = Case::new("a unit hangs")
        .faults(at_listings(FaultKind::Hang))
        .look(Look {
            options: Options {
                unit_timeout: Duration::from_secs(5),
                max_in_flight: 16,
                ..Look::default().options
            },
            ..Look::default()
        })
        .expect(Outcome::Unreachable, Keeps::None, is_listed);
    let slow = Case::new("answers are slow").faults(at_listings(FaultKind::Delay { ms: 300 }));
    check(clean, [attempts, unit, slow]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_drops_a_run_stops_its_calls() {
    let cloud = Arc::new(SimCloud::start(world()).await.unwrap());
    cloud.add_fault(Fault::new(FaultKind::Hang).service("sqs"));
    let run = look_with(&cloud, Look::default());
    assert!(tokio::time::timeout(Duration::from_secs(3), run).await.is_err(), "queues hang");
    let before = cloud.seen().len();
    cloud.clear_faults();
    tokio::time::sleep(SHORT).await;
    assert_eq!(cloud.seen().len(), before, "nobody asks any more");
}
