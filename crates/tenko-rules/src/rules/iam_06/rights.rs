//! Whether a role is an administrator.

use std::collections::HashMap;

use serde_json::json;
use tenko_core::{Resource, ScopeKey};

use super::{Found, POLICY};
use crate::context::Context;
use crate::sink::{Seen, Unread, list};
use tenko_iam::{Admin, Document, is_admin, managed_admin};

/// The customers' managed policies, by account and ARN.
pub(super) struct Rights<'a> {
    policies: HashMap<(ScopeKey, &'a str), &'a Resource>,
}

impl<'a> Rights<'a> {
    pub(super) fn new(context: &Context<'a>) -> Self {
        let policies = context.of_type(POLICY).iter();
        let policies = policies.map(|p| ((p.key.scope_key(), p.key.id.as_str()), *p));
        Self { policies: policies.collect() }
    }

    /// Judges what a role may do.
    pub(super) fn judge(&self, role: &Seen<'_>, found: &mut Found) {
        let (admin, unread) = self.of(role);
        match admin {
            Admin::Full => found.bad("it has administrator rights"),
            Admin::CanBecome(actions) => {
                let actions = list(actions);
                found.bad(format!("it can give itself administrator rights with {actions}"));
            }
            Admin::Possible(reasons) => {
                let reasons = list(reasons);
                found.untold(format!("possibly it has administrator rights ({reasons})"));
            }
            Admin::No => {
                if let Some(why) = unread {
                    found.untold(format!(
                        "whether it has administrator rights is not known ({why})"
                    ));
                }
            }
        }
    }

    /// What the policies make of a role, and what could not be read of them. What was read is
    /// evidence by itself.
    fn of(&self, role: &Seen<'_>) -> (Admin, Option<String>) {
        let scope = role.resource.key.scope_key();
        let (mut documents, mut unread) = (Vec::new(), None);
        match role.texts("ManagedPolicyArns") {
            Ok(arns) => {
                for arn in arns {
                    match self.managed(&scope, arn) {
                        Ok(document) => documents.extend(document),
                        Err(why) => unread = Some(why),
                    }
                }
            }
            Err(Unread(attribute)) => unread = Some(format!("{attribute} was not read")),
        }
        match role.list("Policies") {
            Ok(policies) => {
                for policy in policies {
                    let document = policy.get("PolicyDocument").map(Document::parse);
                    match document {
                        Some(Ok(document)) => documents.push(document),
                        Some(Err(error)) => unread = Some(error.to_string()),
                        None => unread = Some("an inline policy was not read".to_owned()),
                    }
                }
            }
            Err(Unread(attribute)) => unread = Some(format!("{attribute} was not read")),
        }
        let admin = is_admin(&documents);
        if admin == Admin::No && unread.is_none() {
            return (Admin::No, None);
        }
        match role.text("PermissionsBoundary") {
            Ok(None) => (admin, unread),
            Ok(Some(arn)) => match self.bounds(&scope, arn) {
                Ok(true) => (Admin::No, None),
                Ok(false) => (admin, unread),
                Err(why) => (Admin::No, Some(why)),
            },
            Err(Unread(attribute)) => (Admin::No, Some(format!("{attribute} was not read"))),
        }
    }

    /// Whether a boundary keeps whoever has it from being an administrator.
    fn bounds(&self, scope: &ScopeKey, arn: &str) -> Result<bool, String> {
        if managed_admin(arn).is_none() && arn.contains(":iam::aws:policy/") {
            return Err(format!("{arn} is not known"));
        }
        Ok(is_admin(&self.managed(scope, arn)?) == Admin::No)
    }

    /// The document of a managed policy. Of AWS's, one that says of administrators the same; `None`
    /// of those that make none.
    fn managed(&self, scope: &ScopeKey, arn: &str) -> Result<Option<Document>, String> {
        let allow = |actions: serde_json::Value| {
            let mut statement = json!({"Effect": "Allow", "Resource": "*"});
            if let (Some(into), Some(actions)) = (statement.as_object_mut(), actions.as_object()) {
                into.extend(actions.clone());
            }
            let document = json!({"Version": "2012-10-17", "Statement": statement});
            Document::parse(&document).map(Some).map_err(|error| error.to_string())
        };
        match managed_admin(arn) {
            Some(Admin::Full) => return allow(json!({"Action": "*"})),
            Some(Admin::CanBecome(actions)) => return allow(json!({"Action": actions})),
            // By itself it makes none; with iam:PassRole it does.
            Some(_) if arn.ends_with(":policy/PowerUserAccess") => {
                return allow(json!({"NotAction": ["iam:*", "organizations:*", "account:*"]}));
            }
            Some(_) => return Ok(None),
            None if arn.contains(":iam::aws:policy/") => return Ok(None),
            None => {}
        }
        let Some(policy) = self.policies.get(&(scope.clone(), arn)) else {
            return Err(format!("{arn} was not read"));
        };
        let seen = Seen::new(policy);
        match seen.at("PolicyDocument") {
            Ok(Some(document)) => match Document::parse(document) {
                Ok(document) => Ok(Some(document)),
                Err(error) => Err(format!("{arn}: {error}")),
            },
            _ => Err(format!("the document of {arn} was not read")),
        }
    }
}
