//! What became of every drift and finding since the runs before.
//!
//! A run resolves something only if it would have seen it: it was whole, and the place was read. A run
//! that died, was cut short, was asked for a part only, or could not read something resolves nothing;
//! what was open then stays so, as unknown, until a run can tell.

mod prior;
mod tell;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use tenko_core::{Drift, Finding, Item, Message, Standing, Status, Suppressed, msg};

use crate::document::{Document, Kind};
use crate::history::{History, Past, SuppressionState, TrendPoint};
use prior::{KEPT_DAYS, Prior, Seen};
use tell::{Tell, Told};

/// Says of every drift and finding of `document` how it stands beside `before`, the documents of the
/// last runs (several, if they ran at the same time), and what of theirs it did not see.
///
/// `runs` are the runs before in numbers, the oldest first; this one is added. A run that was asked for
/// less than everything resolves nothing. Documents of another kind than [`Kind::Audit`] have no
/// history: they are left as they are.
///
/// Fingerprints are made where they are lacking. `first_seen` stays as long as something is open or
/// suppressed; what returns after it was resolved is new. `last_seen` is never before `first_seen`,
/// whatever the clocks said.
pub fn track(document: &mut Document, before: &[Document], runs: Vec<TrendPoint>) {
    if document.kind != Kind::Audit {
        return;
    }
    identify(document);
    let identified: Vec<Document>;
    let before = if before.iter().any(lacks_fingerprints) {
        identified = before
            .iter()
            .cloned()
            .map(|mut one| {
                identify(&mut one);
                one
            })
            .collect();
        &identified
    } else {
        before
    };
    let heads = prior::in_order(document, before);
    let known = prior::known(&heads);
    let mut seen: HashSet<&str> = HashSet::with_capacity(known.len());
    let now = document.run.finished_at;

    for drift in &mut document.drift {
        drift.standing = Some(standing(Seen::Drift(drift), &known, now, &mut seen));
    }
    for finding in &mut document.findings {
        finding.standing = Some(standing(Seen::Finding(finding), &known, now, &mut seen));
    }
    for suppressed in &mut document.suppressed {
        let mut standing = standing(Seen::of(&suppressed.item), &known, now, &mut seen);
        standing.status = Status::Suppressed;
        *suppressed.item.standing_mut() = Some(standing);
    }
    let suppressed = document.suppressed.len() as u64;

    let unseen: Vec<_> = known.iter().filter(|(of, p)| p.sure && !seen.contains(*of)).collect();
    let (past, carried) = unseen_now(document, &heads, unseen);
    document.past = past;
    document.suppressed.extend(carried);
    document.history = Some(history(document, &heads, runs, suppressed));
}

/// How something stands that this run saw, or could not tell.
fn standing<'a>(
    now_seen: Seen<'_>,
    known: &HashMap<&'a str, Prior<'a>>,
    now: Timestamp,
    seen: &mut HashSet<&'a str>,
) -> Standing {
    let found = known.get_key_value(now_seen.fingerprint());
    if let Some((fingerprint, _)) = found {
        seen.insert(fingerprint);
    }
    let prior = found.map(|(_, prior)| prior);
    if now_seen.is_unknown() {
        let (first_seen, last_seen) = match prior {
            Some(prior) if prior.sure => (prior.first_seen, prior.last_seen),
            // No run ever saw it: both tell when it was spoken of.
            Some(prior) => (prior.first_seen, now.max(prior.first_seen)),
            None => (now, now),
        };
        return Standing { status: Status::Unknown, first_seen, last_seen };
    }
    match prior.filter(|prior| prior.sure) {
        None => Standing { status: Status::New, first_seen: now, last_seen: now },
        Some(prior) => Standing {
            status: if now_seen.same_evidence(prior.seen) {
                Status::Unchanged
            } else {
                Status::Changed
            },
            first_seen: prior.first_seen,
            last_seen: now.max(prior.last_seen),
        },
    }
}

