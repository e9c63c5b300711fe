//! Reports: one versioned [`Document`] holds everything that a run has to say, and every format
//! is rendered from it, also later and from a stored file.
//!
//! ```text
//! Snapshot + Drift + Finding  ->  Document  ->  text, JSON, ...
//! ```
//!
//! - [`Document::new`] builds the document; [`Document::from_json`] reads a stored one back.
//! - [`text`] renders for people, [`json`] for machines; [`json_schema`] describes the latter.
//! - [`Declared`] and a [`tenko_core::Parity`] are documents of their own, in both formats.
//! - [`gaps`] groups what could not be observed; [`visible()`] makes hostile text harmless.
//!   A further renderer needs no more than the document and these two.
//!
//! This crate knows no runtime, no SDK, no file and no clock. It prints nothing: a renderer
//! returns text. Whatever a provider or a user wrote (names, tags, messages) is shown as text and
//! never interpreted.

mod code;
mod declared;
mod document;
pub mod gaps;
pub mod json;
pub mod markdown;
mod rows;
mod rule_page;
mod schema;
mod summary;
pub mod text;
mod views;
mod visible;

pub use code::{Code, CodeRow};
pub use declared::{Declared, DeclaredResource, SkippedAddress};
pub use document::{Document, Kind, ReadError, Run, SCHEMA_VERSION, UnusedIgnore};
pub use rows::{EnvironmentRow, Observed, ScopeRow, TenantRow};
pub use rule_page::{RulePage, RuleReference};
pub use schema::{declared_schema, json_schema, parity_schema, untangle_schema};
pub use summary::{
    Counts, DriftCounts, FindingCounts, ScopeCounts, Summary, SummaryVerdict, UnitCounts,
};
pub use visible::visible;
