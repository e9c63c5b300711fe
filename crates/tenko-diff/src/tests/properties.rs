//! What holds for every small world, however odd.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};
use tenko_core::*;
use tenko_messages::{Lang, english, say};

use super::fixture::*;
use crate::{diff, diff_snapshots};

const SCOPES: [&str; 3] = ["1", "2", "3"];
const NAMES: [&str; 3] = ["a", "b", "vpc-0123456789abcdef0"];

fn attributes() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!(1)),
        Just(json!("x")),
        Just(json!(true)),
        Just(json!([2, 1])),
        Just(json!({"k": null, "l": [{"m": 1.0}]})),
    ];
    proptest::collection::btree_map(select(vec!["A", "Set", "Secret", "Seen", "Env"]), leaf, 0..3)
        .prop_map(|map| json!(map))
}

fn tags() -> impl Strategy<Value = Vec<(&'static str, &'static str)>> {
    let tag = select(vec![
        ("Name", "a"),
        ("Name", "b"),
        ("tenant", "acme"),
        ("tenant", "BETA"),
        ("env", "prod"),
        ("env", "dev"),
    ]);
    proptest::collection::vec(tag, 0..3)
}

fn a_resource() -> impl Strategy<Value = Resource> {
    let place = (select(&SCOPES[..]), select(&REGIONS[..]), select(&TYPES[..]), select(&NAMES[..]));
    (place, attributes(), tags(), any::<bool>(), any::<bool>()).prop_map(
        |((scope, region, (name, _), id), attributes, tags, default, unread)| {
            let plain = tagged((scope, region, name, id), &tags);
            let mut resource = resource((scope, region, name, id), attributes);
            resource.name = plain.name;
            resource.tags = plain.tags;
            // The digest must follow the tags.
            resource.digest = Digest::of(resource.to_value().to_string().as_bytes());
            if default {
                resource.origin = Origin::ProviderDefault("so it was made".to_owned());
            }
            if unread {
                resource.unknown = vec!["A".parse().unwrap(), "Tags.env".parse().unwrap()];
            }
            resource
        },
    )
}

fn outcome() -> impl Strategy<Value = Outcome> {
    select(vec![
        Outcome::Partial,
        denied(),
        Outcome::RegionDisabled,
        Outcome::ServiceNotEnabled,
        Outcome::Skipped,
        Outcome::Cancelled,
    ])
}

/// A snapshot of whole units, some of which were not read; those hold no resources.
fn a_snapshot() -> impl Strategy<Value = Snapshot> {
    let resources = proptest::collection::vec(a_resource(), 0..25);
    let blind = proptest::collection::vec((any::<Index>(), outcome()), 0..4);
    (resources, blind).prop_map(|(mut resources, blind)| {
        resources.sort_by(|a, b| a.key.cmp(&b.key));
        resources.dedup_by(|a, b| a.key == b.key);
        let mut snapshot = snapshot(&SCOPES, resources);
        blind.into_iter().for_each(|(at, outcome)| hide(&mut snapshot, at, outcome));
        snapshot
    })
}

/// Turns one unit to this outcome and takes its resources away.
fn hide(snapshot: &mut Snapshot, at: Index, outcome: Outcome) {
    let at = at.index(snapshot.coverage.len());
    let unit = snapshot.coverage[at].unit.clone();
    set_outcome(snapshot, &unit, outcome);
    snapshot.resources.retain(|r| {
        r.key.scope != unit.scope
            || r.key.resource_type != unit.resource_type
            || (unit.reach != Reach::Global && r.key.region != unit.reach)
    });
}

fn an_expected() -> impl Strategy<Value = Expected> {
    let matcher =
        select(vec![exact(1), exact("x"), Matcher::Present(true), Matcher::Present(false)]);
    let attribute = (select(vec!["A", "Env", "Tags.env", "Secret"]), matcher);
    (
        select(&TYPES[..]),
        select(&NAMES[..]),
        0..5_u8,
        proptest::option::of(select(vec!["r1", "r2", "global", "mars"])),
        proptest::option::weighted(0.3, select(&SCOPES[..])),
        proptest::collection::vec(attribute, 0..2),
        any::<u32>(),
    )
        .prop_map(|((name, _), text, by, region, at, attributes, unique)| Expected {
            id: (by < 2).then(|| text.to_owned()),
            name: (by != 4).then(|| text.to_owned()),
            scope: at.map(scope),
            region: region.map(Reach::from),
            source: source(&unique.to_string()),
            ..with(expected(name, text), &attributes)
        })
}

