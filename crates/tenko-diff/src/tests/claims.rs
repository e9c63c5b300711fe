//! Claims of infrastructure code against what is live.

use serde_json::{Value, json};
use tenko_core::{DriftKind::*, *};
use tenko_messages::english;

use super::fixture::*;
use crate::{Diff, Standing, Withheld, diff};

const VPC: &str = "vpc-0123456789abcdef0";

fn run(resources: Vec<Resource>, declaration: &Declaration) -> Diff {
    diff(&snapshot(&["1", "2"], resources), declaration, &catalog())
}

/// Environment `prod` in account 1 and `dev` in account 2.
fn two() -> Declaration {
    let environments =
        vec![environment("prod", &["1"], vec![]), environment("dev", &["2"], vec![])];
    declaration(vec![tenant("acme", environments)])
}

fn with_claims(claims: Vec<Claim>) -> Declaration {
    Declaration { claims, ..two() }
}

fn changes(diff: &Diff) -> Vec<String> {
    diff.drift.iter().flat_map(|d| &d.changes).map(|c| c.path.to_string()).collect()
}

#[test]
fn what_its_own_code_claims_is_managed_and_compared() {
    let live = vec![
        resource(("1", "r1", "T", "a"), json!({"A": "1", "B": 2})),
        resource(("1", "r1", "T", "b"), json!({})),
    ];
    let declared = with_claims(vec![
        loose(claim("T", "a", "prod"), &[("A", json!(1)), ("B", json!(3)), ("C", json!(false))]),
        claim("T", "gone", "prod"),
    ]);
    let diff = run(live, &declared);
    assert_eq!(short(&diff.drift), [(Missing, "gone"), (Changed, "a"), (Unmanaged, "b")]);
    assert_eq!(changes(&diff), ["B"]);
    assert_eq!(diff.drift[1].source.as_ref().unwrap().address, "a");
    assert_eq!((diff.counts.declared, diff.counts.managed, diff.counts.not_compared), (2, 1, 0));
    let row = diff.environments.iter().find(|e| e.environment == "prod").unwrap();
    assert_eq!((row.declared, row.managed), (2, 1));
}

#[test]
fn an_arn_or_self_link_names_it_too_but_not_anothers() {
    let arn = "arn:aws:s:r1:1:t/a";
    let live = vec![
        resource(("1", "r1", "T", "a"), json!({"Arn": arn})),
        resource(("1", "r1", "T", "b"), json!({"SourceArn": arn})),
        resource(("1", "r1", "T", "c"), json!({"selfLink": "https://x/v1/projects/p/t/c"})),
    ];
    let by = |id: &str| Claim { ids: vec!["x".into(), id.into()], ..claim("T", "x", "prod") };
    let declared = with_claims(vec![by(arn), by("//s.googleapis.com/projects/p/t/c")]);
    assert_eq!(short(&run(live, &declared).drift), [(Unmanaged, "b")]);
}

#[test]
fn a_type_without_a_mapping_goes_by_an_id_that_only_one_resource_can_have() {
    let live = vec![tagged(("1", "r1", "T", VPC), &[]), tagged(("1", "r1", "T", "main"), &[])];
    let unmapped = |id: &str| Claim { resource_type: None, ..claim("aws_x", id, "prod") };
    let declared =
        with_claims(vec![unmapped(VPC), unmapped("main"), unmapped("vpc-11111111111111111")]);
    let diff = run(live, &declared);
    assert_eq!(short(&diff.drift), [(Unmanaged, "main")]);
    assert_eq!((diff.counts.declared, diff.counts.not_compared), (3, 3));
}

