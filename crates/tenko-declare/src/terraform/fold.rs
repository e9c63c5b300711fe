//! Parts into wholes, across states.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::Value;
use tenko_core::{AttrPath, Claim, IacOwner, Matcher, ResourceType, Segment};

use super::infer::normal_id;
use super::{Part, Skipped, StateFile};

/// What all states together say.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Folded {
    /// The resources, with their parts in them.
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
pub fn fold(states: Vec<(StateFile, Option<IacOwner>)>) -> Folded {
    let mut out = Folded::default();
    let mut parts = Vec::new();
    let mut state_of = Vec::new();
    for (at, (state, owner)) in states.into_iter().enumerate() {
        let StateFile { name, claims, parts: pieces, skipped, .. } = state;
        out.skipped.extend(skipped.into_iter().map(|s| (Arc::clone(&name), s)));
        state_of.resize(state_of.len() + claims.len(), at);
        out.claims.extend(claims.into_iter().map(|mut claim| {
            claim.owner.clone_from(&owner);
            claim
        }));
        let owner = &owner;
        parts.extend(pieces.into_iter().map(|part| Placed {
            part,
            state: at,
            owner: owner.clone(),
        }));
    }
    let index = index(&out.claims, &parts);
    disown_crowds(&mut out.claims, &index);
    let mut appended: HashMap<(usize, AttrPath), Vec<Value>> = HashMap::new();
    let mut order = Vec::new();
    let mut unclaimed: Vec<(&Placed, String)> = Vec::new();
    let mut claimed: HashSet<(&str, &str)> = HashSet::new();
    for placed in &parts {
        let part = &placed.part;
        for parent in &part.parents {
            let whole = || format!("it is a part of the {} {parent}", part.resource_type);
            let candidates = found(&index, &part.resource_type, parent);
            let reason = match choose(placed, candidates, &out.claims, &state_of) {
                Choice::Nothing => {
                    unclaimed.push((placed, format!("{}, which no state declares", whole())));
                    continue;
                }
                Choice::Several(all) => {
                    all.iter().for_each(|at| part.forget(out.claims.get_mut(*at)));
                    Some(format!("{}, of which there are several", whole()))
                }
                Choice::These(all) => {
                    for at in all {
                        let Some(claim) = out.claims.get_mut(at) else { continue };
                        for (path, items) in part.apply(claim) {
                            let list = appended.entry((at, path.clone())).or_insert_with(|| {
                                order.push((at, path.clone()));
                                Vec::new()
                            });
                            list.extend(items.iter().cloned());
                        }
                    }
                    let doubt = part.doubt.as_ref();
                    doubt.map(|doubt| format!("what it adds to {parent} is not compared: {doubt}"))
                }
            };
            claimed.insert(placed.place());
            out.skipped.extend(reason.map(|reason| placed.skipped(reason)));
        }
    }
    // What is a part of several is not lost as long as one of them is declared.
    for (placed, reason) in unclaimed {
        if claimed.insert(placed.place()) {
            out.skipped.push(placed.skipped(reason));
        }
    }
    for key in order {
        if let Some(items) = appended.remove(&key)
            && let Some(claim) = out.claims.get_mut(key.0)
        {
            state(claim, &key.1, Value::Array(distinct(items)));
        }
    }
    // What one part hides or puts in doubt is not compared, whatever the others say.
    for placed in &parts {
        let hidden = placed.part.sensitive.is_empty() && placed.part.uncertain.is_empty();
        if hidden {
            continue;
        }
        for parent in &placed.part.parents {
            for at in found(&index, &placed.part.resource_type, parent).iter().take(CROWD) {
                placed.part.hide(out.claims.get_mut(*at));
            }
        }
    }
    out
}

impl Placed {
    fn place(&self) -> (&str, &str) {
        (&self.part.source.file, &self.part.source.address)
    }

    fn skipped(&self, reason: String) -> (Arc<str>, Skipped) {
        let source = &self.part.source;
        (Arc::clone(&source.file), Skipped { address: source.address.clone(), reason })
    }
}