fn an_environment(name: &'static str) -> impl Strategy<Value = Environment> {
    let scopes = proptest::sample::subsequence(&SCOPES[..], 0..=3);
    let expected = proptest::collection::vec(an_expected(), 0..8);
    let regions = proptest::option::weighted(0.2, Just([Region::new("r1")].into()));
    let ignores = proptest::collection::vec(
        (
            proptest::option::of(select(vec!["T", "*", "G"])),
            proptest::option::of(select(vec!["a", "v*", "zzz"])),
            proptest::sample::subsequence(vec!["A", "Env"], 0..=2),
        ),
        0..2,
    );
    (scopes, expected, regions, ignores, any::<bool>(), any::<bool>()).prop_map(
        move |(scopes, expected, regions, ignores, tolerant, tagged)| {
            let mut environment = environment(name, &scopes, expected);
            environment.regions = regions;
            environment.ignore = ignores.iter().map(|(t, n, p)| ignore(*t, *n, p)).collect();
            if tolerant {
                environment.unmanaged = Unmanaged::Ignore;
            }
            if tagged {
                environment.required_tags.insert("env".to_owned(), Matcher::Present(true));
            }
            environment
        },
    )
}

fn a_claim() -> impl Strategy<Value = Claim> {
    let attribute = (select(vec!["A", "Env", "Set", "Secret"]), select(vec![json!(1), json!("x")]));
    (
        (select(&TYPES[..]), select(&NAMES[..])),
        proptest::option::weighted(0.8, select(vec!["prod", "dev", "nowhere"])),
        proptest::option::weighted(0.4, select(&SCOPES[..])),
        proptest::option::of(select(vec!["r1", "r2", "global", "mars"])),
        proptest::collection::vec(attribute, 0..2),
        (any::<bool>(), 0..9_u8),
        any::<u32>(),
    )
        .prop_map(|((t, id), whose, at, region, attributes, (tags, odd), unique)| {
            let mut claim = loose(claim(t.0, id, whose.unwrap_or("prod")), &attributes);
            claim.source.address = unique.to_string();
            claim.owner = whose.map(owner);
            claim.scope = at.map(scope);
            claim.region = region.map(Reach::from);
            claim.tags = tags.then(|| [("Name".to_owned(), "a".to_owned())].into());
            match odd {
                0 => claim.resource_type = None,
                1 => claim.not_comparable = Some("tainted".to_owned()),
                2 => claim.note = Some(msg!("drift-detected", status = "MODIFIED")),
                _ => {}
            }
            claim
        })
}

fn a_declaration() -> impl Strategy<Value = Declaration> {
    let environments = (an_environment("prod"), an_environment("dev"), an_environment("prod"));
    let unread = proptest::option::weighted(0.2, select(vec!["prod", "dev"]));
    let claims = proptest::collection::vec(a_claim(), 0..8);
    (environments, any::<bool>(), claims, unread).prop_map(
        |((prod, dev, beta), shared, claims, unread)| {
            let mut declared =
                declaration(vec![tenant("acme", vec![prod, dev]), tenant("beta", vec![beta])]);
            if shared {
                declared.shared.insert(scope("3"), "shared".to_owned());
            }
            declared.claims = claims;
            declared.unread_code.extend(unread.map(|name| UnreadCode {
                file: "x.tfstate".into(),
                owner: Some(owner(name)),
                reason: "cut off".to_owned(),
                reason_wording: None,
            }));
            declared
        },
    )
}

