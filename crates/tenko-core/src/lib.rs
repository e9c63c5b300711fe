//! The provider-agnostic model of a roll call.
//!
//! Everything that the other crates say to each other is a type of this crate:
//! [`Scope`]s answer, [`Resource`]s are collected with the [`Coverage`] of every
//! unit that was looked at, a [`Snapshot`] holds one run, a [`Declaration`] says
//! what should be there, and [`Drift`] and [`Finding`]s say what differs.
//!
//! This crate knows no runtime, no SDK, no file, no environment and no clock:
//! times and bytes are handed in. The boundary check in `xtask` holds it to that.

mod attributes;
mod canonical;
mod catalog;
mod coverage;
mod declaration;
mod drift;
mod finding;
mod glob;
mod iac;
mod login;
mod matcher;
mod message;
mod names;
mod parity;
mod path;
mod policy;
mod provider;
mod redact;
mod reporting;
mod resource;
mod risk;
mod scope;
mod snapshot;
mod stage;
mod standing;
mod stored;
mod stream;

pub use attributes::{Attributes, Digest, MAX_DEPTH, TooDeep, canonical_json};
pub use catalog::{Catalog, ReachKind, TypeInfo};
pub use coverage::{Coverage, DeniedBy, DiscoveryProblem, Outcome, Problem, ReadFrom, Unit};
pub use declaration::{
    Declaration, Environment, Expected, Ignore, Ownership, Source, SourceKind, Tenant, Unmanaged,
};
pub use drift::{Change, Drift, DriftKind, ResourceRef};
pub use finding::{Finding, RuleResult, Severity, Suppressed, Verdict};
pub use glob::{Pattern, has_tags};
pub use iac::{Claim, IacMapping, IacOwner, TerraformType, UnreadCode};
pub use login::{
    AwsLogin, DataLevel, EnvironmentLogin, GoogleLogin, IdentityCenter, LoginSettings, Warning,
};
pub use matcher::Matcher;
pub use message::{Arg, Message};
pub use names::{Cloud, Reach, Region, ResourceType, ScopeId};
pub use parity::{
    Parity, ParityAllow, ParityEnvironment, ParityKind, ParityResult, ParityRow, ParityValue,
};
pub use path::{AttrPath, PathError, Segment};
pub use policy::{policy_changes, policy_document};
pub use provider::{
    Answer, BoxFuture, BoxStream, CallCount, CollectEvent, DiscoverEvent, Gate, Guard, Provider,
    Rate, RateKey, Unlimited,
};
pub use redact::{REDACTED_PREFIX, Redactor};
pub use reporting::{Notify, Owner, Reporting, Schedule};
pub use resource::{Origin, Resource, ResourceDraft, ResourceKey};
pub use risk::{
    Connection, EventWindow, Level, OwnRule, OwnSubject, RuleOverride, RuleSettings, Suppresses,
    Suppression, Trust,
};
pub use scope::{Scope, ScopeKey, ScopeKind, ScopeStatus, ScopeTree};
pub use snapshot::{RunInfo, Snapshot};
pub use stage::may_be_production;
pub use standing::{Fingerprint, Item, Standing, Status};
pub use stored::{CHUNK_RECORDS, IndexChunk, IndexRecord, StoredSnapshot};
pub use stream::{Sink, stream_of};
