//! A run that asks for less than what is declared compares with less, too: what was deselected is
//! neither unknown nor missing. Whatever could be in what was selected stays.

use std::collections::BTreeSet;

use crate::model::{
    Catalog, Declaration, Environment, Expected, ReachKind, Region, ResourceType, ScopeKey,
};

/// What a run was narrowed to by its caller, beside what the manifest says; `None` is everything.
#[derive(Clone, Debug, Default)]
pub(crate) struct Narrowing {
    pub(crate) types: Option<BTreeSet<ResourceType>>,
    pub(crate) regions: Option<BTreeSet<Region>>,
    pub(crate) scopes: Option<BTreeSet<ScopeKey>>,
}

impl Narrowing {
    pub(crate) fn is_any(&self) -> bool {
        self.types.is_some() || self.regions.is_some() || self.scopes.is_some()
    }

    /// The part of a declaration that the run was about.
    ///
    /// An expectation that names no region or scope may be in one that was not asked, and an
    /// environment of which one account was asked is still the same environment: both stay, and
    /// what is then not found is unknown.
    pub(crate) fn apply(&self, declaration: &mut Declaration, catalog: &Catalog) {
        for tenant in &mut declaration.tenants {
            tenant.environments.retain(|environment| self.asks(environment));
            for environment in &mut tenant.environments {
                environment.expected.retain(|expected| {
                    holds(&self.types, Some(&expected.resource_type))
                        && holds(&self.regions, region_of(expected, catalog))
                        && holds(&self.scopes, expected.scope.as_ref())
                });
            }
        }
        if let Some(scopes) = &self.scopes {
            declaration.shared.retain(|scope, _| scopes.contains(scope));
        }
    }

    fn asks(&self, environment: &Environment) -> bool {
        match &self.scopes {
            Some(scopes) => environment.scopes.iter().any(|scope| scopes.contains(scope)),
            None => true,
        }
    }
}

/// The region whose listing would have it. One listing of a global type has the resources of all
/// regions, whichever were selected.
fn region_of<'a>(expected: &'a Expected, catalog: &Catalog) -> Option<&'a Region> {
    let info = catalog.get(&expected.resource_type)?;
    match info.reach {
        ReachKind::Global => None,
        ReachKind::Regional => expected.region.as_ref()?.as_region(),
    }
}

fn holds<T: Ord>(selected: &Option<BTreeSet<T>>, wanted: Option<&T>) -> bool {
    match (selected, wanted) {
        (Some(selected), Some(wanted)) => selected.contains(wanted),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declare::{Manifest, ManifestFile};

    const TEXT: &str = r#"
version: 1
shared: {"999999999999": logs}
tenants:
  acme:
    environments:
      production:
        scopes: ["111111111111", "222222222222"]
        resources:
          - {type: AWS::S3::Bucket, id: b, region: eu-central-1}
          - {type: AWS::EC2::Volume, id: here, region: us-east-1}
          - {type: AWS::EC2::Volume, id: there, region: eu-central-1}
          - {type: AWS::EC2::Volume, id: anywhere}
          - {type: AWS::EC2::Volume, id: other, region: us-east-1, scope: "222222222222"}
      staging:
        scopes: ["333333333333"]
        resources: [{type: AWS::EC2::Volume, id: staged}]
"#;

    fn left(narrowing: &Narrowing) -> (Vec<String>, usize) {
        let catalog = crate::catalog().unwrap();
        let file = ManifestFile { name: "tenants.yaml", bytes: TEXT.as_bytes() };
        let Manifest { mut declaration, .. } = crate::declare::load(&[file], &catalog).unwrap();
        narrowing.apply(&mut declaration, &catalog);
        let expected = declaration.environments().flat_map(|(_, e)| &e.expected);
        (expected.filter_map(|e| e.id.clone()).collect(), declaration.shared.len())
    }

    #[test]
    fn nothing_narrows_nothing() {
        assert_eq!(left(&Narrowing::default()).0.len(), 6);
        assert!(!Narrowing::default().is_any());
    }

    #[test]
    fn what_was_deselected_is_left_out_and_what_may_be_there_stays() {
        let regions = Some(BTreeSet::from(["us-east-1".into()]));
        let (ids, _) = left(&Narrowing { regions, ..Narrowing::default() });
        assert_eq!(
            ids,
            ["b", "here", "anywhere", "other", "staged"],
            "buckets are listed globally"
        );
        let types = Some(BTreeSet::from(["AWS::S3::Bucket".into()]));
        assert_eq!(left(&Narrowing { types, ..Narrowing::default() }).0, ["b"]);
        let scope = ScopeKey::new(crate::model::Cloud::aws(), "111111111111");
        let scopes = Some(BTreeSet::from([scope]));
        let (ids, shared) = left(&Narrowing { scopes, ..Narrowing::default() });
        assert_eq!(
            (ids, shared),
            (["b", "here", "there", "anywhere"].map(str::to_owned).into(), 0)
        );
    }
}
