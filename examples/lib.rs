//! How to use tenko as a library. Each file beside this one is an example:
//!
//! - `embed.rs`: audit from an internal tool, watch it, act on what differs.
//! - `collect_only.rs`: collect and keep a snapshot, compare nothing.
//! - `custom_provider.rs`: let a cloud of your own answer the roll call.
