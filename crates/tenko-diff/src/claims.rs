//! Finds the live resource that each claim of infrastructure code means, with hash indexes: the
//! work grows with the sum of both. Several claims may mean one resource.

mod names;

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;
use tenko_core::{Claim, Reach, Resource, ScopeKey};

use crate::elsewhere::is_unique;
use crate::owners::Owners;
use crate::view::View;
use crate::walk::link;

/// The id of what an account has just one of, where the code has no better one: it stands for the
/// account's own, in each scope that could be meant.
pub(crate) const ACCOUNT: &str = "{account}";

/// What a claim means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    Nothing,
    One(usize),
    /// These all have the claim's id, and the code does not tell which of them it is.
    Several(Vec<usize>),
}

impl Found {
    pub(crate) fn all(&self) -> &[usize] {
        match self {
            Self::Nothing => &[],
            Self::One(at) => std::slice::from_ref(at),
            Self::Several(all) => all,
        }
    }
}

/// The claims in an order of their own, and what they mean.
pub(crate) struct Claims<'a> {
    pub(crate) list: Vec<&'a Claim>,
    /// For each claim, the environment whose declaration names the code.
    pub(crate) owner: Vec<Option<usize>>,
    pub(crate) found: Vec<Found>,
    of: HashMap<usize, Vec<usize>>,
}

impl<'a> Claims<'a> {
    pub(crate) fn new(view: &View<'a>, owners: &Owners<'a>) -> Self {
        let mut list: Vec<_> = owners.declaration.claims.iter().collect();
        list.par_sort_by(|a, b| {
            (&a.source, &a.owner, &a.code_type, &a.ids, &a.scope, &a.region).cmp(&(
                &b.source,
                &b.owner,
                &b.code_type,
                &b.ids,
                &b.scope,
                &b.region,
            ))
        });
        let owner: Vec<_> =
            list.iter().map(|claim| owners.owner_at(claim.owner.as_ref()?)).collect();
        let finder = Finder { view, owners };
        let mut found = finder.find(&list, &owner, &finder.by_id(&list, &owner));
        let lost: Vec<_> = list
            .iter()
            .zip(&found)
            .filter(|(claim, found)| !matches!(found, Found::One(_)) && !claim.ids.is_empty())
            .map(|(claim, _)| *claim)
            .collect();
        if !lost.is_empty() {
            let index = finder.by_name(&lost);
            if !index.anywhere.is_empty() {
                let again = finder.find(&list, &owner, &index);
                for (found, again) in found.iter_mut().zip(again) {
                    let is_better = match found {
                        Found::Nothing => again != Found::Nothing,
                        Found::One(_) => false,
                        Found::Several(_) => matches!(again, Found::One(_)),
                    };
                    if is_better {
                        *found = again;
                    }
                }
            }
        }
        let mut of: HashMap<usize, Vec<usize>> = HashMap::new();
        for (at, found) in found.iter().enumerate() {
            found.all().iter().for_each(|live| of.entry(*live).or_default().push(at));
        }
        Self { list, owner, found, of }
    }

    /// The claims that manage this live resource, in order; those of its parts do not.
    pub(crate) fn managing(&self, live: usize) -> impl Iterator<Item = (usize, &'a Claim)> {
        let of = self.of.get(&live).into_iter().flatten();
        let claims = of.filter_map(|at| Some((*at, *self.list.get(*at)?)));
        claims.filter(|(_, claim)| !claim.partial)
    }

    pub(crate) fn owner_of(&self, claim: usize) -> Option<usize> {
        self.owner.get(claim).copied().flatten()
    }
}

/// Live resources by what they are called.
#[derive(Default)]
struct Index<'a> {
    anywhere: HashMap<&'a str, Vec<usize>>,
    /// By cloud and scope too: a name that every account has stays cheap.
    within: HashMap<(&'a str, &'a str, &'a str), Vec<usize>>,
}

impl<'a> Index<'a> {
    fn new(hits: Vec<(usize, &'a str)>, view: &View<'a>) -> Self {
        let mut index = Self::default();
        for (at, name) in hits {
            let Some(resource) = view.live.get(at).copied() else { continue };
            let key = &resource.key;
            let of = index.anywhere.entry(name).or_default();
            // One resource may have one name twice.
            if of.last() != Some(&at) {
                of.push(at);
                let within = (name, key.cloud.as_str(), key.scope.as_str());
                index.within.entry(within).or_default().push(at);
            }
        }
        index
    }

    fn anywhere(&self, name: &str) -> &[usize] {
        self.anywhere.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    fn within<'s>(&'s self, name: &'s str, scope: &'s ScopeKey) -> &'s [usize] {
        let key = (name, scope.cloud.as_str(), scope.id.as_str());
        self.within.get(&key).map(Vec::as_slice).unwrap_or_default()
    }
}

struct Finder<'f, 'a> {
    view: &'f View<'a>,
    owners: &'f Owners<'a>,
}

