//! What is compared of a resource that was found, and how it is found.

use std::collections::BTreeSet;

use serde_json::json;
use tenko_core::{DriftKind::*, *};

use super::fixture::*;
use crate::{Diff, Standing, diff};

fn run(resources: Vec<Resource>, declaration: &Declaration) -> Diff {
    diff(&snapshot(&["1"], resources), declaration, &catalog())
}

fn changes(diff: &Diff) -> Vec<(String, serde_json::Value, serde_json::Value)> {
    let all = diff.drift.iter().flat_map(|d| &d.changes);
    all.map(|c| (c.path.to_string(), c.expected.clone(), c.actual.clone())).collect()
}

#[test]
fn each_kind_once() {
    let live = vec![
        resource(("1", "r1", "T", "as-declared"), json!({"A": 1})),
        resource(("1", "r1", "T", "changed"), json!({"A": 2})),
        resource(("1", "r1", "T", "extra"), json!({})),
        resource(("9", "r1", "T", "undeclared"), json!({})),
    ];
    let one = [("A", exact(1))];
    let declared = acme(vec![
        with(expected("T", "as-declared"), &one),
        with(expected("T", "changed"), &one),
        expected("T", "gone"),
    ]);
    let diff = run(live, &declared);
    assert_eq!(short(&diff.drift), [(Missing, "gone"), (Changed, "changed"), (Unmanaged, "extra")]);
    assert_eq!(changes(&diff), [("A".to_owned(), json!(1), json!(2))]);
    for drift in &diff.drift {
        assert_eq!(drift.tenant.as_deref(), Some("acme"));
        assert_eq!(drift.environment.as_deref(), Some("prod"));
        assert_eq!(drift.owner.as_deref(), Some("acme@example.com"));
        assert_eq!(drift.source.is_none(), drift.kind == Unmanaged);
    }
    let counts = diff.counts;
    assert_eq!((counts.declared, counts.managed, counts.unmanaged), (3, 2, 1));
    assert_eq!(counts.undeclared_scope, 1);
    let row = &diff.environments[0];
    assert_eq!((row.declared, row.resources, row.managed), (3, 3, 2));
    assert_eq!(row.drift[&Missing], 1);
}

#[test]
fn a_name_is_the_name_or_else_the_id_and_an_id_wins() {
    let live = vec![
        tagged(("1", "r1", "T", "vpc-1"), &[("Name", "main")]),
        tagged(("1", "r1", "T", "main"), &[]),
    ];
    assert_eq!(
        short(&run(live.clone(), &acme(vec![by_id("T", "vpc-1")])).drift),
        [(Unmanaged, "main")]
    );
    let both = acme(vec![
        expected("T", "main"),
        Expected { source: source("b"), ..expected("T", "main") },
    ]);
    assert!(run(live, &both).is_clean());
}

#[test]
fn one_of_two_namesakes_is_taken_and_the_other_is_told_apart() {
    let live = vec![
        tagged(("1", "r1", "T", "vpc-1"), &[("Name", "main")]),
        tagged(("1", "r2", "T", "vpc-2"), &[("Name", "main")]),
    ];
    let diff_any = run(live.clone(), &acme(vec![expected("T", "main")]));
    assert_eq!(diff_any.drift[0].resource.id.as_deref(), Some("vpc-2"));
    assert!(diff_any.drift[0].reason.as_deref().unwrap().contains("tenants.yaml (main)"));
    let in_r2 = Expected { region: Some("r2".into()), ..expected("T", "main") };
    let diff = run(live, &acme(vec![in_r2]));
    assert_eq!(diff.drift[0].resource.id.as_deref(), Some("vpc-1"));
}

#[test]
fn the_most_narrowly_declared_chooses_first() {
    let live = vec![
        tagged(("1", "r1", "T", "a"), &[("Name", "main")]),
        tagged(("1", "r2", "T", "b"), &[("Name", "main")]),
    ];
    let anywhere = Expected { source: source("0"), ..expected("T", "main") };
    let in_r1 = Expected { region: Some("r1".into()), ..expected("T", "main") };
    assert!(run(live, &acme(vec![anywhere, in_r1])).is_clean());
}

