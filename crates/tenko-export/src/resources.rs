//! The table of resources.

use std::collections::HashMap;

use tenko_core::{ScopeKey, Snapshot};
use tenko_report::Document;

use crate::Column;

pub(crate) fn columns(document: &Document, snapshot: &Snapshot) -> Vec<Column> {
    let rows = snapshot.resources.as_slice();
    let (run, ended) = (snapshot.run.id.clone(), snapshot.run.finished_at);
    // Whose an account is, where it is one environment's alone.
    let mut owners: HashMap<&ScopeKey, Option<(&str, &str)>> = HashMap::new();
    for tenant in &document.tenants {
        for environment in &tenant.environments {
            for scope in &environment.scopes {
                let whose = (tenant.id.as_str(), environment.name.as_str());
                owners.entry(scope).and_modify(|known| *known = None).or_insert(Some(whose));
            }
        }
    }
    let whose = |key: ScopeKey| owners.get(&key).copied().flatten();
    vec![
        Column::text("run_id", rows, |_| Some(run.clone())),
        Column::time("observed_at", rows, |_| Some(ended)),
        Column::text("cloud", rows, |r| Some(r.key.cloud.to_string())),
        Column::text("scope", rows, |r| Some(r.key.scope.to_string())),
        Column::text("scope_name", rows, |r| {
            let scope = snapshot.scopes.get(&r.key.scope_key())?;
            (!scope.name.is_empty()).then(|| scope.name.clone())
        }),
        Column::text("tenant", rows, |r| Some(whose(r.key.scope_key())?.0.to_owned())),
        Column::text("environment", rows, |r| Some(whose(r.key.scope_key())?.1.to_owned())),
        Column::text("region", rows, |r| Some(r.key.region.to_string())),
        Column::text("resource_type", rows, |r| Some(r.key.resource_type.to_string())),
        Column::text("resource_id", rows, |r| Some(r.key.id.clone())),
        Column::text("resource_name", rows, |r| r.name.clone()),
        Column::text("tags", rows, |r| serde_json::to_string(&r.tags).ok()),
        Column::text("attributes", rows, |r| Some(r.attributes.as_json().to_owned())),
        Column::text("unknown_attributes", rows, |r| {
            // What could not be read is neither present nor absent.
            let paths: Vec<_> = r.unknown.iter().map(ToString::to_string).collect();
            if paths.is_empty() { None } else { serde_json::to_string(&paths).ok() }
        }),
    ]
}
