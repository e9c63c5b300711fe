//! Whether two runs are of one manifest. Compared with each other, runs of several would tell what the
//! others found as gone, or as new again.

use std::collections::HashSet;

use tenko_core::ScopeKey;
use tenko_report::{Document, EnvironmentRow};

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