#[test]
fn a_type_alone_takes_what_nothing_else_names() {
    let live = vec![tagged(("1", "r1", "T", "a"), &[]), tagged(("1", "r1", "T", "b"), &[])];
    let any = Expected { name: None, ..expected("T", "any") };
    assert!(run(live, &acme(vec![any, expected("T", "a")])).is_clean());
}

#[test]
fn a_globally_listed_type_is_found_whatever_region_was_declared() {
    let live = vec![tagged(("1", "r1", "G", "a"), &[]), tagged(("1", "global", "G", "b"), &[])];
    let at =
        |name: &str, region: &str| Expected { region: Some(region.into()), ..expected("G", name) };
    assert!(run(live, &acme(vec![at("a", "global"), at("b", "r2")])).is_clean());
}

#[test]
fn what_was_not_read_is_unknown_and_the_rest_is_compared() {
    let mut live = resource(("1", "r1", "T", "a"), json!({"A": 1, "B": {"C": 1}}));
    live.unknown = vec!["B.D".parse().unwrap(), "Tags".parse().unwrap()];
    let declared = acme(vec![with(
        expected("T", "a"),
        &[
            ("A", exact(2)),
            ("B", exact(json!({"C": 1}))),
            ("B.D", exact(1)),
            ("B.D.E", Matcher::Present(true)),
            ("B", Matcher::Present(true)),
            ("Tags.team", exact("x")),
        ],
    )]);
    let diff = run(vec![live], &declared);
    assert_eq!(short(&diff.drift), [(Changed, "a"), (Unknown, "a")]);
    assert_eq!(changes(&diff), [("A".to_owned(), json!(2), json!(1))]);
    let reason = diff.drift[1].reason.as_deref();
    assert_eq!(reason, Some("attributes could not be read: B.D, B.D.E, Tags.team"));
    assert_eq!(diff.counts.managed, 1);
}

#[test]
fn what_is_redacted_is_unknown_unless_its_presence_is_asked_and_secrets_are_not_shown() {
    let live = resource(("1", "r1", "T", "a"), json!({"Secret": "x", "Env": {"K": "v"}}));
    let redacted = live.to_value()["Secret"].clone();
    let declared = |matcher| acme(vec![with(expected("T", "a"), &[("Secret", matcher)])]);
    let unknown = run(vec![live.clone()], &declared(exact("x")));
    assert_eq!(unknown.drift[0].reason.as_deref(), Some("attribute is redacted: Secret"));
    assert!(run(vec![live.clone()], &declared(Matcher::Present(true))).is_clean());
    assert!(run(vec![live.clone()], &declared(exact(redacted))).is_clean());
    assert_eq!(run(vec![live.clone()], &declared(Matcher::Present(false))).count(Changed), 1);
    let env = with(expected("T", "a"), &[("Env", exact(json!({"K": "hunter2", "L": "hunter2"})))]);
    let differs = run(vec![live], &acme(vec![env]));
    assert_eq!(differs.count(Changed), 1);
    assert!(!format!("{differs:?}").contains("hunter2"));
}

#[test]
fn sets_are_compared_in_any_order_and_objects_by_the_keys_that_are_named() {
    let set = json!([{"p": 1, "x": 1}, {"p": 2, "x": 2}, {"p": 2, "x": 1}]);
    let live = resource(("1", "r1", "T", "a"), json!({"Set": set, "List": [1, 2]}));
    let check = |path: &str, value: serde_json::Value| {
        let declared = acme(vec![with(expected("T", "a"), &[(path, exact(value))])]);
        run(vec![live.clone()], &declared).is_clean()
    };
    // Taking the first that fits would leave the last without a partner.
    assert!(check("Set", json!([{"p": 2}, {"x": 2}, {"x": 1, "p": 1}])));
    assert!(!check("Set", json!([{"p": 1}, {"p": 1}, {"p": 2}])));
    assert!(!check("List", json!([2, 1])));
}

#[test]
fn a_wildcard_holds_for_all() {
    let live = resource(("1", "r1", "T", "a"), json!({"L": [{"E": true}, {"E": false}, {}]}));
    let declared = acme(vec![with(expected("T", "a"), &[("L.*.E", exact(true))])]);
    let diff = run(vec![live], &declared);
    let paths: Vec<_> = changes(&diff).into_iter().map(|c| c.0).collect();
    assert_eq!(paths, ["L[1].E", "L[2].E"]);
}

