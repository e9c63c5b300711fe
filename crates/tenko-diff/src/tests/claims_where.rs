//! Which live resource a claim means, and what is missing.

use serde_json::json;
use tenko_core::{DriftKind::*, *};

use super::fixture::*;
use crate::{Diff, diff};

const POLICY: &str = "AWS::Organizations::Policy";

/// Environment `prod` in accounts 1 and 2, and `dev` in account 3.
fn with_claims(claims: Vec<Claim>) -> Declaration {
    let environments =
        vec![environment("prod", &["1", "2"], vec![]), environment("dev", &["3"], vec![])];
    Declaration { claims, ..declaration(vec![tenant("acme", environments)]) }
}

fn run(resources: Vec<Resource>, declaration: &Declaration) -> Diff {
    diff(&snapshot(&["1", "2", "3"], resources), declaration, &catalog())
}

/// The one `G` of an account.
fn own(account: &str, value: i32) -> Resource {
    resource((account, "global", "G", account), json!({"A": value}))
}

fn of_account(environment: &str, value: i32) -> Claim {
    loose(claim("G", "{account}", environment), &[("A", json!(value))])
}

#[test]
fn the_accounts_own_is_that_of_each_scope_that_could_be_meant() {
    let live = || vec![own("1", 1), own("3", 1)];
    let both = with_claims(vec![of_account("prod", 1), of_account("dev", 2)]);
    let found = run(live(), &both);
    assert_eq!(short(&found.drift), [(Changed, "3")]);
    assert_eq!(found.counts.managed, 2);
    // Another account's is not meant.
    let found = run(live(), &with_claims(vec![of_account("prod", 1)]));
    assert_eq!(short(&found.drift), [(Unmanaged, "3")]);
    let told = Claim { scope: Some(scope("3")), ..of_account("prod", 1) };
    let found = run(live(), &with_claims(vec![told]));
    assert_eq!(short(&found.drift), [(ElsewhereManaged, "3"), (Unmanaged, "1")]);
}

#[test]
fn where_each_of_several_is_as_declared_it_is_no_matter_which_is_meant() {
    let live = vec![own("1", 1), own("2", 1)];
    let found = run(live.clone(), &with_claims(vec![of_account("prod", 1)]));
    assert!(found.is_clean(), "{:?}", found.drift);
    assert_eq!((found.counts.managed, found.counts.not_compared), (2, 0));
    let found = run(live, &with_claims(vec![of_account("prod", 2)]));
    assert_eq!(short(&found.drift), [(Unknown, "-")]);
}

#[test]
fn the_accounts_own_is_missing_under_the_accounts_name() {
    let found = run(vec![], &with_claims(vec![of_account("dev", 1)]));
    assert_eq!(short(&found.drift), [(Missing, "3")]);
    let nobodys = Claim { owner: None, ..of_account("dev", 1) };
    let found = run(vec![own("1", 1)], &with_claims(vec![nobodys]));
    assert_eq!(found.count(Unknown), 1);
    assert_eq!(found.count(Unmanaged), 1);
}

#[test]
fn of_one_thing_seen_from_two_sides_the_side_that_the_code_names_is_compared() {
    const ID: &str = "pcx-0123456789abcdef0";
    let side = |account, region, value| resource((account, region, "T", ID), json!({"A": value}));
    let said = |change: fn(&mut Claim)| {
        let mut claim = loose(claim("T", ID, "prod"), &[("A", json!(1))]);
        change(&mut claim);
        claim
    };
    let live = vec![side("1", "r1", 1), side("2", "r2", 2)];
    let compared = |change: fn(&mut Claim)| {
        let found = run(live.clone(), &with_claims(vec![said(change)]));
        (found.count(Changed), found.count(Unmanaged), found.counts.not_compared)
    };
    assert_eq!(compared(|_| {}), (0, 0, 1));
    assert_eq!(compared(|c| c.scope = Some(scope("1"))), (0, 1, 0));
    assert_eq!(compared(|c| c.scope = Some(scope("2"))), (1, 1, 0));
    assert_eq!(compared(|c| c.region = Some("r2".into())), (1, 1, 0));
    let found = run(live.clone(), &with_claims(vec![said(|_| {})]));
    assert!(found.is_clean(), "{:?}", found.drift);
    // A name that every region may have is another matter.
    let live = vec![
        resource(("1", "r1", "T", "log"), json!({"A": 1})),
        resource(("1", "r2", "T", "log"), json!({"A": 2})),
    ];
    let mut log = loose(claim("T", "log", "prod"), &[("A", json!(1))]);
    log.ids.push("arn:aws:logs:r3:1:log".to_owned());
    assert_eq!(short(&run(live, &with_claims(vec![log])).drift), [(Unknown, "log")]);
}

fn organization_catalog() -> Catalog {
    let service = "organizations".to_owned();
    let policy = TypeInfo { service, reach: ReachKind::Global, ..info(POLICY) };
    catalog().iter().cloned().chain([policy]).collect()
}

