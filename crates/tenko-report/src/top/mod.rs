//! What to fix first: what is open, put together by the one change that closes it, and ranked.
//!
//! # What one fix closes
//! - Findings of one rule in one account or project: the same thing is done to each, in one place.
//! - Findings of one rule in a whole organization, where the rule's remediation is one change of the
//!   organization: a policy on its root, one trail for all ([`CENTRAL`]).
//! - What is missing and changed of one infrastructure code: one apply closes both.
//! - Other drift of one kind in one environment; where no environment is known, in one account or
//!   project.
//!
//! What is unknown, and what is suppressed, is in no fix: nobody knows whether the first is there, and
//! somebody decided to live with the second.
//!
//! # How fixes are ranked
//! ```text
//! score = weight · closed · tenants · age          (each factor in hundredths, rounded down)
//!   weight   of the worst severity: critical 1000, high 300, medium 100, low 30, info 10
//!   closed   1.00 + 0.40 for each doubling of what it closes
//!   tenants  1.00 + 0.25 for each tenant beside the first, 3.00 at most
//!   age      1.00 + 0.10 for each whole week since the oldest was first seen, 2.00 at most;
//!            1.00 without a history
//! ```
//! A severity is worth about three of the next, so that numbers can outweigh it, but not soon: a fix
//! of eight high findings of three tenants comes before one critical finding of this week, and a
//! hundred low ones of one tenant do not. Equal scores are in the order of severity, rule and place.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenko_core::{
    Cloud, Drift, DriftKind, Finding, Fingerprint, Message, ScopeId, ScopeKind, Severity,
    SourceKind, Standing, Status, Verdict,
};
use tenko_messages::english;

use crate::document::Document;
use crate::rows::ScopeRow;

/// Rules whose remediation is one change of the organization, by cloud. An own rule is never here:
/// nobody knows what its remediation is.
const CENTRAL: &[(&str, &str)] = &[
    // Service control policies on the root; constraints on the organization.
    ("ACC-06", "aws"),
    ("ACC-06", "gcp"),
    // Delegated administrators, and central management of root users.
    ("ACC-07", "aws"),
    // Essential contacts of an organization hold for all projects; alternate contacts of AWS do not.
    ("ACC-10", "gcp"),
    // Root credentials of member accounts are removed centrally.
    ("IAM-01", "aws"),
    ("IAM-02", "aws"),
    // One trail for the organization, one administrator of detectors.
    ("LOG-01", "aws"),
];

/// One fix, and what it closes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Fix {
    /// The rule's id, or `drift:KIND`.
    pub rule: String,
    /// The rule's name, in English.
    pub name: String,
    /// The worst severity that it closes; of drift, what its kind weighs.
    pub severity: Severity,
    /// What to do, in English.
    pub remediation: String,
    /// What it closes.
    pub closes: Vec<Fingerprint>,
    /// The tenants that are hit, by id.
    pub tenants: Vec<String>,
    /// Where: the organization, account or project by name and id, the environment as
    /// `TENANT/ENVIRONMENT`, or the code's file.
    pub place: String,
    /// Since when the oldest is there; `None` without a history.
    pub first_seen: Option<Timestamp>,
    /// By this they are ranked, the highest first.
    pub score: u64,
}

