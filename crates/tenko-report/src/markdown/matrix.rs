//! Tenants by environments, in numbers.

use std::collections::BTreeSet;

use tenko_messages::t;

use super::document::{columns, row};
use super::escape::escape;
use super::page::{Part, Room};
use crate::document::Document;
use crate::format::RenderOptions;
use crate::rows::{EnvironmentRow, Observed};

/// With more names of environments than this, each environment has a row.
const WIDEST: usize = 6;

/// The table; `None` without a declaration.
pub(super) fn part(document: &Document, options: &RenderOptions) -> Option<Part> {
    let (lang, tenants) = (options.lang, &document.tenants);
    if tenants.is_empty() {
        return None;
    }
    let mut head = format!("\n## {}\n\n", escape(&t!(lang, "md-h-matrix")));
    head.push_str(&format!("{}\n\n", escape(&t!(lang, "md-legend"))));
    let mut names: Vec<&str> = Vec::new();
    let mut seen = BTreeSet::new();
    for environment in tenants.iter().flat_map(|tenant| &tenant.environments) {
        if seen.insert(environment.name.as_str()) {
            names.push(&environment.name);
        }
    }
    let shared: Vec<_> = tenants.iter().map(crate::TenantRow::shared).collect();
    if names.len() > WIDEST {
        let whose = t!(lang, "md-c-whose");
        head.push_str(&columns(&[whose, t!(lang, "md-c-drift"), t!(lang, "md-c-unknown")]));
        let rows = tenants.iter().zip(&shared).flat_map(|(tenant, shared)| {
            shared.iter().chain(&tenant.environments).map(move |environment| {
                let parts = [tenant.id.as_str(), environment.name.as_str()];
                let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
                let unknown = environment.drift.unknown + environment.findings.unknown;
                row(&[parts.join(" / "), cell(environment), unknown.to_string()])
            })
        });
        return Some(Part { rows: rows.collect(), head, room: Room::Share(12) });
    }
    let mut heads = vec![t!(lang, "md-c-tenant")];
    heads.extend(names.iter().map(|name| (*name).to_owned()));
    let any_shared = shared.iter().any(Option::is_some);
    heads.extend(any_shared.then(|| t!(lang, "md-c-shared")));
    head.push_str(&columns(&heads));
    let rows = tenants.iter().zip(&shared).map(|(tenant, shared)| {
        let name = if tenant.name == tenant.id || tenant.name.is_empty() {
            tenant.id.clone()
        } else {
            format!("{} ({})", tenant.name, tenant.id)
        };
        let mut cells = vec![name];
        cells.extend(names.iter().map(|name| {
            let found = tenant.environments.iter().find(|one| one.name == *name);
            found.map(cell).unwrap_or_default()
        }));
        cells.extend(any_shared.then(|| shared.as_ref().map(cell).unwrap_or_default()));
        row(&cells)
    });
    Some(Part { rows: rows.collect(), head, room: Room::Share(12) })
}

/// Differences and findings; where nobody looked, a zero would be a lie.
fn cell(row: &EnvironmentRow) -> String {
    let (drift, findings) = (row.drift.differences(), row.findings.actionable());
    match row.observed {
        Observed::Nothing if drift + findings == 0 => "?".to_owned(),
        Observed::Complete => format!("{drift} / {findings}"),
        Observed::Nothing | Observed::Partial => format!("{drift} / {findings} *"),
    }
}
