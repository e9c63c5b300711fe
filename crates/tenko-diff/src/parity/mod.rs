//! Environments that should be alike, compared with each other.
//!
//! # What is compared with what
//! The environments of one tenant, and all environments of one stage that are made from one
//! baseline. Resources are brought together by their *role*: the name without what an environment
//! or tenant is called (`acme-prod-web` and `acme-staging-web` are both
//! `{tenant}-{environment}-web`); a resource without a name goes by the address that
//! infrastructure code gives it, and one without either is only counted.
//!
//! # What is a difference
//! A role that is not everywhere, or not as often, and an attribute that is not the same. Values
//! are compared after what must differ was taken out: account and project ids, regions, names of
//! tenant and environment, ids of the environment's own resources (the role stands in their
//! place) and addresses inside of its own networks. What a unit could not answer is unknown,
//! which is no difference.

mod allow;
mod facts;
mod groups;
mod names;
mod versions;

#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use rayon::prelude::*;
use tenko_core::{
    Catalog, Declaration, Origin, Parity, ParityAllow, ParityResult, ParityRow, Resource,
    ResourceType, Snapshot,
};

use crate::owners::{Owned, Owners, Place};
use crate::view::View;
use allow::Allowances;
use facts::Member;
use names::Names;

pub use groups::{ParityGroup, parity_groups};

/// Compares the environments of each group with each other.
///
/// `allow` are differences that are meant to be; those that took nothing out are listed.
pub fn parity(
    snapshot: &Snapshot,
    declaration: &Declaration,
    catalog: &Catalog,
    groups: &[ParityGroup],
    allow: &[ParityAllow],
) -> Parity {
    let view = View::new(snapshot);
    let owners = Owners::new(declaration);
    let mut resources: Vec<Vec<&Resource>> = vec![Vec::new(); owners.environments.len()];
    let places: Vec<Place> = view.live.par_iter().map(|live| owners.site(live).place).collect();
    for (live, place) in view.live.iter().zip(places) {
        if let (Place::Environment(at), Origin::Customer) = (place, &live.origin)
            && let Some(list) = resources.get_mut(at)
        {
            list.push(live);
        }
    }
    let addresses = addresses(declaration);
    let allowances = Allowances::new(allow);
    // Once for all the groups that an environment is in.
    let environments = owners.environments.iter().zip(&resources);
    let chosen: Vec<_> =
        environments.filter(|(owned, _)| groups.iter().any(|group| holds(group, owned))).collect();
    let members: Vec<_> = chosen
        .into_par_iter()
        .map(|(owned, own)| {
            (owned, Member::new(owned, own, Names::new(owned, own, &addresses), &view))
        })
        .collect();
    let results = groups
        .iter()
        .map(|group| {
            let members = members.iter().filter(|(owned, _)| holds(group, owned));
            let members: Vec<_> = members.map(|(_, member)| member).collect();
            compare(group, &members, catalog, &allowances)
        })
        .collect();
    Parity { groups: results, unused_allowances: allowances.unused() }
}

fn holds(group: &ParityGroup, owned: &Owned<'_>) -> bool {
    group.holds(&owned.tenant.id, &owned.environment.name)
}

/// The address of everything that infrastructure code manages, by id.
fn addresses(declaration: &Declaration) -> HashMap<&str, &str> {
    let claims = declaration.claims.iter().filter(|claim| !claim.partial);
    claims
        .flat_map(|claim| claim.ids.iter().map(|id| (id.as_str(), claim.source.address.as_str())))
        .collect()
}

type Roles<'m, 'a> = BTreeMap<(&'a ResourceType, Option<&'m str>), Vec<(usize, &'a Resource)>>;

fn compare(
    group: &ParityGroup,
    members: &[&Member<'_>],
    catalog: &Catalog,
    allowances: &Allowances<'_>,
) -> ParityResult {
    let mut roles: Roles<'_, '_> = BTreeMap::new();
    for (at, member) in members.iter().enumerate() {
        for (resource, role) in member.roles() {
            let key = (&resource.key.resource_type, role);
            roles.entry(key).or_default().push((at, resource));
        }
    }
    let types: BTreeSet<_> = roles.keys().map(|(resource_type, _)| *resource_type).collect();
    let seen: HashMap<&ResourceType, Vec<bool>> = types
        .into_par_iter()
        .map(|name| (name, members.iter().map(|m| m.has_seen(name, catalog.get(name))).collect()))
        .collect();
    let rows: Vec<(ParityRow, bool)> = roles
        .into_par_iter()
        .flat_map_iter(|((name, role), found)| {
            let info = catalog.get(name);
            let seen = seen.get(name).map(Vec::as_slice).unwrap_or_default();
            let rows = facts::rows(name, role, &found, members, seen, info).into_iter();
            rows.map(|row| {
                let allowed = allowances.allows(&row, members, &found);
                (row, allowed)
            })
            .collect::<Vec<_>>()
        })
        .collect();
    let allowed = rows.iter().filter(|(_, allowed)| *allowed).count();
    let mut rows: Vec<_> =
        rows.into_iter().filter(|(_, allowed)| !allowed).map(|(row, _)| row).collect();
    rows.sort_by(by_report_order);
    ParityResult {
        name: group.name.clone(),
        environments: members.iter().map(|member| member.summary()).collect(),
        rows,
        allowed,
    }
}

fn by_report_order(a: &ParityRow, b: &ParityRow) -> Ordering {
    (a.kind, &a.resource_type, &a.role, &a.path).cmp(&(b.kind, &b.resource_type, &b.role, &b.path))
}
