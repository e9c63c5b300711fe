//! One file per question; all share one small world.

mod claims;
mod claims_where;
mod coverage;
mod declared;
pub(crate) mod fixture;
mod history;
mod loose;
mod ownership;
mod policies;
mod properties;
mod stored;
