//! Whatever stands in attributes, tags and names: no panic, one answer, no overlap.

use proptest::prelude::*;
use serde_json::{Value, json};
use tenko_untangle::Options;

use crate::fixture::*;

/// Texts that look like names, and are not.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,12}",
        Just("arn:".to_owned()),
        Just("arn:aws:s3:::".to_owned()),
        Just("arn:aws:s3:::*".to_owned()),
        Just(format!("arn:aws:iam::{LEGACY}:role/")),
        Just("projects/".to_owned()),
        Just("https://projects/x/y/z/é".to_owned()),
        Just("vpc-00000000000000001".to_owned()),
        Just("orders".to_owned()),
        Just("10.0.0.0/99".to_owned()),
        Just("0.0.0.0/0".to_owned()),
        Just("255.255.255.255/1".to_owned()),
        Just("s3://".to_owned()),
        Just("gs://".to_owned()),
        Just(":::://@@".to_owned()),
        "(arn|projects|[a-z]{1,4}-[0-9a-f]{8,17}|[/:*@.-]){1,9}",
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        text().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(key(), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        text(),
        Just("VpcId".to_owned()),
        Just("CidrBlock".to_owned()),
        Just("CidrBlocks".to_owned()),
        Just("Routes".to_owned()),
        Just("KmsKeyId".to_owned()),
        Just("Arn".to_owned()),
        Just("Endpoint".to_owned()),
        Just("ReplicationConfiguration".to_owned()),
        Just("BackupRetentionPeriod".to_owned()),
        Just("prefixLength".to_owned()),
    ]
}

/// Type, id, tags and attributes.
type Made = (usize, String, Vec<(String, String)>, Value);

fn hostile() -> impl Strategy<Value = Vec<Made>> {
    let tag_key = prop_oneof![Just("environment".to_owned()), Just("tenant".to_owned()), text()];
    let tag_value = prop_oneof![Just("production".to_owned()), Just("acme".to_owned()), text()];
    let tags = prop::collection::vec((tag_key, tag_value), 0..3);
    let attributes = prop::collection::hash_map(key(), value(), 0..6)
        .prop_map(|map| Value::Object(map.into_iter().collect()));
    prop::collection::vec((0..TYPES.len() + 3, text(), tags, attributes), 0..12)
}

/// Types beside those of the fixture that are read in their own way.
const MORE: [&str; 3] =
    ["AWS::EC2::RouteTable", "compute.googleapis.com/GlobalAddress", "AWS::CloudFormation::Stack"];

fn world(resources: &[Made], declared: bool) -> World {
    let mut world = shared();
    if !declared {
        world.declaration = Default::default();
    }
    for (at, id, tags, attributes) in resources {
        let name = TYPES.iter().chain(&MORE).nth(*at).unwrap();
        let tags: Vec<_> = tags.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        let scope = if id.len().is_multiple_of(3) { OTHER } else { LEGACY };
        let resource = world.add(scope, name, id, &tags, attributes.clone());
        resource.name = Some(format!("{id}-staging"));
    }
    world.snapshot.sort();
    world.snapshot.resources.dedup_by(|a, b| a.key == b.key);
    world
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn one_answer_whatever_the_order(resources in hostile(), declared: bool) {
        let mut world = world(&resources, declared);
        let plan = world.plan_with(&Options::default());
        world.snapshot.resources.reverse();
        prop_assert_eq!(&plan, &world.plan_with(&Options::default()));
        let text = serde_json::to_string(&plan).unwrap();
        prop_assert_eq!(&plan, &serde_json::from_str(&text).unwrap());
        let all: u64 = plan.counts.owned
            + plan.counts.ambiguous
            + plan.counts.account
            + plan.counts.unclaimed;
        prop_assert_eq!(all, plan.counts.resources);
    }

    #[test]
    fn new_ranges_overlap_nothing(nets in prop::collection::vec((any::<u32>(), 8u8..=28), 0..40)) {
        let mut world = shared();
        for (n, (address, prefix)) in nets.iter().enumerate() {
            // Most of them private: the others are in nobody's way.
            let address = std::net::Ipv4Addr::from((address >> 8) | 0x0a00_0000);
            let block = json!({"CidrBlock": format!("{address}/{prefix}")});
            let tags = if n % 2 == 0 { PRODUCTION } else { STAGING };
            let id = format!("vpc-1{n:016}");
            world.add(if n % 3 == 0 { LEGACY } else { OTHER }, "AWS::EC2::VPC", &id, &tags, block);
        }
        world.snapshot.sort();
        let plan = world.plan_with(&Options::default());
        let taken: Vec<_> = plan.network.avoided.iter().map(|a| a.range).collect();
        for (at, new) in plan.network.ranges.iter().enumerate() {
            let overlaps = |other: &tenko_untangle::Ipv4Net| {
                other.contains(&new.range) || new.range.contains(other)
            };
            prop_assert!(!taken.iter().any(overlaps), "{} of {:?}", new.range, taken);
            let later = plan.network.ranges[at + 1..].iter().map(|n| n.range);
            prop_assert!(!later.clone().any(|other| overlaps(&other)));
        }
        for resource in &world.snapshot.resources {
            let value = resource.attributes.to_value();
            let Some(block) = value["CidrBlock"].as_str() else { continue };
            let block: tenko_untangle::Ipv4Net = block.parse().unwrap();
            let block = block.trunc();
            for new in &plan.network.ranges {
                prop_assert!(!block.contains(&new.range) && !new.range.contains(&block));
            }
        }
    }
}
