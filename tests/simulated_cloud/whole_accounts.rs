//! What is set for an account as a whole, and what stands for the whole organization.

use std::collections::BTreeMap;

use tenko::model::{Outcome, Reach, Region, Snapshot};
use tenko_testkit::sim::{DeniedBy, Fault, FaultKind, SimCloud};

use super::world::{
    EUROPE, HOME, Look, MANAGEMENT, OPEN, PRODUCTION, SHARED_BY_TWO, STAGING, look_with, world,
};

const OF_ORGANIZATION: [&str; 3] = [
    "AWS::IAM::OrganizationFeatures",
    "AWS::Organizations::DelegatedAdministrator",
    "AWS::Organizations::Organization",
];
const OF_ACCOUNT: [&str; 4] = [
    "AWS::Account::AlternateContact",
    "AWS::IAM::UserCredentials",
    "AWS::Organizations::Membership",
    "AWS::S3::AccountPublicAccessBlock",
];

async fn look(cloud: &SimCloud) -> Snapshot {
    let types = OF_ORGANIZATION.iter().chain(&OF_ACCOUNT).chain(&["AWS::SSO::Instance"]);
    let types: Vec<_> = types.map(|name| (*name).to_owned()).collect();
    let audit = Box::new(move |audit: tenko::AuditBuilder| {
        audit.types(types.clone()).regions([HOME, EUROPE].map(Region::new))
    });
    look_with(cloud, Look { audit, ..Look::default() }).await
}

/// Type -> accounts that have any.
fn found(snapshot: &Snapshot) -> BTreeMap<&str, Vec<&str>> {
    let mut found: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for resource in &snapshot.resources {
        found
            .entry(resource.key.resource_type.as_str())
            .or_default()
            .push(resource.key.scope.as_str());
    }
    for scopes in found.values_mut() {
        scopes.sort_unstable();
        scopes.dedup();
    }
    found
}

#[tokio::test]
async fn the_organization_is_read_once_and_each_account_by_itself() {
    let mut world = world();
    let org = world.organization.as_mut().unwrap();
    org.delegated_administrators = vec![STAGING.to_owned()];
    org.delegated_services = [(STAGING.to_owned(), vec!["config.amazonaws.com".to_owned()])].into();
    let cloud = SimCloud::start(world).await.unwrap();
    let snapshot = look(&cloud).await;
    let gaps: Vec<_> = snapshot.coverage.iter().filter(|row| row.outcome.is_gap()).collect();
    assert!(gaps.iter().all(|row| row.outcome == Outcome::ScopeSuspended), "{gaps:?}");
    let found = found(&snapshot);
    for name in OF_ORGANIZATION {
        assert_eq!(found[name], [MANAGEMENT], "{name}");
    }
    // initech has no contact and no block of its own.
    let good = [MANAGEMENT, PRODUCTION, STAGING];
    assert_eq!(found["AWS::Account::AlternateContact"], good);
    assert_eq!(found["AWS::S3::AccountPublicAccessBlock"], good);
    assert_eq!(found["AWS::Organizations::Membership"], OPEN);
    assert_eq!(found["AWS::IAM::UserCredentials"], OPEN);
    assert_eq!(found["AWS::SSO::Instance"], [MANAGEMENT]);
    for operation in ["ListOrganizationsFeatures", "ListAWSServiceAccessForOrganization"] {
        let asked = cloud.seen().into_iter().filter(|seen| seen.operation == operation);
        let asked: Vec<_> = asked.filter_map(|seen| seen.account).collect();
        assert_eq!(asked, [MANAGEMENT], "{operation}");
    }
    let of = |id: &str| {
        let mut rows = snapshot.resources.iter().filter(|r| r.key.scope == SHARED_BY_TWO);
        rows.find(|r| r.key.id == id).unwrap().attributes.to_value()
    };
    assert_eq!(of("<root_account>")["MfaActive"], false);
    assert_eq!(of("<root_account>")["AccessKey1Active"], true);
    assert_eq!(of("legacy-ci")["AccessKey1Active"], true);
    assert_eq!(of(SHARED_BY_TWO)["ManagementAccountId"], MANAGEMENT);
}

#[tokio::test]
async fn what_is_denied_is_never_absent() {
    for (operation, name) in [
        ("account:GetAlternateContact", "AWS::Account::AlternateContact"),
        ("iam:GenerateCredentialReport", "AWS::IAM::UserCredentials"),
        ("iam:GetCredentialReport", "AWS::IAM::UserCredentials"),
        ("organizations:DescribeOrganization", "AWS::Organizations::Membership"),
        ("s3control:GetPublicAccessBlock", "AWS::S3::AccountPublicAccessBlock"),
    ] {
        let mut world = world();
        let deny = FaultKind::Deny { by: DeniedBy::ScpExplicit };
        world.faults.push(Fault::new(deny).account(PRODUCTION).operation(operation));
        let cloud = SimCloud::start(world).await.unwrap();
        let snapshot = look(&cloud).await;
        let row = snapshot.coverage.iter().find(|row| {
            row.unit.scope == PRODUCTION
                && row.unit.resource_type == name
                && row.unit.reach == Reach::Global
        });
        let row = row.unwrap_or_else(|| panic!("no unit of {name}"));
        assert!(matches!(row.outcome, Outcome::Denied { .. }), "{operation}: {row:?}");
        assert!(!found(&snapshot)[name].contains(&PRODUCTION), "{operation}");
    }
}

/// A report that is broken off, or no table, says nothing of anybody.
#[tokio::test]
async fn a_report_that_does_not_hold_together_is_not_used() {
    let broken = ["dXNlcixhcm4KYSxiCmMK", "aGVsbG8=", "", "dXNlcixhcm4Kcm9vdCwiYQo="];
    for content in broken {
        let mut world = world();
        let account = world.account_mut(PRODUCTION).unwrap();
        account.entry("global", "iam:GetCredentialReport").response = Some(
            serde_json::json!({ "Content": content, "GeneratedTime": "2026-03-02T08:15:00Z" }),
        );
        let cloud = SimCloud::start(world).await.unwrap();
        let snapshot = look(&cloud).await;
        let mut rows = snapshot.coverage.iter();
        let row = rows.find(|row| {
            row.unit.scope == PRODUCTION && row.unit.resource_type == "AWS::IAM::UserCredentials"
        });
        assert!(row.unwrap().outcome.is_gap(), "{content:?}: {row:?}");
        assert!(
            !found(&snapshot)["AWS::IAM::UserCredentials"].contains(&PRODUCTION),
            "{content:?}"
        );
    }
}
