//! Guesses which accounts belong to which tenant, and says from what.

use std::collections::{BTreeMap, BTreeSet};

use tenko_core::{Cloud, Outcome, Resource, Scope, ScopeKey, ScopeKind, Snapshot};

use super::nouns::Nouns;
use super::words::{self, Stage};
use crate::scopes::is_project_id;

/// What will be written.
#[derive(Default)]
pub(crate) struct Plan {
    pub(crate) shared: Vec<(ScopeKey, String)>,
    pub(crate) tenants: BTreeMap<String, TenantPlan>,
    /// Accounts that are not declared, with the reason.
    pub(crate) left_out: Vec<String>,
}

/// A guessed tenant.
#[derive(Default)]
pub(crate) struct TenantPlan {
    pub(crate) name: String,
    pub(crate) reasons: BTreeSet<String>,
    pub(crate) environments: BTreeMap<String, EnvironmentPlan>,
}

/// A guessed environment.
#[derive(Default)]
pub(crate) struct EnvironmentPlan {
    /// The stage; empty when nothing says it.
    pub(crate) stage: String,
    /// The accounts, each with its name and what to know of it.
    pub(crate) scopes: Vec<(ScopeKey, String)>,
}

struct Guess {
    tenant: String,
    name: String,
    stage: Option<Stage>,
    reason: String,
}

/// Sorts every discovered account and project into a tenant, `shared`, or what is left out.
pub(crate) fn plan(snapshot: &Snapshot, management: Option<&ScopeKey>) -> Plan {
    let mut plan = Plan::default();
    let (mut shared, mut owned) = (Vec::new(), Vec::new());
    for scope in snapshot.scopes.accounts() {
        let label = format!("{} {}", scope.key(), scope.name);
        if !is_declarable(scope) {
            plan.left_out.push(format!("{label}: this id cannot be written in a manifest"));
        } else if !scope.is_collectable() {
            plan.left_out.push(format!("{label}: {}", scope.status));
        } else if let Some(purpose) = shared_purpose(snapshot, scope, management) {
            shared.push((scope, purpose));
        } else {
            owned.push(scope);
        }
    }
    if owned.is_empty() {
        // Something has to be compared: where all look as if they served others, there are no
        // others. The management account comes last, as it is the least likely to be a tenant.
        let is_management = |scope: &Scope| management == Some(&scope.key());
        let only_management = shared.iter().all(|(scope, _)| is_management(scope));
        shared.retain(|(scope, _)| {
            let stays = is_management(scope) && !only_management || is_of_google(snapshot, scope);
            if !stays {
                owned.push(scope);
            }
            stays
        });
    }
    plan.shared = shared.into_iter().map(|(scope, purpose)| (scope.key(), purpose)).collect();
    for scope in owned {
        plan.add(snapshot, scope, guess(snapshot, scope));
    }
    plan
}

impl Plan {
    /// Whether an account or project of this cloud is written down.
    pub(crate) fn names(&self, cloud: &Cloud) -> bool {
        let environments = self.tenants.values().flat_map(|tenant| tenant.environments.values());
        let of_tenants = environments.flat_map(|e| &e.scopes).map(|(key, _)| key);
        let mut all = self.shared.iter().map(|(key, _)| key).chain(of_tenants);
        all.any(|key| key.cloud == *cloud)
    }

    fn add(&mut self, snapshot: &Snapshot, scope: &Scope, guess: Guess) {
        let tenant = self.tenants.entry(guess.tenant).or_default();
        if tenant.name.is_empty() {
            tenant.name = guess.name;
        }
        tenant.reasons.insert(guess.reason);
        let (name, stage) = match guess.stage {
            Some(stage) => (stage.environment, stage.stage.to_owned()),
            None => ("main".to_owned(), String::new()),
        };
        let environment = tenant.environments.entry(name).or_default();
        environment.stage = stage;
        let mut note = scope.name.clone();
        let answer =
            snapshot.answers.iter().find(|a| a.scope == scope.id && a.cloud == scope.cloud);
        match answer.map(|a| a.outcome) {
            Some(Outcome::Complete) => {}
            Some(outcome) => note.push_str(&format!(" - not read: {outcome}")),
            None => note.push_str(" - not asked"),
        }
        environment.scopes.push((scope.key(), note));
    }

