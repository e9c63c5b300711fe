//! A snapshot, indexed: what is live, and which units were read how well.

use std::collections::{BTreeSet, HashMap, HashSet};

use rayon::prelude::*;
use tenko_core::{
    Answer, Arg, Message, Outcome, Reach, Region, Resource, ResourceKey, ResourceType, ScopeKey,
    Snapshot, msg,
};

use crate::text::ShortReasons;

/// Cloud and id.
type ScopeName<'a> = (&'a str, &'a str);
/// Cloud, scope and type.
type Listing<'a> = (&'a str, &'a str, &'a str);

/// Where something could be.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Area<'a> {
    /// The one region, if one is meant.
    pub(crate) region: Option<&'a Reach>,
    /// The environment's regions, if it names any.
    pub(crate) regions: Option<&'a BTreeSet<Region>>,
}

/// What stood in the way of seeing everything.
#[derive(Debug, Default)]
pub(crate) struct Gaps {
    list: ShortReasons,
    /// A region that is not enabled was passed over.
    pub(crate) passed_disabled: bool,
}

impl Gaps {
    pub(crate) fn add(&mut self, reason: impl FnOnce() -> Message) {
        self.list.add(reason);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Why it could not be observed; nothing where nothing stood in the way.
    pub(crate) fn reason(&self) -> Option<Message> {
        self.list.to_message()
    }
}

/// An indexed snapshot. Nothing in it depends on the order of the snapshot's lists.
pub(crate) struct View<'a> {
    /// The resources by key, each key once.
    pub(crate) live: Vec<&'a Resource>,
    /// For each resource of the snapshot, its place in `live`.
    pub(crate) position: Vec<usize>,
    scopes: HashSet<ScopeName<'a>>,
    answers: HashMap<ScopeName<'a>, &'a Answer>,
    rows: HashMap<Listing<'a>, Vec<(&'a Reach, Outcome)>>,
    types_of: HashMap<ScopeName<'a>, Vec<&'a str>>,
}

impl<'a> View<'a> {
    pub(crate) fn new(snapshot: &'a Snapshot) -> Self {
        let mut order: Vec<_> = snapshot.resources.iter().enumerate().collect();
        // The digest makes the choice among resources of one key, which should not be, the same
        // in every order.
        order.par_sort_by(|(_, a), (_, b)| (&a.key, a.digest).cmp(&(&b.key, b.digest)));
        let mut live: Vec<&Resource> = Vec::with_capacity(order.len());
        let mut position = vec![0; order.len()];
        for (raw, resource) in order {
            if live.last().is_none_or(|last| last.key != resource.key) {
                live.push(resource);
            }
            if let Some(place) = position.get_mut(raw) {
                *place = live.len() - 1;
            }
        }
        let mut rows: HashMap<_, Vec<_>> = HashMap::new();
        let mut types_of: HashMap<_, Vec<_>> = HashMap::new();
        for row in &snapshot.coverage {
            let unit = &row.unit;
            let (cloud, scope) = (unit.cloud.as_str(), unit.scope.as_str());
            let of = rows.entry((cloud, scope, unit.resource_type.as_str())).or_default();
            if of.is_empty() {
                types_of.entry((cloud, scope)).or_default().push(unit.resource_type.as_str());
            }
            of.push((&unit.reach, row.outcome));
        }
        rows.values_mut().for_each(|rows| rows.sort_by_key(|(reach, _)| *reach));
        Self {
            live,
            position,
            scopes: snapshot.scopes.iter().map(|s| (s.cloud.as_str(), s.id.as_str())).collect(),
            answers: snapshot
                .answers
                .iter()
                .map(|a| ((a.cloud.as_str(), a.scope.as_str()), a))
                .collect(),
            rows,
            types_of,
        }
    }

