//! What the benches measure with: seeded inventories, Terraform states, clocks and scales.
//!
//! `cargo bench -p tenko-benches --bench targets` measures every target of the project beside a
//! baseline and, where they are on the machine, beside its peers, and writes `docs/benchmarks.md`.

pub mod children;
pub mod collection;
pub mod inventory;
pub mod kept;
pub mod measure;
pub mod peers;
pub mod report;
mod risk;
pub mod state;
