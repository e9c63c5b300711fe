//! Ignore rules, compiled, and which of them took something out.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use tenko_core::{AttrPath, Claim, Expected, Ignore, Pattern, Resource, Source, has_tags};

use crate::model::UnusedIgnore;
use crate::owners::Owners;
use crate::view::View;

/// What is declared and not there.
pub(crate) struct Absent<'e> {
    pub(crate) resource_type: &'e str,
    pub(crate) name: Option<&'e str>,
    pub(crate) id: Option<&'e str>,
}

impl<'e> From<&'e Expected> for Absent<'e> {
    fn from(expected: &'e Expected) -> Self {
        Self {
            resource_type: expected.resource_type.as_str(),
            name: expected.name.as_deref(),
            id: expected.id.as_deref(),
        }
    }
}

impl<'e> From<&'e Claim> for Absent<'e> {
    fn from(claim: &'e Claim) -> Self {
        Self {
            resource_type: claim.resource_type.as_ref().map_or(&*claim.code_type, |t| t.as_str()),
            name: claim.name.as_deref(),
            id: claim.ids.first().map(String::as_str),
        }
    }
}

struct Rule<'a> {
    ignore: &'a Ignore,
    resource_type: Pattern,
    name: Pattern,
    used: AtomicBool,
}

impl<'a> Rule<'a> {
    fn new(ignore: &'a Ignore) -> Self {
        Self {
            ignore,
            resource_type: Pattern::new(ignore.resource_type.as_deref()),
            name: Pattern::new(ignore.name.as_deref()),
            used: AtomicBool::new(false),
        }
    }

    fn is_whole(&self) -> bool {
        self.ignore.attributes.is_empty()
    }

    fn matches(&self, resource: &Resource) -> bool {
        self.resource_type.matches(resource.key.resource_type.as_str())
            && (self.name.matches(&resource.key.id)
                || resource.name.as_deref().is_some_and(|name| self.name.matches(name)))
            && has_tags(resource, &self.ignore.tags)
    }

    /// Of something that is not there only type and name are known, so only a rule that names
    /// both, and no tags, can mean it.
    fn matches_absent(&self, absent: &Absent<'_>) -> bool {
        self.is_whole()
            && self.ignore.tags.is_empty()
            && self.ignore.resource_type.is_some()
            && self.ignore.name.is_some()
            && self.resource_type.matches(absent.resource_type)
            && absent.name.into_iter().chain(absent.id).any(|name| self.name.matches(name))
    }

    fn mark(&self) {
        self.used.store(true, Ordering::Relaxed);
    }
}

/// The rules of every environment, in the order of [`Owners::environments`].
pub(crate) struct IgnoreRules<'a>(Vec<Vec<Rule<'a>>>);

impl<'a> IgnoreRules<'a> {
    pub(crate) fn new(owners: &Owners<'a>) -> Self {
        let rules = |ignores: &'a [Ignore]| ignores.iter().map(Rule::new).collect();
        Self(owners.environments.iter().map(|o| rules(&o.environment.ignore)).collect())
    }

    fn of(&self, environment: usize) -> &[Rule<'a>] {
        self.0.get(environment).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether a rule of one of these environments takes the whole resource out.
    pub(crate) fn takes(&self, environments: &[usize], resource: &Resource) -> bool {
        mark_all(
            environments
                .iter()
                .flat_map(|at| self.of(*at))
                .filter(|rule| rule.is_whole() && rule.matches(resource)),
        )
    }

    /// Whether a rule takes an expectation out that was not found.
    pub(crate) fn takes_absent(&self, environment: usize, absent: &Absent<'_>) -> bool {
        mark_all(self.of(environment).iter().filter(|rule| rule.matches_absent(absent)))
    }

    /// The paths that are left out for this resource, as far as they touch what is compared.
    pub(crate) fn paths(
        &self,
        environment: usize,
        resource: &Resource,
        compared: &[&AttrPath],
    ) -> Vec<&'a AttrPath> {
        let touches = |path: &AttrPath| compared.iter().any(|c| path.covers(c) || c.covers(path));
        let mut paths = Vec::new();
        for rule in self.of(environment).iter().filter(|r| !r.is_whole() && r.matches(resource)) {
            let before = paths.len();
            paths.extend(rule.ignore.attributes.iter().filter(|path| touches(path)));
            if paths.len() > before {
                rule.mark();
            }
        }
        paths
    }

    /// The rules that took nothing out, in any environment that has them, although everything
    /// that they could apply to was read.
    pub(crate) fn unused(&self, owners: &Owners<'_>, view: &View<'_>) -> Vec<UnusedIgnore> {
        let mut unused: BTreeMap<(&Source, &str), bool> = BTreeMap::new();
        for (owned, rules) in owners.environments.iter().zip(&self.0) {
            for rule in rules {
                let is_unused = !rule.used.load(Ordering::Relaxed)
                    && owned
                        .scopes
                        .iter()
                        .all(|s| view.all_seen(s, |name| rule.resource_type.matches(name)));
                let key = (&rule.ignore.source, rule.ignore.reason.as_str());
                *unused.entry(key).or_insert(true) &= is_unused;
            }
        }
        unused
            .into_iter()
            .filter(|(_, is_unused)| *is_unused)
            .map(|((source, reason), _)| UnusedIgnore {
                source: source.clone(),
                reason: reason.to_owned(),
            })
            .collect()
    }
}

/// Marks every rule, not only the first: which one is unused must not depend on their order.
fn mark_all<'r, 'a: 'r>(rules: impl Iterator<Item = &'r Rule<'a>>) -> bool {
    rules.map(Rule::mark).count() > 0
}
