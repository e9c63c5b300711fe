//! Finds the live resource of each expectation with hash indexes, so that the work grows with
//! the sum of both and not with their product.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;
use tenko_core::{Catalog, Cloud, Expected, Origin, Reach, ReachKind, Resource, ScopeKey};

use crate::owners::{Owned, Owners, Place};
use crate::view::View;

/// How an expectation names its resource, the most exact first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum By {
    Id,
    Name,
    Type,
}

/// One expectation of one environment.
pub(crate) struct Wish<'a> {
    pub(crate) environment: usize,
    pub(crate) owned: &'a Owned<'a>,
    pub(crate) expected: &'a Expected,
    pub(crate) by: By,
    text: &'a str,
    cloud: Option<&'a Cloud>,
    /// Whether the type is listed once per scope; a region then says little.
    listed_globally: bool,
}

impl<'a> Wish<'a> {
    /// The scopes that could hold it: the one that is meant, else those of the environment that
    /// are in the type's cloud.
    pub(crate) fn scopes(&self) -> impl Iterator<Item = &'a ScopeKey> {
        let meant = self.expected.scope.as_ref();
        let any = if meant.is_some() { None } else { Some(&self.owned.scopes) };
        let cloud = self.cloud;
        meant
            .into_iter()
            .chain(any.into_iter().flatten().copied())
            .filter(move |scope| meant.is_some() || cloud.is_none_or(|cloud| *cloud == scope.cloud))
    }

    /// The region that it must be in. Of a type that is listed once per scope, `global` says
    /// nothing about where a resource is.
    pub(crate) fn region(&self) -> Option<&'a Reach> {
        let says_nothing = |region: &&Reach| self.listed_globally && **region == Reach::Global;
        self.expected.region.as_ref().filter(|region| !says_nothing(region))
    }

    /// The regions to try, in this order; `None` is any.
    fn regions(&self) -> impl Iterator<Item = Option<&'a Reach>> + use<'a> {
        let first = self.region();
        let second = (self.listed_globally && first.is_some()).then_some(Some(&Reach::Global));
        std::iter::once(first).chain(second)
    }

    fn places(&self) -> [Option<Place>; 3] {
        let environment = Some(Place::Environment(self.environment));
        match (self.by, &self.expected.scope) {
            (By::Id, _) => [None; 3],
            (_, Some(scope)) if !self.owned.scopes.contains(scope) => [None; 3],
            _ => [environment, Some(Place::Tenant(self.owned.tenant_at)), Some(Place::Several)],
        }
    }
}

/// Every expectation, those that leave the least open first.
pub(crate) fn wishes<'a>(owners: &'a Owners<'a>, catalog: &'a Catalog) -> Vec<Wish<'a>> {
    let mut wishes: Vec<_> = owners
        .environments
        .iter()
        .enumerate()
        .flat_map(|(environment, owned)| {
            owned.environment.expected.iter().map(move |expected| {
                let (by, text) = match (&expected.id, &expected.name) {
                    (Some(id), _) => (By::Id, id.as_str()),
                    (None, Some(name)) => (By::Name, name.as_str()),
                    (None, None) => (By::Type, ""),
                };
                let info = catalog.get(&expected.resource_type);
                Wish {
                    environment,
                    owned,
                    expected,
                    by,
                    text,
                    cloud: info.map(|info| &info.cloud),
                    listed_globally: info.is_some_and(|info| info.reach == ReachKind::Global),
                }
            })
        })
        .collect();
    wishes.par_sort_by(|a, b| {
        let openness =
            |w: &Wish<'_>| (w.by, w.expected.scope.is_none(), w.expected.region.is_none());
        (openness(a), a.environment, &a.expected.resource_type, a.text)
            .cmp(&(openness(b), b.environment, &b.expected.resource_type, b.text))
            .then_with(|| {
                let (a, b) = (a.expected, b.expected);
                (&a.scope, &a.region, &a.name, &a.source)
                    .cmp(&(&b.scope, &b.region, &b.name, &b.source))
            })
    });
    wishes
}

/// Who found what.
pub(crate) struct Matches<'a> {
    /// For each wish, the live resource in its place.
    pub(crate) found: Vec<Option<usize>>,
    /// For each live resource, the wish that took it.
    pub(crate) taken: Vec<Option<usize>>,
    /// For each wish, whether others took all that would have fitted.
    pub(crate) outbid: Vec<bool>,
    names: HashMap<(&'a ScopeKey, &'a str, &'a str), usize>,
}

