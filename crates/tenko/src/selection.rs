//! From globs and a manifest to what the collector is asked for.

use std::collections::{BTreeMap, BTreeSet};

use globset::{Glob, GlobSet, GlobSetBuilder};
use thiserror::Error;

use crate::declare::Manifest;
use crate::model::{Catalog, Cloud, Region, ResourceType, ScopeKey};

/// A type or glob that names nothing in the catalogue.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum UnknownType {
    /// Not a glob.
    #[error("`{glob}` is not a valid glob")]
    Glob {
        /// The text.
        glob: String,
        /// Why.
        source: globset::Error,
    },
    /// A glob that matches no type.
    #[error("no resource type matches `{glob}`")]
    Nothing {
        /// The glob.
        glob: String,
    },
}

/// The types that match any of `wanted` (all, when it is empty) and none of `unwanted`.
pub(crate) fn types(
    catalog: &Catalog,
    wanted: &[String],
    unwanted: &[String],
) -> Result<Option<BTreeSet<ResourceType>>, UnknownType> {
    if wanted.is_empty() && unwanted.is_empty() {
        return Ok(None);
    }
    for glob in wanted {
        let matcher = one(glob)?.compile_matcher();
        if !catalog.iter().any(|info| matcher.is_match(info.resource_type.as_str())) {
            return Err(UnknownType::Nothing { glob: glob.clone() });
        }
    }
    let (wanted_set, unwanted_set) = (set(wanted)?, set(unwanted)?);
    let names = catalog.iter().map(|info| &info.resource_type).filter(|name| {
        (wanted.is_empty() || wanted_set.is_match(name.as_str()))
            && !unwanted_set.is_match(name.as_str())
    });
    Ok(Some(names.cloned().collect()))
}

/// As [`types`], with what the sections of a manifest say: each chooses among its own cloud's
/// types, and not where `wanted` has chosen already. A section of a cloud that nobody asks says
/// nothing.
pub(crate) fn types_with(
    catalog: &Catalog,
    manifest: &Manifest,
    wanted: &[String],
    unwanted: &[String],
) -> Result<Option<BTreeSet<ResourceType>>, UnknownType> {
    let mut chosen = types(catalog, wanted, unwanted)?;
    let (aws, google) = (&manifest.aws, &manifest.google);
    for (cloud, own, skipped) in [
        (Cloud::aws(), &aws.types, &aws.skip_types),
        (Cloud::gcp(), &google.types, &google.skip_types),
    ] {
        let part: Catalog = catalog.iter().filter(|info| info.cloud == cloud).cloned().collect();
        if part.is_empty() {
            continue;
        }
        let own = if wanted.is_empty() { own.as_slice() } else { &[] };
        let Some(kept) = types(&part, own, skipped)? else { continue };
        let all = || catalog.iter().map(|info| info.resource_type.clone()).collect();
        chosen
            .get_or_insert_with(all)
            .retain(|name| part.get(name).is_none() || kept.contains(name));
    }
    Ok(chosen)
}

fn one(glob: &str) -> Result<Glob, UnknownType> {
    Glob::new(glob).map_err(|source| UnknownType::Glob { glob: glob.to_owned(), source })
}

fn set(globs: &[String]) -> Result<GlobSet, UnknownType> {
    let mut builder = GlobSetBuilder::new();
    for glob in globs {
        builder.add(one(glob)?);
    }
    builder.build().map_err(|source| UnknownType::Glob { glob: globs.join(", "), source })
}

/// The regions that the manifest asks for per scope: the union over the environments that share
/// it; a scope of which one environment wants every enabled region is left out.
pub(crate) fn regions_of(manifest: &Manifest) -> BTreeMap<ScopeKey, Option<BTreeSet<Region>>> {
    let mut regions: BTreeMap<ScopeKey, Option<BTreeSet<Region>>> = BTreeMap::new();
    let mut open = BTreeSet::new();
    for (_, environment) in manifest.declaration.environments() {
        for scope in &environment.scopes {
            match &environment.regions {
                Some(wanted) => regions
                    .entry(scope.clone())
                    .or_default()
                    .get_or_insert_default()
                    .extend(wanted.iter().cloned()),
                None => {
                    open.insert(scope);
                }
            }
        }
    }
    regions.retain(|scope, _| !open.contains(scope));
    regions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declare::ManifestFile;

    fn manifest(text: &str) -> Manifest {
        let bytes = format!("version: 1\n{text}\ntenants: {{}}\n").into_bytes();
        let file = ManifestFile { name: "tenants.yaml", bytes: &bytes };
        crate::declare::load(&[file], &crate::catalog().unwrap()).unwrap()
    }

    #[test]
    fn each_section_chooses_among_the_types_of_its_own_cloud() {
        let catalog = crate::catalog().unwrap();
        let count = |cloud: Cloud| catalog.iter().filter(|info| info.cloud == cloud).count();
        let chosen = |text: &str, wanted: &[&str]| {
            let wanted: Vec<_> = wanted.iter().map(|glob| (*glob).to_owned()).collect();
            types_with(&catalog, &manifest(text), &wanted, &[]).unwrap()
        };
        assert_eq!(chosen("", &[]), None);
        let found = chosen("aws: {types: [\"AWS::S3::Bucket\"]}", &[]).unwrap();
        assert_eq!(found.len(), 1 + count(Cloud::gcp()), "all of Google Cloud stays");
        let found = chosen("google: {skip_types: [\"storage.googleapis.com/*\"]}", &[]).unwrap();
        assert!(found.len() < catalog.len() && found.contains("AWS::S3::Bucket"));
        let both = "aws: {types: [\"AWS::S3::Bucket\"]}\n\
                    google: {types: [\"storage.googleapis.com/Bucket\"]}";
        assert_eq!(chosen(both, &[]).unwrap().len(), 2);
        let found = chosen(both, &["AWS::EC2::Volume"]).unwrap();
        let volumes = BTreeSet::from([ResourceType::new("AWS::EC2::Volume")]);
        assert_eq!(found, volumes, "the caller wins over the manifest");
    }

    #[test]
    fn a_section_says_nothing_of_a_cloud_that_is_not_asked() {
        let catalog = crate::aws::catalog().unwrap();
        let text = "google: {types: [\"storage.googleapis.com/Bucket\"]}";
        assert_eq!(types_with(&catalog, &manifest(text), &[], &[]).unwrap(), None);
    }
}
