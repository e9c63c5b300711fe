//! What somebody decided to live with: applied to drift, and told of one by one.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use crate::model::{Drift, Fingerprint, Item, Source, Suppressed, Suppresses, Suppression};
use crate::report::{Document, SuppressionRow, SuppressionState};

/// From so many days before its end on, a suppression is told to be expiring.
const SOON: i64 = 14;

/// Takes out the drift that is suppressed. What is unknown stays.
pub(crate) fn of_drift(
    drift: &mut Vec<Drift>,
    all: &[Suppression],
    now: Timestamp,
) -> Vec<Suppressed> {
    let exact: HashMap<&Fingerprint, &Suppression> = all
        .iter()
        .filter_map(|one| match &one.of {
            Suppresses::One(fingerprint) => Some((fingerprint, one)),
            Suppresses::Findings { .. } => None,
        })
        .collect();
    if exact.is_empty() {
        return Vec::new();
    }
    let mut suppressed = Vec::new();
    for one in std::mem::take(drift) {
        let by = exact.get(&one.fingerprint).filter(|_| one.is_difference());
        match by.filter(|by| by.holds(now, || one.evidence())) {
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
    let findings = document.findings.iter().map(|f| (&f.fingerprint, f.evidence()));
    let drift = document.drift.iter().filter(|d| d.is_difference());
    let open: HashMap<_, _> =
        findings.chain(drift.map(|d| (&d.fingerprint, d.evidence()))).collect();
    let row = |one: &Suppression| {
        let count = matched.get(&one.source).copied().unwrap_or_default();
        let rearmed = match &one.of {
            Suppresses::One(fingerprint) => {
                one.evidence.is_some() && open.contains_key(fingerprint)
            }
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