#[test]
fn an_id_that_every_account_may_have_is_looked_for_where_the_code_is_for() {
    let live = |scope| tagged((scope, "r1", "T", "deploy"), &[]);
    let declared = with_claims(vec![claim("T", "deploy", "dev")]);
    let diff_both = run(vec![live("1"), live("2")], &declared);
    assert_eq!(short(&diff_both.drift), [(Unmanaged, "deploy")]);
    assert_eq!(diff_both.drift[0].environment.as_deref(), Some("prod"));
    let alone = run(vec![live("1")], &declared);
    assert_eq!(short(&alone.drift), [(Missing, "deploy"), (Unmanaged, "deploy")]);
    let region = Claim { region: Some("r2".into()), ..claim("T", "deploy", "prod") };
    let other_region = run(vec![live("1")], &with_claims(vec![region]));
    assert_eq!(other_region.count(Missing), 1);
}

#[test]
fn where_the_code_does_not_tell_nothing_is_compared() {
    let live = ["r1", "r2"].map(|region| resource(("1", region, "T", "log"), json!({"A": 1})));
    let declared = with_claims(vec![loose(claim("T", "log", "prod"), &[("A", json!(2))])]);
    let diff = run(live.to_vec(), &declared);
    assert_eq!(short(&diff.drift), [(Unknown, "log")]);
    assert_eq!(diff.counts.managed, 2);
}

#[test]
fn what_only_another_environments_code_claims_is_elsewhere_managed() {
    let live = vec![resource(("1", "r1", "T", VPC), json!({"A": 1}))];
    let mut declared = with_claims(vec![loose(claim("T", VPC, "dev"), &[("A", json!(2))])]);
    let found = run(live.clone(), &declared);
    assert_eq!(short(&found.drift), [(Changed, VPC), (ElsewhereManaged, VPC)]);
    assert_eq!(found.drift[0].environment.as_deref(), Some("dev"));
    assert_eq!(found.drift[1].environment.as_deref(), Some("prod"));
    let reason = format!("managed by acme dev: dev.tfstate ({VPC})");
    assert_eq!(found.drift[1].reason.as_deref(), Some(reason.as_str()));
    assert_eq!(found.placements[0].standing, Standing::ElsewhereManaged);
    assert_eq!(found.counts.elsewhere_managed, 1);
    declared.claims.push(claim("T", VPC, "prod"));
    assert_eq!(short(&run(live.clone(), &declared).drift), [(Changed, VPC)]);
    declared.claims.pop();
    declared.tenants[0].environments[0].expected = vec![by_id("T", VPC)];
    assert_eq!(short(&run(live, &declared).drift), [(Changed, VPC)]);
}

#[test]
fn in_a_shared_account_the_code_tells_whose_it_is() {
    let shared = vec![environment("dev", &["1"], vec![]), environment("prod", &["1"], vec![])];
    let mut declared = declaration(vec![tenant("acme", shared)]);
    declared.claims = vec![claim("T", "a", "prod")];
    let diff = run(vec![tagged(("1", "r1", "T", "a"), &[])], &declared);
    assert!(diff.is_clean());
    assert_eq!(diff.placements[0].environment.as_deref(), Some("prod"));
}

#[test]
fn a_stack_belongs_to_the_environment_of_its_account() {
    let live = vec![tagged(("1", "r1", "T", "a"), &[]), tagged(("3", "r1", "T", "a"), &[])];
    let stack = |account: &str, id: &str| Claim {
        owner: None,
        scope: Some(scope(account)),
        ..claim("T", id, "prod")
    };
    let note = msg!("drift-detected", status = "MODIFIED");
    let noted = Claim { note: Some(note.clone()), ..stack("1", "a") };
    // Nobody named account 3.
    let diff =
        run(live, &with_claims(vec![noted, stack("1", "b"), stack("3", "a"), stack("3", "b")]));
    assert_eq!(short(&diff.drift), [(Missing, "b"), (Changed, "a")]);
    assert_eq!(diff.drift[1].reason, Some(english(&note)));
    assert_eq!((diff.drift[1].changes.len(), diff.counts.undeclared_scope), (0, 1));
    assert!(diff.drift.iter().all(|d| d.environment.as_deref() == Some("prod")));
}

