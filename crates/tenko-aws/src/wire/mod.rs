//! One client for every service that has no SDK crate here, and the resource types that are data.
//!
//! - [`service`], [`endpoint`]: what is known of services and operations, from `services.toml`.
//! - [`client`]: makes one call on the SDK's own runtime; `encode`, `decode` and [`xml`] are its two ends.
//! - [`error`]: what can go wrong, classified once, also for calls that the SDK crates make.
//! - [`guard`]: lets only listed read operations out of the process, and counts them.
//! - [`typedef`], [`registry`]: the files of `types/`, one per resource type.
//! - [`engine`]: runs such a file: lists, hydrates, maps.
//!
//! Nothing here knows accounts, rates or concurrency limits across units: the caller of the engine gates each call.

mod classify;
pub mod client;
mod csv_table;
mod decode;
mod encode;
pub mod endpoint;
pub mod engine;
pub mod error;
pub mod guard;
mod hydrate;
mod pages;
pub mod registry;
mod sdk_error;
pub mod service;
pub mod typedef;
pub mod xml;

pub use classify::classify;
pub use client::{CallContext, WireClient, WireSettings};
pub use engine::{Caller, MappedRecord, Problem, TypeEvent, collect};
pub use error::{CallError, DeniedBy, ErrorClass};
pub use guard::{AllowList, AllowedCall, CallCount, CallLedger, GuardedHttpClient, Matcher};
pub use registry::{TypeRegistry, WireType};
pub use sdk_error::{RawResponse, classify_sdk_error, on_one_line};
pub use service::{Protocol, Service, Services, WireOperation};
pub use typedef::TypeDef;
