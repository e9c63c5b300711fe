//! Whose an account or a project is that a policy names.

use tenko_core::{Scope, ScopeKey};

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
    Untold(String),
}

/// Whose the account or project `key` is, as a policy in `home` names it.
pub(crate) fn party<'a>(context: &Context<'a>, home: &ScopeKey, key: &ScopeKey) -> Party<'a> {
    if key == home || context.scopes.contains_key(key) || context.is_declared(key) {
        return Party::Own;
    }
    if let Some(whose) = context.declaration.trust.accounts.get(key) {
        return Party::Trusted(whose);
    }
    match untold(context, home) {
        None => Party::Stranger,
        Some(why) => Party::Untold(why.to_owned()),
    }
}

/// Why not all accounts or projects are known that are in one organization with this one. Of one
/// in no organization, none is.
pub(crate) fn untold(context: &Context<'_>, home: &ScopeKey) -> Option<&'static str> {
    if context.discovery_is_incomplete(&home.cloud) {
        return Some("the listing of accounts was incomplete");
    }
    let Some(scope) = context.scopes.get(home) else { return Some("it was not discovered") };
    // Of Google Cloud, a project's parent is told without the organization's being listed.
    let is_listed = is_listed(context, scope) && context.knows_organization_of(home);
    (!is_listed && !is_outside(context, scope)).then_some("the organization was not discovered")
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
pub(crate) fn named(context: &Context<'_>, key: &ScopeKey, beside: &ScopeKey) -> String {
    let environments = context.environments_of(key);
    let Some((tenant, environment)) = environments.first() else { return key.to_string() };
    let others = context.environments_of(beside);
    let same = others.iter().any(|(other, _)| environments.iter().any(|(t, _)| t.id == other.id));
    let whose = if same { "the same" } else { "another" };
    format!("{key} ({}/{}, of {whose} tenant)", tenant.id, environment.name)
}
