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
//! let redactor = Redactor::new([0; 32]); // keep a random one: it hides sensitive values
//! let aws = tenko::aws_provider(&manifest.aws).redactor(redactor.clone()).load().await?;
//! let google = tenko::google_provider(&manifest.google).redactor(redactor).load().await?;
//! let sources = tenko::source_settings(Some(&aws), Some(&google)); // for `iac` in the manifest
//! let audit = Audit::builder().provider(Arc::new(aws)).provider(Arc::new(google));
//! let report = audit.manifest(manifest).source_settings(sources).build()?.run().await;
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
mod builder;
mod catalogue;
mod code;
mod narrow;
mod proof;
mod rule_pages;
mod selection;
mod stacks;
mod stored;
mod suppressions;
mod warnings;

pub use audit::{Audit, Report, compare, compare_snapshots, compare_with};
pub use builder::AuditBuilder;
pub use catalogue::{CatalogError, catalog, catalog_for, catalog_with};
pub use code::{Code, State, code_of, read_code, source_settings, with_causes};
pub use rule_pages::{check_rules, rule_pages};
pub use selection::UnknownType;
pub use stored::compare_stored;
pub use tenko_aws as aws;
pub use tenko_collect as collect;
pub use tenko_core as model;
pub use tenko_declare as declare;
pub use tenko_diff as diff;
pub use tenko_export as export;
pub use tenko_gcp as gcp;
pub use tenko_history as history;
pub use tenko_login as login;
pub use tenko_messages as messages;
pub use tenko_notify as notify;
pub use tenko_report as report;
pub use tenko_rules as rules;
pub use tenko_schedule as schedule;
pub use tenko_sources as sources;
pub use tenko_store as store;
pub use tenko_untangle as untangle;

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

/// A Google Cloud provider's builder, set as the `google` section of a manifest says.
///
/// A redactor is still to be given, and [`load`](gcp::GoogleProviderBuilder::load) to be called.
pub fn google_provider(settings: &declare::GoogleSettings) -> gcp::GoogleProviderBuilder {
    use declare::{GoogleDiscovery, GoogleSource};
    let parents = || gcp::Discovery::Organization { parents: settings.parents.clone() };
    let mut builder = gcp::GoogleProvider::builder().discovery(match settings.discovery {
        None if settings.parents.is_empty() => gcp::Discovery::Auto,
        None | Some(GoogleDiscovery::Organization) => parents(),
        Some(GoogleDiscovery::Projects) => gcp::Discovery::Projects(
            settings.projects.iter().map(|id| id.as_str().to_owned()).collect(),
        ),
        Some(GoogleDiscovery::Caller) => gcp::Discovery::Caller,
    });
    if let Some(email) = &settings.impersonate {
        builder = builder.impersonate(email.clone());
    }
    if !settings.delegates.is_empty() {
        builder = builder.delegates(settings.delegates.iter().cloned());
    }
    if let Some(project) = &settings.quota_project {
        builder = builder.quota_project(project.clone());
    }
    builder
        .source(match settings.source {
            None | Some(GoogleSource::Auto) => gcp::Source::Auto,
            Some(GoogleSource::AssetInventory) => gcp::Source::AssetInventory,
            Some(GoogleSource::Services) => gcp::Source::Services,
        })
        .asset_types(settings.asset_types.iter().map(|name| name.as_str().to_owned()))
}
