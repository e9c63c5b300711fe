//! Every type with everything that can go wrong: what is hit says so and keeps what it has, all else is as before.

use std::collections::BTreeSet;
use std::sync::Arc;

use tenko_core::{DeniedBy, Outcome, Snapshot, Unit};
use tenko_gcp::{Discovery, GoogleProvider, Source};
use tenko_testkit::google::{Fault, FaultKind, SimGoogle};

use crate::common::builder;
use crate::listings::{Each, LISTINGS, Listing, PROJECT_POLICY};
use crate::resources::account;
use crate::world::{
    DATA, WEB, agree, changes, clean, collect, discover, look, none, resources_of, row, start,
    unit, untruths,
};

pub(crate) const PROJECT: &str = "cloudresourcemanager.googleapis.com/Project";

/// What can go wrong with any call, and what it means when nothing was read.
pub(crate) fn kinds() -> Vec<(FaultKind, Outcome)> {
    let denied = |denied_by| Outcome::Denied { denied_by };
    let lost = |fitting_length| FaultKind::LoseEnd { bytes: 9, fitting_length };
    vec![
        (FaultKind::Denied, denied(DeniedBy::IdentityPolicy)),
        (FaultKind::ServiceDisabled, Outcome::ServiceNotEnabled),
        (FaultKind::BillingDisabled, Outcome::BillingDisabled),
        (FaultKind::Perimeter, denied(DeniedBy::ServicePerimeter)),
        (FaultKind::Throttled, Outcome::ThrottledOut),
        (FaultKind::Unauthenticated, denied(DeniedBy::Trust)),
        (FaultKind::ServerError, Outcome::Unreachable),
        (FaultKind::Unavailable, Outcome::Unreachable),
        (FaultKind::Disconnect, Outcome::Unreachable),
        (lost(false), Outcome::Unreachable),
        (lost(true), Outcome::Unreachable),
        (FaultKind::WrongShape { html: true }, Outcome::Unreachable),
        (FaultKind::WrongShape { html: false }, Outcome::Unreachable),
        (FaultKind::ForeignObject, Outcome::Unreachable),
    ]
}

/// What is looked at with something wrong, and what was found.
pub(crate) struct Table {
    pub(crate) cloud: SimGoogle,
    pub(crate) provider: Arc<GoogleProvider>,
    clean: &'static Snapshot,
    pub(crate) wrong: Vec<String>,
}

impl Table {
    pub(crate) async fn new() -> Self {
        Self::trying(2).await
    }

    async fn trying(attempts: u32) -> Self {
        let cloud = start().await;
        let projects = Discovery::Projects(vec![WEB.to_owned(), DATA.to_owned()]);
        let builder = builder(&cloud).source(Source::Services).discovery(projects);
        let provider = Arc::new(builder.max_attempts(attempts).load().await.unwrap());
        Self { cloud, provider, clean: clean(Source::Services).await, wrong: Vec::new() }
    }

    /// Looks at what the faults hit, at its neighbours and at another service, in two projects. `hit` are the types
    /// that the faults hit in the project [`WEB`].
    pub(crate) async fn look(&mut self, name: &str, faults: Vec<Fault>, hit: &[&str]) -> Snapshot {
        for fault in faults {
            self.cloud.add_fault(fault.project(WEB));
        }
        let at = LISTINGS.iter().position(|l| hit.contains(&l.resource_type)).unwrap_or_default();
        let others = [1, 2, 13].map(|step| LISTINGS[(at + step) % LISTINGS.len()].resource_type);
        let types: Vec<_> = hit.iter().copied().chain(others).collect();
        let snapshot = look(&self.provider, &types, &[]).await;
        self.cloud.clear_faults();
        let is_hit =
            |unit: &Unit| unit.scope.as_str() == WEB && hit.contains(&unit.resource_type.as_str());
        let mut flaws = changes(self.clean, &snapshot, is_hit);
        flaws.extend(untruths(self.clean, &snapshot));
        self.wrong.extend(flaws.into_iter().map(|flaw| format!("{name}: {flaw}")));
        snapshot
    }

    pub(crate) fn check(
        &mut self,
        name: &str,
        resource_type: &str,
        snapshot: &Snapshot,
        expected: Outcome,
        kept: Kept,
    ) {
        let unit = unit(WEB, resource_type);
        let row = row(snapshot, &unit);
        let (then, now) =
            (resources_of(self.clean, &unit).len(), resources_of(snapshot, &unit).len());
        let fits = match kept {
            Kept::None => now == 0,
            Kept::Some => 0 < now && now < then,
            Kept::SomeOrAll => 0 < now,
            Kept::All => now == then,
        };
        if row.outcome != expected || !fits {
            let got = format!("{} with {now} of {then}: {:?}", row.outcome, row.problems);
            self.wrong.push(format!("{name}: {unit} is {got}, not {expected} with {kept:?}"));
        }
    }
}

/// Aggregated lists hold global ones as well, which come first.
const SHARES_PAGES: [&str; 2] =
    ["compute.googleapis.com/Address", "compute.googleapis.com/ForwardingRule"];

