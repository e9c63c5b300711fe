//! Policies of an organization
//! (organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html).

use super::*;

fn full() -> Document {
    document(json!({"Effect": "Allow", "Action": "*", "Resource": "*"}))
}

fn deny(action: &str, condition: Value) -> Document {
    document(json!({"Effect": "Deny", "Action": action, "Resource": "*", "Condition": condition}))
}

fn verdict(levels: &[Vec<Document>]) -> Scp {
    scp_verdict(levels, "s3:DeleteBucket", "arn:aws:s3:::b", &Keys::new())
}

#[test]
fn every_level_must_allow_and_none_may_deny() {
    let only =
        |action: &str| document(json!({"Effect": "Allow", "Action": action, "Resource": "*"}));
    assert_eq!(verdict(&[vec![full()], vec![full()], vec![full()]]), Scp::Allowed);
    assert_eq!(verdict(&[vec![full()], vec![], vec![full()]]), Scp::Denied);
    assert_eq!(verdict(&[vec![full()], vec![only("ec2:*")], vec![full()]]), Scp::Denied);
    assert_eq!(verdict(&[vec![full()], vec![only("ec2:*"), only("s3:*")]]), Scp::Allowed);
    let no = || deny("s3:Delete*", json!({}));
    for at in 0..3 {
        let mut levels = vec![vec![full()], vec![full()], vec![full()]];
        levels[at].push(no());
        assert_eq!(verdict(&levels), Scp::Denied, "{at}");
    }
    assert_eq!(verdict(&[]), Scp::Allowed);
    let mfa = deny("s3:*", json!({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}));
    let reasons = [key("aws:MultiFactorAuthPresent")].into();
    assert_eq!(verdict(&[vec![full(), mfa.clone()]]), Scp::PossiblyDenied(reasons));
    let with = Keys::new().with("aws:MultiFactorAuthPresent", ["true"]);
    let levels = [vec![full(), mfa]];
    assert_eq!(scp_verdict(&levels, "s3:DeleteBucket", "arn:aws:s3:::b", &with), Scp::Allowed);
}

/// orgs_manage_policies_rcps_evaluation.html: `RCPFullAWSAccess` is always there.
#[test]
fn resource_control_policies_only_deny() {
    let keys = Keys::new();
    let request = Request {
        caller: Caller::Anonymous,
        action: "s3:GetObject",
        resource: "arn:aws:s3:::b/x",
        keys: &keys,
    };
    assert_eq!(rcp_verdict(&[vec![], vec![]], &request), Scp::Allowed);
    let outsiders =
        document(json!({"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
        "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}}));
    let levels = [vec![outsiders]];
    let reasons = [key("aws:PrincipalOrgID")].into();
    assert_eq!(rcp_verdict(&levels, &request), Scp::PossiblyDenied(reasons));
    let anonymous = Keys::new().absent("aws:PrincipalOrgID");
    assert_eq!(rcp_verdict(&levels, &Request { keys: &anonymous, ..request }), Scp::Denied);
    let member = Keys::new().with("aws:PrincipalOrgID", ["o-1"]);
    assert_eq!(rcp_verdict(&levels, &Request { keys: &member, ..request }), Scp::Allowed);
}

#[test]
fn who_is_denied() {
    let of = |document| {
        let levels = [vec![full()], vec![document]];
        match denies_everyone(&levels, "s3:DeleteBucket", "*") {
            Blanket::Everyone => ("everyone", vec![]),
            Blanket::Unless(of) => {
                let clauses = of.into_iter().flat_map(|deny| &deny.conditions.clauses);
                ("unless", clauses.map(ToString::to_string).collect::<Vec<_>>())
            }
            Blanket::Partly(of) => ("partly", of.into_iter().map(ToString::to_string).collect()),
            Blanket::Nobody => ("nobody", vec![]),
        }
    };
    assert_eq!(of(full()), ("nobody", vec![]));
    assert_eq!(of(deny("s3:Put*", json!({}))), ("nobody", vec![]));
    assert_eq!(of(deny("s3:Delete*", json!({}))), ("everyone", vec![]));
    let but = json!({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/break-glass"}});
    let text = "ArnNotLike aws:PrincipalArn arn:aws:iam::*:role/break-glass";
    assert_eq!(of(deny("s3:*", but.clone())), ("unless", vec![text.to_owned()]));
    let tagged = of(deny("s3:*", json!({"Null": {"aws:PrincipalTag/admin": "true"}})));
    assert_eq!(tagged, ("unless", vec!["Null aws:PrincipalTag/admin true".to_owned()]));
    for some in [
        json!({"StringEquals": {"aws:RequestedRegion": "eu-central-1"}}),
        json!({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}),
        json!({"StringEquals": {"aws:PrincipalTag/team": "a"}}),
        // Not whoever has no tag.
        json!({"ForAnyValue:StringNotEquals": {"aws:PrincipalTag/team": "a"}}),
    ] {
        assert_eq!(of(deny("s3:*", some.clone())).0, "partly", "{some}");
    }
    let one = document(json!({"Sid": "One", "Effect": "Deny", "Action": "s3:*",
        "Resource": "arn:aws:s3:::logs"}));
    assert_eq!(of(one), ("partly", vec!["the statement \"One\"".to_owned()]));
    // One that denies everyone is enough.
    let levels = [vec![deny("s3:*", but)], vec![deny("*", json!({}))]];
    assert_eq!(denies_everyone(&levels, "s3:DeleteBucket", "*"), Blanket::Everyone);
}
