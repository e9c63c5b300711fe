//! What session policies stop. This is far less than IAM evaluates, and shares nothing with what
//! tenko does offline, so that it can bear witness against it.
//!
//! An explicit deny of an inline policy stops every operation. That nothing allows an action is
//! only judged for those that write, since what the managed policies let people read is not known
//! here. Statements with a condition neither allow nor deny.

use serde_json::Value;

use super::fault::DeniedBy;
use super::managed;
use super::session::Session;

/// Which policy stops a session's action on `resource`, if one does.
pub(super) fn stops(session: &Session, action: &str, resource: &str) -> Option<DeniedBy> {
    let denied = says(session, "Deny", action, resource);
    denied.then_some(DeniedBy::SessionExplicit)
}

/// The same for an action that writes: some session policy must allow it.
pub(super) fn stops_write(session: &Session, action: &str, resource: &str) -> Option<DeniedBy> {
    if let Some(by) = stops(session, action, resource) {
        return Some(by);
    }
    let allowed = !session.is_limited()
        || says(session, "Allow", action, resource)
        || session.policy_arns.iter().any(|arn| managed::lets_write(arn, action));
    (!allowed).then_some(DeniedBy::Session)
}

/// Whether a statement of the inline policy with this effect is about the action.
fn says(session: &Session, effect: &str, action: &str, resource: &str) -> bool {
    let document = session.policy.as_deref().and_then(|text| serde_json::from_str(text).ok());
    let document: Value = document.unwrap_or_default();
    let statements = match document.get("Statement") {
        Some(Value::Array(list)) => list.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    statements.iter().any(|statement| {
        statement.get("Effect").is_some_and(|is| is == effect)
            && statement.get("Condition").is_none()
            && names(statement, "Action", "NotAction", action)
            && names(statement, "Resource", "NotResource", resource)
    })
}

fn names(statement: &Value, one: &str, other: &str, value: &str) -> bool {
    let any = |list: &Value| match list {
        Value::Array(list) => list.iter().filter_map(Value::as_str).any(|p| fits(p, value)),
        list => list.as_str().is_some_and(|p| fits(p, value)),
    };
    match (statement.get(one), statement.get(other)) {
        (Some(list), _) => any(list),
        (None, Some(list)) => !any(list),
        (None, None) => false,
    }
}

/// Whether a pattern with `*` and `?` fits, without regard to case.
pub(super) fn fits(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_lowercase(), text.to_lowercase());
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    // Where to go back to: the place after the last star, and how much the star has taken.
    let (mut p, mut t, mut star) = (0, 0, None);
    while let Some(c) = text.get(t) {
        match pattern.get(p) {
            Some('*') => {
                p += 1;
                star = Some((p, t));
            }
            Some(want) if *want == '?' || want == c => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((after, taken)) => {
                    p = after;
                    t = taken + 1;
                    star = Some((after, t));
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(p).all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn patterns_fit_as_iams_do() {
        for (pattern, text, is) in [
            ("*", "ec2:CreateVpc", true),
            ("", "ec2:CreateVpc", false),
            ("ec2:*Vpc*", "ec2:CreateVpc", true),
            ("EC2:createvpc", "ec2:CreateVpc", true),
            ("ec2:Create???", "ec2:CreateVpc", true),
            ("ec2:Create????", "ec2:CreateVpc", false),
            ("ec2:*Vpcs", "ec2:CreateVpc", false),
            ("*a*b*", "xaybz", true),
            ("*a*b", "xaybz", false),
        ] {
            assert_eq!(fits(pattern, text), is, "{pattern} {text}");
        }
    }
}
