//! A run that asks for less than what is declared compares with less, too: what was deselected is
//! neither unknown nor missing. Whatever could be in what was selected stays.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    Catalog, Claim, Cloud, Declaration, Environment, Expected, IacOwner, Reach, ReachKind, Region,
    ResourceType, ScopeKey,
};

/// What a run was narrowed to by its caller, beside what the manifest says; `None` is everything.
#[derive(Clone, Debug, Default)]
pub(crate) struct Narrowing {
    pub(crate) types: Option<BTreeSet<ResourceType>>,
    pub(crate) regions: Option<BTreeSet<Region>>,
    pub(crate) scopes: Option<BTreeSet<ScopeKey>>,
    pub(crate) clouds: Option<BTreeSet<Cloud>>,
    /// Of clouds that were told to find only some of their scopes, those that they found.
    pub(crate) found: BTreeMap<Cloud, BTreeSet<ScopeKey>>,
}

impl Narrowing {
    pub(crate) fn is_any(&self) -> bool {
        self.types.is_some()
            || self.regions.is_some()
            || self.scopes.is_some()
            || self.clouds.is_some()
            || !self.found.is_empty()
    }

    /// Whether all accounts and projects of the cloud were asked for: only then nothing else of
    /// it exists.
    pub(crate) fn is_whole(&self, cloud: &Cloud) -> bool {
        self.scopes.is_none() && !self.found.contains_key(cloud) && holds(&self.clouds, Some(cloud))
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
                        && expected.scope.as_ref().is_none_or(|scope| self.asks_scope(scope))
                        && self.asks_type(expected, catalog)
                });
            }
        }
        declaration.shared.retain(|scope, _| self.asks_scope(scope));
        let environments = declaration.tenants.iter().flat_map(|tenant| {
            tenant.environments.iter().map(|e| (tenant.id.as_str(), e.name.as_str()))
        });
        let environments: BTreeSet<_> = environments.collect();
        let is_left = |owner: Option<&IacOwner>| {
            owner.is_none_or(|owner| environments.contains(&(&*owner.tenant, &*owner.environment)))
        };
        declaration.claims.retain(|claim| {
            // Whoever claims what is in a scope that was asked is worth knowing there.
            let asks_scope = match &claim.scope {
                Some(scope) => self.asks_scope(scope),
                None => is_left(claim.owner.as_ref()),
            };
            asks_scope && self.asks_claim(claim, catalog)
        });
        declaration.unread_code.retain(|unread| is_left(unread.owner.as_ref()));
    }

    /// Whether what a claim is about could have been collected, scopes aside.
    fn asks_claim(&self, claim: &Claim, catalog: &Catalog) -> bool {
        let Some(resource_type) = &claim.resource_type else { return true };
        let info = catalog.get(resource_type);
        let regional = info.is_some_and(|info| info.reach == ReachKind::Regional);
        let region = claim.region.as_ref().filter(|_| regional).and_then(Reach::as_region);
        let asks_cloud = match &self.clouds {
            Some(clouds) => info.is_some_and(|info| clouds.contains(&info.cloud)),
            None => true,
        };
        holds(&self.types, Some(resource_type)) && holds(&self.regions, region) && asks_cloud
    }

    fn asks_scope(&self, scope: &ScopeKey) -> bool {
        holds(&self.clouds, Some(&scope.cloud))
            && holds(&self.scopes, Some(scope))
            && self.found.get(&scope.cloud).is_none_or(|found| found.contains(scope))
    }

    /// Whether a cloud that is asked has the type. The catalogue is that of the providers, so a
    /// type that it does not have is of none of them.
    fn asks_type(&self, expected: &Expected, catalog: &Catalog) -> bool {
        let Some(clouds) = &self.clouds else { return true };
        catalog.get(&expected.resource_type).is_some_and(|info| clouds.contains(&info.cloud))
    }

    fn asks(&self, environment: &Environment) -> bool {
        let narrowed = self.scopes.is_some() || self.clouds.is_some() || !self.found.is_empty();
        !narrowed || environment.scopes.iter().any(|scope| self.asks_scope(scope))
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

    const TWO_CLOUDS: &str = r#"
version: 1
shared: {"999999999999": logs, "gcp:acme-hub": hub}
tenants:
  acme:
    environments:
      production:
        scopes: ["111111111111", "gcp:acme-prod"]
        resources:
          - {type: AWS::EC2::Volume, id: of-aws}
          - {type: storage.googleapis.com/Bucket, id: of-google}
      staging:
        scopes: ["gcp:acme-staging"]
        resources: [{type: storage.googleapis.com/Bucket, id: staged}]
"#;

    fn left_of_two(narrowing: &Narrowing, catalog: &Catalog) -> (Vec<String>, usize) {
        let file = ManifestFile { name: "tenants.yaml", bytes: TWO_CLOUDS.as_bytes() };
        let all = crate::catalog().unwrap();
        let Manifest { mut declaration, .. } = crate::declare::load(&[file], &all).unwrap();
        narrowing.apply(&mut declaration, catalog);
        let expected = declaration.environments().flat_map(|(_, e)| &e.expected);
        (expected.filter_map(|e| e.id.clone()).collect(), declaration.shared.len())
    }

    #[test]
    fn one_cloud_of_two_is_compared_alone() {
        let aws = Narrowing { clouds: Some([Cloud::aws()].into()), ..Narrowing::default() };
        let catalog = crate::aws::catalog().unwrap();
        assert_eq!(left_of_two(&aws, &catalog), (vec!["of-aws".to_owned()], 1));
        assert!(aws.is_any() && aws.is_whole(&Cloud::aws()) && !aws.is_whole(&Cloud::gcp()));
        let google = Narrowing { clouds: Some([Cloud::gcp()].into()), ..Narrowing::default() };
        let (ids, shared) = left_of_two(&google, &crate::gcp::catalog().unwrap());
        assert_eq!((ids.join(" "), shared), ("of-google staged".to_owned(), 1));
    }

    #[test]
    fn a_part_of_one_cloud_says_nothing_of_the_other() {
        let found = [ScopeKey::new(Cloud::gcp(), "acme-prod")].into();
        let found = BTreeMap::from([(Cloud::gcp(), found)]);
        let narrowing = Narrowing { found, ..Narrowing::default() };
        let (ids, shared) = left_of_two(&narrowing, &crate::catalog().unwrap());
        assert_eq!((ids.join(" "), shared), ("of-aws of-google".to_owned(), 1));
        assert!(narrowing.is_whole(&Cloud::aws()) && !narrowing.is_whole(&Cloud::gcp()));
    }

    #[test]
    fn nothing_narrows_nothing() {
        assert_eq!(left(&Narrowing::default()).0.len(), 6);
        assert!(!Narrowing::default().is_any());
    }

    fn claim(id: &str, resource_type: &str, scope: Option<&str>, owner: &str) -> Claim {
        Claim {
            resource_type: (!resource_type.is_empty()).then(|| resource_type.into()),
            code_type: "aws_x".into(),
            ids: vec![id.to_owned()],
            name: None,
            scope: scope.map(|id| ScopeKey::new(Cloud::aws(), id)),
            region: Some("eu-central-1".into()),
            attributes: vec![],
            tags: None,
            sensitive: BTreeSet::new(),
            not_comparable: None,
            note: None,
            in_sync: false,
            owner: Some(IacOwner { tenant: "acme".into(), environment: owner.into() }),
            source: crate::model::Source {
                kind: crate::model::SourceKind::Terraform,
                file: "s".into(),
                address: String::new(),
                line: None,
            },
            parts: vec![],
            partial: false,
        }
    }

    #[test]
    fn code_is_narrowed_as_the_declaration_is() {
        let catalog = crate::catalog().unwrap();
        let left = |narrowing: &Narrowing| {
            let file = ManifestFile { name: "tenants.yaml", bytes: TEXT.as_bytes() };
            let Manifest { mut declaration, .. } = crate::declare::load(&[file], &catalog).unwrap();
            declaration.claims = vec![
                claim("volume", "AWS::EC2::Volume", Some("111111111111"), "production"),
                claim("bucket", "AWS::S3::Bucket", Some("333333333333"), "staging"),
                claim("elsewhere", "AWS::EC2::Volume", Some("111111111111"), "staging"),
                claim("anywhere", "", None, "staging"),
                claim("google", "storage.googleapis.com/Bucket", None, "production"),
            ];
            let owner = |name: &str| claim("", "", None, name).owner;
            let unread = |owner| crate::model::UnreadCode {
                file: "f".into(),
                owner,
                reason: String::new(),
                reason_wording: None,
            };
            declaration.unread_code = vec![unread(owner("staging")), unread(None)];
            narrowing.apply(&mut declaration, &catalog);
            let ids: Vec<_> = declaration.claims.iter().flat_map(|c| c.ids.clone()).collect();
            (ids.join(" "), declaration.unread_code.len())
        };
        let all = "volume bucket elsewhere anywhere google".to_owned();
        assert_eq!(left(&Narrowing::default()), (all, 2));
        let scopes = Some(BTreeSet::from([ScopeKey::new(Cloud::aws(), "111111111111")]));
        let narrowing = Narrowing { scopes, ..Narrowing::default() };
        assert_eq!(left(&narrowing), ("volume elsewhere google".to_owned(), 1));
        let types = Some(BTreeSet::from(["AWS::S3::Bucket".into()]));
        let narrowing = Narrowing { types, ..Narrowing::default() };
        assert_eq!(left(&narrowing), ("bucket anywhere".to_owned(), 2));
        let regions = Some(BTreeSet::from(["us-east-1".into()]));
        let narrowing = Narrowing { regions, ..Narrowing::default() };
        let ids = "bucket anywhere google".to_owned();
        assert_eq!(left(&narrowing), (ids, 2), "what is listed globally stays");
        let narrowing = Narrowing { clouds: Some([Cloud::gcp()].into()), ..Narrowing::default() };
        assert_eq!(left(&narrowing).0, "", "nobody's environment is left");
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
