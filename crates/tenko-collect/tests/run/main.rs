//! Whole runs against the fake provider.

mod common;
mod faults;
mod limits;
mod plan;
