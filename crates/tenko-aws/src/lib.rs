//! The AWS provider: discovers the accounts of an organization, opens a proven read-only session in each, and
//! collects what is in them.
//!
//! - [`AwsProvider`] implements `tenko_core::Provider`.
//! - [`policy`] says which permissions that takes, as IAM policies.
//! - [`wire`] is the client for services without an SDK crate, and the guard that lets only listed reads out of the
//!   process.
//!
//! This crate knows no declarations, no rules and no other cloud.

mod context;
mod ec2;
mod organizations;
pub mod partition;
pub mod policy;
mod provider;
mod s3;
mod sdk_paging;
mod sdk_type;
pub mod wire;

pub use provider::{
    AwsProvider, AwsProviderBuilder, BuildError, CallerKeys, DEFAULT_ROLE, Discovery, NoCallerKeys,
    SourceSettings, Sources, catalog, catalog_with, endpoint_of, load_sources,
};
