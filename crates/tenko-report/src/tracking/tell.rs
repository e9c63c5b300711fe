//! Whether a run can tell that something is gone.

use std::collections::{HashMap, HashSet};

use tenko_core::{
    Cloud, Drift, DriftKind, Finding, Fingerprint, Item, Message, Outcome, Reach, ResourceRef,
    ResourceType, RuleResult, ScopeId, ScopeKey, SourceKind, Unmanaged, Verdict, msg,
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
    narrowed: bool,
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
    /// Live resources that are where nobody declares them, whoever is told of it.
    misfits: HashSet<Live<'a>>,
    /// The infrastructure code of the run, what could not be read too.
    code: HashSet<&'a str>,
    /// Which environments had which scopes in the runs before.
    belonged: HashSet<(&'a str, &'a str, &'a ScopeKey)>,
    /// The scopes that belonged to any environment then.
    belonging: HashSet<&'a ScopeKey>,
    /// Drift that could not be told, by type: in which scope, and of which tenant and environment.
    undrifted: HashMap<&'a ResourceType, HashSet<Of<'a>>>,
    /// The units of the types that are asked for.
    units: HashMap<Place<'a>, Vec<(&'a Reach, Outcome)>>,
}

type Place<'a> = (&'a Cloud, &'a ScopeId, &'a ResourceType);
/// Cloud, scope, region, type and id.
type Live<'a> =
    (&'a Cloud, Option<&'a ScopeId>, Option<&'a Reach>, &'a ResourceType, Option<&'a str>);
type Of<'a> = (Option<&'a ScopeId>, Option<&'a str>, Option<&'a str>);

