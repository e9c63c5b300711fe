//! Parts into wholes, across states.

mod apply;
mod partial;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde_json::Value;
use tenko_core::{AttrPath, Claim, IacOwner, ResourceType};

use super::infer::normal_id;
use super::part::Parent;
use super::{Part, Skipped, StateFile};
use apply::{keep, note_softer, soften, state};

/// What all states together say.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Folded {
    /// The resources, with their parts in them; then those of which only parts are declared.
    pub claims: Vec<Claim>,
    /// What could not be used, with the state that it stands in.
    pub skipped: Vec<(Arc<str>, Skipped)>,
}

/// A part, and where it comes from.
struct Placed {
    part: Part,
    state: usize,
    owner: Option<IacOwner>,
}

/// Folds the parts of all states into the wholes of all states.
///
/// A part belongs to every claim of the resource that it names. Where several resources have that
/// name (a role `deploy` in each of two accounts), those of the same account and region are meant,
/// else those of its own state, else those of the same environment. What remains ambiguous is
/// `skipped`, and what it speaks of is compared in none of them.
///
/// Where parts add to a list that the whole gives too, the whole's list is one of elements that must
/// be there: its state may be older than the parts. What no state declares as a whole becomes a claim
/// of its parts alone, see [`Claim::partial`].
pub fn fold(states: Vec<(StateFile, Option<IacOwner>)>) -> Folded {
    let mut out = Folded::default();
    let mut parts = Vec::new();
    let mut state_of = Vec::new();
    for (at, (state, owner)) in states.into_iter().enumerate() {
        let StateFile { name, claims, parts: pieces, skipped, .. } = state;
        out.skipped.extend(skipped.into_iter().map(|s| (Arc::clone(&name), s)));
        state_of.resize(state_of.len() + claims.len(), at);
        let first = out.claims.len();
        if first == 0 {
            // Nothing is copied where there is but one state, which may be large.
            out.claims = claims;
        } else {
            out.claims.extend(claims);
        }
        for claim in out.claims.iter_mut().skip(first) {
            claim.owner.clone_from(&owner);
        }
        let owner = &owner;
        parts.extend(pieces.into_iter().map(|part| Placed {
            part,
            state: at,
            owner: owner.clone(),
        }));
    }
    let index = index(&out.claims, &parts);
    disown_crowds(&mut out.claims, &index);
    let mut resolved = Vec::with_capacity(parts.len());
    for placed in &parts {
        for parent in &placed.part.parents {
            let candidates = found(&index, &placed.part.resource_type, &parent.key);
            resolved.push((placed, parent, choose(placed, candidates, &out.claims, &state_of)));
        }
    }
    let mut softer = BTreeMap::new();
    for (placed, _, choice) in &resolved {
        let Choice::These(all) = choice else { continue };
        all.iter().for_each(|at| note_softer(*at, &placed.part, &mut softer));
    }
    let mut softened = Vec::new();
    for ((at, path), softer) in &softer {
        if let Some(matcher) = out.claims.get_mut(*at).and_then(|c| soften(c, path, softer)) {
            softened.push((*at, *path, matcher));
        }
    }
    let mut lists = Lists::default();
    let mut unclaimed: Vec<(&Placed, &Parent)> = Vec::new();
    for (placed, parent, choice) in resolved {
        let part = &placed.part;
        let reason = match choice {
            Choice::Nothing => {
                unclaimed.push((placed, parent));
                continue;
            }
            Choice::Several(all) => {
                all.iter().for_each(|at| part.forget(out.claims.get_mut(*at)));
                let (ty, id) = (&part.resource_type, &parent.key);
                Some(format!("it is a part of the {ty} {id}, of which there are several"))
            }
            Choice::These(all) => {
                for at in all {
                    let Some(claim) = out.claims.get_mut(at) else { continue };
                    for (path, items) in part.apply(claim) {
                        lists.add(at, path, items, placed);
                    }
                }
                placed.doubt(parent)
            }
        };
        out.skipped.extend(reason.map(|reason| placed.skipped(reason)));
    }
    for (at, path, items) in lists.into_lists() {
        if let Some(claim) = out.claims.get_mut(at) {
            state(claim, path, Value::Array(items));
        }
    }
    for (at, path, matcher) in softened {
        if let Some(claim) = out.claims.get_mut(at) {
            keep(claim, path, matcher);
        }
    }
    // What one part hides or puts in doubt is not compared, whatever the others say.
    for placed in &parts {
        let hidden = placed.part.sensitive.is_empty() && placed.part.uncertain.is_empty();
        if hidden {
            continue;
        }
        for parent in &placed.part.parents {
            for at in found(&index, &placed.part.resource_type, &parent.key).iter().take(CROWD) {
                placed.part.hide(out.claims.get_mut(*at));
            }
        }
    }
    partial::add(&unclaimed, &mut out);
    out
}

impl Placed {
    /// By what the instance is known when several states have it.
    fn identity(&self) -> (&str, &str) {
        let part = &self.part;
        (&part.code_type, part.id.as_deref().unwrap_or(&part.source.address))
    }

    fn doubt(&self, parent: &Parent) -> Option<String> {
        let doubt = self.part.doubt.as_ref();
        doubt.map(|doubt| format!("what it adds to {} is not compared: {doubt}", parent.key))
    }

