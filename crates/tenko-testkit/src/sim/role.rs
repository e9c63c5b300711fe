//! A role of an account: who may assume it, what its sessions could do, and how IAM shows it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::account::{Account, ApiError};

/// When roles were made; fixed, so that worlds are alike.
const MADE: &str = "2024-04-01T09:12:00Z";

/// A role and who may assume it.
///
/// A role that stands here answers STS and IAM's reads of one role (`GetRole`, `ListRolePolicies`,
/// `GetRolePolicy`, `ListAttachedRolePolicies`). Lists of roles (`ListRoles`,
/// `GetAccountAuthorizationDetails`) hold only the records of the account's data.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Role {
    /// With its path, without a leading slash: `TenkoAudit` or `audit/Reader`.
    pub name: String,
    /// What callers must give as external id.
    pub external_id: Option<String>,
    /// Account ids or ARNs of principals that are trusted; empty trusts everyone. A role's ARN
    /// stands for all of its sessions.
    pub trusted: Vec<String>,
    /// Longest session in seconds; 3600 where zero.
    pub max_session: u32,
    /// Actions that the trust allows besides its conditions; all three where nothing is said.
    pub allows: Vec<String>,
    /// Whether the trust refuses sessions without a source identity.
    pub requires_source_identity: bool,
    /// The device that callers must have, and its code.
    pub mfa: Option<Mfa>,
    /// Whether the role's own policies let its sessions write: what EC2's dry runs answer.
    pub can_write: bool,
    /// Whether session policies have no effect, as on an endpoint that takes and forgets them.
    pub ignores_session_policies: bool,
    /// The trust policy as IAM shows it; `None` for one made from the fields above.
    pub trust: Option<Value>,
    /// ARNs of the managed policies that are attached.
    pub attached: Vec<String>,
    /// Inline policies by name.
    pub inline: BTreeMap<String, Value>,
    /// ARN of the permissions boundary.
    pub boundary: Option<String>,
}

/// A device that makes codes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mfa {
    /// Its serial number or ARN.
    pub serial: String,
    /// The code that is good.
    pub code: String,
}

impl Default for Role {
    fn default() -> Self {
        Self {
            name: String::new(),
            external_id: None,
            trusted: Vec::new(),
            max_session: 0,
            allows: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
                .map(str::to_owned)
                .into(),
            requires_source_identity: false,
            mfa: None,
            can_write: true,
            ignores_session_policies: false,
            trust: None,
            attached: Vec::new(),
            inline: BTreeMap::new(),
            boundary: None,
        }
    }
}

impl Role {
    /// A role that everyone may assume.
    pub fn new(name: &str) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// Its ARN in an account.
    pub fn arn(&self, account: &Account) -> String {
        format!("arn:{}:iam::{}:role/{}", account.partition(), account.id, self.name)
    }

    /// Without the path.
    pub(super) fn short(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or_default()
    }

    /// Longest session in seconds.
    pub(super) fn longest(&self) -> i64 {
        if self.max_session == 0 { 3600 } else { i64::from(self.max_session) }
    }

    pub(super) fn allows(&self, action: &str) -> bool {
        self.allows.iter().any(|allowed| allowed == action)
    }

    /// Its trust policy.
    pub fn trust_document(&self, account: &Account) -> Value {
        if let Some(trust) = &self.trust {
            return trust.clone();
        }
        let arn = |who: &String| match who.starts_with("arn:") {
            true => who.clone(),
            false => format!("arn:{}:iam::{who}:root", account.partition()),
        };
        let principal: Value = match self.trusted.as_slice() {
            [] => json!({ "AWS": "*" }),
            [one] => json!({ "AWS": arn(one) }),
            many => json!({ "AWS": many.iter().map(arn).collect::<Vec<_>>() }),
        };
        let mut conditions = serde_json::Map::new();
        if let Some(id) = &self.external_id {
            conditions.insert("StringEquals".into(), json!({ "sts:ExternalId": id }));
        }
        if self.requires_source_identity {
            // A person's name in both, so that nobody looks without one.
            let named = json!({ "sts:RoleSessionName": "?*", "sts:SourceIdentity": "?*" });
            conditions.insert("StringLike".into(), named);
        }
        if self.mfa.is_some() {
            let present = json!({ "aws:MultiFactorAuthPresent": "true" });
            conditions.insert("Bool".into(), present);
        }
        // The conditions are of `AssumeRole`: the other actions know no external id.
        let statement = |actions: Vec<&String>| json!({ "Effect": "Allow", "Principal": principal, "Action": actions });
        let (first, others): (Vec<_>, Vec<_>) =
            self.allows.iter().partition(|action| *action == "sts:AssumeRole");
        let mut assume = statement(first);
        if let (false, Some(map)) = (conditions.is_empty(), assume.as_object_mut()) {
            map.insert("Condition".into(), Value::Object(conditions));
        }
        let mut all = vec![assume];
        if !others.is_empty() {
            all.push(statement(others));
        }
        json!({ "Version": "2012-10-17", "Statement": all })
    }

    fn record(&self, account: &Account) -> Value {
        let path = match self.name.rsplit_once('/') {
            Some((path, _)) => format!("/{path}/"),
            None => "/".to_owned(),
        };
        let boundary = self.boundary.as_ref().map(
            |arn| json!({ "PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn }),
        );
        json!({
            "Path": path, "RoleName": self.short(), "RoleId": format!("AROA{:A>17}", account.id),
            "Arn": self.arn(account), "CreateDate": MADE,
            "AssumeRolePolicyDocument": { "$urlencoded": self.trust_document(account) },
            "MaxSessionDuration": self.longest(), "PermissionsBoundary": boundary,
        })
    }
}

/// What IAM says of one role. `None` where the operation asks for something else, or for a role
/// that stands only in the account's data.
pub(super) fn read(
    account: &Account,
    operation: &str,
    input: &Value,
) -> Option<Result<Value, ApiError>> {
    let text = |name: &str| input.get(name).and_then(Value::as_str).unwrap_or_default();
    let is_read = matches!(
        operation,
        "GetRole" | "ListRolePolicies" | "GetRolePolicy" | "ListAttachedRolePolicies"
    );
    if !is_read {
        return None;
    }
    let name = text("RoleName");
    let Some(role) = account.roles.iter().find(|role| role.short() == name) else {
        // Lists of roles that are not here stay as empty as they were.
        let missing = format!("The role with name {name} cannot be found.");
        return (operation == "GetRole").then(|| Err(ApiError::new("NoSuchEntity", 404, missing)));
    };
    Some(Ok(match operation {
        "GetRole" => json!({ "Role": role.record(account) }),
        "ListRolePolicies" => json!({ "PolicyNames": role.inline.keys().collect::<Vec<_>>() }),
        "GetRolePolicy" => {
            let policy = text("PolicyName");
            let Some(document) = role.inline.get(policy) else {
                let missing = format!("The role policy with name {policy} cannot be found.");
                return Some(Err(ApiError::new("NoSuchEntity", 404, missing)));
            };
            json!({
                "RoleName": name, "PolicyName": policy,
                "PolicyDocument": { "$urlencoded": document },
            })
        }
        _ => {
            let attached = role
                .attached
                .iter()
                .map(|arn| json!({ "PolicyName": arn.rsplit('/').next(), "PolicyArn": arn }));
            json!({ "AttachedPolicies": attached.collect::<Vec<_>>() })
        }
    }))
}
