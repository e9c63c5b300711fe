//! The organizations of a snapshot, and who administers security in them.

use std::collections::BTreeSet;

use tenko_core::{Message, Outcome, Reach, Resource, Scope, ScopeKey, ScopeKind, ScopeStatus, msg};

use crate::context::Context;
use crate::sink::{Seen, Unread, name_of};

/// An account's membership in an organization.
pub(crate) const MEMBERSHIP: &str = "AWS::Organizations::Membership";
/// Accounts that administer services for the organization.
pub(crate) const ADMINISTRATOR: &str = "AWS::Organizations::DelegatedAdministrator";

/// Security services that a member account can administer for its organization.
///
/// Source: "AWS services that you can use with AWS Organizations", the rows that support a
/// delegated administrator.
const SECURITY_SERVICES: [&str; 13] = [
    "access-analyzer.amazonaws.com",
    "auditmanager.amazonaws.com",
    "cloudtrail.amazonaws.com",
    "config-multiaccountsetup.amazonaws.com",
    "config.amazonaws.com",
    "detective.amazonaws.com",
    "fms.amazonaws.com",
    "guardduty.amazonaws.com",
    "inspector2.amazonaws.com",
    "macie.amazonaws.com",
    "security-ir.amazonaws.com",
    "securityhub.amazonaws.com",
    "securitylake.amazonaws.com",
];

/// The security services among service principals.
pub(crate) fn of_security<'s>(principals: &[&'s str]) -> Vec<&'s str> {
    principals.iter().copied().filter(|name| SECURITY_SERVICES.contains(name)).collect()
}

/// An organization of AWS that was discovered.
pub(crate) struct Organization<'a> {
    /// Its own scope.
    pub(crate) scope: &'a Scope,
    /// Its management account, where it was discovered.
    pub(crate) management: Option<&'a Scope>,
    /// Its other accounts that are in use.
    pub(crate) members: Vec<&'a Scope>,
}

impl<'a> Organization<'a> {
    /// The organizations that were discovered, by id.
    pub(crate) fn all(context: &Context<'a>) -> Vec<Self> {
        let mut all: Vec<Self> = context
            .scopes
            .values()
            .filter(|scope| scope.cloud == "aws" && scope.kind == ScopeKind::Organization)
            .map(|scope| Self { scope, management: None, members: Vec::new() })
            .collect();
        for account in context.accounts("aws") {
            let Some(top) = context.path_of(&account.key()).first().copied() else { continue };
            let Some(of) = all.iter_mut().find(|known| known.scope.id == top.id) else { continue };
            if account.management {
                of.management = Some(account);
            } else {
                of.members.push(account);
            }
        }
        all
    }

    /// Whose verdict is one of the whole organization: its management account's, so that it stands
    /// with an account and can be suppressed there.
    pub(crate) fn subject(&self) -> ScopeKey {
        self.management.unwrap_or(self.scope).key()
    }
}

/// Whether discovery found the account or project in an organization. A folder is always in one,
/// whether or not the caller may see it.
pub(crate) fn is_listed(context: &Context<'_>, account: &Scope) -> bool {
    let path = context.path_of(&account.key());
    let is_in = |top: &&Scope| top.kind == ScopeKind::Organization;
    path.first().is_some_and(is_in) || account.cloud == "gcp" && account.parent.is_some()
}

/// Whether the account or project is known to be in no organization. Where this is false and
/// [`is_listed`] too, it could not be told.
pub(crate) fn is_outside(context: &Context<'_>, account: &Scope) -> bool {
    if account.parent.is_some() {
        return false;
    }
    if account.cloud == "gcp" {
        // A project that was read tells its parent, where it has one.
        return account.status != ScopeStatus::Unknown;
    }
    let key = account.key();
    context.why_unread(&key, &[MEMBERSHIP]).is_none()
        && context.of_type_in(MEMBERSHIP, &key).is_empty()
}

/// The accounts that administer a security service for their organization.
///
/// # Errors
/// That the services of one could not be read, and no other administers any.
pub(crate) fn security_administrators<'a>(
    context: &Context<'a>,
) -> Result<BTreeSet<&'a str>, Message> {
    let (mut accounts, mut unread) = (BTreeSet::new(), None);
    for administrator in context.of_type(ADMINISTRATOR) {
        match Seen::new(administrator).texts("Services") {
            Ok(services) if of_security(&services).is_empty() => {}
            Ok(_) => {
                accounts.insert(administrator.key.id.as_str());
            }
            Err(Unread(attribute)) => {
                let resource = name_of(administrator);
                unread = Some(msg!(
                    "rule-attribute-unread-of",
                    attribute = attribute,
                    resource = resource
                ));
            }
        }
    }
    match unread {
        Some(unread) if accounts.is_empty() => Err(unread),
        _ => Ok(accounts),
    }
}

/// Whether a service or API is not enabled in a scope. That says nothing of what is inherited from
/// above.
pub(crate) fn is_not_enabled(context: &Context<'_>, scope: &ScopeKey, resource_type: &str) -> bool {
    let units = context.units(scope, resource_type);
    units.iter().any(|(_, outcome)| *outcome == Outcome::ServiceNotEnabled)
}

/// Whether the listing that a resource came from was read, as a whole or in part: what says that
/// something is there needs no more.
pub(crate) fn was_seen(context: &Context<'_>, resource: &Resource) -> bool {
    let units = context.units(&resource.key.scope_key(), resource.key.resource_type.as_str());
    units.iter().any(|(reach, outcome)| {
        // One listing may give what lies in any region, as that of buckets does.
        let lists = **reach == resource.key.region || **reach == Reach::Global;
        lists && matches!(outcome, Outcome::Complete | Outcome::Partial)
    })
}
