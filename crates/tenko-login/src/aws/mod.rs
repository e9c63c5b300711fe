//! Getting into AWS accounts.

mod assume;
mod caller;
mod mfa;
mod open;
mod own;
mod probe;
pub mod roles;
pub mod sso;
mod web_identity;

pub(crate) use caller::{Caller, chain};
pub use mfa::MfaError;
pub(crate) use open::fingerprint;
pub use web_identity::WebIdentityError;
