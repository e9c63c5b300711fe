//! Test tools of tenko: a simulated cloud that the demo and the tests talk to.

pub mod conformance;
pub mod demo;
pub mod fake;
pub mod google;
pub mod sim;
