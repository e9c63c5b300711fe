//! What the parts of the plan are called in the document, and what there is to do.

use std::collections::{BTreeMap, BTreeSet};

use tenko_core::{Cloud, Origin};

use crate::model::{Group, Owned, Owner, Reference, Untangle, Verdict};
use crate::plan::Plan;
use crate::refer::Target;
use crate::spread::Decision;

/// Owners, resources and references as the document has them.
pub(crate) fn describe(out: &mut Untangle, plan: &Plan<'_>, here: &[usize], left_out: u64) {
    let mut groups: BTreeMap<usize, Group> = BTreeMap::new();
    for (at, candidate) in plan.universe.all.iter().enumerate() {
        groups.insert(
            at,
            Group {
                id: candidate.id.clone(),
                tenant: candidate.tenant.clone(),
                environment: candidate.environment.clone(),
                stage: candidate.stage.clone(),
                declared: candidate.declared,
                elsewhere: candidate.elsewhere.clone(),
                resources: 0,
                certain: 0,
                likely: 0,
                guess: 0,
            },
        );
    }
    for (at, decision) in plan.decisions {
        let provider_made = plan.resource(*at).is_some_and(|r| r.origin != Origin::Customer);
        if !provider_made {
            out.counts.resources += 1;
            match decision {
                Decision::Owner { .. } => out.counts.owned += 1,
                Decision::Several { .. } => out.counts.ambiguous += 1,
                Decision::Nobody if plan.owner(*at) == Owner::Account => out.counts.account += 1,
                Decision::Nobody => out.counts.unclaimed += 1,
            }
        }
        if let Decision::Owner { group, strength, .. } = decision
            && !provider_made
            && let Some(group) = groups.get_mut(group)
        {
            group.resources += 1;
            match strength {
                3 => group.certain += 1,
                2 => group.likely += 1,
                _ => group.guess += 1,
            }
        }
        if let Some(resource) = plan.named(*at) {
            let (owner, evidence) = (plan.owner(*at), plan.evidence(*at));
            out.resources.push(Owned { resource, owner, evidence, provider_made });
        }
    }
    out.counts.provider_made = (here.len() as u64).saturating_sub(out.counts.resources);
    let is_home = |at: &usize| plan.universe.all.get(*at).is_some_and(|c| c.home);
    out.groups = groups
        .into_iter()
        .filter(|(at, group)| group.resources > 0 || is_home(at))
        .map(|(_, group)| group)
        .collect();
    out.references = plan
        .edges
        .iter()
        .filter_map(|edge| {
            let (to, to_scope) = match &edge.to {
                Target::Resource(to) => (plan.named(*to), plan.resource(*to)?.key.scope.clone()),
                Target::Scope(scope) => (None, scope.clone()),
            };
            let from = plan.named(edge.from)?;
            Some(Reference { from, to, to_scope, kind: edge.kind, path: edge.path.clone() })
        })
        .collect();
    out.references_left_out = left_out;
}

/// Whether several owners share it, and why.
pub(crate) fn verdict(plan: &Plan<'_>, out: &Untangle) -> (Verdict, String) {
    let mut present: BTreeSet<usize> = BTreeSet::new();
    plan.decisions.values().for_each(|decision| present.extend(decision.groups()));
    let homes: BTreeSet<usize> = plan
        .universe
        .all
        .iter()
        .enumerate()
        .filter(|(_, candidate)| candidate.home)
        .map(|(at, _)| at)
        .collect();
    present.extend(homes.iter().copied());
    let noun = plan.noun();
    let whole = if plan.scope.cloud == Cloud::gcp() {
        " As a whole, a project can be moved to another folder."
    } else {
        " As a whole, an account can be moved to another organizational unit."
    };
    if out.counts.resources == 0 {
        let text = format!("The {noun} holds nothing that the customer made, as far as was read.");
        return (Verdict::Empty, text);
    }
    match present.len() {
        0 => (
            Verdict::OneOwner,
            format!(
                "Nothing to untangle: no declaration, tag or name tells several owners of the \
                 {noun} apart.{whole}"
            ),
        ),
        1 => {
            let owner = plan.universe.ids(&present).join("");
            let how = if homes.is_empty() {
                "everything whose owner can be told is"
            } else {
                "the manifest gives it to one owner, and nothing in it speaks for another:"
            };
            (Verdict::OneOwner, format!("Nothing to untangle: {how} {owner}.{whole}"))
        }
        count => {
            let how =
                if homes.len() > 1 { "the manifest says so" } else { "as tags, names or code say" };
            (Verdict::Shared, format!("{count} owners share the {noun}: {how}."))
        }
    }
}
