//! What the rules on trust are given may be anything: they never panic, and say something of it.

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tenko_core::Catalog;

use crate::testing::*;

const ACCOUNT: &str = "111111111111";
const ROLE: &str = "AWS::IAM::Role";
const POLICY: &str = "AWS::IAM::ManagedPolicy";

/// Texts that mean something in policies, and others.
fn text() -> impl Strategy<Value = String> {
    let known = proptest::sample::select(&[
        "*",
        "Allow",
        "Deny",
        "sts:AssumeRole*",
        "sts:*",
        "iam:*",
        "AWS",
        "Federated",
        "Service",
        "111111111111",
        "999999999999",
        "arn:aws:iam::999999999999:root",
        "arn:aws:iam::aws:policy/AdministratorAccess",
        "arn:aws:iam::111111111111:policy/x",
        "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com",
        "arn:aws:iam::111111111111:oidc-provider/gitlab.com",
        "arn:aws:iam::111111111111:oidc-provider/oidc.circleci.com/org/1",
        "arn:aws:iam::111111111111:oidc-provider/api.bitbucket.org/2.0/x",
        "token.actions.githubusercontent.com:sub",
        "gitlab.com:sub",
        "oidc.circleci.com/org/1:sub",
        "api.bitbucket.org/2.0/x:sub",
        "sts:ExternalId",
        "aws:PrincipalOrgID",
        "aws:PrincipalArn",
        "repo:acme/*:ref:*",
        "repo:a@1/b@2:environment:é*",
        "project_path:é/*:ref",
        "org/1/project/?/vcs-ref/",
        "{é*}:*",
        "${é",
        "StringLike",
        "StringEquals",
    ]);
    prop_oneof![4 => known.prop_map(str::to_owned), 1 => ".{0,8}"]
}

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let elements = proptest::sample::select(&[
            "Statement",
            "Effect",
            "Action",
            "Principal",
            "NotPrincipal",
            "Condition",
            "Resource",
            "Version",
            "members",
            "role",
        ]);
        let name = prop_oneof![elements.prop_map(str::to_owned), text()];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((name, inner), 0..4)
                .prop_map(|pairs| Value::from(pairs.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// A trust policy with the right outlines.
fn policy() -> impl Strategy<Value = Value> {
    let principal = prop_oneof![
        text().prop_map(Value::from),
        (text(), text()).prop_map(|(kind, who)| json!({kind: who})),
    ];
    let condition = (text(), text(), proptest::collection::vec(text(), 0..3))
        .prop_map(|(operator, key, values)| json!({operator: {key: values}}));
    (principal, condition, anything()).prop_map(|(principal, condition, odd)| {
        let allow = json!({"Effect": "Allow", "Action": "sts:*", "Principal": principal,
            "Condition": condition});
        let deny = json!({"Effect": "Deny", "Action": "sts:*", "Principal": odd.clone()});
        let statements = if odd.is_object() { vec![allow, deny] } else { vec![allow] };
        json!({"Version": "2012-10-17", "Statement": statements})
    })
}

fn said(world: &World) -> u64 {
    let (snapshot, catalog) = (world.snapshot(), Catalog::default());
    let inputs = crate::Inputs {
        snapshot: &snapshot,
        declaration: &world.declaration,
        catalog: &catalog,
        parity_allow: &[],
        now: world.now,
    };
    let only = ["IAM-04", "IAM-05", "IAM-06", "IAM-07", "IAM-08"];
    let choice = crate::Choice { only: only.map(str::to_owned).to_vec(), ..Default::default() };
    let evaluation = crate::evaluate(&inputs, &choice);
    for finding in &evaluation.findings {
        assert!(finding.message.ends_with('.'), "{finding:?}");
    }
    let of_trust = evaluation.results.iter().find(|result| result.rule == "IAM-08").unwrap();
    of_trust.passed + of_trust.findings + of_trust.unknown
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_trust_policy_is_judged(
        trust in prop_oneof![anything(), policy(), policy().prop_map(|policy| policy.to_string().into())],
        odd in anything(),
        arn in text(),
        repository in text(),
    ) {
        let role = json!({"AssumeRolePolicyDocument": trust, "Policies": [{"PolicyDocument": odd}],
            "ManagedPolicyArns": [arn, odd], "PermissionsBoundary": odd, "Path": odd});
        let world = world()
            .account(ACCOUNT)
            .tenant("acme", &[("production", ACCOUNT)])
            .with(ACCOUNT, ROLE, "r", role)
            .with(ACCOUNT, POLICY, &arn, json!({"PolicyDocument": odd}))
            .declare(|d| d.trust.repositories = vec![repository]);
        prop_assert_eq!(said(&world), 1);
    }

    #[test]
    fn any_policy_of_google_is_judged(
        odd in anything(),
        member in prop_oneof![
            ".{0,9}",
            "(serviceAccount|principalSet|principal):.{0,9}@?(//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/)?.{0,9}(.iam)?(.gserviceaccount.com)?",
        ],
        condition in "(assertion|attribute|é)[.](sub|x)( == | in |.startsWith)[('\\[]?.{0,9}",
    ) {
        let attributes = json!({
            "projectNumber": odd,
            "iamPolicy": {"bindings": [{"role": "r", "members": [member, odd]}, odd]},
        });
        let provider = json!({"oidc": {"issuerUri": "https://gitlab.com"},
            "attributeCondition": condition, "attributeMapping": odd});
        let key = json!({"keyType": odd, "validAfterTime": member, "validBeforeTime": odd});
        let world = world()
            .project("p")
            .tenant("acme", &[("production", "gcp:p")])
            .with("gcp:p", "cloudresourcemanager.googleapis.com/Project", "p", attributes)
            .with("gcp:p", "iam.googleapis.com/WorkloadIdentityPoolProvider", "x", provider)
            .with("gcp:p", "iam.googleapis.com/ServiceAccountKey", "k", key);
        prop_assert_eq!(said(&world), 1);
    }
}