/// Two parts that say the same mean the same.
fn distinct(items: Vec<Value>) -> Vec<Value> {
    let mut seen = HashSet::new();
    items.into_iter().filter(|item| seen.insert(item.to_string())).collect()
}

type Index<'a> = HashMap<&'a ResourceType, HashMap<&'a str, Vec<usize>>>;

/// The claims that parts ask for, by type and id.
fn index<'a>(claims: &[Claim], parts: &'a [Placed]) -> Index<'a> {
    let mut index: Index<'a> = HashMap::new();
    for placed in parts {
        let ids = index.entry(&placed.part.resource_type).or_default();
        for parent in &placed.part.parents {
            ids.entry(parent).or_default();
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

impl Part {
    /// Writes what the part says into the claim; what is to be appended is handed back.
    fn apply(&self, claim: &mut Claim) -> &[(AttrPath, Vec<Value>)] {
        claim.parts.push(self.source.clone());
        if claim.not_comparable.is_some() {
            return &[];
        }
        for (path, value) in &self.attributes {
            state(claim, path, value.clone());
        }
        for (path, matcher) in &self.includes {
            include(claim, path, matcher);
        }
        &self.append
    }

    /// Nothing that the part speaks of is compared: it may or may not mean this claim.
    fn forget(&self, claim: Option<&mut Claim>) {
        let Some(claim) = claim else { return };
        let paths = self.attributes.iter().map(|(path, _)| path);
        let lists = self.append.iter().map(|(path, _)| path);
        for path in paths.chain(lists).chain(self.includes.iter().map(|(path, _)| path)) {
            drop_path(claim, path);
        }
    }

    /// Takes out what the part speaks of with values that are not to be used.
    fn hide(&self, claim: Option<&mut Claim>) {
        let Some(claim) = claim else { return };
        for path in &self.uncertain {
            drop_path(claim, path);
        }
        for path in &self.sensitive {
            drop_path(claim, path);
            claim.sensitive.insert(path.clone());
        }
    }
}

/// The claim says this at the path, and nothing else at or below it.
fn state(claim: &mut Claim, path: &AttrPath, value: Value) {
    // A part in a value that the whole gives in one piece.
    for (above, matcher) in &mut claim.attributes {
        if above != path
            && above.covers(path)
            && let Matcher::Loose(whole) = matcher
            && let Some(below) = path.segments().get(above.segments().len()..)
            && put(whole, below, &value)
        {
            return;
        }
    }
    claim.attributes.retain(|(known, _)| !path.covers(known));
    claim.sensitive.retain(|known| !path.covers(known));
    claim.attributes.push((path.clone(), Matcher::Loose(value)));
}

/// Sets a value inside of an object. False when there is something else on the way.
fn put(whole: &mut Value, path: &[Segment], value: &Value) -> bool {
    let Some((first, rest)) = path.split_first() else {
        *whole = value.clone();
        return true;
    };
    match (first, whole) {
        (Segment::Key(key), Value::Object(map)) => put(
            map.entry(key.clone()).or_insert_with(|| Value::Object(Default::default())),
            rest,
            value,
        ),
        _ => false,
    }
}

/// One list of elements for each path, so that many parts do not make many matchers.
fn include(claim: &mut Claim, path: &AttrPath, matcher: &Matcher) {
    if let Matcher::Includes { items, keys, open } = matcher {
        for (known, before) in &mut claim.attributes {
            if known == path
                && let Matcher::Includes { items: all, keys: by, open: how } = before
                && by == keys
                && how == open
            {
                all.extend(items.iter().cloned());
                return;
            }
        }
    }
    claim.attributes.push((path.clone(), matcher.clone()));
}

/// Nothing is said any more of the path, nor of what it lies in or holds.
fn drop_path(claim: &mut Claim, path: &AttrPath) {
    claim.attributes.retain(|(known, _)| !path.covers(known) && !known.covers(path));
}
