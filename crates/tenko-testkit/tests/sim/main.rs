//! The simulated cloud, over plain HTTP.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail like tests"
)]

mod account_wide;
mod client;
mod console;
mod demo;
mod faults;
mod identify;
mod identity;
mod identity_center;
mod paging;
mod protocols;
mod proxy;
mod roles;
mod sessions;