#[test]
fn what_the_codes_own_tool_found_is_said_as_its_reader_says_it() {
    let note = msg!("drift-detected-at", status = "MODIFIED", time = "2026-01-02T03:04:05Z");
    let claim = Claim {
        owner: None,
        scope: Some(scope("1")),
        note: Some(note.clone()),
        ..claim("T", "a", "prod")
    };
    let live = vec![tagged(("1", "r1", "T", "a"), &[])];
    let diff = run(live, &with_claims(vec![claim]));
    assert_eq!(diff.drift[0].reason, Some(english(&note)));
    assert_eq!(diff.drift[0].reason_wording, Some(note));
}

#[test]
fn all_tags_are_compared_but_the_providers_own() {
    let live = vec![tagged(
        ("1", "r1", "T", "a"),
        &[("aws:x", "1"), ("keep", "1"), ("other", "2"), ("more", "")],
    )];
    let tags = [("keep", "1"), ("other", "1"), ("gone", "")];
    let tags = tags.map(|(k, v)| (k.to_owned(), v.to_owned())).into();
    let mut declared = with_claims(vec![Claim { tags: Some(tags), ..claim("T", "a", "prod") }]);
    assert_eq!(changes(&run(live.clone(), &declared)), ["Tags.gone", "Tags.more", "Tags.other"]);
    let rule = ignore(Some("T"), None, &["Tags.more", "Tags.gone"]);
    declared.tenants[0].environments[0].ignore = vec![rule];
    assert_eq!(changes(&run(live.clone(), &declared)), ["Tags.other"]);
    let mut unread = live;
    unread[0].unknown = vec![AttrPath::key("Tags")];
    unread[0].tags.clear();
    assert_eq!(short(&run(unread, &declared).drift), [(Unknown, "a")]);
}

#[test]
fn hidden_values_are_counted_and_unread_ones_are_unknown() {
    let mut live = resource(("1", "r1", "T", "a"), json!({"Secret": "x", "A": 1}));
    live.unknown = vec!["B".parse().unwrap()];
    let mut declared = loose(
        claim("T", "a", "prod"),
        &[("Secret", json!("y")), ("A", json!(1)), ("B", json!(1)), ("Seen", json!(1))],
    );
    declared.sensitive = ["Password".parse().unwrap()].into();
    let diff = run(vec![live], &with_claims(vec![declared]));
    assert_eq!(short(&diff.drift), [(Unknown, "a")]);
    assert_eq!(diff.drift[0].reason.as_deref(), Some("attribute could not be read: B"));
    assert_eq!((diff.counts.hidden_attributes, diff.environments[1].hidden_attributes), (2, 2));
}

#[test]
fn what_is_not_comparable_is_only_looked_for() {
    let odd = |id: &str| Claim {
        not_comparable: Some("tainted".to_owned()),
        ..loose(claim("T", id, "prod"), &[("A", json!(2))])
    };
    let live = vec![resource(("1", "r1", "T", "a"), json!({"A": 1}))];
    let diff = run(live, &with_claims(vec![odd("a"), odd("b")]));
    assert_eq!(short(&diff.drift), [(Missing, "b")]);
    assert_eq!(diff.environments[1].not_compared, 2);
}

