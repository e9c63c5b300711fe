//! What can be collected, of all clouds that are built in.

use thiserror::Error;

use crate::declare::Manifest;
use crate::model::{Catalog, ResourceType};
use crate::{aws, gcp};

/// Why there is no catalogue.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CatalogError {
    /// A type of AWS cannot be used.
    #[error("a resource type of AWS cannot be used")]
    Aws(#[from] aws::BuildError),
    /// A type of Google Cloud cannot be used.
    #[error("a resource type of Google Cloud cannot be used")]
    Google(#[from] gcp::BuildError),
}

/// Every resource type that is built in.
///
/// # Errors
/// [`CatalogError`] when a built-in type is faulty, which a test of this project rules out.
pub fn catalog() -> Result<Catalog, CatalogError> {
    let mut catalog = aws::catalog()?;
    catalog.extend(gcp::catalog()?);
    Ok(catalog)
}

/// As [`catalog`], with further types that are read through Cloud Control and through Cloud Asset
/// Inventory.
///
/// # Errors
/// [`CatalogError`] when a name is none that they could have.
pub fn catalog_with(
    cloud_control: &[String],
    asset_types: &[String],
) -> Result<Catalog, CatalogError> {
    let mut catalog = aws::catalog_with(cloud_control)?;
    catalog.extend(gcp::catalog_with(asset_types)?);
    Ok(catalog)
}

/// As [`catalog`], with the further types that a manifest names.
///
/// # Errors
/// As [`catalog_with`].
pub fn catalog_for(manifest: &Manifest) -> Result<Catalog, CatalogError> {
    let names = |types: &[ResourceType]| -> Vec<_> {
        types.iter().map(|name| name.as_str().to_owned()).collect()
    };
    catalog_with(&names(&manifest.aws.cloud_control), &names(&manifest.google.asset_types))
}