fn policy_in(account: &str, id: &str, managed_by: &str) -> Resource {
    let arn = format!("arn:aws:organizations::{managed_by}:policy/o-1/scp/{id}");
    resource((account, "global", POLICY, id), json!({"Arn": arn, "A": 1}))
}

/// As Terraform has it: the account is the one in the ARN.
fn policy_claim(id: &str, managed_by: &str) -> Claim {
    let arn = format!("arn:aws:organizations::{managed_by}:policy/o-1/scp/{id}");
    Claim {
        ids: vec![id.to_owned(), arn],
        scope: Some(scope(managed_by)),
        ..loose(claim(POLICY, id, "prod"), &[("A", json!(1))])
    }
}

/// Accounts 1 to 3, of which each was asked for policies.
fn organization(resources: Vec<Resource>) -> Snapshot {
    let mut seen = snapshot(&["1", "2", "3"], resources);
    for account in ["1", "2", "3"] {
        let row = Coverage { unit: unit(account, "global", POLICY), ..seen.coverage[0].clone() };
        seen.coverage.push(row);
    }
    seen
}

#[test]
fn a_policy_is_found_where_the_organization_was_read() {
    let seen = organization(vec![policy_in("3", "p-one", "1")]);
    let declared = with_claims(vec![policy_claim("p-one", "1")]);
    let found = diff(&seen, &declared, &organization_catalog());
    assert_eq!(found.count(Missing) + found.count(Unknown) + found.count(Unmanaged), 0);
    // A stack names it by its id alone.
    let stack = Claim { ids: vec!["p-one".to_owned()], ..policy_claim("p-one", "1") };
    let found = diff(&seen, &with_claims(vec![stack]), &organization_catalog());
    assert_eq!(found.count(Missing) + found.count(Unknown) + found.count(Unmanaged), 0);
}

#[test]
fn a_policy_is_missing_only_where_its_organization_was_read() {
    let verdict = |seen: &Snapshot, managed_by: &str| {
        let declared = with_claims(vec![policy_claim("p-gone", managed_by)]);
        let found = diff(seen, &declared, &organization_catalog());
        let of_it = found.drift.iter().find(|d| d.resource.id.as_deref() == Some("p-gone"));
        of_it.unwrap().kind
    };
    // Account 3 reads the organization that account 1 manages.
    let mut seen = organization(vec![policy_in("3", "p-one", "1"), policy_in("3", "p-aws", "aws")]);
    assert_eq!(verdict(&seen, "1"), Missing);
    assert_eq!(verdict(&seen, "7"), Unknown, "another organization");
    // That nobody else could be asked changes nothing.
    set_outcome(&mut seen, &unit("2", "global", POLICY), denied());
    assert_eq!(verdict(&seen, "1"), Missing);
    set_outcome(&mut seen, &unit("3", "global", POLICY), Outcome::Partial);
    assert_eq!(verdict(&seen, "1"), Unknown);
    // The unit of account 1 is complete, and whoever reads the organization was not asked.
    assert_eq!(verdict(&organization(vec![]), "1"), Unknown);
    let only_aws = organization(vec![policy_in("3", "p-aws", "aws")]);
    assert_eq!(verdict(&only_aws, "1"), Missing);
    assert_eq!(verdict(&only_aws, "7"), Unknown);
}

#[test]
fn what_manifest_and_code_both_miss_is_one_drift() {
    let gone = |id: &str| claim("T", id, "prod");
    let mut declared = with_claims(vec![
        gone("a"),
        Claim { name: Some("b".to_owned()), ..gone("id-b") },
        Claim { region: Some("r2".into()), ..gone("c") },
        claim("T", "d", "dev"),
        gone("e"),
    ]);
    let in_r1 = Expected { region: Some("r1".into()), ..by_id("T", "c") };
    let expected = vec![by_id("T", "a"), expected("T", "b"), in_r1, by_id("T", "d")];
    declared.tenants[0].environments[0].expected = expected;
    let found = run(vec![], &declared);
    let missing = |label| found.drift.iter().filter(move |d| d.resource.label() == label);
    for (label, many) in [("a", 1), ("b", 1), ("c", 2), ("d", 2), ("e", 1)] {
        assert_eq!(missing(label).count(), many, "{label}");
    }
    let a = missing("a").next().unwrap();
    assert_eq!((a.kind, a.source.as_ref().unwrap().kind), (Missing, SourceKind::Manifest));
    let reason = "infrastructure code declares it too: prod.tfstate (a)";
    assert_eq!(a.reason.as_deref(), Some(reason));
    assert!(missing("b").all(|d| d.reason.as_deref().unwrap().contains("(id-b)")));
    assert_eq!(found.counts.declared, 9);
    let mut seen = snapshot(&["1", "2", "3"], vec![]);
    set_outcome(&mut seen, &unit("1", "r1", "T"), denied());
    let found = diff(&seen, &declared, &catalog());
    let a: Vec<_> = found.drift.iter().filter(|d| d.resource.label() == "a").collect();
    assert_eq!((a.len(), a[0].kind), (1, Unknown));
    assert!(a[0].reason.as_deref().unwrap().ends_with(&format!("; {reason}")));
}
