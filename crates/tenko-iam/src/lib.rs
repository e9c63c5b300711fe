//! What IAM policies mean: who may do what, and how certain that is.
//!
//! Nothing here asks anyone: it reads policy documents and says what follows from them. What
//! depends on a request that nobody made (a condition key, a policy variable) is possible, and the
//! answer names it. A document that cannot be read is an error, never an empty policy.
//!
//! [`managed`] holds the AWS-managed policies that logins use, [`access`] which actions give away what.
//!
//! Facts: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies.html>; the files
//! name the pages.

pub mod access;
mod admin;
mod compare;
mod condition;
mod document;
mod evaluate;
mod github;
mod keys;
pub mod managed;
mod oidc;
mod organization;
mod pattern;
mod principal;
mod public;
mod strangers;
mod trust;
mod truth;

#[cfg(test)]
mod tests;

pub use admin::{Admin, is_admin, managed_admin};
pub use condition::{Clause, Conditions};
pub use document::{Document, Effect, Malformed, Statement};
pub use evaluate::{Decision, Outcome, Request, deciding, evaluate};
pub use github::{GitHub, Limit};
pub use keys::{Keys, Known};
pub use oidc::{Issuer, Oidc};
pub use organization::{Blanket, Scp, denies_everyone, rcp_verdict, scp_verdict};
pub use pattern::Text;
pub use principal::{Caller, Trustee};
pub use public::{Grant, Public, public_grants};
pub use trust::{Family, Must, Trusted, trusted};
pub use truth::{Certainty, Reason, Reasons, Truth};
