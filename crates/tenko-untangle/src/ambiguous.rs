//! What a person has to decide, with what speaks for each side.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Ambiguity, AmbiguityKind, Evidence, EvidenceKind, Side};
use crate::plan::Plan;
use crate::spread::{Decision, Several};
use crate::words::cut;

/// So much evidence is listed of one side.
const MOST: usize = 5;
/// What holds for all sides is cut after so many characters.
const LONGEST: usize = 240;

/// Everything that a person has to decide on, by kind and resource.
pub(crate) fn ambiguous(plan: &Plan<'_>) -> Vec<Ambiguity> {
    let mut out: Vec<Ambiguity> = plan.nodes.iter().filter_map(|at| one(plan, *at)).collect();
    out.sort_by(|a, b| (a.kind, &a.resource).cmp(&(b.kind, &b.resource)));
    out
}

fn one(plan: &Plan<'_>, at: usize) -> Option<Ambiguity> {
    let decision = plan.decisions.get(&at)?;
    let direct = plan.direct.get(&at);
    let (kind, groups) = match decision {
        Decision::Several { groups, by: Several::Neighbours } => {
            (AmbiguityKind::Shared, groups.clone())
        }
        Decision::Several { groups, by: Several::Conflict } => {
            // Two environments that both declare it share it; a tag against code is an error.
            let strongest = direct.map(|d| d.strength).unwrap_or_default();
            let hints = direct.into_iter().flat_map(|d| &d.hints);
            let mut hints = hints.filter(|hint| hint.strength == strongest).peekable();
            let is_declared = |kind| matches!(kind, EvidenceKind::Manifest | EvidenceKind::Code);
            let shared = hints.peek().is_some() && hints.all(|hint| is_declared(hint.kind));
            let kind = if shared { AmbiguityKind::Shared } else { AmbiguityKind::Contradiction };
            (kind, groups.clone())
        }
        Decision::Several { groups, by: Several::Undecided } => {
            (AmbiguityKind::Undecided, groups.clone())
        }
        Decision::Owner { group, .. } => {
            let mut groups = plan.users(at);
            groups.insert(*group);
            if direct.is_some_and(|d| d.contradicted) {
                let hints = direct.into_iter().flat_map(|d| &d.hints);
                groups.extend(hints.flat_map(|hint| hint.groups.iter().copied()));
                (AmbiguityKind::Contradiction, groups)
            } else if groups.len() > 1 {
                (AmbiguityKind::UsedByOthers, groups)
            } else {
                return None;
            }
        }
        Decision::Nobody => return None,
    };
    let sides = sides(plan, at, &groups);
    let names = plan.universe.ids(&groups).join(" and ");
    let why = match (kind, decision) {
        (AmbiguityKind::Shared, _) => format!("Shared by {names}: each uses it, or declares it."),
        (AmbiguityKind::UsedByOthers, Decision::Owner { group, .. }) => {
            let others: BTreeSet<_> = groups.iter().copied().filter(|g| g != group).collect();
            let others = plan.universe.ids(&others).join(" and ");
            format!("It is {}'s, and used by {others} too.", plan.universe.id(*group))
        }
        (AmbiguityKind::Contradiction, _) => {
            format!("What is said of it contradicts itself: {names}.")
        }
        _ => {
            let hints = direct.into_iter().flat_map(|d| &d.hints);
            let same = hints.filter(|hint| groups.is_subset(&hint.groups));
            let same: Vec<&str> = same.map(|hint| hint.text.as_str()).collect();
            match same.as_slice() {
                [] => format!("It may be any of these: {names}."),
                all => {
                    let all = cut(&all.join(", "), LONGEST);
                    format!("It may be any of these: {names}. What it says ({all}) holds for all.")
                }
            }
        }
    };
    Some(Ambiguity { resource: plan.named(at)?, kind, why, sides })
}

fn sides(plan: &Plan<'_>, at: usize, groups: &BTreeSet<usize>) -> Vec<Side> {
    let mut by_group: BTreeMap<usize, BTreeSet<(u8, Evidence)>> =
        groups.iter().map(|group| (*group, BTreeSet::new())).collect();
    for hint in plan.direct.get(&at).into_iter().flat_map(|direct| &direct.hints) {
        let evidence = Evidence {
            kind: hint.kind,
            groups: plan.universe.ids(&hint.groups),
            text: hint.text.clone(),
        };
        // What speaks for all of them decides nothing.
        if groups.is_subset(&hint.groups) {
            continue;
        }
        for group in &hint.groups {
            if let Some(side) = by_group.get_mut(group) {
                side.insert((3 - hint.strength.min(3), evidence.clone()));
            }
        }
    }
    for neighbour in plan.near.get(&at).into_iter().flatten() {
        let Some(group) = plan.group_of(neighbour.at) else { continue };
        if let Some(side) = by_group.get_mut(&group) {
            side.insert((3, plan.reference(neighbour, group)));
        }
    }
    by_group
        .into_iter()
        .map(|(group, evidence)| Side {
            group: plan.universe.id(group),
            more: evidence.len().saturating_sub(MOST) as u64,
            evidence: evidence.into_iter().take(MOST).map(|(_, evidence)| evidence).collect(),
        })
        .collect()
}
