//! How statements add up (UG reference_policies_evaluation-logic.html).

use super::*;

#[test]
fn a_deny_wins_and_nothing_is_allowed_by_itself() {
    let allow = json!({"Effect": "Allow", "Action": "s3:*", "Resource": "*"});
    let deny = json!({"Effect": "Deny", "Action": "s3:Delete*", "Resource": "*"});
    for statements in [json!([allow, deny]), json!([deny, allow])] {
        let document = document(statements);
        let of = |action| ask(&document, Caller::Unknown, action, "arn:x");
        assert_eq!(of("s3:DeleteObject"), certain(Outcome::Denied));
        assert_eq!(of("s3:GetObject"), certain(Outcome::Allowed));
        assert_eq!(of("ec2:RunInstances"), certain(Outcome::NotAllowed));
    }
    // Of several documents too.
    let (a, b) = (document(json!([allow])), document(json!([deny])));
    let keys = Keys::new();
    let request = Request {
        caller: Caller::Unknown,
        action: "s3:DeleteObject",
        resource: "arn:x",
        keys: &keys,
    };
    assert_eq!(evaluate([&a, &b], &request), certain(Outcome::Denied));
    assert_eq!(evaluate([&b], &request), certain(Outcome::Denied));
    assert_eq!(evaluate([], &request), certain(Outcome::NotAllowed));
}

/// A condition on a key of which nothing is known is possibly true, and the answer says so.
#[test]
fn unknown_keys() {
    let of = |effect: &str| {
        json!({"Effect": effect, "Action": "s3:*", "Resource": "*",
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}})
    };
    let free = json!({"Effect": "Allow", "Action": "s3:*", "Resource": "*"});
    let ask = |statements| ask(&document(statements), Caller::Unknown, "s3:GetObject", "arn:x");
    let org = || possible([key("aws:PrincipalOrgID")]);
    assert_eq!(ask(json!([of("Allow")])), org());
    // A certain allow needs no other.
    assert_eq!(ask(json!([of("Allow"), free])), certain(Outcome::Allowed));
    // A possible deny over a certain allow.
    assert_eq!(ask(json!([free, of("Deny")])), org());
    assert_eq!(ask(json!([of("Allow"), of("Deny")])), org());
    // Nothing allows it, whatever the deny says.
    assert_eq!(ask(json!([of("Deny")])), certain(Outcome::NotAllowed));
}

#[test]
fn every_reason_is_named() {
    let document = document(json!([
        {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::${aws:username}",
         "Condition": {"Bool": {"aws:MultiFactorAuthPresent": true},
                       "StringNever": {"aws:x": "y"}}},
        {"Effect": "Deny", "Action": "s3:*", "Resource": "*",
         "Condition": {"NumericLessThan": {"s3:TlsVersion": 1.2}}},
    ]));
    let expected = possible([
        Reason::Variable("aws:username".to_owned()),
        key("aws:MultiFactorAuthPresent"),
        Reason::Operator("StringNever".to_owned()),
        key("s3:TlsVersion"),
    ]);
    assert_eq!(ask(&document, Caller::Unknown, "s3:GetObject", "arn:aws:s3:::x"), expected);
    assert!(expected.may_be_allowed());
    let Certainty::Possible(reasons) = expected.certainty else { panic!() };
    assert!(reasons.iter().all(|reason| !reason.to_string().is_empty()));
}
