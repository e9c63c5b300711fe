//! Whose a resource is: misplaced, shared and undeclared.

use tenko_core::{DriftKind::*, *};

use super::fixture::*;
use crate::{Diff, Standing, diff};

fn run(declaration: &Declaration, resources: Vec<Resource>) -> Diff {
    diff(&snapshot(&["1", "2", "3"], resources), declaration, &catalog())
}

/// `acme`: prod in 1, dev in 2; `beta`: prod in 3.
fn two(acme_prod: Vec<Expected>, beta_prod: Vec<Expected>) -> Declaration {
    let acme = vec![environment("prod", &["1"], acme_prod), environment("dev", &["2"], vec![])];
    declaration(vec![
        tenant("acme", acme),
        tenant("beta", vec![environment("prod", &["3"], beta_prod)]),
    ])
}

fn whose(drift: &Drift) -> (Option<&str>, Option<&str>) {
    (drift.tenant.as_deref(), drift.environment.as_deref())
}

#[test]
fn a_tag_that_names_another_tenant() {
    let live = tagged(("1", "r1", "T", "x"), &[("tenant", "BETA"), ("env", "prod")]);
    let diff = run(&two(vec![], vec![]), vec![live]);
    assert_eq!(short(&diff.drift), [(Misplaced, "x")]);
    assert_eq!(whose(&diff.drift[0]), (Some("beta"), Some("prod")));
    assert_eq!(
        diff.drift[0].reason.as_deref(),
        Some("tag tenant=BETA names another tenant than acme, whose scope 1 is")
    );
    assert_eq!(diff.placements[0].tenant.as_deref(), Some("acme"));
    let unknown = tagged(("1", "r1", "T", "x"), &[("tenant", "nobody")]);
    assert_eq!(short(&run(&two(vec![], vec![]), vec![unknown]).drift), [(Unmanaged, "x")]);
}

#[test]
fn a_tag_that_names_another_environment_by_name_or_stage() {
    let mut declared = two(vec![expected("T", "x")], vec![]);
    declared.tenants[0].environments[1].stage = Some("Development".to_owned());
    for value in ["dev", "development"] {
        let live = tagged(("1", "r1", "T", "x"), &[("env", value)]);
        let diff = run(&declared, vec![live]);
        assert_eq!(short(&diff.drift), [(Misplaced, "x")]);
        assert_eq!(whose(&diff.drift[0]), (Some("acme"), Some("dev")));
        assert!(diff.drift[0].reason.as_deref().unwrap().ends_with("declared for acme prod"));
    }
}

#[test]
fn a_unique_id_in_another_scope_is_one_drift() {
    let id = "vpc-0123456789abcdef0";
    let diff = run(&two(vec![by_id("T", id)], vec![]), vec![tagged(("3", "r1", "T", id), &[])]);
    assert_eq!(short(&diff.drift), [(Misplaced, id)]);
    assert_eq!(whose(&diff.drift[0]), (Some("acme"), Some("prod")));
    assert_eq!(diff.drift[0].source, Some(source(id)));
    assert_eq!(diff.drift[0].resource.scope, Some("3".into()));
    let reason = diff.drift[0].reason.as_deref().unwrap();
    assert!(reason.ends_with("lives in scope 3, which belongs to beta prod"), "{reason}");
    assert_eq!(diff.counts.misplaced, 1);

    let bucket = tagged(("3", "r1", "AWS::S3::Bucket", "logs"), &[]);
    let by_name = two(vec![expected("AWS::S3::Bucket", "logs")], vec![]);
    assert_eq!(short(&run(&by_name, vec![bucket]).drift), [(Misplaced, "logs")]);
}

#[test]
fn an_id_that_every_account_may_have_is_not_found_elsewhere() {
    let live = tagged(("3", "global", "G", "deploy"), &[]);
    let diff = run(&two(vec![by_id("G", "deploy")], vec![]), vec![live]);
    assert_eq!(short(&diff.drift), [(Missing, "deploy"), (Unmanaged, "deploy")]);
}

