//! What somebody decided to live with: applied to drift, and told of one by one.

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};

use crate::model::{
    Drift, Fingerprint, Item, Source, Suppressed, Suppresses, Suppression, Verdict,
};
use crate::report::{Document, SuppressionRow, SuppressionState};

/// From so many days before its end on, a suppression is told to be expiring.
const SOON: i64 = 14;

/// Takes out the drift that is suppressed. What is unknown stays.
pub(crate) fn of_drift(
    drift: &mut Vec<Drift>,
    all: &[Suppression],
    now: Timestamp,
) -> Vec<Suppressed> {
    // One may have expired, and another be written for the same: as for findings, any will do.
    let mut exact: HashMap<&Fingerprint, Vec<&Suppression>> = HashMap::new();
    for one in all {
        if let Suppresses::One(fingerprint) = &one.of {
            exact.entry(fingerprint).or_default().push(one);
        }
    }
    if exact.is_empty() {
        return Vec::new();
    }
    let mut suppressed = Vec::new();
    for one in std::mem::take(drift) {
        let by = exact.get(&one.fingerprint).filter(|_| one.is_difference());
        match by.into_iter().flatten().find(|by| by.holds(now, || one.evidence())) {
            Some(by) => suppressed.push(by.suppresses(Item::Drift(one))),
            None => drift.push(one),
        }
    }
    suppressed
}

/// One row for each suppression. `whole` says whether all was looked at that could be: of what was
/// not, nobody can say that nothing matches.
pub(crate) fn rows(
    document: &Document,
    all: &[Suppression],
    unused: &[Source],
    whole: bool,
    now: Timestamp,
) -> Vec<SuppressionRow> {
    let mut matched: HashMap<&Source, u64> = HashMap::new();
    for one in &document.suppressed {
        *matched.entry(&one.source).or_default() += 1;
    }
    // Of what is unknown nobody can say that its evidence is another one.
    let findings = document.findings.iter().filter(|f| f.verdict == Verdict::Finding);
    let drift = document.drift.iter().filter(|d| d.is_difference());
    let open: HashSet<_> =
        findings.map(|f| &f.fingerprint).chain(drift.map(|d| &d.fingerprint)).collect();
    let row = |one: &Suppression| {
        let count = matched.get(&one.source).copied().unwrap_or_default();
        let rearmed = match &one.of {
            Suppresses::One(fingerprint) => one.evidence.is_some() && open.contains(fingerprint),
            Suppresses::Findings { .. } => false,
        };
        let idle = match one.of {
            Suppresses::One(_) => whole,
            Suppresses::Findings { .. } => whole && unused.contains(&one.source),
        };
        let state = if one.expires <= now {
            SuppressionState::Expired
        } else if count == 0 && rearmed {
            SuppressionState::Rearmed
        } else if count == 0 && idle {
            SuppressionState::Unused
        } else if count == 0 {
            SuppressionState::Unseen
        } else if one.expires.duration_since(now) <= SignedDuration::from_hours(24 * SOON) {
            SuppressionState::Expiring
        } else {
            SuppressionState::Active
        };
        SuppressionRow {
            what: one.of.to_string(),
            state,
            matched: count,
            reason: one.reason.clone(),
            owner: one.owner.clone(),
            created: one.created,
            expires: one.expires,
            ticket: one.ticket.clone(),
            source: one.source.clone(),
        }
    };
    let mut rows: Vec<_> = all.iter().map(row).collect();
    rows.sort_by(|a, b| (a.state, a.expires, &a.what).cmp(&(b.state, b.expires, &b.what)));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Cloud, SourceKind};
    use crate::model::{DriftKind, Finding, ResourceRef, RunInfo, ScopeTree, Severity, Snapshot};
    use crate::report::{Counts, Kind};

    const OVER: &str = "2026-01-01T00:00:00Z";
    const LATER: &str = "2027-01-01T00:00:00Z";

    fn now() -> Timestamp {
        "2026-11-22T06:00:00Z".parse().unwrap()
    }

    fn document(verdict: Verdict) -> Document {
        let run = RunInfo {
            id: "1".into(),
            tool_version: "0".into(),
            started_at: now(),
            finished_at: now(),
            cancelled: false,
        };
        let snapshot = Snapshot {
            run,
            scopes: ScopeTree::default(),
            discovery_problems: vec![],
            answers: vec![],
            coverage: vec![],
            resources: vec![],
            calls: vec![],
        };
        let finding = Finding {
            fingerprint: "f".into(),
            standing: None,
            rule: "DATA-01".into(),
            name: "n".into(),
            severity: Severity::High,
            verdict,
            cloud: Cloud::aws(),
            scope: "1".into(),
            resource: None,
            tenant: None,
            environment: None,
            owner: None,
            message: "m".into(),
            wording: None,
            remediation: "r".into(),
        };
        Document::new(Kind::Audit, &snapshot, vec![], vec![finding], Counts::default())
    }

    fn decided(evidence: Option<String>, expires: &str) -> Suppression {
        Suppression {
            of: Suppresses::One("f".into()),
            reason: "r".into(),
            owner: None,
            created: None,
            expires: expires.parse().unwrap(),
            ticket: None,
            evidence,
            source: Source {
                kind: SourceKind::Manifest,
                file: "s".into(),
                address: expires.into(),
                line: None,
            },
        }
    }

    #[test]
    fn what_is_unknown_is_not_rearmed() {
        let all = [decided(Some("0".repeat(32)), LATER)];
        for (verdict, whole, state) in [
            (Verdict::Finding, true, SuppressionState::Rearmed),
            (Verdict::Unknown, false, SuppressionState::Unseen),
        ] {
            let rows = rows(&document(verdict), &all, &[], whole, now());
            assert_eq!(rows[0].state, state, "{verdict:?}");
        }
    }

    #[test]
    fn any_decision_in_force_takes_drift_out() {
        let drift = Drift {
            fingerprint: "f".into(),
            standing: None,
            kind: DriftKind::Missing,
            resource: ResourceRef {
                cloud: Cloud::aws(),
                resource_type: "AWS::S3::Bucket".into(),
                scope: None,
                region: None,
                id: None,
                name: Some("b".into()),
            },
            tenant: None,
            environment: None,
            owner: None,
            source: None,
            changes: vec![],
            reason: None,
            reason_wording: None,
        };
        let (over, holds) = (decided(None, OVER), decided(None, LATER));
        for all in [vec![over.clone(), holds.clone()], vec![holds, over.clone()]] {
            let mut drifts = vec![drift.clone()];
            let suppressed = of_drift(&mut drifts, &all, now());
            assert_eq!((drifts.len(), suppressed.len()), (0, 1));
            assert_eq!(suppressed[0].expires, LATER.parse().unwrap());
        }
        let mut drifts = vec![drift];
        assert!(of_drift(&mut drifts, &[over], now()).is_empty());
        assert_eq!(drifts.len(), 1);
    }
}
