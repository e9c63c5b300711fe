//! Who moves in which order, and how.
//!
//! Somebody stays: the last one that is left has an account of its own without moving anything. That
//! is production, if there is any: its data is the most, nobody wants it interrupted, and its
//! addresses, keys and bucket names are written down in places that nobody knows. What
//! Well-Architected asks for (SEC01-BP01, an account for each environment) is reached all the same,
//! and the first thing that is gone is what endangers it: others' hands in its account. What argues
//! against it is an account that was never clean, so that a fresh start would be worth the work; that
//! is for its owner to say. In the management account of an organization nobody stays: workloads do
//! not belong there, and no policy of the organization restrains it.
//!
//! Those who move go in the order in which it is easiest to learn: not production before production,
//! few ties to others before many, little data before much. What several share is split when they
//! are gone, for then it has one owner.

use std::collections::{BTreeMap, BTreeSet};

use ipnet::Ipv4Net;
use serde_json::Value;
use tenko_core::Origin;

use crate::blast::own_dependents;
use crate::copies::is_store;
use crate::facts::fact;
use crate::model::{Movable, Move, Named, Phase, ReferenceKind, Shared, Step};
use crate::needs;
use crate::plan::{Plan, label};
use crate::refer::Target;
use crate::spread::Decision;
use crate::words::is_production;

/// So many notes are made of the resources of one step.
const MOST_CHECKS: usize = 10;

/// Types whose snapshots are shared, and the key that stops it.
const SNAPSHOTS: [&str; 4] =
    ["AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::EC2::Volume", "AWS::EC2::Instance"];

/// An owner, as far as the order needs it.
struct Turn {
    group: usize,
    production: bool,
    ties: usize,
    stores: usize,
    resources: usize,
}

/// The owners in their order, and whether the last one stays.
pub(crate) struct Order {
    turns: Vec<Turn>,
    stays: Option<usize>,
}

impl Order {
    pub(crate) fn new(plan: &Plan<'_>) -> Self {
        let mut turns: BTreeMap<usize, Turn> = BTreeMap::new();
        for (at, decision) in plan.decisions {
            let Some(group) = decision.owner() else { continue };
            let production =
                plan.universe.all.get(group).map(|c| is_production(c.stage.as_deref()));
            let turn = turns.entry(group).or_insert(Turn {
                group,
                production: production.unwrap_or_default(),
                ties: 0,
                stores: 0,
                resources: 0,
            });
            turn.resources += 1;
            let kind = plan.resource(*at).map(|r| r.key.resource_type.as_str());
            turn.stores += usize::from(kind.is_some_and(is_store));
        }
        let mut ties: BTreeMap<usize, usize> = BTreeMap::new();
        for edge in plan.edges {
            let Target::Resource(to) = edge.to else { continue };
            let (from, to) = (plan.group_of(edge.from), plan.decisions.get(&to));
            let Some(from) = from else { continue };
            let others: BTreeSet<usize> = to.map(Decision::groups).unwrap_or_default();
            if others.len() > 1 || others.iter().any(|group| *group != from) {
                *ties.entry(from).or_default() += 1;
                for other in others.iter().filter(|group| **group != from) {
                    *ties.entry(*other).or_default() += 1;
                }
            }
        }
        let mut turns: Vec<Turn> = turns
            .into_values()
            .map(|turn| Turn { ties: ties.get(&turn.group).copied().unwrap_or_default(), ..turn })
            .collect();
        turns.sort_by_key(|t| (t.production, t.ties, t.stores, t.resources, t.group));
        let managed = plan.snapshot.scopes.get(plan.scope).is_some_and(|scope| scope.management);
        // Whoever has an account of its own elsewhere moves there.
        let may_stay = |turn: &&Turn| {
            plan.universe.all.get(turn.group).is_some_and(|c| c.home || c.elsewhere.is_empty())
        };
        let stays = turns
            .iter()
            .filter(may_stay)
            .max_by_key(|t| (t.production, t.stores, t.resources, std::cmp::Reverse(t.group)))
            .map(|turn| turn.group)
            .filter(|_| !managed && turns.len() > 1);
        turns.sort_by_key(|turn| Some(turn.group) == stays);
        Self { turns, stays }
    }

