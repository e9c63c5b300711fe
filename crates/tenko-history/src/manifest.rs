//! Whether two runs are of one manifest. Runs of several in one place would tell what the others found
//! as gone, or as new again.

use std::collections::HashSet;

use tenko_core::ScopeKey;
use tenko_report::{Document, EnvironmentRow};

/// So many tenants are named.
const NAMED: usize = 3;

/// Whether nothing speaks for both being of one manifest: they declare neither an account or project
/// in common, nor a tenant of one name in one estate. Tenants that are renamed keep their accounts, and
/// those that move to other accounts their names. Who declares nothing may be anybody.
pub(crate) fn differ(one: &Document, other: &Document) -> bool {
    if one.tenants.is_empty() || other.tenants.is_empty() {
        return false;
    }
    let declared: HashSet<&ScopeKey> = environments(one).flat_map(|row| &row.scopes).collect();
    if environments(other).flat_map(|row| &row.scopes).any(|scope| declared.contains(scope)) {
        return false;
    }
    let names: HashSet<&str> = one.tenants.iter().map(|tenant| tenant.id.as_str()).collect();
    let named = other.tenants.iter().any(|tenant| names.contains(tenant.id.as_str()));
    // A run that was narrowed need not have found what the other one did.
    let narrowed = one.run.narrowed || other.run.narrowed;
    let found: HashSet<_> =
        one.scopes.iter().map(|row| (&row.scope.cloud, &row.scope.id)).collect();
    let mut rows = other.scopes.iter();
    let estate = narrowed || rows.any(|row| found.contains(&(&row.scope.cloud, &row.scope.id)));
    !(named && estate)
}

fn environments(document: &Document) -> impl Iterator<Item = &EnvironmentRow> {
    document.tenants.iter().flat_map(|tenant| &tenant.environments)
}

/// What a run is of, in a few words: `acme, globex and 7 more`.
pub(crate) fn tenants_of(document: &Document) -> String {
    let ids = document.tenants.iter().map(|tenant| tenant.id.as_str());
    let named: Vec<_> = ids.take(NAMED).collect();
    match document.tenants.len().saturating_sub(NAMED) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}
