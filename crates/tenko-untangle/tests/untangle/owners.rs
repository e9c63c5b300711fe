//! Whose is what, how sure that is, and why.

use serde_json::json;
use tenko_core::*;
use tenko_untangle::{AmbiguityKind, EvidenceKind, ReferenceKind, Verdict};

use crate::fixture::*;

#[test]
fn owners_come_from_tags_and_spread_over_references() {
    let plan = shared().plan();
    assert_eq!(plan.verdict, Verdict::Shared);
    assert_eq!(owner(&plan, "i-0000000000000000a"), "acme/production certain");
    assert_eq!(owner(&plan, "sg-0000000000000000a"), "acme/production likely");
    assert_eq!(owner(&plan, "sg-0000000000000000b"), "acme/staging likely");
    assert_eq!(owner(&plan, "vpc-00000000000000001"), "acme/production | acme/staging");
    assert_eq!(owner(&plan, "orders"), "acme/production | acme/staging");
    assert_eq!(owner(&plan, "old-ci"), "-");
    let evidence = &owned(&plan, "sg-0000000000000000a").evidence;
    assert_eq!(evidence[0].kind, EvidenceKind::Reference);
    assert!(evidence[0].text.contains("i-0000000000000000a"), "{evidence:?}");
    assert_eq!(plan.counts.provider_made, 1);
}

#[test]
fn what_both_use_needs_a_person_and_says_why() {
    let plan = shared().plan();
    let orders = plan.ambiguous.iter().find(|a| a.resource.id == "orders").unwrap();
    assert_eq!(orders.kind, AmbiguityKind::Shared);
    let sides: Vec<_> = orders.sides.iter().map(|s| (s.group.as_str(), s.evidence.len())).collect();
    assert_eq!(sides, [("acme/production", 1), ("acme/staging", 1)]);
    assert!(orders.sides[0].evidence[0].text.contains("DATABASE_URL"));
}

#[test]
fn code_and_manifest_are_certain_and_beat_names() {
    let mut world = World::declared();
    let bucket = "acme-staging-data";
    world.add(LEGACY, "AWS::S3::Bucket", bucket, &[], json!({}));
    world.add(LEGACY, "AWS::S3::Bucket", "other", &[], json!({}));
    world.declaration.claims = vec![Claim {
        resource_type: Some("AWS::S3::Bucket".into()),
        code_type: "aws_s3_bucket".into(),
        ids: vec![bucket.to_owned()],
        name: None,
        scope: None,
        region: None,
        attributes: vec![],
        tags: None,
        sensitive: Default::default(),
        not_comparable: None,
        note: None,
        in_sync: false,
        owner: Some(IacOwner { tenant: "acme".into(), environment: "production".into() }),
        source: source(3),
        parts: vec![],
        partial: false,
    }];
    world.declaration.tenants[0].environments[1].expected = vec![Expected {
        resource_type: "AWS::S3::Bucket".into(),
        id: None,
        name: Some("other".to_owned()),
        scope: None,
        region: None,
        attributes: vec![],
        source: source(9),
    }];
    let plan = world.plan();
    assert_eq!(owner(&plan, bucket), "acme/production certain");
    assert_eq!(owner(&plan, "other"), "acme/staging certain");
    // The name says something else: that is how staging is taken for production.
    assert_eq!(plan.ambiguous[0].kind, AmbiguityKind::Contradiction);
    assert_eq!(plan.ambiguous[0].resource.id, bucket);
}

#[test]
fn tags_against_code_are_a_contradiction() {
    let mut world = World::declared();
    world.add(LEGACY, "AWS::S3::Bucket", "b", &STAGING, json!({}));
    world.declaration.tenants[0].environments[0].expected = vec![Expected {
        resource_type: "AWS::S3::Bucket".into(),
        id: Some("b".to_owned()),
        name: None,
        scope: None,
        region: None,
        attributes: vec![],
        source: source(9),
    }];
    let plan = world.plan();
    assert_eq!(owner(&plan, "b"), "acme/production | acme/staging");
    assert_eq!(plan.ambiguous[0].kind, AmbiguityKind::Contradiction);
}

#[test]
fn a_tenant_without_an_environment_is_decided_by_what_is_next_to_it() {
    let mut world = World::declared();
    let tenant = [("tenant", "acme")];
    world.add(LEGACY, "AWS::S3::Bucket", "acme-data-alone", &tenant, json!({}));
    world.add(
        LEGACY,
        "AWS::IAM::Role",
        "runner",
        &tenant,
        json!({
            "Arn": format!("arn:aws:iam::{LEGACY}:role/runner"),
        }),
    );
    let role = json!({"Role": format!("arn:aws:iam::{LEGACY}:role/runner")});
    world.add(LEGACY, "AWS::Lambda::Function", "f", &PRODUCTION, role);
    let plan = world.plan();
    assert_eq!(owner(&plan, "runner"), "acme/production likely");
    assert_eq!(owner(&plan, "acme-data-alone"), "acme/production | acme/staging");
    let kinds: Vec<_> = plan.ambiguous.iter().map(|a| a.kind).collect();
    assert_eq!(kinds, [AmbiguityKind::Undecided]);
    assert_eq!(plan.references[0].kind, ReferenceKind::Identity);
    assert_eq!(plan.references[0].path, "Role");
}

