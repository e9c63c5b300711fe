//! What becomes of verdicts: severities that were changed, what was turned off, suppressions.
//!
//! Checks do not know of any of it, so that a rule says the same everywhere.

use std::collections::HashMap;

use jiff::Timestamp;
use tenko_core::{
    Declaration, Environment, Finding, Fingerprint, Item, Level, Pattern, RuleOverride, ScopeKey,
    Severity, Source, Suppressed, Suppresses, Suppression, Tenant, Verdict,
};

/// A suppression in force that matched no finding.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnusedSuppression {
    /// The rule.
    pub rule: String,
    /// Where it is written.
    pub source: Source,
}

/// Settings, compiled.
pub(crate) struct Scales<'a> {
    overrides: Vec<(Pattern, &'a RuleOverride)>,
    /// Those for one finding, by its fingerprint.
    exact: HashMap<&'a str, Vec<(usize, &'a Suppression)>>,
    /// Those for findings of a rule, by its id.
    suppressions: HashMap<&'a str, Vec<Compiled<'a>>>,
    stages: HashMap<(&'a str, &'a str), String>,
    at_least: Option<Severity>,
    now: Timestamp,
}

struct Compiled<'a> {
    at: usize,
    scope: Option<&'a ScopeKey>,
    resource: Option<Pattern>,
    of: &'a Suppression,
}

impl Compiled<'_> {
    fn matches(&self, finding: &Finding) -> bool {
        let scope = self
            .scope
            .is_none_or(|scope| scope.cloud == finding.cloud && scope.id == finding.scope);
        let resource = self.resource.as_ref().is_none_or(|pattern| {
            finding.resource.as_ref().is_some_and(|r| {
                let names = r.name.iter().chain(&r.id);
                names.into_iter().any(|name| pattern.matches(name))
            })
        });
        scope && resource
    }
}

/// What a verdict came to.
pub(crate) enum Weighed {
    Reported(Finding),
    Suppressed(Suppressed, usize),
    /// The settings turned it off.
    TurnedOff(Fingerprint),
    /// It is below the severity that was asked for.
    LeftOut,
}

impl<'a> Scales<'a> {
    pub(crate) fn new(
        declaration: &'a Declaration,
        at_least: Option<Severity>,
        now: Timestamp,
    ) -> Self {
        let settings = &declaration.rules;
        let mut suppressions: HashMap<&str, Vec<_>> = HashMap::new();
        let mut exact: HashMap<&str, Vec<_>> = HashMap::new();
        for (at, of) in settings.suppressions.iter().enumerate() {
            match &of.of {
                Suppresses::One(fingerprint) => {
                    exact.entry(fingerprint.as_str()).or_default().push((at, of));
                }
                Suppresses::Findings { rule, scope, resource } => {
                    let resource = resource.as_deref().map(|glob| Pattern::new(Some(glob)));
                    let compiled = Compiled { at, scope: scope.as_ref(), resource, of };
                    suppressions.entry(rule).or_default().push(compiled);
                }
            }
        }
        let key = |(tenant, environment): (&'a Tenant, &'a Environment)| {
            ((tenant.id.as_str(), environment.name.as_str()), environment.stage_word())
        };
        Self {
            overrides: settings
                .overrides
                .iter()
                .map(|of| (Pattern::new(Some(&of.rule)), of))
                .collect(),
            exact,
            suppressions,
            stages: declaration.environments().map(key).collect(),
            at_least,
            now,
        }
    }

    pub(crate) fn weigh(&self, mut finding: Finding) -> Weighed {
        let fits = |(pattern, of): &&(Pattern, &RuleOverride)| {
            pattern.matches(&finding.rule) && self.is_meant(of, &finding)
        };
        match self.overrides.iter().rev().find(fits).map(|(_, of)| of.level) {
            Some(Level::Off) => return Weighed::TurnedOff(finding.fingerprint),
            Some(Level::Severity(severity)) => finding.severity = severity,
            None => {}
        }
        // Severities are ordered from the worst on.
        if self.at_least.is_some_and(|least| finding.severity > least) {
            return Weighed::LeftOut;
        }
        if finding.verdict == Verdict::Finding
            && let Some((at, by)) = self.suppression(&finding)
        {
            return Weighed::Suppressed(by.suppresses(Item::Finding(finding)), at);
        }
        Weighed::Reported(finding)
    }

    /// Whether an override is about what the finding concerns.
    fn is_meant(&self, of: &RuleOverride, finding: &Finding) -> bool {
        let named = |wanted: &[String], value: Option<&str>| {
            wanted.is_empty() || value.is_some_and(|value| wanted.iter().any(|w| w == value))
        };
        let (tenant, environment) = (finding.tenant.as_deref(), finding.environment.as_deref());
        let stage = tenant.zip(environment).and_then(|key| self.stages.get(&key));
        let wanted_stages: Vec<_> = of.stages.iter().map(|s| s.to_lowercase()).collect();
        named(&of.tenants, tenant)
            && named(&of.environments, environment)
            && named(&wanted_stages, stage.map(String::as_str))
    }

    fn suppression(&self, finding: &Finding) -> Option<(usize, &'a Suppression)> {
        let holds = |of: &Suppression| of.holds(self.now, || finding.evidence());
        let exact = self.exact.get(finding.fingerprint.as_str()).into_iter().flatten();
        if let Some(found) = exact.copied().find(|(_, of)| holds(of)) {
            return Some(found);
        }
        let of_rule = self.suppressions.get(finding.rule.as_str()).into_iter().flatten();
        of_rule.filter(|by| by.matches(finding) && holds(by.of)).map(|by| (by.at, by.of)).next()
    }

    /// The suppressions in force that took nothing out; `used` says which did. Of what was not looked
    /// at (`--only`) nobody can say that it is unused.
    pub(crate) fn unused(
        &self,
        all: &[Suppression],
        used: &[bool],
        evaluated: impl Fn(&str) -> bool,
    ) -> Vec<UnusedSuppression> {
        let idle = all.iter().zip(used).filter(|(of, used)| !**used && self.now < of.expires);
        let unused = idle.filter_map(|(of, _)| match &of.of {
            // Of one that is named by its fingerprint nobody here knows the rule; it may be a drift.
            Suppresses::One(_) => None,
            Suppresses::Findings { rule, .. } => evaluated(rule)
                .then(|| UnusedSuppression { rule: rule.clone(), source: of.source.clone() }),
        });
        unused.collect()
    }
}
