//! Whether a run can tell that something is gone.

use std::collections::{HashMap, HashSet};

use tenko_core::{
    Cloud, Drift, DriftKind, Finding, Fingerprint, Message, Outcome, Reach, ResourceType,
    RuleResult, ScopeId, ScopeKey, Verdict, msg,
};

use super::prior::Seen;
use crate::document::Document;
use crate::rows::{EnvironmentRow, ScopeRow, TenantRow};

/// What a run says of something that was there before, and that it did not see.
pub(super) enum Told {
    /// It is surely gone.
    Gone(Message),
    /// The run could not tell.
    Unknown(Message),
    /// No run will tell, as things are: nobody looks at it any more.
    Never(Message),
}

/// How everything that it reads of a document can be asked for.
pub(super) struct Tell<'a> {
    document: &'a Document,
    whole: bool,
    /// Findings that the settings turned off.
    turned_off: HashSet<&'a Fingerprint>,
    scopes: HashMap<(&'a Cloud, &'a ScopeId), &'a ScopeRow>,
    /// The scopes of the runs before.
    earlier: HashMap<(&'a Cloud, &'a ScopeId), &'a ScopeRow>,
    rules: HashMap<&'a str, &'a RuleResult>,
    /// Where a rule could not tell, by rule.
    unsure: HashMap<&'a str, HashSet<(&'a Cloud, &'a ScopeId)>>,
    tenants: HashMap<&'a str, &'a TenantRow>,
    /// Drift that could not be told, by type: in which scope, and of which tenant and environment.
    undrifted: HashMap<&'a ResourceType, HashSet<Of<'a>>>,
    /// The units of the types that are asked for.
    units: HashMap<Place<'a>, Vec<(&'a Reach, Outcome)>>,
}

type Place<'a> = (&'a Cloud, &'a ScopeId, &'a ResourceType);
type Of<'a> = (Option<&'a ScopeId>, Option<&'a str>, Option<&'a str>);

