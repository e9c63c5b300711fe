//! Compares what is live with what was declared, and one snapshot with another.
//!
//! Two questions, one answer type: [`diff`] asks whether the live state is as declared,
//! [`diff_snapshots`] whether it is as it was. Both give a [`Diff`], in an order that does not
//! depend on the order of what goes in.
//!
//! # How an expectation finds its resource
//! By its id where it has one, else by its name (a resource without a name goes by its id), else
//! by its type alone; always within the environment's scopes, or the one scope that the
//! expectation names, and within its region if it names one. The most narrowly declared choose
//! first (id before name before type, then those with a scope, then those with a region), and no
//! resource is taken twice. Of several live resources of one name the environment's own by its
//! tags come first, then customer-made ones, then the order of [`tenko_core::ResourceKey`]; the
//! others stay unmanaged, with the reason. In a scope that environments share, a name never takes
//! a resource whose tags give it to another of them.
//!
//! # How a claim finds its resource
//! By the ids that infrastructure code knows, in their order: the native id, then ARN or self
//! link, of the claim's type, in the scope and region that the code names, or in the scopes of its
//! environment. What only one resource can be called may be anywhere. A claim of a type without a
//! mapping goes by such an id alone. Several claims, and an expectation too, may mean one
//! resource; each is compared.
//!
//! # When something is missing
//! Only when every unit that could hold it was read completely; else it is `unknown`, with the
//! units and their outcomes as the reason. Where two expectations compete for one resource, every
//! unit in which any of the competitors could be counts: one of them may be where nobody could look.
//! A region that the account says is not enabled does not stand in the way of an expectation
//! that names no region, and the reason says so.
//!
//! This crate knows no runtime, no SDK, no file and no clock.

mod audit;
mod claims;
mod compare;
mod elsewhere;
mod history;
mod ignore;
mod matching;
mod model;
mod owners;
pub mod parity;
mod reason;
mod stored;
mod text;
mod trail;
mod view;
mod walk;

#[cfg(test)]
mod tests;

pub use audit::diff;
pub use history::diff_snapshots;
pub use model::{Counts, Diff, EnvironmentSummary, Placement, Standing, UnusedIgnore, Withheld};
pub use stored::{ChangedRows, IndexDiff, StoredRow, diff_indexes, diff_stored};