/// The `most` fixes that close most, the first one first.
pub fn top(document: &Document, most: usize) -> Vec<Fix> {
    let places = Places::of(document);
    let mut groups: BTreeMap<Key<'_>, Group<'_>> = BTreeMap::new();
    let open = |standing: Option<&Standing>| {
        let gone = [Status::Suppressed, Status::Resolved, Status::Unknown];
        standing.is_none_or(|standing| !gone.contains(&standing.status))
    };
    for finding in &document.findings {
        if finding.verdict == Verdict::Finding && open(finding.standing.as_ref()) {
            let key = places.of_finding(finding);
            groups.entry(key).or_default().add_finding(finding);
        }
    }
    for drift in &document.drift {
        if drift.is_difference() && open(drift.standing.as_ref()) {
            groups.entry(of_drift(drift)).or_default().add_drift(drift);
        }
    }
    let now = document.run.finished_at;
    let named = |(key, group): (Key<'_>, Group<'_>)| {
        let place = places.name(&group.narrowed(key));
        group.fix(place, now)
    };
    let mut fixes: Vec<Fix> = groups.into_iter().map(named).collect();
    fixes.sort_by(|a, b| {
        let of = |fix: &Fix| (fix.severity, fix.rule.clone(), fix.place.clone());
        b.score.cmp(&a.score).then_with(|| of(a).cmp(&of(b)))
    });
    fixes.truncate(most);
    fixes
}

/// What one fix is of. Its order breaks ties last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key<'d> {
    /// Findings of a rule in a scope: an organization, an account, a project.
    Findings { rule: &'d str, cloud: &'d Cloud, scope: &'d ScopeId },
    /// What is missing and changed of one code.
    Code { file: &'d str },
    /// Drift of one kind in an environment.
    Environment { kind: DriftKind, tenant: &'d str, environment: &'d str },
    /// Drift of one kind that no environment is known of.
    Scope { kind: DriftKind, cloud: &'d Cloud, scope: Option<&'d ScopeId> },
}

fn of_drift(drift: &Drift) -> Key<'_> {
    let kind = drift.kind;
    let code = drift
        .source
        .as_ref()
        .filter(|source| matches!(source.kind, SourceKind::Terraform | SourceKind::CloudFormation));
    match (kind, code, &drift.tenant, &drift.environment) {
        (DriftKind::Missing | DriftKind::Changed, Some(source), ..) => {
            Key::Code { file: &source.file }
        }
        (_, _, Some(tenant), Some(environment)) => Key::Environment { kind, tenant, environment },
        _ => {
            let resource = &drift.resource;
            Key::Scope { kind, cloud: &resource.cloud, scope: resource.scope.as_ref() }
        }
    }
}

/// The document's scopes, by cloud and id.
struct Places<'d>(HashMap<(&'d Cloud, &'d ScopeId), &'d ScopeRow>);

impl<'d> Places<'d> {
    fn of(document: &'d Document) -> Self {
        let rows = document.scopes.iter();
        Self(rows.map(|row| ((&row.scope.cloud, &row.scope.id), row)).collect())
    }

    fn of_finding(&self, finding: &'d Finding) -> Key<'d> {
        let (rule, cloud) = (finding.rule.as_str(), &finding.cloud);
        let central = CENTRAL.contains(&(rule, cloud.as_str()));
        let organization = central.then(|| self.organization(cloud, &finding.scope)).flatten();
        Key::Findings { rule, cloud, scope: organization.unwrap_or(&finding.scope) }
    }

    /// The organization that a scope is in.
    fn organization(&self, cloud: &'d Cloud, scope: &'d ScopeId) -> Option<&'d ScopeId> {
        let mut at = scope;
        // A tree has no more levels than scopes; a document may hold a circle.
        for _ in 0..=self.0.len() {
            let row = self.0.get(&(cloud, at))?;
            if row.scope.kind == ScopeKind::Organization {
                return Some(&row.scope.id);
            }
            at = row.scope.parent.as_ref()?;
        }
        None
    }

    fn name(&self, key: &Key<'_>) -> String {
        match key {
            Key::Code { file } => (*file).to_owned(),
            Key::Environment { tenant, environment, .. } => format!("{tenant}/{environment}"),
            Key::Scope { scope: None, cloud, .. } => cloud.to_string(),
            Key::Findings { cloud, scope, .. } | Key::Scope { cloud, scope: Some(scope), .. } => {
                match self.0.get(&(*cloud, *scope)).map(|row| row.label()) {
                    Some(name) if name != scope.as_str() => format!("{name} ({scope})"),
                    _ => scope.to_string(),
                }
            }
        }
    }
}

