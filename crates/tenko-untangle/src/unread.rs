//! What could not be read, or was not looked at: what is there is not in the plan.

use std::collections::{BTreeMap, BTreeSet};

use tenko_core::{
    Catalog, Coverage, Declaration, Outcome, Reach, ResourceType, ScopeKey, Snapshot,
};

use crate::model::Unread;
use crate::words::cut;

/// A provider's message is cut after so many characters.
const LONGEST: usize = 300;

/// What is not known of an account or project.
pub(crate) struct Gaps {
    pub(crate) unread: Vec<Unread>,
    /// Something that should have been read was not.
    pub(crate) incomplete: bool,
    /// It did not answer at all, with the reason.
    pub(crate) silent: Option<String>,
}

/// Looks for the gaps of one account or project.
pub(crate) fn gaps(
    snapshot: &Snapshot,
    declaration: &Declaration,
    catalog: &Catalog,
    scope: &ScopeKey,
) -> Gaps {
    let rows: Vec<&Coverage> = snapshot
        .coverage
        .iter()
        .filter(|row| row.unit.scope == scope.id && row.unit.cloud == scope.cloud)
        .collect();
    let mut out = Gaps { unread: Vec::new(), incomplete: snapshot.run.cancelled, silent: None };
    out.silent = silence(snapshot, scope, &rows);
    if let Some(reason) = &out.silent {
        out.incomplete = true;
        let answer =
            snapshot.answers.iter().find(|a| a.scope == scope.id && a.cloud == scope.cloud);
        out.unread.push(Unread {
            what: "everything".to_owned(),
            regions: vec![Reach::Global],
            outcome: answer.map(|answer| answer.outcome),
            // The outcome says it already.
            reason: match answer {
                Some(answer) if answer.outcome.to_string() == *reason => String::new(),
                _ => reason.clone(),
            },
        });
        return out;
    }
    let mut units: BTreeMap<(&ResourceType, Outcome), (BTreeSet<Reach>, String)> = BTreeMap::new();
    for row in rows.iter().filter(|row| matters(row.outcome)) {
        out.incomplete |= row.outcome.is_gap();
        let (regions, reason) = units.entry((&row.unit.resource_type, row.outcome)).or_default();
        regions.insert(row.unit.reach.clone());
        if let Some(problem) = row.problems.first().filter(|_| reason.is_empty()) {
            let text = format!("{} {}: {}", problem.operation, problem.code, problem.message);
            *reason = cut(&text, LONGEST);
        }
    }
    for ((resource_type, outcome), (regions, reason)) in units {
        out.unread.push(Unread {
            what: resource_type.to_string(),
            regions: regions.into_iter().collect(),
            outcome: Some(outcome),
            reason,
        });
    }
    let seen: BTreeSet<&ResourceType> = rows.iter().map(|row| &row.unit.resource_type).collect();
    let known = catalog.iter().filter(|info| info.cloud == scope.cloud);
    let unseen: Vec<_> =
        known.map(|info| &info.resource_type).filter(|name| !seen.contains(name)).collect();
    for name in unseen {
        out.unread.push(Unread {
            what: name.to_string(),
            regions: Vec::new(),
            outcome: Some(Outcome::Skipped),
            reason: "not looked at in this run".to_owned(),
        });
    }
    for code in &declaration.unread_code {
        let owner = code.owner.as_ref();
        let concerns = owner.is_none_or(|owner| {
            declaration
                .environments_of(scope)
                .any(|(t, e)| *owner.tenant == *t.id && *owner.environment == *e.name)
        });
        if concerns {
            out.incomplete = true;
            out.unread.push(Unread {
                what: format!("code: {}", code.file),
                regions: Vec::new(),
                outcome: None,
                reason: cut(&code.reason, LONGEST),
            });
        }
    }
    out
}

/// Other accounts and projects that could not be read whole: references from there are not all
/// known.
pub(crate) fn elsewhere(snapshot: &Snapshot, scope: &ScopeKey) -> Vec<ScopeKey> {
    // One pass over the coverage, which may have millions of rows.
    let mut whole: BTreeMap<ScopeKey, bool> = BTreeMap::new();
    for row in &snapshot.coverage {
        *whole.entry(row.unit.scope_key()).or_insert(true) &= !row.outcome.is_gap();
    }
    let mut others: Vec<ScopeKey> = snapshot
        .scopes
        .accounts()
        .filter(|other| other.is_collectable())
        .map(tenko_core::Scope::key)
        .filter(|other| other != scope && whole.get(other) != Some(&true))
        .collect();
    others.sort();
    others
}

/// Whether something of the unit may be there and is not in the plan. A region or a service that
/// is not enabled holds nothing in use.
fn matters(outcome: Outcome) -> bool {
    outcome.is_gap() || outcome == Outcome::Skipped
}

/// Why nothing of the account is known.
fn silence(snapshot: &Snapshot, scope: &ScopeKey, rows: &[&Coverage]) -> Option<String> {
    let known = snapshot.scopes.get(scope);
    if let Some(known) = known.filter(|known| !known.is_collectable()) {
        return Some(format!("it is {}", known.status));
    }
    let answer = snapshot.answers.iter().find(|a| a.scope == scope.id && a.cloud == scope.cloud);
    match answer {
        Some(answer) if answer.outcome.is_complete() => {
            let dead = !rows.is_empty()
                && rows.iter().all(|row| {
                    !matches!(row.outcome, Outcome::Complete | Outcome::Partial)
                        && matters(row.outcome)
                });
            dead.then(|| "it answered, and then nothing in it could be read".to_owned())
        }
        Some(answer) => Some(answer.outcome.to_string()),
        None if rows.is_empty() => Some("it was not asked in this run".to_owned()),
        None => None,
    }
}

/// Whether a type was read completely in the account: every unit of it, and at least one.
pub(crate) fn is_read(snapshot: &Snapshot, scope: &ScopeKey, resource_type: &str) -> bool {
    let name = ResourceType::new(resource_type);
    let mut any = false;
    let all = snapshot.coverage_of(scope, &name).all(|row| {
        any = true;
        matches!(
            row.outcome,
            Outcome::Complete | Outcome::RegionDisabled | Outcome::ServiceNotEnabled
        )
    });
    any && all
}