    /// Those who move.
    pub(crate) fn movers(&self) -> impl Iterator<Item = usize> {
        self.turns.iter().map(|turn| turn.group).filter(|group| Some(*group) != self.stays)
    }

    /// The moves, with the ranges of the new networks.
    pub(crate) fn moves(&self, plan: &Plan<'_>, ranges: &BTreeMap<String, Ipv4Net>) -> Vec<Move> {
        let mut out = Vec::new();
        for (at, turn) in self.turns.iter().enumerate() {
            let group = plan.universe.id(turn.group);
            let stays = Some(turn.group) == self.stays;
            let network = ranges.get(&group).copied().filter(|_| !stays);
            let targets = plan.universe.all.get(turn.group).map(|c| c.elsewhere.clone());
            out.push(Move {
                order: u32::try_from(at + 1).unwrap_or(u32::MAX),
                stays,
                why: why(plan, turn, stays),
                targets: targets.unwrap_or_default(),
                network,
                steps: if stays { Vec::new() } else { steps(plan, turn.group, network) },
                group,
            });
        }
        out
    }
}

fn why(plan: &Plan<'_>, turn: &Turn, stays: bool) -> String {
    let noun = plan.noun();
    let plural = |n: usize, noun: &str| match n {
        1 => format!("1 {noun}"),
        n => format!("{n} {noun}s"),
    };
    let size = format!(
        "{}, {}, {} with others",
        plural(turn.resources, "resource"),
        plural(turn.stores, "data store"),
        plural(turn.ties, "tie"),
    );
    match (stays, turn.production) {
        (true, true) => format!(
            "Production stays: production data is mostly the hardest to move. The {noun} is its own \
             once all others are gone ({size})."
        ),
        (true, false) => format!(
            "It has the most here, and stays: the {noun} is its own once all others are gone \
             ({size})."
        ),
        (false, true) => format!("Production, after what is not ({size})."),
        (false, false) => match plan.universe.all.get(turn.group).and_then(|c| c.known_stage()) {
            Some(stage) => format!("Its stage is {stage} ({size})."),
            None => format!("Not production, or not known to be ({size})."),
        },
    }
}

/// The steps of one owner: one for each type, and one for each data store.
fn steps(plan: &Plan<'_>, group: usize, network: Option<Ipv4Net>) -> Vec<Step> {
    let mut by_type: BTreeMap<(Phase, &str, Option<Named>), Vec<usize>> = BTreeMap::new();
    for at in plan.nodes.iter().filter(|at| plan.group_of(**at) == Some(group)) {
        let Some(resource) = plan.resource(*at) else { continue };
        // The provider makes it in each account.
        if resource.origin != Origin::Customer {
            continue;
        }
        let kind = resource.key.resource_type.as_str();
        let phase = fact(kind).phase;
        let apart = if phase == Phase::Data { plan.named(*at) } else { None };
        by_type.entry((phase, kind, apart)).or_default().push(*at);
    }
    let own = by_type.into_iter().map(|((phase, kind, _), all)| {
        let known = fact(kind);
        let mut checks: BTreeSet<String> = BTreeSet::new();
        let mut with: BTreeSet<usize> = BTreeSet::new();
        for at in &all {
            checks.extend(checks_of(plan, *at, group));
            if phase == Phase::Data {
                with.extend(own_dependents(plan, *at, group));
            }
        }
        let mut resources: Vec<Named> = all.iter().filter_map(|at| plan.named(*at)).collect();
        resources.sort();
        Step {
            phase,
            resource_type: kind.into(),
            resources,
            movable: known.movable,
            downtime: known.downtime,
            note: known.note_with(network),
            source: known.source.to_owned(),
            checks: checks.into_iter().take(MOST_CHECKS).collect(),
            with: with.into_iter().filter_map(|at| plan.named(at)).collect(),
        }
    });
    let mut out = needs::steps(plan, group, network);
    out.extend(own);
    out
}

