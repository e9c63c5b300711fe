//! Rates, slots, deadlines and cancellation, on a clock that stands still.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::common::{collect, collect_selected, two_accounts};
use tenko_collect::{CancellationToken, Collector, Event, Options, Selection};
use tenko_core::{Outcome, Provider, Snapshot};
use tenko_testkit::fake::{At, Effect, FakeProvider};
use tokio::time::{Instant, sleep};

fn many(accounts: usize) -> FakeProvider {
    (0..accounts).fold(FakeProvider::new("fake"), |fake, n| fake.account(&n.to_string()))
}

#[tokio::test(start_paused = true)]
async fn never_more_under_way_than_allowed() {
    let fake = many(20).regional("Fake::Disk").global("Fake::Role");
    let fake = Arc::new(fake.latency(Duration::from_millis(100)));
    let options = Options { max_in_flight: 7, ..Options::default() };
    let snapshot = collect(&fake, options).await;
    assert_eq!(snapshot.coverage.len(), 60);
    assert_eq!(fake.log().most_running(), 7);
}

#[tokio::test(start_paused = true)]
async fn no_key_is_asked_faster_than_its_share() {
    // 40 pages for one rate: 10 at once and then 5 a second.
    let fake = many(3).regional("Fake::Disk").each(40).page_size(1).rate(20, 10.0);
    let fake = Arc::new(fake);
    let started = Instant::now();
    collect(&fake, Options::default()).await;
    assert!((6.0..6.1).contains(&started.elapsed().as_secs_f64()), "{:?}", started.elapsed());
    let mut times: HashMap<_, Vec<Instant>> = HashMap::new();
    for call in fake.log().calls() {
        times.entry(call.key).or_default().push(call.at);
    }
    for (key, times) in times {
        for (n, from) in times.iter().enumerate() {
            for (m, to) in times.iter().enumerate().skip(n) {
                let allowed = 10.0 + 5.0 * to.duration_since(*from).as_secs_f64() + 0.01;
                assert!((m - n + 1) as f64 <= allowed, "{key:?} from {n} to {m}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn throttling_slows_only_its_own_key() {
    let run = async |effect: Option<Effect>| {
        let fake = many(2).global("Fake::Role").each(20).page_size(1).rate(2, 10.0);
        let fake =
            Arc::new(fake.with(At::scope("1"), effect.unwrap_or(Effect::Delay(Duration::ZERO))));
        let snapshot = collect(&fake, Options { rate_share: 1.0, ..Options::default() }).await;
        let took = snapshot.coverage.iter().map(|row| row.duration_ms as f64 / 1000.0);
        took.collect::<Vec<_>>()
    };
    let calm = run(None).await;
    let throttled = run(Some(Effect::Throttled(1))).await;
    assert!((throttled[0] - calm[0]).abs() < 0.01, "{calm:?} {throttled:?}");
    assert!(throttled[1] > calm[1] * 1.5, "{calm:?} {throttled:?}");
}

#[tokio::test(start_paused = true)]
async fn one_slow_account_does_not_stall_the_others() {
    let fake =
        many(10).regional("Fake::Disk").global("Fake::Role").latency(Duration::from_millis(100));
    let fake = Arc::new(fake.with(At::scope("0"), Effect::Hang));
    let providers = [Arc::clone(&fake) as Arc<dyn Provider>];
    let started = Instant::now();
    let mut last_good = Duration::ZERO;
    let options = Options { max_in_flight: 6, ..Options::default() };
    Collector::new(options)
        .collect(
            &providers,
            &Selection::default(),
            |event| {
                if matches!(event, Event::UnitFinished(row) if row.outcome.is_complete()) {
                    last_good = started.elapsed();
                }
            },
            CancellationToken::new(),
        )
        .await;
    assert!(last_good < Duration::from_secs(3), "{last_good:?}");
}

#[tokio::test(start_paused = true)]
async fn a_scope_that_hangs_while_it_is_opened_is_unreachable() {
    let fake = Arc::new(two_accounts().with(At::open("1"), Effect::Hang));
    let started = Instant::now();
    let snapshot = collect(&fake, Options::default()).await;
    assert_eq!(started.elapsed(), Options::default().open_timeout);
    let outcomes = |scope: &str| {
        let rows = snapshot.coverage.iter().filter(|row| row.unit.scope == *scope);
        rows.map(|row| row.outcome).collect::<Vec<_>>()
    };
    assert_eq!(outcomes("1"), [Outcome::Unreachable; 3]);
    assert_eq!(outcomes("2"), [Outcome::Complete; 5]);
}

#[tokio::test(start_paused = true)]
async fn when_the_time_is_up_the_rest_is_cancelled_and_what_was_read_is_kept() {
    let fake = two_accounts().latency(Duration::from_secs(1));
    let slow = fake.unit("1", "r1", "Fake::Disk");
    let fake = Arc::new(fake.with(At::unit(&slow), Effect::Hang.after(2)));
    let options = Options {
        max_in_flight: 2,
        run_timeout: Some(Duration::from_millis(7_500)),
        ..Options::default()
    };
    let snapshot = collect(&fake, options).await;
    assert!(snapshot.run.cancelled && snapshot.is_incomplete());
    assert_eq!(snapshot.coverage.len(), 10, "every unit has its row");
    let count = |outcome| snapshot.coverage.iter().filter(|r| r.outcome == outcome).count();
    assert_eq!(snapshot.outcome(&slow), Some(Outcome::Partial));
    assert!(count(Outcome::Complete) > 0 && count(Outcome::Cancelled) > 0);
    assert_eq!(count(Outcome::Complete) + count(Outcome::Cancelled) + count(Outcome::Partial), 10);
    assert_eq!(fake.log().running(), 0);
}

async fn cancelled_after(fake: &Arc<FakeProvider>, after: Duration) -> (Snapshot, Duration) {
    let providers = [Arc::clone(fake) as Arc<dyn Provider>];
    let cancel = CancellationToken::new();
    let (collector, selection) = (Collector::default(), Selection::default());
    let started = Instant::now();
    let run = collector.collect(&providers, &selection, |_| {}, cancel.clone());
    let stop = async {
        sleep(after).await;
        cancel.cancel();
    };
    let (snapshot, ()) = tokio::join!(run, stop);
    (snapshot, started.elapsed())
}

#[tokio::test(start_paused = true)]
async fn cancellation_ends_every_phase_at_once() {
    for (at, effect, scopes, rows, answers) in [
        (At::Discover, Effect::Hang.after(1), 1, 3, 0),
        (At::open("1"), Effect::Hang, 2, 3 + 5, 2),
        (At::scope("1"), Effect::Hang, 2, 10, 2),
    ] {
        let fake = Arc::new(two_accounts().with(at.clone(), effect));
        let (snapshot, took) = cancelled_after(&fake, Duration::from_secs(5)).await;
        assert_eq!(took, Duration::from_secs(5), "{at:?}");
        assert!(snapshot.run.cancelled && snapshot.is_incomplete(), "{at:?}");
        assert_eq!(snapshot.scopes.len(), scopes, "{at:?}");
        assert_eq!(snapshot.answers.len(), answers, "{at:?}");
        assert_eq!(snapshot.coverage.len(), rows, "{at:?}");
        let of_first = snapshot.coverage.iter().filter(|row| row.unit.scope == *"1");
        assert!(of_first.into_iter().all(|row| row.outcome == Outcome::Cancelled), "{at:?}");
        assert_eq!(fake.log().running(), 0, "{at:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_cancelled_before_it_begins_asks_nothing() {
    let fake = Arc::new(two_accounts());
    let cancel = CancellationToken::new();
    cancel.cancel();
    let providers = [Arc::clone(&fake) as Arc<dyn Provider>];
    let snapshot =
        Collector::default().collect(&providers, &Selection::default(), |_| {}, cancel).await;
    assert!(snapshot.run.cancelled);
    assert!(fake.log().opened().is_empty() && fake.log().collected().is_empty());
}

#[tokio::test(start_paused = true)]
async fn dropping_the_run_ends_its_tasks() {
    let fake = Arc::new(two_accounts().with(At::scope("1"), Effect::Hang));
    let (options, selection) = (Options::default(), Selection::default());
    let run = collect_selected(&fake, options, &selection);
    assert!(tokio::time::timeout(Duration::from_secs(1), run).await.is_err());
    tokio::task::yield_now().await;
    assert_eq!(fake.log().running(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_took_long_last_time_starts_first() {
    let fake = many(3).global("Fake::Role").regional("Fake::Disk");
    let slow = fake.unit("2", "r2", "Fake::Disk");
    let fake = fake.with(At::unit(&slow), Effect::Delay(Duration::from_secs(30)));
    let fake = Arc::new(fake);
    let first = collect(&fake, Options::default()).await;
    let mut selection = Selection::default();
    selection.learn_durations(&first);
    let before = fake.log().collected().len();
    collect_selected(&fake, Options { max_in_flight: 1, ..Options::default() }, &selection).await;
    assert_eq!(fake.log().collected()[before], slow);
}