    fn skipped(&self, reason: String) -> (Arc<str>, Skipped) {
        let source = &self.part.source;
        (Arc::clone(&source.file), Skipped::harmless(source.address.clone(), reason))
    }
}

/// The lists that parts make together: by claim, or what else they belong to.
#[derive(Default)]
struct Lists<'a> {
    at: HashMap<(usize, &'a AttrPath), usize>,
    all: Vec<(usize, &'a AttrPath, Vec<Value>)>,
    /// What an instance said, which in two states is said once.
    said: HashMap<(usize, (&'a str, &'a str)), &'a [Value]>,
    /// The elements of each list. Objects of one type may look alike where what tells them apart is
    /// not mapped, and each counts; those of two types are one thing seen from two sides.
    seen: HashMap<(usize, String), Seen<'a>>,
}

/// How often it is there, and how often parts of each type asked for it.
type Seen<'a> = (usize, HashMap<&'a str, usize>);

impl<'a> Lists<'a> {
    fn add(&mut self, at: usize, path: &'a AttrPath, items: &'a [Value], placed: &'a Placed) {
        let list = *self.at.entry((at, path)).or_insert_with(|| {
            self.all.push((at, path, Vec::new()));
            self.all.len() - 1
        });
        if self.said.insert((list, placed.identity()), items) == Some(items) {
            return;
        }
        let Some((_, _, all)) = self.all.get_mut(list) else { return };
        for item in items {
            let (there, of_type) = self.seen.entry((list, item.to_string())).or_default();
            let said = of_type.entry(&*placed.part.code_type).or_default();
            *said += 1;
            // Texts are known by themselves.
            let wanted = if item.is_object() { *said } else { 1 };
            if wanted > *there {
                *there += 1;
                all.push(item.clone());
            }
        }
    }

    fn into_lists(self) -> impl Iterator<Item = (usize, &'a AttrPath, Vec<Value>)> {
        self.all.into_iter()
    }
}

type Index<'a> = HashMap<&'a ResourceType, HashMap<&'a str, Vec<usize>>>;

/// The claims that parts ask for, by type and id.
fn index<'a>(claims: &[Claim], parts: &'a [Placed]) -> Index<'a> {
    let mut index: Index<'a> = HashMap::new();
    for placed in parts {
        let ids = index.entry(&placed.part.resource_type).or_default();
        for parent in &placed.part.parents {
            ids.entry(&parent.key).or_default();
        }
    }
    for (at, claim) in claims.iter().enumerate() {
        let Some(ids) = claim.resource_type.as_ref().and_then(|ty| index.get_mut(ty)) else {
            continue;
        };
        for id in &claim.ids {
            if let Some(found) = ids.get_mut(normal_id(id).as_str())
                && found.last() != Some(&at)
            {
                found.push(at);
            }
        }
    }
    index
}

fn found<'a>(index: &'a Index<'_>, ty: &ResourceType, id: &str) -> &'a [usize] {
    index.get(ty).and_then(|ids| ids.get(id)).map(Vec::as_slice).unwrap_or_default()
}

enum Choice {
    Nothing,
    These(Vec<usize>),
    Several(Vec<usize>),
}

/// More claims than this of one id are a mistake, or an attack: folding each part into each of them
/// would take the product of both.
const CROWD: usize = 16;

/// What is claimed so often can't be told apart.
fn disown_crowds(claims: &mut [Claim], index: &Index<'_>) {
    for crowd in index.values().flat_map(HashMap::values).filter(|all| all.len() > CROWD) {
        for at in crowd {
            if let Some(claim) = claims.get_mut(*at) {
                claim.attributes = Vec::new();
                claim.tags = None;
                claim.not_comparable = Some(format!("its id is declared {} times", crowd.len()));
            }
        }
    }
}

fn choose(placed: &Placed, candidates: &[usize], claims: &[Claim], states: &[usize]) -> Choice {
    if candidates.len() > CROWD {
        return Choice::Several(Vec::new());
    }
    let part = &placed.part;
    let claim = |at: &usize| claims.get(*at);
    let mut left: Vec<usize> = candidates
        .iter()
        .copied()
        .filter(|at| {
            claim(at).is_some_and(|claim| {
                part.scope.is_none() || claim.scope.is_none() || part.scope == claim.scope
            })
        })
        .collect();
    if left.is_empty() {
        return Choice::Nothing;
    }
    let one_place = |all: &[usize]| {
        let place = |at: &usize| claim(at).map(|c| (&c.scope, &c.region));
        all.windows(2).all(|pair| pair.first().map(place) == pair.last().map(place))
    };
    let narrow = |all: &[usize], keep: &dyn Fn(&usize) -> bool| -> Vec<usize> {
        all.iter().copied().filter(|at| keep(at)).collect()
    };
    // A copy or a replica may well be declared in another region than what it belongs to.
    let near = narrow(&left, &|at| {
        claim(at).is_some_and(|c| part.region.is_some() && c.region == part.region)
    });
    let own = narrow(&left, &|at| states.get(*at) == Some(&placed.state));
    let ours = narrow(&left, &|at| claim(at).is_some_and(|c| c.owner == placed.owner));
    for mut narrower in [near, own, ours] {
        if one_place(&left) {
            break;
        }
        narrower.retain(|at| left.contains(at));
        if !narrower.is_empty() {
            left = narrower;
        }
    }
    if one_place(&left) { Choice::These(left) } else { Choice::Several(left) }
}