#[test]
fn of_a_part_what_it_says_is_compared_and_nothing_is_managed_by_it() {
    let live = || {
        let mut live = tagged(("1", "r1", "T", "a"), &[("k", "1"), ("other", "1")]);
        live.attributes = Attributes::new(&json!({"A": 1, "L": ["x", "y"]})).unwrap();
        live
    };
    let part = |id: &str, environment: &str, items: Value, tag: &str| {
        let items = items.as_array().unwrap().clone();
        let includes = Matcher::Includes { items, keys: vec![], open: false };
        Claim {
            partial: true,
            attributes: vec![("L".parse().unwrap(), includes)],
            tags: Some([("k".to_owned(), tag.to_owned())].into()),
            ..claim("T", id, environment)
        }
    };
    let same = run(vec![live()], &with_claims(vec![part("a", "prod", json!(["y"]), "1")]));
    assert_eq!(short(&same.drift), [(Unmanaged, "a")]);
    assert_eq!((same.counts.declared, same.counts.managed), (0, 0));
    assert!(same.environments.iter().all(|e| e.declared == 0));
    let other = part("a", "prod", json!(["z"]), "2");
    let differs = run(vec![live()], &with_claims(vec![other.clone()]));
    assert_eq!(short(&differs.drift), [(Changed, "a"), (Unmanaged, "a")]);
    assert_eq!(changes(&differs), ["L", "Tags.k"]);
    // Beside what manages it, and from another environment.
    let both = with_claims(vec![other, claim("T", "a", "prod")]);
    assert_eq!(short(&run(vec![live()], &both).drift), [(Changed, "a")]);
    let far = Claim { scope: Some(scope("1")), ..part("a", "dev", json!(["y"]), "1") };
    let found = run(vec![live()], &with_claims(vec![far]));
    assert_eq!(short(&found.drift), [(Unmanaged, "a")]);
    assert_eq!(found.drift[0].environment.as_deref(), Some("prod"));
    // What it belongs to is not there, or was not seen.
    let gone = with_claims(vec![part("gone", "prod", json!(["y"]), "1")]);
    let mut seen = snapshot(&["1", "2"], vec![]);
    let said = |seen: &Snapshot| {
        let found = diff(seen, &gone, &catalog());
        assert_eq!(found.drift.len(), 1);
        let drift = &found.drift[0];
        assert_eq!(drift.source.as_ref().unwrap().address, "gone");
        assert!(drift.reason.as_ref().unwrap().ends_with("only a part of it is declared"));
        drift.kind
    };
    assert_eq!(said(&seen), Missing);
    set_outcome(&mut seen, &unit("1", "r2", "T"), denied());
    assert_eq!(said(&seen), Unknown);
}

#[test]
fn a_claim_is_missing_only_where_every_unit_was_read() {
    let any = with_claims(vec![claim("T", "gone", "prod")]);
    let in_r1 = Claim { region: Some("r1".into()), ..claim("T", "gone", "prod") };
    let elsewhere = Claim { scope: Some(scope("2")), ..claim("T", "gone", "prod") };
    let mut seen = snapshot(&["1", "2"], vec![]);
    let kind = |seen: &Snapshot, declared: &Declaration| {
        let found = diff(seen, declared, &catalog());
        assert_eq!(found.drift.len(), 1);
        found.drift[0].kind
    };
    assert_eq!(kind(&seen, &any), Missing);
    set_outcome(&mut seen, &unit("1", "r2", "T"), denied());
    assert_eq!(kind(&seen, &any), Unknown);
    assert_eq!(kind(&seen, &with_claims(vec![in_r1])), Missing);
    assert_eq!(kind(&seen, &with_claims(vec![elsewhere.clone()])), Missing);
    let far = Claim { scope: Some(scope("7")), ..elsewhere };
    assert_eq!(kind(&seen, &with_claims(vec![far])), Unknown);
    let homeless = Claim { owner: None, ..claim("T", "x", "prod") };
    let found = diff(&seen, &with_claims(vec![homeless]), &catalog());
    assert!(found.drift[0].reason.as_deref().unwrap().contains("names an account"));
    let other_type = claim("Unheard::Of", "x", "prod");
    assert!(diff(&seen, &with_claims(vec![other_type]), &catalog()).is_clean());
}