/// What to see to before this very resource moves.
fn checks_of(plan: &Plan<'_>, at: usize, group: usize) -> Vec<String> {
    let mut out = Vec::new();
    let Some(resource) = plan.resource(at) else { return out };
    let others: BTreeSet<usize> = plan.users(at).into_iter().filter(|g| *g != group).collect();
    if !others.is_empty() {
        let others = plan.universe.ids(&others).join(" and ");
        out.push(format!("{} is used by {others} too.", label(resource)));
    }
    out.extend(key_of(plan, at));
    for edge in plan.edges_from(at) {
        if let Target::Resource(to) = edge.to
            && !plan.nodes.contains(&to)
            && let Some(other) = plan.resource(to)
            && other.key.scope != plan.scope.id
        {
            out.push(format!(
                "{} refers to {} in {}.",
                label(resource),
                label(other),
                other.key.scope
            ));
        }
    }
    out
}

/// What its key means for its snapshots.
fn key_of(plan: &Plan<'_>, at: usize) -> Option<String> {
    let resource = plan.resource(at)?;
    if !SNAPSHOTS.contains(&resource.key.resource_type.as_str()) {
        return None;
    }
    let value = resource.attributes.to_value();
    let key = value.get("KmsKeyId").and_then(Value::as_str)?;
    let tail = key.rsplit('/').next().unwrap_or_default();
    let mut live = plan.edges_from(at).filter_map(|edge| match edge.to {
        Target::Resource(to) if edge.kind == ReferenceKind::Encryption => plan.resource(to),
        _ => None,
    });
    let live = live.find(|live| live.key.id == tail);
    let origin = live.map(|key| &key.origin);
    let managed = matches!(origin, Some(Origin::ProviderDefault(_)));
    Some(match origin {
        // The service's own alias, where the key itself was not read.
        _ if managed || key.contains("alias/aws/") => format!(
            "{} is encrypted with a key that AWS manages: its snapshots cannot be shared. Copy them \
             with a customer managed key first.",
            label(resource)
        ),
        Some(_) => format!(
            "{} is encrypted with the key {tail}: the new account needs to be allowed to use it \
             while it copies.",
            label(resource)
        ),
        None => format!(
            "{} is encrypted with a key that could not be read ({tail}): if AWS manages it, \
             snapshots cannot be shared.",
            label(resource)
        ),
    })
}

/// What several owners share, by resource. What one of them uses who stays is that one's own in the
/// end: nothing has to be done.
pub(crate) fn shared(plan: &Plan<'_>, order: &Order) -> Vec<Shared> {
    let several = plan.decisions.iter().filter_map(|(at, decision)| match decision {
        Decision::Several { groups, .. } => Some((*at, groups)),
        _ => None,
    });
    let mut out: Vec<Shared> = several
        .filter_map(|(at, groups)| {
            let resource = plan.named(at)?;
            let known = fact(resource.resource_type.as_str());
            let stays_with =
                order.stays.filter(|stays| groups.contains(stays)).map(|at| plan.universe.id(at));
            let (movable, note, source) = match &stays_with {
                Some(stays) => {
                    let note = format!("It stays with {stays}, and is its own then.");
                    (Movable::Stays, note, String::new())
                }
                None => (known.movable, known.note_with(None), known.source.to_owned()),
            };
            let groups = plan.universe.ids(groups);
            Some(Shared { groups, stays_with, movable, note, source, resource })
        })
        .collect();
    out.sort_by(|a, b| {
        let phase = |s: &Shared| fact(s.resource.resource_type.as_str()).phase;
        (phase(a), &a.resource).cmp(&(phase(b), &b.resource))
    });
    out
}