/// What one fix closes, while it is put together.
#[derive(Default)]
struct Group<'d> {
    rule: String,
    name: String,
    remediation: String,
    severity: Option<Severity>,
    closes: Vec<Fingerprint>,
    tenants: BTreeSet<&'d str>,
    /// Where its findings are.
    scopes: BTreeSet<&'d ScopeId>,
    first_seen: Option<Timestamp>,
}

impl<'d> Group<'d> {
    fn add_finding(&mut self, finding: &'d Finding) {
        if self.severity.is_none() {
            self.rule.clone_from(&finding.rule);
            self.name.clone_from(&finding.name);
            self.remediation.clone_from(&finding.remediation);
        }
        self.scopes.insert(&finding.scope);
        let tenant = finding.tenant.as_deref();
        self.add(finding.severity, &finding.fingerprint, tenant, finding.standing.as_ref());
    }

    fn add_drift(&mut self, drift: &'d Drift) {
        let severity = crate::entry::weight(drift.kind);
        // Of several kinds the worst gives the name.
        if self.severity.is_none_or(|worst| severity < worst) {
            let text = |what| english(&Message::new(format!("drift-{}-{what}", drift.kind)));
            self.rule = format!("drift:{}", drift.kind);
            (self.name, self.remediation) = (text("name"), text("fix"));
        }
        let tenant = drift.tenant.as_deref();
        self.add(severity, &drift.fingerprint, tenant, drift.standing.as_ref());
    }

    fn add(
        &mut self,
        severity: Severity,
        fingerprint: &Fingerprint,
        tenant: Option<&'d str>,
        standing: Option<&Standing>,
    ) {
        self.severity = Some(self.severity.map_or(severity, |worst| worst.min(severity)));
        self.closes.push(fingerprint.clone());
        self.tenants.extend(tenant);
        let seen = standing.map(|standing| standing.first_seen);
        self.first_seen = self.first_seen.into_iter().chain(seen).min();
    }

    /// One change of an organization that closes findings of one account alone is shown as of the account:
    /// the others have nothing to fix.
    fn narrowed<'k>(&self, key: Key<'k>) -> Key<'k>
    where
        'd: 'k,
    {
        match (key, self.scopes.first()) {
            (Key::Findings { rule, cloud, .. }, Some(scope)) if self.scopes.len() == 1 => {
                Key::Findings { rule, cloud, scope }
            }
            _ => key,
        }
    }

    fn fix(self, place: String, now: Timestamp) -> Fix {
        let severity = self.severity.unwrap_or(Severity::Info);
        let tenants: Vec<String> = self.tenants.into_iter().map(ToOwned::to_owned).collect();
        let score = score(severity, self.closes.len(), tenants.len(), self.first_seen, now);
        Fix {
            rule: self.rule,
            name: self.name,
            severity,
            remediation: self.remediation,
            closes: self.closes,
            tenants,
            place,
            first_seen: self.first_seen,
            score,
        }
    }
}

/// See the module's documentation.
fn score(
    severity: Severity,
    closes: usize,
    tenants: usize,
    first_seen: Option<Timestamp>,
    now: Timestamp,
) -> u64 {
    let weight: u64 = match severity {
        Severity::Critical => 1000,
        Severity::High => 300,
        Severity::Medium => 100,
        Severity::Low => 30,
        Severity::Info => 10,
    };
    let closed = 100 + 40 * u64::from(closes.max(1).ilog2());
    let hit = 100 + 25 * (tenants.saturating_sub(1).min(8) as u64);
    let weeks = first_seen.map_or(0, |seen| now.duration_since(seen).as_hours() / (24 * 7));
    let age = 100 + 10 * u64::try_from(weeks).unwrap_or(0).min(10);
    weight * closed * hit * age / 1_000_000
}
