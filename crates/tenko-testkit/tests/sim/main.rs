//! The simulated cloud, over plain HTTP.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

mod account_wide;
mod client;
mod faults;
mod identify;
mod identity;
mod paging;
mod protocols;
mod proxy;
