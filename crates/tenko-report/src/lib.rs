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

mod brief;
mod code;
pub mod csv;
mod declared;
mod document;
mod entry;
mod format;
pub mod gaps;
pub mod github;
mod history;
pub mod html;
mod incomplete;
pub mod json;
pub mod junit;
mod machine;
pub mod markdown;
pub mod ocsf;
mod owned;
mod rows;
mod rule_page;
pub mod sarif;
mod schema;
pub mod slack;
mod summary;
pub mod text;
mod top;
mod tracking;
mod views;
mod visible;
pub mod words;

pub use code::{Code, CodeRow};
pub use declared::{Declared, DeclaredResource, SkippedAddress};
pub use document::{Display, Document, Kind, ReadError, Run, SCHEMA_VERSION, UnusedIgnore};
pub use format::{Format, RenderOptions, render};
pub use history::{History, Past, ReadOnlyProof, SuppressionRow, SuppressionState, TrendPoint};
pub use rows::{EnvironmentRow, Observed, ScopeRow, TenantRow};
pub use rule_page::{RulePage, RuleReference};
pub use schema::{declared_schema, json_schema, parity_schema, untangle_schema};
pub use summary::{
    Counts, DriftCounts, FindingCounts, ScopeCounts, Summary, SummaryVerdict, UnitCounts,
};
pub use tenko_messages as messages;
pub use top::{Fix, top};
pub use tracking::track;
pub use visible::visible;
