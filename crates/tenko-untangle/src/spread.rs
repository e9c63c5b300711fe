//! Owners spread over references, from what has one to what has none.
//!
//! In rounds: what is next to owned resources gets their owner, if it is one; what comes first, by
//! the least number of references, counts. What stands between two owners is ambiguous and passes
//! nothing on: a network that all share would otherwise make everything everybody's. A round sees
//! only the rounds before it, so the order of resources has no influence, and what has an owner keeps
//! it: the end is reached after at most [`HOPS`] rounds.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::direct::Direct;
use crate::model::ReferenceKind;
use crate::refer::{Edge, Target};

/// Further than this an owner does not reach.
const HOPS: usize = 4;

/// One end of a reference, as seen from the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Neighbour<'g> {
    pub(crate) at: usize,
    /// The resource is the one that refers.
    pub(crate) outward: bool,
    pub(crate) kind: ReferenceKind,
    pub(crate) path: &'g str,
}

/// The neighbours of each resource of the account.
pub(crate) fn neighbours<'g>(
    edges: &'g [Edge],
    nodes: &BTreeSet<usize>,
) -> HashMap<usize, Vec<Neighbour<'g>>> {
    let mut out: HashMap<usize, Vec<Neighbour<'g>>> = HashMap::new();
    for Edge { from, to, kind, path } in edges {
        let Target::Resource(to) = to else { continue };
        if !nodes.contains(from) || !nodes.contains(to) {
            continue;
        }
        let mut say = |at: usize, other: usize, outward| {
            let near = Neighbour { at: other, outward, kind: *kind, path };
            out.entry(at).or_default().push(near);
        };
        say(*from, *to, true);
        say(*to, *from, false);
    }
    out
}

/// Whose a resource is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// One owner; 3 is certain, 2 likely, 1 a guess.
    Owner { group: usize, strength: u8, direct: bool },
    /// One of these, or several.
    Several { groups: BTreeSet<usize>, by: Several },
    /// Nothing tells.
    Nobody,
}

/// Why there are several candidates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Several {
    /// What it says of itself excludes itself.
    Conflict,
    /// What is next to it is of several owners.
    Neighbours,
    /// It says only in part whose it is.
    Undecided,
}

impl Decision {
    pub(crate) fn owner(&self) -> Option<usize> {
        match self {
            Self::Owner { group, .. } => Some(*group),
            _ => None,
        }
    }

    /// The owner, or all candidates.
    pub(crate) fn groups(&self) -> BTreeSet<usize> {
        match self {
            Self::Owner { group, .. } => BTreeSet::from([*group]),
            Self::Several { groups, .. } => groups.clone(),
            Self::Nobody => BTreeSet::new(),
        }
    }
}

/// Decides on every resource.
pub(crate) fn spread(
    nodes: &BTreeSet<usize>,
    direct: &HashMap<usize, Direct>,
    near: &HashMap<usize, Vec<Neighbour<'_>>>,
    of_account: &BTreeSet<usize>,
) -> BTreeMap<usize, Decision> {
    let mut out: BTreeMap<usize, Decision> = BTreeMap::new();
    let mut open: BTreeSet<usize> = BTreeSet::new();
    for at in nodes {
        let Some(direct) = direct.get(at).filter(|direct| !direct.groups.is_empty()) else {
            // What is of the account itself is nobody's because of what it mentions.
            if of_account.contains(at) {
                out.insert(*at, Decision::Nobody);
            } else {
                open.insert(*at);
            }
            continue;
        };
        if let Some(group) = direct.owner() {
            let strength = direct.strength;
            out.insert(*at, Decision::Owner { group, strength, direct: true });
        } else if direct.conflict {
            let groups = direct.groups.clone();
            out.insert(*at, Decision::Several { groups, by: Several::Conflict });
        } else {
            open.insert(*at);
        }
    }
    for _ in 0..HOPS {
        let mut round = Vec::new();
        for at in &open {
            let allowed = direct.get(at).map(|d| &d.groups).filter(|groups| !groups.is_empty());
            let mut found: BTreeMap<usize, u8> = BTreeMap::new();
            for neighbour in near.get(at).into_iter().flatten() {
                if let Some(Decision::Owner { group, strength, .. }) = out.get(&neighbour.at) {
                    let best = found.entry(*group).or_default();
                    *best = (*best).max(strength.saturating_sub(1).max(1));
                }
            }
            if let Some(allowed) = allowed {
                let kept: BTreeMap<_, _> = found
                    .iter()
                    .filter(|(g, _)| allowed.contains(*g))
                    .map(|(g, s)| (*g, *s))
                    .collect();
                if kept.is_empty() && !found.is_empty() {
                    // What is next to it is none of those that it may belong to.
                    let groups = allowed.iter().chain(found.keys()).copied().collect();
                    round.push((*at, Decision::Several { groups, by: Several::Conflict }));
                    continue;
                }
                found = kept;
            }
            match (found.len(), found.iter().next()) {
                (0, _) | (_, None) => {}
                (1, Some((group, strength))) => round.push((
                    *at,
                    Decision::Owner { group: *group, strength: *strength, direct: false },
                )),
                _ => {
                    let groups = found.into_keys().collect();
                    round.push((*at, Decision::Several { groups, by: Several::Neighbours }));
                }
            }
        }
        if round.is_empty() {
            break;
        }
        for (at, decision) in round {
            open.remove(&at);
            out.insert(at, decision);
        }
    }
    for at in open {
        let groups = direct.get(&at).map(|d| d.groups.clone()).unwrap_or_default();
        let decision = if groups.is_empty() {
            Decision::Nobody
        } else {
            Decision::Several { groups, by: Several::Undecided }
        };
        out.insert(at, decision);
    }
    lower(&mut out, near);
    out
}

