//! The verdict and the numbers.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenko_core::{Coverage, Drift, DriftKind, Finding, Outcome, Severity, Verdict};

use crate::rows::ScopeRow;

/// What the whole report says, and with it the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SummaryVerdict {
    /// Everything was observed, and everything is as it should be.
    Clean,
    /// Something differs from what was declared.
    Drift,
    /// Nothing differs, and a rule found a bad state of severity low or above.
    Findings,
    /// Nothing bad was seen, and something could not be observed.
    Incomplete,
}

impl SummaryVerdict {
    /// The one place where the verdict is made.
    ///
    /// Drift wins over findings, and both win over incompleteness, which a summary states apart
    /// ([`Summary::incomplete`]). Unknown drift is no drift, a finding of severity info or with an
    /// unknown verdict is no finding; what is unknown makes the report incomplete.
    pub fn of(drift: &DriftCounts, findings: &FindingCounts, incomplete: bool) -> Self {
        if drift.differences() > 0 {
            Self::Drift
        } else if findings.actionable() > 0 {
            Self::Findings
        } else if incomplete {
            Self::Incomplete
        } else {
            Self::Clean
        }
    }

    /// The exit code of a command that ends with this verdict.
    ///
    /// | code | when |
    /// |---|---|
    /// | 0 | clean |
    /// | 2 | drift (other than unknown), or a finding of severity low or above |
    /// | 3 | neither, and something could not be observed |
    ///
    /// 1 is an error of the command itself; then there is no report.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Drift | Self::Findings => 2,
            Self::Incomplete => 3,
        }
    }
}

impl fmt::Display for SummaryVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Clean => "clean",
            Self::Drift => "drift",
            Self::Findings => "findings",
            Self::Incomplete => "incomplete",
        })
    }
}

/// What the comparison counted beside the differences.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    /// Live resources that are declared.
    pub managed: u64,
    /// Live resources that the provider made by itself.
    pub provider_default: u64,
    /// Live resources that an ignore rule took out of the comparison.
    pub ignored: u64,
    /// Declared resources of which only that they are there is compared.
    #[serde(default)]
    pub not_compared: u64,
    /// Live resources that nothing declares as far as could be read, where code could not be read:
    /// they are neither managed nor unmanaged.
    #[serde(default)]
    pub withheld: u64,
}

/// The report in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// What the report says.
    pub verdict: SummaryVerdict,
    /// The exit code of the command that made it; see [`SummaryVerdict::exit_code`].
    pub exit_code: u8,
    /// Whether something that should have been observed was not. Stated with every verdict.
    pub incomplete: bool,
    /// Accounts and projects.
    pub scopes: ScopeCounts,
    /// Resources that were read.
    pub resources: u64,
    /// Units (account or project, region, type) that were looked at.
    pub units: UnitCounts,
    /// Differences.
    pub drift: DriftCounts,
    /// Findings.
    pub findings: FindingCounts,
    /// What was compared without a difference.
    #[serde(flatten)]
    pub counts: Counts,
}

/// Accounts and projects by how they answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ScopeCounts {
    /// All that were discovered.
    pub total: u64,
    /// Those that answered.
    pub answered: u64,
    /// Those that were asked in vain.
    pub not_answered: u64,
    /// Those that are suspended, closed or not yet active: nothing can be read there.
    pub suspended: u64,
    /// Those that were not asked: left out by configuration, or the run ended before.
    pub not_asked: u64,
}

impl ScopeCounts {
    /// Counts accounts and projects.
    pub(crate) fn of(rows: &[ScopeRow]) -> Self {
        let mut counts = Self::default();
        for row in rows.iter().filter(|row| row.scope.kind.holds_resources()) {
            counts.total += 1;
            match row.outcome {
                Some(Outcome::Complete) => counts.answered += 1,
                Some(Outcome::ScopeSuspended) => counts.suspended += 1,
                None if !row.scope.is_collectable() => counts.suspended += 1,
                None | Some(Outcome::Skipped) => counts.not_asked += 1,
                Some(_) => counts.not_answered += 1,
            }
        }
        counts
    }
}

/// Units by outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UnitCounts {
    /// All units.
    pub total: u64,
    /// Those that should have been read whole and were not.
    pub gaps: u64,
    /// By outcome: `complete` always, any other where there is one.
    #[serde(flatten)]
    pub outcomes: BTreeMap<String, u64>,
}

