//! tenko as a library: discover, collect, declare, diff, evaluate, report.
//!
//! ```no_run
//! use std::sync::Arc;
//! use tenko::{Audit, declare::ManifestFile, model::Redactor};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let text = std::fs::read("tenants.yaml")?;
//! let manifest = tenko::declare::load(
//!     &[ManifestFile { name: "tenants.yaml", bytes: &text }],
//!     &tenko::catalog()?,
//! )?;
//! let key = [0; 32]; // keep a random one: it hides sensitive values
//! let provider = tenko::aws_provider(&manifest.aws).redactor(Redactor::new(key)).load().await?;
//! let report = Audit::builder().provider(Arc::new(provider)).manifest(manifest).build()?.run().await;
//! for drift in &report.document.drift {
//!     println!("{} {}", drift.kind, drift.resource.label());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! The library never makes a runtime: call it from yours. Events of a run can be watched with
//! [`AuditBuilder::on_event`], and [`AuditBuilder::cancel`] ends it early with what was collected.
//! A cloud of your own joins by implementing [`model::Provider`].

mod audit;
mod narrow;
mod selection;
mod warnings;

pub use audit::{Audit, AuditBuilder, Report, compare, compare_snapshots};
pub use selection::UnknownType;
pub use tenko_aws as aws;
pub use tenko_collect as collect;
pub use tenko_core as model;
pub use tenko_declare as declare;
pub use tenko_diff as diff;
pub use tenko_report as report;
pub use tenko_rules as rules;
pub use tenko_store as store;

/// Every resource type that is built in.
///
/// # Errors
/// [`aws::BuildError`] when a built-in type is faulty, which a test of this project rules out.
pub fn catalog() -> Result<model::Catalog, aws::BuildError> {
    aws::catalog()
}

/// As [`catalog`], with further types that are read through Cloud Control.
///
/// # Errors
/// [`aws::BuildError`] when a name is none that Cloud Control could have.
pub fn catalog_with(cloud_control: &[String]) -> Result<model::Catalog, aws::BuildError> {
    aws::catalog_with(cloud_control)
}

/// An AWS provider's builder, set as the `aws` section of a manifest says.
///
/// A redactor is still to be given, and [`load`](aws::AwsProviderBuilder::load) to be called.
pub fn aws_provider(settings: &declare::AwsSettings) -> aws::AwsProviderBuilder {
    let mut builder = aws::AwsProvider::builder();
    builder = builder.discovery(match settings.discovery {
        None | Some(declare::Discovery::Organization) => aws::Discovery::Organization,
        Some(declare::Discovery::Accounts) => aws::Discovery::Accounts(
            settings.accounts.iter().map(|id| id.as_str().to_owned()).collect(),
        ),
        Some(declare::Discovery::Caller) => aws::Discovery::Caller,
    });
    if let Some(role) = &settings.role {
        builder = builder.role(role);
    }
    if let Some(role) = &settings.management_account_role {
        builder = builder.caller_role(role);
    }
    if let Some(id) = &settings.external_id {
        builder = builder.external_id(id);
    }
    if let Some(name) = &settings.session_name {
        builder = builder.session_name(name);
    }
    if let Some(identity) = &settings.source_identity {
        builder = builder.source_identity(identity);
    }
    if let Some(regions) = &settings.regions {
        builder = builder.regions(regions.iter().map(model::Region::as_str));
    }
    builder.cloud_control_types(settings.cloud_control.iter().map(model::ResourceType::as_str))
}
