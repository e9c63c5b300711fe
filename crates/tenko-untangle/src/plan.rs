//! What the parts of the plan are made from: the account, its graph, and whose everything is.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use tenko_core::{Cloud, Origin, Resource, ScopeKey, Snapshot};

use crate::direct::Direct;
use crate::facts::fact;
use crate::model::{Confidence, Evidence, EvidenceKind, Movable, Named, Owner, ReferenceKind};
use crate::refer::{Edge, Target};
use crate::spread::{Decision, Neighbour};
use crate::universe::Universe;
use crate::words::{cut, short_type};

/// So much evidence is listed of one resource.
const MOST_EVIDENCE: usize = 8;
/// Names in sentences are cut after so many characters.
const LONGEST: usize = 120;

/// Types that are listed though the provider made them, where others use them: a default VPC that
/// two environments are in ties them together as well as any other.
const TIES: [&str; 5] = [
    "AWS::EC2::VPC",
    "AWS::EC2::Subnet",
    "AWS::EC2::SecurityGroup",
    "compute.googleapis.com/Network",
    "compute.googleapis.com/Subnetwork",
];

/// Everything that is known before the parts of the plan are made.
pub(crate) struct Plan<'p> {
    pub(crate) snapshot: &'p Snapshot,
    pub(crate) scope: &'p ScopeKey,
    pub(crate) universe: &'p Universe<'p>,
    /// The resources that the plan is about, by position.
    pub(crate) nodes: &'p BTreeSet<usize>,
    pub(crate) edges: &'p [Edge],
    pub(crate) near: &'p HashMap<usize, Vec<Neighbour<'p>>>,
    pub(crate) direct: &'p HashMap<usize, Direct>,
    pub(crate) decisions: &'p BTreeMap<usize, Decision>,
}

/// What the plan is about: what the customer made, and what the provider made that ties it together.
pub(crate) fn nodes(snapshot: &Snapshot, here: &[usize], edges: &[Edge]) -> BTreeSet<usize> {
    let get = |at: &usize| snapshot.resources.get(*at);
    let customer = |r: &Resource| r.origin == Origin::Customer;
    let mut out: BTreeSet<usize> =
        here.iter().copied().filter(|at| get(at).is_some_and(customer)).collect();
    let all: BTreeSet<usize> = here.iter().copied().collect();
    let ties: Vec<usize> = edges
        .iter()
        .filter(|edge| out.contains(&edge.from))
        .filter_map(|edge| match edge.to {
            Target::Resource(to) => Some(to),
            Target::Scope(_) => None,
        })
        .filter(|to| all.contains(to))
        .filter(|to| get(to).is_some_and(|r| TIES.contains(&r.key.resource_type.as_str())))
        .collect();
    out.extend(ties);
    out
}

