//! Test tools of tenko: simulated clouds that the demo and the tests talk to, a provider in memory, and the suite that
//! every provider must pass.

pub mod conformance;
pub mod demo;
pub mod fake;
pub mod google;
mod hurried;
mod listen;
mod log;
pub mod sim;

pub use hurried::Hurried;