/// How much of what there is was read all the same.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kept {
    None,
    Some,
    SomeOrAll,
    All,
}

/// All types that the call is needed for.
fn read_with(operation: &str) -> Vec<&'static str> {
    let of_call = LISTINGS.iter().filter(|listing| listing.operation == operation);
    of_call.map(|listing| listing.resource_type).collect()
}

async fn listings(of: impl Fn(&Listing) -> bool) {
    let mut table = Table::new().await;
    for listing in LISTINGS.iter().filter(|listing| of(listing)) {
        let operation = listing.operation;
        let hit = read_with(operation);
        let fault = |kind: &FaultKind| Fault::new(kind.clone()).operation(operation);
        for (kind, outcome) in kinds() {
            let name = format!("{kind:?} in {operation}");
            let seen = table.look(&name, vec![fault(&kind)], &hit).await;
            for of in &hit {
                table.check(&name, of, &seen, outcome, Kept::None);
            }
        }
        if listing.paged {
            // Every other kind: the second page is read by the same code as the first.
            let second = kinds().into_iter().step_by(2);
            let second = second.map(|(kind, end)| (fault(&kind).page(2), end));
            let ring = (fault(&FaultKind::RepeatToken), Outcome::Unreachable);
            for (broken, alone) in second.chain([ring]) {
                let name = format!("{:?} on page {:?} of {operation}", broken.kind, broken.page);
                let seen = table.look(&name, vec![broken], &hit).await;
                for of in &hit {
                    // What shares its pages with another type may be on the first one as a whole, or not at all.
                    let shares = hit.len() > 1 || SHARES_PAGES.contains(of);
                    if shares && resources_of(&seen, &unit(WEB, of)).is_empty() {
                        table.check(&name, of, &seen, alone, Kept::None);
                    } else {
                        let kept = if shares { Kept::SomeOrAll } else { Kept::Some };
                        table.check(&name, of, &seen, Outcome::Partial, kept);
                    }
                }
            }
            let name = format!("an empty page before those of {operation}");
            let seen = table.look(&name, vec![fault(&FaultKind::EmptyPage)], &[]).await;
            assert!(!seen.is_incomplete(), "{name}");
        }
        let name = format!("a location is down for {operation}");
        let down = FaultKind::Partial { location: "europe-west3".to_owned() };
        let seen = table.look(&name, vec![fault(&down)], &hit).await;
        for of in &hit {
            match listing.says_what_is_missing {
                true => table.check(&name, of, &seen, Outcome::Partial, Kept::SomeOrAll),
                false => table.check(&name, of, &seen, Outcome::Unreachable, Kept::None),
            }
        }
    }
    none(&table.wrong);
}

