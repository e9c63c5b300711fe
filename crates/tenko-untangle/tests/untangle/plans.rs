//! What a delete takes with it, new networks, moves, and what could not be read.

use serde_json::json;
use tenko_core::*;
use tenko_untangle::{Copies, Movable, Options, Phase, UntangleError, Verdict, untangle};

use crate::fixture::*;

#[test]
fn the_worst_first_with_what_depends_on_it() {
    let plan = shared().plan();
    let orders = &plan.blast[0];
    assert_eq!(orders.resource.id, "orders");
    assert_eq!(orders.severity, Severity::Critical);
    assert_eq!(orders.copies, Copies::NoneSeen, "AWS Backup was not looked at");
    assert_eq!(orders.lacks, ["automated backups"]);
    assert_eq!(orders.dependents, 2);
    let bucket = plan.blast.iter().find(|b| b.resource.id == "acme-staging-uploads").unwrap();
    assert_eq!(
        (bucket.copies, bucket.has.as_slice()),
        (Copies::Some, ["versioning".to_owned()].as_slice())
    );
    let vpc = plan.blast.iter().find(|b| b.resource.id.starts_with("vpc-")).unwrap();
    assert_eq!((vpc.copies, vpc.dependents), (Copies::NoData, 3), "the subnet and two instances");
}

#[test]
fn unknown_attributes_are_unknown() {
    let mut world = World::declared();
    let bucket = world.add(LEGACY, "AWS::S3::Bucket", "b", &PRODUCTION, json!({}));
    bucket.unknown = ["VersioningConfiguration", "ReplicationConfiguration"]
        .map(|p| p.parse().unwrap())
        .to_vec();
    let plan = world.plan();
    assert_eq!(plan.blast[0].copies, Copies::Unknown);
    assert_eq!(plan.blast[0].lacks, Vec::<String>::new());
}

#[test]
fn what_is_not_production_moves_first_and_production_stays() {
    let plan = shared().plan();
    let moves: Vec<_> = plan.moves.iter().map(|m| (m.group.as_str(), m.stays)).collect();
    assert_eq!(moves, [("acme/staging", false), ("acme/production", true)]);
    let phases: Vec<_> = plan.moves[0].steps.iter().map(|step| step.phase).collect();
    assert!(phases.is_sorted() && phases.last() == Some(&Phase::Data), "{phases:?}");
    assert!(plan.moves[1].steps.is_empty());
    let shared: Vec<_> = plan.split_last.iter().map(|s| s.resource.id.as_str()).collect();
    assert_eq!(shared, ["subnet-00000000000000001", "vpc-00000000000000001", "orders"]);
    // All of it is production's once staging is gone.
    assert!(plan.split_last.iter().all(|s| s.stays_with.as_deref() == Some("acme/production")));
    assert!(plan.moves[0].why.starts_with("Its stage is staging ("), "{}", plan.moves[0].why);
    let why = &plan.moves[1].why;
    assert!(why.starts_with("Production stays: production data is mostly the hardest"), "{why}");
}

#[test]
fn nobody_stays_in_the_management_account() {
    let mut world = shared();
    let scopes: Vec<_> = world
        .snapshot
        .scopes
        .iter()
        .cloned()
        .map(|scope| Scope { management: scope.id == *LEGACY, ..scope })
        .collect();
    world.snapshot.scopes = ScopeTree::new(scopes);
    let plan = world.plan();
    assert!(plan.moves.iter().all(|m| !m.stays && m.network.is_some()));
    assert!(plan.split_last.iter().all(|s| s.stays_with.is_none() && !s.note.contains('{')));
    assert_eq!(plan.network.ranges.len(), 2);
}

#[test]
fn a_key_that_aws_manages_is_told_where_the_snapshot_is_to_be_shared() {
    let mut world = shared();
    let orders = world.snapshot.resources.iter_mut().find(|r| r.key.id == "orders").unwrap();
    orders.tags = STAGING.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let plan = world.plan();
    let step =
        plan.moves[0].steps.iter().find(|s| s.resource_type == "AWS::RDS::DBInstance").unwrap();
    assert_eq!(step.movable, Movable::ShareAndCopy);
    assert!(step.checks.iter().any(|c| c.contains("a key that AWS manages")), "{:?}", step.checks);
    assert!(step.checks.iter().any(|c| c.contains("used by acme/production too")));
    assert_eq!(step.with.iter().map(|r| r.id.as_str()).collect::<Vec<_>>(), ["worker-test"]);
}

