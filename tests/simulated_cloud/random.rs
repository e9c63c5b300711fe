//! Faults at random: missing is only what is missing, and complete is only what is whole.

use std::collections::BTreeSet;

use futures_util::{StreamExt, stream};
use tenko::model::Resource;
use tenko_testkit::sim::{DeniedBy, Fault, FaultKind, SimCloud};

use super::cases::{dishonesty, name_of, none};
use super::deleted::DELETED;
use super::world::{Clean, EUROPE, HOME, Look, OPEN, delete, look_with, resources_of, world};

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

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    fn is(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

fn fault(random: &mut Random) -> Fault {
    let size = random.below(400);
    let kinds = [
        FaultKind::Deny { by: DeniedBy::ScpExplicit },
        FaultKind::Deny { by: DeniedBy::Unstated },
        FaultKind::Throttle,
        FaultKind::ServerError,
        FaultKind::Unavailable,
        FaultKind::NotSubscribed,
        FaultKind::ExpiredToken,
        FaultKind::Disconnect,
        FaultKind::Truncate { at: size },
        FaultKind::LoseEnd { bytes: size },
        FaultKind::CutConnection { at: size },
        FaultKind::InvalidBody,
        FaultKind::HtmlError500,
        FaultKind::RepeatToken,
        FaultKind::EmptyPageWithToken,
        FaultKind::DuplicateItems,
    ];
    let services =
        ["ec2", "s3", "iam", "lambda", "sqs", "sns", "rds", "kms", "ssm", "organizations", "sts"];
    let mut fault = Fault::new(random.one(&kinds));
    // The caller's account alone tells who the others are: it is hit less often.
    if random.is(90) {
        fault = fault.account(random.one(&OPEN));
    }
    if random.is(30) {
        fault = fault.region(random.one(&[EUROPE, HOME]));
    }
    if random.is(70) {
        fault = fault.service(random.one(&services));
    }
    if random.is(20) {
        fault = fault.page(2);
    }
    if random.is(40) {
        fault = fault.chance(0.5);
    }
    fault
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_is_only_what_is_missing() {
    let clean = Clean::get().await;
    let runs = (0..RUNS).map(|seed| async move {
        let wrong = run(clean, seed).await;
        wrong.iter().map(|flaw| format!("seed {seed}: {flaw}")).collect::<Vec<_>>()
    });
    let wrong: Vec<_> = stream::iter(runs).buffer_unordered(4).collect().await;
    none(&wrong.concat());
}

async fn run(clean: &Clean, seed: u64) -> Vec<String> {
    let mut random = Random(seed);
    let mut world = world();
    world.seed = seed;
    let mut deleted = BTreeSet::new();
    for (account, operation, resource_type, name) in DELETED {
        if random.is(30) {
            delete(&mut world, account, operation, name);
            let mut all = clean.snapshot.resources.iter();
            let gone = all.find(|r| {
                r.key.scope.as_str() == account
                    && r.key.resource_type.as_str() == resource_type
                    && r.key.id.contains(name)
            });
            deleted.insert(name_of(gone.unwrap()));
        }
    }
    let count = 1 + random.below(3);
    let faults: Vec<_> = (0..count).map(|_| fault(&mut random)).collect();
    let page_size = random.one(&[None, Some(1), Some(2)]);
    let cloud = SimCloud::start(world).await.unwrap();
    cloud.set_page_size(page_size);
    for fault in &faults {
        cloud.add_fault(fault.clone());
    }
    // Without a second attempt nothing has to be waited for.
    let look = Look { provider: |builder| builder.max_attempts(1), ..Look::default() };
    let snapshot = look_with(&cloud, look).await;

    let discovered = snapshot.scopes.accounts().count();
    let mut wrong = Vec::new();
    if discovered < 5 && snapshot.discovery_problems.is_empty() {
        wrong.push(format!("only {discovered} accounts were found, and nobody says why"));
    }
    for row in snapshot.coverage.iter().filter(|row| row.outcome.is_complete()) {
        let there = resources_of(&clean.snapshot, &row.unit);
        let there: Vec<&Resource> =
            there.into_iter().filter(|r| !deleted.contains(&name_of(r))).collect();
        if resources_of(&snapshot, &row.unit) != there {
            let seen = resources_of(&snapshot, &row.unit);
            let ids: Vec<_> = seen.iter().map(|r| &r.key.id).collect();
            wrong.push(format!(
                "{} is complete and not whole: {ids:?} of {}",
                row.unit,
                there.len()
            ));
        }
    }
    wrong.extend(dishonesty(clean, &snapshot, &deleted));
    if !wrong.is_empty() {
        wrong.push(format!("with {faults:?} in pages of {page_size:?}, without {deleted:?}"));
    }
    wrong
}
