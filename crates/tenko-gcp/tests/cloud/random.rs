//! Faults at random: missing is only what is missing, and complete is only what is whole.

use std::sync::Arc;

use futures_util::{StreamExt, stream};
use tenko_gcp::Source;
use tenko_testkit::google::{Fault, FaultKind, SimGoogle};

use crate::common::builder;
use crate::listings::LISTINGS;
use crate::world::{DATA, OPEN, SHARED, WEB, clean, look, none, untruths, world};

const RUNS: u64 = 30;

/// SplitMix64: the same in every release, so that a seed tells all.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    fn is(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

fn fault(random: &mut Random) -> Fault {
    let bytes = random.below(400);
    let kinds = [
        FaultKind::Denied,
        FaultKind::ServiceDisabled,
        FaultKind::BillingDisabled,
        FaultKind::Perimeter,
        FaultKind::Throttled,
        FaultKind::Unauthenticated,
        FaultKind::ServerError,
        FaultKind::Unavailable,
        FaultKind::Disconnect,
        FaultKind::LoseEnd { bytes, fitting_length: random.is(50) },
        FaultKind::RepeatToken,
        FaultKind::EmptyPage,
        FaultKind::WrongShape { html: random.is(50) },
        FaultKind::ForeignObject,
        FaultKind::Partial { location: "europe-west3".to_owned() },
    ];
    let mut fault = Fault::new(random.one(&kinds));
    if random.is(60) {
        fault = fault.project(random.one(&[SHARED, WEB, DATA]));
    }
    match random.below(10) {
        0..4 => fault = fault.operation(random.one(&LISTINGS).operation),
        4..6 => fault = fault.asset_type(random.one(&LISTINGS).resource_type),
        6 => fault = fault.service("cloudasset"),
        7 => fault = fault.service("cloudresourcemanager"),
        8 => fault = fault.service(random.one(&LISTINGS).service()),
        _ => {}
    }
    if random.is(25) {
        fault = fault.page(2);
    }
    if random.is(25) {
        fault = fault.times(1 + u32::from(random.is(50)));
    }
    fault
}

async fn run(seed: u64) -> Vec<String> {
    let mut random = Random(seed);
    let source = random.one(&[Source::Services, Source::Auto, Source::AssetInventory]);
    let faults: Vec<_> = (0..1 + random.below(4)).map(|_| fault(&mut random)).collect();
    let mut world = world();
    world.page_size = random.one(&[Some(2), Some(3), None]);
    let page_size = world.page_size;
    let cloud = SimGoogle::start(world).await.unwrap();
    faults.iter().for_each(|fault| _ = cloud.add_fault(fault.clone()));
    let provider = Arc::new(builder(&cloud).source(source).load().await.unwrap());
    let snapshot = look(&provider, &[], &[]).await;

    let clean = clean(Source::Services).await;
    let mut wrong = untruths(clean, &snapshot);
    let found: Vec<_> = snapshot.scopes.accounts().map(|scope| scope.id.as_str()).collect();
    let all = OPEN.iter().all(|id| found.contains(id));
    if !all && snapshot.discovery_problems.is_empty() {
        wrong.push(format!("only {found:?} were found, and nobody says why"));
    }
    for resource in &clean.resources {
        let scope = &resource.key.scope;
        let mut rows = snapshot.coverage.iter().filter(|row| {
            row.unit.scope == *scope && row.unit.resource_type == resource.key.resource_type
        });
        let seen = snapshot.resources.iter().any(|r| r.key == resource.key);
        match rows.next() {
            None if found.contains(&scope.as_str()) => {
                wrong.push(format!("{} is in no row", resource.key));
            }
            Some(row) if !seen && row.outcome.is_complete() => {
                wrong.push(format!("{} was not seen, and nobody says so", resource.key));
            }
            _ => {}
        }
    }
    if !wrong.is_empty() {
        wrong.push(format!("from {source:?} with {faults:?} in pages of {page_size:?}"));
    }
    wrong.iter().map(|flaw| format!("seed {seed}: {flaw}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_is_only_what_is_missing() {
    let runs: Vec<_> = stream::iter((0..RUNS).map(run)).buffer_unordered(4).collect().await;
    none(&runs.concat());
}
