//! From globs and a manifest to what the collector is asked for.

use std::collections::{BTreeMap, BTreeSet};

use globset::{Glob, GlobSet, GlobSetBuilder};
use thiserror::Error;

use crate::declare::Manifest;
use crate::model::{Catalog, Region, ResourceType, ScopeKey};

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
