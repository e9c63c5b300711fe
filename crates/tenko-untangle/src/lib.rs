//! How to leave an account or project that several environments or tenants share.
//!
//! ```text
//! resources -> references -> owners -> what is ambiguous, what a delete takes with it,
//!                                      address ranges, moves
//! ```
//!
//! [`untangle`] says of every resource whose it is, how sure that is and why; what a person has to
//! decide; what a mistaken delete would take with it; which address ranges the new networks can
//! have; and in which order everything moves, with what cannot move at all. What could not be read
//! stands at the head of the plan. Nothing is guessed that is not called a guess.
//!
//! This crate knows no runtime, no SDK, no file and no clock.

mod along;
mod ambiguous;
mod blast;
mod copies;
mod describe;
mod direct;
mod error;
mod facts;
mod model;
mod moves;
mod needs;
mod network;
mod plan;
mod refer;
mod spread;
mod universe;
mod unread;
mod words;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use tenko_core::{Catalog, Declaration, Scope, ScopeKey, Snapshot};

pub use error::UntangleError;
pub use ipnet::Ipv4Net;
pub use model::{
    Ambiguity, AmbiguityKind, Avoided, Blast, Confidence, Copies, Counts, Downtime, Evidence,
    EvidenceKind, Group, Movable, Move, Named, NetworkPlan, NewRange, Owned, Owner, Phase,
    Reference, ReferenceKind, Shared, Side, Step, Unread, Untangle, Verdict,
};

use describe::{describe, verdict};
use direct::{Direct, Hint, direct};
use plan::Plan;
use refer::{Graph, graph};
use spread::{components, neighbours, spread};
use universe::{Candidate, Universe};

/// How the plan is made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// The private range that new networks are taken from; without it, any private one.
    pub network: Option<Ipv4Net>,
}

impl Options {
    /// Takes new networks from this range.
    pub fn network(mut self, network: Ipv4Net) -> Self {
        self.network = Some(network);
        self
    }
}

/// Makes the plan for one account or project.
///
/// The snapshot should hold all accounts and projects: references and address ranges of the others
/// are taken from it. Its resources may be in any order.
///
/// # Errors
/// [`UntangleError`]. An account that did not answer is no error: its plan says so and is incomplete.
pub fn untangle(
    snapshot: &Snapshot,
    declaration: &Declaration,
    catalog: &Catalog,
    scope: &ScopeKey,
    options: &Options,
) -> Result<Untangle, UntangleError> {
    let known = snapshot.scopes.get(scope);
    let Some(known) = known else {
        return Err(UntangleError::UnknownScope { scope: scope.clone() });
    };
    if !known.kind.holds_resources() {
        return Err(UntangleError::NoAccount { scope: scope.clone() });
    }
    // The same observation gives the same plan, whatever order it comes in.
    if !snapshot.resources.is_sorted_by(|a, b| a.key <= b.key) {
        let mut sorted = snapshot.clone();
        sorted.sort();
        return untangle(&sorted, declaration, catalog, scope, options);
    }
    let gaps = unread::gaps(snapshot, declaration, catalog, scope);
    let mut out = empty(snapshot, known, gaps.unread, gaps.incomplete);
    if let Some(reason) = gaps.silent {
        out.verdict = Verdict::Unread;
        out.reason = format!("Nothing can be said: {reason}.");
        return Ok(out);
    }
    let here: Vec<usize> = (0..snapshot.resources.len())
        .filter(|at| snapshot.resources.get(*at).is_some_and(|r| r.key.scope_key() == *scope))
        .collect();
    let Graph { edges, left_out } = graph(snapshot, scope);
    let nodes = plan::nodes(snapshot, &here, &edges);
    let near = neighbours(&edges, &nodes);
    let mut universe = Universe::new(snapshot, declaration, scope, &here);
    let mut direct = direct(snapshot, scope, &universe, &here);
    if universe.all.is_empty() {
        by_component(snapshot, &nodes, &near, &mut universe, &mut direct);
    }
    let of_account: BTreeSet<usize> = nodes
        .iter()
        .copied()
        .filter(|at| snapshot.resources.get(*at).is_some_and(plan::is_of_account))
        .collect();
    let decisions = spread(&nodes, &direct, &near, &of_account);
    let plan = Plan {
        snapshot,
        scope,
        universe: &universe,
        nodes: &nodes,
        edges: &edges,
        near: &near,
        direct: &direct,
        decisions: &decisions,
    };
    out.references_unread = unread::elsewhere(snapshot, scope);
    describe(&mut out, &plan, &here, left_out);
    let order = moves::Order::new(&plan);
    (out.verdict, out.reason) = verdict(&plan, &out);
    out.ambiguous = ambiguous::ambiguous(&plan);
    out.blast = blast::blast(&plan);
    if out.verdict == Verdict::Shared {
        let wanted = needs::wanted(&plan, &order);
        out.network = network::plan(snapshot, wanted, options.network)?;
        let ranges: BTreeMap<String, Ipv4Net> =
            out.network.ranges.iter().map(|new| (new.group.clone(), new.range)).collect();
        out.moves = order.moves(&plan, &ranges);
        out.split_last = moves::shared(&plan, &order);
        // What others have there and say of this one decides what can be taken apart.
        out.incomplete |= !out.references_unread.is_empty() || !out.network.unread.is_empty();
    }
    Ok(out)
}

