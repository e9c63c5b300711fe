//! IAM policies that follow from what tenko calls: what the role in every account needs, what the
//! caller needs, and what each session is narrowed to.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tenko_core::{Catalog, Cloud};

mod session;

pub use session::{SESSION_POLICY_LIMIT, session_policy};

/// What opening an account takes, whatever is collected there. `sts:GetCallerIdentity` is not in
/// it: nobody can be denied that.
pub(crate) const OPEN_ACTIONS: [&str; 1] = ["ec2:DescribeRegions"];

/// What discovery takes in the caller's account.
pub(crate) const DISCOVERY_OPERATIONS: [&str; 6] = [
    "DescribeOrganization",
    "ListAccounts",
    "ListAccountsForParent",
    "ListOrganizationalUnitsForParent",
    "ListRoots",
    "ListTagsForResource",
];

/// Every action that the collection of these types takes, sorted.
pub fn actions(catalog: &Catalog) -> BTreeSet<String> {
    let types = catalog.iter().filter(|info| info.cloud == Cloud::aws());
    let permissions = types.flat_map(|info| info.permissions.iter().cloned());
    permissions.chain(OPEN_ACTIONS.map(str::to_owned)).collect()
}

/// The policy that the audited role needs in every account: exactly the actions that these types
/// take, one statement per service. The same catalogue always gives the same document.
///
/// Types that are read through Cloud Control need the read permissions of their own service as
/// well, which Cloud Control does not name: attach the AWS-managed `SecurityAudit` beside it.
pub fn least_privilege_policy(catalog: &Catalog) -> Value {
    let mut services: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for action in actions(catalog) {
        let service = action.split(':').next().unwrap_or_default().to_owned();
        services.entry(service).or_default().insert(action);
    }
    let statements = services.iter().map(|(service, actions)| {
        json!({ "Sid": sid(service), "Effect": "Allow", "Action": actions, "Resource": "*" })
    });
    document(statements.collect())
}

/// The policy that the caller needs: to assume the role in every account, and to see the organization.
/// The caller's own account is read with the caller's own permissions: where that is to be
/// audited too, attach [`least_privilege_policy`] beside this one.
///
/// `source_identity` says whether sessions carry one, which is a permission of its own.
pub fn caller_policy(role: &str, source_identity: bool) -> Value {
    let mut assume = vec!["sts:AssumeRole"];
    if source_identity {
        assume.push("sts:SetSourceIdentity");
    }
    let read = DISCOVERY_OPERATIONS.map(|operation| format!("organizations:{operation}"));
    document(vec![
        json!({
            "Sid": "AssumeAuditRole",
            "Effect": "Allow",
            "Action": assume,
            "Resource": format!("arn:*:iam::*:role/{role}"),
        }),
        json!({ "Sid": "Organizations", "Effect": "Allow", "Action": read, "Resource": "*" }),
    ])
}

fn document(statements: Vec<Value>) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statements })
}

/// A statement id: letters and digits only.
fn sid(service: &str) -> String {
    let mut out = String::new();
    for part in service.split(|c: char| !c.is_ascii_alphanumeric()) {
        let mut chars = part.chars();
        out.extend(chars.next().map(|c| c.to_ascii_uppercase()));
        out.extend(chars);
    }
    out
}

#[cfg(test)]
mod tests {
    use tenko_core::{ReachKind, TypeInfo};

    use super::*;

    fn catalog(permissions: &[&[&str]]) -> Catalog {
        let info = |(i, permissions): (usize, &&[&str])| TypeInfo {
            resource_type: format!("T{i}").into(),
            cloud: Cloud::aws(),
            service: "x".into(),
            title: String::new(),
            doc: String::new(),
            reach: ReachKind::Regional,
            taggable: false,
            attributes: vec![],
            ignored: vec![],
            sensitive: vec![],
            sets: vec![],
            permissions: permissions.iter().map(|p| (*p).to_owned()).collect(),
            iac: Default::default(),
        };
        permissions.iter().enumerate().map(info).collect()
    }

    #[test]
    fn one_sorted_statement_per_service() {
        let a = catalog(&[
            &["s3:GetBucketPolicy", "s3:ListAllMyBuckets"],
            &["cognito-idp:ListUserPools"],
        ]);
        let b = catalog(&[
            &["cognito-idp:ListUserPools", "s3:ListAllMyBuckets"],
            &["s3:GetBucketPolicy"],
        ]);
        assert_eq!(least_privilege_policy(&a), least_privilege_policy(&b));
        assert_eq!(
            least_privilege_policy(&a),
            json!({
                "Version": "2012-10-17",
                "Statement": [
                    { "Sid": "CognitoIdp", "Effect": "Allow", "Action": ["cognito-idp:ListUserPools"], "Resource": "*" },
                    { "Sid": "Ec2", "Effect": "Allow", "Action": ["ec2:DescribeRegions"], "Resource": "*" },
                    { "Sid": "S3", "Effect": "Allow", "Action": ["s3:GetBucketPolicy", "s3:ListAllMyBuckets"], "Resource": "*" },
                ],
            })
        );
    }

    #[test]
    fn the_caller_may_assume_only_the_one_role() {
        let policy = caller_policy("auditors/Tenko", false);
        assert_eq!(policy["Statement"][0]["Resource"], "arn:*:iam::*:role/auditors/Tenko");
        assert_eq!(policy["Statement"][0]["Action"], json!(["sts:AssumeRole"]));
        assert_eq!(
            caller_policy("Tenko", true)["Statement"][0]["Action"],
            json!(["sts:AssumeRole", "sts:SetSourceIdentity"])
        );
    }
}