impl<'a> Tell<'a> {
    /// `unseen` is what will be asked for.
    pub(super) fn new(
        document: &'a Document,
        heads: &[&'a Document],
        unseen: impl Iterator<Item = Seen<'a>>,
    ) -> Self {
        let types: HashSet<&ResourceType> = unseen
            .filter_map(|seen| match seen {
                Seen::Finding(finding) => finding.resource.as_ref(),
                Seen::Drift(drift) => Some(&drift.resource),
            })
            .map(|resource| &resource.resource_type)
            .collect();
        let mut units: HashMap<_, Vec<_>> = HashMap::new();
        for row in document.coverage.iter().filter(|row| types.contains(&row.unit.resource_type)) {
            let place = (&row.unit.cloud, &row.unit.scope, &row.unit.resource_type);
            units.entry(place).or_default().push((&row.unit.reach, row.outcome));
        }
        let mut unsure: HashMap<_, HashSet<_>> = HashMap::new();
        for finding in document.findings.iter().filter(|f| f.verdict == Verdict::Unknown) {
            let places = unsure.entry(finding.rule.as_str()).or_default();
            places.insert((&finding.cloud, &finding.scope));
        }
        let mut undrifted: HashMap<_, HashSet<_>> = HashMap::new();
        for drift in document.drift.iter().filter(|d| !d.is_difference()) {
            let of = (
                drift.resource.scope.as_ref(),
                drift.tenant.as_deref(),
                drift.environment.as_deref(),
            );
            undrifted.entry(&drift.resource.resource_type).or_default().insert(of);
        }
        fn rows(document: &Document) -> impl Iterator<Item = ((&Cloud, &ScopeId), &ScopeRow)> {
            document.scopes.iter().map(|row| ((&row.scope.cloud, &row.scope.id), row))
        }
        Self {
            document,
            whole: is_whole(document),
            scopes: rows(document).collect(),
            earlier: heads.iter().flat_map(|head| rows(head)).collect(),
            rules: document.rules.iter().map(|rule| (rule.rule.as_str(), rule)).collect(),
            unsure,
            turned_off: document.rules.iter().flat_map(|rule| &rule.turned_off).collect(),
            tenants: document.tenants.iter().map(|tenant| (tenant.id.as_str(), tenant)).collect(),
            undrifted,
            units,
        }
    }

    /// Whether a finding may be among those that a rule's result left out: what the settings turned off
    /// is listed, what is below a severity is only counted.
    fn may_be_left_out(&self, result: &RuleResult, finding: &Fingerprint) -> bool {
        self.turned_off.contains(finding) || result.left_out > result.turned_off.len() as u64
    }

    /// What the run says of something that it did not see; `said` is the message of the run before,
    /// where that one could not tell either.
    pub(super) fn told(&self, seen: Seen<'a>, said: Option<&str>) -> Told {
        let place = match seen {
            Seen::Finding(finding) => Some((&finding.cloud, &finding.scope)),
            Seen::Drift(drift) => drift.resource.scope.as_ref().map(|s| (&drift.resource.cloud, s)),
        };
        if let Some(place) = place
            && !self.scopes.contains_key(&place)
        {
            return self.without_scope(place, said);
        }
        let reason = self.of_run().or_else(|| place.and_then(|place| self.scope(place)));
        if let Some(reason) = reason {
            return Told::Unknown(reason);
        }
        let told = match seen {
            Seen::Finding(finding) => self.finding(finding),
            Seen::Drift(drift) => self.drift(drift),
        };
        match told {
            Some(told) => told,
            None if !self.whole => Told::Unknown(msg!("past-incomplete")),
            None => Told::Gone(msg!("past-gone")),
        }
    }

    /// What keeps the whole run from telling anything.
    fn of_run(&self) -> Option<Message> {
        if self.document.run.narrowed {
            Some(msg!("past-part"))
        } else if self.document.run.cancelled {
            Some(msg!("past-cut-short"))
        } else {
            None
        }
    }

    /// The account or project is not among those of this run.
    fn without_scope(&self, place: (&Cloud, &ScopeId), said: Option<&str>) -> Told {
        const MISSING: &str = "past-scope-missing";
        let scope = key(place).to_string();
        // Whether the list that it was on was made again. Where the run before did not have it on its
        // list either, that run's own message tells.
        let same_list = match self.earlier.contains_key(&place) {
            true => self.top(place).is_some_and(|top| self.scopes.contains_key(&top)),
            false => said == Some(MISSING),
        };
        if !same_list {
            Told::Never(msg!("past-scope-not-listed", scope = scope))
        } else if self.whole {
            Told::Gone(msg!("past-scope-gone", scope = scope))
        } else {
            Told::Unknown(Message::new(MISSING).with("scope", scope))
        }
    }

    /// The organization or folder that the runs before had the scope in, however deep.
    fn top(&self, place: (&'_ Cloud, &'_ ScopeId)) -> Option<(&'a Cloud, &'a ScopeId)> {
        let mut row = *self.earlier.get(&place)?;
        let mut top = None;
        // A ring of parents ends here.
        for _ in 0..64 {
            let Some(parent) = &row.scope.parent else { break };
            let Some(above) = self.earlier.get(&(&row.scope.cloud, parent)) else { break };
            row = *above;
            top = Some((&row.scope.cloud, &row.scope.id));
        }
        top
    }

    /// Why the account or project was not read.
    fn scope(&self, place: (&Cloud, &ScopeId)) -> Option<Message> {
        let row = self.scopes.get(&place)?;
        let outcome = match row.outcome {
            Some(Outcome::Complete) => return None,
            Some(outcome) => outcome,
            None if !row.scope.kind.holds_resources() => return None,
            None if row.scope.is_collectable() => {
                return Some(msg!("past-scope-not-asked", scope = key(place).to_string()));
            }
            None => Outcome::ScopeSuspended,
        };
        Some(msg!("past-scope-unread", scope = key(place).to_string(), outcome = outcome))
    }

    fn finding(&self, finding: &'a Finding) -> Option<Told> {
        if let Some(gone) =
            self.undeclared(finding.tenant.as_deref(), finding.environment.as_deref())
        {
            return Some(gone);
        }
        let rule = finding.rule.as_str();
        let Some(result) = self.rules.get(rule) else {
            let reason = msg!("past-rule-not-run", rule = rule);
            // Of a run without rules nobody can say that this one is no longer there.
            let gone = self.whole && !self.rules.is_empty();
            return Some(if gone { Told::Never(reason) } else { Told::Unknown(reason) });
        };
        if let Some(resource) = &finding.resource {
            let scope = resource.scope.as_ref().unwrap_or(&finding.scope);
            let place = (&resource.cloud, scope, &resource.resource_type);
            if let Some(unread) = self.unread(place, resource.region.as_ref()) {
                return Some(Told::Unknown(unread));
            }
        }
        let reason = if !result.not_evaluated.is_empty() {
            msg!("past-rule-not-evaluated", rule = rule)
        } else if self.may_be_left_out(result, &finding.fingerprint) {
            msg!("past-rule-left-out", rule = rule)
        } else if self.is_unsure(finding) {
            let scope = key((&finding.cloud, &finding.scope)).to_string();
            msg!("past-rule-unsure", rule = rule, scope = scope)
        } else {
            return None;
        };
        Some(Told::Unknown(reason))
    }

    /// Whether the rule could not tell something of this scope, or of one above it.
    fn is_unsure(&self, finding: &Finding) -> bool {
        let Some(places) = self.unsure.get(finding.rule.as_str()) else { return false };
        let mut at = Some(&finding.scope);
        for _ in 0..64 {
            let Some(id) = at else { return false };
            if places.contains(&(&finding.cloud, id)) {
                return true;
            }
            at = self.scopes.get(&(&finding.cloud, id)).and_then(|row| row.scope.parent.as_ref());
        }
        true
    }

    fn drift(&self, drift: &'a Drift) -> Option<Told> {
        if self.tenants.is_empty() {
            return Some(Told::Unknown(msg!("past-not-compared")));
        }
        if let Some(gone) = self.undeclared(drift.tenant.as_deref(), drift.environment.as_deref()) {
            return Some(gone);
        }
        let resource = &drift.resource;
        let places: Vec<(&Cloud, &ScopeId)> = match &resource.scope {
            Some(scope) => {
                if let Some(left) = self.left(drift, scope) {
                    return Some(left);
                }
                vec![(&resource.cloud, scope)]
            }
            None => {
                let scopes = self.declared_scopes(drift);
                let of_cloud = scopes.into_iter().filter(|scope| scope.cloud == resource.cloud);
                of_cloud.map(|scope| (&scope.cloud, &scope.id)).collect()
            }
        };
        if places.is_empty() {
            return Some(Told::Unknown(msg!("past-not-compared")));
        }
        for place in places {
            let unread = self.scope(place).or_else(|| {
                self.unread((place.0, place.1, &resource.resource_type), resource.region.as_ref())
            });
            if let Some(unread) = unread {
                return Some(Told::Unknown(unread));
            }
        }
        let unsure = self.undrifted.get(&resource.resource_type).is_some_and(|all| {
            all.iter().any(|(scope, tenant, environment)| {
                (scope.is_some() && *scope == resource.scope.as_ref())
                    || (*tenant == drift.tenant.as_deref()
                        && *environment == drift.environment.as_deref())
            })
        });
        unsure.then(|| {
            Told::Unknown(msg!("past-drift-unsure", type = resource.resource_type.as_str()))
        })
    }

    /// The tenant or environment is no longer declared, so that nothing is compared for it.
    fn undeclared(&self, tenant: Option<&str>, environment: Option<&str>) -> Option<Told> {
        let id = tenant?;
        let Some(tenant) = self.tenants.get(id) else {
            return Some(Told::Never(msg!("past-tenant-undeclared", tenant = id)));
        };
        let name = environment?;
        let declared = tenant.environments.iter().any(|row| row.name == name);
        (!declared).then(|| {
            Told::Never(msg!("past-environment-undeclared", tenant = id, environment = name))
        })
    }

    /// The account or project no longer belongs to the environment.
    fn left(&self, drift: &Drift, scope: &ScopeId) -> Option<Told> {
        // The others are about a scope that is not the environment's own.
        let own =
            matches!(drift.kind, DriftKind::Missing | DriftKind::Changed | DriftKind::Unmanaged);
        let row = self.environment(drift).filter(|_| own)?;
        let belongs = row.scopes.iter().any(|s| s.id == *scope && s.cloud == drift.resource.cloud);
        let (tenant, environment) = (drift.tenant.as_deref()?, drift.environment.as_deref()?);
        let scope = key((&drift.resource.cloud, scope)).to_string();
        (!belongs).then(|| {
            Told::Never(msg!(
                "past-scope-left",
                scope = scope,
                tenant = tenant,
                environment = environment
            ))
        })
    }

    fn environment(&self, drift: &Drift) -> Option<&'a EnvironmentRow> {
        let tenant = self.tenants.get(drift.tenant.as_deref()?)?;
        let name = drift.environment.as_deref()?;
        tenant.environments.iter().find(|row| row.name == name)
    }

