//! The simulated Google Cloud, seen from outside.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests, beside the tests"
)]

mod assets;
mod client;
mod faults;
mod guardrails;
mod identity;
mod lists;
mod manager;
mod permissions;
mod storage;
mod world;
