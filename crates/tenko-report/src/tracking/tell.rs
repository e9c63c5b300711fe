//! Whether a run can tell that something is gone.

mod drift;

use std::collections::{HashMap, HashSet};

use tenko_core::{
    Cloud, Finding, Fingerprint, Message, Outcome, Reach, ResourceType, RuleResult, ScopeId,
    ScopeKey, Verdict, msg,
};

use super::prior::Seen;
use crate::document::Document;
use crate::rows::{ScopeRow, TenantRow};
use drift::{Live, belongings, left_to, misfits};

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
    /// What ignore rules take out.
    ignored: HashSet<&'a Fingerprint>,
    /// What is there and was not compared.
    uncompared: HashSet<&'a Fingerprint>,
    /// Live resources that are where nobody declares them, whoever is told of it.
    misfits: HashSet<Live<'a>>,
    /// The infrastructure code of the run, what could not be read too.
    code: HashSet<&'a str>,
    /// Which environments had which scopes in the runs before.
    belonged: HashSet<(&'a str, &'a str, &'a ScopeKey)>,
    /// Which tenants had which scopes then.
    of_tenants: HashSet<(&'a str, &'a ScopeKey)>,
    /// Which environments leave alone what nothing declares.
    left_to: HashMap<&'a ScopeKey, Vec<(&'a str, &'a str)>>,
    /// The scopes that belonged to any environment then.
    belonging: HashSet<&'a ScopeKey>,
    /// Drift that could not be told, by type: in which scope, and of which tenant and environment.
    undrifted: HashMap<&'a ResourceType, (HashSet<&'a ScopeId>, HashSet<Of<'a>>)>,
    /// The units of the types that are asked for.
    units: HashMap<Place<'a>, Vec<(&'a Reach, Outcome)>>,
}

type Place<'a> = (&'a Cloud, &'a ScopeId, &'a ResourceType);
/// Tenant and environment.
type Of<'a> = (Option<&'a str>, Option<&'a str>);

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
        let mut undrifted: HashMap<_, (HashSet<_>, HashSet<_>)> = HashMap::new();
        for drift in document.drift.iter().filter(|d| !d.is_difference()) {
            let (scopes, of) = undrifted.entry(&drift.resource.resource_type).or_default();
            scopes.extend(&drift.resource.scope);
            of.insert((drift.tenant.as_deref(), drift.environment.as_deref()));
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
            ignored: document.ignored.iter().collect(),
            uncompared: document.uncompared.iter().collect(),
            misfits: misfits(document, &types),
            code: document.code.files().collect(),
            belonged: heads.iter().flat_map(|head| belongings(head)).collect(),
            of_tenants: heads.iter().flat_map(|h| belongings(h)).map(|of| (of.0, of.2)).collect(),
            left_to: left_to(document),
            belonging: heads.iter().flat_map(|head| belongings(head)).map(|of| of.2).collect(),
            undrifted,
            units,
        }
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
        if let Some(reason) = self.of_run() {
            return Told::Unknown(reason);
        }
        // Of what is nobody's any more, or another's, no run tells: whether the place was read or not.
        let told = match seen {
            Seen::Finding(finding) => self.declared(finding, said),
            Seen::Drift(drift) => self.drift_declared(drift, said),
        };
        let unread = || place.and_then(|place| self.scope(place)).map(Told::Unknown);
        let told = told.or_else(unread).or_else(|| match seen {
            Seen::Finding(finding) => self.finding(finding),
            Seen::Drift(drift) => self.drift(drift),
        });
        match (told, seen) {
            (Some(told), _) => told,
            (None, _) if !self.whole => Told::Unknown(msg!("past-incomplete")),
            (None, Seen::Finding(_)) => Told::Gone(msg!("past-gone")),
            // Whichever of both was changed. Of something missing, "it is no longer there" would mislead.
            (None, Seen::Drift(_)) => Told::Gone(msg!("past-drift-gone")),
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

    /// What the manifest alone says of a finding.
    fn declared(&self, finding: &Finding, said: Option<&str>) -> Option<Told> {
        if let Some(gone) =
            self.undeclared(finding.tenant.as_deref(), finding.environment.as_deref())
        {
            return Some(gone);
        }
        // Of a whole account the same is found in the name of whoever has it.
        let whole = finding.resource.is_none();
        whole.then(|| self.changed_hands(finding, said)).flatten().map(Told::Never)
    }

    fn finding(&self, finding: &'a Finding) -> Option<Told> {
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
                return Some(unread);
            }
        }
        // Surely there, and not to be told: as long as the settings say so.
        if self.turned_off.contains(&finding.fingerprint) {
            return Some(Told::Never(msg!("past-rule-left-out", rule = rule)));
        }
        let reason = if !result.not_evaluated.is_empty() {
            msg!("past-rule-not-evaluated", rule = rule)
        } else if result.left_out > result.turned_off.len() as u64 {
            // Below a severity: they are only counted.
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

    /// Why a place was not read whole: one region and what is listed for all regions at once, or all
    /// of them where the region is not known.
    fn unread(&self, place: Place<'_>, region: Option<&Reach>) -> Option<Told> {
        let rows = self.units.get(&place).map(Vec::as_slice).unwrap_or_default();
        let holds =
            |reach: &Reach| region.is_none_or(|region| reach == region || *reach == Reach::Global);
        let mut rows = rows.iter().filter(|(reach, _)| holds(reach)).peekable();
        let (kind, scope) = (place.2.as_str(), key((place.0, place.1)).to_string());
        // The scope answered, and nobody meant to read it: so the manifest has it.
        if rows.peek().is_none() {
            return Some(Told::Never(msg!("past-not-collected", type = kind, scope = scope)));
        }
        let unread: Vec<Outcome> =
            rows.map(|(_, outcome)| *outcome).filter(|outcome| !outcome.is_complete()).collect();
        let gap = unread.iter().find(|outcome| outcome.is_gap());
        let outcome = *gap.or(unread.first())?;
        let reason = msg!("past-unread", type = kind, scope = scope, outcome = outcome);
        Some(match gap {
            Some(_) => Told::Unknown(reason),
            // There is nothing to read there, or nobody is meant to.
            None => Told::Never(reason),
        })
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
