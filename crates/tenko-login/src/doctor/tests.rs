//! Each remark where it belongs, and none where all is well.

mod grants;
mod project;
mod trust;

use serde_json::Value;

use super::{Attached, LiveRole, Remark, judge};
use crate::bootstrap::Role;
use crate::bootstrap::tests::plan;

/// The role of acme's production, whose environment declares logs and objects.
fn expected() -> Role {
    plan().roles[0].clone()
}

/// A role as bootstrap makes it.
fn live(role: &Role) -> LiveRole {
    let attached = |arn| Attached { arn, document: None };
    LiveRole {
        trust: role.trust_policy(),
        managed: Ok(role.managed().into_iter().map(attached).collect()),
        inline: Ok(vec![("TenkoReadOnly".to_owned(), role.inline())]),
        max_session: role.max_session,
        boundary: None,
    }
}

fn codes(remarks: &[Remark]) -> Vec<String> {
    remarks.iter().map(|one| format!("{} {}", one.severity, one.code)).collect()
}

/// What is said of a role of which one thing is otherwise.
fn with(change: impl FnOnce(&mut LiveRole)) -> Vec<String> {
    let role = expected();
    let mut live = live(&role);
    change(&mut live);
    codes(&judge(&role, &live))
}

/// A list of statements as a document.
fn document(statements: Value) -> Value {
    serde_json::json!({"Version": "2012-10-17", "Statement": statements})
}

#[test]
fn a_role_that_bootstrap_made_is_well() {
    for role in plan().roles {
        assert_eq!(judge(&role, &live(&role)), []);
        // As IAM gives it to those who do not read it: as text.
        let mut text = live(&role);
        text.trust = text.trust.to_string().into();
        assert_eq!(judge(&role, &text), []);
    }
}

#[test]
fn sessions_are_as_long_as_declared() {
    assert_eq!(with(|live| live.max_session = 43_200), ["warning session_too_long"]);
    assert_eq!(with(|live| live.max_session = 900), ["error session_too_short"]);
}

#[test]
fn a_boundary_is_worth_knowing() {
    let boundary = Some("arn:aws:iam::333333333301:policy/Boundary".to_owned());
    assert_eq!(with(|live| live.boundary = boundary), ["information boundary"]);
}

#[test]
fn remarks_say_what_to_do() {
    let remark = Remark::absent("arn:aws:iam::333333333301:role/TenkoReadOnly");
    assert_eq!(
        remark.to_string(),
        "error absent: arn:aws:iam::333333333301:role/TenkoReadOnly does not exist; \
         make it with `tenko bootstrap`"
    );
    let json = serde_json::to_value(&remark).unwrap();
    assert_eq!(json["severity"], "error");
    assert_eq!(json["code"], "absent");
}
