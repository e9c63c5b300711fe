//! What was deleted is missing when the look was good, and unknown when it was not.

use tenko::model::{Drift, DriftKind};
use tenko_testkit::sim::{DeniedBy, Fault, FaultKind, SimCloud};

use super::world::{Clean, PRODUCTION, STAGING, delete, look, of_kind, world};

/// Account, listing, type, and what the id contains.
pub(crate) const DELETED: [(&str, &str, &str, &str); 9] = [
    (PRODUCTION, "sqs:ListQueues", "AWS::SQS::Queue", "acme-production-orders"),
    (PRODUCTION, "sns:ListTopics", "AWS::SNS::Topic", "acme-production-alarms"),
    (PRODUCTION, "lambda:ListFunctions", "AWS::Lambda::Function", "acme-production-refunds"),
    (PRODUCTION, "s3:ListBuckets", "AWS::S3::Bucket", "acme-production-archive"),
    (PRODUCTION, "iam:GetAccountAuthorizationDetails", "AWS::IAM::Role", "acme-production-web"),
    (PRODUCTION, "rds:DescribeDBInstances", "AWS::RDS::DBInstance", "acme-production"),
    (STAGING, "s3:ListBuckets", "AWS::S3::Bucket", "acme-staging-uploads"),
    (STAGING, "ssm:DescribeParameters", "AWS::SSM::Parameter", "/acme/staging/database/password"),
    (STAGING, "rds:DescribeDBInstances", "AWS::RDS::DBInstance", "acme-staging"),
];

#[tokio::test(flavor = "multi_thread")]
async fn deleted_is_missing_in_a_good_look_and_unknown_in_a_bad_one() {
    let clean = Clean::get().await;
    let mut world = world();
    for (account, operation, _, name) in DELETED {
        delete(&mut world, account, operation, name);
    }
    let cloud = SimCloud::start(world).await.unwrap();
    let is = |drift: &&Drift, at: usize| {
        let (account, _, resource_type, name) = DELETED[at];
        drift.resource.resource_type.as_str() == resource_type
            && drift.resource.id.as_deref().is_some_and(|id| id.contains(name))
            && drift.resource.scope.as_ref().is_none_or(|scope| scope.as_str() == account)
    };
    let all: Vec<_> = (0..DELETED.len()).collect();
    let found = |drift: &[&Drift]| -> Vec<usize> {
        all.iter().copied().filter(|at| drift.iter().filter(|d| is(d, *at)).count() == 1).collect()
    };

    let good = clean.compare(&look(&cloud).await);
    let missing = of_kind(&good, DriftKind::Missing);
    assert_eq!((found(&missing), missing.len()), (all.clone(), DELETED.len()), "{missing:?}");
    assert_eq!(good.diff.drift.len(), DELETED.len(), "and nothing else");
    assert!(missing.iter().all(|drift| drift.source.is_some()), "each says where it is declared");

    // One after the other is hidden: only those that can still be seen to be gone are missing.
    for kind in [FaultKind::Deny { by: DeniedBy::ScpExplicit }, FaultKind::ServerError] {
        for half in [0, 1] {
            let hidden = |at: &usize| at % 2 == half;
            for (account, operation, ..) in
                all.iter().filter(|at| hidden(at)).map(|at| DELETED[*at])
            {
                cloud.add_fault(Fault::new(kind).account(account).operation(operation));
            }
            let bad = clean.compare(&look(&cloud).await);
            cloud.clear_faults();
            let missing = found(&of_kind(&bad, DriftKind::Missing));
            let unknown = found(&of_kind(&bad, DriftKind::Unknown));
            let (gone, seen): (Vec<_>, Vec<_>) = all.iter().partition(|at| hidden(at));
            assert_eq!((missing, unknown), (seen, gone), "{kind:?} {half}");
        }
    }
}