#[test]
fn required_tags_are_asked_of_what_the_customer_made() {
    let mut default = tagged(("1", "r1", "T", "default"), &[]);
    default.origin = Origin::ProviderDefault("default VPC".to_owned());
    let mut unread = tagged(("1", "r1", "T", "unread"), &[]);
    unread.unknown = vec!["Tags".parse().unwrap()];
    let live = vec![
        tagged(("1", "r1", "T", "good"), &[("owner", "me")]),
        tagged(("1", "r1", "T", "bare"), &[]),
        tagged(("1", "r1", "T", "own"), &[]),
        unread,
        default,
    ];
    let own = with(expected("T", "own"), &[("Tags.owner", Matcher::Present(false))]);
    let mut declared =
        acme(vec![expected("T", "good"), expected("T", "bare"), expected("T", "unread"), own]);
    declared.tenants[0].environments[0]
        .required_tags
        .insert("owner".to_owned(), Matcher::Present(true));
    let diff = run(live, &declared);
    assert_eq!(short(&diff.drift), [(Changed, "bare"), (Unknown, "unread")]);
    assert_eq!(diff.drift[0].source, Some(source("prod")));
    assert_eq!(changes(&diff)[0].0, "Tags.owner");
    assert_eq!(diff.counts.provider_default, 1);
}

#[test]
fn ignore_rules_take_out_and_tell_when_they_did_not() {
    let live = vec![
        resource(("1", "r1", "T", "asg/web"), json!({"Size": 3, "A": {"B": 1, "C": 1}})),
        tagged(("1", "r1", "T", "tmp/x/y"), &[]),
    ];
    let declared = [("Size", exact(1)), ("A", exact(json!({"B": 1, "C": 2})))];
    let mut declaration =
        acme(vec![with(expected("T", "asg/web"), &declared), expected("T", "gone")]);
    let unused = Ignore { source: source("unused"), ..ignore(None, Some("nothing-*"), &[]) };
    let bad = Ignore { source: source("bad"), ..ignore(None, Some("[tmp"), &[]) };
    declaration.tenants[0].environments[0].ignore = vec![
        ignore(Some("T"), Some("asg*"), &["Size", "A.C"]),
        ignore(None, Some("tmp*"), &[]),
        ignore(Some("T"), Some("gone"), &[]),
        unused,
        bad,
    ];
    let full = run(live.clone(), &declaration);
    assert!(full.is_clean(), "{:?}", full.drift);
    assert_eq!((full.counts.ignored, full.counts.managed), (1, 1));
    let addresses = |diff: &Diff| -> Vec<String> {
        diff.unused_ignores.iter().map(|u| u.source.address.clone()).collect()
    };
    assert_eq!(addresses(&full), ["bad", "unused"]);
    let mut partial = snapshot(&["1"], live);
    set_outcome(&mut partial, &unit("1", "r1", "G"), Outcome::Complete);
    set_outcome(&mut partial, &unit("1", "r2", "T"), denied());
    assert!(addresses(&diff(&partial, &declaration, &catalog())).is_empty());
}

/// What drift would be known by, kind for kind, with and without these rules.
fn ignored(live: &[Resource], declared: &Declaration, rules: Vec<Ignore>) -> (Vec<String>, Diff) {
    let without = run(live.to_vec(), declared);
    let mut declared = declared.clone();
    declared.tenants[0].environments[0].ignore = rules;
    let with = run(live.to_vec(), &declared);
    let label = |of: &Fingerprint| {
        let about = without.drift.iter().find(|drift| drift.subject() == *of);
        about.map_or("?".to_owned(), |drift| format!("{} {}", drift.kind, drift.resource.label()))
    };
    (with.ignored.iter().map(label).collect::<BTreeSet<_>>().into_iter().collect(), with)
}

