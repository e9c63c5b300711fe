//! One file per question; all share one small world.

mod coverage;
mod declared;
mod fixture;
mod history;
mod ownership;
mod properties;
