//! The networks that those who move need: their own, and those of others that their things stand in.

use std::collections::{BTreeMap, BTreeSet};

use ipnet::Ipv4Net;
use tenko_core::Origin;

use crate::facts::fact;
use crate::model::{Movable, Named, Phase, Step};
use crate::moves::Order;
use crate::network::{Wanted, own_ranges};
use crate::plan::Plan;
use crate::refer::Target;

/// What a resource stands in.
const NETWORKS: [&str; 4] = [
    "AWS::EC2::VPC",
    "AWS::EC2::Subnet",
    "compute.googleapis.com/Network",
    "compute.googleapis.com/Subnetwork",
];

/// How to come out of a network that is another's.
const NOTE: &str = "Its resources stand in this, and it is not its own alone: make one like it, \
                    {range}. The present one stays with whom it belongs to.";

/// A range for everyone who moves, uses a network now and has none elsewhere.
pub(crate) fn wanted(plan: &Plan<'_>, order: &Order) -> Vec<Wanted> {
    let mut out = Vec::new();
    for group in order.movers() {
        let used = networks(plan, group);
        if used.is_empty() || has_one_elsewhere(plan, group) {
            continue;
        }
        let ranges = used.iter().filter_map(|at| plan.resource(*at)).flat_map(own_ranges);
        out.push(Wanted { group: plan.universe.id(group), has: ranges.collect() });
    }
    out
}

/// Whether an account of its own that is there already has a network that the customer made.
fn has_one_elsewhere(plan: &Plan<'_>, group: usize) -> bool {
    let elsewhere = plan.universe.all.get(group).map(|c| c.elsewhere.as_slice());
    let elsewhere: BTreeSet<_> = elsewhere.unwrap_or_default().iter().collect();
    !elsewhere.is_empty()
        && plan.snapshot.resources.iter().any(|resource| {
            resource.origin == Origin::Customer
                && NETWORKS.contains(&resource.key.resource_type.as_str())
                && elsewhere.contains(&resource.key.scope_key())
        })
}

/// The networks and subnets that its resources are, or are in: of a subnet its network too.
fn networks(plan: &Plan<'_>, group: usize) -> BTreeSet<usize> {
    let is_network = |at: &usize| {
        let kind = plan.resource(*at).map(|r| r.key.resource_type.as_str());
        kind.is_some_and(|kind| NETWORKS.contains(&kind))
    };
    let named_by = |at: usize| {
        plan.edges_from(at).filter_map(|edge| match edge.to {
            Target::Resource(to) if plan.nodes.contains(&to) => Some(to),
            _ => None,
        })
    };
    let own = plan.nodes.iter().copied().filter(|at| plan.group_of(*at) == Some(group));
    let mut out: BTreeSet<usize> = BTreeSet::new();
    for at in own {
        if is_network(&at) {
            out.insert(at);
        }
        out.extend(named_by(at).filter(is_network));
    }
    let around: Vec<usize> =
        out.iter().flat_map(|at| named_by(*at)).filter(|at| is_network(at)).collect();
    out.extend(around);
    out
}

/// A step for each type of network that it uses and that is not its own.
pub(crate) fn steps(plan: &Plan<'_>, group: usize, range: Option<Ipv4Net>) -> Vec<Step> {
    let mut by_type: BTreeMap<&str, Vec<Named>> = BTreeMap::new();
    for at in networks(plan, group) {
        if let Some(resource) = plan.resource(at)
            && (plan.group_of(at) != Some(group) || resource.origin != Origin::Customer)
        {
            let kind = resource.key.resource_type.as_str();
            by_type.entry(kind).or_default().extend(plan.named(at));
        }
    }
    let step = |(kind, mut resources): (&str, Vec<Named>)| {
        resources.sort();
        Step {
            phase: Phase::Network,
            resource_type: kind.into(),
            resources,
            movable: Movable::Recreate,
            downtime: fact(kind).downtime,
            note: in_range(NOTE, range),
            source: fact(kind).source.to_owned(),
            checks: Vec::new(),
            with: Vec::new(),
        }
    };
    // The network before what is in it.
    let mut out: Vec<Step> = by_type.into_iter().map(step).collect();
    out.sort_by_key(|step| step.resource_type.as_str().contains("Subnet"));
    out
}

/// A note that says where the new network is, with the range in it.
pub(crate) fn in_range(note: &str, range: Option<Ipv4Net>) -> String {
    let place = match range {
        Some(range) => format!("in {range}"),
        None => "in a range that nothing else uses".to_owned(),
    };
    note.replace("{range}", &place)
}
