//! A run of two clouds.

use tenko_core::*;

use crate::differences::drift;
use crate::fixture::{Run, answer, problem, scope, units};

impl Run {
    /// A project of Google Cloud in the environment of this account. One of its types is denied,
    /// the others were read from an inventory; somebody made a bucket.
    pub(crate) fn add_project(&mut self, id: &str, beside: &str) {
        let cloud = Cloud::gcp();
        let project = Scope { cloud: cloud.clone(), ..scope(id, ScopeKind::Project, None, "Acme") };
        self.snapshot.scopes = self.snapshot.scopes.iter().cloned().chain([project]).collect();
        let answer = Answer { cloud: cloud.clone(), regions: vec![], ..answer(id) };
        self.snapshot.answers.push(answer);
        let at = "2026-03-01T09:00:04Z".parse().unwrap();
        let from = ReadFrom { source: "cloudasset.googleapis.com".to_owned(), at };
        for name in ["storage.googleapis.com/Bucket", "run.googleapis.com/Service"] {
            let mut row = units(id).remove(0);
            (row.unit.cloud, row.unit.reach) = (cloud.clone(), Reach::Global);
            row.unit.resource_type = name.into();
            if name.starts_with("run.") {
                row.outcome = Outcome::Denied { denied_by: DeniedBy::IdentityPolicy };
                let message = "Permission 'run.services.list' denied";
                row.problems = vec![problem("run:services.list", "IAM_PERMISSION_DENIED", message)];
            } else {
                row.read_from = Some(from.clone());
            }
            self.snapshot.coverage.push(row);
        }
        self.snapshot.sort();
        let mut found = drift(DriftKind::Unmanaged, "share", "kaisha", id, "eu");
        found.resource.cloud = cloud.clone();
        found.resource.resource_type = "storage.googleapis.com/Bucket".into();
        found.resource.id = Some("projects/acme-prod/buckets/share".to_owned());
        self.drift.push(found);
        let tenants = self.declaration.tenants.iter_mut().flat_map(|t| &mut t.environments);
        let own = tenants.filter(|e| e.scopes.iter().any(|scope| scope.id == *beside));
        own.for_each(|e| e.scopes.push(ScopeKey::new(cloud.clone(), id)));
    }
}
