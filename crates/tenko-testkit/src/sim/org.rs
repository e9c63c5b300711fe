//! AWS Organizations, answered from the world's organization.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::account::{Account, ApiError};
use super::world::{Organization, Policy, Unit, World};

/// Who may ask what: members see little more than that there is an organization.
pub(super) fn gate(world: &World, account: &str, operation: &str) -> Result<(), ApiError> {
    let not_in_use = || {
        let message = "Your account is not a member of an organization.";
        ApiError::new("AWSOrganizationsNotInUseException", 400, message)
    };
    let org = world.organization.as_ref().ok_or_else(not_in_use)?;
    let inside = account == org.management_account
        || world.account(account).is_some_and(|a| a.parent.is_some());
    if !inside {
        return Err(not_in_use());
    }
    if operation == "DescribeOrganization"
        || account == org.management_account
        || org.delegated_administrators.iter().any(|id| id == account)
    {
        return Ok(());
    }
    let message = "You don't have permissions to access this resource.";
    Err(ApiError::new("AccessDeniedException", 400, message))
}

/// The answer of an operation; `None` where the organization does not know it.
pub(super) fn answer(
    world: &World,
    operation: &str,
    input: &Value,
) -> Option<Result<Value, ApiError>> {
    let org = world.organization.as_ref()?;
    let view = View { world, org };
    let text = |name: &str| input.get(name).and_then(Value::as_str).unwrap_or_default();
    Some(match operation {
        "DescribeOrganization" => Ok(view.organization()),
        "ListRoots" => Ok(json!({ "Roots": org.roots.iter().map(|r| view.root(r)).collect::<Vec<_>>() })),
        "ListAccounts" => Ok(json!({ "Accounts": view.accounts(|_| true) })),
        "ListAccountsForParent" => {
            let parent = text("ParentId");
            view.place(parent)
                .map(|_| json!({ "Accounts": view.accounts(|a| a.parent.as_deref() == Some(parent)) }))
        }
        "ListOrganizationalUnitsForParent" => view.place(text("ParentId")).map(|(unit, _)| {
            let units: Vec<_> = unit.units.iter().map(|u| view.unit(u)).collect();
            json!({ "OrganizationalUnits": units })
        }),
        "ListChildren" => view.place(text("ParentId")).map(|(unit, _)| {
            let kind = text("ChildType");
            let ids: Vec<&str> = if kind == "ACCOUNT" {
                view.members().filter(|a| a.parent.as_deref() == Some(&unit.id)).map(|a| a.id.as_str()).collect()
            } else {
                unit.units.iter().map(|u| u.id.as_str()).collect()
            };
            let rows: Vec<_> = ids.into_iter().map(|id| json!({ "Id": id, "Type": kind })).collect();
            json!({ "Children": rows })
        }),
        "ListParents" => view.parents(text("ChildId")),
        "DescribeAccount" => view
            .member(text("AccountId"))
            .map(|a| json!({ "Account": view.account(a) }))
            .ok_or_else(|| not_found("AccountNotFoundException", "an account")),
        "DescribeOrganizationalUnit" => match view.place(text("OrganizationalUnitId")) {
            Ok((unit, Some(_))) => Ok(json!({ "OrganizationalUnit": view.unit(unit) })),
            _ => Err(not_found("OrganizationalUnitNotFoundException", "an organizational unit")),
        },
        "ListTagsForResource" => view
            .tags(text("ResourceId"))
            .map(|tags| {
                let rows: Vec<_> = tags.iter().map(|(k, v)| json!({ "Key": k, "Value": v })).collect();
                json!({ "Tags": rows })
            })
            .ok_or_else(|| not_found("TargetNotFoundException", "a root, OU, account, or policy")),
        "ListPolicies" => {
            let kind = text("Filter");
            Ok(json!({ "Policies": view.policies(|p| kind_of(p) == kind) }))
        }
        "DescribePolicy" => org
            .policies
            .iter()
            .find(|p| p.id == text("PolicyId"))
            .map(|p| {
                let content = p.content.as_str().map_or_else(|| p.content.to_string(), str::to_owned);
                json!({ "Policy": { "PolicySummary": view.policy(p), "Content": content } })
            })
            .ok_or_else(|| not_found("PolicyNotFoundException", "a policy")),
        "ListTargetsForPolicy" => org
            .policies
            .iter()
            .find(|p| p.id == text("PolicyId"))
            .map(|p| {
                json!({ "Targets": p.targets.iter().filter_map(|t| view.target(t)).collect::<Vec<_>>() })
            })
            .ok_or_else(|| not_found("PolicyNotFoundException", "a policy")),
        "ListPoliciesForTarget" => {
            let (target, kind) = (text("TargetId"), text("Filter"));
            view.target(target)
                .map(|_| {
                    let on = |p: &Policy| kind_of(p) == kind && p.targets.iter().any(|t| t == target);
                    json!({ "Policies": view.policies(on) })
                })
                .ok_or_else(|| not_found("TargetNotFoundException", "a root, OU, account, or policy"))
        }
        "ListDelegatedAdministrators" => {
            let is = |a: &Account| org.delegated_administrators.contains(&a.id);
            Ok(json!({ "DelegatedAdministrators": view.accounts(is) }))
        }
        "ListDelegatedServicesForAccount" => {
            let account = text("AccountId");
            if !org.delegated_administrators.iter().any(|id| id == account) {
                let message = "The account is not a delegated administrator for the organization.";
                let code = "AccountNotRegisteredException";
                return Some(Err(ApiError::new(code, 400, message)));
            }
            let services = org.delegated_services.get(account).into_iter().flatten();
            let rows: Vec<_> = services.map(|s| json!({ "ServicePrincipal": s })).collect();
            Ok(json!({ "DelegatedServices": rows }))
        }
        "ListAWSServiceAccessForOrganization" => {
            let services = org.trusted_services.iter();
            let rows: Vec<_> = services.map(|s| json!({ "ServicePrincipal": s })).collect();
            Ok(json!({ "EnabledServicePrincipals": rows }))
        }
        _ => return None,
    })
}

