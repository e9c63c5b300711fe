//! Icons with their words: nothing is told by colour alone.

use tenko_core::{Drift, DriftKind, Finding, Severity, Status, Verdict};
use tenko_messages::Lang;

use super::text::Text;
use crate::history::SuppressionState;
use crate::summary::SummaryVerdict;
use crate::words;

/// An icon and a word.
#[derive(Clone, Debug, Default)]
pub(super) struct Mark {
    /// The icon's name, which is the name of its colour too: `i-critical` in the page's sprite.
    pub(super) icon: &'static str,
    /// The word beside it.
    pub(super) word: Text,
}

/// What an entry of the table is, in the order of the default ranking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Sort {
    Finding(Severity),
    Drift(DriftKind),
    Unknown,
}

impl Sort {
    /// All of them; their place here is their number in the data, and their rank: drift stands with
    /// the severity that its kind weighs in `top`.
    pub(super) const ALL: [Self; 12] = [
        Self::Finding(Severity::Critical),
        Self::Finding(Severity::High),
        Self::Drift(DriftKind::Misplaced),
        Self::Drift(DriftKind::Missing),
        Self::Finding(Severity::Medium),
        Self::Drift(DriftKind::Changed),
        Self::Drift(DriftKind::ElsewhereManaged),
        Self::Finding(Severity::Low),
        Self::Drift(DriftKind::Unmanaged),
        Self::Finding(Severity::Info),
        Self::Unknown,
        Self::Drift(DriftKind::Unknown),
    ];

    pub(super) fn finding(finding: &Finding) -> Self {
        match finding.verdict {
            Verdict::Finding => Self::Finding(finding.severity),
            Verdict::Unknown => Self::Unknown,
        }
    }

    pub(super) fn drift(drift: &Drift) -> Self {
        Self::Drift(drift.kind)
    }

    /// Its number in the data, and its rank.
    pub(super) fn number(self) -> usize {
        Self::ALL.iter().position(|one| *one == self).unwrap_or(Self::ALL.len())
    }

    pub(super) fn mark(self, lang: Lang) -> Mark {
        match self {
            Self::Finding(severity) => Mark::severity(lang, severity),
            Self::Drift(kind) => Mark {
                icon: match kind {
                    DriftKind::Missing => "missing",
                    DriftKind::Changed => "differs",
                    DriftKind::Unmanaged => "unmanaged",
                    DriftKind::Misplaced => "misplaced",
                    DriftKind::ElsewhereManaged => "elsewhere",
                    DriftKind::Unknown => "unknown",
                },
                word: Text::new(words::drift_kind(lang, kind)),
            },
            Self::Unknown => Mark::status(lang, Status::Unknown),
        }
    }

    /// The value of the filter "severity": drift has none.
    pub(super) fn severity(self) -> &'static str {
        match self {
            Self::Finding(Severity::Critical) => "critical",
            Self::Finding(Severity::High) => "high",
            Self::Finding(Severity::Medium) => "medium",
            Self::Finding(Severity::Low) => "low",
            Self::Finding(Severity::Info) => "info",
            Self::Unknown => "unknown",
            Self::Drift(_) => "",
        }
    }

    /// The value of the filter "kind".
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Finding(_) | Self::Unknown => "finding",
            Self::Drift(kind) => kind.as_str(),
        }
    }
}

impl Mark {
    pub(super) fn severity(lang: Lang, severity: Severity) -> Self {
        let icon = match severity {
            Severity::Critical => "critical",
            Severity::High => "high",
            Severity::Medium => "medium",
            Severity::Low => "low",
            Severity::Info => "info",
        };
        Self { icon, word: Text::new(words::severity(lang, severity)) }
    }

    pub(super) fn status(lang: Lang, status: Status) -> Self {
        let icon = match status {
            Status::New => "new",
            Status::Changed => "changed",
            Status::Unchanged => "unchanged",
            Status::Resolved => "resolved",
            Status::Unknown => "unknown",
            Status::Suppressed => "suppressed",
        };
        Self { icon, word: Text::new(words::status(lang, status)) }
    }

    pub(super) fn verdict(lang: Lang, verdict: SummaryVerdict) -> Self {
        let icon = match verdict {
            SummaryVerdict::Clean => "resolved",
            SummaryVerdict::Drift => "differs",
            SummaryVerdict::Findings => "high",
            SummaryVerdict::Incomplete => "unknown",
        };
        Self { icon, word: Text::new(words::verdict(lang, verdict)) }
    }

    pub(super) fn suppression(lang: Lang, state: SuppressionState) -> Self {
        let icon = match state {
            SuppressionState::Expired => "high",
            SuppressionState::Rearmed => "changed",
            SuppressionState::Expiring => "medium",
            SuppressionState::Unused => "info",
            SuppressionState::Unseen => "unknown",
            SuppressionState::Active => "suppressed",
        };
        Self { icon, word: Text::new(words::suppression_state(lang, state)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_number() {
        for kind in DriftKind::ALL {
            assert!(Sort::Drift(kind).number() < Sort::ALL.len());
        }
        for (i, sort) in Sort::ALL.into_iter().enumerate() {
            assert_eq!(sort.number(), i);
        }
    }
}