impl<'p> Plan<'p> {
    pub(crate) fn resource(&self, at: usize) -> Option<&'p Resource> {
        self.snapshot.resources.get(at)
    }

    /// What people call the place.
    pub(crate) fn noun(&self) -> &'static str {
        if self.scope.cloud == Cloud::gcp() { "project" } else { "account" }
    }

    /// Whose word it is.
    pub(crate) fn provider(&self) -> &'static str {
        if self.scope.cloud == Cloud::gcp() { "Google Cloud" } else { "AWS" }
    }

    /// What a resource refers to. The references are sorted by who refers.
    pub(crate) fn edges_from(&self, at: usize) -> impl Iterator<Item = &'p Edge> {
        let first = self.edges.partition_point(|edge| edge.from < at);
        self.edges.get(first..).unwrap_or_default().iter().take_while(move |e| e.from == at)
    }

    pub(crate) fn named(&self, at: usize) -> Option<Named> {
        self.resource(at).map(named)
    }

    pub(crate) fn owner(&self, at: usize) -> Owner {
        match self.decisions.get(&at) {
            Some(Decision::Owner { group, strength, .. }) => Owner::Group {
                group: self.universe.id(*group),
                confidence: match strength {
                    3 => Confidence::Certain,
                    2 => Confidence::Likely,
                    _ => Confidence::Guess,
                },
            },
            Some(Decision::Several { groups, .. }) => {
                Owner::Ambiguous { candidates: self.universe.ids(groups) }
            }
            Some(Decision::Nobody) | None => {
                if self.resource(at).is_some_and(is_of_account) {
                    Owner::Account
                } else {
                    Owner::Unclaimed
                }
            }
        }
    }

    pub(crate) fn group_of(&self, at: usize) -> Option<usize> {
        self.decisions.get(&at).and_then(Decision::owner)
    }

    /// All that speaks for somebody, the strongest first.
    pub(crate) fn evidence(&self, at: usize) -> Vec<Evidence> {
        let mut out: Vec<Evidence> = Vec::new();
        let direct = self.direct.get(&at);
        for hint in direct.into_iter().flat_map(|direct| &direct.hints) {
            out.push(Evidence {
                kind: hint.kind,
                groups: self.universe.ids(&hint.groups),
                text: cut(&hint.text, 2 * LONGEST),
            });
        }
        let own = self.decisions.get(&at);
        let is_direct = matches!(own, Some(Decision::Owner { direct: true, .. }));
        let mut near: Vec<(bool, Evidence)> = Vec::new();
        for neighbour in self.near.get(&at).into_iter().flatten() {
            let Some(group) = self.group_of(neighbour.at) else { continue };
            let against = own.and_then(Decision::owner).is_some_and(|own| own != group);
            // What has a better reason needs no list of all that is next to it.
            if is_direct && !against {
                continue;
            }
            near.push((against, self.reference(neighbour, group)));
        }
        near.sort();
        near.dedup();
        out.extend(near.into_iter().map(|(_, evidence)| evidence));
        out.truncate(MOST_EVIDENCE);
        out
    }

    /// A reference as evidence.
    pub(crate) fn reference(&self, neighbour: &Neighbour<'_>, group: usize) -> Evidence {
        let other = self.resource(neighbour.at).map(label).unwrap_or_default();
        let text = if neighbour.outward {
            neighbour.kind.sentence("it", &other)
        } else {
            neighbour.kind.sentence(&other, "it")
        };
        let text = format!("{text} ({})", neighbour.path);
        let kind = if neighbour.kind == ReferenceKind::Network {
            EvidenceKind::Network
        } else {
            EvidenceKind::Reference
        };
        Evidence { kind, groups: vec![self.universe.id(group)], text: cut(&text, 3 * LONGEST) }
    }

    /// The resources that stop working, or lose something, when this one is gone: those that refer
    /// to it, and of a stack what it manages.
    pub(crate) fn dependents(&self, at: usize) -> impl Iterator<Item = usize> {
        let near = self.near.get(&at).into_iter().flatten();
        near.filter(|n| n.outward == (n.kind == ReferenceKind::Stack)).map(|n| n.at)
    }

    /// The owners that use a resource: its own, and those of what refers to it.
    pub(crate) fn users(&self, at: usize) -> BTreeSet<usize> {
        let mut out = self.decisions.get(&at).map(Decision::groups).unwrap_or_default();
        out.extend(self.dependents(at).filter_map(|other| self.group_of(other)));
        out
    }
}

/// What AWS Organizations, Control Tower, StackSets and IAM Identity Center make in accounts, as
/// their names begin; those without a `*` are whole names.
///
/// Sources: "Accessing member accounts" (AWS Organizations user guide); "How AWS Control Tower works
/// with roles"; "Prerequisites for stack set operations" (AWS CloudFormation user guide); "Referencing
/// permission sets in resource policies" (IAM Identity Center user guide).
const MADE_FOR_ACCOUNT: [&str; 6] = [
    "OrganizationAccountAccessRole",
    "AWSControlTowerExecution",
    "aws-controltower-*",
    "stacksets-exec-*",
    "AWSReservedSSO_*",
    "AWSSSO_*",
];

/// Whether each account has its own of this, so that it is nobody's in particular.
pub(crate) fn is_of_account(resource: &Resource) -> bool {
    fact(resource.key.resource_type.as_str()).movable == Movable::Stays
        || is_made_for_account(resource)
}

/// Whether its name says that the organization made it: words in that name tell no owner.
pub(crate) fn is_made_for_account(resource: &Resource) -> bool {
    let is_meant = |name: &str| {
        // The id may be an ARN, with a path before the name.
        let name = name.rsplit(['/', ':']).next().unwrap_or(name);
        MADE_FOR_ACCOUNT.iter().any(|made| match made.strip_suffix('*') {
            Some(start) => name.starts_with(start),
            None => name == *made,
        })
    };
    resource.key.cloud == Cloud::aws()
        && (is_meant(&resource.key.id) || resource.name.as_deref().is_some_and(is_meant))
}

/// A resource as the plan names it.
pub(crate) fn named(resource: &Resource) -> Named {
    let key = &resource.key;
    Named {
        scope: key.scope.clone(),
        region: key.region.clone(),
        resource_type: key.resource_type.clone(),
        id: key.id.clone(),
        name: resource.name.clone().filter(|name| *name != key.id),
    }
}

/// `web-1 (EC2::Instance)`.
pub(crate) fn label(resource: &Resource) -> String {
    let kind = short_type(resource.key.resource_type.as_str());
    format!("{} ({kind})", cut(resource.label(), LONGEST))
}
