//! Which resource names which: the graph that everything else is derived from.
//!
//! The work grows with the size of the snapshot. Names of the account's own resources go into one
//! index; what its resources name and is not in it goes into a second one, of names that are wanted;
//! then every other resource is looked at once, against both.

mod names;
mod tokens;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use rayon::prelude::*;
use serde_json::Value;
use tenko_core::{Origin, Resource, ScopeId, ScopeKey, Snapshot};

use crate::model::ReferenceKind;
use crate::words::cut;
use names::{Index, names_of};
use tokens::{Mention, mentions};

/// More references of one resource are counted and left out.
const MOST: usize = 1000;
/// A longer path is cut.
const LONGEST_PATH: usize = 200;

/// One reference. Positions are those of the snapshot's resources.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Edge {
    pub(crate) from: usize,
    pub(crate) to: Target,
    pub(crate) kind: ReferenceKind,
    pub(crate) path: String,
}

/// What a reference names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Target {
    /// A resource of the snapshot.
    Resource(usize),
    /// Another account: the resource is not in the snapshot, or only the account is named.
    Scope(ScopeId),
}

/// All references with an end in one account or project.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    pub(crate) edges: Vec<Edge>,
    pub(crate) left_out: u64,
}

/// Finds them.
pub(crate) fn graph(snapshot: &Snapshot, scope: &ScopeKey) -> Graph {
    let all = &snapshot.resources;
    let is_here = |r: &Resource| r.key.scope == scope.id && r.key.cloud == scope.cloud;
    let (here, others): (Vec<usize>, Vec<usize>) =
        (0..all.len()).partition(|at| all.get(*at).is_some_and(&is_here));
    let parsed: Vec<(usize, Value)> =
        here.par_iter().filter_map(|at| Some((*at, all.get(*at)?.attributes.to_value()))).collect();
    let mut index = Index::default();
    for (at, value) in &parsed {
        if let Some(resource) = all.get(*at) {
            index.add(*at, resource, value);
        }
    }
    let sources: Vec<_> = parsed
        .par_iter()
        .filter(|(at, _)| all.get(*at).is_some_and(|r| r.origin == Origin::Customer))
        .map(|(at, value)| (*at, mentions(value)))
        .collect();
    let wanted: HashSet<&str> = sources
        .par_iter()
        .flat_map_iter(|(_, found)| found)
        .filter(|mention| mention.is_telling && index.find(&mention.text).is_empty())
        .map(|mention| mention.text.as_str())
        .collect();
    // Every other resource once: is it wanted here, and does it name something here?
    let outside: Vec<(usize, Vec<String>, Vec<Edge>, u64)> = others
        .par_iter()
        .filter_map(|at| {
            let resource = all.get(*at)?;
            let value = resource.attributes.to_value();
            let hit = |name: &String| wanted.contains(name.as_str());
            let known: Vec<_> = names_of(resource, &value).into_iter().filter(hit).collect();
            let (edges, left_out) = if resource.origin == Origin::Customer {
                let mut found = mentions(&value);
                found.retain(|m| m.is_telling && !index.find(&m.text).is_empty());
                edges_of(*at, &found, all, &index, &HashMap::new())
            } else {
                (Vec::new(), 0)
            };
            (!known.is_empty() || !edges.is_empty()).then_some((*at, known, edges, left_out))
        })
        .collect();
    let mut graph = Graph::default();
    let mut elsewhere: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, known, edges, left_out) in outside {
        for name in known {
            elsewhere.entry(name).or_default().push(at);
        }
        graph.edges.extend(edges);
        graph.left_out += left_out;
    }
    let own: Vec<_> = sources
        .par_iter()
        .map(|(at, found)| edges_of(*at, found, all, &index, &elsewhere))
        .collect();
    for (edges, left_out) in own {
        graph.edges.extend(edges);
        graph.left_out += left_out;
    }
    graph.edges.sort();
    graph
}

