//! What the role may do.

use serde_json::json;

use super::*;
use crate::policy::SessionPolicy;

fn attach(arn: &str, document: Option<Value>) -> Vec<String> {
    with(|live| {
        live.managed.as_mut().unwrap().push(Attached { arn: arn.to_owned(), document });
    })
}

#[test]
fn what_is_attached_is_what_was_declared() {
    let without = with(|live| {
        live.managed.as_mut().unwrap().remove(0);
    });
    assert_eq!(without, ["warning policy_missing"]);
    let read_only = attach("arn:aws:iam::aws:policy/ReadOnlyAccess", None);
    assert_eq!(read_only, ["error gives_away", "warning policy_extra"]);
    let power = attach("arn:aws:iam::aws:policy/PowerUserAccess", None);
    assert_eq!(power, ["unknown unread", "warning policy_extra"]);
    let own = "arn:aws:iam::333333333301:policy/Own";
    assert_eq!(attach(own, None), ["unknown unread", "warning policy_extra"]);
    assert_eq!(attach(own, Some(json!("{"))), ["unknown unread", "warning policy_extra"]);
    let looks = json!([{"Effect": "Allow", "Action": "ec2:Describe*", "Resource": "*"}]);
    assert_eq!(attach(own, Some(document(looks))), ["warning policy_extra"]);
}

#[test]
fn administrators_are_found() {
    let both = ["error administrator", "warning policy_extra"];
    assert_eq!(attach("arn:aws:iam::aws:policy/AdministratorAccess", None), both);
    assert_eq!(
        attach("arn:aws:iam::aws:policy/IAMFullAccess", None),
        ["error administrator", "unknown unread", "warning policy_extra"]
    );
    let own = "arn:aws:iam::333333333301:policy/Own";
    let becomes =
        json!([{"Effect": "Allow", "Action": "iam:UpdateAssumeRolePolicy", "Resource": "*"}]);
    let both = ["error administrator", "error policy_extra"];
    assert_eq!(attach(own, Some(document(becomes))), both);
    let if_so = json!([{"Effect": "Allow", "Action": "iam:UpdateAssumeRolePolicy", "Resource": "*",
        "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}]);
    assert_eq!(attach(own, Some(document(if_so))), ["error policy_extra", "unknown administrator"]);
}

#[test]
fn an_inline_policy_that_allows_is_said_so() {
    let allow = |action: &str| {
        let more = document(json!([{"Effect": "Allow", "Action": action, "Resource": "*"}]));
        with(|live| live.inline.as_mut().unwrap().push(("More".to_owned(), more)))
    };
    assert_eq!(allow("ec2:Describe*"), ["warning inline_allows"]);
    assert_eq!(allow("ec2:RunInstances"), ["error inline_allows"]);
    assert_eq!(allow("*"), ["error administrator", "error gives_away", "error inline_allows"]);
}

#[test]
fn what_is_denied_is_all_that_is_declared() {
    let none = with(|live| live.inline = Ok(Vec::new()));
    assert_eq!(none, ["error deny_missing", "error gives_away"]);
    let role = expected();
    let without = |gone: &str, instead: &[&str]| {
        let mut text = role.inline();
        for statement in text["Statement"].as_array_mut().unwrap() {
            let actions = statement["Action"].as_array_mut().unwrap();
            let before = actions.len();
            actions.retain(|action| action != gone);
            if actions.len() < before {
                actions.extend(instead.iter().map(|action| Value::from(*action)));
            }
        }
        assert_ne!(text, role.inline());
        let mut live = live(&role);
        live.inline = Ok(vec![("TenkoReadOnly".to_owned(), text)]);
        judge(&role, &live)
    };
    let remarks = without("sts:A*", &[]);
    assert_eq!(codes(&remarks), ["error deny_weaker"]);
    assert!(remarks[0].message.contains("sts:AssumeRole"), "{}", remarks[0]);
    // What its other policies allow is then allowed.
    let remarks = without("secretsmanager:*Value", &[]);
    assert_eq!(codes(&remarks)[0], "error deny_weaker");
    // No action of it is known by name: it is the pattern that is missed.
    let remarks = without("sns:P*", &[]);
    assert_eq!(codes(&remarks), ["error deny_weaker"]);
    assert!(remarks[0].message.contains("sns:P*"), "{}", remarks[0]);
    // All that is known by name is denied, if not all that there may ever be.
    let remarks = without("dynamodb:Q*", &["dynamodb:Query"]);
    assert_eq!(codes(&remarks), ["warning deny_differs"]);
    // What denies only somewhere, or only sometimes, does not deny.
    let mut somewhere = role.inline();
    somewhere["Statement"][0]["Resource"] = json!("arn:aws:s3:::one/*");
    assert!(
        with(|live| live.inline = Ok(vec![("x".to_owned(), somewhere)]))[0]
            .starts_with("error deny_")
    );
    let mut sometimes = role.inline();
    sometimes["Statement"][0]["Condition"] = json!({"Bool": {"aws:SecureTransport": "false"}});
    assert!(
        with(|live| live.inline = Ok(vec![("x".to_owned(), sometimes)]))[0]
            .starts_with("error deny_")
    );
    // Denying more than enough is enough, whatever it is called; a declared level is not seen then.
    let all = document(json!([{"Effect": "Deny", "Action": "*", "Resource": "*"}]));
    let said = with(|live| live.inline = Ok(vec![("Other".to_owned(), all)]));
    assert_eq!(said, ["warning level_denied", "warning level_denied"]);
    // A managed policy may deny it too.
    let customers = with(|live| {
        let denies = live.inline.as_mut().unwrap().remove(0).1;
        let arn = "arn:aws:iam::333333333301:policy/Denies".to_owned();
        live.managed.as_mut().unwrap().push(Attached { arn, document: Some(denies) });
    });
    assert_eq!(customers, ["warning policy_extra"]);
}

#[test]
fn levels_that_were_declared_later_are_missed() {
    let role = expected();
    let before = SessionPolicy::new(&std::collections::BTreeSet::new()).unwrap();
    let before = serde_json::from_str(before.inline()).unwrap();
    let said = with(|live| live.inline = Ok(vec![("TenkoReadOnly".to_owned(), before)]));
    assert_eq!(said, ["warning level_denied"; 2], "{:?}", role.levels());
}

#[test]
fn what_could_not_be_read_is_never_well() {
    let why = || Err("AccessDenied".to_owned());
    let said = with(|live| live.inline = why());
    assert_eq!(said, ["unknown deny_missing", "unknown gives_away", "unknown unread"]);
    assert_eq!(with(|live| live.managed = Err("AccessDenied".to_owned())), ["unknown unread"]);
    let broken = with(|live| live.inline = Ok(vec![("x".to_owned(), json!("{"))]));
    assert_eq!(broken, ["unknown deny_missing", "unknown gives_away", "unknown unread"]);
}