impl Matches<'_> {
    /// The wish whose resource has the same type, scope and name as this one.
    pub(crate) fn namesake(&self, resource: &Resource) -> Option<usize> {
        if self.names.is_empty() {
            return None;
        }
        let key = &resource.key;
        let scope = key.scope_key();
        self.names.get(&(&scope, key.resource_type.as_str(), resource.label())).copied()
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Slot<'a> {
    by: By,
    resource_type: &'a str,
    text: &'a str,
    cloud: &'a str,
    scope: &'a str,
    place: Option<Place>,
    region: Option<&'a Reach>,
}

/// The live resources of one slot in order. What was taken is passed over once and for all.
#[derive(Default)]
struct Queue {
    items: Vec<usize>,
    next: usize,
}

impl Queue {
    fn first_free(&mut self, taken: &[Option<usize>]) -> Option<usize> {
        while let Some(item) = self.items.get(self.next) {
            if taken.get(*item).is_some_and(Option::is_none) {
                return Some(*item);
            }
            self.next += 1;
        }
        None
    }
}

fn text_of(resource: &Resource, by: By) -> &str {
    match by {
        By::Id => &resource.key.id,
        By::Name => resource.label(),
        By::Type => "",
    }
}

/// Only what some expectation asks for is indexed.
fn index<'a>(view: &View<'a>, places: &[Place], wishes: &[Wish<'a>]) -> HashMap<Slot<'a>, Queue> {
    let wanted: HashSet<_> =
        wishes.iter().map(|w| (w.by, w.expected.resource_type.as_str(), w.text)).collect();
    let mut hits: Vec<_> = view
        .live
        .par_iter()
        .enumerate()
        .flat_map_iter(|(at, resource)| {
            let is_default = resource.origin != Origin::Customer;
            let resource: &'a Resource = resource;
            let resource_type = resource.key.resource_type.as_str();
            [By::Id, By::Name, By::Type]
                .into_iter()
                .filter(|by| wanted.contains(&(*by, resource_type, text_of(resource, *by))))
                .map(move |by| (is_default, at, by, resource))
        })
        .collect();
    hits.par_sort_by_key(|(is_default, at, by, _)| (*is_default, *at, *by));
    let mut slots: HashMap<Slot<'a>, Queue> = HashMap::new();
    for (_, at, by, resource) in hits {
        let key = &resource.key;
        let place = places.get(at).copied().filter(|_| by != By::Id);
        for place in [None, place].into_iter().take(if place.is_some() { 2 } else { 1 }) {
            for region in [None, Some(&key.region)] {
                let slot = Slot {
                    by,
                    resource_type: key.resource_type.as_str(),
                    text: text_of(resource, by),
                    cloud: key.cloud.as_str(),
                    scope: key.scope.as_str(),
                    place,
                    region,
                };
                slots.entry(slot).or_default().items.push(at);
            }
        }
    }
    slots
}

/// Gives each wish its resource, in the order of the wishes.
pub(crate) fn matches<'a>(view: &View<'a>, places: &[Place], wishes: &[Wish<'a>]) -> Matches<'a> {
    let mut slots = index(view, places, wishes);
    let mut taken = vec![None; view.live.len()];
    let mut found = Vec::with_capacity(wishes.len());
    let mut outbid = Vec::with_capacity(wishes.len());
    let mut names = HashMap::new();
    for (at, wish) in wishes.iter().enumerate() {
        let (hit, fits) = choose(&mut slots, wish, &taken);
        if let Some(taken) = hit.and_then(|hit| taken.get_mut(hit)) {
            *taken = Some(at);
        }
        if let (Some(hit), By::Name) = (hit.and_then(|hit| view.live.get(hit)), wish.by) {
            let scope = wish.scopes().find(|s| s.id == hit.key.scope && s.cloud == hit.key.cloud);
            if let Some(scope) = scope {
                names.insert((scope, wish.expected.resource_type.as_str(), wish.text), at);
            }
        }
        found.push(hit);
        outbid.push(hit.is_none() && fits);
    }
    Matches { found, taken, outbid, names }
}

/// The first free resource that fits, and whether any fits, free or not.
fn choose<'a>(
    slots: &mut HashMap<Slot<'a>, Queue>,
    wish: &Wish<'a>,
    taken: &[Option<usize>],
) -> (Option<usize>, bool) {
    let mut fits = false;
    let places = wish.places();
    let distinct = if places.iter().all(|place| *place == places[0]) { 1 } else { places.len() };
    for region in wish.regions() {
        for place in places.into_iter().take(distinct) {
            for scope in wish.scopes() {
                let slot = Slot {
                    by: wish.by,
                    resource_type: wish.expected.resource_type.as_str(),
                    text: wish.text,
                    cloud: scope.cloud.as_str(),
                    scope: scope.id.as_str(),
                    place,
                    region,
                };
                let Some(queue) = slots.get_mut(&slot) else { continue };
                fits = true;
                if let Some(hit) = queue.first_free(taken) {
                    return (Some(hit), true);
                }
            }
        }
    }
    (None, fits)
}