#[test]
fn what_is_declared_where_it_lives_is_not_up_for_others() {
    let declared =
        two(vec![expected("AWS::S3::Bucket", "logs")], vec![expected("AWS::S3::Bucket", "logs")]);
    let diff = run(&declared, vec![tagged(("3", "r1", "AWS::S3::Bucket", "logs"), &[])]);
    assert_eq!(short(&diff.drift), [(Missing, "logs")]);
}

#[test]
fn another_region_than_declared_is_elsewhere_too() {
    let id = "vpc-0123456789abcdef0";
    let there = Expected { region: Some("r2".into()), ..by_id("T", id) };
    let diff = run(&two(vec![there], vec![]), vec![tagged(("1", "r1", "T", id), &[])]);
    assert_eq!(short(&diff.drift), [(Misplaced, id)]);
    assert!(diff.drift[0].reason.as_deref().unwrap().contains("declared in region r2"));
}

#[test]
fn in_a_shared_account_the_tag_the_match_or_nothing_tells() {
    let shared = declaration(vec![tenant(
        "acme",
        vec![
            environment("dev", &["1"], vec![expected("T", "main")]),
            environment("prod", &["1"], vec![expected("T", "main"), expected("T", "lone")]),
        ],
    )]);
    let live = vec![
        tagged(("1", "r1", "T", "a"), &[("Name", "main"), ("env", "prod")]),
        tagged(("1", "r1", "T", "b"), &[("Name", "main")]),
        tagged(("1", "r1", "T", "c"), &[("env", "dev")]),
        tagged(("1", "r1", "T", "d"), &[]),
        tagged(("1", "r1", "T", "lone"), &[("env", "dev")]),
    ];
    let diff = run(&shared, live);
    let environments: Vec<_> = diff.placements.iter().map(|p| p.environment.as_deref()).collect();
    assert_eq!(environments, [Some("prod"), Some("dev"), Some("dev"), None, Some("dev")]);
    assert!(diff.placements.iter().all(|p| p.tenant.as_deref() == Some("acme")));
    // A name does not take what its tags give to the neighbour.
    assert_eq!(
        short(&diff.drift),
        [(Unmanaged, "d"), (Unmanaged, "c"), (Unmanaged, "lone"), (Missing, "lone")]
    );
}

#[test]
fn one_partial_environment_is_enough_to_tolerate_what_nothing_places() {
    let mut declared = declaration(vec![tenant(
        "acme",
        vec![environment("dev", &["1"], vec![]), environment("prod", &["1"], vec![])],
    )]);
    declared.tenants[0].environments[0].unmanaged = tenko_core::Unmanaged::Ignore;
    let live =
        vec![tagged(("1", "r1", "T", "a"), &[("env", "prod")]), tagged(("1", "r1", "T", "b"), &[])];
    let diff = run(&declared, live);
    assert_eq!(short(&diff.drift), [(Unmanaged, "a")]);
    assert_eq!(diff.counts.tolerated, 1);
}

#[test]
fn shared_and_undeclared_scopes_are_counted_and_not_compared() {
    let mut declared = acme(vec![]);
    declared.shared.insert(scope("2"), "log archive".to_owned());
    let live = vec![
        tagged(("2", "r1", "T", "a"), &[("tenant", "acme")]),
        tagged(("3", "r1", "T", "b"), &[("tenant", "acme")]),
    ];
    let diff = run(&declared, live);
    assert!(diff.is_clean());
    let standings: Vec<_> = diff.placements.iter().map(|p| p.standing).collect();
    assert_eq!(standings, [Standing::Shared, Standing::UndeclaredScope]);
}

#[test]
fn what_lives_outside_the_environments_regions_is_unmanaged_all_the_same() {
    let mut declared = acme(vec![]);
    declared.tenants[0].environments[0].regions = Some([Region::new("r1")].into());
    let diff = run(&declared, vec![tagged(("1", "r2", "T", "miner"), &[])]);
    assert_eq!(short(&diff.drift), [(Unmanaged, "miner")]);
}