#[test]
fn what_only_an_ignore_rule_takes_out_is_told() {
    let mut default = resource(("1", "r1", "T", "default"), json!({}));
    default.origin = Origin::ProviderDefault("default VPC".to_owned());
    let live = [
        resource(("1", "r1", "T", "odd"), json!({"Size": 3, "A": 1})),
        resource(("1", "r1", "T", "even"), json!({"Size": 1, "A": 1})),
        tagged(("1", "r1", "T", "tmp"), &[]),
        tagged(("1", "r1", "T", "other"), &[]),
        default,
    ];
    let attributes = [("Size", exact(1)), ("A", exact(1))];
    let mut declared = acme(vec![
        with(expected("T", "odd"), &attributes),
        with(expected("T", "even"), &attributes),
        expected("T", "gone"),
    ]);
    let told = |declared: &Declaration, rule| ignored(&live, declared, vec![rule]).0;
    assert_eq!(told(&declared, ignore(Some("G"), None, &[])), [""; 0]);
    assert_eq!(told(&declared, ignore(None, Some("tmp"), &[])), ["unmanaged tmp"]);
    assert_eq!(told(&declared, ignore(Some("T"), Some("gone"), &[])), ["missing gone"]);
    // Nobody looks whether what is left out altogether would differ; what never would is not told.
    let all = ignore(Some("T"), Some("*"), &[]);
    let everything = ["?", "changed odd", "missing gone", "unmanaged other", "unmanaged tmp"];
    assert_eq!(told(&declared, all.clone()), everything);
    let (_, diff) = ignored(&live, &declared, vec![all]);
    assert_eq!((diff.ignored.len(), diff.counts.ignored), (5, 5));
    assert!(diff.ignored.is_sorted() && diff.drift.is_empty());

    // Of attributes it is known.
    assert_eq!(told(&declared, ignore(None, None, &["Size"])), ["changed odd"]);
    assert_eq!(told(&declared, ignore(None, None, &["A", "B"])), [""; 0]);
    declared.tenants[0].environments[0].expected[0].attributes[1].1 = exact(2);
    let (partly, diff) = ignored(&live, &declared, vec![ignore(None, None, &["Size"])]);
    assert!(partly.is_empty(), "it differs still: {partly:?}");
    assert_eq!(changes(&diff)[0].0, "A");
    assert_eq!(told(&declared, ignore(None, None, &["Size", "A"])), ["changed odd"]);

    let mut declared = acme(vec![expected("T", "tmp")]);
    let tags = &mut declared.tenants[0].environments[0].required_tags;
    tags.insert("owner".to_owned(), Matcher::Present(true));
    let told = ignored(&live[2..3], &declared, vec![ignore(None, None, &["Tags.owner"])]).0;
    assert_eq!(told, ["changed tmp"]);
}

#[test]
fn a_missing_resource_is_not_ignored_by_name_alone() {
    let mut declaration = acme(vec![expected("T", "gone")]);
    declaration.tenants[0].environments[0].ignore = vec![ignore(None, Some("gone"), &[])];
    assert_eq!(short(&run(vec![], &declaration).drift), [(Missing, "gone")]);
}

#[test]
fn provider_defaults_are_compared_but_never_unmanaged() {
    let mut default = resource(("1", "r1", "T", "vpc"), json!({"A": 1}));
    default.origin = Origin::ProviderDefault("default VPC".to_owned());
    assert!(run(vec![default.clone()], &acme(vec![])).is_clean());
    let declared = acme(vec![with(expected("T", "vpc"), &[("A", exact(2))])]);
    let diff = run(vec![default], &declared);
    assert_eq!(diff.count(Changed), 1);
    assert_eq!(diff.placements[0].standing, Standing::Managed);
}

#[test]
fn a_policy_is_compared_whole() {
    let policy = |principal: serde_json::Value| json!({"Statement": [{"Effect": "Allow", "Principal": principal}]});
    let live = vec![resource(
        ("1", "r1", "T", "a"),
        json!({"A": policy(json!({"Service": "x", "AWS": "999999999999"})), "B": {"c": 1, "d": 2}}),
    )];
    let declared = acme(vec![with(
        expected("T", "a"),
        &[("A", exact(policy(json!({"Service": "x"})))), ("B", exact(json!({"c": 1})))],
    )]);
    let found = changes(&run(live, &declared));
    let path = "A.Statement[0].Principal.AWS".to_owned();
    assert_eq!(found, [(path, json!(null), json!("999999999999"))]);
}
