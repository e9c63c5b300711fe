//! The provider against a simulated Google Cloud that speaks the real wire protocols, written from the public
//! definitions of the APIs and without any of Google's client libraries.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail like tests"
)]

mod assets;
mod common;
mod conformance;
mod discovery;
mod faults;
mod fixtures;
mod guardrails;
mod listings;
mod login;
mod random;
mod resources;
mod sessions;
mod transport;
mod world;
