//! The whole path against the simulated cloud: discovery, sessions, collection and comparison, each
//! with something wrong. What could not be read is never taken for absent.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail like tests"
)]

mod access;
mod cases;
mod cloud_control;
mod deleted;
mod discovery;
mod matrix;
mod paging;
mod places;
mod random;
mod sessions;
mod stopping;
mod transport;
mod whole_accounts;
mod world;
