//! From targets to a plan.

use super::*;
use crate::bootstrap::{BootstrapError, Principal, hub_policies};

fn of(targets: &[Target]) -> Result<Plan, BootstrapError> {
    Plan::of(targets, &settings(), &Trusting::default())
}

#[test]
fn each_account_has_its_role() {
    let plan = plan();
    let arns: Vec<_> = plan.roles.iter().map(super::super::Role::arn).collect();
    assert_eq!(arns[0], "arn:aws:iam::333333333301:role/TenkoReadOnly");
    assert_eq!(arns.len(), 3);
    let role = &plan.roles[0];
    assert_eq!(role.external_id, "tenko-acme-333333333301");
    assert_eq!(role.trusted.arn(), HUB);
    assert_eq!(role.max_session, 3_600);
    assert_eq!(role.levels().len(), 2);
    assert_eq!(plan.projects.len(), 2);
    assert_eq!(
        plan.projects[0].member(),
        "serviceAccount:tenko-login@acme-analytics.iam.gserviceaccount.com"
    );
}

#[test]
fn the_trust_policy_asks_for_everything() {
    let trust = plan().roles[0].trust_policy();
    assert_eq!(
        trust["Statement"][0],
        serde_json::json!({
            "Sid": "Login",
            "Effect": "Allow",
            "Principal": {"AWS": HUB},
            "Action": "sts:AssumeRole",
            "Condition": {
                "StringEquals": {"sts:ExternalId": "tenko-acme-333333333301"},
                "StringLike": {"sts:RoleSessionName": "?*", "sts:SourceIdentity": "?*"},
            },
        })
    );
    assert_eq!(trust["Statement"][1]["Action"][1], "sts:TagSession");
    assert_eq!(trust["Statement"][1]["Principal"]["AWS"], HUB);
}

#[test]
fn environments_that_share_an_account_share_its_role() {
    let plan = of(&[
        account("acme", "production", "333333333301", &[DataLevel::Logs]),
        account("acme", "tools", "333333333301", &[DataLevel::Objects]),
    ])
    .unwrap();
    assert_eq!(plan.roles.len(), 1);
    assert_eq!(plan.roles[0].levels().len(), 2);
    assert_eq!(plan.roles[0].environments.len(), 2);
    let mut other = account("acme", "tools", "333333333301", &[]);
    other.external_id = Some("another".to_owned());
    let one = account("acme", "production", "333333333301", &[]);
    assert!(matches!(of(&[one.clone(), other.clone()]), Err(BootstrapError::Disagree { .. })));
    other.role = "/tools/TenkoTools".to_owned();
    let plan = of(&[one, other]).unwrap();
    assert_eq!(plan.roles[1].arn(), "arn:aws:iam::333333333301:role/tools/TenkoTools");
}

#[test]
fn clients_are_kept_apart() {
    let mut one = account("acme", "production", "333333333301", &[]);
    one.external_id = None;
    let error = of(&[one.clone()]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "no external id is declared for acme/production (aws:333333333301)"
    );
    assert!(error.hint().unwrap().contains("tenko-{tenant}-{account}"));
    one.external_id = Some("same".to_owned());
    let mut other = account("beta", "production", "333333333303", &[]);
    other.external_id = Some("same".to_owned());
    assert!(matches!(of(&[one.clone(), other]), Err(BootstrapError::SharedExternalId { .. })));
    // Accounts of one client may have one.
    let mut second = account("acme", "staging", "333333333302", &[]);
    second.external_id = Some("same".to_owned());
    assert!(of(&[one.clone(), second]).is_ok());
    for bad in ["x", "with space", "${aws:username}", "a\"b", "*"] {
        one.external_id = Some(bad.to_owned());
        assert!(matches!(of(&[one.clone()]), Err(BootstrapError::ExternalId { .. })), "{bad}");
    }
}