fn empty(snapshot: &Snapshot, scope: &Scope, unread: Vec<Unread>, incomplete: bool) -> Untangle {
    Untangle {
        scope: scope.key(),
        name: scope.name.clone(),
        run: snapshot.run.id.clone(),
        verdict: Verdict::Empty,
        reason: String::new(),
        incomplete,
        unread,
        references_unread: Vec::new(),
        groups: Vec::new(),
        counts: Counts::default(),
        resources: Vec::new(),
        references: Vec::new(),
        references_left_out: 0,
        ambiguous: Vec::new(),
        blast: Vec::new(),
        network: NetworkPlan::default(),
        moves: Vec::new(),
        split_last: Vec::new(),
    }
}

/// Owners where neither tags nor names suggest any: the parts that hang together, called by what is
/// most telling in them. One alone tells nobody apart.
fn by_component(
    snapshot: &Snapshot,
    nodes: &BTreeSet<usize>,
    near: &HashMap<usize, Vec<spread::Neighbour<'_>>>,
    universe: &mut Universe<'_>,
    direct: &mut HashMap<usize, Direct>,
) {
    let mut parts = components(nodes, near);
    parts.retain(|part| part.len() > 1);
    if parts.len() < 2 {
        return;
    }
    let mut named: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for part in parts {
        let resources = part.iter().filter_map(|at| snapshot.resources.get(*at));
        let best = resources.min_by_key(|r| {
            let is_network = r.key.resource_type.as_str().ends_with("::VPC")
                || r.key.resource_type.as_str().ends_with("/Network");
            (!is_network, r.name.is_none(), &r.key)
        });
        if let Some(best) = best {
            named.entry(format!("around {}", best.label())).or_default().extend(part);
        }
    }
    for (group, (id, part)) in named.into_iter().enumerate() {
        let text = "it hangs together with others, and neither a tag nor a name tells more";
        for at in part {
            let hint = Hint {
                kind: EvidenceKind::Connected,
                strength: 1,
                groups: BTreeSet::from([group]),
                text: text.to_owned(),
            };
            direct.insert(at, Direct::new(vec![hint]));
        }
        universe.all.push(Candidate {
            id,
            tenant: None,
            tenant_name: None,
            environment: None,
            stage: None,
            declared: false,
            home: false,
            elsewhere: Vec::new(),
            words: Default::default(),
        });
    }
}