impl<'a> Finder<'_, 'a> {
    /// The live resources whose native id some claim names.
    fn by_id(&self, claims: &[&'a Claim], owner: &[Option<usize>]) -> Index<'a> {
        let mut wanted: HashSet<&str> =
            claims.iter().flat_map(|c| &c.ids).map(|id| plain(id)).collect();
        if wanted.contains(ACCOUNT) {
            let of_accounts = claims.iter().zip(owner).filter(|(c, _)| is_of_account(c));
            let scopes = of_accounts.flat_map(|(claim, owner)| self.scopes(claim, *owner));
            wanted.extend(scopes.flatten().map(|scope| scope.id.as_str()));
        }
        let ids = self.view.live.par_iter().enumerate().map(|(at, resource)| {
            let resource: &'a Resource = resource;
            (at, plain(&resource.key.id))
        });
        Index::new(ids.filter(|(_, id)| wanted.contains(id)).collect(), self.view)
    }

    /// The live resources whose ARN or self link some of these claims name.
    fn by_name(&self, claims: &[&'a Claim]) -> Index<'a> {
        let mut types = HashSet::new();
        let mut any_type = false;
        let mut wanted: HashSet<&'a str> = HashSet::new();
        for claim in claims {
            match &claim.resource_type {
                Some(name) => _ = types.insert(name),
                None => any_type = true,
            }
            wanted.extend(claim.ids.iter().filter(|id| is_name(id)).map(|id| plain(id)));
        }
        if wanted.is_empty() {
            return Index::default();
        }
        let named = self.view.live.par_iter().enumerate().flat_map_iter(|(at, resource)| {
            let asked = any_type || types.contains(&resource.key.resource_type);
            let names = if asked { names::own(resource) } else { Vec::new() };
            let wanted = &wanted;
            names.into_iter().filter_map(move |name| Some((at, *wanted.get(plain(&name))?)))
        });
        Index::new(named.collect(), self.view)
    }

    fn find(&self, claims: &[&Claim], owner: &[Option<usize>], index: &Index<'a>) -> Vec<Found> {
        let of = claims.par_iter().zip(owner);
        of.map(|(claim, owner)| self.meant(claim, *owner, index)).collect()
    }

    /// The first of the claim's ids that means just one resource; else all that one of them means.
    fn meant(&self, claim: &Claim, owner: Option<usize>, index: &Index<'a>) -> Found {
        let mut several = Vec::new();
        for id in &claim.ids {
            let fits = self.fitting(claim, id, owner, index);
            match fits.as_slice() {
                [] => {}
                [one] => return Found::One(*one),
                _ if several.is_empty() => several = fits,
                _ => {}
            }
        }
        if several.is_empty() { Found::Nothing } else { Found::Several(several) }
    }

    /// Those that are where the claim says, as far as it does. What only one resource can be
    /// called may be anywhere.
    fn fitting(
        &self,
        claim: &Claim,
        id: &str,
        owner: Option<usize>,
        index: &Index<'a>,
    ) -> Vec<usize> {
        let name = claim.resource_type.as_ref().map_or("", |name| name.as_str());
        let anywhere = is_anywhere(claim, id);
        if claim.resource_type.is_none() && !anywhere {
            return Vec::new();
        }
        let of_type = |all: &[usize]| -> Vec<usize> {
            let is_meant = |r: &Resource| name.is_empty() || r.key.resource_type == *name;
            all.iter().copied().filter(|at| self.live(*at).is_some_and(is_meant)).collect()
        };
        let id = plain(id);
        let here = match self.scopes(claim, owner) {
            scopes if id == ACCOUNT => {
                let scopes = scopes.unwrap_or_default().into_iter();
                scopes.flat_map(|scope| of_type(index.within(scope.id.as_str(), scope))).collect()
            }
            Some(scopes) => {
                let of = scopes.iter().flat_map(|scope| of_type(index.within(id, scope)));
                let here: Vec<_> = of.collect();
                if here.is_empty() && anywhere { of_type(index.anywhere(id)) } else { here }
            }
            None => of_type(index.anywhere(id)),
        };
        let Some(region) = &claim.region else { return here };
        let within = |fits: &dyn Fn(&Reach) -> bool| -> Vec<usize> {
            let of = here.iter().copied();
            of.filter(|at| self.live(*at).is_some_and(|r| fits(&r.key.region))).collect()
        };
        let exact = within(&|own| own == region);
        if !exact.is_empty() {
            return exact;
        }
        let loose = within(&|own| *own == Reach::Global || *region == Reach::Global);
        if loose.is_empty() && anywhere { here } else { loose }
    }

    /// Where it must be: the scope that the code names, else those of its environment.
    fn scopes<'s>(&'s self, claim: &'s Claim, owner: Option<usize>) -> Option<Vec<&'s ScopeKey>> {
        if let Some(scope) = &claim.scope {
            return Some(vec![scope]);
        }
        let owned = owner.and_then(|at| self.owners.environment(at))?;
        Some(owned.scopes.iter().copied().collect())
    }

    fn live(&self, at: usize) -> Option<&'a Resource> {
        self.view.live.get(at).copied()
    }
}

/// A link without its host and version; any other id as it is.
pub(crate) fn plain(id: &str) -> &str {
    link(id).unwrap_or(id)
}

/// Whether the id means one and the same thing wherever it is found. That of an organization's policy
/// is looked for in the account where the organization was read, whoever manages it.
pub(crate) fn is_anywhere(claim: &Claim, id: &str) -> bool {
    let name = claim.resource_type.as_ref().map_or("", |name| name.as_str());
    is_unique(name, id) || link(id).is_some() || name.starts_with("AWS::Organizations::")
}

/// Whether the claim is known by the account alone.
fn is_of_account(claim: &Claim) -> bool {
    claim.ids.iter().any(|id| id == ACCOUNT)
}

fn is_name(id: &str) -> bool {
    id.starts_with("arn:") || link(id).is_some()
}
