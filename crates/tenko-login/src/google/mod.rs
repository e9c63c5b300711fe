//! Getting into Google Cloud projects: a service account is become for looking only, and it is asked what it may do.

mod forbidden;
mod login;
mod open;
mod permissions;
mod project;
mod proof;

pub use open::GoogleError;
pub(crate) use open::{fingerprint, issuer};
pub use permissions::{Forbidden, Kind, ROLES, forbidden, forbidden_by_name};
pub use project::NoProject;
pub use proof::{GoogleProof, prove};
pub use tenko_gcp::login::Issuer;
