//! The risk rules: each looks at a snapshot and the declaration, and names a bad state.
//!
//! A rule is one file in `rules/`: its doc comment is its published page, its metadata stands
//! above a pure check, and its firing, quiet and unknown cases stand below. A subject passes only
//! where everything that the rule reads of it was read; else the verdict is unknown.
//!
//! A check knows no severity but its default one and no suppression: both are applied to what it
//! says ([`evaluate`]), as the declaration's settings say.
//!
//! This crate knows no runtime, no SDK, no file and no clock.

mod backups;
mod cidr;
mod context;
mod coverage;
mod evaluate;
mod exposure;
mod guardrails;
mod known;
mod members;
mod organization;
mod own;
mod parties;
mod policies;
mod ports;
mod rule;
mod rules;
mod sink;
mod stage;
mod stores;
mod uses;
mod weigh;
mod workloads;

#[cfg(test)]
mod testing;

pub use evaluate::{Choice, Evaluation, Inputs, evaluate};
pub use known::{ids, matches_any};
pub use rule::{Part, Reference, Rule};
pub use weigh::UnusedSuppression;

/// All rules, by id.
pub fn rules() -> &'static [Rule] {
    rules::ALL
}

#[cfg(test)]
mod tests;
mod wordings;
