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

pub(crate) use caller::Caller;
pub(crate) use fingerprint::{fingerprint, fingerprint_of_files};
pub use mfa::MfaError;
pub use own::begins_with_itself;
pub(crate) use web_identity::TOKEN_VARIABLE;
pub use web_identity::WebIdentityError;