#[test]
fn what_belongs_to_one_and_is_used_by_another_is_told() {
    let mut world = World::declared();
    world.add(LEGACY, "AWS::S3::Bucket", "acme-data", &PRODUCTION, json!({}));
    let policy = json!({"Policies": [{"PolicyDocument": {"Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::acme-data/*"]},
    ]}}]});
    world.add(LEGACY, "AWS::IAM::Role", "reader", &STAGING, policy);
    let plan = world.plan();
    assert_eq!(owner(&plan, "acme-data"), "acme/production certain");
    assert_eq!(plan.ambiguous[0].kind, AmbiguityKind::UsedByOthers);
    assert_eq!(plan.references[0].kind, ReferenceKind::Policy);
}

#[test]
fn without_a_declaration_common_tags_and_names_make_groups() {
    let mut world = World::new();
    world.add(LEGACY, "AWS::S3::Bucket", "a", &[("Env", "prod")], json!({}));
    world.add(LEGACY, "AWS::S3::Bucket", "b", &[("Environment", "Production")], json!({}));
    world.add(LEGACY, "AWS::S3::Bucket", "c", &[("stage", "dev")], json!({}));
    world.add(LEGACY, "AWS::S3::Bucket", "shop-nonprod-logs", &[], json!({}));
    let plan = world.plan();
    assert_eq!(owner(&plan, "a"), "production likely");
    assert_eq!(owner(&plan, "b"), "production likely");
    assert_eq!(owner(&plan, "c"), "development likely");
    assert_eq!(owner(&plan, "shop-nonprod-logs"), "nonproduction guess");
    assert!(plan.groups.iter().all(|group| !group.declared));
}

#[test]
fn teams_and_environments_together_make_groups() {
    let mut world = World::new();
    let tags = |team, env| [("team", team), ("env", env)];
    world.add(LEGACY, "AWS::S3::Bucket", "a", &tags("web", "prod"), json!({}));
    world.add(LEGACY, "AWS::S3::Bucket", "b", &tags("data", "prod"), json!({}));
    world.add(LEGACY, "AWS::S3::Bucket", "c", &[("team", "web")], json!({}));
    world.add(LEGACY, "AWS::S3::Bucket", "d", &[("env", "prod")], json!({}));
    let plan = world.plan();
    assert_eq!(owner(&plan, "a"), "web/production likely");
    assert_eq!(owner(&plan, "c"), "web/production likely");
    assert_eq!(owner(&plan, "d"), "data/production | web/production");
}

#[test]
fn without_any_hint_what_hangs_together_is_a_group() {
    let mut world = World::new();
    for n in 1..=2 {
        let vpc = format!("vpc-0000000000000000{n}");
        let subnet = format!("subnet-0000000000000000{n}");
        world.add(LEGACY, "AWS::EC2::VPC", &vpc, &[], json!({}));
        world.add(LEGACY, "AWS::EC2::Subnet", &subnet, &[], json!({"VpcId": vpc}));
    }
    let plan = world.plan();
    assert_eq!(plan.verdict, Verdict::Shared);
    assert_eq!(owner(&plan, "subnet-00000000000000001"), "around vpc-00000000000000001 guess");
}

#[test]
fn an_environment_elsewhere_is_not_meant_by_a_common_word() {
    let mut world = World::declared();
    world.declaration.tenants[0].environments[1].name = "launch".to_owned();
    for (environment, scope) in
        world.declaration.tenants[0].environments.iter_mut().zip(["333333333333", OTHER])
    {
        environment.scopes = vec![ScopeKey::new(Cloud::aws(), scope)];
    }
    world.add(LEGACY, "AWS::S3::Bucket", "launch-wizard-1", &[], json!({}));
    world.add(LEGACY, "AWS::S3::Bucket", "acme-launch-assets", &[], json!({}));
    world.add(LEGACY, "AWS::S3::Bucket", "tagged", &[("environment", "prod")], json!({}));
    let plan = world.plan();
    assert_eq!(owner(&plan, "launch-wizard-1"), "-");
    assert_eq!(owner(&plan, "acme-launch-assets"), "acme/launch guess");
    assert_eq!(owner(&plan, "tagged"), "production certain", "whose production is not known");
    assert_eq!(plan.groups[0].elsewhere, [ScopeKey::new(Cloud::aws(), OTHER)]);
}

#[test]
fn the_projects_name_is_not_the_name_of_what_is_in_it() {
    let mut world = World::new();
    world.add(LEGACY, "AWS::S3::Bucket", "projects/shop-prod/topics/orders", &[], json!({}));
    world.add(LEGACY, "AWS::S3::Bucket", "projects/shop-prod/topics/orders-dev", &[], json!({}));
    world.add(LEGACY, "AWS::S3::Bucket", "projects/x/sa/web@shop-prod.iam", &[], json!({}));
    let plan = world.plan();
    assert_eq!(owner(&plan, "projects/shop-prod/topics/orders"), "-");
    assert_eq!(owner(&plan, "projects/shop-prod/topics/orders-dev"), "development guess");
    assert_eq!(owner(&plan, "projects/x/sa/web@shop-prod.iam"), "-");
}