/// What was there before and is not in this run: what is said of it, and what is still suppressed.
fn unseen_now(
    document: &Document,
    heads: &[&Document],
    unseen: Vec<(&&str, &Prior<'_>)>,
) -> (Vec<Past>, Vec<Suppressed>) {
    let tell = Tell::new(document, heads, unseen.iter().map(|(_, prior)| prior.seen));
    let now = document.run.finished_at;
    let mut english: BTreeMap<Message, String> = BTreeMap::new();
    let mut told = Vec::with_capacity(unseen.len());
    for (_, prior) in unseen {
        let (status, wording) = match tell.told(prior.seen, prior.said) {
            // Another run saw it while this one was under way: nobody knows which look was the later.
            Told::Gone(_) if prior.last_seen > document.run.started_at => {
                (Status::Unknown, msg!("past-seen-meanwhile"))
            }
            // A suppressed one was not open: nobody waits to hear that it is gone.
            Told::Gone(_) if prior.suppressed.is_some() => continue,
            Told::Gone(wording) => (Status::Resolved, wording),
            Told::Never(wording) if is_let_go(prior, &wording, now) => continue,
            Told::Unknown(wording) | Told::Never(wording) => (Status::Unknown, wording),
        };
        told.push((status, prior, wording));
    }
    told.sort_unstable_by(|a, b| order(a.0, a.1.seen).cmp(&order(b.0, b.1.seen)));

    let mut past = Vec::with_capacity(told.len());
    let mut carried = Vec::new();
    for (status, prior, wording) in told {
        let Prior { first_seen, last_seen, .. } = *prior;
        if let Some(suppressed) = prior.suppressed
            && is_in_force(suppressed, document)
        {
            let mut suppressed = suppressed.clone();
            let status = Status::Suppressed;
            *suppressed.item.standing_mut() = Some(Standing { status, first_seen, last_seen });
            carried.push(suppressed);
            continue;
        }
        let mut item = prior.seen.to_item();
        *item.standing_mut() = Some(Standing { status, first_seen, last_seen });
        let why = match english.get(&wording) {
            Some(why) => why.clone(),
            None => {
                english.entry(wording.clone()).or_insert(tenko_messages::english(&wording)).clone()
            }
        };
        past.push(Past { item, why, why_wording: wording });
    }
    (past, carried)
}

/// Resolved before unknown, drift before findings, the worst first, and always the same.
fn order(status: Status, seen: Seen<'_>) -> impl Ord + '_ {
    let (severity, what, scope, resource) = match seen {
        Seen::Drift(Drift { kind, resource, .. }) => {
            let scope = resource.scope.as_ref().map(|s| s.as_str()).unwrap_or_default();
            (None, kind.as_str(), scope, Some(resource))
        }
        Seen::Finding(Finding { severity, rule, scope, resource, .. }) => {
            (Some(*severity), rule.as_str(), scope.as_str(), resource.as_ref())
        }
    };
    (status != Status::Resolved, severity, what, scope, resource, seen.fingerprint())
}

/// Of what nobody looks at any more, nobody will ever tell: it is said at least once, and for a while.
fn is_let_go(prior: &Prior<'_>, wording: &Message, now: Timestamp) -> bool {
    let long_ago = now.duration_since(prior.last_seen) > SignedDuration::from_hours(24 * KEPT_DAYS);
    long_ago && prior.said == Some(wording.id.as_ref())
}

/// Whether the decision that took something out still stands, as this run's suppressions have it.
fn is_in_force(suppressed: &Suppressed, document: &Document) -> bool {
    let same = |row: &&crate::history::SuppressionRow| {
        row.reason == suppressed.reason
            && row.owner == suppressed.owner
            && row.expires == suppressed.expires
            && row.ticket == suppressed.ticket
    };
    suppressed.expires > document.run.finished_at
        && document
            .suppressions
            .iter()
            .filter(same)
            .any(|row| !matches!(row.state, SuppressionState::Expired | SuppressionState::Rearmed))
}

fn history(
    document: &Document,
    heads: &[&Document],
    mut runs: Vec<TrendPoint>,
    suppressed: u64,
) -> History {
    let standings = document.drift.iter().map(|d| &d.standing);
    let standings = standings.chain(document.findings.iter().map(|f| &f.standing)).flatten();
    let new = standings.filter(|s| s.status == Status::New).count() as u64;
    let resolved =
        |past: &&Past| past.item.standing().is_some_and(|s| s.status == Status::Resolved);
    runs.retain(|point| point.run != document.run.id);
    runs.push(TrendPoint {
        run: document.run.id.clone(),
        at: document.run.finished_at,
        verdict: document.summary.verdict,
        incomplete: document.summary.incomplete || document.run.narrowed,
        drift: document.summary.drift,
        findings: document.summary.findings,
        new,
        resolved: document.past.iter().filter(resolved).count() as u64,
        suppressed,
    });
    History {
        compared_with: heads.iter().map(|head| head.run.id.clone()).collect(),
        since: heads.last().map(|head| head.run.finished_at),
        runs,
    }
}

fn lacks_fingerprints(document: &Document) -> bool {
    let findings = document.findings.iter().map(|f| &f.fingerprint);
    let drift = document.drift.iter().map(|d| &d.fingerprint);
    let suppressed = document.suppressed.iter().map(|s| s.item.fingerprint());
    findings.chain(drift).chain(suppressed).any(|fingerprint| fingerprint.as_str().is_empty())
}

/// Makes the fingerprints of a document that was made when there were none.
fn identify(document: &mut Document) {
    if !lacks_fingerprints(document) {
        return;
    }
    // Suppressed ones are counted after the others: their place among equal ones is not known.
    let mut findings = std::mem::take(&mut document.findings);
    let mut drift = std::mem::take(&mut document.drift);
    let (reported_findings, reported_drift) = (findings.len(), drift.len());
    let suppressed = std::mem::take(&mut document.suppressed);
    for one in &suppressed {
        match &one.item {
            Item::Finding(finding) => findings.push(finding.clone()),
            Item::Drift(one) => drift.push(one.clone()),
        }
    }
    Finding::identify(&mut findings);
    Drift::identify(&mut drift);
    let mut of_findings = findings.split_off(reported_findings).into_iter();
    let mut of_drift = drift.split_off(reported_drift).into_iter();
    let again = |mut one: Suppressed| {
        let item = match &one.item {
            Item::Finding(_) => of_findings.next().map(Item::Finding),
            Item::Drift(_) => of_drift.next().map(Item::Drift),
        };
        if let Some(item) = item {
            one.item = item;
        }
        one
    };
    document.suppressed = suppressed.into_iter().map(again).collect();
    document.findings = findings;
    document.drift = drift;
}
