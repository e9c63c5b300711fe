//! One data-driven client for every service whose resources are wanted just as its REST API gives them.
//!
//! The generated clients decode an answer into their own types, in which enumerations become numbers, and what they
//! do not know is lost. Cloud Asset Inventory gives the REST form, so here the answer itself is kept.

mod again;
mod client;
mod engine;
mod guard;
mod names;
mod shape;

pub(crate) use client::{MAX_PAGE, Request, RestClient, http_client};
pub(crate) use engine::{RestEvent, RestUnit, collect};
pub(crate) use guard::Guard;

#[cfg(test)]
mod tests;