#[test]
fn what_is_tagged_for_an_environment_elsewhere_is_that_ones() {
    let mut world = World::declared();
    world.declaration.tenants[0].environments[1].scopes = vec![ScopeKey::new(Cloud::aws(), OTHER)];
    world.add(LEGACY, "AWS::S3::Bucket", "stray", &STAGING, json!({}));
    world.add(LEGACY, "AWS::S3::Bucket", "own", &[("tenant", "acme")], json!({}));
    let plan = world.plan();
    assert_eq!(owner(&plan, "stray"), "acme/staging certain");
    assert_eq!(owner(&plan, "own"), "acme/production certain");
    assert_eq!(plan.moves[0].targets, [ScopeKey::new(Cloud::aws(), OTHER)]);
}

#[test]
fn what_is_of_the_account_itself_is_nobodys() {
    let mut world = shared();
    world.add(LEGACY, "AWS::IAM::AccountPasswordPolicy", LEGACY, &[], json!({}));
    let plan = world.plan();
    assert_eq!(owner(&plan, LEGACY), "the account");
    assert_eq!((plan.counts.account, plan.counts.unclaimed), (1, 1));
}

#[test]
fn what_the_organization_makes_in_every_account_is_the_accounts() {
    let mut world = shared();
    let made = [
        "OrganizationAccountAccessRole",
        "AWSControlTowerExecution",
        "aws-controltower-ForwardSnsNotificationRole",
        "stacksets-exec-0123456789abcdef",
        // Words in such a name tell no owner.
        "AWSReservedSSO_staging-admin_0123456789abcdef",
    ];
    for name in made {
        world.add(LEGACY, "AWS::IAM::Role", name, &[], json!({}));
    }
    let others = ["OrganizationAccountAccessRole2", "my-aws-controltower-x"];
    for name in others {
        world.add(LEGACY, "AWS::IAM::Role", name, &[], json!({}));
    }
    let plan = world.plan();
    assert!(made.iter().all(|name| owner(&plan, name) == "the account"));
    assert!(others.iter().all(|name| owner(&plan, name) == "-"));
    assert_eq!(plan.counts.account, 5);
}

#[test]
fn what_speaks_for_all_decides_nothing() {
    let mut world = World::declared();
    world.add(LEGACY, "AWS::S3::Bucket", "data", &[("tenant", "acme")], json!({}));
    world.add(LEGACY, "AWS::S3::Bucket", "a", &PRODUCTION, json!({}));
    let plan = world.plan();
    let data = &plan.ambiguous[0];
    assert!(data.sides.len() == 2 && data.sides.iter().all(|side| side.evidence.is_empty()));
    assert!(data.why.ends_with("What it says (tag tenant=acme) holds for all."), "{}", data.why);
}

#[test]
fn one_owner_is_nothing_to_untangle() {
    let mut world = World::declared();
    world.declaration.tenants[0].environments.pop();
    world.add(LEGACY, "AWS::S3::Bucket", "a", &PRODUCTION, json!({}));
    let plan = world.plan();
    assert_eq!(plan.verdict, Verdict::OneOwner);
    assert!(plan.reason.contains("acme/production") && plan.moves.is_empty(), "{}", plan.reason);
    assert_eq!(World::new().plan().verdict, Verdict::Empty);
}

#[test]
fn references_from_and_to_other_accounts_are_told() {
    let mut world = shared();
    let trust = json!({"AssumeRolePolicyDocument": {"Statement": [
        {"Principal": {"AWS": format!("arn:aws:iam::{OTHER}:role/deploy")}},
        {"Principal": {"AWS": "arn:aws:iam::999999999999:root"}},
    ]}});
    world.add(LEGACY, "AWS::IAM::Role", "target", &PRODUCTION, trust);
    let arn = json!({"Arn": format!("arn:aws:iam::{OTHER}:role/deploy")});
    world.add(OTHER, "AWS::IAM::Role", "deploy", &[], arn);
    let bucket = json!({"Environment": {"Variables": {"B": "s3://acme-staging-uploads/x"}}});
    world.add(OTHER, "AWS::Lambda::Function", "reader", &[], bucket);
    let plan = world.plan();
    let cross: Vec<_> = plan
        .references
        .iter()
        .filter(|r| r.from.scope != r.to_scope)
        .map(|r| (r.from.id.as_str(), r.to_scope.as_str(), r.to.is_some(), r.kind))
        .collect();
    assert_eq!(
        cross,
        [
            ("target", OTHER, true, ReferenceKind::Trust),
            ("target", "999999999999", false, ReferenceKind::Trust),
            ("reader", LEGACY, true, ReferenceKind::Uses),
        ]
    );
}
