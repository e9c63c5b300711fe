//! Getting into AWS accounts.

mod assume;
mod caller;
mod fingerprint;
mod mfa;
mod open;
mod own;
mod probe;
pub mod roles;
pub mod sso;
mod web_identity;

pub(crate) use caller::{Caller, chain};
pub use mfa::MfaError;
pub(crate) use fingerprint::{fingerprint, fingerprint_of_files};
pub use own::begins_with_itself;
pub use web_identity::WebIdentityError;