fn edges_of(
    from: usize,
    found: &[Mention],
    all: &[Resource],
    index: &Index,
    elsewhere: &HashMap<String, Vec<usize>>,
) -> (Vec<Edge>, u64) {
    let Some(resource) = all.get(from) else { return (Vec::new(), 0) };
    let mut seen: BTreeMap<(Target, ReferenceKind), String> = BTreeMap::new();
    let mut accounts: BTreeSet<ScopeId> = BTreeSet::new();
    let mut left_out = 0;
    for mention in found {
        let mut targets: Vec<usize> = if mention.is_telling {
            let inside = index.find(&mention.text);
            let inside = if inside.is_empty() { index.under(&mention.prefix) } else { inside };
            if inside.is_empty() {
                elsewhere.get(&mention.text).cloned().unwrap_or_default()
            } else {
                inside
            }
        } else {
            index.bare(&mention.text, &mention.key, resource, all)
        };
        targets.retain(|to| *to != from);
        for to in &targets {
            let Some(target) = all.get(*to) else { continue };
            let kind = kind_of(resource, target, mention);
            let key = (Target::Resource(*to), kind);
            if seen.contains_key(&key) {
                continue;
            }
            if seen.len() >= MOST {
                left_out += 1;
            } else {
                seen.insert(key, cut(&mention.path(), LONGEST_PATH));
            }
        }
        if targets.is_empty()
            && let Some(account) = mention.account()
            && resource.key.scope != *account
            && resource.key.cloud.as_str() == "aws"
        {
            let key = (Target::Scope(account.into()), kind_of_mention(mention));
            if accounts.insert(account.into()) && seen.len() < MOST {
                seen.insert(key, cut(&mention.path(), LONGEST_PATH));
            }
        }
    }
    // An account that some resource of it already stands for needs no line of its own.
    let stands: HashSet<ScopeId> = seen
        .keys()
        .filter_map(|(to, _)| match to {
            Target::Resource(at) => all.get(*at).map(|r| r.key.scope.clone()),
            Target::Scope(_) => None,
        })
        .collect();
    let edges = seen.into_iter().filter_map(|((to, kind), path)| {
        let is_said = matches!(&to, Target::Scope(scope) if stands.contains(scope));
        (!is_said).then_some(Edge { from, to, kind, path })
    });
    (edges.collect(), left_out)
}

fn kind_of_mention(mention: &Mention) -> ReferenceKind {
    let has = |word: &str| mention.keys.iter().any(|key| key.contains(word));
    if has("AssumeRolePolicy") {
        ReferenceKind::Trust
    } else if has("Policy") || has("policy") || has("Statement") || has("bindings") {
        ReferenceKind::Policy
    } else {
        ReferenceKind::Uses
    }
}

fn kind_of(from: &Resource, to: &Resource, mention: &Mention) -> ReferenceKind {
    if from.key.resource_type == "AWS::CloudFormation::Stack" && mention.key == "PhysicalResourceId"
    {
        return ReferenceKind::Stack;
    }
    match kind_of_mention(mention) {
        ReferenceKind::Uses => match to.key.resource_type.as_str() {
            "AWS::EC2::VPC"
            | "AWS::EC2::Subnet"
            | "compute.googleapis.com/Network"
            | "compute.googleapis.com/Subnetwork" => ReferenceKind::Network,
            "AWS::EC2::SecurityGroup" => ReferenceKind::SecurityGroup,
            "AWS::KMS::Key" | "cloudkms.googleapis.com/CryptoKey" => ReferenceKind::Encryption,
            "AWS::IAM::Role"
            | "AWS::IAM::InstanceProfile"
            | "iam.googleapis.com/ServiceAccount" => ReferenceKind::Identity,
            _ => ReferenceKind::Uses,
        },
        other => other,
    }
}

/// The names that mean this resource wherever they stand.
pub(crate) fn names(resource: &Resource, value: &Value) -> Vec<String> {
    names_of(resource, value)
}
