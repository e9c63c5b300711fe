//! The command as its user meets it: the binary is run, and its output and exit code are read.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail like tests"
)]

mod catalogue;
mod clouds;
mod credentials;
mod demo;
mod doctor_google;
mod emulator;
mod google;
mod google_sim;
mod iac;
mod login;
mod manifests;
mod outputs;
mod projects;
mod reports;
mod snapshots;
mod stopping;
mod tool;
mod untangle;
mod usage;
mod walk;
