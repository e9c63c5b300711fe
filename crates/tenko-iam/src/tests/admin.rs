//! Administrators.

use super::*;

fn of(statements: Value) -> Admin {
    is_admin([&document(statements)])
}

fn can(actions: &[&'static str]) -> Admin {
    Admin::CanBecome(actions.iter().copied().collect())
}

#[test]
fn everything_on_everything() {
    let all = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
    assert_eq!(of(json!([all])), Admin::Full);
    assert_eq!(of(json!([{"Effect": "Allow", "Action": "*:*", "Resource": "*"}])), Admin::Full);
    let some = json!({"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"});
    assert_eq!(of(json!([all, some])), Admin::Full);
    let mfa = json!({"Effect": "Allow", "Action": "*", "Resource": "*",
        "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}});
    assert_eq!(of(json!([mfa])), Admin::Possible([key("aws:MultiFactorAuthPresent")].into()));
    assert_eq!(of(json!([all, {"Effect": "Deny", "Action": "*", "Resource": "*"}])), Admin::No);
    // Without IAM nobody makes itself more.
    assert_eq!(of(json!([all, {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}])), Admin::No);
    assert_eq!(is_admin([]), Admin::No);
    // Two documents add up.
    let (one, two) = (
        document(json!([{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}])),
        document(json!([{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}])),
    );
    assert_eq!(is_admin([&one, &two]), can(&["iam:PassRole", "ec2:RunInstances"]));
    assert_eq!(is_admin([&one]), Admin::No);
}

/// The power user of AWS: everything but IAM
/// (aws-managed-policy/latest/reference/PowerUserAccess.html).
#[test]
fn power_users_are_none() {
    let power = json!([
        {"Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*"], "Resource": "*"},
        {"Effect": "Allow", "Action": ["iam:CreateServiceLinkedRole", "iam:DeleteServiceLinkedRole",
            "iam:ListRoles", "organizations:DescribeOrganization"], "Resource": "*"},
    ]);
    assert_eq!(of(power), Admin::No);
    // Everything but something else.
    let but = json!({"Effect": "Allow", "NotAction": "aws-portal:*", "Resource": "*"});
    assert!(matches!(of(but), Admin::CanBecome(actions) if actions.contains("iam:PutRolePolicy")));
}

#[test]
fn ways_up() {
    let put = |resource: Value| {
        of(json!({"Effect": "Allow", "Action": "iam:putrolepolicy", "Resource": resource}))
    };
    assert_eq!(put(json!("*")), can(&["iam:PutRolePolicy"]));
    assert_eq!(put(json!("arn:aws:iam::111122223333:role/*")), can(&["iam:PutRolePolicy"]));
    assert_eq!(put(json!("arn:aws:iam::*:*")), can(&["iam:PutRolePolicy"]));
    // On some roles, or on things that are no roles.
    assert_eq!(put(json!("arn:aws:iam::111122223333:role/app-*")), Admin::No);
    assert_eq!(put(json!("arn:aws:iam::111122223333:user/*")), Admin::No);
    // Everyone its own key.
    let own = json!({"Effect": "Allow", "Action": "iam:CreateAccessKey",
        "Resource": "arn:aws:iam::*:user/${aws:username}"});
    assert_eq!(of(own), Admin::No);
    let through = json!({"Effect": "Allow", "Action": ["iam:*"], "Resource": "*",
        "Condition": {"StringEquals": {"iam:PermissionsBoundary": "x"}}});
    assert_eq!(of(through), Admin::Possible([key("iam:PermissionsBoundary")].into()));
    let denied = json!([
        {"Effect": "Allow", "Action": ["iam:Put*Policy"], "Resource": "*"},
        {"Effect": "Deny", "Action": ["iam:PutRolePolicy", "iam:PutUserPolicy"], "Resource": "*"},
    ]);
    assert_eq!(of(denied), can(&["iam:PutGroupPolicy"]));
    let read = json!({"Effect": "Allow", "Action": ["iam:Get*", "iam:List*"], "Resource": "*"});
    assert_eq!(of(read), Admin::No);
}

#[test]
fn managed_policies() {
    let of = |name: &str| managed_admin(&format!("arn:aws:iam::aws:policy/{name}"));
    assert_eq!(of("AdministratorAccess"), Some(Admin::Full));
    assert!(matches!(of("IAMFullAccess"), Some(Admin::CanBecome(actions)) if actions.len() > 10));
    assert_eq!(of("PowerUserAccess"), Some(Admin::No));
    assert_eq!(of("AmazonS3FullAccess"), None);
    let china = managed_admin("arn:aws-cn:iam::aws:policy/AdministratorAccess");
    assert_eq!(china, Some(Admin::Full));
    // A customer's policy of the same name.
    assert_eq!(managed_admin("arn:aws:iam::111122223333:policy/AdministratorAccess"), None);
    assert_eq!(managed_admin("AdministratorAccess"), None);
}
