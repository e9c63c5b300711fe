//! The scheduler of a roll call.
//!
//! A [`Collector`] discovers the scopes of every provider, opens the accounts and projects that a
//! [`Selection`] names, collects their units side by side, and hands back one sorted
//! [`Snapshot`](tenko_core::Snapshot). Each unit ends in exactly one outcome, whatever the
//! provider does: a hang, a panic and a stream that just stops are outcomes too.
//!
//! What this crate must not know: any SDK, files, the environment, declarations. It runs inside
//! the caller's tokio runtime and never makes one.
//!
//! # Memory
//! At most [`Options::max_in_flight`] units are under way, and idle token buckets are forgotten.
//! What grows with the run is what the snapshot holds: resources, and one row per unit (the queue
//! of units to do shrinks as the rows grow).

mod collector;
mod discover;
mod event;
mod gate;
mod guard;
mod level;
mod open;
mod options;
mod plan;
mod pool;
mod problems;
mod queue;
mod run_id;
mod selection;
mod unit;

pub use collector::{Collector, RollCall};
pub use event::Event;
pub use options::Options;
pub use run_id::run_id;
pub use selection::{ScopeFilter, Selection};
pub use tokio_util::sync::CancellationToken;