/// Which root users IAM manages for the organization.
pub(super) fn root_access_features(world: &World, account: &str) -> Result<Value, ApiError> {
    let refused = |code: &str, message: &str| ApiError::new(code, 400, message);
    let org = world
        .organization
        .as_ref()
        .filter(|_| gate(world, account, "DescribeOrganization").is_ok());
    let org = org.ok_or_else(|| {
        refused("OrganizationNotFoundException", "The account is in no organization.")
    })?;
    if account != org.management_account {
        let code = "AccountNotManagementOrDelegatedAdministratorException";
        return Err(refused(code, "The account may not manage root users."));
    }
    if !org.trusted_services.iter().any(|service| service == "iam.amazonaws.com") {
        let code = "ServiceAccessNotEnabledException";
        return Err(refused(code, "Trusted access is not enabled for IAM."));
    }
    Ok(json!({ "OrganizationId": org.id, "EnabledFeatures": org.root_access_features }))
}

fn not_found(code: &str, what: &str) -> ApiError {
    ApiError::new(code, 400, format!("You specified {what} that doesn't exist."))
}

fn kind_of(policy: &Policy) -> &str {
    if policy.kind.is_empty() { "SERVICE_CONTROL_POLICY" } else { &policy.kind }
}

/// A unit and its parent's id; a root has none.
type Place<'a> = (&'a Unit, Option<&'a str>);

struct View<'a> {
    world: &'a World,
    org: &'a Organization,
}

impl<'a> View<'a> {
    fn arn(&self, kind: &str, id: &str) -> String {
        let Organization { id: org, management_account, .. } = self.org;
        format!("arn:aws:organizations::{management_account}:{kind}/{org}/{id}")
    }

    fn organization(&self) -> Value {
        let management = &self.org.management_account;
        json!({ "Organization": {
            "Id": self.org.id,
            "Arn": format!("arn:aws:organizations::{management}:organization/{}", self.org.id),
            "FeatureSet": "ALL",
            "MasterAccountArn": self.arn("account", management),
            "MasterAccountId": management,
            "MasterAccountEmail": self.world.account(management).map(|a| a.email.as_str()),
            "AvailablePolicyTypes": [{ "Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED" }],
        }})
    }

    fn root(&self, unit: &Unit) -> Value {
        json!({
            "Id": unit.id,
            "Arn": self.arn("root", &unit.id),
            "Name": unit.name,
            "PolicyTypes": [{ "Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED" }],
        })
    }

