//! What a mistaken delete takes with it.

use std::collections::BTreeSet;

use tenko_core::Severity;

use crate::copies::{Backups, Second, is_store};
use crate::model::{Blast, Copies, Owner};
use crate::plan::Plan;
use crate::words::is_production;

/// So many dependents of one resource are followed.
const MOST: usize = 1000;
/// So many of them are named.
const EXAMPLES: usize = 10;

/// Data stores, keys, and what several owners use: the worst first.
pub(crate) fn blast(plan: &Plan<'_>) -> Vec<Blast> {
    let backups = Backups::new(plan.snapshot, plan.scope);
    let mut out: Vec<Blast> = plan.nodes.iter().filter_map(|at| one(plan, &backups, *at)).collect();
    out.sort_by(|a, b| {
        (a.severity, b.dependents, &a.resource).cmp(&(b.severity, a.dependents, &b.resource))
    });
    out
}

fn one(plan: &Plan<'_>, backups: &Backups, at: usize) -> Option<Blast> {
    let resource = plan.resource(at)?;
    let kind = resource.key.resource_type.as_str();
    let store = is_store(kind);
    let users = plan.users(at);
    let is_key = matches!(kind, "AWS::KMS::Key" | "cloudkms.googleapis.com/CryptoKey");
    if !store && users.len() < 2 && !is_key {
        return None;
    }
    let (found, cut) = dependents(plan, at);
    if is_key && found.is_empty() && users.len() < 2 {
        return None;
    }
    let second = if store { backups.of(resource) } else { Second::default() };
    let copies = if store { second.copies() } else { Copies::NoData };
    let mut groups = users;
    groups.extend(found.iter().filter_map(|other| plan.group_of(*other)));
    let production = groups.iter().any(|group| {
        plan.universe.all.get(*group).is_some_and(|c| is_production(c.stage.as_deref()))
    });
    let owner = plan.owner(at);
    let severity = severity(copies, &owner, production, groups.len(), second.protection);
    Some(Blast {
        resource: plan.named(at)?,
        severity,
        owner,
        copies,
        has: second.has,
        lacks: second.lacks,
        unknown: second.unknown,
        deletion_protection: second.protection,
        dependents: found.len() as u64,
        dependents_cut: cut,
        dependent_groups: plan.universe.ids(&groups),
        examples: found.iter().take(EXAMPLES).filter_map(|at| plan.named(*at)).collect(),
    })
}

/// How bad. Data without a second copy is worst where it may be production's: an owner that is
/// not known may be production.
fn severity(
    copies: Copies,
    owner: &Owner,
    production: bool,
    owners: usize,
    protection: Option<bool>,
) -> Severity {
    let may_be_production = production || !matches!(owner, Owner::Group { .. });
    let shared = owners > 1;
    match copies {
        Copies::None | Copies::NoneSeen if may_be_production || shared => Severity::Critical,
        Copies::None | Copies::NoneSeen => Severity::High,
        Copies::Unknown if may_be_production || shared => Severity::High,
        Copies::Unknown => Severity::Medium,
        Copies::NoData if shared && production => Severity::High,
        Copies::NoData => Severity::Medium,
        Copies::Some if shared || (production && protection == Some(false)) => Severity::Medium,
        Copies::Some => Severity::Low,
    }
}

/// Everything that depends on it, directly or through others; and whether there is more.
fn dependents(plan: &Plan<'_>, at: usize) -> (BTreeSet<usize>, bool) {
    let mut found = BTreeSet::new();
    let mut next: Vec<usize> = vec![at];
    while let Some(here) = next.pop() {
        for other in plan.dependents(here) {
            if other == at || found.contains(&other) {
                continue;
            }
            if found.len() >= MOST {
                return (found, true);
            }
            found.insert(other);
            next.push(other);
        }
    }
    (found, false)
}

/// The same, within one owner: what is switched over together with a data store.
pub(crate) fn own_dependents(plan: &Plan<'_>, at: usize, group: usize) -> Vec<usize> {
    let (found, _) = dependents(plan, at);
    found.into_iter().filter(|other| plan.group_of(*other) == Some(group)).collect()
}