#[test]
fn exactly_one_principal_is_trusted() {
    let one = account("acme", "production", "333333333301", &[]);
    let nobody = LoginSettings::default();
    let trust =
        |arn: &str| Trusting { aws: Some(Principal::parse(arn).unwrap()), ..Trusting::default() };
    assert!(matches!(Plan::of([&one], &nobody, &Trusting::default()), Err(BootstrapError::NoHub)));
    assert!(Plan::of([&one], &nobody, &trust(HUB)).is_ok());
    assert!(Plan::of([&one], &settings(), &trust(HUB)).is_ok());
    let other = trust("arn:aws:iam::111111111111:role/Other");
    assert!(matches!(Plan::of([&one], &settings(), &other), Err(BootstrapError::TwoHubs { .. })));
    let mut wild = settings();
    wild.aws.hub = Some("arn:aws:iam::111111111111:root".to_owned());
    assert!(matches!(
        Plan::of([&one], &wild, &Trusting::default()),
        Err(BootstrapError::Untrustworthy { .. })
    ));
}

#[test]
fn bad_targets_are_refused() {
    assert!(matches!(of(&[]), Err(BootstrapError::Nothing)));
    let one = |id| account("acme", "production", id, &[]);
    assert!(matches!(of(&[one("33")]), Err(BootstrapError::Account { .. })));
    for bad in ["", "a/b/", "a b", &"x".repeat(65), "a\"b"] {
        let role = bad.to_owned();
        let target = Target { role, ..one("333333333301") };
        assert!(matches!(of(&[target]), Err(BootstrapError::RoleName { .. })), "{bad}");
    }
    let mut azure = one("x");
    azure.scope = ScopeKey::new(Cloud::new("azure"), "x");
    assert!(matches!(of(&[azure]), Err(BootstrapError::Cloud { .. })));
    let one = project("acme", "production", "acme-prod");
    assert!(matches!(of(std::slice::from_ref(&one)), Err(BootstrapError::NoMember)));
    let delegated = Target {
        delegates: vec!["tenko-first@acme-hub.iam.gserviceaccount.com".to_owned()],
        ..one.clone()
    };
    let plan = of(&[delegated]).unwrap();
    let members: Vec<_> = plan.projects[0].members.iter().collect();
    assert_eq!(members, ["serviceAccount:tenko-first@acme-hub.iam.gserviceaccount.com"]);
    let bad = Target { impersonate: Some("nobody".to_owned()), ..one };
    assert!(matches!(of(&[bad]), Err(BootstrapError::ServiceAccount { .. })));
    let bad = project("acme", "production", "x\"\n}");
    assert!(matches!(of(&[bad]), Err(BootstrapError::Project { .. })));
}

#[test]
fn sessions_are_as_long_as_declared() {
    let one = account("acme", "production", "333333333301", &[]);
    for (declared, longest) in [(900, 3_600), (7_200, 7_200), (u32::MAX, 43_200)] {
        let mut settings = settings();
        settings.aws.duration = Some(declared);
        let plan = Plan::of([&one], &settings, &Trusting::default()).unwrap();
        assert_eq!(plan.roles[0].max_session, longest);
    }
}

#[test]
fn the_hub_may_assume_these_roles_only() {
    let policies = hub_policies(&plan());
    assert_eq!(policies.len(), 1);
    let on = policies[0]["Statement"][0]["Resource"].as_array().unwrap();
    assert_eq!(on.len(), 3);
    assert!(on.iter().all(|arn| !arn.as_str().unwrap().contains('*')));
    let many: Vec<_> = (0..500_u64)
        .map(|n| account("acme", &n.to_string(), &(100_000_000_000 + n).to_string(), &[]))
        .collect();
    let policies = hub_policies(&of(&many).unwrap());
    let arns =
        |policy: &serde_json::Value| policy["Statement"][0]["Resource"].as_array().unwrap().len();
    assert_eq!(policies.iter().map(arns).sum::<usize>(), 500);
    for policy in &policies {
        assert!(policy.to_string().len() <= 6_144, "{}", policy.to_string().len());
    }
    assert!(hub_policies(&Plan::default()).is_empty());
}