#[test]
fn ignore_rules_hold_for_claims() {
    let live = vec![resource(("1", "r1", "T", "a"), json!({"A": 1, "B": 1}))];
    let two_of = |id| loose(claim("T", id, "prod"), &[("A", json!(2)), ("B", json!(2))]);
    let mut declared = with_claims(vec![two_of("a"), claim("T", "gone", "prod")]);
    let unused = Ignore { source: source("unused"), ..ignore(Some("T"), Some("x*"), &[]) };
    let rules = vec![ignore(None, None, &["B"]), ignore(Some("T"), Some("go*"), &[]), unused];
    let all = run(live.clone(), &declared).drift;
    let subject = |kind| all.iter().find(|d| d.kind == kind).unwrap().subject();
    declared.tenants[0].environments[0].ignore = rules;
    let found = run(live.clone(), &declared);
    assert_eq!(changes(&found), ["A"]);
    assert_eq!(found.drift.len(), 1);
    assert_eq!(found.unused_ignores.len(), 1);
    assert_eq!(found.ignored, [subject(Missing)]);
    declared.tenants[0].environments[0].ignore = vec![ignore(None, None, &["A", "B"])];
    assert_eq!(run(live.clone(), &declared).ignored, [subject(Changed)]);
    declared.tenants[0].environments[0].ignore = vec![ignore(Some("T"), Some("*"), &[])];
    let found = run(live, &declared);
    assert!(found.is_clean());
    assert_eq!(found.counts.ignored, 1);
}

#[test]
fn unread_code_withholds_the_verdict_of_its_environment() {
    let live = vec![
        tagged(("1", "r1", "T", "a"), &[]),
        tagged(("2", "r1", "T", "b"), &[]),
        resource(("1", "r1", "T", "c"), json!({"Rules": [1, 2], "A": 1})),
    ];
    let mut catalog: Catalog = [info("G"), info("AWS::S3::Bucket")].into_iter().collect();
    let mut t = info("T");
    t.iac.terraform = vec![TerraformType {
        types: vec!["t_rule".to_owned()],
        part_of: Some(".t".to_owned()),
        append: [("Rules".parse().unwrap(), ".r".to_owned())].into(),
        ..TerraformType::default()
    }];
    catalog.extend([t]);
    let c = loose(claim("T", "c", "prod"), &[("Rules", json!([1])), ("A", json!(2))]);
    let mut declared = with_claims(vec![c]);
    let snapshot = snapshot(&["1", "2"], live);
    let run = |declared: &Declaration| diff(&snapshot, declared, &catalog);
    assert_eq!(changes(&run(&declared)), ["Rules", "A"]);
    let owner = Some(owner("prod"));
    let code = UnreadCode {
        file: "x.tfstate".into(),
        owner,
        reason: "cut off".to_owned(),
        reason_wording: None,
    };
    declared.unread_code = vec![code];
    let found = run(&declared);
    assert_eq!(short(&found.drift), [(Unmanaged, "b"), (Changed, "c")]);
    assert_eq!(changes(&found), ["A"]);
    assert_eq!((found.counts.withheld, found.environments[1].withheld), (1, 1));
    let row = Withheld {
        tenant: Some("acme".into()),
        environment: Some("prod".into()),
        file: "x.tfstate".into(),
        reason: "cut off".to_owned(),
    };
    assert_eq!(found.withheld, [row]);
    declared.unread_code[0].owner = None;
    assert_eq!(run(&declared).counts.withheld, 2);
}

/// A difference that was seen before is not gone because nobody compares any more.
#[test]
fn what_is_there_and_not_compared_is_named() {
    let live = vec![resource(("1", "r1", "T", "a"), json!({"A": 1}))];
    let compared = loose(claim("T", "a", "prod"), &[("A", json!(2))]);
    let doubtful = Claim { not_comparable: Some("tainted".to_owned()), ..claim("T", "a", "prod") };
    let of = |claims: Vec<Claim>| run(live.clone(), &with_claims(claims));
    let changed = of(vec![compared.clone()]);
    assert_eq!((changed.count(Changed), &*changed.uncompared), (1, &[][..]));
    let uncompared = of(vec![doubtful.clone()]);
    assert!(uncompared.is_clean());
    assert_eq!(uncompared.uncompared, [changed.drift[0].subject()]);
    // Somebody else compared it, or the code's own tool did.
    assert!(of(vec![doubtful.clone(), compared]).uncompared.is_empty());
    assert!(of(vec![Claim { in_sync: true, ..doubtful }]).uncompared.is_empty());
}
