//! What a rule looks at in a case, built up word by word.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value;
use tenko_core::*;

use super::{covered, declaration, key, problem, resource, snapshot, tenant};

/// What a rule looks at in one case. Everything was read, unless the case says otherwise.
#[derive(Clone)]
pub(crate) struct World {
    scopes: Vec<Scope>,
    unanswered: BTreeMap<ScopeKey, Outcome>,
    regions: Vec<&'static str>,
    resources: Vec<Resource>,
    outcomes: Vec<(Option<ScopeKey>, Option<&'static str>, &'static str, Outcome)>,
    problems: Vec<DiscoveryProblem>,
    pub(crate) declaration: Declaration,
    pub(crate) parity_allow: Vec<ParityAllow>,
    /// The types that are known; none, unless the case says otherwise.
    pub(crate) catalog: Catalog,
    pub(crate) now: Timestamp,
}

/// The AWS organization `o`, with nothing in it, at noon of 2026-06-01.
pub(crate) fn world() -> World {
    World {
        scopes: vec![],
        unanswered: BTreeMap::new(),
        regions: vec![],
        resources: vec![],
        outcomes: vec![],
        problems: vec![],
        declaration: declaration(vec![]),
        parity_allow: vec![],
        catalog: Catalog::default(),
        now: "2026-06-01T12:00:00Z".parse().unwrap(),
    }
    .scope("o", ScopeKind::Organization, None)
}

impl World {
    fn scope(mut self, id: &str, kind: ScopeKind, parent: Option<&str>) -> Self {
        let ScopeKey { cloud, id } = key(id);
        self.scopes.push(Scope {
            cloud,
            name: format!("name of {id}"),
            id,
            kind,
            parent: parent.map(|parent| key(parent).id),
            status: ScopeStatus::Active,
            management: false,
            tags: BTreeMap::new(),
        });
        self
    }

    /// An account directly below the organization.
    pub(crate) fn account(self, id: &str) -> Self {
        self.scope(id, ScopeKind::Account, Some("o"))
    }

    /// An account, or a project, below a folder.
    pub(crate) fn account_in(self, id: &str, parent: &str) -> Self {
        let kind = if id.starts_with("gcp:") { ScopeKind::Project } else { ScopeKind::Account };
        self.scope(id, kind, Some(parent))
    }

    /// An account that is in no organization.
    pub(crate) fn account_alone(mut self, id: &str) -> Self {
        self.scopes.retain(|scope| scope.kind != ScopeKind::Organization);
        self.scope(id, ScopeKind::Account, None)
    }

    /// The management account.
    pub(crate) fn management(mut self, id: &str) -> Self {
        self = self.account(id);
        self.scopes.last_mut().unwrap().management = true;
        self
    }

    /// A root, an organizational unit or a folder.
    pub(crate) fn folder(self, id: &str, parent: &str) -> Self {
        self.scope(id, ScopeKind::Folder, Some(parent))
    }

    /// A project below the Google organization `gcp:g`, which comes with the first.
    pub(crate) fn project(mut self, id: &str) -> Self {
        if !self.scopes.iter().any(|s| s.id == "g") {
            self = self.scope("gcp:g", ScopeKind::Organization, None);
        }
        self.scope(&format!("gcp:{id}"), ScopeKind::Project, Some("gcp:g"))
    }

    /// The status of the last scope.
    pub(crate) fn status(mut self, status: ScopeStatus) -> Self {
        self.scopes.last_mut().unwrap().status = status;
        self
    }