impl<'a> Tell<'a> {
    /// `unseen` is what will be asked for.
    pub(super) fn new(
        document: &'a Document,
        heads: &[&'a Document],
        unseen: impl Iterator<Item = Seen<'a>>,
        narrowed: bool,
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
            narrowed,
            whole: !narrowed && is_whole(document),
            scopes: rows(document).collect(),
            earlier: heads.iter().flat_map(|head| rows(head)).collect(),
            rules: document.rules.iter().map(|rule| (rule.rule.as_str(), rule)).collect(),
            unsure,
            turned_off: document.rules.iter().flat_map(|rule| &rule.turned_off).collect(),
            tenants: document.tenants.iter().map(|tenant| (tenant.id.as_str(), tenant)).collect(),
            ignored: document.ignored.iter().collect(),
            misfits: misfits(document, &types),
            code: document.code.files().collect(),
            belonged: heads.iter().flat_map(|head| belongings(head)).collect(),
            belonging: heads.iter().flat_map(|head| belongings(head)).map(|of| of.2).collect(),
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
            Seen::Finding(finding) => self.finding(finding, said),
            Seen::Drift(drift) => self.drift(drift, said),
        };
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
        if self.narrowed {
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

    fn finding(&self, finding: &'a Finding, said: Option<&str>) -> Option<Told> {
        if let Some(gone) =
            self.undeclared(finding.tenant.as_deref(), finding.environment.as_deref())
        {
            return Some(gone);
        }
        // Of a whole account the same is found in the name of whoever has it.
        if finding.resource.is_none()
            && let Some(changed) = self.changed_hands(finding, said)
        {
            return Some(Told::Never(changed));
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
                return Some(unread);
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

    fn drift(&self, drift: &'a Drift, said: Option<&str>) -> Option<Told> {
        if self.tenants.is_empty() {
            return Some(Told::Unknown(msg!("past-not-compared")));
        }
        if let Some(gone) = self.undeclared(drift.tenant.as_deref(), drift.environment.as_deref()) {
            return Some(gone);
        }
        if let Some(by_choice) = self.by_choice(drift) {
            return Some(Told::Never(by_choice));
        }
        let resource = &drift.resource;
        let places: Vec<(&Cloud, &ScopeId)> = match &resource.scope {
            Some(scope) => {
                if let Some(left) = self.left(drift, scope, said) {
                    return Some(Told::Never(left));
                }
                vec![(&resource.cloud, scope)]
            }
            None => {
                // All that something without one may be in.
                let rows = self.rows(drift.tenant.as_deref(), drift.environment.as_deref());
                let scopes = rows.flat_map(|row| &row.scopes);
                let of_cloud = scopes.filter(|scope| scope.cloud == resource.cloud);
                of_cloud.map(|scope| (&scope.cloud, &scope.id)).collect()
            }
        };
        if places.is_empty() {
            return Some(Told::Unknown(msg!("past-not-compared")));
        }
        for place in places {
            let unread = self.scope(place).map(Told::Unknown).or_else(|| {
                self.unread((place.0, place.1, &resource.resource_type), resource.region.as_ref())
            });
            if unread.is_some() {
                return unread;
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

    /// What in the manifest keeps such drift from being reported, although it may be there still.
    fn by_choice(&self, drift: &'a Drift) -> Option<Message> {
        let resource = &drift.resource;
        if !self.ignored.is_empty() && self.ignored.contains(&drift.subject()) {
            return Some(msg!("past-drift-ignored"));
        }
        let undeclared = match drift.kind {
            DriftKind::Unmanaged | DriftKind::ElsewhereManaged => true,
            // Else it is a declaration that says where it should be.
            DriftKind::Misplaced => drift.source.is_none(),
            DriftKind::Missing | DriftKind::Changed | DriftKind::Unknown => false,
        };
        if undeclared && self.misfits.contains(&live(resource)) {
            return Some(msg!("past-drift-otherwise"));
        }
        if drift.kind == DriftKind::Unmanaged
            && let Some(scope) = &resource.scope
        {
            let scope = key((&resource.cloud, scope));
            let rows = self.rows(drift.tenant.as_deref(), drift.environment.as_deref());
            let mut here = rows.filter(|row| row.scopes.contains(&scope));
            if here.any(|row| row.unmanaged == Unmanaged::Ignore) {
                return Some(msg!("past-unmanaged-left", scope = scope.to_string()));
            }
        }
        let source = drift.source.as_ref()?;
        let is_code = match source.kind {
            SourceKind::Terraform => true,
            // A stack is found, not named: one that is not there any more was deleted.
            SourceKind::CloudFormation => !source.file.starts_with("arn:"),
            _ => false,
        };
        let left = is_code && !self.code.contains(&*source.file);
        left.then(|| msg!("past-code-left", file = &*source.file))
    }

    /// The account or project no longer belongs to the environment, or to any that it is about.
    fn left(&self, drift: &Drift, scope: &ScopeId, said: Option<&str>) -> Option<Message> {
        let scope = key((&drift.resource.cloud, scope));
        let has = |row: &EnvironmentRow| row.scopes.contains(&scope);
        let undeclared = || msg!("past-scope-undeclared", scope = scope.to_string());
        let (tenant, environment) = (drift.tenant.as_deref(), drift.environment.as_deref());
        if drift.kind == DriftKind::Misplaced {
            // It is about a scope that is not the environment's own.
            let compared = drift.source.is_some() || self.rows(None, None).any(has);
            return (!compared).then(undeclared);
        }
        let (Some(tenant), Some(environment)) = (tenant, environment) else {
            let here = self.rows(tenant, environment).any(has);
            return (!here).then(undeclared);
        };
        self.left_by(tenant, environment, &scope, said)
    }

    /// The account or project no longer belongs to this environment. One that never did was not left:
    /// code may manage something anywhere.
    fn left_by(
        &self,
        tenant: &str,
        environment: &str,
        scope: &ScopeKey,
        said: Option<&str>,
    ) -> Option<Message> {
        const LEFT: &str = "past-scope-left";
        let here = self.rows(Some(tenant), Some(environment)).any(|row| row.scopes.contains(scope));
        let belonged = self.belonged.contains(&(tenant, environment, scope)) || said == Some(LEFT);
        (belonged && !here).then(|| {
            Message::new(LEFT)
                .with("scope", scope.to_string())
                .with("tenant", tenant)
                .with("environment", environment)
        })
    }

    /// The account or project that a finding is about is another environment's now, or one's at all.
    fn changed_hands(&self, finding: &Finding, said: Option<&str>) -> Option<Message> {
        const JOINED: &str = "past-scope-joined";
        let scope = key((&finding.cloud, &finding.scope));
        match (finding.tenant.as_deref(), finding.environment.as_deref()) {
            (Some(tenant), Some(environment)) => self.left_by(tenant, environment, &scope, said),
            (None, None) => {
                let here = self.rows(None, None).any(|row| row.scopes.contains(&scope));
                let joined = !self.belonging.contains(&scope) || said == Some(JOINED);
                (here && joined).then(|| Message::new(JOINED).with("scope", scope.to_string()))
            }
            _ => None,
        }
    }

    /// The environments that something is about: its own, all of its tenant, or all.
    fn rows(
        &self,
        tenant: Option<&str>,
        environment: Option<&str>,
    ) -> impl Iterator<Item = &'a EnvironmentRow> {
        let tenants: &'a [TenantRow] = match tenant {
            Some(id) => self.tenants.get(id).copied().map(std::slice::from_ref).unwrap_or_default(),
            None => &self.document.tenants,
        };
        let rows = tenants.iter().flat_map(|tenant| &tenant.environments);
        rows.filter(move |row| environment.is_none_or(|name| row.name == name))
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
        let (_, outcome) = rows.find(|(_, outcome)| !outcome.is_complete())?;
        let reason = msg!("past-unread", type = kind, scope = scope, outcome = *outcome);
        Some(match outcome {
            Outcome::Skipped => Told::Never(reason),
            _ => Told::Unknown(reason),
        })
    }
}

fn key((cloud, id): (&Cloud, &ScopeId)) -> ScopeKey {
    ScopeKey { cloud: cloud.clone(), id: id.clone() }
}

fn live(resource: &ResourceRef) -> Live<'_> {
    let ResourceRef { cloud, scope, region, resource_type, id, .. } = resource;
    (cloud, scope.as_ref(), region.as_ref(), resource_type, id.as_deref())
}

/// Resources of these types that are reported, or suppressed, as being where nobody declares them.
fn misfits<'a>(document: &'a Document, types: &HashSet<&ResourceType>) -> HashSet<Live<'a>> {
    let suppressed = document.suppressed.iter().filter_map(|one| match &one.item {
        Item::Drift(drift) => Some(drift),
        Item::Finding(_) => None,
    });
    let misfit = |drift: &&Drift| {
        let kinds = [DriftKind::Unmanaged, DriftKind::ElsewhereManaged, DriftKind::Misplaced];
        kinds.contains(&drift.kind) && types.contains(&drift.resource.resource_type)
    };
    document.drift.iter().chain(suppressed).filter(misfit).map(|d| live(&d.resource)).collect()
}

/// Every scope of every environment, with the names of tenant and environment.
fn belongings(document: &Document) -> impl Iterator<Item = (&str, &str, &ScopeKey)> {
    let rows = document.tenants.iter().flat_map(|t| t.environments.iter().map(move |e| (t, e)));
    rows.flat_map(|(tenant, environment)| {
        let names = (tenant.id.as_str(), environment.name.as_str());
        environment.scopes.iter().map(move |scope| (names.0, names.1, scope))
    })
}

/// Whether a run looked at everything that it was to look at.
fn is_whole(document: &Document) -> bool {
    !document.run.cancelled
        && document.problems.is_empty()
        && document.code.unread.is_empty()
        && !document.scopes.iter().any(|row| row.outcome.is_some_and(Outcome::is_gap))
        && !document.coverage.iter().any(|row| row.outcome.is_gap())
}