    /// All accounts and projects that something without one may be in.
    fn declared_scopes(&self, drift: &Drift) -> Vec<&'a ScopeKey> {
        match (self.environment(drift), drift.tenant.as_deref()) {
            (Some(row), _) => row.scopes.iter().collect(),
            (None, Some(tenant)) => {
                let tenant = self.tenants.get(tenant);
                tenant.into_iter().flat_map(|t| &t.environments).flat_map(|e| &e.scopes).collect()
            }
            (None, None) => {
                let all = self.document.tenants.iter();
                all.flat_map(|t| &t.environments).flat_map(|e| &e.scopes).collect()
            }
        }
    }

    /// Why a place was not read whole: one region and what is listed for all regions at once, or all
    /// of them where the region is not known.
    fn unread(&self, place: Place<'_>, region: Option<&Reach>) -> Option<Message> {
        let rows = self.units.get(&place).map(Vec::as_slice).unwrap_or_default();
        let holds =
            |reach: &Reach| region.is_none_or(|region| reach == region || *reach == Reach::Global);
        let mut rows = rows.iter().filter(|(reach, _)| holds(reach)).peekable();
        let (kind, scope) = (place.2.as_str(), key((place.0, place.1)).to_string());
        if rows.peek().is_none() {
            return Some(msg!("past-not-collected", type = kind, scope = scope));
        }
        let (_, outcome) = rows.find(|(_, outcome)| !outcome.is_complete())?;
        Some(msg!("past-unread", type = kind, scope = scope, outcome = *outcome))
    }
}

fn key((cloud, id): (&Cloud, &ScopeId)) -> ScopeKey {
    ScopeKey { cloud: cloud.clone(), id: id.clone() }
}

/// Whether a run was asked for everything, and looked at all of it.
fn is_whole(document: &Document) -> bool {
    !document.run.narrowed
        && !document.run.cancelled
        && document.problems.is_empty()
        && document.code.unread.is_empty()
        && !document.scopes.iter().any(|row| row.outcome.is_some_and(Outcome::is_gap))
        && !document.coverage.iter().any(|row| row.outcome.is_gap())
}