    /// What keeps the absence of such a resource from being a fact; empty when nothing does.
    pub(crate) fn gaps<'b>(
        &self,
        scopes: impl Iterator<Item = &'b ScopeKey>,
        resource_type: &ResourceType,
        area: Area<'_>,
    ) -> Gaps {
        let mut gaps = Gaps::default();
        let mut any = false;
        for scope in scopes {
            any = true;
            if let Some(answer) = self.opened(scope, &mut gaps) {
                self.look(scope, answer, resource_type, area, &mut gaps);
            }
        }
        if !any {
            gaps.add(|| msg!("drift-no-scope"));
        }
        gaps
    }

    /// What keeps the absence of this very resource from being a fact.
    pub(crate) fn gaps_of(&self, key: &ResourceKey) -> Gaps {
        let area = Area { region: Some(&key.region), regions: None };
        self.gaps(std::iter::once(&key.scope_key()), &key.resource_type, area)
    }

    /// Whether some units of these types in the scope were looked at, and all of them were read
    /// or cannot hold anything in use.
    pub(crate) fn all_seen(&self, scope: &ScopeKey, of_type: impl Fn(&str) -> bool) -> bool {
        let (cloud, id) = (scope.cloud.as_str(), scope.id.as_str());
        let types = self.types_of.get(&(cloud, id)).map(Vec::as_slice).unwrap_or_default();
        let mut outcomes = types
            .iter()
            .filter(|name| of_type(name))
            .filter_map(|name| self.rows.get(&(cloud, id, *name)))
            .flatten()
            .map(|(_, outcome)| *outcome)
            .peekable();
        self.opened(scope, &mut Gaps::default()).is_some()
            && outcomes.peek().is_some()
            && outcomes.all(is_seen)
    }

    pub(crate) fn is_discovered(&self, scope: &ScopeKey) -> bool {
        self.scopes.contains(&(scope.cloud.as_str(), scope.id.as_str()))
    }

    fn opened(&self, scope: &ScopeKey, gaps: &mut Gaps) -> Option<&'a Answer> {
        let name = (scope.cloud.as_str(), scope.id.as_str());
        if !self.is_discovered(scope) {
            gaps.add(|| msg!("drift-scope-undiscovered", scope = Arg::text(scope)));
            return None;
        }
        match self.answers.get(&name) {
            Some(answer) if answer.outcome.is_complete() => return Some(answer),
            Some(Answer { outcome, .. }) => gaps
                .add(|| msg!("drift-scope-outcome", scope = Arg::text(scope), outcome = *outcome)),
            None => gaps.add(|| msg!("drift-scope-unasked", scope = Arg::text(scope))),
        }
        None
    }

    fn look(
        &self,
        scope: &ScopeKey,
        answer: &Answer,
        resource_type: &ResourceType,
        area: Area<'_>,
        gaps: &mut Gaps,
    ) {
        let id = &scope.id;
        let name = (scope.cloud.as_str(), id.as_str(), resource_type.as_str());
        let rows = self.rows.get(&name).map(Vec::as_slice).unwrap_or_default();
        if rows.is_empty() {
            return gaps.add(|| {
                msg!("drift-type-uncollected", scope = id.as_str())
                    .with("type", resource_type.as_str())
            });
        }
        let mut read = HashSet::new();
        for (reach, outcome) in rows {
            // A listing of the whole scope answers for every region.
            let counts = area.region.is_none_or(|r| r == *reach || **reach == Reach::Global);
            if !counts {
                continue;
            }
            read.insert(reach.as_str());
            if outcome.is_complete() {
                continue;
            }
            if area.region.is_none() && is_known_disabled(answer, reach, *outcome, area) {
                gaps.passed_disabled = true;
            } else {
                gaps.add(|| {
                    msg!("drift-unit-outcome", outcome = *outcome)
                        .with("type", resource_type.as_str())
                        .with("scope", id.as_str())
                        .with("region", reach.as_str())
                });
            }
        }
        if read.contains(Reach::Global.as_str()) {
            return;
        }
        let mut not_read = |region: &str| {
            if !read.contains(region) {
                gaps.add(|| {
                    msg!("drift-unit-uncollected", region = region)
                        .with("type", resource_type.as_str())
                        .with("scope", id.as_str())
                });
            }
        };
        match (area.region, area.regions) {
            (Some(region), _) => not_read(region.as_str()),
            (None, Some(regions)) => regions.iter().for_each(|r| not_read(r.as_str())),
            (None, None) => answer.regions.iter().for_each(|r| not_read(r.as_str())),
        }
    }
}

fn is_seen(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Complete | Outcome::RegionDisabled | Outcome::ServiceNotEnabled)
}

/// An environment that names no regions means every enabled one, and the account itself said
/// that this one is not.
fn is_known_disabled(answer: &Answer, reach: &Reach, outcome: Outcome, area: Area<'_>) -> bool {
    outcome == Outcome::RegionDisabled
        && reach.as_region().is_some_and(|region| {
            answer.disabled_regions.contains(region)
                && !area.regions.is_some_and(|regions| regions.contains(region))
        })
}