    fn unit(&self, unit: &Unit) -> Value {
        json!({ "Id": unit.id, "Arn": self.arn("ou", &unit.id), "Name": unit.name })
    }

    fn members(&self) -> impl Iterator<Item = &'a Account> {
        let management = &self.org.management_account;
        self.world.accounts.iter().filter(move |a| a.parent.is_some() || a.id == *management)
    }

    fn member(&self, id: &str) -> Option<&'a Account> {
        self.members().find(|a| a.id == id)
    }

    fn accounts(&self, keep: impl Fn(&Account) -> bool) -> Vec<Value> {
        self.members().filter(|a| keep(a)).map(|a| self.account(a)).collect()
    }

    fn account(&self, account: &Account) -> Value {
        let mut row = json!({
            "Id": account.id,
            "Arn": self.arn("account", &account.id),
            "Name": account.name,
            "Email": account.email,
            "State": account.state.state(),
            "JoinedMethod": if account.invited { "INVITED" } else { "CREATED" },
        });
        if let Value::Object(map) = &mut row {
            if self.org.legacy_status {
                map.insert("Status".into(), json!(account.state.status()));
            }
            if let Some(joined) = account.joined {
                map.insert("JoinedTimestamp".into(), json!(joined.as_second()));
            }
        }
        row
    }

    /// Finds a root or unit by id.
    fn place(&self, id: &str) -> Result<Place<'a>, ApiError> {
        // A stack of our own: a world may nest units as deep as it likes.
        let mut open: Vec<Place<'a>> = self.org.roots.iter().map(|r| (r, None)).collect();
        while let Some((unit, parent)) = open.pop() {
            if unit.id == id {
                return Ok((unit, parent));
            }
            open.extend(unit.units.iter().map(|u| (u, Some(unit.id.as_str()))));
        }
        Err(not_found("ParentNotFoundException", "a parent"))
    }

    fn parents(&self, child: &str) -> Result<Value, ApiError> {
        let parent = match self.member(child) {
            Some(account) => account.parent.as_deref(),
            None => self.place(child).ok().and_then(|(_, parent)| parent),
        };
        let parent = parent.ok_or_else(|| not_found("ChildNotFoundException", "a child"))?;
        let kind = if parent.starts_with("r-") { "ROOT" } else { "ORGANIZATIONAL_UNIT" };
        Ok(json!({ "Parents": [{ "Id": parent, "Type": kind }] }))
    }

    fn tags(&self, id: &str) -> Option<&'a BTreeMap<String, String>> {
        let policy = || self.org.policies.iter().find(|p| p.id == id).map(|p| &p.tags);
        match self.member(id) {
            Some(account) => Some(&account.tags),
            None => self.place(id).ok().map(|(unit, _)| &unit.tags).or_else(policy),
        }
    }

    fn policies(&self, keep: impl Fn(&Policy) -> bool) -> Vec<Value> {
        self.org.policies.iter().filter(|p| keep(p)).map(|p| self.policy(p)).collect()
    }

    fn policy(&self, policy: &Policy) -> Value {
        let kind = kind_of(policy);
        let path = kind.to_ascii_lowercase();
        let arn = if policy.aws_managed {
            format!("arn:aws:organizations::aws:policy/{path}/{}", policy.id)
        } else {
            let Organization { id, management_account, .. } = self.org;
            format!("arn:aws:organizations::{management_account}:policy/{id}/{path}/{}", policy.id)
        };
        json!({
            "Id": policy.id,
            "Arn": arn,
            "Name": policy.name,
            "Description": policy.description,
            "Type": kind,
            "AwsManaged": policy.aws_managed,
        })
    }

    fn target(&self, id: &str) -> Option<Value> {
        if let Some(account) = self.member(id) {
            let arn = self.arn("account", id);
            return Some(
                json!({ "TargetId": id, "Arn": arn, "Name": account.name, "Type": "ACCOUNT" }),
            );
        }
        let (unit, parent) = self.place(id).ok()?;
        let (kind, path) = match parent {
            None => ("ROOT", "root"),
            Some(_) => ("ORGANIZATIONAL_UNIT", "ou"),
        };
        Some(json!({ "TargetId": id, "Arn": self.arn(path, id), "Name": unit.name, "Type": kind }))
    }
}