    /// The tenant and environment that a scope was sorted into.
    pub(crate) fn owner_of(&self, key: &ScopeKey) -> Option<Owner<'_>> {
        self.tenants.iter().find_map(|(id, tenant)| {
            let mut environments = tenant.environments.iter();
            let found = environments.find(|(_, e)| e.scopes.iter().any(|(scope, _)| scope == key));
            found.map(|(name, environment)| Owner { id, tenant, name, environment })
        })
    }

    /// Whether a tag's value names a tenant other than this one, by id or by name.
    pub(crate) fn names_other_tenant(&self, own: &Owner<'_>, value: &str) -> bool {
        let same = |name: &str| name.to_lowercase() == value.to_lowercase();
        self.tenants.iter().any(|(id, t)| id != own.id && (same(id) || same(&t.name)))
    }
}

/// Whose a scope is.
pub(crate) struct Owner<'p> {
    id: &'p str,
    tenant: &'p TenantPlan,
    name: &'p str,
    environment: &'p EnvironmentPlan,
}

impl Owner<'_> {
    /// Whether a tag's value names another environment of the same tenant, by name or stage.
    pub(crate) fn is_in_other_environment(&self, value: &str) -> bool {
        let named = |name: &str, environment: &EnvironmentPlan| {
            [name, &environment.stage].iter().any(|n| n.to_lowercase() == value.to_lowercase())
        };
        !named(self.name, self.environment)
            && self.tenant.environments.iter().any(|(name, e)| named(name, e))
    }
}

/// Whether the reader would take the id for a scope.
fn is_declarable(scope: &Scope) -> bool {
    let id = scope.id.as_str();
    if scope.cloud == Cloud::aws() {
        return id.len() == 12 && id.bytes().all(|b| b.is_ascii_digit());
    }
    scope.cloud == Cloud::gcp() && is_project_id(id)
}

/// Whether Google Workspace made the project by itself, for a script that somebody wrote.
fn is_of_google(snapshot: &Snapshot, scope: &Scope) -> bool {
    let numbered = || {
        let number = scope.id.as_str().strip_prefix("sys-");
        number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    scope.cloud == Cloud::gcp()
        && (numbered() || units(snapshot, scope).any(|unit| unit.name == "system-gsuite"))
}

/// What an account or project is called: its name, else its id. Of a project, without what only
/// makes it unlike all others.
fn label(scope: &Scope) -> &str {
    let name = if scope.name.trim().is_empty() && scope.cloud == Cloud::gcp() {
        scope.id.as_str()
    } else {
        &scope.name
    };
    if scope.cloud == Cloud::gcp() { words::without_suffix(name) } else { name }
}

fn shared_purpose(
    snapshot: &Snapshot,
    scope: &Scope,
    management: Option<&ScopeKey>,
) -> Option<String> {
    if management == Some(&scope.key()) {
        return Some("management account".to_owned());
    }
    if is_of_google(snapshot, scope) {
        return Some("made by Google Workspace for a script".to_owned());
    }
    if tag(&scope.tags, words::tenant_key).is_some() {
        return None;
    }
    if let Some(purpose) = words::purpose(&words::words(label(scope))) {
        return Some(format!("{purpose} ({})", label(scope)));
    }
    // Only units that serve everybody by their own name, not those above them.
    let unit = units(snapshot, scope).next()?;
    let purpose = words::purpose(&words::words(&unit.name))?;
    let kind = if scope.cloud == Cloud::gcp() { "folder" } else { "unit" };
    Some(format!("{purpose} ({}, in the {kind} {})", label(scope), unit.name))
}

/// The folders above a scope, the nearest first, without the root.
fn units<'s>(snapshot: &'s Snapshot, scope: &Scope) -> impl Iterator<Item = &'s Scope> + use<'s> {
    let path = snapshot.scopes.path_of(&scope.key());
    let folders = path.into_iter().rev().filter(|s| s.kind == ScopeKind::Folder);
    folders.filter(|s| !s.id.as_str().starts_with("r-"))
}