impl UnitCounts {
    /// Counts rows.
    pub(crate) fn of<'a>(coverage: impl IntoIterator<Item = &'a Coverage>) -> Self {
        let mut counts = Self::default();
        counts.outcomes.insert(Outcome::Complete.as_str().to_owned(), 0);
        for row in coverage {
            counts.add(row.outcome);
        }
        counts
    }

    pub(crate) fn add(&mut self, outcome: Outcome) {
        self.total += 1;
        self.gaps += u64::from(outcome.is_gap());
        *self.outcomes.entry(outcome.as_str().to_owned()).or_default() += 1;
    }

    /// Whether any of them was read, at least in part, or there was none to read.
    pub fn any_read(&self) -> bool {
        self.total == 0
            || self.complete() > 0
            || self.outcomes.contains_key(Outcome::Partial.as_str())
    }

    /// Those that were read whole.
    pub fn complete(&self) -> u64 {
        self.outcomes.get(Outcome::Complete.as_str()).copied().unwrap_or(0)
    }
}

/// Drift by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DriftCounts {
    /// Declared and not there.
    pub missing: u64,
    /// There, with other attributes.
    pub changed: u64,
    /// In another's scope.
    pub misplaced: u64,
    /// In one environment's scope and declared by another's code.
    #[serde(default)]
    pub elsewhere_managed: u64,
    /// There and declared nowhere.
    pub unmanaged: u64,
    /// Declared and could not be observed.
    pub unknown: u64,
}

impl DriftCounts {
    /// Counts drift.
    pub fn of<'a>(drift: impl IntoIterator<Item = &'a Drift>) -> Self {
        let mut counts = Self::default();
        for one in drift {
            counts.add(one.kind);
        }
        counts
    }

    pub(crate) fn add(&mut self, kind: DriftKind) {
        match kind {
            DriftKind::Missing => self.missing += 1,
            DriftKind::Changed => self.changed += 1,
            DriftKind::Misplaced => self.misplaced += 1,
            DriftKind::ElsewhereManaged => self.elsewhere_managed += 1,
            DriftKind::Unmanaged => self.unmanaged += 1,
            DriftKind::Unknown => self.unknown += 1,
        }
    }

    /// How many there are of one kind.
    pub fn get(&self, kind: DriftKind) -> u64 {
        match kind {
            DriftKind::Missing => self.missing,
            DriftKind::Changed => self.changed,
            DriftKind::Misplaced => self.misplaced,
            DriftKind::ElsewhereManaged => self.elsewhere_managed,
            DriftKind::Unmanaged => self.unmanaged,
            DriftKind::Unknown => self.unknown,
        }
    }

    /// All but the unknown.
    pub fn differences(&self) -> u64 {
        self.missing + self.changed + self.misplaced + self.elsewhere_managed + self.unmanaged
    }
}

/// Findings by severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FindingCounts {
    /// Act now.
    pub critical: u64,
    /// Act soon.
    pub high: u64,
    /// Plan it.
    pub medium: u64,
    /// When there is time.
    pub low: u64,
    /// Good to know; does not count towards the exit code.
    pub info: u64,
    /// Of any severity, where it could not be told.
    pub unknown: u64,
}

impl FindingCounts {
    /// Counts findings.
    pub fn of<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Self {
        let mut counts = Self::default();
        for one in findings {
            counts.add(one);
        }
        counts
    }

    pub(crate) fn add(&mut self, finding: &Finding) {
        match (finding.verdict, finding.severity) {
            (Verdict::Unknown, _) => self.unknown += 1,
            (Verdict::Finding, Severity::Critical) => self.critical += 1,
            (Verdict::Finding, Severity::High) => self.high += 1,
            (Verdict::Finding, Severity::Medium) => self.medium += 1,
            (Verdict::Finding, Severity::Low) => self.low += 1,
            (Verdict::Finding, Severity::Info) => self.info += 1,
        }
    }

    /// Those that count towards the exit code: severity low or above, surely there.
    pub fn actionable(&self) -> u64 {
        self.critical + self.high + self.medium + self.low
    }

    /// Counts and their words, worst first.
    pub fn by_severity(&self) -> [(Severity, u64); 5] {
        [
            (Severity::Critical, self.critical),
            (Severity::High, self.high),
            (Severity::Medium, self.medium),
            (Severity::Low, self.low),
            (Severity::Info, self.info),
        ]
    }
}