/// An owner that came over references is a guess where something else next to it is another's.
fn lower(out: &mut BTreeMap<usize, Decision>, near: &HashMap<usize, Vec<Neighbour<'_>>>) {
    let contested: Vec<usize> = out
        .iter()
        .filter_map(|(at, decision)| {
            let Decision::Owner { group, direct: false, .. } = decision else { return None };
            let mut others = near.get(at).into_iter().flatten();
            others
                .any(|n| out.get(&n.at).and_then(Decision::owner).is_some_and(|o| o != *group))
                .then_some(*at)
        })
        .collect();
    for at in contested {
        if let Some(Decision::Owner { strength, .. }) = out.get_mut(&at) {
            *strength = 1;
        }
    }
}

/// Parts that hang together, each sorted, the largest first: for an account in which neither tags
/// nor names tell owners apart.
pub(crate) fn components(
    nodes: &BTreeSet<usize>,
    near: &HashMap<usize, Vec<Neighbour<'_>>>,
) -> Vec<Vec<usize>> {
    let mut seen = BTreeSet::new();
    let mut out = Vec::new();
    for start in nodes {
        if !seen.insert(*start) {
            continue;
        }
        let mut part = vec![*start];
        let mut next = 0;
        while let Some(at) = part.get(next).copied() {
            next += 1;
            for neighbour in near.get(&at).into_iter().flatten() {
                if seen.insert(neighbour.at) {
                    part.push(neighbour.at);
                }
            }
        }
        part.sort_unstable();
        out.push(part);
    }
    out.sort_by(|a, b| (b.len(), a).cmp(&(a.len(), b)));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::direct::Hint;
    use crate::model::EvidenceKind;

    fn tagged(group: usize) -> Direct {
        let hint = Hint {
            kind: EvidenceKind::Tag,
            strength: 3,
            groups: BTreeSet::from([group]),
            text: String::new(),
        };
        Direct { groups: hint.groups.clone(), hints: vec![hint], strength: 3, ..Direct::default() }
    }

    fn edge(from: usize, to: usize) -> Edge {
        let kind = ReferenceKind::Uses;
        Edge { from, to: Target::Resource(to), kind, path: String::new() }
    }

    #[test]
    fn what_two_owners_use_is_ambiguous_and_passes_nothing_on() {
        // 0 and 1 are owned, both use 2, which uses 3; 0 alone uses 4, which uses 5.
        let edges = [edge(0, 2), edge(1, 2), edge(2, 3), edge(0, 4), edge(4, 5)];
        let nodes = (0..6).collect();
        let direct = HashMap::from([(0, tagged(0)), (1, tagged(1))]);
        let out = spread(&nodes, &direct, &neighbours(&edges, &nodes), &BTreeSet::new());
        let both = BTreeSet::from([0, 1]);
        assert_eq!(out[&2], Decision::Several { groups: both, by: Several::Neighbours });
        assert_eq!(out[&3], Decision::Nobody);
        assert_eq!(out[&4], Decision::Owner { group: 0, strength: 2, direct: false });
        assert_eq!(out[&5], Decision::Owner { group: 0, strength: 1, direct: false });
    }

    #[test]
    fn an_owner_of_its_own_beats_what_is_next_to_it() {
        let nodes = (0..2).collect();
        let direct = HashMap::from([(0, tagged(0)), (1, tagged(1))]);
        let edges = [edge(0, 1)];
        let out = spread(&nodes, &direct, &neighbours(&edges, &nodes), &BTreeSet::new());
        assert_eq!((out[&0].owner(), out[&1].owner()), (Some(0), Some(1)));
    }
}