fn guess(snapshot: &Snapshot, scope: &Scope) -> Guess {
    let called = label(scope);
    let (tag_noun, unit_noun) = match scope.cloud == Cloud::gcp() {
        true => ("label", "folder"),
        false => ("tag", "organizational unit"),
    };
    let Nouns { one, many, .. } = Nouns::of(std::iter::once(scope));
    let (by_name, stage_by_name) = words::split(called);
    let unit_stage = units(snapshot, scope).find_map(|unit| words::stage_of_name(&unit.name));
    let tagged_stage =
        tag(&scope.tags, words::environment_key).and_then(|(_, value)| words::stage_of_name(value));
    let stage = tagged_stage.or(stage_by_name).or(unit_stage);
    let made = |tenant: String, name: &str, reason: String| Guess {
        tenant,
        name: name.to_owned(),
        stage: stage.clone(),
        reason,
    };
    if let Some((key, value)) = tag(&scope.tags, words::tenant_key) {
        let id = words::slug(value);
        if !id.is_empty() {
            return made(id, value, format!("the {tag_noun} {key} of its {many}"));
        }
    }
    let unit = units(snapshot, scope)
        .find(|u| words::stage_of_name(&u.name).is_none() && !words::is_container(&u.name));
    if let Some(unit) = unit {
        let id = words::slug(&unit.name);
        let alike = by_name.is_empty() || by_name == id || by_name.starts_with(&format!("{id}-"));
        if alike && !id.is_empty() {
            return made(id, &unit.name, format!("the {unit_noun} {}", unit.name));
        }
    }
    if by_name.is_empty() {
        // Nothing but a stage, or nothing at all.
        let whole = words::slug(called);
        let id = if whole.is_empty() { words::slug(scope.id.as_str()) } else { whole };
        let id = if id.is_empty() { "main".to_owned() } else { id };
        let name = if called.trim().is_empty() { scope.id.as_str() } else { called };
        return made(id, name, format!("the whole name of the {one}"));
    }
    let name = if stage.is_some() { by_name.clone() } else { called.to_owned() };
    made(by_name, &name, format!("the names of its {many}"))
}

/// The surest tag of a kind that has a value.
fn tag(
    tags: &BTreeMap<String, String>,
    rank: impl Fn(&str) -> Option<usize>,
) -> Option<(&str, &str)> {
    tags.iter()
        .filter(|(_, value)| !value.trim().is_empty())
        .filter_map(|(key, value)| Some((rank(key)?, key, value)))
        .min()
        .map(|(_, key, value)| (key.as_str(), value.as_str()))
}

/// Tag keys of one kind that are found, the surest and most common first.
pub(crate) fn ownership_keys(
    snapshot: &Snapshot,
    rank: impl Fn(&str) -> Option<usize>,
) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let of_scopes = snapshot.scopes.accounts().map(|s| &s.tags);
    for tags in snapshot.resources.iter().map(|r| &r.tags).chain(of_scopes) {
        for key in tags.keys() {
            *counts.entry(key).or_default() += 1;
        }
    }
    let mut found: Vec<_> = counts
        .into_iter()
        .filter_map(|(key, count)| Some((rank(key)?, std::cmp::Reverse(count), key)))
        .collect();
    found.sort_unstable();
    found.into_iter().map(|(.., key)| key.to_owned()).collect()
}

/// The values that resources of a scope have for some tag keys.
pub(crate) fn values<'r>(
    resources: impl IntoIterator<Item = &'r Resource>,
    keys: &[String],
) -> BTreeSet<&'r str> {
    let of = |r: &'r Resource| keys.iter().filter_map(|key| r.tags.get(key)).map(String::as_str);
    resources.into_iter().flat_map(of).filter(|value| !value.trim().is_empty()).collect()
}
