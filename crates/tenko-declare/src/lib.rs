//! Tenant manifests: text in, a [`Declaration`](tenko_core::Declaration) out.
//!
//! [`load`] reads one or several files (YAML, JSON or TOML) and says everything that is wrong with
//! them, each with its line and what to write instead. [`check_scopes`] compares the accounts that
//! are named with those that exist, [`check_rules`] the rules. [`init`] writes a first manifest from a snapshot.
//! [`suppressions()`] reads the file of suppressions that goes along, [`suppressions_file`] appends to it.
//!
//! The manifest's keys are tables (`grammar.rs`): the reader checks by them and [`json_schema`] is
//! made from them.
//!
//! This crate knows no runtime and no SDK and opens no file: bytes are handed in.

mod adopt;
mod baseline;
mod context;
mod dates;
mod diagnostic;
mod events;
mod expectation;
mod google;
mod grammar;
mod iac;
mod init;
mod location;
mod login;
mod login_grammar;
mod manifest;
mod matchers;
mod networks;
mod node;
mod parity;
mod placeholder;
mod reporting;
mod reporting_grammar;
mod risk_grammar;
mod rule_check;
mod rules;
mod scalar;
mod scopes;
mod settings;
mod shape;
pub mod stacks;
mod suggest;
mod suppressions;
pub mod suppressions_file;
mod tenants;
pub mod terraform;
mod toml_format;
mod yaml;

pub use adopt::{Adoption, adopt_manifest, adopt_terraform};
pub use diagnostic::{Diagnostic, Level, ManifestErrors, Place};
pub use google::{GoogleDiscovery, GoogleSettings, GoogleSource};
pub use grammar::{json_schema, suppressions_schema};
pub use iac::IacSource;
pub use init::{Depth, InitOptions, init};
pub use location::{HttpAuth, IacLocation, LocationError, parse as parse_location};
pub use manifest::{Manifest, ManifestFile, load};
pub use rule_check::check_rules;
pub use scopes::check_scopes;
pub use settings::{AwsSettings, Discovery};
pub use suppressions::{SuppressionEntry, Suppressions, suppressions};
