//! Plans from small snapshots.

#![expect(clippy::unwrap_used, reason = "a fixture that cannot be made fails its test")]

mod fixture;
mod deletes;
mod hostile;
mod owners;
mod plans;
