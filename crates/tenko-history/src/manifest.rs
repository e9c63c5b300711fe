//! Whether two runs are of one manifest, or a run is of a manifest at hand. Compared with each other,
//! runs of several would tell what the others found as gone, or as new again.

use std::collections::HashSet;

use tenko_core::{Declaration, ScopeKey};
use tenko_report::Document;

/// What tells manifests apart: who declares nothing may be anybody.
struct Declared<'a> {
    tenants: HashSet<&'a str>,
    scopes: HashSet<&'a ScopeKey>,
}

impl<'a> Declared<'a> {
    fn in_run(document: &'a Document) -> Self {
        let tenants = &document.tenants;
        let environments = tenants.iter().flat_map(|tenant| &tenant.environments);
        Self {
            tenants: tenants.iter().map(|tenant| tenant.id.as_str()).collect(),
            scopes: environments.flat_map(|environment| &environment.scopes).collect(),
        }
    }

    fn by(declaration: &'a Declaration) -> Self {
        let tenants = &declaration.tenants;
        let environments = tenants.iter().flat_map(|tenant| &tenant.environments);
        Self {
            tenants: tenants.iter().map(|tenant| tenant.id.as_str()).collect(),
            scopes: environments.flat_map(|environment| &environment.scopes).collect(),
        }
    }

    /// Tenants that are renamed keep their accounts, and those that move to other accounts their names.
    /// `is_one_estate` says whether tenants of one name may be the same one.
    fn differs(&self, other: &Self, is_one_estate: impl FnOnce() -> bool) -> bool {
        if self.tenants.is_empty() || other.tenants.is_empty() {
            return false;
        }
        let alike = !self.tenants.is_disjoint(&other.tenants) && is_one_estate();
        !alike && self.scopes.is_disjoint(&other.scopes)
    }
}

/// Whether nothing speaks for both being of one manifest: they declare neither an account or project
/// in common, nor a tenant of one name in one estate.
pub(crate) fn differ(one: &Document, other: &Document) -> bool {
    Declared::in_run(one).differs(&Declared::in_run(other), || {
        // A run that was narrowed need not have found what the other one did.
        let narrowed = one.run.narrowed || other.run.narrowed;
        let found: HashSet<_> =
            one.scopes.iter().map(|row| (&row.scope.cloud, &row.scope.id)).collect();
        let mut rows = other.scopes.iter();
        narrowed || rows.any(|row| found.contains(&(&row.scope.cloud, &row.scope.id)))
    })
}

/// Whether nothing speaks for the run being of this manifest. A manifest alone has found nothing that
/// could tell its estate from another one.
pub(crate) fn is_of_another(document: &Document, declaration: &Declaration) -> bool {
    Declared::in_run(document).differs(&Declared::by(declaration), || true)
}
