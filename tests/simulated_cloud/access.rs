//! Who is not let in, where, and by which policy.

use tenko::model::{DeniedBy, Outcome, Region, Unit};
use tenko_testkit::sim::{DeniedBy as By, Fault, FaultKind, RegionStatus};

use super::cases::{Case, Keeps, check};
use super::places::{at_listings, is_in, is_in_region, is_listed};
use super::world::{Clean, EUROPE, HONG_KONG, Look, MANAGEMENT, PRODUCTION, STAGING, key};

fn denied(denied_by: DeniedBy) -> Outcome {
    Outcome::Denied { denied_by }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_type_is_denied_by_every_kind_of_policy_in_every_protocol() {
    let clean = Clean::get().await;
    let kinds = [
        (By::Identity, DeniedBy::IdentityPolicy),
        (By::ScpExplicit, DeniedBy::Scp),
        (By::ScpExplicitWithArn, DeniedBy::Scp),
        (By::RcpExplicit, DeniedBy::Scp),
        (By::ResourceExplicit, DeniedBy::ResourcePolicy),
        (By::VpcEndpoint, DeniedBy::VpcEndpointPolicy),
        (By::Session, DeniedBy::SessionPolicy),
        (By::Boundary, DeniedBy::PermissionsBoundary),
        (By::Unstated, DeniedBy::Unknown),
    ];
    let cases = kinds.map(|(by, denied_by)| {
        Case::new(format!("{by:?}")).faults(at_listings(FaultKind::Deny { by })).expect(
            denied(denied_by),
            Keeps::None,
            is_listed,
        )
    });
    check(clean, cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_closed_to_us() {
    let clean = Clean::get().await;
    let trust = denied(DeniedBy::Trust);
    let of_production = |unit: &Unit| is_in(unit, PRODUCTION);
    let members = |unit: &Unit| !is_in(unit, MANAGEMENT) && !is_suspended(unit);
    let assume = |by| {
        let deny = FaultKind::Deny { by };
        let role = format!("arn:aws:iam::{PRODUCTION}:role/TenkoAudit");
        Fault::new(deny).operation("sts:AssumeRole").key(&role)
    };
    let whoami = Fault::new(FaultKind::Deny { by: By::ScpExplicit })
        .account(PRODUCTION)
        .operation("sts:GetCallerIdentity");
    let cases =
        [
            Case::new("the role does not trust us")
                .change(|world| {
                    world.account_mut(PRODUCTION).unwrap().roles[0].trusted =
                        vec!["999999999999".to_owned()];
                })
                .expect(trust, Keeps::None, of_production),
            Case::new("another external id is asked for")
                .change(|world| {
                    world.account_mut(PRODUCTION).unwrap().roles[0].external_id =
                        Some("another".to_owned());
                })
                .expect(trust, Keeps::None, of_production),
            Case::new("we have the wrong external id")
                .look(Look { provider: |b| b.external_id("wrong"), ..Look::default() })
                .expect(trust, Keeps::None, members),
            Case::new("one account has no such role")
                .change(|world| world.account_mut(STAGING).unwrap().roles.clear())
                .expect(trust, Keeps::None, |unit| is_in(unit, STAGING)),
            Case::new("one account has the role under another name")
                .change(|world| {
                    world.account_mut(STAGING).unwrap().roles[0].name = "audit/Reader".to_owned();
                })
                .look(Look {
                    provider: |b| b.account_role(STAGING, "audit/Reader"),
                    ..Look::default()
                }),
            Case::new("the caller may not assume it").faults([assume(By::Identity)]).expect(
                denied(DeniedBy::IdentityPolicy),
                Keeps::None,
                of_production,
            ),
            Case::new("an SCP forbids to assume it").faults([assume(By::ScpExplicit)]).expect(
                denied(DeniedBy::Scp),
                Keeps::None,
                of_production,
            ),
            Case::new("AssumeRole is denied without a reason")
                .faults([assume(By::Unstated)])
                .expect(trust, Keeps::None, of_production),
            Case::new("the session cannot be proven").faults([whoami]).expect(
                denied(DeniedBy::Scp),
                Keeps::None,
                of_production,
            ),
            Case::new("AssumeRole is throttled for ever")
                .faults([Fault { kind: FaultKind::Throttle, ..assume(By::Identity) }])
                .expect(Outcome::ThrottledOut, Keeps::None, of_production),
            Case::new("AssumeRole never answers")
                .faults([Fault { kind: FaultKind::Disconnect, ..assume(By::Identity) }])
                .expect(Outcome::Unreachable, Keeps::None, of_production),
        ];
    check(clean, cases).await;
}

fn is_suspended(unit: &Unit) -> bool {
    is_in(unit, super::world::SUSPENDED)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_region_is_closed_to_us() {
    let clean = Clean::get().await;
    let there = |unit: &Unit| is_in(unit, PRODUCTION) && is_in_region(unit, EUROPE);
    // The list of buckets is for the whole account, what they hold is asked in their region.
    let buckets =
        |unit: &Unit| is_in(unit, PRODUCTION) && unit.resource_type.as_str() == "AWS::S3::Bucket";
    let scp = FaultKind::Deny { by: By::ScpExplicit };
    let with_hong_kong = || Look {
        audit: Box::new(|audit| audit.regions([Region::new(HONG_KONG)])),
        ..Look::default()
    };
    let cases = [
        Case::new("an SCP closes a region")
            .faults([Fault::new(scp).account(PRODUCTION).region(EUROPE)])
            .expect(denied(DeniedBy::Scp), Keeps::None, there)
            .expect(Outcome::Partial, Keeps::Vague, buckets),
        Case::new("a region was switched off")
            .change(|world| {
                let account = world.account_mut(PRODUCTION).unwrap();
                account.regions.insert(EUROPE.to_owned(), RegionStatus::Disabled);
            })
            .expect(Outcome::RegionDisabled, Keeps::None, there)
            .expect(Outcome::Partial, Keeps::Vague, buckets),
        Case::new("a region is configured that is enabled nowhere").look(with_hong_kong()).also(
            |cloud, snapshot| {
                let rows = snapshot.coverage.iter();
                let rows: Vec<_> = rows.filter(|row| is_in_region(&row.unit, HONG_KONG)).collect();
                assert_eq!(rows.len(), 4 * 12, "four accounts, a dozen regional types");
                assert!(rows.iter().all(|row| row.outcome == Outcome::RegionDisabled));
                assert!(cloud.seen().iter().all(|r| r.region.as_deref() != Some(HONG_KONG)));
            },
        ),
    ];
    check(clean, cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_of_resources_are_closed_to_us() {
    let clean = Clean::get().await;
    let of = |name: &'static str| {
        move |unit: &Unit| {
            let there = unit.reach.as_region().is_none() || is_in_region(unit, EUROPE);
            is_in(unit, PRODUCTION) && there && unit.resource_type.as_str() == name
        }
    };
    let deny = FaultKind::Deny { by: By::ResourceExplicit };
    let cases = [
        ("s3:GetBucketPolicy", "AWS::S3::Bucket"),
        ("s3:GetBucketTagging", "AWS::S3::Bucket"),
        ("sqs:GetQueueAttributes", "AWS::SQS::Queue"),
        ("lambda:ListTags", "AWS::Lambda::Function"),
        ("kms:GetKeyPolicy", "AWS::KMS::Key"),
        ("ec2:DescribeVpcAttribute", "AWS::EC2::VPC"),
        ("sns:ListSubscriptionsByTopic", "AWS::SNS::Topic"),
    ]
    .map(|(operation, name)| {
        Case::new(operation)
            .faults([Fault::new(deny).account(PRODUCTION).region(EUROPE).operation(operation)])
            .expect(Outcome::Partial, Keeps::Vague, of(name))
    });
    let one_bucket = Case::new("one bucket's policy is closed to us")
        .faults([Fault::new(deny).operation("s3:GetBucketPolicy").key("acme-production-uploads")])
        .expect(Outcome::Partial, Keeps::Vague, of("AWS::S3::Bucket"))
        .also(|_, snapshot| {
            let find = |name: &str| {
                let mut all = snapshot.resources.iter();
                all.find(|r| r.key.id == name && r.key.scope_key() == key(PRODUCTION)).unwrap()
            };
            let (closed, open) = (find("acme-production-uploads"), find("acme-production-archive"));
            let unknown: Vec<_> = closed.unknown.iter().map(ToString::to_string).collect();
            assert_eq!(unknown, ["BucketPolicy"]);
            assert_eq!(open.unknown, []);
        });
    check(clean, cases.into_iter().chain([one_bucket])).await;
}