/// A declaration that says of everything in the snapshot just what it is.
fn as_it_is(snapshot: &Snapshot) -> Declaration {
    let tenants = SCOPES.map(|id| {
        let own = snapshot.resources.iter().filter(|r| r.key.scope == *id);
        let expected = own.map(|resource| {
            let mut attributes = Vec::new();
            if let Value::Object(map) = resource.to_value() {
                for (key, value) in map {
                    let path = AttrPath::key(key);
                    if !resource.is_unknown(&path) {
                        attributes.push((path, Matcher::Exact(value)));
                    }
                }
            }
            Expected {
                region: Some(resource.key.region.clone()),
                attributes,
                ..by_id(resource.key.resource_type.as_str(), &resource.key.id)
            }
        });
        tenant(id, vec![environment("only", &[id], expected.collect())])
    });
    Declaration { ownership: Ownership::default(), ..declaration(tenants.into()) }
}

/// As [`as_it_is`], written as infrastructure code.
fn as_claimed(snapshot: &Snapshot) -> Declaration {
    let claims = snapshot.resources.iter().map(|resource| {
        let attributes = resource.attributes.to_value();
        let values = attributes.as_object().into_iter().flatten();
        let known = values.filter(|(key, _)| !resource.is_unknown(&AttrPath::key(key.as_str())));
        let known: Vec<_> = known.map(|(key, v)| (key.as_str(), v.clone())).collect();
        let mut claim =
            loose(claim(resource.key.resource_type.as_str(), &resource.key.id, ""), &known);
        claim.owner.as_mut().unwrap().tenant = resource.key.scope.as_str().into();
        claim.owner.as_mut().unwrap().environment = "only".into();
        claim.region = Some(resource.key.region.clone());
        claim.tags = Some(resource.tags.clone());
        claim
    });
    let tenants = SCOPES.map(|id| tenant(id, vec![environment("only", &[id], vec![])]));
    Declaration {
        ownership: Ownership::default(),
        claims: claims.collect(),
        ..declaration(tenants.into())
    }
}

/// The sources of these drifts; code that declares what the manifest does is named in the reason. A
/// reason that is cut short may name any.
fn at_most_declared_as(
    diff: &crate::Diff,
    declared: &Declaration,
    kinds: &[DriftKind],
) -> BTreeSet<Source> {
    let of = || diff.drift.iter().filter(|d| kinds.contains(&d.kind));
    let reasons: Vec<_> = of().filter_map(|d| d.reason.as_deref()).collect();
    let joined = declared.claims.iter().map(|claim| &claim.source).filter(|source| {
        let text = source.to_string();
        reasons.iter().any(|reason| reason.contains(&text) || reason.ends_with(" more"))
    });
    of().filter_map(|d| d.source.as_ref()).chain(joined).cloned().collect()
}

fn declared_as(diff: &crate::Diff, kinds: &[DriftKind]) -> BTreeSet<Source> {
    let of = diff.drift.iter().filter(|d| kinds.contains(&d.kind));
    of.filter_map(|d| d.source.clone()).collect()
}

fn shuffled<T: Clone + std::fmt::Debug + 'static>(items: Vec<T>) -> impl Strategy<Value = Vec<T>> {
    Just(items).prop_shuffle()
}

