//! Plans from small snapshots.

#![expect(clippy::unwrap_used, reason = "a fixture that cannot be made fails its test")]

mod deletes;
mod fixture;
mod hostile;
mod owners;
mod plans;
