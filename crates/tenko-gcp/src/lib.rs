//! The Google Cloud provider, and the tokens of read-only logins.
//!
//! Cloud Storage, Cloud Asset Inventory and Resource Manager are read through Google's own client libraries, every
//! other service through one data-driven client with the same credentials. A resource type is a file in `types/`.

pub mod address;
mod call;
mod credentials;
mod endpoints;
mod error;
pub mod login;
mod official;
pub mod policy;
mod provider;
mod rest;
mod services;
mod session;
mod types;

pub use provider::{
    BuildError, Discovery, GoogleProvider, GoogleProviderBuilder, NoStorageToken, Source,
    StorageToken, catalog, catalog_with,
};
pub use services::ServicesError;
pub use types::DefError;