#[test]
fn types_that_are_not_known_are_said_to_be() {
    let mut world = World::declared();
    world.add(LEGACY, "AWS::New::Thing", "x", &STAGING, json!({}));
    world.add(LEGACY, "AWS::S3::Bucket", "b", &PRODUCTION, json!({}));
    let plan = world.plan();
    let step = &plan.moves[0].steps[0];
    assert_eq!(
        (step.phase, step.movable, step.source.as_str()),
        (Phase::Unknown, Movable::Unknown, "")
    );
}

#[test]
fn new_networks_avoid_every_range_of_every_account() {
    let mut world = shared();
    world.add(OTHER, "AWS::EC2::RouteTable", "rtb-00000000000000001", &[], json!({
        "Routes": [{"DestinationCidrBlock": "10.2.0.0/15"}, {"DestinationCidrBlock": "0.0.0.0/0"}],
    }));
    let plan = world.plan();
    let range = &plan.network.ranges[0];
    assert_eq!(
        (range.group.as_str(), range.range.to_string().as_str()),
        ("acme/staging", "10.4.0.0/16")
    );
    assert_eq!(plan.moves[0].network, Some(range.range));
    let options = Options::default().network("192.168.0.0/16".parse().unwrap());
    assert_eq!(world.plan_with(&options).network.ranges[0].range.to_string(), "192.168.0.0/16");
    assert!(plan.network.unread.is_empty());
}

#[test]
fn a_range_without_room_is_an_error() {
    let mut world = shared();
    world.snapshot.sort();
    let scope = ScopeKey::new(Cloud::aws(), LEGACY);
    let plan = |network: &str| {
        let options = Options::default().network(network.parse().unwrap());
        untangle(&world.snapshot, &world.declaration, &world.catalog, &scope, &options)
    };
    assert!(matches!(plan("10.0.0.0/16"), Err(UntangleError::NoRoom { prefix: 16, .. })));
    assert!(matches!(plan("8.8.0.0/16"), Err(UntangleError::NotPrivate { .. })));
    let unknown = ScopeKey::new(Cloud::aws(), "3");
    let error = untangle(
        &world.snapshot,
        &world.declaration,
        &world.catalog,
        &unknown,
        &Options::default(),
    );
    assert_eq!(error, Err(UntangleError::UnknownScope { scope: unknown }));
}

#[test]
fn what_could_not_be_read_stands_in_the_plan() {
    let mut world = shared();
    for row in &mut world.snapshot.coverage {
        if row.unit.resource_type == "AWS::Lambda::Function" && row.unit.scope == *LEGACY {
            row.outcome = Outcome::Denied { denied_by: DeniedBy::Scp };
        }
        if row.unit.resource_type == "AWS::EC2::VPC" && row.unit.scope == *OTHER {
            row.outcome = Outcome::ThrottledOut;
        }
    }
    world.catalog.extend([info("AWS::Late::Type")]);
    let plan = world.plan();
    assert!(plan.incomplete);
    let unread: Vec<_> = plan.unread.iter().map(|row| (row.what.as_str(), row.outcome)).collect();
    assert_eq!(
        unread,
        [
            ("AWS::Lambda::Function", Some(Outcome::Denied { denied_by: DeniedBy::Scp })),
            ("AWS::Late::Type", Some(Outcome::Skipped)),
        ]
    );
    assert_eq!(plan.network.unread, [ScopeKey::new(Cloud::aws(), OTHER)]);
    assert_eq!(plan.references_unread, [ScopeKey::new(Cloud::aws(), OTHER)]);
}

