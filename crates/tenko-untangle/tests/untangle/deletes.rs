//! What a mistaken delete takes with it: what goes along, what is refused, and how bad it is.

use serde_json::{Value, json};
use tenko_core::*;
use tenko_untangle::{Blast, Copies, Untangle, Verdict};

use crate::fixture::*;

fn blast<'p>(plan: &'p Untangle, id: &str) -> &'p Blast {
    plan.blast.iter().find(|blast| blast.resource.id == id).unwrap()
}

/// A machine with one disk, of staging.
fn machine(goes_along: bool) -> World {
    let mut world = shared();
    // AWS Backup was looked at, and has nothing of it.
    let mut row = world.snapshot.coverage.first().unwrap().clone();
    row.unit.resource_type = "AWS::Backup::ProtectedResource".into();
    world.snapshot.coverage.push(row);
    world.add(
        LEGACY,
        "AWS::EC2::Instance",
        "i-0000000000000000c",
        &STAGING,
        json!({
            "BlockDeviceMappings": [
                {"DeviceName": "/dev/xvda", "Ebs": {"DeleteOnTermination": goes_along}},
            ],
            "Volumes": [{"Device": "/dev/xvda", "VolumeId": "vol-0000000000000000c"}],
        }),
    );
    world.add(LEGACY, "AWS::EC2::Volume", "vol-0000000000000000c", &STAGING, json!({
        "Attachments": [{"InstanceId": "i-0000000000000000c", "DeleteOnTermination": goes_along}],
    }));
    world
}

#[test]
fn a_machine_takes_its_disks_along_and_they_are_not_deleted_while_attached() {
    let plan = machine(true).plan();
    let disk = blast(&plan, "vol-0000000000000000c");
    assert_eq!((disk.severity, disk.refused_while_in_use), (Severity::Low, true));
    assert_eq!((disk.takes_along, disk.dependents), (0, 1), "its machine uses it");
    let machine = blast(&plan, "i-0000000000000000c");
    assert_eq!((machine.severity, machine.takes_along), (Severity::High, 1));
    assert_eq!(machine.takes_along_examples[0].id, "vol-0000000000000000c");
    assert_eq!(machine.dependents, 0, "its disk does not use it");
    assert!(machine.why.contains("It is not production's"), "{}", machine.why);
}

#[test]
fn a_machine_whose_disks_stay_takes_nothing_along() {
    let plan = machine(false).plan();
    assert!(plan.blast.iter().all(|blast| blast.resource.id != "i-0000000000000000c"));
    let mut world = machine(true);
    world.snapshot.resources.retain(|r| r.key.resource_type != "AWS::EC2::Volume");
    let plan = world.plan();
    let machine = blast(&plan, "i-0000000000000000c");
    assert_eq!((machine.takes_along, machine.copies), (1, Copies::Unknown), "it was not read");
}

#[test]
fn what_a_group_makes_anew_is_not_critical() {
    let mut world = machine(true);
    world.add(
        LEGACY,
        "AWS::AutoScaling::AutoScalingGroup",
        "web",
        &STAGING,
        json!({
            "Instances": [{"InstanceId": "i-0000000000000000c"}],
        }),
    );
    let plan = world.plan();
    let machine = blast(&plan, "i-0000000000000000c");
    assert_eq!((machine.severity, machine.dependents), (Severity::Medium, 1));
    assert!(machine.why.contains("Auto Scaling"), "{}", machine.why);
}

#[test]
fn a_network_in_use_is_refused_and_comes_last() {
    let plan = shared().plan();
    let vpc = blast(&plan, "vpc-00000000000000001");
    assert_eq!((vpc.severity, vpc.refused_while_in_use), (Severity::Low, true));
    assert_eq!(vpc.why, "AWS refuses to delete it while it is in use.");
    assert_eq!(plan.blast[0].resource.id, "orders");
    assert_eq!(plan.blast[0].why, "Production uses it, and no second copy of its data was seen.");
}

fn database(attributes: Value) -> Blast {
    let mut world = World::declared();
    world.add(LEGACY, "AWS::RDS::DBInstance", "db", &PRODUCTION, attributes);
    world.add(LEGACY, "AWS::S3::Bucket", "b", &STAGING, json!({}));
    blast(&world.plan(), "db").clone()
}

#[test]
fn backups_that_go_along_do_not_help_without_deletion_protection() {
    let protected = database(json!({"BackupRetentionPeriod": 7, "DeletionProtection": true}));
    assert_eq!(protected.has, ["automated backups (go with it), 7 days"]);
    assert_eq!((protected.severity, protected.deletion_protection), (Severity::Low, Some(true)));
    let bare = database(json!({"BackupRetentionPeriod": 7, "DeletionProtection": false}));
    assert_eq!((bare.severity, bare.copies), (Severity::High, Copies::Some));
    assert!(bare.why.contains("its only second copies go with it"), "{}", bare.why);
}

#[test]
fn a_bucket_without_a_second_copy_is_critical_only_where_it_may_be_productions() {
    let severity = |environments: usize, tags: &[(&str, &str)]| {
        let mut world = World::declared();
        world.declaration.tenants[0].environments.rotate_left(1);
        world.declaration.tenants[0].environments.truncate(environments);
        world.add(LEGACY, "AWS::S3::Bucket", "x", tags, json!({}));
        world.add(LEGACY, "AWS::S3::Bucket", "own", &STAGING, json!({}));
        let plan = world.plan();
        (plan.verdict, blast(&plan, "x").severity)
    };
    // Staging is alone: what nobody claims is not production's.
    assert_eq!(severity(1, &[]), (Verdict::OneOwner, Severity::High));
    assert_eq!(severity(2, &[]), (Verdict::Shared, Severity::Critical));
    assert_eq!(severity(2, &STAGING), (Verdict::Shared, Severity::High));
    assert_eq!(severity(2, &PRODUCTION), (Verdict::Shared, Severity::Critical));
}

#[test]
fn users_in_other_accounts_count() {
    let mut world = World::declared();
    world.add(LEGACY, "AWS::S3::Bucket", "acme-staging-data", &STAGING, json!({}));
    world.add(LEGACY, "AWS::S3::Bucket", "own", &PRODUCTION, json!({}));
    let reads = json!({"Environment": {"Variables": {"B": "s3://acme-staging-data/x"}}});
    world.add(OTHER, "AWS::Lambda::Function", "reader", &[], reads);
    let plan = world.plan();
    let bucket = blast(&plan, "acme-staging-data");
    assert_eq!((bucket.severity, bucket.dependents), (Severity::Critical, 1));
    assert_eq!(bucket.examples[0].id, "reader");
}
