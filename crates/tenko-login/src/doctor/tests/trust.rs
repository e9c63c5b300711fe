//! Who gets in.

use serde_json::{Value, json};

use super::*;
use crate::bootstrap::tests::HUB;
use crate::doctor::judge_all;

/// What is said of a trust policy.
fn of(trust: Value) -> Vec<String> {
    let mut remarks = crate::doctor::trust::judge(&expected(), &trust);
    remarks.sort();
    codes(&remarks)
}

/// What is said of bootstrap's policy after a change of its first statement.
fn after(change: impl FnOnce(&mut Value)) -> Vec<String> {
    let mut trust = expected().trust_policy();
    change(&mut trust["Statement"][0]);
    of(trust)
}

/// What is said of bootstrap's policy with one more statement.
fn and(statement: Value) -> Vec<String> {
    let mut trust = expected().trust_policy();
    trust["Statement"].as_array_mut().unwrap().push(statement);
    of(trust)
}

fn assume(principal: Value) -> Value {
    json!({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})
}

#[test]
fn strangers_are_named() {
    let foreign = "arn:aws:iam::999999999999:role/X";
    for (principal, code) in [
        (json!("*"), "error trusts_anyone"),
        (json!({"AWS": "*"}), "error trusts_anyone"),
        (json!({"AWS": "111111111111"}), "error trusts_account"),
        (json!({"AWS": "arn:aws:iam::111111111111:root"}), "error trusts_account"),
        (json!({"AWS": foreign}), "error trusts_foreign"),
        (json!({"AWS": "arn:aws:iam::111111111111:role/Other"}), "error trusts_another"),
        (json!({"Service": "ec2.amazonaws.com"}), "error trusts_another"),
        (json!({"AWS": "AROAEXAMPLEID"}), "warning trusts_deleted"),
        (json!({"AWS": "arn:aws:iam::1111:role/x"}), "unknown unread"),
    ] {
        let mut statement = assume(principal.clone());
        // With conditions too: the hub is the only one.
        statement["Condition"] =
            json!({"StringEquals": {"sts:ExternalId": "x", "aws:PrincipalOrgID": "o-1"}});
        let said = and(statement);
        assert!(said.contains(&code.to_owned()), "{principal}: {said:?}");
    }
    let federated = json!({
        "Effect": "Allow",
        "Principal": {"Federated": "arn:aws:iam::333333333301:saml-provider/x"},
        "Action": "sts:AssumeRoleWithSAML",
    });
    assert_eq!(and(federated), ["error trusts_another"]);
    // Everyone but one.
    let but =
        json!({"Effect": "Allow", "NotPrincipal": {"AWS": foreign}, "Action": "sts:AssumeRole"});
    assert!(and(but).contains(&"error trusts_anyone".to_owned()));
}

#[test]
fn a_hub_that_is_not_trusted_is_said_so() {
    let said =
        of(document(json!([assume(json!({"AWS": "arn:aws:iam::111111111111:role/Other"}))])));
    assert_eq!(said, ["error hub_not_trusted", "error trusts_another"]);
    // Its account is, and so it gets in, like all others of the account.
    let account = after(|first| first["Principal"] = json!({"AWS": "111111111111"}));
    assert_eq!(account, ["error trusts_account"]);
    let account = after(|first| {
        first["Principal"] = json!({"AWS": "111111111111"});
        first["Condition"]["ArnEquals"] = json!({"aws:PrincipalArn": HUB});
    });
    assert_eq!(account, ["error trusts_account"]);
}

#[test]
fn the_external_id_is_asked_for() {
    let id =
        |value: Value| after(|first| first["Condition"]["StringEquals"]["sts:ExternalId"] = value);
    let mine = "tenko-acme-333333333301";
    assert_eq!(id(json!(mine)), Vec::<String>::new());
    assert_eq!(id(json!("other")), ["error external_id_wrong"]);
    assert_eq!(id(json!([mine, "other"])), ["error external_id_more"]);
    let none = after(|first| {
        first["Condition"].as_object_mut().unwrap().remove("StringEquals");
    });
    assert_eq!(none, ["error external_id_missing"]);
    let if_exists = after(|first| {
        first["Condition"]["StringEqualsIfExists"] = first["Condition"]["StringEquals"].take();
        first["Condition"].as_object_mut().unwrap().remove("StringEquals");
    });
    assert_eq!(if_exists, ["error external_id_missing"]);
    for loose in ["tenko-*", "*", "?*"] {
        let loose = after(|first| {
            first["Condition"].as_object_mut().unwrap().remove("StringEquals");
            first["Condition"]["StringLike"]["sts:ExternalId"] = json!(loose);
        });
        assert_eq!(loose, ["error external_id_loose"]);
    }
    let not = after(|first| {
        first["Condition"].as_object_mut().unwrap().remove("StringEquals");
        first["Condition"]["StringNotEquals"] = json!({"sts:ExternalId": "evil"});
    });
    assert_eq!(not, ["error external_id_missing"]);
    // A second statement that lets it in by another way.
    assert!(and(assume(json!({"AWS": HUB}))).contains(&"error external_id_missing".to_owned()));
}

#[test]
fn sessions_have_names() {
    let optional = after(|first| {
        first["Condition"]["StringLike"].as_object_mut().unwrap().remove("sts:SourceIdentity");
    });
    assert_eq!(optional, ["warning source_identity_optional"]);
    let mut trust = expected().trust_policy();
    trust["Statement"].as_array_mut().unwrap().pop();
    assert_eq!(of(trust.clone()), ["error source_identity_refused", "error tags_refused"]);
    // All three in one statement: what AWS makes of the external id there is not written down.
    trust["Statement"][0]["Action"] =
        json!(["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"]);
    assert_eq!(of(trust), ["unknown trust_depends", "unknown trust_depends"]);
}

#[test]
fn what_nobody_knows_is_not_well() {
    let more =
        after(|first| first["Condition"]["IpAddress"] = json!({"aws:SourceIp": "192.0.2.0/24"}));
    assert_eq!(more, ["unknown trust_depends"]);
    let never =
        after(|first| first["Condition"]["StringEquals"]["sts:SourceIdentity"] = json!("root"));
    assert_eq!(never, ["error login_refused"]);
    for broken in [json!("{"), json!(null), json!({"Statement": [{"Effect": "Maybe"}]})] {
        assert_eq!(of(broken), ["unknown unread"]);
    }
    let deny = json!({"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"});
    assert_eq!(and(deny), ["error hub_not_trusted"]);
}

#[test]
fn clients_do_not_share_an_external_id() {
    let plan = plan();
    let (acme, staging, beta) = (&plan.roles[0], &plan.roles[1], &plan.roles[2]);
    let (mut one, mut two, mut three) = (live(acme), live(staging), live(beta));
    let set = |live: &mut LiveRole| {
        live.trust["Statement"][0]["Condition"]["StringEquals"]["sts:ExternalId"] = json!("same");
    };
    set(&mut one);
    set(&mut two);
    assert_eq!(judge_all(&[(acme, &one), (staging, &two), (beta, &three)]), []);
    set(&mut three);
    let all = judge_all(&[(acme, &one), (staging, &two), (beta, &three)]);
    let places: Vec<_> = all.iter().map(|(place, remark)| (*place, remark.code)).collect();
    let code = "external_id_shared";
    assert_eq!(places, [(0, code), (1, code), (2, code)]);
    assert!(all[0].1.message.contains("333333333303"), "{}", all[0].1);
}
