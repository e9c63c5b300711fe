//! The table of what was looked at, and how that ended.

use std::collections::{BTreeSet, HashMap, HashSet};

use tenko_core::{Cloud, Outcome, Problem, Reach, ResourceType, ScopeId};
use tenko_report::{Document, ScopeRow};

use crate::Column;

/// A unit; a whole account or project that did not answer, was not asked, or is declared and was not
/// found; or a cloud of which not all could be discovered.
struct Row<'a> {
    cloud: &'a Cloud,
    scope: Option<&'a ScopeId>,
    unit: Option<(&'a Reach, &'a ResourceType)>,
    outcome: &'static str,
    denied: Option<Outcome>,
    problem: Option<&'a Problem>,
}

impl<'a> Row<'a> {
    fn new(cloud: &'a Cloud, scope: &'a ScopeId, outcome: Outcome, all: &'a [Problem]) -> Self {
        Self {
            cloud,
            scope: Some(scope),
            unit: None,
            outcome: outcome.as_str(),
            denied: matches!(outcome, Outcome::Denied { .. }).then_some(outcome),
            problem: all.first(),
        }
    }

    /// What there is to say of an account or project beyond its units.
    fn of_scope(row: &'a ScopeRow) -> Option<Self> {
        let of = |outcome| Self::new(&row.scope.cloud, &row.scope.id, outcome, &row.problems);
        match row.outcome {
            Some(Outcome::Complete) => None,
            Some(outcome) => Some(of(outcome)),
            None if !row.scope.kind.holds_resources() => None,
            None if !row.scope.is_collectable() => Some(of(Outcome::ScopeSuspended)),
            None => Some(Self { outcome: "not_asked", ..of(Outcome::Skipped) }),
        }
    }
}

pub(crate) fn columns(document: &Document) -> Vec<Column> {
    let undiscovered = document.problems.iter().map(|of| Row {
        cloud: &of.cloud,
        scope: None,
        unit: None,
        outcome: "not_discovered",
        denied: None,
        problem: Some(&of.problem),
    });
    let scopes = document.scopes.iter().filter_map(Row::of_scope);
    let found: HashSet<_> =
        document.scopes.iter().map(|row| (&row.scope.cloud, &row.scope.id)).collect();
    let declared = document.tenants.iter().flat_map(|tenant| &tenant.environments);
    let declared: BTreeSet<_> =
        declared.flat_map(|row| &row.scopes).map(|of| (&of.cloud, &of.id)).collect();
    let missing = declared.into_iter().filter(|of| !found.contains(of)).map(|of| Row {
        cloud: of.0,
        scope: Some(of.1),
        unit: None,
        outcome: "not_discovered",
        denied: None,
        problem: None,
    });
    let units = document.coverage.iter().map(|of| Row {
        unit: Some((&of.unit.reach, &of.unit.resource_type)),
        ..Row::new(&of.unit.cloud, &of.unit.scope, of.outcome, &of.problems)
    });
    let rows: Vec<Row<'_>> = undiscovered.chain(missing).chain(scopes).chain(units).collect();
    let rows = rows.as_slice();
    let names: HashMap<_, _> = document
        .scopes
        .iter()
        .filter(|row| !row.scope.name.is_empty())
        .map(|row| ((&row.scope.cloud, &row.scope.id), &row.scope.name))
        .collect();

    let text = |name, of: fn(&Row<'_>) -> Option<String>| Column::text(name, rows, of);
    let run = document.run.id.clone();
    let ended = document.run.finished_at;
    vec![
        Column::text("run_id", rows, |_| Some(run.clone())),
        Column::time("observed_at", rows, |_| Some(ended)),
        text("cloud", |row| Some(row.cloud.to_string())),
        text("scope", |row| row.scope.map(ToString::to_string)),
        Column::text("scope_name", rows, |row| {
            names.get(&(row.cloud, row.scope?)).map(|name| (*name).clone())
        }),
        text("region", |row| Some(row.unit?.0.to_string())),
        text("resource_type", |row| Some(row.unit?.1.to_string())),
        text("outcome", |row| Some(row.outcome.to_owned())),
        text("reason", |row| row.denied.map(|outcome| outcome.to_string())),
        text("problem", |row| {
            let Problem { operation, code, message, .. } = row.problem?;
            Some(format!("{operation} {code}: {message}"))
        }),
    ]
}
