//! The organization: units, accounts, policies, and what keeps the auditor out.

use std::collections::BTreeMap;

use serde_json::json;

use super::iam::Hygiene;
use super::site::Site;
use super::{acme, globex, initech, others};
use crate::sim::{
    Account, AccountState, DeniedBy, Fault, FaultKind, Organization, Policy, RegionStatus, Role,
    Unit, World,
};

pub(super) const MANAGEMENT: &str = "111111111111";

/// What administers the services that look after security, for all accounts.
const SECURITY_TOOLING: &str = "222222222202";

/// Services of AWS that may act in all accounts.
const TRUSTED: [&str; 5] = [
    "cloudtrail.amazonaws.com",
    "config.amazonaws.com",
    "guardduty.amazonaws.com",
    "iam.amazonaws.com",
    "sso.amazonaws.com",
];

/// The launch account: all of its databases are frozen by a policy that also stops reading.
const LAUNCH: &str = "444444444403";

/// The regions that are enabled everywhere.
const REGIONS: [&str; 3] = ["ap-northeast-1", "eu-central-1", "us-east-1"];

const ROOT: &str = "r-demo";
const SECURITY: &str = "ou-demo-security";
const PRODUCTION: &str = "ou-demo-prod";
const STAGING: &str = "ou-demo-staging";
const SANDBOX: &str = "ou-demo-sandbox";
const SUSPENDED: &str = "ou-demo-suspended";

/// Id, name, unit, and what is in it.
type Member = (&'static str, &'static str, &'static str, fn(&mut Account));

pub(super) fn world() -> World {
    let mut regions: BTreeMap<_, _> =
        REGIONS.map(|name| (name.to_owned(), RegionStatus::EnabledByDefault)).into();
    regions.insert("ap-east-1".to_owned(), RegionStatus::Disabled);
    let denied = FaultKind::Deny { by: DeniedBy::ScpExplicitWithArn };
    World {
        organization: Some(organization()),
        regions,
        accounts: accounts(),
        faults: vec![Fault::new(denied).account(LAUNCH).service("rds")],
        ..World::default()
    }
}

fn organization() -> Organization {
    let workloads = Unit::new("ou-demo-workloads", "Workloads")
        .with(Unit::new(PRODUCTION, "Production"))
        .with(Unit::new(STAGING, "Staging"));
    let root = Unit::new(ROOT, "Root")
        .with(workloads)
        .with(Unit::new(SECURITY, "Security"))
        .with(Unit::new(SANDBOX, "Sandbox"))
        .with(Unit::new(SUSPENDED, "Suspended"));
    Organization {
        id: "o-exampleorg".to_owned(),
        management_account: MANAGEMENT.to_owned(),
        roots: vec![root],
        policies: policies(),
        delegated_administrators: vec![SECURITY_TOOLING.to_owned()],
        delegated_services: [(
            SECURITY_TOOLING.to_owned(),
            ["config.amazonaws.com", "guardduty.amazonaws.com"].map(str::to_owned).into(),
        )]
        .into(),
        trusted_services: TRUSTED.map(str::to_owned).into(),
        root_access_features: vec!["RootCredentialsManagement".to_owned()],
        ..Organization::default()
    }
}

fn policies() -> Vec<Policy> {
    let full = Policy {
        id: "p-FullAWSAccess".to_owned(),
        name: "FullAWSAccess".to_owned(),
        description: "Allows access to every operation".to_owned(),
        aws_managed: true,
        content: json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Action": "*", "Resource": "*",
        }] }),
        targets: vec![ROOT.to_owned()],
        ..Policy::default()
    };
    let freeze = Policy {
        id: "p-example1".to_owned(),
        name: "launch-freeze".to_owned(),
        description: "No changes to databases during the launch".to_owned(),
        content: json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Deny", "Action": "rds:*", "Resource": "*",
        }] }),
        targets: vec![LAUNCH.to_owned()],
        tags: [("cost-center".to_owned(), "platform".to_owned())].into(),
        ..Policy::default()
    };
    vec![full, freeze]
}

fn accounts() -> Vec<Account> {
    let mut management = account(MANAGEMENT, "management", ROOT);
    management.roles.clear();
    furnish(&mut management, Hygiene::Good, true);
    management.entry("eu-central-1", "sso-admin:ListInstances").items = Some(vec![json!({
        "InstanceArn": "arn:aws:sso:::instance/ssoins-6987a1b2c3d4e5f6",
        "IdentityStoreId": "d-99671a2b3c", "OwnerAccountId": MANAGEMENT, "Name": "workforce",
        "Status": "ACTIVE", "CreatedDate": 1_711_929_600,
    })]);
    let mut all = vec![management];
    let members: [Member; 9] = [
        ("222222222201", "log-archive", SECURITY, others::log_archive),
        (SECURITY_TOOLING, "security-tooling", SECURITY, others::security_tooling),
        ("333333333301", "acme-production", PRODUCTION, acme::production),
        ("333333333302", "acme-staging", STAGING, acme::staging),
        ("444444444401", "globex-production", PRODUCTION, globex::production),
        ("444444444402", "globex-staging", STAGING, globex::staging),
        (LAUNCH, "globex-launch", PRODUCTION, globex::launch),
        ("555555555501", "initech", "ou-demo-workloads", initech::everything),
        ("666666666601", "sandbox-mika", SANDBOX, others::sandbox),
    ];
    for (id, name, parent, story) in members {
        let mut account = account(id, name, parent);
        let hygiene = if name == "initech" { Hygiene::Bad } else { Hygiene::Good };
        furnish(&mut account, hygiene, false);
        story(&mut account);
        all.push(account);
    }
    let mut closed = account("777777777701", "old-prototype", SUSPENDED);
    closed.state = AccountState::Suspended;
    all.push(closed);
    all
}

fn account(id: &str, name: &str, parent: &str) -> Account {
    let mut account = Account::new(id, name).under(parent);
    account.email = format!("aws+{name}@example.com");
    account.joined = "2024-04-01T00:00:00Z".parse().ok();
    account.roles.push(Role {
        name: "TenkoAudit".to_owned(),
        external_id: Some("tenko-demo".to_owned()),
        trusted: vec![MANAGEMENT.to_owned()],
        ..Role::default()
    });
    account
}

/// What AWS and the organization put into every account.
fn furnish(account: &mut Account, hygiene: Hygiene, is_management: bool) {
    // Nobody ever asked AWS for more where nobody looks after the account.
    let vcpus = if matches!(hygiene, Hygiene::Bad) { 5 } else { 640 };
    for region in REGIONS {
        let mut site = Site::new(account, region);
        site.default_vpc();
        site.quotas(vcpus);
    }
    let mut home = Site::new(account, "us-east-1");
    home.common_iam(hygiene, is_management);
    home.managed_keys();
    home.organization_trail();
    if is_management {
        home.watched();
    }
}