#[tokio::test(flavor = "multi_thread")]
async fn listings_of_compute_fail() {
    listings(|listing| listing.service() == "compute").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn listings_of_identities_fail() {
    listings(|listing| listing.service() == "iam").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn listings_of_the_other_services_fail() {
    listings(|listing| !["compute", "iam"].contains(&listing.service())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_of_each_resource_fails() {
    let mut table = Table::new().await;
    let of_resources = LISTINGS.iter().filter_map(|listing| match listing.each? {
        Each::Resource(operation, unknown) => Some((listing.resource_type, operation, unknown)),
        Each::Parent(_) => None,
    });
    for (of, operation, unknown) in of_resources.chain([(PROJECT, PROJECT_POLICY, "iamPolicy")]) {
        for (kind, _) in kinds() {
            let name = format!("{kind:?} in {operation}");
            let seen = table.look(&name, vec![Fault::new(kind).operation(operation)], &[of]).await;
            table.check(&name, of, &seen, Outcome::Partial, Kept::All);
            for resource in resources_of(&seen, &unit(WEB, of)) {
                if !resource.is_unknown(&unknown.parse().unwrap()) {
                    table.wrong.push(format!("{name}: {} knows its {unknown}", resource.key));
                }
            }
        }
    }
    none(&table.wrong);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_of_one_resource_fails() {
    let mut table = Table::new().await;
    let bucket = format!("{WEB}-batch");
    for (kind, _) in kinds() {
        let name = format!("{kind:?} for one bucket");
        let of = "storage.googleapis.com/Bucket";
        let fault = Fault::new(kind).operation("storage.buckets.getIamPolicy").value(&bucket);
        let seen = table.look(&name, vec![fault], &[of]).await;
        table.check(&name, of, &seen, Outcome::Partial, Kept::All);
        for resource in resources_of(&seen, &unit(WEB, of)) {
            assert_eq!(resource.unknown.is_empty(), resource.key.id != bucket, "{name}");
        }
        let named = row(&seen, &unit(WEB, of)).problems.iter().map(|p| p.resource.as_deref());
        assert_eq!(named.collect::<Vec<_>>(), [Some(bucket.as_str())], "{name}");
    }
    none(&table.wrong);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_one_parent_cannot_be_listed() {
    let mut table = Table::new().await;
    let email = account("batch", WEB);
    let rows = [
        ("iam.googleapis.com/ServiceAccountKey", email.as_str(), 2),
        ("iam.googleapis.com/WorkloadIdentityPoolProvider", "api", 2),
    ];
    for (of, parent, gone) in rows {
        let listing = LISTINGS.iter().find(|listing| listing.resource_type == of).unwrap();
        let Some(Each::Parent(operation)) = listing.each else { panic!("{of}") };
        for (kind, _) in kinds() {
            let name = format!("{kind:?} below {parent}");
            let fault = Fault::new(kind).operation(operation).value(parent);
            let seen = table.look(&name, vec![fault], &[of]).await;
            table.check(&name, of, &seen, Outcome::Partial, Kept::Some);
            let (then, now) =
                (resources_of(table.clean, &unit(WEB, of)), resources_of(&seen, &unit(WEB, of)));
            assert_eq!(now.len(), then.len() - gone, "{name}");
            let named = row(&seen, &unit(WEB, of)).problems[0].resource.clone().unwrap();
            assert!(named.contains(parent), "{name}: {named}");
        }
    }
    none(&table.wrong);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_project_itself_cannot_be_read() {
    let table = Table::new().await;
    discover(&table.provider).await;
    for (kind, outcome) in kinds() {
        let name = format!("{kind:?}");
        table.cloud.add_fault(Fault::new(kind.clone()).operation("projects.get").project(WEB));
        let (seen, resources, problems) = collect(&table.provider, &unit(WEB, PROJECT)).await;
        table.cloud.clear_faults();
        // That Resource Manager is not enabled somewhere says nothing about a project.
        let unclear = Outcome::Denied { denied_by: DeniedBy::Unknown };
        let expected = match kind {
            FaultKind::ServiceDisabled => unclear,
            // It came, and was none.
            FaultKind::ForeignObject => Outcome::Partial,
            _ => outcome,
        };
        assert_eq!((seen, resources.len()), (expected, 0), "{name}");
        assert_eq!(problems.len(), 1, "{name}");
    }
    let (outcome, resources, problems) = collect(&table.provider, &unit(WEB, PROJECT)).await;
    assert_eq!((outcome, problems), (Outcome::Complete, vec![]));
    assert!(agree(&resources[0], resources_of(table.clean, &unit(WEB, PROJECT))[0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_comes_again_is_not_handed_on_again() {
    let table = Table::new().await;
    discover(&table.provider).await;
    for listing in LISTINGS.iter().filter(|listing| listing.paged) {
        let fault = Fault::new(FaultKind::RepeatToken).operation(listing.operation).project(WEB);
        table.cloud.add_fault(fault);
        let of_web = unit(WEB, listing.resource_type);
        let (outcome, resources, problems) = collect(&table.provider, &of_web).await;
        table.cloud.clear_faults();
        assert!(outcome.is_gap(), "{listing:?}");
        let ids: BTreeSet<_> = resources.iter().map(|r| &r.key.id).collect();
        assert_eq!(ids.len(), resources.len(), "{listing:?}");
        assert!(problems.iter().any(|problem| problem.code == "repeated-token"), "{listing:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_that_is_not_enabled_elsewhere_is_a_gap() {
    let table = Table::new().await;
    discover(&table.provider).await;
    // From now on the answers speak of another project than the one that was found.
    table.cloud.update(|world| world.project_mut(WEB).unwrap().number = "990099".to_owned());
    for kind in [FaultKind::ServiceDisabled, FaultKind::BillingDisabled] {
        table.cloud.clear_faults();
        table.cloud.add_fault(Fault::new(kind.clone()));
        for listing in LISTINGS {
            let (outcome, resources, _) =
                collect(&table.provider, &unit(WEB, listing.resource_type)).await;
            let service = listing.service();
            // Neither says whose billing account it is.
            let own = kind == FaultKind::BillingDisabled && service == "storage";
            let expected = match own {
                true => Outcome::BillingDisabled,
                false => Outcome::Denied { denied_by: DeniedBy::Unknown },
            };
            assert_eq!((outcome, resources.len()), (expected, 0), "{kind:?} {listing:?}");
            assert!(outcome.is_gap());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_passes_by_itself_is_read_in_the_end() {
    // While every call of a project fails once, those that hold back use up an attempt by that.
    let mut table = Table::trying(6).await;
    let passing = [
        FaultKind::Throttled,
        FaultKind::ServerError,
        FaultKind::Unavailable,
        FaultKind::Disconnect,
        FaultKind::LoseEnd { bytes: 9, fitting_length: false },
        FaultKind::WrongShape { html: true },
        FaultKind::Unauthenticated,
    ];
    for kind in passing {
        let name = format!("{kind:?} once");
        table.cloud.add_fault(Fault::new(kind).project(WEB).times(1));
        let snapshot = look(&table.provider, &[], &[]).await;
        table.cloud.clear_faults();
        let flaws = changes(table.clean, &snapshot, |_| false);
        table.wrong.extend(flaws.into_iter().map(|flaw| format!("{name}: {flaw}")));
    }
    none(&table.wrong);
}