fn a_shuffle() -> impl Strategy<Value = (Snapshot, Declaration, Snapshot, Declaration)> {
    (a_snapshot(), a_declaration()).prop_flat_map(|(snapshot, declaration)| {
        let parts = (
            shuffled(snapshot.resources.clone()),
            shuffled(snapshot.coverage.clone()),
            shuffled(declaration.tenants.clone()),
            shuffled(declaration.tenants[0].environments.clone()),
            shuffled(declaration.tenants[0].environments[0].expected.clone()),
            shuffled(declaration.claims.clone()),
        );
        (Just(snapshot), Just(declaration), parts).prop_map(|(snapshot, declaration, parts)| {
            let (mut other, mut declared) = (snapshot.clone(), declaration.clone());
            let (resources, coverage, tenants, environments, expected, claims) = parts;
            declared.claims = claims;
            other.resources = resources;
            other.coverage = coverage;
            declared.tenants = tenants;
            for tenant in declared.tenants.iter_mut().filter(|t| t.id == "acme") {
                tenant.environments = environments.clone();
                for environment in tenant.environments.iter_mut().filter(|e| e.name == "prod") {
                    environment.expected = expected.clone();
                }
            }
            (snapshot, declaration, other, declared)
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_snapshot_does_not_differ_from_itself(snapshot in a_snapshot()) {
        let diff = diff_snapshots(&snapshot, &snapshot, &catalog());
        prop_assert!(diff.is_clean(), "{:?}", diff.drift);
    }

    #[test]
    fn what_is_declared_as_it_is_does_not_differ(snapshot in a_snapshot()) {
        let diff = diff(&snapshot, &as_it_is(&snapshot), &catalog());
        prop_assert!(diff.is_clean(), "{:?}", diff.drift);
        prop_assert_eq!(diff.counts.managed, snapshot.resources.len());
    }

    #[test]
    fn what_is_claimed_as_it_is_does_not_differ(snapshot in a_snapshot()) {
        let diff = diff(&snapshot, &as_claimed(&snapshot), &catalog());
        prop_assert!(diff.is_clean(), "{:?}", diff.drift);
        prop_assert_eq!(diff.counts.managed, snapshot.resources.len());
    }

    /// The resources stay as they are: what is known of a unit alone never makes something missing.
    #[test]
    fn a_unit_that_was_not_read_adds_no_missing(
        snapshot in a_snapshot(),
        declared in a_declaration(),
        other in outcome(),
    ) {
        let full = diff(&snapshot, &declared, &catalog());
        let full = at_most_declared_as(&full, &declared, &[DriftKind::Missing]);
        for at in 0..snapshot.coverage.len() {
            let mut flipped = snapshot.clone();
            flipped.coverage[at].outcome = other;
            let less = declared_as(&diff(&flipped, &declared, &catalog()), &[DriftKind::Missing]);
            prop_assert!(less.is_subset(&full), "{:?}", flipped.coverage[at].unit);
        }
    }

    #[test]
    fn order_does_not_matter((snapshot, declared, other, reordered) in a_shuffle()) {
        let (mut a, mut b) = (
            diff(&snapshot, &declared, &catalog()),
            diff(&other, &reordered, &catalog()),
        );
        a.placements.clear();
        b.placements.clear();
        prop_assert_eq!(a, b);
    }

    #[test]
    fn every_resource_stands_somewhere_once(snapshot in a_snapshot(), declared in a_declaration()) {
        let diff = diff(&snapshot, &declared, &catalog());
        prop_assert_eq!(diff.placements.len(), snapshot.resources.len());
        let c = diff.counts;
        let all = c.managed + c.unmanaged + c.tolerated + c.misplaced + c.provider_default
            + c.elsewhere_managed + c.withheld + c.ignored + c.shared + c.undeclared_scope;
        prop_assert_eq!(all, snapshot.resources.len());
        prop_assert_eq!(c.unmanaged, diff.count(DriftKind::Unmanaged));
        prop_assert_eq!(c.misplaced, diff.count(DriftKind::Misplaced));
        prop_assert_eq!(c.elsewhere_managed, diff.count(DriftKind::ElsewhereManaged));
        let declared: usize = diff.environments.iter().map(|row| row.declared).sum();
        prop_assert!(declared <= c.declared);
    }

    /// A reason is a message whose values are all there, and its English stands beside it.
    #[test]
    fn reasons_are_said_in_every_language(
        mut snapshot in a_snapshot(),
        declared in a_declaration(),
        blind in proptest::collection::vec((any::<Index>(), outcome()), 0..3),
    ) {
        for drift in diff(&snapshot, &declared, &catalog()).drift {
            prop_assert_eq!(&drift.reason, &drift.reason_wording.as_ref().map(english));
        }
        blind.into_iter().for_each(|(at, outcome)| hide(&mut snapshot, at, outcome));
        for drift in diff(&snapshot, &declared, &catalog()).drift {
            prop_assert_eq!(&drift.reason, &drift.reason_wording.as_ref().map(english));
            for text in drift.reason_wording.iter().map(|reason| say(Lang::Ja, reason)) {
                prop_assert!(!text.contains('{') && !text.starts_with("drift-"), "{}", text);
                prop_assert!(!text.is_ascii() && drift.reason != Some(text));
            }
        }
    }

    /// The less is seen, the less is missing. What the full run found in the wrong place may be
    /// missing when that place is hidden: it is not where it was declared in either run.
    #[test]
    fn hiding_never_adds_a_missing(
        snapshot in a_snapshot(),
        declared in a_declaration(),
        blind in proptest::collection::vec((any::<Index>(), outcome()), 1..4),
    ) {
        let mut reduced = snapshot.clone();
        blind.into_iter().for_each(|(at, outcome)| hide(&mut reduced, at, outcome));
        // So is a claim whose id is found anywhere.
        let mut declared = declared;
        let anywhere = |claim: &Claim| {
            let name = claim.resource_type.as_ref().map_or("", |name| name.as_str());
            crate::elsewhere::is_unique(name, &claim.ids[0])
        };
        declared.claims.retain(|claim| !anywhere(claim));
        let full = diff(&snapshot, &declared, &catalog());
        let less = diff(&reduced, &declared, &catalog());
        let absent =
            at_most_declared_as(&full, &declared, &[DriftKind::Missing, DriftKind::Misplaced]);
        let missing = declared_as(&less, &[DriftKind::Missing]);
        prop_assert!(missing.is_subset(&absent), "{:#?}\n{:#?}", full.drift, less.drift);
        let past = diff_snapshots(&snapshot, &reduced, &catalog());
        prop_assert_eq!(past.count(DriftKind::Missing), 0);
        prop_assert!(diff_snapshots(&reduced, &snapshot, &catalog()).is_clean());
    }

    /// The same world with and without ignore rules: what is not said any more is told to be ignored.
    #[test]
    fn what_is_ignored_is_never_gone(snapshot in a_snapshot(), declared in a_declaration()) {
        let mut plain = declared.clone();
        for tenant in &mut plain.tenants {
            tenant.environments.iter_mut().for_each(|environment| environment.ignore.clear());
        }
        let subjects = |diff: &crate::Diff| {
            let mut counts = std::collections::BTreeMap::<_, usize>::new();
            for drift in diff.drift.iter().filter(|drift| drift.is_difference()) {
                *counts.entry(drift.subject()).or_default() += 1;
            }
            counts
        };
        let (full, less) =
            (diff(&snapshot, &plain, &catalog()), diff(&snapshot, &declared, &catalog()));
        prop_assert!(full.ignored.is_empty());
        let left = subjects(&less);
        for (subject, count) in subjects(&full) {
            let left = left.get(&subject).copied().unwrap_or_default();
            prop_assert!(
                left >= count || less.ignored.contains(&subject),
                "{:#?}",
                full.drift.iter().filter(|drift| drift.subject() == subject).collect::<Vec<_>>()
            );
        }
    }

    #[test]
    fn hostile_text_is_only_text(texts in proptest::collection::vec(".{0,12}", 8)) {
        let t = |i: usize| texts[i].as_str();
        let mut live = vec![
            tagged(("1", t(0), "T", t(1)), &[("Name", t(2)), ("tenant", t(3)), ("env", t(4))]),
            resource((t(5), "r1", t(6), t(7)), json!({t(0): {t(1): t(2)}})),
        ];
        live[1].unknown = vec![AttrPath::key(t(3))];
        let path = AttrPath::key(t(0)).join(t(1));
        let wish = Expected { attributes: vec![(path, exact(t(4)))], ..expected(t(6), t(7)) };
        let mut env = environment(t(4), &["1", t(5)], vec![wish, by_id("T", t(1))]);
        env.ignore = vec![ignore(Some(t(0)), Some(t(1)), &[]), ignore(None, Some(t(2)), &[])];
        env.required_tags.insert(t(2).to_owned(), exact(t(3)));
        let declared = declaration(vec![tenant(t(3), vec![env.clone(), env])]);
        let snapshot = snapshot(&["1", t(5)], live);
        diff(&snapshot, &declared, &catalog());
        diff_snapshots(&snapshot, &super::fixture::snapshot(&["1"], vec![]), &catalog());
    }
}