    /// The regions that were asked, in every account.
    pub(crate) fn regions(mut self, regions: &[&'static str]) -> Self {
        self.regions = regions.to_vec();
        self
    }

    /// A resource of no region.
    pub(crate) fn with(self, scope: &str, resource_type: &str, id: &str, of: Value) -> Self {
        self.within(scope, "global", resource_type, id, of)
    }

    /// A resource in a region.
    pub(crate) fn within(
        mut self,
        scope: &str,
        region: &str,
        resource_type: &str,
        id: &str,
        attributes: Value,
    ) -> Self {
        let mut made = resource(scope, id, &[]);
        made.key.region = region.into();
        made.key.resource_type = resource_type.into();
        made.attributes = Attributes::new(&attributes).unwrap();
        self.resources.push(made);
        self
    }

    fn last(&mut self) -> &mut Resource {
        self.resources.last_mut().unwrap()
    }

    /// Tags of the last resource.
    pub(crate) fn tags(mut self, tags: &[(&str, &str)]) -> Self {
        let tags = tags.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        self.last().tags.extend(tags);
        self
    }

    /// An attribute of the last resource that could not be read.
    pub(crate) fn unread(mut self, path: &str) -> Self {
        self.last().unknown.push(path.parse().unwrap());
        self
    }

    /// The last resource was made by the provider.
    pub(crate) fn by_provider(mut self, why: &str) -> Self {
        self.last().origin = Origin::ProviderDefault(why.to_owned());
        self
    }

    /// When the last resource was made.
    pub(crate) fn created(mut self, at: &str) -> Self {
        self.last().created_at = Some(at.parse().unwrap());
        self
    }

    /// A tenant with environments as `(name, account)`; several of one name are one.
    pub(crate) fn tenant(mut self, id: &str, environments: &[(&str, &str)]) -> Self {
        self.declaration.tenants.push(tenant(id, environments));
        self
    }

    /// An account that belongs to nobody in particular.
    pub(crate) fn shared(mut self, id: &str, what: &str) -> Self {
        self.declaration.shared.insert(key(id), what.to_owned());
        self
    }

    /// Any other change of the declaration.
    pub(crate) fn declare(mut self, change: impl FnOnce(&mut Declaration)) -> Self {
        change(&mut self.declaration);
        self
    }

    /// A type that could not be read in one account or project.
    pub(crate) fn denied(self, scope: &str, resource_type: &'static str) -> Self {
        let outcome = Outcome::Denied { denied_by: DeniedBy::Unknown };
        self.outcome(scope, resource_type, outcome)
    }

    /// A type that could not be read anywhere.
    pub(crate) fn denied_everywhere(mut self, resource_type: &'static str) -> Self {
        let outcome = Outcome::Denied { denied_by: DeniedBy::Unknown };
        self.outcomes.push((None, None, resource_type, outcome));
        self
    }

    /// How all units of a type in a scope ended.
    pub(crate) fn outcome(
        mut self,
        scope: &str,
        resource_type: &'static str,
        outcome: Outcome,
    ) -> Self {
        self.outcomes.push((Some(key(scope)), None, resource_type, outcome));
        self
    }

    /// How the unit of a type in one region of a scope ended.
    pub(crate) fn outcome_in(
        mut self,
        scope: &str,
        region: &'static str,
        resource_type: &'static str,
        outcome: Outcome,
    ) -> Self {
        self.outcomes.push((Some(key(scope)), Some(region), resource_type, outcome));
        self
    }

    /// An account or project to which no session could be had.
    pub(crate) fn unanswered(mut self, scope: &str) -> Self {
        self.unanswered.insert(key(scope), Outcome::Denied { denied_by: DeniedBy::Trust });
        self
    }

    /// The listing of a cloud's accounts was incomplete.
    pub(crate) fn discovery_failed(mut self, cloud: &str) -> Self {
        let problem = DiscoveryProblem { cloud: Cloud::new(cloud), problem: problem() };
        self.problems.push(problem);
        self
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        let mut snapshot = snapshot(&[]);
        snapshot.scopes = self.scopes.iter().cloned().collect();
        snapshot.discovery_problems.clone_from(&self.problems);
        snapshot.resources.clone_from(&self.resources);
        let types: BTreeSet<_> = crate::rules()
            .iter()
            .flat_map(|rule| rule.parts)
            .flat_map(|part| part.inputs.iter().chain(part.also))
            .copied()
            .chain(self.resources.iter().map(|r| r.key.resource_type.as_str()))
            .collect();
        for scope in self.scopes.iter().filter(|scope| scope.is_collectable()) {
            let key = scope.key();
            let answer = self.unanswered.get(&key).copied();
            snapshot.answers.push(Answer {
                scope: scope.id.clone(),
                cloud: scope.cloud.clone(),
                outcome: answer.unwrap_or(Outcome::Complete),
                identity: None,
                regions: self.regions.iter().map(|region| (*region).into()).collect(),
                disabled_regions: vec![],
                problems: vec![],
            });
            for name in
                types.iter().filter(|name| name.starts_with("AWS::") == (scope.cloud == "aws"))
            {
                for reach in ["global"].iter().chain(&self.regions) {
                    let mut outcome = answer.unwrap_or(Outcome::Complete);
                    for (of, region, of_type, given) in &self.outcomes {
                        let meant = of.as_ref().is_none_or(|of| *of == key)
                            && region.is_none_or(|region| region == *reach);
                        if meant && of_type == name {
                            outcome = *given;
                        }
                    }
                    snapshot.coverage.push(covered(&key, name, reach, outcome));
                }
            }
        }
        snapshot.sort();
        snapshot
    }

    /// What all rules say.
    pub(crate) fn evaluate(&self) -> crate::Evaluation {
        let snapshot = self.snapshot();
        let inputs = crate::Inputs {
            snapshot: &snapshot,
            declaration: &self.declaration,
            catalog: &self.catalog,
            parity_allow: &self.parity_allow,
            now: self.now,
        };
        crate::evaluate(&inputs, &crate::Choice::default())
    }
}

/// A type of AWS that the catalog has.
pub(crate) fn known_type(name: &str) -> TypeInfo {
    TypeInfo {
        resource_type: name.into(),
        cloud: Cloud::aws(),
        service: String::new(),
        title: String::new(),
        doc: String::new(),
        reach: ReachKind::Regional,
        taggable: true,
        attributes: vec![],
        ignored: vec![],
        sensitive: vec![],
        sets: vec![],
        permissions: vec![],
        iac: Default::default(),
    }
}