#[test]
fn what_could_not_be_read_elsewhere_makes_the_plan_incomplete() {
    for kind in ["AWS::EC2::VPC", "AWS::Lambda::Function"] {
        let mut world = shared();
        assert!(!world.plan().incomplete);
        let of_other = |row: &&mut Coverage| row.unit.scope == *OTHER;
        for row in world.snapshot.coverage.iter_mut().filter(of_other) {
            if row.unit.resource_type == kind {
                row.outcome = Outcome::ThrottledOut;
            }
        }
        let plan = world.plan();
        assert!(plan.incomplete && plan.unread.is_empty(), "{kind}");
        assert_eq!(plan.references_unread, [ScopeKey::new(Cloud::aws(), OTHER)]);
        assert_eq!(plan.network.unread.len(), usize::from(kind == "AWS::EC2::VPC"));
        let mut world = World::declared();
        world.declaration.tenants[0].environments.pop();
        world.add(LEGACY, "AWS::S3::Bucket", "a", &PRODUCTION, json!({}));
        world.snapshot.coverage.retain(|row| row.unit.scope == *LEGACY);
        let plan = world.plan();
        assert!(!plan.incomplete, "it has one owner, whatever is elsewhere");
        assert_eq!(plan.references_unread, [ScopeKey::new(Cloud::aws(), OTHER)]);
    }
}

#[test]
fn who_stands_in_anothers_subnet_needs_a_network() {
    let mut world = World::declared();
    world.add(
        LEGACY,
        "AWS::EC2::VPC",
        "vpc-00000000000000001",
        &PRODUCTION,
        json!({
            "CidrBlock": "10.0.0.0/18",
        }),
    );
    world.add(
        LEGACY,
        "AWS::EC2::Subnet",
        "subnet-00000000000000001",
        &PRODUCTION,
        json!({
            "VpcId": "vpc-00000000000000001", "CidrBlock": "10.0.0.0/20",
        }),
    );
    world.add(
        LEGACY,
        "AWS::EC2::Instance",
        "i-0000000000000000a",
        &STAGING,
        json!({
            "SubnetId": "subnet-00000000000000001",
        }),
    );
    let plan = world.plan();
    let network = plan.moves[0].network.unwrap();
    assert_eq!(network.to_string(), "10.0.64.0/18", "as large as the network around the subnet");
    let steps: Vec<_> = plan.moves[0].steps.iter().map(|s| s.resources[0].id.as_str()).collect();
    assert_eq!(steps, ["vpc-00000000000000001", "subnet-00000000000000001", "i-0000000000000000a"]);
    let first = &plan.moves[0].steps[0];
    assert_eq!((first.phase, first.movable), (Phase::Network, Movable::Recreate));
    assert!(first.note.contains("in 10.0.64.0/18"), "{}", first.note);

    // Its own account elsewhere has no network yet, then one.
    world.declaration.tenants[0].environments[1].scopes.push(ScopeKey::new(Cloud::aws(), OTHER));
    world.declaration.tenants[0].environments[1].scopes.remove(0);
    let plan = world.plan();
    assert_eq!(plan.moves[0].targets, [ScopeKey::new(Cloud::aws(), OTHER)]);
    assert!(plan.moves[0].network.is_some());
    world.add(OTHER, "AWS::EC2::VPC", "vpc-00000000000000009", &[], json!({}));
    let plan = world.plan();
    assert_eq!((plan.moves[0].network, plan.network.ranges.len()), (None, 0));
    assert!(plan.moves[0].steps[0].note.contains("in a range that nothing else uses"));
}

#[test]
fn who_has_nothing_in_a_network_needs_none() {
    let mut world = World::declared();
    world.add(LEGACY, "AWS::S3::Bucket", "a", &PRODUCTION, json!({}));
    world.add(LEGACY, "AWS::S3::Bucket", "b", &STAGING, json!({}));
    let plan = world.plan();
    assert_eq!((plan.moves[0].network, plan.network.ranges.len()), (None, 0));
}

#[test]
fn an_account_that_did_not_answer_has_no_plan() {
    let mut world = shared();
    world
        .snapshot
        .answers
        .iter_mut()
        .for_each(|a| a.outcome = Outcome::Denied { denied_by: DeniedBy::Trust });
    let plan = world.plan();
    assert_eq!((plan.verdict, plan.incomplete), (Verdict::Unread, true));
    assert!(plan.resources.is_empty() && plan.moves.is_empty());
    let mut world = shared();
    world.snapshot.answers.clear();
    world.snapshot.coverage.clear();
    assert_eq!(world.plan().verdict, Verdict::Unread);
}
