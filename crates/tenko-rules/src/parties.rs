//! Whose an account or a project is that a policy names.

use tenko_core::{Message, Scope, ScopeKey, msg};

use crate::context::Context;
use crate::organization::{is_listed, is_outside};
use crate::stage::Stage;

/// Whose an account or a project is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Party<'a> {
    /// It is in the organization, or the declaration names it for a tenant or as shared.
    Own,
    /// The declaration trusts it, and says whose it is.
    Trusted(&'a str),
    /// None of these.
    Stranger,
    /// It is not declared, and whether it is in the organization is not known: why.
    Untold(Message),
}

/// Whose the account or project `key` is, as a policy in `home` names it.
pub(crate) fn party<'a>(context: &Context<'a>, home: &ScopeKey, key: &ScopeKey) -> Party<'a> {
    if key == home || context.scopes.contains_key(key) || context.is_declared(key) {
        return Party::Own;
    }
    if let Some(whose) = context.declaration.trust.accounts.get(key) {
        return Party::Trusted(whose);
    }
    match why_untold(context, home) {
        None => Party::Stranger,
        Some(why) => Party::Untold(why),
    }
}

/// Why not all accounts or projects are known that are in one organization with this one. Of one
/// in no organization, none is.
pub(crate) fn why_untold(context: &Context<'_>, home: &ScopeKey) -> Option<Message> {
    if context.discovery_is_incomplete(&home.cloud) {
        return Some(msg!("rule-listing-incomplete"));
    }
    let Some(scope) = context.scopes.get(home) else { return Some(msg!("rule-not-discovered")) };
    // Of Google Cloud, a project's parent is told without the organization's being listed.
    let is_listed = is_listed(context, scope) && context.knows_organization_of(home);
    let is_told = is_listed || is_outside(context, scope);
    (!is_told).then(|| msg!("rule-organization-undiscovered"))
}

/// Whether who may act in `into` from `from` comes from non-production into production.
/// Management accounts and what is shared are on neither side.
pub(crate) fn climbs(context: &Context<'_>, from: &ScopeKey, into: &ScopeKey) -> bool {
    let manages = |scope: &&Scope| scope.management;
    context.stage_of(into) == Stage::Production
        && context.stage_of(from) == Stage::NonProduction
        && !context.scopes.get(from).is_some_and(manages)
}

/// A scope with whose it is: `aws:222222222222 (acme/development, of the same tenant)`.
pub(crate) fn whose(context: &Context<'_>, key: &ScopeKey, beside: &ScopeKey) -> Message {
    let (environments, scope) = (context.environments_of(key), key.to_string());
    let Some((tenant, environment)) = environments.first() else {
        return msg!("rule-whose-nobodys", scope = scope);
    };
    let others = context.environments_of(beside);
    let same = others.iter().any(|(other, _)| environments.iter().any(|(t, _)| t.id == other.id));
    let id = if same { "rule-whose-same-tenant" } else { "rule-whose-another-tenant" };
    let (tenant, environment) = (&tenant.id, &environment.name);
    Message::new(id).with("scope", scope).with("tenant", tenant).with("environment", environment)
}
