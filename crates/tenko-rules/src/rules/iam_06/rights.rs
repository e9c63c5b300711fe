//! Whether a role is an administrator.

use std::collections::HashMap;

use serde_json::json;
use tenko_core::{Message, Resource, ScopeKey, msg};

use super::{Found, POLICY};
use crate::context::Context;
use crate::policies::{malformed, reasons};
use crate::sink::{Seen, Unread, few};
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
            Admin::Full => found.bad(msg!("iam-06-admin")),
            Admin::CanBecome(actions) => {
                found.bad(msg!("iam-06-can-become-admin", actions = few(actions)));
            }
            Admin::Possible(why) => {
                found.untold(msg!("iam-06-perhaps-admin", why = reasons(&why)));
            }
            Admin::No => {
                if let Some(why) = unread {
                    found.untold(msg!("iam-06-admin-untold", why = why));
                }
            }
        }
    }

    /// What the policies make of a role, and what could not be read of them. What was read is
    /// evidence by itself.
    fn of(&self, role: &Seen<'_>) -> (Admin, Option<Message>) {
        let scope = role.resource.key.scope_key();
        let lost = |Unread(attribute)| msg!("rule-was-not-read", what = attribute);
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
            Err(attribute) => unread = Some(lost(attribute)),
        }
        match role.list("Policies") {
            Ok(policies) => {
                for policy in policies {
                    let document = policy.get("PolicyDocument").map(Document::parse);
                    match document {
                        Some(Ok(document)) => documents.push(document),
                        Some(Err(error)) => unread = Some(malformed(&error)),
                        None => unread = Some(msg!("iam-06-inline-unread")),
                    }
                }
            }
            Err(attribute) => unread = Some(lost(attribute)),
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
            Err(attribute) => (Admin::No, Some(lost(attribute))),
        }
    }

    /// Whether a boundary keeps whoever has it from being an administrator.
    fn bounds(&self, scope: &ScopeKey, arn: &str) -> Result<bool, Message> {
        if managed_admin(arn).is_none() && arn.contains(":iam::aws:policy/") {
            return Err(msg!("iam-06-policy-unknown", policy = arn));
        }
        Ok(is_admin(&self.managed(scope, arn)?) == Admin::No)
    }

    /// The document of a managed policy. Of AWS's, one that says of administrators the same; `None`
    /// of those that make none.
    fn managed(&self, scope: &ScopeKey, arn: &str) -> Result<Option<Document>, Message> {
        let allow = |actions: serde_json::Value| {
            let mut statement = json!({"Effect": "Allow", "Resource": "*"});
            if let (Some(into), Some(actions)) = (statement.as_object_mut(), actions.as_object()) {
                into.extend(actions.clone());
            }
            let document = json!({"Version": "2012-10-17", "Statement": statement});
            Document::parse(&document).map(Some).map_err(|error| malformed(&error))
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
            return Err(msg!("rule-was-not-read", what = arn));
        };
        let seen = Seen::new(policy);
        match seen.at("PolicyDocument") {
            Ok(Some(document)) => match Document::parse(document) {
                Ok(document) => Ok(Some(document)),
                Err(error) => {
                    Err(msg!("iam-06-policy-malformed", policy = arn, why = malformed(&error)))
                }
            },
            _ => Err(msg!("iam-06-document-unread", policy = arn)),
        }
    }
}
