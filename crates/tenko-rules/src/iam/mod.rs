//! What IAM policies mean: who may do what, and how certain that is.
//!
//! Nothing here asks anyone: it reads policy documents and says what follows from them. What
//! depends on a request that nobody made (a condition key, a policy variable) is possible, and the
//! answer names it. A document that cannot be read is an error, never an empty policy.
//!
//! Facts: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies.html>; the files
//! name the pages.

mod admin;
mod compare;
mod condition;
mod document;
mod evaluate;
mod github;
mod keys;
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

pub(crate) use admin::{Admin, is_admin, managed_admin};
pub(crate) use condition::Conditions;
pub(crate) use document::{Document, Effect, Statement};
pub(crate) use evaluate::{Request, evaluate};
pub(crate) use github::{GitHub, Limit};
pub(crate) use keys::Keys;
pub(crate) use oidc::{Issuer, Oidc};
pub(crate) use organization::{Blanket, Scp, denies_everyone, rcp_verdict, scp_verdict};
pub(crate) use principal::{Caller, Trustee};
pub(crate) use public::{Grant, Public, public_grants};
pub(crate) use trust::{Family, Must, Trusted, trusted};
pub(crate) use truth::{Certainty, Reason, Truth};
